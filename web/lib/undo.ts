// Undo everywhere.  Whoever has changed something says `changed(changeset, message)`: a message with "Undo"
// appears, and Ctrl/⌘+Z takes back the last change of this person in this window, also after other pages.
import { action } from "./actions";
import { api, type Reply, why } from "./api";
import { key } from "./keys";
import { shared } from "./shared";
import { text } from "./text";
import { toast } from "./toast";

interface Change {
	changeset: string;
	message: string;
}

const KEPT_MAX = 50;
const LOOK_MS = 300;
const keptUnder = (): string => `undo:${text("me")}`;
const undone = shared("undone", () => new Set<(changeset: string) => void>());

function kept(): Change[] {
	try {
		return JSON.parse(sessionStorage.getItem(keptUnder()) ?? "[]") as Change[];
	} catch {
		return [];
	}
}

function keep(list: Change[]): void {
	try {
		sessionStorage.setItem(keptUnder(), JSON.stringify(list.slice(-KEPT_MAX)));
	} catch {
		// It can be undone from its message, then.
	}
}

// "bulk:12" is a change of many records, in several changesets.
export function changed(changeset: string | number, message: string): void {
	const number = String(changeset);
	if (!Number(number.replace("bulk:", ""))) return;
	keep([...kept().filter((one) => one.changeset !== number), { changeset: number, message }]);
	toast(message, { undo: () => void undo(number) });
}

// Told when something was taken back; without anybody to tell, the page is loaded again.
export function onUndone(run: (changeset: string) => void): void {
	undone.add(run);
}

// It takes a while where it was many.
async function undoBulk(id: string): Promise<Reply> {
	let reply = await api("POST", `/api/v1/bulks/${id}/undo`, {});
	while (reply.ok && reply.body?.state === "running") {
		await new Promise((done) => setTimeout(done, LOOK_MS));
		reply = await api("GET", `/api/v1/bulks/${reply.body.id}`);
	}
	return reply;
}

export async function undo(changeset: string, force = false): Promise<boolean> {
	const one = kept().find((other) => other.changeset === changeset);
	const reply = changeset.startsWith("bulk:") ? await undoBulk(changeset.slice(5)) : await api("POST", `/api/v1/changesets/${changeset}/undo`, { force });
	if (reply.status === 409 && reply.body?.conflicts?.length && !force) {
		toast(text("changedSince"), { bad: true, act: { label: text("undoRest"), run: () => void undo(changeset, true) } });
		return false;
	}
	keep(kept().filter((other) => other.changeset !== changeset));
	if (!reply.ok) {
		toast(why(reply, text("notSaved")), { bad: true });
		return false;
	}
	const message = one ? `${text("undone")}: ${one.message}` : text("undone");
	if (!undone.size) return again(message);
	toast(message);
	for (const run of undone) run(changeset);
	return true;
}

// The page as it is now, with a message; its list where it is gone.
export async function again(message: string): Promise<true> {
	try {
		if (message) sessionStorage.setItem("say", message);
	} catch {
		// Then nothing is said.
	}
	const there = await fetch(location.href, { method: "HEAD" });
	if (there.status === 404) location.assign(`/${location.pathname.split("/")[1]}`);
	else location.reload();
	return true;
}

export function undoLast(): void {
	const last = kept().at(-1);
	if (last) void undo(last.changeset);
	else toast(text("nothingToUndo"));
}

// A page that comes after a form was saved tells so, with a form for those without scripts.
function startPage(): void {
	const said = sessionStorage.getItem("say");
	if (said) toast(said);
	sessionStorage.removeItem("say");
	const done = document.querySelector<HTMLElement>(".done");
	const form = done?.querySelector("form");
	const changeset = /changesets\/(\d+)\/undo/.exec(form?.action ?? "")?.[1];
	if (!done || !changeset) return;
	document.documentElement.dataset.saved = changeset;
	const message = done.querySelector("span")?.textContent ?? "";
	done.remove();
	const here = new URL(location.href);
	here.searchParams.delete("done");
	here.searchParams.delete("did");
	history.replaceState(history.state, "", here);
	changed(changeset, message);
}

export function startUndo(): void {
	action("undo-last", undoLast);
	// In a field the browser undoes what one types.
	key("mod+z", text("undo"), (event) => {
		const target = event.target;
		if (target instanceof HTMLElement && target.matches("input:not([type=checkbox],[type=radio]), textarea, [contenteditable]")) return false;
		undoLast();
		return true;
	});
	document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => keep([]));
	startPage();
}
