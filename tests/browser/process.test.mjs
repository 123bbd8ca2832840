// Sales processes: the editor of stages, and what boards say of limits, idle deals and missing facts.
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { engine, start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 60 });
const token = kontor.token("root");
const all = async (where) => (await kontor.expect(200, "GET", where, { token })).body.items;
const idOf = (link) => String(link?.id ?? link);
const pipeline = (await all("/api/v1/pipeline?limit=1"))[0];
const stagesOf = (id) => all(`/api/v1/stage?sort=position&where=${encodeURIComponent(`pipeline = ${id}`)}`);
const [first, second] = await stagesOf(pipeline.id);
const names = async () => (await stagesOf(pipeline.id)).map((one) => one.name);
let serial = 0;
const deal = async (fields = {}) => (await kontor.expect(201, "POST", "/api/v1/deal", { token, body: { name: `Probe ${++serial}`, stage: first.id, opened_on: "2099-01-01", ...fields } })).body;
const get = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const lane = (page, stage) => page.locator(`.lane[data-lane="${stage.id}"]`);
const card = (page, one) => page.locator(`.card[data-id="${one.id}"]`);
const rows = (page) => page.locator(`#pipeline-${pipeline.id} .process-stages > .stage`);
const order = (page) => rows(page).evaluateAll((list) => list.map((one) => one.dataset.name));
const toast = (page) => page.locator(".toast").filter({ hasText: /Gespeichert|Saved/ });

const english = kontor.user("english", { role: "management", options: ["--language", "en"] });

for (const [lang, width, user, t] of [
	["de", 1440, undefined, { save: "Speichern", undo: "Rückgängig", open: "Noch nicht gespeichert", add: "Phase hinzufügen" }],
	["en", 360, english, { save: "Save", undo: "Undo", open: "Not saved yet", add: "Add a stage" }],
])
	test(`a process is changed by keys alone, saved as one step and undone (${lang}, ${width} px)`, async () => {
		const page = await browse(kontor, { lang, width, ...(user ? { user } : {}) }), before = await names();
		await page.goto("/admin/pipelines");
		const name = rows(page).first().locator(`input[name=name-${first.id}]`);
		await name.focus();
		await page.keyboard.press("Alt+ArrowDown");
		assert.deepEqual(await order(page), [before[1], before[0], ...before.slice(2)]);
		assert.equal(await page.evaluate(() => document.activeElement?.name), `name-${first.id}`, "the focus goes with the stage");
		assert.match(await page.locator("#process-said").innerText(), new RegExp(`${before[0]}: .* 2 / ${before.length}`));
		await page.getByText(t.open).waitFor();
		await page.keyboard.press("Alt+ArrowUp");
		await rows(page).nth(1).locator("button[value^=up]").press("Enter");
		assert.deepEqual(await order(page), [before[1], before[0], ...before.slice(2)]);
		const form = page.locator(`#pipeline-${pipeline.id}`);
		await form.getByText(t.add).press("Enter");
		await form.locator("input[name=name-new]").fill("Termin");
		await form.locator(`input[name="idle_days-${second.id}"]`).fill("14");
		await form.locator(".facts summary").first().press("Enter");
		await form.locator(`input[name="required-${second.id}"][value=next_step]`).press("Space");
		await page.evaluate(() => scrollTo(0, 0));
		await page.person.look("process-open");
		await page.person.check("process-open");
		await form.locator("input[name=name-new]").press("Enter");
		await toast(page).waitFor();
		const saved = await names();
		assert.deepEqual(saved.slice(0, 2), [before[1], before[0]]);
		assert.equal(saved[4], "Termin", "before the stages where a process ends");
		assert.deepEqual((await get("stage", second.id)).required, ["next_step"]);
		await page.keyboard.press("Tab");
		await page.locator(".toast").getByRole("button", { name: t.undo }).press("Enter");
		await page.locator(".toast").filter({ hasText: /Undone|Rückgängig gemacht/ }).waitFor();
		await page.person.settled();
		assert.deepEqual(await names(), before);
		await page.context().close();
	});

test("a stage is dragged to its place; without a script buttons do the same", async () => {
	const page = await browse(kontor), before = await names();
	await page.goto("/admin/pipelines");
	const grip = await rows(page).first().locator(".grip").boundingBox(), to = await rows(page).nth(1).boundingBox();
	await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
	await page.mouse.down();
	await page.mouse.move(grip.x + 8, grip.y + 30, { steps: 4 });
	await page.mouse.move(grip.x + 8, to.y + to.height - 6, { steps: 12 });
	await page.mouse.up();
	await page.getByText("Noch nicht gespeichert").waitFor();
	assert.deepEqual(await order(page), [before[1], before[0], ...before.slice(2)]);
	await page.locator(`#pipeline-${pipeline.id}`).getByRole("button", { name: "Speichern" }).click();
	await toast(page).waitFor();
	assert.deepEqual((await names()).slice(0, 2), [before[1], before[0]]);
	await page.context().close();
	const plain = await browse(kontor, { script: false });
	await plain.goto("/admin/pipelines");
	await rows(plain).nth(1).locator("button[value^=up]").click();
	await plain.getByRole("button", { name: "Rückgängig" }).waitFor();
	assert.deepEqual(await names(), before);
	await plain.context().close();
});

test("a stage with deals is removed after a preview of where they go, and comes back with them", async () => {
	const made = await deal({ stage: second.id }), page = await browse(kontor), before = await names();
	await page.goto("/admin/pipelines");
	await rows(page).nth(1).getByRole("button", { name: /^Entfernen/ }).click();
	await page.getByText(/Dort stehen \d+ Deals\./).waitFor();
	await page.getByLabel("Die Deals kommen in").selectOption({ label: first.name });
	await page.getByRole("main").getByRole("button", { name: "Entfernen" }).click();
	await toast(page).waitFor();
	assert.equal((await names()).length, before.length - 1);
	assert.equal(idOf((await get("deal", made.id)).stage), String(first.id));
	await page.locator(".toast").getByRole("button", { name: "Rückgängig" }).click();
	await page.locator(".toast").filter({ hasText: "Rückgängig gemacht" }).waitFor();
	await page.person.settled();
	assert.deepEqual(await names(), before);
	assert.equal(idOf((await get("deal", made.id)).stage), String(second.id));
	await page.context().close();
});

test("UX-26 a board asks at once for what the stage wants, and moves the card with the answer", async () => {
	await kontor.expect(200, "PATCH", `/api/v1/stage/${second.id}`, { token, body: { required: ["expected_on", "next_step"] } });
	const one = await deal(), page = await browse(kontor);
	await page.goto("/deal?as=board");
	await card(page, one).locator(".first a").focus();
	await page.keyboard.press("Alt+ArrowRight");
	const dialog = page.getByRole("dialog", { name: "Was noch fehlt" });
	await dialog.waitFor();
	assert.match(await dialog.innerText(), new RegExp(`Bevor ein Deal in die Phase „${second.name}“ kommt, füllen Sie „Nächster Schritt“ aus`));
	await page.person.look("board-missing");
	await page.person.check("board-missing");
	await dialog.getByRole("button", { name: "Abbrechen" }).click();
	await lane(page, first).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	await card(page, one).locator(".first a").focus();
	await page.keyboard.press("Alt+ArrowRight");
	await dialog.waitFor();
	await dialog.getByLabel("Nächster Schritt").fill("Termin vereinbaren");
	await dialog.getByLabel("Erwartet am").fill("2027-03-01");
	await dialog.getByRole("button", { name: "Speichern" }).click();
	await lane(page, second).locator(`.card[data-id="${one.id}"]`).waitFor();
	await page.person.settled();
	assert.equal((await get("deal", one.id)).next_step, "Termin vereinbaren");
	await kontor.expect(200, "PATCH", `/api/v1/stage/${second.id}`, { token, body: { required: null } });
	await page.context().close();
});

test("UX-37 a board says in words and with a sign where too many deals stand, and which lie idle", { skip: engine !== "sqlite" && "the time of the last change is set in the file of SQLite" }, async () => {
	const idle = await deal();
	await kontor.expect(200, "PATCH", `/api/v1/stage/${first.id}`, { token, body: { deal_limit: 1, idle_days: 7 } });
	await kontor.expect(200, "PATCH", `/api/v1/stage/${second.id}`, { token, body: { deal_limit: 500, idle_days: 0 } });
	const other = await deal({ stage: second.id });
	const long = Date.now() - 14.5 * 86_400_000;
	for (const one of [idle, other]) spawnSync("sqlite3", ["-cmd", ".timeout 20000", path.join(kontor.data, "kontor.db"), `UPDATE deal SET changed_at = ${Math.round(long)} WHERE id = ${one.id}`]);
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			await page.goto("/deal?as=board");
			const count = (await all(`/api/v1/deal?limit=100&fields=id&where=${encodeURIComponent(`stage = ${first.id}`)}`)).length;
			assert.match(await lane(page, first).locator(".count").innerText(), new RegExp(`^${count} von 1`));
			assert.equal(await lane(page, first).locator(".count.is-over .icon").count(), 1);
			assert.match(await lane(page, second).locator(".count").innerText(), /^\d+ von 500$/);
			assert.equal(await lane(page, second).locator(".count.is-over").count(), 0);
			assert.equal(await card(page, idle).locator(".quiet-since").innerText(), "Seit 14 Tagen unverändert");
			assert.equal(await card(page, other).locator(".quiet-since").count(), 0, "0 days: never");
			await page.person.look("board-warns");
			await page.person.check("board-warns");
			await page.context().close();
		}
	const page = await browse(kontor);
	await page.goto("/deal?as=board");
	await lane(page, first).getByRole("button", { name: new RegExp(`Spalte ${first.name}`) }).click();
	await lane(page, first).getByRole("link", { name: "Nur Liegengebliebenes" }).click();
	await page.getByRole("link", { name: idle.name }).waitFor();
	assert.equal(await page.locator("tbody tr[data-id]").count(), 1);
	await page.context().close();
});

test("the editor is read and worked with at every width, in both themes", async () => {
	for (const width of WIDTHS)
		for (const dark of [false, true]) {
			const page = await browse(kontor, { width, dark });
			await page.goto("/admin/pipelines");
			await page.person.look("process");
			await page.person.check("process");
			await page.context().close();
		}
});
