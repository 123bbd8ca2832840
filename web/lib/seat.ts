// Where in which list a record was opened: previous and next go on from there, and back goes to the list.
import { Marks } from "./grid-marks";
import { key } from "./keys";
import { text } from "./text";

export interface Seat {
	list: string; // its address
	rows: string; // where its rows come from
	total: number;
	name: string; // of the object or face in addresses
	ids: [number, string][]; // those that were there, by their place
}

const AROUND = 300;
const BLOCK = 50;

export function keepSeat(seat: Seat, at: number): void {
	const ids = seat.ids.filter(([index]) => Math.abs(index - at) <= AROUND);
	try {
		sessionStorage.setItem("seat", JSON.stringify({ ...seat, ids }));
	} catch {
		// Then there is no previous and next.
	}
}

function seatOf(id: string): { seat: Seat; at: number } | null {
	try {
		const seat = JSON.parse(sessionStorage.getItem("seat") ?? "null") as Seat | null;
		const at = seat?.ids.find(([, other]) => other === id)?.[0];
		return seat && at !== undefined && location.pathname.startsWith(`/${seat.name}/`) ? { seat, at } : null;
	} catch {
		return null;
	}
}

async function idAt(seat: Seat, at: number): Promise<string | undefined> {
	const known = () => seat.ids.find(([index]) => index === at)?.[1];
	if (known() || at < 0 || at >= seat.total) return known();
	const first = at - (at % BLOCK);
	const rows = await new Marks(seat.rows, seat.total).rows(first, Math.min(BLOCK, seat.total - first));
	for (const [i, row] of (rows ?? []).entries()) if (row.dataset.id) seat.ids.push([first + i, row.dataset.id]);
	keepSeat(seat, at);
	return known();
}

export function startSeat(id: string): void {
	const found = seatOf(id);
	const place = document.querySelector(".crumbs");
	if (!found || !place) return;
	const { seat, at } = found;
	const go = async (by: number) => {
		const to = await idAt(seat, at + by);
		if (!to) return;
		keepSeat(seat, at + by);
		// In place of this one, so that back leads to the list.
		location.replace(`/${seat.name}/${to}`);
	};
	const line = document.createElement("span");
	const count = document.createElement("span");
	line.className = "seat";
	count.className = "count";
	count.textContent = `${(at + 1).toLocaleString(document.documentElement.lang)} / ${seat.total.toLocaleString(document.documentElement.lang)}`;
	line.append(count);
	for (const [by, name, letter, icon] of [[-1, "previous", "k", "chevron-up"], [1, "next", "j", "chevron-down"]] as const) {
		const button = document.createElement("button");
		button.type = "button";
		button.className = "bare only-icon small";
		button.ariaLabel = `${text(name)} (${letter.toUpperCase()})`;
		button.title = button.ariaLabel;
		button.disabled = at + by < 0 || at + by >= seat.total;
		button.append(iconOf(icon));
		button.addEventListener("click", () => void go(by));
		line.append(button);
		key(letter, text(name), () => void go(by));
	}
	const link = place.querySelector("a");
	if (link) link.href = seat.list;
	link?.addEventListener("click", (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey || history.length < 2 || !document.referrer.startsWith(location.origin)) return;
		event.preventDefault();
		history.back();
	});
	place.append(line);
	// The head of the page may become a newer one.
	document.getElementById("record")?.addEventListener("fresh", () => {
		const crumbs = document.querySelector(".crumbs");
		if (crumbs && !crumbs.contains(line)) crumbs.append(line);
	});
}

function iconOf(name: string): SVGElement {
	const some = document.querySelector("svg.icon use")?.getAttribute("href") ?? "";
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", some.replace(/#.*/, `#${name}`));
	svg.append(use);
	return svg;
}
