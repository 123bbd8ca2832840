// The button and the chips that open the editor of the condition; it is loaded when one is about to press them.
const PRESSED = "#list .tools [popovertarget=filter-menu], #list .clause > button.chip";
const editor = () => import("../list-filter");

export function startFilter(goTo: (url: URL) => void): void {
	for (const kind of ["pointerover", "focusin"])
		document.addEventListener(kind, (event) => {
			if ((event.target as Element).closest?.(PRESSED)) void editor();
		});
	document.addEventListener("click", (event) => {
		const pressed = (event.target as Element).closest<HTMLElement>(PRESSED);
		if (!pressed) return;
		event.preventDefault(); // without scripts there is a menu
		const chips = [...document.querySelectorAll("#list .clause > button.chip")];
		void editor().then(({ openFilter }) => openFilter(Math.max(0, chips.indexOf(pressed)), goTo));
	});
}
