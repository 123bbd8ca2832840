// A list as a file: the columns, the order and the rows that are seen.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 300 });

// Rows of cells, all of them in quotes.
const rowsOf = (text, comma) => text.replace(/^\ufeff/, "").trimEnd().split("\r\n").map((line) => line.slice(1, -1).split(`"${comma}"`).map((cell) => cell.replaceAll('""', '"')));
const shown = (page) => page.evaluate(() => [...document.querySelectorAll("#grid tbody tr[data-id]")].slice(0, 5).map((row) => [...row.querySelectorAll("td:not(.pick)")].map((cell) => cell.textContent.trim())));

async function saved(page, press) {
	const coming = page.waitForEvent("download");
	await press();
	const file = await coming;
	return { name: file.suggestedFilename(), bytes: fs.readFileSync(await file.path()) };
}
async function exported(page, format) {
	await page.getByRole("button", { name: "Mehr", exact: true }).click();
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
	const { bytes } = await saved(page, () => page.locator("#export").getByRole("button", { name: "CSV" }).click());
	assert.deepEqual(rowsOf(bytes.toString(), ","), [["Name", "City"], ["'=1+1 Ltd", "Exportstadt"]]);
	await page.context().close();
});
