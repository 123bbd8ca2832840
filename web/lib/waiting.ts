// On a record's page: what was changed or written down without a connection shows where it will stand.
import { formsOf, isKept, me, type Waiting, wait, waitingAll } from "./device";
import { set, values } from "./draft";
import { text } from "./text";
import { type Json, shownOf } from "./value";

const record = (): HTMLElement => document.getElementById("record")!;
const titleOf = (): string => record().querySelector("h1")?.textContent?.trim() ?? "";

// What is kept of a form, as markup; null where nothing is.
export async function keptForm(address: string): Promise<string | null> {
	if (!("caches" in window) || !isKept()) return null;
	const reply = await caches.match(address, { cacheName: formsOf(me()) }).catch(() => undefined);
	return reply ? reply.text() : null;
}

const isHere = (one: Waiting): boolean => one.id !== "" && one.object === record().dataset.object && one.id === record().dataset.id;

export const waitingFact = (field: string): Waiting | undefined => waitingAll().find((one) => isHere(one) && one.field === field);

function words(one: Waiting): Node[] {
	const value = document.createElement("span");
	const mark = document.createElement("span");
	value.className = "hope";
	value.textContent = one.shown || "–";
	mark.className = "badge warning";
	mark.textContent = text("waiting");
	return [value, document.createTextNode(" "), mark];
}

export function markFacts(): void {
	for (const one of waitingAll().filter(isHere))
		for (const place of record().querySelectorAll<HTMLElement>(`[data-edit][data-field="${CSS.escape(one.field)}"]:not([data-busy])`)) {
			const value = place.querySelector("dd") ?? place;
			value.replaceChildren(...words(one), ...value.querySelectorAll(".pencil"));
		}
}

function markMoments(): void {
	const list = document.getElementById("moments");
	for (const one of list?.querySelectorAll("[data-waiting]") ?? []) one.remove();
	for (const one of waitingAll().filter((other) => !other.id && other.path === location.pathname)) {
		const item = document.createElement("li");
		const place = document.createElement("div");
		const line = document.createElement("p");
		const label = document.createElement("span");
		item.className = "moment";
		item.dataset.waiting = one.key;
		line.className = "line";
		label.className = "faint";
		label.textContent = `${one.label}: `;
		line.append(label, ...words(one));
		place.append(line);
		item.append(document.createElement("span"), place);
		list?.prepend(item);
	}
}

export function mark(): void {
	markFacts();
	markMoments();
}

type Given = Pick<Waiting, "object" | "id" | "label" | "shown"> & Partial<Waiting>;

// False: the record is not kept here, or there is no room; the person keeps what he typed.
export function later(given: Given): boolean {
	const none = { field: "", before: null, after: null, shownBefore: "", version: "", typed: {}, body: {} };
	if (!isKept() || !wait({ ...none, key: `${Date.now()}.${Math.random()}`, at: Date.now(), path: location.pathname, title: titleOf(), ...given })) return false;
	mark();
	return true;
}

// A kept form says the hour at which it was kept: it is now.
export function freshen(controls: HTMLElement): void {
	const now = new Date().toLocaleString("sv-SE", { timeZone: document.documentElement.dataset.zone }).replace(" ", "T");
	for (const one of controls.querySelectorAll<HTMLInputElement>("input[type=datetime-local]")) if (one.value) one.value = now.slice(0, one.value.length);
}

// What was written down in a form.
export function laterNew(form: HTMLElement, link: HTMLElement, body: Waiting["body"], key: string): boolean {
	const shown = [...form.querySelectorAll<HTMLInputElement>("input:not([type=hidden]), textarea")].find((one) => one.value)?.value ?? "";
	return later({ object: link.dataset.object ?? "", id: "", label: link.textContent?.trim() ?? "", shown, body, key });
}

export const refill = (control: HTMLElement, field: string): void => set(control, waitingFact(field)?.typed ?? {});

// What was changed in place.
export function laterEdit(of: { shown: Node[]; control: HTMLElement; field: string; before: Json }, label: string, after: Json): boolean {
	const { object = "", id = "", version = "" } = record().dataset;
	const shownBefore = of.shown.map((one) => (one instanceof Element && one.matches(".pencil") ? "" : (one.textContent ?? ""))).join("").trim();
	return later({ object, id, version, field: of.field, label, before: of.before, after, shownBefore, shown: shownOf(of.control), typed: values(of.control) });
}
