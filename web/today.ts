// The script of the day plan: each row is done, put off or opened with one key.
import { key } from "./lib/keys";
import { text } from "./lib/text";

const KEPT = "today-at";
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#today > li")];
const nameOf = (row: HTMLElement | undefined): HTMLElement | null => row?.querySelector<HTMLElement>("a.name") ?? null;
const here = (): HTMLElement | undefined => document.activeElement?.closest<HTMLElement>("#today > li") ?? undefined;

// The row with the focus, else the first one.
const row = (): HTMLElement | undefined => here() ?? rows()[0];

function step(by: number): void {
	const all = rows(), at = here();
	nameOf(all[at ? Math.min(Math.max(all.indexOf(at) + by, 0), all.length - 1) : 0])?.focus();
}

// The page comes anew: the row that takes its place gets the focus.
function keep(of: HTMLElement): void {
	try {
		sessionStorage.setItem(KEPT, String(rows().indexOf(of)));
	} catch {
		// Then the first row does.
	}
}

function press(of: HTMLElement | undefined, selector: string): false | void {
	const button = of?.querySelector<HTMLButtonElement>(selector);
	if (!of || !button) return false;
	button.click();
}

for (const one of rows()) one.addEventListener("submit", () => keep(one));
for (const menu of document.querySelectorAll<HTMLElement>("[data-snooze]"))
	menu.addEventListener("toggle", (event) => (event as ToggleEvent).newState === "open" && menu.querySelector<HTMLElement>("button")?.focus());
key("j", text("down"), () => step(1));
key("k", text("up"), () => step(-1));
key("ArrowDown", text("down"), () => step(1));
key("ArrowUp", text("up"), () => step(-1));
key("e", text("todayDone"), () => press(row(), "[data-done] button"));
key("s", text("todaySnooze"), () => press(row(), "button[popovertarget]"));
key("1", text("tomorrow"), () => press(row(), "button[value=tomorrow]"));
key("2", text("week"), () => press(row(), "button[value=week]"));
key("3", text("month"), () => press(row(), "button[value=month]"));
const kept = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
if (kept !== null) nameOf(rows()[Math.min(Number(kept), rows().length - 1)])?.focus();
