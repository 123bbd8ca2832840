// Words are looked for while one types; where they stand is marked.
import type { Rows } from "./grid-rows";

const WAIT_MS = 180;

export const plain = (text: string): string => text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss");

export function startFind(goTo: (url: URL) => void): void {
	const field = document.querySelector<HTMLInputElement>("#find");
	let waiting: ReturnType<typeof setTimeout> | undefined;
	const find = () => {
		const url = new URL(location.href), words = field?.value.trim() ?? "";
		if (words === (url.searchParams.get("q") ?? "")) return;
		if (words) url.searchParams.set("q", words);
		else url.searchParams.delete("q");
		url.searchParams.delete("after");
		goTo(url);
	};
	field?.addEventListener("input", () => {
		clearTimeout(waiting);
		waiting = setTimeout(find, WAIT_MS);
	});
	field?.form?.addEventListener("submit", (event) => {
		event.preventDefault();
		clearTimeout(waiting);
		find();
	});
}

// Letter by letter, so that "muller" is found in "Müller" where it stands.
function placeOf(text: string, word: string): [number, number] | undefined {
	for (let from = 0; from < text.length; from++) {
		let folded = "";
		for (let to = from; to < text.length && folded.length < word.length; to++) {
			folded += plain(text[to] ?? "");
			if (folded === word) return [from, to + 1];
			if (!word.startsWith(folded)) break;
		}
	}
	return undefined;
}

function markIn(node: Text, words: string[]): void {
	for (const word of words) {
		const place = placeOf(node.data, word);
		if (!place) continue;
		const hit = node.splitText(place[0]), rest = hit.splitText(place[1] - place[0]);
		const mark = document.createElement("mark");
		hit.replaceWith(mark);
		mark.append(hit);
		markIn(rest, words);
		return;
	}
}

export function startHits(rows: Rows): void {
	const words = plain(new URL(location.href).searchParams.get("q") ?? "").split(/\s+/).filter(Boolean);
	if (!words.length) return;
	rows.each((row) => {
		if (row.dataset.hits) return;
		row.dataset.hits = "1";
		const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
		const texts: Text[] = [];
		while (walker.nextNode()) texts.push(walker.currentNode as Text);
		for (const text of texts) if (text.data.trim()) markIn(text, words);
	});
}
