// The customer's private link of a quote: what he sees, chooses, accepts or declines, and the proof of it.
import assert from "node:assert";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { start, until } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: 600 });
const token = kontor.token("root");
const seller = kontor.token("verkauf", { role: "sales" });
const reader = kontor.token("leser", { role: "readonly" });
const make = async (object, body, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body })).body;
const get = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
const patch = (object, id, body) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body });
const [owner] = await list("user", "login = verkauf");
const firm = await make("organisation", { name: "Kühne Anlagen GmbH", email: "einkauf@kuehne.example" });
const line = (quote, more = {}) => make("quote_line", { quote, description: "Montage", quantity: "2.500", price: "80.00", tax_rate: "19", ...more });
const linkOf = async (quote, who = token) => new URL((await kontor.expect(201, "POST", `/api/v1/quote/${quote}/link`, { token: who })).body.url).pathname;
const sentQuote = async (more = {}) => {
	const quote = await make("quote", { party: firm.id, owner: owner.id, ...more });
	await line(quote.id);
	const option = await line(quote.id, { kind: "option", description: "Wartung", price: "100.00", quantity: "1" });
	const first = await line(quote.id, { kind: "alternative", chosen: true, description: "Pumpe A", price: "10.00", quantity: "1" });
	const second = await line(quote.id, { kind: "alternative", description: "Pumpe B", price: "20.00", quantity: "1" });
	await patch("quote", quote.id, { state: "sent" });
	return { id: quote.id, option: option.id, first: first.id, second: second.id };
};
const fields = (page) => Object.fromEntries([...page.text.matchAll(/name="(letter|gross)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
const plain = (text) => text.replace(/<[^>]+>/g, " ").replace(/&nbsp;|\u00a0/g, " ").replace(/\s+/g, " ");
const gone = (page) => {
	assert.equal(page.status, 404);
	assert.match(page.text, /This link is not valid, or no longer/);
	return plain(page.text);
};

test("OP-10 the customer sees the quote over a private link, without signing in, in the quote's language; nothing else", async () => {
	const quote = await sentQuote({ subject: "Förderanlage", intro: "Danke für **Ihre** Anfrage." }), where = await linkOf(quote.id, seller);
	assert.match(where, /^\/q\/[\w-]{43}$/);
	const customer = new Visitor(kontor), page = await customer.get(where);
	assert.equal(page.status, 200);
	for (const text of ["Förderanlage", "Danke für <strong>Ihre</strong> Anfrage.", "Pumpe B", "Dieses Angebot annehmen", "Angebot Q-"]) assert.ok(page.text.includes(text), text);
	assert.match(plain(page.text), /Summe brutto 249,90 €/);
	assert.equal(page.headers.get("referrer-policy"), "no-referrer");
	assert.match(page.headers.get("x-robots-tag"), /noindex/);
	assert.match(page.headers.get("content-security-policy"), /default-src 'none'|default-src 'self'/);
	assert.equal(page.headers.get("cache-control"), "no-store");
	assert.doesNotMatch(page.text, /<script|Kontor|href="\/(?!assets|q\/)/, "no script, no name and no address of the rest");
	const letter = await fetch(`${kontor.url}${where}/letter.pdf`);
	assert.equal(letter.headers.get("content-type"), "application/pdf");
	assert.equal(createHash("sha256").update(Buffer.from(await letter.arrayBuffer())).digest("hex"), fields(page).letter);
	const english = await sentQuote({ language: "en" });
	assert.match((await customer.get(await linkOf(english.id))).text, /<html lang="en">[^]*Accept this quote/);
});

test("OP-10 OP-11 accepted on the link: the order has what was chosen, the deal is won, the proof is kept and stays, its person in charge is told", async () => {
	const deal = await make("deal", { name: "Anlage", party: firm.id }), quote = await sentQuote({ deal: deal.id }), where = await linkOf(quote.id);
	const customer = new Visitor(kontor), page = await customer.get(where), choice = { line: quote.option, [`pick${quote.first}`]: quote.second };
	const answer = { ...fields(page), ...choice, name: "Eva Kühne", note: "Bitte im Mai", agreed: "1", do: "accept" };
	const changed = await customer.post(where, answer);
	assert.equal(changed.status, 422, "what he would order is not what he saw");
	assert.equal((await get("quote", quote.id)).state, "sent");
	const chosen = await customer.post(where, { ...choice, do: "choose" });
	assert.match(plain(chosen.text), /Summe brutto 380,80 €/);
	assert.equal((await customer.post(where, { ...answer, ...fields(chosen), agreed: "", name: "" })).status, 422);
	const { agreed, ...without } = answer;
	assert.equal(agreed, "1");
	assert.equal((await customer.post(where, { ...without, ...fields(chosen) })).status, 422, "without the tick");
	const done = await customer.post(where, { ...answer, ...fields(chosen) });
	assert.equal(done.status, 200, plain(done.text));
	assert.match(done.text, /Vielen Dank/);
	const stored = await get("quote", quote.id), [order] = await list("order", `quote = ${quote.id}`), [proof] = await list("quote_answer", `quote = ${quote.id}`);
	assert.deepEqual([stored.state, order.gross.amount, order.total.amount], ["accepted", "380.80", "320.00"]);
	assert.deepEqual((await list("order_line", `order = ${order.id}`)).map((one) => one.description).sort(), ["Montage", "Pumpe B", "Wartung"]);
	const won = await get("deal", deal.id);
	assert.deepEqual([won.outcome, won.value.amount], ["won", "320.00"]);
	assert.deepEqual([proof.answer, proof.name, proof.note, proof.address, proof.letter_hash, proof.gross.amount, proof.chosen], ["accepted", "Eva Kühne", "Bitte im Mai", "127.0.0.0", fields(page).letter, "380.80", "Wartung\nPumpe B"]);
	assert.ok(Math.abs(Date.parse(proof.answered_at) - Date.now()) < 60_000);
	await kontor.expect(422, "PATCH", `/api/v1/quote_answer/${proof.id}`, { token, body: { name: "Jemand" } });
	await kontor.expect(422, "DELETE", `/api/v1/quote_answer/${proof.id}`, { token });
	const log = (await kontor.expect(200, "GET", `/api/v1/quote_answer/${proof.id}/history`, { token })).body.items[0];
	assert.equal(log.door, "link");
	await until("the person in charge is told", async () => (await kontor.expect(200, "GET", "/api/v1/notifications", { token: seller })).body.items.some((one) => one.object === "quote" && one.record === quote.id));
	gone(await customer.post(where, { ...answer, ...fields(chosen) }));
	assert.equal((await list("order", `quote = ${quote.id}`)).length, 1);
});

test("OP-11 declined on the link needs a reason, which is kept", async () => {
	const quote = await sentQuote(), where = await linkOf(quote.id), customer = new Visitor(kontor);
	await customer.get(where);
	assert.equal((await customer.post(where, { name: "Eva Kühne", note: " ", do: "decline" })).status, 422);
	const done = await customer.post(where, { name: "Eva Kühne", note: "Zu teuer", do: "decline" });
	assert.match(done.text, /abgelehnt/);
	const [proof] = await list("quote_answer", `quote = ${quote.id}`);
	assert.deepEqual([proof.answer, proof.note, (await get("quote", quote.id)).state], ["declined", "Zu teuer", "declined"]);
	assert.equal((await list("order", `quote = ${quote.id}`)).length, 0);
});

test("OP-10 a wrong, used, withdrawn, outdated or not yet sent link gets one and the same page", async () => {
	const customer = new Visitor(kontor), quote = await sentQuote(), old = await linkOf(quote.id), where = await linkOf(quote.id);
	const same = new Set();
	same.add(gone(await customer.get("/q/wrong")));
	same.add(gone(await customer.get(old)));
	assert.equal((await customer.get(where)).status, 200);
	const withdrawn = await kontor.expect(204, "DELETE", `/api/v1/quote/${quote.id}/link`, { token });
	same.add(gone(await customer.get(where)));
	same.add(gone(await customer.get(`${where}/letter.pdf`)));
	await kontor.expect(200, "POST", `/api/v1/changesets/${withdrawn.headers.get("kontor-changeset")}/undo`, { token });
	assert.equal((await customer.get(where)).status, 200, "to withdraw it can be undone");
	await kontor.expect(201, "POST", `/api/v1/quote/${quote.id}/revise`, { token });
	same.add(gone(await customer.get(where)));
	await kontor.expect(409, "POST", `/api/v1/quote/${quote.id}/link`, { token });
	const draft = await make("quote", { party: firm.id, valid_until: "2020-01-31" });
	await line(draft.id);
	const early = await linkOf(draft.id);
	same.add(gone(await customer.get(early)));
	await patch("quote", draft.id, { state: "sent" });
	same.add(gone(await customer.get(early)));
	assert.equal(same.size, 1);
});

test("SEC-02 only who may change the quote makes or withdraws its link; who is signed in does not answer for the customer", async () => {
	const quote = await sentQuote();
	await kontor.expect(403, "POST", `/api/v1/quote/${quote.id}/link`, { token: reader });
	const where = await linkOf(quote.id), inside = new Visitor(kontor);
	await kontor.expect(403, "DELETE", `/api/v1/quote/${quote.id}/link`, { token: reader });
	await inside.signIn("verkauf");
	const page = await inside.get(where);
	const refused = await inside.post(where, { ...fields(page), name: "Eva", agreed: "1", do: "accept" });
	assert.equal(refused.status, 422);
	assert.equal((await get("quote", quote.id)).state, "sent");
	const stranger = new Visitor(kontor);
	await stranger.get(where);
	const foreign = await stranger.send("POST", where, { body: new URLSearchParams({ ...fields(page), name: "Eva", agreed: "1", do: "accept" }), headers: { origin: "null" } });
	assert.equal(foreign.status, 403, "without the form's token");
	const own = await stranger.send("POST", where, { body: new URLSearchParams({ csrf: stranger.csrf, do: "choose" }), headers: { origin: "null" } });
	assert.equal(own.status, 200, "a browser that tells nobody where it comes from");
});

test("OP-10 the page to send a quote makes the link, drafts the e-mail in the quote's language, and marks it as sent", async () => {
	const quote = await make("quote", { party: firm.id, owner: owner.id, subject: "Förderanlage" }), clerk = new Visitor(kontor);
	await line(quote.id);
	await clerk.signIn("verkauf");
	assert.match((await clerk.get(`/quote/${quote.id}`)).text, new RegExp(`href="/quote/${quote.id}/send"`));
	await clerk.get(`/quote/${quote.id}/send`);
	const made = await clerk.post(`/quote/${quote.id}/link`), link = /data-secret>([^<]+)</.exec(made.text)[1];
	const mail = new URL(/href="(mailto:[^"]+)"/.exec(made.text)[1].replaceAll("&amp;", "&"));
	assert.equal(decodeURIComponent(mail.pathname), "einkauf@kuehne.example");
	assert.match(mail.searchParams.get("subject"), /^Angebot Q-\d+: Förderanlage$/);
	assert.ok(mail.searchParams.get("body").includes(link));
	assert.match(mail.searchParams.get("body"), /^Sehr geehrte Damen und Herren,/);
	const sent = await clerk.post(`/quote/${quote.id}/sent`);
	assert.equal(sent.status, 303);
	assert.equal((await get("quote", quote.id)).state, "sent");
	assert.equal((await new Visitor(kontor).get(new URL(link).pathname)).status, 200);
	await clerk.post(`/quote/${quote.id}/unlink`);
	gone(await new Visitor(kontor).get(new URL(link).pathname));
});

test("OP-10 texts of letters are Markdown with placeholders; a wrong one is named; the preview shows a real quote", async () => {
	const block = (text_de, more = {}) => kontor.api("POST", "/api/v1/text_block", { token, body: { name: "Anrede", place: "intro", text_de, text_en: "Dear {{party.name}}", ...more } });
	for (const [text, named] of [["Hallo {{party.nmae}}", "party.nmae"], ["Bis {{valid_until", "valid_until"], ["{{{party.name}}}", "{party.name"], ["{{#valid_until}}bis", "{{/name}}"], ["{{>letter}}", ">letter"]]) {
		const wrong = await block(text);
		assert.equal(wrong.status, 422, text);
		assert.equal(wrong.body.errors[0].field, "text_de");
		assert.ok(wrong.body.errors[0].detail.includes(named), wrong.body.errors[0].detail);
	}
	const made = (await block("{{salutation}} bei **{{party.name}}**,{{#valid_until}} bis {{valid_until}}{{/valid_until}}\n\n- {{quote.gross}}")).body;
	const sharp = await make("organisation", { name: "A*b* <Co> & [x](y)" }), quote = await make("quote", { party: sharp.id, intro_block: made.id, valid_until: "2031-02-28" });
	await line(quote.id);
	await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { closing: "{{kunde}}" } });
	const clerk = new Visitor(kontor, "de");
	await clerk.signIn("verkauf");
	const page = await clerk.get(`/text_block/${made.id}/preview`);
	assert.match(page.text, /Sehr geehrte Damen und Herren bei <strong>A\*b\* &lt;Co&gt; &amp; \[x\]\(y\)<\/strong>, bis 28\.02\.2031/);
	assert.match(page.text, /<li>238,00.€<\/li>/);
	const tried = await clerk.post(`/text_block/${made.id}/preview`, { text_de: "Neu: {{party.name}}", text_en: "", quote: quote.id, do: "show" });
	assert.match(tried.text, /Neu: A\*b\*/);
	assert.equal((await clerk.post(`/text_block/${made.id}/preview`, { text_de: "{{nix}}", text_en: "", do: "show" })).status, 422);
	assert.equal((await clerk.post(`/text_block/${made.id}/preview`, { text_de: "Neu", text_en: "", do: "save" })).status, 403, "a seller may not write text blocks");
	const letter = await clerk.send("POST", `/text_block/${made.id}/preview`, { body: new URLSearchParams({ csrf: clerk.csrf, text_de: "Neu **fett**", text_en: "", quote: quote.id, do: "letter" }) });
	assert.equal(letter.headers.get("content-type"), "application/pdf");
	const root = new Visitor(kontor);
	await root.signIn("root");
	await root.get(`/text_block/${made.id}/preview`);
	assert.equal((await root.post(`/text_block/${made.id}/preview`, { text_de: "Neu", text_en: "New", do: "save" })).status, 303);
	assert.equal((await get("text_block", made.id)).text_de, "Neu");
	await patch("quote", quote.id, { state: "sent" });
	assert.match((await new Visitor(kontor).get(await linkOf(quote.id))).text, /<strong>A\*b\* &lt;Co&gt;/);
});

test("OP-11 the days of quotes are set by administrators", async () => {
	const root = new Visitor(kontor);
	await root.signIn("root");
	assert.match((await root.get("/admin/settings")).text, /name="quote.escalation_days"/);
	assert.equal((await root.post("/admin/settings", { "quote.follow_up_days": "0" })).status, 422);
	assert.equal((await root.post("/admin/settings", { "quote.follow_up_days": "12", "quote.valid_days": "45" })).status, 303);
	const quote = await sentQuote(), sent = await get("quote", quote.id), days = (day) => Math.round((Date.parse(day) - Date.parse(sent.sent_on)) / 86_400_000);
	assert.deepEqual([days(sent.follow_up_on), days(sent.valid_until)], [12, 45]);
});

test("SEC-02 tries of links are counted by address", async () => {
	let status;
	for (let i = 0; i < 700 && status !== 429; i++) status = (await fetch(`${kontor.url}/q/wrong${i}`).then(async (reply) => (await reply.arrayBuffer(), reply))).status;
	assert.equal(status, 429);
});
