// The works-council rule: where it is on, no door tells a figure about fewer people than agreed.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root", { role: "management" });
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: root, body })).body;
const visit = async (login, role) => {
	kontor.user(login, { role });
	const visitor = new Visitor(kontor, "en");
	await visitor.signIn(login);
	return visitor;
};
const admin = await visit("chief", "admin"), boss = await visit("boss", "management"), anna = await visit("anna", "sales");
for (const login of ["bert", "cleo", "dora"]) kontor.user(login, { role: "sales" });
const users = Object.fromEntries((await kontor.expect(200, "GET", "/api/v1/user?fields=id,login&limit=50", { token: root })).body.items.map((one) => [one.login, one.id]));
const teams = { Nord: (await make("team", { name: "Nord" })).id, Süd: (await make("team", { name: "Süd" })).id };
const SOLD = [["anna", 1001, "Nord"], ["anna", 20, "Nord"], ["bert", 300, "Nord"], ["bert", 3, "Nord"], ["cleo", 4000, "Nord"], ["cleo", 7, "Nord"], ["dora", 50000, "Süd"], ["dora", 9, "Süd"]];
for (const [owner, value, team] of SOLD)
	await make("deal", { name: `Von ${owner}`, owner: users[owner], team: teams[team], value: { amount: `${value}.00`, currency: "EUR" }, opened_on: "2026-01-01", outcome: "won", closed_on: new Date().toISOString().slice(0, 10) });

const ALL = 55340, PEOPLE = ["anna", "bert", "cleo", "dora"];
const SINGLE = /€(1,021|303|4,007|50,009)\.00/; // what one person, or the team of one, has sold
const text = (html) => html.slice(html.indexOf("<main")).replace(/<svg[\s\S]*?<\/svg>/g, "").replace(/<[^>]*>/g, " ").replace(/&nbsp;|\u00a0|\u202f/g, " ").replace(/\s+/g, " ").trim();
const by = (group, measures = "count,sum(value)") => `/report/new?${new URLSearchParams({ object_name: "deal", rows_by: group, measures })}`;
const aggregate = (query) => kontor.api("GET", `/api/v1/aggregate/deal?${new URLSearchParams(query)}`, { token: root });

// Every page that tells figures in groups, grouped by who is in charge, by what he is, and by teams.
const DOORS = {
	report: by("owner"), "report by a field of the person": by("owner.name"), "report of two": `${by("outcome")}&columns_by=owner`, "report by who made it": by("created_by"), forecast: "/forecast?group=owner&show=won", lost: "/lost?by=owner&when=all",
	"list in groups": "/deal?group=owner&columns=name,value", "territory by persons": "/deal?as=territory&group=owner&columns=name,value", "report by teams": by("team"), "forecast by teams": "/forecast?group=team&show=won", "list by teams": "/deal?group=team&columns=name,value",
};

test("off, figures are told of each person", async () => {
	for (const [door, url] of Object.entries(DOORS)) {
		const page = await boss.get(url);
		assert.equal(page.status, 200, door);
		if (!door.includes("made")) assert.match(text(page.text), SINGLE, door);
	}
	assert.equal((await aggregate({ group: "owner", measure: "sum(value)" })).body.groups.length, 4);
});

test("PRV-03 only an administrator sets of how many people a figure is about at least", async () => {
	await boss.get("/");
	assert.equal((await boss.post("/admin/settings", { people: "3" })).status, 403);
	await admin.get("/admin/settings");
	assert.equal((await admin.post("/admin/settings", { people: "one" })).status, 422);
	assert.equal((await admin.post("/admin/settings", { people: "3" })).status, 303);
	assert.match((await admin.get("/admin/settings")).text, /name="people" value="3"/);
});

for (const [door, url] of Object.entries(DOORS))
	test(`PRV-03 no figure about one person: ${door}`, async () => {
		for (const who of [boss, admin]) {
			const page = await who.get(url), shown = text(page.text);
			assert.equal(page.status, 200);
			assert.doesNotMatch(shown, SINGLE);
			assert.match(shown, /together/);
			assert.match(shown, /55,340\.00/, "what all have sold is told");
		}
	});

test("PRV-03 the interface tells them together, and refuses what is asked of one", async () => {
	const { groups } = (await aggregate({ group: "owner", measure: "count,sum(value)" })).body;
	assert.deepEqual(groups.map((one) => [one.owner, one.count, one["sum(value)"].amount, one.labels.owner]), [[null, 8, `${ALL}.00`, "All people together"]]);
	const small = (await aggregate({ group: "team", measure: "sum(value)" })).body.groups;
	assert.deepEqual(small.map((one) => one.labels.team), ["Small teams together"]);
	for (const where of [`owner = ${users.dora}`, `not (owner = ${users.anna})`, `owner.name = dora`, `owner in (${users.bert}, ${users.cleo})`, `team = ${teams.Süd}`, `created_by = ${users.dora}`, "owner != me", `any(activities where owner = ${users.bert})`])
		assert.equal((await aggregate({ where, measure: "sum(value)" })).status, 403, where);
	assert.equal((await aggregate({ group: "outcome", measure: "count" })).body.groups[0].count, 8);
	assert.equal((await aggregate({ where: "owner is not empty", measure: "count" })).body.groups[0].count, 8);
});

test("PRV-03 totals of a list of one person's records, a board by persons, and files tell nothing of him", async () => {
	const list = await boss.get(`/deal?${new URLSearchParams({ where: `owner = ${users.dora}` })}`);
	assert.match(list.text, /Von dora/, "the records themselves are there");
	const totals = await boss.get(`/deal/totals?${new URLSearchParams({ where: `owner = ${users.dora}` })}`);
	assert.equal(totals.status, 200);
	assert.doesNotMatch(totals.text, /Σ/);
	assert.match(totals.text, /works council/);
	const board = await boss.get("/deal?as=board&group=owner");
	assert.match(board.text, /Von dora/);
	assert.doesNotMatch(text(board.text), /Sum|€1,021\.00/);
	await boss.get(by("owner"));
	const file = (await boss.post("/report/export", { object_name: "deal", rows_by: "owner", measures: "sum(value)", format: "csv" })).text;
	assert.match(file, /All people together/);
	for (const login of PEOPLE) assert.doesNotMatch(file, new RegExp(login));
});

test("PRV-03 what one has sold oneself, one may know", async () => {
	const mine = text((await anna.get(`${by("outcome")}&condition=owner+%3D+me`)).text);
	assert.match(mine, /€1,021\.00/);
	assert.equal((await anna.get("/forecast?who=mine")).status, 200);
	assert.equal((await anna.get("/")).status, 200);
});

test("PRV-03 a team of enough people is told of, once the small ones are too many to tell who is meant", async () => {
	for (const [i, login] of ["emil", "fred"].entries()) {
		kontor.user(login, { role: "sales" });
		const id = (await kontor.expect(200, "GET", `/api/v1/user?where=login+%3D+${login}`, { token: root })).body.items[0].id;
		await make("deal", { name: `Von ${login}`, owner: id, team: teams.Süd, value: { amount: `${i + 1}.00`, currency: "EUR" }, outcome: "won", closed_on: new Date().toISOString().slice(0, 10) });
	}
	const { groups } = (await aggregate({ group: "team", measure: "count,sum(value)" })).body;
	assert.deepEqual(groups.map((one) => [one.labels.team, one.count]).sort(), [["Nord", 6], ["Süd", 4]]);
});
