// Note, call, meeting and task, written down on the page of the record that they are about.
import { api, why } from "./api";
import { draftOf, dropDraft, keepDraft } from "./draft";
import { refresh } from "./fresh";
import { key } from "./keys";
import { lookups } from "./lookup";
import { mentions } from "./mention";
import { text } from "./text";
import { changed } from "./undo";
import { valuesOf, type Json } from "./value";
import { whenKept } from "./offline";

const record = (): HTMLElement => document.getElementById("record")!;
const placeOf = (name: string): string => `${record().dataset.object}.${record().dataset.id}.${name}`;
const links = (): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>("#compose > a[data-compose]")];

// What the address gives: whom it is about, and which kind it is.
function given(url: URL): Record<string, Json> {
	return Object.fromEntries([...url.searchParams].map(([name, value]) => {
		const [object, id] = value.split(":");
		return [name, id ? { object: object!, id } : value];
	}));
}

function close(): void {
	document.querySelector("#compose > form")?.remove();
	for (const link of links()) link.ariaCurrent = null;
	delete document.getElementById("compose")?.dataset.busy;
}

// The same call has the same key: what the server has done already it does not do twice.
const calls = new WeakMap<HTMLFormElement, { key: string; body: string }>();
function keyOf(form: HTMLFormElement, body: Record<string, Json>): string {
	const text = JSON.stringify(body);
	const last = calls.get(form);
	const call = last?.body === text ? last : { key: `${Date.now()}.${Math.random()}`, body: text };
	calls.set(form, call);
	return call.key;
}

// Without a connection: it waits on this device.
async function put(form: HTMLFormElement, link: HTMLAnchorElement, body: Record<string, Json>, key: string): Promise<boolean> {
	if (!(await whenKept())?.laterNew(form, link, body, key)) return false;
	// What had the focus tells of its change as it goes.
	close();
	dropDraft(placeOf(link.dataset.compose!));
	return true;
}

async function send(form: HTMLFormElement, link: HTMLAnchorElement): Promise<void> {
	const url = new URL(link.href);
	const button = form.querySelector<HTMLButtonElement>("button.primary")!;
	button.disabled = true;
	const values = Object.fromEntries(Object.entries(valuesOf(form)).filter(([, value]) => value !== null));
	const body = { ...given(url), ...values };
	const call = keyOf(form, body);
	const reply = await api("POST", `/api/v1/${link.dataset.object}`, body, { "idempotency-key": call });
	button.disabled = false;
	for (const one of form.querySelectorAll(".why")) one.remove();
	if (!reply.status && (await put(form, link, body, call))) return;
	if (!reply.ok) {
		const line = document.createElement("p");
		line.className = "why";
		line.role = "alert";
		line.textContent = reply.status ? why(reply, text("notSaved")) : text("offline");
		form.querySelector(".actions")?.before(line);
		return;
	}
	close();
	dropDraft(placeOf(link.dataset.compose!));
	changed(reply.changeset, `${link.textContent?.trim()}: ${text("saved")}`);
	await refresh();
	document.querySelector(`#moments [data-object="${link.dataset.object}"][data-id="${reply.body.id}"]`)?.classList.add("fresh");
	links().find((one) => one.dataset.compose === link.dataset.compose)?.focus();
}

function actions(link: HTMLAnchorElement): HTMLElement {
	const line = document.createElement("div");
	const save = document.createElement("button");
	const cancel = document.createElement("button");
	line.className = "actions";
	save.className = "primary";
	save.textContent = text("save");
	cancel.type = "button";
	cancel.textContent = text("cancel");
	cancel.addEventListener("click", () => {
		close();
		links().find((one) => one.dataset.compose === link.dataset.compose)?.focus();
	});
	line.append(save, cancel);
	return line;
}

async function open(name: string, focus = true): Promise<void> {
	const link = links().find((one) => one.dataset.compose === name);
	const place = document.getElementById("compose");
	if (!link || !place) return;
	const url = new URL(link.href);
	url.searchParams.set("first", "1");
	const reply = await fetch(url, { headers: { accept: "text/html" } }).catch(() => null);
	const markup = reply ? reply.ok && (await reply.text()) : await (await whenKept())?.keptForm(url.pathname + url.search);
	if (!markup) return location.assign(link.href);
	close();
	place.dataset.busy = "";
	link.ariaCurrent = "true";
	const form = document.createElement("form");
	const controls = document.createElement("div");
	form.ariaLabel = link.textContent?.trim() ?? "";
	controls.className = "controls";
	controls.innerHTML = markup;
	if (!reply) (await whenKept())?.freshen(controls);
	form.append(controls, actions(link));
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		void send(form, link);
	});
	form.addEventListener("keydown", (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
		if (event.key === "Escape" && !event.defaultPrevented) {
			close();
			link.focus();
		}
	});
	place.append(form);
	lookups(form);
	if (form.querySelector("input[data-recur]")) void import("../recur").then(({ recurs }) => recurs(form));
	mentions(form);
	keepDraft(form, placeOf(name));
	if (focus) controls.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
}

export function startCompose(): void {
	for (const link of links()) {
		const name = link.dataset.compose ?? "";
		key(link.dataset.key ?? "", link.textContent?.trim() ?? "", () => void open(name));
		if (draftOf(placeOf(name))) void open(name, false);
	}
	record().addEventListener("click", (event) => {
		const link = (event.target as Element).closest<HTMLElement>("a[data-compose]");
		if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		void open(link.dataset.compose ?? "");
	});
}
