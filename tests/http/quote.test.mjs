// Quotes over the interface and by plain forms: totals, rights, versions.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start();
const token = kontor.token("root");
const seller = kontor.token("verkauf", { role: "sales" });
const reader = kontor.token("leser", { role: "readonly" });
const make = async (object, body, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body })).body;
const get = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const firm = await make("organisation", { name: "Kühne Anlagen GmbH" });
const line = (quote, more = {}) => make("quote_line", { quote, description: "Montage", quantity: "2.500", price: "80.00", tax_rate: "19", ...more });

test("OP-10 what a quote comes to follows from its lines, in one changeset with them", async () => {
	const quote = await make("quote", { party: firm.id, discount: "3" });
	await line(quote.id);
	await line(quote.id, { kind: "option", price: "999.00" });
	await line(quote.id, { price: "0.35", quantity: "1", tax_rate: "7" });
	const stored = await get("quote", quote.id);
	assert.deepEqual([stored.total, stored.tax, stored.gross].map((one) => one.amount), ["194.34", "36.88", "231.22"]);
	await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { total: { amount: "1.00", currency: "EUR" } } });
});

test("OP-10 a batch writes a quote's lines all together or not at all", async () => {
	const quote = await make("quote", { party: firm.id });
	const operation = (price) => ({ op: "create", object: "quote_line", fields: { quote: quote.id, description: "Teil", price, tax_rate: "19" } });
	await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations: [operation("10.00"), operation("20.00")] } });
	assert.equal((await get("quote", quote.id)).gross.amount, "35.70");
	await kontor.expect(422, "POST", "/api/v1/batch", { token, body: { operations: [operation("5.00"), operation({ amount: "1.00", currency: "USD" })] } });
	assert.equal((await get("quote", quote.id)).gross.amount, "35.70");
});

test("SEC-02 lines are written only by those who may write the quote", async () => {
	const quote = await make("quote", { party: firm.id }, seller);
	const made = await line(quote.id);
	for (const where of [`/quote/${quote.id}/lines`, `/quote/${quote.id}/lines/sums`]) {
		const reply = await kontor.api("POST", where, { token: reader, body: undefined, headers: { "content-type": "application/x-www-form-urlencoded" } });
		assert.ok([400, 401, 403, 404, 415, 422].includes(reply.status), `${where}: ${reply.status}`);
	}
	await kontor.expect(403, "PATCH", `/api/v1/quote_line/${made.id}`, { token: reader, body: { price: "1.00" } });
	await kontor.expect(403, "POST", "/api/v1/quote_line", { token: reader, body: { quote: quote.id } });
	assert.equal((await get("quote", quote.id)).total.amount, "200.00");
});

test("OP-10 what was sent stays as it is", async () => {
	const quote = await make("quote", { party: firm.id });
	const made = await line(quote.id);
	await kontor.expect(200, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { state: "sent" } });
	await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { discount: "5" } });
	await kontor.expect(422, "PATCH", `/api/v1/quote_line/${made.id}`, { token, body: { price: "1.00" } });
	await kontor.expect(422, "DELETE", `/api/v1/quote_line/${made.id}`, { token });
	await kontor.expect(200, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { notes: "nachgefragt" } });
});

const lines = async (object, whole, id) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(`${whole} = ${id}`)}&sort=position`, { token })).body.items;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
const patch = (object, id, body) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body });
const undo = (reply) => kontor.expect(200, "POST", `/api/v1/changesets/${reply.headers.get("kontor-changeset")}/undo`, { token });

test("OP-11 a quote that is sent is followed up: a task on its day, done when the customer answers", async () => {
	const quote = await make("quote", { party: firm.id });
	await line(quote.id);
	await patch("quote", quote.id, { state: "sent" });
	const [task] = await list("task", `quote = ${quote.id}`);
	const sent = await get("quote", quote.id);
	assert.deepEqual([task.due_on, task.party, task.state], [sent.follow_up_on, firm.id, "open"]);
	assert.equal(Math.round((Date.parse(sent.follow_up_on) - Date.parse(sent.sent_on)) / 86_400_000), 7);
	const answer = await patch("quote", quote.id, { state: "declined", decline_note: "Zu teuer" });
	assert.equal((await get("task", task.id)).state, "done");
	await undo(answer);
	assert.equal((await get("task", task.id)).state, "open");
});

test("OP-10 DAT-10 an accepted quote makes the order with its lines and wins the deal, undone as one", async () => {
	const deal = await make("deal", { name: "Anlage", party: firm.id });
	const quote = await make("quote", { party: firm.id, deal: deal.id, discount: "2" });
	await line(quote.id);
	await line(quote.id, { kind: "option", price: "5000.00" });
	await line(quote.id, { kind: "alternative", price: "10.00" });
	await line(quote.id, { kind: "alternative", chosen: true, price: "33.33" });
	await line(quote.id, { kind: "subtotal", description: "Zusammen", price: undefined });
	await patch("quote", quote.id, { state: "sent" });
	const accepted = await patch("quote", quote.id, { state: "accepted" });
	const [order] = await list("order", `quote = ${quote.id}`), stored = await get("quote", quote.id);
	assert.deepEqual([order.total, order.tax, order.gross, order.deal], [stored.total, stored.tax, stored.gross, deal.id]);
	assert.deepEqual((await lines("order_line", "order", order.id)).map((one) => [one.kind, one.price?.amount]), [["normal", "80.00"], ["normal", "33.33"], ["subtotal", undefined]]);
	const won = await get("deal", deal.id);
	assert.deepEqual([won.outcome, won.value.amount], ["won", stored.total.amount]);
	assert.equal(stored.probability, "100.00");
	await undo(accepted);
	assert.equal((await list("order", `quote = ${quote.id}`)).length, 0);
	assert.deepEqual([(await get("deal", deal.id)).outcome, (await get("quote", quote.id)).state], ["open", "sent"]);
});

test("OP-10 a new version is a draft with the same number; the old one is replaced and stays as it is", async () => {
	const quote = await make("quote", { party: firm.id, subject: "Erste Fassung" });
	const first = await line(quote.id);
	await kontor.expect(409, "POST", `/api/v1/quote/${quote.id}/revise`, { token });
	await patch("quote", quote.id, { state: "sent" });
	await kontor.expect(403, "POST", `/api/v1/quote/${quote.id}/revise`, { token: reader });
	const next = (await kontor.expect(201, "POST", `/api/v1/quote/${quote.id}/revise`, { token })).body;
	assert.deepEqual([next.number, next.revision, next.previous, next.state, next.total], [quote.number, 2, quote.id, "draft", (await get("quote", quote.id)).total]);
	assert.equal((await get("quote", quote.id)).state, "replaced");
	const [copied] = await lines("quote_line", "quote", next.id);
	await patch("quote_line", copied.id, { price: "1.00" });
	assert.equal((await get("quote_line", first.id)).price.amount, "80.00");
	await kontor.expect(422, "PATCH", `/api/v1/quote_line/${first.id}`, { token, body: { price: "1.00" } });
	await kontor.expect(409, "POST", `/api/v1/quote/${quote.id}/revise`, { token });
});

test("OP-11 DAT-09 a quote is declined with a reason only: one by one, in a batch, in bulk", async () => {
	const quote = await make("quote", { party: firm.id }), reason = await make("loss_reason", { name: "Preis zu hoch" });
	await line(quote.id);
	await patch("quote", quote.id, { state: "sent" });
	const refused = await kontor.expect(422, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { state: "declined" } });
	assert.equal(refused.body.errors[0].field, "loss_reason");
	await kontor.expect(422, "POST", "/api/v1/batch", { token, body: { operations: [{ op: "edit", object: "quote", id: quote.id, fields: { state: "declined" } }] } });
	const bulk = (set) => kontor.api("POST", "/api/v1/quote/bulk", { token, body: { ids: [quote.id], fields: set } });
	await bulk({ state: "declined" });
	assert.equal((await get("quote", quote.id)).state, "sent");
	const done = await bulk({ state: "declined", loss_reason: reason.id });
	assert.ok(done.status < 300, done.text);
	assert.deepEqual([(await get("quote", quote.id)).state, (await get("quote", quote.id)).loss_reason], ["declined", reason.id]);
});

test("OP-11 another day for the follow-up moves its task", async () => {
	const quote = await make("quote", { party: firm.id });
	await line(quote.id);
	await patch("quote", quote.id, { state: "sent" });
	await patch("quote", quote.id, { follow_up_on: "2031-05-06" });
	const [task] = await list("task", `quote = ${quote.id}`);
	assert.equal(task.due_on, "2031-05-06");
});
