// Import from the command line, and taking it back.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start();
const token = kontor.token("anna");

const total = async (object) => (await kontor.expect(200, "GET", `/api/v1/${object}?total=1&limit=1`, { token })).body.total;
const write = (name, text) => {
	const file = path.join(kontor.folder, name);
	fs.writeFileSync(file, text);
	return file;
};
const bring = (words, options = {}) => JSON.parse(kontor.cli(["import", ...words, "--format", "json"], options).out);
const live = (change) => /^[1-9][0-9]*$/.test(change);

test("DQ-08 a file is imported in one changeset, and an undo takes it back", async () => {
	const file = write("people.csv", "family_name,given_name\nSchäfer,Eva\nÖztürk,Can\n");
	const report = bring(["person", file]);
	assert.deepEqual([report.rows, report.created, report.errors], [2, 2, 0]);
	assert.ok(live(report.changeset));
	assert.equal(await total("person"), 2);
	kontor.cli(["undo", report.changeset]);
	assert.equal(await total("person"), 0);
});

test("DQ-07 a dry run tells the same and keeps nothing", async () => {
	const file = write("dry.csv", "family_name\nSchäfer\n");
	const report = bring(["person", file, "--dry-run"]);
	assert.deepEqual([report.created, report.changeset, report.dry_run], [1, null, true]);
	assert.equal(await total("person"), 0);
});

test("DQ-09 undone from the newest back, everything is gone although later imports changed earlier ones", async () => {
	const map = write("parents.map", "object organisation\nmatch external_id\nfield external_id id\nfield name name\nlink parent_party above by external_id\n");
	// The first row's link leads to a later row: it is made and changed in one changeset.
	const first = bring(["organisation", write("a.csv", "id,name,above\n1,Werk,2\n2,Zentrale,\n"), "--map", map]);
	const second = bring(["organisation", write("b.csv", "id,name,above\n1,Werk Süd,2\n"), "--map", map]);
	assert.deepEqual([first.created, second.updated], [2, 1]);
	const list = await kontor.expect(200, "GET", "/api/v1/organisation?sort=name", { token });
	assert.deepEqual(list.body.items.map((item) => item.name), ["Werk Süd", "Zentrale"]);
	const refused = kontor.cli(["undo", first.changeset], { code: 1 });
	assert.match(refused.err, /changed since/);
	kontor.cli(["undo", second.changeset]);
	kontor.cli(["undo", first.changeset]);
	assert.equal(await total("organisation"), 0);
	assert.equal(kontor.cli(["check"]).out, "ok\n");
});

test("DQ-09 standard input is a file as well, and the object may come from the map", async () => {
	const map = write("people.map", "object person\nfield family_name name\n");
	const report = bring(["-", "--map", map], { input: "name\nSchäfer\n" });
	assert.equal(report.created, 1);
	assert.match(kontor.cli(["import", "-"], { input: "", code: 2 }).err, /Name the object/);
	kontor.cli(["undo", report.changeset]);
});

test("DQ-09 what is exported is imported again as it was", async () => {
	const file = write("export.csv", 'family_name,given_name,city\n"Schäfer, geb. Öz",Eva,Köln\n=1+1,Can,\n');
	const made = bring(["person", file]);
	const csv = kontor.cli(["export", "person"]).out;
	assert.match(csv, /"Schäfer, geb\. Öz"/);
	const again = bring(["person", "-"], { input: csv });
	assert.deepEqual([again.rows, again.unchanged, again.errors], [2, 2, 0]);
	const out = path.join(kontor.folder, "people.json");
	kontor.cli(["export", "person", "--where", 'family_name starts "Schäfer"', "--out", out]);
	assert.deepEqual(JSON.parse(fs.readFileSync(out, "utf8")).map((record) => record.family_name), ["Schäfer, geb. Öz"]);
	assert.match(kontor.cli(["export", "person", "--format", "vcf"]).out, /^BEGIN:VCARD\r\n/);
	assert.match(kontor.cli(["export", "person", "--where", "nonsense = 1"], { code: 1 }).err, /nonsense/);
	kontor.cli(["export", "person", "--format", "doc"], { code: 2 });
	const refused = path.join(kontor.folder, "refused.csv");
	kontor.cli(["export", "person", "--where", "nonsense = 1", "--out", refused], { code: 1 });
	assert.ok(!fs.existsSync(refused) && !fs.existsSync(`${refused}.part`));
	kontor.cli(["undo", made.changeset]);
});
