// Blocks of cells from and to a spreadsheet: rows are lines, cells stand apart by tabs.  What is pasted is shown at
// once, goes to the server in one changeset, and goes back where it is refused.
import { api, type Fault, type Reply } from "./api";
import type { Grid } from "./grid";
import { freshRows } from "./grid-fresh";
import { number } from "./parts";
import { text } from "./text";
import { toast } from "./toast";
import { changed } from "./undo";
import type { Json } from "./value";
import { read } from "./value-text";

const CELLS_MAX = 10_000;

// ---- the text between ----

const quoted = (cell: string): string => (/[\t\n\r"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function fromText(given: string): string[][] {
	const rows: string[][] = [[]];
	let cell = "", inside = false, at = 0;
	const end = () => {
		rows.at(-1)?.push(cell);
		cell = "";
	};
	const whole = given.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replace(/\n$/, "");
	for (; at < whole.length; at++) {
		const sign = whole[at] ?? "";
		if (inside && sign === '"' && whole[at + 1] === '"') {
			cell += sign;
			at++;
		} else if (sign === '"' && (inside || !cell)) inside = !inside;
		else if (sign === "\t" && !inside) end();
		else if (sign === "\n" && !inside) {
			end();
			rows.push([]);
		} else cell += sign;
	}
	end();
	return rows;
}

const shown = (cell: Element | undefined): string => cell?.textContent?.trim() ?? "";

// The block that is marked; undefined: some of its rows have not come yet.
function toText(grid: Grid): string | undefined {
	const { top, bottom, left, right } = grid.focus.block, lines: string[] = [];
	for (let row = top; row <= bottom; row++) {
		const one = grid.rows.at(row);
		if (!one) return undefined;
		lines.push(grid.focus.cells(one).slice(left, right + 1).map((cell) => quoted(shown(cell))).join("\t"));
	}
	return lines.join("\n");
}

export function copyBlock(grid: Grid, event: ClipboardEvent): void {
	const found = toText(grid);
	event.preventDefault();
	if (found === undefined) {
		const { top, bottom } = grid.focus.block;
		void grid.rows.load(top, bottom + 1).then(() => toast(text("pasteAgain")));
	} else event.clipboardData?.setData("text/plain", found);
}

// ---- what it means ----

interface Column {
	at: number;
	field: string;
	label: string;
	control: HTMLElement;
}

interface Line {
	row: HTMLTableRowElement;
	id: string;
	cells: { cell: HTMLTableCellElement; column: Column; given: string; before: Node[] }[];
	fields: Record<string, Json>;
}

async function columnOf(grid: Grid, object: string, at: number, id: string): Promise<Column | null> {
	const head = grid.focus.head(at), field = head?.dataset.name ?? "";
	if (head?.dataset.edit === undefined) return null;
	const reply = await fetch(`/${object}/${id}/edit?only=${field}`, { headers: { accept: "text/html" } }).catch(() => null);
	const holder = document.createElement("div");
	if (reply?.ok) holder.innerHTML = await reply.text();
	const control = holder.querySelector<HTMLElement>("[data-control]");
	return control && { at, field, label: shown(head.querySelector("a, span") ?? head), control };
}

// One cell is put into all that are marked; a block begins at the first of them.
function placed(grid: Grid, given: string[][]): { top: number; left: number; rows: string[][] } {
	const { top, bottom, left, right } = grid.focus.block;
	const one = given.length === 1 && given[0]?.length === 1 ? given[0][0] : undefined;
	const rows = one === undefined ? given : Array.from({ length: bottom - top + 1 }, () => Array.from({ length: right - left + 1 }, () => one));
	return { top, left, rows: rows.slice(0, Math.max(0, grid.rows.total - top)).map((row) => row.slice(0, grid.focus.columns - left)) };
}

async function linesOf(grid: Grid, object: string, given: string[][]): Promise<Line[]> {
	const { top, left, rows } = placed(grid, given), lines: Line[] = [];
	await grid.rows.load(top, top + rows.length);
	const first = grid.rows.at(top)?.dataset.id ?? "";
	const width = Math.max(...rows.map((row) => row.length));
	const columns = await Promise.all(Array.from({ length: width }, (_, i) => columnOf(grid, object, left + i, first)));
	const links = new Map<string, Promise<Json>>();
	for (const [i, texts] of rows.entries()) {
		const row = grid.rows.at(top + i), line: Line = { row: row!, id: row?.dataset.id ?? "", cells: [], fields: {} };
		for (const [k, words] of texts.entries()) {
			const column = columns[k], cell = row && grid.focus.cells(row)[left + k];
			if (!column || !cell || shown(cell) === words.trim()) continue;
			const key = `${column.field} ${words}`;
			const value = links.get(key) ?? read(column.control, words.trim());
			links.set(key, value);
			line.fields[column.field] = await value;
			line.cells.push({ cell, column, given: words.trim(), before: [...cell.childNodes] });
		}
		if (line.id && line.cells.length) lines.push(line);
	}
	return lines;
}

// ---- writing ----

function hope(line: Line): void {
	for (const { cell, given } of line.cells) {
		const words = document.createElement("span");
		words.className = "hope";
		words.textContent = given || "–";
		cell.replaceChildren(words);
		cell.dataset.busy = "";
		cell.classList.remove("refused");
	}
}

function settle(line: Line): void {
	for (const { cell, before } of line.cells) {
		cell.replaceChildren(...before);
		delete cell.dataset.busy;
	}
}

// As it was, and what was wrong.
function refuse(line: Line, faults: Fault[], otherwise: string): string {
	settle(line);
	let first = "";
	for (const { cell, column } of line.cells) {
		const why = faults.filter((one) => one.field === column.field).map((one) => one.detail).join(" ") || (faults.length ? "" : otherwise);
		if (!why) continue;
		cell.classList.add("refused");
		cell.title = why;
		first ||= `${column.label}: ${why}`;
	}
	return first || faults[0]?.detail || otherwise;
}

function told(reply: Reply, lines: Line[]): void {
	const results: { status: number; problem?: { detail?: string; title?: string; errors?: Fault[] } }[] = reply.body?.results ?? [];
	const causes: string[] = [];
	let done = 0;
	for (const [i, line] of lines.entries()) {
		const { status = 0, problem } = results[i] ?? {};
		if (status === 200) {
			settle(line);
			done++;
		} else causes.push(refuse(line, problem?.errors ?? [], problem?.detail ?? problem?.title ?? text("notSaved")));
	}
	if (done && reply.changeset) changed(reply.changeset, `${text("pasted")}: ${number(done)}`);
	if (causes.length) toast(`${text("bulkCannot")}: ${number(causes.length)}. ${causes[0]}`, { bad: true });
}

export async function pasteBlock(grid: Grid, object: string, given: string): Promise<void> {
	const rows = fromText(given);
	if (rows.reduce((sum, row) => sum + row.length, 0) > CELLS_MAX) return toast(text("pasteTooMuch"), { bad: true });
	const lines = await linesOf(grid, object, rows);
	if (!lines.length) return toast(text("pasteNothing"));
	for (const line of lines) hope(line);
	const reply = await api("POST", "/api/v1/batch", { mode: "each", operations: lines.map((line) => ({ op: "update", object, id: line.id, fields: line.fields })) });
	if (!reply.ok) {
		for (const line of lines) settle(line);
		return toast(reply.status ? (reply.body?.detail ?? text("notSaved")) : text("offline"), { bad: true });
	}
	told(reply, lines);
	await freshRows(grid, lines.filter((line) => !line.row.querySelector(".refused")).map((line) => line.id));
}
