// A page that is open stays true: its parts are fetched anew and put in place, but what somebody is typing in,
// and what has the focus, is left alone.
const PARTS = ["record-head", "lines", "facts", "timeline", "related"];
let running: Promise<boolean> | null = null;
let again = false;

// What is being worked on: `data-busy` on an element keeps it.
const isBusy = (one: Element): boolean => one.matches("[data-busy]") || one.querySelector("[data-busy]") !== null;

async function fetched(): Promise<Document | null> {
	const url = new URL(location.href);
	url.searchParams.set("part", "1");
	const reply = await fetch(url, { headers: { accept: "text/html" } });
	if (!reply.ok) return null;
	return new DOMParser().parseFromString(await reply.text(), "text/html");
}

// Of a busy part its children are looked at one by one; a fact and an entry by what it is about.
function put(old: Element, fresh: Element): void {
	if (old.isEqualNode(fresh) || old.matches("[data-busy]")) return;
	if (!isBusy(old) && !old.matches("details")) {
		const focus = document.activeElement && old.contains(document.activeElement) ? document.activeElement : null;
		const path = focus ? pathOf(focus, old) : [];
		const copy = document.importNode(fresh, true);
		for (const one of old.querySelectorAll("details[open][id]")) copy.querySelector(`#${one.id}`)?.setAttribute("open", "");
		old.replaceWith(copy);
		if (focus) (path.reduce<Element | undefined>((one, i) => one?.children[i], copy) as HTMLElement | undefined)?.focus({ preventScroll: true });
		return;
	}
	const same = [...old.children];
	const want = [...fresh.children];
	if (same.length === want.length) for (const [i, one] of same.entries()) put(one, want[i]!);
	else
		for (const one of same) {
			const mark = one.getAttribute("data-field") ?? one.id;
			const match = mark && want.find((other) => (other.getAttribute("data-field") ?? other.id) === mark);
			if (match) put(one, match);
		}
}

function pathOf(one: Element, root: Element): number[] {
	const path: number[] = [];
	for (let at: Element = one; at !== root && at.parentElement; at = at.parentElement) path.unshift([...at.parentElement.children].indexOf(at));
	return path;
}

async function run(): Promise<boolean> {
	const page = await fetched().catch(() => null);
	const record = document.getElementById("record");
	const fresh = page?.getElementById("record");
	if (!record || !fresh) return false;
	for (const id of PARTS) {
		const old = document.getElementById(id);
		const now = page!.getElementById(id);
		if (old && now) put(old, now);
	}
	record.dataset.version = fresh.dataset.version;
	record.dispatchEvent(new CustomEvent("fresh"));
	return true;
}

// Asked again while it runs, it runs once more.  False: the record is gone, or there is no connection.
export function refresh(): Promise<boolean> {
	if (running) {
		again = true;
		return running;
	}
	running = (async () => {
		let ok: boolean;
		do {
			again = false;
			ok = await run();
		} while (again);
		running = null;
		return ok;
	})();
	return running;
}
