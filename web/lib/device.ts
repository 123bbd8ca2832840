// What lies on this device for the person: which records are kept, what waits to be sent, and what became of it.
import { text } from "./text";
import type { Json } from "./value";

export interface Kept {
	path: string;
	title: string;
	at: number;
	bytes: number;
	needs: string[]; // addresses of scripts, styles and pictures
}
// A fact that was changed, or an entry that was written, while there was no connection.
export interface Waiting {
	key: string; // Idempotency-Key
	at: number;
	path: string; // of the page on which it was done
	title: string;
	object: string;
	id: string; // of the record; empty: a new one
	label: string;
	field: string;
	before: Json;
	after: Json;
	shownBefore: string;
	shown: string;
	version: string;
	typed: Record<string, string>; // what stands in the control
	body: Record<string, Json>; // of a new one
}
export interface Sent {
	waiting: Waiting;
	state: "sent" | "conflict" | "theirs" | "refused";
	at: number;
	why: string;
	theirs: string; // as it is shown
	version: string;
}

const SENT_MAX = 50;
export const ASSETS = "kept-assets";
export const pagesOf = (person: string): string => `kept:${person}`;
export const formsOf = (person: string): string => `kept-forms:${person}`;
export const me = (): string => text("me");
export const canKeep = (): boolean => "serviceWorker" in navigator && "caches" in window && "locks" in navigator;

function read<T>(name: string): T[] {
	try {
		return JSON.parse(localStorage.getItem(`${name}:${me()}`) ?? "[]") as T[];
	} catch {
		return [];
	}
}
// False: there is no room, or it is not allowed.
function write(name: string, list: unknown[]): boolean {
	try {
		if (list.length) localStorage.setItem(`${name}:${me()}`, JSON.stringify(list));
		else localStorage.removeItem(`${name}:${me()}`);
		return true;
	} catch {
		return false;
	}
}

export const keptAll = (): Kept[] => read<Kept>("kept");
export const setKept = (list: Kept[]): boolean => write("kept", list);
export const isKept = (path = location.pathname): boolean => keptAll().some((one) => one.path === path);
export const waitingAll = (): Waiting[] => read<Waiting>("waiting");
export const setWaiting = (list: Waiting[]): boolean => write("waiting", list);
export const sentAll = (): Sent[] => read<Sent>("sent");
// The oldest that need nobody any more go.
export function setSent(list: Sent[]): boolean {
	const open = (one: Sent) => one.state === "conflict" || one.state === "refused";
	const done = list.filter((one) => !open(one)).slice(-SENT_MAX);
	return write("sent", list.filter((one) => open(one) || done.includes(one)));
}

// What was changed a second time is sent once, from what it was at first.
export function wait(one: Waiting): boolean {
	const all = waitingAll();
	const first = one.id ? all.find((other) => other.object === one.object && other.id === one.id && other.field === one.field) : undefined;
	const rest = all.filter((other) => other !== first);
	const merged = first ? { ...one, before: first.before, shownBefore: first.shownBefore, version: first.version } : one;
	return setWaiting([...rest, merged]);
}

export const dropWaiting = (key: string): boolean => setWaiting(waitingAll().filter((one) => one.key !== key));

// The same in the person's words and zone.
export const moment = (at: number): string => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: document.documentElement.dataset.zone }).format(at);
