// Messages at the edge of the page.  One that can be undone stays at least ten seconds.
import { text } from "./text";

const STAYS_MS = 6_000;
const UNDO_MS = 12_000;

export interface Toast {
	undo?: () => void;
	act?: { label: string; run: () => void }; // something else that one can do about it
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
	const act = options.undo ? { label: text("undo"), run: options.undo } : options.act;
	if (act) {
		const button = document.createElement("button");
		button.className = "small";
		button.textContent = act.label;
		button.addEventListener("click", () => {
			gone();
			act.run();
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
	let left = setTimeout(gone, act ? UNDO_MS : STAYS_MS);
	item.addEventListener("pointerenter", () => clearTimeout(left));
	item.addEventListener("pointerleave", () => (left = setTimeout(gone, STAYS_MS)));
}
