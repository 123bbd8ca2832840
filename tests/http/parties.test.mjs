// Persons in several organisations, groups of companies, addresses and contact points, facts.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start();
const token = kontor.token("root");
const make = async (object, body, who = token) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: who, body })).body;
const get = async (object, id, who = token) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token: who })).body;
const patch = async (object, id, body) => (await kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body })).body;
const refused = async (method, where, body) => (await kontor.expect(422, method, where, { token, body })).body.errors;
const list = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?where=${encodeURIComponent(where)}&limit=100`, { token })).body.items;
const overview = async (id) => (await kontor.expect(200, "GET", `/api/v1/party/${id}/overview`, { token })).body;
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const visitor = new Visitor(kontor);
await visitor.signIn("root");

test("DAT-17 OP-18 a person is in several organisations, one of them the main one, and both sides show it", async () => {
	const [north, south] = [await make("organisation", { name: "Nord AG" }), await make("organisation", { name: "Süd GmbH" })];
	const person = await make("person", { given_name: "Eva", family_name: "Meyer" });
	const first = await make("membership", { person: person.id, organisation: north.id, position: "Einkauf", main: true, role: "decides" });
	assert.deepEqual([(await get("person", person.id)).parent_party, (await get("person", person.id)).position], [north.id, "Einkauf"]);
	const second = await make("membership", { person: person.id, organisation: south.id, position: "Beirat", department: "Aufsicht", main: true, valid_until: day(30) });
	assert.equal((await get("membership", first.id)).main, false);
	assert.deepEqual([(await get("person", person.id)).parent_party, (await get("person", person.id)).department], [south.id, "Aufsicht"]);
	assert.deepEqual((await overview(person.id)).members.map(({ name, main }) => [name, main]), [["Süd GmbH", true], ["Nord AG", false]]);
	assert.deepEqual((await overview(north.id)).members.map(({ name, position, role }) => [name, position, role]), [["Eva Meyer", "Einkauf", "decides"]]);
	assert.match((await visitor.get(`/organisation/${south.id}`)).text, /data-key="members"[\s\S]*Eva Meyer[\s\S]*Beirat/);
	// The other way round: who changes where she belongs changes which is the main one.
	await patch("person", person.id, { parent_party: north.id });
	assert.deepEqual([(await get("membership", first.id)).main, (await get("membership", second.id)).main], [true, false]);
	await patch("person", person.id, { parent_party: null });
	assert.equal((await get("membership", first.id)).main, false);
});

test("DAT-17 a membership that has ended is none any more, and belongs to a person and an organisation", async () => {
	const firm = await make("organisation", { name: "Alt KG" }), person = await make("person", { family_name: "Weg" });
	const member = await make("membership", { person: person.id, organisation: firm.id, position: "Leitung", main: true });
	await patch("membership", member.id, { valid_until: day(-1) });
	assert.equal((await get("membership", member.id)).main, false);
	assert.deepEqual([(await get("person", person.id)).parent_party, (await get("person", person.id)).position], [null, null]);
	assert.deepEqual((await overview(firm.id)).members, []);
	assert.equal((await refused("POST", "/api/v1/membership", { person: firm.id, organisation: firm.id }))[0].code, "circle");
	assert.equal((await refused("POST", "/api/v1/membership", { person: person.id, organisation: person.id }))[0].field, "organisation");
	assert.equal((await refused("POST", "/api/v1/membership", { person: person.id, organisation: firm.id, valid_from: day(2), valid_until: day(1) }))[0].field, "valid_until");
});

test("OP-18 a group of companies shows what each won and what all that belongs to it won; no circles", async () => {
	const firms = [];
	for (const [name, parent, won] of [["Holding", null, 100], ["Nord", 0, 20], ["Süd", 0, 30], ["Nord-West", 1, 7], ["Nord-Ost", 1, 0]]) {
		const firm = await make("organisation", { name, ...(parent === null ? {} : { parent_party: firms[parent].id }) });
		firms.push(firm);
		if (won) await make("deal", { name: `Auftrag ${name}`, party: firm.id, outcome: "won", value: `${won}.00` });
		await make("deal", { name: `Verloren ${name}`, party: firm.id, outcome: "lost", value: "999.00" });
	}
	await make("person", { family_name: "Angestellt", parent_party: firms[1].id });
	const { hierarchy } = await overview(firms[0].id);
	assert.deepEqual(hierarchy.items.map(({ name, depth, own, whole }) => [name, depth, own, whole]), [
		["Holding", 0, "100.00", "157.00"], ["Nord", 1, "20.00", "27.00"], ["Nord-West", 2, "7.00", "7.00"], ["Nord-Ost", 2, "0.00", "0.00"], ["Süd", 1, "30.00", "30.00"],
	]);
	assert.deepEqual((await overview(firms[1].id)).hierarchy.items.map(({ name }) => name), ["Nord", "Nord-West", "Nord-Ost"]);
	assert.deepEqual((await overview(firms[4].id)).hierarchy.items, []);
	for (const [child, parent] of [[0, 0], [0, 1], [0, 3]]) assert.deepEqual((await refused("PATCH", `/api/v1/organisation/${firms[child].id}`, { parent_party: firms[parent].id })).map(({ field, code }) => [field, code]), [["parent_party", "circle"]]);
	await patch("organisation", firms[3].id, { parent_party: firms[2].id });
	assert.equal((await overview(firms[0].id)).hierarchy.items.find(({ name }) => name === "Süd").whole, "37.00");
	const { text } = await visitor.get(`/organisation/${firms[0].id}`);
	assert.match(text, /data-key="hierarchy"[\s\S]*data-depth="2"><a href="\/party\/\d+">Nord-/);
	const taken = await kontor.statements("GET /{object}/{id}", () => visitor.get(`/organisation/${firms[0].id}`));
	assert.ok(taken <= 12, `${taken} statements`);
});

test("DAT-02 of several contact points the preferred one stands with the party; the one before it is kept", async () => {
	const { id } = await make("person", { family_name: "Ruf", email: "alt@example.org" });
	const point = await make("contact_point", { party: id, type: "email", value: "neu@example.org", preferred: true });
	assert.equal((await get("person", id)).email, "neu@example.org");
	const points = async () => (await list("contact_point", `party = ${id} and type = email`)).map(({ value, preferred }) => [value, Boolean(preferred)]).sort();
	assert.deepEqual(await points(), [["alt@example.org", false], ["neu@example.org", true]]);
	await patch("person", id, { email: "alt@example.org" });
	assert.deepEqual(await points(), [["alt@example.org", true], ["neu@example.org", false]]);
	await patch("person", id, { email: "ganz.neu@example.org" });
	assert.deepEqual(await points(), [["ganz.neu@example.org", true], ["neu@example.org", false]]);
	await patch("contact_point", point.id, { preferred: true });
	assert.equal((await get("person", id)).email, "neu@example.org");
	// What holds later, or no more, is not used; another sort of contact point changes nothing.
	await make("contact_point", { party: id, type: "email", value: "spaeter@example.org", preferred: true, valid_from: day(9) });
	await make("contact_point", { party: id, type: "fax", value: "0421 99", preferred: true });
	await make("contact_point", { party: id, type: "email", value: "keine Adresse", preferred: true });
	assert.equal((await get("person", id)).email, "neu@example.org");
	await make("contact_point", { party: id, type: "mobile", value: "+49 151 2345678", preferred: true });
	assert.equal((await get("person", id)).mobile, "+49 151 2345678");
});

test("DAT-01 of several addresses, each of a type and for a time, the preferred main one is the party's", async () => {
	const { id } = await make("organisation", { name: "Umzug GmbH", street: "Alte Gasse 1", postcode: "28195", city: "Bremen" });
	await make("address", { party: id, type: "billing", lines: "Postfach 7", city: "Hamburg", preferred: true });
	assert.equal((await get("organisation", id)).city, "Bremen");
	const main = await make("address", { party: id, type: "main", lines: "Neuer Weg 2\nHalle 4", postcode: "20457", city: "Hamburg", preferred: true });
	const firm = await get("organisation", id);
	assert.deepEqual([firm.street, firm.postcode, firm.city], ["Neuer Weg 2, Halle 4", "20457", "Hamburg"]);
	const old = (await list("address", `party = ${id} and city = "Bremen"`))[0];
	assert.deepEqual([old.type, old.lines, old.valid_until], ["main", "Alte Gasse 1", day(-1)]);
	assert.deepEqual((await kontor.expect(200, "GET", `/api/v1/address?where=${encodeURIComponent(`party = ${id} and (valid_until is empty or valid_until >= today)`)}`, { token })).body.items.length, 2);
	await patch("organisation", id, { city: "Lübeck" });
	assert.equal((await get("address", main.id)).city, "Lübeck");
});

test("OP-18 a key account has its team and its plan, and is found by its filter", async () => {
	const { id } = await make("organisation", { name: "Großkunde SE", key_account: true, account_plan: "2027: Werk 3 gewinnen" });
	const user = (await kontor.expect(200, "GET", "/api/v1/user?limit=1", { token })).body.items[0].id;
	await make("account_member", { party: id, member: user, role: "lead" });
	assert.deepEqual((await list("account_member", `party = ${id}`)).map(({ role, member }) => [role, member]), [["lead", user]]);
	const { text } = await visitor.get("/organisation?filter=key");
	assert.match(text, /Großkunde SE/);
	assert.doesNotMatch(text, /Umzug GmbH/);
});

test("OP-19 the care class is given by hand and usable in filters", async () => {
	const { id } = await make("organisation", { name: "A-Kunde", care_class: "a" });
	assert.deepEqual((await list("party", "care_class = a")).map((party) => party.id), [id]);
	assert.equal((await refused("PATCH", `/api/v1/party/${id}`, { care_proposed: "a" }))[0].field, "care_proposed");
});

test("OP-35 reference customers are marked, and say for what", async () => {
	const { id } = await make("organisation", { name: "Vorzeige AG", reference: true, reference_note: "Hochregallager" });
	assert.deepEqual((await list("party", "reference = true")).map((party) => [party.id, party.reference_note]), [[id, "Hochregallager"]]);
});

test("DAT-19 family, children and profession are stored and usable in analysis", async () => {
	for (const [family_name, children] of [["Eins", 0], ["Zwei", 2], ["Drei", 3]]) await make("person", { family_name, children, family_status: "married", profession: "Meisterin" });
	assert.equal((await list("person", "children > 0 and family_status = married")).length, 2);
	const { groups } = (await kontor.expect(200, "GET", "/api/v1/aggregate/person?group=family_status&measure=count,sum(children)&where=children%20is%20not%20empty", { token })).body;
	assert.deepEqual(groups.map((group) => [group.family_status, group.count, group["sum(children)"]]), [["married", 3, 5]]);
});

test("DAT-20 preferences for products, channels and times are stored and select parties", async () => {
	const { id } = await make("person", { family_name: "Vorliebe" });
	const product = await make("product", { name: "Spaten" });
	await make("preference", { party: id, kind: "product", product: product.id, strength: "likes" });
	await make("preference", { party: id, kind: "time", value: "dienstags vormittags", strength: "likes" });
	assert.deepEqual((await list("party", `any(preferences where product = ${product.id} and strength = likes)`)).map((party) => party.id), [id]);
});

test("DAT-16 other data bases are pointed to, not copied, and only for the management", async () => {
	const { id } = await make("organisation", { name: "Prüfling" });
	await make("data_pointer", { party: id, kind: "credit", name: "Auskunftei", reference: "4711", checked_on: day(-3), purpose: "Lieferung auf Rechnung" });
	assert.equal((await list("data_pointer", `party = ${id} and kind = credit`))[0].reference, "4711");
	await kontor.expect(404, "GET", "/api/v1/data_pointer", { token: kontor.token("dienst", { role: "service" }) });
});

test("DAT-21 potential and product needs of a prospect are stored and filtered", async () => {
	const { id } = await make("organisation", { name: "Anwärter", stage: "prospect", potential: "250000.00", product_needs: "Drehmaschine bis 600 mm, CNC" });
	await make("preference", { party: id, kind: "need", value: "CNC-Drehmaschine" });
	assert.deepEqual((await list("party", "potential > 200000 EUR and product_needs contains CNC")).map((party) => party.id), [id]);
});

test("DAT-22 the next planned purchase is a filter of its own", async () => {
	const { id } = await make("organisation", { name: "Bald", next_purchase_on: day(20) });
	await make("organisation", { name: "Später", next_purchase_on: day(200) });
	const { text } = await visitor.get("/organisation?filter=planned");
	assert.match(text, /Bald/);
	assert.doesNotMatch(text, /Später/);
	assert.ok(id);
});

test("DAT-17 recurring days come back each year, a 29 February too", async () => {
	const { id } = await make("person", { family_name: "Jubel" });
	const soon = day(3).slice(4);
	await make("occasion", { party: id, kind: "wedding", label: "Hochzeit", day: `1996${soon}` });
	await make("occasion", { party: id, kind: "founding", label: "Schalttag", day: "1996-02-29" });
	assert.deepEqual((await list("occasion", "day within 14d")).filter(({ label }) => label !== "Schalttag").map(({ label }) => label), ["Hochzeit"]);
	assert.equal((await list("party", "any(occasions where day within 14d)"))[0].id, id);
	assert.equal((await list("occasion", "day within 366d")).length, 2);
});
