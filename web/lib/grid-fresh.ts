// Some rows of a list as the server shows them now.
import type { Grid } from "./grid";
import { rowsOf } from "./grid-marks";

export async function freshRows(grid: Grid, ids: string[]): Promise<void> {
	const list = document.querySelector<HTMLElement>("#list"), url = new URL(list?.dataset.rows ?? "", location.href);
	for (const name of ["filter", "q", "view", "group", "sort"]) url.searchParams.delete(name);
	url.searchParams.set("columns", [...document.querySelectorAll<HTMLElement>("#grid thead th[data-name]")].map((head) => head.dataset.name).join(","));
	for (let at = 0; at < ids.length; at += 50) {
		url.searchParams.set("where", `id in (${ids.slice(at, at + 50).join(", ")})`);
		const reply = await fetch(url, { headers: { accept: "text/html" } }).catch(() => null);
		for (const row of reply?.ok ? rowsOf(await reply.text()).rows : []) put(grid, row);
	}
}

// Where a cell of the row is edited already, what was typed stands there until the row comes anew.
function put(grid: Grid, row: HTMLTableRowElement): void {
	const found = grid.rows.byId(row.dataset.id ?? "");
	if (!found || found[0].querySelector("[data-busy]")) return;
	const active = grid.rows.grid.contains(document.activeElement), { row: at } = grid.focus.active;
	grid.rows.put(found[1], row);
	if (active && at === found[1]) void grid.focus.move(grid.focus.active);
}
