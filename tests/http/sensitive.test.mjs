// Special categories: off until switched on with a purpose, for roles that have them, sealed, logged, in no export.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { engine, start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const chief = kontor.token("chefin", { role: "management" });
const seller = kontor.token("verkauf", { role: "sales" });
const admin = new Visitor(kontor);
await admin.signIn("root");
const person = (await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: "Geheim" } })).body;
const IBAN = "DE89 3704 0044 0532 0130 00";

const CATEGORIES = ["private", "belief", "finance", "legal", "health", "education"];
const FACTS = {
	private: { hobbies: "Segeln", family: "zwei Töchter", military: "Marine", regulars_table: "donnerstags im Anker", fraternity: "Corps Saxonia", clubs: "Ruderverein", eating_habits: "vegetarisch", susceptibilities: "Kritik vor anderen", weak_points: "Lob" },
	belief: { politics: "liberal", religion: "evangelisch" },
	finance: { income: "120000", wealth: "Haus", debts: "Hypothek", payment_morale: "pünktlich", credit_rating: "A+", insurance: "Lebensversicherung", inheritances: "Erbengemeinschaft" },
	legal: { tax_number: "12/345/67890", tax_office: "Bremen-Mitte", tax_facts: "Kleinunternehmer", legal_facts: "Vergleich 2024" },
	health: { doctor: "Dr. Sommer", hospital: "Klinikum Mitte", pharmacy: "Löwen-Apotheke", medication: "Betablocker", treatments: "Kur 2025" },
	education: { schools: "Gymnasium", training: "Kaufmann", certificates: "PMP", degrees: "Dipl.-Ing." },
};

// As an administrator does it in the settings; the program looks for it once a second.
async function switchOn(wanted, until) {
	const page = (await admin.get("/admin/settings")).text;
	const form = /<form[^>]*action="(\/admin\/settings[^"]*)"[^>]*>(?:(?!<\/form>)[\s\S])*name="special\.[\s\S]*?<\/form>/.exec(page);
	assert.ok(form, "the settings have a form of the special categories");
	const values = Object.fromEntries([...form[0].matchAll(/name="(special\.[a-z]+)"/g)].map(([, name]) => [name, wanted.includes(name.slice(8)) ? "Beratung des Kunden" : ""]));
	const saved = await admin.post(form[1].replaceAll("&amp;", "&"), values);
	assert.equal(saved.status, 303, saved.text.slice(0, 300));
	for (const end = Date.now() + 20_000; ; ) {
		if (await until()) return;
		assert.ok(Date.now() < end, "the switch is seen within seconds");
		await pause(150);
	}
}

// Without the harness's OpenAPI, which it asks for once: what is there changes here.
async function call(who, method, where, body) {
	const reply = await fetch(kontor.url + where, { method, headers: { authorization: `Bearer ${who}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
	return { status: reply.status, body: await reply.json() };
}
const status = async (who, where = `/api/v1/sensitive_fact?limit=1`) => (await call(who, "GET", where)).status;

test("DAT-11 DAT-12 DAT-13 DAT-14 DAT-15 DAT-17 PRV-07 none of the special categories is there before it is switched on", async () => {
	for (const object of ["sensitive_fact", "bank_account"])
		for (const who of [token, chief, seller]) {
			assert.equal(await status(who, `/api/v1/${object}`), 404);
			await kontor.expect(404, "POST", `/api/v1/${object}`, { token: who, body: { party: person.id } });
		}
	assert.equal((await admin.get("/bank_account")).status, 404);
	assert.doesNotMatch((await admin.get(`/person/${person.id}`)).text, /sensitive_fact|bank_account/);
});

for (const [id, category] of [["DAT-11", "private"], ["DAT-12", "finance"], ["DAT-13", "legal"], ["DAT-14", "health"], ["DAT-15", "education"]])
	test(`${id} facts of the category ${category}: for roles that have it, when it is on, and of no other category`, async () => {
		await switchOn([category], async () => (await call(chief, "POST", "/api/v1/sensitive_fact", { party: person.id, ...FACTS[category] })).status === 201);
		const { items } = (await call(chief, "GET", "/api/v1/sensitive_fact?sort=-created_at")).body;
		for (const [name, value] of Object.entries(FACTS[category])) assert.equal(items[0][name], value, name);
		for (const other of CATEGORIES.filter((name) => name !== category)) for (const name of Object.keys(FACTS[other])) assert.equal(items[0][name], undefined, name);
		const [first] = Object.keys(FACTS[CATEGORIES.find((name) => name !== category)]);
		assert.equal((await call(chief, "POST", "/api/v1/sensitive_fact", { party: person.id, [first]: "x" })).status, 422);
		assert.equal(await status(seller), 404, "a role without the category");
		await switchOn([], async () => (await status(chief)) === 404);
	});

test("DAT-17 a bank account has a checked IBAN and BIC, sealed, read by whom may, each reading logged", async () => {
	const make = (body) => call(chief, "POST", "/api/v1/bank_account", { party: person.id, ...body });
	let made;
	await switchOn(["finance"], async () => (made = await make({ iban: "de89370400440532013000", bic: "cobadeffxxx", holder: "Eva Geheim" })).status === 201);
	assert.deepEqual([made.body.iban, made.body.bic], [IBAN, "COBADEFFXXX"]);
	for (const iban of ["DE88 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130", "Sparkasse", "DE89370400440532013000000000000000000000"]) {
		const refused = await make({ iban });
		assert.equal(refused.status, 422, iban);
		assert.equal(refused.body.errors[0].field, "iban");
	}
	assert.equal((await make({ bic: "12345678" })).body.errors[0].field, "bic");
	assert.equal(await status(seller, `/api/v1/bank_account/${made.body.id}`), 404);
	if (engine === "sqlite") {
		const { DatabaseSync } = await import("node:sqlite").catch(() => ({}));
		if (DatabaseSync) {
			const db = new DatabaseSync(path.join(kontor.data, "kontor.db"), { readOnly: true });
			const count = () => db.prepare("SELECT count(*) AS n FROM sys_read_log").get().n;
			const before = count();
			assert.equal(await status(chief, `/api/v1/bank_account/${made.body.id}`), 200);
			assert.equal(count(), before + 1);
			db.close();
		}
		for (const name of fs.readdirSync(kontor.data).filter((file) => /\.db|wal/.test(file))) assert.ok(!fs.readFileSync(path.join(kontor.data, name)).includes("0532 0130"), `${name} has the number in clear`);
	}
});

test("DAT-17 PRV-07 what is sealed is found by no search and stands in no export", async () => {
	assert.deepEqual((await kontor.expect(200, "GET", `/api/v1/search?q=${encodeURIComponent(IBAN)}`, { token: chief })).body.items, []);
	await kontor.expect(422, "GET", "/api/v1/bank_account?where=iban%20starts%20%22DE%22", { token: chief });
	assert.ok(!kontor.cli(["export", "bank_account"], { code: null }).out.includes("0532"));
	assert.ok(!kontor.cli(["export", "party"]).out.includes("Geheim;DE89"));
});

test("DAT-17 the position stands with the person, the birthday in the filter, both for whom may see them", async () => {
	const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(4, 10);
	const { id } = (await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: "Jubilar", position: "Leiterin Einkauf", birthday: `1980${soon}` } })).body;
	assert.deepEqual((await kontor.expect(200, "GET", "/api/v1/person?where=birthday%20within%2014d&fields=position", { token })).body.items.map((row) => [row.id, row.position]), [[id, "Leiterin Einkauf"]]);
	const marketing = kontor.token("werbung", { role: "marketing" });
	assert.equal((await kontor.expect(200, "GET", `/api/v1/person/${id}`, { token: marketing })).body.birthday, undefined);
});
