// Quick create: C or + from anywhere.  The fields come from the server; while one types it tells of records that
// look the same.
import { action } from "./actions";
import { key } from "./keys";
import { text } from "./text";

const TYPING_MS = 250;

const kinds = (): HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>("#create-menu a[href]")];
const nameOf = (link: HTMLAnchorElement): string => link.pathname.split("/")[1] ?? "";

// The kind of record that this page is about, else the first that may be made.
function kindHere(): string {
	const here = location.pathname.split("/")[1];
	const all = kinds().map(nameOf);
	return all.find((one) => one === here) ?? all[0] ?? "";
}

function watchSame(form: HTMLFormElement): void {
	const place = form.querySelector(".same");
	let late: ReturnType<typeof setTimeout> | undefined;
	let asked = 0;
	const ask = async () => {
		const number = ++asked;
		const typed = [...form.querySelectorAll<HTMLInputElement>("input:not([type=hidden], [type=checkbox], [list])")].filter((one) => one.value.trim());
		const query = new URLSearchParams(typed.map((one) => [one.name, one.value.trim()]));
		const reply = typed.length ? await fetch(`${form.dataset.same}?${query}`) : null;
		const markup = reply?.ok ? await reply.text() : "";
		if (number === asked && place) place.innerHTML = markup;
	};
	form.addEventListener("input", () => {
		clearTimeout(late);
		late = setTimeout(() => void ask(), TYPING_MS);
	});
}

// The record that the page shows, as a link of the new one: a deal made on a party's page is that party's.
function linkHere(): string {
	const [object, id] = document.querySelector<HTMLElement>("main[data-record]")?.dataset.record?.split(".") ?? [];
	return object && id ? `?${new URLSearchParams({ [object]: id })}` : "";
}

async function fill(dialog: HTMLDialogElement, kind: string): Promise<void> {
	const reply = await fetch(`/quick/${kind}${linkHere()}`);
	const place = dialog.querySelector<HTMLElement>(".quick-form");
	if (!reply.ok || !place) return location.assign(`/${kind}/new`);
	place.innerHTML = await reply.text();
	const form = place.querySelector("form");
	const more = document.createElement("a");
	more.className = "button bare";
	more.href = `/${kind}/new${linkHere()}`;
	more.textContent = text("fields");
	form?.querySelector("footer")?.prepend(more);
	if (form) watchSame(form);
	form?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
}

function open(kind: string): void {
	const dialog = document.querySelector<HTMLDialogElement>("#quick");
	const select = dialog?.querySelector("select");
	if (!dialog || !select || !kind) return;
	select.replaceChildren(...kinds().map((link) => new Option(link.textContent?.trim(), nameOf(link), false, nameOf(link) === kind)));
	select.value = kind;
	select.onchange = () => void fill(dialog, select.value);
	document.querySelector<HTMLElement>("#create-menu")?.hidePopover();
	dialog.showModal();
	void fill(dialog, kind);
}

export function startQuick(): void {
	const dialog = document.querySelector<HTMLDialogElement>("#quick");
	if (!dialog || !kinds().length) return;
	action("quick-close", () => dialog.close());
	key("c", text("new"), () => open(kindHere()));
	key("+", text("new"), () => open(kindHere()));
	document.getElementById("create-menu")?.addEventListener("click", (event) => {
		const link = (event.target as Element).closest("a");
		if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		open(nameOf(link));
	});
}
