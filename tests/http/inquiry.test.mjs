// Inquiries: whose they are, what they are worth, who answers them and until when, and what becomes of them.
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { engine, start, until } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root");
const call = (status, method, where, body, token = root) => kontor.expect(status, method, `/api/v1/${where}`, { token, body });
const make = async (object, fields, token) => (await call(201, "POST", object, fields, token)).body;
const get = async (object, id, token) => (await call(200, "GET", `${object}/${id}`, undefined, token)).body;
const HOUR = 3_600_000;

const team = (await make("team", { name: "Innendienst" })).id;
const tokens = new Map(["anna", "bert", "cora"].map((login) => [login, kontor.token(login, { role: "sales" })]));
const people = (await call(200, "GET", "user?where=login%20!%3D%20root&sort=id&fields=id,login&limit=50")).body.items.filter(({ login }) => tokens.has(login));
for (const one of people) await call(200, "PATCH", `user/${one.id}`, { team });

test("OP-06 an inquiry of somebody unknown makes the party, of a known one finds it: nobody is converted", async () => {
	const first = await make("inquiry", { subject: "Drehbank", name: "Eva Neu", email: "Eva@Neu.example", phone: "0911 123456", city: "Ulm", channel: "phone" });
	const now = await get("inquiry", first.id), party = await get("party", now.party);
	assert.deepEqual([party.kind, party.name, party.email, party.city, party.source], ["person", "Eva Neu", "Eva@Neu.example", "Ulm", "phone"]);
	const second = await make("inquiry", { subject: "Noch etwas", email: "eva@neu.example" });
	assert.equal(second.party, now.party, "by the address, however it is written");
	const third = await make("inquiry", { subject: "Rückruf", phone: "+49 911 123456" });
	assert.equal(third.party, now.party, "by the number");
	const firm = await make("inquiry", { company: "Sägewerk Süd KG", name: "Herr Ast", email: "info@saegewerk.example" });
	assert.equal(firm.subject, "Inquiry of Sägewerk Süd KG");
	const made = await get("party", (await get("inquiry", firm.id)).party);
	assert.deepEqual([made.kind, made.name], ["organisation", "Sägewerk Süd KG"]);
	const before = (await call(200, "GET", "party?total=1&limit=1")).body.total;
	await make("inquiry", { subject: "Gewinnspiel", email: "spam@spam.example", state: "spam" });
	assert.equal((await call(200, "GET", "party?total=1&limit=1")).body.total, before, "spam makes nobody");
	await call(200, "POST", `changesets/${(await call(200, "GET", `inquiry/${firm.id}/history`)).body.items[0].changeset}/undo`, {});
	await call(404, "GET", `inquiry/${firm.id}`);
	await call(404, "GET", `party/${made.id}`);
});

test("OP-07 an inquiry is scored before the first purchase, and says why", async () => {
	const product = (await make("product", { name: "Fräse", price: "100.00" })).id;
	const poor = await make("inquiry", { subject: "Hallo", email: "jemand@gmx.de" });
	assert.deepEqual([poor.score, poor.reasons], [0, []]);
	const rich = await make("inquiry", { subject: "Anlage", company: "Stahl AG", email: "einkauf@stahl.example", phone: "0211 998877", channel: "referral", product, value: "90000.00", body: "x".repeat(300) });
	assert.deepEqual([rich.score, [...rich.reasons].sort()], [90, ["address", "budget", "company", "detailed", "phone", "product", "referral"]]);
	await call(200, "PATCH", `party/${(await get("inquiry", rich.id)).party}`, { stage: "repeat" });
	assert.equal((await make("inquiry", { subject: "Ersatzteil", email: "einkauf@stahl.example" })).score, 40);
	const hot = (await call(200, "GET", `inquiry?where=${encodeURIComponent("score >= 60")}&fields=id`)).body.items;
	assert.deepEqual(hot.map(({ id }) => id), [rich.id]);
});

test("OP-05 rules assign inquiries: by postcode, by industry, to whom is in charge, to the least busy, in turn; a hand beats them", async () => {
	const [anna, bert, cora] = people.map(({ id }) => id);
	const rule = (fields) => make("assignment_rule", fields);
	const south = await rule({ name: "Süden", position: 1, postcodes: "70-73, 8", method: "person", person: anna, hours: 4 });
	await rule({ name: "Maschinenbau", position: 2, industries: "maschinenbau, metall", method: "person", person: bert });
	await rule({ name: "Kunden", position: 3, method: "owner" });
	const turns = await rule({ name: "Reihum", position: 4, method: "turn", team, hours: 48 });
	const ask = (fields) => make("inquiry", { subject: "Frage", ...fields });
	const one = await ask({ postcode: "72070" });
	assert.deepEqual([one.owner, one.rule], [anna, south.id]);
	assert.equal(Date.parse(one.answer_by) - Date.parse(one.received_at), 4 * HOUR);
	assert.equal((await ask({ postcode: "80331" })).owner, anna);
	assert.equal((await ask({ postcode: "74072", industry: "Metallverarbeitung" })).owner, bert);
	const firm = await make("party", { name: "Kunde GmbH", email: "info@kunde.example", owner: cora });
	assert.equal((await ask({ email: "info@kunde.example" })).party, firm.id);
	assert.equal((await ask({ email: "info@kunde.example" })).owner, cora);
	const inTurn = [];
	for (let i = 0; i < 4; i++) inTurn.push((await ask({ postcode: "10115" })).owner);
	assert.deepEqual(inTurn, [anna, bert, cora, anna]);
	await call(200, "PATCH", `user/${bert}`, { active: false });
	assert.equal((await ask({ postcode: "10115" })).owner, cora, "who has left is passed over");
	await call(200, "PATCH", `user/${bert}`, { active: true });
	await call(200, "PATCH", `assignment_rule/${turns.id}`, { method: "least" });
	const open = async (id) => (await call(200, "GET", `inquiry?where=${encodeURIComponent(`owner = ${id} and state in (new, working)`)}&total=1&limit=1`)).body.total;
	const loads = await Promise.all([anna, bert, cora].map(open)), least = [anna, bert, cora][loads.indexOf(Math.min(...loads))];
	assert.equal((await ask({ postcode: "10115" })).owner, least);
	const own = await make("inquiry", { subject: "Selbst", owner: cora, postcode: "80331" });
	assert.equal(own.owner, cora);
	await call(422, "POST", "assignment_rule", { name: "Falsch", postcodes: "70–73", method: "person", person: anna });
	await call(422, "POST", "assignment_rule", { name: "Leer", method: "person" });
});

test("OP-05 GEN-17 the clock runs until the first answer; who is late is told, once", async () => {
	const [anna] = people;
	const late = await make("inquiry", { subject: "Vergessen", owner: anna.id, received_at: new Date(Date.now() - 100 * HOUR).toISOString() });
	const found = (await call(200, "GET", `inquiry?where=${encodeURIComponent("state = new and answer_by < now")}&fields=id`)).body.items;
	assert.deepEqual(found.map(({ id }) => id), [late.id]);
	const notices = async () => (await call(200, "GET", "notifications", undefined, tokens.get("anna"))).body.items.filter((one) => one.kind === "escalated");
	if (engine === "sqlite") {
		// The clock of the timer is set in its file.
		spawnSync("sqlite3", ["-cmd", ".timeout 20000", path.join(kontor.data, "kontor.db"), "UPDATE sys_job SET run_at = 0 WHERE kind = 'inquiry.warn'"]);
		await until("Anna is told", async () => (await notices()).length === 1);
		assert.ok((await get("inquiry", late.id)).warned_at);
	}
	await call(201, "POST", "activity", { kind: "call", direction: "outgoing", subject: "Rückruf", about: { object: "inquiry", id: late.id } });
	const now = await get("inquiry", late.id);
	assert.equal(now.state, "working");
	assert.ok(now.answered_at && now.reaction >= 100 * 3600, JSON.stringify(now.reaction));
	const noted = await make("inquiry", { subject: "Nur notiert" });
	await call(201, "POST", "activity", { kind: "note", subject: "gelesen", about: { object: "inquiry", id: noted.id } });
	assert.equal((await get("inquiry", noted.id)).state, "new", "a note is no answer");
});

test("OP-05 OP-08 a promising inquiry becomes a deal in one step, which is taken back as a whole", async () => {
	const inquiry = await make("inquiry", { subject: "Presse P 300", company: "Blech GmbH", value: "45000.00" });
	const reply = await call(200, "PATCH", `inquiry/${inquiry.id}`, { state: "deal" });
	const now = await get("inquiry", inquiry.id), deal = await get("deal", now.deal);
	assert.deepEqual([deal.name, deal.value.amount, deal.party, deal.owner], ["Presse P 300", "45000.00", now.party, now.owner]);
	assert.equal(reply.body.state, "deal");
	await call(200, "POST", `changesets/${(await call(200, "GET", `inquiry/${inquiry.id}/history`)).body.items[0].changeset}/undo`, {});
	assert.equal((await get("inquiry", inquiry.id)).state, "new");
	await call(404, "GET", `deal/${deal.id}`);
});

test("OP-06 a form for everybody: what it asks for, what it refuses, what becomes of it; programs are caught, and a form that is off is not there", async () => {
	const form = await make("inquiry_form", { name: "Website", heading: "Fragen Sie uns", intro: "**Werktags** antworten wir am selben Tag.", thanks: "Bis gleich!", asks: ["company"], privacy_url: "https://firma.example/datenschutz" });
	assert.match(form.path, /^\/form\/[A-Za-z0-9_-]{20,}$/);
	const visitor = new Visitor(kontor);
	const page = await visitor.get(form.path);
	assert.equal(page.status, 200);
	for (const part of ["Fragen Sie uns", "<strong>Werktags</strong>", 'name="company"', 'href="https://firma.example/datenschutz"', "Was können wir für Sie tun?"]) assert.ok(page.text.includes(part), part);
	assert.ok(!page.text.includes('name="city"'), "is not asked for");
	const total = async (where) => (await call(200, "GET", `inquiry?where=${encodeURIComponent(where)}&total=1&limit=1`)).body.total;
	const wrong = await visitor.post(form.path, { name: "Ilse Klar", message: "Bitte ein Angebot" });
	assert.equal(wrong.status, 422);
	assert.match(wrong.text, /E-Mail-Adresse oder eine Telefonnummer an, damit/);
	assert.match(wrong.text, /value="Ilse Klar"/);
	assert.equal((await visitor.post(form.path, { email: "keine", message: "x" })).status, 422);
	assert.equal(await total("channel = form"), 0);
	const sent = await visitor.post(form.path, { name: "Ilse Klar", company: "Klar OHG", email: "ilse@klar.example", city: "wird nicht gefragt", message: "Bitte ein Angebot über zwei Fräsen" });
	assert.equal(sent.status, 200);
	assert.match(sent.text, /Vielen Dank[^]*Bis gleich!/);
	const [made] = (await call(200, "GET", `inquiry?where=${encodeURIComponent("channel = form")}&fields=name,company,email,city,body,state,by_form,party,subject,created_by`)).body.items;
	assert.deepEqual([made.name, made.company, made.email, made.city, made.body, made.state, made.by_form], ["Ilse Klar", "Klar OHG", "ilse@klar.example", null, "Bitte ein Angebot über zwei Fräsen", "new", form.id]);
	assert.equal((await get("party", made.party)).name, "Klar OHG");
	assert.equal((await visitor.post(form.path, { email: "a@b.example", message: "buy", website: "http://spam.example" })).status, 200);
	assert.equal(await total("channel = form and state = spam"), 1, "kept, but no party, no clock");
	assert.equal((await get("inquiry_form", form.id)).received, 2);
	await call(200, "PATCH", `inquiry_form/${form.id}`, { active: false });
	const gone = await visitor.get(form.path);
	assert.equal(gone.status, 404);
	assert.ok(!gone.text.includes('id="side"') && !gone.text.includes('href="/party"'), "nothing of the house is shown to a stranger");
	assert.equal((await visitor.post(form.path, { email: "a@b.example", message: "x" })).status, 404);
	assert.equal((await visitor.get('/form/x%22%20or%20name%20is%20not%20empty')).status, 404);
});
