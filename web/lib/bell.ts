// The bell: how many notifications are unread, and the newest of them.
import { api } from "./api";
import { onNotices } from "./live";
import { text } from "./text";

const MANY = 99;
let told = -1; // what was said last

const menu = (): HTMLElement | null => document.getElementById("bell-menu");

function show(unread: number): void {
	const badge = document.getElementById("unread");
	const bell = document.getElementById("bell");
	const said = document.getElementById("bell-said");
	if (!badge || !bell) return;
	badge.hidden = unread === 0;
	badge.textContent = unread > MANY ? `${MANY}+` : String(unread);
	const words = unread ? `${text("unread")}: ${badge.textContent}` : "";
	bell.title = words;
	// Only what comes anew is worth a word.
	if (said) said.textContent = told >= 0 && unread > told ? words : "";
	if (told >= 0 && unread !== told && menu()?.matches(":popover-open")) void fill();
	told = unread;
}

async function fill(): Promise<void> {
	const reply = await fetch("/notifications?part=1", { headers: { accept: "text/html" } }).catch(() => null);
	const place = menu();
	if (reply?.ok && place) place.innerHTML = await reply.text();
}

async function open(): Promise<void> {
	await fill();
	menu()?.showPopover();
	menu()?.querySelector<HTMLElement>("a, button")?.focus();
}

// A form of the panel: what it does is seen at once, without another page.
async function send(form: HTMLFormElement): Promise<void> {
	const at = [...(menu()?.querySelectorAll("form") ?? [])].indexOf(form);
	await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) }).catch(() => null);
	await fill();
	const buttons = menu()?.querySelectorAll<HTMLElement>("form button");
	(buttons?.[Math.min(Math.max(at, 0), buttons.length - 1)] ?? menu()?.querySelector<HTMLElement>("a"))?.focus();
}

export function startBell(): void {
	const bell = document.getElementById("bell");
	if (!bell) return;
	bell.ariaHasPopup = "dialog";
	bell.addEventListener("click", (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		if (menu()?.matches(":popover-open")) menu()?.hidePopover();
		else void open();
	});
	menu()?.addEventListener("submit", (event) => {
		event.preventDefault();
		void send(event.target as HTMLFormElement);
	});
	// Who goes where a notification leads has read it.
	document.addEventListener("click", (event) => {
		const link = (event.target as Element).closest<HTMLElement>("a[data-notice]");
		if (link) void api("PATCH", `/api/v1/notifications/${link.dataset.notice}`, { read: true }, {}, true);
	});
	onNotices(show);
}
