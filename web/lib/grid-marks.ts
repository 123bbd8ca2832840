// Places in a list from which the server can go on: a cursor behind each window that was read, counted from
// the beginning or from the end.  A place is reached from the nearest one, if need be in several steps.
export function rowsOf(markup: string): { rows: HTMLTableRowElement[]; body: HTMLElement | null } {
	const template = document.createElement("template");
	template.innerHTML = markup;
	const body = template.content.querySelector("tbody");
	return { rows: [...template.content.querySelectorAll<HTMLTableRowElement>("tr[data-id]")], body };
}

const STEPS_MAX = 40;

export class Marks {
	#url: string;
	#total: number;
	#marks: [Map<number, string>, Map<number, string>] = [new Map([[0, ""]]), new Map([[0, ""]])];

	constructor(url: string, total: number) {
		this.#url = url;
		this.#total = total;
	}

	add(place: number, cursor: string, back = false): void {
		if (cursor) this.#marks[back ? 1 : 0].set(place, cursor);
	}

	#nearest(place: number, back: boolean): number {
		let best = 0;
		for (const mark of this.#marks[back ? 1 : 0].keys()) if (mark <= place && mark > best) best = mark;
		return best;
	}

	// The rows from a place on; nothing where the server does not answer.
	async rows(at: number, n: number): Promise<HTMLTableRowElement[] | undefined> {
		const fromEnd = Math.max(0, this.#total - at - n);
		const back = fromEnd - this.#nearest(fromEnd, true) < at - this.#nearest(at, false);
		const place = back ? fromEnd : at;
		for (let step = 0; step < STEPS_MAX; step++) {
			const found = await this.#ask(place, n, back);
			if (!found) return undefined;
			if (found.at === place) return back ? found.rows.reverse() : found.rows;
		}
		return undefined;
	}

	async #ask(place: number, n: number, back: boolean): Promise<{ at: number; rows: HTMLTableRowElement[] } | undefined> {
		const from = this.#nearest(place, back);
		const url = new URL(this.#url, location.href);
		for (const [name, value] of [["at", place], ["from", from], ["n", n], ["after", this.#marks[back ? 1 : 0].get(from) ?? ""], ["back", back ? 1 : 0]] as const) url.searchParams.set(name, String(value));
		try {
			const reply = await fetch(url, { headers: { accept: "text/html" } });
			if (!reply.ok) return undefined;
			const { rows, body } = rowsOf(await reply.text());
			const at = Number(body?.dataset.at);
			this.add(at + rows.length, body?.dataset.next ?? "", back);
			return { at, rows };
		} catch {
			return undefined;
		}
	}
}
