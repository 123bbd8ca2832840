// Territories without a map: the records of a list by the area of their postcode, with exact figures, for those who may see them.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const make = async (object, body, as = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: as, body })).body;
const visit = async (login, role) => {
	kontor.user(login, { role });
	const visitor = new Visitor(kontor, "de");
	await visitor.signIn(login);
	return visitor;
};
const anna = await visit("anna", "management");

const FIRMS = [
	["50667", null, "1000.00"], ["53111", "DE", "2000.00"], ["53113", "Deutschland", null], ["5020", "AT", "400.00"], ["8001", "Schweiz", "10.00", "CHF"],
	["01067", "", "5.00"], ["D-50667", null, null], [null, "DE", "7.00"], [null, null, null], ["53999", "de", "0.50"],
];
for (const [i, [postcode, country, amount, currency = "EUR"]] of FIRMS.entries())
	await make("organisation", { name: `Firma ${i}`, ...(postcode && { postcode }), ...(country && { country }), ...(amount && { revenue: { amount, currency } }) });

const text = (html) => html.replace(/<svg[\s\S]*?<\/svg>/g, "").replace(/<[^>]*>/g, " ").replace(/&nbsp;|\u00a0|\u202f/g, " ").replace(/\s+/g, " ").trim();
const areas = (html) => [...html.matchAll(/<tr class="area[^"]*" data-area="([^"]*)">([\s\S]*?)<\/tr>/g)].map(([, key, row]) => [key, ...[...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => text(cell))]);
const shape = async (who, query = "", object = "organisation") => (await who.get(`/${object}?as=territory${query}`)).text;
const keys = (html) => areas(html).map(([key]) => key);

test("areas are the first digits of the postcode in each country, with number and sums that are exact", async () => {
	const rows = new Map(areas(await shape(anna, "&columns=name,revenue")).map(([key, , count, sum]) => [key, [count, sum]]));
	assert.deepEqual([...rows.keys()].sort(), ["-", "-0", "-5", "-D", "AT-5", "CH-8", "DE-", "DE-5"]);
	assert.equal(rows.get("DE-5")[0], "3");
	assert.match(rows.get("DE-5")[1], /^€2,000\.50/);
	assert.match(rows.get("AT-5")[1], /^€400\.00/);
	assert.match(rows.get("CH-8")[1], /CHF ?10\.00/);
	assert.match(rows.get("-0")[1], /^€5\.00/);
	assert.equal([...rows.values()].reduce((sum, [count]) => sum + Number(count), 0), FIRMS.length);
});

test("an area opens to two digits, those to the records; what leads to the list leads to the same ones", async () => {
	assert.deepEqual(keys(await shape(anna, "&open=DE-5")).filter((key) => key.startsWith("DE-5")), ["DE-5", "DE-53"]);
	const open = await shape(anna, "&open=DE-5,DE-53");
	const records = /<tr class="records">([\s\S]*?)<\/tr>/.exec(open)[1];
	for (const name of ["Firma 1", "Firma 2", "Firma 9"]) assert.ok(records.includes(name), name);
	assert.ok(!records.includes("Firma 0"));
	const list = /<a class="button small" href="([^"]*)"/.exec(records)[1].replaceAll("&amp;", "&");
	assert.match((await anna.get(list)).text, /data-total="3"/);
	for (const [key, , count] of areas(await shape(anna))) {
		const parts = keys(await shape(anna, `&open=${encodeURIComponent(key)}`)).filter((one) => one !== key && one.startsWith(key) && key.length > 1 && !key.endsWith("-"));
		const opened = await shape(anna, `&open=${encodeURIComponent([key, ...parts].join(","))}`);
		const all = [...opened.matchAll(/<tr class="records">([\s\S]*?)<\/tr>/g)].flatMap(([, rows]) => [...rows.matchAll(/<li>/g)]);
		assert.equal(all.length, Number(count), key);
	}
});

test("they are sorted by any figure, and by person in charge, team or unit too", async () => {
	const html = await shape(anna, "&lanes=-count&columns=name,revenue");
	const counts = areas(html).map(([, , count]) => Number(count));
	assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
	assert.match(html, /aria-sort="descending"/);
	assert.equal(keys(await shape(anna, "&lanes=-revenue&columns=name,revenue"))[0], "DE-5");
	assert.equal(keys(await shape(anna, "&lanes=-area")).at(0), "DE-5");
	const owners = areas(await shape(anna, "&group=owner"));
	assert.equal(owners.reduce((sum, [, , count]) => sum + Number(count), 0), FIRMS.length);
	assert.equal((await anna.get("/organisation?as=territory&group=name")).status, 422);
	assert.equal((await anna.get("/product?as=territory")).status, 422);
});

test("a filter leaves what it leaves, and words and views go with it", async () => {
	const html = await shape(anna, `&where=${encodeURIComponent('postcode starts "53"')}`);
	assert.deepEqual(keys(html), ["DE-5"]);
	assert.match(html, /data-total="3"/);
	assert.match(await shape(anna, `&where=${encodeURIComponent("name = nirgends")}`), /data-total="0"/);
});

test("who may only read sees the same figures; deals stand where their party is", async () => {
	const reader = await visit("leser", "readonly");
	assert.deepEqual(areas(await shape(reader)), areas(await shape(anna)));
	const firm = (await kontor.expect(200, "GET", `/api/v1/organisation?limit=1&where=${encodeURIComponent('postcode = "8001"')}`, { token })).body.items[0];
	await make("deal", { name: "In Zürich", party: firm.id, value: { amount: "10.00", currency: "EUR" } });
	await make("deal", { name: "Nirgends" });
	assert.deepEqual(areas(await shape(anna, "", "deal")).map(([key, , count]) => [key, count]), [["CH-8", "1"], ["-", "1"]], "those without a postcode stand last");
	const opened = await shape(anna, "&open=CH-8,CH-80", "deal");
	assert.match(/<tr class="records">([\s\S]*?)<\/tr>/.exec(opened)[1], /In Zürich/);
});

test("OPS-01 the table takes at most 6 statements, opened too", async () => {
	for (const query of ["", "&open=DE-5,DE-53", "&group=owner"]) {
		const taken = await kontor.statements("GET /{object}", () => shape(anna, query));
		assert.ok(taken <= 6, `${query}: ${taken} statements`);
	}
});
