// The handbook inside the program: every page in both languages, search, help where one is.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 20 });
const pages = (lang) => fs.readdirSync(new URL(`../../docs/handbook/${lang}`, import.meta.url)).filter((name) => name !== "README.md").map((name) => name.replace(".md", ""));

test("UX-57 the handbook has the same pages in both languages; each is there, and its links lead somewhere", async () => {
	assert.deepEqual(pages("de"), pages("en"));
	for (const [lang, name] of [["de", "Handbuch"], ["en", "Handbook"]]) {
		const page = await browse(kontor, { user: null, lang });
		await page.goto("/help");
		const links = page.getByRole("navigation", { name }).getByRole("link");
		assert.equal(await links.count(), pages(lang).length, "every page stands in the table of contents");
		const addresses = new Set(pages(lang).map((one) => `/help/${one}`));
		for (const where of addresses) {
			const reply = await page.goto(where);
			assert.equal(reply.status(), 200, where);
			const text = await page.getByRole("article").textContent();
			assert.ok(text.length > 200, where);
			for (const picture of await page.getByRole("article").getByRole("img").all()) {
				assert.ok(((await picture.getAttribute("alt")) ?? "").length > 10, `${where}: a picture says what it shows`);
				await picture.evaluate((one) => one.decode());
			}
			for (const link of await page.getByRole("article").getByRole("link").all()) assert.ok(addresses.has(await link.getAttribute("href")), `${where} leads to ${await link.getAttribute("href")}`);
		}
		await page.context().close();
	}
});

test("UX-57 words are found in the handbook, also with the beginning of a word, and what is not there is told", async () => {
	const page = await browse(kontor);
	await page.goto("/help");
	const line = page.getByRole("searchbox", { name: "Im Handbuch suchen" });
	await line.fill("papierk wiederh");
	await line.press("Enter");
	await page.getByRole("main").getByRole("listitem").getByText("holt einen Datensatz mit seinen Teilen zurück").first().waitFor();
	await page.getByRole("main").getByRole("link", { name: "Papierkorb und Rückgängig" }).last().click();
	await page.getByRole("heading", { name: "Papierkorb und Rückgängig" }).waitFor();
	await line.fill("quetzalcoatl");
	await line.press("Enter");
	await page.getByText("Dazu steht nichts im Handbuch.").waitFor();
	await page.context().close();
});

test("UX-57 help in context: each screen leads to its page", async () => {
	const page = await browse(kontor);
	for (const [where, heading] of [["/", "Erste Schritte"], ["/organisation", "Listen und Bedingungen"], ["/organisation/1", "Datensätze, Verlauf und Rückgängig"], ["/organisation/1/history", "Papierkorb und Rückgängig"], ["/search?q=a", "Suchen"]]) {
		await page.goto(where);
		await page.getByRole("button", { name: "Hilfe", exact: true }).click();
		await page.getByRole("link", { name: "Hilfe zu dieser Seite" }).click();
		await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
	}
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 every page of the handbook at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			for (const name of ["", ...pages("de")]) {
				await page.goto(`/help/${name}`.replace(/\/$/, ""));
				await page.person.look(`help-${name || "contents"}`);
				await page.person.check(`help ${name}`);
			}
			await page.context().close();
		});
