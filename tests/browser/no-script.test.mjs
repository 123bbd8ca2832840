// With scripts switched off: every page is there, and records are made, changed, thrown away and taken back.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const paths = (page, selector) => page.locator(selector).evaluateAll((links) => [...new Set(links.map((one) => new URL(one.href)).filter((url) => url.origin === location.origin).map((url) => url.pathname + url.search))]);
const TYPED = 'form.edit :is([data-type="text"] input:not([data-lookup]), [data-type="longtext"] textarea):visible';

test("UX-61 every page that the frame leads to is read without scripts", async (t) => {
	const page = await browse(kontor, { script: false });
	const seen = new Set(), due = ["/"];
	while (due.length) {
		const where = due.shift(), name = where.split("?")[0];
		if (seen.has(name) || seen.size > 130) continue;
		seen.add(name);
		const reply = await page.goto(where);
		assert.equal(reply.status(), 200, where);
		await page.locator("main h1").first().waitFor();
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${where} is ${wide} points too wide`);
		// Of lists, handbook and administration; of single records one is enough for each kind.
		for (const one of await paths(page, "a[href]")) {
			const kind = one.split("?")[0].replace(/\/\d+/, "/1");
			if (/^\/(files|sign-|export|api)|\/(export|download|ics)\b|\.(csv|xlsx|ics|vcf|model|txt)\b/.test(one) || (kind !== one.split("?")[0] && [...seen].some((other) => other.replace(/\/\d+/, "/1") === kind))) continue;
			due.push(one);
		}
	}
	t.diagnostic(`${seen.size} pages`);
	assert.ok(seen.size > 60, `${seen.size} pages`);
	await page.context().close();
});

test("UX-20 records of every kind are made, changed, thrown away and taken back without scripts", async (t) => {
	const page = await browse(kontor, { script: false });
	await page.goto("/");
	const lists = (await paths(page, "nav#side a[href]")).filter((where) => /^\/[a-z_]+$/.test(where));
	const done = [];
	for (const list of lists) {
		await page.goto(list);
		const make = (await paths(page, "main a[href$='/new']"))[0];
		if (!make) continue;
		await page.goto(make);
		const first = page.locator(TYPED).first();
		if (!(await first.count())) continue;
		const field = await first.getAttribute("name");
		await first.fill("Skriptlos eins");
		await page.locator("form.edit button.primary").click();
		await page.locator("#record, .alert").first().waitFor();
		assert.equal(await page.locator(".alert").count(), 0, `${make}: ${await page.locator("main").innerText()}`);
		await page.locator("#record").getByText("Skriptlos eins").first().waitFor();
		const record = new URL(page.url()).pathname;
		await page.locator(".record-head a[href$='/edit']").click();
		await page.locator(`form.edit [name="${field}"]`).fill("Skriptlos zwei");
		await page.locator("form.edit button.primary").click();
		await page.waitForURL((url) => url.pathname === record);
		await page.locator("#record").getByText("Skriptlos zwei").first().waitFor();
		await page.locator(".record-head a[href$='/history']").click();
		await page.locator("#changes").getByText("Skriptlos eins").first().waitFor();
		await page.goto(record);
		await page.locator(".record-head form[action$='/delete'] button").click();
		await page.locator(".done button").waitFor();
		// Back by the message …
		await page.locator(".done button").click();
		await page.waitForURL((url) => !url.searchParams.has("done"));
		assert.equal((await page.goto(record)).status(), 200, `${record} is back`);
		await page.locator(".record-head form[action$='/delete'] button").click();
		await page.locator(".done button").waitFor();
		// … and out of the trash.
		await page.goto((await paths(page, "a[href*='trash=']"))[0]);
		await page.locator("main").getByText("Skriptlos zwei").first().waitFor();
		await page.locator(`form[action="${record}/restore"] button`).click();
		await page.locator("#record").getByText("Skriptlos zwei").first().waitFor();
		done.push(list);
	}
	t.diagnostic(done.join(" "));
	assert.ok(done.length >= 8, done.join(" "));
	await page.context().close();
});
