// Live: what others change shows here within a second, without loading the page again.
//
//   onChange("deal", null, (changes) => …)     any deal
//   onChange("party", "12", (changes) => …)    this party, and what is about it (its calls, its orders)
//
// `changes` is empty where nobody knows what exactly has changed: then one looks at everything again.  The
// connection is kept only while the page is seen; what happened meanwhile is told when it is seen again.
import { shared } from "./shared";
import { text } from "./text";

export interface Change {
	object: string;
	id: string;
	op: "create" | "edit" | "delete" | "restore" | "erase";
	version: number;
	changeset: string;
}
export interface Person {
	id: string;
	name: string;
}
type Run = (changes: Change[]) => void;

interface Live {
	watches: { object: string; id: string | null; run: Run }[];
	persons: ((persons: Person[]) => void)[];
	notices: ((unread: number) => void)[];
	source: EventSource | null;
	since: string; // the change up to which this page is true
	retry: ReturnType<typeof setTimeout> | undefined;
	wait: number; // before the next try
	started: boolean;
}
const HIDDEN_MS = 10_000;
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 60_000;
const live = shared("live", (): Live => ({ watches: [], persons: [], notices: [], source: null, since: "0", retry: undefined, wait: RETRY_MS, started: false }));

const LOST_MS = 1_500; // a break shorter than this is not worth a word

export function onChange(object: string, id: string | null, run: Run): void {
	live.watches.push({ object, id, run });
	if (live.started) reconnect();
}

// Who else looks at the first record that this page watches.
export function onPresence(run: (persons: Person[]) => void): void {
	live.persons.push(run);
	if (live.started) reconnect();
}

// How many notifications are unread: first, and whenever that changes.
export function onNotices(run: (unread: number) => void): void {
	live.notices.push(run);
	if (live.started) reconnect();
}

function address(): string {
	const query = new URLSearchParams();
	const objects = new Set(live.watches.filter((one) => one.id === null).map((one) => one.object));
	const records = new Set(live.watches.filter((one) => one.id !== null).map((one) => `${one.object}.${one.id}`));
	if (objects.size) query.set("objects", [...objects].join(","));
	if (records.size) query.set("records", [...records].join(","));
	if (live.persons.length) query.set("present", "1");
	query.set("since", live.since);
	return `/events?${query}`;
}

function tell(changes: Change[]): void {
	for (const one of live.watches) {
		const mine = changes.filter((change) => (one.id === null ? change.object === one.object : true));
		if (mine.length || !changes.length) one.run(mine);
	}
}

// ---- the banner ----

let late: ReturnType<typeof setTimeout> | undefined;

function connected(is: boolean): void {
	clearTimeout(late);
	const banner = document.getElementById("offline");
	if (is) {
		if (banner) banner.hidden = true;
		return;
	}
	late = setTimeout(() => {
		if (banner && !document.hidden) banner.hidden = false;
	}, navigator.onLine ? LOST_MS : 0);
}

// ---- the connection ----

function close(): void {
	clearTimeout(live.retry);
	live.source?.close();
	live.source = null;
}

function open(): void {
	if (live.source || !(live.watches.length || live.notices.length)) return;
	const source = new EventSource(address());
	live.source = source;
	const data = (event: Event) => {
		const { data, lastEventId } = event as MessageEvent<string>;
		live.since = lastEventId || live.since;
		return JSON.parse(data);
	};
	source.addEventListener("hello", (event) => {
		connected(true);
		document.dispatchEvent(new Event("connected"));
		live.wait = RETRY_MS;
		if (data(event).lost) tell([]);
	});
	source.addEventListener("changes", (event) => tell(data(event) as Change[]));
	source.addEventListener("lost", (event) => {
		data(event);
		tell([]);
	});
	source.addEventListener("presence", (event) => {
		for (const run of live.persons) run(data(event) as Person[]);
	});
	source.addEventListener("notices", (event) => {
		for (const run of live.notices) run(data(event).unread as number);
	});
	source.addEventListener("error", () => {
		if (live.source !== source) return;
		connected(false);
		// By ourselves, for the address tells since when.
		close();
		live.retry = setTimeout(() => void again(), live.wait);
		live.wait = Math.min(RETRY_MAX_MS, 2 * live.wait);
	});
}

// A page of somebody who has signed out does not ask for ever.
async function again(): Promise<void> {
	const reply = await fetch("/search/recent?of=", { method: "HEAD", redirect: "manual" }).catch(() => null);
	if (reply && (reply.type === "opaqueredirect" || reply.status === 401)) return;
	if (!document.hidden) open();
}

function reconnect(): void {
	close();
	if (!document.hidden) open();
}

export function startLive(): void {
	let hidden: ReturnType<typeof setTimeout> | undefined;
	live.since = document.documentElement.dataset.change ?? "0";
	const start = () => {
		live.started = true;
		if (!document.hidden) open();
	};
	if (document.readyState === "complete") start();
	else addEventListener("load", start);
	document.addEventListener("visibilitychange", () => {
		clearTimeout(hidden);
		if (!document.hidden) open();
		else hidden = setTimeout(close, HIDDEN_MS);
	});
	addEventListener("offline", () => connected(false));
	addEventListener("online", reconnect);
	addEventListener("pagehide", close);
	addEventListener("pageshow", (event) => event.persisted && open());
	document.getElementById("offline")?.querySelector("span")?.replaceChildren(text("offlineBanner"));
}
