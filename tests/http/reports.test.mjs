// Figures in groups: reports, their export, the works council's rule at every door that tells figures.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root", { role: "management" });
const make = async (object, body, token = root) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const visit = async (login, role) => {
	kontor.user(login, { role });
	const visitor = new Visitor(kontor, "en");
	await visitor.signIn(login);
	return visitor;
};
const boss = await visit("boss", "management");
const seller = await visit("seller", "sales");
const users = Object.fromEntries((await kontor.expect(200, "GET", "/api/v1/user?fields=id,login&limit=50", { token: root })).body.items.map((one) => [one.login, one.id]));
const product = {};
for (const name of ["Hammer", "Säge"]) product[name] = (await make("product", { name })).id;
const parties = {};
for (const city of ["Köln", "köln", "Bonn", null]) parties[city] = (await make("organisation", { name: `Firma ${city}`, ...(city && { city }) })).id;

// outcome, value, product, expected or closed, city, owner
const DEALS = [
	["open", 1000.5, "Hammer", "2026-01-15", "Köln", "boss"], ["open", 200, "Säge", "2026-01-31", "köln", "seller"], ["open", null, "Säge", "2026-02-01", "Bonn", "seller"],
	["won", 50, "Hammer", "2025-11-02", "Bonn", "boss"], ["won", 70.25, null, "2025-12-31", null, "seller"], ["lost", 9, "Säge", "2026-01-01", "Köln", "boss"], ["lost", 11, "Säge", "2026-03-31", "Köln", "boss"],
].map(([outcome, value, of, day, city, owner]) => ({ outcome, value, of, day, city, owner }));
for (const [i, deal] of DEALS.entries())
	await make("deal", {
		name: `Deal ${i}`, outcome: deal.outcome, owner: users[deal.owner], party: parties[deal.city], opened_on: "2025-10-01", ...(deal.of && { product: product[deal.of] }),
		...(deal.value !== null && { value: { amount: deal.value.toFixed(2), currency: "EUR" } }), [deal.outcome === "open" ? "expected_on" : "closed_on"]: deal.day,
	});

const text = (html) => html.replace(/<[^>]*>/g, " ").replace(/&nbsp;|\u00a0|\u202f/g, " ").replace(/\s+/g, " ").trim();
const unescape = (url) => url.replaceAll("&amp;", "&").replaceAll("&#x3D;", "=").replaceAll("&#61;", "=").replaceAll("&quot;", '"').replaceAll("&#39;", "'");
// Rows of the table: its label, and of each cell its text and where it leads.
const table = (html) =>
	[...html.matchAll(/<tr><th scope="row">([\s\S]*?)<\/th>([\s\S]*?)<\/tr>/g)].map(([, label, cells]) => ({
		label: text(label),
		cells: [...cells.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => ({ text: text(cell), url: unescape(/href="([^"]*)"/.exec(cell)?.[1] ?? "") })),
	}));
const address = (report) => `/report/new?${new URLSearchParams(report)}`;
const euro = (value) => `€${value.toLocaleString("en", { minimumFractionDigits: 2 })}`;

test("ANA-25 ANA-26 GEN-11 a report: rows, columns, counts and sums with totals, each figure leading to exactly its records", async () => {
	const page = await boss.get(address({ object_name: "deal", rows_by: "product", columns_by: "outcome", measures: "count,sum(value)" }));
	assert.equal(page.status, 200);
	const rows = table(page.text);
	assert.deepEqual(rows.map((row) => row.label), ["Hammer", "Säge", "(empty)", "All together"]);
	for (const row of rows) {
		for (const [k, outcome] of ["open", "won", "lost", null].entries()) {
			const meant = DEALS.filter((deal) => (row.label === "All together" || (deal.of ?? "(empty)") === row.label) && (!outcome || deal.outcome === outcome));
			const [count, sum] = row.cells.slice(k * 2, k * 2 + 2);
			assert.equal(count.text, meant.length ? String(meant.length) : "", `${row.label} ${outcome}`);
			const value = meant.filter((deal) => deal.value !== null);
			assert.equal(sum.text, value.length ? euro(value.reduce((all, deal) => all + deal.value, 0)) : "", `${row.label} ${outcome}`);
			if (!meant.length) continue;
			const list = await boss.get(count.url);
			assert.match(list.text, new RegExp(`data-total="${meant.length}"`), count.url);
		}
	}
});

test("ANA-25 dates in days, weeks, months, quarters and years; texts in one row however they are spelled", async () => {
	const labels = async (by) => table((await boss.get(address({ object_name: "deal", rows_by: by, measures: "count", condition: "outcome = open" }))).text).map((row) => [row.label, row.cells[0].text, row.cells[0].url]);
	assert.deepEqual((await labels("expected_on:month")).map(([label, n]) => [label, n]), [["01/2026", "2"], ["02/2026", "1"], ["All together", "3"]]);
	assert.deepEqual((await labels("expected_on:quarter")).map(([label, n]) => [label, n]), [["Quarter 1 of 2026", "3"], ["All together", "3"]]);
	const weeks = await labels("expected_on:week");
	assert.deepEqual(weeks.map(([, n]) => n), ["1", "2", "3"]); // 12 January; 26 January, until Sunday
	for (const [, n, url] of [...weeks, ...(await labels("expected_on:day")), ...(await labels("expected_on:year"))]) assert.match((await boss.get(url)).text, new RegExp(`data-total="${n}"`), url);
	const cities = table((await boss.get(address({ object_name: "deal", rows_by: "party.city", measures: "count" }))).text);
	assert.deepEqual(cities.map((row) => row.cells[0].text), ["2", "4", "1", "7"]);
	for (const row of cities) assert.match((await boss.get(row.cells[0].url)).text, new RegExp(`data-total="${row.cells[0].text}"`), row.cells[0].url);
});

test("ANA-24 means, the smallest and the greatest; the largest first; a chart that says the same", async () => {
	const page = await boss.get(address({ object_name: "deal", rows_by: "product", measures: "sum(value),avg(value),min(value),max(value),max(expected_on)", sorting: "most", chart: "bars" }));
	const rows = table(page.text);
	assert.deepEqual(rows.map((row) => row.label), ["Hammer", "Säge", "(empty)", "All together"]);
	assert.deepEqual(rows[0].cells.slice(0, 4).map((cell) => cell.text), ["€1,050.50", "€525.25", "€50.00", "€1,000.50"]);
	assert.equal(rows[3].cells[1].text, "€223.46"); // 1340.75 : 6
	assert.match(page.text, /<svg role="img"[^>]*>[\s\S]*Hammer[\s\S]*<\/svg>/);
	assert.equal((page.text.match(/<rect /g) ?? []).length, 3);
	const lines = await boss.get(address({ object_name: "deal", rows_by: "closed_on:month", columns_by: "outcome", chart: "line", condition: "outcome != open" }));
	assert.equal((lines.text.match(/<circle /g) ?? []).length, 8);
});

test("ANA-25 a report is kept, changed, shared; who may not see it does not", async () => {
	await boss.get(address({ object_name: "deal", rows_by: "product" }));
	const kept = await boss.post("/report/save", { name: "Nach Produkt", object_name: "deal", rows_by: "product", measure: "count", condition: "outcome = open", chart: "table" });
	assert.equal(kept.status, 303);
	const mine = await boss.get(kept.location);
	assert.match(mine.text, /<h1>Nach Produkt<\/h1>/);
	assert.equal(table(mine.text).at(-1).cells[0].text, "3");
	assert.equal((await seller.get(kept.location)).status, 404);
	const id = kept.location.split("/").at(-1);
	assert.equal((await boss.post("/report/save", { id, name: "Nach Ergebnis", object_name: "deal", rows_by: "outcome", measure: "count", shared: "1" })).status, 303);
	const shared = await seller.get(kept.location);
	assert.equal(shared.status, 200);
	assert.deepEqual(table(shared.text).map((row) => row.cells[0].text), ["3", "2", "2", "7"]);
	assert.notEqual((await seller.post("/report/save", { id, name: "x", object_name: "deal", measure: "count" })).status, 303, "another's report is not changed");
	const copy = await seller.post("/report/save", { id, as_new: "1", name: "Meine", object_name: "deal", rows_by: "outcome", measure: "count" });
	assert.equal(copy.status, 303);
	const shown = await boss.post("/report/show", { id, object_name: "deal", rows_by: "owner", measure: "count" });
	assert.match(shown.location, /^\/report\/\d+\?.*rows_by=owner/);
	assert.doesNotMatch(shown.location, /csrf/);
});

test("ANA-25 its figures as a file: CSV and XLSX", async () => {
	const report = { name: "=1+1", object_name: "deal", rows_by: "product", columns_by: "outcome", measures: "count,sum(value)" };
	await boss.get(address(report));
	const csv = await boss.post("/report/export", { ...report, format: "csv" });
	const lines = csv.text.replace(/^\ufeff/, "").trim().split("\r\n");
	assert.equal(lines.length, 5);
	assert.match(lines[0], /^"Product","Open · Count","Open · Sum: Value",/);
	assert.match(lines.at(-1), /^"All together","3",/);
	const sheet = await boss.post("/report/export", { ...report, format: "xlsx" });
	assert.equal(sheet.status, 200);
	assert.match(sheet.text, /^PK/);
	const reader = await visit("reader", "readonly");
	await reader.get(address(report));
	assert.equal((await reader.post("/report/export", { ...report, format: "csv" })).status, 403);
});

test("what a report cannot answer is told above its form", async () => {
	for (const wrong of [{ rows_by: "nothing" }, { condition: "value >" }, { measures: "sum(name)" }, { rows_by: "name:month" }]) {
		const page = await boss.get(address({ object_name: "deal", ...wrong }));
		assert.equal(page.status, 200);
		assert.match(page.text, /class="alert" role="alert">./);
	}
	assert.match((await boss.get(address({ object_name: "nothing" }))).text, /role="alert"/);
});
