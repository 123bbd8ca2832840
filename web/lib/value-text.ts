// What somebody wrote in words, as the programming interface takes it: names of options and records, days and numbers
// as they stand in the person's language.
import { api } from "./api";
import { type Json, of } from "./value";

const YES = /^(1|x|ja|yes|true|wahr|✓)$/i;
const plain = (words: string): string => words.trim().toLowerCase();

// "31.12.2026", "31 Dec 2026" or "2026-12-31", and the time behind a comma; what is no day stays as it is.
export function day(words: string): string {
	const [date = "", time = ""] = words.split(/,\s*|T/);
	const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(date.trim()), english = /^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/.exec(date.trim());
	const month = english && "janfebmaraprmayjunjulaugsepoctnovdec".indexOf(english[2]!.toLowerCase()) / 3 + 1;
	const parts = german ? [german[3], german[2], german[1]] : english && Number.isInteger(month) && month! > 0 ? [english[3], String(month), english[1]] : null;
	if (!parts) return words;
	const iso = parts.map((part) => part!.padStart(2, "0")).join("-");
	return time ? `${iso}T${time.trim().padStart(5, "0")}` : iso;
}

async function idOf(control: HTMLElement, words: string): Promise<string> {
	const line = control.querySelector<HTMLInputElement>("[data-lookup]"), { lookup = "", title = "" } = line?.dataset ?? {};
	const number = /#(\d+)\)?$/.exec(words)?.[1];
	if (number || !lookup || !title) return number ?? words;
	const query = new URLSearchParams({ where: `${title} = ${JSON.stringify(words)}`, limit: "2", fields: "id" });
	const reply = await api("GET", `/api/v1/${lookup}?${query}`);
	const items: { id: string }[] = reply.ok ? reply.body.items : [];
	return items.length === 1 ? items[0]!.id : words;
}

function optionOf(control: HTMLElement, words: string): string {
	const options = [...control.querySelectorAll("option")], boxes = [...control.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
	const option = options.find((one) => plain(one.text) === plain(words)), box = boxes.find((one) => plain(one.parentElement?.textContent ?? "") === plain(words));
	return option?.value ?? box?.value ?? words;
}

const parts = (words: string): string[] => words.split(/[;,]/).map((one) => one.trim()).filter(Boolean);

export async function read(control: HTMLElement, words: string): Promise<Json> {
	const type = control.dataset.type ?? "text";
	if (type === "bool") return YES.test(words);
	if (!words) return type === "tags" || type === "many" ? [] : null;
	if (type === "one") return idOf(control, words);
	if (type === "many") return Promise.all(parts(words).map((one) => idOf(control, one)));
	if (type === "tags") return parts(words).map((one) => optionOf(control, one));
	if (type === "date" || type === "datetime") return of(type, day(words), control);
	if (control.querySelector("select")) return optionOf(control, words);
	return of(type, words, control);
}
