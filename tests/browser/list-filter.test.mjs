// The editor of a list's condition: rows, groups, what each leaves; and whatever the language can say.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 300 });
const token = kontor.token("filters");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;
const total = async (where, object = "party") => (await ask(`/api/v1/${object}?total=1&limit=1&where=${encodeURIComponent(where)}`)).total;
const german = (n) => n.toLocaleString("de-DE");
const editor = (page) => page.getByRole("dialog", { name: "Filter" });
const open = async (page) => {
	await page.locator(".tools").getByRole("button", { name: "Filtern", exact: true }).click();
	await editor(page).waitFor();
	return editor(page);
};
const whereOf = (page) => new URL(page.url()).searchParams.get("where");
const row = (dialog, index) => dialog.locator(".filter-row").nth(index);
// What stands at the end of a row when the answer has come.
const leaves = (dialog, index, n) => row(dialog, index).locator(".filter-count", { hasText: new RegExp(`^${german(n).replace(".", "\\.")}$`) }).waitFor();

const CONDITIONS = [
	["party", 'city = "Bonn"'], ["party", 'city = "Frankfurt am Main" and kind = person'], ["party", 'name starts "Müller" or name like "*bau*"'],
	["party", "stage in (prospect, at_risk)"], ["party", "stage not in (prospect, lost)"], ["party", 'postcode between "50000" and "59999" and kind = organisation'],
	["party", "email is empty and phone is not empty"], ["party", "roles contains customer"], ["party", "owner = me"], ["party", "changed_at >= -7d"],
	["party", "created_at = this month"], ["party", "birthday within 14d"], ["party", 'parent_party.city = "Köln"'], ["party", "any(orders where placed_on >= -180d)"],
	["party", "none(activities where at >= -365d) and kind = person"], ["party", "count(deals where outcome = open) >= 2 or city is empty"],
	["party", 'not (city = "Bonn" or city = "Köln")'], ["party", '(city = "Bonn" or city = "Köln") and (kind = person or not (stage = lost or stage = prospect))'],
	["party", 'not (city = "Bonn" and kind = person)'], ["party", 'name contains "and" and notes not contains "or (\\"x\\")"'], ["party", "employees > 10 and not employees < 20"],
	["deal", "value > 1000.00 EUR and outcome != won"], ["deal", 'value between 10.50 and 20.00 or expected_on = next quarter and owner.name contains "a"'], ["deal", "expected_on = 2026-01-31"],
];

test("UX-05 UX-07 whatever the language can say goes through the editor and comes out the same", async () => {
	const page = await browse(kontor);
	for (const [object, where] of CONDITIONS) {
		await page.goto(`/${object}?where=${encodeURIComponent(where)}`);
		const dialog = await open(page);
		const own = await page.locator("#filter-parts").getAttribute("data-own");
		assert.ok(own.length > 5, where);
		assert.equal(await dialog.locator("details textarea").inputValue(), own, where);
		await page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
	}
	await page.context().close();
});

test("UX-05 UX-06 groups nest, values fit their fields, each line says what it leaves", async () => {
	const page = await browse(kontor);
	await page.goto("/party");
	const dialog = await open(page);
	await row(dialog, 0).getByLabel("Feld").selectOption("stage");
	await row(dialog, 0).getByLabel("Wert").selectOption("repeat");
	await leaves(dialog, 0, await total("stage = repeat"));
	await dialog.getByRole("button", { name: "+ Bedingungsgruppe" }).click();
	await row(dialog, 1).getByLabel("Feld").selectOption("city");
	await row(dialog, 1).getByLabel("Vergleich").selectOption("starts");
	await row(dialog, 1).getByLabel("Wert").fill("B");
	await dialog.locator(".filter-group .filter-group").getByRole("button", { name: "+ Bedingung", exact: true }).click();
	await row(dialog, 2).getByLabel("Feld").selectOption("created_at");
	await row(dialog, 2).getByLabel("Vergleich").selectOption(">=");
	await row(dialog, 2).getByLabel("Wert").selectOption("ago");
	await row(dialog, 2).getByLabel("Tage").fill("10");
	const want = 'stage = repeat and (city starts "B" or created_at >= -10d)';
	await leaves(dialog, 2, await total("stage = repeat and created_at >= -10d"));
	await leaves(dialog, 1, await total('stage = repeat and city starts "B"'));
	await dialog.getByText(`Übrig: ${german(await total(want))} von ${german((await ask("/api/v1/party?total=1&limit=1")).total)}`).waitFor();
	await page.person.look("filter-nested");
	await page.person.check("filter-nested");
	await dialog.getByRole("button", { name: "Anwenden" }).click();
	await page.waitForFunction((want) => new URL(location.href).searchParams.get("where") === want, want);
	await page.getByText(`${german(await total(want))} Datensätze`).waitFor();
	await page.getByRole("button", { name: /^Ort beginnt mit „B“ oder/ }).click();
	await editor(page).waitFor();
	await editor(page).locator(".filter-group .filter-group").getByRole("button", { name: "Entfernen" }).first().click();
	await editor(page).getByRole("button", { name: "Anwenden" }).click();
	await page.waitForFunction(() => new URL(location.href).searchParams.get("where") === "stage = repeat");
	await page.context().close();
});

test("UX-05 UX-57 a filter is made with the keyboard alone; links are looked up, or are oneself", async () => {
	const page = await browse(kontor);
	await page.goto("/deal");
	await page.locator(".tools [popovertarget=filter-menu]").focus();
	await page.keyboard.press("Enter");
	const dialog = editor(page);
	await dialog.waitFor();
	await row(dialog, 0).getByLabel("Feld").selectOption("owner");
	await page.waitForFunction(() => document.querySelector(".filter-dialog details textarea").value === "owner = me");
	await row(dialog, 0).getByLabel("Feld").selectOption("party.city");
	await row(dialog, 0).getByLabel("Wert").focus();
	await page.keyboard.type("Bonn");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => new URL(location.href).searchParams.get("where") === 'party.city = "Bonn"');
	const { items } = await ask("/api/v1/organisation?limit=1&fields=id,name&sort=name");
	await page.goto("/deal");
	await open(page);
	await row(editor(page), 0).getByLabel("Feld").selectOption("party");
	await row(editor(page), 0).getByRole("combobox", { name: "Wert" }).fill(items[0].name);
	await page.getByRole("option", { name: items[0].name }).first().click();
	await page.waitForFunction(() => /^party = \d+$/.test(document.querySelector(".filter-dialog details textarea").value));
	await editor(page).getByRole("button", { name: "Anwenden" }).click();
	await page.waitForFunction(() => /^party = \d+$/.test(new URL(location.href).searchParams.get("where") ?? ""));
	await page.context().close();
});

test("UX-05 what is written as text is told where it is wrong, and can be taken back to rows", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 422/);
	await page.goto("/party");
	const dialog = await open(page);
	await dialog.getByText("Als Text").click();
	await dialog.locator("details textarea").fill("nonsense = 3");
	await dialog.locator("footer .why").waitFor();
	await dialog.locator("details textarea").fill("city = Bonn and employees > 5");
	await dialog.locator("footer .count", { hasText: "Übrig" }).waitFor();
	assert.equal(await dialog.locator(".filter-row").count(), 2);
	await dialog.getByRole("button", { name: "Anwenden" }).click();
	await page.waitForFunction(() => (new URL(location.href).searchParams.get("where") ?? "").includes("employees > 5"));
	assert.equal(await total(whereOf(page)), await total("city = Bonn and employees > 5"));
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-05 UX-61 UX-63 the editor at ${width} px${dark ? ", dark" : ""}`, async () => {
			const page = await browse(kontor, { width, dark });
			const where = '(city = "Bonn" or city starts "K") and stage in (prospect, repeat) and changed_at >= -30d and count(deals) >= 1';
			await page.goto(`/party?where=${encodeURIComponent(where)}`);
			const dialog = await open(page);
			await dialog.getByText(`Übrig: ${german(await total(where))} von`).waitFor();
			await page.person.look("filter-editor");
			await page.person.check("filter-editor");
			await page.keyboard.press("Escape");
			await dialog.waitFor({ state: "detached" });
			await page.context().close();
		});
