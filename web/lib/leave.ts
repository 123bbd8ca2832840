// Signing out deletes what is kept on this device.  What has not been sent is not lost without a question.
import { sentAll, waitingAll } from "./device";
import { clear, dropOthers } from "./keep";
import { send } from "./send";
import { text } from "./text";

function ask(): Promise<boolean> {
	return new Promise((done) => {
		const dialog = document.createElement("dialog");
		const words = document.createElement("p");
		const line = document.createElement("div");
		let leaves = false;
		words.id = "leave-words";
		words.textContent = text("unsent");
		line.className = "actions";
		for (const [name, style] of [["stay", "primary"], ["leave", "danger"]] as const) {
			const button = document.createElement("button");
			button.type = "button";
			button.className = style;
			button.textContent = text(name);
			button.addEventListener("click", () => {
				leaves = name === "leave";
				dialog.close();
			});
			line.append(button);
		}
		dialog.className = "ask-leave";
		dialog.role = "alertdialog";
		dialog.setAttribute("aria-labelledby", words.id);
		dialog.append(words, line);
		dialog.addEventListener("close", () => {
			dialog.remove();
			done(leaves);
		});
		document.body.append(dialog);
		dialog.showModal();
	});
}

const isOpen = (): boolean => waitingAll().length > 0 || sentAll().some((one) => one.state === "conflict" || one.state === "refused");

// True: nothing is left here, and the person may go.
export async function leave(): Promise<boolean> {
	await send();
	if (isOpen() && !(await ask())) return false;
	await clear();
	await dropOthers();
	return true;
}
