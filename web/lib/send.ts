// What was done without a connection goes to the server, in its order; what became of it is listed on /offline.
import { api, why, type Reply } from "./api";
import { type Sent, sentAll, setSent, setWaiting, type Waiting, waitingAll } from "./device";
import { isThere } from "./keep";
import { pageOf } from "./page";
import { text } from "./text";
import { toast } from "./toast";
import type { Json } from "./value";

const LATER = [0, 401, 408, 429];
const TRIES_MAX = 5;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const resultOf = (waiting: Waiting, state: Sent["state"], more: Partial<Sent> = {}): Sent => ({ waiting, state, at: Date.now(), why: "", theirs: "", version: "", ...more });

// As the page shows it.
export async function shownOf(one: Waiting): Promise<string> {
	const page = await pageOf(`/${one.object}/${one.id}`);
	const place = page?.querySelector(`#record [data-field="${CSS.escape(one.field)}"]`);
	return (place?.querySelector("dd") ?? place)?.textContent?.trim() ?? "";
}

const patch = (one: Waiting, value: Json, version: string): Promise<Reply> => api("PATCH", `/api/v1/${one.object}/${one.id}`, { [one.field]: value }, { "if-match": `"${version}"` });

// Another field was changed meanwhile: nothing is in the way.  This one: the person chooses later.
async function sendEdit(one: Waiting, version = one.version): Promise<Sent | null> {
	for (let i = 0; i < TRIES_MAX; i++) {
		const reply = await patch(one, one.after, version);
		if (reply.ok) return resultOf(one, "sent");
		if (reply.status !== 412) return refused(one, reply);
		const theirs = reply.body?.current?.[one.field];
		version = String(reply.body?.current?.version ?? "");
		if (same(theirs, one.after)) return resultOf(one, "sent");
		if (!same(theirs, one.before)) return resultOf(one, "conflict", { theirs: await shownOf(one), version });
	}
	return null;
}

async function sendNew(one: Waiting): Promise<Sent | null> {
	const reply = await api("POST", `/api/v1/${one.object}`, one.body, { "idempotency-key": one.key });
	return reply.ok ? resultOf(one, "sent") : refused(one, reply);
}

const refused = (one: Waiting, reply: Reply): Sent | null => (LATER.includes(reply.status) || reply.status >= 500 ? null : resultOf(one, "refused", { why: why(reply, text("notSaved")) }));

function tell(results: Sent[]): void {
	const count = (state: Sent["state"]) => results.filter((one) => one.state === state).length;
	const words = [["wasSent", count("sent")], ["conflicts", count("conflict")], ["notSaved", count("refused")]] as const;
	const said = words.filter(([, n]) => n).map(([name, n]) => `${text(name)}: ${n}`).join(" · ");
	toast(said, { bad: count("sent") < results.length, act: { label: text("show"), run: () => location.assign("/offline") } });
}

// In one window at a time; in the others it has been done then.
export async function send(): Promise<void> {
	await navigator.locks.request("kontor-send", async () => {
		const results: Sent[] = [];
		if (!waitingAll().length || !(await isThere())) return;
		for (let one = waitingAll()[0]; one; one = waitingAll()[0]) {
			const result = one.id ? await sendEdit(one) : await sendNew(one);
			if (!result) break;
			const { key } = one;
			results.push(result);
			setSent([...sentAll(), result]);
			setWaiting(waitingAll().filter((other) => other.key !== key));
		}
		if (!results.length) return;
		document.dispatchEvent(new Event("sent"));
		tell(results);
	});
}

// Once more, over what has been stored meanwhile; not over what was stored after it was looked at.
export async function takeMine(result: Sent): Promise<Sent | null> {
	const one = result.waiting;
	const reply = await patch(one, one.after, result.version);
	if (reply.ok) return resultOf(one, "sent");
	if (reply.status === 412) return { ...result, theirs: await shownOf(one), version: String(reply.body?.current?.version ?? "") };
	return refused(one, reply);
}
