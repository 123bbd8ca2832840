// What one writes down on the page of a record: with one key each, dated now, never lost.
import assert from "node:assert";
import { test } from "node:test";
import { DEMO, start } from "../http/harness.mjs";
import { browse, signIn, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}`, { token })).body.items;
const toast = (page, text) => page.locator(".toast", { hasText: text });
const form = (page, name) => page.getByRole("form", { name });

test("UX-42 UX-46 N, A, M and T write down a note, a call, a meeting, a task: dated now, without leaving the page", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Schreib GmbH" });
	await page.goto(`/organisation/${firm.id}`);
	const begun = Date.now();
	for (const [letter, name, words, field] of [["n", "Notiz", "Lieber per Brief", "Betreff"], ["a", "Anruf", "Preis genannt", "Betreff"], ["m", "Besprechung", "Im Werk", "Betreff"], ["t", "Aufgabe", "Angebot senden", "Betreff"]]) {
		await page.locator("body").press(letter);
		await form(page, name).getByLabel(field, { exact: true }).waitFor();
		assert.equal(await form(page, name).getByLabel(field, { exact: true }).evaluate((one) => one === document.activeElement), true, `${name}: one can type at once`);
		await page.keyboard.type(words);
		await page.keyboard.press("Control+Enter");
		await form(page, name).waitFor({ state: "detached" });
		await page.locator("#moments").getByText(words).waitFor();
		await toast(page, name).last().waitFor();
	}
	assert.equal(new URL(page.url()).pathname, `/organisation/${firm.id}`);
	const [call, meeting] = await list("activity", `party = ${firm.id}`);
	for (const one of [call, meeting]) {
		const at = Date.parse(one.at);
		assert.ok(at > begun - 120_000 && at < Date.now() + 60_000, one.at);
	}
	assert.deepEqual([call.kind, meeting.kind].sort(), ["call", "meeting"]);
	assert.equal((await list("note", `party = ${firm.id}`))[0].subject, "Lieber per Brief");
	const [task] = await list("task", `party = ${firm.id}`);
	assert.deepEqual([task.subject, task.state], ["Angebot senden", "open"]);
	await page.locator(".step").getByText("Angebot senden").waitFor();
	await toast(page, "Aufgabe").last().getByRole("button", { name: "Rückgängig" }).click();
	await page.locator(".step.missing").waitFor();
	assert.equal((await list("task", `party = ${firm.id}`)).length, 0);
	await page.context().close();
});

test("UX-42 what is written on a deal belongs to its party too", async () => {
	const page = await browse(kontor);
	const firm = await make("organisation", { name: "Zweifach AG" });
	const deal = await make("deal", { name: "Säge", party: firm.id });
	await page.goto(`/deal/${deal.id}`);
	await page.locator("#compose").getByRole("link", { name: "Anruf" }).click();
	await form(page, "Anruf").getByLabel("Betreff", { exact: true }).fill("Rückfrage");
	await form(page, "Anruf").getByRole("button", { name: "Speichern" }).click();
	await page.locator("#moments").getByText("Rückfrage").waitFor();
	const [call] = await list("activity", `deal = ${deal.id}`);
	assert.deepEqual([call.party, call.kind, call.subject], [firm.id, "call", "Rückfrage"]);
	await page.context().close();
});

test("UX-42 without scripts the same is done by a form", async () => {
	const page = await browse(kontor, { script: false });
	const firm = await make("organisation", { name: "Formular OHG" });
	await page.goto(`/organisation/${firm.id}`);
	await page.locator("#compose").getByRole("link", { name: "Besprechung" }).click();
	await page.getByLabel("Betreff", { exact: true }).fill("Vor Ort besprochen");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("heading", { name: "Vor Ort besprochen" }).waitFor();
	const [one] = await list("activity", `party = ${firm.id}`);
	assert.deepEqual([one.kind, one.subject], ["meeting", "Vor Ort besprochen"]);
	await page.context().close();
});

test("UX-24 a half-written note survives a reload, a crash and signing out; saved, it is gone; another person does not see it", async () => {
	const page = await browse(kontor);
	const anna = kontor.user("anna-entwurf", { role: "management" });
	const firm = await make("organisation", { name: "Entwurf GmbH" });
	await page.goto(`/organisation/${firm.id}`);
	await page.locator("body").press("n");
	await form(page, "Notiz").getByLabel("Text", { exact: true }).fill("Halb fertig, denn");
	await page.reload();
	await form(page, "Notiz").getByText("Ihr Entwurf ist wieder da").waitFor();
	assert.equal(await form(page, "Notiz").getByLabel("Text", { exact: true }).inputValue(), "Halb fertig, denn");
	// A tab that crashes says nothing on its way out.
	const other = await page.context().newPage();
	await other.goto(`/organisation/${firm.id}`);
	await form(other, "Notiz").getByLabel("Text", { exact: true }).fill("Halb fertig, denn das Telefon");
	await other.close({ runBeforeUnload: false });
	await page.locator("[popovertarget=user-menu]").click();
	await page.locator("#user-menu form[action='/sign-out'] button").click();
	await page.waitForURL(/sign-in/);
	await signIn(page, anna);
	await page.goto(`/organisation/${firm.id}`);
	await page.locator("#timeline").waitFor();
	assert.equal(await page.locator("#compose > form").count(), 0, "it is somebody else's");
	await page.locator("[popovertarget=user-menu]").click();
	await page.locator("#user-menu form[action='/sign-out'] button").click();
	await page.waitForURL(/sign-in/);
	await signIn(page, DEMO);
	await page.goto(`/organisation/${firm.id}`);
	assert.equal(await form(page, "Notiz").getByLabel("Text", { exact: true }).inputValue(), "Halb fertig, denn das Telefon");
	await form(page, "Notiz").getByRole("button", { name: "Speichern" }).click();
	await page.locator("#moments").getByText("denn das Telefon").waitFor();
	await page.reload();
	await page.locator("#timeline").waitFor();
	assert.equal(await form(page, "Notiz").count(), 0);
	assert.equal((await list("note", `party = ${firm.id}`)).length, 1);
	await page.context().close();
});

test("UX-24 a half-filled form survives a reload; it can be discarded; saved, it is gone", async () => {
	const page = await browse(kontor);
	await page.goto("/person/new");
	await page.getByLabel("Name", { exact: true }).fill("Halb Fertig");
	const line = page.getByRole("combobox", { name: "Zuständig" });
	await line.fill("");
	await page.reload();
	await page.getByText("Ihr Entwurf ist wieder da").waitFor();
	assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Halb Fertig");
	assert.equal(await line.inputValue(), "");
	await page.getByRole("button", { name: "Verwerfen" }).click();
	assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "");
	assert.notEqual(await line.inputValue(), "");
	await page.reload();
	assert.equal(await page.getByText("Ihr Entwurf ist wieder da").count(), 0);
	await page.getByLabel("Name", { exact: true }).fill("Ganz Fertig");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("heading", { name: "Ganz Fertig" }).waitFor();
	await page.goto("/person/new");
	assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "");
	await page.context().close();
});

for (const width of WIDTHS)
	test(`UX-63 composing at ${width} px: nothing sticks out, WCAG 2.2 AA holds`, async () => {
		const page = await browse(kontor, { width });
		await page.goto("/organisation/1");
		await page.locator("#compose").getByRole("link", { name: "Besprechung" }).click();
		await form(page, "Besprechung").waitFor();
		await page.evaluate(() => scrollTo(0, 0));
		await page.person.look("compose");
		await page.person.check("compose");
		await page.context().close();
	});
