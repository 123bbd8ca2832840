// Columns are made wider at their edge, moved by their head, or with Alt and arrows, and hidden by taking the head out
// of the row of heads, or by its menu; the address holds them.
import type { Rows } from "./grid-rows";
import { button } from "./parts";
import { text } from "./text";

const WIDTH_MIN = 60;
const WIDTH_MAX = 1200;
const STEP = 16;

interface Column {
	name: string;
	width: number; // 0: as wide as it comes
}

const heads = (table: HTMLTableElement): HTMLElement[] => [...(table.tHead?.querySelectorAll<HTMLElement>("th[data-name]") ?? [])];
const cols = (table: HTMLTableElement): HTMLTableColElement[] => [...table.querySelectorAll("col")].slice(-heads(table).length);

export function startColumns(rows: Rows, goTo: (url: URL) => void): void {
	const table = rows.table;
	const columns = (): Column[] => heads(table).map((head) => ({ name: head.dataset.name ?? "", width: Number(head.dataset.width ?? 0) }));
	const save = (list: Column[]): void => {
		const url = new URL(location.href);
		url.searchParams.delete("column");
		url.searchParams.set("columns", list.map((one) => (one.width ? `${one.name}:${one.width}` : one.name)).join(","));
		goTo(url);
	};
	fix(table);
	for (const [index, head] of heads(table).entries()) {
		addEdge(head, (width) => save(columns().map((one, i) => (i === index ? { ...one, width } : one))));
		const move = (to: number): void => {
			const list = columns(), [one] = list.splice(index, 1);
			if (!one || to < 0 || to > list.length) return;
			list.splice(to, 0, one);
			save(list);
		};
		head.addEventListener("keydown", (event) => {
			const side = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
			if (!event.altKey || !side) return;
			event.preventDefault();
			if (event.shiftKey) save(columns().map((one, i) => (i === index ? { ...one, width: bounded(head.offsetWidth + side * STEP) } : one)));
			else move(index + side);
		});
		const hide = (): void => save(columns().filter((_, i) => i !== index));
		addMoving(head, table, move, hide);
		addMenu(head, [["columnLeft", index > 0, () => move(index - 1)], ["columnRight", index < heads(table).length - 1, () => move(index + 1)], ["hideColumn", heads(table).length > 1, hide]]);
	}
}

const bounded = (width: number): number => Math.round(Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, width)));

// As wide as the first rows need, and no other when others come.
function fix(table: HTMLTableElement): void {
	if (getComputedStyle(table).display !== "table") return;
	const widths = heads(table).map((head) => Number(head.dataset.width) || head.offsetWidth);
	for (const [i, col] of cols(table).entries()) col.style.setProperty("width", `${widths[i]}px`);
	table.classList.add("fixed");
}

function addEdge(head: HTMLElement, done: (width: number) => void): void {
	const edge = document.createElement("span");
	edge.className = "edge";
	edge.ariaHidden = "true";
	head.append(edge);
	edge.addEventListener("pointerdown", (event) => {
		const table = head.closest("table") as HTMLTableElement;
		const col = cols(table)[heads(table).indexOf(head)];
		const start = head.offsetWidth, from = event.clientX;
		let width = start;
		event.preventDefault();
		event.stopPropagation();
		edge.setPointerCapture(event.pointerId);
		edge.onpointermove = (move) => {
			width = bounded(start + move.clientX - from);
			col?.style.setProperty("width", `${width}px`);
		};
		edge.onpointerup = () => {
			edge.onpointermove = edge.onpointerup = null;
			if (width !== start) done(width);
		};
	});
	edge.addEventListener("click", (event) => event.stopPropagation());
}

// By the other button of the mouse, the key for menus, or the button that shows where one is.
function addMenu(head: HTMLElement, entries: [string, boolean, () => void][]): void {
	const opener = button("", "bare only-icon small head-menu", () => open());
	const label = head.querySelector("a, span")?.textContent?.trim() ?? "";
	opener.ariaLabel = `${text("columnMenu")}: ${label}`;
	opener.ariaHasPopup = "menu";
	const open = (): void => {
		const menu = document.createElement("div"), { left, bottom } = head.getBoundingClientRect();
		menu.className = "menu head-menu-list";
		menu.popover = "auto";
		menu.role = "menu";
		menu.ariaLabel = opener.ariaLabel;
		for (const [name, possible, run] of entries) {
			const entry = button(text(name), "", () => {
				menu.hidePopover();
				run();
			});
			entry.role = "menuitem";
			entry.disabled = !possible;
			menu.append(entry);
		}
		menu.addEventListener("keydown", (event) => {
			const all = [...menu.querySelectorAll<HTMLElement>("button:not(:disabled)")], at = all.indexOf(document.activeElement as HTMLElement);
			const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? all.length - 1 : 0;
			if (step) event.preventDefault();
			if (step) all[(at + step) % all.length]?.focus();
		});
		menu.addEventListener("toggle", (event) => {
			if ((event as ToggleEvent).newState === "closed") menu.remove();
		});
		head.closest(".list")?.append(menu);
		menu.showPopover();
		menu.style.setProperty("left", `${Math.max(0, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`);
		menu.style.setProperty("top", `${bottom}px`);
		menu.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
	};
	head.append(opener);
	head.addEventListener("contextmenu", (event) => {
		event.preventDefault();
		open();
	});
}

function addMoving(head: HTMLElement, table: HTMLTableElement, move: (to: number) => void, hide: () => void): void {
	head.draggable = true;
	// Where it falls outside of the heads, it is taken out.
	const out = (event: DragEvent): boolean => !(event.target as Element).closest?.("thead");
	const over = (event: DragEvent): void => {
		head.classList.toggle("leaving", out(event));
		if (out(event)) event.preventDefault();
	};
	const drop = (event: DragEvent): void => {
		if (!out(event)) return;
		event.preventDefault();
		hide();
	};
	head.addEventListener("dragstart", (event) => {
		event.dataTransfer?.setData("text/x-column", head.dataset.name ?? "");
		table.dataset.moving = head.dataset.name;
		if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
		if (heads(table).length < 2) return;
		document.addEventListener("dragover", over);
		document.addEventListener("drop", drop);
	});
	head.addEventListener("dragend", () => {
		delete table.dataset.moving;
		document.removeEventListener("dragover", over);
		document.removeEventListener("drop", drop);
		for (const one of heads(table)) one.classList.remove("drop", "leaving");
	});
	head.addEventListener("dragover", (event) => {
		if (table.dataset.moving === undefined) return;
		event.preventDefault();
		for (const one of heads(table)) one.classList.toggle("drop", one === head);
	});
	head.addEventListener("drop", (event) => {
		const moving = heads(table).find((one) => one.dataset.name === table.dataset.moving);
		if (!moving) return;
		event.preventDefault();
		moving.dispatchEvent(new CustomEvent("column-move", { detail: heads(table).indexOf(head) }));
	});
	head.addEventListener("column-move", (event) => move((event as CustomEvent<number>).detail));
}
