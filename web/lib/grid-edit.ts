// A cell is edited where it stands: F2, a double click, or Enter.  Enter saves and goes down, Tab to the side, Escape
// gives up.  The new value is shown at once and taken back when the server refuses it.
import { api, type Reply, why } from "./api";
import { choose } from "./conflict";
import type { Grid } from "./grid";
import type { Place } from "./grid-focus";
import { freshRows } from "./grid-fresh";
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

	constructor(grid: Grid, cell: HTMLTableCellElement, place: Place, object: string, field: string, control: HTMLElement, record: Reply, typed: string) {
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
		if (typed) this.#take(typed);
		else if (input instanceof HTMLInputElement && input.type === "text") input.select();
	}

	// What was typed on the cell stands in place of what was there.
	#take(typed: string): void {
		const input = this.#input();
		if (input instanceof HTMLSelectElement) {
			const found = [...input.options].find((one) => one.text.toLowerCase().startsWith(typed.toLowerCase()));
			if (found) input.value = found.value;
		} else if (input && !/^(date|datetime-local|checkbox)$/.test(input.type)) {
			input.value = typed;
			input.dispatchEvent(new Event("input", { bubbles: true }));
		}
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
		if (reply.status === 412) return this.#clash(reply, value);
		if (!reply.ok) return this.#refused(reply);
		this.#saved(reply, shownOf(this.#control));
		await freshRows(this.#grid, [this.#id]);
	}

	#saved(reply: Reply, words: string): void {
		this.#cell.classList.remove("cell-editing");
		delete this.#cell.dataset.busy;
		if (reply.changeset) changed(reply.changeset, `${this.#cell.dataset.label ?? ""}: ${words || "–"}`);
	}

	// Somebody else changed the same: mine, theirs, or what was there before both.
	async #clash(reply: Reply, value: Json): Promise<void> {
		const mine = shownOf(this.#control), original = this.#shown.map((one) => one.textContent ?? "").join("").trim();
		this.#end();
		await freshRows(this.#grid, [this.#id]);
		if (same(reply.body?.current?.[this.#field], value)) return;
		const theirs = this.#now()?.textContent?.trim() ?? "";
		const choice = await choose({ label: this.#cell.dataset.label ?? "", mine, theirs, original });
		this.#version = String(reply.body?.current?.version ?? this.#version);
		if (choice !== "theirs") {
			const again = await this.#send(choice === "mine" ? value : this.#before);
			if (again.ok) this.#saved(again, choice === "mine" ? mine : original);
			else toast(why(again, text("notSaved")), { bad: true });
			await freshRows(this.#grid, [this.#id]);
		}
		void this.#grid.focus.move(this.#grid.focus.active);
	}

	#now(): HTMLTableCellElement | undefined {
		const row = this.#grid.rows.byId(this.#id)?.[0];
		return row && this.#grid.focus.cells(row)[this.#place.column];
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
		this.#control.append(line);
		const input = this.#input();
		input?.setAttribute("aria-invalid", "true");
		input?.focus({ preventScroll: true });
	}
}

// What is typed until the control is there is not lost.
function typedOn(cell: HTMLElement, first: string): () => string {
	let typed = first;
	const listen = (event: KeyboardEvent): void => {
		if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		event.stopPropagation();
		typed += event.key;
	};
	cell.addEventListener("keydown", listen, true);
	return () => {
		cell.removeEventListener("keydown", listen, true);
		return typed;
	};
}

// The cell with its control in it; `first` is what was typed on it.
export async function editCell(grid: Grid, object: string, cell: HTMLTableCellElement, first = ""): Promise<void> {
	const place = grid.focus.placeOf(cell), id = cell.closest("tr")?.dataset.id, field = place && grid.focus.head(place.column)?.dataset;
	if (!place || !id || field?.edit === undefined || cell.classList.contains("cell-editing")) return;
	cell.classList.add("cell-editing");
	cell.dataset.busy = "";
	const typed = typedOn(cell, first);
	const [form, record] = await Promise.all([
		fetch(`/${object}/${id}/edit?only=${field.name}`, { headers: { accept: "text/html" } }).catch(() => null),
		api("GET", `/api/v1/${object}/${id}`),
	]);
	const holder = document.createElement("div");
	if (form?.ok) holder.innerHTML = await form.text();
	const control = holder.querySelector<HTMLElement>("[data-control]");
	const begun = typed();
	cell.classList.remove("cell-editing");
	delete cell.dataset.busy;
	if (!control || !record.ok) return toast(form?.status === 403 ? text("cellMayNot") : text("notSaved"), { bad: true });
	// The row may have been drawn anew meanwhile.
	const row = cell.isConnected ? null : grid.rows.byId(id)?.[0], now = row ? grid.focus.cells(row)[place.column] : cell;
	if (now) new CellEditor(grid, now, place, object, field.name ?? "", control, record, begun);
}
