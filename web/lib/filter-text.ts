// The condition language as a tree that can be edited: what can be shown as "field, comparison, value" is a
// row, groups nest; all else stays the text that it is.
export interface Row {
	kind: "row";
	path: string;
	op: string;
	values: string[]; // as the language writes them
}
export interface Text {
	kind: "text";
	text: string;
}
export type Mode = "all" | "any" | "none";
export interface Group {
	kind: "group";
	mode: Mode;
	parts: Part[];
}
export type Part = Row | Text | Group;

// Words outside of quotes and parentheses, with their places.
function words(text: string): { word: string; at: number }[] {
	const found: { word: string; at: number }[] = [];
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const sign = text[at]!;
		if (sign === '"') for (at++; at < text.length && text[at] !== '"'; at++) at += text[at] === "\\" ? 1 : 0;
		else if (sign === "(") depth++;
		else if (sign === ")") depth--;
		else if (!depth && /\w/.test(sign)) {
			const word = /^\w+/.exec(text.slice(at))![0];
			found.push({ word: word.toLowerCase(), at });
			at += word.length - 1;
		}
	}
	return found;
}

function split(text: string, by: "and" | "or"): string[] {
	const parts: string[] = [];
	let from = 0, between = false;
	for (const { word, at } of words(text)) {
		if (word === "between") between = true;
		else if (word === by && between && by === "and") between = false;
		else if (word === by) {
			parts.push(text.slice(from, at).trim());
			from = at + by.length;
		}
	}
	return [...parts, text.slice(from).trim()];
}

// Parentheses around all of it.
function bare(text: string): string {
	let inner = text.trim();
	for (;;) {
		if (!inner.startsWith("(") || !inner.endsWith(")")) return inner;
		let depth = 0;
		for (let at = 0; at < inner.length; at++) {
			if (inner[at] === '"') for (at++; at < inner.length && inner[at] !== '"'; at++) at += inner[at] === "\\" ? 1 : 0;
			else if (inner[at] === "(") depth++;
			else if (inner[at] === ")" && --depth === 0 && at < inner.length - 1) return inner;
		}
		inner = inner.slice(1, -1).trim();
	}
}

// Values with commas between.
function list(text: string): string[] {
	const parts: string[] = [];
	let from = 0;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === '"') for (at++; at < text.length && text[at] !== '"'; at++) at += text[at] === "\\" ? 1 : 0;
		else if (text[at] === ",") {
			parts.push(text.slice(from, at).trim());
			from = at + 1;
		}
	}
	return [...parts, text.slice(from).trim()].filter(Boolean);
}

const PATH = "([a-z_]\\w*(?:\\.[a-z_]\\w*)*)";
const LEAVES: [RegExp, (found: string[]) => [string, string[]]][] = [
	[new RegExp(`^${PATH} is (not )?empty$`), (found) => [`is ${found[2] ?? ""}empty`, []]],
	[new RegExp(`^${PATH} (!=|<=|>=|=|<|>) (.+)$`, "s"), (found) => [found[2]!, [found[3]!]]],
	[new RegExp(`^${PATH} (not )?in \\((.*)\\)$`, "s"), (found) => [`${found[2] ?? ""}in`, list(found[3]!)]],
	[new RegExp(`^${PATH} between (.+) and (.+)$`, "s"), (found) => ["between", [found[2]!, found[3]!]]],
	[new RegExp(`^${PATH} (not )?(like|starts|contains|within) (.+)$`, "s"), (found) => [`${found[2] ?? ""}${found[3]}`, [found[4]!]]],
];

function leaf(text: string, knows: (path: string, op: string) => boolean): Part {
	for (const [pattern, read] of LEAVES) {
		const found = pattern.exec(text);
		if (!found) continue;
		const [op, values] = read(found as unknown as string[]);
		if (knows(found[1]!, op)) return { kind: "row", path: found[1]!, op, values };
	}
	return { kind: "text", text };
}

function partOf(text: string, knows: (path: string, op: string) => boolean): Part {
	const plain = bare(text);
	for (const [by, mode] of [["or", "any"], ["and", "all"]] as const) {
		const parts = split(plain, by);
		if (parts.length > 1) return { kind: "group", mode, parts: parts.map((one) => partOf(one, knows)) };
	}
	if (/^not\s*\(/.test(plain)) {
		const inner = plain.slice(3).trim();
		if (bare(inner) !== inner) {
			const part = partOf(inner, knows);
			if (part.kind === "group" && part.mode === "any") return { ...part, mode: "none" };
		}
	}
	return leaf(plain, knows);
}

export function parse(text: string, knows: (path: string, op: string) => boolean): Group {
	if (!text.trim()) return { kind: "group", mode: "all", parts: [] };
	const part = partOf(text, knows);
	return part.kind === "group" && part.mode !== "none" ? part : { kind: "group", mode: "all", parts: [part] };
}

// Nothing for what is not complete.
export function print(part: Part): string {
	if (part.kind === "text") return part.text.trim();
	if (part.kind === "row") {
		if (part.op.endsWith("empty")) return `${part.path} ${part.op}`;
		if (!part.values.length || part.values.some((one) => !one) || (part.op === "between" && part.values.length < 2)) return "";
		if (part.op.endsWith("in") && part.op !== "within") return `${part.path} ${part.op} (${part.values.join(", ")})`;
		return `${part.path} ${part.op} ${part.values.join(" and ")}`;
	}
	const parts = part.parts.map((one) => ({ one, text: print(one) })).filter(({ text }) => text);
	const joined = parts.map(({ one, text }) => (parts.length > 1 && needsParentheses(one, text, part.mode) ? `(${text})` : text)).join(part.mode === "all" ? " and " : " or ");
	return part.mode === "none" && joined ? `not (${joined})` : joined;
}

function needsParentheses(part: Part, text: string, inside: Mode): boolean {
	if (part.kind === "row") return false;
	return inside === "all" && split(text, "or").length > 1;
}

export const quoted = (text: string): string => (/^[a-z0-9_]+$/.test(text) && !["and", "or", "where", "not"].includes(text) && !/^\d/.test(text) ? text : JSON.stringify(text));

export function unquoted(literal: string): string {
	if (!literal.startsWith('"')) return literal;
	try {
		return JSON.parse(literal) as string;
	} catch {
		return literal;
	}
}
