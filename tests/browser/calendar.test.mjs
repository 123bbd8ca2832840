// Calendars: records on the days of a date they have.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const MONTH = "2031-05"; // in which the demonstration company has nothing
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const read = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const day = (page, date) => page.locator(`.day[data-lane="${date}"]`);
const on = (page, date, one) => day(page, date).locator(`.card[data-id="${one.id}"]`);

test("UX-39 a task is dragged to another day, moved with Alt and arrows, and Undo takes it back", async () => {
	const task = await make("task", { subject: "Nachfassen", due_on: `${MONTH}-14` }), page = await browse(kontor);
	await page.goto(`/task?as=calendar&span=month:${MONTH}-01`);
	assert.equal(await page.locator(".calendar-head h2").innerText(), "Mai 2031");
	const from = await on(page, `${MONTH}-14`, task).boundingBox(), to = await day(page, `${MONTH}-22`).locator(".cards").boundingBox();
	await page.mouse.move(from.x + 12, from.y + from.height - 4);
	await page.mouse.down();
	await page.mouse.move(from.x + 30, from.y + from.height + 6, { steps: 4 });
	await page.mouse.move(to.x + 30, to.y + 8, { steps: 12 });
	await page.mouse.up();
	await on(page, `${MONTH}-22`, task).waitFor();
	await page.person.settled();
	assert.equal((await read("task", task.id)).due_on, `${MONTH}-22`);
	await on(page, `${MONTH}-22`, task).locator("a").focus();
	await page.keyboard.press("Alt+ArrowLeft");
	await on(page, `${MONTH}-21`, task).waitFor();
	await page.person.settled();
	await page.keyboard.press("Alt+ArrowUp");
	await on(page, `${MONTH}-14`, task).waitFor();
	await page.person.settled();
	await page.keyboard.press("Control+z");
	await on(page, `${MONTH}-21`, task).waitFor();
	await page.person.settled();
	assert.equal((await read("task", task.id)).due_on, `${MONTH}-21`);
	await page.context().close();
});

test("UX-39 a moment keeps its time when it is moved to another day, across the change of the clocks", async () => {
	const call = await make("activity", { subject: "Anruf vor der Umstellung", kind: "call", at: "2031-03-28T13:30:00Z" }), page = await browse(kontor);
	await page.goto("/activity?as=calendar&span=week:2031-03-28");
	assert.equal(await page.locator(".calendar-head h2").innerText(), "Kalenderwoche 13, 2031");
	assert.equal(await on(page, "2031-03-28", call).locator("time").innerText(), "14:30");
	await on(page, "2031-03-28", call).hover();
	await on(page, "2031-03-28", call).getByRole("button", { name: /Verschieben/ }).click();
	await page.getByRole("dialog").getByLabel("Verschieben nach").fill("2031-04-01");
	await page.getByRole("dialog").getByRole("button", { name: "Verschieben" }).click();
	await on(page, "2031-03-28", call).waitFor({ state: "detached" });
	await page.person.settled();
	assert.equal((await read("activity", call.id)).at.slice(0, 16), "2031-04-01T12:30");
	await page.context().close();
});

test("UX-39 month, week and day; a day with much says how much more; a new record begins on its day", async () => {
	for (let i = 0; i < 6; i++) await make("task", { subject: `Viel ${i}`, due_on: "2031-06-11" });
	const page = await browse(kontor);
	await page.goto("/task?as=calendar&span=month:2031-06-11");
	assert.equal(await day(page, "2031-06-11").locator(".card").count(), 3);
	await day(page, "2031-06-11").getByRole("link", { name: "3 weitere" }).click();
	await page.locator("#calendar-title").getByText(/Mi, 11/).waitFor();
	assert.equal(await page.locator(".card").count(), 6);
	await page.getByRole("link", { name: "Weiter", exact: true }).click();
	await page.locator("#calendar-title").getByText(/Do, 12/).waitFor();
	await page.getByRole("link", { name: "Woche", exact: true }).click();
	await page.locator("#calendar-title").getByText(/Kalenderwoche 24/).waitFor();
	await day(page, "2031-06-12").hover();
	await day(page, "2031-06-12").getByRole("link", { name: /Neu/ }).click();
	await page.locator("#f-due_on").waitFor();
	assert.equal(await page.locator("#f-due_on").inputValue(), "2031-06-12");
	await page.context().close();
});

test("UX-39 a calendar is subscribed to: the address is shown once, copied, and ended", async () => {
	const page = await browse(kontor);
	await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
	await page.goto("/task?as=calendar");
	await page.locator("[popovertarget=more-menu]").click();
	await page.getByRole("button", { name: "Abonnieren", exact: true }).click();
	await page.getByRole("heading", { name: "Abonnierte Kalender" }).waitFor();
	const address = await page.locator("[data-secret]").innerText();
	await page.getByRole("button", { name: "Kopieren" }).click();
	await page.locator(".toast", { hasText: "Die Adresse wurde kopiert" }).waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
	assert.match(await (await fetch(address)).text(), /^BEGIN:VCALENDAR\r\n[^]*BEGIN:VEVENT/);
	assert.equal(await page.getByRole("link", { name: "Im Kalender dieses Geräts öffnen" }).getAttribute("href"), address.replace("http:", "webcal:"));
	await page.person.look("feeds");
	await page.person.check("feeds");
	await page.goto("/feeds");
	await page.getByRole("button", { name: "Beenden" }).waitFor();
	assert.equal(await page.locator("[data-secret]").count(), 0);
	await page.getByRole("button", { name: "Beenden" }).click();
	await page.getByText("Sie haben keine.").waitFor();
	assert.equal((await fetch(address)).status, 404);
	await page.context().close();
});

for (const width of WIDTHS)
	test(`UX-61 UX-63 the page of subscriptions at ${width} px`, async () => {
		const page = await browse(kontor, { width, dark: width === 768 });
		await page.goto("/task?as=calendar");
		await page.locator("[popovertarget=more-menu]").click();
		await page.getByRole("button", { name: "Abonnieren", exact: true }).click();
		await page.getByRole("heading", { name: "Abonnierte Kalender" }).waitFor();
		await page.person.look("feeds-made");
		await page.person.check("feeds-made");
		await page.context().close();
	});

test("a calendar is read and worked with at every width, in both themes", async () => {
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			for (const span of ["month", "week", "day"]) {
				await page.goto(`/activity?as=calendar&span=${span}`);
				await page.person.look(`calendar-${span}`);
				await page.person.check(`calendar-${span}`);
			}
			await page.context().close();
		}
});
