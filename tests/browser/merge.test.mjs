// Two records that mean the same one: found, laid side by side, merged, taken apart, or kept apart.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 20 });
const token = kontor.token("merge");
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const get = async (object, id) => (await kontor.api("GET", `/api/v1/${object}/${id}`, { token })).body;
let made = 0;

async function pair() {
	const name = `Quastenflosser ${++made} Metallbau GmbH`;
	const one = await make("organisation", { name, city: "Bremen", email: `info@quaste-${made}.example`, tags: ["messe", "a-kunde"], notes: "Kennt Herrn Vogt." });
	const other = await make("organisation", { name: name.replace(" GmbH", ""), city: "Bremen", email: `kontakt@quaste-${made}.example`, phone: "0421 4711", tags: ["messe", "export"], notes: "Zahlt pünktlich." });
	const deal = await make("deal", { name: `Anlage ${made}`, party: other.id });
	return { one, other, deal };
}

for (const width of [1440, 360])
	test(`UX-53 UX-54 a possible duplicate is told on the record, merged field by field, and taken apart again, at ${width} px`, async () => {
		const { one, other, deal } = await pair(), page = await browse(kontor, { width }), main = page.getByRole("main");
		await page.goto(`/organisation/${one.id}`);
		await main.getByRole("link", { name: "Mögliche Doppelte (1)" }).click();
		const twin = main.locator(".twin").filter({ hasText: other.name });
		await twin.getByText("Ähnlicher Name · Gleich: Ort").waitFor();
		await page.person.check("duplicates");
		await page.person.look("duplicates");
		await twin.getByRole("link", { name: "Zusammenführen …" }).click();

		// Side by side: what hangs on each, what differs, what is the same.
		const field = (name) => main.getByRole("group", { name, exact: true });
		await main.getByText("1 Deal").waitFor();
		assert.ok(await field("Welcher Datensatz bleibt?").getByRole("radio", { name: new RegExp(one.name) }).isChecked());
		assert.deepEqual(await field("E-Mail").getByRole("radio").count(), 2);
		assert.equal(await field("Telefon").count(), 0, "what stands in one of them alone is no choice");
		assert.ok(await field("Schlagwörter").getByLabel("Alles behalten").isChecked());
		await page.person.check("merge");
		await page.person.look("merge");
		await field("E-Mail").getByLabel(other.email).check();
		await main.getByRole("button", { name: "Zusammenführen" }).click();
		await page.getByText("Zusammengeführt.").waitFor();
		await page.person.settled();
		const now = await get("organisation", one.id);
		assert.equal(now.name, one.name);
		assert.equal(now.email, other.email);
		assert.equal(now.phone, other.phone);
		assert.deepEqual(now.tags, ["a-kunde", "export", "messe"]);
		assert.equal(now.notes, "Kennt Herrn Vogt.\n\nZahlt pünktlich.");
		assert.equal((await get("deal", deal.id)).party, one.id);
		assert.equal((await get("organisation", other.id)).status, 404);

		// Taken apart, everything is as it was.
		await main.getByRole("link", { name: "Doppelte, zusammenführen" }).click();
		await main.getByText("In diesen Datensatz zusammengeführt").waitFor();
		await main.getByRole("button", { name: "Wieder trennen" }).click();
		await main.locator(".twin").filter({ hasText: other.name }).waitFor();
		await page.person.settled();
		assert.deepEqual((await get("organisation", one.id)).tags, ["a-kunde", "messe"]);
		assert.equal((await get("organisation", other.id)).email, other.email);
		assert.equal((await get("deal", deal.id)).party, other.id);
		assert.equal(await main.getByText("In diesen Datensatz zusammengeführt").count(), 0);
		await page.context().close();
	});

test("UX-54 what is not the same is never asked about again, unless that is undone", async () => {
	const { one, other } = await pair(), page = await browse(kontor, { lang: "en", user: null });
	await page.goto("/sign-in");
	await page.fill("#name", "demo");
	await page.fill("#password", "kontor-demo");
	await page.press("#password", "Enter");
	await page.waitForURL((url) => url.pathname !== "/sign-in");
	const main = page.getByRole("main");
	await page.goto(`/organisation/${other.id}/duplicates`);
	await main.locator(".twin").filter({ hasText: one.name }).getByRole("button").click();
	await page.getByText(/kept apart from now on|bleiben von jetzt an getrennt/).waitFor();
	assert.equal(await main.locator(".twin").filter({ hasText: one.name }).count(), 0);
	const twins = async (id) => (await kontor.expect(200, "GET", `/api/v1/organisation/${id}/duplicates`, { token })).body.items.map((item) => item.id);
	assert.ok(!(await twins(one.id)).includes(other.id), "nor from the other side");
	await page.getByRole("button", { name: /Undo|Rückgängig/ }).last().click();
	await main.locator(".twin").filter({ hasText: one.name }).waitFor();
	await page.person.settled();
	assert.ok((await twins(one.id)).includes(other.id));
	await page.context().close();
});

test("UX-53 two ticked rows of a list are laid side by side; with another one than those that were found; by keyboard", async () => {
	const { one, other } = await pair(), page = await browse(kontor), main = page.getByRole("main");
	await page.goto(`/organisation?q=${encodeURIComponent(`Quastenflosser ${made}`)}`);
	for (const { id } of [one, other]) await page.locator(`tr[data-id="${id}"] .pick input`).check();
	await page.locator("#bulk").getByRole("button", { name: "Zusammenführen" }).click();
	await main.getByText("Welcher Datensatz bleibt?").waitFor();
	assert.equal(await main.getByRole("group", { name: "Welcher Datensatz bleibt?" }).getByRole("radio").count(), 2);
	// The other one stays: chosen with the arrow key, sent with Enter.
	await main.getByRole("group", { name: "Welcher Datensatz bleibt?" }).getByRole("radio").first().focus();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.getByText("Zusammengeführt.").waitFor();
	assert.match(page.url(), new RegExp(`/organisation/${other.id}\\b`));
	await page.person.settled();
	assert.equal((await get("organisation", one.id)).status, 404);

	const third = await make("organisation", { name: "Zufall KG" });
	await page.goto(`/organisation/${third.id}/duplicates`);
	await main.getByText("Es wurde nichts gefunden").waitFor();
	await main.getByRole("combobox", { name: "Anderer Datensatz" }).fill("Quastenflosser");
	await page.getByRole("option").first().waitFor();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await main.getByRole("button", { name: "Gegenüberstellen" }).click();
	await main.getByText("Welcher Datensatz bleibt?").waitFor();
	await page.context().close();
});

test("merging works with scripts switched off; wrong choices are told", async () => {
	const { one, other } = await pair(), page = await browse(kontor, { script: false }), main = page.getByRole("main");
	await page.goto(`/organisation/${one.id}`);
	await main.getByRole("link", { name: "Doppelte, zusammenführen" }).click();
	await main.locator("#with").fill(`#${other.id}`);
	await main.getByRole("button", { name: "Gegenüberstellen" }).click();
	await main.getByRole("button", { name: "Zusammenführen" }).click();
	assert.match(page.url(), new RegExp(`/organisation/${one.id}\\?done=\\d+&did=merge`));
	assert.equal((await get("organisation", other.id)).status, 404);
	page.expected.push(/status of 4\d\d/);
	for (const [query, says] of [["", "Wählen Sie einen Datensatz, mit dem dieser zusammengeführt werden soll"], [`?with=${one.id}`, "nicht mit sich selbst"], ["?with=Irgendwer", "Wählen Sie den anderen Datensatz aus dem, was beim Schreiben angeboten wird"]]) {
		await page.goto(`/organisation/${one.id}/merge${query}`);
		assert.match(await main.innerText(), new RegExp(says));
	}
	await page.context().close();
});
