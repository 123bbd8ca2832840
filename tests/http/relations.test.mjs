// The relations of a record: all that its reader may see, and not a trace of the rest.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: root, body: fields })).body;
const page = async (token, where) => {
	const reply = await fetch(kontor.url + where, { headers: { authorization: `Bearer ${token}`, accept: "text/html" } });
	return { status: reply.status, text: await reply.text() };
};

test("GEN-27 the relations of a record are shown with their kind and their way, with what it links to and what hangs on it; at most 12 statements", async () => {
	const firm = await make("organisation", { name: "Mitte GmbH" });
	const parent = await make("organisation", { name: "Mutter AG" });
	const person = await make("person", { name: "Frida Kontakt", kind: "person" });
	await kontor.expect(200, "PATCH", `/api/v1/party/${firm.id}`, { token: root, body: { parent_party: parent.id } });
	await make("relation", { from: { object: "party", id: person.id }, kind: "contact_at", to: { object: "party", id: firm.id } });
	await make("relation", { from: { object: "party", id: firm.id }, kind: "supplier_of", to: { object: "party", id: parent.id } });
	for (let i = 0; i < 9; i++) for (const object of ["deal", "activity", "task", "order"]) await make(object, { party: firm.id, ...(object === "deal" ? { name: `Deal ${i}` } : {}) });
	await make("contact_point", { party: firm.id, value: "0351 1" });
	await make("address", { party: firm.id, city: "Bonn" });
	const shown = await page(root, `/organisation/${firm.id}/relations`);
	assert.equal(shown.status, 200);
	for (const words of ["Frida Kontakt – Contact person at – Mitte GmbH", "Mitte GmbH – Supplier of – Mutter AG", "Belongs to: Mutter AG", "Deals: Deal", "Deals: 4 more", "Orders: 4 more", "Activities: 9", "Tasks: 9"]) assert.ok(shown.text.includes(`aria-label="${words}`), `${words}\n${[...shown.text.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label).join("\n")}`);
	const statements = await kontor.statements("GET /{object}/{id}/relations", () => page(root, `/organisation/${firm.id}/relations`));
	assert.ok(statements >= 4 && statements <= 12, `${statements} statements`);
	assert.equal((await page(root, "/organisation/987654321/relations")).status, 404);
	assert.equal((await page(root, "/nothing/1/relations")).status, 404);
});

test("GEN-27 a kind of one's own reads from both sides, and stands only where it may", async () => {
	const father = await make("person", { name: "Anton Vater", kind: "person" }), child = await make("person", { name: "Berta Kind", kind: "person" });
	const firm = await make("organisation", { name: "Familie GmbH" });
	const wrong = await kontor.api("POST", "/api/v1/relation_type", { token: root, body: { name: "ist Vater von", from_objects: ["Menschen"] } });
	assert.equal(wrong.status, 422);
	assert.deepEqual(wrong.body.errors.map((one) => one.field), ["from_objects"]);
	const type = await make("relation_type", { name: "ist Vater von", reverse_name: "ist Kind von", from_objects: ["person"], to_objects: ["person"] });
	const same = await make("relation_type", { name: "ist befreundet mit", from_objects: ["party"] });
	const ends = (from, to) => ({ from: { object: "party", id: from.id }, to: { object: "party", id: to.id } });
	const refused = await kontor.api("POST", "/api/v1/relation", { token: root, body: { ...ends(father, firm), own_kind: type.id } });
	assert.equal(refused.status, 422);
	assert.deepEqual(refused.body.errors.map((one) => one.field), ["to"]);
	assert.match(refused.text, /“ist Vater von” have another sort of record here: person/);
	const relation = await make("relation", { ...ends(father, child), own_kind: type.id });
	assert.equal(relation.kind, "other");
	await make("relation", { ...ends(firm, father), own_kind: same.id });
	const moved = await kontor.api("PATCH", `/api/v1/relation/${relation.id}`, { token: root, body: { to: { object: "party", id: firm.id } } });
	assert.equal(moved.status, 422, "nor later");
	const labels = async (one, who = root) => [...(await page(who, `/person/${one.id}/relations`)).text.matchAll(/aria-label="([^"]* – [^"]*)"/g)].map(([, label]) => label);
	assert.deepEqual((await labels(father)).sort(), ["Anton Vater – ist Vater von – Berta Kind", "Familie GmbH – ist befreundet mit – Anton Vater"]);
	assert.deepEqual(await labels(child), ["Berta Kind – ist Kind von – Anton Vater"]);
	await kontor.expect(200, "PATCH", `/api/v1/relation_type/${type.id}`, { token: root, body: { reverse_name: "ist Tochter von" } });
	assert.deepEqual(await labels(child), ["Berta Kind – ist Tochter von – Anton Vater"]);
	assert.equal((await kontor.api("POST", "/api/v1/relation_type", { token: kontor.token("bert", { role: "sales" }), body: { name: "x" } })).status, 403);
});

test("SEC-02 what may not be seen is in no picture: no name, no number, no place", async () => {
	const bert = kontor.token("bert", { role: "sales" });
	const anna = kontor.token("anna", { role: "management" });
	const firm = await make("organisation", { name: "Offen GmbH" });
	const view = (await kontor.expect(201, "POST", "/api/v1/saved_view", { token: anna, body: { name: "Geheime Ansicht", object_name: "deal" } })).body;
	const other = await make("organisation", { name: "Sichtbar AG" });
	await make("relation", { from: { object: "party", id: firm.id }, kind: "influences", to: { object: "saved_view", id: view.id } });
	await make("relation", { from: { object: "party", id: firm.id }, kind: "advises", to: { object: "party", id: other.id } });
	const seen = await page(anna, `/party/${firm.id}/relations`);
	assert.ok(seen.text.includes("Geheime Ansicht"));
	const hidden = await page(bert, `/party/${firm.id}/relations`);
	assert.equal(hidden.status, 200);
	assert.ok(hidden.text.includes("Sichtbar AG"));
	assert.doesNotMatch(hidden.text, /Geheime|saved_view\/|Influences/);
	assert.equal((hidden.text.match(/<line /g) ?? []).length, (hidden.text.match(/<rect /g) ?? []).length - 1);
	assert.equal((await page(bert, `/saved_view/${view.id}/relations`)).status, 404);
});
