// Imports through the interface: upload, map, trial, run in the background, errors, undo.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("importer");
const call = (status, method, where, body, headers = {}) => kontor.expect(status, method, `/api/v1${where}`, { token, body, headers });
const upload = async (rows, object = "person", status = 201) => (await call(status, "POST", `/imports?object=${object}&file=a.csv`, rows, { "content-type": "text/csv" })).body;
const total = async (object, where = "") => (await call(200, "GET", `/${object}?total=1&limit=1&where=${encodeURIComponent(where)}`)).body.total;
async function ended(id) {
	for (;;) {
		const { body } = await call(200, "GET", `/imports/${id}`);
		if (!["checking", "running", "undoing"].includes(body.state)) return body;
		await new Promise((done) => setTimeout(done, 20));
	}
}

test("DQ-07 DQ-09 INT-08 a file of contacts: guessed, tried, imported, its errors, undone", async () => {
	const made = await upload("Vorname;Nachname;Firma;E-Mail;Fax;Geburtstag\nJürgen;Größmann;Müller & Söhne;j@soehne.example;0228 1;03.04.1971\nÄnne;Özdemir;müller & söhne;;;31.02.1980\n");
	assert.equal(made.state, "new");
	assert.match(made.map, /field given_name "Vorname"\n/);
	const checked = (await call(200, "POST", `/imports/${made.id}/check`)).body;
	assert.deepEqual([checked.state, checked.counts.created, checked.counts.linked, checked.counts.warnings, checked.total], ["checked", 2, 1, 1, 2]);
	assert.equal(await total("party"), 0, "nothing is stored yet");
	const { preview, lines } = (await call(200, "GET", `/imports/${made.id}/preview`)).body;
	assert.deepEqual(preview.rows.map((row) => [row.row, row.op]), [[2, "create"], [3, "create"]]);
	assert.deepEqual(lines.map((line) => [line.row, line.column, line.level, line.text]), [[3, "Geburtstag", "warning", "31.02.1980"]]);
	await call(202, "POST", `/imports/${made.id}/run`);
	const done = await ended(made.id);
	assert.deepEqual([done.state, done.counts.created, done.done], ["done", 2, 2]);
	assert.equal(await total("party", done.touched), 3);
	assert.equal(await total("contact_point", 'type = fax and value = "0228 1"'), 1);
	const errors = (await call(200, "GET", `/imports/${made.id}/errors`)).text.trim().split("\r\n");
	assert.equal(errors.length, 2);
	assert.match(errors[1], /"Özdemir".*"31\.02\.1980";"Note: Geburtstag: /);
	await call(409, "POST", `/imports/${made.id}/run`);
	// What somebody changed since stays.
	const [company] = (await call(200, "GET", `/organisation?where=${encodeURIComponent('name = "Müller & Söhne"')}`)).body.items;
	await call(200, "PATCH", `/party/${company.id}`, { city: "Bonn" });
	await call(202, "POST", `/imports/${made.id}/undo`);
	const undone = await ended(made.id);
	assert.equal(undone.state, "undone");
	assert.equal(await total("person"), 0);
	assert.equal(await total("contact_point"), 0);
	assert.equal(await total("organisation"), undone.counts.kept > 0 ? 1 : 0);
	await call(409, "POST", `/imports/${made.id}/undo`);
	await call(204, "DELETE", `/imports/${made.id}`);
	await call(404, "GET", `/imports/${made.id}`);
});

test("DQ-09 a long file goes in parts, each with what the parts before it have made", async () => {
	const rows = Array.from({ length: 3300 }, (_, i) => `Nr${i % 3200},Familie${i % 3200},p${i % 3200}@teile.example,Firma ${i % 9},Notiz ${"x".repeat(60)}`);
	const made = await upload(`First Name,Last Name,E-mail Address,Company,Notes\n${rows.join("\n")}\n`);
	const checking = (await call(202, "POST", `/imports/${made.id}/check`)).body;
	assert.equal(checking.state, "checking");
	const checked = await ended(made.id);
	assert.deepEqual([checked.state, checked.counts.created, checked.counts.duplicates, checked.counts.linked], ["checked", 3200, 100, 9]);
	await call(202, "POST", `/imports/${made.id}/run`);
	const done = await ended(made.id);
	assert.deepEqual([done.state, done.done, done.counts.created, done.counts.updated], ["done", 3300, 3200, 100]);
	assert.equal(await total("party"), 3209 + (await total("party", 'city = "Bonn"')));
	assert.equal(await total("party", done.touched), 3209);
	await call(202, "POST", `/imports/${made.id}/undo`);
	assert.equal((await ended(made.id)).state, "undone");
	assert.equal(await total("person"), 0);
});

test("DQ-07 what cannot be read or mapped is refused, and nothing of it remains", async () => {
	assert.match((await upload("Name\nMax\u0000\n", "person", 422)).detail, /row 2, column 1: a NUL byte/);
	assert.match((await upload("PK\u0003\u0004....", "person", 422)).detail, /workbook/);
	assert.match((await upload("%PDF-1.4", "person", 422)).errors[0].detail, /XLSX or CSV/);
	await upload("", "person", 422);
	await upload("a\n1\n", "x_nowhere", 404);
	const made = await upload("Name;Ort\nMax;Bonn\n");
	assert.match((await call(422, "POST", `/imports/${made.id}/check`, "object organisation\nfield name Name\n", { "content-type": "text/plain" })).body.errors[0].detail, /organisation/);
	assert.match((await call(422, "POST", `/imports/${made.id}/check`, "nonsense\n", { "content-type": "text/plain" })).body.detail, /map:1: unknown statement: nonsense/);
	const failed = (await call(200, "POST", `/imports/${made.id}/check`, "object person\nfield name Nmae\n", { "content-type": "text/plain" })).body;
	assert.deepEqual([failed.state, /did you mean|no column “Nmae”/.test(failed.why)], ["failed", true]);
	await call(409, "POST", `/imports/${made.id}/run`);
	assert.equal((await call(200, "POST", `/imports/${made.id}/check`, "object person\nfield name Name\n", { "content-type": "text/plain" })).body.state, "checked");
	assert.equal((await call(200, "GET", "/imports")).body.items[0].id, made.id);
	assert.equal(await total("person"), 0);
});

test("DQ-07 a workbook and cards through the interface: read, tried, shown by row and card", async () => {
	const raw = (bytes, name) => kontor.expect(201, "POST", `/api/v1/imports?object=person&file=${name}`, { token, body: bytes, headers: { "content-type": "application/octet-stream" } });
	const cards = "BEGIN:VCARD\r\nVERSION:4.0\r\nN:Weber;Anna;;;\r\nFN:Anna Weber\r\nBDAY:1985-02-31\r\nPHOTO:data:AAAA\r\nEND:VCARD\r\n";
	const made = (await raw(cards, "a.vcf")).body;
	assert.match(made.map, /format cards header=yes\n/);
	const checked = (await call(200, "POST", `/imports/${made.id}/check`)).body;
	assert.deepEqual([checked.state, checked.counts.created, checked.total], ["checked", 1, 1]);
	const { preview, lines } = (await call(200, "GET", `/imports/${made.id}/preview`)).body;
	assert.deepEqual(preview.rows.map((row) => row.row), [1]);
	assert.deepEqual(lines.map((line) => [line.row, line.column]), [[0, ""], [1, "Birthday"]]);
	await call(204, "DELETE", `/imports/${made.id}`);
});
