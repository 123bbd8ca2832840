// Rows that are ticked: one by one, from one to another with Shift, or all that match.
import type { Rows } from "./grid-rows";

const RANGE_MAX = 2000;
const EXCEPT_MAX = 500;

export class Picks {
	readonly ids = new Set<string>();
	readonly except = new Set<string>(); // of all: but not these
	#total: number; // of all groups, where there are some
	all = false; // every row that matches, also those that were never here
	#rows: Rows;
	#last = -1;
	#listeners: (() => void)[] = [];

	constructor(rows: Rows, total: number) {
		this.#rows = rows;
		this.#total = total;
		rows.each((row) => this.#sync(row));
		rows.grid.addEventListener("click", (event) => {
			const box = (event.target as Element).closest<HTMLInputElement>(".pick input");
			if (!box) return;
			if (box.id === "pick-all") this.#every(box.checked);
			else void this.#one(box, event.shiftKey);
		});
	}

	onChange(run: () => void): void {
		this.#listeners.push(run);
	}

	get total(): number {
		return this.#rows.isWindowed ? this.#rows.total : this.#total;
	}

	get count(): number {
		return this.all ? this.total - this.except.size : this.ids.size;
	}

	// The row, and all from first to last with it.
	async toggle(row: HTMLTableRowElement, first: number, last: number): Promise<void> {
		const box = row.querySelector<HTMLInputElement>(".pick input");
		if (!box) return;
		box.checked = !box.checked;
		await this.#some(box.checked, first, Math.min(last, first + RANGE_MAX));
	}

	chooseAll(): void {
		this.all = true;
		this.ids.clear();
		this.except.clear();
		this.#changed();
	}

	chooseLoaded(): void {
		this.#every(true);
	}

	clear(): void {
		this.#every(false);
	}

	restore(ids: string[], all: boolean): void {
		for (const id of ids) this.ids.add(id);
		this.all = all;
		this.#changed();
	}

	async #one(box: HTMLInputElement, range: boolean): Promise<void> {
		const index = this.#rows.indexOf(box.closest("tr")), on = box.checked;
		const from = range && this.#last >= 0 && Math.abs(index - this.#last) < RANGE_MAX ? this.#last : index;
		const first = Math.min(from, index), last = Math.max(from, index);
		await this.#some(on, first, last);
		this.#last = index;
	}

	async #some(on: boolean, first: number, last: number): Promise<void> {
		await this.#rows.load(first, last + 1);
		for (let at = first; at <= last; at++) {
			const id = this.#rows.at(at)?.dataset.id;
			if (!id) continue;
			const [set, isIn] = this.all ? [this.except, !on] : [this.ids, on];
			if (isIn) set.add(id);
			else set.delete(id);
		}
		if (this.except.size > EXCEPT_MAX) this.#loadedAlone();
		this.#changed();
	}

	// So many were taken off that they cannot be named any more.
	#loadedAlone(): void {
		this.all = false;
		this.#addLoaded();
		for (const id of this.except) this.ids.delete(id);
		this.except.clear();
	}

	#every(on: boolean): void {
		this.all = false;
		this.ids.clear();
		this.except.clear();
		if (on) this.#addLoaded();
		this.#changed();
	}

	#addLoaded(): void {
		for (const [, row] of this.#rows.loaded()) if (row.dataset.id) this.ids.add(row.dataset.id);
	}

	#sync(row: HTMLTableRowElement): void {
		const box = row.querySelector<HTMLInputElement>(".pick input");
		const id = row.dataset.id ?? "", on = this.all ? !this.except.has(id) : this.ids.has(id);
		if (box) box.checked = on;
		row.classList.toggle("is-picked", on);
	}

	#changed(): void {
		for (const [, row] of this.#rows.loaded()) this.#sync(row);
		const all = this.#rows.grid.querySelector<HTMLInputElement>("#pick-all");
		if (all) {
			all.checked = this.count > 0 && this.count >= this.total;
			all.indeterminate = this.count > 0 && this.count < this.total;
		}
		for (const run of this.#listeners) run();
	}
}
