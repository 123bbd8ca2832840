// What stands in the controls of a form (templates/control.html), as the programming interface takes it.
export type Json = string | number | boolean | null | string[] | { [name: string]: string };

// "1.234,5" in German and "1,234.5" in English are 1234.5; what is no number stays as it is, for the server to refuse.
export function decimal(typed: string, lang = document.documentElement.lang): string {
	const text = typed.replaceAll(/[\s\u00a0\u202f%]/g, "");
	const [group, point] = lang === "de" ? [".", ","] : [",", "."];
	const parts = text.split(point);
	if (parts.length > 2) return typed;
	const whole = (parts[0] ?? "").split(group);
	// A point that does not stand before three digits was meant as the other one.
	if (whole.length === 2 && parts.length === 1 && whole[1]?.length !== 3) return `${whole[0]}.${whole[1]}`;
	const plain = whole.join("") + (parts.length > 1 ? `.${parts[1]}` : "");
	return /^[-+]?\d*\.?\d+$|^[-+]?\d+\.?$/.test(plain) ? plain : typed;
}

const CURRENCIES: Record<string, string> = { "€": "EUR", "$": "USD", "£": "GBP" };

export function money(typed: string, currency: string, lang?: string): Json {
	const sign = Object.keys(CURRENCIES).find((one) => typed.includes(one));
	const code = /[A-Za-z]{3}/.exec(typed)?.[0]?.toUpperCase();
	const amount = typed.replace(/[A-Za-z€$£]+/g, "").trim();
	return { amount: decimal(amount, lang), currency: code ?? (sign ? CURRENCIES[sign]! : currency || "EUR") };
}

// A moment by the clock of the person's zone, with its distance from UTC.
export function moment(local: string, zone: string): string {
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local)) return local;
	const wanted = Date.parse(`${local.slice(0, 16)}:00Z`);
	let at = wanted;
	// Twice, for the distance may change between the two.
	for (let i = 0; i < 2; i++) at = wanted - offset(at, zone);
	return new Date(at).toISOString();
}

function offset(at: number, zone: string): number {
	const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone || "UTC", hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
	const number = (type: string) => Number(parts.find((one) => one.type === type)?.value);
	return Date.UTC(number("year"), number("month") - 1, number("day"), number("hour"), number("minute"), number("second")) - at;
}

const ids = (text: string): string[] => [...text.matchAll(/#(\d+)/g)].map((one) => one[1]!);

const READ: Record<string, (text: string, control: HTMLElement) => Json> = {
	int: (text) => (/^[-+]?[\d.,\s]+$/.test(text) ? Number(text.replaceAll(/[.,\s]/g, "")) : text),
	decimal: (text) => decimal(text),
	percent: (text) => decimal(text),
	money: (text, control) => money(text, control.dataset.currency ?? ""),
	datetime: (text) => moment(text, document.documentElement.dataset.zone ?? ""),
	one: (text) => ids(text)[0] ?? text,
	many: (text) => ids(text),
	any: (text) => ({ object: text.split(":")[0] ?? "", id: text.split(":")[1] ?? "" }),
	tags: (text) => text.split(",").map((one) => one.trim()).filter(Boolean),
};

export const of = (type: string, text: string, control: HTMLElement): Json => READ[type]?.(text, control) ?? text;

export function valueOf(control: HTMLElement): Json {
	const type = control.dataset.type ?? "text";
	const boxes = [...control.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
	if (type === "bool") return boxes[0]?.checked ?? false;
	if (boxes.length) return boxes.filter((one) => one.checked).map((one) => one.value);
	const one = [...control.querySelectorAll<HTMLInputElement>("input, select, textarea")].find((other) => other.name && other.name !== "has");
	const text = (one?.value ?? "").trim();
	if (!text) return type === "tags" || type === "many" ? [] : null;
	return of(type, text, control);
}

// What stands in a control, as people read it.
export function shownOf(control: HTMLElement): string {
	const box = [...control.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
	if (box.length) return box.filter((one) => one.checked).map((one) => one.parentElement?.textContent?.trim() ?? "").join(", ");
	const select = control.querySelector("select");
	if (select) return select.selectedOptions[0]?.textContent ?? "";
	const tokens = [...control.querySelectorAll(".token")].map((one) => one.firstChild?.textContent ?? "");
	const line = control.querySelector<HTMLInputElement>("input:not([type=hidden]), textarea");
	return [...tokens, line?.value ?? ""].filter(Boolean).join(", ");
}

// All controls of a form, by the names of their fields.
export function valuesOf(form: ParentNode): Record<string, Json> {
	return Object.fromEntries([...form.querySelectorAll<HTMLElement>("[data-control]")].map((one) => [one.dataset.control ?? "", valueOf(one)]));
}
