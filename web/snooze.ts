// A task is put off from its row in a list: the menu stands once on the page.
import { action } from "./lib/actions";
import { api, why } from "./lib/api";
import { listChanged } from "./lib/bulk-bar";
import { text } from "./lib/text";
import { toast } from "./lib/toast";
import { changed } from "./lib/undo";

export function startSnooze(): void {
	const menu = (): HTMLElement | null => document.getElementById("snooze-menu");
	let url = "", title = "";
	action("snooze", (button) => {
		url = button.dataset.url ?? "";
		title = button.dataset.title ?? "";
		(menu() as (HTMLElement & { showPopover(options?: { source: HTMLElement }): void }) | null)?.showPopover({ source: button });
		menu()?.querySelector("button")?.focus();
	});
	document.addEventListener("submit", (event) => {
		const form = event.target as HTMLFormElement;
		if (!form.closest("#snooze-menu") || !url) return;
		event.preventDefault();
		const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
		const to = button?.name === "to" ? button.value : (form.querySelector<HTMLInputElement>("input[type=date]")?.value ?? "");
		menu()?.hidePopover();
		void api("POST", `/api/v1${url}`, { to }).then((reply) => {
			if (!reply.ok) return toast(why(reply, text("notSaved")), { bad: true });
			changed(reply.changeset, `${title}: ${text("putOff")}`);
			listChanged();
		});
	});
}
