// Links: records are offered while one types, and one that is missing is made on the spot.  Without this
// script the control is a line that takes "Name (#12)".
import { api, why } from "./api";
import { text } from "./text";
import { toast } from "./toast";
import { changed } from "./undo";

const SHOWN_MAX = 8;
let lists = 0;

interface Choice {
	id: string; // as it stands in the control: "#12", "deal:12"
	title: string;
	kind?: string;
	make?: boolean;
}

const written = (one: Choice): string => (one.id.startsWith("#") ? `${one.title} (${one.id})` : one.id);

function read(value: string, shown: string): Choice[] {
	if (/^\w+:\d+$/.test(value)) return [{ id: value, title: shown || value }];
	return value.split(";").map((part) => /^(.*)\((#\d+)\)\s*$/.exec(part.trim())).filter((one) => one !== null).map((one) => ({ title: one[1]!.trim(), id: one[2]! }));
}

async function find(input: HTMLInputElement, words: string, signal: AbortSignal): Promise<Choice[]> {
	const object = input.dataset.lookup ?? "";
	const name = input.dataset.title;
	const search = words || !object || !name;
	if (search && !words) return [];
	const url = search ? `/api/v1/search?${new URLSearchParams({ q: words, limit: String(SHOWN_MAX), ...(object ? { object } : {}) })}` : `/api/v1/${object}?${new URLSearchParams({ limit: String(SHOWN_MAX), fields: name, sort: "-changed_at" })}`;
	const reply = await fetch(url, { signal, headers: { accept: "application/json" } });
	const body = reply.ok ? await reply.json() : { items: [] };
	return (body.items as Record<string, string>[]).map((one) => ({
		id: object ? `#${one.id}` : `${one.object}:${one.id}`, title: (search ? one.title : one[name]) || `#${one.id}`,
		...(one.text ? { kind: one.text } : {}),
	}));
}

async function make(object: string, title: string, words: string): Promise<Choice | null> {
	const reply = await api("POST", `/api/v1/${object}`, { [title]: words });
	if (!reply.ok) {
		toast(why(reply, text("notSaved")), { bad: true });
		return null;
	}
	changed(reply.changeset, `${text("create")}: ${words}`);
	return { id: `#${reply.body.id}`, title: words };
}

export function lookup(line: HTMLInputElement): void {
	if (line.dataset.ready) return;
	line.dataset.ready = "on";
	const many = line.dataset.many !== undefined;
	const kept = document.createElement("input");
	const box = document.createElement("div");
	const list = document.createElement("div");
	let chosen = read(line.value, line.dataset.shown ?? "");
	let offered: Choice[] = [];
	let at = -1;
	let running: AbortController | undefined;

	kept.type = "hidden";
	kept.name = line.name;
	kept.value = line.value;
	line.removeAttribute("name");
	line.removeAttribute("list");
	line.required = false;
	box.className = "lookup";
	list.className = "lookup-list";
	list.id = `lookup-${++lists}`;
	list.role = "listbox";
	list.hidden = true;
	list.ariaLabel = line.labels?.[0]?.textContent ?? "";
	line.role = "combobox";
	line.setAttribute("aria-controls", list.id);
	line.ariaExpanded = "false";
	line.ariaAutoComplete = "list";
	line.replaceWith(box);
	box.append(line, list);
	box.before(kept);

	const show = () => {
		for (const token of box.querySelectorAll(".token")) token.remove();
		if (many) for (const one of chosen) line.before(tokenOf(one));
		line.value = many ? "" : (chosen[0]?.title ?? "");
		kept.value = chosen.map(written).join("; ");
	};
	const told = () => kept.dispatchEvent(new Event("change", { bubbles: true }));
	const tokenOf = (one: Choice): HTMLElement => {
		const token = document.createElement("span");
		const drop = document.createElement("button");
		token.className = "token";
		drop.type = "button";
		drop.className = "bare only-icon small";
		drop.textContent = "×";
		drop.ariaLabel = `${text("remove")}: ${one.title}`;
		drop.addEventListener("click", () => {
			chosen = chosen.filter((other) => other !== one);
			show();
			told();
			line.focus();
		});
		token.append(one.title, drop);
		return token;
	};
	const close = () => {
		list.hidden = true;
		line.ariaExpanded = "false";
		line.removeAttribute("aria-activedescendant");
		at = -1;
	};
	const mark = (to: number) => {
		at = to;
		for (const [i, item] of [...list.children].entries()) item.ariaSelected = String(i === at);
		const item = list.children[at];
		if (item) line.setAttribute("aria-activedescendant", item.id);
		item?.scrollIntoView({ block: "nearest" });
	};
	const take = async (one: Choice) => {
		close();
		const made = one.make ? await make(line.dataset.lookup ?? "", line.dataset.title ?? "", one.title) : one;
		if (!made) return;
		chosen = many ? [...chosen.filter((other) => other.id !== made.id), made] : [made];
		show();
		told();
	};
	const draw = (words: string) => {
		list.replaceChildren(...offered.map((one, i) => {
			const item = document.createElement("div");
			item.role = "option";
			item.id = `${list.id}-${i}`;
			item.append(one.make ? `${text("create")}: ${one.title}` : one.title);
			if (one.kind) item.append(Object.assign(document.createElement("small"), { textContent: one.kind }));
			item.addEventListener("mousedown", (event) => {
				event.preventDefault();
				void take(one);
			});
			return item;
		}));
		if (!offered.length && words) list.append(Object.assign(document.createElement("p"), { textContent: text("nothing") }));
		list.hidden = !list.childElementCount;
		line.ariaExpanded = String(!list.hidden);
		mark(words && offered.length ? 0 : -1);
	};
	const ask = async () => {
		const words = line.value.trim();
		running?.abort();
		running = new AbortController();
		const found = await find(line, words, running.signal).catch(() => null);
		if (!found || document.activeElement !== line) return;
		const same = found.some((one) => one.title.toLowerCase() === words.toLowerCase());
		offered = found;
		if (words && !same && line.dataset.create !== undefined) offered = [...found, { id: "", title: words, make: true }];
		draw(words);
	};

	line.addEventListener("input", () => {
		if (!many && !line.value.trim() && chosen.length) {
			chosen = [];
			kept.value = "";
			told();
		}
		void ask();
	});
	line.addEventListener("focus", () => line.select());
	line.addEventListener("click", () => list.hidden && void ask());
	line.addEventListener("blur", () => {
		running?.abort();
		close();
		// What was only typed is nothing that the control could hold.
		if (!many) line.value = chosen[0]?.title ?? "";
	});
	line.addEventListener("keydown", (event) => {
		const n = offered.length;
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			if (list.hidden) void ask();
			else if (n) mark((at + (event.key === "ArrowDown" ? 1 : n - 1 + (at < 0 ? 1 : 0))) % n);
		} else if (event.key === "Enter" && !list.hidden && offered[at]) {
			event.preventDefault();
			event.stopPropagation();
			void take(offered[at]!);
		} else if (event.key === "Escape" && !list.hidden) {
			event.preventDefault();
			event.stopPropagation();
			close();
		} else if (event.key === "Backspace" && many && !line.value && chosen.length) {
			chosen = chosen.slice(0, -1);
			show();
			told();
		}
	});
	// A draft, or a value that is taken over, is set from outside.
	kept.addEventListener("set", () => {
		chosen = read(kept.value, "");
		show();
	});
	show();
}

export function lookups(root: ParentNode): void {
	for (const line of root.querySelectorAll<HTMLInputElement>("input[data-lookup]")) lookup(line);
}
