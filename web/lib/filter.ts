// The condition of a list as rows and groups, with what each of them leaves.
import { button, element, number } from "./parts";
import { type Group, type Mode, type Part, parse, print, type Row } from "./filter-text";
import { type Asked, valueControls } from "./filter-value";
import { text } from "./text";
import { toast } from "./toast";

const WAIT_MS = 250;
const COUNTS_MAX = 20;

type Count = { total: number } | { why: string };

class Editor {
	#dialog = element("dialog", "filter-dialog");
	#rows = element("div", "filter-rows");
	#area = element("textarea");
	#left = element("p", "count");
	#parts: HTMLElement;
	#tree: Group;
	#counts = new Map<Part, HTMLElement>();
	#round = 0; // what comes for an earlier question is dropped
	#waiting: ReturnType<typeof setTimeout> | undefined;
	#goTo: (where: string) => void;

	constructor(parts: HTMLElement, goTo: (where: string) => void) {
		this.#parts = parts;
		this.#goTo = goTo;
		this.#tree = parse(parts.dataset.own ?? "", (path, op) => this.#knows(path, op));
		if (!this.#tree.parts.length) this.#tree.parts.push(this.#newRow());
		this.#frame();
		this.#draw();
		document.body.append(this.#dialog);
		this.#dialog.showModal();
	}

	// ---- fields ----

	#field(path: string): HTMLOptionElement | null {
		return this.#parts.querySelector<HTMLOptionElement>(`.filter-field option[value="${CSS.escape(path)}"]`);
	}

	#ops(option: HTMLOptionElement): HTMLOptionElement[] {
		const can = (option.dataset.ops ?? "").split(" ");
		return [...this.#parts.querySelectorAll<HTMLOptionElement>(".filter-op option")].filter((one) => can.includes(one.dataset.op ?? ""));
	}

	#knows(path: string, op: string): boolean {
		const option = this.#field(path);
		return option !== null && this.#ops(option).some((one) => one.value === op);
	}

	#asked(option: HTMLOptionElement): Asked {
		return {
			option, options: this.#parts.querySelector<HTMLSelectElement>(`.filter-options[data-path="${CSS.escape(option.value)}"]`),
			times: this.#parts.querySelector<HTMLSelectElement>(".filter-time") as HTMLSelectElement,
		};
	}

	#newRow(): Row {
		const shown = [...document.querySelectorAll<HTMLElement>("thead th[data-name]")].map((head) => head.dataset.name ?? "").find((name) => this.#field(name));
		const option = this.#field(shown ?? "") ?? this.#parts.querySelector<HTMLOptionElement>(".filter-field option")!;
		return { kind: "row", path: option.value, op: this.#ops(option)[0]?.value ?? "is not empty", values: [] };
	}

	// ---- the dialog ----

	#frame(): void {
		const head = element("header"), title = element("h2", "", text("filter")), close = button("×", "bare only-icon", () => this.#dialog.close());
		const body = element("div", "body"), more = element("details"), label = element("summary", "", text("filterText")), foot = element("footer");
		title.id = "filter-title";
		close.ariaLabel = text("close");
		head.append(title, close);
		this.#area.rows = 3;
		this.#area.spellcheck = false;
		this.#area.ariaLabel = text("filterText");
		this.#area.addEventListener("input", () => {
			this.#tree = parse(this.#area.value, (path, op) => this.#knows(path, op));
			this.#drawRows();
			this.#later();
		});
		more.append(label, this.#area);
		body.append(this.#rows, more);
		this.#left.setAttribute("aria-live", "polite");
		foot.append(this.#left, button(text("filterClear"), "bare", () => this.#apply("")), button(text("cancel"), "", () => this.#dialog.close()), button(text("filterApply"), "primary", () => this.#apply(print(this.#tree))));
		this.#dialog.setAttribute("aria-labelledby", title.id);
		this.#dialog.append(head, body, foot);
		this.#dialog.addEventListener("keydown", (event) => {
			if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (event.target as Element).matches("input:not([role=combobox])"))) {
				event.preventDefault();
				this.#apply(print(this.#tree));
			}
		});
		this.#dialog.addEventListener("close", () => {
			this.#round++;
			clearTimeout(this.#waiting);
			this.#dialog.remove();
			this.#parts.remove();
		});
	}

	#apply(where: string): void {
		this.#dialog.close();
		this.#goTo(where);
	}

	#draw(): void {
		this.#drawRows();
		this.#area.value = print(this.#tree);
		this.#later();
	}

	#told(): void {
		this.#area.value = print(this.#tree);
		this.#later();
	}

	#drawRows(): void {
		this.#counts.clear();
		this.#rows.replaceChildren(this.#group(this.#tree, null));
	}

	focusAt(index: number): void {
		const row = this.#rows.querySelectorAll<HTMLElement>(":scope > .filter-group > .filter-parts > *")[index];
		(row?.querySelector<HTMLElement>(".filter-value :is(input, select), textarea, select") ?? this.#rows.querySelector<HTMLElement>("select"))?.focus();
	}

	// ---- parts ----

	#count(part: Part): HTMLElement {
		const count = element("output", "filter-count");
		this.#counts.set(part, count);
		return count;
	}

	#remover(part: Part, group: Group): HTMLElement {
		const one = button("×", "bare only-icon small", () => {
			const at = group.parts.indexOf(part);
			group.parts.splice(at, 1);
			this.#draw();
			this.focusAt(Math.max(0, at - 1));
		});
		one.ariaLabel = text("filterRemove");
		return one;
	}

	#group(group: Group, above: Group | null): HTMLElement {
		const box = element("div", "filter-group"), head = element("div", "filter-head"), parts = element("div", "filter-parts"), foot = element("div", "buttons");
		const mode = element("select");
		mode.ariaLabel = text("filterJoin");
		for (const [value, name] of [["all", "filterAll"], ["any", "filterAny"], ["none", "filterNone"]] as const) mode.add(new Option(text(name), value, false, group.mode === value));
		mode.addEventListener("change", () => {
			group.mode = mode.value as Mode;
			this.#told();
		});
		box.role = "group";
		box.ariaLabel = text("filterGroup");
		head.append(mode);
		if (above) head.append(this.#count(group), this.#remover(group, above));
		for (const part of group.parts) parts.append(part.kind === "group" ? this.#group(part, group) : this.#line(part, group));
		const add = (part: Part): void => {
			group.parts.push(part);
			this.#draw();
			const added = [...this.#rows.querySelectorAll<HTMLElement>(".filter-row")].find((one) => one.dataset.new !== undefined);
			added?.querySelector<HTMLElement>("select")?.focus();
		};
		foot.append(button(`+ ${text("filterRow")}`, "small bare", () => {
			this.#added = this.#newRow();
			add(this.#added);
		}));
		foot.append(button(`+ ${text("filterGroup")}`, "small bare", () => {
			this.#added = this.#newRow();
			add({ kind: "group", mode: group.mode === "any" ? "all" : "any", parts: [this.#added] });
		}));
		box.append(head, parts, foot);
		return box;
	}
	#added: Row | null = null;

	#line(part: Exclude<Part, Group>, group: Group): HTMLElement {
		const row = element("div", "filter-row");
		if (part === this.#added) row.dataset.new = "";
		if (part.kind === "row") this.#row(row, part);
		else {
			const area = element("textarea");
			area.rows = 2;
			area.spellcheck = false;
			area.value = part.text;
			area.ariaLabel = text("filterText");
			area.addEventListener("input", () => {
				part.text = area.value;
				this.#told();
			});
			row.classList.add("as-text");
			row.append(area);
		}
		row.append(this.#count(part), this.#remover(part, group));
		return row;
	}

	#row(place: HTMLElement, row: Row): void {
		const fields = this.#parts.querySelector(".filter-field")!.cloneNode(true) as HTMLSelectElement;
		const ops = this.#parts.querySelector(".filter-op")!.cloneNode(false) as HTMLSelectElement, value = element("div", "filter-value");
		const drawValue = (): void => {
			const option = this.#field(row.path)!;
			value.replaceChildren(...valueControls(row, this.#asked(option), () => this.#told()));
		};
		const drawOps = (): void => {
			const option = this.#field(row.path)!, isTime = ["date", "datetime"].includes(option.dataset.type ?? "");
			ops.replaceChildren(...this.#ops(option).map((one) => new Option((isTime && one.dataset.time) || one.text, one.value, false, one.value === row.op)));
			if (ops.value !== row.op) row.op = ops.value;
		};
		fields.value = row.path;
		fields.addEventListener("change", () => {
			const before = this.#field(row.path)?.dataset.type;
			row.path = fields.value;
			if (before !== this.#field(row.path)?.dataset.type || this.#asked(this.#field(row.path)!).options) row.values = [];
			drawOps();
			drawValue();
			this.#told();
		});
		ops.addEventListener("change", () => {
			const many = /^(not )?in$/;
			if (many.test(ops.value) !== many.test(row.op) || ops.value === "within" || row.op === "within") row.values = many.test(ops.value) ? row.values.slice(0, 1) : [];
			row.op = ops.value;
			if (row.op !== "between") row.values.length = many.test(row.op) ? row.values.length : Math.min(1, row.values.length);
			drawValue();
			this.#told();
		});
		drawOps();
		drawValue();
		place.append(fields, ops, value);
	}

	// ---- what each of them leaves ----

	#later(): void {
		clearTimeout(this.#waiting);
		this.#waiting = setTimeout(() => void this.#ask(), WAIT_MS);
	}

	// In a group of which all must hold, each leaves of what those before it left.
	#questions(group: Group, within: string, out: [Part, string][]): void {
		let before = within;
		for (const part of group.parts) {
			const own = print(part);
			if (!own) continue;
			out.push([part, both(before, own)]);
			if (part.kind === "group") this.#questions(part, before, out);
			if (group.mode === "all") before = both(before, own);
		}
	}

	async #ask(): Promise<void> {
		const base = this.#parts.dataset.base ?? "", questions: [Part, string][] = [];
		const asked = ++this.#round;
		this.#questions(this.#tree, base, questions);
		for (const [part, place] of this.#counts) if (!questions.some(([other]) => other === part)) place.textContent = "";
		const [all, left] = await Promise.all([this.#total(base), this.#total(both(base, print(this.#tree)))]);
		if (asked !== this.#round) return;
		this.#left.className = left && "why" in left ? "why" : "count";
		this.#left.textContent = !left ? "" : "why" in left ? left.why : `${text("filterLeft")}: ${number(left.total)}${all && "total" in all ? ` ${text("of")} ${number(all.total)}` : ""}`;
		await Promise.all(questions.slice(0, COUNTS_MAX).map(async ([part, where]) => {
			const count = await this.#total(where), place = this.#counts.get(part);
			if (!count || !place || asked !== this.#round) return;
			const isWrong = "why" in count;
			place.classList.toggle("danger", isWrong);
			place.textContent = isWrong ? "!" : number(count.total);
			place.title = isWrong ? count.why : `${text("filterLeaves")} ${number(count.total)}`;
			place.ariaLabel = place.title;
		}));
	}

	async #total(where: string): Promise<Count | null> {
		const query = new URLSearchParams({ limit: "1", total: "1", fields: "id", ...(where ? { where } : {}) });
		try {
			const reply = await fetch(`/api/v1/${this.#parts.dataset.object}?${query}`, { headers: { accept: "application/json" } });
			const body = await reply.json();
			return reply.ok ? { total: body.total } : { why: body.errors?.[0]?.detail ?? body.detail ?? body.title };
		} catch {
			return null;
		}
	}
}

const both = (a: string, b: string): string => (a && b ? `(${a}) and (${b})` : a || b);

// The dialog, with the field of the part `index` ready to be changed.
export async function openFilter(index: number, goTo: (url: URL) => void): Promise<void> {
	const object = document.querySelector<HTMLElement>("#list")?.dataset.object;
	if (!object || document.querySelector("#filter-parts")) return;
	const reply = await fetch(`/${object}/filter${location.search}`, { headers: { accept: "text/html" } }).catch(() => null);
	if (!reply?.ok) return toast(text("notSaved"), { bad: true });
	const holder = element("div");
	holder.innerHTML = await reply.text();
	const parts = holder.querySelector<HTMLElement>("#filter-parts");
	if (!parts) return;
	parts.hidden = true;
	document.body.append(parts);
	const editor = new Editor(parts, (where) => {
		const url = new URL(location.href);
		url.searchParams.delete("after");
		url.searchParams.delete("open");
		if (where || url.searchParams.has("view")) url.searchParams.set("where", where);
		else url.searchParams.delete("where");
		goTo(url);
	});
	editor.focusAt(index);
}
