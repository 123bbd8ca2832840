// Rows that are ticked: one by one, from one to another with Shift, or all that match.
import type { Rows } from "./grid-rows";

const RANGE_MAX = 2000;

export class Picks {
	readonly ids = new Set<string>();
	all = false; // every row that matches, also those that were never here
	#rows: Rows;
	#last = -1;
	#listeners: (() => void)[] = [];

	constructor(rows: Rows) {
		this.#rows = rows;
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

	get count(): number {
		return this.all ? this.#rows.total : this.ids.size;
	}

	toggle(row: HTMLTableRowElement): void {
		const box = row.querySelector<HTMLInputElement>(".pick input");
		if (!box) return;
		box.checked = !box.checked;
		void this.#one(box, false);
	}

	chooseAll(): void {
		this.all = true;
		this.#changed();
	}

	clear(): void {
		this.all = false;
		this.ids.clear();
		this.#changed();
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
		if (this.all) {
			this.all = false;
			this.#addLoaded();
		}
		await this.#rows.load(first, last + 1);
		for (let at = first; at <= last; at++) {
			const id = this.#rows.at(at)?.dataset.id;
			if (id && on) this.ids.add(id);
			else if (id) this.ids.delete(id);
		}
		this.#last = index;
		this.#changed();
	}

	#every(on: boolean): void {
		this.all = false;
		this.ids.clear();
		if (on) this.#addLoaded();
		this.#changed();
	}

	#addLoaded(): void {
		for (const [, row] of this.#rows.loaded()) if (row.dataset.id) this.ids.add(row.dataset.id);
	}

	#sync(row: HTMLTableRowElement): void {
		const box = row.querySelector<HTMLInputElement>(".pick input");
		const on = this.all || this.ids.has(row.dataset.id ?? "");
		if (box) box.checked = on;
		row.classList.toggle("is-picked", on);
	}

	#changed(): void {
		for (const [, row] of this.#rows.loaded()) this.#sync(row);
		const all = this.#rows.grid.querySelector<HTMLInputElement>("#pick-all");
		if (all) {
			all.checked = this.count > 0 && this.count >= this.#rows.total;
			all.indeterminate = this.count > 0 && this.count < this.#rows.total;
		}
		for (const run of this.#listeners) run();
	}
}
