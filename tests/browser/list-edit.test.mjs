// Cells are edited where they stand.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 200 });
const token = kontor.token("cells");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;
const LIST = "/organisation?columns=name,city,stage,employees,owner";
const cell = (page, row, column) => page.locator(`tr[data-index="${row}"] td:not(.pick)`).nth(column);
const idOf = (page, row) => page.locator(`tr[data-index="${row}"]`).getAttribute("data-id");
const opened = async (page) => {
	await page.goto(LIST);
	await page.locator("#grid.windowed").waitFor();
};
const activeIs = (page, row, column) => page.waitForFunction(([row, column]) => {
	const one = document.activeElement?.closest("td"), tr = one?.closest("tr");
	return tr?.dataset.index === String(row) && [...tr.querySelectorAll("td:not(.pick)")].indexOf(one) === column;
}, [row, column]);

test("UX-17 UX-20 Enter edits, saves and goes down; Tab to the side; Escape gives up; it can be undone", async () => {
	const page = await browse(kontor);
	await opened(page);
	const id = await idOf(page, 1), before = (await ask(`/api/v1/organisation/${id}`)).city;
	await cell(page, 1, 1).click();
	await page.keyboard.press("Enter");
	const input = page.locator(".cell-editing input:not([type=hidden])");
	await input.fill("Zellstadt");
	await page.keyboard.press("Enter");
	await page.locator(".toast", { hasText: "Zellstadt" }).waitFor();
	await activeIs(page, 2, 1);
	assert.equal((await ask(`/api/v1/organisation/${id}`)).city, "Zellstadt");
	await cell(page, 1, 1).getByText("Zellstadt", { exact: true }).waitFor();
	await page.keyboard.press("F2");
	await input.fill("Nirgends");
	await page.keyboard.press("Escape");
	await input.waitFor({ state: "detached" });
	await activeIs(page, 2, 1);
	assert.notEqual((await ask(`/api/v1/organisation/${await idOf(page, 2)}`)).city, "Nirgends");
	await page.keyboard.press("F2");
	await input.fill("Tabstadt");
	await page.keyboard.press("Tab");
	await page.locator(".toast", { hasText: "Tabstadt" }).waitFor();
	await activeIs(page, 2, 2);
	await page.keyboard.press("Enter");
	await page.locator(".cell-editing select").selectOption("lost");
	await page.keyboard.press("Enter");
	await page.locator(".toast", { hasText: "Verloren" }).waitFor();
	await cell(page, 2, 2).getByText("Verloren").waitFor();
	for (const words of ["Verloren", "Tabstadt", "Zellstadt"]) {
		await page.keyboard.press("Control+z");
		await page.locator(".toast", { hasText: new RegExp(`Rückgängig gemacht.*${words}`) }).waitFor();
	}
	assert.equal((await ask(`/api/v1/organisation/${id}`)).city, before);
	await page.context().close();
});

test("UX-19 what the server refuses is told at the cell; another's change is not overwritten", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 4(12|22)/);
	await opened(page);
	const id = await idOf(page, 0);
	await cell(page, 0, 3).dblclick();
	const input = page.locator(".cell-editing input:not([type=hidden])");
	await input.fill("viele");
	await page.keyboard.press("Enter");
	await page.locator(".cell-editing .why").waitFor();
	await page.person.look("list-edit-refused");
	await page.person.check("list-edit-refused");
	await page.keyboard.press("Escape");
	await input.waitFor({ state: "detached" });
	await cell(page, 0, 1).click();
	await page.keyboard.press("F2");
	await input.waitFor();
	const before = await input.inputValue();
	await kontor.expect(200, "PATCH", `/api/v1/organisation/${id}`, { token, body: { city: "Vonanderen" } });
	await input.fill("Vonmir");
	await page.keyboard.press("Enter");
	const choice = page.locator("dialog .clash");
	await choice.waitFor();
	assert.deepEqual(await choice.locator("strong").allTextContents(), ["Vonmir", "Vonanderen", before || "–"]);
	assert.equal((await ask(`/api/v1/organisation/${id}`)).city, "Vonanderen");
	await page.person.look("list-edit-clash");
	await page.person.check("list-edit-clash");
	await choice.locator("[data-choice=mine]").click();
	await page.locator(".toast", { hasText: "Vonmir" }).waitFor();
	await cell(page, 0, 1).getByText("Vonmir").waitFor();
	assert.equal((await ask(`/api/v1/organisation/${id}`)).city, "Vonmir");
	await page.context().close();
});

test("UX-25 of two who change one cell, theirs stays or the original comes back by one's choice", async () => {
	const page = await browse(kontor);
	page.expected.push(/status of 412/);
	await opened(page);
	const id = await idOf(page, 4), before = (await ask(`/api/v1/organisation/${id}`)).city ?? "";
	for (const [which, want] of [["theirs", "Siesagtdas"], ["original", before]]) {
		await cell(page, 4, 1).click();
		await page.keyboard.press("F2");
		const input = page.locator(".cell-editing input:not([type=hidden])");
		await input.waitFor();
		await kontor.expect(200, "PATCH", `/api/v1/organisation/${id}`, { token, body: { city: "Siesagtdas" } });
		await input.fill("Ichsagedas");
		await page.keyboard.press("Enter");
		await page.locator(`dialog [data-choice=${which}]`).click();
		await page.locator("dialog .clash").waitFor({ state: "detached" });
		await cell(page, 4, 1).getByText(want, { exact: true }).waitFor();
		await page.person.settled();
		assert.equal((await ask(`/api/v1/organisation/${id}`)).city ?? "", want, which);
		await kontor.expect(200, "PATCH", `/api/v1/organisation/${id}`, { token, body: { city: before } });
		await cell(page, 4, 1).getByText(before, { exact: true }).waitFor();
		await page.person.settled();
	}
	await page.context().close();
});

test("UX-17 what one types on a cell begins its editing; in the first column letters are keys", async () => {
	const page = await browse(kontor);
	await opened(page);
	const id = await idOf(page, 6);
	await cell(page, 6, 1).click();
	await page.keyboard.type("xanten", { delay: 5 });
	const input = page.locator(".cell-editing input:not([type=hidden])");
	await page.waitForFunction(() => document.querySelector(".cell-editing input:not([type=hidden])")?.value === "xanten");
	await input.press("Enter");
	await page.locator(".toast", { hasText: "xanten" }).waitFor();
	await activeIs(page, 7, 1);
	assert.equal((await ask(`/api/v1/organisation/${id}`)).city, "xanten");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("s"); // the stage: an option whose name begins so
	await page.waitForFunction(() => document.querySelector(".cell-editing select")?.selectedOptions[0].text === "Stammkunde");
	await page.keyboard.press("Escape");
	await page.keyboard.press("Home");
	await page.keyboard.press("x");
	await page.locator('tr[data-index="7"].is-picked').waitFor();
	assert.equal(await page.locator(".cell-editing").count(), 0);
	await page.context().close();
});

for (const width of WIDTHS)
	test(`UX-17 UX-61 a cell that is edited at ${width} px`, async () => {
		const page = await browse(kontor, { width, dark: width === 768 });
		await opened(page);
		await cell(page, 2, 1).dblclick();
		await page.locator(".cell-editing input:not([type=hidden])").waitFor();
		await page.person.look("list-edit");
		await page.person.check("list-edit");
		await page.keyboard.press("Escape");
		await page.locator(".cell-editing").waitFor({ state: "detached" });
		await page.context().close();
	});
