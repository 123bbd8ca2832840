// Lists: what they show, how they are asked, and that all of it works without scripts.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 200 });
const token = kontor.token("lists");
const ask = async (where) => (await kontor.api("GET", where, { token })).body;
const german = (n) => n.toLocaleString("de-DE");
const cells = (page, column) => page.locator(`tbody td[data-label="${column}"]`).allInnerTexts();
const plain = (text) => text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss");
const sorted = (texts) => [...texts].sort((a, b) => a.localeCompare(b, "de"));

test("UX-11 the total is exact, numbers stand at the right, the totals of each column are those of all rows", async () => {
	const page = await browse(kontor);
	await page.goto("/deal");
	const all = await ask("/api/v1/aggregate/deal?measure=count,count(value),sum(value),min(value),max(value)");
	const [{ count, "sum(value)": sum }] = all.groups;
	assert.equal(await page.locator("#count").innerText(), `${german(count)} Datensätze`);
	assert.equal(await page.locator("tbody td.is-number").first().evaluate((cell) => getComputedStyle(cell).textAlign), "right");
	const total = page.locator("tfoot").getByRole("button", { name: /^Summen: Wert/ });
	await total.waitFor();
	const amount = Number(sum.amount).toLocaleString("de-DE", { minimumFractionDigits: 2 });
	assert.ok((await total.innerText()).includes(amount), `${await total.innerText()} is ${amount}`);
	await total.click();
	const figures = page.locator(".figures:popover-open");
	for (const name of ["Ausgefüllt", "Leer", "Summe", "Durchschnitt", "Kleinster Wert", "Größter Wert"]) await figures.getByText(name, { exact: true }).waitFor();
	await page.person.look("list-totals");
	await page.keyboard.press("Escape");
	await page.evaluate(() => scrollTo(0, 0));
	await page.person.check("list-totals");
	await page.context().close();
});

for (const script of [true, false])
	test(`UX-02 a head sorts up, down and not at all${script ? ", Shift adds a second key" : ", also without scripts"}`, async () => {
		const page = await browse(kontor, { script });
		await page.goto("/organisation");
		const head = (name) => page.getByRole("columnheader", { name });
		const click = async (name, options) => {
			const before = page.url();
			await head(name).getByRole("link").click(options);
			await page.waitForURL((url) => url.href !== before);
			await page.locator("#list:not([aria-busy])").waitFor();
		};
		await click(/^Ort/);
		assert.equal(await head(/^Ort/).getAttribute("aria-sort"), "ascending");
		const towns = (await cells(page, "Ort")).filter(Boolean);
		assert.deepEqual(towns, sorted(towns));
		await click(/^Ort/);
		assert.equal(await head(/^Ort/).getAttribute("aria-sort"), "descending");
		assert.match(page.url(), /sort=-city/);
		await click(/^Ort/);
		assert.equal(await head(/^Ort/).getAttribute("aria-sort"), null);
		if (script) {
			await click(/^Ort/);
			await click(/^Name/, { modifiers: ["Shift"] });
			assert.match(decodeURIComponent(page.url()), /sort=city,name/);
			assert.equal(await head(/^Ort/).getAttribute("aria-sort"), "ascending");
			assert.equal(await head(/^Name/).getAttribute("aria-sort"), "ascending");
		}
		await page.context().close();
	});

test("UX-03 columns are chosen, also through links, and the address holds them", async () => {
	const page = await browse(kontor, { script: false });
	await page.goto("/deal?columns=name,party.city:200,value");
	assert.deepEqual(await page.locator("thead th[data-name]").allInnerTexts(), ["Name", "Geschäftspartner: Ort", "Wert"]);
	const [first] = (await ask("/api/v1/deal?fields=id,party&limit=1")).items;
	const party = await ask(`/api/v1/party/${first.party}`);
	assert.equal((await cells(page, "Geschäftspartner: Ort"))[0], party.city ?? "");
	await page.getByRole("button", { name: "Spalten" }).click();
	await page.getByRole("checkbox", { name: "Nächster Schritt" }).check();
	await page.locator("#column-menu").getByRole("button", { name: "Anwenden" }).click();
	await page.getByRole("columnheader", { name: "Nächster Schritt" }).waitFor();
	assert.match(decodeURIComponent(page.url()), /party\.city:200/);
	await page.context().close();
});

test("UX-04 each clause is a chip that is changed in its place or taken off; all can be cleared", async () => {
	const page = await browse(kontor, { script: false });
	await page.goto(`/organisation?where=${encodeURIComponent('city = Bonn or city starts "K"')}`);
	const chips = page.getByRole("list", { name: "Filter" });
	await page.getByRole("button", { name: "Filtern", exact: true }).click();
	const menu = page.locator("#filter-menu");
	await menu.getByLabel("Feld").selectOption("stage");
	await menu.getByLabel("Vergleich").selectOption("!=");
	await menu.getByLabel("Wert", { exact: true }).fill("lost");
	await menu.getByRole("button", { name: "Hinzufügen" }).click();
	await chips.getByRole("button", { name: "Lebenszyklusphase ist nicht Verloren" }).waitFor();
	await chips.getByRole("button", { name: "Ort ist „Bonn“ oder Ort beginnt mit „K“" }).waitFor();
	await chips.getByRole("button", { name: /Verloren/ }).click();
	await page.locator(".clause .menu:popover-open textarea").fill("stage = prospect");
	await page.locator(".clause .menu:popover-open").getByRole("button", { name: "Anwenden" }).click();
	await chips.getByRole("button", { name: "Lebenszyklusphase ist Interessent" }).waitFor();
	await chips.getByRole("link", { name: /entfernen: Ort/ }).click();
	assert.equal(new URL(page.url()).searchParams.get("where"), "stage = prospect");
	await chips.getByRole("link", { name: "Kunden", exact: true }).click();
	await chips.getByRole("link", { name: "Alle entfernen" }).click();
	assert.equal(new URL(page.url()).search, "");
	await page.context().close();
});

test("UX-06 UX-07 relative dates and links are said in words", async () => {
	const page = await browse(kontor, { script: false });
	const where = "created_at >= -30d and none(activities where at = this quarter) and owner.name contains a and birthday within 14d";
	await page.goto(`/party?where=${encodeURIComponent(where)}`);
	const chips = page.getByRole("list", { name: "Filter" });
	for (const name of ["Angelegt frühestens vor 30 Tagen", "ohne Aktivitäten (Zeitpunkt ist dieses Quartal)", "Zuständig → Name enthält „a“", "Geburtstag in den nächsten 14 Tagen"]) await chips.getByRole("button", { name }).waitFor();
	await page.context().close();
});

test("UX-12 groups carry their totals and open one by one", async () => {
	const page = await browse(kontor, { script: false });
	await page.goto("/deal");
	await page.getByRole("button", { name: "Gruppieren" }).click();
	await page.locator("#group-menu").getByRole("link", { name: "Ergebnis", exact: true }).click();
	const { groups } = await ask("/api/v1/aggregate/deal?group=outcome&measure=count,sum(value)");
	for (const [key, label] of [["open", "Offen"], ["won", "Gewonnen"], ["lost", "Verloren"]]) {
		const group = groups.find((one) => one.outcome === key);
		const head = page.locator(".group-head", { hasText: label });
		assert.ok((await head.locator("th").innerText()).includes(german(group.count)));
		assert.ok((await head.innerText()).includes(Number(group["sum(value)"].amount).toLocaleString("de-DE", { minimumFractionDigits: 2 })));
	}
	const open = (label) => page.getByRole("button", { name: new RegExp(`^${label}`) });
	assert.equal(await open("Offen").getAttribute("aria-expanded"), "true");
	assert.equal(await open("Gewonnen").getAttribute("aria-expanded"), "false");
	await open("Gewonnen").click();
	assert.equal(await open("Gewonnen").getAttribute("aria-expanded"), "true");
	await open("Offen").click();
	assert.equal(await open("Offen").getAttribute("aria-expanded"), "false");
	await page.goto("/deal?group=expected_on:quarter");
	await page.getByRole("button", { name: /Quartal 20/ }).first().waitFor();
	await page.context().close();
});

test("UX-14 an empty list says which filter leaves out how many, and takes it off", async () => {
	const page = await browse(kontor, { script: false });
	const { total } = await ask("/api/v1/organisation?total=1&limit=1");
	const klein = (await ask(`/api/v1/organisation?total=1&limit=1&where=${encodeURIComponent("city = Nirgendwo")}`)).total;
	assert.equal(klein, 0);
	await page.goto(`/organisation?where=${encodeURIComponent("city = Nirgendwo and stage != lost")}`);
	await page.getByText(`0 von ${german(total)}`).waitFor();
	const reason = page.locator(".reasons li", { hasText: "Nirgendwo" });
	assert.ok((await reason.innerText()).includes(german(total)));
	await page.person.look("list-empty");
	await reason.getByRole("link").click();
	assert.equal(new URL(page.url()).searchParams.get("where"), "stage != lost");
	assert.ok(await page.locator("tbody tr").count());
	await page.context().close();
});

test("UX-16 words are found within the list", async () => {
	const page = await browse(kontor, { script: false });
	await page.goto("/organisation");
	const name = (await cells(page, "Name"))[0].split(" ")[0];
	await page.getByLabel("In dieser Liste finden").fill(name.toLowerCase());
	await page.keyboard.press("Enter");
	await page.waitForURL(/q=/);
	const rows = await page.locator("tbody tr").allInnerTexts();
	assert.ok(rows.length);
	assert.deepEqual(rows.filter((row) => !plain(row).includes(plain(name))), [], name);
	await page.context().close();
});

test("UX-10 an address that names what is not there says so, and changes nothing else", async () => {
	const page = await browse(kontor, { script: false });
	page.expected.push(/status of 422/);
	for (const query of ["columns=nonsense", "sort=nonsense", "where=nonsense+%3D+1", "filter=nonsense", "group=nonsense", "columns=name:99999"]) {
		const reply = await page.goto(`/organisation?${query}`);
		assert.equal(reply.status(), 422, query);
		await page.getByRole("alert").waitFor();
	}
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 lists at ${width} px, ${dark ? "dark" : "light"}: nothing sticks out, WCAG 2.2 AA holds`, async () => {
			const page = await browse(kontor, { width, dark });
			const pages = [["plain", "/deal?sort=-value,name"], ["filtered", `/organisation?filter=customers&where=${encodeURIComponent("city != Bonn and employees > 10")}`], ["groups", "/deal?group=stage"]];
			for (const [name, where] of pages) {
				await page.goto(where);
				await page.person.look(`list-${name}`);
				await page.person.check(`list-${name}`);
			}
			await page.goto("/deal");
			await page.getByRole("button", { name: "Filtern", exact: true }).click();
			await page.person.look("list-filter-menu");
			await page.person.check("list-filter-menu");
			await page.context().close();
		});
