// The page /offline: what waits, what was sent and with which result, and what is kept here.
import { dropWaiting, type Kept, keptAll, moment, type Sent, sentAll, setSent, setWaiting, type Waiting, waitingAll } from "./device";
import { forget, tidy } from "./keep";
import { send, takeMine } from "./send";
import { text } from "./text";
import { toast } from "./toast";

const KIB = 1024;

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", words = ""): HTMLElementTagNameMap[K] {
	const one = document.createElement(name);
	if (className) one.className = className;
	if (words) one.textContent = words;
	return one;
}

function link(path: string, words: string): HTMLElement {
	const one = element("a", "", words);
	one.href = path;
	return one;
}

function button(words: string, of: string, run: () => Promise<unknown> | void, style = "small"): HTMLElement {
	const one = element("button", style, words);
	one.type = "button";
	one.ariaLabel = `${words}: ${of}`;
	one.addEventListener("click", () => void Promise.resolve(run()).then(show));
	return one;
}

// "City: Aalen → Bautzen"
function change(one: Waiting): HTMLElement {
	const line = element("p");
	line.append(element("span", "faint", `${one.label} `));
	if (one.id) line.append(element("del", "", one.shownBefore || text("empty")), " → ");
	line.append(element("ins", "", one.shown || text("empty")));
	return line;
}

const nameOf = (one: Waiting): string => `${one.title}, ${one.label}`;

function keptItem(one: Kept): HTMLElement {
	const item = element("li");
	const place = element("div");
	place.append(link(one.path, one.title), element("p", "faint", `${text("asOf")}: ${moment(one.at)} · ${Math.ceil(one.bytes / KIB).toLocaleString(document.documentElement.lang)} KiB`));
	item.append(place, button(text("forget"), one.title, () => forget(one.path)));
	return item;
}

function waitingItem(one: Waiting): HTMLElement {
	const item = element("li");
	const place = element("div");
	place.append(link(one.path, one.title), change(one), element("p", "faint", `${moment(one.at)} · ${text("waiting")}`));
	item.append(place, button(text("discard"), nameOf(one), () => void dropWaiting(one.key)));
	return item;
}

const replace = (old: Sent, fresh: Sent | null): void => void setSent(sentAll().flatMap((one) => (one.waiting.key !== old.waiting.key ? [one] : fresh ? [fresh] : [])));

async function mine(one: Sent): Promise<void> {
	const result = await takeMine(one);
	if (result) replace(one, result);
	else toast(text("notSaved"), { bad: true });
}

function again(one: Sent): Promise<void> {
	setWaiting([...waitingAll(), one.waiting]);
	replace(one, null);
	return send();
}

const STATES = { sent: ["sent", "success"], theirs: ["theirsStay", "plain"], conflict: ["conflict", "warning"], refused: ["refused", "danger"] } as const;

function resultItem(one: Sent): HTMLElement {
	const [name, tone] = STATES[one.state];
	const item = element("li");
	const place = element("div");
	const line = element("p");
	const choices = element("div", "choices");
	line.append(element("span", `badge ${tone}`, text(name)), " ", link(one.waiting.path, one.waiting.title));
	place.append(line);
	if (one.state === "conflict") {
		for (const [which, value] of [["clashMine", one.waiting.shown], ["clashTheirs", one.theirs]] as const) {
			const words = element("p");
			words.append(element("span", "faint", `${one.waiting.label}, ${text(which)}: `), element("strong", "", value || text("empty")));
			place.append(words);
		}
		choices.append(
			button(text("takeMine"), nameOf(one.waiting), () => mine(one)),
			button(text("takeTheirs"), nameOf(one.waiting), () => replace(one, { ...one, state: "theirs" })),
		);
	} else place.append(change(one.waiting));
	if (one.why) place.append(element("p", "why", one.why));
	if (one.state === "refused") choices.append(button(text("again"), nameOf(one.waiting), () => again(one)), button(text("discard"), nameOf(one.waiting), () => replace(one, null)));
	place.append(element("p", "faint", moment(one.at)));
	item.append(place, choices);
	return item;
}

function fill(id: string, items: HTMLElement[], keeps = false): void {
	const place = document.getElementById(id);
	if (!place) return;
	place.querySelector("ul")?.replaceChildren(...items);
	place.querySelector(".count")?.replaceChildren(items.length ? String(items.length) : "");
	place.hidden = !keeps && !items.length;
}

function show(): void {
	fill("kept", keptAll().sort((a, b) => a.title.localeCompare(b.title)).map(keptItem), true);
	fill("waiting", waitingAll().map(waitingItem));
	fill("results", sentAll().reverse().map(resultItem));
	document.getElementById("nothing-kept")?.toggleAttribute("hidden", keptAll().length > 0);
}

export function startOfflinePage(): void {
	const elsewhere = document.getElementById("elsewhere");
	const away = location.pathname !== "/offline";
	if (elsewhere) elsewhere.hidden = !away;
	show();
	if (keptAll().length) void tidy().then(show);
	document.getElementById("send-now")?.addEventListener("click", () => void send().then(show));
	document.addEventListener("sent", show);
	addEventListener("storage", show);
	// What was asked for, once it can be had.
	if (away) for (const name of ["online", "connected"]) (name === "online" ? window : document).addEventListener(name, () => location.reload());
}
