// Records that are kept on the device are read and changed without a connection; what was done is sent once, and
// nothing of others is overwritten.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 30 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const read = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const patch = (object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields });
const notes = async (party) => (await kontor.expect(200, "GET", `/api/v1/note?where=party+%3D+${party}`, { token })).body.items.map((one) => one.body);
const fact = (page, name) => page.locator(`#facts [data-field="${name}"]`);
const toast = (page, text) => page.locator(".toast", { hasText: text });
const keepButton = (page) => page.getByRole("button", { name: "Auf diesem Gerät bereithalten" });
const left = (page) => page.evaluate(async () => ({ caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length, kept: Object.keys(localStorage).filter((one) => /^(kept|waiting|sent):/.test(one)) }));

async function keeping(path, options = {}) {
	const page = await browse(kontor, options);
	// What does not get through the browser tells in its console.
	page.expected.push(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch|status of 412/);
	await page.goto(path);
	await keepButton(page).click();
	await toast(page, "Wird auf diesem Gerät bereitgehalten").waitFor();
	return page;
}
async function change(page, field, to) {
	await fact(page, field).locator("dd").click();
	await fact(page, field).getByRole("textbox").fill(to);
	await page.keyboard.press("Enter");
	await fact(page, field).getByText("wartet auf Verbindung").waitFor();
}

test("UX-64 a kept record is read and changed without a connection; what was done arrives once, and its result is listed", async () => {
	const firm = await make("organisation", { name: "Funkloch GmbH", city: "Aalen", region: "Nord" });
	const page = await keeping(`/organisation/${firm.id}`);
	assert.equal(await keepButton(page).getAttribute("aria-pressed"), "true");
	await page.context().setOffline(true);
	await page.reload();
	await page.locator(".as-of", { hasText: /Stand: \d\d\.\d\d\.\d{4}, \d\d:\d\d/ }).waitFor();
	await change(page, "city", "Bautzen");
	await change(page, "region", "Süd");
	await page.locator("body").press("n");
	await page.getByRole("form", { name: "Notiz" }).getByLabel("Text", { exact: true }).fill("Im Tunnel notiert");
	await page.keyboard.press("Control+Enter");
	await page.locator("#moments", { hasText: "Im Tunnel notiert" }).getByText("wartet auf Verbindung").waitFor();
	await page.person.check("kept record");
	await page.person.look("offline-record");
	// Closed and opened again, nothing is lost; another page is not there.
	await page.goto(`/party/${firm.id}`);
	await fact(page, "city").getByText("Bautzen").waitFor();
	await page.goto("/deal");
	await page.getByText("diese Seite wird auf diesem Gerät nicht bereitgehalten").waitFor();
	await page.locator("#kept").getByRole("link", { name: "Funkloch GmbH" }).waitFor();
	assert.equal(await page.locator("#waiting li").count(), 3);
	for (const width of [1440, 360]) {
		await page.person.turn({ width });
		await page.person.check(`offline at ${width}`);
		await page.person.look("offline-list");
	}
	await page.goto(`/organisation/${firm.id}`);
	await patch("party", firm.id, { employees: 7 });
	await page.context().setOffline(false);
	await toast(page, "Übertragen: 3").waitFor();
	await fact(page, "city").getByText("wartet auf Verbindung").waitFor({ state: "detached" });
	await page.locator(".as-of").waitFor({ state: "detached" });
	const now = await read("party", firm.id);
	assert.deepEqual([now.city, now.region, now.employees], ["Bautzen", "Süd", 7]);
	assert.equal((await notes(firm.id)).filter((one) => one.includes("Im Tunnel notiert")).length, 1);
	await page.goto("/offline");
	assert.equal(await page.locator("#results li", { hasText: "Übertragen" }).count(), 3);
	await page.locator("#results", { hasText: "Bautzen" }).waitFor();
	assert.equal(await page.locator("#waiting").isVisible(), false);
	await page.context().close();
});

test("UX-64 what somebody else changed meanwhile is not overwritten: mine or theirs, as one chooses", async () => {
	const firm = await make("organisation", { name: "Zwickmühle AG", city: "Aalen", region: "Nord" });
	const page = await keeping(`/organisation/${firm.id}`);
	await page.context().setOffline(true);
	await change(page, "city", "Bautzen");
	await change(page, "region", "Süd");
	await patch("party", firm.id, { city: "Celle", region: "West" });
	await page.context().setOffline(false);
	await toast(page, "Konflikte: 2").getByRole("button", { name: "Anzeigen" }).click();
	const one = (name) => page.locator("#results li", { hasText: name });
	await one("Bautzen").getByText("Celle").waitFor();
	assert.deepEqual(await read("party", firm.id).then((now) => [now.city, now.region]), ["Celle", "West"]);
	await page.person.turn({ width: 360, dark: true });
	await page.person.check("conflict");
	await page.person.look("offline-conflict");
	await one("Bautzen").getByRole("button", { name: /^Meine Fassung übernehmen/ }).click();
	await one("Bautzen").getByText("Übertragen").waitFor();
	await one("Süd").getByRole("button", { name: /^Die andere Fassung behalten/ }).click();
	await one("Süd").getByText("Die andere Fassung gilt").waitFor();
	assert.deepEqual(await read("party", firm.id).then((now) => [now.city, now.region]), ["Bautzen", "West"]);
	await page.context().close();
});

test("UX-64 signing out asks about what was not sent, and leaves nothing on the device", async () => {
	const firm = await make("organisation", { name: "Abgemeldet KG", city: "Aalen" });
	const page = await keeping(`/organisation/${firm.id}`);
	await page.context().setOffline(true);
	await change(page, "city", "Bautzen");
	const out = async () => {
		await page.getByRole("button", { name: /^Sie: / }).click();
		await page.getByRole("button", { name: "Abmelden" }).click();
	};
	await out();
	await page.getByRole("alertdialog").getByRole("button", { name: "Angemeldet bleiben" }).click();
	await page.getByRole("alertdialog").waitFor({ state: "detached" });
	assert.equal((await left(page)).kept.length, 2);
	await patch("party", firm.id, { city: "Celle" });
	await page.context().setOffline(false);
	await toast(page, "Konflikte: 1").waitFor();
	await page.goto(`/organisation/${firm.id}`);
	await out();
	await page.getByRole("alertdialog").getByRole("button", { name: "Verwerfen und abmelden" }).click();
	await page.waitForURL((url) => url.pathname === "/sign-in");
	assert.deepEqual(await left(page), { caches: [], workers: 0, kept: [] });
	assert.equal((await read("party", firm.id)).city, "Celle");
	await page.context().close();
});

test("UX-64 what may leave the server the administrators decide", async () => {
	const firm = await make("organisation", { name: "Bleibt hier GmbH" });
	const page = await browse(kontor, { user: kontor.user("anna") });
	await page.goto("/admin/settings");
	await page.getByRole("group", { name: "May be kept on devices" }).getByLabel("Parties").uncheck();
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByText("Saved.").first().waitFor();
	await page.goto(`/organisation/${firm.id}`);
	await page.getByRole("heading", { name: "Bleibt hier GmbH" }).waitFor();
	assert.equal(await page.locator("#keep").count(), 0);
	await page.context().close();
});
