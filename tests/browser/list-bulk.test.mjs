// Ticked rows: a bar, a preview, one change, one undo.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 1500 });
const token = kontor.token("bulk");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;
const total = async (where) => (await ask(`/api/v1/organisation?total=1&limit=1&where=${encodeURIComponent(where)}`)).total;
const german = (n) => n.toLocaleString("de-DE");
const bar = (page) => page.getByRole("region", { name: "Ausgewählte Datensätze" });
const tick = (page, index, options) => page.locator(`tr[data-index="${index}"] .pick input`).click(options);
const toasted = (page, words) => page.locator(".toast", { hasText: words });

async function edit(page, field, value) {
	await bar(page).getByRole("button", { name: "Bearbeiten" }).click();
	const dialog = page.getByRole("dialog", { name: /ändern/ });
	await dialog.getByLabel("Feld").selectOption(field);
	await dialog.locator(`[data-control=${field}]`).waitFor();
	await dialog.locator(`[data-control=${field}] input:not([type=hidden])`).fill(value);
	await dialog.getByRole("button", { name: "Vorschau" }).click();
	return dialog;
}

test("UX-31 UX-33 all that match are chosen by their exact number, changed after a preview, and taken back", async () => {
	const page = await browse(kontor);
	const where = "employees is empty or employees >= 0";
	const all = await total(where), before = await total('city = "Probestadt"');
	assert.equal(before, 0);
	await page.goto(`/organisation?where=${encodeURIComponent(where)}`);
	await page.getByLabel("Alle auswählen", { exact: true }).click();
	await bar(page).getByRole("button", { name: `Alle ${german(all)} auswählen` }).click();
	await bar(page).getByText(`${german(all)} ausgewählt`).waitFor();
	await tick(page, 2);
	await bar(page).getByText(`${german(all - 1)} ausgewählt`).waitFor();
	const dialog = await edit(page, "city", "Probestadt");
	await dialog.getByRole("button", { name: `Ändern (${german(all - 1)})` }).waitFor();
	assert.equal(await dialog.locator(".bulk-samples tbody tr").count(), 5);
	assert.equal(await dialog.locator(".bulk-samples tbody td:last-child").first().innerText(), "Probestadt");
	assert.equal(await total('city = "Probestadt"'), 0, "a preview changes nothing");
	await page.person.look("bulk-preview");
	await page.person.check("bulk-preview");
	await dialog.getByRole("button", { name: /^Ändern \(/ }).click();
	await toasted(page, `Geändert: ${german(all - 1)}`).waitFor();
	await page.locator("tr[data-index='0'] td[data-label=Ort]", { hasText: "Probestadt" }).waitFor();
	assert.equal(await total('city = "Probestadt"'), all - 1);
	await toasted(page, "Geändert").getByRole("button", { name: "Rückgängig" }).click();
	await toasted(page, "Rückgängig gemacht").waitFor();
	assert.equal(await total('city = "Probestadt"'), 0);
	await page.locator("tr[data-index='0'] td[data-label=Ort]:not(:has-text('Probestadt'))").waitFor();
	await page.context().close();
});

test("UX-31 UX-57 rows are ticked with the keyboard, one by one, in a block, and all", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation");
	await page.locator("tr[data-index='1'] td.first").click({ position: { x: 2, y: 4 } });
	await page.keyboard.press("x");
	await bar(page).getByText("1 ausgewählt").waitFor();
	for (const key of ["ArrowDown", "ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "x"]) await page.keyboard.press(key);
	await bar(page).getByText("4 ausgewählt").waitFor();
	await page.keyboard.press("Control+a");
	await bar(page).getByText(`${german(await total("name is empty or name is not empty"))} ausgewählt`).waitFor();
	await bar(page).getByRole("button", { name: "Auswahl aufheben" }).click();
	await bar(page).waitFor({ state: "hidden" });
	await page.context().close();
});

test("UX-32 ticked rows are handed to somebody, get a mark, and go to the trash; Ctrl+Z takes it back", async () => {
	const page = await browse(kontor);
	await page.goto("/organisation?columns=name,tags,owner");
	for (const index of [0, 1, 2]) await tick(page, index);
	await bar(page).getByRole("button", { name: "Schlagwort" }).click();
	const dialog = page.getByRole("dialog", { name: /ändern/ });
	await dialog.locator("[data-control=tags] input:not([type=hidden])").fill("Probemarke");
	await dialog.getByRole("button", { name: "Vorschau" }).click();
	await dialog.getByRole("button", { name: "Ändern (3)" }).click();
	await toasted(page, "Geändert: 3").waitFor();
	await page.locator("tr[data-index='2'] td", { hasText: "Probemarke" }).waitFor();
	for (const index of [0, 1, 2]) await tick(page, index);
	const before = (await ask("/api/v1/organisation?total=1&limit=1")).total;
	await bar(page).getByRole("button", { name: "Löschen" }).click();
	const sure = page.getByRole("dialog", { name: /löschen/ });
	await sure.getByRole("button", { name: "In den Papierkorb legen (3)" }).click();
	await toasted(page, "In den Papierkorb gelegt: 3").waitFor();
	await page.getByText(`${german(before - 3)} Datensätze`).waitFor();
	await page.keyboard.press("Control+z");
	await page.getByText(`${german(before)} Datensätze`).waitFor();
	await page.context().close();
});

test("UX-33 those that cannot change are counted with their cause", async () => {
	const seller = kontor.user("seller", { role: "sales", options: ["--language", "de"] });
	const page = await browse(kontor, { user: seller });
	await page.goto("/organisation");
	for (const index of [0, 1]) await tick(page, index);
	await bar(page).getByRole("button", { name: "Löschen" }).click();
	const dialog = page.getByRole("dialog", { name: /löschen/ });
	await dialog.getByText("Nicht möglich").waitFor();
	await dialog.locator(".bulk-causes li", { hasText: "2 ×" }).waitFor();
	assert.equal(await dialog.getByRole("button", { name: /^In den Papierkorb/ }).count(), 0);
	await page.person.look("bulk-refused");
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-32 UX-61 UX-63 the bar and the dialog at ${width} px${dark ? ", dark" : ""}`, async () => {
			const page = await browse(kontor, { width, dark });
			await page.goto("/organisation");
			for (const index of [0, 1]) await tick(page, index);
			await bar(page).getByText("2 ausgewählt").waitFor();
			await page.person.look("bulk-bar");
			await page.person.check("bulk-bar");
			const dialog = await edit(page, "city", "Probestadt");
			await dialog.getByRole("button", { name: "Ändern (2)" }).waitFor();
			await page.person.look("bulk-dialog");
			await page.person.check("bulk-dialog");
			await page.keyboard.press("Escape");
			await dialog.waitFor({ state: "detached" });
			await page.context().close();
		});
