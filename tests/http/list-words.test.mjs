// Words in the box of a list that has more records than are looked through one by one: the full text finds them.
import assert from "node:assert";
import { test } from "node:test";
import { DEMO, start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({}, { demo: 5000 });
const anna = new Visitor(kontor);
await anna.signIn(DEMO.login, DEMO.password);
const token = await kontor.token("leser", { role: "management" });

const total = (html) => Number(/data-total="(\d+)"/.exec(html)?.[1] ?? 0);
const ids = (html) => [...html.matchAll(/<tr[^>]* data-id="(\d+)"/g)].map(([, id]) => id);
const asked = (words, object) => words.map((word) => (object === "activity" ? `(subject contains "${word}" or party.name contains "${word}" or owner.name contains "${word}")` : `(name contains "${word}" or city contains "${word}" or email contains "${word}")`)).join(" and ");
const count = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?total=1&limit=1&where=${encodeURIComponent(where)}`, { token })).body.total;

test("OPS-01 common words of a long list are found together, with the exact number, by at most 6 statements", async () => {
	assert.ok((await count("activity", "id > 0")) > 20_000);
	for (const words of [["angebot"], ["angebot", "müller"], ["rückruf", "schmidt"], ["frage", "zur", "rechnung"], ["angebot", "nirgendwo"]]) {
		const where = `/activity?q=${encodeURIComponent(words.join(" "))}`;
		const { text } = await anna.get(where);
		assert.equal(total(text), await count("activity", asked(words, "activity")), where);
		if (!total(text)) continue;
		const taken = await kontor.statements("GET /{object}", () => anna.get(where));
		assert.ok(taken <= 6, `${where}: ${taken} statements`);
	}
});

test("OPS-01 pages of what words find are whole in every order", async () => {
	const most = await count("activity", asked(["angebot", "müller"], "activity"));
	assert.ok(most > 10);
	for (const sort of ["", "subject", "-subject", "party", "-at", "owner,-at"]) {
		const seen = new Set();
		for (let next = `/activity?q=angebot+m%C3%BCller&sort=${sort}`; next; ) {
			const { text } = await anna.get(next);
			for (const id of ids(text)) {
				assert.ok(!seen.has(id), `${sort}: ${id} twice`);
				seen.add(id);
			}
			next = /rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
		}
		assert.equal(seen.size, most, sort);
	}
});

test("OPS-01 what has just been written is found at once, what has just gone is not", async () => {
	const made = (await kontor.expect(201, "POST", "/api/v1/activity", { token, body: { subject: "Sonderwunsch Angebotsmappe", kind: "note" } })).body;
	const found = async (q) => total((await anna.get(`/activity?q=${encodeURIComponent(q)}`)).text);
	assert.equal(await found("sonderw angebotsm"), 1);
	assert.equal(await found("wunsch angebotsm"), 0, "a word is found where it begins one");
	await kontor.expect(200, "PATCH", `/api/v1/activity/${made.id}`, { token, body: { subject: "Angebotsmappe" }, headers: { "if-match": `"${made.version}"` } });
	assert.equal(await found("sonderw angebotsm"), 0);
	assert.equal(await found("angebotsm"), 1);
	await kontor.expect(204, "DELETE", `/api/v1/activity/${made.id}`, { token });
	assert.equal(await found("angebotsm"), 0);
});

test("OPS-01 the words of a long list are a condition that the API takes too", async () => {
	const { text } = await anna.get("/activity?q=angebot+m%C3%BCller");
	const where = /data-where="([^"]*)"/.exec(text)?.[1]?.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&gt;", ">");
	assert.match(where, /subject finds "angebot"/);
	assert.equal(await count("activity", where), total(text));
});
