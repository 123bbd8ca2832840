// The script of a record: its page and its form.
import { startCopy } from "./lib/copy";
import { startCompose } from "./lib/compose";
import { startDrafts } from "./lib/draft";
import { startEdit } from "./lib/edit";
import { refresh } from "./lib/fresh";
import { startGraph } from "./lib/graph";
import { startHistory } from "./lib/history";
import { onChange } from "./lib/live";
import { startFollow } from "./lib/follow";
import { action } from "./lib/actions";
import { isKeptHere, work } from "./lib/offline";
import { lookups } from "./lib/lookup";
import { mentions } from "./lib/mention";
import { startSeat } from "./lib/seat";
import { startTwins } from "./lib/twins";
import { startPresence } from "./lib/presence";
import { text } from "./lib/text";
import { toast } from "./lib/toast";
import { again, onUndone } from "./lib/undo";

lookups(document);
if (document.querySelector("form.edit input[data-recur]")) void import("./recur").then(({ recurs }) => recurs(document));
if (document.querySelector("form.edit #f-participants")) void import("./busy").then(({ startBusy }) => startBusy());
mentions(document);
startDrafts();
startHistory();
startGraph();
const record = document.getElementById("record");
if (record) {
	startEdit();
	startCompose();
	startCopy();
	startFollow(record);
	startTwins(record);
	onUndone(() => void refresh().then((ok) => ok || again("")));
	startPresence();
	startSeat(record.dataset.id ?? "");
	const { object = "", id = "", subject } = record.dataset;
	const look = () =>
		void refresh().then((ok) => {
			if (!ok && navigator.onLine && !record.dataset.gone) {
				record.dataset.gone = "";
				toast(text("gone"), { bad: true });
			}
		});
	onChange(object, id, look);
	if (subject) onChange(subject.split(".")[0]!, subject.split(".")[1]!, look);
}
if (record) {
	action("keep", (button) => void work().then((one) => (one.startKeep(record, refresh), one.toggle(button))));
	if (isKeptHere()) void work().then((one) => one.startKeep(record, refresh));
}
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-take]"))
	button.addEventListener("click", () => {
		const control = button.closest<HTMLElement>("[data-control]");
		const one = [...(control?.querySelectorAll<HTMLInputElement>("input, select, textarea") ?? [])].find((other) => other.name && other.name !== "has");
		if (!one) return;
		one.value = button.dataset.take ?? "";
		one.dispatchEvent(new Event("set"));
		button.closest("p")?.remove();
	});
