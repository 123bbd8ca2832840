// A list that is open stays true: what others change, add or take away shows here, at the place where one is, and
// what one types or has chosen stays.
import type { Grid } from "./grid";
import { onChange } from "./live";
import { pageOf } from "./page";

const WAIT_MS = 120;
const REST = 4;
let watched = "";
let now: { grid: Grid; list: HTMLElement } | null = null;
let due: ReturnType<typeof setTimeout> | undefined;
let running = false;
let more = false; // something changed while it ran
let rested = 0; // when the next may begin: where much changes, one looks less than it takes

const groupsOf = (place: ParentNode): HTMLElement[] => [...place.querySelectorAll<HTMLElement>("#grid tbody.group")];
const isOpen = (group: HTMLElement): boolean => group.querySelector(".group-head a")?.getAttribute("aria-expanded") === "true";

// The address names open groups by their places, and those may be others now.
function opened(list: HTMLElement, page: Document): URL | null {
	const names = new Set(groupsOf(list).filter(isOpen).map((group) => group.dataset.group)), fresh = groupsOf(page);
	if (fresh.every((group) => isOpen(group) === names.has(group.dataset.group))) return null;
	const url = new URL(location.href), places = fresh.flatMap((group, i) => (names.has(group.dataset.group) ? [i] : []));
	url.searchParams.set("open", places.join(",") || "-");
	return url;
}

async function fetched(list: HTMLElement): Promise<Document | null> {
	const page = await pageOf(location.href).catch(() => null), here = location.href;
	const url = page && list.querySelector("#grid.grouped") ? opened(list, page) : null;
	if (!url) return page;
	const again = await pageOf(url).catch(() => null);
	if (again && location.href === here) history.replaceState(history.state, "", url);
	return again;
}

// Is there something that the page as a whole would take away?
const isBusy = (list: HTMLElement): boolean => list.querySelector("[data-busy], :popover-open") !== null || document.querySelector("dialog[open]") !== null;

async function look(): Promise<void> {
	const { grid, list } = now ?? {};
	if (!grid || !list?.isConnected) return;
	more = running;
	if (running) return;
	running = true;
	const began = performance.now(), here = location.href;
	const page = await fetched(list);
	running = false;
	rested = performance.now() + REST * (performance.now() - began);
	if (more) soon();
	const next = page?.querySelector<HTMLElement>("#list"), fresh = next?.querySelector<HTMLElement>("#grid");
	if (now?.list !== list || now.grid !== grid || !next) return;
	// The last row is gone: the page says why nothing is there.
	if (!fresh) return isBusy(list) ? soon() : void dispatchEvent(new Event("list-again"));
	const count = next.querySelector("#count"), old = list.querySelector("#count");
	if (count && old) old.replaceChildren(...document.importNode(count, true).childNodes);
	if (fresh.classList.contains("grouped")) {
		const table = fresh.querySelector("table");
		if (table && (here === location.href || new URL(here).searchParams.get("group") === new URL(location.href).searchParams.get("group")) && !grid.rows.regroup(table)) soon();
		return;
	}
	await grid.rows.refresh(Number(next.dataset.total ?? 0), [...fresh.querySelectorAll<HTMLTableRowElement>("tbody tr[data-id]")].map((row) => document.importNode(row, true)), fresh.dataset.next ?? "");
}

function soon(): void {
	clearTimeout(due);
	due = setTimeout(() => void look(), Math.max(WAIT_MS, rested - performance.now()));
}

export function startGridLive(grid: Grid, list: HTMLElement): void {
	const object = list.dataset.base ?? "";
	now = { grid, list };
	if (!object || object === watched || new URL(location.href).searchParams.has("trash")) return;
	watched = object;
	onChange(object, null, () => soon());
}

// A list in which nothing is yet: what comes makes a list of it.
export function startEmptyLive(): void {
	const list = document.querySelector<HTMLElement>("#list"), object = list?.dataset.base ?? "";
	if (!object || new URL(location.href).searchParams.has("trash")) return;
	onChange(object, null, () => {
		const here = document.querySelector<HTMLElement>("#list");
		if (here && !here.querySelector("#grid, #board") && !isBusy(here)) dispatchEvent(new Event("list-again"));
	});
}
