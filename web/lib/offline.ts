// What is kept on this device, and what waits to be sent: loaded only where there is some.
import { text } from "./text";

export const work = () => import("../offline");

export function isKeptHere(): boolean {
	try {
		return localStorage.getItem(`kept:${text("me")}`)?.includes(`"${location.pathname}"`) ?? false;
	} catch {
		return false;
	}
}
export const whenKept = async () => (isKeptHere() ? work() : null);

export function startOffline(): void {
	addEventListener("load", () => {
		if (Object.keys(localStorage).some((one) => /^(kept|waiting|sent):/.test(one))) void work().then((one) => one.startHere());
	});
}
