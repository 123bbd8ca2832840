// The script of a record: its page and its form.
import { startCopy } from "./lib/copy";
import { startCompose } from "./lib/compose";
import { startDrafts } from "./lib/draft";
import { startEdit } from "./lib/edit";
import { refresh } from "./lib/fresh";
import { lookups } from "./lib/lookup";
import { again, onUndone } from "./lib/undo";

lookups(document);
startDrafts();
if (document.getElementById("record")) {
	startEdit();
	startCompose();
	startCopy();
	onUndone(() => void refresh().then((ok) => ok || again("")));
}
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-take]"))
	button.addEventListener("click", () => {
		const control = button.closest<HTMLElement>("[data-control]");
		const one = [...(control?.querySelectorAll<HTMLInputElement>("input, select, textarea") ?? [])].find((other) => other.name && other.name !== "has");
		if (!one) return;
		one.value = button.dataset.take ?? "";
		one.dispatchEvent(new Event("set"));
		button.closest("p")?.remove();
	});
