// Palette, search as one types, keys that lead somewhere, quick create, records looked at last.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.cli(["token", "create", "--user", "demo"]).out.trim();
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const party = await make("party", { name: "Zwiebelfisch Werkzeuge GmbH", kind: "organisation", email: "kontakt@zwiebelfisch.example", city: "Görlitz" });

const palette = (page) => page.getByRole("dialog", { name: "Befehle" });
const lineOf = (page) => palette(page).getByRole("combobox");
const option = (page, name) => palette(page).getByRole("option", { name });

test("UX-55 Ctrl+K: a record is found by its letters and opened with the keyboard alone", async () => {
	const page = await browse(kontor);
	await page.goto("/deal");
	await page.keyboard.press("Control+k");
	await lineOf(page).pressSequentially("zwiebelf");
	await option(page, /Zwiebelfisch Werkzeuge/).waitFor();
	assert.equal(await option(page, /Zwiebelfisch Werkzeuge/).getAttribute("aria-selected"), "true", "the first one is chosen");
	await page.keyboard.press("Enter");
	await page.waitForURL(`**/party/${party.id}`);
	await page.context().close();
});

test("UX-55 the palette goes to places, makes records, acts on the page, sets what one prefers; it understands letters left out", async () => {
	const page = await browse(kontor);
	await page.goto(`/party/${party.id}`);
	await page.keyboard.press("Control+k");
	await lineOf(page).fill("Aufgaben");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/task");
	await page.goto(`/party/${party.id}`);
	await page.keyboard.press("Control+k");
	await lineOf(page).fill("bearb");
	await option(page, "Bearbeiten").waitFor();
	await lineOf(page).fill("orgstn");
	await option(page, /^Organisationen$/).waitFor();
	await lineOf(page).fill("dunkel");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
	await page.keyboard.press("Control+k");
	await lineOf(page).fill("wie das gerät");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.documentElement.dataset.theme === "system");
	await page.keyboard.press("Control+k");
	await lineOf(page).fill("neu deal");
	await page.keyboard.press("Enter");
	await page.getByRole("dialog", { name: "Neu" }).getByLabel("Wert").waitFor();
	await page.context().close();
});

test("UX-55 records looked at last stand first, in the palette and in the side bar; what is gone is gone", async () => {
	const page = await browse(kontor);
	const other = await make("party", { name: "Kurzlebig OHG", kind: "organisation" });
	await page.goto(`/party/${party.id}`);
	await page.goto(`/party/${other.id}`);
	await page.goto("/deal");
	const side = page.getByRole("navigation", { name: "Datensätze" });
	await side.getByRole("link", { name: "Kurzlebig OHG" }).waitFor();
	await page.keyboard.press("Control+k");
	await option(page, /Kurzlebig OHG/).waitFor();
	assert.match(await palette(page).getByRole("option").first().textContent(), /Kurzlebig/);
	await page.keyboard.press("Escape");
	await kontor.expect(204, "DELETE", `/api/v1/party/${other.id}`, { token });
	await page.goto(`/organisation/${party.id}`);
	await side.getByRole("link", { name: "Zwiebelfisch Werkzeuge GmbH" }).first().waitFor();
	assert.equal(await side.getByRole("link", { name: "Kurzlebig OHG" }).count(), 0);
	await page.context().close();
});

test("UX-56 / goes to the search field; hits stand under their kind with the field in which they were found; Enter opens", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation");
	await page.keyboard.press("/");
	await page.keyboard.type("kontakt@zwiebelfi");
	const found = page.getByRole("listbox", { name: "Treffer" });
	await found.getByRole("group", { name: "Geschäftspartner" }).or(found.getByRole("group").first()).first().waitFor();
	const hit = found.getByRole("option", { name: /Zwiebelfisch/ });
	assert.match(await hit.textContent(), /E-Mail: kontakt@zwiebelfisch\.example/);
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.waitForURL(`**/party/${party.id}`);
	await kontor.expect(201, "POST", "/api/v1/task", { token, body: { subject: "Rindenmulch liefern", party: party.id } });
	await page.keyboard.press("/");
	await page.keyboard.type("rindenmul");
	const task = found.getByRole("option", { name: /Rindenmulch/ });
	assert.match(await task.textContent(), /Rindenmulch liefern.*Zwiebelfisch/s, "whose task it is");
	await page.keyboard.press("Escape");
	await page.keyboard.press("/");
	await page.keyboard.press("Control+A");
	await page.keyboard.type("zwiebelfisch");
	await page.keyboard.press("Enter");
	await page.waitForURL("**/search?q=zwiebelfisch");
	await page.getByRole("main").getByRole("link", { name: /Zwiebelfisch/ }).click();
	await page.waitForURL(`**/party/${party.id}`);
	await page.context().close();
});

test("UX-57 UX-58 G and a letter leads to the lists; the sheet of keys shows the letters", async () => {
	const page = await browse(kontor);
	await page.goto("/task");
	for (const [letter, where] of [["c", "organisation"], ["d", "deal"], ["p", "person"], ["h", "/"]]) {
		await page.keyboard.press("g");
		await page.keyboard.press(letter);
		await page.waitForURL(where === "/" ? (url) => url.pathname === "/" || url.pathname === "/organisation" : `**/${where}`);
	}
	await page.keyboard.press("?");
	const sheet = page.getByRole("dialog", { name: "Tastenkürzel" });
	await sheet.getByText("Deals", { exact: true }).waitFor();
	assert.match(await sheet.locator("div", { hasText: /^Deals/ }).first().textContent(), /g\s*d/);
	await page.context().close();
});

test("UX-26 UX-27 C makes a record from anywhere: an e-mail address alone is enough, and who is there already is told while one types", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation");
	await page.keyboard.press("c");
	const dialog = page.getByRole("dialog", { name: "Neu" });
	await dialog.getByLabel("E-Mail", { exact: true }).fill("kontakt@zwiebelfisch.example");
	await dialog.getByRole("link", { name: "Zwiebelfisch Werkzeuge GmbH" }).waitFor();
	await dialog.getByLabel("E-Mail", { exact: true }).fill("neu@anderswo.example");
	await dialog.getByRole("link", { name: "Zwiebelfisch Werkzeuge GmbH" }).waitFor({ state: "detached" });
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "neu@anderswo.example" }).waitFor();
	await page.keyboard.press("+");
	await dialog.getByLabel("Art des Datensatzes").selectOption({ label: "Person" });
	await dialog.getByLabel("Name", { exact: true }).fill("Petra Neumann");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Petra Neumann" }).waitFor();
	assert.match(page.url(), /\/person\/\d+/);
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-55 UX-61 palette, hits and quick create at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			await page.goto(`/party/${party.id}`);
			await page.keyboard.press("Control+k");
			await lineOf(page).fill("a");
			await palette(page).getByRole("option").first().waitFor();
			await page.person.look("palette");
			await page.person.check("palette");
			await page.keyboard.press("Escape");
			await palette(page).waitFor({ state: "hidden" });
			await page.keyboard.press("/");
			await page.keyboard.type("be");
			await page.getByRole("listbox", { name: "Treffer" }).getByRole("option").first().waitFor();
			await page.person.look("found");
			await page.person.check("found");
			await page.keyboard.press("Escape");
			await page.evaluate(() => document.activeElement.blur());
			await page.keyboard.press("c");
			await page.getByRole("dialog", { name: "Neu" }).getByLabel("Name", { exact: true }).fill("zwiebelfisch");
			await page.getByRole("dialog", { name: "Neu" }).getByRole("link", { name: /Zwiebelfisch/ }).waitFor();
			await page.person.look("quick");
			await page.person.check("quick");
			await page.context().close();
		});
