// The first run: the code, the first administrator, what matters, sample data that really go away.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const codeOf = (kontor) => /welcome\?code=([\w-]+)/.exec(kontor.log())[1];
const main = (page) => page.getByRole("main");

const kontor = await start({ rate_per_minute: -1 });

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-66 the welcome at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark, user: null });
			await page.goto("/sign-in");
			await page.getByRole("link", { name: "Kontor einrichten" }).click();
			await page.getByRole("heading", { name: "Willkommen bei Kontor" }).waitFor();
			await page.person.look("welcome");
			await page.person.check("welcome");
			await page.context().close();
		});

test("UX-66 only who holds the code comes in; a wrong one is told, and nothing is made", async () => {
	const page = await browse(kontor, { user: null });
	page.expected.push(/status of 422/);
	await page.goto("/welcome?code=falsch");
	await page.getByLabel("Anmeldename").fill("eva");
	await page.getByLabel(/^Kennwort/).fill("ein langes Kennwort");
	await page.getByRole("button", { name: "Anfangen" }).click();
	await page.getByText("Das ist nicht der Code").waitFor();
	assert.equal(await page.getByLabel("Anmeldename").inputValue(), "eva", "what was typed is still there");
	assert.equal(kontor.cli(["user", "list"]).out, "");
	await page.context().close();
});

test("UX-66 language, company, first administrator, goal, sample data; then the door is closed, and one click removes the samples for good", async () => {
	const page = await browse(kontor, { user: null });
	page.expected.push(/status of 404/);
	await page.goto(`/welcome?code=${codeOf(kontor)}`);
	await page.getByLabel("Firma").fill("Becker & Söhne");
	await page.getByLabel("Ihr Name").fill("Eva Becker");
	await page.getByLabel("Anmeldename").fill("eva");
	await page.getByLabel(/^Kennwort/).fill("ein langes Kennwort");
	await page.getByLabel(/Zahlen verstehen/).check();
	await page.getByLabel(/Mit Beispieldaten/).check();
	await page.getByRole("button", { name: "Anfangen" }).click();
	await page.waitForURL((url) => url.pathname === "/");
	for (;;) {
		await page.goto("/");
		if (await main(page).getByText("Sie sehen Beispieldaten.").count()) break;
		await main(page).getByText("Beispieldaten werden angelegt.").waitFor();
	}
	assert.equal(await main(page).getByRole("heading", { level: 2 }).first().textContent(), "Meine offenen Deals nach Phase", "figures first");
	await page.person.look("sample");
	const token = kontor.cli(["token", "create", "--user", "eva"]).out.trim();
	const count = async (object, more = "") => (await kontor.expect(200, "GET", `/api/v1/${object}?total=1&limit=1${more}`, { token })).body.total;
	const parties = await count("party");
	assert.equal(parties, 40);
	assert.ok((await count("activity")) > 40);
	// What one made oneself stays, without its link into the samples.
	const sample = (await kontor.expect(200, "GET", "/api/v1/party?limit=1", { token })).body.items[0].id;
	const own = (await kontor.expect(201, "POST", "/api/v1/party", { token, body: { name: "Echter Kunde", kind: "organisation", parent_party: sample } })).body.id;
	assert.equal((await fetch(`${kontor.url}/welcome?code=${codeOf(kontor)}`)).status, 404, "the door is closed");
	await page.goto("/");
	await main(page).getByRole("button", { name: "Alle entfernen" }).click();
	await page.waitForURL((url) => url.pathname === "/");
	assert.equal(await main(page).getByText("Sie sehen Beispieldaten.").count(), 0);
	for (const object of ["activity", "deal", "order", "order_line", "quote", "quote_line", "text_block", "task", "address", "contact_point", "product", "pipeline", "stage", "competitor", "loss_reason", "consent"]) assert.equal(await count(object), 0, object);
	const left = (await kontor.expect(200, "GET", "/api/v1/party?total=1", { token })).body;
	assert.deepEqual([left.total, left.items[0].id, left.items[0].parent_party], [1, own, null]);
	await page.goto("/organisation?trash=1");
	await page.getByText("Der Papierkorb ist leer.").waitFor();
	await kontor.stop();
	assert.equal(kontor.cli(["check"]).out.trim(), "ok");
	await kontor.serve();
	assert.equal((kontor.log().match(/welcome\?code=/g) ?? []).length, 1, "no new code is printed once somebody is there");
	await page.context().close();
	const again = await browse(kontor, { user: { login: "eva", password: "ein langes Kennwort" } });
	await again.context().close();
});

test("UX-62 UX-66 who sets Kontor up in English gets sample data written in English", async () => {
	const other = await start({ rate_per_minute: -1 });
	const page = await browse(other, { user: null, lang: "en" });
	await page.goto(`/welcome?code=${codeOf(other)}`);
	await page.getByLabel("Company").fill("Baker & Sons");
	await page.getByLabel("Your name").fill("Eve Baker");
	await page.getByLabel("Sign-in name").fill("eve");
	await page.getByLabel(/^Password/).fill("a rather long password");
	await page.getByLabel(/Sample data/).check();
	await page.getByRole("button", { name: "Begin" }).click();
	await page.waitForURL((url) => url.pathname === "/");
	for (;;) {
		await page.goto("/");
		if (await main(page).getByText("You are looking at sample data.").count()) break;
	}
	await page.goto("/product");
	await main(page).getByText("Workbench WB 2000").first().waitFor();
	assert.equal(await main(page).getByText("Werkbank").count(), 0);
	await page.goto("/deal?as=board");
	await main(page).getByText("Negotiation").first().waitFor();
	await page.context().close();
});
