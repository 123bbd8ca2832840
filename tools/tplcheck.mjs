#!/usr/bin/env node
// What templates may not do.   tools/tplcheck.mjs FILE…   ends with 1 on a finding.
//   {{{x}}} and {{&x}} only for names that end in _html (text files: anywhere)
//   no script or style in the page, no style= and on…= attributes, no javascript: address
//   an address is one {{name}} or a literal, never put together
//   every visible text, and every attribute that is read out, stands inside {{#t}}…{{/t}}
import fs from "node:fs";

const URL_ATTRIBUTES = /^(href|src|action|formaction|poster|srcset|hx-(get|post|put|patch|delete))$/;
const TEXT_ATTRIBUTES = /^(title|placeholder|alt|label|aria-(label|description|roledescription|valuetext))$/;
// Names of the product and of formats are the same in every language.
const NAMES = /\b(Kontor|CSV|XLSX|JSON|PDF|OpenAPI|iCalendar|vCard)\b/g;

let bad = false;
let file, source;

function wrong(at, text) {
	const before = source.slice(0, at);
	const line = before.split("\n").length;
	console.log(`${file}:${line}: ${text}`);
	bad = true;
}

// Blanks in place of what is cut out, so that positions stay.
const blank = (s) => s.replace(/[^\n]/g, " ");

// Text inside {{#t}}…{{/t}} and all other Mustache tags are not text to be translated.
const withoutMustache = (s) =>
	s.replace(/\{\{#t\}\}[^]*?\{\{\/t\}\}/g, blank)
		.replace(/\{\{\{[^]*?\}\}\}/g, blank)
		.replace(/\{\{[^]*?\}\}/g, blank);

const hasWords = (s) => /\p{L}{2,}|\p{L}/u.test(s.replace(NAMES, "").replace(/&[a-z]+;|&#\d+;/g, ""));

function mustache() {
	for (const m of source.matchAll(/\{\{(\{|&)\s*([^}\s]*)\s*\}?\}\}/g))
		if (!/_html$/.test(m[2]) && m[2] !== "_html")
			wrong(m.index, `{{{${m[2]}}}} is not escaped; only names that end in _html may be`);
	const open = [];
	for (const m of source.matchAll(/\{\{\s*([#^<$/])\s*([^}\s]*)\s*\}\}/g)) {
		if (m[1] !== "/") open.push([m[2], m.index]);
		else if (!open.length || open.pop()[0] !== m[2]) return wrong(m.index, `{{/${m[2]}}} closes nothing that is open`);
	}
	for (const [name, at] of open) wrong(at, `{{#${name}}} is not closed`);
}

function attributes(tag, at) {
	const name = /^<\s*([a-z0-9-]+)/i.exec(tag)?.[1].toLowerCase();
	if (name === "style") wrong(at, "<style>: put it into web/*.css");
	if (name === "script" && !/\ssrc\s*=/.test(tag)) wrong(at, "<script> without src: put it into web/*.ts");
	for (const m of tag.matchAll(/\s([a-zA-Z:@-][\w:.-]*)\s*=\s*("([^"]*)"|'([^']*)'|(\{\{[^}]*\}\}|[^\s>"']+))/g)) {
		const attribute = m[1].toLowerCase();
		const value = m[3] ?? m[4] ?? m[5];
		const place = at + m.index + 1;
		if (attribute === "style") wrong(place, "style=: put it into web/*.css");
		if (/^on|^hx-on|^hx-vals/.test(attribute)) wrong(place, `${attribute}=: scripts live in web/*.ts`);
		if (URL_ATTRIBUTES.test(attribute)) {
			if (/^\s*(javascript|data|vbscript):/i.test(value)) wrong(place, `${attribute}=: no such address`);
			// An icon is a name within the one sprite.
			if (/^\{\{icons_url\}\}#([\w-]+|\{\{icon\}\})$/.test(value)) continue;
			const outside = value.replace(/\{\{[#^/][^}]*\}\}/g, "");
			if (/\{\{/.test(outside) && !/^\s*\{\{[^{][^}]*\}\}\s*$/.test(outside))
				wrong(place, `${attribute}="${value}": an address comes whole from the program: {{url}}`);
		}
		const spoken = TEXT_ATTRIBUTES.test(attribute) ||
			(attribute === "value" && name === "input" && /type\s*=\s*["']?(submit|button|reset)/i.test(tag));
		if (spoken && hasWords(withoutMustache(value)))
			wrong(place, `${attribute}="${value}": put the text inside {{#t}}…{{/t}}`);
	}
}

function html() {
	let rest = source.replace(/\{\{![^]*?\}\}/g, blank).replace(/<!--[^]*?-->/g, blank);
	const tags = /<(script|style)\b[^>]*>[^]*?<\/\1\s*>|<\/?[a-zA-Z!](?:"[^"]*"|'[^']*'|\{\{[^]*?\}\}|[^'">])*>/gi;
	for (const m of rest.matchAll(tags)) {
		if (/^<(script|style)\b/i.test(m[0]) && /<\/(script|style)\s*>$/i.test(m[0])) {
			const [, head, body] = /^(<[^>]*>)([^]*?)<\/\w+\s*>$/.exec(m[0]);
			attributes(head, m.index);
			if (body.trim() && /\ssrc\s*=/.test(head)) wrong(m.index, "a script with src has no text of its own");
		} else attributes(m[0], m.index);
	}
	rest = withoutMustache(rest).replace(tags, blank);
	// A tag that stood partly inside a section is whole only now.
	rest = rest.replace(/<\/?[a-zA-Z!](?:"[^"]*"|'[^']*'|[^'">])*>/g, blank);
	for (const m of rest.matchAll(/[^\s][^\n]*/g))
		if (hasWords(m[0])) wrong(m.index, `"${m[0].trim()}": put the text inside {{#t}}…{{/t}}`);
}

for (file of process.argv.slice(2)) {
	source = fs.readFileSync(file, "utf8");
	if (/\.txt$/.test(file)) continue; // nothing to escape, nothing to run
	mustache();
	html();
}
process.exit(bad ? 1 : 0);
