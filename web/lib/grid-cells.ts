// Which cells can be changed, and what begins it: F2, a double click, or Enter.  The rest is loaded when one is
// in a cell for the first time.
import type { Grid } from "./grid";

const cells = () => import("../list-edit");

export function startGridEdit(grid: Grid, list: HTMLElement): void {
	const object = list.dataset.object ?? "";
	const edit = async (cell: HTMLTableCellElement): Promise<void> => (await cells()).editCell(grid, object, cell);
	const canEdit = (cell: HTMLTableCellElement): boolean => {
		const place = grid.focus.placeOf(cell);
		return place !== undefined && grid.focus.head(place.column)?.dataset.edit !== undefined;
	};
	const enter = grid.actions.Enter;
	grid.actions.F2 = (cell) => {
		void edit(cell);
		return true;
	};
	grid.actions.Enter = (cell, event) => {
		if (cell.matches(".first") || !canEdit(cell)) return enter?.(cell, event) ?? false;
		void edit(cell);
		return true;
	};
	grid.rows.body.addEventListener("focusin", () => void cells(), { once: true });
	grid.rows.grid.addEventListener("dblclick", (event) => {
		const cell = (event.target as Element).closest<HTMLTableCellElement>("td:not(.pick)");
		if (!cell || (event.target as Element).closest("a, input, select, textarea, button")) return;
		event.preventDefault();
		void edit(cell);
	});
}
