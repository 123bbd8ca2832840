// An import that is under way: how far it is; the page comes anew when it has come to its end.
import { api } from "./api";

const LOOK_MS = 500;

interface Import {
	state: string;
	done: number;
	total: number;
}

async function look(part: HTMLElement): Promise<void> {
	const reply = await api("GET", part.dataset.import ?? "");
	const now = reply.body as Import | null;
	const bar = part.querySelector("progress"), line = part.querySelector<HTMLElement>("[data-so-far]");
	if (reply.ok && now && now.state !== part.dataset.state) return location.reload();
	if (reply.ok && now && bar?.hasAttribute("value")) bar.value = now.done;
	if (reply.ok && now && line) line.textContent = (line.dataset.soFar ?? "").replace("%1", String(now.done)).replace("%2", String(now.total));
	setTimeout(() => void look(part), LOOK_MS);
}

export function startImport(): void {
	const part = document.querySelector<HTMLElement>("[data-import]");
	if (part) setTimeout(() => void look(part), LOOK_MS);
}
