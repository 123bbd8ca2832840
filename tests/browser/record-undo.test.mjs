// Undo everywhere: from the message, by the keyboard, from the trash.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 30 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const read = async (id) => (await kontor.api("GET", `/api/v1/party/${id}`, { token })).body;
const message = (page, text) => page.locator(".toast", { hasText: text });

async function rename(page, id, city) {
	await page.goto(`/organisation/${id}/edit`);
	await page.getByLabel("Ort", { exact: true }).fill(city);
	await page.getByRole("button", { name: "Speichern" }).click();
	await message(page, "Gespeichert").waitFor();
}

test("UX-20 what a form saved is undone from its message, which stays at least ten seconds", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Erst GmbH", city: "Aachen" });
	await page.clock.install();
	await rename(page, firm.id, "Bochum");
	assert.equal((await read(firm.id)).city, "Bochum");
	await page.clock.runFor(10_000);
	assert.ok(await message(page, "Gespeichert").isVisible(), "it is still there after ten seconds");
	await message(page, "Gespeichert").getByRole("button", { name: "Rückgängig" }).click();
	await page.locator("#facts").getByText("Aachen").waitFor();
	assert.equal((await read(firm.id)).city, "Aachen");
	await page.context().close();
});

test("UX-20 Ctrl+Z takes back one's last changes, one after the other, also from another page; in a field it is the browser's", async () => {
	const page = await browse(kontor);
	const one = await make("organisation", { name: "Zwei GmbH", city: "Celle" });
	const two = await make("organisation", { name: "Drei GmbH", city: "Dessau" });
	await rename(page, one.id, "Essen");
	await rename(page, two.id, "Fulda");
	await page.goto("/");
	await page.keyboard.press("Control+z");
	await message(page, "Rückgängig gemacht").waitFor();
	assert.equal((await read(two.id)).city, "Dessau");
	assert.equal((await read(one.id)).city, "Essen");
	await page.goto(`/organisation/${one.id}`);
	await page.locator("#q").fill("abc");
	await page.keyboard.press("Control+z");
	assert.equal((await read(one.id)).city, "Essen", "typing is the browser's");
	await page.locator("body").evaluate((body) => body.ownerDocument.activeElement?.blur());
	await page.keyboard.press("Control+z");
	await page.locator("#facts").getByText("Celle").waitFor();
	assert.equal((await read(one.id)).city, "Celle");
	await page.keyboard.press("Control+z");
	await message(page, "Es gibt nichts").waitFor();
	await page.context().close();
});

test("UX-20 what was changed since stays, and one is asked", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 409/);
	const firm = await make("organisation", { name: "Vier GmbH", city: "Gera", region: "Thüringen" });
	await page.goto(`/organisation/${firm.id}/edit`);
	await page.getByLabel("Ort", { exact: true }).fill("Halle");
	await page.getByLabel("Region", { exact: true }).fill("Sachsen-Anhalt");
	await page.getByRole("button", { name: "Speichern" }).click();
	await message(page, "Gespeichert").waitFor();
	await kontor.expect(200, "PATCH", `/api/v1/party/${firm.id}`, { token, body: { city: "Ilmenau" } });
	await message(page, "Gespeichert").getByRole("button", { name: "Rückgängig" }).click();
	await message(page, "seither geändert").getByRole("button", { name: /Rest|brige/ }).click();
	await page.locator("#facts").getByText("Thüringen").waitFor();
	const now = await read(firm.id);
	assert.deepEqual([now.city, now.region], ["Ilmenau", "Thüringen"]);
	await page.context().close();
});

test("UX-20 what went to the trash comes back: by its message, and from the trash", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Fünf GmbH", city: "Jena" });
	for (const way of ["message", "trash"]) {
		await page.goto(`/organisation/${firm.id}`);
		await page.getByRole("button", { name: "In den Papierkorb" }).click();
		await message(page, "In den Papierkorb verschoben").waitFor();
		assert.equal((await kontor.api("GET", `/api/v1/party/${firm.id}`, { token })).status, 404);
		if (way === "message") await message(page, "In den Papierkorb verschoben").getByRole("button", { name: "Rückgängig" }).click();
		else {
			await page.goto("/organisation?trash=1");
			await page.locator("tr", { hasText: "Fünf GmbH" }).getByRole("button", { name: /Wiederherstellen|Zurückholen/ }).click();
			await message(page, "Aus dem Papierkorb geholt").waitFor();
		}
		await message(page, way === "message" ? "Rückgängig gemacht" : "Aus dem Papierkorb geholt").waitFor();
		assert.equal((await kontor.expect(200, "GET", `/api/v1/party/${firm.id}`, { token })).body.name, "Fünf GmbH");
	}
	await page.context().close();
});

for (const script of [true, false])
	test(`UX-20 whoever undoes the making of a record does not end on a page that is missing${script ? "" : ", without scripts"}`, async () => {
		const page = await browse(kontor, { script });
		page.expected.push(/status of 404/);
		await page.goto("/organisation/new");
		await page.getByLabel("Name", { exact: true }).fill("Sechs GmbH");
		await page.getByRole("button", { name: "Speichern" }).click();
		await page.getByRole("heading", { name: "Sechs GmbH" }).waitFor();
		await page.getByRole("button", { name: "Rückgängig" }).click();
		await page.waitForURL((url) => url.pathname === "/organisation");
		await page.getByRole("heading", { name: "Organisationen" }).waitFor();
		await page.context().close();
	});
