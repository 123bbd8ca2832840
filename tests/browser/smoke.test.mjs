// The shortest way through the program, on whichever database the tests run: sign in, make, find, change,
// undo.
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 30 });

for (const width of [360, 1440])
	test(`a record is made, found, changed and the change undone at ${width} px`, async () => {
		const page = await browse(kontor, { width });
		const name = `Möbel Örtel ${width}`;
		await page.goto("/organisation/new");
		await page.getByLabel("Name", { exact: true }).fill(name);
		await page.getByRole("button", { name: "Speichern" }).click();
		await page.getByRole("heading", { name }).waitFor();
		await page.getByRole("combobox", { name: "Suchen" }).fill(`ortel ${width}`);
		await page.keyboard.press("Enter");
		await page.getByRole("main").getByRole("link", { name }).first().click();
		await page.getByRole("link", { name: "Bearbeiten", exact: true }).click();
		await page.getByLabel("Ort", { exact: true }).fill("Görlitz");
		await page.getByRole("button", { name: "Speichern" }).click();
		await page.locator("#facts").getByText("Görlitz").waitFor();
		await page.getByRole("button", { name: "Rückgängig" }).click();
		await page.getByRole("heading", { name }).waitFor();
		await page.locator("#facts").getByText("Görlitz").waitFor({ state: "detached" });
		await page.context().close();
	});
