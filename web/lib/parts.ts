// Small parts that scripts build their dialogs from.
export const number = (n: number): string => new Intl.NumberFormat(document.documentElement.lang).format(n);

export function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", content = ""): HTMLElementTagNameMap[K] {
	const one = document.createElement(name);
	if (className) one.className = className;
	if (content) one.textContent = content;
	return one;
}

export function button(label: string, className: string, run: () => void): HTMLButtonElement {
	const one = element("button", className, label);
	one.type = "button";
	one.addEventListener("click", run);
	return one;
}
