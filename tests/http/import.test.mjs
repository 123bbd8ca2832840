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

test("DQ-09 a workbook that was exported is imported again as it was; notes name the cells", async () => {
	const file = write("round.csv", 'family_name,given_name,postcode,birthday,notes\nSchäfer,Eva,01067,1985-04-12,"eins, ""zwei""\nund drei"\n=1+1,Can,,1900-01-01,\n');
	const made = bring(["person", file]);
	const book = path.join(kontor.folder, "people.xlsx");
	kontor.cli(["export", "person", "--out", book]);
	const again = bring(["person", book]);
	assert.deepEqual([again.rows, again.unchanged, again.errors, again.warnings], [2, 2, 0, 0]);
	const refused = kontor.cli(["import", "person", write("old.xls", "\u00d0\u00cf\u0011\u00e0")], { code: 1 });
	assert.ok(refused.err.length);
	assert.match(kontor.cli(["import", "person", write("broken.xlsx", "PK\u0003\u0004....")], { code: 1 }).err, /workbook/);
	kontor.cli(["undo", made.changeset]);
});

test("DQ-09 vCards are imported with what is known of them; a card is named by its number", async () => {
	const file = write("cards.vcf", [
		"BEGIN:VCARD", "VERSION:3.0", "N:Weber;Anna;;Dr.;", "FN:Dr. Anna Weber", "ORG:Weber GmbH;Einkauf", "EMAIL;TYPE=INTERNET:zwei@weber.example", "EMAIL;TYPE=INTERNET,PREF:anna@weber.example",
		"TEL;TYPE=CELL:+49 171 5550100", "TEL;TYPE=WORK,FAX:+49 228 5550199", "ADR;TYPE=WORK:;;Am Bach 1;Bonn;;53113;Deutschland", "BDAY:19850412", "CATEGORIES:Messe,Presse", "NOTE:eins\\, zwei\\nund", "  drei", "PHOTO;ENCODING=b:AAAA", " BBBB", "END:VCARD",
		"BEGIN:VCARD", "VERSION:2.1", "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Gr=F6=DFmann;J=FC=", "rgen", "TEL;HOME;VOICE:0228 555010", "END:VCARD",
		"BEGIN:VCARD", "VERSION:4.0", "KIND:org", "FN:Bäckerei Süß", "EMAIL:info@suess.example", "BDAY:--0412", "END:VCARD", "",
	].join("\r\n"));
	const report = bring(["person", file]);
	assert.deepEqual([report.rows, report.created, report.errors], [3, 3, 0]);
	const find = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
	const [anna] = await find("person", 'family_name = "Weber"'), [company] = await find("organisation", 'name = "Weber GmbH"');
	assert.deepEqual([anna.given_name, anna.academic_title, anna.email, anna.mobile, anna.street, anna.postcode, anna.birthday, anna.notes, anna.parent_party, anna.tags], ["Anna", "Dr.", "anna@weber.example", "+49 171 5550100", "Am Bach 1", "53113", "1985-04-12", "eins, zwei\nund drei", company.id, ["Messe", "Presse"]]);
	assert.deepEqual((await find("contact_point", `party = ${anna.id}`)).map((one) => [one.type, one.value]).sort(), [["email", "zwei@weber.example"], ["fax", "+49 228 5550199"]]);
	const [juergen] = await find("person", 'family_name = "Größmann"');
	assert.deepEqual([juergen.given_name, juergen.phone], ["Jürgen", "0228 555010"]);
	assert.equal((await find("organisation", 'name = "Bäckerei Süß"')).length, 1);
	assert.match(report.lines.map((line) => line.detail).join(" "), /Pictures .* 1\./);
	kontor.cli(["undo", report.changeset]);
});
