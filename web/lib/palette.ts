// Ctrl/⌘+K: records, places, what can be made and done here.  And the search field, which finds as one types.
import { action, offered } from "./actions";
import { type Box, fetched, startBox } from "./box";
import { key, keys } from "./keys";
import { recentLinks } from "./recent";
import { text } from "./text";

interface Entry {
	group: string;
	label: string;
	icon?: string | undefined;
	hint?: string | undefined;
	url?: string | undefined;
	run?: (() => void) | undefined;
}
const STRONG = 2;
const SHOWN = 40;

const folded = (words: string): string => words.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss").toLowerCase();

// 3: begins so; 2: one of its words does; 1: its letters are there in this order; 0: no.
function score(label: string, words: string): number {
	const name = folded(label);
	if (name.startsWith(words)) return 3;
	if (words.split(/\s+/).every((word) => name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)))) return STRONG;
	let at = 0;
	for (const letter of name) if (letter === words[at]) at++;
	return at >= words.length && words.length > 1 ? 1 : 0;
}

const labelOf = (element: Element): string => (element.getAttribute("aria-label") ?? element.getAttribute("title") ?? element.textContent ?? "").replaceAll(/\s+/g, " ").trim();
const iconOf = (element: Element): string | undefined => element.querySelector("use")?.getAttribute("href")?.split("#")[1];

// What the page itself shows: its menus are the palette's, too.
function fromPage(selector: string, group: string, prefix = ""): Entry[] {
	return [...document.querySelectorAll<HTMLElement>(selector)].map((element) => ({
		group, label: prefix + labelOf(element), icon: iconOf(element), url: (element as HTMLAnchorElement).href,
		run: element instanceof HTMLAnchorElement ? undefined : () => element.click(),
	}));
}
function allEntries(): Entry[] {
	const here = text("actions");
	return [
		...offered().map((one) => ({ group: here, ...one })),
		...fromPage("main :is(.head, .record-head) :is(a.button, button):not([popovertarget])", here),
		...keys().filter((one) => !/^(g |mod\+k$|\+$)/.test(one.keys)).map((one) => ({ group: here, label: one.label, hint: one.keys.replace("mod+", `${text("ctrl")} + `), icon: "keyboard", run: () => one.run(new KeyboardEvent("keydown")) })),
		...fromPage("main .chips a[href]", text("views")),
		...fromPage("#side li a[href]:not([data-recent] a)", text("goto")),
		...fromPage("#create-menu a", text("create"), `${text("new")}: `).map((one, i) => ({ ...one, run: () => document.querySelectorAll<HTMLElement>("#create-menu a")[i]?.click() })),
		...[...document.querySelectorAll<HTMLElement>("#user-menu .choose")].flatMap((choose) =>
			[...choose.querySelectorAll<HTMLElement>("button")].map((one) => ({ group: text("settings"), label: `${choose.previousElementSibling?.textContent?.trim()}: ${labelOf(one)}`, icon: iconOf(one) ?? "settings", run: () => one.click() }))),
		...fromPage("#user-menu > a, #user-menu form[action='/sign-out'] button, #help-menu a", text("settings")),
	];
}

let numbered = 0;
function option(entry: Entry): HTMLElement {
	const one = document.createElement("a");
	const label = document.createElement("span");
	one.role = "option";
	one.tabIndex = -1;
	one.id = `entry-${numbered++}`;
	one.ariaSelected = "false";
	if (entry.url && !entry.run) one.href = entry.url;
	one.append(icon(entry.icon ?? "arrow-right"), label);
	label.textContent = entry.label;
	if (entry.hint) {
		const hint = document.createElement("kbd");
		hint.textContent = entry.hint;
		one.append(hint);
	}
	one.addEventListener("click", () => {
		document.querySelector<HTMLDialogElement>("#palette")?.close();
		entry.run?.();
	});
	return one;
}
function icon(name: string): SVGElement {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	const sheet = document.querySelector(".bar use")?.getAttribute("href")?.split("#")[0];
	svg.setAttribute("class", "icon");
	svg.ariaHidden = "true";
	use.setAttribute("href", `${sheet}#${name}`);
	svg.append(use);
	return svg;
}
function group(label: string, options: HTMLElement[]): HTMLElement {
	const part = document.createElement("div");
	const head = document.createElement("p");
	part.role = "group";
	part.ariaLabel = label;
	head.textContent = label;
	head.ariaHidden = "true";
	part.append(head, ...options);
	return part;
}
function grouped(entries: Entry[]): HTMLElement[] {
	const groups = new Map<string, HTMLElement[]>();
	for (const entry of entries.slice(0, SHOWN)) groups.set(entry.group, [...(groups.get(entry.group) ?? []), option(entry)]);
	return [...groups].map(([label, options]) => group(label, options));
}
function foundParts(markup: string | null): HTMLElement[] {
	const found = document.createElement("div");
	found.innerHTML = markup ?? "";
	return [...found.children] as HTMLElement[];
}

async function recentPart(): Promise<HTMLElement[]> {
	const links = await recentLinks();
	return links.length ? [group(text("recent"), links)] : [];
}

async function fillPalette(words: string, show: (parts: HTMLElement[]) => void): Promise<void> {
	const entries = allEntries();
	if (!words) return show([...(await recentPart()), ...grouped(entries)]);
	const wanted = folded(words);
	const scored = entries.map((entry) => ({ entry, points: score(entry.label, wanted) })).filter((one) => one.points).sort((a, b) => b.points - a.points);
	const some = (strong: boolean) => grouped(scored.filter((one) => one.points >= STRONG === strong).map((one) => one.entry));
	const strong = some(true), weak = some(false);
	show([...strong, ...weak]);
	const markup = await fetched(`/search/hits?q=${encodeURIComponent(words)}`);
	if (markup !== null) show([...strong, ...foundParts(markup), ...weak]);
}

// How much there is, for those who hear the page.
function say(list: HTMLElement): void {
	const status = document.getElementById("palette-said");
	const n = list.querySelectorAll("[role=option]").length;
	if (status) status.textContent = n ? `${n} ${text("results")}` : text("nothing");
}

export function startPalette(): void {
	const dialog = document.querySelector<HTMLDialogElement>("#palette");
	const input = dialog?.querySelector("input");
	const list = document.getElementById("palette-list");
	if (!dialog || !input || !list) return;
	const box: Box = {
		input, list, first: true, close: () => dialog.close(),
		fill: async (words, show) => {
			await fillPalette(words, show);
			say(list);
		},
	};
	const { fill } = startBox(box);
	const open = () => {
		const finder = document.querySelector<HTMLInputElement>("#q");
		input.value = finder && document.activeElement === finder ? finder.value : "";
		if (!dialog.open) dialog.showModal();
		input.focus();
		void fill();
	};
	dialog.addEventListener("close", () => input.blur()); // keys are for the page again
	dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
	key("mod+k", text("palette"), open);
	action("palette", open);
	startFinder();
}

function startFinder(): void {
	const input = document.querySelector<HTMLInputElement>("#q");
	const list = document.getElementById("found");
	if (!input || !list) return;
	const close = () => {
		list.hidden = true;
		input.ariaExpanded = "false";
	};
	const { fill } = startBox({
		input, list, first: false, close,
		fill: async (words, show) => {
			const parts = words ? foundParts(await fetched(`/search/hits?q=${encodeURIComponent(words)}`)) : await recentPart();
			if (document.activeElement !== input) return;
			show(parts);
			list.hidden = !list.childElementCount;
		},
	});
	input.addEventListener("focus", () => void fill());
	input.addEventListener("blur", close);
}
