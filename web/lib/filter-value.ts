// The control of a value, fitting to the field; values are kept as the language writes them.
import { element } from "./parts";
import { quoted, type Row, unquoted } from "./filter-text";
import { lookup } from "./lookup";
import { text } from "./text";
import { decimal } from "./value";

const NUMBERS = ["int", "decimal", "percent", "money"];
const TIMES = ["date", "datetime"];
const MINE: Record<string, [string, string]> = { user: ["me", "filterMe"], team: ["my team", "filterMyTeam"], unit: ["my unit", "filterMyUnit"] };

export interface Asked {
	option: HTMLOptionElement; // of the list of fields
	options: HTMLSelectElement | null; // its choices
	times: HTMLSelectElement;
}
type Told = () => void;

const german = (): boolean => document.documentElement.lang === "de";

function named<T extends HTMLElement>(one: T, name = text("filterValue")): T {
	one.ariaLabel = name;
	return one;
}

function line(value: string, told: (value: string) => void, type = "text"): HTMLInputElement {
	const one = named(element("input"));
	one.type = type;
	one.value = value;
	one.autocomplete = "off";
	one.addEventListener("input", () => told(one.value));
	return one;
}

function choice(values: [string, string][], value: string, told: (value: string) => void): HTMLSelectElement {
	const one = named(element("select"));
	for (const [key, label] of values) one.add(new Option(label, key, false, key === value));
	one.addEventListener("change", () => told(one.value));
	return one;
}

// Several of some choices.
function several(row: Row, options: HTMLSelectElement, told: Told): HTMLElement {
	const set = named(element("fieldset", "filter-several"));
	for (const option of options.options) {
		const label = element("label", "choice"), box = element("input");
		box.type = "checkbox";
		box.checked = row.values.map(unquoted).includes(option.value);
		box.addEventListener("change", () => {
			row.values = [...set.querySelectorAll<HTMLInputElement>("input")].flatMap((one, i) => (one.checked ? [quoted(options.options[i]!.value)] : []));
			told();
		});
		label.append(box, option.text);
		set.append(label);
	}
	return set;
}

const shownNumber = (raw: string): string => (german() ? raw.replace(".", ",") : raw);

function numberLine(row: Row, at: number, told: Told): HTMLElement {
	const input = line(shownNumber(row.values[at] ?? ""), (value) => {
		const currency = /[A-Za-z]{3}\s*$/.exec(value)?.[0] ?? (value.includes("€") ? "EUR" : "");
		const amount = decimal(value.replace(/[A-Za-z€$£\s]+/g, ""));
		row.values[at] = value.trim() ? `${amount}${currency ? ` ${currency.trim().toUpperCase()}` : ""}` : "";
		told();
	});
	input.inputMode = "decimal";
	return input;
}

// A day, a stretch of days relative to now, or whatever the language knows besides.
function time(row: Row, at: number, asked: Asked, told: Told): HTMLElement[] {
	const kinds = asked.times.cloneNode(true) as HTMLSelectElement;
	const raw = row.values[at] ?? "";
	const shift = /^([-+]?)(\d+)d$/.exec(raw);
	const holder = element("span", "filter-more");
	const set = (value: string): void => {
		row.values[at] = value;
		told();
	};
	const more = (): void => {
		const kind = kinds.value, now = row.values[at] ?? "", days = /\d+/.exec(shift?.[0] ?? "")?.[0] ?? "30";
		holder.replaceChildren();
		if (kind === "ago" || kind === "ahead") {
			const sign = kind === "ago" ? "-" : "+";
			const input = named(line(days, (value) => set(/^\d+$/.test(value) ? `${sign}${value}d` : "")), text("filterDays"));
			input.inputMode = "numeric";
			holder.append(input);
			row.values[at] = `${sign}${days}d`;
		} else if (kind === "date") {
			const day = /^\d{4}-\d\d-\d\d$/.test(now) ? now : "";
			holder.append(line(day, set, "date"));
			row.values[at] = day;
		} else if (kind === "other") {
			holder.append(line(now, set));
		} else row.values[at] = kind;
	};
	kinds.value = [...kinds.options].some((one) => one.value === raw) ? raw : shift ? (shift[1] === "-" ? "ago" : "ahead") : /^\d{4}-\d\d-\d\d$/.test(raw) ? "date" : raw ? "other" : "this month";
	kinds.addEventListener("change", () => {
		more();
		told();
	});
	more();
	return [kinds, holder];
}

function within(row: Row, told: Told): HTMLElement {
	const input = named(line(/\d+/.exec(row.values[0] ?? "")?.[0] ?? "14", (value) => {
		row.values = [/^\d+$/.test(value) ? `${value}d` : ""];
		told();
	}), text("filterDays"));
	input.inputMode = "numeric";
	row.values = [row.values[0] || "14d"];
	return input;
}

// A record that a link leads to: looked for by its name, or the person who asks.
function record(row: Row, asked: Asked, told: Told): HTMLElement[] {
	const { target = "", title = "" } = asked.option.dataset, mine = MINE[target];
	const holder = element("span", "filter-more"), now = row.values[0] ?? "";
	const find = (): void => {
		const input = named(element("input"));
		input.dataset.lookup = target;
		if (title) input.dataset.title = title;
		const show = (value: string): void => {
			input.value = value;
			holder.replaceChildren(input);
			lookup(input);
		};
		holder.addEventListener("change", (event) => {
			const kept = event.target as HTMLInputElement;
			if (kept.type !== "hidden") return;
			row.values = [/#(\d+)\)/.exec(kept.value)?.[1] ?? ""];
			told();
		});
		if (!/^\d+$/.test(now) || !title) return show("");
		void fetch(`/api/v1/${target}/${now}`, { headers: { accept: "application/json" } }).then(async (reply) => show(reply.ok ? `${(await reply.json())[title] ?? ""} (#${now})` : `(#${now})`)).catch(() => show(""));
	};
	if (!mine) {
		find();
		return [holder];
	}
	const who = choice([[mine[0], text(mine[1])], ["", text("filterRecord")]], /^\d+$/.test(now) ? "" : mine[0], (value) => {
		row.values = [value];
		holder.replaceChildren();
		if (!value) find();
		told();
	});
	if (who.value) row.values = [who.value];
	else find();
	return [who, holder];
}

export function valueControls(row: Row, asked: Asked, told: Told): HTMLElement[] {
	const type = asked.option.dataset.type ?? "text", { options } = asked;
	if (row.op.endsWith("empty")) return [];
	if (row.op === "within") return [within(row, told)];
	const one = (at: number): HTMLElement[] => {
		if (TIMES.includes(type)) return time(row, at, asked, told);
		if (NUMBERS.includes(type)) return [numberLine(row, at, told)];
		return [line(unquoted(row.values[at] ?? ""), (value) => {
			row.values[at] = value ? (["duration", "any", "id", "sequence"].includes(type) ? value : JSON.stringify(value)) : "";
			told();
		})];
	};
	if (row.op === "between") return [...one(0), element("span", "faint", text("filterTo")), ...one(1)];
	if (/^(not )?in$/.test(row.op)) {
		if (options) return [several(row, options, told)];
		return [line(row.values.map(unquoted).join(", "), (value) => {
			row.values = value.split(",").map((part) => part.trim()).filter(Boolean).map((part) => (NUMBERS.includes(type) || TIMES.includes(type) || type === "one" ? part : JSON.stringify(part)));
			told();
		})];
	}
	if (type === "bool" || options) {
		const values: [string, string][] = options ? [...options.options].map((option) => [option.value, option.text]) : [["true", text("filterYes")], ["false", text("filterNo")]];
		const now = unquoted(row.values[0] ?? "");
		if (!values.some(([key]) => key === now)) row.values = [quoted(values[0]?.[0] ?? "")];
		return [choice(values, unquoted(row.values[0]!), (value) => {
			row.values = [quoted(value)];
			told();
		})];
	}
	if ((type === "one" || type === "many") && /^(=|!=|(not )?contains)$/.test(row.op)) return record(row, asked, told);
	return one(0);
}
