// The frame of every page: it looks right at every width, in both themes, and bars nobody.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });

const PAGES = [["home", "/"], ["list", "/organisation"], ["record", "/organisation/1"], ["edit", "/organisation/1/edit"], ["history", "/organisation/1/history"], ["search", "/search?q=a"], ["deals", "/deal"], ["missing", "/party/999999"]];

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 every page at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			page.expected.push(/status of 404/);
			for (const [name, where] of PAGES) {
				await page.goto(where);
				await page.person.look(name);
				await page.person.check(name);
			}
			await page.context().close();
		});

test("UX-61 UX-62 language, colours and row height are chosen in the menu of the person, and stay", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation");
	await page.getByRole("button", { name: /^Sie: / }).click();
	await page.getByRole("button", { name: "Dunkel" }).click();
	await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
	assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
	await page.getByRole("button", { name: /^Sie: / }).click();
	await page.getByRole("button", { name: "English" }).click();
	await page.getByRole("heading", { name: "Organisations" }).waitFor();
	await page.getByRole("button", { name: /^You: / }).click();
	await page.getByRole("button", { name: "Deutsch" }).click();
	await page.getByRole("heading", { name: "Organisationen" }).waitFor();
	await page.context().close();
});

test("UX-57 ? shows the keys of the page; Escape closes it and gives back the focus", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation");
	await page.keyboard.press("?");
	const sheet = page.getByRole("dialog", { name: "Tastenkürzel" });
	await sheet.waitFor();
	await page.keyboard.press("Escape");
	await sheet.waitFor({ state: "detached" });
	await page.context().close();
});

test("UX-63 on a phone the whole menu opens from the bar at the bottom, also without scripts", async () => {
	for (const script of [true, false]) {
		const page = await browse(kontor, { width: 360, script });
		await page.goto("/organisation/1");
		assert.equal(await page.getByRole("navigation", { name: "Hauptbereiche" }).getByRole("link").count(), 5);
		await page.getByRole("link", { name: "Mehr" }).click();
		await page.getByRole("navigation", { name: "Datensätze" }).getByRole("link", { name: "Produkte" }).click();
		await page.getByRole("heading", { name: "Produkte" }).waitFor();
		await page.context().close();
	}
});
