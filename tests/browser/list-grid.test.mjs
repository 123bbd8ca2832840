// A list as one works with it: rows without end, cells, ticks, columns, the way back.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 1500 });
const token = kontor.token("lists");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;

// Names of all parties in the order of the list.
async function names(query = "") {
	const found = [];
	for (let after = ""; ;) {
		const page = await ask(`/api/v1/party?fields=id,name&limit=1000${query}${after && `&after=${after}`}`);
		found.push(...page.items.map((row) => row.name ?? ""));
		if (!page.next) return found;
		after = page.next;
	}
}
const rowName = (page, index) => page.locator(`tr[data-index="${index}"] td.first`);
const active = (page) => page.evaluate(() => {
	const cell = document.activeElement?.closest("td"), row = cell?.closest("tr");
	return row ? [Number(row.dataset.index), [...row.querySelectorAll("td:not(.pick)")].indexOf(cell)] : null;
});

test("UX-01 all rows stand in one table with a head and a first column that stay; the bar stands for the exact total", async () => {
	const page = await browse(kontor);
	const all = await names();
	await page.goto("/party");
	const grid = page.locator("#grid");
	await grid.evaluate((one) => one.classList.contains("windowed"));
	assert.equal(await page.getByRole("grid").getAttribute("aria-rowcount"), String(all.length + 1));
	assert.equal(await page.getByRole("link", { name: "Nächste Seite" }).isVisible(), false);
	const pitch = await page.evaluate(() => document.querySelector("tr[data-index='1']").getBoundingClientRect().top - document.querySelector("tr[data-index='0']").getBoundingClientRect().top);
	const height = await grid.evaluate((one) => one.scrollHeight - one.querySelector("thead").offsetHeight - (one.querySelector("tfoot")?.offsetHeight ?? 0));
	assert.ok(Math.abs(height - all.length * pitch) < pitch, `${height} points are ${all.length} rows of ${pitch}`);
	for (const index of [700, 60, all.length - 30, 400]) {
		await grid.evaluate((one, top) => (one.scrollTop = top), index * pitch);
		await rowName(page, index + 3).waitFor();
		assert.equal((await rowName(page, index + 3).innerText()).trim(), all[index + 3] || "(ohne Namen)", `row ${index + 3}`);
	}
	const head = await page.locator("thead th.first").boundingBox(), box = await grid.boundingBox();
	assert.ok(Math.abs(head.y - box.y) < 3, "the head stays above");
	await grid.evaluate((one) => (one.scrollLeft = 300));
	const first = await rowName(page, 403).boundingBox();
	assert.ok(first.x - box.x < 60, "the first column stays at the side");
	assert.ok(await page.locator("tbody tr[data-id]").count() < 120, "only what one sees stands in the page");
	await page.person.look("list-middle");
	await page.person.check("list-middle");
	await page.context().close();
});

test("UX-01 a sorted list with empty values, up and down, is the same by windows as by pages", async () => {
	const page = await browse(kontor);
	for (const sort of ["city", "-city", "-stage,name"]) {
		const all = await names(`&sort=${sort}`);
		await page.goto(`/party?sort=${sort}`);
		for (const at of [0, 333, 900, all.length - 60]) {
			const got = await page.evaluate(async ({ at, sort }) => {
				const read = async (query) => {
					const body = new DOMParser().parseFromString(await (await fetch(`/party/rows?sort=${sort}&${query}`)).text(), "text/html").querySelector("tbody");
					return [...body.querySelectorAll("tr td.first")].map((cell) => cell.innerText.trim());
				};
				return { forth: await read(`at=${at}`), total: document.querySelector("#list").dataset.total };
			}, { at, sort });
			assert.deepEqual(got.forth, all.slice(at, at + 50).map((name) => name || "(ohne Namen)"), `${sort} from ${at}`);
			const back = await page.evaluate(async ({ place, sort }) => {
				const body = new DOMParser().parseFromString(await (await fetch(`/party/rows?sort=${sort}&back=1&at=${place}`)).text(), "text/html").querySelector("tbody");
				return [...body.querySelectorAll("tr td.first")].map((cell) => cell.innerText.trim()).reverse();
			}, { place: Math.max(0, all.length - at - 50), sort });
			assert.deepEqual(back, all.slice(at, at + 50).map((name) => name || "(ohne Namen)"), `${sort} back to ${at}`);
		}
	}
	await page.context().close();
});

test("UX-57 arrows, Home and End move from cell to cell through all rows; letters of the frame still work", async () => {
	const page = await browse(kontor);
	await page.goto("/party");
	await rowName(page, 0).click({ position: { x: 2, y: 4 } });
	for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
	assert.deepEqual(await active(page), [2, 1]);
	const { total } = await ask("/api/v1/party?total=1&limit=1");
	await page.keyboard.press("Control+End");
	await page.waitForFunction((last) => document.activeElement?.closest("tr")?.dataset.index === String(last), total - 1);
	await page.keyboard.press("Control+Home");
	await page.waitForFunction(() => document.activeElement?.closest("tr")?.dataset.index === "0");
	await page.keyboard.press("PageDown");
	await page.waitForFunction(() => Number(document.activeElement?.closest("tr")?.dataset.index) > 5);
	const row = (await active(page))[0];
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/party\/\d+/);
	assert.ok(row > 5);
	await page.context().close();
});

test("UX-15 back from a record: the place, the ticks and the active cell are as they were", async () => {
	const page = await browse(kontor);
	await page.goto("/party?sort=-name");
	await page.locator("#grid").evaluate((one) => (one.scrollTop = 20000));
	const index = await page.evaluate(() => new Promise((done) => {
		const look = () => {
			const row = [...document.querySelectorAll("tr[data-index]")].find((one) => one.getBoundingClientRect().top > 400);
			if (row && Number(row.dataset.index) > 300) done(Number(row.dataset.index));
			else requestAnimationFrame(look);
		};
		look();
	}));
	await page.locator(`tr[data-index="${index}"] .pick input`).check();
	await page.locator(`tr[data-index="${index - 1}"] .pick input`).check();
	const top = await page.locator("#grid").evaluate((one) => one.scrollTop);
	const name = await rowName(page, index).innerText();
	await rowName(page, index).getByRole("link").click();
	await page.waitForURL(/\/party\/\d+/);
	await page.goBack();
	await rowName(page, index).waitFor();
	assert.equal(await rowName(page, index).innerText(), name);
	assert.equal(await page.locator("#grid").evaluate((one) => one.scrollTop), top);
	assert.ok(await page.locator(`tr[data-index="${index}"] .pick input`).isChecked());
	assert.ok(await page.locator(`tr[data-index="${index - 1}"] .pick input`).isChecked());
	assert.equal(await page.locator("tr.is-picked").count(), 2);
	await page.waitForFunction((index) => document.activeElement?.closest("tr")?.dataset.index === String(index), index);
	await page.context().close();
});

test("UX-16 what one types is found at once and marked", async () => {
	const page = await browse(kontor);
	await page.goto("/party");
	await page.getByLabel("In dieser Liste finden").pressSequentially("muller");
	await page.locator("mark", { hasText: "Müller" }).first().waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.id), "find", "one goes on typing");
	const found = await ask(`/api/v1/party?total=1&limit=1&where=${encodeURIComponent('name contains muller or email contains muller or city contains muller or owner.name contains muller')}`);
	assert.equal(await page.locator("#count").innerText(), `${found.total.toLocaleString("de-DE")} Datensätze`);
	assert.match(page.url(), /q=muller/);
	await page.person.look("list-find");
	await page.getByLabel("In dieser Liste finden").fill("");
	await page.waitForFunction(() => !document.querySelector("mark") && !location.search);
	await page.context().close();
});

test("UX-03 columns are widened at their edge, moved by their head and with Alt and arrows; the address keeps it", async () => {
	const page = await browse(kontor);
	await page.goto("/party?columns=name,city,email,phone");
	const labels = () => page.locator("thead th[data-name]").evaluateAll((all) => all.map((one) => one.dataset.name).join());
	const edge = await page.locator("thead th[data-name=city] .edge").boundingBox();
	await page.mouse.move(edge.x + 3, edge.y + 10);
	await page.mouse.down();
	await page.mouse.move(edge.x + 83, edge.y + 10, { steps: 4 });
	await page.mouse.up();
	await page.waitForURL(/columns=name%2Ccity%3A\d+/);
	const width = Number(/city:(\d+)/.exec(decodeURIComponent(page.url()))[1]);
	await page.waitForFunction((width) => Math.abs(document.querySelector("th[data-name=city]").offsetWidth - width) < 3, width);
	await page.person.settled(); // the list comes anew with the width, and would take the head from under the pointer
	await page.locator("thead th[data-name=phone]").dragTo(page.locator("thead th[data-name=city]"));
	await page.waitForFunction(() => /name,phone,city/.test(decodeURIComponent(location.search)));
	assert.equal(await labels(), "name,phone,city,email");
	await page.person.settled();
	await page.locator("thead th[data-name=email] a").focus();
	await page.keyboard.press("Alt+ArrowLeft");
	await page.waitForFunction(() => /name,phone,email,city/.test(decodeURIComponent(location.search)));
	await page.reload();
	assert.equal(await labels(), "name,phone,email,city");
	await page.context().close();
});

test("UX-13 the height of rows is chosen above the list", async () => {
	const page = await browse(kontor);
	const heights = [];
	for (const density of ["Kompakt", "Normal", "Großzügig"]) {
		await page.goto("/party");
		await page.getByRole("button", { name: "Mehr", exact: true }).click();
		await page.locator("#more-menu").getByRole("button", { name: density }).click();
		await page.waitForFunction(() => document.querySelector("tr[data-index='0']"));
		heights.push((await rowName(page, 0).boundingBox()).height);
	}
	assert.ok(heights[0] < heights[1] && heights[1] < heights[2], heights.join());
	await page.context().close();
});

test("UX-31 Shift ticks all from one to the other", async () => {
	const page = await browse(kontor);
	await page.goto("/party");
	await page.locator('tr[data-index="2"] .pick input').click();
	await page.locator('tr[data-index="9"] .pick input').click({ modifiers: ["Shift"] });
	await page.waitForFunction(() => document.querySelectorAll("tr.is-picked").length === 8);
	await page.context().close();
});

for (const width of WIDTHS)
	test(`UX-61 UX-63 a list in the middle at ${width} px`, async () => {
		const page = await browse(kontor, { width, dark: width === 768 });
		await page.goto("/party");
		await page.locator("#grid.windowed").waitFor();
		await page.evaluate(() => {
			const grid = document.querySelector("#grid");
			if (getComputedStyle(grid).overflowY === "visible") scrollTo(0, 30000);
			else grid.scrollTop = 400 * (document.querySelector("tr[data-index='1']").getBoundingClientRect().top - document.querySelector("tr[data-index='0']").getBoundingClientRect().top);
		});
		await page.waitForFunction(() => [...document.querySelectorAll("tr[data-id]")].some((row) => Number(row.dataset.index) > 150 && row.getBoundingClientRect().top > 100 && row.getBoundingClientRect().top < 500));
		await page.person.look("list-scrolled");
		await page.person.check("list-scrolled");
		await page.context().close();
	});

test("UX-22 Space, or Ctrl and a click, shows the record beside the list; Escape gives back the cell", async () => {
	const page = await browse(kontor);
	await page.goto("/party");
	await page.locator("#grid.windowed").waitFor();
	const name = (await rowName(page, 3).innerText()).trim();
	await rowName(page, 3).click({ position: { x: 2, y: 4 } });
	await page.keyboard.press("Space");
	const sheet = page.getByRole("dialog", { name });
	await sheet.waitFor();
	await page.person.look("list-peek");
	await page.person.check("list-peek");
	await page.keyboard.press("Escape");
	await sheet.waitFor({ state: "detached" });
	assert.deepEqual(await active(page), [3, 0]);
	await rowName(page, 4).getByRole("link").click({ modifiers: ["Control"] });
	await page.locator("dialog.peek").waitFor();
	assert.equal(new URL(page.url()).pathname, "/party");
	await page.context().close();
});
