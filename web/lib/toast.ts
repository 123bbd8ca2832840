// Messages at the edge of the page.  One that can be undone stays at least ten seconds.
import { action } from "./actions";
import { text } from "./text";

const STAYS_MS = 6_000;
const UNDO_MS = 12_000;

export interface Toast {
	undo?: () => void;
	bad?: boolean;
}

export function toast(message: string, options: Toast = {}): void {
	const list = document.getElementById("toasts");
	if (!list) return;
	const item = document.createElement("div");
	const words = document.createElement("p");
	item.className = options.bad ? "toast danger" : "toast";
	words.textContent = message;
	item.append(words);
	const gone = () => {
		item.remove();
		if (!list.childElementCount) list.hidePopover();
	};
	if (options.undo) {
		const button = document.createElement("button");
		button.className = "small";
		button.textContent = text("undo");
		button.addEventListener("click", () => {
			options.undo?.();
			gone();
		});
		item.append(button);
	}
	const close = document.createElement("button");
	close.className = "bare only-icon small";
	close.textContent = "×";
	close.ariaLabel = text("close");
	close.addEventListener("click", gone);
	item.append(close);
	list.append(item);
	if (!list.matches(":popover-open")) list.showPopover();
	let left = setTimeout(gone, options.undo ? UNDO_MS : STAYS_MS);
	item.addEventListener("pointerenter", () => clearTimeout(left));
	item.addEventListener("pointerleave", () => (left = setTimeout(gone, STAYS_MS)));
}

// What the page itself has to say: a form that was just saved, with its undo form.
export function startToasts(): void {
	const done = document.querySelector<HTMLElement>(".done");
	const form = done?.querySelector("form");
	action("undo-last", () => form?.requestSubmit());
}
