// One cell of the list is the active one: arrows move it, and a block of cells grows from it with Shift.
import type { Rows } from "./grid-rows";

export interface Place {
	row: number;
	column: number;
}
export interface Block {
	top: number;
	bottom: number;
	left: number;
	right: number;
}

export class Focus {
	readonly rows: Rows;
	active: Place = { row: 0, column: 0 };
	#anchor: Place | null = null;

	constructor(rows: Rows) {
		this.rows = rows;
		rows.table.setAttribute("role", "grid");
		rows.table.ariaMultiSelectable = "true";
		rows.each((row, index) => this.#dress(row, index));
		rows.grid.tabIndex = -1;
		rows.grid.addEventListener("focusin", (event) => this.#focused(event));
		rows.grid.addEventListener("mousedown", (event) => this.#pressed(event));
		rows.grid.addEventListener("mouseover", (event) => this.#dragged(event));
	}

	cells(row: Element): HTMLTableCellElement[] {
		return [...row.querySelectorAll<HTMLTableCellElement>(":scope > td:not(.pick)")];
	}

	get columns(): number {
		return this.rows.table.tHead?.rows[0]?.querySelectorAll("th[data-name]").length ?? 0;
	}

	head(column: number): HTMLElement | undefined {
		return this.rows.table.tHead?.querySelectorAll<HTMLElement>("th[data-name]")[column];
	}

	placeOf(cell: Element | null): Place | undefined {
		const td = cell?.closest("td"), tr = td?.closest("tr");
		const row = this.rows.indexOf(tr ?? null), column = tr && td ? this.cells(tr).indexOf(td) : -1;
		return row >= 0 && column >= 0 ? { row, column } : undefined;
	}

	cell(place: Place = this.active): HTMLTableCellElement | undefined {
		const row = this.rows.at(place.row);
		return row && this.cells(row)[place.column];
	}

	get block(): Block {
		const from = this.#anchor ?? this.active;
		return { top: Math.min(from.row, this.active.row), bottom: Math.max(from.row, this.active.row), left: Math.min(from.column, this.active.column), right: Math.max(from.column, this.active.column) };
	}

	async move(to: Place, grow = false): Promise<void> {
		const row = Math.max(0, Math.min(to.row, this.rows.total - 1)), column = Math.max(0, Math.min(to.column, this.columns - 1));
		this.#anchor = grow ? (this.#anchor ?? { ...this.active }) : null;
		this.active = { row, column };
		await this.rows.show(row);
		const cell = this.cell();
		this.#mark();
		cell?.focus({ preventScroll: true });
		this.#uncover(cell);
	}

	// Links are reached by the cell they stand in.
	#dress(row: HTMLTableRowElement, index: number): void {
		for (const link of row.querySelectorAll<HTMLElement>("td:not(.pick) a, td:not(.pick) button")) link.tabIndex = -1;
		for (const [column, cell] of this.cells(row).entries()) cell.tabIndex = index === this.active.row && column === this.active.column ? 0 : -1;
	}

	#focused(event: FocusEvent): void {
		const target = event.target as Element;
		const place = target.matches("td") ? this.placeOf(target) : undefined;
		if (!place || (place.row === this.active.row && place.column === this.active.column)) return;
		this.active = place;
		this.#mark();
	}

	#pressed(event: MouseEvent): void {
		const target = event.target as Element;
		const place = this.placeOf(target);
		if (!place || event.button || target.closest("input, select, textarea, .pick")) return;
		if (event.shiftKey) {
			event.preventDefault();
			void this.move(place, true);
			return;
		}
		this.#anchor = null;
		this.#drags = !target.closest("a, button");
		this.active = place;
		this.#mark();
		if (!target.closest("a, button")) this.cell()?.focus({ preventScroll: true });
	}

	// From one cell over others: they are marked together.  Within one cell its text is.
	#drags = false;
	#dragged(event: MouseEvent): void {
		const place = this.placeOf(event.target as Element);
		if (!(event.buttons & 1)) this.#drags = false;
		if (!this.#drags || !place || (place.row === this.active.row && place.column === this.active.column)) return;
		getSelection()?.removeAllRanges();
		void this.move(place, true);
	}

	#mark(): void {
		const block = this.block;
		const many = block.top !== block.bottom || block.left !== block.right;
		for (const row of this.rows.grid.querySelectorAll<HTMLTableRowElement>("tr[data-index]")) {
			const index = this.rows.indexOf(row);
			for (const [column, cell] of this.cells(row).entries()) {
				const inside = index >= block.top && index <= block.bottom && column >= block.left && column <= block.right;
				cell.tabIndex = index === this.active.row && column === this.active.column ? 0 : -1;
				cell.classList.toggle("in-block", many && inside);
				if (many && inside) cell.ariaSelected = "true";
				else cell.removeAttribute("aria-selected");
			}
		}
	}

	// What sticks at the edges covers nothing that is active.
	#uncover(cell?: HTMLElement): void {
		const grid = this.rows.grid;
		if (!cell || cell.matches(".first") || getComputedStyle(grid).overflowX === "visible") return;
		const covered = [...(cell.parentElement?.querySelectorAll<HTMLElement>(".pick, .first") ?? [])].reduce((sum, one) => sum + one.offsetWidth, 0);
		if (cell.offsetLeft - covered < grid.scrollLeft) grid.scrollLeft = cell.offsetLeft - covered;
		else if (cell.offsetLeft + cell.offsetWidth > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = cell.offsetLeft + cell.offsetWidth - grid.clientWidth;
	}
}
