// A button that copies what it names; where the browser does not let it, what is shown is marked.
import { action } from "./actions";
import { toast } from "./toast";

export function startCopyButtons(): void {
	action("copy", (button) => {
		const mark = () => {
			const shown = button.closest(".card")?.querySelector("[data-secret]");
			if (shown) getSelection()?.selectAllChildren(shown);
		};
		if (!navigator.clipboard) return mark();
		navigator.clipboard.writeText(button.dataset.copy ?? "").then(() => toast(button.dataset.copied ?? ""), mark);
	});
}
