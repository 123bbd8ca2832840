// Import in the browser, as somebody does it for the first time: a file of contacts, its columns, what would
// happen, what has happened, and back.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 5 });
const token = kontor.cli(["token", "create", "--user", "demo"]).out.trim();
const main = (page) => page.getByRole("main");
const button = (page, name) => main(page).getByRole("button", { name, exact: true });
const count = async (where) => (await kontor.expect(200, "GET", `/api/v1/${where}${where.includes("?") ? "&" : "?"}total=1&limit=1`, { token })).body.total;
const find = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;

// As Excel and Outlook give them: a German spreadsheet's signs, Windows-1252, a company in two spellings, one
// missing, a company alone, a date that is none, one person twice.
const CONTACTS = `Anrede;Vorname;Nachname;Firma;E-Mail;Tel.;Mobil;Fax;Straße;PLZ;Ort;Geburtstag;Position
Herr;Jürgen;Größmann;Müller & Söhne GmbH;j.groessmann@mueller-soehne.example;0228 555010;0171 5550101;0228 555019;Königstraße 12;53113;Bonn;03.04.1971;Einkauf
Frau;Änne;Özdemir;Müller & Söhne GmbH;a.oezdemir@mueller-soehne.example;0228 555011;;;Königstraße 12;53113;Bonn;;Geschäftsführung
Frau;Ute;Weiß;müller & söhne gmbh;u.weiss@mueller-soehne.example;0228 555012;;;Königstraße 12;53113;Bonn;31.02.1980;Vertrieb
Herr;Björn;Åkesson;Nordlicht AG;bjoern@nordlicht.example;040 555020;;;Hafen 3;20457;Hamburg;12.12.1965;
Frau;Zoë;Müller;;zoe.mueller@frei.example;;0172 5550200;;Am Bach 1;50667;Köln;01.01.1990;
;;;Bäckerei Süß;info@baeckerei-suess.example;0221 555030;;;Markt 5;50667;Köln;;
Herr;Karl;Groß;Bäckerei Süß;info@baeckerei-suess.example;0221 555031;;;Markt 5;50667;Köln;;Inhaber
Frau;Lena;Fuß;Bäckerei Süß;info@baeckerei-suess.example;0221 555032;;;Markt 5;50667;Köln;;
Herr;Jürgen;Größmann;Müller & Söhne GmbH;j.groessmann@mueller-soehne.example;0228 555099;;;Königstraße 12;53113;Bonn;;
${Array.from({ length: 11 }, (_, i) => `Frau;Test${i};Kontakt${i};Reihe ${i % 3} GmbH;test${i}@reihe.example;030 55510${i};;;Weg ${i};1011${i % 10};Berlin;;`).join("\n")}
`;
const latin = (text) => Buffer.from(text, "latin1");
const file = (name, bytes) => {
	const where = path.join(kontor.folder, name);
	fs.writeFileSync(where, bytes);
	return where;
};
const contacts = file("Kontakte.csv", latin(CONTACTS));

async function upload(page, where, object = "Personen") {
	await page.goto("/import");
	await page.getByLabel("Die Zeilen sind").selectOption({ label: object });
	await page.getByLabel(/^Datei \(hierher/).setInputFiles(where);
	await button(page, "Weiter").click();
	await page.waitForURL(/\/import\/\d+$/);
}
const figures = async (page) => Object.fromEntries(await main(page).locator(".import-figures > div").evaluateAll((all) => all.map((one) => [one.querySelector("dt").textContent, Number(one.querySelector("dd").textContent)])));

test("UX-47 UX-48 UX-49 UX-50 UX-51 DQ-07 contacts of a spreadsheet: mapped by themselves, shown before they are stored, imported, undone", async () => {
	const page = await browse(kontor);
	const before = await count("party");
	await page.goto("/person");
	await page.getByRole("button", { name: "Mehr", exact: true }).click();
	await page.getByRole("link", { name: "Aus einer Datei importieren" }).first().click();
	await page.getByRole("heading", { name: "Import", exact: true }).waitFor();
	assert.equal(await page.getByLabel("Die Zeilen sind").inputValue(), "person");
	await upload(page, contacts);
	const mapped = await main(page).locator("tbody tr").evaluateAll((all) => Object.fromEntries(all.map((row) => [row.querySelector("label").textContent, row.querySelector("select").value])));
	assert.deepEqual(mapped, { Anrede: "salutation", Vorname: "given_name", Nachname: "family_name", Firma: "parent_party", "E-Mail": "email", "Tel.": "phone", Mobil: "mobile", Fax: "contact_point.fax.value", "Straße": "street", PLZ: "postcode", Ort: "city", Geburtstag: "birthday", Position: "" });
	await page.person.look("import-columns");
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	await page.person.look("import-check");
	assert.deepEqual(await figures(page), { neu: 19, "würden geändert": 1, "bleiben gleich": 0, "dazu mit angelegt": 5, Konflikte: 2, "doppelt in der Datei": 1, Hinweise: 4 });
	assert.equal(await count("party"), before, "nothing is stored yet");
	const wrong = main(page).locator(".preview tbody tr").filter({ has: page.getByRole("rowheader", { name: /^4 / }) });
	assert.match(await wrong.locator("td.warning").textContent(), /31.02.1980/);
	for (const [width, dark] of [[360, true], [768, false], [1440, true]]) {
		const other = await browse(kontor, { width, dark });
		await other.goto(new URL(page.url()).pathname);
		await other.person.look("import-check");
		await other.person.check("import-check");
		await other.context().close();
	}
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	await page.person.look("import-done");
	await page.person.check("import-done");
	assert.equal((await figures(page)).angelegt, 19);
	assert.equal(await count("party"), before + 24, "19 rows and 5 companies");
	const [juergen] = await find("person", 'email = "j.groessmann@mueller-soehne.example"');
	const [company] = await find("organisation", 'name = "Müller & Söhne GmbH"');
	assert.deepEqual([juergen.name, juergen.salutation, juergen.city, juergen.parent_party, juergen.birthday, juergen.phone], ["Jürgen Größmann", "mr", "Bonn", company.id, "1971-04-03", "0228 555099"]);
	assert.deepEqual((await find("contact_point", `party = ${juergen.id}`)).map((one) => [one.type, one.value]), [["fax", "0228 555019"]]);
	assert.equal((await find("person", 'name = "Ute Weiß"'))[0].parent_party, company.id, "another spelling of the company is no other company");
	const [bakery] = await find("party", 'name = "Bäckerei Süß"');
	assert.deepEqual([bakery.kind, bakery.email], ["organisation", "info@baeckerei-suess.example"], "a line without a person is the company itself");
	assert.equal((await find("person", `parent_party = ${bakery.id}`)).length, 2);
	await main(page).getByRole("link", { name: "Zeigen, was angelegt oder geändert wurde" }).click();
	await page.getByText("24 Datensätze").waitFor();
	await page.goBack();
	const waiting = page.waitForEvent("download");
	await main(page).getByRole("link", { name: "Zeilen mit Fehlern" }).click();
	const errors = fs.readFileSync(await (await waiting).path(), "utf8").trim().split("\r\n");
	assert.match(errors[0], /^"Anrede";.*"Position";"Grund"$/);
	assert.equal(errors.length, 5);
	assert.match(errors[1], /"Ute";"Weiß";.*"Hinweis: Geburtstag: /);
	await button(page, "Import zurücknehmen").click();
	await page.getByText("Der Import ist zurückgenommen").waitFor();
	assert.equal(await count("party"), before);
	assert.equal(await count("contact_point?where=" + encodeURIComponent('value = "0228 555019"')), 0);
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 the pages of an import at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			await upload(page, contacts);
			await page.person.look("import-columns");
			await page.person.check("import-columns");
			await page.goto("/import");
			await page.person.look("import");
			await page.person.check("import");
			await page.context().close();
		});

test("UX-48 what was chosen is offered again for a file with the same columns; a part is filled, a column left out", async () => {
	const page = await browse(kontor);
	const table = (name) => `Wer;Nachname;Spitzname\n${name};Kranz;Kalle\n`;
	await upload(page, file("eins.csv", table("Karl")));
	await page.getByLabel("Wer", { exact: true }).selectOption("given_name");
	await page.getByLabel("Spitzname").selectOption("notes");
	await button(page, "Prüfen").click();
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	await upload(page, file("zwei.csv", table("Karla")));
	assert.equal(await page.getByLabel("Wer", { exact: true }).inputValue(), "given_name");
	assert.equal(await page.getByLabel("Spitzname").inputValue(), "notes");
	await page.context().close();
});

test("UX-50 the same file again changes nothing; only new ones, only changes", async () => {
	const page = await browse(kontor);
	const again = file("wieder.csv", "Vorname;Nachname;Ort\nEva;Wieder;Bonn\nMax;Wieder;Köln\n");
	const check = async (mode) => {
		await upload(page, again);
		await page.getByLabel("Was soll geschehen?").selectOption(mode);
		await button(page, "Prüfen").click();
		await page.getByText("Das würde geschehen.").waitFor();
		return figures(page);
	};
	assert.equal((await check("update"))["werden nicht importiert"], 2);
	assert.equal((await check("both")).neu, 2);
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	assert.deepEqual(await check("both"), { neu: 0, "würden geändert": 0, "bleiben gleich": 2 });
	assert.equal(await button(page, "Jetzt importieren").count(), 0);
	assert.equal((await check("create"))["werden nicht importiert"], 2);
	await page.context().close();
});

test("UX-47 UTF-16, tabs, an unclosed quote, NUL bytes, a workbook: read, or refused with the place", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 4\d\d/);
	await upload(page, file("utf16.tsv", Buffer.from("\uFEFFVorname\tNachname\nÄnne\tÖhler\n", "utf16le")));
	assert.match(await main(page).locator(".mapping").textContent(), /Änne.*Öhler/s);
	for (const [name, bytes, says] of [
		["leer.csv", "\n", /leer/],
		["null.csv", "Name\nMax\0imal\n", /Zeile 2, Spalte 1: ein NUL-Byte/],
		["mappe.xlsx", "PK\x03\x04....", /Arbeitsmappe/],
		["alt.xls", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), /alte Arbeitsmappe \(XLS\)/],
		["quote.csv", 'Name,Ort\nMax,"Bonn\n', /Zeile 2, Spalte 2: das hier geöffnete Anführungszeichen/],
		["lang.csv", `Name\n${"x".repeat(2 << 20)}\n`, /Zeile 2, Spalte 1: die Zelle ist länger/],
	]) {
		await page.goto("/import");
		await page.getByLabel(/^Datei \(hierher/).setInputFiles(file(name, bytes));
		await button(page, "Weiter").click();
		assert.match(await main(page).getByRole("alert").textContent(), says, name);
	}
	// A row that is ragged or looks like a formula is a row like any other; one that is blank is none.
	await upload(page, file("schief.csv", 'Vorname,Nachname,Ort\n=1+1,Formel,Bonn\n\nMax\nA,B,C,D\n'));
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	const rows = await main(page).locator(".preview tbody tr").allTextContents();
	assert.match(rows[0], /=1\+1/);
	assert.match(rows[1], /Die Zeile hat 1 Zellen, die Kopfzeile 3/);
	assert.match(rows[2], /nicht importiert.*Die Zeile hat 4 Zellen/);
	await page.context().close();
});

test("UX-47 a workbook as Kontor exports it comes in again unchanged; vCards of three people are mapped by themselves", async () => {
	const page = await browse(kontor), book = path.join(kontor.folder, "Personen.xlsx");
	kontor.cli(["export", "person", "--fields", "name,given_name,family_name,email,postcode,city,birthday", "--out", book]);
	await upload(page, book);
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	const said = await figures(page);
	assert.deepEqual([said.neu, said["würden geändert"]], [0, 0]);
	assert.ok(said["bleiben gleich"] > 0);
	const card = (given, family, more) => `BEGIN:VCARD\r\nVERSION:3.0\r\nN:${family};${given};;;\r\nFN:${given} ${family}\r\n${more}END:VCARD\r\n`;
	await upload(page, file("drei.vcf", card("Karla", "Karte", "EMAIL:karla@karten.example\r\nORG:Karten GmbH\r\n") + card("Kurt", "Karte", "TEL;TYPE=CELL:0171 5550300\r\n") + card("Kim", "Karte", "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\n")));
	const mapped = await main(page).locator("tbody tr").evaluateAll((all) => Object.fromEntries(all.map((row) => [row.querySelector("label").textContent, row.querySelector("select").value])));
	assert.deepEqual(mapped, { Vorname: "given_name", Nachname: "family_name", Name: "name", Firma: "parent_party", "E-Mail": "email", Mobiltelefon: "mobile" });
	await page.person.check("import-columns");
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	assert.equal((await figures(page)).neu, 3);
	assert.match(await main(page).locator(".preview thead").textContent(), /Karte/);
	await main(page).getByText("Bilder und andere Dateien der Karten werden weggelassen: 1.").waitFor();
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	assert.equal((await find("person", 'family_name = "Karte"')).length, 3);
	await page.context().close();
});

test("UX-34 UX-62 a long file runs in the background, also when the page is left; in English; undone as a whole", async () => {
	const page = await browse(kontor, { lang: "en", user: kontor.user("jane", { role: "admin", options: ["--language", "en"] }) });
	const rows = Array.from({ length: 2500 }, (_, i) => `First${i},Last${i},long${i}@rows.example,Company ${i % 7}`);
	const before = await count("party");
	await page.goto("/import?object=person");
	await page.getByLabel(/^File \(drop/).setInputFiles(file("long.csv", `First Name,Last Name,E-mail Address,Company\n${rows.join("\n")}\n`));
	await button(page, "Continue").click();
	await button(page, "Check").click();
	await page.getByText("This is what would happen.").waitFor();
	assert.match(await main(page).locator(".import-figures").textContent(), /2,500/);
	const where = page.url();
	await button(page, "Import now").click();
	await page.waitForURL(where);
	await page.goto("/");
	await page.goto(where);
	await page.getByText("The import is done.").waitFor();
	assert.equal(await count("party"), before + 2507);
	await button(page, "Undo the import").click();
	await page.getByText("The import is undone").waitFor();
	assert.equal(await count("party"), before);
	await page.context().close();
});

test("without script: upload, check, import, look again", async () => {
	const page = await browse(kontor, { script: false });
	await upload(page, file("ohne.csv", "Vorname;Nachname\nOhne;Skript\n"));
	await button(page, "Prüfen").click();
	await button(page, "Jetzt importieren").click();
	while (!(await page.getByText("Der Import ist fertig.").count())) {
		await page.getByRole("link", { name: "Noch einmal nachsehen" }).or(page.getByText("Der Import ist fertig.")).first().waitFor();
		await page.goto(page.url());
	}
	assert.equal((await find("person", 'name = "Ohne Skript"')).length, 1);
	await page.context().close();
});

test("SEC-02 the file of another is not there, its tables hold nothing readable", async () => {
	const page = await browse(kontor), other = kontor.user("neugier", { role: "sales" });
	await upload(page, file("geheim.csv", "Vorname;Nachname\nGeheimwort4711;Weber\n"));
	const curious = await browse(kontor, { user: other });
	curious.expected.push(/status of 404/);
	assert.equal((await curious.goto(new URL(page.url()).pathname)).status(), 404);
	if (kontor.data && fs.existsSync(path.join(kontor.data, "kontor.db"))) for (const name of fs.readdirSync(kontor.data)) if (/kontor\.db/.test(name)) assert.equal(fs.readFileSync(path.join(kontor.data, name)).includes("Geheimwort4711"), false, name);
	await button(page, "Abbrechen und die Datei löschen").click();
	await page.getByRole("heading", { name: "Import", exact: true }).waitFor();
	assert.equal(await main(page).getByRole("link", { name: "geheim.csv" }).count(), 0);
	await page.context().close();
	await curious.context().close();
});
