// Territories without a map: areas of postcodes that open down to the records.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 200 });
const token = kontor.token("root");
const area = (page, key) => page.locator(`tr[data-area="${key}"]`);
const opener = (page, key) => area(page, key).getByRole("button");

test("an area is opened and closed by keyboard alone, down to the records, and the focus stays", async () => {
	for (const lang of ["de", "en"]) {
		const page = await browse(kontor, { lang });
		await page.goto("/organisation?as=territory&columns=name,revenue,city");
		const key = await page.locator("tr.area").first().getAttribute("data-area");
		await opener(page, key).focus();
		await page.keyboard.press("Enter");
		const part = page.locator(`tr.area.is-part[data-area^="${key}"]`).first();
		await part.waitFor();
		assert.equal(await opener(page, key).evaluate((one) => one === document.activeElement), true);
		const below = await part.getAttribute("data-area");
		await page.keyboard.press("Tab");
		assert.equal(await page.evaluate(() => document.activeElement.closest("tr").dataset.area), below);
		await page.keyboard.press("Enter");
		await page.locator("tr.records a").first().waitFor();
		assert.equal(await opener(page, below).getAttribute("aria-expanded"), "true");
		await page.person.check(`territory-${lang}`);
		await opener(page, key).focus();
		await page.keyboard.press("Enter");
		await page.locator("tr.is-part").first().waitFor({ state: "detached" });
		await page.context().close();
	}
});

test("the table is sorted by a click on a figure, and found among the shapes of the list", async () => {
	const page = await browse(kontor, { lang: "de" });
	await page.goto("/organisation");
	await page.getByRole("link", { name: "Gebiete", exact: true }).click();
	await page.locator("tr.area").first().waitFor();
	await page.getByRole("columnheader", { name: "Anzahl" }).getByRole("link").click();
	await page.locator("th[aria-sort=descending]", { hasText: "Anzahl" }).waitFor();
	const counts = await page.locator("tr.area td:nth-of-type(1) span").allInnerTexts();
	assert.deepEqual(counts, [...counts].sort((a, b) => Number(b.replace(".", "")) - Number(a.replace(".", ""))));
	await page.getByRole("link", { name: "Zuständig", exact: true }).click();
	await page.locator("th", { hasText: "Zuständige" }).waitFor({ state: "detached" });
	await page.context().close();
});

test("UX-60 a territory follows what others change", async () => {
	const made = (await kontor.expect(201, "POST", "/api/v1/organisation", { token, body: { name: "Zieht um", region: "Umland", postcode: "99999" } })).body;
	const page = await browse(kontor, { lang: "de" });
	const hears = page.waitForResponse((reply) => reply.url().includes("/events"));
	await page.goto(`/organisation?as=territory&where=${encodeURIComponent('region = "Umland"')}`);
	await hears;
	await area(page, "-9").waitFor();
	await kontor.expect(200, "PATCH", `/api/v1/organisation/${made.id}`, { token, body: { postcode: "10115" } });
	await area(page, "-1").waitFor();
	await area(page, "-9").waitFor({ state: "detached" });
	await page.context().close();
});

test("territories are read at every width, in both themes", async () => {
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			await page.goto("/organisation?as=territory&columns=name,revenue,city&lanes=-count");
			const key = await page.locator("tr.area").first().getAttribute("data-area");
			await page.goto(`/organisation?as=territory&columns=name,revenue,city&lanes=-count&open=${key},${key}0`);
			const part = await page.locator("tr.is-part").first().getAttribute("data-area");
			await page.goto(`/organisation?as=territory&columns=name,revenue,city&lanes=-count&open=${key},${part}`);
			await page.locator("tr.records").waitFor();
			await page.person.look("territory");
			await page.person.check("territory");
			await page.context().close();
		}
});
