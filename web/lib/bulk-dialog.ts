// The dialog of a bulk: what will change, with examples and causes; then how far it is.
import { api, type Reply, why } from "./api";
import { rowsOf } from "./grid-marks";
import { button, element, number } from "./parts";
import { text } from "./text";

export interface Bulk {
	id: string;
	object: string;
	op: string;
	state: string;
	total: number;
	done: number;
	changed: number;
	unchanged: number;
	failed: number;
	changeset: string | null;
	samples: string[];
	problems: { field: string | null; detail: string; count: number; samples: string[] }[];
}

const LOOK_MS = 250;

// Look again until it has come to its end.  `look` may stop the looking: it is left to itself then.
export async function follow(bulk: Bulk, look: (bulk: Bulk) => boolean): Promise<Bulk | null> {
	let now = bulk;
	while (now.state === "running") {
		if (!look(now)) return null;
		await new Promise((done) => setTimeout(done, LOOK_MS));
		const reply = await api("GET", `/api/v1/bulks/${bulk.id}`);
		if (reply.ok) now = reply.body as Bulk;
		else if (reply.status) return null;
	}
	look(now);
	return now;
}

export class BulkDialog {
	readonly dialog = element("dialog", "bulk-dialog");
	readonly body = element("div", "body");
	readonly says = element("div", "bulk-says");
	readonly foot = element("footer");
	#bar = element("progress");
	#line = element("p", "count");

	constructor(title: string) {
		const head = element("header"), close = button("×", "bare only-icon", () => this.dialog.close());
		const name = element("h2", "", title);
		name.id = "bulk-title";
		close.ariaLabel = text("close");
		head.append(name, close);
		this.says.setAttribute("aria-live", "polite");
		this.#bar.hidden = true;
		this.#bar.ariaLabel = text("bulkWorking");
		this.dialog.setAttribute("aria-labelledby", name.id);
		this.dialog.append(head, this.body, this.#line, this.#bar, this.says, this.foot);
		this.dialog.addEventListener("close", () => this.dialog.remove());
		document.body.append(this.dialog);
		this.dialog.showModal();
	}

	get isOpen(): boolean {
		return this.dialog.open;
	}

	// How far it is; false where nobody looks any more.
	progress(bulk: Bulk, label: string): boolean {
		this.#bar.hidden = bulk.state !== "running";
		this.#bar.max = Math.max(1, bulk.total);
		this.#bar.value = bulk.done;
		this.#line.textContent = bulk.state === "running" ? `${label}: ${number(bulk.done)} ${text("of")} ${number(bulk.total)}` : "";
		return this.isOpen;
	}

	clear(): void {
		this.says.replaceChildren();
		this.#bar.hidden = true;
		this.#line.textContent = "";
	}

	fault(reply: Reply): void {
		const line = element("p", "why", why(reply, text("notSaved")));
		line.role = "alert";
		this.says.replaceChildren(line);
	}

	// What would change: numbers, some records, causes.
	async preview(bulk: Bulk, label: string, column: string, after: (before: string) => string): Promise<void> {
		const figures = element("dl", "bulk-figures");
		for (const [name, n, tone] of [[label, bulk.changed, "success"], [text("bulkSame"), bulk.unchanged, ""], [text("bulkCannot"), bulk.failed, "danger"]] as const) {
			if (!n && name !== label) continue;
			const line = element("div", n ? tone : "");
			line.append(element("dt", "", name), element("dd", "", number(n)));
			figures.append(line);
		}
		const causes = element("ul", "bulk-causes");
		for (const one of bulk.problems) {
			const cause = element("li", "", one.detail);
			cause.prepend(element("strong", "", number(one.count)), " × ");
			causes.append(cause);
		}
		const parts: HTMLElement[] = [figures];
		if (bulk.problems.length) parts.push(causes);
		if (!bulk.changed) parts.push(element("p", "faint", text("bulkNothing")));
		else if (column) parts.push(await this.#samples(bulk, column, after));
		this.says.replaceChildren(...parts);
	}

	// As the list would show them, by its own window.
	async #samples(bulk: Bulk, column: string, after: (before: string) => string): Promise<HTMLElement> {
		const title = document.querySelector<HTMLElement>("thead th.first")?.dataset.name ?? column;
		const url = new URL(`/${bulk.object}/rows`, location.href);
		url.searchParams.set("where", `id in (${bulk.samples.join(", ")})`);
		url.searchParams.set("columns", `${title},${column}`);
		const table = element("table", "bulk-samples"), head = table.createTHead().insertRow(), rows = table.createTBody();
		for (const name of ["bulkRecord", "bulkBefore", "bulkAfter"]) {
			const cell = element("th", "", text(name));
			cell.scope = "col";
			head.append(cell);
		}
		const reply = await fetch(url, { headers: { accept: "text/html" } }).catch(() => null);
		for (const row of reply?.ok ? rowsOf(await reply.text()).rows : []) {
			const [name, value] = [...row.querySelectorAll<HTMLElement>("td:not(.pick)")];
			const before = (value?.textContent ?? "").trim(), line = rows.insertRow();
			line.append(element("td", "", name?.textContent?.trim() ?? ""), element("td", "", before || "–"), element("td", "", after(before) || "–"));
		}
		return table;
	}
}
