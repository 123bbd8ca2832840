// Texts of scripts come from the page, translated: <script> has none of its own.  They stand as
// attributes of <template id="texts" data-undo="Undo" …> in the layout.
export function text(name: string): string {
	return document.getElementById("texts")?.dataset[name] ?? name;
}
