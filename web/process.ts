// The script of the editor of sales processes: stages are put in order by dragging, with Alt and an arrow key, or
// with the buttons; what was moved is saved with the form.
import Sortable from "sortablejs";
import { text } from "./lib/text";

const stages = (list: Element): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(":scope > .stage")];

function unsaved(form: HTMLFormElement): void {
	const mark = form.querySelector<HTMLElement>(".unsaved");
	if (!mark) return;
	mark.textContent = text("unsaved");
	mark.hidden = false;
}

function moved(stage: HTMLElement): void {
	const list = stage.parentElement, said = document.getElementById("process-said"), form = stage.closest("form");
	if (!list || !form) return;
	const all = stages(list);
	if (said) said.textContent = `${stage.dataset.name}: ${text("movedTo")} ${all.indexOf(stage) + 1} / ${all.length}`;
	unsaved(form);
}

// The focus stays where it is: the element moves under it.
function step(stage: HTMLElement, by: number): void {
	const list = stage.parentElement, focused = document.activeElement;
	if (!list) return;
	const all = stages(list), other = all[all.indexOf(stage) + by];
	if (!other) return;
	if (by < 0) other.before(stage);
	else other.after(stage);
	if (focused instanceof HTMLElement && stage.contains(focused)) focused.focus();
	moved(stage);
}

// What is ticked stands in the head of the part that folds.
function name(facts: Element | null): void {
	const given = facts?.querySelector(".given");
	const ticked = [...(facts?.querySelectorAll("label:has(:checked)") ?? [])].map((label) => label.textContent?.trim());
	if (given) given.textContent = ticked.join(", ") || text("noFacts");
}

function mount(form: HTMLFormElement): void {
	const list = form.querySelector<HTMLElement>(".process-stages");
	if (!list) return;
	Sortable.create(list, { handle: ".grip", animation: 120, onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && moved(item) });
	form.addEventListener("input", (event) => {
		unsaved(form);
		name((event.target as Element).closest(".facts"));
	});
	list.addEventListener("click", (event) => {
		const button = (event.target as Element).closest<HTMLButtonElement>("button[name=do]");
		const by = button?.value.startsWith("up:") ? -1 : button?.value.startsWith("down:") ? 1 : 0;
		const stage = button?.closest<HTMLElement>(".stage");
		if (!by || !stage) return;
		event.preventDefault();
		step(stage, by);
	});
	list.addEventListener("keydown", (event) => {
		const by = event.altKey ? ({ ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0) : 0;
		const stage = (event.target as Element).closest<HTMLElement>(".stage");
		if (!by || !stage) return;
		event.preventDefault();
		step(stage, by);
	});
}

for (const form of document.querySelectorAll<HTMLFormElement>("form.process")) mount(form);
