// A list as one works with it: all parts together, and the way from one state of it to another without a new page.
import { startColumns } from "./grid-columns";
import { startFind, startHits } from "./grid-find";
import { Focus } from "./grid-focus";
import { type CellAction, startGridKeys } from "./grid-keys";
import { Picks } from "./grid-pick";
import { Rows } from "./grid-rows";
import { loadTotals } from "./grid-totals";
import { pageOf } from "./page";

interface Kept {
	top: number;
	left: number;
	row: number;
	column: number;
	ids: string[];
	all: boolean;
	focused: boolean;
}

export class Grid {
	readonly rows: Rows;
	readonly focus: Focus;
	readonly picks: Picks;
	readonly actions: Record<string, CellAction> = {};

	constructor(list: HTMLElement, grid: HTMLElement) {
		this.rows = new Rows(grid, list.dataset.rows ?? "", Number(list.dataset.total ?? 0));
		this.focus = new Focus(this.rows);
		this.picks = new Picks(this.rows, Number(list.dataset.total ?? 0));
		startGridKeys(this.focus, this.actions);
		this.actions.Enter = (cell) => {
			cell.querySelector<HTMLElement>("a")?.click();
			return true;
		};
		this.actions.x = (cell) => {
			const row = cell.closest("tr"), { top, bottom } = this.focus.block;
			if (row) void this.picks.toggle(row, top, bottom);
			return true;
		};
		this.actions["mod+a"] = () => {
			if (this.picks.count && !this.picks.all) this.picks.chooseAll();
			else this.picks.chooseLoaded();
			return true;
		};
		startHits(this.rows);
	}

	keep(): void {
		const kept: Kept = { top: this.rows.top, left: this.rows.grid.scrollLeft, ...this.focus.active, ids: [...this.picks.ids].slice(0, 1000), all: this.picks.all, focused: this.rows.grid.contains(document.activeElement) };
		history.replaceState({ ...history.state, list: kept }, "");
	}

	async restore(): Promise<void> {
		const kept = (history.state as { list?: Kept } | null)?.list;
		if (!kept) return;
		this.picks.restore(kept.ids, kept.all);
		this.rows.top = kept.top;
		this.rows.grid.scrollLeft = kept.left;
		if (kept.focused) await this.focus.move({ row: kept.row, column: kept.column });
		else this.focus.active = { row: kept.row, column: kept.column };
	}
}

type Starter = (grid: Grid, list: HTMLElement) => void;

export class ListPage {
	grid: Grid | null = null;
	#starters: Starter[];

	constructor(starters: Starter[]) {
		this.#starters = starters;
		addEventListener("pagehide", () => this.grid?.keep());
		document.addEventListener("click", (event) => this.#clicked(event));
		addEventListener("popstate", () => void this.#show(new URL(location.href), false));
		// What it shows was changed: the same place, as it is now.
		addEventListener("list-again", () => {
			this.grid?.keep();
			void this.#show(new URL(location.href), false);
		});
		this.#mount();
		startFind((url) => void this.go(url, true));
	}

	// The same list in another state; what is typed meanwhile is not lost.
	async go(url: URL, replace = false): Promise<void> {
		this.grid?.keep();
		if (replace) history.replaceState(null, "", url);
		else history.pushState(null, "", url);
		await this.#show(url, true);
	}

	async #show(url: URL, fresh: boolean): Promise<void> {
		document.querySelector("#list")?.setAttribute("aria-busy", "true");
		const page = await pageOf(url);
		const next = page?.querySelector<HTMLElement>("#list"), now = document.querySelector<HTMLElement>("#list");
		if (url.href !== location.href) return; // it was gone on meanwhile
		if (!next || !now) {
			location.reload();
			return;
		}
		const heads = now.querySelectorAll("thead th[data-name]"), at = [...heads].findIndex((head) => head.contains(document.activeElement));
		const name = (heads[at] as HTMLElement | undefined)?.dataset.name;
		const opener = document.activeElement?.closest<HTMLElement>("[data-area], tbody.group"), key = opener?.dataset.area, group = opener?.dataset.group;
		// What one types in stays; all else is what the server says.
		for (const part of [...now.children]) if (!part.querySelector(".find")) part.remove();
		const tools = now.querySelector(":scope > .tools"), nextTools = next.querySelector(":scope > .tools");
		for (const part of [...next.children]) {
			if (part === nextTools) continue;
			const copy = document.importNode(part, true);
			if (part.compareDocumentPosition(nextTools ?? part) & Node.DOCUMENT_POSITION_FOLLOWING) now.insertBefore(copy, tools);
			else now.append(copy);
		}
		for (const hidden of tools?.querySelectorAll(".find input[type=hidden]") ?? []) hidden.remove();
		for (const attribute of next.attributes) now.setAttribute(attribute.name, attribute.value);
		document.title = page?.title ?? document.title;
		now.removeAttribute("aria-busy");
		this.#mount();
		if (key !== undefined) document.querySelector<HTMLElement>(`[data-area="${CSS.escape(key)}"] a`)?.focus({ preventScroll: true });
		if (fresh && group !== undefined) document.querySelector<HTMLElement>(`tbody.group[data-group="${CSS.escape(group)}"] .group-head a`)?.focus({ preventScroll: true });
		if (fresh && name) document.querySelector<HTMLElement>(`thead th[data-name="${CSS.escape(name)}"] a`)?.focus();
	}

	#mount(): void {
		const list = document.querySelector<HTMLElement>("#list"), grid = list?.querySelector<HTMLElement>("#grid");
		this.grid = list && grid ? new Grid(list, grid) : null;
		if (list && this.grid) {
			startColumns(this.grid.rows, (url) => void this.go(url, true));
			for (const start of this.#starters) start(this.grid, list);
			void this.grid.restore();
		}
		void loadTotals();
		document.dispatchEvent(new Event("list-shown"));
	}

	// Links to this list in another state.
	#clicked(event: MouseEvent): void {
		const link = (event.target as Element).closest?.<HTMLAnchorElement>("#list a[href]");
		if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.altKey) return;
		const add = link.dataset.add;
		const url = new URL(event.shiftKey && add ? add : link.href, location.href);
		if (url.origin !== location.origin || url.pathname !== location.pathname || (event.shiftKey && !add)) return;
		if (url.searchParams.has("trash") || url.searchParams.has("after") || link.dataset.kind !== undefined) return;
		event.preventDefault();
		void this.go(url);
	}
}
