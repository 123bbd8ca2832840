// A list as a file: the columns, the order and the rows that are seen.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { DEMO, start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 300 });
const token = kontor.token("auditor");

// Rows of cells, all of them in quotes.
const rowsOf = (text, comma) => text.replace(/^\ufeff/, "").trimEnd().split("\r\n").map((line) => line.slice(1, -1).split(`"${comma}"`).map((cell) => cell.replaceAll('""', '"')));
const shown = (page) => page.evaluate(() => [...document.querySelectorAll("#grid tbody tr[data-id]")].slice(0, 5).map((row) => [...row.querySelectorAll("td:not(.pick)")].map((cell) => cell.textContent.trim())));

async function saved(page, press) {
	const coming = page.waitForEvent("download");
	await press();
	const file = await coming;
	return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) };
}
// What columns with personal data are for is asked.
async function exported(page, format, purpose = "Probe") {
	await page.getByRole("button", { name: /^(Mehr|More)$/ }).click();
	const asked = page.locator("#purpose");
	if (await asked.count()) await asked.fill(purpose);
	return saved(page, () => page.locator("#export").getByRole("button", { name: format }).click());
}

for (const script of [true, false])
	test(`UX-52 a list is exported with the columns, the order and the filter that are seen${script ? "" : ", also without scripts"}`, async () => {
		const page = await browse(kontor, { script });
		await page.goto(`/deal?columns=name,value,party.city,stage,expected_on&sort=-value&where=${encodeURIComponent("outcome = open")}`);
		const { name, bytes } = await exported(page, "CSV");
		assert.match(name, /^Deals \d{4}-\d\d-\d\d\.csv$/);
		assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "Excel knows it for UTF-8");
		const rows = rowsOf(bytes.toString(), ";");
		assert.deepEqual([rows[0].length, rows[0][0], rows[0][1]], [5, "Name", "Wert"]);
		const count = Number((await page.locator("#count").innerText()).replace(/\D/g, ""));
		assert.equal(rows.length - 1, count);
		if (script) assert.deepEqual(rows.slice(1, 6), await shown(page));
		await page.context().close();
	});

test("UX-52 only the ticked rows are exported; XLSX is a spreadsheet", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation?columns=name,city");
	const want = [];
	for (const index of [1, 3]) {
		await page.locator(`tr[data-index="${index}"] .pick input`).click();
		want.push((await page.locator(`tr[data-index="${index}"] td.first`).innerText()).trim());
	}
	await page.getByRole("region", { name: "Ausgewählte Datensätze" }).getByRole("button", { name: "Ausgeben" }).click();
	await page.locator("#purpose").fill("Probe");
	const csv = await saved(page, () => page.locator("#export").getByRole("button", { name: "CSV" }).click());
	assert.deepEqual(rowsOf(csv.bytes.toString(), ";").slice(1).map((row) => row[0]), want);
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Auswahl aufheben" }).click();
	const xlsx = await exported(page, "XLSX");
	assert.match(xlsx.name, /^Organisationen .*\.xlsx$/);
	assert.equal(xlsx.bytes.subarray(0, 2).toString(), "PK");
	assert.ok(xlsx.bytes.length > 4000);
	await page.context().close();
});

test("UX-52 UX-62 in English cells stand apart by commas; texts that would be formulas are guarded", async () => {
	const token = kontor.token("export");
	await kontor.expect(201, "POST", "/api/v1/organisation", { token, body: { name: "=1+1 Ltd", city: "Exportstadt" } });
	const user = kontor.user("english", { role: "admin", options: ["--language", "en"] });
	const page = await browse(kontor, { user, lang: "en" });
	await page.goto(`/organisation?columns=name,city&where=${encodeURIComponent("city = Exportstadt")}`);
	await page.getByRole("button", { name: "More", exact: true }).click();
	await page.person.look("list-more");
	await page.person.check("list-more");
	await page.locator("#purpose").fill("Trial");
	const { bytes } = await saved(page, () => page.locator("#export").getByRole("button", { name: "CSV" }).click());
	assert.deepEqual(rowsOf(bytes.toString(), ","), [["Name", "City"], ["'=1+1 Ltd", "Exportstadt"]]);
	await page.context().close();
});

test("UX-52 columns with personal data ask what the file is for, and an administrator sees who took what, and why", async () => {
	const page = await browse(kontor);
	const logged = async () => (await kontor.api("GET", "/api/v1/export?total=1&sort=-created_at", { token })).body;
	const before = (await logged()).total;
	await page.goto("/deal?columns=stage,value");
	await exported(page, "CSV");
	assert.equal((await logged()).total, before, "no personal data, no purpose");
	await page.goto(`/person?columns=name,email&where=${encodeURIComponent("city = Bonn or city = Rostock")}`);
	await page.getByRole("button", { name: "Mehr", exact: true }).click();
	await page.locator("#export").getByRole("button", { name: "CSV" }).click();
	assert.equal(await page.locator("#purpose").evaluate((one) => one.validity.valueMissing && document.activeElement === one), true);
	await page.person.look("list-export-purpose");
	await page.person.check("list-export-purpose");
	await page.locator("#purpose").fill("Einladung zum Sommerfest");
	const { bytes } = await saved(page, () => page.locator("#export").getByRole("button", { name: "CSV" }).click());
	const count = rowsOf(bytes.toString(), ";").length - 1;
	const { total, items } = await logged();
	assert.equal(total, before + 1);
	const me = (await kontor.api("GET", `/api/v1/user?where=${encodeURIComponent(`login = "${DEMO.login}"`)}`, { token })).body.items[0];
	assert.deepEqual([items[0].purpose, items[0].row_count, items[0].of, items[0].shown, items[0].format, items[0].exporter], ["Einladung zum Sommerfest", count, "person", "name, email", "csv", me.id]);
	assert.match(items[0].condition, /city = "?Bonn"? or city = "?Rostock"?/);
	await page.goto("/export");
	await page.locator("#grid td", { hasText: "Einladung zum Sommerfest" }).first().waitFor();
	await page.person.look("list-exports");
	const form = { csrf: await page.locator('meta[name="csrf"]').getAttribute("content"), format: "csv" };
	const bare = await page.request.post("/person/export?columns=name", { form, headers: { origin: kontor.url, accept: "text/html" } });
	assert.equal(bare.status(), 422);
	assert.equal((await logged()).total, before + 1, "what is refused is not logged");
	await page.context().close();
	assert.equal((await kontor.api("GET", "/api/v1/export", { token: kontor.token("vertrieb", { role: "sales" }) })).status, 404);
});
