// A record that is opened from a list remembers its place there.
import type { Grid } from "./grid";
import { keepSeat } from "./seat";

export function startGridSeat(grid: Grid, list: HTMLElement): void {
	grid.rows.grid.addEventListener("click", (event) => {
		const link = (event.target as Element).closest<HTMLAnchorElement>("td.first a[href]");
		const row = link?.closest("tr");
		if (!link || !row) return;
		const ids = [...grid.rows.loaded()].map(([index, one]): [number, string] => [index, one.dataset.id ?? ""]);
		keepSeat({ list: location.href, rows: list.dataset.rows ?? "", total: grid.rows.total, name: link.pathname.split("/")[1] ?? "", ids }, grid.rows.indexOf(row));
	}, true);
}
