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

const cells = (id, list, status = 200) => call(status, "PATCH", `/imports/${id}/cells`, { cells: list });
const preview = async (id) => (await call(200, "GET", `/imports/${id}/preview`)).body;

test("UX-49 cells of the preview are corrected: tried again at once, taken back, imported; the file stays as it is", async () => {
	const made = await upload("Vorname;Nachname;Geburtstag;Straße;Nr;E-Mail\nKarla;Korrektur;31.02.1980;Weg;1;karla\nKarl;Korrektur;30.02.1981;Weg;2;karl@k.example\n");
	await cells(made.id, [{ row: 2, column: "Geburtstag", text: "28.02.1980" }], 409); // nothing was tried yet
	const first = (await call(200, "POST", `/imports/${made.id}/check`)).body;
	assert.equal(first.counts.warnings, 3);
	const before = await preview(made.id), street = before.preview.columns.find((one) => one.column === "Straße");
	assert.deepEqual(before.corrections, []);
	assert.deepEqual(before.preview.file.slice(0, 3), ["Vorname", "Nachname", "Geburtstag"]);
	assert.deepEqual(street.from, [3]);
	assert.equal(before.preview.rows[0].texts[2], "31.02.1980");
	const fixed = (await cells(made.id, [{ row: 2, column: "geburtstag", text: "28.02.1980" }, { row: 2, column: "E-Mail", text: "karla@k.example" }])).body;
	assert.deepEqual([fixed.state, fixed.counts.warnings], ["checked", 1]);
	const after = await preview(made.id);
	assert.deepEqual(after.corrections, [{ row: 2, column: "Geburtstag", text: "28.02.1980", was: "31.02.1980" }, { row: 2, column: "E-Mail", text: "karla@k.example", was: "karla" }]);
	assert.deepEqual(after.lines.map((line) => [line.row, line.text]), [[3, "30.02.1981"]]);
	// A correction of a correction, one that is the file's own text, one that is taken back.
	await cells(made.id, [{ row: 2, column: "E-Mail", text: "karla.k@k.example" }, { row: 2, column: "Vorname", text: "Karla" }]);
	assert.deepEqual((await preview(made.id)).corrections.map((one) => [one.column, one.was]), [["Geburtstag", "31.02.1980"], ["E-Mail", "karla"]]);
	assert.equal((await cells(made.id, [{ row: 2, column: "Geburtstag", text: null }])).body.counts.warnings, 2);
	await cells(made.id, [{ row: 2, column: "Geburtstag", text: "29.02.1980" }]);
	// They stay when the map changes, and the run takes them.
	await call(200, "POST", `/imports/${made.id}/check`, made.map, { "content-type": "text/plain" });
	await call(202, "POST", `/imports/${made.id}/run`);
	const done = await ended(made.id);
	assert.deepEqual([done.state, done.counts.created, done.counts.warnings], ["done", 2, 1]);
	const [karla] = (await call(200, "GET", `/person?where=${encodeURIComponent('name = "Karla Korrektur"')}`)).body.items;
	assert.deepEqual([karla.birthday, karla.email], ["1980-02-29", "karla.k@k.example"]);
	const errors = (await call(200, "GET", `/imports/${made.id}/errors`)).text.trim().split("\r\n");
	assert.deepEqual([errors.length, /30\.02\.1981/.test(errors[1])], [2, true], "only what is still wrong");
	await cells(made.id, [{ row: 2, column: "Geburtstag", text: "01.01.1980" }], 409);
	await call(202, "POST", `/imports/${made.id}/undo`);
	await ended(made.id);
});

test("UX-49 what is still wrong is downloaded as it was corrected; a cell behind the end of a row", async () => {
	const made = await upload("Vorname;Nachname;Geburtstag\nKlara;Kurz\n");
	await call(200, "POST", `/imports/${made.id}/check`);
	await cells(made.id, [{ row: 2, column: "Geburtstag", text: "31.04.1980" }]);
	await call(202, "POST", `/imports/${made.id}/run`);
	await ended(made.id);
	assert.match((await call(200, "GET", `/imports/${made.id}/errors`)).text, /"Kurz";"31\.04\.1980";"Note: /);
	await call(202, "POST", `/imports/${made.id}/undo`);
	await ended(made.id);
});

test("UX-49 a long file: corrections are kept, and tried when one says so", async () => {
	const made = await upload(`First Name,Last Name,Birthday,Notes\n${Array.from({ length: 2000 }, (_, i) => `Nr${i},Lang${i},${i ? "1.1.1980" : "31.2.1980"},${"x".repeat(60)}`).join("\n")}\n`);
	await call(202, "POST", `/imports/${made.id}/check`);
	assert.equal((await ended(made.id)).counts.warnings, 1);
	assert.equal((await cells(made.id, [{ row: 2, column: "Birthday", text: "1.2.1980" }])).body.counts.warnings, 1, "the figures are those of before");
	assert.equal((await preview(made.id)).corrections.length, 1);
	await call(202, "POST", `/imports/${made.id}/check`);
	assert.equal((await ended(made.id)).counts.warnings, 0);
	await call(204, "DELETE", `/imports/${made.id}`);
});

test("UX-49 a correction that cannot be is told with its place, and nothing of it is kept", async () => {
	const made = await upload(`Vorname;Nachname;Notiz\nA;B;${"x".repeat(3000)}\n`);
	await call(200, "POST", `/imports/${made.id}/check`);
	for (const [list, says] of [
		[[{ row: 2, column: "Vorname", text: "C" }, { row: 9, column: "Vorname", text: "C" }], /Row 9/],
		[[{ row: 2, column: "Nachnahme", text: "C" }], /no column “Nachnahme”/],
		[[{ row: 2, column: "Notiz", text: "C" }], /“Notiz”.*2000/],
		[[{ row: 2, column: "Vorname", text: "x".repeat(3000) }], /2000/],
		[[{ row: 2, column: "Vorname" }], /a text or null/],
		[[], /cells is a list/],
	])
		assert.match((await cells(made.id, list, 422)).body.errors[0].detail, says);
	assert.deepEqual((await preview(made.id)).corrections, []);
	await call(204, "DELETE", `/imports/${made.id}`);
});
