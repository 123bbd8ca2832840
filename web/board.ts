// The script of boards and calendars: cards are dragged from lane to lane, from day to day, or moved with Alt and
// an arrow key.
import Sortable from "sortablejs";
import { action } from "./lib/actions";
import { type Reply, why } from "./lib/api";
import { clock, isDragging, isHours, minutesOf, mountHours, startHours } from "./lib/hours";
import { onChange } from "./lib/live";
import { pageOf } from "./lib/page";
import { text } from "./lib/text";
import { toast } from "./lib/toast";
import { changed, onUndone } from "./lib/undo";

const board = (): HTMLElement | null => document.querySelector<HTMLElement>("#board[data-can-move]");
const lanes = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#board .lane")];
const lane_of = (card: Element): HTMLElement | null => card.closest<HTMLElement>(".lane");
const isCalendar = (): boolean => board()?.dataset.is === "calendar";
const label_of = (lane: Element): string => lane.querySelector("h2")?.textContent?.trim() ?? lane.ariaLabel ?? "";
const title_of = (card: Element): string => card.querySelector(".first")?.textContent?.trim() ?? "";
const link_of = (card: Element | null | undefined): HTMLElement | null => card?.querySelector<HTMLElement>(".first a") ?? null;
const card_of = (id: string): HTMLElement | null => document.querySelector<HTMLElement>(`#board .card[data-id="${CSS.escape(id)}"]`);

// ---- the board as the server has it now ----

async function refresh(focus?: string): Promise<void> {
	const now = document.getElementById("board");
	const page = await pageOf(location.href);
	const next = page?.getElementById("board");
	if (!now || !next) return location.reload();
	const tops = new Map(lanes().map((lane) => [lane.dataset.lane, lane.querySelector(".cards")?.scrollTop ?? 0]));
	const left = now.scrollLeft, top = now.scrollTop;
	now.replaceWith(document.importNode(next, true));
	for (const lane of lanes()) lane.querySelector(".cards")?.scrollTo({ top: tops.get(lane.dataset.lane) ?? 0 });
	const count = document.getElementById("count"), counted = page?.getElementById("count");
	if (count && counted) count.textContent = counted.textContent;
	const fresh = document.getElementById("board");
	if (fresh) fresh.scrollLeft = left;
	mount(top);
	if (focus) link_of(card_of(focus))?.focus();
}

// ---- what others change ----

const WAIT_MS = 150;
let dragging = false;
let due: ReturnType<typeof setTimeout> | undefined;

// Not under the hand of somebody who is moving a card: then right after.
function soon(): void {
	clearTimeout(due);
	due = setTimeout(() => {
		if (dragging || isDragging() || document.querySelector("dialog[open]") || board()?.ariaBusy === "true") return soon();
		void refresh(document.activeElement?.closest<HTMLElement>("#board .card")?.dataset.id);
	}, WAIT_MS);
}

// ---- moving ----

async function send(url: string, form: URLSearchParams): Promise<Reply & { markup: string }> {
	const none = { ok: false, status: 0, body: null, version: "", changeset: "", markup: "" };
	try {
		const reply = await fetch(url, { method: "POST", body: form, headers: { accept: "application/problem+json, text/html;q=0.5" } });
		const is_json = /json/.test(reply.headers.get("content-type") ?? "");
		return {
			...none, ok: reply.ok, status: reply.status, changeset: reply.headers.get("kontor-changeset") ?? "",
			body: is_json ? await reply.json() : null, markup: is_json ? "" : await reply.text(),
		};
	} catch {
		return none;
	}
}

// A question before the move, as the model says; false: the person would rather not.
function ask(markup: string): Promise<Reply | null> {
	return new Promise((done) => {
		const dialog = document.createElement("dialog"), head = document.createElement("header"), title = document.createElement("h2"), place = document.createElement("div");
		let answer: Reply | null = null;
		place.innerHTML = markup;
		const form = place.querySelector("form");
		if (!form) return done(null);
		title.id = "ask-title";
		title.textContent = form.dataset.label ?? "";
		head.append(title);
		dialog.setAttribute("aria-labelledby", title.id);
		dialog.append(head, form);
		form.querySelector("button[value=cancel]")?.addEventListener("click", () => dialog.close());
		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			const reply = await send(form.action, new URLSearchParams(new FormData(form) as unknown as Record<string, string>));
			if (!reply.ok && (reply.status === 422 || reply.status === 400)) return toast(why(reply, text("notMoved")), { bad: true });
			answer = reply;
			dialog.close();
		});
		dialog.addEventListener("close", () => {
			dialog.remove();
			done(answer);
		});
		document.body.append(dialog);
		dialog.showModal();
		form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
	});
}

// A day keeps the time that the card had.
const value_for = (card: HTMLElement, value: string): string => (isCalendar() && card.dataset.time ? `${value}T${card.dataset.time}` : value);

async function move(card: HTMLElement, value: string, label: string): Promise<void> {
	const here = board(), id = card.dataset.id ?? "", field = here?.dataset.field ?? "";
	const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "";
	if (!here || !id) return;
	here.setAttribute("aria-busy", "true");
	const form = new URLSearchParams([["csrf", csrf], ["version", card.dataset.version ?? ""], ["has", field], [field, value_for(card, value)], ["ask", "1"]]);
	let reply: Reply | null = await send(`/${here.dataset.object}/${id}/edit`, form);
	if (reply.ok && reply.status === 200) reply = await ask((reply as Reply & { markup: string }).markup);
	if (reply?.ok) changed(reply.changeset, `${title_of(card)}: ${text("moved")} → ${label}`);
	else if (reply) toast(why(reply, text("notMoved")), { bad: true });
	await refresh(id);
}

// By the hour, its time changes too.
const moveToTime = (card: HTMLElement, day: string, at: number): Promise<void> => {
	const time = clock(at);
	card.dataset.time = time;
	return move(card, day, `${new Date(`${day}T00:00:00Z`).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC" })}, ${time}`);
};

const moveTo = (card: HTMLElement, lane: HTMLElement): Promise<void> => move(card, lane.dataset.value ?? "", label_of(lane));

// ---- by mouse and finger ----

function mount(scroll?: number): void {
	mountHours(scroll);
	if (!board() || isHours()) return;
	for (const list of document.querySelectorAll<HTMLElement>("#board .cards"))
		Sortable.create(list, {
			group: "cards", sort: false, delay: 180, delayOnTouchOnly: true, filter: "button", preventOnFilter: false, scroll: true,
			onStart: () => (dragging = true),
			onEnd: ({ item, from, to }) => {
				dragging = false;
				const lane = lane_of(to);
				if (from !== to && lane) void moveTo(item, lane);
			},
			onMove: ({ to }) => lane_of(to)?.dataset.value !== undefined,
		});
}

// ---- by keys, and where nothing can be dragged ----

function beside(card: HTMLElement, step: number): HTMLElement | undefined {
	const all = lanes();
	return all[all.indexOf(lane_of(card) as HTMLElement) + step];
}

function go(card: HTMLElement, key: string): boolean {
	const cards = [...(lane_of(card)?.querySelectorAll<HTMLElement>(".card") ?? [])], at = cards.indexOf(card);
	const next = key === "ArrowDown" ? cards[at + 1] : key === "ArrowUp" ? cards[at - 1] : null;
	if (next !== null) return link_of(next)?.focus(), true;
	const all = lanes(), step = key === "ArrowRight" ? 1 : -1;
	for (let i = all.indexOf(lane_of(card) as HTMLElement) + step; all[i]; i += step) {
		const there = [...(all[i]?.querySelectorAll<HTMLElement>(".card") ?? [])];
		if (there.length) return link_of(there[Math.min(at, there.length - 1)])?.focus(), true;
	}
	return true;
}

function moveByHour(card: HTMLElement, by: number): void {
	const day = lane_of(card)?.dataset.value ?? "", at = minutesOf(card.dataset.time ?? "00:00") + by;
	if (board() && card.dataset.fixed === undefined && at >= 0 && at < 24 * 60) void moveToTime(card, day, at);
}

document.addEventListener("keydown", (event) => {
	const card = (event.target as Element).closest<HTMLElement>("#board .card");
	if (!card || !/^Arrow/.test(event.key) || event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	if (!event.altKey) return void go(card, event.key);
	if (isHours() && /Up|Down/.test(event.key)) return void moveByHour(card, event.key === "ArrowDown" ? 60 : -60);
	const week = isCalendar() ? 7 : 0;
	const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: week, ArrowUp: -week }[event.key];
	const lane = step ? beside(card, step) : undefined;
	if (board() && card.dataset.fixed === undefined && lane?.dataset.value !== undefined) void moveTo(card, lane);
});

// A day is chosen, a lane is one of a few.
function dayChoice(card: HTMLElement, done: () => void): HTMLElement[] {
	const form = document.createElement("form"), input = document.createElement("input"), button = document.createElement("button");
	input.type = "date";
	input.required = true;
	input.value = lane_of(card)?.dataset.value ?? "";
	input.ariaLabel = text("moveTo");
	button.className = "primary";
	button.textContent = text("move");
	form.className = "choose-day";
	const time = document.createElement("input");
	time.type = "time";
	time.required = true;
	time.value = card.dataset.time ?? "";
	time.ariaLabel = text("atTime");
	form.append(input, ...(card.dataset.time ? [time] : []), button);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const label = input.valueAsDate?.toLocaleDateString(document.documentElement.lang, { timeZone: "UTC" }) ?? "";
		done();
		if (card.dataset.time) card.dataset.time = time.value;
		void move(card, input.value, label);
	});
	return [form];
}

function laneChoice(card: HTMLElement, done: () => void): HTMLElement[] {
	return lanes()
		.filter((lane) => lane !== lane_of(card) && lane.dataset.value !== undefined)
		.map((lane) => {
			const button = document.createElement("button");
			button.type = "button";
			button.textContent = label_of(lane);
			button.addEventListener("click", () => {
				done();
				void moveTo(card, lane);
			});
			return button;
		});
}

function choose(card: HTMLElement): void {
	const dialog = document.createElement("dialog"), head = document.createElement("header"), title = document.createElement("h2"), body = document.createElement("div");
	const close = document.createElement("button");
	title.id = "choose-title";
	title.textContent = `${title_of(card)}: ${text("moveTo")}`;
	close.type = "button";
	close.className = "bare only-icon";
	close.textContent = "×";
	close.ariaLabel = text("close");
	close.addEventListener("click", () => dialog.close());
	head.append(title, close);
	body.className = "body";
	body.append(...(isCalendar() ? dayChoice : laneChoice)(card, () => dialog.close()));
	dialog.className = "choose-lane";
	dialog.setAttribute("aria-labelledby", title.id);
	dialog.append(head, body);
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}

action("move-card", (button) => {
	const card = button.closest<HTMLElement>(".card");
	if (card) choose(card);
});
onUndone(() => void refresh());
document.addEventListener("list-shown", () => mount());
const base = document.getElementById("list")?.dataset.base;
if (base) onChange(base, null, soon);
mount();
startHours((card, day, at) => void moveToTime(card, day, at));
