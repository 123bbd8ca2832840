// The preview of an import: cells are corrected in place.  Each correction is sent at once; then the page's
// parts come anew, but for the cell that is being edited.
import { api, why } from "./lib/api";
import { pageOf } from "./lib/page";
import { text } from "./lib/text";
import { toast } from "./lib/toast";

interface Trial {
	columns: { label: string; from: number[] }[];
	rows: { row: number; texts: (string | null)[] }[];
	file: string[];
}

const grid = document.querySelector<HTMLElement>(".preview[data-cells]");
let trial: Promise<Trial | null> | null = null;
let sending: Promise<void> = Promise.resolve();
let active: { row: number; column: number } = { row: 0, column: 0 };

const rows = (): HTMLTableRowElement[] => [...(grid?.querySelectorAll<HTMLTableRowElement>("tbody tr") ?? [])];
const cells = (row: Element | undefined): HTMLTableCellElement[] => [...(row?.querySelectorAll<HTMLTableCellElement>("td") ?? [])];
const cell_of = (one: EventTarget | null): HTMLTableCellElement | null => (one instanceof Element ? one.closest<HTMLTableCellElement>(".preview tbody td") : null);
const place_of = (cell: HTMLTableCellElement) => ({ row: rows().indexOf(cell.parentElement as HTMLTableRowElement), column: cells(cell.parentElement!).indexOf(cell) });
const number_of = (cell: Element): number => Number(cell.closest<HTMLElement>("tr")?.dataset.row);
const editing = (): HTMLTableCellElement | null => grid?.querySelector<HTMLTableCellElement>("td.editing") ?? null;

function trial_now(): Promise<Trial | null> {
	trial ??= api("GET", grid?.dataset.preview ?? "").then((reply) => (reply.ok ? (reply.body.preview as Trial) : null));
	return trial;
}

// ---- one cell in the order of Tab ----

function mark(): void {
	for (const cell of grid?.querySelectorAll<HTMLTableCellElement>("tbody td") ?? []) cell.tabIndex = -1;
	const cell = cells(rows()[active.row])[active.column] ?? cells(rows()[0])[0];
	if (cell) cell.tabIndex = 0;
}

function focus_at(row: number, column: number): void {
	const to = rows()[Math.max(0, Math.min(row, rows().length - 1))];
	const all = cells(to);
	const cell = all[Math.max(0, Math.min(column, all.length - 1))];
	if (!cell) return;
	active = place_of(cell);
	mark();
	cell.focus();
	cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// ---- after a correction ----

const PARTS = [".verdict", ".preview-help", ".said-below"];

function take_row(old: HTMLTableRowElement, fresh: HTMLTableRowElement): void {
	const had = old.contains(document.activeElement) ? document.activeElement : null;
	const at = cell_of(had) ? cells(old).indexOf(cell_of(had)!) : -1;
	const row = document.adoptNode(fresh);
	old.replaceWith(row);
	if (at >= 0) cells(row)[at]?.setAttribute("data-focus", "");
}

// The row in which somebody writes stays as it is until he has done.
async function refresh(): Promise<void> {
	trial = null;
	const page = await pageOf(location.href.replace(/#.*/, ""));
	const fresh = page?.querySelector(".preview[data-cells]");
	if (!page || !fresh) return location.reload();
	const busy = editing()?.parentElement;
	skipped = Boolean(busy);
	for (const old of rows()) {
		const one = fresh.querySelector<HTMLTableRowElement>(`tr[data-row="${old.dataset.row}"]`);
		if (one && old !== busy) take_row(old, one);
	}
	for (const name of PARTS) {
		const [old, one] = [document.querySelector(name), page.querySelector(name)];
		if (old && one) old.replaceWith(document.adoptNode(one));
	}
	mark();
	const again = grid?.querySelector<HTMLElement>("[data-focus]");
	again?.removeAttribute("data-focus");
	if (again && !editing()) again.focus();
}

function send(list: { row: number; column: string; text: string | null }[]): Promise<boolean> {
	const done = sending.then(async () => {
		const reply = await api("PATCH", grid?.dataset.cells ?? "", { cells: list });
		if (!reply.ok) {
			toast(why(reply, text("notSaved")), { bad: true });
			return false;
		}
		await refresh();
		const said = document.getElementById("import-said");
		if (said) said.textContent = text("cellSaved").replace("%1", String(list[0]?.row));
		return true;
	});
	sending = done.then(() => undefined);
	return done;
}

// ---- the editor ----

interface Editor {
	cell: HTMLTableCellElement;
	before: Node[];
	controls: { name: string; was: string; control: HTMLInputElement | HTMLTextAreaElement }[];
}
let editor: Editor | null = null;
let skipped = false; // a row that is older than the others

function control_of(was: string): HTMLInputElement | HTMLTextAreaElement {
	const control = document.createElement(was.includes("\n") ? "textarea" : "input");
	control.value = was;
	control.maxLength = 2000;
	return control;
}

async function open(cell: HTMLTableCellElement): Promise<void> {
	if (!cell.hasAttribute("data-fix") || editor?.cell === cell) return;
	close(true);
	active = place_of(cell);
	const now = await trial_now(), number = number_of(cell);
	const from = now?.columns[active.column]?.from ?? [], texts = now?.rows.find((one) => one.row === number)?.texts;
	if (editor || !cell.isConnected || !now || !texts) return;
	if (from.some((at) => texts[at] === null || texts[at] === undefined)) return toast(text("cellTooLong"));
	editor = { cell, before: [...cell.childNodes], controls: [] };
	cell.classList.add("editing");
	cell.replaceChildren();
	for (const at of from) {
		const name = now.file[at] ?? "", was = texts[at] ?? "", control = control_of(was), label = document.createElement("label");
		control.ariaLabel = text("cellOf").replace("%1", String(number)).replace("%2", name);
		if (from.length > 1) {
			label.textContent = name;
			label.append(control);
			cell.append(label);
		} else cell.append(control);
		editor.controls.push({ name, was, control });
	}
	mark();
	const first = editor.controls[0]?.control;
	first?.focus();
	first?.select();
}

// Keep what was written, or leave everything as it was.
function close(keeps: boolean): void {
	const one = editor;
	if (!one) return;
	editor = null;
	const row = number_of(one.cell), changed = one.controls.filter(({ was, control }) => control.value !== was);
	one.cell.classList.remove("editing");
	one.cell.replaceChildren(...one.before);
	if (!keeps || !changed.length) {
		if (skipped) sending = sending.then(refresh);
		return;
	}
	one.cell.classList.add("waiting");
	one.cell.replaceChildren(one.controls.map(({ control }) => control.value).join(" "));
	void send(changed.map(({ name, control }) => ({ row, column: name, text: control.value }))).then((ok) => {
		if (ok) return;
		one.cell.classList.remove("waiting");
		one.cell.replaceChildren(...one.before);
	});
}

// The next or the last cell that can be corrected, in reading order.
function beside(cell: HTMLTableCellElement, step: 1 | -1): HTMLTableCellElement | null {
	const all = [...(grid?.querySelectorAll<HTMLTableCellElement>("td[data-fix]") ?? [])];
	return all[all.indexOf(cell) + step] ?? null;
}

function edit_key(event: KeyboardEvent, one: Editor): void {
	const at = one.controls.findIndex(({ control }) => control === event.target), step = event.shiftKey ? -1 : 1;
	const leave = (keeps: boolean) => {
		event.preventDefault();
		close(keeps);
		focus_at(active.row, active.column);
	};
	if (event.key === "Escape") leave(false);
	else if (event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement && event.shiftKey) && !event.isComposing) leave(true);
	else if (event.key === "Tab" && !one.controls[at + step]) {
		const next = beside(one.cell, step);
		if (!next) return leave(true);
		event.preventDefault();
		void open(next);
	}
}

const MOVES: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -1000], End: [0, 1000] };

function key(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
	if (editor?.cell.contains(event.target as Node)) return edit_key(event, editor);
	const cell = cell_of(event.target), move = MOVES[event.key];
	if (!cell || cell !== event.target) return;
	if (move) {
		const at = place_of(cell);
		event.preventDefault();
		focus_at(at.row + move[0], at.column + move[1]);
	} else if (event.key === "Enter" || event.key === "F2") {
		event.preventDefault();
		void open(cell);
	}
}

function start(table: HTMLElement): void {
	table.classList.add("is-live");
	table.querySelector("table")?.setAttribute("role", "grid");
	table.querySelector("table")?.setAttribute("aria-label", table.ariaLabel ?? "");
	mark();
	table.addEventListener("keydown", key);
	table.addEventListener("click", (event) => {
		const cell = cell_of(event.target);
		if (cell && !(event.target as Element).closest("a, button, form, input, textarea, label")) void open(cell);
	});
	table.addEventListener("focusin", (event) => {
		const cell = cell_of(event.target);
		if (cell && cell === event.target) active = place_of(cell);
		void trial_now();
	});
	table.addEventListener("focusout", (event) => {
		if (editor && editor.cell.contains(event.target as Node) && event.relatedTarget && !editor.cell.contains(event.relatedTarget as Node)) close(true);
	});
	table.addEventListener("submit", (event) => {
		const form = (event.target as Element).closest<HTMLFormElement>("form.back"), value = (name: string) => form?.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
		const cell = cell_of(form);
		if (!form || !cell) return;
		event.preventDefault();
		active = place_of(cell);
		void send([{ row: Number(value("row")), column: value("column"), text: null }]).then(() => focus_at(active.row, active.column));
	});
}

if (grid) start(grid);
