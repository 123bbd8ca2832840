// A calendar by the hour: events stand where their time is, those that overlap side by side; a line tells the
// time now.  They are dragged to another hour with the mouse or a pen.
const STEP = 15, DAY = 24 * 60, HOUR = 60, FAR = 4, EARLY = 7, TICK_MS = 60_000;

export const isHours = (): boolean => document.querySelector("#board[data-hours]") !== null;
export const clock = (minutes: number): string => `${String(Math.floor(minutes / HOUR)).padStart(2, "0")}:${String(minutes % HOUR).padStart(2, "0")}`;
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * HOUR + Number(time.slice(3, 5));

const narrow = matchMedia("(max-width: 40rem)");
const grid = (): HTMLElement | null => document.querySelector<HTMLElement>("#board[data-hours]");

function place(card: HTMLElement): void {
	for (const name of ["at", "lasts", "column", "columns"]) card.style.setProperty(`--${name}`, card.dataset[name] ?? "0");
}

// The time that it is for the person, wherever the browser is.
function now(): { day: string; minutes: number } {
	const zone = document.documentElement.dataset.zone || "UTC";
	const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(new Date()).split(" ");
	return { day: parts[0] ?? "", minutes: minutesOf(parts[1] ?? "00:00") };
}

function drawNow(): void {
	const { day, minutes } = now();
	for (const old of document.querySelectorAll("#board .now")) old.remove();
	const cards = document.querySelector(`#board[data-hours] .lane[data-lane="${day}"] .cards`);
	if (!cards) return;
	const line = document.createElement("li");
	line.className = "now";
	line.ariaHidden = "true";
	line.style.setProperty("--at", String(minutes));
	cards.append(line);
}

// Where the first event begins, or the morning.
function scrollThere(board: HTMLElement): void {
	const first = Math.min(...[...board.querySelectorAll<HTMLElement>(".card[data-at]")].map((card) => Number(card.dataset.at)), EARLY * HOUR + HOUR);
	const cards = board.querySelector<HTMLElement>(".cards");
	if (cards) board.scrollTop = (cards.scrollHeight / DAY) * Math.max(first - HOUR, 0);
}

interface Drag {
	card: HTMLElement;
	x: number;
	y: number;
	within: number; // minutes from its beginning to the pointer
	ghost: HTMLElement | null;
	day: string;
	at: number;
}
let drag: Drag | null = null;

const laneAt = (x: number, y: number): HTMLElement | null => document.elementsFromPoint(x, y).map((one) => one.closest<HTMLElement>("#board .lane")).find((one) => one) ?? null;

function minutesAt(lane: HTMLElement, y: number): number {
	const box = lane.querySelector(".cards")!.getBoundingClientRect();
	return ((y - box.top) / box.height) * DAY;
}

function drop(of: Drag, x: number, y: number): void {
	const lane = laneAt(x, y);
	if (!lane || !of.ghost) return;
	const lasts = Number(of.card.dataset.lasts);
	of.day = lane.dataset.lane ?? of.day;
	of.at = Math.min(Math.max(Math.round((minutesAt(lane, y) - of.within) / STEP) * STEP, 0), DAY - Math.min(lasts, DAY));
	of.ghost.style.setProperty("--at", String(of.at));
	const time = of.ghost.querySelector("time");
	if (time) time.textContent = clock(of.at);
	lane.querySelector(".cards")?.append(of.ghost);
}

function begin(of: Drag): void {
	of.ghost = of.card.cloneNode(true) as HTMLElement;
	of.ghost.classList.add("is-ghost");
	of.ghost.removeAttribute("data-id");
	of.ghost.style.setProperty("--column", "0");
	of.ghost.style.setProperty("--columns", "1");
	of.card.classList.add("is-away");
}

function stop(): void {
	drag?.ghost?.remove();
	drag?.card.classList.remove("is-away");
	drag = null;
}

export const isDragging = (): boolean => drag?.ghost != null;

// `move` is told to which day and time; new ones begin where somebody clicks twice.
export function startHours(move: (card: HTMLElement, day: string, at: number) => void): void {
	document.addEventListener("pointerdown", (event) => {
		const card = (event.target as Element).closest<HTMLElement>("#board[data-placed][data-can-move] .card[data-at]");
		if (!card || card.dataset.fixed !== undefined || event.button || event.pointerType === "touch" || (event.target as Element).closest("button")) return;
		const lane = card.closest<HTMLElement>(".lane")!;
		drag = { card, x: event.clientX, y: event.clientY, within: minutesAt(lane, event.clientY) - Number(card.dataset.at), ghost: null, day: lane.dataset.lane ?? "", at: Number(card.dataset.at) };
	});
	document.addEventListener("pointermove", (event) => {
		if (!drag) return;
		if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR) begin(drag);
		drop(drag, event.clientX, event.clientY);
	});
	document.addEventListener("pointerup", () => {
		const of = drag;
		const moved = of?.ghost && (of.day !== of.card.closest<HTMLElement>(".lane")?.dataset.lane || of.at !== Number(of.card.dataset.at));
		stop();
		if (of && moved) move(of.card, of.day, of.at);
	});
	document.addEventListener("pointercancel", stop);
	// A link that was dragged is not followed.
	document.addEventListener("dragstart", (event) => (event.target as Element).closest?.("#board[data-hours]") && event.preventDefault());
	document.addEventListener("click", (event) => document.querySelector("#board .is-away") && event.preventDefault(), true);
	document.addEventListener("dblclick", (event) => {
		const lane = (event.target as Element).closest<HTMLElement>("#board[data-hours] .lane");
		const link = lane?.querySelector<HTMLAnchorElement>("a.new");
		if (!lane || !link || (event.target as Element).closest(".card, header")) return;
		const at = Math.floor(minutesAt(lane, event.clientY) / (2 * STEP)) * 2 * STEP;
		location.assign(link.href.replace(/T09(:|%3A)00/, `T${encodeURIComponent(clock(at))}`));
	});
	narrow.addEventListener("change", () => mountHours());
	setInterval(drawNow, TICK_MS);
}

// After the board has come anew; `scroll` is where it stood.
export function mountHours(scroll?: number): void {
	const board = grid();
	if (!board) return;
	for (const card of board.querySelectorAll<HTMLElement>(".card[data-at]")) place(card);
	// A week needs room: on a phone it is a list.
	board.toggleAttribute("data-placed", !narrow.matches || board.classList.contains("span-day"));
	drawNow();
	if (scroll === undefined) scrollThere(board);
	else board.scrollTop = scroll;
}
