// From a list into its records, from one to the next, and back to where one was.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const operations = Array.from({ length: 240 }, (_, i) => ({ op: "create", object: "party", fields: { kind: "organisation", name: `Reihe ${String(i).padStart(3, "0")}`, city: "Reihenort" } }));
await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations } });
const LIST = `/organisation?where=${encodeURIComponent('city = "Reihenort"')}&sort=-name`;
const rowLink = (page, name) => page.locator("#grid").getByRole("link", { name, exact: true });
const title = (page, name) => page.getByRole("heading", { name, exact: true });

test("UX-23 J and K go to the next and the previous record of the list, in its order, also beyond what it had loaded", async () => {
	const page = await browse(kontor);
	await page.goto(LIST);
	await rowLink(page, "Reihe 238").click();
	await title(page, "Reihe 238").waitFor();
	assert.match(await page.locator(".seat").innerText(), /2 \/ 240/);
	await page.locator("body").press("j");
	await title(page, "Reihe 237").waitFor();
	await page.locator("body").press("k");
	await title(page, "Reihe 238").waitFor();
	await page.locator("body").press("k");
	await title(page, "Reihe 239").waitFor();
	await page.getByRole("button", { name: /^Voriger/ }).waitFor();
	assert.ok(await page.getByRole("button", { name: /^Voriger/ }).isDisabled());
	for (let i = 238; i > 170; i -= 1) {
		await page.locator(".seat").waitFor();
		await page.locator("body").press("j");
		await title(page, `Reihe ${i}`).waitFor();
	}
	assert.match(await page.locator(".seat").innerText(), /69 \/ 240/);
	await page.context().close();
});

test("UX-15 UX-23 back from a record, also after going on to others, leads to the list as it was", async () => {
	const page = await browse(kontor);
	await page.goto(LIST);
	await rowLink(page, "Reihe 239").waitFor();
	await page.locator("#grid").evaluate((grid) => grid.scrollTo(0, 2500));
	const link = rowLink(page, "Reihe 170");
	await link.waitFor();
	await link.click();
	await title(page, "Reihe 170").waitFor();
	await page.locator("body").press("j");
	await title(page, "Reihe 169").waitFor();
	await page.goBack();
	await page.waitForURL((url) => url.pathname === "/organisation");
	await rowLink(page, "Reihe 170").waitFor();
	assert.ok((await page.locator("#grid").evaluate((grid) => grid.scrollTop)) > 1000, "it is scrolled to where one was");
	await rowLink(page, "Reihe 170").click();
	await title(page, "Reihe 170").waitFor();
	await page.locator(".crumbs a").click();
	await page.waitForURL((url) => url.pathname === "/organisation" && url.search.includes("Reihenort"));
	await rowLink(page, "Reihe 170").waitFor();
	await page.context().close();
});
