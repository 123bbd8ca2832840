// Columns are made wider at their edge and moved by their head, or with Alt and arrows; the address holds them.
import type { Rows } from "./grid-rows";

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
		addMoving(head, table, move);
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

function addMoving(head: HTMLElement, table: HTMLTableElement, move: (to: number) => void): void {
	head.draggable = true;
	head.addEventListener("dragstart", (event) => {
		event.dataTransfer?.setData("text/x-column", head.dataset.name ?? "");
		table.dataset.moving = head.dataset.name;
		if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
	});
	head.addEventListener("dragend", () => {
		delete table.dataset.moving;
		for (const one of heads(table)) one.classList.remove("drop");
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
