// A look at a record beside the list, without leaving it: Space, or Ctrl and a click on its name.
import type { Grid } from "./grid";
import { pageOf } from "./page";
import { text } from "./text";

// What only works on the page of the record itself.
const LEFT_OUT = ".composer, script, template, form, button, dialog, [popover], [hidden], input, select, textarea";

async function peek(link: HTMLAnchorElement, back: HTMLElement | undefined): Promise<void> {
	const main = (await pageOf(link.href))?.querySelector("#main");
	if (!main) return;
	const sheet = document.createElement("dialog"), head = document.createElement("header"), title = document.createElement("h2");
	const open = document.createElement("a"), close = document.createElement("button"), body = document.createElement("div");
	const inside = document.importNode(main, true);
	for (const one of inside.querySelectorAll(LEFT_OUT)) one.remove();
	for (const one of inside.querySelectorAll("[id]")) one.removeAttribute("id");
	open.href = link.href;
	open.textContent = inside.querySelector("h1")?.textContent ?? link.textContent;
	inside.querySelector("h1")?.remove();
	title.append(open);
	close.type = "button";
	close.className = "bare only-icon";
	close.textContent = "×";
	close.ariaLabel = text("close");
	close.addEventListener("click", () => sheet.close());
	head.append(title, close);
	body.className = "body";
	body.append(...inside.childNodes);
	sheet.className = "sheet peek";
	sheet.ariaLabel = open.textContent;
	sheet.append(head, body);
	sheet.addEventListener("close", () => {
		sheet.remove();
		back?.focus({ preventScroll: true });
	});
	document.body.append(sheet);
	sheet.showModal();
}

export function startPeek(grid: Grid): void {
	const of = (cell: Element): HTMLAnchorElement | null => cell.closest("tr")?.querySelector<HTMLAnchorElement>("td.first a") ?? null;
	grid.actions[" "] = (cell) => {
		const link = of(cell);
		if (link) void peek(link, cell);
		return link !== null;
	};
	grid.rows.grid.addEventListener("click", (event) => {
		const link = (event.target as Element).closest<HTMLAnchorElement>("td.first a");
		if (!link || event.button || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		void peek(link, link.closest("td") ?? undefined);
	});
}
