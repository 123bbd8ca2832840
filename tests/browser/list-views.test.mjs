// Saved views: a list as somebody wants to see it again, alone or with all.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const PASSWORD = "ein-langes-Kennwort-1";
const token = kontor.token("root");
for (const login of ["vera", "viktor"]) {
	const user = kontor.user(login, { role: "sales" });
	await kontor.expect(200, "PATCH", `/api/v1/user/${user.id}`, { token, body: { language: "de", name: login } });
}
const as = (login, options = {}) => browse(kontor, { user: { login, password: PASSWORD }, script: login === "vera", ...options });

async function save(page, name, shared) {
	await page.locator("[popovertarget=save-menu]").first().click();
	const menu = page.locator("#save-menu");
	await menu.getByLabel("Name der Ansicht").fill(name);
	if (shared) await menu.getByLabel("Mit allen teilen").check();
	await menu.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("heading", { name: new RegExp(name) }).waitFor();
}
const rows = (page) => page.locator("tbody tr td.first").allInnerTexts();

test("UX-08 a changed view can be updated, saved as a new one, or discarded, which restores it", async () => {
	const page = await as("vera", { lang: "de" });
	await page.goto("/organisation?where=city+!%3D+Bonn&sort=-city&columns=name,city");
	assert.equal(await page.getByRole("group", { name: "Die Ansicht wurde geändert" }).count(), 0);
	await save(page, "Mit B", false);
	const address = new URL(page.url());
	const view = address.searchParams.get("view");
	assert.ok(view && !address.searchParams.get("where"), page.url());
	const before = await rows(page);
	await page.goto(`/organisation?view=${view}`);
	assert.deepEqual(await rows(page), before);
	assert.equal(await page.locator("thead th[data-name]").count(), 2);
	await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
	const changed = page.getByRole("group", { name: "Die Ansicht wurde geändert" });
	await changed.waitFor();
	await page.locator("#list:not([aria-busy])").waitFor();
	assert.notDeepEqual(await rows(page), before);
	await page.person.look("list-view-changed");
	await page.person.check("list-view-changed");
	await changed.getByRole("link", { name: "Verwerfen" }).click();
	await changed.waitFor({ state: "detached" });
	assert.deepEqual(await rows(page), before);
	assert.equal(await changed.count(), 0);
	await page.getByRole("link", { name: /entfernen: Ort/ }).click();
	await changed.getByRole("button", { name: "Ansicht aktualisieren" }).click();
	await page.getByRole("heading", { name: /Mit B/ }).waitFor();
	assert.equal(await page.locator(".clause").count(), 0, "the view has no condition any more");
	await page.getByRole("button", { name: "Rückgängig" }).last().click();
	await page.locator(".clause").waitFor();
	await page.goto(`/organisation?view=${view}`);
	assert.deepEqual(await rows(page), before, "the update was undone");
	await page.getByRole("link", { name: /entfernen: Ort/ }).click();
	await changed.waitFor();
	await save(page, "Alle anders", true);
	assert.notEqual(new URL(page.url()).searchParams.get("view"), view);
	await page.context().close();
});

test("UX-09 UX-10 private views are their owner's, shared ones show whose they are, favourites stand in the side bar", async () => {
	const vera = await as("vera"), viktor = await as("viktor");
	await vera.goto("/deal?filter=open&sort=-value");
	await save(vera, "Große", true);
	const shared = new URL(vera.url()).searchParams.get("view");
	await vera.goto("/deal?filter=lost");
	await save(vera, "Nur meine", false);
	const own = new URL(vera.url()).searchParams.get("view");
	await viktor.goto(`/deal?view=${shared}`);
	assert.deepEqual(await rows(viktor), (await vera.goto(`/deal?view=${shared}`), await rows(vera)), "the address shows the same to another");
	viktor.expected.push(/status of 404/);
	assert.equal((await viktor.goto(`/deal?view=${own}`)).status(), 404);
	assert.equal((await viktor.goto(`/party?view=${shared}`)).status(), 404, "a view of another list");
	await viktor.goto("/deal/views");
	const views = viktor.locator(".views");
	assert.ok((await views.innerText()).includes("Geteilt · vera"));
	assert.ok(!(await views.innerText()).includes("Nur meine"));
	assert.equal(await views.getByRole("button", { name: /löschen/ }).count(), 0);
	await vera.goto("/deal/views");
	await vera.person.look("list-views");
	await vera.person.check("list-views");
	await views.getByRole("button", { name: "In der Seitenleiste behalten: Große" }).click();
	await viktor.getByRole("navigation", { name: "Datensätze" }).getByRole("link", { name: "Große" }).click();
	await viktor.getByRole("heading", { name: "Deals: Große" }).waitFor();
	await viktor.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
	await viktor.getByRole("group", { name: "Die Ansicht wurde geändert" }).waitFor();
	assert.equal(await viktor.getByRole("button", { name: "Ansicht aktualisieren" }).count(), 0, "it is not his");
	await viktor.goto("/deal/views");
	await views.getByRole("button", { name: /Große/ }).click();
	await viktor.getByRole("navigation", { name: "Datensätze" }).getByRole("link", { name: "Große" }).waitFor({ state: "detached" });
	await vera.goto("/deal/views");
	await vera.getByRole("button", { name: "Ansicht löschen: Nur meine" }).click();
	await vera.goto("/deal/views");
	assert.equal(await vera.getByText("Nur meine").count(), 0);
	for (const page of [vera, viktor]) await page.context().close();
});
