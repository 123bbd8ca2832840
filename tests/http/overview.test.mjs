// A party at a glance: its figures against an independent sum, what lies ahead, warnings, rights, statements.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const service = kontor.token("dienst", { role: "service" });
const portal = kontor.token("gast", { role: "portal" });
const make = async (object, body, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body })).body;
const overview = async (id, who = token, language = "en") => (await kontor.expect(200, "GET", `/api/v1/party/${id}/overview`, { token: who, headers: { "accept-language": language } })).body;
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const euro = (cents) => (cents / 100).toFixed(2);

const firm = await make("organisation", { name: "Kühne Anlagen GmbH", phone: "0711 123456", preferred_channel: "phone" });
const other = await make("organisation", { name: "Berger AG" });
const deals = [], orders = [];
for (const [outcome, value, probability] of [["won", 120_050, 100], ["won", 79_999, 100], ["lost", 500_000, 0], ["open", 250_000, 40], ["open", 100_001, 25]])
	deals.push({ ...(await make("deal", { party: firm.id, name: `Anlage ${value}`, outcome, value: euro(value), probability: String(probability) })), value });
for (const [state, days, total] of [["done", -300, 10_000], ["done", -200, 20_000], ["open", -100, 30_033], ["cancelled", -50, 99_900]])
	orders.push({ ...(await make("order", { party: firm.id, state, placed_on: day(days), total: euro(total) })), total });
await make("quote", { party: firm.id, subject: "Presse" });
await make("deal", { party: other.id, name: "Fremd", outcome: "won", value: "1.00" });

const sum = (list, wanted) => list.filter(wanted).reduce((all, { value, total }) => all + (value ?? total), 0);
const only = (figure) => figure.sums.map((one) => one.amount).join();

test("OP-03 the figures at the top of a party are those of its deals and orders", async () => {
	const { figures, lists } = await overview(firm.id);
	assert.deepEqual([figures.won.count, only(figures.won)], [2, euro(sum(deals, (deal) => deal.outcome === "won"))]);
	assert.deepEqual([figures.deals_open.count, only(figures.deals_open)], [2, euro(sum(deals, (deal) => deal.outcome === "open"))]);
	assert.equal(figures.deals_open.sums[0].weighted, euro(100_000 + 25_000));
	assert.deepEqual([figures.orders.count, only(figures.orders)], [3, euro(sum(orders, ({ state }) => state !== "cancelled"))]);
	assert.deepEqual([figures.orders.first, figures.orders.last], [day(-300), day(-100)]);
	assert.equal(figures.quotes_open.count, 1);
	assert.deepEqual(lists.deals.map((deal) => deal.money.amount).sort(), ["1000.01", "2500.00"]);
	assert.equal((await overview(other.id)).figures.orders.count, 0);
});

test("OP-22 the orders under way stand on the customer's screen at once, with their state", async () => {
	const { lists } = await overview(firm.id);
	assert.deepEqual(lists.orders.map(({ id, state, money }) => [id, state, money.amount]), [[orders[2].id, "open", "300.33"]]);
	const visitor = new Visitor(kontor);
	await visitor.signIn(kontor.user("anna").login);
	const { text } = await visitor.get(`/organisation/${firm.id}`);
	const list = /<section data-key="orders">([\s\S]*?)<\/section>/.exec(text)[1];
	assert.match(list, new RegExp(`href="/order/${orders[2].id}"`));
	assert.match(list, /badge info">Open</);
	assert.match(text, /data-key="won"[\s\S]*?€2,000\.49/);
});

test("DAT-22 the next purchase is what was planned, else what the rhythm of the orders says", async () => {
	assert.deepEqual((await overview(firm.id)).next_purchase, { on: day(0), derived: true });
	assert.equal((await overview(other.id)).next_purchase, null);
	await kontor.expect(200, "PATCH", `/api/v1/party/${other.id}`, { token, body: { next_purchase_on: "2027-03-01" } });
	assert.deepEqual((await overview(other.id)).next_purchase, { on: "2027-03-01", derived: false });
});

test("OP-35 what came by recommendation is counted for who recommended", async () => {
	await kontor.expect(200, "PATCH", `/api/v1/party/${other.id}`, { token, body: { recommended_by: firm.id } });
	const { figures } = await overview(firm.id);
	assert.deepEqual([figures.recommended.count, only(figures.recommended)], [1, "1.00"]);
});

test("OP-04 the last contact, what lies ahead, and what to beware of", async () => {
	const person = await make("person", { given_name: "Eva", family_name: "Meyer", stage: "at_risk", blocked: true, block_reason: "Mahnstufe 3" });
	assert.deepEqual((await overview(person.id)).warnings.map(({ key }) => key), ["blocked", "at_risk", "out_of_reach", "no_consent"]);
	const call = await make("activity", { party: person.id, kind: "call", subject: "Rückruf", at: new Date(Date.now() - 3_600_000).toISOString() });
	await make("activity", { party: person.id, kind: "visit", subject: "Besuch", at: new Date(Date.now() + 86_400_000).toISOString() });
	await make("task", { party: person.id, subject: "Mahnung klären", due_on: day(-2) });
	await make("consent", { party: person.id, purpose: "Newsletter", channel: "email", state: "withdrawn" });
	const { lists, warnings } = await overview(person.id, token, "de");
	assert.deepEqual(lists.last_contact.map(({ id, state }) => [id, state]), [[call.id, "call"]]);
	assert.deepEqual([lists.next_contacts[0].title, lists.next_tasks[0].title], ["Besuch", "Mahnung klären"]);
	assert.deepEqual(lists.consents.map(({ title, state, text }) => [title, state, text]), [["Newsletter", "withdrawn", "email"]]);
	assert.deepEqual(warnings.map(({ key }) => key), ["blocked", "at_risk", "out_of_reach", "task_overdue", "consent_withdrawn"]);
});

test("DAT-02 a letter begins as the title, the form of address and the person's own wish say", async () => {
	const cases = [
		[{ salutation: "ms", academic_title: "Dr.", given_name: "Eva", family_name: "Meyer" }, "Sehr geehrte Frau Dr. Meyer", "Dear Dr. Meyer"],
		[{ salutation: "mr", given_name: "Jan", family_name: "Groß" }, "Sehr geehrter Herr Groß", "Dear Mr Groß"],
		[{ salutation: "ms", given_name: "Anna", family_name: "Weiß", form_of_address: "familiar" }, "Liebe Anna", "Dear Anna"],
		[{ salutation: "mr", given_name: "Ole", family_name: "Wolf", form_of_address: "familiar" }, "Lieber Ole", "Dear Ole"],
		[{ given_name: "Kim", family_name: "Sommer" }, "Guten Tag Kim Sommer", "Dear Kim Sommer"],
		[{ given_name: "Kim", form_of_address: "familiar" }, "Hallo Kim", "Dear Kim"],
		[{ family_name: "Sommer" }, "Sehr geehrte Damen und Herren", "Dear Sir or Madam"],
		[{ salutation: "ms", family_name: "Lang", letter_salutation: "Verehrte Frau Präsidentin," }, "Verehrte Frau Präsidentin", "Verehrte Frau Präsidentin"],
	];
	for (const [fields, german, english] of cases)
		for (const [language, wanted] of [["de", german], ["en", english]]) {
			const { id } = await make("person", { ...fields, language });
			assert.equal((await overview(id)).salutation, wanted);
		}
	assert.equal((await overview((await make("organisation", { name: "Nord", language: "de" })).id)).salutation, "Sehr geehrte Damen und Herren");
});

test("OP-18 the margin follows from what products cost, for those who may see it", async () => {
	const product = await make("product", { name: "Pumpe", price: "100.00", cost: "60.50" });
	const order = await make("order", { party: other.id });
	await make("order_line", { order: order.id, product: product.id, quantity: "3", discount: "10" });
	await make("order_line", { order: order.id, description: "Ohne Kosten", quantity: "1", price: "5.00" });
	const { margin } = (await overview(other.id)).figures;
	assert.deepEqual(margin.sums, [{ amount: "88.50", currency: "EUR", of: "270.00" }]);
	const limited = await overview(other.id, service);
	assert.equal(limited.figures.margin, undefined);
	assert.equal(only(limited.figures.orders), "275.00");
});

test("SEC-02 who may not see a party does not see it at a glance either", async () => {
	await kontor.expect(404, "GET", `/api/v1/party/${firm.id}/overview`, { token: portal });
	await kontor.expect(404, "GET", "/api/v1/party/987654321/overview", { token });
	await kontor.expect(401, "GET", `/api/v1/party/${firm.id}/overview`);
});

test("OPS-01 the page of a party with all of this takes at most 12 statements", async () => {
	const full = await make("organisation", { name: "Voll" });
	for (let i = 0; i < 6; i++) for (const object of ["deal", "activity", "task", "order", "quote", "consent", "contact_point", "address"]) await make(object, { party: full.id });
	for (const kind of ["partner_of", "recommended"]) await make("relation", { from: { object: "party", id: full.id }, to: { object: "party", id: firm.id }, kind });
	await make("organisation", { name: "Tochter", parent_party: full.id, recommended_by: full.id });
	await make("membership", { organisation: full.id, person: (await make("person", { family_name: "Ast" })).id, role: "decides" });
	const visitor = new Visitor(kontor);
	await visitor.signIn(kontor.user("zaehler").login);
	const taken = await kontor.statements("GET /{object}/{id}", async () => assert.equal((await visitor.get(`/organisation/${full.id}`)).status, 200));
	assert.ok(taken >= 5 && taken <= 12, `${taken} statements`);
});

// The dossier as text, page by page.
async function dossier(id, who = token, language = "en") {
	const reply = await fetch(`${kontor.url}/api/v1/party/${id}/dossier.pdf?language=${language}`, { headers: { authorization: `Bearer ${who}` } });
	assert.equal(reply.status, 200);
	assert.equal(reply.headers.get("content-type"), "application/pdf");
	const file = path.join(kontor.folder, "dossier.pdf");
	fs.writeFileSync(file, Buffer.from(await reply.arrayBuffer()));
	return execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" }).split("\f").slice(0, -1);
}

test("OP-03 the dossier is one page in German or English, with what the overview says", async () => {
	const english = await dossier(firm.id), german = await dossier(firm.id, token, "de");
	assert.deepEqual([english.length, german.length], [1, 1]);
	for (const words of [/Kühne Anlagen GmbH/, /Value won\s+2\s+€2,000\.49/, /Orders under way/, /Open deals/]) assert.match(english[0], words);
	for (const words of [/Gewonnener Wert\s+2\s+2\.000,49 €/, /Laufende Aufträge/, /Zu beachten/, /Keine Einwilligung in Werbung/]) assert.match(german[0], words);
	assert.doesNotMatch(german[0], /Left out|Weggelassen/i);
	const reply = await kontor.api("GET", `/api/v1/party/${firm.id}/dossier.pdf?language=xx`, { token });
	assert.equal(reply.status, 422);
});

test("OP-03 a dossier of very much stays one page, and says what it left out", async () => {
	const full = await make("person", { given_name: "Übervoll", family_name: "Müßig".repeat(19), notes: "Wichtig ist vieles. ".repeat(400), phone: "0711 99", email: "viel@example.org", street: "Am Wall 1", city: "Bremen", postcode: "28195", country: "Deutschland", birthday: "1970-02-28", industry: "Handel", care_class: "a", blocked: true, stage: "lost" });
	for (let i = 0; i < 9; i++)
		for (const [object, more] of [["order", { total: "1.00" }], ["quote", { subject: `Angebot ${i}` }], ["deal", { name: `Sehr langer Name eines Deals ${i} ${"x".repeat(150)}` }], ["task", { subject: `Aufgabe ${i}` }], ["activity", { subject: `Anruf ${i}` }], ["consent", { purpose: `Zweck ${i}`, state: "given" }], ["relation", { from: { object: "party", id: full.id }, to: { object: "party", id: firm.id }, kind: "advises" }]])
			await make(object, { ...(object === "relation" ? {} : { party: full.id }), ...more });
	const pages = await dossier(full.id, token, "de");
	assert.equal(pages.length, 1);
	assert.match(pages[0], /Aus Platzgründen weggelassen: .*Notizen \(\d+\)/);
	assert.match(pages[0], /Gesperrt/);
});

test("SEC-02 the dossier holds what its reader may see, and nothing else", async () => {
	assert.match((await dossier(other.id))[0], /Margin/);
	assert.doesNotMatch((await dossier(other.id, service))[0], /Margin/);
	await kontor.expect(404, "GET", `/api/v1/party/${firm.id}/dossier.pdf`, { token: portal });
});
