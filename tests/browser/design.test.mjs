// The page /design: every component in every state, in three themes.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 5 });

for (const width of WIDTHS)
	test(`UX-61 /design shows every component in light, dark and high contrast at ${width} px; each has contrast enough`, async () => {
		const page = await browse(kontor, { width });
		await page.goto("/design");
		for (const theme of ["Hell", "Dunkel", "Hoher Kontrast"])
			for (const part of ["Farben", "Knöpfe", "Felder", "Meldungen"]) await page.getByRole("region", { name: theme }).getByRole("heading", { name: part, exact: true }).waitFor();
		const paper = (theme) => page.locator(`.theme.${theme} .card`).first().evaluate((one) => getComputedStyle(one).backgroundColor);
		assert.notEqual(await paper("light"), await paper("dark"));
		await page.person.look("design");
		await page.person.check("design");
		await page.context().close();
	});
