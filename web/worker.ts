// Stands between the pages and the server once something is kept on this device (web/offline.ts).  The server is
// always asked first; only where it cannot be reached is a kept page shown, as it was when it was kept.
export {};

interface Extendable extends Event {
	waitUntil(promise: Promise<unknown>): void;
}
interface Fetching extends Extendable {
	request: Request;
	respondWith(reply: Promise<Response>): void;
}

const DAYS = 14;
const DAY_MS = 86_400_000;
const OFFLINE = "/offline";
// Never answered from here, and never looked at.
const NEVER = /^\/(api|events|sign-in|sign-out|welcome|q|feed|metrics|healthz|readyz|worker\.js)(\/|$)|\.(pdf|ics|csv|xlsx|vcf)$/;
const GONE = [403, 404, 410];

const caches_ = async (): Promise<Cache[]> => Promise.all((await caches.keys()).filter((name) => name.startsWith("kept:")).map((name) => caches.open(name)));

// A page as it was kept, with the moment written into it.
async function shown(reply: Response): Promise<Response> {
	const at = reply.headers.get("kept-at") ?? "";
	const page = (await reply.text()).replace("<html ", `<html data-kept-at="${Number(at)}" `);
	return new Response(page, { headers: reply.headers });
}

async function kept(path: string): Promise<Response | null> {
	for (const cache of await caches_()) {
		const reply = await cache.match(path);
		if (!reply) continue;
		if (reply.status === 302) return reply; // the same record under its other address
		if (Date.now() - Number(reply.headers.get("kept-at")) < DAYS * DAY_MS) return shown(reply);
		await cache.delete(path);
	}
	return null;
}

async function page(request: Request, path: string): Promise<Response> {
	try {
		const reply = await fetch(request);
		// Whoever may no longer see it keeps it no longer.
		if (GONE.includes(reply.status)) for (const cache of await caches_()) await cache.delete(path);
		return reply;
	} catch (error) {
		const found = (await kept(path)) ?? (await kept(OFFLINE));
		if (found) return found;
		throw error;
	}
}

const asset = async (request: Request): Promise<Response> => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

addEventListener("install", () => void (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting());
addEventListener("activate", (event) => (event as Extendable).waitUntil((globalThis as unknown as { clients: { claim(): Promise<void> } }).clients.claim()));
addEventListener("fetch", (event) => {
	const { request, respondWith } = event as Fetching;
	const url = new URL(request.url);
	if (request.method !== "GET" || url.origin !== location.origin) return;
	if (url.pathname.startsWith("/assets/")) respondWith.call(event, asset(request));
	else if (request.mode === "navigate" && !NEVER.test(url.pathname)) respondWith.call(event, page(request, url.pathname));
});
