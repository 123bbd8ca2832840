// Texts of scripts come from the page, translated: <script> has none of its own.  They stand as
// attributes of <template id="texts" data-undo="Undo" …> in the layout, and of <template class="texts" …>
// of a page that has more to say.
export function text(name: string): string {
	for (const one of document.querySelectorAll<HTMLElement>("template#texts, template.texts")) {
		const found = one.dataset[name];
		if (found !== undefined) return found;
	}
	return name;
}
