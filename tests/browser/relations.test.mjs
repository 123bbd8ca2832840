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
