// Every route × object × operation × role × own, team's, unit's and strangers' records.  The same choices
// each time; set MATRIX_SEED to make others, MATRIX=small for the part of it that `make authz` runs, MATRIX_STOP=1 to end at the first fault,
// MATRIX_WORLD to a folder where the world is kept, or found, MATRIX_FIRST to words of the test to begin with.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { before, test as register } from "node:test";
import { start } from "./harness.mjs";
import { Expectation, NOWHERE, ROUTES, SHIPPED, chance, fingerprint, randomModel, readModel } from "./matrix.mjs";

const SEED = Number(process.env.MATRIX_SEED ?? 1);
const IS_SMALL = process.env.MATRIX === "small";
const AT_ONCE = 6;
const WORLD = process.env.MATRIX_WORLD;
const hasWorld = Boolean(WORLD) && fs.existsSync(path.join(WORLD, "people.json"));
const random = chance(SEED);
const kontor = await start({ operators: "192.0.2.0/24", rate_per_minute: -1 }, { from: hasWorld ? path.join(WORLD, "data") : null });
const tests = [];
const test = (name, run) => tests.push({ name, run });
console.log(`# MATRIX_SEED=${SEED}`);

const wrong = [];
const note = (text) => {
	wrong.push(text);
	if (!process.env.MATRIX_STOP) return;
	console.log(`${wrong.length} wrong, MATRIX_SEED=${SEED}\n${text}`);
	process.exit(1);
};
let calls = 0;

// --- the world ---

let model, people, root, rows, expect;

const call = async (who, method, where, body, headers) => {
	calls++;
	return kontor.api(method, where, { token: who?.token, body, headers });
};
const must = async (who, method, where, body) => {
	const reply = await call(who, method, where, body);
	assert.ok(reply.status < 300, `${method} ${where} as ${who.name}: ${reply.status} ${reply.text.slice(0, 600)}\n${JSON.stringify(body)?.slice(0, 300)}`);
	return reply.body;
};

// All records as an administrator sees them.
async function readAll() {
	rows = new Map();
	for (const object of model.objects.values()) {
		const list = await must(root, "GET", `/api/v1/${object.name}?limit=1000`);
		assert.equal(list.next, null, `${object.name} is too long for the matrix`);
		rows.set(object.name, new Map(list.items.map((row) => [row.id, row])));
	}
	expect = new Expectation(model, rows);
}

const named = (object) => (object.title && object.fields.get(object.title).type === "text" ? object.title : [...object.fields.values()].find((f) => f.type === "text" && !f.words.includes("readonly"))?.name);
const isNumbered = (object, name) => object.fields.has(name);

// Fields of a new record: what it must have, a name, numbers of chance, and whom it belongs to.
function fresh(object, name, belongs = {}) {
	const fields = {};
	for (const field of object.fields.values())
		if (field.words.includes("required")) fields[field.name] = `${name}-${field.name}`;
	if (named(object) && !fields[named(object)]) fields[named(object)] = name;
	for (const [key, value] of [["x_note", `note${name}`], ["x_rank", random.below(10)], ["x_sum", { amount: `${random.below(900)}.50`, currency: "EUR" }]])
		if (isNumbered(object, key)) fields[key] = value;
	for (const key of ["owner", "team", "unit"]) if (object[key] && belongs[key]) fields[object[key]] = belongs[key];
	if (object.parent && belongs.whole?.[object.fields.get(object.parent).target]) fields[object.parent] = belongs.whole[object.fields.get(object.parent).target];
	if (object.name === "x_free" && belongs.whole?.x_case) Object.assign(fields, { x_case: belongs.whole.x_case, x_about: { object: "x_case", id: belongs.whole.x_case }, x_cases: [belongs.whole.x_case], x_plan: belongs.whole.x_plan });
	return fields;
}

// Parts after their wholes.
function inOrder() {
	const done = new Set(["user", "role", "team", "unit"]), list = [];
	const add = (object) => {
		if (done.has(object.name)) return;
		done.add(object.name);
		if (object.parent) add(model.objects.get(object.fields.get(object.parent).target));
		if (object.name === "x_free") for (const name of ["x_case", "x_plan"]) add(model.objects.get(name));
		list.push(object);
	};
	for (const object of model.objects.values()) add(object);
	return list;
}

async function makeAll(who, name, belongs) {
	const whole = {};
	const made = {};
	for (const object of inOrder()) {
		const fields = fresh(object, `${name} ${object.name}`, { ...belongs, whole });
		if (object.name === "price_list") fields.currency = "EUR";
		const reply = await must(who, "POST", `/api/v1/${object.name}`, fields);
		whole[object.name] = made[object.name] = reply.id;
	}
	return made;
}

before(async () => {
	if (hasWorld) ({ root, people } = JSON.parse(fs.readFileSync(path.join(WORLD, "people.json"), "utf8")));
	else await makeWorld();
	kontor.forgetSchemas(root.token);
	model ??= readModel(kontor.cli(["model"]).out);
	if (WORLD && !hasWorld) {
		await kontor.stop();
		fs.cpSync(kontor.data, path.join(WORLD, "data"), { recursive: true });
		fs.writeFileSync(path.join(WORLD, "people.json"), JSON.stringify({ root, people }));
		await kontor.serve();
	}
	await readAll();
});

async function makeWorld() {
	const shipped = readModel(kontor.cli(["model"]).out);
	root = { name: "root", roles: ["admin"], teams: [], units: [], token: kontor.token("root") };
	const file = path.join(kontor.folder, "matrix.model");
	fs.writeFileSync(file, randomModel(random, [...shipped.roles.keys()]));
	kontor.cli(["model", "apply", file]);
	model = readModel(kontor.cli(["model"]).out);
	await kontor.restart();
	kontor.forgetSchemas();
	const made = async (object, fields) => (await must(root, "POST", `/api/v1/${object}`, fields)).id;
	const home = await made("unit", { name: "Home" }), below = await made("unit", { name: "Below", parent_unit: home }), far = await made("unit", { name: "Far" });
	const team = await made("team", { name: "Team", unit: home }), other = await made("team", { name: "Other", unit: home }), led = await made("team", { name: "Led", unit: far }), away = await made("team", { name: "Away", unit: far });
	const roleIds = new Map((await must(root, "GET", "/api/v1/role?limit=1000")).items.map((role) => [role.name, role.id]));
	const roles = [...model.roles.keys()];
	assert.deepEqual([...roleIds.keys()].sort(), [...roles].sort(), "every role of the model can be given");
	const wanted = IS_SMALL ? ["admin", "sales", "service", "marketing", "portal", "x_field", "x_office"] : roles;
	const sets = [...wanted.map((role) => [role]), ["service", "x_office"]];
	people = [];
	for (const [i, set] of sets.entries()) {
		const user = kontor.user(`m${i}`, { role: "admin" });
		const person = { name: set.join("+"), login: user.login, id: user.id, roles: set, teams: [team], units: [home, below], set };
		person.token = kontor.cli(["token", "create", "--user", user.login]).out.trim();
		await must(root, "PATCH", `/api/v1/user/${user.id}`, { team, unit: home });
		people.push(person);
	}
	const mate = await made("user", { login: "mate", name: "Mate", team, unit: home });
	const under = await made("user", { login: "under", name: "Under", team: other, unit: below });
	const stranger = await made("user", { login: "stranger", name: "Stranger", team: away, unit: far });
	await must(root, "PATCH", `/api/v1/team/${led}`, { lead: people[1].id });
	people[1].teams = [team, led];
	const groups = { team: await makeAll(root, "mate", { owner: mate, team, unit: home }), unit: await makeAll(root, "under", { owner: under, team: other, unit: below }), foreign: await makeAll(root, "stranger", { owner: stranger, team: away, unit: far }) };
	const ledOnes = await makeAll(root, "led", { owner: stranger, team: led, unit: far });
	// Two more, so that a merge that is allowed has something to take.
	for (const person of people) {
		person.own = await makeAll(person, person.name, { owner: person.id, team, unit: home });
		// Of somebody else, but about what is his own.
		await must(root, "POST", "/api/v1/x_free", { x_name: `for ${person.name}`, x_case: person.own.x_case, x_about: { object: "x_case", id: person.own.x_case } });
		person.targets = { own: person.own, ...groups, led: ledOnes };
		await must(root, "PATCH", `/api/v1/user/${person.id}`, { roles: person.set.map((role) => roleIds.get(role)) });
	}
}

// --- comparing ---

// An answer without what names the call itself.
const bare = (reply, ...names) => {
	let text = reply.body ? JSON.stringify({ ...reply.body, instance: undefined, status: undefined }) : reply.text;
	for (const name of names.flat().filter(Boolean)) text = text.replaceAll(new RegExp(`(?<![\\w])${name}(?![\\w])`, "g"), "?");
	return `${reply.status} ${text}`;
};
const sameSet = (a, b) => a.length === b.length && JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
const title = (who) => who?.name ?? "nobody";

async function pool(jobs) {
	const queue = [...jobs];
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		while (queue.length) await queue.shift()();
	}));
}

// One refused call is { who, method, where, body, status, like }: `like` is the same call for what does not exist.
async function refuse(group, refused) {
	const run = async (one) => {
		const reply = await call(one.who, one.method, one.where, one.body, one.headers);
		const what = `${group}: ${one.method} ${one.where} ${JSON.stringify(one.body ?? "")}`;
		if (reply.status !== one.status) note(`${what} gave ${reply.status}, not ${one.status}: ${reply.text.slice(0, 300)}`);
		else if (one.like) {
			const like = await call(one.who, one.method, one.like.where, one.like.body ?? one.body, one.headers);
			if (bare(reply, one.names ?? []) !== bare(like, one.like.names ?? [])) note(`${what} is told apart from what does not exist:\n  ${bare(reply, one.names ?? [])}\n  ${bare(like, one.like.names ?? [])}`);
		}
	};
	const all = fingerprint(kontor);
	await pool(refused.map((one) => () => run(one)));
	if (fingerprint(kontor) === all) return;
	for (const one of refused) {
		const first = fingerprint(kontor);
		await run(one);
		if (fingerprint(kontor) !== first) note(`${group}: ${one.method} ${one.where} ${JSON.stringify(one.body ?? "")} was refused and changed something`);
	}
	note(`${group}: refused calls changed something`);
}

const namesOf = (object) => [object.name, ...object.faces];
const rowOf = (object, id) => rows.get(object.name).get(id);
const chosen = () => [...model.objects.values()].filter((object) => !IS_SMALL || object.name.startsWith("x_") || ["party", "deal", "user", "note"].includes(object.name));
const targetsOf = (who, object) => {
	if (object.name === "user") return { own: who?.id ?? people[0].id, foreign: people.find((p) => p !== who).id };
	if (object.name === "role" || object.name === "team" || object.name === "unit") return { foreign: [...rows.get(object.name).keys()][0] };
	return Object.fromEntries(Object.entries((who ?? people[1]).targets).map(([kind, made]) => [kind, made[object.name]]));
};

// What to send to change a record, and the field it is in.
const changeOf = (who, object) => {
	if (object.name === "role") return { label: "Other" };
	const name = named(object);
	if (!name) return object.fields.has("amount") ? { amount: { amount: "1.00", currency: "EUR" } } : { about: null };
	return expect.object(who, object, "read") && !expect.sees(who, object, name) ? {} : { [name]: "Changed" };
};

// --- the tests ---

test("SEC-02 every route and every object is in the matrix", () => {
	const routes = kontor.cli(["routes"]).out.trim().split("\n").map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "));
	for (const route of routes) if (!ROUTES[route]) note(`the matrix does not know the route ${route}`);
	for (const route of Object.keys(ROUTES)) if (!routes.includes(route)) note(`the route ${route} is gone`);
	for (const object of model.objects.keys()) if (!SHIPPED.includes(object) && !/^x_(case|part|step|free|plan)$/.test(object)) note(`the matrix does not know the object ${object}`);
	for (const object of SHIPPED) if (!model.objects.has(object)) note(`the object ${object} is gone`);
	settle();
});

// Fail with what was found since.
function settle() {
	const found = wrong.splice(0);
	if (found.length) assert.fail(`${found.length} wrong, MATRIX_SEED=${SEED}\n${found.slice(0, 25).join("\n")}`);
}

const everyone = () => [...people, null];

test("SEC-02 PRV-01 nobody is asked to sign in, whatever the address", async () => {
	const refused = [];
	for (const [route, kind] of Object.entries(ROUTES)) {
		if (!route.includes("/api/v1/")) continue;
		const [method, where] = route.split(" ");
		const object = model.objects.get("party");
		for (const id of [Object.values(targetsOf(null, object))[0], NOWHERE])
			refused.push({ who: null, method, where: where.replace("{object}", "party").replace("{id}", id), body: ["POST", "PATCH"].includes(method) ? {} : undefined, status: 401 });
		assert.ok(kind);
	}
	await refuse("nobody", refused);
	for (const where of ["/", "/party", "/search?q=a", `/party/${NOWHERE}`, "/party/new"]) {
		const reply = await call(null, "GET", where, undefined, { accept: "text/html" });
		if (reply.status !== 303 || !reply.headers.get("location").startsWith("/sign-in")) note(`nobody: GET ${where} gave ${reply.status}`);
	}
	for (const where of ["/sign-out", "/preferences", "/party/new", "/party/1/edit", "/party/1/delete", "/party/1/restore", "/changesets/1/undo"]) {
		const reply = await call(null, "POST", where, new URLSearchParams({ a: "1" }));
		if (reply.status !== 401) note(`nobody: POST ${where} gave ${reply.status}`);
	}
	const metrics = await call(null, "GET", "/metrics");
	if (metrics.status !== 404) note(`/metrics from a network that is not the operators' gave ${metrics.status}`);
	settle();
});

test("SEC-02 SEC-03 COL-08 lists, totals, records and their fields are those that the grants give", async () => {
	const jobs = [];
	for (const who of people)
		for (const object of chosen())
			for (const name of namesOf(object)) jobs.push(() => checkReads(who, object, name));
	await pool(jobs);
	settle();
});

async function checkReads(who, object, name) {
	const group = `${title(who)} ${name}`;
	const face = model.faces.get(name);
	const list = await call(who, "GET", `/api/v1/${name}?limit=1000&total=1`);
	if (!expect.object(who, object, "read")) {
		const like = await call(who, "GET", "/api/v1/x_nowhere?limit=1000&total=1");
		if (bare(list, name) !== bare(like, "x_nowhere")) note(`${group}: the list is told apart: ${bare(list, name)}`);
		return;
	}
	if (list.status !== 200) return note(`${group}: the list gave ${list.status}`);
	const inFace = (row) => !face || row[face.field] === face.value;
	const seen = expect.visible(who, object).filter(inFace);
	if (!sameSet(list.body.items.map((row) => row.id), seen.map((row) => row.id))) note(`${group}: the list has ${list.body.items.map((r) => r.id)}, not ${seen.map((r) => r.id)}`);
	if (list.body.total !== seen.length) note(`${group}: the total is ${list.body.total}, not ${seen.length}`);
	if (object.sort && !face && !expect.sees(who, object, object.sort)) {
		const byId = seen.map((row) => row.id).sort((a, b) => a - b);
		if (JSON.stringify(list.body.items.map((row) => row.id)) !== JSON.stringify(byId)) note(`${group}: the list is in the order of ${object.sort}, which is hidden`);
	}
	const fields = expect.fields(who, object), listed = expect.fields(who, object, true);
	for (const row of list.body.items) {
		if (!sameSet(Object.keys(row), listed)) return note(`${group}: fields ${Object.keys(row)}, not ${listed}`);
		checkLinks(who, object, row, group);
	}
	for (const id of Object.values(targetsOf(who, object))) {
		const row = rowOf(object, id), may = expect.row(who, object, "read", row) && inFace(row);
		for (const where of [`/api/v1/${name}/${id}`, `/api/v1/${name}/${id}?as_of=2999-01-01`, `/api/v1/${name}/${id}/history`]) {
			if (face && where.endsWith("history") && !inFace(row)) continue;
			const reply = await call(who, "GET", where);
			if (may) {
				if (reply.status !== 200) note(`${group}: GET ${where} gave ${reply.status}`);
				else if (!where.endsWith("history")) {
					if (!sameSet(Object.keys(reply.body), fields)) note(`${group}: GET ${where} has the fields ${Object.keys(reply.body)}`);
					checkLinks(who, object, reply.body, group);
				} else for (const item of reply.body.items) checkEntry(who, item, group);
				continue;
			}
			const like = await call(who, "GET", where.replace(`/${id}`, `/${NOWHERE}`));
			if (reply.status !== 404 || bare(reply, id) !== bare(like, NOWHERE)) note(`${group}: GET ${where} is told apart: ${bare(reply, id)} / ${bare(like, NOWHERE)}`);
		}
	}
}

// Does this link of a row lead to what its reader may see?
function mayFollow(who, target, id) {
	const object = model.objects.get(target), row = object && rowOf(object, id);
	return !row || expect.row(who, object, "read", row);
}

const linksOf = (field, value) => (value === null || value === undefined ? [] : field.type === "many" ? value.map((id) => [field.target, id]) : field.type === "any" ? [[value.object, value.id]] : [[field.target, value]]);

function checkLinks(who, object, row, group) {
	for (const field of object.fields.values()) {
		if (!["one", "many", "any"].includes(field.type) || !(field.name in row)) continue;
		const whole = rowOf(object, row.id);
		for (const [target, id] of linksOf(field, row[field.name])) if (!mayFollow(who, target, id)) note(`${group}: ${field.name} of ${row.id} names ${target} ${id}`);
		const seen = linksOf(field, whole[field.name]).filter(([target, id]) => mayFollow(who, target, id));
		if (linksOf(field, row[field.name]).length !== seen.length) note(`${group}: ${field.name} of ${row.id} holds ${JSON.stringify(row[field.name])}, not ${JSON.stringify(seen)}`);
	}
	if (row.created_by && !mayFollow(who, "user", row.created_by)) note(`${group}: created_by of ${row.id} names a user`);
}

// One entry of the log.
function checkEntry(who, item, group) {
	const object = model.objects.get(item.object);
	const row = object && rowOf(object, item.record);
	if (!object || (row && !expect.row(who, object, "read", row))) return note(`${group}: an entry about ${item.object} ${item.record}`);
	if (item.actor && !mayFollow(who, "user", item.actor)) note(`${group}: an entry names user ${item.actor}`);
	for (const [name, { old, new: now }] of Object.entries(item.fields)) {
		if (!expect.sees(who, object, name)) return note(`${group}: an entry shows ${item.object}.${name}`);
		const field = object.fields.get(name);
		if (["one", "many", "any"].includes(field.type))
			for (const [target, id] of [...linksOf(field, old), ...linksOf(field, now)]) if (!mayFollow(who, target, id)) note(`${group}: an entry of ${item.object} names ${target} ${id} in ${name}`);
	}
}

test("SEC-02 SEC-03 sort, filter, group and search tell nothing of what is not seen", async () => {
	await pool(people.flatMap((who) => chosen().map((object) => () => checkQuestions(who, object))));
	await pool(people.map((who) => () => checkSearch(who)));
	settle();
});

const HINT = / \(did you mean \w+\?\)/;

async function checkQuestions(who, object) {
	const group = `${title(who)} ${object.name}`;
	if (!expect.object(who, object, "read")) {
		for (const where of ["aggregate/?", "search?q=a&object=?"]) {
			const reply = await call(who, "GET", `/api/v1/${where.replace("?", object.name).replace("=?", `=${object.name}`)}`.replace("search" + object.name, "search?"));
			if (reply.status !== 404) note(`${group}: GET ${where} gave ${reply.status}`);
		}
		return;
	}
	for (const field of object.fields.values()) {
		if (expect.sees(who, object, field.name)) continue;
		for (const part of ["sort=?", "sort=-?", "fields=id,?", `where=? = 1`, `where=? is empty`, `where=not (? is not empty)`]) {
			const reply = await call(who, "GET", `/api/v1/${object.name}?${encodeURI(part.replace("?", field.name))}`);
			const like = await call(who, "GET", `/api/v1/${object.name}?${encodeURI(part.replace("?", "x_nowhere"))}`);
			const hint = / \(did you mean (\w+)\?\)/.exec(reply.text);
			if (hint && !expect.sees(who, object, hint[1])) note(`${group}: a hint names ${hint[1]}`);
			if (reply.status !== 422 || bare(reply, field.name).replace(HINT, "") !== bare(like, "x_nowhere").replace(HINT, "")) note(`${group}: ${part} with ${field.name} is told apart: ${bare(reply, field.name)} / ${bare(like, "x_nowhere")}`);
		}
		for (const part of ["group=?", "measure=sum(?)"]) {
			const reply = await call(who, "GET", `/api/v1/aggregate/${object.name}?${part.replace("?", field.name)}`);
			const like = await call(who, "GET", `/api/v1/aggregate/${object.name}?${part.replace("?", "x_nowhere")}`);
			if (reply.status !== 422 || bare(reply, field.name) !== bare(like, "x_nowhere")) note(`${group}: aggregate ${part} with ${field.name} is told apart: ${bare(reply, field.name)}`);
		}
	}
	const seen = expect.visible(who, object);
	const whole = await call(who, "GET", `/api/v1/aggregate/${object.name}?measure=count${isNumbered(object, "x_rank") && expect.sees(who, object, "x_rank") ? ",sum(x_rank),max(x_rank)" : ""}`);
	if (whole.status !== 200) return note(`${group}: the aggregate gave ${whole.status} ${whole.text}`);
	if ((whole.body.groups[0]?.count ?? 0) !== seen.length) note(`${group}: counted ${whole.body.groups[0]?.count}, not ${seen.length}`);
	if (seen.length && "sum(x_rank)" in (whole.body.groups[0] ?? {})) {
		if (Number(whole.body.groups[0]["sum(x_rank)"]) !== seen.reduce((sum, row) => sum + row.x_rank, 0)) note(`${group}: the sum is ${whole.body.groups[0]["sum(x_rank)"]}`);
	}
	for (const field of object.fields.values()) {
		if (!expect.sees(who, object, field.name)) continue;
		if (field.type === "one") await checkThroughLink(who, object, field, seen, group);
		if (["one", "many", "any"].includes(field.type)) await checkLinkConditions(who, object, field, seen, group);
	}
}

// A link to a record that is not seen is empty, whatever is asked of it.
async function checkLinkConditions(who, object, field, seen, group) {
	const ofRow = (row) => linksOf(field, rowOf(object, row.id)[field.name]).filter(([target, id]) => mayFollow(who, target, id));
	const is = ([target, id]) => (field.type === "one" ? `${field.name} = ${id}` : field.type === "many" ? `${field.name} contains ${id}` : `${field.name} = ${target}:${id}`);
	const targets = (field.type === "any" ? ["x_case", "x_plan"] : [field.target]).filter((name) => expect.object(who, model.objects.get(name), "read"));
	const all = targets.flatMap((name) => [...new Set([...Object.values(targetsOf(who, model.objects.get(name))), ...linked(object, field, name)])].filter((id) => rowOf(model.objects.get(name), id)).map((id) => [name, id]));
	const hidden = all.filter(([target, id]) => !mayFollow(who, target, id)), open = all.filter(([target, id]) => mayFollow(who, target, id)).slice(0, 2);
	const questions = [
		[`${field.name} is not empty`, (row) => ofRow(row).length > 0],
		[`${field.name} is empty`, (row) => ofRow(row).length === 0],
		...(hidden.length ? [[hidden.map(is).join(" or "), () => false], [`not (${is(hidden[0])})`, () => true]] : []),
		...open.map((one) => [is(one), (row) => ofRow(row).some(([target, id]) => target === one[0] && id === one[1])]),
	];
	for (const [where, matches] of questions) {
		const reply = await call(who, "GET", `/api/v1/${object.name}?limit=1000&fields=id&total=1&where=${encodeURIComponent(where)}`);
		const want = seen.filter(matches).map((row) => row.id);
		if (reply.status !== 200 || !sameSet(reply.body.items.map((row) => row.id), want) || reply.body.total !== want.length) note(`${group}: where ${where} gave ${reply.text.slice(0, 200)}, not ${want}`);
	}
	if (field.type !== "any") return;
	for (const target of [...model.objects.values()].filter((o) => !expect.object(who, o, "read")).slice(0, 2)) {
		const ask = (name) => call(who, "GET", `/api/v1/${object.name}?where=${encodeURIComponent(`${field.name} = ${name}:1`)}`);
		const reply = await ask(target.name), like = await ask("x_nowhere");
		if (reply.status !== 422 || bare(reply, target.name) !== bare(like, "x_nowhere")) note(`${group}: a reference to ${target.name} is told apart: ${bare(reply, target.name)}`);
	}
}

// What the records of the object name by this link.
const linked = (object, field, target) => [...rows.get(object.name).values()].flatMap((row) => linksOf(field, row[field.name])).filter(([name]) => name === target).map(([, id]) => id);

// Grouped and sorted by what a link leads to: what is not seen there is as if it were not.
async function checkThroughLink(who, object, field, seen, group) {
	const target = model.objects.get(field.target);
	const at = (row) => rowOf(target, row[field.name]);
	const visible = (row) => Boolean(at(row)) && expect.row(who, target, "read", at(row));
	const grouped = await call(who, "GET", `/api/v1/aggregate/${object.name}?group=${field.name}`);
	if (grouped.status !== 200) return note(`${group}: group=${field.name} gave ${grouped.status}`);
	const count = (list, key) => list.reduce((map, row) => map.set(key(row), (map.get(key(row)) ?? 0) + 1), new Map());
	const compare = (what, got, want) => {
		if (JSON.stringify([...got].sort()) !== JSON.stringify([...want].sort())) note(`${group}: ${what} gave ${JSON.stringify([...got])}, not ${JSON.stringify([...want])}`);
	};
	compare(`group=${field.name}`, new Map(grouped.body.groups.map((g) => [g[field.name], g.count])), count(seen, (row) => (visible(row) ? row[field.name] : null)));
	for (const g of grouped.body.groups) if (g.labels[field.name] && target.title && !expect.sees(who, target, target.title)) note(`${group}: group=${field.name} shows a hidden title`);
	const name = named(target);
	if (!name) return;
	const key = `${field.name}.${name}`;
	const through = await call(who, "GET", `/api/v1/aggregate/${object.name}?group=${key}`);
	if (!expect.sees(who, target, name)) {
		if (through.status !== 422) note(`${group}: group=${key} gave ${through.status}`);
	} else compare(`group=${key}`, new Map(through.body.groups.map((g) => [g[key], g.count])), count(seen, (row) => (visible(row) ? at(row)[name] : null)));
	const filtered = await call(who, "GET", `/api/v1/${object.name}?limit=1000&fields=id&where=${encodeURIComponent(`${key} is not empty`)}`);
	if (!expect.sees(who, target, name)) {
		if (filtered.status !== 422) note(`${group}: where ${key} gave ${filtered.status}`);
	} else if (filtered.status !== 200 || !sameSet(filtered.body.items.map((r) => r.id), seen.filter((row) => visible(row) && at(row)[name] !== null).map((r) => r.id))) note(`${group}: where ${key} is not empty gave ${filtered.text.slice(0, 200)}, not ${seen.filter((row) => visible(row)).map((r) => r.id)}`);
	if (target.title !== name) return;
	const sorted = await call(who, "GET", `/api/v1/${object.name}?limit=1000&fields=id&sort=${field.name},id`);
	if (sorted.status !== 200) return note(`${group}: sort=${field.name} gave ${sorted.status}`);
	if (!expect.sees(who, target, name)) {
		const key = (row) => (visible(row) ? Number(row[field.name]) : 0);
		const byId = [...seen].sort((a, b) => key(a) - key(b) || a.id - b.id).map((r) => r.id);
		if (JSON.stringify(sorted.body.items.map((r) => r.id)) !== JSON.stringify(byId)) note(`${group}: sort=${field.name} shows the order of a hidden title`);
		return;
	}
	const rank = (row) => (visible(row) && at(row)[name] !== null ? 1 : 0);
	// Empty ones first, in the order of their ids.
	const empty = seen.filter((row) => !rank(row)).map((r) => r.id).sort((a, b) => a - b);
	if (JSON.stringify(sorted.body.items.slice(0, empty.length).map((r) => r.id)) !== JSON.stringify(empty)) note(`${group}: sort=${field.name} shows the order of titles that are not seen`);
}

async function checkSearch(who) {
	for (const word of ["mate", "under", "stranger", "notestranger", "noteunder", "notemate", "led"]) {
		const reply = await call(who, "GET", `/api/v1/search?q=${word}&limit=50`);
		if (reply.status !== 200) return note(`${title(who)}: search gave ${reply.status}`);
		for (const hit of reply.body.items) {
			const object = model.objects.get(hit.object), row = rowOf(object, hit.id);
			if (!expect.row(who, object, "read", row)) note(`${title(who)}: search for ${word} shows ${hit.object} ${hit.id}`);
			if (hit.field && !expect.sees(who, object, hit.field)) note(`${title(who)}: search for ${word} shows ${hit.object}.${hit.field}`);
			const found = object.search.some((name) => expect.sees(who, object, name) && String(row[name] ?? "").toLowerCase().split(/[^a-z0-9äöüß]+/).some((w) => w.startsWith(word)));
			if (!found) note(`${title(who)}: search for ${word} found ${hit.object} ${hit.id} in what is not seen`);
		}
		for (const object of chosen().filter((o) => o.name.startsWith("x_")))
			for (const row of expect.visible(who, object)) {
				const should = object.search.some((name) => expect.sees(who, object, name) && String(row[name] ?? "").toLowerCase().split(/\W+/).includes(word));
				if (should && reply.body.items.length < 50 && !reply.body.items.some((hit) => hit.object === object.name && hit.id === row.id)) note(`${title(who)}: search for ${word} misses ${object.name} ${row.id}`);
			}
	}
}

test("SEC-02 the log shows only what its reader may see", async () => {
	for (const who of people) {
		let after = "0";
		for (let page = 0; page < 50; page++) {
			const reply = await call(who, "GET", `/api/v1/changes?limit=1000&after=${after}`);
			if (reply.status !== 200) return note(`${title(who)}: changes gave ${reply.status}`);
			for (const item of reply.body.items) checkEntry(who, item, `${title(who)} changes`);
			if (reply.body.next === null || reply.body.next === after) break;
			after = reply.body.next;
		}
	}
	settle();
});

test("SEC-02 SEC-03 COL-08 what is refused is refused alike, and changes nothing", async () => {
	for (const who of people) {
		const refused = [];
		for (const object of chosen()) for (const name of [object.name, ...object.faces.slice(0, 1)]) refused.push(...refusals(who, object, name));
		await refuse(title(who), refused);
	}
	settle();
});

// All calls on records of this object that must be refused.
function refusals(who, object, name) {
	const list = [], face = model.faces.get(name);
	const add = (method, where, body, status, like, names, likeNames) => list.push({ who, method, where, body, status, like: like && { where: like, names: likeNames }, names });
	const reads = expect.object(who, object, "read");
	if (!reads) add("POST", `/api/v1/${name}`, changeOf(who, object), 404, "/api/v1/x_nowhere", [name], ["x_nowhere"]);
	else if (!expect.object(who, object, "create")) add("POST", `/api/v1/${name}`, changeOf(who, object), 403);
	for (const id of Object.values(targetsOf(who, object))) {
		const row = rowOf(object, id);
		if (face && row[face.field] !== face.value) continue;
		const seen = expect.row(who, object, "read", row);
		for (const [op, method, tail, body] of [["edit", "PATCH", "", changeOf(who, object)], ["delete", "DELETE", "", undefined]]) {
			if (seen && expect.row(who, object, op, row)) continue;
			if (seen) add(method, `/api/v1/${name}/${id}${tail}`, body, 403);
			else add(method, `/api/v1/${name}/${id}${tail}`, body, 404, `/api/v1/${name}/${NOWHERE}${tail}`, [id], [NOWHERE]);
		}
		if (!seen) for (const tail of ["/restore", "/merge"]) add("POST", `/api/v1/${name}/${id}${tail}`, tail === "/merge" ? { from: ["987654320"] } : {}, 404, `/api/v1/${name}/${NOWHERE}${tail}`, [id], [NOWHERE]);
		for (const other of Object.values(targetsOf(who, object))) {
			if (other === id) continue;
			const there = rowOf(object, other);
			const ok = expect.row(who, object, "edit", row) && expect.row(who, object, "delete", there) && expect.row(who, object, "read", there) && seen;
			if (seen && expect.row(who, object, "read", there))
				for (const field of object.fields.values())
					if (!expect.sees(who, object, field.name)) list.push({ who, method: "POST", where: `/api/v1/${name}/${id}/merge`, body: { from: [other], fields: { [field.name]: other } }, status: 422, names: [field.name], like: { where: `/api/v1/${name}/${id}/merge`, body: { from: [other], fields: { x_nowhere: other } }, names: ["x_nowhere"] } });
			if (ok) continue;
			const status = seen && expect.row(who, object, "read", there) ? 403 : 404;
			list.push({ who, method: "POST", where: `/api/v1/${name}/${id}/merge`, body: { from: [other] }, status, names: [id, other], like: status === 404 && seen ? { where: `/api/v1/${name}/${id}/merge`, body: { from: [NOWHERE] }, names: [id, NOWHERE] } : null });
		}
		if (!seen) continue;
		// Fields that are hidden or only to be read, where the record itself may be changed.
		if (!expect.row(who, object, "edit", row)) continue;
		for (const field of object.fields.values()) {
			if (field.words.includes("readonly") || ["rollup", "formula", "sequence", "file"].includes(field.type)) continue;
			if (!expect.sees(who, object, field.name))
				for (const value of ["1", 7, { a: 1 }]) list.push({ who, method: "PATCH", where: `/api/v1/${name}/${id}`, body: { [field.name]: value }, status: 422, names: [field.name], like: { where: `/api/v1/${name}/${id}`, body: { x_nowhere: value }, names: ["x_nowhere"] } });
			else if (!expect.edits(who, object, field.name) && field.type === "int") add("PATCH", `/api/v1/${name}/${id}`, { [field.name]: 99 }, 422);
		}
		list.push(...linkRefusals(who, object, name, id));
		list.push(...handOver(who, object, name, row));
	}
	return list;
}

// A link to what is not seen is refused like one to nothing.
function linkRefusals(who, object, name, id) {
	const list = [];
	for (const field of object.fields.values()) {
		if (!["one", "many", "any"].includes(field.type) || !expect.edits(who, object, field.name) || [object.parent, object.owner, object.team, object.unit].includes(field.name)) continue;
		for (const target of field.type === "any" ? [...model.objects.values()] : [model.objects.get(field.target)])
			for (const other of Object.values(targetsOf(who, target))) {
				if (expect.row(who, target, "read", rowOf(target, other)) || (target.name === "user" && other === who.id)) continue;
				const value = (number, of = target.name) => (field.type === "any" ? { object: of, id: number } : field.type === "many" ? [number] : number);
				const hidden = field.type === "any" && !expect.object(who, target, "read");
				list.push({ who, method: "PATCH", where: `/api/v1/${name}/${id}`, body: { [field.name]: value(other) }, status: 422, names: hidden ? [other, target.name] : [other], like: { where: `/api/v1/${name}/${id}`, body: { [field.name]: value(NOWHERE, hidden ? "x_nowhere" : target.name) }, names: hidden ? [NOWHERE, "x_nowhere"] : [NOWHERE] } });
			}
	}
	return list;
}

// Handing a record over to where one may no longer change it.
function handOver(who, object, name, row) {
	const list = [], away = rowOf(object, (who.targets.foreign ?? {})[object.name]);
	// A condition of a grant holds for the record as it will be too.
	if (object.fields.has("x_rank") && expect.edits(who, object, "x_rank") && !expect.row(who, object, "edit", { ...row, x_rank: 0 })) list.push({ who, method: "PATCH", where: `/api/v1/${name}/${row.id}`, body: { x_rank: 0 }, status: 403 });
	if (!object.owner || !away) return list;
	const after = { ...row };
	const body = {};
	for (const key of ["owner", "team", "unit"]) if (object[key]) {
		if (!expect.edits(who, object, object[key])) return list;
		body[object[key]] = after[object[key]] = away[object[key]];
	}
	if (!expect.row(who, object, "edit", after) && mayFollow(who, "user", away[object.owner])) list.push({ who, method: "PATCH", where: `/api/v1/${name}/${row.id}`, body, status: 403 });
	return list;
}

test("SEC-02 trashed records are restored only by those who may delete them", async () => {
	const object = model.objects.get("x_case");
	for (const kind of ["team", "unit", "foreign"]) {
		const id = people[0].targets[kind].x_case, row = rowOf(object, id);
		await must(root, "DELETE", `/api/v1/x_case/${id}`);
		const refused = [];
		for (const who of people) {
			const seen = expect.row(who, object, "read", row);
			const trash = await call(who, "GET", "/api/v1/x_case?trash=1&limit=1000&total=1");
			if (expect.object(who, object, "read") && (trash.body.items?.some((item) => item.id === id) !== seen || trash.body.total !== (seen ? 1 : 0))) note(`${title(who)}: the trash ${seen ? "lacks" : "shows"} ${id}`);
			const gone = await call(who, "GET", `/api/v1/x_case/${id}`);
			if (gone.status !== 404) note(`${title(who)}: a record in the trash gave ${gone.status}`);
			if (seen && expect.row(who, object, "delete", row)) continue;
			refused.push({ who, method: "POST", where: `/api/v1/x_case/${id}/restore`, body: {}, status: seen ? 403 : 404, like: seen ? null : { where: `/api/v1/x_case/${NOWHERE}/restore`, names: [NOWHERE] }, names: [id] });
		}
		await refuse(`restore ${kind}`, refused.filter((one) => expect.object(one.who, object, "read")));
		await must(root, "POST", `/api/v1/x_case/${id}/restore`, {});
	}
	settle();
});

test("SEC-02 changesets are shown and undone only by those who may, alone or in a batch", async () => {
	const object = model.objects.get("x_case");
	for (const [turn, kind] of ["team", "unit", "foreign"].entries()) {
		const id = people[0].targets[kind].x_case;
		await must(root, "PATCH", `/api/v1/x_case/${id}`, { x_name: `again ${kind}` });
		const mixed = await must(root, "POST", "/api/v1/batch", { mode: "all", operations: Object.values({ a: id, b: people[0].targets.foreign.x_plan }).map((record, i) => ({ op: "update", object: i ? "x_plan" : "x_case", id: record, fields: { x_rank: 11 + turn } })) });
		assert.equal(mixed.failed, 0);
		await readAll();
		const history = (await must(root, "GET", `/api/v1/x_case/${id}/history`)).items;
		const plan = model.objects.get("x_plan"), planRow = rowOf(plan, people[0].targets.foreign.x_plan);
		const refused = [];
		for (const who of people) {
			const row = rowOf(object, id), seen = expect.row(who, object, "read", row), planSeen = expect.row(who, plan, "read", planRow);
			for (const [item, any] of [[history[0], seen || planSeen], [history[1], seen]]) {
				const reply = await call(who, "GET", `/api/v1/changesets/${item.changeset}`);
				if ((reply.status === 200) !== any) note(`${title(who)}: changeset ${item.changeset} of ${kind} gave ${reply.status}`);
				if (reply.status === 200) for (const entry of reply.body.items) checkEntry(who, entry, `${title(who)} changeset`);
				if (!any) {
					for (const address of ["changesets", "merges"]) refused.push({ who, method: "POST", where: `/api/v1/${address}/${item.changeset}/undo`, body: {}, status: 404, names: [item.changeset], like: { where: `/api/v1/${address}/${NOWHERE}/undo`, names: [NOWHERE] } });
					refused.push({ who, method: "GET", where: `/api/v1/changesets/${item.changeset}`, status: 404, names: [item.changeset], like: { where: `/api/v1/changesets/${NOWHERE}`, names: [NOWHERE] } });
				}
			}
			if (seen && !(planSeen && expect.row(who, plan, "edit", planRow)))
				for (const force of [false, true]) refused.push({ who, method: "POST", where: `/api/v1/changesets/${history[0].changeset}/undo`, body: { force }, status: 403 });
			if (seen && !expect.row(who, object, "edit", row)) refused.push({ who, method: "POST", where: `/api/v1/changesets/${history[1].changeset}/undo`, body: {}, status: 403 });
		}
		await refuse(`undo ${kind}`, refused);
		for (const { who, where } of refused.filter((one) => one.where.includes("/changesets/") && one.body)) {
			const reply = await call(who, "POST", where, {});
			if (reply.text.includes(`"${people[0].targets.foreign.x_plan}"`)) note(`${title(who)}: ${where} names a record that is not seen`);
		}
	}
	await readAll();
	settle();
});

test("SEC-02 a value that is taken tells of its record only to whom may read it", async () => {
	const object = model.objects.get("x_free");
	for (const kind of ["team", "foreign"]) await must(root, "PATCH", `/api/v1/x_free/${people[0].targets[kind].x_free}`, { x_code: `code ${kind}` });
	await readAll();
	for (const who of people.filter((one) => expect.object(one, object, "create") && expect.object(one, object, "read")))
		for (const kind of ["team", "foreign"]) {
			const row = rowOf(object, people[0].targets[kind].x_free);
			const reply = await call(who, "POST", "/api/v1/x_free", { x_code: `Code ${kind}` });
			const told = reply.text.includes(row.x_name) || new RegExp(`\\b${row.id}\\b`).test(reply.body.errors?.[0]?.detail ?? "");
			if (reply.status !== 422 || told !== expect.row(who, object, "read", row)) note(`${title(who)}: a value of x_free ${row.id} that is taken: ${reply.text}`);
		}
	settle();
});

test("SEC-02 a batch may what single calls may, each for itself and all together", async () => {
	for (const who of people) {
		const operations = [], wanted = [];
		for (const object of chosen()) {
			for (const id of Object.values(targetsOf(who, object))) {
				const row = rowOf(object, id), reads = expect.object(who, object, "read"), seen = reads && expect.row(who, object, "read", row);
				for (const [op, right] of [["update", "edit"], ["delete", "delete"]]) {
					if (seen && expect.row(who, object, right, row)) continue;
					operations.push({ op, object: object.name, id, ...(op === "update" ? { fields: changeOf(who, object) } : {}) });
					wanted.push(seen ? 403 : 404);
				}
			}
			if (!expect.object(who, object, "create") || !expect.object(who, object, "read")) {
				operations.push({ op: "create", object: object.name, fields: changeOf(who, object) });
				wanted.push(expect.object(who, object, "read") ? 403 : 404);
			}
		}
		if (!operations.length) continue;
		const first = fingerprint(kontor);
		const reply = await call(who, "POST", "/api/v1/batch", { mode: "each", operations });
		if (reply.status !== 200) {
			note(`${title(who)}: the batch gave ${reply.status} ${reply.text.slice(0, 200)}`);
			continue;
		}
		reply.body.results.forEach((result, i) => result.status === wanted[i] || note(`${title(who)}: batch ${JSON.stringify(operations[i])} gave ${result.status}, not ${wanted[i]}`));
		const all = await call(who, "POST", "/api/v1/batch", { mode: "all", operations: operations.slice(0, 3) });
		if (all.status !== wanted[0]) note(`${title(who)}: the batch as a whole gave ${all.status}, not ${wanted[0]}`);
		if (fingerprint(kontor) !== first) note(`${title(who)}: a refused batch changed something`);
	}
	settle();
});

test("SEC-02 a bulk may what single calls may; its progress is its maker's own", async () => {
	for (const who of people) {
		const first = fingerprint(kontor);
		for (const object of chosen()) {
			const group = `${title(who)} bulk of ${object.name}`, reads = expect.object(who, object, "read");
			const bulk = (body, name = object.name) => call(who, "POST", `/api/v1/${name}/bulk`, body);
			for (const [op, right] of [["update", "edit"], ["delete", "delete"]]) {
				const ids = Object.values(targetsOf(who, object)).filter((id) => !(reads && expect.row(who, object, "read", rowOf(object, id)) && expect.row(who, object, right, rowOf(object, id))));
				const fields = op === "update" ? { fields: changeOf(who, object) } : {};
				if (op === "update" && !Object.keys(fields.fields).length) continue;
				const reply = await bulk({ op, ids: [...ids, NOWHERE], ...fields });
				const want = !reads ? 404 : expect.object(who, object, right) ? 200 : 403;
				if (reply.status !== want) note(`${group}: ${op} gave ${reply.status}, not ${want}: ${reply.text.slice(0, 200)}`);
				else if (want === 200 && (reply.body.changed !== 0 || reply.body.failed !== ids.length + 1)) note(`${group}: ${op} of what is refused changed ${reply.body.changed}`);
			}
			if (!reads || !expect.object(who, object, "edit")) continue;
			const plain = [...object.fields.values()].find((field) => ["text", "int"].includes(field.type) && expect.edits(who, object, field.name) && !field.words.includes("readonly"));
			if (plain) {
				const all = await bulk({ where: "", fields: { [plain.name]: plain.type === "int" ? 3 : "Changed" }, dry_run: true });
				if (all.status !== 200 || all.body.total !== expect.visible(who, object).length) note(`${group}: all are ${all.body?.total}, not ${expect.visible(who, object).length}: ${all.text.slice(0, 200)}`);
			}
			for (const field of object.fields.values()) {
				if (expect.sees(who, object, field.name)) continue;
				for (const body of [(name) => ({ where: "", fields: { [name]: "1" } }), (name) => ({ where: `${name} = 1`, fields: {} })]) {
					const reply = await bulk(body(field.name)), like = await bulk(body("x_nowhere"));
					if (reply.status !== 422 || bare(reply, field.name).replace(HINT, "") !== bare(like, "x_nowhere").replace(HINT, "")) note(`${group}: ${field.name} is told apart: ${bare(reply, field.name)} / ${bare(like, "x_nowhere")}`);
				}
			}
		}
		if (fingerprint(kontor) !== first) note(`${title(who)}: a refused bulk changed something`);
	}
	const made = await must(root, "POST", "/api/v1/x_case/bulk", { where: "", fields: { x_name: "Changed" }, dry_run: true });
	for (const who of people) {
		if (expect.isAdmin(who)) continue;
		for (const [method, tail] of [["GET", ""], ["POST", "/undo"], ["POST", "/stop"]]) {
			const reply = await call(who, method, `/api/v1/bulks/${made.id}${tail}`, method === "POST" ? {} : undefined);
			const like = await call(who, method, `/api/v1/bulks/${NOWHERE}${tail}`, method === "POST" ? {} : undefined);
			if (reply.status !== 404 || bare(reply, made.id) !== bare(like, NOWHERE)) note(`${title(who)}: ${method} of another's bulk gave ${bare(reply, made.id)}`);
		}
		const list = await call(who, "GET", "/api/v1/bulks");
		if (list.body?.items?.some((one) => one.id === made.id)) note(`${title(who)}: the list shows another's bulk`);
	}
	settle();
});

test("SEC-02 an import makes what its maker may make; file and figures are his alone", async () => {
	const csv = (object) => `${named(object) ?? "amount"}\nImported\n`;
	const upload = (who, name, object) => call(who, "POST", `/api/v1/imports?object=${name}&file=a.csv`, csv(object), { "content-type": "text/csv" });
	for (const who of people) {
		const first = fingerprint(kontor, { ids: false });
		for (const object of chosen()) {
			const reads = expect.object(who, object, "read"), may = expect.object(who, object, "create") || expect.object(who, object, "edit");
			const reply = await upload(who, object.name, object);
			const want = !reads ? 404 : may ? 201 : 403;
			if (reply.status !== want) note(`${title(who)} import of ${object.name}: gave ${reply.status}, not ${want}: ${reply.text.slice(0, 200)}`);
			else if (!reads && bare(reply, object.name) !== bare(await upload(who, "x_nowhere", object), "x_nowhere")) note(`${title(who)} import of ${object.name} is told apart`);
			else if (want === 201 && named(object) && expect.edits(who, object, named(object))) {
				const checked = await call(who, "POST", `/api/v1/imports/${reply.body.id}/check`);
				const creates = checked.status === 200 && checked.body.state === "checked" && checked.body.counts.created > 0;
				if (creates && !expect.object(who, object, "create")) note(`${title(who)} import of ${object.name} would make a record`);
			}
		}
		if (fingerprint(kontor, { ids: false }) !== first) note(`${title(who)}: an import that was only tried changed something`);
	}
	const object = model.objects.get("x_case"), made = (await upload(root, "x_case", object)).body;
	for (const who of people) {
		for (const [method, tail] of [["GET", ""], ["GET", "/preview"], ["GET", "/errors"], ["POST", "/check"], ["PATCH", "/cells"], ["POST", "/run"], ["POST", "/undo"], ["DELETE", ""]]) {
			const [reply, like] = [await call(who, method, `/api/v1/imports/${made.id}${tail}`), await call(who, method, `/api/v1/imports/${NOWHERE}${tail}`)];
			if (reply.status !== 404 || bare(reply, made.id) !== bare(like, NOWHERE)) note(`${title(who)}: ${method} of another's import gave ${bare(reply, made.id)}`);
		}
		const list = await call(who, "GET", "/api/v1/imports");
		if (list.body?.items?.some((one) => one.id === made.id)) note(`${title(who)}: the list shows another's import`);
	}
	// A field is made in place by administrators alone.
	for (const who of people.filter((one) => !expect.isAdmin(one) && expect.object(one, object, "create")).slice(0, IS_SMALL ? 1 : 3)) {
		const session = await signIn(who), own = (await upload(who, "x_case", object)).body;
		if ((await session.get(`/import/${own.id}`)).text.includes('value="+"')) note(`${title(who)} is offered a new field`);
		const reply = await session.post(`/import/${own.id}/check`, { mode: "both", c0: "+", n0: "Made in place", t0: "text" });
		if (reply.status !== 403) note(`${title(who)}: a field made in place gave ${reply.status}`);
	}
	settle();
});

test("SEC-02 SEC-04 a token may not more than its scopes", async () => {
	const boss = people.find((who) => who.name === "admin");
	const tokenOf = (scope) => kontor.cli(["token", "create", "--user", boss.login, "--scope", scope]).out.trim();
	const reader = { ...boss, name: "read", token: tokenOf("read") }, cases = { ...boss, name: "x_case:read", token: tokenOf("x_case:read") };
	const writer = { ...boss, name: "x_case:write", token: tokenOf("x_case:write") };
	const mine = boss.own.x_case, plan = boss.own.x_plan, refused = [];
	for (const [method, where, body] of [["POST", "/api/v1/x_case", { x_name: "no" }], ["PATCH", `/api/v1/x_case/${mine}`, { x_name: "no" }], ["DELETE", `/api/v1/x_case/${mine}`], ["POST", `/api/v1/x_case/${mine}/restore`, {}], ["POST", "/api/v1/batch", { operations: [{ op: "create", object: "x_case", fields: {} }] }], ["POST", "/api/v1/changesets/1/undo", {}], ["POST", `/api/v1/x_case/${mine}/merge`, { from: [boss.targets.team.x_case] }]])
		for (const who of [reader, cases]) refused.push({ who, method, where, body, status: 403 });
	for (const [method, where, body] of [["GET", "/api/v1/x_plan"], ["GET", `/api/v1/x_plan/${plan}`], ["PATCH", `/api/v1/x_plan/${plan}`, { x_name: "no" }], ["POST", "/api/v1/x_plan", { x_name: "no" }], ["GET", "/api/v1/aggregate/x_plan"]])
		refused.push({ who: writer, method, where, body, status: 403 });
	await refuse("tokens", refused);
	for (const { who, method, where, body } of refused) {
		const reply = await call(who, method, where, body);
		if (!/lacks the scope/.test(reply.body?.detail ?? "")) note(`${who.name}: ${method} ${where} says ${reply.text.slice(0, 200)}`);
	}
	const mixed = tokenOf("x_case:write x_plan:read"), first = fingerprint(kontor);
	const batch = await call(writer, "POST", "/api/v1/batch", { mode: "each", operations: [{ op: "update", object: "x_plan", id: plan, fields: { x_name: "no" } }, { op: "create", object: "x_plan", fields: {} }] });
	for (const result of batch.body.results ?? [{}]) if (result.status !== 404) note(`${writer.name}: a batch on another object gave ${result.status}`);
	const both = await call({ ...boss, token: mixed }, "POST", "/api/v1/batch", { mode: "each", operations: [{ op: "update", object: "x_plan", id: plan, fields: { x_name: "no" } }, { op: "delete", object: "x_plan", id: plan }] });
	for (const result of both.body.results ?? [{}]) if (result.status !== 403) note(`x_plan:read: a batch gave ${result.status}`);
	if (fingerprint(kontor) !== first) note("a refused batch of a token changed something");
	const search = await call(cases, "GET", "/api/v1/search?q=notestranger&limit=50");
	if (!search.body.items.length || search.body.items.some((hit) => hit.object !== "x_case")) note(`${cases.name}: search shows ${JSON.stringify(search.body.items.map((hit) => hit.object))}`);
	const changes = await call(cases, "GET", "/api/v1/changes?limit=1000");
	if (changes.body.items.some((item) => item.object !== "x_case")) note(`${cases.name}: changes show other objects`);
	const list = await call(cases, "GET", "/api/v1/x_case?limit=1000&fields=id,x_parts");
	// The parts are nothing that this reader may see: then neither is their number.
	if (list.status !== 422) note(`${cases.name}: a number of what the token may not read gave ${list.text.slice(0, 200)}`);
	if (!(await must(boss, "GET", `/api/v1/x_case/${mine}`)).x_parts) note("the sum counts nothing at all");
	settle();
});

test("SEC-02 administration is for administrators alone, and their tokens of that scope", async () => {
	const routes = Object.entries(ROUTES).filter(([, kind]) => kind === "admin").map(([route]) => route.split(" "));
	const address = (where) => where.replace("{file}", "custom.model").replace("{name}", "x_case").replace("{role}", "sales").replace("{id}", people[0].id).replace("{key}", "1");
	const token = kontor.cli(["token", "create", "--user", people.find((who) => who.name === "admin").login, "--scope", "write"]).out.trim();
	const sessions = [];
	for (const who of people.filter((one) => !expect.isAdmin(one)).slice(0, IS_SMALL ? 2 : 99)) sessions.push([who, await signIn(who)]);
	const first = fingerprint(kontor);
	for (const [who, session] of sessions)
		for (const [method, where] of routes) {
			const reply = await (method === "GET" ? session.get(address(where)) : session.post(address(where)));
			if (reply.status !== 403) note(`${title(who)}: ${method} ${where} gave ${reply.status}`);
		}
	for (const [method, where] of routes) {
		const reply = await call({ token }, method, address(where), method === "POST" ? new URLSearchParams({ a: "1" }) : undefined);
		if (reply.status !== 403) note(`a token to write: ${method} ${where} gave ${reply.status}`);
	}
	if (fingerprint(kontor) !== first) note("a refused call of the administration changed something");
	settle();
});

test("SEC-02 the pages are refused as the API is", async () => {
	for (const who of people.filter((person) => !IS_SMALL || ["sales", "x_field", "x_office", "portal", "service"].includes(person.name))) {
		const session = await signIn(who);
		for (const object of chosen().filter((o) => o.name.startsWith("x_") || ["party", "deal", "user"].includes(o.name))) await checkPages(who, object, session);
		await checkMenu(who, session);
		await checkProcesses(who, session);
		await checkQuotes(who, session);
		const search = await session.get("/search?q=stranger");
		for (const object of chosen()) for (const [, id] of search.text.matchAll(new RegExp(`href="/${object.name}/(\\d+)"`, "g"))) if (!expect.row(who, object, "read", rowOf(object, id))) note(`${title(who)}: the page of the search shows ${object.name} ${id}`);
	}
	settle();
});

// The editor of sales processes is for those who may change stages; its other addresses are refused with it.
async function checkProcesses(who, session) {
	const stage = model.objects.get("stage"), may = expect.object(who, stage, "edit") && expect.object(who, model.objects.get("pipeline"), "read");
	const page = await session.get("/admin/pipelines");
	if (page.status !== (may ? 200 : 403)) note(`${title(who)}: /admin/pipelines gave ${page.status}`);
	if (may) return;
	for (const where of ["/admin/pipelines", "/admin/pipelines/1", "/admin/pipelines/remove"]) {
		const reply = await session.post(where, { "name-fresh": "Meine", stage: "1" });
		if (reply.status !== 403) note(`${title(who)}: POST ${where} gave ${reply.status}`);
	}
	const reply = await session.get("/admin/pipelines/remove?stage=1");
	if (reply.status !== 403) note(`${title(who)}: the page to remove a stage gave ${reply.status}`);
}

// A new version of a quote, and the sums of lines that are being typed: for those who may edit it.  All are
// drafts, so that nothing is made.
async function checkQuotes(who, session) {
	const object = model.objects.get("quote"), creates = expect.object(who, object, "create");
	for (const id of Object.values(targetsOf(who, object))) {
		const sees = expect.object(who, object, "read") && expect.row(who, object, "read", rowOf(object, id)), edits = sees && expect.row(who, object, "edit", rowOf(object, id));
		const revised = await call(who, "POST", `/api/v1/quote/${id}/revise`), summed = await session.post(`/quote/${id}/lines/sums`, { rows: "0" });
		const want = !sees ? 404 : edits && creates ? 409 : 403;
		if (revised.status !== want) note(`${title(who)}: a new version of quote ${id} gave ${revised.status}, not ${want}`);
		if (summed.status !== (!sees ? 404 : edits ? 200 : 403)) note(`${title(who)}: the sums of quote ${id} gave ${summed.status}`);
	}
}

async function signIn(who, password = "ein-langes-Kennwort-1") {
	const form = await fetch(`${kontor.url}/sign-in`);
	const cookies = new Map();
	const keep = (reply) => reply.headers.getSetCookie().forEach((line) => cookies.set(line.split("=")[0], line.split(";")[0]));
	keep(form);
	const csrfOf = (text) => /name="csrf" value="([^"]*)"/.exec(text)?.[1];
	const send = async (method, where, body) => {
		const reply = await fetch(kontor.url + where, { method, redirect: "manual", headers: { cookie: [...cookies.values()].join("; "), accept: "text/html" }, body });
		keep(reply);
		calls++;
		return { status: reply.status, headers: reply.headers, text: await reply.text() };
	};
	const reply = await send("POST", "/sign-in", new URLSearchParams({ csrf: csrfOf(await form.text()), name: who.login, password }));
	assert.equal(reply.status, 303, reply.text.slice(0, 300));
	const session = { send, cookie: () => [...cookies.values()].join("; "), get: (where) => send("GET", where), raw: (where, body) => send("POST", where, new URLSearchParams(body)) };
	const token = (session.token = csrfOf((await session.get(password.startsWith("ein-") ? "/search" : "/password")).text));
	session.post = (where, body = {}) => session.raw(where, { csrf: token, ...body });
	return session;
}

async function checkMenu(who, session) {
	const page = (await session.get("/search")).text;
	for (const object of model.objects.values()) for (const name of namesOf(object)) if (page.includes(`href="/${name}"`) && !expect.object(who, object, "read")) note(`${title(who)}: the menu shows ${name}`);
}

async function checkPages(who, object, session) {
	const group = `${title(who)} page of ${object.name}`;
	const reads = expect.object(who, object, "read");
	const status = async (where, want) => {
		const reply = await session.get(where);
		if (reply.status !== want) note(`${group}: GET ${where} gave ${reply.status}, not ${want}`);
		return reply;
	};
	const list = await status(`/${object.name}`, reads ? 200 : 404);
	const seen = reads ? expect.visible(who, object) : [];
	const shown = [...new Set([...list.text.matchAll(new RegExp(`href="/${object.name}/(\\d+)"`, "g"))].map((m) => m[1]))];
	if (reads && seen.length <= 50 && !sameSet(shown, seen.map((row) => row.id))) note(`${group}: the list shows ${shown}, not ${seen.map((row) => row.id)}`);
	await status(`/${object.name}/new`, !reads ? 404 : expect.object(who, object, "create") ? 200 : 403);
	if (reads) for (const field of object.fields.values()) if (!expect.sees(who, object, field.name)) {
		await status(`/${object.name}?sort=${field.name}`, 422);
		await status(`/${object.name}?columns=${field.name}`, 422);
	}
	await status(`/${object.name}/totals`, reads ? 200 : 404);
	const file = await session.post(`/${object.name}/export?columns=id`, { format: "csv" });
	const mayExport = reads && expect.object(who, object, "export");
	if (file.status !== (!reads ? 404 : mayExport ? 200 : 403)) note(`${group}: the export gave ${file.status}`);
	else if (mayExport && file.text.trim().split("\r\n").length - 1 !== expect.visible(who, object, "export").length) note(`${group}: the export has ${file.text.trim().split("\r\n").length - 1} rows, not ${expect.visible(who, object, "export").length}`);
	const filter = await status(`/${object.name}/filter`, reads ? 200 : 404);
	for (const field of object.fields.values()) if (reads && !expect.sees(who, object, field.name) && filter.text.includes(`<option value="${field.name}" data-type`)) note(`${group}: the filter offers ${field.name}`);
	const bulk = await session.get(`/${object.name}/bulk`);
	if (bulk.status !== (!reads ? 404 : !expect.object(who, object, "edit") ? 403 : [...object.fields.values()].some((field) => expect.edits(who, object, field.name)) ? bulk.status : 404)) note(`${group}: GET bulk gave ${bulk.status}`);
	for (const field of object.fields.values()) if (reads && !expect.sees(who, object, field.name) && bulk.text.includes(`value="${field.name}"`)) note(`${group}: bulk offers ${field.name}`);
	const window = await status(`/${object.name}/rows?n=100`, reads ? 200 : 404);
	const inWindow = [...window.text.matchAll(/<tr data-id="(\d+)"/g)].map((m) => m[1]);
	if (reads && seen.length <= 100 && !sameSet(inWindow, seen.map((row) => row.id))) note(`${group}: the rows are ${inWindow}, not ${seen.map((row) => row.id)}`);
	if (reads && object.fields.has("x_note") && !expect.sees(who, object, "x_note")) {
		const plain = await session.get(`/${object.name}?filter=x_noted`);
		if (plain.status === 200) note(`${group}: a view filters by a hidden field`);
	}
	const first = fingerprint(kontor);
	for (const id of Object.values(targetsOf(who, object))) {
		const row = rowOf(object, id), may = (op) => reads && expect.row(who, object, "read", row) && expect.row(who, object, op, row);
		const record = await status(`/${object.name}/${id}`, may("read") ? 200 : 404);
		if (may("read")) checkRecordPage(who, object, row, record.text, group);
		await status(`/${object.name}/${id}/history`, may("read") ? 200 : 404);
		await status(`/${object.name}/${id}/edit`, !may("read") ? 404 : may("edit") ? 200 : 403);
		await checkMerging(who, object, row, session, group);
		const refused = [["/edit", may("edit"), { has: named(object) ?? "", [named(object) ?? "x"]: "Changed", version: String(row.version) }], ["/delete", may("delete"), {}], ["/restore", false, {}]];
		for (const [tail, allowed, body] of refused) {
			if (allowed) continue;
			const reply = await session.post(`/${object.name}/${id}${tail}`, body);
			const want = !may("read") || tail === "/restore" ? 404 : 403;
			if (reply.status !== want) note(`${group}: POST /${object.name}/${id}${tail} gave ${reply.status}, not ${want}`);
			const forged = await session.raw(`/${object.name}/${id}${tail}`, body);
			if (forged.status !== 403) note(`${group}: a form without its token gave ${forged.status}`);
		}
	}
	if (!reads || !expect.object(who, object, "create")) {
		const reply = await session.post(`/${object.name}/new`, { [named(object) ?? "x"]: "new" });
		if (reply.status !== (reads ? 403 : 404)) note(`${group}: POST new gave ${reply.status}`);
	}
	if (fingerprint(kontor) !== first) note(`${group}: a refused form changed something`);
}

function checkRecordPage(who, object, row, text, group) {
	for (const other of model.objects.values())
		for (const [, id] of text.matchAll(new RegExp(`href="/${other.name}/(\\d+)"`, "g")))
			if (rowOf(other, id) && !expect.row(who, other, "read", rowOf(other, id))) note(`${group}: the page of ${row.id} shows ${other.name} ${id}`);
	for (const [, name, field, id, count] of text.matchAll(/href="\/(\w+)\?where=(\w+)[+%20]+%3D[+%20]+(\d+)"[^>]*>(?:(?!<\/a>)[^])*?class="count">([\d.,]+)</g)) {
		const want = expect.visible(who, model.objects.get(name)).filter((one) => String(one[field]) === id).length;
		if (Number(count.replace(/[.,]/g, "")) !== want) note(`${group}: the page of ${row.id} counts ${count} ${name} by ${field}, not ${want}`);
	}
	for (const [, name, link] of text.matchAll(/href="\/(\w+)\?where=(\w+)/g)) if (model.objects.has(name) && !expect.sees(who, model.objects.get(name), link)) note(`${group}: the page of ${row.id} counts ${name} by ${link}, which is hidden`);
	for (const other of model.objects.values()) if (!expect.object(who, other, "read") && text.includes(`href="/${other.name}?`)) note(`${group}: the page of ${row.id} offers ${other.name}`);
}

// Whom a record may be twice, and what is shown and done side by side: only what one may see and change.
async function checkMerging(who, object, row, session, group) {
	const sees = (one) => expect.object(who, object, "read") && expect.row(who, object, "read", one), at = `/${object.name}/${row.id}`;
	const twins = await session.get(`${at}/duplicates`), told = await call(who, "GET", `/api/v1${at}/duplicates`);
	const want = sees(row) ? 200 : 404;
	if (twins.status !== want || told.status !== want) note(`${group}: duplicates of ${row.id} gave ${twins.status} and ${told.status}`);
	for (const item of told.body?.items ?? [])
		if (!sees(rowOf(object, item.id)) || item.same.some((name) => !expect.sees(who, object, name))) note(`${group}: ${row.id} has the duplicate ${JSON.stringify(item)}`);
	if (sees(row)) checkRecordPage(who, object, row, twins.text, group);
	for (const other of Object.values(targetsOf(who, object)).filter((id) => id !== row.id)) {
		const there = rowOf(object, other), both = sees(row) && sees(there), where = `${at}/merge?with=${other}`;
		const form = await session.get(where);
		if (form.status !== (both ? 200 : 404)) note(`${group}: GET ${where} gave ${form.status}`);
		for (const field of object.fields.values()) if (form.text.includes(`name="value.${field.name}"`) && !expect.edits(who, object, field.name)) note(`${group}: ${where} offers ${field.name}`);
		const may = both && expect.row(who, object, "edit", row) && expect.row(who, object, "delete", there);
		const refused = [[where, may, { survivor: row.id }, both ? 403 : 404], [`${at}/apart`, both, { other }, 404]];
		for (const [address, allowed, body, status] of refused) {
			if (allowed) continue;
			const reply = await session.post(address, body);
			if (reply.status !== status) note(`${group}: POST ${address} gave ${reply.status}, not ${status}`);
			const forged = await session.raw(address, body);
			if (forged.status !== 403) note(`${group}: a form without its token gave ${forged.status}`);
		}
	}
}

const WATCHED = 20; // at once by one stream

// What a listener is told, until the server has told everything: a change that all may hear ends it.
async function listen(session, objects) {
	const stop = new AbortController();
	const reply = await fetch(`${kontor.url}/events?objects=${objects.join(",")}`, { headers: { cookie: session.cookie(), accept: "text/event-stream" }, signal: stop.signal });
	assert.equal(reply.status, 200);
	const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
	let text = "";
	const until = async (pattern) => {
		while (!pattern.test(text)) {
			const { value, done } = await reader.read();
			if (done) break;
			text += value;
		}
	};
	await until(/event: hello/);
	return { until, end: () => stop.abort(), heard: () => [...text.matchAll(/^data: (\[.*\])$/gm)].flatMap((m) => JSON.parse(m[1])) };
}

test("SEC-02 live updates tell only of records that their reader may see", async () => {
	const objects = chosen().filter((o) => named(o) && !["user", "role", "team", "unit"].includes(o.name));
	const ends = model.objects.get("user");
	for (const who of people.filter((person) => !person.scopes)) {
		const session = await signIn(who), ears = [];
		for (let i = 0; i < objects.length; i += WATCHED) ears.push(await listen(session, objects.slice(i, i + WATCHED).map((o) => o.name).concat("user")));
		const touched = [];
		for (const object of objects)
			for (const id of Object.values(targetsOf(who, object))) {
				const row = rowOf(object, id), name = named(object);
				const reply = await call(root, "PATCH", `/api/v1/${object.name}/${id}`, { [name]: row[name] + "~" });
				if (reply.status !== 200) continue;
				await call(root, "PATCH", `/api/v1/${object.name}/${id}`, { [name]: row[name] });
				row.version += 2;
				touched.push([object, id]);
			}
		// He hears of himself, if of anybody.
		const self = rowOf(ends, who.id);
		await call(root, "PATCH", `/api/v1/user/${who.id}`, { phone: "0351 1" });
		await call(root, "PATCH", `/api/v1/user/${who.id}`, { phone: self.phone ?? null });
		self.version += 2;
		if (expect.row(who, ends, "read", self)) await Promise.all(ears.map((ear) => ear.until(new RegExp(`"object":"user","id":"${who.id}"`))));
		for (const ear of ears) ear.end();
		const heard = new Set(ears.flatMap((ear) => ear.heard()).map((one) => `${one.object} ${one.id}`));
		for (const [object, id] of touched) {
			const may = expect.row(who, object, "read", rowOf(object, id));
			if (heard.has(`${object.name} ${id}`) !== may) note(`${title(who)}: live updates ${may ? "do not tell" : "tell"} of ${object.name} ${id}`);
		}
	}
	settle();
});

// Last, for it changes things.
test("SEC-02 what the grants allow is done", async () => {
	const refusedHere = [];
	for (const who of people)
		for (const object of chosen().filter((o) => !["user", "role", "team", "unit"].includes(o.name))) {
			const group = `${title(who)} ${object.name}`;
			for (const [kind, id] of Object.entries(targetsOf(who, object))) {
				const row = rowOf(object, id), name = named(object);
				const may = (op) => expect.row(who, object, "read", row) && expect.row(who, object, op, row);
				if (may("edit") && (!name || expect.edits(who, object, name))) {
					const reply = await call(who, "PATCH", `/api/v1/${object.name}/${id}`, name ? { [name]: `${row[name]}!` } : changeOf(who, object));
					if (reply.status !== 200) note(`${group}: PATCH ${kind} ${id} gave ${reply.status} ${reply.text.slice(0, 300)}`);
				}
				if (may("delete") && kind === "own") {
					const gone = await call(who, "DELETE", `/api/v1/${object.name}/${id}`);
					if (gone.status !== 204) note(`${group}: DELETE ${kind} ${id} gave ${gone.status} ${gone.text.slice(0, 300)}`);
					const back = await call(who, "POST", `/api/v1/${object.name}/${id}/restore`, {});
					if (back.status !== 200) note(`${group}: restore ${kind} ${id} gave ${back.status} ${back.text.slice(0, 300)}`);
				}
			}
			if (!expect.object(who, object, "create") || !expect.object(who, object, "read") || object.name.startsWith("x_")) continue;
			const made = { ...fresh(object, "new"), ...(object.owner ? { [object.owner]: who.id } : {}) };
			if (Object.keys(made).some((field) => !expect.edits(who, object, field))) continue;
			if (object.parent) continue;
			const reply = await call(who, "POST", `/api/v1/${object.name}`, { ...made, ...(name0(object, who)) });
			if (reply.status !== 201) note(`${group}: POST gave ${reply.status} ${reply.text.slice(0, 300)}`);
		}
	assert.equal(refusedHere.length, 0);
	console.log(`# ${calls} calls`);
	settle();
});

// Makes a user: after all that count them.
test("SEC-02 a password for once opens nothing but the page that replaces it, at every door of the session; tokens are not concerned", async () => {
	const user = kontor.user("once", { role: "admin" }), token = kontor.cli(["token", "create", "--user", "once"]).out.trim();
	const admin = await signIn(people.find((one) => expect.isAdmin(one))), shown = await admin.post(`/admin/users/${user.id}/once`);
	const password = /data-secret[^>]*>([^<]+)</.exec(shown.text)?.[1];
	assert.ok(password, `a password for once: ${shown.status} ${shown.text.slice(0, 200)}`);
	const session = await signIn({ login: "once" }, password);
	const address = (where) => where.replace(/\{name\.\.\.\}/, "x.js").replace("{object}", "party").replace(/\{\w+\}/g, "1");
	const open = new Set(["GET /password", "POST /password", "POST /sign-out"]);
	for (const route of Object.keys(ROUTES)) {
		const [method, where] = route.split(" ");
		if (open.has(route) || ["public", "operator", "sign-in", "openapi"].includes(ROUTES[route])) continue;
		if (wrong.length) break; // an open door may never end
		const reply = await session.send(method, address(where), ["GET", "DELETE"].includes(method) ? undefined : new URLSearchParams({ csrf: session.token, do: "1" }));
		const is_html = !where.startsWith("/api/");
		if (is_html ? reply.status !== 303 || reply.headers.get("location") !== "/password" : reply.status !== 403 || !/problems\/password/.test(reply.text)) note(`${route} gave ${reply.status} ${reply.text.slice(0, 100)}`);
	}
	for (const where of ["/help", "/sign-in"]) {
		const reply = await session.get(where);
		if (reply.status !== 200 || /id="user-menu"|sign-out/.test(reply.text)) note(`${where} shows more than to a stranger`);
	}
	const page = await session.get("/password");
	if (page.status !== 200 || /id="side"/.test(page.text)) note(`the page of the password gave ${page.status}`);
	if ((await session.post("/password", { old: "falsch", new: "ein-eigenes-Kennwort-2" })).status !== 422) note("a wrong password was taken");
	if ((await session.get("/")).headers.get("location") !== "/password") note("a wrong try opened the door");
	if ((await call({ token }, "GET", "/api/v1/party?limit=1")).status !== 200) note("the user's token is concerned");
	const kept = await session.post("/password", { old: password, new: "ein-eigenes-Kennwort-2" });
	if (kept.status !== 303 || kept.headers.get("location") !== "/") note(`the new password gave ${kept.status}`);
	if ((await session.get("/")).status !== 200) note("his own password does not open the door");
	settle();
});

// A name that no other record has.
let counter = 0;
const name0 = (object, who) => (named(object) ? { [named(object)]: `${who.name} made ${object.name} ${++counter}` } : {});

const early = ({ name }) => Boolean(process.env.MATRIX_FIRST) && name.includes(process.env.MATRIX_FIRST);
for (const { name, run } of [...tests.filter(early), ...tests.filter((one) => !early(one))]) register(name, run);
