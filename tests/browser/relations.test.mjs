// The relations of a record as a picture that is walked: by click, by keyboard, on a phone, without scripts.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const parent = await make("organisation", { name: "Donaudampfschifffahrtsgesellschaft Mutterhaus AG" });
const firm = await make("organisation", { name: "Mitte GmbH", parent_party: parent.id });
const person = await make("person", { name: "Frida Kontakt", kind: "person" });
await make("relation", { from: { object: "party", id: person.id }, kind: "contact_at", to: { object: "party", id: firm.id } });
await make("relation", { from: { object: "party", id: firm.id }, kind: "supplier_of", to: { object: "party", id: parent.id } });
for (let i = 0; i < 9; i++) await make("deal", { name: `Deal ${i}`, party: firm.id });
for (let i = 0; i < 3; i++) for (const object of ["order", "activity", "task"]) await make(object, { party: firm.id });
for (let i = 0; i < 2; i++) await make("organisation", { name: `Tochter ${i}`, parent_party: firm.id });
const where = `/organisation/${firm.id}/relations`;

test("the picture is reached from the record, walked by click, and back leads back", async () => {
	const page = await browse(kontor);
	await page.goto(`/organisation/${firm.id}`);
	await page.locator("#record-head").getByRole("link", { name: "Beziehungen" }).click();
	await page.getByRole("heading", { name: "Beziehungen: Mitte GmbH" }).waitFor();
	await page.locator("#graph").getByRole("link", { name: "Frida Kontakt – Ansprechpartner bei – Mitte GmbH" }).click();
	await page.getByRole("heading", { name: "Beziehungen: Frida Kontakt" }).waitFor();
	await page.locator("#graph").getByRole("link", { name: "Frida Kontakt – Ansprechpartner bei – Mitte GmbH" }).waitFor();
	await page.goBack();
	await page.getByRole("heading", { name: "Beziehungen: Mitte GmbH" }).waitFor();
	await page.locator("#graph .middle").click();
	await page.locator("#record-head").waitFor();
	await page.context().close();
});

const english = kontor.user("english", { role: "admin", options: ["--language", "en"] });
for (const [lang, width, user, t] of [
	["de", 1440, undefined, { reading: "Lesart", reverse: "Lesart von der anderen Seite", first: "Erster Datensatz", own: "Eigene Art", save: "Speichern", name: "ist Vater von", back: "ist Kind von", saved: "Gespeichert." }],
	["en", 360, english, { reading: "Reading", reverse: "Reading from the other side", first: "First record", own: "Kind of your own", save: "Save", name: "is mother of", back: "is child of", saved: "Saved." }],
])
	test(`GEN-27 a kind of one's own is made by keys alone, chosen in the form, and read from both sides (${lang}, ${width} px)`, async () => {
		const page = await browse(kontor, { lang, width, ...(user ? { user } : {}) });
		const child = await make("person", { name: `Kind ${lang}`, kind: "person" });
		await page.goto("/relation_type/new");
		await page.person.check("relation-type");
		await page.getByLabel(t.reading, { exact: true }).fill(t.name);
		await page.getByLabel(t.reverse, { exact: true }).fill(t.back);
		await page.getByLabel(t.first, { exact: true }).fill("person");
		await page.getByRole("main").getByRole("button", { name: t.save, exact: true }).press("Enter");
		await page.locator(".toast", { hasText: t.saved }).waitFor();
		await page.person.look("relation-type");
		const { items } = (await kontor.expect(200, "GET", `/api/v1/relation_type?where=${encodeURIComponent(`name = "${t.name}"`)}`, { token })).body;
		assert.deepEqual([items[0].reverse_name, items[0].from_objects], [t.back, ["person"]]);
		const one = await make("relation", { from: { object: "party", id: person.id }, to: { object: "party", id: child.id } });
		await page.goto(`/relation/${one.id}/edit`);
		const own = page.getByRole("combobox", { name: t.own, exact: true });
		await own.fill(t.name);
		const option = page.getByRole("option", { name: t.name }).first();
		await option.waitFor();
		while ((await option.getAttribute("aria-selected")) !== "true") await own.press("ArrowDown");
		await own.press("Enter");
		await page.getByRole("main").getByRole("button", { name: t.save, exact: true }).press("Enter");
		await page.locator(".toast", { hasText: t.saved }).waitFor();
		await page.goto(`/person/${child.id}/relations`);
		await page.locator("#relations").getByText(t.back).first().waitFor();
		await page.person.look("relations-own");
		await page.person.check("relations-own");
		await page.goto(`/person/${person.id}/relations`);
		await page.locator("#relations").getByText(t.name).first().waitFor();
		await page.context().close();
	});

test("by keyboard alone: arrows lead to what lies that way, Enter walks there", async () => {
	const page = await browse(kontor);
	await page.goto(where);
	await page.locator("#graph .middle").focus();
	const place = () => page.evaluate(() => {
		const { left, top, width, height } = document.activeElement.getBoundingClientRect();
		return [left + width / 2, top + height / 2, document.activeElement.closest("#graph") !== null];
	});
	for (const [key, axis, sign] of [["ArrowRight", 0, 1], ["ArrowLeft", 0, -1], ["ArrowUp", 1, -1], ["ArrowDown", 1, 1]]) {
		const before = await place();
		await page.keyboard.press(key);
		const after = await place();
		assert.ok(after[2] && (after[axis] - before[axis]) * sign > 0, `${key}: ${before} → ${after}`);
	}
	await page.locator("#graph").getByRole("link", { name: /^Frida Kontakt/ }).focus();
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Beziehungen: Frida Kontakt" }).waitFor();
	await page.context().close();
});

test("without scripts the same stands there, as a picture and as a list", async () => {
	const page = await browse(kontor, { script: false });
	await page.goto(where);
	await page.locator("#relations section", { hasText: "Deals" }).getByRole("link", { name: /weitere/ }).waitFor();
	await page.locator("#relations").getByRole("link", { name: "Frida Kontakt", exact: true }).click();
	await page.getByRole("heading", { name: "Beziehungen: Frida Kontakt" }).waitFor();
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 relations at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			await page.goto(where);
			await page.person.look("relations");
			await page.person.check("relations");
			await page.context().close();
		});
