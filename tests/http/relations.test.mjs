// The relations of a record: all that its reader may see, and not a trace of the rest.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token: root, body: fields })).body;
const page = async (token, where) => {
	const reply = await fetch(kontor.url + where, { headers: { authorization: `Bearer ${token}`, accept: "text/html" } });
	return { status: reply.status, text: await reply.text(), request: reply.headers.get("x-request-id") };
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
	const line = kontor.log().split("\n").find((one) => one.includes(`request=${shown.request}`));
	const statements = Number(/sql_count=(\d+)/.exec(line)?.[1]);
	assert.ok(statements >= 4 && statements <= 12, `${statements} statements: ${line}`);
	assert.equal((await page(root, "/organisation/987654321/relations")).status, 404);
	assert.equal((await page(root, "/nothing/1/relations")).status, 404);
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
