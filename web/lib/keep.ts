// Keeping a record: its page, the controls with which it is changed, and what both need to be shown.
import { ASSETS, canKeep, formsOf, isKept, type Kept, keptAll, me, pagesOf, setKept, setSent, setWaiting } from "./device";
import { pageOf } from "./page";
import { text } from "./text";
import { toast } from "./toast";

const MAX = 200;
const GONE = [403, 404, 410];
const PASSED_ON = ["content-type", "content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"];

function headersOf(reply: Response, at: number): Headers {
	const headers = new Headers({ "kept-at": String(at) });
	for (const name of PASSED_ON) if (reply.headers.has(name)) headers.set(name, reply.headers.get(name)!);
	return headers;
}

const assetsIn = (page: string): string[] => page.match(/\/assets\/[0-9a-f]+\/[\w.-]+/g) ?? [];
// What scripts and style sheets ask for themselves.
const assetsHere = (): string[] => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname).filter((path) => path.startsWith("/assets/"));

async function keepAssets(needs: string[]): Promise<void> {
	const cache = await caches.open(ASSETS);
	const there = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
	await Promise.all(needs.filter((one) => !there.has(one)).map((one) => cache.add(one)));
	const wanted = new Set([...needs, ...keptAll().flatMap((one) => one.needs)]);
	await Promise.all([...there].filter((one) => !wanted.has(one)).map((one) => cache.delete(one)));
}

// The controls of all fields, and the forms of what is written down on the page.
async function keepForms(path: string): Promise<number> {
	const cache = await caches.open(formsOf(me()));
	let bytes = 0;
	const put = async (address: string, markup: string) => {
		bytes += markup.length;
		await cache.put(address, new Response(markup, { headers: { "content-type": "text/html; charset=utf-8" } }));
	};
	const edit = document.querySelector("[data-edit]") ? await pageOf(`${path}/edit`) : null;
	if (edit) await put(`${path}/edit`, [...edit.querySelectorAll("[data-control]")].map((one) => one.outerHTML).join("\n"));
	for (const link of document.querySelectorAll<HTMLAnchorElement>("#compose > a[data-compose]")) {
		const url = new URL(link.href);
		url.searchParams.set("first", "1");
		const reply = await fetch(url, { headers: { accept: "text/html" } });
		if (reply.ok) await put(url.pathname + url.search, await reply.text());
	}
	return bytes;
}

async function keepPage(path: string, at: number): Promise<{ title: string; bytes: number; needs: string[] } | "gone" | null> {
	const reply = await fetch(path, { headers: { accept: "text/html" } });
	if (reply.redirected || GONE.includes(reply.status)) return "gone";
	if (!reply.ok) return null;
	const page = await reply.text();
	const needs = [...new Set([...assetsIn(page), ...assetsHere()])];
	await keepAssets(needs);
	await (await caches.open(pagesOf(me()))).put(path, new Response(page, { headers: headersOf(reply, at) }));
	const title = /<title>([^<]*) · Kontor<\/title>/.exec(page)?.[1] ?? path;
	return { title, bytes: page.length, needs };
}

// The page that is open, under its address, and the list of what is kept.  False: it cannot be.
async function keepThis(path: string): Promise<boolean> {
	const record = document.getElementById("record");
	const at = Date.now();
	if (!record || !document.getElementById("keep")) return remove(path).then(() => false);
	const page = await keepPage(path, at);
	if (page === "gone") return remove(path).then(() => false);
	const list = await keepPage("/offline", at);
	if (!page || !list || list === "gone") return false;
	const other = `/${record.dataset.object}/${record.dataset.id}`;
	if (other !== path) await (await caches.open(pagesOf(me()))).put(other, new Response(null, { status: 302, headers: { location: path, "kept-at": String(at) } }));
	const forms = await keepForms(path);
	const title = document.querySelector("#record h1")?.textContent?.trim() || page.title;
	const entry: Kept = { path, title, at, bytes: page.bytes + forms, needs: [...new Set([...page.needs, ...list.needs])] };
	return setKept([...keptAll().filter((one) => one.path !== path), entry]);
}

// One after the other, whatever windows are open: what is being deleted in one is not kept anew in another.
const inTurn = <T>(run: () => Promise<T>): Promise<T> => navigator.locks.request("kontor-keep", run) as Promise<T>;

export async function keep(path = location.pathname): Promise<boolean> {
	if (!canKeep()) return false;
	return inTurn(async () => {
		try {
			await navigator.serviceWorker.register("/worker.js", { scope: "/", updateViaCache: "none" });
			const is = await keepThis(path);
			if (is) await navigator.serviceWorker.ready;
			return is;
		} catch {
			return false;
		}
	});
}

// What is kept becomes what it is now; what is not kept stays so.
export async function renew(path = location.pathname): Promise<void> {
	if (!canKeep()) return;
	await inTurn(async () => {
		if (isKept(path)) await keepThis(path).catch(() => false);
	});
}

export const forget = (path: string): Promise<void> => inTurn(() => remove(path));

// What the worker has taken away, as its time was over or the person may no longer see it, is not listed either.
export async function tidy(): Promise<void> {
	const pages = await caches.open(pagesOf(me()));
	for (const one of keptAll()) if (!(await pages.match(one.path))) await forget(one.path);
}

async function remove(path: string): Promise<void> {
	const pages = await caches.open(pagesOf(me()));
	const forms = await caches.open(formsOf(me()));
	await pages.delete(path);
	for (const one of await pages.keys()) if ((await pages.match(one))?.headers.get("location") === path) await pages.delete(one);
	await forms.delete(`${path}/edit`);
	setKept(keptAll().filter((one) => one.path !== path));
	if (!keptAll().length) await drop(me());
}

async function drop(person: string): Promise<void> {
	for (const name of [pagesOf(person), formsOf(person), ASSETS]) await caches.delete(name);
	try {
		localStorage.removeItem(`kept:${person}`);
	} catch {
		// It was never kept.
	}
	await (await navigator.serviceWorker.getRegistration("/"))?.unregister();
}

// Everything of this person, with what waits to be sent.
export async function clear(): Promise<void> {
	await inTurn(() => drop(me()));
	setWaiting([]);
	setSent([]);
}

// Records of whoever used this browser before go; what he has not sent waits until he is here again.
export async function dropOthers(): Promise<void> {
	const persons = Object.keys(localStorage).filter((one) => one.startsWith("kept:") && one !== `kept:${me()}`);
	for (const one of persons) await drop(one.slice("kept:".length));
}

export async function toggle(button: HTMLElement): Promise<void> {
	const path = location.pathname;
	button.ariaBusy = "true";
	if (isKept(path)) await forget(path);
	else if (keptAll().length >= MAX) toast(text("keptNot"), { bad: true });
	else if (await keep(path)) toast(text("kept"));
	else toast(text("keptNot"), { bad: true });
	button.ariaBusy = null;
	button.ariaPressed = String(isKept(path));
}

// Is the server there, and is it this person whom it knows?  Then the calls that follow carry its token.
export async function isThere(): Promise<boolean> {
	const page = await pageOf("/offline");
	const token = page?.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content;
	if (!token || page?.querySelector<HTMLElement>("template#texts")?.dataset.me !== me()) return false;
	const mine = document.querySelector<HTMLMetaElement>('meta[name="csrf"]');
	if (mine) mine.content = token;
	return true;
}
