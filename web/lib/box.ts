// A line to type in with a list below it (the combobox pattern): arrows choose, Enter takes, Escape closes.
import { run } from "./actions";

export interface Box {
	input: HTMLInputElement;
	list: HTMLElement;
	first: boolean; // is the first entry chosen by itself?
	// Finds what to show, in one or several goes; what comes after one typed on is dropped.
	fill: (words: string, show: (parts: HTMLElement[]) => void) => Promise<void>;
	close: () => void;
}
const TYPING_MS = 70;

const optionsOf = (box: Box): HTMLElement[] => [...box.list.querySelectorAll<HTMLElement>("[role=option]")];
const chosenOf = (box: Box): HTMLElement | undefined => optionsOf(box).find((one) => one.ariaSelected === "true");

function choose(box: Box, option?: HTMLElement): void {
	for (const one of optionsOf(box)) one.ariaSelected = String(one === option);
	if (option) box.input.setAttribute("aria-activedescendant", option.id);
	else box.input.removeAttribute("aria-activedescendant");
	option?.scrollIntoView({ block: "nearest" });
}

// Ctrl or ⌘: look at it beside this page, where the page can do that.
function take(option: HTMLElement, event: KeyboardEvent): void {
	if (!(event.ctrlKey || event.metaKey)) return option.click();
	if (!run("peek", option, event)) window.open((option as HTMLAnchorElement).href);
}

export function startBox(box: Box): { fill: () => Promise<void> } {
	const { input, list } = box;
	let late: ReturnType<typeof setTimeout> | undefined;
	let asked = 0;
	let filling: Promise<void> | undefined;
	const fill = async () => {
		clearTimeout(late);
		late = undefined;
		const number = ++asked;
		filling = box.fill(input.value.trim(), (parts) => {
			if (number !== asked) return;
			list.replaceChildren(...parts);
			input.ariaExpanded = String(optionsOf(box).length > 0);
			choose(box, box.first ? optionsOf(box)[0] : undefined);
		});
		await filling;
	};
	const enter = async (event: KeyboardEvent) => {
		await (late ? fill() : filling);
		const option = chosenOf(box);
		if (option) take(option, event);
	};
	input.role = "combobox";
	input.ariaAutoComplete = "list";
	input.ariaExpanded = "false";
	input.setAttribute("aria-controls", list.id);
	input.addEventListener("input", () => {
		clearTimeout(late);
		late = setTimeout(() => void fill(), TYPING_MS);
	});
	input.addEventListener("keydown", (event) => {
		if (event.isComposing) return;
		const options = optionsOf(box);
		const at = options.findIndex((one) => one.ariaSelected === "true");
		const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
		if (step && options.length) {
			choose(box, options[(at + step + options.length) % options.length]);
			event.preventDefault();
		} else if (event.key === "Enter" && (box.first || at >= 0)) {
			event.preventDefault();
			void enter(event);
		} else if (event.key === "Escape") box.close();
	});
	list.addEventListener("pointerdown", (event) => event.preventDefault()); // the line keeps the focus
	return { fill };
}

// What the server found, as its own markup; an answer that comes too late is dropped.
let asking: AbortController | undefined;
export async function fetched(address: string): Promise<string | null> {
	asking?.abort();
	asking = new AbortController();
	try {
		const reply = await fetch(address, { signal: asking.signal });
		return reply.ok ? await reply.text() : null;
	} catch {
		return null;
	}
}
