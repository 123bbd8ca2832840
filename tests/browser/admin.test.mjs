// Administration in the browser: each with a preview or an undo, and no restart.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 30 });
const token = kontor.cli(["token", "create", "--user", "demo"]).out.trim();
// The model changes here: replies are not held against an older description of it.
const call = async (method, where, who, body) => {
	const reply = await fetch(kontor.url + where, { method, headers: { authorization: `Bearer ${who}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
	return { status: reply.status, body: await reply.json() };
};
const main = (page) => page.getByRole("main");
const button = (page, name) => main(page).getByRole("button", { name, exact: true });

test("a field of one's own: form, preview, applied without a restart; an earlier text takes it back", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/model");
	await main(page).getByRole("link", { name: "Deals", exact: true }).click();
	await page.getByLabel("Name", { exact: true }).fill("Größe des Hauses");
	await page.getByLabel("Art", { exact: true }).selectOption({ label: "Eines aus einer Liste" });
	await page.getByLabel("Die Liste, je Zeile ein Eintrag").fill("Klein\nGroß");
	await button(page, "Vorschau").click();
	await page.getByText("Das Übernehmen würde an den Tabellen ändern:").waitFor();
	assert.match(await page.getByLabel("Ihr eigener Teil des Modells").inputValue(), /extend deal\n {2}field x_grosse_des_hauses enum label="Größe des Hauses"\n {4}option klein "Klein"/);
	await button(page, "Anwenden").click();
	await page.getByText("Das Modell ist übernommen.").waitFor();
	await page.goto("/deal/new");
	assert.equal(await page.locator("label", { hasText: "Größe des Hauses" }).count(), 1);
	await page.goto("/admin/model");
	await main(page).getByRole("listitem").filter({ hasText: "Wie ausgeliefert" }).getByRole("button").click();
	await button(page, "Anwenden").click();
	await page.getByText("Das Modell ist übernommen.").waitFor();
	await page.goto("/deal/new");
	assert.equal(await page.locator("label", { hasText: "Größe des Hauses" }).count(), 0);
	await page.context().close();
});

test("an object of one's own stands in the menu at once; its text can be downloaded", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/model");
	await page.getByLabel("Eines heißt").fill("Baustelle");
	await page.getByLabel("Mehrere heißen").fill("Baustellen");
	await page.getByLabel("Teil des Menüs").selectOption({ label: "Arbeit" });
	await button(page, "Vorschau").first().click();
	await button(page, "Anwenden").click();
	await page.getByRole("navigation", { name: "Datensätze" }).getByRole("link", { name: "Baustellen" }).click();
	await page.getByRole("heading", { name: "Baustellen" }).waitFor();
	assert.equal((await call("POST", "/api/v1/x_baustelle", token, { x_name: "Hafen" })).status, 201);
	await page.goto("/admin/model");
	const waiting = page.waitForEvent("download");
	await main(page).getByRole("link", { name: "Herunterladen" }).click();
	assert.match(fs.readFileSync(await (await waiting).path(), "utf8"), /^object x_baustelle\n {2}label "Baustelle" "Baustellen"/m);
	await page.context().close();
});

test("what is wrong with the text stands at its line, and nothing is changed", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/model");
	const before = await page.getByLabel("Ihr eigener Teil des Modells").inputValue();
	await page.getByLabel("Ihr eigener Teil des Modells").fill(`${before}\nextend party\n  field x_a text readonyl\n  field x_b nonsense\n`);
	await button(page, "Vorschau").last().click();
	await page.getByText("Dieser Text stimmt noch nicht:").waitFor();
	const lines = before.split("\n").length;
	const wrong = await main(page).getByRole("alert").getByRole("listitem").allTextContents();
	assert.equal(wrong.length, 2);
	assert.match(wrong[0], new RegExp(`Zeile ${lines + 2}: .*readonyl.*field x_a text readonyl`));
	assert.equal(await button(page, "Anwenden").count(), 0);
	await page.context().close();
});

test("UX-65 a role is copied, its copy changed; the user has the rights at once, a hidden field is gone", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/roles?role=sales");
	await page.getByLabel("Name der neuen Rolle").fill("Aushilfe");
	await button(page, "Kopieren").click();
	await page.getByText("Gespeichert. Es gilt ab sofort.").waitFor();
	await page.getByRole("region", { name: "Aushilfe" }).getByRole("link", { name: "Deals", exact: true }).click();
	await page.getByLabel("Lesen").selectOption({ label: "eigene" });
	await page.getByLabel("Löschen").selectOption({ label: "nichts" });
	await page.getByLabel("Wert", { exact: true }).selectOption({ label: "verborgen" });
	await button(page, "Speichern").click();
	await page.getByText("Gespeichert. Es gilt ab sofort.").waitFor();
	const row = page.getByRole("region", { name: "Aushilfe" }).getByRole("row").filter({ has: page.getByRole("link", { name: "Deals", exact: true }) });
	assert.match(await row.textContent(), /eigene.*hide=value/s);
	const helper = kontor.user("aushilfe", { role: "x_aushilfe" });
	const own = kontor.cli(["token", "create", "--user", helper.login]).out.trim();
	const deals = await call("GET", "/api/v1/deal?total=1", own);
	assert.equal(deals.body.total, 0, "only his own");
	const made = await call("POST", "/api/v1/deal", own, { name: "Meiner" });
	assert.equal(made.status, 201);
	assert.equal("value" in made.body, false);
	await page.context().close();
});

test("a user is invited with a password for one sign-in, which he must change", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/invite");
	await page.getByLabel("Anmeldename").fill("neu.hier");
	await page.getByLabel("Name", { exact: true }).fill("Nora Neu");
	await page.getByLabel("Rolle").selectOption({ label: "Vertrieb" });
	await button(page, "Einladen").click();
	const password = await page.locator("[data-secret]").textContent();
	const other = await browse(kontor, { user: { login: "neu.hier", password } });
	await other.getByText("Ihr Kennwort gilt nur für eine Anmeldung.").waitFor();
	await other.goto("/deal");
	await other.getByText("Ihr Kennwort gilt nur für eine Anmeldung.").waitFor();
	assert.equal(new URL(other.url()).pathname, "/password", "nothing else is open before");
	assert.equal(await other.getByRole("navigation").count(), 0);
	for (const look of WIDTHS.flatMap((width) => [{ width, dark: false }, { width, dark: true }])) {
		await other.person.turn(look);
		await other.person.look("password-once");
		await other.person.check("password-once");
	}
	await other.getByLabel("Bisheriges Kennwort").fill(password);
	await other.getByLabel(/^Neues Kennwort/).fill("Mein eigenes Kennwort");
	await button(other, "Speichern").click();
	await other.waitForURL((url) => url.pathname === "/");
	const again = await browse(kontor, { user: { login: "neu.hier", password: "Mein eigenes Kennwort" } });
	assert.equal(new URL(again.url()).pathname, "/");
	await page.goto("/admin/access");
	const sessions = main(page).getByRole("listitem").filter({ hasText: "Nora Neu" });
	while (await sessions.count()) {
		await sessions.first().getByRole("button", { name: "Abmelden" }).click();
		await page.waitForLoadState();
	}
	await again.goto("/deal");
	await again.waitForURL("**/sign-in**");
	for (const one of [other, again, page]) await one.context().close();
});

test("a token is made in the browser, works, is revoked, and works no more", async () => {
	const page = await browse(kontor);
	await page.goto("/admin/access");
	await page.getByLabel("Für welches Programm").fill("Kasse");
	await button(page, "Erzeugen").click();
	const secret = await page.locator("[data-secret]").textContent();
	await kontor.expect(200, "GET", "/api/v1/party?limit=1", { token: secret });
	await kontor.expect(403, "POST", "/api/v1/party", { token: secret, body: { name: "x" } });
	await main(page).getByRole("listitem").filter({ hasText: "Kasse" }).getByRole("button", { name: "Widerrufen" }).click();
	await page.getByRole("heading", { name: "Anmeldungen und Zugangsschlüssel" }).waitFor();
	await kontor.expect(401, "GET", "/api/v1/party?limit=1", { token: secret });
	await page.context().close();
});

test("every operation is listed and taken back as a whole", async () => {
	const page = await browse(kontor);
	await kontor.expect(201, "POST", "/api/v1/party", { token, body: { name: "Versehen GmbH", kind: "organisation" } });
	await page.goto("/admin/changes");
	await main(page).getByRole("listitem").first().getByRole("button", { name: "Rückgängig" }).click();
	await main(page).getByRole("listitem").nth(1).getByText("rückgängig gemacht").waitFor();
	const found = await kontor.expect(200, "GET", "/api/v1/party?where=name%20%3D%20%22Versehen%20GmbH%22", { token });
	assert.equal(found.body.items.length, 0);
	await page.context().close();
});

test("UX-65 who may not administer is told who can grant it", async () => {
	const seller = kontor.user("nurverkauf", { role: "sales", options: ["--language", "de"] });
	const page = await browse(kontor, { user: seller });
	page.expected.push(/status of 403/);
	await page.goto("/admin/roles");
	await page.getByText("Das dürfen nur Administratoren").or(page.getByRole("heading").first()).first().waitFor();
	await page.getByText(/Anna Müller/).first().waitFor();
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 administration at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			for (const where of ["", "/model", "/objects/party", "/roles?role=sales", "/roles/sales/deal", "/invite", "/access", "/jobs", "/changes", "/settings"]) {
				await page.goto(`/admin${where}`);
				const name = `admin${where.replaceAll(/[/?=]/g, "-")}`;
				await page.person.look(name);
				await page.person.check(name);
			}
			await page.goto("/password");
			await page.person.check("password");
			await page.context().close();
		});
