// A record through time: as it was at each of its changes, and what one wants back from then.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const get = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const patch = (object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields });

const [old, young] = [await make("organisation", { name: "Alte Werke AG" }), await make("organisation", { name: "Neue Werke AG" })];
const BEFORE = { name: "Hallenbau", party: old.id, value: { amount: "1250.50", currency: "EUR" }, expected_on: "2026-03-01", probability: 40, notes: "Erste Zeile\nzweite Zeile" };
const AFTER = { name: "Hallenbau", party: young.id, value: { amount: "990.00", currency: "EUR" }, expected_on: "2027-05-31", probability: 75, notes: null };
async function changed() {
	const deal = await make("deal", { ...BEFORE });
	await patch("deal", deal.id, { name: "Hallenumbau" });
	await patch("deal", deal.id, AFTER);
	return deal;
}
const state = (page) => page.locator("#state");
const fact = (page, label) => state(page).locator(".fact", { has: page.locator("dt", { hasText: new RegExp(`^${label}$`) }) });

test("UX-20 a slider leads through time: the record as it was, with what is otherwise today", async () => {
	const deal = await changed(), page = await browse(kontor);
	await page.goto(`/deal/${deal.id}/history`);
	await state(page).getByText("so ist er heute").waitFor();
	const slider = page.getByRole("slider", { name: "Durch die Zeit" });
	assert.equal(await slider.inputValue(), "3");
	await slider.press("ArrowLeft");
	await fact(page, "Name").getByText("Hallenumbau").first().waitFor();
	assert.match(await slider.getAttribute("aria-valuetext"), /Geändert/);
	await slider.press("Home");
	await fact(page, "Wert").getByText("1.250,50").waitFor();
	assert.match(await fact(page, "Wert").innerText(), /heute:\s*990,00/);
	assert.match(await slider.getAttribute("aria-valuetext"), /Angelegt/);
	assert.ok(new URL(page.url()).searchParams.get("at"), "the moment has an address");
	await page.reload();
	await fact(page, "Wert").getByText("1.250,50").waitFor();
	assert.equal(await slider.inputValue(), "1");
	await page.getByRole("link", { name: "Stand von damals" }).first().click();
	await state(page).getByText("so ist er heute").waitFor();
	await page.context().close();
});

test("UX-20 one field comes back from the history, whatever its type, and that can be undone", async () => {
	const deal = await changed(), page = await browse(kontor);
	for (const name of ["value", "notes", "expected_on", "probability", "party"]) {
		await page.goto(`/deal/${deal.id}/history`);
		await state(page).getByText("so ist er heute").waitFor({ state: "attached" });
		await page.getByRole("slider").press("Home");
		await state(page).locator(".differs").first().waitFor();
		const button = state(page).locator(`form:has(input[name=has][value=${name}]) button`);
		await button.click();
		await page.waitForURL((url) => url.pathname === `/deal/${deal.id}`);
		await page.getByRole("button", { name: "Rückgängig machen" }).first().waitFor();
		const now = await get("deal", deal.id);
		assert.deepEqual(now[name], BEFORE[name], `${name} is as it was`);
	}
	await page.getByRole("button", { name: "Rückgängig machen" }).first().click();
	await page.locator("#facts, #record-head").getByText("Neue Werke AG").first().waitFor();
	assert.equal((await get("deal", deal.id)).party, young.id);
	await page.context().close();
});

test("UX-20 without scripts the history is read and a field comes back too", async () => {
	const deal = await changed(), page = await browse(kontor, { script: false });
	await page.goto(`/deal/${deal.id}/history`);
	await page.getByRole("link", { name: "Stand von damals" }).last().click();
	await page.waitForURL(/[?&]at=/);
	await state(page).locator("form:has(input[name=has][value=value]) button").click();
	await page.waitForURL((url) => url.pathname === `/deal/${deal.id}`);
	assert.deepEqual((await get("deal", deal.id)).value, BEFORE.value);
	await page.context().close();
});

test("UX-20 who may not change a record is offered nothing to bring back", async () => {
	const deal = await changed();
	const page = await browse(kontor, { user: kontor.user("leser", { role: "readonly" }) });
	const reply = await page.goto(`/deal/${deal.id}/history`);
	assert.ok(reply.status() >= 400 || (await state(page).locator("form").count()) === 0);
	await page.context().close();
});

test("UX-61 the history at every width and in both themes", async () => {
	const deal = await changed();
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			await page.goto(`/deal/${deal.id}/history`);
			await page.getByRole("slider").press("Home");
			await state(page).locator(".differs").first().waitFor();
			await page.person.look("history");
			await page.person.check("history");
			await page.context().close();
		}
});
