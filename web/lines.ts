// The lines of a quote or an order: a table that is edited in place.  What they come to is computed by the
// server, as it would be saved, whenever somebody stops typing.
import Sortable from "sortablejs";
import { lookups } from "./lib/lookup";

interface Line {
	counted: boolean;
	amount: string;
	description?: string;
	unit_of_measure?: string;
	quantity?: string;
	price?: string;
	tax_rate?: string;
}
interface Total {
	label: string;
	text: string;
	is_strong: boolean;
}

const WAIT_MS = 250;
const FILLED = ["description", "unit_of_measure", "quantity", "price", "tax_rate"] as const;

const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("#lines-form");
const body = (): HTMLElement | null => document.getElementById("lines-rows");
const rows = (): HTMLTableRowElement[] => [...document.querySelectorAll<HTMLTableRowElement>("#lines-rows > tr")];
const row_of = (one: EventTarget | null): HTMLTableRowElement | null => (one instanceof Element ? one.closest<HTMLTableRowElement>("#lines-rows > tr") : null);
const field = (row: Element, name: string): HTMLInputElement | null => row.querySelector<HTMLInputElement>(`[name^="${name}."]`);
const value = (row: Element, name: string): string => field(row, name)?.value.trim() ?? "";
const say = (words: string): void => {
	const said = document.getElementById("lines-said");
	if (said) said.textContent = words;
};
const words = (name: string): string => document.getElementById("lines-row")?.dataset[name] ?? "";

// ---- rows ----

let next = 1000;
const isBlank = (row: Element): boolean => !value(row, "id") && !value(row, "product") && !value(row, "description") && !value(row, "details") && !value(row, "price") && value(row, "kind") !== "subtotal";

function add(): HTMLTableRowElement | null {
	const template = document.querySelector<HTMLTemplateElement>("template#lines-row");
	const made = template?.content.querySelector("tr");
	if (!made) return null;
	const row = document.importNode(made, true);
	row.dataset.row = String(++next);
	body()?.append(row);
	lookups(row);
	return row;
}

// There is always one empty row at the end, and only one.
function tidy(): void {
	const blank = rows().filter(isBlank);
	const last = rows().at(-1);
	if (!last || !isBlank(last)) add();
	for (const row of blank) if (row !== rows().at(-1) && !row.contains(document.activeElement)) row.remove();
}

// The names that the server reads: by their place in the table.
function number(): void {
	for (const [i, row] of rows().entries()) {
		for (const one of row.querySelectorAll<HTMLInputElement>("[name]")) one.name = `${one.name.split(".")[0]}.${i}`;
		const position = field(row, "position");
		if (position) position.value = isBlank(row) ? "" : String(i + 1);
		row.className = row.className.replace(/\bis-(normal|option|alternative|text|subtotal)\b/, `is-${value(row, "kind") || "normal"}`);
	}
	const count = form()?.querySelector<HTMLInputElement>("input[name=rows]");
	if (count) count.value = String(rows().length);
}

// ---- what they come to ----

let running: AbortController | undefined;
let due: ReturnType<typeof setTimeout> | undefined;

function put(line: Line | undefined, row: HTMLTableRowElement): void {
	const amount = row.querySelector("output");
	if (amount) amount.textContent = line && !isBlank(row) ? line.amount : "";
	row.classList.toggle("is-idle", !isBlank(row) && line?.counted === false);
	if (!line) return;
	for (const name of FILLED) {
		const one = field(row, name);
		if (one && !one.value && line[name] && one !== document.activeElement && !isBlank(row)) one.value = line[name];
	}
}

function show(totals: Total[]): void {
	const table = document.getElementById("lines-totals");
	for (const row of table?.querySelectorAll("tr[data-total]") ?? []) row.remove();
	for (const total of totals) {
		const row = document.createElement("tr"), label = document.createElement("th"), text = document.createElement("td");
		row.dataset.total = "";
		if (total.is_strong) row.className = "strong";
		label.scope = "row";
		label.textContent = total.label;
		text.textContent = total.text;
		row.append(label, text);
		table?.append(row);
	}
}

async function sums(): Promise<void> {
	const here = form(), why = document.getElementById("lines-why");
	if (!here || !why) return;
	number();
	running?.abort();
	running = new AbortController();
	const sent = rows();
	try {
		const reply = await fetch(here.dataset.sums ?? "", {
			method: "POST", signal: running.signal, headers: { accept: "application/json" },
			body: new URLSearchParams(new FormData(here) as unknown as Record<string, string>),
		});
		const answer = await reply.json();
		why.textContent = reply.ok ? "" : (answer.errors?.[0]?.detail ?? answer.detail ?? answer.title ?? "");
		if (!reply.ok) return;
		for (const [i, row] of sent.entries()) put(answer.lines[i], row);
		show(answer.totals);
		here.dataset.summed = String(Number(here.dataset.summed ?? 0) + 1);
	} catch {
		// asked again since, or no connection: what was typed is still here
	}
}

function soon(): void {
	form()?.setAttribute("data-busy", "");
	clearTimeout(due);
	due = setTimeout(() => void sums(), WAIT_MS);
}

// ---- by keys ----

function move(row: HTMLTableRowElement, step: number, focus: HTMLElement): void {
	const all = rows(), at = all.indexOf(row), other = all[at + step];
	if (!other || isBlank(row) || isBlank(other)) return;
	if (step < 0) other.before(row);
	else other.after(row);
	focus.focus();
	say(`${value(row, "description")} ${words("moved")} ${at + step + 1}`);
	soon();
}

// Up and down in the same column.
function step(one: HTMLElement, by: number): boolean {
	const row = row_of(one), name = (one as HTMLInputElement).name?.split(".")[0];
	const other = row && rows()[rows().indexOf(row) + by];
	const there = other && name ? field(other, name) : null;
	if (!there) return false;
	there.focus();
	there.select?.();
	return true;
}

function keys(event: KeyboardEvent): void {
	const one = event.target as HTMLElement, row = row_of(one);
	if (!row || event.defaultPrevented) return;
	const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
	if (event.altKey && (up || down)) {
		event.preventDefault();
		move(row, up ? -1 : 1, one);
	} else if (event.key === "Enter" && one instanceof HTMLInputElement && !one.closest(".lookup")) {
		event.preventDefault();
		tidy();
		step(one, event.shiftKey ? -1 : 1);
	} else if ((up || down) && one instanceof HTMLInputElement && one.type !== "checkbox" && !one.closest(".lookup") && !one.list && step(one, up ? -1 : 1)) {
		event.preventDefault();
	}
}

// ---- changes ----

function forget(row: Element): void {
	for (const name of ["description", "unit_of_measure", "price", "tax_rate"]) {
		const one = field(row, name);
		if (one) one.value = "";
	}
}

function changed(event: Event): void {
	const one = event.target as HTMLInputElement, row = row_of(one);
	if (!one.closest("#lines-form")) return;
	// Another product brings its own words and price.
	if (row && one.closest(".pick")) {
		const now = value(row, "product");
		if (now === (row.dataset.product ?? "")) return;
		row.dataset.product = now;
		if (now) forget(row);
	}
	tidy();
	soon();
}

function clicked(event: Event): void {
	const one = event.target as HTMLElement;
	if (one.closest("[data-lines-add]")) {
		const row = rows().at(-1);
		const last = row && isBlank(row) ? row : add();
		last?.querySelector<HTMLInputElement>(".pick input:not([type=hidden])")?.focus();
	}
	const detailed = one.closest("[data-lines-details]") ? row_of(one) : null;
	if (detailed) {
		detailed.classList.add("has-details");
		detailed.querySelector<HTMLElement>("textarea")?.focus();
	}
	const row = one.closest("[data-lines-drop]") ? row_of(one) : null;
	if (!row) return;
	const after = rows()[rows().indexOf(row) + 1] ?? rows()[rows().indexOf(row) - 1];
	if (value(row, "id")) form()?.append(kept(row));
	row.remove();
	after?.querySelector<HTMLElement>("[data-lines-drop]")?.focus();
	say(words("removed"));
	tidy();
	soon();
}

// A stored line that was removed leaves the table, and goes for good when the table is saved.
function kept(row: HTMLTableRowElement): HTMLInputElement {
	const removed = document.createElement("input");
	removed.type = "hidden";
	removed.dataset.removed = value(row, "id");
	removed.dataset.version = value(row, "version");
	return removed;
}

// Behind the rows of the table stand those that are removed.
function before(): void {
	number();
	const here = form();
	let at = rows().length;
	for (const one of here?.querySelectorAll<HTMLInputElement>("input[data-removed]") ?? []) {
		for (const [name, text] of [["id", one.dataset.removed], ["version", one.dataset.version], ["remove", "1"]]) {
			const part = document.createElement("input");
			part.type = "hidden";
			part.name = `${name}.${at}`;
			part.value = text ?? "";
			here?.append(part);
		}
		one.remove();
		at++;
	}
	const count = here?.querySelector<HTMLInputElement>("input[name=rows]");
	if (count) count.value = String(at);
}

function mount(): void {
	const table = body();
	if (!table || !form() || table.dataset.ready) return;
	table.dataset.ready = "on";
	lookups(table);
	for (const row of rows()) row.dataset.product = value(row, "product");
	tidy();
	number();
	Sortable.create(table, { handle: "[data-grip]", animation: 120, onEnd: () => (tidy(), soon()) });
	form()?.addEventListener("submit", before);
	form()?.setAttribute("data-ready", "");
}

mount();
document.getElementById("record")?.addEventListener("fresh", mount);
document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("click", clicked);
document.addEventListener("keydown", keys);
