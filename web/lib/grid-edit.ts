// A cell is edited where it stands: F2, a double click, or Enter.  Enter saves and goes down, Tab to the side, Escape
// gives up.  The new value is shown at once and taken back when the server refuses it.
import { api, type Reply, why } from "./api";
import type { Grid } from "./grid";
import type { Place } from "./grid-focus";
import { rowsOf } from "./grid-marks";
import { lookups } from "./lookup";
import { text } from "./text";
import { toast } from "./toast";
import { changed } from "./undo";
import { type Json, shownOf, valueOf } from "./value";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

class CellEditor {
	#grid: Grid;
	#cell: HTMLTableCellElement;
	#place: Place;
	#id: string;
	#field: string;
	#object: string;
	#control: HTMLElement;
	#shown: Node[];
	#before: Json;
	#stored: Json;
	#version: string;
	#done = false;

	constructor(grid: Grid, cell: HTMLTableCellElement, place: Place, object: string, field: string, control: HTMLElement, record: Reply) {
		this.#grid = grid;
		this.#cell = cell;
		this.#place = place;
		this.#object = object;
		this.#id = cell.closest("tr")?.dataset.id ?? "";
		this.#field = field;
		this.#control = control;
		this.#shown = [...cell.childNodes];
		this.#version = record.version;
		this.#stored = record.body?.[field] ?? null;
		cell.replaceChildren(control);
		cell.classList.add("cell-editing");
		cell.dataset.busy = ""; // what others change does not take it away
		cell.removeAttribute("tabindex"); // the control has the focus
		for (const one of control.querySelectorAll("label:not(.box), legend, .help")) one.classList.add("quiet");
		lookups(control);
		this.#before = valueOf(control);
		const input = this.#input();
		if (input && !input.labels?.length) input.ariaLabel = cell.dataset.label ?? "";
		control.addEventListener("keydown", (event) => this.#key(event));
		control.addEventListener("focusout", (event) => {
			if (!this.#done && !control.contains(event.relatedTarget as Node | null) && document.hasFocus() && !document.querySelector("dialog[open]")) void this.#save(null);
		});
		input?.focus({ preventScroll: true });
		if (input instanceof HTMLInputElement && input.type === "text") input.select();
	}

	#input(): HTMLInputElement | null {
		return this.#control.querySelector<HTMLInputElement>("input:not([type=hidden]), select, textarea");
	}

	#key(event: KeyboardEvent): void {
		if (event.defaultPrevented || event.isComposing) return;
		event.stopPropagation();
		const side = event.shiftKey ? -1 : 1, { row, column } = this.#place;
		if (event.key === "Escape") {
			event.preventDefault();
			this.#end();
			void this.#grid.focus.move(this.#place);
		} else if (event.key === "Enter" && (!(event.target as Element).matches("textarea") || event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			void this.#save({ row: row + side, column });
		} else if (event.key === "Tab" && !this.#control.querySelector("fieldset")) {
			event.preventDefault();
			void this.#save({ row, column: column + side });
		}
	}

	#end(): void {
		this.#done = true;
		this.#cell.replaceChildren(...this.#shown);
		this.#cell.classList.remove("cell-editing");
		delete this.#cell.dataset.busy;
		this.#cell.tabIndex = -1;
	}

	async #save(to: Place | null): Promise<void> {
		const value = valueOf(this.#control);
		if (this.#done) return;
		if (same(value, this.#before)) {
			this.#end();
			if (to) void this.#grid.focus.move(to);
			return;
		}
		this.#done = true;
		const hope = document.createElement("span");
		hope.className = "hope";
		hope.textContent = shownOf(this.#control);
		this.#cell.replaceChildren(hope);
		this.#cell.tabIndex = -1;
		if (to) void this.#grid.focus.move(to);
		let reply = await this.#send(value);
		if (reply.status === 412 && same(reply.body?.current?.[this.#field], this.#stored)) {
			// Somebody changed another field: nothing is in the way.
			this.#version = String(reply.body.current.version);
			reply = await this.#send(value);
		}
		if (!reply.ok) return this.#refused(reply);
		this.#cell.classList.remove("cell-editing");
		delete this.#cell.dataset.busy;
		if (reply.changeset) changed(reply.changeset, `${this.#cell.dataset.label ?? ""}: ${hope.textContent || "–"}`);
		await this.#fresh();
	}

	#send(value: Json): Promise<Reply> {
		return api("PATCH", `/api/v1/${this.#object}/${this.#id}`, { [this.#field]: value }, { "if-match": `"${this.#version}"` });
	}

	// As it was, with what was typed and why it cannot be.
	#refused(reply: Reply): void {
		this.#done = false;
		this.#cell.replaceChildren(this.#control);
		this.#control.querySelector(".why")?.remove();
		const line = document.createElement("p");
		line.className = "why";
		line.role = "alert";
		line.textContent = reply.status ? why(reply, text("notSaved")) : text("offline");
		if (reply.status === 412) {
			this.#version = String(reply.body?.current?.version ?? this.#version);
			this.#stored = reply.body?.current?.[this.#field] ?? null;
		}
		this.#control.append(line);
		const input = this.#input();
		input?.setAttribute("aria-invalid", "true");
		input?.focus({ preventScroll: true });
	}

	// The row as the server shows it now.
	async #fresh(): Promise<void> {
		const list = document.querySelector<HTMLElement>("#list"), url = new URL(list?.dataset.rows ?? "", location.href);
		for (const name of ["filter", "q", "view", "group", "sort"]) url.searchParams.delete(name);
		url.searchParams.set("where", `id = ${this.#id}`);
		url.searchParams.set("columns", [...document.querySelectorAll<HTMLElement>("#grid thead th[data-name]")].map((head) => head.dataset.name).join(","));
		const reply = await fetch(url, { headers: { accept: "text/html" } }).catch(() => null);
		const found = this.#grid.rows.byId(this.#id), row = reply?.ok ? rowsOf(await reply.text()).rows[0] : undefined;
		// Where the next cell of this row is edited already, what was typed stands there until the row comes anew.
		if (!found || !row || found[0].querySelector("[data-busy]")) return;
		const active = this.#grid.rows.grid.contains(document.activeElement), { row: at } = this.#grid.focus.active;
		this.#grid.rows.put(found[1], row);
		if (active && at === found[1]) await this.#grid.focus.move(this.#grid.focus.active);
	}
}

// The cell with its control in it.
export async function editCell(grid: Grid, object: string, cell: HTMLTableCellElement): Promise<void> {
	const place = grid.focus.placeOf(cell), id = cell.closest("tr")?.dataset.id, field = place && grid.focus.head(place.column)?.dataset;
	if (!place || !id || field?.edit === undefined || cell.classList.contains("cell-editing")) return;
	cell.classList.add("cell-editing");
	cell.dataset.busy = "";
	const [form, record] = await Promise.all([
		fetch(`/${object}/${id}/edit?only=${field.name}`, { headers: { accept: "text/html" } }).catch(() => null),
		api("GET", `/api/v1/${object}/${id}`),
	]);
	const holder = document.createElement("div");
	if (form?.ok) holder.innerHTML = await form.text();
	const control = holder.querySelector<HTMLElement>("[data-control]");
	cell.classList.remove("cell-editing");
	delete cell.dataset.busy;
	if (!control || !record.ok) return toast(form?.status === 403 ? text("cellMayNot") : text("notSaved"), { bad: true });
	// The row may have been drawn anew meanwhile.
	const row = cell.isConnected ? null : grid.rows.byId(id)?.[0], now = row ? grid.focus.cells(row)[place.column] : cell;
	if (now) new CellEditor(grid, now, place, object, field.name ?? "", control, record);
}
