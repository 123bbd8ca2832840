// Drafts: what is half typed survives a reload, a crash and signing out.  They are kept in this browser, under
// the person and the place, and are gone once they have been saved.
import { text } from "./text";

export type Kept = Record<string, string>;

const MAX = 50;
const DAYS = 30;
const DAY_MS = 86_400_000;
const under = (place: string): string => `draft:${text("me")}:${place}`;

function controls(form: HTMLElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
	return [...form.querySelectorAll<HTMLInputElement>("input, textarea, select")].filter((one) => one.name && !["csrf", "has", "version", "to"].includes(one.name) && one.type !== "password");
}

export function values(form: HTMLElement): Kept {
	const all: Kept = {};
	for (const [i, one] of controls(form).entries())
		all[one.type === "checkbox" ? `${one.name}=${one.value}` : `${one.name}#${i}`] = one.type === "checkbox" ? String((one as HTMLInputElement).checked) : one.value;
	return all;
}

export function set(form: HTMLElement, kept: Kept): void {
	for (const [i, one] of controls(form).entries()) {
		const value = kept[one.type === "checkbox" ? `${one.name}=${one.value}` : `${one.name}#${i}`];
		if (value === undefined) continue;
		if (one.type === "checkbox") (one as HTMLInputElement).checked = value === "true";
		else if (one.value !== value) {
			one.value = value;
			one.dispatchEvent(new Event("set"));
		}
		one.closest("details")?.setAttribute("open", "");
	}
}

export function draftOf(place: string): Kept | null {
	try {
		const kept = JSON.parse(localStorage.getItem(under(place)) ?? "null") as { at: number; values: Kept } | null;
		return kept && Date.now() - kept.at < DAYS * DAY_MS ? kept.values : null;
	} catch {
		return null;
	}
}

export function dropDraft(place: string): void {
	try {
		localStorage.removeItem(under(place));
	} catch {
		// It was never kept.
	}
}

function tidy(): void {
	const mine = Object.keys(localStorage).filter((one) => one.startsWith("draft:"));
	if (mine.length > MAX) localStorage.removeItem(mine[0]!);
}

// Keep what is typed into the form; bring back what was kept.  True: there was a draft.
export function keepDraft(form: HTMLElement, place: string): boolean {
	const empty = JSON.stringify(values(form));
	const kept = draftOf(place);
	const back = kept !== null && JSON.stringify(kept) !== empty;
	if (back) {
		set(form, kept);
		form.prepend(notice(form, place, JSON.parse(empty) as Kept));
	}
	const keep = () => {
		const now = values(form);
		try {
			if (JSON.stringify(now) === empty) localStorage.removeItem(under(place));
			else localStorage.setItem(under(place), JSON.stringify({ at: Date.now(), values: now }));
			tidy();
		} catch {
			// Storage is full or forbidden: it is lost with the page.
		}
	};
	form.addEventListener("input", keep);
	form.addEventListener("change", keep);
	return back;
}

function notice(form: HTMLElement, place: string, before: Kept): HTMLElement {
	const line = document.createElement("p");
	const drop = document.createElement("button");
	line.className = "draft wide";
	line.role = "status";
	drop.type = "button";
	drop.className = "small";
	drop.textContent = text("discard");
	drop.addEventListener("click", () => {
		dropDraft(place);
		line.remove();
		set(form, before);
	});
	line.append(text("draft"), drop);
	return line;
}

// Forms of whole pages: the draft is dropped once the page after it says that it was saved.
export function startDrafts(): void {
	const saved = document.documentElement.dataset.saved !== undefined;
	try {
		const pending = sessionStorage.getItem("drafted");
		if (pending && saved) dropDraft(pending);
		sessionStorage.removeItem("drafted");
	} catch {
		return;
	}
	for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
		const place = new URL(form.action).pathname;
		// A form that came back with its mistakes shows what was typed already.
		if (document.querySelector(".alert[role=alert]")) dropDraft(place);
		keepDraft(form, place);
		form.addEventListener("submit", () => sessionStorage.setItem("drafted", place));
	}
}
