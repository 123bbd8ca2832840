// Calendars that other programs subscribe to, read by one of them (ical.js).
import assert from "node:assert";
import fs from "node:fs";
import { before, test } from "node:test";
import ICAL from "ical.js";
import { start, until } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const patch = async (object, id, fields) => (await kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields })).body;
const day = (n) => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10);
const SUBJECT = 'Grüße an "Müller, Söhne"; C:\\temp – und noch so viel, dass es in eine Zeile nicht geht 😀😀😀😀😀😀 Ende';

// Somebody who sees only what is his own, and no parties.
let part, clerk;
before(async () => {
	const file = `${kontor.folder}/part.model`;
	fs.writeFileSync(file, 'role x_part "Part"\n\nextend task\ngrant x_part read=own create edit=own\n\nextend user\ngrant x_part read=own\n');
	kontor.cli(["model", "apply", file]);
	clerk = kontor.user("part", { role: "x_part", options: ["--language", "de"] });
	part = new Visitor(kontor);
	assert.equal((await part.signIn("part")).status, 303);
	await until("his role is known", async () => (await part.get("/task")).status === 200);
});

// The address that is shown once.
async function subscribe(who, where) {
	await who.get("/feeds");
	const made = await who.post(where);
	assert.equal(made.status, 200, /<p class="alert[^>]*>([^<]*)/.exec(made.text)?.[1] ?? made.text.slice(-3000));
	const address = /data-secret>([^<]+)</.exec(made.text)[1];
	assert.match(address, new RegExp(`^${kontor.url}/feed/[\\w-]{43}/calendar\\.ics$`));
	return address;
}
async function fetched(address, headers = {}) {
	const reply = await fetch(address, { headers });
	return { status: reply.status, headers: reply.headers, text: await reply.text() };
}
// What a calendar program makes of it.
async function eventsOf(address) {
	const { status, headers, text } = await fetched(address);
	assert.equal(status, 200, text);
	assert.equal(headers.get("content-type"), "text/calendar; charset=utf-8");
	assert.ok(text.endsWith("END:VCALENDAR\r\n"));
	for (const line of text.slice(0, -2).split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75 && !/[\r\n]/.test(line), line);
	const calendar = new ICAL.Component(ICAL.parse(text));
	const all = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
	assert.equal(new Set(all.map((one) => one.uid)).size, all.length, "each event has a name of its own");
	return Object.assign(all, { text, name: calendar.getFirstPropertyValue("x-wr-calname") });
}

test("UX-39 a calendar program reads what the person may read, as it is at each fetch", async () => {
	const firm = await make("organisation", { name: "Geheim AG" });
	const mine = await make("task", { subject: SUBJECT, due_on: day(5), owner: clerk.id, party: firm.id, priority: "urgent" });
	const theirs = await make("task", { subject: "Fremd", due_on: day(6) });
	await make("task", { subject: "Ohne Tag", owner: clerk.id });
	await make("task", { subject: "Lange her", due_on: day(-400), owner: clerk.id });
	const address = await subscribe(part, "/task/feeds?as=calendar&columns=subject,priority");
	const all = await eventsOf(address), [one] = all;
	assert.equal(all.length, 1);
	assert.equal(one.summary, SUBJECT);
	assert.deepEqual([one.startDate.isDate, one.startDate.toString()], [true, day(5)]);
	assert.equal(one.description, "Priorität: Dringend");
	assert.equal(one.component.getFirstPropertyValue("url"), `${kontor.url}/task/${mine.id}`);
	const usual = await eventsOf(await subscribe(part, "/task/feeds?as=calendar"));
	assert.doesNotMatch(all.text + usual.text, /Geheim|Fremd/, "neither others' tasks nor a party that he may not see");

	await patch("task", theirs.id, { owner: clerk.id, due_on: day(4) });
	const both = await eventsOf(address);
	assert.deepEqual(both.map((event) => [event.summary, event.startDate.toString()]), [["Fremd", day(4)], [SUBJECT, day(5)]]);
	assert.equal(both[1].uid, one.uid, "what was there keeps its name");
	assert.equal(both[0].sequence, 1, "a change is told");
	await patch("task", mine.id, { owner: null });
	assert.deepEqual((await eventsOf(address)).map((event) => event.summary), ["Fremd"]);
});

test("UX-39 a moment is told in UTC with its duration; nothing new is not sent again", async () => {
	kontor.user("vera", { role: "management", options: ["--language", "de"] });
	const vera = new Visitor(kontor);
	assert.equal((await vera.signIn("vera")).status, 303);
	const at = `${day(3)}T09:30:00Z`;
	const call = await make("activity", { kind: "meeting", subject: "Im Werk", at, duration: "PT1H30M" });
	const address = await subscribe(vera, "/activity/feeds?as=calendar&where=kind%20%3D%20meeting");
	const all = await eventsOf(address);
	assert.equal(all.name, "Aktivitäten");
	const [one] = all;
	assert.deepEqual([one.summary, one.startDate.toJSDate().toISOString(), one.endDate.toJSDate() - one.startDate.toJSDate()], ["Im Werk", at.replace("Z", ".000Z"), 5_400_000]);
	const { headers } = await fetched(address);
	assert.equal((await fetched(address, { "if-none-match": headers.get("etag") })).status, 304);
	await patch("activity", call.id, { subject: "Im Büro" });
	assert.equal((await fetched(address, { "if-none-match": headers.get("etag") })).status, 200);
});

test("UX-39 a subscription follows the saved view it was made of", async () => {
	await make("task", { subject: "Sicht A", due_on: day(1), owner: clerk.id });
	await make("task", { subject: "Sicht B", due_on: day(1), owner: clerk.id });
	const anna = new Visitor(kontor);
	const { id } = kontor.user("anna", { role: "management" });
	assert.equal((await anna.signIn("anna")).status, 303);
	const view = await make("saved_view", { name: "Meine Sicht", object_name: "task", kind: "calendar", condition: 'subject = "Sicht A"', owner: id });
	const address = await subscribe(anna, `/task/feeds?view=${view.id}`);
	const first = await eventsOf(address);
	assert.deepEqual([first.name, ...first.map((event) => event.summary)], ["Meine Sicht", "Sicht A"]);
	await patch("saved_view", view.id, { condition: 'subject = "Sicht B"' });
	assert.deepEqual((await eventsOf(address)).map((event) => event.summary), ["Sicht B"]);
});

test("SEC-01 UX-39 the address is shown once, kept nowhere, ended by its person alone, and dead with his account", async () => {
	const address = await subscribe(part, "/task/feeds?as=calendar"), secret = address.split("/").at(-2);
	const listed = await part.get("/feeds");
	assert.ok(!listed.text.includes(secret));
	assert.ok(!kontor.log().includes(secret), "nor in the log");
	assert.ok(!kontor.cli(["dump"]).out.includes(secret), "nor in the data");
	const end = /action="(\/feeds\/\d+\/end)"/.exec(listed.text)[1];
	const stranger = new Visitor(kontor);
	kontor.user("stranger", { role: "management" });
	await stranger.signIn("stranger");
	await stranger.get("/feeds");
	assert.equal((await stranger.post(end)).status, 404);
	assert.equal((await fetched(address)).status, 200);
	const other = await subscribe(part, "/task/feeds?as=calendar&filter=mine");
	assert.equal((await part.post(end)).status, 303);
	assert.equal((await fetched(address)).status, 404);
	assert.equal((await fetched(address.replace(secret, "x".repeat(43)))).status, 404);
	assert.equal((await fetched(other)).status, 200);
	await patch("user", clerk.id, { active: false });
	assert.equal((await fetched(other)).status, 404);
});

test("SEC-04 only a person subscribes, and only to a calendar", async () => {
	assert.equal((await kontor.api("POST", "/task/feeds?as=calendar", { token })).status, 403);
	assert.ok([303, 401, 403].includes((await kontor.api("POST", "/task/feeds?as=calendar")).status));
	const root = new Visitor(kontor);
	await root.signIn("root");
	await root.get("/feeds");
	assert.equal((await root.post("/task/feeds")).status, 422);
	assert.equal((await root.post("/product/feeds?as=calendar")).status, 422);
	assert.equal((await root.send("POST", "/task/feeds?as=calendar")).status, 403, "without the form's token");
});
