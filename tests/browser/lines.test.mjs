// The lines of a quote: edited in place, added up by the server as one types, also by keyboard and without scripts.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 40 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const get = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const lines = async (id) => (await kontor.expect(200, "GET", `/api/v1/quote_line?where=${encodeURIComponent(`quote = ${id}`)}&sort=position`, { token })).body.items;
const english = kontor.user("english", { role: "admin", options: ["--language", "en"] });
const firm = await make("organisation", { name: "Größer & Söhne KG" });
const pump = await make("product", { name: "Pumpe Süd", price: "1234.50", unit_of_measure: "Stück", tax_rate: "19" });
const quote = async (...texts) => {
	const made = await make("quote", { party: firm.id, subject: "Pumpen" });
	for (const [i, description] of texts.entries()) await make("quote_line", { quote: made.id, description, quantity: String(i + 1), price: "100.00", tax_rate: i % 2 ? "7" : "19" });
	return made.id;
};
const row = (page, at) => page.locator("#lines-rows > tr").nth(at);
const field = (page, at, name) => row(page, at).locator(`[name^="${name}."]`);
const total = (page, text) => page.locator("#lines-totals tr", { hasText: text }).first().waitFor();
const ready = (page) => page.locator("#lines-form[data-ready]").waitFor();
const save = async (page) => {
	const done = page.waitForURL(/done=/);
	await page.getByRole("button", { name: /^(Positionen speichern|Save lines)$/ }).click();
	await done;
	await page.locator("#lines").waitFor();
};

test("OP-10 OP-25 a product brings its words, unit, price and tax; sums follow as one types", async () => {
	const page = await browse(kontor);
	const id = await quote();
	await page.goto(`/quote/${id}`);
	await ready(page);
	const pick = row(page, 0).getByRole("combobox", { name: "Produkt" });
	await pick.click();
	await pick.pressSequentially("Pumpe Süd");
	await page.getByRole("option", { name: /Pumpe Süd/ }).first().click();
	await page.waitForFunction(() => document.querySelector('[name="price.0"]').value === "1.234,50");
	assert.equal(await field(page, 0, "description").inputValue(), "Pumpe Süd");
	assert.equal(await field(page, 0, "unit_of_measure").inputValue(), "Stück");
	assert.equal(await field(page, 0, "tax_rate").inputValue(), "19");
	await field(page, 0, "quantity").fill("3");
	await field(page, 0, "discount").fill("2,5");
	await total(page, "3.610,91"); // 3,703.50 less 2.5 %: 3,610.9125
	await total(page, "686,07"); // 19 % of it: 686.0729
	await page.locator("#lines-discount").fill("10");
	await total(page, "3.249,82");
	await save(page);
	const [line] = await lines(id);
	assert.deepEqual([line.quantity, line.discount, line.amount.amount], ["3.000", "2.50", "3610.91"]);
	const stored = await get("quote", id);
	assert.deepEqual([stored.total.amount, stored.tax.amount, stored.gross.amount], ["3249.82", "617.47", "3867.29"]);
	await page.context().close();
});

test("OP-10 options do not count, of alternatives the chosen one; subtotals; what is wrong is said at once", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 422/);
	const id = await quote("Erste", "Zweite", "Dritte");
	await page.goto(`/quote/${id}`);
	await ready(page);
	await field(page, 0, "kind").selectOption("option");
	await total(page, "500,00");
	await field(page, 1, "kind").selectOption("alternative");
	await field(page, 2, "kind").selectOption("alternative");
	await row(page, 2).getByLabel("Gewählt").check();
	await total(page, "300,00");
	await row(page, 1).getByLabel("Gewählt").check();
	await page.locator("#lines-why", { hasText: "zwei aufeinander folgende" }).or(page.locator("#lines-why", { hasText: "Zwei aufeinander folgende" })).waitFor();
	await row(page, 1).getByLabel("Gewählt").uncheck();
	await page.waitForFunction(() => document.getElementById("lines-why").textContent === "");
	await save(page);
	assert.deepEqual((await lines(id)).map((line) => [line.kind, line.chosen]), [["option", false], ["alternative", false], ["alternative", true]]);
	assert.equal((await get("quote", id)).total.amount, "300.00");
	await page.context().close();
});

test("UX-16 lines are moved and removed by keyboard alone, and rows are walked like in a spreadsheet", async () => {
	const page = await browse(kontor, { lang: "en", user: english });
	const id = await quote("One", "Two", "Three");
	await page.goto(`/quote/${id}`);
	await ready(page);
	await field(page, 0, "quantity").focus();
	await page.keyboard.press("Enter");
	assert.equal(await field(page, 1, "quantity").evaluate((one) => one === document.activeElement), true);
	await page.keyboard.press("Alt+ArrowUp");
	await page.locator("#lines-said", { hasText: /1/ }).waitFor();
	assert.equal(await field(page, 0, "description").inputValue(), "Two");
	await row(page, 2).getByRole("button", { name: /Remove this line/ }).focus();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.querySelectorAll("#lines-rows > tr").length === 3);
	await total(page, "300.00");
	await save(page);
	assert.deepEqual((await lines(id)).map((line) => line.description), ["Two", "One"]);
	await page.context().close();
});

test("UX-53 without scripts lines are written by a plain form", async () => {
	const page = await browse(kontor, { script: false });
	const id = await quote("Bleibt", "Geht");
	await page.goto(`/quote/${id}`);
	await row(page, 1).getByRole("checkbox", { name: "Entfernen" }).check();
	await field(page, 2, "description").fill("Neu");
	await field(page, 2, "price").fill("1.000,50");
	await field(page, 2, "tax_rate").fill("19");
	await save(page);
	assert.deepEqual((await lines(id)).map((line) => [line.description, line.price.amount]), [["Bleibt", "100.00"], ["Neu", "1000.50"]]);
	assert.equal((await get("quote", id)).total.amount, "1100.50");
	await page.context().close();
});

test("OP-10 the lines of a quote that was sent are read, not edited", async () => {
	const page = await browse(kontor);
	const id = await quote("Fest");
	await kontor.expect(200, "PATCH", `/api/v1/quote/${id}`, { token, body: { state: "sent" } });
	await page.goto(`/quote/${id}`);
	await page.locator("#lines-rows").getByText("Fest").waitFor();
	assert.equal(await page.locator("#lines-form").count(), 0);
	assert.match(await page.getByRole("link", { name: "PDF" }).getAttribute("href"), /\/quote\/\d+\/pdf$/);
	const made = page.waitForURL(/done=/);
	await page.getByRole("button", { name: "Neue Fassung" }).click();
	await made;
	await ready(page);
	assert.equal(await field(page, 0, "description").inputValue(), "Fest");
	assert.equal((await get("quote", id)).state, "replaced");
	await page.context().close();
});

for (const lang of ["de", "en"])
	for (const width of [WIDTHS[0], WIDTHS[2]])
		test(`the table of lines fits ${width} px, ${lang}`, async () => {
			const page = await browse(kontor, lang === "en" ? { width, lang, user: english } : { width });
			const id = await quote("Pumpe für den Außenbereich", "Schlauch", "Einbau");
			await page.goto(`/quote/${id}`);
			await ready(page);
			for (const dark of [false, true]) {
				await page.person.turn({ width, dark });
				await page.person.look(`lines-${lang}`);
			}
			await page.person.check("lines");
			await page.context().close();
		});
