// The bar above the list while records are ticked.  What its buttons do is loaded once something is ticked.
import type { Grid } from "./grid";
import { number } from "./parts";
import { text } from "./text";

export const RUNNING = "bulk"; // under which the number of one that goes on is kept
const bulks = () => import("../list-bulk");

export const listChanged = (): boolean => dispatchEvent(new Event("list-again"));

export function resumeBulk(): void {
	let id: string | null = null;
	try {
		id = sessionStorage.getItem(RUNNING);
	} catch {
		return;
	}
	if (id) void bulks().then(({ resume }) => resume(id));
}

export function startBulk(grid: Grid, list: HTMLElement): void {
	const bar = list.querySelector<HTMLElement>("#bulk"), { picks } = grid;
	if (!bar) return;
	const all = bar.querySelector<HTMLElement>("[data-bulk=all]"), count = bar.querySelector("#bulk-count");
	let coming: ReturnType<typeof make> | undefined;
	const make = async () => new (await bulks()).Bulks(grid, list, bar);
	const show = (): void => {
		const n = picks.count;
		bar.hidden = n === 0;
		bar.closest(".list")?.classList.toggle("picking", n > 0);
		if (count) count.textContent = n ? `${number(n)} ${text("selected")}` : "";
		if (n) coming ??= make();
		if (!all) return;
		all.hidden = n >= picks.total;
		all.textContent = text("selectAll").replace("…", number(picks.total));
	};
	picks.onChange(show);
	bar.addEventListener("click", (event) => {
		const pressed = (event.target as Element).closest<HTMLElement>("[data-bulk]");
		if (pressed?.dataset.bulk === "all") picks.chooseAll();
		else if (pressed?.dataset.bulk === "none") picks.clear();
		else if (pressed) void (coming ??= make()).then((one) => one.run(pressed));
	});
	show();
}
