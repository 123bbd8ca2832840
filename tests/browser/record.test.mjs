// The page of a record: what is known of it, its timeline, what hangs on it, what comes next.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;

const firm = await make("organisation", { name: "Möbel Örtel GmbH", city: "Görlitz", email: "post@oertel.example", phone: "+49 3581 4455", roles: ["customer"] });
const day = 86_400_000;
const ago = (days) => new Date(Date.now() - days * day).toISOString();
const call = await make("activity", { kind: "call", subject: "Preis besprochen", body: "Will 3 % Nachlass.", party: firm.id, at: ago(3) });
await make("activity", { kind: "meeting", subject: "Vor Ort", party: firm.id, at: ago(10) });
await make("order", { party: firm.id, placed_on: ago(20).slice(0, 10), total: "1250.00" });
const deal = await make("deal", { name: "Neue Hobelbank", party: firm.id, value: "4000.00", opened_on: ago(5).slice(0, 10) });
await make("note", { subject: "Mag keinen Kaffee", party: firm.id });
await kontor.expect(200, "PATCH", `/api/v1/deal/${deal.id}`, { token, body: { probability: "60" } });
await kontor.expect(200, "PATCH", `/api/v1/party/${firm.id}`, { token, body: { city: "Bautzen" } });
const where = `/organisation/${firm.id}`;

for (const script of [true, false])
	test(`UX-21 UX-41 the record shows facts, one timeline and what hangs on it, newest first${script ? "" : ", without scripts"}`, async () => {
		const page = await browse(kontor, { script });
		await page.goto(where);
		const facts = page.getByRole("region", { name: "Angaben" });
		assert.match(await facts.innerText(), /Ort\s+Bautzen/);
		assert.equal(await facts.getByRole("link", { name: "post@oertel.example" }).getAttribute("href"), "mailto:post@oertel.example");
		const texts = await page.locator("#moments > li").allInnerTexts();
		const order = ["Görlitz → Bautzen", "Wahrscheinlichkeit", "Mag keinen Kaffee", "Preis besprochen", "4.000,00", "Vor Ort", "1.250,00"];
		const places = order.map((words) => texts.findIndex((text) => text.includes(words)));
		assert.deepEqual(places, [...places].sort((a, b) => a - b), `newest first: ${texts.join(" | ")}`);
		assert.ok(!places.includes(-1), texts.join(" | "));
		const related = page.getByRole("complementary", { name: "Verknüpft" });
		assert.match(await related.innerText(), /Deals\s*1[^]*Neue Hobelbank/);
		await related.getByRole("link", { name: /^Aktivitäten 2/ }).click();
		await page.getByText("Preis besprochen").first().waitFor();
		await page.context().close();
	});

test("UX-41 the timeline is filtered by kind and by person, and paged", async () => {
	const page = await browse(kontor);
	const many = await make("organisation", { name: "Viel Verkehr AG" });
	const operations = Array.from({ length: 60 }, (_, i) => ({ op: "create", object: "activity", fields: { kind: "call", subject: `Anruf ${i + 1}`, party: many.id, at: ago(60 - i) } }));
	await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations } });
	await page.goto(`/organisation/${many.id}`);
	const seen = [];
	for (;;) {
		seen.push(...(await page.locator("#moments .line").allInnerTexts()));
		const older = page.getByRole("link", { name: "Ältere Einträge" });
		if (!(await older.count())) break;
		const first = await page.locator("#moments .line").first().innerText();
		await older.click();
		await page.waitForFunction((text) => document.querySelector("#moments .line")?.innerText !== text, first);
	}
	assert.deepEqual(seen.map((text) => Number(/Anruf (\d+)/.exec(text)?.[1])), Array.from({ length: 60 }, (_, i) => 60 - i), "each once, newest first");
	await page.goto(where);
	await page.locator(".tabs").getByRole("link", { name: "Aktivitäten" }).click();
	await page.locator(".tabs a[aria-current]", { hasText: "Aktivitäten" }).waitFor();
	assert.equal(await page.locator("#moments > li").count(), 2);
	await page.locator(".tabs").getByRole("link", { name: "Änderungen" }).click();
	await page.locator(".tabs a[aria-current]", { hasText: "Änderungen" }).waitFor();
	assert.equal(await page.locator("#moments > li").count(), 2);
	const anna = kontor.user("anna", { role: "management" });
	await make("activity", { kind: "call", subject: "Annas Anruf", party: firm.id, at: ago(1), owner: anna.id });
	await page.goto(where);
	await page.locator("#person-button").click();
	await page.locator("#person-menu").getByRole("link", { name: "anna", exact: true }).click();
	await page.locator("#person-button", { hasText: "anna" }).waitFor();
	assert.deepEqual(await page.locator("#moments .line > a").allInnerTexts(), ["Annas Anruf"]);
	await page.context().close();
});

test("UX-44 the next step is always visible; none is amber", async () => {
	const page = await browse(kontor);
	const fresh = await make("organisation", { name: "Ohne Plan KG" });
	await page.goto(`/organisation/${fresh.id}`);
	const amber = page.locator(".step.missing");
	await amber.waitFor();
	assert.equal(await amber.evaluate((one) => getComputedStyle(one).backgroundColor), await page.evaluate(() => {
		const probe = document.body.appendChild(Object.assign(document.createElement("p"), { className: "alert warning" }));
		const colour = getComputedStyle(probe).backgroundColor;
		probe.remove();
		return colour;
	}));
	await make("task", { subject: "Angebot schicken", party: fresh.id, due_on: ago(-2).slice(0, 10) });
	await make("task", { subject: "Schon vorbei", party: fresh.id, due_on: ago(2).slice(0, 10) });
	await page.reload();
	await amber.waitFor({ state: "detached" });
	const step = page.locator(".step");
	assert.match(await step.innerText(), /Schon vorbei[^]*überfällig[^]*Angebot schicken/);
	await page.goto(`/deal/${deal.id}`);
	await page.locator(".step.missing").waitFor();
	await kontor.expect(200, "PATCH", `/api/v1/deal/${deal.id}`, { token, body: { next_step: "Muster zeigen" } });
	await page.reload();
	assert.match(await page.locator(".step").innerText(), /Muster zeigen/);
	await kontor.expect(200, "PATCH", `/api/v1/deal/${deal.id}`, { token, body: { next_step: null, outcome: "won" } });
	await page.reload();
	await page.getByRole("heading", { name: "Neue Hobelbank" }).waitFor();
	assert.equal(await page.locator(".step").count(), 0, "what is over wants no next step");
	await page.context().close();
});

test("a record's page takes at most 12 statements, also of a party with thousands of activities", async () => {
	const big = await make("organisation", { name: "Großkunde SE", email: "a@b.example" });
	for (let k = 0; k < 3; k++) {
		const operations = Array.from({ length: 1000 }, (_, i) => ({ op: "create", object: "activity", fields: { kind: "call", subject: `Anruf ${k} ${i}`, party: big.id, at: ago(i) } }));
		await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations } });
	}
	const parts = [["contact_point", { value: "0351 1" }], ["address", { city: "Bonn" }], ["deal", { name: "Deal" }], ["order", {}], ["task", { subject: "Aufgabe" }], ["consent", { purpose: "Brief" }], ["document", { name: "Blatt" }]];
	for (const [object, fields] of parts) await make(object, { ...fields, party: big.id });
	for (const id of [big.id, firm.id]) {
		const reply = await fetch(`${kontor.url}/party/${id}`, { headers: { authorization: `Bearer ${token}`, accept: "text/html" } });
		assert.equal(reply.status, 200);
		const request = reply.headers.get("x-request-id");
		await reply.text();
		const line = kontor.log().split("\n").find((one) => one.includes(`request=${request}`));
		const statements = Number(/sql_count=(\d+)/.exec(line)?.[1]);
		assert.ok(statements >= 4 && statements <= 12, `${statements} statements: ${line}`);
	}
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 records at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			for (const [name, address] of [["record-firm", where], ["record-deal", `/deal/${deal.id}`], ["record-person", "/person/2"], ["record-call", `/activity/${call.id}`], ["record-order", "/order/1"]]) {
				await page.goto(address);
				await page.person.look(name);
				await page.person.check(name);
			}
			await page.context().close();
		});
