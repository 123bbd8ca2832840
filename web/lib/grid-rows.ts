// The rows of a list: a million of them, of which only those stand in the page that one sees.  They come in
// blocks from the server; the bar at the side stands for all of them.
import { Marks } from "./grid-marks";

const BLOCK = 50;
const OVER = 10;
const KEPT_MAX = 4000;
const HEIGHT_MAX = 6_000_000; // what browsers can scroll over without losing count
const PAGES = 100;
const AT_ONCE = 2;
const TYPED = "input:not([type=checkbox]):focus, textarea:focus, select:focus";

export type RowListener = (row: HTMLTableRowElement, index: number) => void;

export class Rows {
	readonly grid: HTMLElement;
	readonly table: HTMLTableElement;
	readonly body: HTMLTableSectionElement;
	readonly isWindowed: boolean;
	total: number;
	#rows = new Map<number, HTMLTableRowElement>();
	#shown = new Map<number, HTMLTableRowElement>();
	#listeners: RowListener[] = [];
	#marks: Marks;
	#html = new WeakMap<HTMLTableRowElement, string>(); // as it came
	#url: string;
	#loading = new Map<number, Promise<void>>();
	#before = document.createElement("tbody");
	#after = document.createElement("tbody");
	#pitch = 38;
	#view = 0;
	#offset = 0;
	#lastTop = 0;
	#byWindow = false;
	#due = false;

	constructor(grid: HTMLElement, rowsUrl: string, total: number) {
		this.grid = grid;
		this.table = grid.querySelector("table") as HTMLTableElement;
		this.body = this.table.querySelector("tbody") as HTMLTableSectionElement;
		this.isWindowed = !grid.classList.contains("grouped");
		const first = [...this.table.querySelectorAll<HTMLTableRowElement>("tbody tr[data-id]")];
		this.total = this.isWindowed ? total : first.length;
		this.#url = rowsUrl;
		this.#marks = new Marks(rowsUrl, total);
		this.#marks.add(first.length, grid.dataset.next ?? "");
		for (const [i, row] of first.entries()) this.#take(row, i);
		if (this.isWindowed) this.#start(first);
	}

	// ---- what others ask ----

	// Called for each row that is there, and for each that comes.
	each(listener: RowListener): void {
		this.#listeners.push(listener);
		for (const [index, row] of this.#rows) listener(row, index);
	}

	// Those that are there now.
	loaded(): Iterable<[number, HTMLTableRowElement]> {
		return this.#rows;
	}

	at(index: number): HTMLTableRowElement | undefined {
		return this.#rows.get(index);
	}

	indexOf(row: Element | null): number {
		return row instanceof HTMLElement && row.dataset.index ? Number(row.dataset.index) : -1;
	}

	byId(id: string): [HTMLTableRowElement, number] | undefined {
		for (const [index, row] of this.#rows) if (row.dataset.id === id) return [row, index];
		return undefined;
	}

	// Scroll until the row is seen, and give it.
	async show(index: number): Promise<HTMLTableRowElement | undefined> {
		if (index < 0 || index >= this.total) return undefined;
		if (this.isWindowed) {
			const top = index * this.#pitch, now = this.#top();
			if (top < now) this.#go(top);
			else if (top + this.#pitch > now + this.#view) this.#go(top + this.#pitch - this.#view);
			await this.load(index, index + 1);
			this.#render();
		}
		const row = this.#rows.get(index);
		if (!this.isWindowed) row?.scrollIntoView({ block: "nearest" });
		return row;
	}

	get pageRows(): number {
		return Math.max(1, Math.floor(this.#view / this.#pitch) - 1);
	}

	get top(): number {
		return this.isWindowed ? this.#top() : 0;
	}

	set top(top: number) {
		if (this.isWindowed) this.#go(top);
	}

	// All rows from first to last (not included) are there.
	async load(first: number, last: number): Promise<void> {
		const wanted: Promise<void>[] = [];
		for (let at = first - (first % BLOCK); at < Math.min(last, this.total); at += BLOCK)
			if (!this.#has(at)) wanted.push(this.#loadBlock(at));
		await Promise.all(wanted);
	}

	// Another row in place of one: it was changed.
	put(index: number, row: HTMLTableRowElement): void {
		const old = this.#rows.get(index);
		this.#take(row, index);
		if (!old?.isConnected) return;
		old.replaceWith(row);
		this.#shown.set(index, row);
	}

	// The list has changed: what is shown stays until what is there now has come, and a row that somebody
	// types in stays altogether.
	async refresh(total: number, first: HTMLTableRowElement[], next: string): Promise<void> {
		const shown = [...this.#shown.keys()];
		const focus = document.activeElement?.closest("td"), id = focus?.closest("tr")?.dataset.id;
		const inside = focus !== document.activeElement, at = focus?.cellIndex ?? 0;
		const old = new Map([...this.#rows.values()].map((row) => [row.dataset.id, row]));
		const kept = (row: HTMLTableRowElement): HTMLTableRowElement => {
			const before = old.get(row.dataset.id);
			const same = before && (this.#html.get(before) === (this.#html.get(row) ?? row.innerHTML) || before.querySelector(`${TYPED}, [data-busy]`));
			return same ? before : row;
		};
		if (!this.isWindowed) return;
		this.#rows.clear();
		this.#loading.clear();
		this.total = total;
		this.table.setAttribute("aria-rowcount", String(total + 1));
		this.#marks = new Marks(this.#url, total);
		this.#marks.add(first.length, next);
		for (const [i, row] of first.entries()) this.#take(kept(row), i);
		if (shown.length) await this.load(Math.min(...shown), Math.max(...shown) + 1);
		for (const [index, row] of this.#rows) if (index >= first.length && kept(row) !== row) this.#take(kept(row), index);
		this.#render();
		if (!focus || !id || focus.isConnected) return;
		const cell = this.byId(id)?.[0].cells[at];
		(inside ? cell?.querySelector<HTMLElement>("input, a, button") : cell)?.focus({ preventScroll: true });
	}

	// The same of a list in groups.  While somebody types in a row, only the figures of the groups follow; false:
	// one asks again.
	regroup(fresh: HTMLTableElement): boolean {
		const groups = [...fresh.querySelectorAll<HTMLTableSectionElement>("tbody.group")].map((group) => document.importNode(group, true));
		const old = [...this.table.querySelectorAll<HTMLTableSectionElement>("tbody.group")];
		if (this.grid.querySelector(`${TYPED}, [data-busy]`)) {
			if (groups.length === old.length && groups.every((group, i) => group.dataset.group === old[i]?.dataset.group))
				for (const [i, group] of groups.entries()) old[i]?.querySelector(".group-head")?.replaceWith(group.querySelector(".group-head") as HTMLElement);
			return false;
		}
		const active = document.activeElement, cell = active?.closest("td, th"), id = cell?.closest("tr")?.dataset.id ?? "", at = (cell as HTMLTableCellElement | null)?.cellIndex ?? 0;
		const inside = cell !== active, head = this.grid.contains(active) && !id ? active?.closest<HTMLElement>("tbody.group")?.dataset.group : undefined;
		for (const group of old) group.remove();
		this.table.append(...groups);
		this.#rows.clear();
		const rows = [...this.table.querySelectorAll<HTMLTableRowElement>("tbody tr[data-id]")];
		this.total = rows.length;
		for (const [i, row] of rows.entries()) this.#take(row, i);
		if (head !== undefined) groups.find((group) => group.dataset.group === head)?.querySelector<HTMLElement>(".group-head a")?.focus({ preventScroll: true });
		if (!id) return true;
		const now = this.byId(id)?.[0].cells[at];
		(inside ? now?.querySelector<HTMLElement>("input, a, button") : now)?.focus({ preventScroll: true });
		return true;
	}

	// ---- the window ----

	#start(first: HTMLTableRowElement[]): void {
		this.table.setAttribute("aria-rowcount", String(this.total + 1));
		this.grid.classList.add("windowed");
		for (const space of [this.#before, this.#after]) {
			space.className = "space";
			space.ariaHidden = "true";
			space.append(document.createElement("tr"));
			space.firstElementChild?.append(document.createElement("td"));
		}
		this.body.before(this.#before);
		this.body.after(this.#after);
		for (const [i, row] of first.entries()) this.#shown.set(i, row);
		this.#measure();
		const scrolled = () => {
			if (this.#due) return;
			this.#due = true;
			requestAnimationFrame(() => {
				this.#due = false;
				if (this.grid.isConnected) this.#scrolled();
			});
		};
		this.grid.addEventListener("scroll", scrolled, { passive: true });
		addEventListener("scroll", scrolled, { passive: true });
		new ResizeObserver(() => {
			this.#measure();
			this.#render();
		}).observe(this.grid);
		this.#render();
	}

	#measure(): void {
		const rows = [...this.body.rows].slice(0, 2);
		const [one, two] = rows.map((row) => row.getBoundingClientRect());
		this.#byWindow = getComputedStyle(this.grid).overflowY === "visible";
		if (one && two && two.top > one.top) this.#pitch = two.top - one.top;
		else if (one?.height) this.#pitch = one.height;
		const around = this.#byWindow ? 0 : (this.table.tHead?.offsetHeight ?? 0) + (this.table.tFoot?.offsetHeight ?? 0);
		this.#view = Math.max(this.#pitch, (this.#byWindow ? innerHeight : this.grid.clientHeight) - around);
		if (!this.#byWindow) this.grid.style.setProperty("--top", `${Math.round(this.grid.getBoundingClientRect().top + scrollY)}px`);
	}

	get #whole(): number {
		return this.total * this.#pitch;
	}

	get #height(): number {
		return Math.min(this.#whole, HEIGHT_MAX);
	}

	#scroll(): number {
		return this.#byWindow ? Math.max(0, -this.grid.getBoundingClientRect().top) : this.grid.scrollTop;
	}

	#scrollTo(top: number): void {
		if (this.#byWindow) scrollTo({ top: this.grid.getBoundingClientRect().top + scrollY + top, behavior: "instant" });
		else this.grid.scrollTop = top;
	}

	#top(): number {
		return this.#scroll() + this.#offset;
	}

	// Where there are more rows than the browser can scroll over, the place is the scroll bar's and an offset
	// of the page that it is on: small steps move by points, large ones by the share of the whole.
	#page(top: number): number {
		const size = this.#height / PAGES, pages = this.#whole / size;
		if (this.#height >= this.#whole) return 0;
		return Math.round(Math.min(Math.floor(pages) - 1, Math.floor(top / size)) * ((this.#whole - this.#height) / (pages - 1)));
	}

	#go(top: number): void {
		const to = Math.max(0, Math.min(top, this.#whole - this.#view));
		this.#offset = this.#page(to);
		this.#lastTop = to - this.#offset;
		this.#render();
		this.#scrollTo(this.#lastTop);
		this.#render();
	}

	#scrolled(): void {
		const top = this.#scroll(), step = Math.abs(top - this.#lastTop);
		if (step < this.#view || this.#height >= this.#whole) {
			const to = top + this.#offset, offset = this.#page(to);
			this.#lastTop = top;
			if (offset !== this.#offset && this.#height < this.#whole) {
				this.#offset = offset;
				this.#lastTop = to - offset;
				this.#render();
				this.#scrollTo(this.#lastTop);
			}
		} else {
			this.#offset = this.#page(top * ((this.#whole - this.#view) / Math.max(1, this.#height - this.#view)));
			this.#lastTop = top;
		}
		this.#render();
	}

	#render(): void {
		const top = Math.max(0, this.#top());
		const first = Math.max(0, Math.floor(top / this.#pitch) - OVER);
		const last = Math.min(this.total, Math.ceil((top + this.#view) / this.#pitch) + OVER);
		const lost = document.activeElement instanceof HTMLElement && this.body.contains(document.activeElement) ? document.activeElement : null;
		for (const [index, row] of this.#shown)
			if (index < first || index >= last || (this.#rows.has(index) && this.#rows.get(index) !== row)) {
				row.remove();
				this.#shown.delete(index);
			}
		let place: Element | null = this.body.firstElementChild;
		for (let index = first; index < last; index++) {
			let row = this.#shown.get(index);
			if (!row) {
				row = this.#rows.get(index) ?? this.#waiting(index);
				this.#shown.set(index, row);
				this.body.insertBefore(row, place);
			}
			place = row.nextElementSibling;
		}
		if (lost && !lost.isConnected) this.grid.focus({ preventScroll: true });
		this.#space(this.#before, first * this.#pitch - this.#offset);
		this.#space(this.#after, this.#height - (last * this.#pitch - this.#offset));
		void this.#want(first, last);
	}

	#space(space: HTMLTableSectionElement, height: number): void {
		(space.firstElementChild?.firstElementChild as HTMLElement).style.setProperty("height", `${Math.max(0, height)}px`);
		space.hidden = height <= 0;
	}

	#waiting(index: number): HTMLTableRowElement {
		const row = document.createElement("tr");
		const cell = document.createElement("td");
		row.className = "waiting";
		row.ariaRowIndex = String(index + 2);
		cell.colSpan = this.table.tHead?.rows[0]?.cells.length ?? 1;
		row.append(cell);
		return row;
	}

	// ---- loading ----

	#has(block: number): boolean {
		return this.#rows.has(block) && this.#rows.has(Math.min(block + BLOCK, this.total) - 1);
	}

	async #want(first: number, last: number): Promise<void> {
		for (let at = first - (first % BLOCK); at < last; at += BLOCK) {
			if (this.#has(at) || this.#loading.has(at) || this.#loading.size >= AT_ONCE) continue;
			await this.#loadBlock(at);
			this.#render();
			return;
		}
	}

	#loadBlock(at: number): Promise<void> {
		const running = this.#loading.get(at);
		if (running) return running;
		const loading = this.#fetchBlock(at).finally(() => this.#loading.delete(at));
		this.#loading.set(at, loading);
		return loading;
	}

	async #fetchBlock(at: number): Promise<void> {
		const rows = await this.#marks.rows(at, Math.min(BLOCK, this.total - at));
		if (!rows) return;
		for (const [i, row] of rows.entries()) this.#take(row, at + i);
		if (this.#rows.size <= KEPT_MAX) return;
		for (const [index] of this.#rows)
			if (!this.#shown.has(index) && Math.abs(index - at) > KEPT_MAX / 2) this.#rows.delete(index);
	}

	#take(row: HTMLTableRowElement, index: number): void {
		if (!this.#html.has(row)) this.#html.set(row, row.innerHTML);
		row.dataset.index = String(index);
		row.ariaRowIndex = String(index + 2);
		this.#rows.set(index, row);
		for (const listener of this.#listeners) listener(row, index);
	}
}
