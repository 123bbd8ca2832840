// The sales data of examples/sales-pipeline: what the interface counts and sums over the imported records
// is held against a computation of its own over the files.
import assert from "node:assert";
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SALES = path.join(ROOT, "examples/sales-pipeline");
const SHARED = process.env.KONTOR_SHARED_DATA ?? path.resolve(ROOT, "../shared/data");
const skip = fs.existsSync(path.join(SHARED, "crm_sales_pipeline.csv")) ? false : `there is no ${SHARED}; set KONTOR_SHARED_DATA`;

// --- the computation over the files: no quotes stand in them ---

const rows = (name) => {
	const [head, ...lines] = fs.readFileSync(path.join(SHARED, name), "utf8").split(/\r?\n/).filter(Boolean);
	const names = head.split(",");
	return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])));
};
const OUTCOME = { Prospecting: "open", Engaging: "open", Won: "won", Lost: "lost" };
const ACCOUNT = { null: "" };
const PRODUCT = { GTXPro: "GTX Pro" };
const iso = (text) => text.split("-").reverse().join("-");
const quarter = (date) => (date ? `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}` : null);

// Count and sum in cents, by a key of one deal; only those of this outcome.
function expected(deals, outcome, key) {
	const groups = {};
	for (const deal of deals.filter((d) => d.outcome === outcome)) {
		const group = (groups[key(deal)] ??= { count: 0, cents: 0 });
		group.count += 1;
		group.cents += deal.cents;
	}
	return groups;
}

const deals = skip
	? []
	: rows("crm_sales_pipeline.csv").map((row) => ({
			id: row.opportunity_id,
			owner: row.sales_agent,
			product: PRODUCT[row.product] ?? row.product,
			party: ACCOUNT[row.account] ?? row.account,
			stage: row.deal_stage,
			outcome: OUTCOME[row.deal_stage],
			opened_on: row.engage_date ? iso(row.engage_date) : null,
			closed_on: row.close_date ? iso(row.close_date) : null,
			cents: Math.round(Number(row.close_value || 0) * 100),
		}));

// --- what the program says ---

const kontor = skip ? null : await start();
const token = kontor?.token("anna");

async function groups(outcome, group) {
	const query = new URLSearchParams({ group, measure: "count,sum(value)", where: `outcome = ${outcome}` });
	const reply = await kontor.expect(200, "GET", `/api/v1/aggregate/deal?${query}`, { token });
	return Object.fromEntries(
		reply.body.groups.map((row) => {
			const sum = row["sum(value)"];
			if (sum) assert.equal(sum.currency, "USD");
			return [row.labels[group] ?? row[group] ?? "null", { count: row.count, cents: sum ? Math.round(Number(sum.amount) * 100) : 0 }];
		}),
	);
}

const total = async (object, where = "") =>
	(await kontor.expect(200, "GET", `/api/v1/${object}?${new URLSearchParams({ total: 1, limit: 1, ...(where && { where }) })}`, { token })).body.total;

// A fingerprint of all records of an object, as an export has them.
const fingerprint = (object) => crypto.createHash("sha256").update(kontor.cli(["export", object, "--format", "csv"]).out).digest("hex");

// Run the example's script.  Not by kontor.cli: what takes long must not keep this process from noticing
// connections that the server closes.
function load(folder) {
	const data = kontor.where();
	const env = { ...process.env, KONTOR: path.resolve(ROOT, process.env.KONTOR ?? "build/asan/kontor"), KONTOR_DB: data.database ?? "" };
	const child = spawn(path.join(SALES, "load"), [data.folder, folder], { env });
	let out = "";
	let err = "";
	child.stdout.on("data", (text) => (out += text));
	child.stderr.on("data", (text) => (err += text));
	return new Promise((done) => child.on("close", (code) => done({ code, err, lines: out.trim().split("\n") })));
}

// A folder with the files of the sales data alone.
function salesFolder() {
	const folder = path.join(kontor.folder, "csv");
	fs.mkdirSync(folder, { recursive: true });
	for (const name of fs.readdirSync(SHARED).filter((name) => name.startsWith("crm_"))) fs.copyFileSync(path.join(SHARED, name), path.join(folder, name));
	return folder;
}

let lines = [];

test("DQ-09 the sales data come in without a loss", { skip }, async () => {
	const done = await load(salesFolder());
	assert.equal(done.code, 0, done.err);
	lines = done.lines;
	assert.equal(lines.length, 9);
	for (const line of lines) assert.match(line, / 0 passed over, .* 0 warnings, 0 errors; changeset [0-9]+$/);
	assert.equal(await total("deal"), deals.length);
	assert.equal(await total("organisation"), 85);
	assert.equal(await total("deal", "party is empty"), deals.filter((d) => !d.party).length);
	assert.equal(await total("deal", "opened_on is empty"), deals.filter((d) => !d.opened_on).length);
	assert.equal(await total("organisation", "parent_party is not empty"), rows("crm_accounts.csv").filter((a) => a.subsidiary_of).length);
});

for (const outcome of ["won", "lost"])
	for (const [group, key] of [
		["owner", (d) => d.owner],
		["product", (d) => d.product],
		["stage", (d) => d.stage],
		["closed_on:quarter", (d) => quarter(d.closed_on)],
	])
		test(`GEN-11 deals ${outcome} by ${group} are those of the files, to the cent`, { skip }, async () => {
			assert.deepEqual(await groups(outcome, group), expected(deals, outcome, key));
		});

test("GEN-11 what each organisation bought is that of the files, to the cent", { skip }, async () => {
	const want = expected(deals.filter((d) => d.party), "won", (d) => d.party);
	const got = await groups("won and party is not empty", "party");
	assert.deepEqual(got, want);
});

test("DQ-09 every single deal is as the file has it", { skip }, async () => {
	const got = JSON.parse(kontor.cli(["export", "deal", "--format", "json"]).out);
	const titles = async (object) => Object.fromEntries(JSON.parse(kontor.cli(["export", object, "--format", "json"]).out).map((r) => [r.id, r.name]));
	const [users, products, parties, stages] = await Promise.all(["user", "product", "party", "stage"].map(titles));
	const byId = Object.fromEntries(got.map((r) => [r.external_id, r]));
	for (const deal of deals) {
		const r = byId[deal.id];
		assert.deepEqual(
			[users[r.owner], products[r.product], parties[r.party] ?? "", stages[r.stage], r.outcome, r.opened_on, r.closed_on, Math.round(Number(r.value?.amount ?? 0) * 100)],
			[deal.owner, deal.product, deal.party, deal.stage, deal.outcome, deal.opened_on, deal.closed_on, deal.cents],
			deal.id,
		);
	}
});

// --- on the screen ---

const plain = (html) => html.replace(/<[^>]*>/g, " ").replace(/&nbsp;|\u00a0|\u202f/g, " ").replace(/\s+/g, " ").trim();
const tables = (html) =>
	[...html.matchAll(/<table>([\s\S]*?)<\/table>/g)].map(([, table]) =>
		Object.fromEntries([...table.matchAll(/<tr><th scope="row"[^>]*>([\s\S]*?)<\/th>([\s\S]*?)<\/tr>/g)].map(([, label, cells]) => [plain(label), [...cells.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => plain(cell))])),
	);
const money = (cents) => `$${(cents / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;
const cents = (all) => all.reduce((sum, deal) => sum + deal.cents, 0);
const days = (all) => (all.length ? String(Math.round(all.reduce((sum, deal) => sum + (Date.parse(deal.closed_on) - Date.parse(deal.opened_on)) / 86400000, 0) / all.length)) : "");
const percent = (part, whole) => `${(Math.round((part * 1000) / whole) / 10).toLocaleString("en")}%`;
const visitor = skip ? null : new Visitor(kontor, "en");
const screen = async (url) => {
	const page = await visitor.get(url);
	assert.equal(page.status, 200, url);
	return tables(page.text);
};

for (const [by, key] of [["product", (d) => d.product], ["owner", (d) => d.owner], ["time", (d) => `Quarter ${quarter(d.closed_on).slice(6)} of ${d.closed_on.slice(0, 4)}`]])
	test(`DAT-09 ANA-34 on the screen: lost and won by ${by}, value, cycle time and win rate are those of the files`, { skip }, async () => {
		await visitor.signIn("anna");
		const [got] = await screen(`/lost?by=${by}&when=all`), closed = deals.filter((d) => d.outcome !== "open"), allLost = closed.filter((d) => d.outcome === "lost").length;
		const labels = [...new Set(closed.map(key))];
		assert.deepEqual(Object.keys(got).sort(), [...labels, "All together"].sort());
		for (const [label, cells] of Object.entries(got)) {
			const of = closed.filter((deal) => label === "All together" || key(deal) === label), lost = of.filter((d) => d.outcome === "lost"), won = of.filter((d) => d.outcome === "won");
			assert.deepEqual(cells, [String(lost.length.toLocaleString("en")), percent(lost.length, allLost), cells[2], days(lost), won.length.toLocaleString("en"), money(cents(won)), days(won), percent(won.length, of.length)], label);
			assert.equal(Math.round(Number(cells[2].replace(/[^0-9.]/g, "")) * 100), cents(lost), label);
		}
	});

test("GEN-16 ANA-13 on the screen: the forecast and the pipeline are those of the files", { skip }, async () => {
	const first = (2017 - new Date().getUTCFullYear()) * 4 - Math.floor(new Date().getUTCMonth() / 3), won = deals.filter((d) => d.outcome === "won");
	const [periods, lines] = await screen(`/forecast?by=quarter&group=owner&show=won&from=${first}`);
	for (const q of [1, 2, 3, 4]) {
		const of = won.filter((d) => quarter(d.closed_on) === `2017-Q${q}`);
		assert.equal(periods[`Quarter ${q} of 2017`][0], of.length ? `${money(cents(of))} (${of.length.toLocaleString("en")})` : "", `quarter ${q}`);
		for (const owner of new Set(won.map((d) => d.owner))) {
			const his = of.filter((d) => d.owner === owner);
			assert.equal(lines[owner]?.[q] ?? "", his.length ? money(cents(his)) : "", `${owner} in quarter ${q}`);
		}
	}
	assert.match(periods["Without a date"][1], new RegExp(`\\(${deals.filter((d) => d.outcome === "open").length.toLocaleString("en")}\\)$`));
	const [stages] = await screen(`/report/new?${new URLSearchParams({ object_name: "deal", rows_by: "stage", measures: "count,sum(value),avg(cycle_days)" })}`);
	for (const stage of new Set(deals.map((d) => d.stage))) {
		const of = deals.filter((d) => d.stage === stage);
		assert.equal(stages[stage][0], of.length.toLocaleString("en"), stage);
		assert.equal(Math.round(Number(stages[stage][1].replace(/[^0-9.]/g, "")) * 100), cents(of), stage);
		assert.equal(stages[stage][2], days(of.filter((d) => d.closed_on)), stage);
	}
});

test("DQ-09 a folder without the files is an error", { skip }, async () => {
	const done = await load(fs.mkdtempSync(path.join(kontor.folder, "none-")));
	assert.notEqual(done.code, 0);
	assert.match(done.err, /crm_sales_teams\.csv/);
});

test("DQ-09 a second run changes nothing", { skip }, async () => {
	const before = fingerprint("deal");
	const again = await load(salesFolder());
	assert.equal(again.code, 0, again.err);
	for (const line of again.lines) assert.match(line, /; 0 created, 0 changed, .* 0 warnings, 0 errors$/);
	assert.equal(fingerprint("deal"), before);
});

test("DQ-09 an undo of all of it leaves what was there before", { skip }, async () => {
	for (const line of lines.reverse()) kontor.cli(["undo", /changeset ([0-9]+)$/.exec(line)[1]]);
	for (const object of ["deal", "organisation", "product", "pipeline", "stage", "team", "unit"]) assert.equal(await total(object), 0, object);
	assert.equal(await total("user"), 1);
	assert.equal(kontor.cli(["check"]).out, "ok\n");
});
