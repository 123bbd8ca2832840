// The script of lists.
import { listChanged, resumeBulk, startBulk } from "./lib/bulk-bar";
import { startFilter } from "./lib/filter-button";
import { ListPage } from "./lib/grid";
import { startGridEdit } from "./lib/grid-cells";
import { startEmptyLive, startGridLive } from "./lib/grid-live";
import { startPeek } from "./lib/grid-peek";
import { startGridSeat } from "./lib/grid-seat";
import { onUndone } from "./lib/undo";

const here = new URL(location.href);
if (here.searchParams.has("after")) {
	// Pages are for those without scripts: here all rows are in one.
	here.searchParams.delete("after");
	location.replace(here);
} else {
	const page = new ListPage([startPeek, startBulk, startGridEdit, startGridLive, startGridSeat]);
	startEmptyLive();
	if (document.getElementById("snooze-menu")) void import("./snooze").then(({ startSnooze }) => startSnooze());
	startFilter((url) => void page.go(url));
	onUndone(listChanged);
	resumeBulk();
}
