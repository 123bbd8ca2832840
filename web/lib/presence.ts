// Who else looks at this record: a picture of each beside the actions.
import { onPresence } from "./live";
import { text } from "./text";

const SHOWN_MAX = 4;

const initials = (name: string): string => {
	const words = name.split(/\s+/).filter(Boolean);
	return [...new Set([words[0], words.at(-1)])].map((word) => [...(word ?? "")][0] ?? "").join("");
};

export function startPresence(): void {
	onPresence((persons) => {
		const place = document.getElementById("presence");
		if (!place) return;
		place.dataset.busy = "";
		place.replaceChildren(...persons.slice(0, SHOWN_MAX).map((one) => {
			const avatar = document.createElement("span");
			avatar.className = "avatar";
			avatar.role = "img";
			avatar.dataset.initials = initials(one.name);
			avatar.title = `${one.name}: ${text("looking")}`;
			avatar.ariaLabel = avatar.title;
			return avatar;
		}));
		if (persons.length > SHOWN_MAX) place.append(` +${persons.length - SHOWN_MAX}`);
	});
}
