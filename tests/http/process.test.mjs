// Sales processes: what a stage asks of a deal that enters it, through every door; and the editor of stages.
import assert from "node:assert";
import { test } from "node:test";
import { start, until } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const root = kontor.token("root");
const anna = kontor.token("anna", { role: "management" });
const bert = kontor.token("bert", { role: "sales" });
const make = async (token, object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const get = async (object, id, token = root) => (await kontor.expect(200, "GET", `/api/v1/${object}/${id}`, { token })).body;
const idOf = (link) => String(link?.id ?? link);
const pipeline = await make(root, "pipeline", { name: "Neugeschäft" });
const stage = (name, position, more = {}) => make(root, "stage", { name, position, pipeline: pipeline.id, ...more });
const first = await stage("Anfrage", 1, { probability: "10" });
const asks = await stage("Angebot", 2, { probability: "50", required: ["value", "expected_on"] });
const won = await stage("Gewonnen", 3, { outcome: "won", required: ["value"] });
const facts = { value: { amount: "900.00", currency: "EUR" }, expected_on: "2027-03-01" };

test("OP a stage names the fields that it asks for, and nothing else", async () => {
	const reply = await kontor.api("PATCH", `/api/v1/stage/${first.id}`, { token: root, body: { required: ["value", "Wert"] } });
	assert.equal(reply.status, 422);
	assert.deepEqual(reply.body.errors.map((one) => one.field), ["required"]);
	assert.match(reply.text, /no field “Wert”.*names of fields/);
	assert.deepEqual((await get("stage", first.id)).required ?? [], []);
});

test("what a stage asks for is asked at every door: API, new record, batch, form, board, bulk", async () => {
	const deal = await make(bert, "deal", { name: "Halle 3" });
	assert.equal(idOf(deal.stage), String(first.id), "who only gives a name is asked nothing");
	const missing = (reply) => {
		assert.equal(reply.status, 422, reply.text);
		assert.deepEqual(reply.body.errors.map((one) => [one.field, one.code]).sort(), [["expected_on", "required"], ["value", "required"]]);
		assert.match(reply.text, /Before a deal enters the stage “Angebot”, fill in “Value”/);
	};
	missing(await kontor.api("PATCH", `/api/v1/deal/${deal.id}`, { token: bert, body: { stage: asks.id } }));
	missing(await kontor.api("POST", "/api/v1/deal", { token: bert, body: { name: "Gleich dort", stage: asks.id } }));
	const batch = await kontor.api("POST", "/api/v1/batch", { token: bert, body: { operations: [{ op: "update", object: "deal", id: deal.id, fields: { stage: asks.id } }] } });
	assert.match(batch.text, /Before a deal enters the stage/);
	assert.equal(idOf((await get("deal", deal.id)).stage), String(first.id));

	const visitor = new Visitor(kontor);
	await visitor.signIn("bert");
	await visitor.get(`/deal/${deal.id}/edit`);
	const form = await visitor.post(`/deal/${deal.id}/edit`, { has: "stage", stage: `#${asks.id}` });
	assert.equal(form.status, 422);
	assert.match(form.text, /Before a deal enters the stage “Angebot”, fill in “Expected on”/);

	// A board asks at once, and the answer goes with the move.
	const asked = await visitor.post(`/deal/${deal.id}/edit`, { has: "stage", stage: `#${asks.id}`, ask: "1" });
	assert.equal(asked.status, 200);
	assert.deepEqual([...asked.text.matchAll(/data-control="(\w+)"/g)].map(([, name]) => name).sort(), ["expected_on", "value"]);
	assert.equal(idOf((await get("deal", deal.id)).stage), String(first.id), "nothing is moved while it asks");
	const answer = new URLSearchParams([["csrf", visitor.csrf], ["has", "stage"], ["has", "value"], ["has", "expected_on"], ["stage", `#${asks.id}`], ["value", "900.00 EUR"], ["expected_on", "2027-03-01"], ["asked", "1"]]);
	assert.equal((await visitor.send("POST", `/deal/${deal.id}/edit`, { body: answer })).status, 204);
	const moved = await get("deal", deal.id);
	assert.equal(idOf(moved.stage), String(asks.id));
	assert.equal(moved.value.amount, "900.00");

	const lacking = await make(bert, "deal", { name: "Ohne Wert" }), ready = await make(bert, "deal", { name: "Mit Wert", ...facts });
	const bulk = (await kontor.api("POST", "/api/v1/deal/bulk", { token: bert, body: { ids: [lacking.id, ready.id], fields: { stage: asks.id } } }));
	assert.ok(bulk.status < 300, bulk.text);
	const done = await until("the bulk has ended", async () => {
		const state = (await kontor.expect(200, "GET", `/api/v1/bulks/${bulk.body.id}`, { token: bert })).body;
		return state.state !== "running" && state.state !== "ready" && state;
	});
	assert.equal(idOf((await get("deal", ready.id)).stage), String(asks.id));
	assert.equal(idOf((await get("deal", lacking.id)).stage), String(first.id));
	assert.match(JSON.stringify(done), /Before a deal enters the stage/);
});

test("asked on entry and only there; what nobody moved by hand is not asked", async () => {
	const deal = await make(root, "deal", { name: "Drin", stage: asks.id, ...facts });
	await kontor.expect(200, "PATCH", `/api/v1/deal/${deal.id}`, { token: root, body: { value: null } });
	const reply = await kontor.api("PATCH", `/api/v1/deal/${deal.id}`, { token: root, body: { stage: won.id } });
	assert.equal(reply.status, 422);
	assert.deepEqual(reply.body.errors.map((one) => one.field), ["value"]);
});

// ---- the editor ----

const inputs = (text, at) => {
	const form = text.slice(text.indexOf(`id="pipeline-${at}"`)), values = [];
	const part = form.slice(0, form.indexOf("</form>"));
	for (const [tag] of part.matchAll(/<input[^>]*>/g)) {
		const name = /name="([^"]*)"/.exec(tag)?.[1], value = (/value="([^"]*)"/.exec(tag)?.[1] ?? "").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
		if (name && (!/type="checkbox"/.test(tag) || / checked/.test(tag))) values.push([name, value]);
	}
	for (const [, name, body] of part.matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) values.push([name, /value="([^"]*)" selected/.exec(body)?.[1] ?? ""]);
	return values;
};
const set = (values, name, value) => values.map(([one, old]) => [one, one === name ? value : old]);
const stagesOf = async (of) => (await kontor.expect(200, "GET", `/api/v1/stage?where=${encodeURIComponent(`pipeline = ${of}`)}&sort=position`, { token: root })).body.items;
const named = async (of) => (await stagesOf(of)).map((one) => one.name);

async function editor(login = "anna") {
	const visitor = new Visitor(kontor);
	await visitor.signIn(login);
	visitor.open = async () => (await visitor.get("/admin/pipelines")).text;
	visitor.save = (id, values, ...more) => visitor.send("POST", `/admin/pipelines/${id}`, { body: new URLSearchParams([...values, ...more]) });
	return visitor;
}

test("a pipeline is made, its stages renamed, added and put in order, without a script; one undo takes it back", async () => {
	const visitor = await editor();
	await visitor.open();
	const made = await visitor.post("/admin/pipelines", { "name-fresh": "Service", "kind-fresh": "service_business", like: "" });
	assert.equal(made.status, 303, made.text);
	const id = /#pipeline-(\d+)/.exec(made.location)[1];
	assert.deepEqual(await named(id), ["Inquiry", "Quote", "Won", "Lost"]);
	assert.equal((await get("pipeline", id)).kind, "service_business");
	const before = await stagesOf(id);
	let values = inputs(await visitor.open(), id);
	values = set(values, `name-${before[0].id}`, "Meldung");
	values = set(values, `idle_days-${before[1].id}`, "14");
	values = set(values, `deal_limit-${before[1].id}`, "5");
	values = set(values, `probability-${before[1].id}`, "60");
	values = set(values, "name-new", "Termin");
	values = set(values, "outcome-new", "open");
	const saved = await visitor.save(id, values, [`required-${before[1].id}`, "value"], [`required-${before[1].id}`, "next_step"], ["do", `up:${before[1].id}`]);
	assert.equal(saved.status, 303, saved.text);
	assert.deepEqual(await named(id), ["Quote", "Meldung", "Termin", "Won", "Lost"]);
	const quote = await get("stage", before[1].id);
	assert.deepEqual([quote.idle_days, quote.deal_limit, quote.probability, quote.required], [14, 5, "60.00", ["next_step", "value"]]);
	const shown = await visitor.open();
	assert.match(shown, /Value, Next step/);
	const changeset = /done=(\d+)/.exec(saved.location)[1];
	assert.equal((await visitor.post(`/changesets/${changeset}/undo`, { to: "/admin/pipelines" })).status, 303);
	assert.deepEqual(await named(id), ["Inquiry", "Quote", "Won", "Lost"]);
	const bare = set(inputs(await visitor.open(), id), "name-new", "Ohne Ergebnis");
	assert.equal((await visitor.save(id, set(bare, "outcome-new", ""), ["do", "save"])).status, 303);
	assert.equal((await stagesOf(id)).at(-1).name, "Ohne Ergebnis");
	await kontor.expect(204, "DELETE", `/api/v1/stage/${(await stagesOf(id)).at(-1).id}`, { token: root });
	const like = await visitor.post("/admin/pipelines", { "name-fresh": "Erneuerung", "kind-fresh": "other", like: id });
	assert.deepEqual(await named(/#pipeline-(\d+)/.exec(like.location)[1]), ["Inquiry", "Quote", "Won", "Lost"]);
});

test("what is wrong is told at its place, and nothing is saved", async () => {
	const visitor = await editor();
	let values = inputs(await visitor.open(), pipeline.id);
	values = set(values, `name-${first.id}`, "Umbenannt");
	values = set(values, `probability-${asks.id}`, "150");
	const reply = await visitor.save(pipeline.id, values, ["do", `down:${first.id}`]);
	assert.equal(reply.status, 422);
	assert.match(reply.text, /aria-invalid="true"[^>]*aria-describedby="why-probability-\d+-\d+"/);
	assert.match(reply.text, /value="Umbenannt"/, "what was typed is still there");
	assert.deepEqual(await named(pipeline.id), ["Anfrage", "Angebot", "Gewonnen"]);
	const stale = inputs(await visitor.open(), pipeline.id);
	await kontor.expect(200, "PATCH", `/api/v1/stage/${first.id}`, { token: root, body: { name: "Anfragen" } });
	const late = await visitor.save(pipeline.id, set(stale, `name-${first.id}`, "Zu spät"), ["do", "save"]);
	assert.equal(late.status, 412);
	assert.equal((await get("stage", first.id)).name, "Anfragen");
	assert.equal((await visitor.post("/admin/pipelines", { "name-fresh": " " })).status, 422);
	const elsewhere = await make(root, "pipeline", { name: "Anderswo" });
	const stolen = await visitor.save(elsewhere.id, set(inputs(await visitor.open(), elsewhere.id), "name-new", ""), ["stage", String(first.id)], [`name-${first.id}`, "Meine"]);
	assert.equal(stolen.status, 409, "a stage of another pipeline");
	assert.equal(idOf((await get("stage", first.id)).pipeline), String(pipeline.id));
});

test("a stage is removed after a preview: its deals go to another one, and all of it is undone as one step", async () => {
	const visitor = await editor();
	const deals = [await make(root, "deal", { name: "Eins", stage: asks.id, ...facts }), await make(bert, "deal", { name: "Zwei", stage: asks.id, ...facts })];
	const count = (await kontor.expect(200, "GET", `/api/v1/deal?total=1&where=${encodeURIComponent(`stage = ${asks.id}`)}`, { token: root })).body.total;
	const page = await visitor.get(`/admin/pipelines/remove?stage=${asks.id}`);
	assert.match(page.text, new RegExp(`${count} deals stand there`));
	assert.doesNotMatch(page.text, new RegExp(`<option value="${asks.id}"`), "not to itself");
	assert.equal((await visitor.post("/admin/pipelines/remove", { stage: asks.id, to: "" })).status, 422);
	assert.equal((await visitor.post("/admin/pipelines/remove", { stage: asks.id, to: asks.id })).status, 422);
	const gone = await visitor.post("/admin/pipelines/remove", { stage: asks.id, to: first.id });
	assert.equal(gone.status, 303, gone.text);
	assert.equal((await kontor.api("GET", `/api/v1/stage/${asks.id}`, { token: root })).status, 404);
	for (const deal of deals) assert.equal(idOf((await get("deal", deal.id)).stage), String(first.id));
	assert.equal((await get("deal", deals[0].id)).probability, "10.00");
	assert.equal((await visitor.post(`/changesets/${/done=(\d+)/.exec(gone.location)[1]}/undo`, { to: "/admin/pipelines" })).status, 303);
	for (const deal of deals) assert.equal(idOf((await get("deal", deal.id)).stage), String(asks.id));
	assert.deepEqual((await get("stage", asks.id)).required, ["expected_on", "value"]);
});

test("a pipeline is removed with its stages; its deals go to a stage of another one", async () => {
	const visitor = await editor();
	const other = await make(root, "pipeline", { name: "Auslaufend" }), step = await make(root, "stage", { name: "Schritt", position: 1, pipeline: other.id });
	const deal = await make(root, "deal", { name: "Zieht um", stage: step.id });
	assert.match((await visitor.get(`/admin/pipelines/remove?pipeline=${other.id}`)).text, /1 deal stands there/);
	assert.equal((await visitor.post("/admin/pipelines/remove", { pipeline: other.id, to: step.id })).status, 422, "that goes too");
	assert.equal((await visitor.post("/admin/pipelines/remove", { pipeline: other.id, to: first.id })).status, 303);
	const moved = await get("deal", deal.id);
	assert.deepEqual([idOf(moved.stage), idOf(moved.pipeline)], [String(first.id), String(pipeline.id)]);
	assert.equal((await kontor.api("GET", `/api/v1/stage/${step.id}`, { token: root })).status, 404);
});

test("SEC-02 processes are for those who may change stages; deals that one does not see are not left behind", async () => {
	const sales = await editor("bert");
	assert.equal((await sales.get("/admin/pipelines")).status, 403);
	assert.equal((await sales.get(`/admin/pipelines/remove?stage=${asks.id}`)).status, 403);
	assert.doesNotMatch((await sales.get("/")).text, /admin\/pipelines/);
	for (const where of ["/admin/pipelines", `/admin/pipelines/${pipeline.id}`, "/admin/pipelines/remove"]) assert.equal((await sales.post(where, { stage: asks.id, to: first.id, "name-fresh": "X" })).status, 403, where);
	assert.match((await (await editor()).get("/")).text, /admin\/pipelines/);
	const nobody = new Visitor(kontor);
	assert.equal((await nobody.get("/admin/pipelines")).status, 303);
	const admin = await editor("root");
	await admin.get("/admin/model");
	const text = 'role x_planner "Planner"\nextend stage\n  grant x_planner read=all create edit=all delete=all\nextend pipeline\n  grant x_planner read=all create edit=all delete=all\nextend deal\n  grant x_planner read=own edit=own\n';
	assert.equal((await admin.post("/admin/model", { text, do: "apply" })).status, 303);
	kontor.forgetSchemas(root);
	kontor.user("plan", { role: "x_planner" });
	const planner = await editor("plan");
	assert.match(await planner.open(), /Angebot/);
	assert.equal((await planner.get(`/admin/pipelines/remove?stage=${asks.id}`)).status, 403);
	assert.equal((await planner.post("/admin/pipelines/remove", { stage: asks.id, to: first.id })).status, 403);
	await get("stage", asks.id);
	// What he may not see is asked all the same, and not named.
	const hiding = text + '  grant x_clerk read=all create edit=all hide=value,weighted\nextend stage\n  grant x_clerk read=all\nextend pipeline\n  grant x_clerk read=all\nrole x_clerk "Clerk"\n';
	assert.equal((await admin.post("/admin/model", { text: hiding, do: "apply" })).status, 303);
	kontor.forgetSchemas(root);
	const clerk = kontor.token("clerk", { role: "x_clerk" });
	const deal = await make(clerk, "deal", { name: "Blind" });
	const refused = await kontor.api("PATCH", `/api/v1/deal/${deal.id}`, { token: clerk, body: { stage: asks.id, expected_on: "2027-03-01" } });
	assert.equal(refused.status, 422);
	assert.deepEqual(refused.body.errors.map((one) => one.field), ["stage"]);
	assert.match(refused.text, /asks for a fact that you may not see/);
	assert.doesNotMatch(refused.text, /Value/);
});
