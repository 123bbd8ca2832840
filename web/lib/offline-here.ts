// On every page: what is kept here belongs to the person who is signed in; what waits is sent as soon as the server
// can be reached.  The work itself is loaded where there is some (web/offline.ts).
import { canKeep, keptAll, me, moment, sentAll, waitingAll } from "./device";
import { leave as mayLeave } from "./leave";
import { dropOthers } from "./keep";
import { send as sendAll } from "./send";
import { shared } from "./shared";
import { text } from "./text";

function others(): boolean {
	try {
		return Object.keys(localStorage).some((one) => one.startsWith("kept:") && one !== `kept:${me()}`);
	} catch {
		return false;
	}
}

function asOf(): void {
	const at = Number(document.documentElement.dataset.keptAt);
	if (!at || document.getElementById("offline-page")) return;
	const line = document.createElement("p");
	line.className = "as-of";
	line.role = "status";
	line.textContent = `${text("asOf")}: ${moment(at)}`;
	document.getElementById("main")?.prepend(line);
}

const hasWork = (): boolean => keptAll().length + waitingAll().length + sentAll().length > 0;

async function leave(form: HTMLFormElement): Promise<void> {
	if (await mayLeave()) form.submit();
}

export function startHere(): void {
	const link = document.querySelector<HTMLElement>("#offline a");
	const here = shared("offline", () => ({ started: false }));
	if (!canKeep() || here.started) return;
	here.started = true;
	asOf();
	const send = () => {
		if (link) link.hidden = !hasWork();
		if (waitingAll().length) void sendAll();
	};
	const look = () => {
		if (others()) void dropOthers();
		send();
	};
	if (document.readyState === "complete") look();
	else addEventListener("load", look);
	addEventListener("online", send);
	addEventListener("offline", send);
	document.addEventListener("connected", send);
	document.querySelector<HTMLFormElement>('form[action="/sign-out"]')?.addEventListener("submit", (event) => {
		if (!hasWork() && !others()) return;
		event.preventDefault();
		void leave(event.target as HTMLFormElement);
	});
}
