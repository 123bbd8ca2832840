// One change of many records: exact numbers, causes, parts, undo, rights.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("bulk");
const call = (method, where, body, headers, as = token) => kontor.api(method, where, { token: as, body, headers });
const expect = async (status, method, where, body, headers) => (await kontor.expect(status, method, where, { token, body, headers })).body;
const list = async (where, more = "") => (await expect(200, "GET", `/api/v1/party?limit=1000&total=1&where=${encodeURIComponent(where)}${more}`));

async function make(n, city) {
	const operations = Array.from({ length: n }, (_, i) => ({ op: "create", object: "party", fields: { name: `${city} ${i}`, city, kind: "organisation" } }));
	return (await expect(200, "POST", "/api/v1/batch", { operations })).results.map((one) => one.id);
}

// Until it has come to its end.
async function ended(bulk) {
	while (bulk.state === "running") {
		await new Promise((done) => setImmediate(done));
		bulk = await expect(200, "GET", `/api/v1/bulks/${bulk.id}`);
	}
	return bulk;
}

test("UX-31 UX-33 all that match are changed in one go, exactly those, and taken back in one go", async () => {
	const ids = await make(1700, "Altstadt");
	const [other] = await make(1, "Anderswo");
	const tried = await ended(await expect(202, "POST", "/api/v1/organisation/bulk", { where: "city = Altstadt", fields: { city: "Neustadt" }, dry_run: true }));
	assert.deepEqual([tried.total, tried.done, tried.changed, tried.unchanged, tried.failed, tried.samples.length], [1700, 1700, 1700, 0, 0, 5]);
	assert.equal((await list("city = Altstadt")).total, 1700, "what was only tried is as it was");
	const bulk = await expect(202, "POST", "/api/v1/organisation/bulk", { where: "city = Altstadt", fields: { city: "Neustadt" } });
	assert.ok(bulk.done >= 500 && bulk.done <= 1700);
	const done = await ended(bulk);
	assert.deepEqual([done.state, done.changed, done.failed, done.changeset], ["done", 1700, 0, null]);
	assert.equal((await list("city = Neustadt")).total, 1700);
	assert.equal((await expect(200, "GET", `/api/v1/party/${other}`)).city, "Anderswo");
	const late = await expect(200, "PATCH", `/api/v1/party/${ids[3]}`, { city: "Ganz woanders" });
	const undo = await ended((await call("POST", `/api/v1/bulks/${bulk.id}/undo`, {})).body);
	assert.deepEqual([undo.op, undo.undo_of, undo.total, undo.changed, undo.failed], ["undo", bulk.id, 1700, 1699, 1]);
	assert.deepEqual(undo.problems[0].samples, [late.id], "what was changed since is left and named");
	assert.equal((await list("city = Altstadt")).total, 1699);
	assert.equal((await call("POST", `/api/v1/bulks/${bulk.id}/undo`, {})).status, 409);
	const mine = await expect(200, "GET", "/api/v1/bulks");
	assert.deepEqual(mine.items.map((one) => one.id), [undo.id, bulk.id]);
	await expect(200, "POST", "/api/v1/organisation/bulk", { where: "city = Anderswo", op: "delete" });
	await expect(404, "GET", `/api/v1/party/${other}`);
});

test("UX-33 those that cannot change are counted with the cause, and the others change", async () => {
	const [a, b, c] = await make(3, "Grund");
	const seller = kontor.token("seller", { role: "sales" });
	const theirs = (await kontor.expect(201, "POST", "/api/v1/party", { token: seller, body: { name: "Grund", kind: "organisation" } })).body.id;
	const mixed = (await call("POST", "/api/v1/party/bulk", { ids: [a, theirs, b, "987654321"], op: "delete", dry_run: true }, undefined, seller)).body;
	assert.deepEqual([mixed.total, mixed.changed, mixed.failed], [4, 1, 3], JSON.stringify(mixed));
	assert.deepEqual(mixed.samples, [theirs]);
	assert.equal(mixed.problems.reduce((sum, one) => sum + one.count, 0), 3);
	assert.deepEqual(mixed.problems[0].samples.includes(a), true);
	const bulk = await expect(200, "POST", "/api/v1/party/bulk", { ids: [a, "987654321", b, c], fields: { city: "Grund", stage: "repeat" } });
	assert.deepEqual([bulk.total, bulk.changed, bulk.failed, bulk.state], [4, 3, 1, "done"]);
	assert.ok(Number(bulk.changeset) > 0, "what fits one part is one changeset");
	const again = await expect(200, "POST", "/api/v1/party/bulk", { ids: [a, b], fields: { stage: "repeat" } });
	assert.deepEqual([again.changed, again.unchanged, again.changeset], [0, 2, null]);
	await expect(200, "POST", `/api/v1/changesets/${bulk.changeset}/undo`, {});
	assert.equal((await expect(200, "GET", `/api/v1/party/${a}`)).stage === "repeat", false);
});

test("UX-32 marks are put to what is there and taken off; records go to the trash and come back", async () => {
	const ids = await make(3, "Marke");
	await expect(200, "PATCH", `/api/v1/party/${ids[0]}`, { tags: ["alt"] });
	const put = await expect(200, "POST", "/api/v1/party/bulk", { ids, add: { tags: ["messe", "alt"] } });
	assert.equal(put.changed, 3);
	assert.deepEqual((await expect(200, "GET", `/api/v1/party/${ids[0]}`)).tags, ["alt", "messe"]);
	await expect(200, "POST", "/api/v1/party/bulk", { ids, remove: { tags: ["alt"] } });
	assert.deepEqual((await expect(200, "GET", `/api/v1/party/${ids[1]}`)).tags, ["messe"]);
	const gone = await expect(200, "POST", "/api/v1/party/bulk", { ids, op: "delete" });
	assert.equal(gone.changed, 3);
	for (const id of ids) await expect(404, "GET", `/api/v1/party/${id}`);
	await expect(200, "POST", `/api/v1/bulks/${gone.id}/undo`, {});
	for (const id of ids) await expect(200, "GET", `/api/v1/party/${id}`);
	await expect(200, "POST", "/api/v1/party/bulk", { ids, op: "delete" });
	assert.equal((await expect(200, "POST", "/api/v1/party/bulk", { where: "city = Marke", op: "restore" })).changed, 3);
});

test("a bulk that cannot be understood is refused, and nothing of it is done", async () => {
	const [id] = await make(1, "Unklar");
	for (const bad of [{}, { where: 1 }, { ids: "1" }, { ids: [1], fields: { city: "x" } }, { where: "", fields: {} }, { where: "", op: "explode" }, { where: "nonsense = 1", fields: { city: "x" } },
		{ where: "", fields: { nonsense: 1 } }, { where: "", fields: { employees: "many" } }, { where: "", add: { city: ["x"] } }, { where: "", add: { tags: "x" } }, { where: "", more: 1 }, { where: "", fields: [] }, { where: "", dry_run: "yes", fields: { city: "x" } }])
		assert.equal((await call("POST", "/api/v1/party/bulk", bad)).status, 422, JSON.stringify(bad));
	assert.equal((await expect(200, "GET", `/api/v1/party/${id}`)).version, 1);
	assert.equal((await call("POST", "/api/v1/nothing/bulk", { where: "" })).status, 404);
	assert.equal((await call("GET", "/api/v1/bulks/987654321")).status, 404);
	const key = { "idempotency-key": "bulk-once" };
	const first = await expect(200, "POST", "/api/v1/party/bulk", { ids: [id], fields: { city: "Einmal" } }, key);
	const second = await expect(200, "POST", "/api/v1/party/bulk", { ids: [id], fields: { city: "Einmal" } }, key);
	assert.equal(first.id, second.id);
});

test("UX-34 a bulk can be stopped; what is done stays, and can be undone", async () => {
	await make(2600, "Lang");
	// Stopped at another moment each time: also in the middle of a part.
	for (const looks of [0, 2, 6]) {
		const bulk = await expect(202, "POST", "/api/v1/party/bulk", { where: "city = Lang", fields: { city: "Kurz" } });
		for (let i = 0; i < looks; i++) await call("GET", `/api/v1/bulks/${bulk.id}`);
		const stopped = await expect(200, "POST", `/api/v1/bulks/${bulk.id}/stop`, {});
		if (stopped.state === "stopped") assert.ok(stopped.done < 2600 && stopped.done >= 500);
		assert.equal((await list("city = Kurz")).total, stopped.changed);
		const undo = await ended((await call("POST", `/api/v1/bulks/${bulk.id}/undo`, {})).body);
		assert.equal(undo.changed, stopped.changed);
		assert.equal((await list("city = Lang")).total, 2600);
	}
});

test("SEC-04 a token of fewer rights has no more of them in a bulk", async () => {
	const narrow = kontor.cli(["token", "create", "--user", "bulk", "--scope", "party:write"]).out.trim();
	const ids = await make(2, "Schein");
	assert.equal((await call("POST", "/api/v1/party/bulk", { ids, fields: { city: "Amt" } }, undefined, narrow)).status, 200);
	assert.equal((await call("POST", "/api/v1/party/bulk", { where: "", fields: { city: "Amt" } }, undefined, narrow)).status, 413);
	const reader = kontor.cli(["token", "create", "--user", "bulk", "--scope", "party:read"]).out.trim();
	assert.equal((await call("POST", "/api/v1/party/bulk", { ids, fields: { city: "Amt" } }, undefined, reader)).status, 403);
});
