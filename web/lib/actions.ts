// data-do="NAME" on a button runs an action; modules add theirs with `action`.
import { shared } from "./shared";

type Action = (element: HTMLElement, event: Event) => void;
const actions = shared("actions", () => new Map<string, Action>());

export function action(name: string, run: Action): void {
	actions.set(name, run);
}

export function run(name: string, element: HTMLElement = document.body, event: Event = new Event(name)): boolean {
	const found = actions.get(name);
	found?.(element, event);
	return found !== undefined;
}

// What the palette offers besides what the page shows: modules add theirs; asked each time it opens.
export interface Offer {
	label: string;
	icon?: string;
	run: () => void;
}
const offers: (() => Offer[])[] = [];

export function offer(make: () => Offer[]): void {
	offers.push(make);
}

export const offered = (): Offer[] => offers.flatMap((make) => make());

export function startActions(): void {
	document.addEventListener("click", (event) => {
		const element = (event.target as Element).closest<HTMLElement>("[data-do]");
		if (element && run(element.dataset.do ?? "", element, event)) event.preventDefault();
	});
	action("side", foldSide);
	try {
		const kept = localStorage.getItem("side");
		if (kept) document.documentElement.dataset.side = kept;
	} catch {
		// Without storage the side bar begins as the page shows it.
	}
}

function foldSide(): void {
	const root = document.documentElement;
	const middle = matchMedia("(max-width: 64rem)").matches;
	const isOpen = middle ? root.dataset.side === "open" : root.dataset.side !== "folded";
	root.dataset.side = isOpen ? "folded" : "open";
	try {
		localStorage.setItem("side", root.dataset.side);
	} catch {
		// It holds for this page then.
	}
}
