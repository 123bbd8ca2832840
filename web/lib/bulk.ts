// What is done with the records that are ticked: a preview, progress, one undo.
import { api, type Reply } from "./api";
import { listChanged, RUNNING } from "./bulk-bar";
import { type Bulk, BulkDialog, follow } from "./bulk-dialog";
import type { Grid } from "./grid";
import { lookups } from "./lookup";
import { button, element, number } from "./parts";
import { text } from "./text";
import { toast } from "./toast";
import { changed } from "./undo";
import { shownOf, valueOf } from "./value";

const IDS_MAX = 10_000, SIDE_BY_SIDE_MAX = 5;

type Order = Record<string, unknown>;

function finished(bulk: Bulk): void {
	const label = text(bulk.op === "delete" ? "bulkDeleted" : "bulkChanged");
	const rest = bulk.failed ? `, ${text("bulkCannot")}: ${number(bulk.failed)}` : "";
	forget();
	changed(`bulk:${bulk.id}`, `${label}: ${number(bulk.changed)}${rest}`);
}

// It goes on without this page; whichever list is looked at next tells its end.
function remember(id: string): void {
	try {
		sessionStorage.setItem(RUNNING, id);
	} catch {
		// Its end is not told then.
	}
}

function forget(): void {
	try {
		sessionStorage.removeItem(RUNNING);
	} catch {
		// There is nothing to forget.
	}
}

async function inBackground(bulk: Bulk): Promise<void> {
	const done = await follow(bulk, () => true);
	if (!done) return forget();
	finished(done);
	listChanged();
}

export async function resume(id: string): Promise<void> {
	const reply = await api("GET", `/api/v1/bulks/${id}`);
	if (reply.ok) await inBackground(reply.body as Bulk);
	else if (reply.status) forget();
}

export class Bulks {
	#grid: Grid;
	#bar: HTMLElement;
	#object: string;
	#dialog: BulkDialog | null = null;

	constructor(grid: Grid, list: HTMLElement, bar: HTMLElement) {
		this.#grid = grid;
		this.#bar = bar;
		this.#object = list.dataset.object ?? "";
	}

	run(pressed: HTMLElement): void {
		const kind = pressed.dataset.bulk;
		if (kind === "delete") void this.#delete();
		else if (kind === "export") this.#export(pressed);
		else if (kind === "merge") this.#merge(pressed.dataset.url ?? "");
		else if (kind === "edit") void this.#edit(pressed.dataset.field ?? "");
	}

	// All that match, without those taken off; or those that are ticked.
	#which(): Order {
		const { picks } = this.#grid;
		if (!picks.all && picks.ids.size <= IDS_MAX) return { ids: [...picks.ids] };
		const where = this.#bar.dataset.where ?? "";
		const but = picks.except.size ? `not (id in (${[...picks.except].join(", ")}))` : "";
		return { where: where && but ? `(${where}) and ${but}` : where || but };
	}

	#ask(order: Order): Promise<Reply> {
		return api("POST", `/api/v1/${this.#object}/bulk`, { ...this.#which(), ...order });
	}

	async #try(order: Order): Promise<Bulk | null> {
		const dialog = this.#dialog, reply = await this.#ask({ ...order, dry_run: true });
		if (!dialog?.isOpen) return null;
		if (!reply.ok) {
			dialog.fault(reply);
			return null;
		}
		const tried = await follow(reply.body as Bulk, (now) => dialog.progress(now, text("bulkChecking")));
		if (!tried) void api("POST", `/api/v1/bulks/${(reply.body as Bulk).id}/stop`, {});
		return tried;
	}

	async #run(order: Order): Promise<void> {
		const dialog = this.#dialog, reply = await this.#ask(order);
		if (!dialog) return;
		if (!reply.ok) return dialog.fault(reply);
		const bulk = reply.body as Bulk;
		remember(bulk.id);
		const stop = button(text("bulkStop"), "", () => void api("POST", `/api/v1/bulks/${bulk.id}/stop`, {}));
		dialog.foot.replaceChildren(stop);
		const done = await follow(bulk, (now) => dialog.progress(now, text("bulkWorking")));
		if (!done) {
			toast(text("bulkBackground"));
			void inBackground(bulk);
			return;
		}
		dialog.dialog.close();
		finished(done);
		this.#grid.picks.clear();
		listChanged();
	}

	// The first that was ticked stays, unless one says otherwise on the page that shows them side by side.
	#merge(url: string): void {
		const { picks } = this.#grid, [first, ...others] = [...picks.ids];
		if (picks.all || !first || !others.length || others.length >= SIDE_BY_SIDE_MAX) return toast(text("mergeSome"), { bad: true });
		location.assign(`${url}/${first}/merge?${new URLSearchParams(others.map((id) => ["with", id]))}`);
	}

	#exported: AbortController | undefined;
	#exporting(): AbortSignal {
		this.#exported?.abort();
		this.#exported = new AbortController();
		return this.#exported.signal;
	}

	// The form of the menu, with the rows that are ticked.
	#export(pressed: HTMLElement): void {
		const { picks } = this.#grid, menu = document.querySelector<HTMLElement>("#more-menu"), form = document.querySelector<HTMLFormElement>("#export");
		if (!menu || !form) return;
		const only = form.elements.namedItem("ids") as HTMLInputElement, without = form.elements.namedItem("without") as HTMLInputElement;
		only.value = picks.all ? "" : [...picks.ids].slice(0, IDS_MAX).join(",");
		without.value = picks.all ? [...picks.except].join(",") : "";
		// Opened from its own button it is about all again.
		menu.addEventListener("toggle", (event) => {
			if ((event as ToggleEvent).newState === "closed") setTimeout(() => (only.value = without.value = ""));
		}, { signal: this.#exporting() });
		(menu.showPopover as (options?: object) => void).call(menu, { source: pressed });
		form.querySelector<HTMLElement>("input:not([type=hidden]), button")?.focus();
	}

	#open(title: string): BulkDialog {
		const dialog = new BulkDialog(`${title} (${number(this.#grid.picks.count)})`);
		this.#dialog = dialog;
		return dialog;
	}

	async #delete(): Promise<void> {
		const dialog = this.#open(text("bulkDelete"));
		const tried = await this.#try({ op: "delete" });
		if (!tried) return;
		await dialog.preview(tried, text("bulkGoes"), "", (before) => before);
		const go = button(`${text("bulkRemove")} (${number(tried.changed)})`, "primary", () => {
			go.disabled = true;
			void this.#run({ op: "delete" });
		});
		dialog.foot.replaceChildren(button(text("bulkCancel"), "", () => dialog.dialog.close()), ...(tried.changed ? [go] : []));
		go.focus();
	}

	async #edit(field: string): Promise<void> {
		const dialog = this.#open(text("bulkEdit"));
		const form = element("form", "stack");
		const load = async (name: string) => {
			const reply = await fetch(`/${this.#object}/bulk?${new URLSearchParams(name ? { field: name } : {})}`, { headers: { accept: "text/html" } }).catch(() => null);
			if (!reply?.ok) return toast(text("notSaved"), { bad: true });
			form.innerHTML = await reply.text();
			dialog.clear();
			dialog.foot.replaceChildren(button(text("bulkCancel"), "", () => dialog.dialog.close()), preview);
			const control = form.querySelector<HTMLElement>("[data-control]");
			if (["tags", "many"].includes(control?.dataset.type ?? "")) control?.before(...howOf());
			lookups(form);
			form.querySelector<HTMLSelectElement>("#bulk-field")?.addEventListener("change", (event) => void load((event.target as HTMLSelectElement).value));
			(name && field ? form.querySelector<HTMLElement>("[data-control] :is(input:not([type=hidden]), select, textarea)") : form.querySelector<HTMLElement>("#bulk-field"))?.focus();
		};
		const preview = button(text("bulkPreview"), "primary", () => void this.#preview(form));
		dialog.body.append(form);
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			void this.#preview(form);
		});
		form.addEventListener("input", () => {
			dialog.clear();
			dialog.foot.querySelector(".apply")?.remove();
			preview.hidden = false;
		});
		await load(field);
	}

	async #preview(form: HTMLElement): Promise<void> {
		const dialog = this.#dialog, control = form.querySelector<HTMLElement>("[data-control]");
		if (!dialog || !control) return;
		const name = control.dataset.control ?? "", shown = shownOf(control), value = valueOf(control);
		const how = form.querySelector<HTMLSelectElement>("#bulk-how")?.value ?? "fields";
		const order: Order = { [how]: { [name]: value } };
		const tried = await this.#try(order);
		if (!tried) return;
		await dialog.preview(tried, text("bulkChanges"), name, (before) => afterOf(how, before, shown));
		if (!tried.changed) return;
		const apply = button(`${text("bulkApply")} (${number(tried.changed)})`, "primary apply", () => {
			apply.disabled = true;
			void this.#run(order);
		});
		dialog.foot.querySelector(".apply")?.remove();
		for (const one of dialog.foot.querySelectorAll<HTMLElement>(".primary")) one.hidden = true;
		dialog.foot.append(apply);
		apply.focus();
	}
}

function afterOf(how: string, before: string, shown: string): string {
	const parts = (list: string): string[] => list.split(",").map((one) => one.trim()).filter((one) => one && one !== "–");
	if (how === "add") return [...new Set([...parts(before), ...parts(shown)])].join(", ");
	if (how === "remove") return parts(before).filter((one) => !parts(shown).includes(one)).join(", ");
	return shown;
}

function howOf(): HTMLElement[] {
	const label = element("label", "", text("bulkHow")), select = element("select");
	select.id = label.htmlFor = "bulk-how";
	for (const [value, name] of [["add", "bulkAdd"], ["remove", "bulkTake"], ["fields", "bulkSet"]] as const) select.add(new Option(text(name), value));
	return [label, select];
}
