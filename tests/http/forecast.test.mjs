// What will be sold, what was, what is to be; what moved; to whom and why deals were lost.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root", { role: "management" });
const make = async (object, body, token = root) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const patch = (object, id, body) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token: root, body });
const visit = async (login, role) => {
	kontor.user(login, { role });
	const visitor = new Visitor(kontor, "en");
	await visitor.signIn(login);
	return visitor;
};
const boss = await visit("boss", "management");
const seller = await visit("seller", "sales");
const users = Object.fromEntries((await kontor.expect(200, "GET", "/api/v1/user?fields=id,login&limit=50", { token: root })).body.items.map((one) => [one.login, one.id]));

// Days of this quarter and the next ones, whatever day it is.
const now = new Date(new Date().toLocaleString("sv", { timeZone: "Europe/Berlin" }).replace(" ", "T") + "Z");
const day = (months, at = 15) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, at)).toISOString().slice(0, 10);
const today = now.toISOString().slice(0, 10);
const eur = (amount) => ({ amount: amount.toFixed(2), currency: "EUR" });
const product = { A: (await make("product", { name: "A" })).id, B: (await make("product", { name: "B" })).id };
const reasons = { Preis: (await make("loss_reason", { name: "Preis" })).id, Zeit: (await make("loss_reason", { name: "Zeit" })).id };
const rivals = { Acme: (await make("competitor", { name: "Acme" })).id, Bolt: (await make("competitor", { name: "Bolt" })).id };

const DEALS = [
	{ outcome: "open", value: 1000, probability: 50, on: day(0), owner: "boss", product: "A" },
	{ outcome: "open", value: 333.33, probability: 10, on: day(0), owner: "seller", product: "B" },
	{ outcome: "open", value: 2000, probability: 25, on: day(1), owner: "boss", product: "B" },
	{ outcome: "open", value: 700, probability: 100, on: day(-3), owner: "boss", product: "A" },
	{ outcome: "open", value: 50, probability: 20, on: day(20), owner: "seller" },
	{ outcome: "open", value: 60, probability: 50, on: null, owner: "seller", product: "A" },
	{ outcome: "won", value: 400, on: today, opened: day(-1, 1), owner: "boss", product: "A" },
	{ outcome: "lost", value: 90, on: today, opened: day(-1, 1), owner: "boss", product: "A", reason: "Preis", rival: "Acme" },
	{ outcome: "lost", value: 10, on: day(-2), opened: day(-3), owner: "seller", product: "A", reason: "Preis", rival: "Bolt" },
	{ outcome: "lost", value: 5, on: day(-2), opened: day(-2), owner: "seller", product: "B", reason: "Zeit" },
	{ outcome: "won", value: 30, on: day(-2), opened: day(-4), owner: "seller", product: "B" },
];
for (const [i, deal] of DEALS.entries())
	deal.id = (await make("deal", {
		name: `Deal ${i}`, outcome: deal.outcome, value: eur(deal.value), owner: users[deal.owner], opened_on: deal.opened ?? day(-5),
		...(deal.probability && { probability: String(deal.probability) }), ...(deal.product && { product: product[deal.product] }),
		...(deal.reason && { loss_reason: reasons[deal.reason] }), ...(deal.rival && { competitor: rivals[deal.rival] }),
		...(deal.on && { [deal.outcome === "open" ? "expected_on" : "closed_on"]: deal.on }),
	})).id;

const text = (html) => html.replace(/<[^>]*>/g, " ").replace(/&nbsp;|\u00a0|\u202f/g, " ").replace(/\s+/g, " ").trim();
const unescape = (url) => url.replaceAll("&amp;", "&").replaceAll("&#x3D;", "=").replaceAll("&#61;", "=");
const tables = (html) =>
	[...html.matchAll(/<table>([\s\S]*?)<\/table>/g)].map(([, table]) =>
		[...table.matchAll(/<tr><th scope="row"[^>]*>([\s\S]*?)<\/th>([\s\S]*?)<\/tr>/g)].map(([, label, cells]) => ({
			label: text(label), cells: [...cells.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => ({ text: text(cell), url: unescape(/href="([^"]*)"/.exec(cell)?.[1] ?? "") })),
		})),
	);
const euro = (value) => `€${value.toLocaleString("en", { minimumFractionDigits: 2 })}`;
const sum = (deals, of) => deals.reduce((all, deal) => all + of(deal), 0);
const month = (date) => date?.slice(0, 7);

test("GEN-16 ANA-13 the forecast: open deals weighted and unweighted, and what was won, by month; each figure leads to its deals", async () => {
	const [periods] = tables((await boss.get("/forecast")).text);
	assert.equal(periods.length, 9);
	const slots = [(d) => d.on && month(d.on) < month(day(0)), ...[0, 1, 2, 3, 4, 5].map((m) => (d) => month(d.on) === month(day(m))), (d) => d.on && month(d.on) > month(day(5)), (d) => !d.on];
	for (const [i, row] of periods.entries()) {
		const open = DEALS.filter((deal) => deal.outcome === "open" && slots[i](deal)), won = DEALS.filter((deal) => deal.outcome === "won" && i >= 1 && i <= 6 && slots[i](deal));
		const weighted = sum(open, (deal) => Math.round(deal.value * deal.probability) / 100);
		assert.equal(row.cells[0].text, won.length ? `${euro(sum(won, (d) => d.value))} (${won.length})` : "", row.label);
		assert.equal(row.cells[1].text, open.length ? `${euro(sum(open, (d) => d.value))} (${open.length})` : "", row.label);
		assert.equal(row.cells[2].text, open.length ? euro(weighted) : "", row.label);
		assert.equal(row.cells[3].text, open.length + won.length ? euro(weighted + sum(won, (d) => d.value)) : "", row.label);
		for (const [k, of] of [won, open].entries()) if (of.length) assert.match((await boss.get(row.cells[k].url)).text, new RegExp(`data-total="${of.length}"`), row.cells[k].url);
	}
	const asked = fs.readFileSync(kontor.logFile, "utf8").split("\n").filter((line) => line.includes('route="GET /forecast"')).map((line) => Number(/sql_count=(\d+)/.exec(line)[1]));
	assert.ok(asked.length && Math.max(...asked) <= 18, `statements: ${asked}`);
	const quarters = tables((await boss.get("/forecast?by=quarter")).text)[0];
	assert.equal(quarters.length, 7);
});

test("GEN-16 lines by person, product and pipeline; the sum of the lines is that of all", async () => {
	for (const group of ["owner", "product", "team", "pipeline", "unit"])
		for (const show of ["", "weighted", "open", "won"]) {
			const lines = tables((await boss.get(`/forecast?group=${group}&show=${show}`)).text)[1];
			const number = (cell) => Number(cell.text.replace(/[^0-9.-]/g, "") || 0);
			for (let k = 0; k < 9; k++) assert.equal(sum(lines.slice(0, -1), (line) => Math.round(number(line.cells[k]) * 100)), Math.round(number(lines.at(-1).cells[k]) * 100), `${group} ${show} ${k}`);
		}
	const lines = tables((await boss.get("/forecast?group=product&show=open")).text)[1];
	const a = lines.find((line) => line.label === "A");
	assert.equal(a.cells[1].text, euro(1000));
	assert.match((await boss.get(a.cells[1].url)).text, /data-total="1"/);
	const mine = tables((await seller.get("/forecast?who=mine&show=open")).text)[1];
	assert.equal(mine.at(-1).cells[1].text, euro(333.33));
});

test("GEN-16 GEN-25 targets of a quarter, spread over its months, and how much of them is attained and in sight", async () => {
	const quarter = Math.floor(now.getUTCMonth() / 3) * 3;
	const starts = new Date(Date.UTC(now.getUTCFullYear(), quarter, 20)).toISOString().slice(0, 10);
	const first = await make("target", { period: "quarter", starts_on: starts, amount: eur(3000) });
	assert.equal(first.starts_on, new Date(Date.UTC(now.getUTCFullYear(), quarter, 1)).toISOString().slice(0, 10));
	assert.equal(first.name, `All · Quarter ${quarter / 3 + 1} of ${now.getUTCFullYear()}`);
	await make("target", { period: "month", starts_on: day(0), amount: eur(500), owner: users.seller });
	const [periods] = tables((await boss.get("/forecast?group=product")).text);
	const current = periods[1].cells.map((cell) => cell.text);
	assert.equal(current[4], euro(1000));
	const weighted = 500 + 33.33, won = 400;
	assert.equal(current[5], `${(won / 10).toFixed(1).replace(/\.0$/, "")}%`);
	assert.equal(current[6], `${(Math.round(won + weighted) / 10).toFixed(1)}%`);
	const lines = tables((await boss.get("/forecast?group=owner")).text)[1];
	assert.equal(lines.find((line) => line.label === "seller").cells[9].text, euro(500));
	assert.equal((await kontor.expect(200, "GET", "/api/v1/target?total=1", { token: kontor.token("other", { role: "sales" }) })).body.total, 1, "another's target is not seen");
});

test("GEN-16 what moved in the last days: new, won, lost, value up and down, postponed and brought forward", async () => {
	await patch("deal", DEALS[0].id, { value: eur(1200), expected_on: day(2) });
	await patch("deal", DEALS[0].id, { value: eur(1500) });
	await patch("deal", DEALS[2].id, { value: eur(1), expected_on: day(0) });
	await patch("deal", DEALS[4].id, { name: "Another name" });
	const html = (await boss.get("/forecast")).text, moved = html.slice(html.indexOf('class="moved"'));
	const card = (label) => text(new RegExp(`<h3>${label}</h3>([\\s\\S]*?)</section>`).exec(moved)?.[1] ?? "");
	assert.match(card("Value raised"), /^1 Deal 0 €1,000\.00 → €1,500\.00$/);
	assert.match(card("Value lowered"), /^1 Deal 2 €2,000\.00 → €1\.00$/);
	assert.match(card("Postponed"), /^1 Deal 0 /);
	assert.match(card("Brought forward"), /^1 Deal 2 /);
	assert.doesNotMatch(moved, /Another name/);
	assert.match(text(moved), /Won 1 €400\.00/);
	assert.match(text(moved), /Lost 1 €90\.00/);
	await patch("deal", DEALS[0].id, { value: eur(1000), expected_on: day(0) });
	await patch("deal", DEALS[2].id, { value: eur(2000), expected_on: day(1) });
});

test("DAT-09 ANA-34 XRM-07 lost deals by competitor, reason, product and time, with win rate and cycle time", async () => {
	const rows = async (by) => tables((await boss.get(`/lost?by=${by}&when=all`)).text)[0];
	const lost = DEALS.filter((deal) => deal.outcome === "lost"), closed = DEALS.filter((deal) => deal.outcome !== "open");
	const days = (deals) => Math.round(sum(deals, (deal) => (Date.parse(deal.on) - Date.parse(deal.opened)) / 86400000) / deals.length);
	for (const [by, of] of [["competitor", (d) => d.rival], ["reason", (d) => d.reason], ["product", (d) => d.product]])
		for (const row of await rows(by)) {
			const is = (deal) => row.label === "All together" || (of(deal) ?? "(empty)") === row.label, gone = lost.filter(is), got = closed.filter((deal) => deal.outcome === "won" && is(deal));
			assert.deepEqual(row.cells.slice(0, 4).map((cell) => cell.text), [String(gone.length), `${(gone.length * 100 / lost.length).toFixed(1).replace(/\.0$/, "")}%`, euro(sum(gone, (d) => d.value)), String(days(gone))], `${by} ${row.label}`);
			if (gone.length) assert.match((await boss.get(row.cells[0].url)).text, new RegExp(`data-total="${gone.length}"`), row.cells[0].url);
			if (by !== "product") continue;
			assert.deepEqual(row.cells.slice(4).map((cell) => cell.text), [String(got.length), euro(sum(got, (d) => d.value)), String(days(got)), `${(got.length * 100 / (got.length + gone.length)).toFixed(1).replace(/\.0$/, "")}%`]);
		}
	assert.equal((await rows("reason"))[0].label, "Preis");
	assert.equal((await rows("time")).length, new Set(closed.map((deal) => `${deal.on.slice(0, 4)}${Math.floor((Number(deal.on.slice(5, 7)) - 1) / 3)}`)).size + 1);
	assert.equal((await boss.get("/lost?when=quarter&by=owner")).status, 200);
});

test("OP-26 processes of new business, service business and renewals; what is left lying over all stages is one filter", async () => {
	const quick = await make("pipeline", { name: "Renewal", kind: "renewal" });
	const stage = await make("stage", { pipeline: quick.id, name: "Due", position: 1, idle_days: 0 });
	const soon = await make("stage", { pipeline: quick.id, name: "Soon", position: 2, idle_days: 5 });
	const resting = await make("deal", { name: "Never idle", stage: stage.id });
	const lying = await make("deal", { name: "Idle soon", stage: soon.id });
	assert.equal(resting.idle_on ?? null, null);
	assert.equal(lying.pipeline, quick.id);
	const days = (Date.parse(lying.idle_on) - Date.parse(today)) / 86400000;
	assert.ok(days >= 4 && days <= 6, `${days}`);
	const list = await kontor.expect(200, "GET", `/api/v1/deal?where=${encodeURIComponent("outcome = open and idle_on <= +5d")}&fields=name`, { token: root });
	assert.deepEqual(list.body.items.map((one) => one.name), ["Idle soon"]);
	assert.equal((await boss.get("/deal?filter=lying")).status, 200);
	await patch("deal", lying.id, { outcome: "lost" });
	const gone = (await kontor.expect(200, "GET", `/api/v1/deal/${lying.id}`, { token: root })).body;
	assert.equal(gone.idle_on ?? null, null);
	assert.equal(gone.cycle_days, 0);
});
