// The keys of a list.
import type { Focus, Place } from "./grid-focus";

export type CellAction = (cell: HTMLTableCellElement, event: KeyboardEvent) => boolean; // true: it was for this one

export function startGridKeys(focus: Focus, actions: Record<string, CellAction>): void {
	const { rows } = focus;
	const moves: Record<string, (at: Place, mod: boolean) => Place> = {
		ArrowUp: (at, mod) => ({ ...at, row: mod ? 0 : at.row - 1 }),
		ArrowDown: (at, mod) => ({ ...at, row: mod ? rows.total - 1 : at.row + 1 }),
		ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
		ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
		PageUp: (at) => ({ ...at, row: at.row - rows.pageRows }),
		PageDown: (at) => ({ ...at, row: at.row + rows.pageRows }),
		Home: (at, mod) => ({ row: mod ? 0 : at.row, column: 0 }),
		End: (at, mod) => ({ row: mod ? rows.total - 1 : at.row, column: focus.columns - 1 }),
	};
	rows.grid.addEventListener("keydown", (event) => {
		const target = event.target as HTMLElement;
		if (event.defaultPrevented || event.altKey || (target !== rows.grid && !target.matches("td"))) return;
		const mod = event.ctrlKey || event.metaKey;
		const move = moves[event.key];
		if (move) {
			event.preventDefault();
			void focus.move(move(focus.active, mod), event.shiftKey);
			return;
		}
		const cell = focus.cell();
		const name = `${mod ? "mod+" : ""}${event.key}`;
		const action = actions[name] ?? (event.key.length === 1 && !mod ? actions.letter : undefined);
		if (cell && action?.(cell, event)) event.preventDefault();
	});
}
