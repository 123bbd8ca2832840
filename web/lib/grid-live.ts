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

async function look(): Promise<void> {
	const { grid, list } = now ?? {};
	if (!grid || !list?.isConnected) return;
	more = running;
	if (running) return;
	running = true;
	const began = performance.now();
	const page = await pageOf(location.href).catch(() => null);
	running = false;
	rested = performance.now() + REST * (performance.now() - began);
	if (more) soon();
	const next = page?.querySelector<HTMLElement>("#list"), fresh = next?.querySelector<HTMLElement>("#grid");
	if (now?.list !== list || !next || !fresh) return;
	const count = next.querySelector("#count"), old = list.querySelector("#count");
	if (count && old) old.replaceChildren(...document.importNode(count, true).childNodes);
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
