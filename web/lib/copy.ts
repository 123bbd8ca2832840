// An address or a number: the first click copies it, a second one writes or calls.
import { text } from "./text";
import { toast } from "./toast";

const AGAIN_MS = 8_000;

export function startCopy(): void {
	let last: string | undefined;
	let at = 0;
	document.getElementById("record")?.addEventListener("click", (event) => {
		const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-copy]");
		if (!link || !navigator.clipboard) return;
		if (link.href === last && event.timeStamp - at < AGAIN_MS) return;
		event.preventDefault();
		last = link.href;
		at = event.timeStamp;
		navigator.clipboard.writeText(link.dataset.copy ?? "").then(
			() => toast(`${link.dataset.copy}: ${text(link.protocol === "tel:" ? "copiedCall" : "copiedWrite")}`),
			() => location.assign(link.href),
		);
	});
}
