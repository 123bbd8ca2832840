// The bell: what concerns a person shows within a second or so, and leads there; following; mentions.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const root = kontor.token("root");
const anna = kontor.token("anna", { role: "management" });
const bert = kontor.user("bert", { role: "management" });
const make = async (object, fields, token = anna) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const patch = (object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token: anna, body: fields });
await kontor.expect(200, "PATCH", `/api/v1/user/${bert.id.match(/\d+/)?.[0] ?? (await userId("bert"))}`, { token: root, body: { name: "Bert Öhler", language: "de" } }).catch(() => null);
async function userId(login) {
	return (await kontor.expect(200, "GET", `/api/v1/user?where=${encodeURIComponent(`login = ${login}`)}`, { token: root })).body.items[0].id;
}
const bertId = await userId("bert");
const unread = (page, n) => page.locator("#unread", { hasText: new RegExp(`^${n}$`) }).waitFor();

async function watching(where, options = {}) {
	const page = await browse(kontor, { user: bert, ...options });
	const hears = page.waitForResponse((reply) => reply.url().includes("/events"));
	await page.goto(where);
	await hears;
	return page;
}

test("UX-42 @ offers colleagues while one types; who is chosen is told at once, and comes to the note by keyboard alone", async () => {
	const firm = await make("organisation", { name: "Erwähnt GmbH" });
	const [writer, reader] = [await browse(kontor), await watching("/task")];
	await writer.goto(`/organisation/${firm.id}`);
	await writer.locator("body").press("n");
	const text = writer.getByRole("form", { name: "Notiz" }).getByLabel("Text", { exact: true });
	await text.focus();
	await writer.keyboard.type("Bitte anrufen, @ber");
	await writer.getByRole("option", { name: "Bert Öhler" }).waitFor();
	await writer.person.look("mention");
	await writer.keyboard.press("Enter");
	assert.equal(await text.inputValue(), "Bitte anrufen, @Bert Öhler ");
	await writer.keyboard.type("heute noch");
	await writer.keyboard.press("Control+Enter");
	await writer.locator("#moments").getByText("heute noch").waitFor();
	await unread(reader, 1);
	await reader.locator("#bell-said", { hasText: "Ungelesene Benachrichtigungen: 1" }).waitFor({ state: "attached" });
	await reader.locator("#bell").focus();
	await reader.keyboard.press("Enter");
	const link = reader.locator("#bell-menu a[data-notice]");
	await link.waitFor();
	await reader.locator("#bell-menu", { hasText: "hat Sie erwähnt" }).waitFor();
	await reader.person.look("bell");
	await reader.person.check("bell");
	await link.focus();
	await reader.keyboard.press("Enter");
	await reader.waitForURL((url) => url.pathname.startsWith("/note/"));
	await reader.locator("#unread").waitFor({ state: "hidden" });
	for (const page of [writer, reader]) await page.context().close();
});

test("following a record: a press of the button, then its changes are told, put together, and read all at once", async () => {
	const firm = await make("organisation", { name: "Gefolgt AG", city: "Ulm" });
	const page = await watching(`/organisation/${firm.id}`);
	const button = () => page.getByRole("button", { name: "Folgen" });
	assert.equal(await button().getAttribute("aria-pressed"), "false");
	await page.evaluate(() => (window.stays = true));
	await button().click();
	await page.locator("[data-follow] button[aria-pressed=true]").waitFor();
	await patch("party", firm.id, { city: "Bonn" });
	await unread(page, 1);
	await patch("party", firm.id, { region: "West" });
	await page.locator('#facts [data-field="region"]', { hasText: "West" }).waitFor();
	assert.equal(await page.evaluate(() => window.stays), true);
	await page.locator("#bell").click();
	await page.locator("#bell-menu li", { hasText: "hat dies geändert: Ort" }).waitFor();
	await page.getByRole("button", { name: "Alle als gelesen markieren" }).click();
	await page.locator("#bell-menu li:not(.unread)").first().waitFor();
	await page.locator("#unread").waitFor({ state: "hidden" });
	await page.keyboard.press("Escape");
	await button().click();
	await page.locator("[data-follow] button[aria-pressed=false]").waitFor();
	await page.context().close();
});

test("all notifications on their page, read and unread again, and which kinds one wants; also without scripts", async () => {
	for (const subject of ["Eins", "Zwei"]) await make("task", { subject, owner: bertId });
	const page = await watching("/notifications");
	await page.locator("#unread:not([hidden])").waitFor();
	await page.context().close();
	const bare = await browse(kontor, { user: bert, script: false });
	await bare.goto("/task");
	await bare.getByRole("link", { name: "Benachrichtigungen" }).first().click();
	await bare.getByRole("heading", { name: "Benachrichtigungen", level: 1 }).waitFor();
	const row = bare.locator("#notices li", { hasText: "Zwei" });
	await row.waitFor();
	await row.getByRole("button", { name: "Als gelesen markieren" }).click();
	await bare.locator("#notices li:not(.unread)", { hasText: "Zwei" }).waitFor();
	await row.getByRole("button", { name: "Als ungelesen markieren" }).click();
	await bare.locator("#notices li.unread", { hasText: "Zwei" }).waitFor();
	await bare.getByLabel("Erwähnungen").uncheck();
	await bare.getByRole("button", { name: "Speichern" }).click();
	await bare.locator('input[name="mention"]:not(:checked)').waitFor();
	assert.equal(await bare.getByLabel("Zuweisungen").isChecked(), true);
	await bare.getByLabel("Erwähnungen").check();
	await bare.getByRole("button", { name: "Speichern" }).click();
	await bare.locator('input[name="mention"]:checked').waitFor();
	await bare.getByRole("button", { name: "Alle als gelesen markieren" }).click();
	await bare.locator("#notices li.unread").first().waitFor({ state: "detached" });
	await bare.locator("#notices li", { hasText: "Zwei" }).getByRole("link").click();
	await bare.getByRole("heading", { name: "Zwei" }).waitFor();
	await bare.context().close();
});

test("UX-34 long jobs have a page: how far, why not, stop, and undo; the notification of the end leads there", async () => {
	const bertToken = kontor.cli(["token", "create", "--user", "bert"]).out.trim();
	const operations = Array.from({ length: 1300 }, (_, i) => ({ op: "create", object: "party", fields: { name: `Viele ${i}`, city: "Altdorf" } }));
	await kontor.expect(200, "POST", "/api/v1/batch", { token: root, body: { operations } });
	const page = await watching("/jobs");
	await kontor.expect(202, "POST", "/api/v1/party/bulk", { token: bertToken, body: { where: "city = Altdorf", fields: { city: "Neudorf" } } });
	await page.locator("#unread:not([hidden])").waitFor();
	await page.locator("#bell").click();
	await page.locator("#bell-menu a[data-notice]", { hasText: "Ihr Auftrag" }).first().click();
	await page.goto("/jobs");
	const job = page.locator(".jobs > li", { hasText: "Ändern" });
	await job.getByText("Erledigt").waitFor();
	await job.getByText("1.300 / 1.300").waitFor();
	await page.person.look("jobs");
	await page.person.check("jobs");
	await job.getByRole("button", { name: "Rückgängig" }).click();
	await page.locator(".jobs > li").nth(1).waitFor();
	await page.locator(".jobs > li", { hasText: "Rückgängig" }).first().getByText("Erledigt").waitFor();
	const back = await kontor.expect(200, "GET", `/api/v1/party?total=1&limit=1&where=${encodeURIComponent("city = Altdorf")}`, { token: root });
	assert.equal(back.body.total, 1300);
	await page.context().close();
	const phone = await browse(kontor, { user: bert, width: 360, dark: true });
	await phone.goto("/jobs");
	await phone.person.look("jobs");
	await phone.person.check("jobs");
	await phone.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 notifications at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			await make("task", { subject: `Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik ${width} ${dark}`, owner: bertId });
			const page = await watching("/notifications", { width, dark });
			await page.locator("#unread:not([hidden])").waitFor();
			await page.person.look("notifications");
			await page.person.check("notifications");
			await page.locator("#bell").click();
			await page.locator("#bell-menu .notice-list").waitFor();
			await page.person.look("bell-panel");
			await page.person.check("bell-panel");
			await page.context().close();
		});
