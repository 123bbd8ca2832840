// Edit in place: a fact is clicked, or Enter is pressed on its pencil, and its control stands where it stood.
// Enter saves, Tab saves and goes on to the next, Escape gives up; the change is shown at once and taken back
// when the server refuses it.
import { api, why, type Reply } from "./api";
import { refresh } from "./fresh";
import { lookups } from "./lookup";
import { choose } from "./conflict";
import { text } from "./text";
import { toast } from "./toast";
import { changed } from "./undo";
import { shownOf, valueOf, type Json } from "./value";
import { whenKept } from "./offline";

const record = (): HTMLElement => document.getElementById("record")!;
const addressOf = (): string => `/api/v1/${record().dataset.object}/${record().dataset.id}`;

interface Editing {
	place: HTMLElement; // the fact, or the title
	value: HTMLElement; // where its value stands
	shown: Node[];
	control: HTMLElement;
	field: string;
	before: Json;
	saving: Promise<boolean> | null;
}
let editing: Editing | null = null;

const labelOf = (place: HTMLElement): string => place.querySelector("dt")?.textContent ?? "";
const input = (control: HTMLElement): HTMLInputElement | null => control.querySelector("input:not([type=hidden]), select, textarea");

function end(of: Editing): void {
	// First, for what goes loses the focus, which else would save it.
	if (editing === of) editing = null;
	of.value.replaceChildren(...of.shown);
	delete of.place.dataset.busy;
	of.place.classList.remove("editing");
}

// From the server; where it cannot be reached, from what is kept on this device.
async function controlOf(field: string): Promise<HTMLElement | null> {
	const reply = await fetch(`/${record().dataset.object}/${record().dataset.id}/edit?only=${field}`, { headers: { accept: "text/html" } }).catch(() => null);
	const markup = reply ? reply.ok && (await reply.text()) : await (await whenKept())?.keptForm(`${location.pathname}/edit`);
	const holder = document.createElement("div");
	holder.innerHTML = markup || "";
	return holder.querySelector<HTMLElement>(`[data-control="${field}"]`);
}

export async function edit(place: HTMLElement): Promise<void> {
	const field = place.dataset.field ?? "";
	if (editing?.place === place || place.dataset.busy !== undefined) return;
	if (editing && !(await save(editing))) return;
	// The page may have become a newer one meanwhile.
	place = document.querySelector<HTMLElement>(`[data-edit][data-field="${field}"]`) ?? place;
	place.dataset.busy = "";
	const control = await controlOf(field);
	if (!control) {
		delete place.dataset.busy;
		toast(text("offline"), { bad: true });
		return;
	}
	const value = place.querySelector("dd") ?? place;
	const label = labelOf(place) || control.querySelector("label, legend")?.textContent || "";
	const shown = [...value.childNodes];
	value.replaceChildren(control);
	place.classList.add("editing");
	for (const one of control.querySelectorAll("label:not(.box), .help")) one.classList.add("quiet");
	lookups(control);
	if (control.querySelector("input[data-recur]")) (await import("../recur")).recurs(control);
	const focus = control.querySelector<HTMLInputElement>(".recur select") ?? input(control);
	if (focus && !focus.labels?.length) focus.ariaLabel = label;
	editing = { place, value, shown, control, field, before: valueOf(control), saving: null };
	(await whenKept())?.refill(control, field);
	listen(editing);
	focus?.focus();
	if (focus instanceof HTMLInputElement && focus.type === "text") focus.select();
}

function listen(of: Editing): void {
	const area = of.control.querySelector("textarea");
	of.control.addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.isComposing) return;
		if (event.key === "Escape") {
			event.preventDefault();
			end(of);
			pencil(of)?.focus();
		} else if (event.key === "Enter" && (!area || event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			void save(of).then((ok) => ok && pencil(of)?.focus());
		} else if (event.key === "Tab" && !of.control.querySelector("fieldset")) {
			const next = neighbour(of.place, event.shiftKey ? -1 : 1);
			event.preventDefault();
			void save(of).then((ok) => ok && (next ? edit(document.querySelector<HTMLElement>(`#facts [data-field="${next}"]`) ?? of.place) : pencil(of)?.focus()));
		}
	});
	of.control.addEventListener("focusout", (event) => {
		const to = event.relatedTarget as Node | null;
		if (editing === of && !of.saving && !of.control.contains(to) && document.hasFocus() && !document.querySelector("dialog[open]")) void save(of);
	});
}

const pencil = (of: Editing): HTMLElement | null => document.querySelector<HTMLElement>(`[data-field="${of.field}"] .pencil`);

function neighbour(place: HTMLElement, by: number): string | undefined {
	const all = [...document.querySelectorAll<HTMLElement>("#facts [data-edit]")].filter((one) => one.offsetParent !== null);
	return all[all.indexOf(place) + by]?.dataset.field;
}

const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function save(of: Editing): Promise<boolean> {
	// Not at once: what is taken out of the page loses the focus, and would come here again.
	of.saving ??= Promise.resolve().then(() => store(of)).finally(() => (of.saving = null));
	return of.saving;
}

async function store(of: Editing): Promise<boolean> {
	const value = valueOf(of.control);
	const kept = await whenKept();
	const waiting = kept?.waitingFact(of.field);
	if (same(value, of.before) || (waiting && same(value, waiting.after))) {
		if (waiting && same(value, of.before)) kept?.dropWaiting(waiting.key);
		end(of);
		kept?.mark();
		return true;
	}
	// At once, as if it were saved.
	const hope = document.createElement("span");
	hope.className = "hope";
	hope.textContent = shownOf(of.control) || "–";
	of.value.replaceChildren(hope);
	const reply = await patch(of, value);
	if (reply.ok) {
		if (reply.version) record().dataset.version = reply.version;
		end(of);
		hold(of, hope);
		if (reply.changeset) changed(reply.changeset, `${labelOf(of.place) || text("name")}: ${hope.textContent}`);
		await refresh();
		return true;
	}
	return (!reply.status && (await put(of, value))) || refused(of, reply, value);
}

// Without a connection: it waits on this device.
async function put(of: Editing, value: Json): Promise<boolean> {
	const kept = await whenKept();
	if (!kept?.laterEdit(of, labelOf(of.place) || text("name"), value)) return false;
	end(of);
	kept?.mark();
	return true;
}

// Until the page has it from the server.
function hold(of: Editing, hope: HTMLElement): void {
	const rest = of.shown.filter((one) => one instanceof Element && one.matches(".pencil"));
	of.value.replaceChildren(hope, ...rest);
}

const patch = (of: Editing, value: Json): Promise<Reply> => api("PATCH", addressOf(), { [of.field]: value }, { "if-match": `"${record().dataset.version}"` });

async function refused(of: Editing, reply: Reply, value: Json): Promise<boolean> {
	if (reply.status === 412) return clash(of, reply, value);
	of.value.replaceChildren(of.control);
	of.control.querySelector(".why")?.remove();
	const line = document.createElement("p");
	line.className = "why";
	line.role = "alert";
	line.textContent = reply.status ? why(reply, text("notSaved")) : text("offline");
	of.control.append(line);
	const focus = input(of.control);
	focus?.setAttribute("aria-invalid", "true");
	focus?.focus();
	return false;
}

// Somebody else saved meanwhile.  Another field: nothing is in the way.  This one: the person chooses.
async function clash(of: Editing, reply: Reply, value: Json): Promise<boolean> {
	const theirs = (reply.body?.current?.[of.field] ?? null) as Json;
	const version = String(reply.body?.current?.version ?? "");
	record().dataset.version = version;
	if (same(theirs, of.before) || same(theirs, value)) {
		of.value.replaceChildren(of.control);
		if (!same(theirs, value)) return store(of);
		end(of);
		await refresh();
		return true;
	}
	const mine = of.value.textContent ?? "";
	of.value.replaceChildren(...of.shown);
	const original = of.shown.map((one) => (one instanceof Element && one.matches(".pencil") ? "" : (one.textContent ?? ""))).join("").trim();
	delete of.place.dataset.busy;
	await refresh();
	const now = document.querySelector<HTMLElement>(`[data-field="${of.field}"]`);
	const stored = (now?.querySelector("dd") ?? now)?.textContent?.trim() ?? "";
	const choice = await choose({ label: labelOf(of.place) || text("name"), mine, theirs: stored, original });
	end(of);
	if (choice === "mine" || choice === "original") {
		const again = await api("PATCH", addressOf(), { [of.field]: choice === "mine" ? value : of.before }, { "if-match": `"${version}"` });
		if (again.ok && again.changeset) changed(again.changeset, `${labelOf(of.place)}: ${choice === "mine" ? mine : original}`);
		else if (!again.ok) toast(why(again, text("notSaved")), { bad: true });
	}
	await refresh();
	return true;
}

export function startEdit(): void {
	const root = record();
	root.addEventListener("click", (event) => {
		const target = event.target as HTMLElement;
		const place = target.closest<HTMLElement>("[data-edit]");
		if (!place || editing?.place === place) return;
		const onPencil = target.closest(".pencil");
		if (!onPencil && (target.closest("a, button, summary") || getSelection()?.toString())) return;
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		void edit(place);
	});
}
