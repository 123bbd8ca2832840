// Facts are edited where they stand; forms ask for what matters; what somebody else saved is never lost.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const read = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const patch = (object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields });
const fact = (page, name) => page.locator(`#facts [data-field="${name}"]`);
const toast = (page, text) => page.locator(".toast", { hasText: text });

test("UX-17 UX-21 a fact is clicked and edited where it stands: Enter saves, Escape gives up, Tab goes on to the next", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Ort und Stelle GmbH", street: "Am Markt 1", postcode: "01067", city: "Dresden" });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "city").locator("dd").click();
	const box = fact(page, "city").getByRole("textbox", { name: "Ort" });
	assert.equal(await box.inputValue(), "Dresden");
	const sent = page.waitForRequest((request) => request.method() === "PATCH");
	await box.fill("Radebeul");
	await page.keyboard.press("Enter");
	assert.equal((await sent).headers()["if-match"], '"1"');
	await toast(page, "Radebeul").waitFor();
	assert.equal((await read("party", firm.id)).city, "Radebeul");
	await fact(page, "city").locator("dd").click();
	await box.fill("Verworfen");
	await page.keyboard.press("Escape");
	await fact(page, "city").getByText("Radebeul").waitFor();
	await fact(page, "street").locator("dd").click();
	await fact(page, "street").getByRole("textbox").fill("Am Markt 2");
	await page.keyboard.press("Tab");
	await fact(page, "postcode").getByRole("textbox").fill("01445");
	await page.keyboard.press("Tab");
	await fact(page, "city").getByRole("textbox").waitFor();
	await page.keyboard.press("Escape");
	const now = await read("party", firm.id);
	assert.deepEqual([now.street, now.postcode, now.city], ["Am Markt 2", "01445", "Radebeul"]);
	await page.context().close();
});

test("UX-21 by the keyboard alone: Enter on the pencil, and the title too; numbers, dates, money, options and links as one writes them", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Tastatur AG", employees: 5, roles: ["customer"] });
	const deal = await make("deal", { name: "Fräse", party: firm.id, value: "1000.00" });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "employees").locator(".pencil").focus();
	await page.keyboard.press("Enter");
	await fact(page, "employees").getByRole("textbox").fill("1.250");
	await page.keyboard.press("Enter");
	await fact(page, "employees").getByText("1.250").waitFor();
	await page.locator("h1").click();
	await page.locator("h1 input:not([type=hidden])").fill("Tastatur SE");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Tastatur SE" }).waitFor();
	await page.goto(`/deal/${deal.id}`);
	await fact(page, "value").locator("dd").click();
	await fact(page, "value").getByRole("textbox").fill("12.345,50");
	await page.keyboard.press("Enter");
	await fact(page, "value").getByText("12.345,50 €").waitFor();
	await fact(page, "opened_on").locator("dd").click();
	await fact(page, "opened_on").locator("input[type=date]").fill("2026-02-28");
	await page.keyboard.press("Enter");
	await fact(page, "opened_on").getByText("28.02.2026").waitFor();
	await fact(page, "outcome").locator("dd").click();
	await fact(page, "outcome").getByRole("combobox").selectOption("won");
	await page.keyboard.press("Enter");
	await toast(page, "Gewonnen").waitFor();
	await page.locator("#empty-facts summary").click();
	await fact(page, "product").or(fact(page, "competitor")).first().waitFor();
	const now = await read("deal", deal.id);
	assert.deepEqual([now.value.amount, now.opened_on, now.outcome], ["12345.50", "2026-02-28", "won"]);
	assert.equal((await read("party", firm.id)).employees, 1250);
	await page.context().close();
});

test("UX-19 a refusal is told beside the field and rolled back; without a connection nothing typed is lost", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 422/, /ERR_INTERNET_DISCONNECTED|Failed to fetch|net::/);
	const firm = await make("organisation", { name: "Widerspruch KG", founded: 1950 });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "founded").locator("dd").click();
	const box = fact(page, "founded").getByRole("textbox");
	await box.fill("99999");
	await page.keyboard.press("Enter");
	await fact(page, "founded").getByRole("alert").waitFor();
	assert.equal(await box.inputValue(), "99999");
	await box.press("Escape");
	await fact(page, "founded").getByText("1.950").or(fact(page, "founded").getByText("1950")).first().waitFor();
	await page.context().setOffline(true);
	await page.context().setOffline(false);
	await fact(page, "founded").locator("dd").click();
	await box.fill("1960");
	await page.context().setOffline(true);
	await box.press("Enter");
	await fact(page, "founded").getByRole("alert").getByText("keine Verbindung").waitFor();
	assert.equal(await box.inputValue(), "1960");
	await page.context().setOffline(false);
	await box.press("Enter");
	await toast(page, "1960").waitFor();
	assert.equal((await read("party", firm.id)).founded, 1960);
	await page.context().close();
});

for (const [choice, want] of [["Meine Fassung", "Meine"], ["Die andere Fassung", "Ihre"], ["Wie es vorher war", "Alte"]])
	test(`UX-25 two change the same field: ${choice}`, async () => {
		const page = await browse(kontor);
		page.expected.push(/status of 412/);
		const firm = await make("organisation", { name: "Zwei Köche", city: "Alte", region: "Nord" });
		await page.goto(`/organisation/${firm.id}`);
		await fact(page, "city").locator("dd").click();
		await fact(page, "city").getByRole("textbox").fill("Meine");
		await patch("party", firm.id, { city: "Ihre" });
		await page.keyboard.press("Enter");
		const dialog = page.getByRole("dialog", { name: /Ort/ });
		await dialog.waitFor();
		if (choice.startsWith("Meine")) {
			await page.person.look("clash");
			await page.person.check("clash");
		}
		assert.deepEqual(await dialog.locator("strong").allInnerTexts(), ["Meine", "Ihre", "Alte"]);
		await dialog.getByRole("button", { name: choice }).click();
		await fact(page, "city").getByText(want).waitFor();
		await dialog.waitFor({ state: "detached" });
		await page.waitForFunction((city) => document.querySelector('#facts [data-field="city"] dd')?.textContent?.trim() === city, want);
		assert.equal((await read("party", firm.id)).city, want);
		await page.context().close();
	});

test("UX-25 where the other changed another field, nothing is in the way", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 412/);
	const firm = await make("organisation", { name: "Nebeneinander", city: "Alte", region: "Nord" });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "city").locator("dd").click();
	await fact(page, "city").getByRole("textbox").fill("Neue");
	await patch("party", firm.id, { region: "Süd" });
	await page.keyboard.press("Enter");
	await fact(page, "region").getByText("Süd").waitFor();
	const now = await read("party", firm.id);
	assert.deepEqual([now.city, now.region], ["Neue", "Süd"]);
	await page.context().close();
});

for (const script of [true, false])
	test(`UX-25 a form that another has overtaken shows what is stored beside what was typed${script ? "" : ", without scripts"}`, async () => {
		const page = await browse(kontor, { script });
		page.expected.push(/status of 412/);
		const firm = await make("organisation", { name: "Überholt GmbH", city: "Alte", region: "Nord" });
		await page.goto(`/organisation/${firm.id}/edit`);
		await page.getByLabel("Ort", { exact: true }).fill("Meine");
		await patch("party", firm.id, { city: "Ihre" });
		await page.getByRole("button", { name: "Speichern" }).click();
		const theirs = page.locator(".theirs");
		assert.match(await theirs.innerText(), /Ihre/);
		assert.equal(await page.getByLabel("Ort", { exact: true }).inputValue(), "Meine");
		if (script) {
			await theirs.getByRole("button").click();
			assert.equal(await page.getByLabel("Ort", { exact: true }).inputValue(), "Ihre");
		}
		await page.getByRole("button", { name: "Speichern" }).click();
		await page.locator("#facts").waitFor();
		assert.equal((await read("party", firm.id)).city, script ? "Ihre" : "Meine");
		await page.context().close();
	});

test("without scripts the pencil leads to the control in the form", async () => {
	const page = await browse(kontor, { script: false });
	const firm = await make("organisation", { name: "Ohne Skript", city: "Alte" });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "city").locator(".pencil").click();
	await page.waitForURL(/\/edit#f-city$/);
	await page.getByLabel("Ort", { exact: true }).fill("Neue");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.locator("#facts").getByText("Neue").waitFor();
	await page.context().close();
});

test("UX-26 a name or an e-mail address alone is enough; the rest is folded away", async () => {
	const page = await browse(kontor);
	for (const [label, text] of [["Name", "Nur ein Name"], ["E-Mail", "nur@adresse.example"]]) {
		await page.goto("/organisation/new");
		assert.equal(await page.locator("form.edit [required]").count(), 0);
		assert.ok((await page.locator("form.edit [data-control]:visible").count()) <= 7, "what matters first");
		await page.getByLabel(label, { exact: true }).fill(text);
		await page.getByRole("button", { name: "Speichern" }).click();
		await page.locator("#record").getByText(text).first().waitFor();
	}
	await page.context().close();
});

test("UX-28 links offer records while one types, and make what is missing", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Zylinderkopf Werke" });
	await page.goto("/deal/new");
	await page.getByLabel("Name", { exact: true }).fill("Pumpe");
	const line = page.getByRole("combobox", { name: "Geschäftspartner" });
	const answered = page.waitForResponse((reply) => reply.url().includes("/search?q=zylinderk"));
	await line.pressSequentially("zylinderk");
	await answered;
	await page.getByRole("option", { name: "Zylinderkopf Werke" }).waitFor();
	await page.keyboard.press("Enter");
	assert.equal(await line.inputValue(), "Zylinderkopf Werke");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.locator("#facts").getByRole("link", { name: "Zylinderkopf Werke" }).waitFor();
	const id = Number(new URL(page.url()).pathname.split("/")[2]);
	assert.equal((await read("deal", id)).party, firm.id);
	await fact(page, "party").locator(".pencil").focus();
	await page.keyboard.press("Enter");
	const again = fact(page, "party").getByRole("combobox");
	await again.fill("Ganz Neue Firma");
	await page.getByRole("option", { name: /Anlegen: Ganz Neue Firma/ }).waitFor();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.querySelector('#facts [data-field="party"] input[type=hidden]:not([name=has])')?.value.includes("Ganz Neue Firma"));
	await again.press("Enter");
	await fact(page, "party").getByRole("link", { name: "Ganz Neue Firma" }).waitFor();
	await page.context().close();
});

test("UX-29 a click copies an address, a second one writes", async () => {
	const page = await browse(kontor);
	await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
	const firm = await make("organisation", { name: "Kopie GmbH", email: "a@kopie.example" });
	await make("contact_point", { type: "mobile", value: "0171 123", label: "Chefin", party: firm.id });
	await page.goto(`/organisation/${firm.id}`);
	await fact(page, "email").getByRole("link", { name: "a@kopie.example" }).click();
	await toast(page, "a@kopie.example: kopiert").waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "a@kopie.example");
	assert.equal(await page.evaluate(() => {
		let prevented = null;
		addEventListener("click", (event) => { prevented = event.defaultPrevented; event.preventDefault(); }, { once: true });
		document.querySelector('a[href^="mailto:"]').click();
		return prevented;
	}), false, "the second click goes to the mail program");
	assert.match(await page.locator("#related").innerText(), /0171 123/);
	await page.context().close();
});

test("UX-30 what is not a telephone number is stored as the server says, or told beside the field", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Wähl GmbH" });
	await page.goto(`/organisation/${firm.id}/edit`);
	await page.getByLabel("Telefon", { exact: true }).fill("0351 / 44 55 66");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.locator("#facts a[href='tel:+49351445566']").waitFor();
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 forms at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			const firm = await make("organisation", { name: "Schau GmbH", city: "Ulm" });
			for (const [name, address] of [["edit-new", "/person/new"], ["edit-old", "/organisation/1/edit"], ["edit-deal", "/deal/new?party=1"]]) {
				await page.goto(address);
				await page.person.look(name);
				await page.person.check(name);
			}
			await page.goto(`/organisation/${firm.id}`);
			await fact(page, "city").locator(".pencil").focus();
			await page.keyboard.press("Enter");
			await fact(page, "city").getByRole("textbox").waitFor();
			await page.person.look("edit-in-place");
			await page.person.check("edit in place");
			await page.context().close();
		});
