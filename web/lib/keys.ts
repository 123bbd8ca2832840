// Keys: one table of what is to be had on this page; `?` shows it.  Letters do nothing while one types.
import { action } from "./actions";
import { shared } from "./shared";
import { text } from "./text";

export interface Key {
	keys: string; // "g p", "mod+k", "?", "alt+ArrowLeft"
	label: string; // in the person's language
	run: (event: KeyboardEvent) => unknown; // false: it is not for this key, after all
}
const known = shared("keys", (): Key[] => []);
const SEQUENCE_MS = 1200;

export function key(keys: string, label: string, run: Key["run"]): void {
	known.push({ keys, label, run });
}

export const keys = (): readonly Key[] => known;

const isTyping = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement &&
	!target.closest("dialog:not([open])") && // the focus leaves a dialog a moment after it closed
	(target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio],[type=button]), textarea, select"));

function nameOf(event: KeyboardEvent): string {
	const mod = event.ctrlKey || event.metaKey;
	return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

export function startKeys(): void {
	let before = "";
	let at = 0;
	document.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.isComposing) return;
		const name = nameOf(event);
		if (isTyping(event.target) && !name.startsWith("mod+")) return;
		if (document.querySelector("dialog[open]") && !name.startsWith("mod+")) return;
		const sequence = before && event.timeStamp - at < SEQUENCE_MS ? `${before} ${name}` : name;
		const found = known.findLast((one) => one.keys === sequence) ?? known.findLast((one) => one.keys === name);
		before = known.some((one) => one.keys.startsWith(`${name} `)) ? name : "";
		at = event.timeStamp;
		if (!found || found.run(event) === false) return;
		event.preventDefault();
		before = "";
	});
	key("?", text("keys"), showKeys);
	key("/", text("search"), () => document.querySelector<HTMLInputElement>("#q")?.focus());
	action("keys", showKeys);
	for (const link of document.querySelectorAll<HTMLAnchorElement>("#side a[data-key]"))
		key(`g ${link.dataset.key}`, link.textContent?.trim() ?? "", () => link.click());
}

function showKeys(): void {
	const dialog = document.createElement("dialog");
	const head = document.createElement("header");
	const title = document.createElement("h2");
	const close = document.createElement("button");
	const body = document.createElement("dl");
	title.textContent = text("keys");
	close.className = "bare only-icon";
	close.textContent = "×";
	close.ariaLabel = text("close");
	close.addEventListener("click", () => dialog.close());
	head.append(title, close);
	body.className = "body keys";
	for (const one of known) {
		const row = document.createElement("div");
		const label = document.createElement("dt");
		const keys = document.createElement("dd");
		label.textContent = one.label;
		for (const part of one.keys.split(" ")) {
			const shown = document.createElement("kbd");
			shown.textContent = part.replace("mod+", navigator.platform.startsWith("Mac") ? "⌘ " : `${text("ctrl")} + `).replace("alt+", "Alt + ").replace("Arrow", "");
			keys.append(shown, " ");
		}
		row.append(label, keys);
		body.append(row);
	}
	dialog.ariaLabel = text("keys");
	dialog.append(head, body);
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}
