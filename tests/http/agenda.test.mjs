// The day plan, putting off, free and busy, rules by which something repeats, cadences, visit reports.
import assert from "node:assert";
import { test } from "node:test";
import ICAL from "ical.js";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root"), token = kontor.token("anna", { role: "sales" }), bertToken = kontor.token("bert", { role: "sales" });
const userOf = async (login) => (await kontor.expect(200, "GET", `/api/v1/user?where=${encodeURIComponent(`login = "${login}"`)}`, { token: root })).body.items[0];
const anna = await userOf("anna"), bert = await userOf("bert");
const make = async (object, fields, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body: fields })).body;
const read = async (object, id) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token: root })).body;
// As the people have it whom the program knows: the day of Berlin.
const day = (n) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(Date.now() + n * 864e5);
const today = async (who = token) => (await kontor.expect(200, "GET", "/api/v1/today", { token: who })).body;
const titles = (plan) => plan.items.map((one) => one.title);

test("GEN-14 OP-29 OP-30 the day plan has what is due, the most urgent and the most valuable first", async () => {
	const rich = await make("organisation", { name: "Groß AG" }), poor = await make("organisation", { name: "Klein KG" });
	await make("deal", { name: "Gewonnen", party: rich.id, value: "100000.00", outcome: "won", owner: bert.id });
	await make("deal", { name: "Klein", party: poor.id, value: "100.00", outcome: "won", owner: bert.id });
	const small = await make("task", { subject: "Klein heute", due_on: day(0), party: poor.id });
	const big = await make("task", { subject: "Groß heute", due_on: day(0), party: rich.id });
	await make("task", { subject: "Klein lange überfällig", due_on: day(-60), party: poor.id });
	await make("task", { subject: "Zurück", resubmit_on: day(0), due_on: day(20) });
	await make("task", { subject: "Schläft", due_on: day(-3), resubmit_on: day(3) });
	await make("task", { subject: "Später", due_on: day(5) });
	await make("task", { subject: "Erledigt", due_on: day(0), state: "done" });
	await make("task", { subject: "Fremd", due_on: day(0), owner: bert.id });
	const deal = await make("deal", { name: "Ohne Schritt", party: rich.id, value: "5000.00" });
	await make("deal", { name: "Geplant", next_step: "Anrufen", party: rich.id });
	await make("activity", { kind: "call", subject: "Gespräch", deal: (await make("deal", { name: "Betreut", next_step: "Warten" })).id });
	const born = await make("person", { family_name: "Jubel", birthday: `1980-${day(0).slice(5)}` });
	const plan = await today();
	const of = (title) => plan.items.find((one) => one.title === title);
	assert.deepEqual(new Set(titles(plan)), new Set(["Groß heute", "Klein heute", "Klein lange überfällig", "Zurück", "Ohne Schritt", "Geplant", "Jubel"]));
	assert.ok(titles(plan).indexOf("Groß heute") < titles(plan).indexOf("Klein heute"), "of two that are as urgent the more valuable customer comes first");
	assert.ok(of("Groß heute").score - of("Klein heute").score > 30);
	assert.equal(of("Groß heute").value, "105000.00");
	assert.deepEqual([of("Klein lange überfällig").why, of("Klein lange überfällig").days], ["overdue", 60]);
	assert.deepEqual([of("Zurück").why, of("Ohne Schritt").why, of("Jubel").why, of("Groß heute").why], ["back", "no_step", "birthday", "due"]);
	assert.equal(of("Geplant").why, "idle");
	assert.ok(plan.items.every((one, i) => !i || plan.items[i - 1].score >= one.score));
	assert.deepEqual(titles(await today(bertToken)).includes("Fremd"), true);

	// Done, or put off, each leaves the plan.
	const act = (object, id, what, body) => kontor.expect(200, "POST", `/api/v1/${object}/${id}/${what}`, { token, body });
	const gone = await act("task", small.id, "done");
	assert.deepEqual([gone.body.object, gone.body.id, (await read("task", small.id)).state], ["task", small.id, "done"]);
	await act("task", big.id, "snooze", { to: "tomorrow" });
	assert.equal((await read("task", big.id)).resubmit_on, day(1));
	const step = (await act("deal", deal.id, "snooze", { to: "month" })).body;
	assert.equal(step.object, "task");
	assert.deepEqual([(await read("task", step.id)).deal, (await read("task", step.id)).owner], [deal.id, anna.id]);
	await act("person", born.id, "done");
	for (const title of ["Groß heute", "Klein heute", "Ohne Schritt", "Jubel"]) assert.ok(!titles(await today()).includes(title), title);
	// And comes back with one undo.
	await kontor.expect(200, "POST", `/api/v1/changesets/${gone.headers.get("kontor-changeset")}/undo`, { token, body: {} });
	assert.ok(titles(await today()).includes("Klein heute"));
});

test("GEN-17 OP-11 a quote that was sent is on the plan until somebody follows it up", async () => {
	const firm = await make("organisation", { name: "Angebotene GmbH" }), quote = await make("quote", { subject: "Presse", party: firm.id, valid_until: day(30), follow_up_on: day(0) });
	await make("quote_line", { quote: quote.id, description: "Presse", quantity: "1", price: "100.00" });
	await kontor.expect(200, "PATCH", `/api/v1/quote/${quote.id}`, { token, body: { state: "sent" } });
	const mine = async () => (await today()).items.filter((one) => one.party === firm.id);
	const [task, ...more] = await mine();
	assert.deepEqual([task.object, task.why, more.length], ["task", "due", 0], "its own follow-up is a task");
	await kontor.expect(204, "DELETE", `/api/v1/task/${task.id}`, { token });
	assert.deepEqual((await mine()).map((one) => [one.object, one.why]), [["quote", "follow_up"]]);
	await kontor.expect(200, "POST", `/api/v1/quote/${quote.id}/done`, { token });
	assert.deepEqual(await mine(), []);
	const told = (await kontor.expect(200, "GET", `/api/v1/task?where=${encodeURIComponent(`quote = ${quote.id}`)}`, { token })).body.items;
	assert.deepEqual(told.map((one) => [one.state, one.party]), [["done", firm.id]]);
	const next = (await kontor.expect(200, "POST", `/api/v1/quote/${quote.id}/snooze`, { token, body: { to: "week" } })).body;
	assert.deepEqual([next.object, (await read("quote", quote.id)).follow_up_on > day(0)], ["quote", true]);
});

test("OP-30 the plan takes few statements, however much is in it", async () => {
	const visitor = new Visitor(kontor);
	await visitor.signIn("anna");
	for (let i = 0; i < 30; i++) await make("task", { subject: `Viel ${i}`, due_on: day(-i), party: (await make("organisation", { name: `Firma ${i}` })).id });
	const n = await kontor.statements("GET /today", () => visitor.get("/today"));
	assert.ok(n <= 12, `${n} statements`);
});

test("OP-29 what cannot be put off says so", async () => {
	const task = await make("task", { subject: "Heute", due_on: day(0) });
	const refused = await kontor.expect(422, "POST", `/api/v1/task/${task.id}/snooze`, { token, body: { to: day(0) } });
	assert.equal(refused.body.errors[0].field, "to");
	await kontor.expect(422, "POST", `/api/v1/task/${task.id}/snooze`, { token, body: {} });
	await kontor.expect(404, "POST", `/api/v1/product/1/snooze`, { token, body: { to: "week" } });
	await kontor.expect(404, "POST", `/api/v1/task/987654/snooze`, { token, body: { to: "week" } });
	await kontor.expect(200, "POST", `/api/v1/task/${task.id}/done`, { token });
	await kontor.expect(409, "POST", `/api/v1/task/${task.id}/snooze`, { token, body: { to: "week" } });
});

test("OP-29 a rule is told in words, in both languages, with its next days; a wrong one is refused", async () => {
	const ask = (query, lang = "en") => kontor.api("GET", `/api/v1/recurrence?${new URLSearchParams(query)}`, { token, headers: { "accept-language": lang } });
	const told = (await ask({ rule: "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", start: "2026-01-01" })).body;
	assert.deepEqual(told.days, ["2026-01-30", "2026-02-27", "2026-03-27"]);
	assert.equal(told.rule, "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3");
	assert.match(told.words, /^Every month on the last Friday, 3 times$/);
	const wrong = await ask({ rule: "FREQ=SECONDLY" });
	assert.deepEqual([wrong.status, wrong.body.errors[0].field], [422, "rule"]);
	const task = await kontor.expect(422, "POST", "/api/v1/task", { token, body: { subject: "x", recurrence: "every day" } });
	assert.equal(task.body.errors[0].field, "recurrence");
});

test("OP-30 free and busy: who takes part in an appointment is taken, week by week, on both sides of the change of the clock", async () => {
	const at = "2027-03-22T09:00:00Z";
	const one = await make("appointment", { subject: "Jour fixe", starts_at: at, ends_at: "2027-03-22T10:00:00Z", participants: [bert.id], recurrence: "FREQ=WEEKLY" });
	await make("appointment", { subject: "Frei", starts_at: at, busy: false });
	await make("appointment", { subject: "Abgesagt", starts_at: at, state: "cancelled" });
	const busy = async (user, from, to, more = "") => (await kontor.expect(200, "GET", `/api/v1/busy?user=${user}&from=${from}&to=${to}${more}`, { token })).body.items;
	const both = await busy(`${anna.id},${bert.id}`, "2027-03-22T00:00:00Z", "2027-03-23T00:00:00Z");
	assert.deepEqual(both.map((item) => [item.user, item.title, item.starts_at.slice(0, 16)]), [[anna.id, "Jour fixe", "2027-03-22T09:00"], [bert.id, "Jour fixe", "2027-03-22T09:00"]]);
	const later = await busy(bert.id, "2027-03-29T00:00:00Z", "2027-03-30T00:00:00Z");
	assert.deepEqual(later.map((item) => item.starts_at.slice(0, 16)), ["2027-03-29T08:00"], "summer time");
	assert.deepEqual(await busy(bert.id, "2027-03-22T10:00:00Z", "2027-03-22T11:00:00Z"), []);
	assert.deepEqual(await busy(bert.id, "2027-03-22T09:30:00Z", "2027-03-22T11:00:00Z", `&without=${one.id}`), []);
	await kontor.expect(422, "GET", `/api/v1/busy?user=${bert.id}&from=2027-01-01T00:00:00Z&to=2028-01-01T00:00:00Z`, { token });
	await kontor.expect(422, "GET", `/api/v1/busy?user=bert&from=${at}&to=2027-03-22T10:00:00Z`, { token });
});

test("OP-17 a cadence says how many parties it concerns, and whose turn it is", async () => {
	const a = await make("organisation", { name: "A", roles: ["customer"], city: "Kadenzstadt" }), b = await make("organisation", { name: "B", roles: ["customer"], city: "Kadenzstadt" });
	await make("activity", { kind: "call", subject: "Neulich", party: a.id });
	await make("activity", { kind: "note", subject: "Kein Gespräch", party: b.id });
	const cadence = await make("cadence", { name: "Kunden", condition: 'city = "Kadenzstadt"', every: 3, period: "month" }, root);
	assert.deepEqual((await kontor.expect(200, "GET", `/api/v1/cadence/${cadence.id}/preview`, { token: root })).body, { concerned: 2, due: 1 });
	const wrong = await kontor.expect(422, "POST", "/api/v1/cadence", { token: root, body: { name: "x", condition: "stadt = 3" } });
	assert.equal(wrong.body.errors[0].field, "condition");
});

test("OP-30 OP-04 a visit is reported from the appointment in one form: contact, outcome, next step", async () => {
	const firm = await make("organisation", { name: "Besuchte GmbH" });
	const date = await make("appointment", { subject: "Werksbesuch", party: firm.id, starts_at: new Date(Date.now() - 36e5).toISOString() });
	const visitor = new Visitor(kontor);
	await visitor.signIn("anna");
	const form = await visitor.get(`/visit?appointment=${date.id}`);
	assert.equal(form.status, 200);
	assert.match(form.text, /value="Werksbesuch"/);
	assert.match(form.text, /Besuchte GmbH/);
	const has = ["kind", "party", "subject", "outcome", "body"].map((name) => ["has", name]);
	const post = (pairs) => visitor.send("POST", "/visit", { body: new URLSearchParams([["csrf", visitor.csrf], ...has, ...pairs]) });
	const sent = await post([ ["appointment", date.id], ["kind", "visit"], ["party", `#${firm.id}`], ["subject", "Werksbesuch"], ["outcome", "Interesse"], ["body", "Halle gesehen"], ["next_step", "Angebot schicken"], ["next_on", day(3)]]);
	assert.equal(sent.status, 303, sent.text);
	const told = (await kontor.expect(200, "GET", `/api/v1/activity?where=${encodeURIComponent(`party = ${firm.id}`)}`, { token })).body.items;
	assert.deepEqual(told.map((one) => [one.kind, one.subject, one.outcome]), [["visit", "Werksbesuch", "Interesse"]]);
	const next = (await kontor.expect(200, "GET", `/api/v1/task?where=${encodeURIComponent(`party = ${firm.id}`)}`, { token })).body.items;
	assert.deepEqual(next.map((one) => [one.subject, one.due_on]), [["Angebot schicken", day(3)]]);
	assert.equal((await read("appointment", date.id)).state, "held");
	const bad = await post([["party", `#${firm.id}`], ["next_step", "x"], ["next_on", "übermorgen"]]);
	assert.equal(bad.status, 422);
});

test("OP-30 UX-39 a subscription has each time at which an appointment takes place, at the hour of the wall, and how long it lasts", async () => {
	const visitor = new Visitor(kontor), next = (n) => `${day(n)}T08:00:00Z`;
	await visitor.signIn("bert");
	await make("appointment", { subject: "Wochenrunde", starts_at: next(-7), ends_at: `${day(-7)}T09:30:00Z`, owner: bert.id, recurrence: "FREQ=WEEKLY;COUNT=5" });
	await visitor.get("/feeds");
	const made = await visitor.post(`/appointment/feeds?as=calendar&where=${encodeURIComponent('subject = "Wochenrunde"')}`);
	assert.equal(made.status, 200);
	const text = await (await fetch(/data-secret>([^<]+)</.exec(made.text)[1])).text();
	const all = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
	assert.deepEqual(all.map((one) => one.startDate.toString().slice(0, 10)), [-7, 0, 7, 14, 21].map(day));
	assert.equal(new Set(all.map((one) => one.uid)).size, 5);
	const clock = (one) => new Intl.DateTimeFormat("de-DE", { timeZone: "Europe/Berlin", timeStyle: "short" }).format(one.startDate.toJSDate());
	assert.equal(new Set(all.map(clock)).size, 1, "the hour stays");
	assert.ok(all.every((one) => one.endDate.toJSDate() - one.startDate.toJSDate() === 5_400_000));
});
