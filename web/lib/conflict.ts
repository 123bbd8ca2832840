// Two people changed the same field: mine, theirs, or what was there before both.
import { text } from "./text";

export interface Clash {
	label: string;
	mine: string;
	theirs: string;
	original: string;
}
export type Choice = "mine" | "theirs" | "original";

export function choose(clash: Clash): Promise<Choice> {
	return new Promise((done) => {
		const dialog = document.createElement("dialog");
		const head = document.createElement("header");
		const title = document.createElement("h2");
		const body = document.createElement("div");
		let choice: Choice = "theirs";
		title.id = "clash-title";
		title.textContent = `${clash.label}: ${text("clash")}`;
		head.append(title);
		body.className = "body clash";
		for (const which of ["mine", "theirs", "original"] as const) {
			const button = document.createElement("button");
			const name = document.createElement("span");
			const value = document.createElement("strong");
			name.textContent = text(`clash-${which}`.replace(/-(.)/, (_, letter: string) => letter.toUpperCase()));
			value.textContent = clash[which] || "–";
			button.type = "button";
			button.dataset.choice = which;
			button.append(name, value);
			button.addEventListener("click", () => {
				choice = which;
				dialog.close();
			});
			body.append(button);
		}
		dialog.setAttribute("aria-labelledby", "clash-title");
		dialog.append(head, body);
		dialog.addEventListener("close", () => {
			dialog.remove();
			done(choice);
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}
