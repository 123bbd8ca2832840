import { isKept } from "./device";
import { renew as renewPage } from "./keep";
import { startHere } from "./offline-here";
import { shared } from "./shared";
import { mark } from "./waiting";

// Kept on this device: shown on the button, and kept anew whenever it is looked at or changes.
export function startKeep(record: HTMLElement, refresh: () => Promise<boolean>): void {
	const here = shared("keep", () => ({ started: false }));
	if (here.started) return;
	here.started = true;
	startHere();
	const press = () => {
		const button = document.getElementById("keep");
		if (button) button.ariaPressed = String(isKept());
	};
	const renew = () => isKept() && navigator.onLine && void renewPage();
	press();
	mark();
	if (!document.documentElement.dataset.keptAt) renew();
	record.addEventListener("fresh", () => {
		press();
		mark();
		renew();
	});
	const back = () =>
		void refresh().then((ok) => {
			if (!ok) return;
			delete document.documentElement.dataset.keptAt;
			document.querySelector(".as-of")?.remove();
		});
	document.addEventListener("sent", back);
	document.addEventListener("connected", () => document.documentElement.dataset.keptAt && back());
}
