// What a person is told of: by others' deeds, once, put together, and only as long as he may read what it is about.
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { engine, start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root");
const anna = kontor.token("anna", { role: "management" });
const bert = kontor.token("bert", { role: "sales" });
const make = async (token, object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const patch = (token, object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields });
const told = async (token, query = "") => (await kontor.expect(200, "GET", `/api/v1/notifications${query}`, { token })).body;
const idOf = async (login) => (await kontor.expect(200, "GET", `/api/v1/user?where=${encodeURIComponent(`login = ${login}`)}`, { token: root })).body.items[0].id;
const [annaId, bertId] = [await idOf("anna"), await idOf("bert")];
const readAll = (token) => kontor.expect(200, "POST", "/api/v1/notifications/read", { token, body: {} });

// The follower runs twice a second: asked until it has told what is waited for.
async function until(token, right, query) {
	for (let end = Date.now() + 20_000; ; ) {
		const list = await told(token, query);
		if (right(list)) return list;
		assert.ok(Date.now() < end, JSON.stringify(list, null, 1));
	}
}
// What comes behind a deed of somebody else has been told, so that nothing of before is still to come.
async function settled(token, id) {
	const mark = await make(root, "task", { subject: `Marke ${Math.random()}`, owner: id });
	await until(token, (list) => list.items.some((one) => one.record === mark.id && one.object === "task"));
	return mark.id;
}

test("UX-42 who is mentioned is told: by name or sign-in name, once, never in an address, never oneself", async () => {
	await patch(root, "user", bertId, { name: "Bert Öhler" });
	const firm = await make(anna, "party", { name: "Erwähnt GmbH" });
	const note = await make(anna, "note", { body: "Bitte ansehen, @Bert Öhler und @anna", party: firm.id });
	await make(anna, "note", { body: "Post an info@bert.example, nicht an @Bertram", party: firm.id });
	await make(bert, "activity", { subject: "Notiz für mich, @bert", party: firm.id });
	const mark = await settled(bert, bertId);
	const list = (await told(bert)).items.filter((one) => one.object !== "task" || one.record !== mark);
	assert.deepEqual(list.map((one) => [one.kind, one.object, one.record, one.actor, one.read]), [["mention", "note", note.id, annaId, false]]);
	assert.deepEqual((await told(anna)).items, []);
	await patch(anna, "note", note.id, { body: "Bitte genau ansehen, @Bert Öhler und @anna" });
	await settled(bert, bertId);
	assert.equal((await told(bert)).items.filter((one) => one.kind === "mention").length, 1, "a name that stood there before is no new mention");
	await readAll(bert);
});

test("who is given a record by another is told; many at once are one", async () => {
	const task = await make(anna, "task", { subject: "Für Bert", owner: bertId });
	await make(bert, "task", { subject: "Von Bert für Bert" });
	const own = await make(root, "task", { subject: "Gibt er ab" });
	await patch(root, "task", own.id, { owner: annaId });
	const list = await until(bert, ({ items }) => items.some((one) => one.record === task.id));
	assert.equal(list.items.filter((one) => !one.read).length, 1);
	assert.equal(list.unread, 1);
	await until(anna, ({ items }) => items.some((one) => one.kind === "assigned" && one.record === own.id));
	await readAll(bert);
	const operations = Array.from({ length: 60 }, (_, i) => ({ op: "create", object: "deal", fields: { name: `Deal ${i}`, owner: bertId } }));
	await kontor.expect(200, "POST", "/api/v1/batch", { token: anna, body: { operations } });
	const many = await until(bert, ({ items }) => items.some((one) => one.object === "deal"));
	await settled(bert, bertId);
	const deals = (await told(bert)).items.filter((one) => one.object === "deal");
	assert.equal(deals.reduce((sum, one) => sum + one.count, 0), 60, JSON.stringify(many));
	assert.ok(deals.length < 20 && deals.some((one) => one.record === null), JSON.stringify(deals));
	await readAll(bert);
});

test("who follows a record hears of its changes, put together, and of what is made about it; until he follows it no more", async () => {
	const firm = await make(anna, "party", { name: "Gefolgt AG", city: "Ulm" });
	const follow = await make(bert, "follow", { about: { object: "party", id: firm.id } });
	await patch(anna, "party", firm.id, { city: "Bonn" });
	await patch(root, "party", firm.id, { industry: "Bau" });
	await patch(bert, "party", firm.id, { region: "West" });
	const call = await make(anna, "activity", { subject: "Anruf", kind: "call", party: firm.id });
	await until(bert, ({ items }) => items.some((one) => one.record === call.id && one.object === "activity"));
	const [made, changed] = (await told(bert)).items;
	assert.deepEqual([made.kind, made.op, made.title], ["followed", "create", "Anruf"]);
	assert.deepEqual([changed.kind, changed.object, changed.record, changed.count, changed.op, changed.others, changed.title], ["followed", "party", firm.id, 2, "edit", true, "Gefolgt AG"]);
	assert.equal(changed.fields, "City, Industry");
	await kontor.expect(204, "DELETE", `/api/v1/follow/${follow.id}`, { token: bert });
	await readAll(bert);
	await patch(anna, "party", firm.id, { city: "Jena" });
	await settled(bert, bertId);
	assert.deepEqual((await told(bert, "?unread=1")).items.filter((one) => one.kind === "followed"), []);
	assert.equal((await kontor.api("GET", `/api/v1/follow/${follow.id}`, { token: anna })).status, 404, "whom one follows is one's own affair");
});

test("a notification is seen only as long as its record may be read; its count too, and no one else's", async () => {
	await readAll(bert);
	const view = await make(anna, "saved_view", { name: "Für alle @bert", object_name: "deal", shared: true, condition: "@bert" });
	const shown = await until(bert, ({ items }) => items.some((one) => one.object === "saved_view"));
	assert.equal(shown.items[0].title, "Für alle @bert");
	assert.equal(shown.unread, 1);
	await patch(anna, "saved_view", view.id, { shared: false });
	const hidden = await told(bert);
	assert.equal(hidden.items.filter((one) => one.object === "saved_view").length, 0);
	assert.equal(hidden.unread, 0);
	await patch(anna, "saved_view", view.id, { shared: true });
	assert.equal((await told(bert)).unread, 1);
	const own = shown.items[0].id;
	assert.equal((await kontor.api("PATCH", `/api/v1/notifications/${own}`, { token: anna, body: { read: true } })).status, 404);
	assert.equal((await told(anna)).items.filter((one) => one.id === own).length, 0);
	assert.equal((await fetch(`${kontor.url}/api/v1/notifications`)).status, 401);
});

test("read, unread, all read; pages; what one does not want is not told; bad input is refused", async () => {
	await readAll(bert);
	for (const subject of ["Eins", "Zwei", "Drei"]) await make(anna, "task", { subject, owner: bertId });
	const { items } = await until(bert, (list) => list.items.filter((one) => !one.read).length === 3);
	assert.equal((await kontor.expect(200, "PATCH", `/api/v1/notifications/${items[0].id}`, { token: bert, body: { read: true } })).body.unread, 2);
	assert.equal((await told(bert, "?unread=1")).items.length, 2);
	assert.equal((await kontor.expect(200, "PATCH", `/api/v1/notifications/${items[0].id}`, { token: bert, body: { read: false } })).body.unread, 3);
	const ids = [];
	for (let after = "", page; ; after = `&after=${page.next}`) {
		page = await told(bert, `?limit=2${after}`);
		ids.push(...page.items.map((one) => one.id));
		if (!page.next) break;
	}
	assert.deepEqual(ids, (await told(bert)).items.map((one) => one.id));
	assert.equal((await kontor.expect(200, "POST", "/api/v1/notifications/read", { token: bert, body: { up_to: items[1].id } })).body.unread, 1);
	await readAll(bert);
	await patch(bert, "user", bertId, { muted: ["mention"] });
	await make(anna, "note", { body: "@bert, hörst du?" });
	await settled(bert, bertId);
	assert.deepEqual((await told(bert, "?unread=1")).items.map((one) => one.kind), ["assigned"]);
	for (const [method, where, body] of [["GET", "?after=x"], ["GET", "?limit=0"], ["GET", "?what=1"], ["POST", "/read", { up_to: "x" }], ["PATCH", `/${items[0].id}`, { read: 1 }], ["PATCH", `/${items[0].id}`, {}]])
		assert.equal((await kontor.api(method, `/api/v1/notifications${where}`, { token: bert, body })).status, 422, `${method} ${where}`);
});

test("UX-34 who began a long job is told of its end", async () => {
	const operations = Array.from({ length: 1200 }, (_, i) => ({ op: "create", object: "party", fields: { name: `Viele ${i}`, city: "Altdorf" } }));
	await kontor.expect(200, "POST", "/api/v1/batch", { token: root, body: { operations } });
	const reply = await kontor.expect(202, "POST", "/api/v1/party/bulk", { token: anna, body: { where: "city = Altdorf", fields: { city: "Neudorf" } } });
	const { items } = await until(anna, (list) => list.items.some((one) => one.kind === "job"));
	assert.deepEqual(items.filter((one) => one.kind === "job").map((one) => [one.bulk, one.record, one.count]), [[reply.body.id, null, 1]]);
});

test("UX-46 on the day a task is due or comes back its owner is told, once", { skip: engine !== "sqlite" && "the clock of the timer is set in the file of SQLite" }, async () => {
	const sql = (text) => spawnSync("sqlite3", ["-cmd", ".timeout 20000", path.join(kontor.data, "kontor.db"), text]).stdout.toString().trim();
	const day = (n) => new Date(Date.now() + n * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Europe/Berlin" });
	const due = async () => (await told(anna)).items.filter((one) => one.kind === "due").map((one) => [one.title, one.count]);
	// The timer's next time has come; it has run when it waits for another.
	const run = async () => {
		sql("UPDATE sys_job SET run_at = 0 WHERE kind = 'task.remind'");
		for (const end = Date.now() + 30_000; sql("SELECT count(*) FROM sys_job WHERE kind = 'task.remind' AND state = 'ready' AND run_at > 0") !== "1"; ) assert.ok(Date.now() < end);
	};
	for (const fields of [{ subject: "Heute", due_on: day(0) }, { subject: "Wieder", resubmit_on: day(0) }, { subject: "Übermorgen", due_on: day(2) }, { subject: "Fertig", due_on: day(0), state: "done" }]) await make(anna, "task", fields);
	for (let i = 0; i < 2; i++) {
		await run();
		assert.deepEqual((await due()).sort(), [["Heute", 1], ["Wieder", 1]]);
	}
});
