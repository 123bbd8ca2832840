// Reports, the forecast and lost deals in the browser: made by choosing, read on a telephone, each figure leading to its records.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });

test("ANA-25 GEN-10 a report is made by choosing, kept, and leads from each figure to its records", async () => {
	const words = { go: "Weiter", show: "Anzeigen", save: "Speichern", name: "Name der Auswertung", rows: "Zeilen nach" };
	const page = await browse(kontor);
	await page.goto("/report/new");
	await page.locator("#f-object_name").selectOption("deal");
	await page.getByRole("button", { name: words.go, exact: true }).click();
	await page.getByLabel(words.rows, { exact: true }).selectOption("stage");
	await page.locator("#f-measure-2").selectOption("sum(value)");
	await page.getByRole("button", { name: words.show, exact: true }).click();
	await page.locator("figure.chart svg[role=img]").getByText("Anfrage").waitFor();
	assert.ok((await page.locator(".figure-table tbody tr").count()) > 2);
	await page.person.check("a report");
	await page.getByLabel(words.name).fill("Phasen");
	await page.getByRole("button", { name: words.save, exact: true }).click();
	await page.waitForURL(/\/report\/\d+$/);
	await page.getByRole("heading", { level: 1, name: "Phasen" }).waitFor();
	const first = page.locator(".figure-table tbody tr").first().locator("td a").first(), count = await first.innerText();
	await first.click();
	await page.locator(`#list[data-total="${count}"]`).waitFor();
	await page.context().close();
});
