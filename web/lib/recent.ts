// The records that were looked at last, newest first.  Their numbers are kept in this browser; their titles come
// from the server, so that nobody reads here what he may no longer see.
import { text } from "./text";

const MAX = 8;
const keptUnder = () => `recent:${text("me")}`;

export function recents(): string[] {
	try {
		return (localStorage.getItem(keptUnder()) ?? "").split(",").filter(Boolean);
	} catch {
		return [];
	}
}

export async function recentMarkup(): Promise<string> {
	const of = recents().join(",");
	if (!of) return "";
	try {
		const kept = sessionStorage.getItem("recent");
		if (kept?.startsWith(`${text("me")} ${of}\n`)) return kept.slice(kept.indexOf("\n") + 1);
	} catch {
		// Asked again, then.
	}
	const reply = await fetch(`/search/recent?of=${of}`);
	if (!reply.ok) return "";
	const markup = await reply.text();
	try {
		sessionStorage.setItem("recent", `${text("me")} ${of}\n${markup}`);
	} catch {
		// The same.
	}
	return markup;
}

// Links of the markup, in the order in which they were looked at.
export async function recentLinks(): Promise<HTMLAnchorElement[]> {
	const inside = document.createElement("div");
	inside.innerHTML = await recentMarkup();
	const links = [...inside.querySelectorAll("a")];
	const number = (one: HTMLAnchorElement) => one.pathname.split("/")[2];
	const order = recents().map((one) => one.split(".")[1]);
	return links.sort((a, b) => order.indexOf(number(a) ?? "") - order.indexOf(number(b) ?? ""));
}

function note(): void {
	const one = document.querySelector<HTMLElement>("main[data-record]")?.dataset.record;
	if (!one) return;
	try {
		localStorage.setItem(keptUnder(), [one, ...recents().filter((other) => other !== one)].slice(0, MAX).join(","));
	} catch {
		// Then nothing is remembered.
	}
}

export function startRecent(): void {
	note();
	const places = document.querySelectorAll<HTMLElement>("[data-recent]");
	const show = async () => {
		for (const link of await recentLinks())
			for (const place of places) {
				const item = document.createElement("li");
				const copy = link.cloneNode(true) as HTMLElement;
				for (const name of ["role", "tabindex", "aria-selected", "id"]) copy.removeAttribute(name);
				copy.querySelector("small")?.remove();
				item.append(copy);
				place.querySelector("ul")?.append(item);
				place.hidden = false;
			}
	};
	if (places.length && recents().length) void show();
	document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => sessionStorage.removeItem("recent"));
}
