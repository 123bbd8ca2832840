// Orders on their way: deliveries, returns, invoices and payments, and the hand-over to merchandise management.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const reader = kontor.token("leser", { role: "readonly" });
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const get = async (object, id, who = token) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token: who })).body;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
const firm = await make("organisation", { name: "Kühne; \"Söhne\", Hamburg", external_id: "K-100" });
const pump = await make("product", { name: "Pumpe", sku: "P-1", price: "100.00", tax_rate: "19" });

test("OP-23 DAT-10 everybody sees how far an order is: partial deliveries and returns, promised and real dates, derived state", async () => {
	const order = await make("order", { party: firm.id, promised_on: "2031-03-01" });
	const first = await make("order_line", { order: order.id, product: pump.id, quantity: "8" }), second = await make("order_line", { order: order.id, description: "Montage", quantity: "2", price: "50.00" });
	await make("order_line", { order: order.id, kind: "text", description: "Bitte anrufen" });
	const how = async () => {
		const now = await get("order", order.id, reader);
		return [now.delivery, now.progress, now.delivered_on, now.has_returns, now.state];
	};
	await make("delivery", { line: first.id, quantity: "5", delivered_on: "2031-02-10", number: "LS-1" });
	assert.deepEqual(await how(), ["partly", "50.00", "2031-02-10", false, "open"]);
	await make("delivery", { order: order.id, line: first.id, quantity: "3", delivered_on: "2031-02-12" });
	await make("delivery", { order: order.id, line: first.id, kind: "return", quantity: "1", reason: "defekt", delivered_on: "2031-02-20" });
	assert.deepEqual(await how(), ["partly", "70.00", "2031-02-12", true, "open"]);
	const line = await get("order_line", first.id);
	assert.deepEqual([line.delivered, line.returned], ["8.000", "1.000"]);
	await make("delivery", { order: order.id, line: first.id, quantity: "1", delivered_on: "2031-02-25" });
	const last = await make("delivery", { order: order.id, line: second.id, quantity: "2", delivered_on: "2031-02-26" });
	assert.deepEqual(await how(), ["wholly", "100.00", "2031-02-26", true, "done"]);
	await kontor.expect(204, "DELETE", `/api/v1/delivery/${last.id}`, { token });
	assert.deepEqual((await how()).slice(0, 2), ["partly", "80.00"]);
	const other = await make("order", { party: firm.id });
	await kontor.expect(422, "POST", "/api/v1/delivery", { token, body: { order: other.id, line: first.id, quantity: "1" } });
	await kontor.expect(403, "POST", "/api/v1/delivery", { token: reader, body: { order: order.id, line: first.id, quantity: "1" } });
});

test("DAT-07 invoices and payments say what is open; they come from elsewhere by their keys, and payments back are negative", async () => {
	const order = await make("order", { party: firm.id }), invoice = await make("invoice", { number: "R-1", external_id: "erp-1", party: firm.id, order: order.id, gross: "119.00", due_on: "2020-01-01" });
	const how = async () => {
		const now = await get("invoice", invoice.id);
		return [now.state, now.paid.amount, now.open.amount];
	};
	assert.deepEqual([invoice.state, invoice.open.amount], ["open", "119.00"]);
	await make("payment", { invoice: invoice.id, amount: "100.00", external_id: "z-1" });
	assert.deepEqual(await how(), ["partly", "100.00", "19.00"]);
	const paid = await make("payment", { invoice: invoice.id, amount: "19.00" });
	assert.deepEqual(await how(), ["paid", "119.00", "0.00"]);
	await make("payment", { invoice: invoice.id, amount: "-50.00", reference: "Rücküberweisung" });
	assert.deepEqual(await how(), ["partly", "69.00", "50.00"]);
	await kontor.expect(204, "DELETE", `/api/v1/payment/${paid.id}`, { token });
	assert.deepEqual(await how(), ["partly", "50.00", "69.00"]);
	assert.equal((await list("invoice", `party = ${firm.id} and state in (open, partly) and due_on < today`)).length, 1);
	await kontor.expect(422, "POST", "/api/v1/invoice", { token, body: { external_id: "erp-1", party: firm.id } });
});

test("OP-24 a won quote's order waits for merchandise management, which takes it as JSON or CSV, acknowledges it, or says why not", async () => {
	const quote = await make("quote", { party: firm.id, discount: "10" });
	await make("quote_line", { quote: quote.id, product: pump.id, quantity: "2.5", description: "Pumpe; groß, \"rot\"" });
	for (const state of ["sent", "accepted"]) await kontor.expect(200, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { state } });
	const [order] = await list("order", "handover = waiting"), where = `/api/v1/order/${order.id}/handover`;
	assert.equal(order.quote, quote.id);
	const file = (await kontor.expect(200, "GET", where, { token: reader })).body;
	assert.deepEqual([file.format, file.version, file.net, file.tax, file.gross, file.customer.customer_number, file.customer.name], ["kontor.order", 1, "225.00", "42.75", "267.75", "K-100", firm.name]);
	assert.deepEqual([file.lines[0].product_number, file.lines[0].quantity, file.lines[0].unit_price, file.lines[0].tax_rate, file.lines[0].amount], ["P-1", "2.500", "100.00", "19.00", "250.00"]);
	const csv = await kontor.api("GET", `${where}.csv`, { token });
	const [head, row] = csv.text.split("\r\n");
	assert.equal(head, "order_number,placed_on,customer_number,customer,currency,position,kind,product_number,description,details,quantity,unit_of_measure,unit_price,discount,tax_rate,amount");
	assert.ok(row.includes('"Kühne; ""Söhne"", Hamburg"') && row.endsWith("2.500,,100.00,0.00,19.00,250.00"), row);
	await kontor.expect(422, "POST", where, { token, body: { state: "failed" } });
	await kontor.expect(422, "POST", where, { token, body: { state: "gone" } });
	await kontor.expect(403, "POST", where, { token: reader, body: { state: "taken" } });
	const failed = (await kontor.expect(200, "POST", where, { token, body: { state: "failed", reason: "Kunde gesperrt" } })).body;
	assert.deepEqual([failed.handover, failed.handover_note, failed.handed_over_at], ["failed", "Kunde gesperrt", null]);
	const desk = new Visitor(kontor);
	await desk.signIn("root");
	assert.match((await desk.get(`/order/${order.id}`)).text, /Hand over/);
	assert.equal((await desk.post(`/order/${order.id}/handover`)).status, 303);
	assert.equal((await get("order", order.id)).handover, "waiting");
	const taken = (await kontor.expect(200, "POST", where, { token, body: { state: "taken", external_id: "A-2031-7" } })).body;
	assert.deepEqual([taken.handover, taken.external_id, taken.handover_note], ["taken", "A-2031-7", null]);
	assert.ok(taken.handed_over_at);
	assert.equal((await desk.get(`/order/${order.id}/handover.csv`)).headers.get("content-type"), "text/csv; charset=utf-8");
});
