// Boards: deals as cards in the lanes of their stages.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const all = async (path) => (await kontor.expect(200, "GET", path, { token })).body.items;
const stages = await all("/api/v1/stage?sort=position&fields=name,outcome,pipeline");
const pipeline = String(stages[0].pipeline?.id ?? stages[0].pipeline);
const [first, second] = stages.filter((one) => String(one.pipeline?.id ?? one.pipeline) === pipeline);
const lost = stages.find((one) => one.outcome === "lost"), won = stages.find((one) => one.outcome === "won");
const party = (await all("/api/v1/party?limit=1"))[0];
let serial = 0;
const deal = async (fields = {}) =>
	(await kontor.expect(201, "POST", "/api/v1/deal", { token, body: { name: `Probe ${++serial}`, party: party.id, stage: first.id, value: { amount: "1000.00", currency: "EUR" }, opened_on: "2099-01-01", ...fields } })).body;
const stageOf = async (id) => {
	const { stage } = (await kontor.expect(200, "GET", `/api/v1/deal/${id}`, { token })).body;
	return String(stage?.id ?? stage);
};
const lane = (page, stage) => page.locator(`.lane[data-lane="${stage.id}"]`);
const card = (page, one) => page.locator(`.card[data-id="${one.id}"]`);
const link = (page, one) => card(page, one).locator(".first a");

test("UX-35 a card is dragged to another lane, and Undo takes it back", async () => {
	const one = await deal(), page = await browse(kontor);
	await page.goto("/deal");
	await page.getByRole("link", { name: "Tafel", exact: true }).click();
	await card(page, one).waitFor();
	const before = Number(await lane(page, second).locator(".count").innerText());
	const from = await card(page, one).boundingBox(), to = await lane(page, second).locator(".cards").boundingBox();
	await page.mouse.move(from.x + 60, from.y + 45);
	await page.mouse.down();
	await page.mouse.move(from.x + 90, from.y + 50, { steps: 4 });
	await page.mouse.move(to.x + 80, to.y + 40, { steps: 12 });
	await page.mouse.up();
	await lane(page, second).locator(`.card[data-id="${one.id}"]`).waitFor();
	await lane(page, second).locator(".count").getByText(String(before + 1)).waitFor();
	await page.person.settled();
	assert.equal(await stageOf(one.id), String(second.id));
	await page.getByRole("button", { name: "Rückgängig" }).last().click();
	await lane(page, first).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal(await stageOf(one.id), String(first.id));
	await page.context().close();
});

test("UX-35 Alt and an arrow key move the card that has the focus, arrows alone go from card to card", async () => {
	const one = await deal(), other = await deal({ stage: second.id }), page = await browse(kontor);
	await page.goto("/deal?as=board");
	await link(page, one).focus();
	await page.keyboard.press("Alt+ArrowRight");
	await lane(page, second).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal(await page.evaluate(() => document.activeElement?.closest(".card")?.dataset.id), String(one.id), "the focus goes with the card");
	await page.keyboard.press("Alt+ArrowLeft");
	await lane(page, first).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal(await stageOf(one.id), String(first.id));
	await page.keyboard.press("ArrowRight");
	assert.equal(await page.evaluate(() => document.activeElement?.closest(".lane")?.dataset.lane), String(second.id));
	await page.keyboard.press("Control+z");
	await lane(page, second).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal(await stageOf(other.id), String(second.id), "another card stays where it was");
	await page.context().close();
});

test("UX-38 OP-11 the lane of lost deals asks for reason and competitor; Cancel returns the card", async () => {
	const one = await deal(), page = await browse(kontor);
	await page.goto("/deal?as=board");
	const to = async (stage) => {
		await card(page, one).getByRole("button", { name: /Verschieben/ }).click();
		await page.getByRole("dialog").getByRole("button", { name: stage.name }).click();
	};
	await to(lost);
	const dialog = page.getByRole("dialog", { name: "Deal verloren" });
	await dialog.waitFor();
	await page.person.look("board-lost");
	await page.person.check("board-lost");
	await dialog.getByRole("button", { name: "Abbrechen" }).click();
	await lane(page, first).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal(await stageOf(one.id), String(first.id), "nothing was moved");
	const reason = (await all("/api/v1/loss_reason?limit=1&fields=name"))[0];
	await to(lost);
	await dialog.getByLabel(/grund/i).fill(`#${reason.id}`);
	await dialog.getByRole("button", { name: "Speichern" }).click();
	await lane(page, lost).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	const stored = (await kontor.expect(200, "GET", `/api/v1/deal/${one.id}`, { token })).body;
	assert.equal(stored.outcome, "lost");
	assert.equal(String(stored.loss_reason?.id ?? stored.loss_reason), String(reason.id));
	await page.context().close();
});

test("UX-38 the lane of won deals asks for date and amount, and a wrong date is told in the question", async () => {
	const one = await deal(), page = await browse(kontor);
	await page.goto("/deal?as=board");
	await card(page, one).getByRole("button", { name: /Verschieben/ }).click();
	await page.getByRole("dialog").getByRole("button", { name: won.name }).click();
	const dialog = page.getByRole("dialog", { name: "Deal gewonnen" });
	await dialog.getByLabel(/Wert/).fill("viel");
	page.expected.push(/status of 4\d\d/);
	await dialog.getByRole("button", { name: "Speichern" }).click();
	await page.locator(".toast.danger").waitFor();
	await dialog.getByLabel(/Wert/).fill("1.234,50 EUR");
	await dialog.getByRole("button", { name: "Speichern" }).click();
	await lane(page, won).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	const stored = (await kontor.expect(200, "GET", `/api/v1/deal/${one.id}`, { token })).body;
	assert.equal(stored.outcome, "won");
	assert.equal(stored.value.amount, "1234.50");
	await page.context().close();
});

test("UX-36 UX-37 lanes show count and sum, are hidden and reordered, come from any field of choices, and are kept in a view", async () => {
	const page = await browse(kontor);
	await page.goto("/deal?as=board");
	const names = () => page.locator(".lane h2").allInnerTexts();
	const before = await names();
	const answer = (await kontor.expect(200, "GET", `/api/v1/aggregate/deal?measure=count,sum(value)&where=stage=${first.id}`, { token })).body;
	const counted = answer.groups?.[0] ?? answer.items[0];
	assert.equal(await lane(page, first).locator(".count").innerText(), String(counted.count));
	assert.match(await lane(page, first).locator(".sum").getAttribute("title"), /Gewichteter Wert: .*€/);
	await lane(page, first).getByRole("button", { name: new RegExp(`Spalte ${first.name}`) }).click();
	await page.getByRole("link", { name: "Spalte nach rechts" }).click();
	await page.locator(`.lane:nth-of-type(2)[data-lane="${first.id}"]`).waitFor();
	assert.deepEqual((await names()).slice(0, 2), [before[1], before[0]]);
	await lane(page, first).getByRole("button", { name: new RegExp(`Spalte ${first.name}`) }).click();
	await page.getByRole("link", { name: "Spalte ausblenden" }).click();
	await lane(page, first).waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Ansicht speichern" }).click();
	const menu = page.locator("#save-menu");
	await menu.getByLabel("Name der Ansicht").fill("Mein Board");
	await menu.getByRole("button", { name: "Speichern" }).click();
	await page.getByRole("heading", { name: /Mein Board/ }).waitFor();
	assert.deepEqual(await names(), before.slice(1));
	await page.goto("/deal?as=board&group=outcome");
	assert.deepEqual(await names(), ["Offen", "Gewonnen", "Verloren"]);
	page.expected.push(/status of 422/);
	await page.goto("/deal?as=board&group=party");
	assert.match(await page.getByRole("alert").innerText(), /höchstens 40 Spalten/);
	await page.context().close();
});

test("UX-60 a card that somebody else moves or makes shows on an open board, and the focus stays", async () => {
	const one = await deal(), other = await deal(), page = await browse(kontor);
	await page.goto("/deal?as=board");
	await link(page, other).focus();
	await kontor.expect(200, "PATCH", `/api/v1/deal/${one.id}`, { token, body: { stage: second.id } });
	await lane(page, second).locator(`.card[data-id="${one.id}"]`).waitFor();
	const made = await deal({ stage: second.id });
	await card(page, made).waitFor();
	assert.equal(await page.evaluate(() => document.activeElement?.closest(".card")?.dataset.id), String(other.id));
	await page.context().close();
});

test("a board is read and worked with at every width, in both themes", async () => {
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			await page.goto("/deal?as=board");
			await page.person.look("board");
			await page.person.check("board");
			await page.context().close();
		}
});
