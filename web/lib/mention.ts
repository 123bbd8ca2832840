// @ in a text: colleagues are offered while one types their name, and are told when it is saved.
import { text } from "./text";

const SHOWN_MAX = 6;
let lists = 0;

interface Colleague {
	login: string;
	name: string;
}

async function find(words: string, signal: AbortSignal): Promise<Colleague[]> {
	const named = words ? ` and (name contains ${JSON.stringify(words)} or login starts ${JSON.stringify(words)})` : "";
	const query = new URLSearchParams({ where: `active = true${named}`, fields: "login,name", sort: "name", limit: String(SHOWN_MAX) });
	const reply = await fetch(`/api/v1/user?${query}`, { signal, headers: { accept: "application/json" } });
	return reply.ok ? ((await reply.json()).items as Colleague[]) : [];
}

// What is being typed behind an @ up to the caret; in an address of e-mail the sign stands behind a letter.
const typed = (area: HTMLTextAreaElement): string | null => /(?:^|[^\p{L}\p{N}_])@([\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.-]+)?)$/u.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;

export function mention(area: HTMLTextAreaElement): void {
	if (area.dataset.mention !== undefined) return;
	area.dataset.mention = "";
	const place = document.createElement("div");
	const list = document.createElement("div");
	let offered: Colleague[] = [];
	let at = -1;
	let running: AbortController | undefined;

	place.className = "mention-place";
	list.className = "lookup-list mentions";
	list.id = `mentions-${++lists}`;
	list.role = "listbox";
	list.hidden = true;
	list.ariaLabel = text("colleagues");
	area.replaceWith(place);
	place.append(area, list);
	area.setAttribute("aria-controls", list.id);
	area.ariaAutoComplete = "list";

	const close = () => {
		list.hidden = true;
		area.removeAttribute("aria-activedescendant");
		at = -1;
	};
	const mark = (to: number) => {
		at = to;
		for (const [i, item] of [...list.children].entries()) item.ariaSelected = String(i === at);
		const item = list.children[at];
		if (item) area.setAttribute("aria-activedescendant", item.id);
	};
	const take = (one: Colleague) => {
		const words = typed(area);
		if (words === null) return;
		const same = offered.filter((other) => other.name === one.name).length > 1;
		area.setRangeText(`${same || !one.name ? one.login : one.name} `, area.selectionStart - words.length, area.selectionStart, "end");
		close();
		area.dispatchEvent(new Event("input", { bubbles: true }));
	};
	const draw = () => {
		list.replaceChildren(...offered.map((one, i) => {
			const item = document.createElement("div");
			item.role = "option";
			item.id = `${list.id}-${i}`;
			item.append(one.name || one.login, Object.assign(document.createElement("small"), { textContent: one.login }));
			item.addEventListener("mousedown", (event) => {
				event.preventDefault();
				take(one);
			});
			return item;
		}));
		list.hidden = !offered.length;
		if (offered.length) mark(0);
	};
	const ask = async () => {
		const words = typed(area);
		running?.abort();
		if (words === null) return close();
		running = new AbortController();
		const found = await find(words, running.signal).catch(() => null);
		if (!found || document.activeElement !== area || typed(area) !== words) return;
		offered = found;
		draw();
	};

	area.addEventListener("input", () => void ask());
	area.addEventListener("blur", () => {
		running?.abort();
		close();
	});
	area.addEventListener("keydown", (event) => {
		const n = offered.length;
		if (list.hidden || !n) return;
		if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((at + (event.key === "ArrowDown" ? 1 : n - 1)) % n);
		else if (event.key === "Enter" || event.key === "Tab") take(offered[at]!);
		else if (event.key === "Escape") close();
		else return;
		event.preventDefault();
		event.stopPropagation();
	});
}

export function mentions(root: ParentNode): void {
	for (const area of root.querySelectorAll("textarea")) mention(area);
}
