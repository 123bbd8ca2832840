// Blocks of cells from and to a spreadsheet; columns that are hidden by their heads.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 200 });
const token = kontor.token("cells");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;
const LIST = "/organisation?columns=name,city,stage,employees,owner,created_at";
const cell = (page, row, column) => page.locator(`tr[data-index="${row}"] td:not(.pick)`).nth(column);
const idOf = (page, row) => page.locator(`tr[data-index="${row}"]`).getAttribute("data-id");
const textsOf = async (page, rows, columns) => {
	const all = [];
	for (const row of rows) for (const column of columns) all.push((await cell(page, row, column).textContent()).trim());
	return all;
};
const opened = async (page, where = LIST) => {
	await page.goto(where);
	await page.locator("#grid.windowed").waitFor();
};
// The clipboard of the page itself: what the browser hands to a page, and takes from it.
const copied = (page) => page.evaluate(() => {
	const data = new DataTransfer();
	document.activeElement.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
	return data.getData("text/plain");
});
const paste = (page, text) => page.evaluate((text) => {
	const data = new DataTransfer();
	data.setData("text/plain", text);
	document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, text);
// Beside what stands in it, which may be a link.
const spot = async (page, row, column) => {
	const box = await cell(page, row, column).boundingBox();
	await page.mouse.click(box.x + box.width - 6, box.y + 4);
};
// The script of cells has come, and the cell has the focus.
const enter = async (page, row, column) => {
	const coming = page.waitForResponse(/list-edit/).catch(() => null);
	const isFirst = !(await page.evaluate(() => performance.getEntriesByName(performance.getEntries().find((one) => /list-edit/.test(one.name))?.name ?? "none").length));
	await spot(page, row, column);
	if (isFirst) await coming;
	await page.waitForFunction(() => document.activeElement?.matches("td"));
	await page.person.settled();
};

test("UX-18 a block is marked with Shift and arrows or by dragging, copied as a spreadsheet takes it, and pasted in one change", async () => {
	const page = await browse(kontor);
	await opened(page);
	await enter(page, 1, 1);
	await page.keyboard.press("Shift+ArrowDown");
	await page.keyboard.press("Shift+ArrowRight");
	await page.waitForFunction(() => document.querySelectorAll("td.in-block").length === 4);
	const want = await textsOf(page, [1, 2], [1, 2]);
	assert.equal(await copied(page), `${want[0]}\t${want[1]}\n${want[2]}\t${want[3]}`);
	const from = await cell(page, 5, 1).boundingBox(), to = await cell(page, 7, 3).boundingBox();
	await page.mouse.move(from.x + 20, from.y + 8);
	await page.mouse.down();
	await page.mouse.move(to.x + 20, to.y + 8, { steps: 6 });
	await page.mouse.up();
	await page.waitForFunction(() => document.querySelectorAll("td.in-block").length === 9);
	await page.person.look("list-block");
	await page.person.check("list-block");
	const before = await textsOf(page, [5, 6, 7], [1, 2, 3]);
	const ids = [await idOf(page, 5), await idOf(page, 6), await idOf(page, 7)];
	await cell(page, 5, 1).click();
	await paste(page, "Neustadt an der Aisch\tErstkauf\t1.234\r\n\"Bad\tMuster\"\tErstkauf\t7\r\nÜberall\tVerloren\t\r\n");
	await page.locator(".toast", { hasText: "Eingefügte Zeilen: 3" }).waitFor();
	await cell(page, 7, 1).getByText("Überall", { exact: true }).waitFor();
	const now = await Promise.all(ids.map((id) => ask(`/api/v1/organisation/${id}`)));
	assert.deepEqual(now.map((one) => [one.city, one.stage, one.employees]), [["Neustadt an der Aisch", "first_purchase", 1234], ["Bad Muster", "first_purchase", 7], ["Überall", "lost", null]]);
	await page.keyboard.press("Control+z");
	await page.locator(".toast", { hasText: /Rückgängig gemacht/ }).waitFor();
	await page.person.settled();
	await page.waitForFunction((text) => document.querySelectorAll('tr[data-index="7"] td:not(.pick)')[1].textContent.trim() === text, before[6]);
	assert.deepEqual(await textsOf(page, [5, 6, 7], [1, 2, 3]), before);
	await page.context().close();
});

test("UX-18 one cell is pasted into all that are marked; a person by name, and what one copied comes back the same", async () => {
	const page = await browse(kontor);
	await opened(page);
	await enter(page, 10, 4);
	const owner = await copied(page), id = (await ask(`/api/v1/organisation/${await idOf(page, 10)}`)).owner;
	assert.ok(owner && id, owner);
	await spot(page, 12, 4);
	for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowDown");
	const ids = await Promise.all([12, 13, 14, 15].map((row) => idOf(page, row)));
	const different = (await Promise.all(ids.map((one) => ask(`/api/v1/organisation/${one}`)))).filter((one) => one.owner !== id).length;
	await paste(page, owner);
	await page.locator(".toast", { hasText: different ? `Eingefügte Zeilen: ${different}` : "Hiervon lässt sich" }).waitFor();
	for (const one of ids) assert.equal((await ask(`/api/v1/organisation/${one}`)).owner, id);
	await page.context().close();
});

test("UX-18 UX-19 refused cells go back and say why; the others stay changed; what cannot be changed is left out", async () => {
	const page = await browse(kontor);
	await opened(page);
	await enter(page, 8, 3);
	const before = (await cell(page, 9, 3).textContent()).trim(), ids = [await idOf(page, 8), await idOf(page, 9)];
	await paste(page, "55\nviele");
	await page.locator(".toast", { hasText: "Nicht möglich: 1" }).waitFor();
	await cell(page, 8, 3).getByText("55", { exact: true }).waitFor();
	assert.equal((await cell(page, 9, 3).textContent()).trim(), before);
	assert.ok(await cell(page, 9, 3).evaluate((one) => one.matches(".refused") && one.title.length > 5));
	await page.person.look("list-paste-refused");
	await page.person.check("list-paste-refused");
	assert.equal((await ask(`/api/v1/organisation/${ids[0]}`)).employees, 55);
	await cell(page, 10, 5).click(); // when it was made
	await paste(page, "01.01.2020, 10:00");
	await page.locator(".toast", { hasText: "Hiervon lässt sich" }).waitFor();
	await page.context().close();
});

test("UX-03 a column is hidden by its menu, also by the keyboard, or by taking its head out of the heads", async () => {
	const page = await browse(kontor);
	await opened(page);
	const names = () => page.locator("thead th[data-name]").evaluateAll((all) => all.map((one) => one.dataset.name).join());
	await page.locator("thead th[data-name=stage]").click({ button: "right" });
	await page.person.look("list-head-menu");
	await page.person.check("list-head-menu");
	await page.getByRole("menuitem", { name: "Spalte ausblenden" }).click();
	await page.waitForFunction(() => !document.querySelector("thead th[data-name=stage]"));
	await page.person.settled();
	assert.equal(await names(), "name,city,employees,owner,created_at");
	await page.locator("thead th[data-name=employees] .head-menu").focus();
	await page.keyboard.press("Enter");
	await page.getByRole("menuitem", { name: "Nach links" }).waitFor();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => /name,employees,city/.test(decodeURIComponent(location.search)) && document.querySelectorAll("thead th[data-name]")[1]?.dataset.name === "employees");
	await page.person.settled();
	await page.locator("thead th[data-name=owner]").dragTo(page.locator(".head h1"));
	await page.waitForFunction(() => !document.querySelector("thead th[data-name=owner]"));
	assert.equal(await names(), "name,employees,city,created_at");
	await page.context().close();
});
