// Texts that mean harm, in every text of every object: nothing of them runs, nothing of them breaks a page,
// nothing is lost of them, and the browser's policy has nothing to stop.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { readModel, SHIPPED } from "../http/matrix.mjs";
import { browse } from "./browser.mjs";

const ZALGO = [..."Müller"].map((letter) => letter + "\u0300\u0316\u033f\u0489".repeat(6)).join("");
// What a page would show had it taken the text for markup.
const RUN = "window.struck=1";
const TEXTS = [
	// markup
	`<script>${RUN}</script>`, `<struck>x</struck>`, `"><script>${RUN}</script>`, `'><struck>`, `</textarea><struck>x`, `</title><struck>x`, `</script><script>${RUN}</script>`,
	`</style><struck>`, `<!--<struck>`, `--><struck>`, `]]><struck>`, `<![CDATA[<struck>]]>`, `<img src=x onerror=${RUN}>`, `<svg/onload=${RUN}>`, `<svg><script>${RUN}</script></svg>`,
	`<iframe srcdoc="<script>parent.struck=1</script>">`, `<math><mi xlink:href="javascript:${RUN}">`, `<a href="javascript:${RUN}">x</a>`, `<base href="//struck.example/">`, `<meta http-equiv=refresh content="0;url=/sign-in">`,
	`<form action=/sign-out method=post><button autofocus>x`, `<input name=csrf value=x>`, `<template><struck></template>`, `<noscript><p title="</noscript><struck>">`, `<link rel=stylesheet href=//struck.example>`,
	// values of attributes
	`" onmouseover="${RUN}`, `' onfocus='${RUN}' autofocus='`, `" data-struck="1`, "` onload=`x", `x" style="position:fixed;inset:0`, `javascript:${RUN}`, `data:text/html,<script>${RUN}</script>`, `//struck.example/x`,
	// what other layers take for theirs
	`{{struck}} {{{struck}}} {{>layout}} {{#struck}}`, "${7*7} #{7*7} <%= 7*7 %>", `%s%n%x%p`, `'; DROP TABLE party; --`, `" OR ""="`, `a AND b* NEAR("c", 2) OR *`, `=cmd|'/C calc'!A0`, `@SUM(1+1)*cmd`, `../../../../etc/passwd`, `[x](javascript:${RUN})`, `![x](x "onerror=${RUN}")`,
	`&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;struck&#62; &amp;amp;`, `\\u003cstruck\\u003e \\x3cstruck\\x3e`, `null`, `Set-Cookie: a=b\r\n\r\n<struck>`,
	// letters
	`\u202eevil.exe\u202c \u2066x\u2069 \u200f`, `a\u200b\u200d\u2060\ufeffb`, ZALGO, `👩‍👩‍👧‍👦🏴‍☠️🇩🇪👍🏽`, `ﷺ שלום مرحبا हिन्दी ไทย 漢字 𝒳`, `İstanbul ıi ﬀ ß ẞ Å Å`, `\u2028line\u2029paragraph\u0085next`, `a\tb\u0001c\u001bd\u007fe`, `zero\u0000byte`,
	"W".repeat(10_000), "hyphen-".repeat(1_400),
];
assert.equal(TEXTS.length, 60);

const kontor = await start({ rate_per_minute: -1 }, { demo: 3 });
const token = await kontor.token("hostile");
const model = readModel(kontor.cli(["model"]).out);
const TYPES = ["text", "longtext", "email", "phone", "url", "tags"];
// What a record cannot be without, besides its texts.
const NEEDS = { user: (i) => ({ login: `struck-${i}` }), role: (i) => ({ name: `struck_${i}` }) };
const made = new Map(); // object → ids, one for each text that it took

// A text of one line keeps no ends of lines, and what stands at its ends is no part of it.
const kept = (type, text) => text.replace(/\r\n/g, "\n").replace(/[\n\t]/g, (one) => (type === "text" ? " " : one)).replace(/^[ \n\t]+|[ \n\t]+$/g, "");

// As many characters: half of one is no text.
const first = (text, n) => [...text].slice(0, n).join("");

// A field that refuses a text says so, and the record is made without it.
async function make(object, fields, text, i) {
	const body = { ...Object.fromEntries(fields.map(({ name, type, most }) => [name, type === "tags" ? [first(text, 40)] : first(text, most)])), ...NEEDS[object.name]?.(i) };
	for (;;) {
		const reply = await kontor.api("POST", `/api/v1/${object.name}`, { token, body });
		if (reply.status === 201) return { reply, body };
		if (text.includes("\0")) {
			assert.match(reply.body.detail, /line 1, column \d+: a NUL character/);
			return {};
		}
		assert.equal(reply.status, 422, `${object.name}: ${JSON.stringify(text).slice(0, 80)}: ${reply.text}`);
		const bad = reply.body.errors.map(({ field }) => field.split(/[.[]/)[0]);
		assert.ok(bad.length && bad.every((name) => name in body), reply.text);
		for (const name of bad) delete body[name];
		if (!fields.some(({ name }) => name in body)) return {};
	}
}

test("each text is kept as it was sent, or refused by name", async () => {
	for (const name of SHIPPED) {
		const object = model.objects.get(name);
		const fields = [...object.fields.values()].filter(({ type }) => TYPES.includes(type)).map(({ name, type, words }) => ({ name, type, most: Number(words.find((word) => word.startsWith("max="))?.slice(4) ?? 20_000) }));
		const ids = [];
		for (const [i, text] of TEXTS.entries()) {
			const { reply, body } = await make({ name }, fields, text, i);
			if (!reply) continue;
			ids.push(reply.body.id);
			for (const { name, type } of fields)
				if (["text", "longtext"].includes(type) && typeof body[name] === "string" && reply.body[name] !== undefined)
					assert.equal(reply.body[name], kept(type, body[name]), `${object.name}.${name}`);
		}
		made.set(name, ids);
	}
	assert.ok([...made.values()].filter((ids) => ids.length >= 50).length >= 15, "most objects take most texts");
});

// Nothing of a text has become a part of the page, or ran.
async function unharmed(page, where) {
	const harm = await page.evaluate(() => ({ struck: window.struck, parts: document.querySelectorAll("struck, [data-struck], base, main iframe, main script:not([src]), meta[http-equiv]").length, handlers: [...document.querySelectorAll("*")].filter((one) => one.getAttributeNames().some((name) => name.startsWith("on"))).length, links: [...document.querySelectorAll("a[href]")].filter((one) => !["http:", "https:", "mailto:", "tel:"].includes(one.protocol)).length }));
	assert.deepEqual(harm, { struck: undefined, parts: 0, handlers: 0, links: 0 }, where);
}

async function lookAll(addresses, widths) {
	const page = await browse(kontor, { width: widths[0] });
	page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
	for (const where of addresses) {
		const reply = await page.goto(where);
		assert.equal(reply.status(), 200, where);
		for (const width of widths) {
			if (widths.length > 1) await page.person.turn({ width });
			await page.person.fits(where);
		}
		await unharmed(page, where);
	}
	await page.context().close();
}

const some = (ids, step, of) => ids.filter((_, i) => i % of === step % of);

test("UX-61 lists of hostile records at 360 and 1440 px", () => lookAll([...SHIPPED.map((name) => `/${name}`), "/deal?as=board", "/task?as=calendar", "/organisation?group=city", "/"], [1440, 360]));

test("UX-61 hostile records, each text in one of the objects, at 360 and 1440 px", () => lookAll(SHIPPED.flatMap((name, step) => some(made.get(name), step, 20).map((id) => `/${name}/${id}`)), [1440, 360]));

test("UX-61 their forms and histories", () => lookAll(SHIPPED.flatMap((name, step) => some(made.get(name), step, 60).flatMap((id) => [`/${name}/${id}/edit`, `/${name}/${id}/history`])), [1440]));

test("UX-56 the same texts as words to search for, and in the address", () =>
	lookAll(TEXTS.filter((text) => text.length < 2000 && !text.includes("\0")).flatMap((text, i) => [`/search?q=${encodeURIComponent(text)}`, `/${SHIPPED[i % SHIPPED.length]}?q=${encodeURIComponent(text)}`]), [1440]));
