// What products cost whom: groups, agreements, lists of classes, limits of discounts with approval; and what is proposed.
import assert from "node:assert";
import { test } from "node:test";
import { start, until } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const seller = kontor.token("verkauf", { role: "sales" }), boss = kontor.token("leitung", { role: "management" });
const make = async (object, body, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body })).body;
const get = async (object, id, who = token) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token: who })).body;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
const patch = (object, id, body, who = token) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token: who, body });
const firm = await make("organisation", { name: "Kühne Anlagen GmbH", care_class: "a" }), other = await make("organisation", { name: "Werft Süd" });
const machines = await make("product_group", { name: "Maschinen" }), pumps = await make("product_group", { name: "Pumpen", parent_group: machines.id });
const pump = await make("product", { name: "Pumpe P1", price: "1000.00", cost: "600.00", tax_rate: "19", product_group: pumps.id });
const line = (quote, more = {}, who = token) => make("quote_line", { quote, ...more }, who);

test("OP-27 what was agreed with a party or a class, on a product or a group of them, for a time, comes into its lines", async () => {
	const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
	await make("discount_agreement", { name: "Klasse A", care_class: "a", product_group: machines.id, discount: "4" });
	await make("discount_agreement", { name: "Rahmenvertrag", party: firm.id, product: pump.id, discount: "7.5", min_quantity: "10" });
	await make("discount_agreement", { name: "Vorbei", party: firm.id, discount: "50", valid_until: day(-1) });
	await make("discount_agreement", { name: "Noch nicht", discount: "60", valid_from: day(2) });
	const quote = await make("quote", { party: firm.id }), strangers = await make("quote", { party: other.id });
	const discount = async (one, more) => {
		const made = await line(one.id, { product: pump.id, ...more });
		return [made.discount, Boolean(made.agreement)];
	};
	assert.deepEqual(await discount(quote, { quantity: "1" }), ["4.00", true], "by the class, on a group above");
	assert.deepEqual(await discount(quote, { quantity: "10" }), ["7.50", true], "by the party, from ten on");
	assert.deepEqual(await discount(quote, { quantity: "1", discount: "1" }), ["1.00", false], "what somebody writes stands");
	assert.deepEqual(await discount(strangers, { quantity: "10" }), ["0.00", false]);
	const order = await make("order", { party: firm.id });
	assert.equal((await make("order_line", { order: order.id, product: pump.id })).discount, "4.00");
});

test("OP-25 a price list may be for a class of customers", async () => {
	const prices = await make("price_list", { name: "Klasse B", care_class: "b", general: true }), party = await make("organisation", { name: "B-Kunde", care_class: "b" });
	await make("price", { price_list: prices.id, product: pump.id, amount: "900.00" });
	const of = async (whom) => (await line((await make("quote", { party: whom })).id, { product: pump.id })).price.amount;
	assert.deepEqual([await of(party.id), await of(other.id)], ["900.00", "1000.00"]);
});

test("OP-25 a discount above the limit of its author needs an approval before the quote is sent: asked for, refused, given", async () => {
	const [role] = await list("role", "name = sales");
	const limit = await make("discount_limit", { role: role.id, discount: "10" });
	const quote = await make("quote", { party: other.id }, seller), made = await line(quote.id, { product: pump.id, discount: "8" }, seller);
	const state = async () => (await get("quote", quote.id)).approval;
	assert.equal(await state(), "free");
	await patch("quote", quote.id, { discount: "5" }, seller);
	assert.deepEqual([await state(), (await get("quote", quote.id)).highest_discount], ["needed", "12.60"], "line and whole together");
	await patch("quote", quote.id, { discount: "0" }, seller);
	assert.equal(await state(), "free");
	await patch("quote_line", made.id, { discount: "0", price: "850.00" }, seller);
	assert.equal(await state(), "needed", "a price below the list is a discount too");
	const refused = await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token: seller, body: { state: "sent" } });
	assert.equal(refused.body.errors[0].field, "approval");
	const act = (status, who, body) => kontor.expect(status, "POST", `/api/v1/quote/${quote.id}/approval`, { token: who, body });
	await act(403, seller, { act: "approve" });
	await act(200, seller, { act: "ask", reason: "Erster Auftrag" });
	await until("whoever may decide is told", async () => (await kontor.expect(200, "GET", "/api/v1/notifications", { token: boss })).body.items.some((one) => one.kind === "approval" && one.record === quote.id));
	await act(422, boss, { act: "refuse" });
	await act(200, boss, { act: "refuse", reason: "Zu viel" });
	await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token: seller, body: { state: "sent" } });
	await act(200, boss, { act: "approve", reason: "Ausnahme" });
	await until("its person in charge is told", async () => (await kontor.expect(200, "GET", "/api/v1/notifications", { token: seller })).body.items.some((one) => one.kind === "approval" && one.record === quote.id));
	const history = (await kontor.expect(200, "GET", `/api/v1/quote/${quote.id}/history`, { token })).body.items;
	assert.ok(JSON.stringify(history).includes("Zu viel") && JSON.stringify(history).includes("Ausnahme"), "the log keeps who decided what, and why");
	await patch("quote_line", made.id, { price: "800.00" }, seller);
	assert.equal(await state(), "needed", "what was approved was less");
	await act(200, boss, { act: "approve" });
	await patch("quote", quote.id, { state: "sent" }, seller);
	await kontor.expect(409, "POST", `/api/v1/quote/${quote.id}/approval`, { token: boss, body: { act: "approve" } });
	const free = await make("quote", { party: other.id }, boss);
	await line(free.id, { product: pump.id, discount: "40" }, boss);
	await patch("quote", free.id, { state: "sent" }, boss);
	const page = new Visitor(kontor, "de"), open = await make("quote", { party: other.id }, seller);
	await line(open.id, { product: pump.id, discount: "20" }, seller);
	await page.signIn("verkauf");
	assert.match((await page.get(`/quote/${open.id}`)).text, new RegExp(`href="/quote/${open.id}/approval"`));
	assert.match((await page.get(`/quote/${open.id}/approval`)).text, /Ask for approval/);
	await page.post(`/quote/${open.id}/approval`, { do: "ask" });
	assert.equal((await get("quote", open.id)).approval, "asked");
	await kontor.expect(204, "DELETE", `/api/v1/discount_limit/${limit.id}`, { token });
});

test("OP-36 OP-13 OP-14 a quote proposes successors of what is phased out, accessories, and what replaces a product bought before", async () => {
	const successor = await make("product", { name: "Pumpe P2", price: "1100.00" }), hose = await make("product", { name: "Schlauch", price: "20.00" });
	const dead = await make("product", { name: "Ventil", active: false }), newer = await make("product", { name: "Filter F2", price: "50.00" });
	const older = await make("product", { name: "Filter F1", successor: newer.id });
	await patch("product", pump.id, { phase_out_on: "2020-01-01", successor: successor.id, accessories: [hose.id, dead.id] });
	const order = await make("order", { party: other.id });
	await make("order_line", { order: order.id, product: older.id });
	const quote = await make("quote", { party: other.id }), made = await line(quote.id, { product: pump.id });
	await line(quote.id, { product: dead.id });
	const proposed = async () => (await kontor.expect(200, "GET", `/api/v1/quote/${quote.id}/proposals`, { token: seller })).body.items.map((one) => [one.kind, one.name, one.of]);
	assert.deepEqual(await proposed(), [["successor", "Pumpe P2", "Pumpe P1"], ["accessory", "Schlauch", "Pumpe P1"], ["successor", "", "Ventil"], ["upgrade", "Filter F2", "Filter F1"]]);
	const clerk = new Visitor(kontor, "de");
	await clerk.signIn("root");
	const page = await clerk.get(`/quote/${quote.id}`);
	assert.match(page.text, /Pumpe P1 is phased out; its successor: <strong>Pumpe P2/);
	await clerk.post(`/quote/${quote.id}/take`, { line: made.id, product: successor.id });
	await clerk.post(`/quote/${quote.id}/take`, { line: "0", product: newer.id });
	const changed = await get("quote_line", made.id);
	assert.deepEqual([changed.description, changed.price.amount], ["Pumpe P2", "1100.00"]);
	assert.deepEqual(await proposed(), [["successor", "", "Ventil"]]);
	assert.equal((await get("product", pump.id)).margin.amount, "400.00");
});
