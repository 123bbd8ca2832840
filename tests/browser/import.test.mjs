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
	assert.deepEqual(mapped, { Anrede: "salutation", Vorname: "given_name", Nachname: "family_name", Firma: "parent_party", "E-Mail": "email", "Tel.": "phone", Mobil: "mobile", Fax: "contact_point.fax.value", "Straße": "street", PLZ: "postcode", Ort: "city", Geburtstag: "birthday", Position: "position" });
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

// Without the schemas of before: fields are made here.
const found = async (object, where) => (await (await fetch(`${kontor.url}/api/v1/${object}?where=${encodeURIComponent(where)}`, { headers: { authorization: `Bearer ${token}` } })).json()).items;
const OWN = "Vorname;Nachname;Blutgruppe;Schuhgröße;Vereinsmitglied seit;Newsletter;Notiz lang\n" + [["Ada", "A", "38", "01.02.2020", "ja"], ["Bea", "B", "41", "03.04.2021", "nein"], ["Cem", "A", "44", "05.06.2022", "ja"], ["Dan", "0", "43", "07.08.2023", "nein"], ["Eva", "B", "39", "09.10.2024", "ja"], ["Fay", "0", "40", "11.12.2025", "ja"]].map(([name, blood, shoe, since, news]) => `${name};Eigenfeld;${blood};${shoe};${since};${news};${"lang ".repeat(60)}`).join("\n") + "\n";

test("UX-48 what fits no field gets one in place: several at once, kind and list guessed, a name that is taken told at its column", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 422/);
	await upload(page, file("eigen.csv", OWN));
	const column = (name) => main(page).locator("tbody tr").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
	const own = (name) => column(name).locator("fieldset");
	for (const name of ["Blutgruppe", "Schuhgröße", "Vereinsmitglied seit", "Newsletter", "Notiz lang"]) {
		assert.equal(await own(name).isVisible(), false, name);
		await page.getByLabel(name, { exact: true }).selectOption({ label: "Neues Feld anlegen …" });
		await own(name).waitFor();
	}
	assert.deepEqual(await main(page).locator("fieldset:visible select").evaluateAll((all) => all.map((one) => one.value)), ["enum", "int", "date", "bool", "longtext"]);
	assert.equal(await own("Blutgruppe").getByLabel("Die Liste, eins je Zeile").or(own("Blutgruppe").locator("textarea")).first().inputValue(), "A\nB\n0");
	await own("Schuhgröße").getByLabel("Name").fill("Nachname");
	await page.person.look("import-fields");
	await page.person.check("import-fields");
	await button(page, "Prüfen").click();
	await page.getByText("Es gibt schon ein Feld „Nachname“").waitFor();
	assert.match(await column("Schuhgröße").locator(".why").textContent(), /Nachname/);
	assert.equal(await page.getByLabel("Schuhgröße", { exact: true }).evaluate((one) => one.ariaInvalid), "true");
	const model = async () => (await fetch(`${kontor.url}/api/openapi.json`, { headers: { authorization: `Bearer ${token}` } })).text();
	assert.equal((await model()).includes("x_blutgruppe"), false, "none is made where one cannot be");
	await page.person.look("import-fields-wrong");
	await page.person.check("import-fields-wrong");
	await own("Schuhgröße").getByLabel("Name").fill("Schuhgröße");
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	assert.deepEqual(await figures(page), { neu: 6, "würden geändert": 0, "bleiben gleich": 0 });
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	const [cem] = await found("person", 'name = "Cem Eigenfeld"');
	assert.deepEqual([cem.x_blutgruppe, cem.x_schuhgrosse, cem.x_vereinsmitglied_seit, cem.x_newsletter], ["a", 44, "2022-06-05", true]);
	await page.goto("/admin/objects/party");
	await main(page).getByRole("cell", { name: "Schuhgröße", exact: true }).waitFor();
	// For the next file of this kind they are there.
	await upload(page, file("eigen2.csv", OWN));
	assert.equal(await page.getByLabel("Schuhgröße", { exact: true }).inputValue(), "x_schuhgrosse");
	await page.context().close();
});

test("UX-48 UX-65 who may not administer is told who can make a field", async () => {
	const page = await browse(kontor, { user: kontor.user("einleserin", { role: "sales", options: ["--language", "de"] }) });
	await upload(page, file("fremd.csv", "Vorname;Nachname;Lieblingsfarbe\nEva;Farbe;rot\n"));
	await page.getByText("Ein Administrator kann ein Feld dafür anlegen").waitFor();
	assert.equal(await main(page).locator('option[value="+"]').count(), 0);
	await page.context().close();
});

test("UX-48 UX-61 without script, at 360 px: a field is made by a plain form", async () => {
	const page = await browse(kontor, { script: false, width: 360, dark: true });
	await upload(page, file("schlicht.csv", "Vorname;Nachname;Sternzeichen\nEva;Schlicht;Waage\n"));
	await page.getByLabel("Sternzeichen", { exact: true }).selectOption({ label: "Neues Feld anlegen …" });
	await main(page).locator("fieldset:visible").getByLabel("Name").waitFor();
	await page.person.look("import-fields");
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	await main(page).getByRole("columnheader", { name: "Sternzeichen" }).or(main(page).locator('td[data-label="Sternzeichen"]')).first().waitFor();
	await page.context().close();
});

const WRONG = "Vorname;Nachname;Geburtstag;Ort\nRita;Richtig;31.02.1980;Bonn\nRolf;Richtig;01.01.1981;Köln\nRuth;Richtig;30.02.1982;Mainz\n";
const cell = (page, row, name) => main(page).locator(`tr[data-row="${row}"] td[data-label="${name}"]`);

for (const [lang, width, dark] of [["de", 1440, false], ["de", 360, true], ["en", 768, false]])
	test(`UX-49 a cell is corrected in place and taken back, ${lang}, ${width} px`, async () => {
		const en = lang === "en", say = (german, english) => (en ? english : german);
		const page = await browse(kontor, { width, dark, lang, ...(en ? { user: kontor.user("corrector", { role: "admin", options: ["--language", "en"] }) } : {}) });
		await page.goto("/import?object=person");
		await page.getByLabel(say(/^Datei \(hierher/, /^File \(drop/)).setInputFiles(file("falsch.csv", WRONG));
		await button(page, say("Weiter", "Continue")).click();
		await button(page, say("Prüfen", "Check")).click();
		await page.getByText(say("Das würde geschehen.", "This is what would happen.")).waitFor();
		await main(page).locator(".preview.is-live").waitFor();
		const birthday = cell(page, 2, say("Geburtstag", "Birthday"));
		await birthday.click({ position: { x: 20, y: 8 } });
		const input = page.getByLabel(say("Zeile 2, Geburtstag", "Row 2, Geburtstag"));
		assert.equal(await input.inputValue(), "31.02.1980");
		await page.evaluate(() => scrollTo(0, 0));
		await page.person.look("import-editing");
		await page.person.check("import-editing");
		await input.fill("29.02.1980");
		await input.press("Enter");
		await birthday.getByText(say("korrigiert", "corrected")).waitFor();
		assert.match(await birthday.textContent(), /31\.02\.1980/);
		assert.equal(await birthday.evaluate((one) => one.classList.contains("warning")), false);
		await main(page).getByText(say("Korrigierte Zellen: 1", "Corrected cells: 1")).waitFor();
		await page.evaluate(() => scrollTo(0, 0));
		await page.person.look("import-corrected");
		await page.person.check("import-corrected");
		await birthday.getByRole("button", { name: say("zurücknehmen: Zeile 2, Geburtstag", "take back: row 2, Geburtstag") }).click();
		await main(page).locator(`tr[data-row="2"] td.warning`).waitFor();
		assert.equal(await main(page).getByText(say("korrigiert;", "corrected;")).count(), 0);
		await page.context().close();
	});

test("UX-49 UX-58 the keyboard alone: arrows, Enter, Tab from cell to cell, Escape; then the import takes what stands there", async () => {
	const page = await browse(kontor);
	await upload(page, file("tasten.csv", WRONG.replaceAll("Richtig", "Tasten")));
	await button(page, "Prüfen").click();
	await main(page).locator(".preview.is-live").waitFor();
	await main(page).locator(".preview td").first().focus();
	const at = () => page.evaluate(() => [document.activeElement?.closest("tr")?.dataset.row, document.activeElement?.closest("td")?.dataset.label, document.activeElement?.tagName]);
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("ArrowUp");
	const [row, first] = await at();
	assert.equal(row, "2");
	await page.keyboard.press("Enter");
	await main(page).locator("td.editing input").first().waitFor();
	await page.keyboard.press("Escape");
	assert.deepEqual(await at(), ["2", first, "TD"]);
	while ((await at())[1] !== "Geburtstag") await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Enter");
	await page.getByLabel("Zeile 2, Geburtstag").waitFor();
	await page.keyboard.type("28.02.1980");
	await page.keyboard.press("Tab");
	await page.getByLabel("Zeile 2, Ort").waitFor();
	await page.keyboard.type("Berlin");
	await page.keyboard.press("Enter");
	await cell(page, 2, "Ort").getByText("korrigiert").waitFor();
	await cell(page, 2, "Geburtstag").getByText("korrigiert").waitFor();
	assert.deepEqual(await at(), ["2", "Ort", "TD"]);
	await button(page, "Jetzt importieren").click();
	await page.getByText("Der Import ist fertig.").waitFor();
	const [rita] = await found("person", 'name = "Rita Tasten"');
	assert.deepEqual([rita.birthday, rita.city], ["1980-02-28", "Berlin"]);
	await page.context().close();
});

test("UX-49 without script a row is corrected by a plain form", async () => {
	const page = await browse(kontor, { script: false, width: 360 });
	await upload(page, file("zeile.csv", WRONG.replaceAll("Richtig", "Zeile")));
	await button(page, "Prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	await main(page).getByRole("link", { name: "Zeile 4 korrigieren" }).click();
	await page.getByRole("heading", { name: "Zeile 4 korrigieren" }).waitFor();
	await page.person.look("import-row");
	await page.getByLabel("Geburtstag", { exact: true }).fill("28.02.1982");
	await button(page, "Speichern und noch einmal prüfen").click();
	await page.getByText("Das würde geschehen.").waitFor();
	await cell(page, 4, "Geburtstag").getByText("korrigiert").waitFor();
	await main(page).getByRole("button", { name: "zurücknehmen: Zeile 4, Geburtstag" }).click();
	await main(page).locator(`tr[data-row="4"] td.warning`).waitFor();
	await page.context().close();
});

test("UX-49 the page of one row: nothing sticks out, WCAG 2.2 AA holds", async () => {
	for (const [width, dark] of [[360, true], [1440, false]]) {
		const page = await browse(kontor, { width, dark });
		await upload(page, file("seite.csv", WRONG));
		await button(page, "Prüfen").click();
		await main(page).getByRole("link", { name: "Zeile 2 korrigieren" }).click();
		await page.getByRole("heading", { name: "Zeile 2 korrigieren" }).waitFor();
		await page.person.look("import-row");
		await page.person.check("import-row");
		await page.context().close();
	}
});
