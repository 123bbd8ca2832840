// The day plan, the calendar by the hour, what repeats, and the visit report, as people work with them.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 30 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const read = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
// As the people have it whom the program knows: the day of Berlin.
const day = (n) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(Date.now() + n * 864e5);
const english = kontor.user("eve", { role: "admin", options: ["--language", "en"] });
const me = (await kontor.expect(200, "GET", `/api/v1/user?where=${encodeURIComponent('login = "demo"')}`, { token })).body.items[0].id;

test("OP-29 OP-30 a row of the day plan is done, put off and opened with one key, and undone", async () => {
	const firm = await make("organisation", { name: "Taste GmbH" });
	await make("deal", { name: "Groß", party: firm.id, value: "9000000.00", outcome: "won" });
	const first = await make("task", { subject: "Erste Aufgabe", due_on: day(-90), owner: me, party: firm.id, priority: "urgent" });
	const second = await make("task", { subject: "Zweite Aufgabe", due_on: day(-80), owner: me, party: firm.id, priority: "urgent" });
	const page = await browse(kontor);
	await page.goto("/");
	await page.keyboard.press("g");
	await page.keyboard.press("w");
	await page.getByRole("heading", { name: "Was jetzt?" }).waitFor();
	await page.person.check("today");
	const row = (one) => page.locator(`#today > li[data-object="task"][data-id="${one.id}"]`);
	assert.deepEqual(await page.locator("#today > li").evaluateAll((all) => all.slice(0, 2).map((one) => one.dataset.id)), [first.id, second.id].map(String));
	await page.keyboard.press("j");
	await page.keyboard.press("e");
	await page.locator(".toast", { hasText: "Gespeichert" }).waitFor();
	assert.equal(await row(first).count(), 0);
	assert.equal((await read("task", first.id)).state, "done");
	await page.waitForFunction((id) => document.activeElement?.closest("li")?.dataset.id === id, String(second.id));
	await page.keyboard.press("1");
	await row(second).waitFor({ state: "detached" });
	await page.locator(".toast", { hasText: "Gespeichert" }).first().waitFor();
	assert.equal((await read("task", second.id)).resubmit_on > day(-1), true);
	await page.keyboard.press("Control+z");
	await row(second).waitFor();
	assert.equal((await read("task", second.id)).resubmit_on, null);
	await row(second).locator("a.name").focus();
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Zweite Aufgabe" }).waitFor();
	await page.context().close();
});

test("OP-29 a task is put off from its row in the list, and from its page", async () => {
	const task = await make("task", { subject: "Aus der Liste", due_on: day(0) }), page = await browse(kontor);
	await page.goto(`/task?where=${encodeURIComponent(`id = ${task.id}`)}`);
	await page.locator(`tr[data-id="${task.id}"]`).hover();
	await page.getByRole("button", { name: "Wiedervorlage: Aus der Liste" }).click();
	await page.getByRole("button", { name: "Nächste Woche" }).click();
	await page.locator(".toast", { hasText: "Aus der Liste" }).waitFor();
	const put = (await read("task", task.id)).resubmit_on;
	assert.equal(new Date(put).getUTCDay(), 1, "a Monday");
	await page.goto(`/task/${task.id}`);
	await page.getByRole("button", { name: "Wiedervorlage", exact: true }).first().click();
	await page.locator("#snooze-menu").getByRole("button", { name: "In einem Monat" }).click();
	await page.locator(".toast", { hasText: "Gespeichert" }).waitFor();
	assert.ok((await read("task", task.id)).resubmit_on > put);
	await page.context().close();
});

for (const [language, words] of [["de", { weekly: "Wöchentlich", monthly: "Monatlich", last: "am letzten Werktag", said: "Jeden Monat am letzten Werktag", days: "Alle 2 Wochen am Montag und Mittwoch", save: "Speichern" }], ["en", { weekly: "Weekly", monthly: "Monthly", last: "on the last working day", said: "Every month on the last working day", days: "Every 2 weeks on Monday and Wednesday", save: "Save" }]])
	test(`OP-29 how often a task repeats is chosen in words (${language})`, async () => {
		const page = await browse(kontor, language === "en" ? { lang: "en", user: english } : {});
		await page.goto("/task/new");
		await page.locator("#f-subject").fill("Reihe");
		await page.locator("#f-due_on").fill("2026-11-23");
		const box = page.locator(".recur");
		await box.locator("select").first().selectOption({ label: words.weekly });
		await box.locator("input[type=number]").first().fill("2");
		for (const name of ["MO", "WE"]) await box.locator(`button[value=${name}]`).click();
		await box.locator("output", { hasText: words.days }).waitFor();
		assert.equal(await page.locator("#f-recurrence").inputValue(), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE");
		await box.locator("select").first().selectOption({ label: words.monthly });
		await box.locator("input[type=number]").first().fill("1");
		await box.locator("select").nth(1).selectOption({ label: words.last });
		await box.locator("output", { hasText: words.said }).waitFor();
		if (language === "de") await page.person.check("recur");
		await page.getByRole("button", { name: words.save, exact: true }).click();
		await page.locator('[data-field="recurrence"] dd', { hasText: words.said }).waitFor();
		await page.context().close();
	});

test("UX-39 OP-30 by the hour: side by side, dragged to another hour, moved with Alt and arrows, and undone", async () => {
	const at = (time) => `2031-05-14T${time}:00Z`;
	const one = await make("appointment", { subject: "Eins", starts_at: at("07:00"), ends_at: at("09:00") }), other = await make("appointment", { subject: "Zwei", starts_at: at("08:00"), ends_at: at("08:30") });
	const weekly = await make("appointment", { subject: "Runde", starts_at: "2031-05-05T10:00:00Z", recurrence: "FREQ=WEEKLY" });
	const page = await browse(kontor);
	await page.goto("/appointment?as=calendar&span=week:2031-05-14");
	const card = (of) => page.locator(`#board .card[data-id="${of.id}"]`);
	const box = async (of) => (await card(of).boundingBox());
	const [a, b] = [await box(one), await box(other)];
	assert.ok(a.x + a.width <= b.x + 1 && b.y > a.y, "what overlaps stands side by side");
	assert.ok(Math.abs(a.height / b.height - 4) < 0.6, "as high as it lasts");
	assert.equal(await card(weekly).locator("time").innerText(), "12:00");
	assert.equal(await card(weekly).getByRole("button").count(), 0, "a repetition is not moved");
	const hour = a.height / 2, column = await page.locator('.lane[data-lane="2031-05-15"] .cards').boundingBox();
	await page.mouse.move(a.x + 30, a.y + a.height - 6);
	await page.mouse.down();
	await page.mouse.move(a.x + 40, a.y + a.height, { steps: 3 });
	await page.mouse.move(column.x + 30, a.y + a.height - 6 + hour, { steps: 6 });
	await page.mouse.up();
	await page.locator(`.lane[data-lane="2031-05-15"] .card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	const moved = await read("appointment", one.id);
	assert.deepEqual([moved.starts_at.slice(0, 16), moved.ends_at.slice(0, 16)], ["2031-05-15T08:00", "2031-05-15T10:00"]);
	await card(one).locator(".first a").focus();
	await page.keyboard.press("Alt+ArrowDown");
	await card(one).locator("time", { hasText: "11:00" }).waitFor();
	await page.person.settled();
	assert.equal((await read("appointment", one.id)).starts_at.slice(0, 16), "2031-05-15T09:00");
	await page.keyboard.press("Control+z");
	await card(one).locator("time", { hasText: "10:00" }).waitFor();
	await page.person.settled();
	await page.context().close();
	const phone = await browse(kontor, { width: 360, dark: true });
	await phone.goto("/appointment?as=calendar&span=day:2031-05-14");
	await phone.locator(".hours[data-placed] .card").first().waitFor();
	await phone.person.look("hours-day");
	await phone.person.check("hours-day");
	await phone.context().close();
});

test("OP-30 who plans an appointment sees who is taken", async () => {
	const other = (await kontor.expect(200, "GET", `/api/v1/user?where=${encodeURIComponent('login != "demo" and login != "root"')}&limit=1`, { token })).body.items[0];
	await make("appointment", { subject: "Beim Arzt", starts_at: "2031-06-11T08:00:00Z", ends_at: "2031-06-11T09:00:00Z", owner: other.id });
	const page = await browse(kontor);
	await page.goto(`/appointment/new?starts_at=2031-06-11T10:30`);
	const people = page.getByRole("combobox", { name: /Kolleg/ }).first();
	await people.fill(other.name);
	await page.getByRole("option", { name: other.name }).first().click();
	await page.locator(".busy .is-taken", { hasText: "Beim Arzt" }).waitFor();
	await page.locator("#f-starts_at").fill("2031-06-11T14:00");
	await page.locator(".busy p", { hasText: `${other.name}: zu dieser Zeit frei` }).waitFor();
	await page.context().close();
});

test("OP-30 OP-04 UX-63 a visit is reported on a phone: contact, outcome and next step in one form", async () => {
	const firm = await make("organisation", { name: "Besuch am Telefon GmbH" }), page = await browse(kontor, { width: 360 });
	await page.goto(`/organisation/${firm.id}`);
	await page.getByRole("link", { name: "Besuchsbericht" }).click();
	await page.getByRole("heading", { name: "Besuchsbericht" }).waitFor();
	await page.locator("#f-subject").fill("Erstbesuch");
	await page.locator("#f-outcome").fill("Will ein Angebot");
	await page.locator("#f-next_step").fill("Angebot schreiben");
	await page.locator("#f-next_on").fill(day(7));
	await page.evaluate(() => scrollTo(0, 0));
	await page.person.look("visit");
	await page.person.check("visit");
	await page.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("heading", { name: "Besuch am Telefon GmbH" }).waitFor();
	const of = async (object) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(`party = ${firm.id}`)}`, { token })).body.items;
	assert.deepEqual((await of("activity")).map((one) => [one.kind, one.outcome]), [["visit", "Will ein Angebot"]]);
	assert.deepEqual((await of("task")).map((one) => [one.subject, one.due_on]), [["Angebot schreiben", day(7)]]);
	await page.context().close();
});
