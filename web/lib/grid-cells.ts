// Which cells can be changed, and what begins it: F2, a double click, Enter, or what one types; and blocks of them,
// copied and pasted.  The rest is loaded when one is in a cell for the first time.
import type { Grid } from "./grid";
import type { CellAction } from "./grid-keys";

const TYPED = "input, select, textarea";
type Cells = typeof import("../list-edit");
let cells: Cells | undefined;
const coming = async (): Promise<Cells> => (cells ??= await import("../list-edit"));

export function startGridEdit(grid: Grid, list: HTMLElement): void {
	const object = list.dataset.object ?? "", { rows, focus, actions } = grid;
	const edit = async (cell: HTMLTableCellElement, typed = ""): Promise<void> => (await coming()).editCell(grid, object, cell, typed);
	let typing: { cell: HTMLTableCellElement; typed: string } | null = null; // until the script has come
	const canEdit = (cell: HTMLTableCellElement): boolean => {
		const place = focus.placeOf(cell);
		return place !== undefined && !cell.matches(".first") && focus.head(place.column)?.dataset.edit !== undefined;
	};
	const { Enter: enter, x: pick } = actions;
	const type = (otherwise?: CellAction): CellAction => (cell, event) => {
		if (!canEdit(cell)) return otherwise?.(cell, event) ?? false;
		if (typing?.cell === cell) typing.typed += event.key;
		else begin((typing = { cell, typed: event.key }));
		return true;
	};
	const begin = (one: { cell: HTMLTableCellElement; typed: string }): void =>
		void coming().then(({ editCell }) => {
			typing = null;
			return editCell(grid, object, one.cell, one.typed);
		});
	actions.F2 = (cell) => {
		void edit(cell);
		return true;
	};
	actions.Enter = (cell, event) => {
		if (!canEdit(cell)) return enter?.(cell, event) ?? false;
		void edit(cell);
		return true;
	};
	actions.letter = type();
	actions.x = type(pick);
	rows.body.addEventListener("focusin", () => void coming(), { once: true });
	rows.grid.addEventListener("dblclick", (event) => {
		const cell = (event.target as Element).closest<HTMLTableCellElement>("td:not(.pick)");
		if (!cell || (event.target as Element).closest(`a, button, ${TYPED}`)) return;
		event.preventDefault();
		void edit(cell);
	});
	// Text that is marked within a cell, and what stands in a control, is the browser's affair.
	const isOurs = (event: ClipboardEvent): boolean => !(event.target as Element).closest(TYPED) && focus.cell() !== undefined;
	rows.grid.addEventListener("copy", (event) => {
		if (isOurs(event) && getSelection()?.isCollapsed !== false) cells?.copyBlock(grid, event);
	});
	rows.grid.addEventListener("paste", (event) => {
		const given = event.clipboardData?.getData("text/plain") ?? "";
		if (!given || !isOurs(event)) return;
		event.preventDefault();
		void coming().then(({ pasteBlock }) => pasteBlock(grid, object, given));
	});
}
