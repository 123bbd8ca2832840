// Following the record, without another page.
import { refresh } from "./fresh";
import { text } from "./text";
import { toast } from "./toast";

async function send(form: HTMLFormElement): Promise<void> {
	const reply = await fetch(form.action, { method: "POST", redirect: "manual", body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>) }).catch(() => null);
	if (reply?.type !== "opaqueredirect") return toast(text("notSaved"), { bad: true });
	await refresh();
}

export function startFollow(record: HTMLElement): void {
	record.addEventListener("submit", (event) => {
		const form = event.target as HTMLFormElement;
		if (form.dataset.follow === undefined) return;
		event.preventDefault();
		void send(form);
	});
}
