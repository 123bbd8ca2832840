// How often something repeats, chosen in words.  Without this script the control is a line that takes a rule of
// RFC 5545; what the words cannot say stays such a line.
import { api } from "./lib/api";
import { text } from "./lib/text";

const FREQS = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const WORKING = "MO,TU,WE,TH,FR", OWN = "OWN", WAIT_MS = 150;

type Parts = Map<string, string>;
const partsOf = (rule: string): Parts => new Map(rule.replace(/^RRULE:/, "").split(";").filter(Boolean).map((one) => one.split("=") as [string, string]));

function option(value: string, label: string): HTMLOptionElement {
	const one = document.createElement("option");
	one.value = value;
	one.textContent = label;
	return one;
}
function choice(label: string, options: [string, string][]): HTMLSelectElement {
	const select = document.createElement("select");
	select.ariaLabel = label;
	select.append(...options.map(([value, shown]) => option(value, shown)));
	return select;
}
function box(type: string, label: string, value: string): HTMLInputElement {
	const input = document.createElement("input");
	input.type = type;
	input.ariaLabel = label;
	input.value = value;
	if (type === "number") input.min = "1";
	return input;
}

// The day from which it is counted: that of the form, else today.
function startOf(input: HTMLInputElement): Date {
	const form: ParentNode = input.form ?? document;
	const typed = form.querySelector<HTMLInputElement>("#f-due_on, #f-starts_at")?.value.slice(0, 10);
	const day = typed ? new Date(`${typed}T00:00:00Z`) : new Date();
	return Number.isNaN(day.getTime()) ? new Date() : day;
}
const weekday = (day: Date): string => DAYS[(day.getUTCDay() + 6) % 7]!;
const named = (day: string): string => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day))));
const short = (day: string): string => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day))));

// On which days of a month: the parts of the rule, and the words.
function monthly(day: Date): [string, string][] {
	const of = weekday(day), nth = Math.ceil(day.getUTCDate() / 7);
	return [
		[`BYMONTHDAY=${day.getUTCDate()}`, text("recurDay").replace("%", String(day.getUTCDate()))],
		...(nth < 5 ? [[`BYDAY=${nth}${of}`, `${text("recurNth").split("|")[nth - 1]} ${named(of)}`] as [string, string]] : []),
		[`BYDAY=-1${of}`, `${text("recurLast")} ${named(of)}`],
		["BYMONTHDAY=-1", text("recurLastDay")],
		[`BYDAY=${WORKING};BYSETPOS=1`, text("recurFirstWorking")],
		[`BYDAY=${WORKING};BYSETPOS=-1`, text("recurLastWorking")],
	];
}

class Editor {
	readonly box = document.createElement("div");
	#freq: HTMLSelectElement;
	#every = box("number", text("recurEvery"), "1");
	#unit = document.createElement("span");
	#week = document.createElement("span");
	#month = choice(text("recurOn"), []);
	#end: HTMLSelectElement;
	#until = box("date", text("recurUntil"), "");
	#count = box("number", text("recurTimes"), "10");
	#said = document.createElement("output");
	#due: ReturnType<typeof setTimeout> | undefined;

	constructor(private input: HTMLInputElement) {
		const label = input.labels?.[0]?.textContent ?? input.ariaLabel ?? "";
		this.#freq = choice(label, [["", text("recurNever")], ...FREQS.map((one, i) => [one, text("recurFreqs").split("|")[i]!] as [string, string]), [OWN, text("recurOwn")]]);
		this.#end = choice(text("recurEnds"), [["", text("recurEndNever")], ["UNTIL", text("recurUntil")], ["COUNT", text("recurAfter")]]);
		this.box.className = "recur";
		this.box.role = "group";
		this.box.ariaLabel = label;
		this.#week.className = "days";
		for (const day of DAYS) {
			const button = document.createElement("button");
			button.type = "button";
			button.className = "small";
			button.value = day;
			button.textContent = short(day);
			button.title = named(day);
			button.ariaPressed = "false";
			button.addEventListener("click", () => {
				button.ariaPressed = String(button.ariaPressed !== "true");
				this.write();
			});
			this.#week.append(button);
		}
		this.box.append(this.#freq, this.#every, this.#unit, this.#week, this.#month, this.#end, this.#until, this.#count, this.#said);
		this.box.addEventListener("input", () => this.write());
		input.addEventListener("set", () => this.read());
		input.form?.addEventListener("change", (event) => (event.target as Element).matches("#f-due_on, #f-starts_at") && this.months(true));
		this.read();
	}

	// The choices of a month follow the day on which it begins.
	months(again: boolean): void {
		const at = this.#month.selectedIndex;
		this.#month.replaceChildren(...monthly(startOf(this.input)).map(([value, label]) => option(value, label)));
		if (at >= 0) this.#month.selectedIndex = Math.min(at, this.#month.options.length - 1);
		if (again && this.#freq.value === "MONTHLY") this.write();
	}

	pressed = (): string[] => [...this.#week.querySelectorAll("button")].filter((one) => one.ariaPressed === "true").map((one) => one.value);

	// Can the words say this rule?  Then they do.
	take(parts: Parts): boolean {
		const freq = parts.get("FREQ") ?? "", rest = new Map(parts);
		for (const name of ["FREQ", "INTERVAL", "UNTIL", "COUNT"]) rest.delete(name);
		if (!(FREQS as readonly string[]).includes(freq)) return false;
		if (freq === "WEEKLY") {
			const days = rest.get("BYDAY")?.split(",") ?? [];
			if (!days.every((day) => DAYS.includes(day))) return false;
			for (const one of this.#week.querySelectorAll("button")) one.ariaPressed = String(days.includes(one.value));
			rest.delete("BYDAY");
		} else if (freq === "MONTHLY" && rest.size) {
			const value = [...rest].map(([name, of]) => `${name}=${of}`).join(";");
			const found = [...this.#month.options].find((one) => one.value === value);
			if (!found) return false;
			found.selected = true;
			rest.clear();
		}
		if (rest.size) return false;
		this.#every.value = parts.get("INTERVAL") ?? "1";
		this.#end.value = parts.has("UNTIL") ? "UNTIL" : parts.has("COUNT") ? "COUNT" : "";
		this.#until.value = (parts.get("UNTIL") ?? "").replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");
		this.#count.value = parts.get("COUNT") ?? "10";
		this.#freq.value = freq;
		return true;
	}

	read(): void {
		this.months(false);
		const rule = this.input.value.trim();
		if (!rule) this.#freq.value = "";
		else if (!this.take(partsOf(rule))) this.#freq.value = OWN;
		this.show();
		this.say();
	}

	write(): void {
		const freq = this.#freq.value;
		if (freq !== OWN) {
			const parts = freq ? [`FREQ=${freq}`] : [];
			if (freq && Number(this.#every.value) > 1) parts.push(`INTERVAL=${this.#every.value}`);
			if (freq === "WEEKLY" && this.pressed().length) parts.push(`BYDAY=${this.pressed().join(",")}`);
			if (freq === "MONTHLY") parts.push(this.#month.value);
			if (freq && this.#end.value === "UNTIL" && this.#until.value) parts.push(`UNTIL=${this.#until.value.replaceAll("-", "")}`);
			if (freq && this.#end.value === "COUNT" && this.#count.value) parts.push(`COUNT=${this.#count.value}`);
			this.input.value = parts.join(";");
		}
		this.show();
		this.say();
	}

	show(): void {
		const freq = this.#freq.value, chosen = freq !== "" && freq !== OWN;
		this.input.hidden = freq !== OWN;
		const help = this.input.closest("[data-control]")?.querySelector<HTMLElement>(".help");
		if (help) help.hidden = freq !== OWN;
		this.#unit.textContent = chosen ? (text("recurUnits").split("|")[(FREQS as readonly string[]).indexOf(freq)] ?? "") : "";
		for (const one of [this.#every, this.#unit, this.#end]) one.hidden = !chosen;
		this.#week.hidden = freq !== "WEEKLY";
		this.#month.hidden = freq !== "MONTHLY";
		this.#until.hidden = !chosen || this.#end.value !== "UNTIL";
		this.#count.hidden = !chosen || this.#end.value !== "COUNT";
	}

	// In the server's words, with the next days.
	say(): void {
		clearTimeout(this.#due);
		const rule = this.input.value.trim();
		if (!rule) return void (this.#said.textContent = "");
		this.#due = setTimeout(async () => {
			const reply = await api("GET", `/api/v1/recurrence?${new URLSearchParams({ rule, start: startOf(this.input).toISOString().slice(0, 10), limit: "4" })}`);
			if (rule !== this.input.value.trim()) return;
			const days = ((reply.body?.days ?? []) as string[]).map((day) => new Date(`${day}T00:00:00Z`).toLocaleDateString(document.documentElement.lang, { timeZone: "UTC" }));
			this.#said.textContent = reply.ok ? `${reply.body.words}: ${days.join(", ")}${days.length === 4 ? " …" : ""}` : (reply.body?.errors?.[0]?.detail ?? "");
		}, WAIT_MS);
	}
}

export function recurs(root: ParentNode): void {
	for (const input of root.querySelectorAll<HTMLInputElement>("input[data-recur]")) {
		if (input.dataset.recur === "on") continue;
		input.dataset.recur = "on";
		input.after(new Editor(input).box);
	}
}
