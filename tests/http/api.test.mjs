// The contract of the API: what outsiders rely on.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { start, until } from "./harness.mjs";
import { chance, readModel } from "./matrix.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("anna");
const random = chance(7);
const call = (method, where, body, headers) => kontor.api(method, where, { token, body, headers });
const expect = (status, method, where, body, headers) => kontor.expect(status, method, where, { token, body, headers });
const make = async (object, fields) => (await expect(201, "POST", `/api/v1/${object}`, fields)).body;
const query = (values) => new URLSearchParams(values).toString();
const list = async (object, values = {}) => (await expect(200, "GET", `/api/v1/${object}?${query(values)}`)).body;
const ids = (items) => items.map((item) => item.id);

const problem = (reply, status, type) => {
	assert.equal(reply.status, status, reply.text);
	assert.match(reply.headers.get("content-type"), /^application\/problem\+json/);
	assert.equal(reply.body.type, `/problems/${type}`);
	assert.equal(reply.body.status, status);
	assert.ok(reply.body.title);
	return reply.body;
};
const fieldError = (reply, field, code) => {
	const body = problem(reply, 422, "input");
	assert.ok(body.errors?.some((e) => e.field === field && (!code || e.code === code) && e.detail), `${field} ${code}: ${reply.text}`);
};

test("a record is made, read, changed, and found where Location says", async () => {
	const made = await expect(201, "POST", "/api/v1/person", { family_name: "Müller", city: "Köln" });
	assert.equal(made.headers.get("location"), `/api/v1/person/${made.body.id}`);
	assert.equal(made.headers.get("etag"), '"1"');
	assert.equal(made.body.kind, "person");
	assert.equal(typeof made.body.id, "string");
	const read = await expect(200, "GET", made.headers.get("location"));
	assert.equal(read.headers.get("etag"), '"1"');
	const changed = await expect(200, "PATCH", made.headers.get("location"), { city: null, given_name: "Åsa" });
	assert.equal(changed.body.city, null);
	assert.equal(changed.body.family_name, "Müller", "what a merge patch does not name stays");
	assert.equal(changed.headers.get("etag"), '"2"');
	const same = await expect(200, "PATCH", made.headers.get("location"), { given_name: "Åsa" });
	assert.equal(same.body.version, 2, "a change that changes nothing makes no version");
});

test("DQ-01 a record of almost nothing is taken", async () => {
	const made = await make("party", { email: "nur@eine-adresse.de" });
	assert.equal(made.email, "nur@eine-adresse.de");
	await make("party", {});
});

test("COL-01 of two who change the same record the later one is told, with the newer values", async () => {
	const made = await make("party", { name: "Alt" });
	await expect(200, "PATCH", `/api/v1/party/${made.id}`, { name: "Neu" }, { "if-match": '"1"' });
	const stale = await call("PATCH", `/api/v1/party/${made.id}`, { name: "Zu spät" }, { "if-match": '"1"' });
	const body = problem(stale, 412, "stale");
	assert.equal(body.current.name, "Neu");
	assert.equal(body.current.version, 2);
	problem(await call("DELETE", `/api/v1/party/${made.id}`, undefined, { "if-match": '"1"' }), 412, "stale");
	await expect(200, "PATCH", `/api/v1/party/${made.id}`, { name: "Neuer" }, { "if-match": '"2"' });
});

test("deleting moves to the trash, restoring brings all of it back, and its parts", async () => {
	const made = await make("party", { name: "Weg", city: "Trier" }), part = await make("address", { party: made.id, city: "Trier" });
	const gone = await expect(204, "DELETE", `/api/v1/party/${made.id}`);
	assert.equal(gone.text, "");
	problem(await call("GET", `/api/v1/party/${made.id}`), 404, "missing");
	problem(await call("GET", `/api/v1/address/${part.id}`), 404, "missing");
	problem(await call("DELETE", `/api/v1/party/${made.id}`), 404, "missing");
	assert.ok(ids((await list("party", { trash: 1, limit: 1000 })).items).includes(made.id));
	assert.ok(!ids((await list("party", { limit: 1000 })).items).includes(made.id));
	const back = await expect(200, "POST", `/api/v1/party/${made.id}/restore`, {});
	assert.equal(back.body.city, "Trier");
	await expect(200, "GET", `/api/v1/address/${part.id}`);
	problem(await call("POST", `/api/v1/party/${made.id}/restore`, {}), 404, "missing");
});

test("DAT-03 a record is read as it was at a moment", async () => {
	const made = await make("party", { name: "Eins" });
	const first = (await expect(200, "GET", `/api/v1/party/${made.id}`)).body.changed_at;
	while (Date.now() <= Date.parse(first) + 1);
	const second = (await expect(200, "PATCH", `/api/v1/party/${made.id}`, { name: "Zwei", city: "Ulm" })).body.changed_at;
	const at = async (moment) => (await expect(200, "GET", `/api/v1/party/${made.id}?as_of=${encodeURIComponent(moment)}`)).body;
	assert.equal((await at(first)).name, "Eins");
	assert.equal((await at(first)).city, null);
	assert.equal((await at(second)).name, "Zwei");
	problem(await call("GET", `/api/v1/party/${made.id}?as_of=2001-01-01`), 404, "missing");
	fieldError(await call("GET", `/api/v1/party/${made.id}?as_of=2026-02-30`), "as_of", "format");
	const history = (await expect(200, "GET", `/api/v1/party/${made.id}/history`)).body.items;
	assert.deepEqual(history.map((h) => h.op), ["edit", "create"]);
	assert.deepEqual(history[0].fields.name, { old: "Eins", new: "Zwei" });
});

// --- lists ---

const COUNT = 230;
let rows;

before(async () => {
	const operations = Array.from({ length: COUNT }, (_, i) => ({
		op: "create",
		object: "product",
		fields: { name: random.odds(0.2) ? null : random.pick(["Äpfel", "apfel", "Birne", "Öl", "Zange", "ähre"]) + (random.odds(0.5) ? "" : ` ${i % 7}`) },
	}));
	const done = await expect(200, "POST", "/api/v1/batch", { mode: "all", operations });
	assert.equal(done.body.failed, 0);
	rows = (await list("product", { limit: 1000 })).items;
	assert.equal(rows.length, COUNT);
});

async function pages(values, limit) {
	const got = [];
	for (let after = null, n = 0; n < 500; n++) {
		const page = await list("product", { ...values, limit, ...(after ? { after } : {}) });
		assert.ok(page.items.length <= limit);
		got.push(...page.items);
		if (!page.next) return got;
		after = page.next;
	}
	assert.fail("the pages do not end");
}

const folded = (text) => text.toLowerCase().replace(/ä/g, "a").replace(/ö/g, "o").replace(/ü/g, "u").replace(/ß/g, "ss");
const order = (keys) => (a, b) => {
	for (const [name, down] of keys) {
		const key = (row) => (row[name] === null ? null : name === "id" ? Number(row[name]) : typeof row[name] === "string" && name === "name" ? folded(row[name]) : row[name]);
		const x = key(a), y = key(b);
		if (x === y) continue;
		const less = x === null ? true : y === null ? false : x < y;
		return less === !down ? -1 : 1;
	}
	return 0;
};

for (const [sort, keys] of [["name", [["name", false], ["id", false]]], ["-name", [["name", true], ["id", true]]], ["name,-id", [["name", false], ["id", true]]], ["-id", [["id", true]]], ["-name,id", [["name", true], ["id", false]]]])
	for (const limit of [1, 7, 50])
		test(`DQ-04 sorted by ${sort} in pages of ${limit}, each record comes exactly once, empty and equal values included`, async () => {
			if (limit === 1 && sort !== "name" && sort !== "-name") return;
			assert.deepEqual(ids(await pages({ sort, fields: "id" }, limit)), ids([...rows].sort(order(keys))));
		});

test("totals are exact, also of what a condition leaves", async () => {
	assert.equal((await list("product", { total: 1, limit: 3 })).total, COUNT);
	const where = 'name = "apfel"';
	const page = await list("product", { where, total: 1, limit: 1000 });
	assert.equal(page.total, rows.filter((row) => row.name !== null && folded(row.name) === "apfel").length);
	assert.equal(page.items.length, page.total);
	assert.equal((await list("product", { where: "name is empty", total: 1 })).total, rows.filter((row) => row.name === null).length);
});

test("only the fields that are asked for come", async () => {
	for (const item of (await list("product", { fields: "name", limit: 5 })).items) assert.deepEqual(Object.keys(item).filter((key) => !["id", "version"].includes(key)), ["name"]);
});

test("what is not known is an error: names, limits, cursors, members of the body", async () => {
	for (const [values, field] of [[{ sort: "nope" }, "sort"], [{ fields: "nope" }, "fields"], [{ where: "nope = 1" }, "where"], [{ where: "name =" }, "where"], [{ nope: "1" }, "nope"], [{ limit: "0" }, "limit"], [{ limit: "1001" }, "limit"], [{ limit: "-1" }, "limit"], [{ limit: "99999999999999999999" }, "limit"], [{ limit: "1e2" }, "limit"], [{ total: "2" }, "total"], [{ after: "nonsense" }, "after"]])
		fieldError(await call("GET", `/api/v1/product?${query(values)}`), field);
	const cursor = (await list("product", { sort: "name", limit: 2 })).next;
	fieldError(await call("GET", `/api/v1/product?${query({ sort: "-name", after: cursor })}`), "after");
	fieldError(await call("GET", `/api/v1/party?${query({ sort: "name", after: cursor })}`), "after");
	problem(await call("GET", "/api/v1/nope"), 404, "missing");
	const two = await call("POST", "/api/v1/product", { nope: 1, neither: 2 });
	fieldError(two, "nope", "unknown");
	fieldError(two, "neither", "unknown");
	problem(await call("PUT", "/api/v1/product/1", {}), 405, "method");
});

// --- bad input ---

const raw = (body, type = "application/json", where = "/api/v1/party", method = "POST") => kontor.api(method, where, { token, body, headers: { "content-type": type } });

test("SEC-01 bodies that are no JSON, too deep, too big, or say a thing twice are refused, and nothing is made", async () => {
	const before = (await list("party", { total: 1, limit: 1 })).total;
	for (const text of ["", "{", "[]", '"x"', "{'a':1}", '{"name":"a",}', '{"name":1e999}', "nul"]) {
		const reply = await raw(text);
		if (text === "") continue;
		assert.ok([400, 422].includes(reply.status), `${text} → ${reply.status}`);
	}
	problem(await raw('{"name":"a","name":"b"}'), 400, "usage");
	problem(await raw('{"notes":' + "[".repeat(5000) + "]".repeat(5000) + "}"), 400, "usage");
	for (const depth of [65, 200]) {
		const reply = await raw('{"name":' + "[".repeat(depth) + "]".repeat(depth) + "}");
		assert.ok([400, 422].includes(reply.status), `${depth} deep → ${reply.status}`);
	}
	problem(await raw(Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')])), 400, "usage");
	const zero = await raw('{"name":"a\\u0000b"}');
	assert.ok([400, 422].includes(zero.status), `NUL → ${zero.status}`);
	problem(await raw("name=a", "application/x-www-form-urlencoded"), 415, "media-type");
	problem(await raw(JSON.stringify({ notes: "x".repeat(3 << 20) })), 413, "too-big");
	assert.ok((await list("party", { total: 1, limit: 1 })).total <= before + 1);
});

test("ids and numbers that overflow, and dates that do not exist, are told with their field", async () => {
	for (const id of ["9223372036854775808", "99999999999999999999999", "0", "-1", "1.5", "0x1", "1e3", "abc", "%00", "1%20"]) {
		const reply = await call("GET", `/api/v1/party/${id}`);
		assert.ok([400, 404].includes(reply.status), `${id} → ${reply.status} ${reply.text}`);
	}
	problem(await call("GET", "/api/v1/party/9223372036854775807"), 404, "missing");
	for (const [object, field, value] of [["party", "employees", 1e30], ["party", "employees", "x"], ["party", "employees", 1.5], ["party", "employees", -1], ["party", "birthday", "2025-02-29"], ["party", "birthday", "2025-13-01"], ["party", "birthday", "29.02.2025"], ["party", "birthday", 20250101], ["party", "owner", "99999999999999999999"], ["party", "owner", "999999"], ["party", "kind", "alien"], ["party", "email", 5], ["party", "name", "x".repeat(201)], ["party", "name", {}], ["party", "revenue", { amount: "1e400", currency: "EUR" }], ["party", "revenue", { amount: "1", currency: "XXXX" }], ["party", "created_at", "2020-01-01T00:00:00Z"], ["party", "id", "5"], ["party", "open_deals", 5], ["deal", "number", "D-1"], ["deal", "weighted", 5]])
		fieldError(await call("POST", `/api/v1/${object}`, { [field]: value }), field);
});

test("a mistake in a condition is told in the language of who asks, the hint too", async () => {
	for (const [language, said] of [["de-DE,de;q=0.9", "(meinten Sie name?)"], ["en", "(did you mean name?)"]]) {
		const reply = await call("GET", "/api/v1/party?where=nmae+%3D+x", undefined, { "accept-language": language });
		assert.ok(problem(reply, 422, "input").errors[0].detail.includes(said), reply.text);
		assert.equal(reply.text.includes("Zeichen 1"), language !== "en", reply.text);
	}
});

test("a free tag comes back as it was typed, and is found however it is written", async () => {
	const made = await make("party", { name: "Groß", tags: ["Großkunde", "vip", "GROSSKUNDE"] });
	assert.deepEqual(made.tags, ["Großkunde", "vip"]);
	for (const word of ["grosskunde", "Großkunde", "GROSSKUNDE"]) {
		const found = await list("party", { where: `tags contains "${word}"`, fields: "tags" });
		assert.deepEqual(found.items.map((item) => item.tags), [["Großkunde", "vip"]], word);
	}
	const changed = (await expect(200, "PATCH", `/api/v1/party/${made.id}`, { tags: ["VIP", "großkunde", "Großkunde"] })).body;
	assert.deepEqual(changed.tags, ["großkunde", "VIP"], "whoever corrects the spelling has it so");
	assert.match(kontor.cli(["export", "party", "--where", "tags contains vip", "--fields", "tags"]).out, /"?großkunde,VIP"?/);
	const file = path.join(kontor.folder, "tags.csv");
	fs.writeFileSync(file, 'name,tags\nImportiert,"Stammkunde; STAMMKUNDE; Neu"\n');
	kontor.cli(["import", "party", file]);
	assert.deepEqual((await list("party", { where: "tags contains stammkunde", fields: "tags" })).items.map((item) => item.tags), [["Neu", "Stammkunde"]]);
});

test("hostile texts come back as they went in", async () => {
	for (const name of ["'; DROP TABLE party; --", "<script>alert(1)</script>", "%s%n\\", "日本語 🙂 \u202e", '"quoted"', "{{name}}"]) {
		const made = await make("party", { name });
		assert.equal((await expect(200, "GET", `/api/v1/party/${made.id}`)).body.name, name);
		const found = await list("party", { where: `name = ${JSON.stringify(name)}`, fields: "id" });
		assert.ok(ids(found.items).includes(made.id), name);
	}
});

// --- batch and idempotency ---

test("a batch is done as a whole or not at all, or each for itself", async () => {
	const count = async () => (await list("party", { where: 'city = "Batchheim"', total: 1 })).total;
	const operations = [{ op: "create", object: "party", fields: { city: "Batchheim" } }, { op: "create", object: "party", fields: { city: "Batchheim", birthday: "2025-02-30" } }, { op: "update", object: "party", id: "999999", fields: {} }];
	const whole = await call("POST", "/api/v1/batch", { operations });
	fieldError(whole, "operations[1].birthday");
	assert.equal(await count(), 0);
	const each = await expect(200, "POST", "/api/v1/batch", { mode: "each", operations });
	assert.deepEqual(each.body.results.map((r) => r.status), [201, 422, 404]);
	assert.equal(each.body.failed, 2);
	assert.equal(each.body.results[1].problem.type, "/problems/input");
	assert.equal(await count(), 1);
	const id = each.body.results[0].id;
	const rest = await expect(200, "POST", "/api/v1/batch", { operations: [{ op: "update", object: "party", id, version: 1, fields: { name: "B" } }, { op: "delete", object: "party", id }, { op: "restore", object: "party", id }] });
	assert.deepEqual(rest.body.results.map((r) => r.status), [200, 204, 200]);
	problem(await call("POST", "/api/v1/batch", { operations: [{ op: "update", object: "party", id, version: 1, fields: { name: "C" } }] }), 412, "stale");
	for (const bad of [{ operations: {} }, { operations: [{ op: "explode", object: "party" }] }, { operations: [{ op: "create" }] }, { operations: [{ op: "create", object: "party", more: 1 }] }, { mode: "some", operations: [] }, { operations: ["x"] }, { operations: [null] }]) assert.equal((await call("POST", "/api/v1/batch", bad)).status, 422, JSON.stringify(bad));
	problem(await call("POST", "/api/v1/batch", { operations: [{ op: "create", object: "nope" }] }), 404, "missing");
});

test("DQ-04 10,000 operations are taken at once, 10,001 are refused", async () => {
	const operations = Array.from({ length: 10001 }, (_, i) => ({ op: "create", object: "note", fields: { subject: `n${i}` } }));
	problem(await call("POST", "/api/v1/batch", { operations }), 413, "too-big");
	assert.equal((await list("note", { total: 1, limit: 1 })).total, 0);
	const done = await expect(200, "POST", "/api/v1/batch", { operations: operations.slice(1) });
	assert.equal(done.body.results.length, 10000);
	assert.equal((await list("note", { total: 1, limit: 1 })).total, 10000);
});

test("INT-03 a call repeated with the same key is done once, also at the same time", async () => {
	const key = { "idempotency-key": "k-1" }, body = { name: "Einmal" };
	const first = await expect(201, "POST", "/api/v1/party", body, key), again = await expect(201, "POST", "/api/v1/party", body, key);
	assert.equal(again.body.id, first.body.id);
	assert.equal(again.headers.get("location"), first.headers.get("location"));
	assert.equal((await call("POST", "/api/v1/party", { name: "Anders" }, key)).status, 422);
	const same = await Promise.all(Array.from({ length: 8 }, () => call("POST", "/api/v1/party", { name: "Zugleich" }, { "idempotency-key": "k-2" })));
	const made = same.filter((reply) => reply.status === 201);
	assert.ok(made.length >= 1 && same.every((reply) => [201, 409].includes(reply.status)), same.map((r) => r.status).join());
	assert.equal(new Set(made.map((reply) => reply.body.id)).size, 1);
	assert.equal((await list("party", { where: 'name = "Zugleich"', total: 1 })).total, 1);
});

// --- conditions ---

test("conditions look through links, at sets of records, at me, my team, and at moments", async () => {
	const me = (await list("user", { where: 'login = "anna"' })).items[0];
	const team = await make("team", { name: "Nord" });
	await expect(200, "PATCH", `/api/v1/user/${me.id}`, { team: team.id });
	const rich = await make("party", { name: "Reich", city: "Bremen", owner: me.id, team: team.id }), poor = await make("party", { name: "Arm", city: "Kiel" });
	// Without an owner a new record belongs to who makes it; afterwards it may be nobody's.
	await expect(200, "PATCH", `/api/v1/party/${poor.id}`, { owner: null, team: null });
	const zone = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" });
	const day = (n) => zone.format(new Date(Date.now() + n * 864e5));
	for (const [party, amount, placed_on] of [[rich, "700.00", day(-3)], [rich, "400.50", day(-200)], [poor, "10.00", day(-400)]]) await make("order", { party: party.id, total: { amount, currency: "EUR" }, placed_on });
	await make("deal", { name: "D", party: rich.id, value: { amount: "5.00", currency: "EUR" }, closed_on: day(0) });
	const found = async (object, where) => ids((await list(object, { where: `(${where})`, limit: 1000, fields: "id" })).items);
	const is = async (where, want) => assert.deepEqual((await found("party", `id in (${rich.id}, ${poor.id}) and (${where})`)).sort(), want.map((p) => p.id).sort(), where);
	await is("any(orders where placed_on >= -180d)", [rich]);
	await is("none(orders where placed_on >= -180d)", [poor]);
	await is("count(orders) >= 2", [rich]);
	await is("sum(orders.total) > 1000", [rich]);
	await is("sum(orders.total where placed_on >= -180d) > 1000", []);
	await is("owner = me", [rich]);
	await is("team = my team", [rich]);
	await is('city starts "br"', [rich]);
	await is('name like "?r?"', [poor]);
	await is("not (city in (Kiel, Bonn))", [rich]);
	await is("created_at >= today", [rich, poor]);
	await is("created_at < -1d", []);
	await is("created_at in this year", [rich, poor]);
	assert.equal((await found("order", 'party.city = "bremen"')).length, 2);
	assert.equal((await found("deal", "closed_on = this quarter")).length, 1);
	assert.equal((await found("deal", "party.owner = me and closed_on = today")).length, 1);
});

test("INT-08 aggregates are exact, by any group", async () => {
	const operations = [], want = new Map();
	for (let i = 0; i < 300; i++) {
		const outcome = random.pick(["open", "won", "lost"]), cents = random.below(10_000_000), month = 1 + random.below(12), hasValue = random.odds(0.9);
		operations.push({ op: "create", object: "deal", fields: { name: "agg", outcome, closed_on: `2024-${String(month).padStart(2, "0")}-15`, ...(hasValue ? { value: { amount: (cents / 100).toFixed(2), currency: "EUR" } } : {}) } });
		const key = `${outcome} 2024-Q${Math.ceil(month / 3)}`, group = want.get(key) ?? { count: 0, cents: 0n };
		want.set(key, { count: group.count + 1, cents: group.cents + (hasValue ? BigInt(cents) : 0n) });
	}
	await expect(200, "POST", "/api/v1/batch", { operations });
	const reply = await expect(200, "GET", `/api/v1/aggregate/deal?${query({ group: "outcome,closed_on:quarter", measure: "count,sum(value)", where: 'name = "agg"' })}`);
	const got = new Map();
	for (const group of reply.body.groups) {
		const key = `${group.outcome} ${group["closed_on:quarter"]}`, money = group["sum(value)"], before = got.get(key) ?? { count: 0, cents: 0n };
		got.set(key, { count: before.count + group.count, cents: before.cents + (money ? BigInt(money.amount.replace(".", "")) : 0n) });
	}
	assert.deepEqual([...got].sort(), [...want].sort());
	for (const bad of ["group=nope", "measure=sum(name)", "measure=median(value)", "group=outcome:month", "group=a,b,c,d,e", "more=1"]) assert.equal((await call("GET", `/api/v1/aggregate/deal?${bad}`)).status, 422, bad);
});

test("OP-21 search finds words of any object by their beginnings, whatever the umlauts", async () => {
	const party = await make("party", { name: "Grüßgott Überlingen GmbH" }), deal = await make("deal", { name: "Ueberlingen Ausbau" });
	const found = async (q) => (await expect(200, "GET", `/api/v1/search?${query({ q, limit: 50 })}`)).body.items;
	for (const q of ["Überlingen", "überl", "ueberlingen", "UBERLINGEN", "grüssgott", "grußg"]) assert.ok((await found(q)).some((hit) => hit.object === "party" && hit.id === party.id), q);
	const both = await found("überlingen");
	assert.ok(both.some((hit) => hit.object === "deal" && hit.id === deal.id));
	assert.deepEqual(await found("lingen"), []);
	assert.deepEqual(await found('"*:'), []);
	assert.ok((await expect(200, "GET", `/api/v1/search?${query({ q: "überlingen", object: "deal" })}`)).body.items.every((hit) => hit.object === "deal"));
	await expect(200, "PATCH", `/api/v1/party/${party.id}`, { name: "Anders" });
	assert.ok(!(await found("grüßgott")).length, "the index follows a change");
});

// --- the log ---

test("GEN-05 the log is read on from a cursor, without gaps and without repeats", async () => {
	let after = "0";
	const seen = [];
	for (;;) {
		const page = (await expect(200, "GET", `/api/v1/changes?limit=1000&after=${after}`)).body;
		seen.push(...ids(page.items));
		if (page.next === after || !page.items.length) break;
		after = page.next;
	}
	assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => a - b));
	const made = await make("party", { name: "Nachher" });
	const page = (await expect(200, "GET", `/api/v1/changes?after=${after}`)).body;
	assert.deepEqual(page.items.map((item) => [item.object, item.record, item.op]), [["party", made.id, "create"]]);
	assert.equal(page.items[0].door, "api");
});

const changesetOf = async (object, id) => (await expect(200, "GET", `/api/v1/${object}/${id}/history`)).body.items[0].changeset;

test("an undo takes back what a formula is computed from, and the formula follows", async () => {
	const deal = (await expect(201, "POST", "/api/v1/deal", { name: "Formel", value: { amount: "1000.00", currency: "EUR" }, probability: 10 })).body;
	const changed = await expect(200, "PATCH", `/api/v1/deal/${deal.id}`, { probability: 50 });
	assert.equal(changed.body.weighted.amount, "500.00");
	await expect(200, "POST", `/api/v1/changesets/${changed.headers["kontor-changeset"] ?? changed.headers.get?.("kontor-changeset")}/undo`, {});
	const now = (await expect(200, "GET", `/api/v1/deal/${deal.id}`)).body;
	assert.deepEqual([now.probability, now.weighted], [deal.probability, deal.weighted]);
});

test("an undo tells what stands in its way, and leaves that as it is when forced", async () => {
	const made = await make("party", { name: "A", city: "Alt" });
	await expect(200, "PATCH", `/api/v1/party/${made.id}`, { name: "B", city: "Neu" });
	const changeset = await changesetOf("party", made.id);
	await expect(200, "PATCH", `/api/v1/party/${made.id}`, { city: "Neuer" });
	const refused = await call("POST", `/api/v1/changesets/${changeset}/undo`, {});
	const body = problem(refused, 409, "conflict");
	assert.deepEqual(body.conflicts.map((c) => [c.object, c.record, c.field]), [["party", made.id, "city"]]);
	assert.equal((await expect(200, "GET", `/api/v1/party/${made.id}`)).body.name, "B");
	const forced = await expect(200, "POST", `/api/v1/changesets/${changeset}/undo`, { force: true });
	assert.equal(forced.body.conflicts.length, 1);
	const now = (await expect(200, "GET", `/api/v1/party/${made.id}`)).body;
	assert.deepEqual([now.name, now.city], ["A", "Neuer"]);
	const undone = (await expect(200, "GET", `/api/v1/changesets/${forced.body.changeset}`)).body.items;
	assert.equal(undone[0].undo_of, changeset);
	const again = await expect(200, "POST", `/api/v1/changesets/${forced.body.changeset}/undo`, {});
	assert.ok(again.body.changeset);
	assert.equal((await expect(200, "GET", `/api/v1/party/${made.id}`)).body.name, "B");
	problem(await call("POST", "/api/v1/changesets/999999999/undo", {}), 404, "missing");
	assert.equal((await call("POST", `/api/v1/changesets/${changeset}/undo`, { force: "yes" })).status, 422);
});

test("DQ-02 XRM-01 a merge moves what hung on the others, and taking it apart restores all of it", async () => {
	const a = await make("party", { name: "Doppel GmbH", city: "Bonn" }), b = await make("party", { name: "Doppel Gmbh.", phone: "0228 12345678" });
	const deal = await make("deal", { name: "M", party: b.id }), note = await make("note", { subject: "n", about: { object: "party", id: b.id } });
	const relation = await make("relation", { from: { object: "party", id: a.id }, to: { object: "party", id: b.id }, kind: null });
	const state = async () => {
		const all = [];
		for (const [object, id] of [["party", a.id], ["party", b.id], ["deal", deal.id], ["note", note.id], ["relation", relation.id]]) {
			const reply = await call("GET", `/api/v1/${object}/${id}`);
			all.push(reply.status === 200 ? { ...reply.body, version: 0, changed_at: "" } : reply.status);
		}
		return all;
	};
	const before = await state();
	const done = await expect(200, "POST", `/api/v1/party/${a.id}/merge`, { from: [b.id], fields: { name: b.id } });
	const after = await state();
	assert.equal(after[0].name, "Doppel Gmbh.");
	assert.equal(after[0].city, "Bonn");
	assert.ok(after[0].phone);
	assert.equal(after[1], 404);
	assert.equal(after[2].party, a.id);
	assert.deepEqual(after[3].about, { object: "party", id: a.id });
	await expect(200, "POST", `/api/v1/merges/${done.body.merge}/undo`, {});
	assert.deepEqual(await state(), before);
	const tagged = await make("party", { name: "Doppel GmbH", tags: ["x", "y"], notes: "eins" }), other = await make("party", { name: "Doppel GmbH", tags: ["y", "z"], notes: "zwei" });
	const found = (await expect(200, "GET", `/api/v1/party/${tagged.id}/duplicates`)).body.items.find((item) => item.id === other.id);
	assert.deepEqual([found.same, found.alike], [["name"], false]);
	await expect(200, "POST", `/api/v1/party/${tagged.id}/merge`, { from: [other.id], fields: { tags: "all", notes: "all" } });
	const joined = (await expect(200, "GET", `/api/v1/party/${tagged.id}`)).body;
	assert.deepEqual([joined.tags, joined.notes], [["x", "y", "z"], "eins\n\nzwei"]);
	for (const bad of [{ from: [b.id], fields: { city: "all" } }, {}, { from: [] }, { from: [a.id] }, { from: [b.id, b.id] }, { from: ["x"] }, { from: [b.id], fields: { nope: b.id } }]) assert.equal((await call("POST", `/api/v1/party/${a.id}/merge`, bad)).status, 422, JSON.stringify(bad));
	problem(await call("POST", `/api/v1/party/${a.id}/merge`, { from: ["999999"] }), 404, "missing");
	problem(await call("POST", "/api/v1/merges/999999/undo", {}), 404, "missing");
	assert.equal(kontor.cli(["check"], { code: null }).code, 0);
});

// --- the model grows ---

test("INT-06 XRM-03 an object that an administrator adds is there within a second, without a restart", async () => {
	const file = path.join(kontor.folder, "grown.model");
	fs.writeFileSync(file, 'object x_machine\n  label "Machine" "Machines"\n  title x_name\n  search x_name\nfield x_name text\nfield x_hours int min=0\nlink x_party one party.x_machines\ngrant sales read=all\n\nextend party\nfield x_size int\nfield x_hours rollup as="sum(x_machines.x_hours)"\n');
	const party = await make("party", { name: "Vorher" });
	kontor.cli(["model", "apply", file]);
	// That a request looks for a new model after one second is told by record/store_test; here, that they all do.
	await until("the new object is there", async () => (await fetch(`${kontor.url}/api/v1/x_machine`, { headers: { authorization: `Bearer ${token}` } })).status === 200);
	kontor.forgetSchemas();
	const made = await make("x_machine", { x_name: "Presse", x_hours: 12, x_party: party.id });
	fieldError(await call("POST", "/api/v1/x_machine", { x_hours: -1 }), "x_hours", "range");
	await expect(200, "PATCH", `/api/v1/party/${party.id}`, { x_size: 5 });
	assert.equal((await expect(200, "GET", `/api/v1/party/${party.id}`)).body.x_hours, 12);
	assert.deepEqual(ids((await list("x_machine", { where: "x_party.x_size = 5" })).items), [made.id]);
	assert.equal((await expect(200, "GET", "/api/v1/search?q=press")).body.items[0].object, "x_machine");
	assert.equal((await expect(200, "GET", "/api/v1/aggregate/x_machine?measure=sum(x_hours)")).body.groups[0]["sum(x_hours)"], 12);
	await expect(204, "DELETE", `/api/v1/x_machine/${made.id}`);
	fs.writeFileSync(file, "object x_bad\nfield x_name nonsense\n");
	assert.equal(kontor.cli(["model", "apply", file], { code: null }).code, 1);
	await expect(200, "GET", "/api/v1/x_machine");
});

test("INT-02 the OpenAPI text holds every address of the API, for every object and face", async () => {
	const openapi = await kontor.openapi();
	const model = readModel(kontor.cli(["model"]).out);
	const names = [...model.objects.values()].flatMap((object) => [object.name, ...object.faces]);
	for (const line of kontor.cli(["routes"]).out.trim().split("\n")) {
		const [method, where] = line.trim().split(/\s+/);
		if (!where.startsWith("/api/v1/")) continue;
		const act = /\/(snooze|done)$/.test(where); // of what is to be done alone
		for (const name of where.includes("{object}") ? (act ? ["task", "deal"] : names) : [null]) {
			const address = where.replace("{object}", name);
			assert.ok(openapi.paths[address]?.[method.toLowerCase()], `${method} ${address} is not in it`);
		}
	}
	const { default: Ajv2020 } = await import("ajv/dist/2020.js");
	const ajv = new Ajv2020({ strict: false });
	for (const [name, schema] of Object.entries(openapi.components.schemas)) assert.ok(ajv.validateSchema(schema), name);
	const text = JSON.stringify(openapi);
	for (const [, ref] of text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)) assert.ok(ref.split("/").reduce((at, part) => at?.[part], openapi.components), `${ref} leads nowhere`);
});

test("SEC-01 who does not say who he is learns nothing", async () => {
	for (const where of ["/api/v1/party", "/api/v1/party/1", "/api/v1/search?q=a", "/api/v1/changes"]) problem(await kontor.api("GET", where), 401, "sign-in");
	for (const bad of ["x", "kt_" + "a".repeat(43), ""]) assert.equal((await kontor.api("GET", "/api/v1/party", { headers: { authorization: `Bearer ${bad}` } })).status, 401);
});
