// Eight writers at work, and the server is killed (SIGKILL, the whole process group) at random moments,
// again and again, on the same data.   node tests/fault/kills.mjs N     (SEED=… repeats the choices)
//
// Every write that was answered is there exactly once; one whose answer was cut off is there as a whole
// or not at all, and sent again with its Idempotency-Key it is done once; records, search and log agree;
// `kontor check` says ok.  Ends with one line, `N passed, N failed`: a kill is one test.
//
// Environment: KONTOR, KONTOR_TEST_DB as in tests/http/harness.mjs.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { dropDatabase, engine, makeDatabase, PROGRAM, run } from "../http/harness.mjs";

const KILLS = Number(process.argv[2] ?? 50);
const WRITERS = 8;
const CHECK_EVERY = 25; // kills between two looks at everything
const LIFE_MS = 200; // the longest that a server is left at work
const READY_MS = 60_000;
const SERVER = process.env.KONTOR_TEST_DB;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-kills-"));
const database = engine === "postgres" ? makeDatabase(SERVER) : null;
const WHERE = ["--data", path.join(folder, "data"), ...(database ? ["--db", database.address] : [])];
const log = path.join(folder, "log");

// --- choices from a seed ---

const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
let state = SEED >>> 0 || 1;
const random = () => {
	state ^= state << 13;
	state ^= state >>> 17;
	state ^= state << 5;
	return (state >>> 0) / 2 ** 32;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

// --- the server ---

let server = null; // { child, port, agent, killed }

async function boot() {
	const out = fs.openSync(log, "a");
	const child = spawn(PROGRAM, ["serve", "--listen", "127.0.0.1:0", "--rate-per-minute", "-1", ...WHERE], { stdio: ["ignore", "pipe", out], detached: true });
	fs.closeSync(out);
	const born = { child, port: 0, agent: new http.Agent({ keepAlive: true, maxSockets: WRITERS }), killed: false };
	born.gone = new Promise((done) => child.on("exit", done));
	return born;
}

function ready(born) {
	return new Promise((done, fail) => {
		const late = setTimeout(() => fail(new Error("the server does not become ready")), READY_MS);
		let said = "";
		const give = (how, what) => (clearTimeout(late), how(what));
		born.child.stdout.setEncoding("utf8").on("data", (text) => {
			said += text;
			const found = /ready at http:\/\/\S+:(\d+)/.exec(said);
			if (!found) return;
			born.port = Number(found[1]);
			give(done, born);
		});
		born.gone.then(() => (born.killed ? give(done, born) : give(fail, new Error(`the server ended by itself\n${fs.readFileSync(log, "utf8").slice(-2000)}`))));
	});
}

const groupLives = (pid) => {
	try {
		process.kill(-pid, 0);
		return true;
	} catch {
		return false;
	}
};

async function kill(born) {
	born.killed = true;
	process.kill(-born.child.pid, "SIGKILL");
	await born.gone;
	while (groupLives(born.child.pid)) await pause(1);
	born.agent.destroy();
	// What PostgreSQL had been told before is done or given up first: then there is nothing in between.
	while (database && backends() > 0) await pause(2);
}

function backends() {
	const ran = spawnSync("psql", ["-qAt", SERVER, "-c", `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database.name}'`], { encoding: "utf8" });
	return Number(ran.stdout);
}

// --- calls ---

class CutOff extends Error {}
class Wrong extends Error {}
let token = "";

function call(method, where, { body, key, match } = {}) {
	const born = server;
	const text = body === undefined ? undefined : JSON.stringify(body);
	return new Promise((done, fail) => {
		const lost = (error) => fail(born.killed ? new CutOff() : new Wrong(`${method} ${where}: the connection was lost (${error?.code ?? error?.message ?? "half an answer"}; ${request.reusedSocket ? "used before" : "new"}), and nobody had killed the server`));
		const request = http.request({
			port: born.port, agent: born.agent, method, path: where,
			headers: {
				authorization: `Bearer ${token}`,
				...(text === undefined ? {} : { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json", "content-length": Buffer.byteLength(text) }),
				...(key ? { "idempotency-key": key } : {}),
				...(match ? { "if-match": `"${match}"` } : {}),
			},
		}, (reply) => {
			let said = "";
			reply.setEncoding("utf8").on("data", (part) => (said += part));
			reply.on("error", lost).on("aborted", lost);
			reply.on("end", () => {
				if (!reply.complete) return lost();
				done({ status: reply.statusCode, headers: reply.headers, body: said ? JSON.parse(said) : undefined, text: said });
			});
		});
		request.on("error", lost);
		request.end(text);
	});
}

async function expect(status, ...rest) {
	const reply = await call(...rest);
	if (reply.status !== status) throw new Wrong(`${rest[0]} ${rest[1]}: ${reply.status} instead of ${status}: ${reply.text.slice(0, 500)}`);
	return reply;
}

// --- what must be there ---

// id → { id, name, mark, version, deleted, names: all it ever had }.  Each writer has records of its own.
const records = new Map();
const figures = { answered: 0, applied: 0, absent: 0, again: 0 };
let serial = 0;
const word = (writer) => `q${writer}z${(++serial).toString(36).padStart(6, "0")}`; // none begins another

function made(writer, id, name, mark) {
	const record = { id: String(id), name, mark, version: 1, deleted: false, old: [] };
	records.set(record.id, record);
	writer.own.push(record);
	writer.touched.add(record);
	return record;
}
function renamed(writer, record, name) {
	record.old.push(record.name);
	record.name = name;
	record.version++;
	writer.touched.add(record);
}
function hidden(writer, record, deleted) {
	record.deleted = deleted;
	record.version++;
	writer.touched.add(record);
}

const find = async (condition) => (await expect(200, "GET", `/api/v1/person?fields=family_name,given_name&limit=100&where=${encodeURIComponent(condition)}`)).body.items;
const live = (writer) => pick(writer.own.filter((record) => !record.deleted).slice(-30));
const dead = (writer) => pick(writer.own.filter((record) => record.deleted).slice(-10));

// A write: send() asks for it; done(reply) notes it; look() tells, where it is not sent again, whether it
// was done: gives what done() takes, or null.
const KINDS = {
	create(writer) {
		const name = word(writer.number), key = `c-${name}`;
		return {
			send: () => expect(201, "POST", "/api/v1/person", { body: { family_name: name }, key }),
			done: (reply) => made(writer, reply.body.id, name, null),
			look: async () => one(await find(`family_name = "${name}"`), (item) => ({ body: item })),
			again: true,
		};
	},
	patch(writer) {
		const record = live(writer), name = word(writer.number);
		return record && {
			send: () => expect(200, "PATCH", `/api/v1/person/${record.id}`, { body: { family_name: name }, match: record.version }),
			done: () => renamed(writer, record, name),
			look: async () => changed(await call("GET", `/api/v1/person/${record.id}`), record, name),
		};
	},
	remove(writer) {
		const record = live(writer);
		return record && {
			send: () => expect(204, "DELETE", `/api/v1/person/${record.id}`),
			done: () => hidden(writer, record, true),
			look: async () => ((await call("GET", `/api/v1/person/${record.id}`)).status === 404 ? {} : null),
		};
	},
	restore(writer) {
		const record = dead(writer);
		return record && {
			send: () => expect(200, "POST", `/api/v1/person/${record.id}/restore`, { key: `r-${record.id}-${record.version}` }),
			done: () => hidden(writer, record, false),
			look: async () => ((await call("GET", `/api/v1/person/${record.id}`)).status === 200 ? {} : null),
			again: true,
		};
	},
	batch(writer) {
		const mark = word(writer.number), names = Array.from({ length: 2 + below(5) }, () => word(writer.number));
		const changedOne = live(writer), name = word(writer.number);
		const operations = names.map((family_name) => ({ op: "create", object: "person", fields: { family_name, given_name: mark } }));
		if (changedOne) operations.splice(1, 0, { op: "update", object: "person", id: changedOne.id, version: changedOne.version, fields: { family_name: name } });
		return {
			send: () => expect(200, "POST", "/api/v1/batch", { body: { mode: "all", operations }, key: `b-${mark}` }),
			done: (reply) => {
				const ids = reply.body.results.map((result) => result.id);
				if (changedOne) ids.splice(1, 1);
				ids.forEach((id, i) => made(writer, id, names[i], mark));
				if (changedOne) renamed(writer, changedOne, name);
			},
			look: async () => {
				const items = await find(`given_name = "${mark}"`);
				const was = changedOne ? changed(await call("GET", `/api/v1/person/${changedOne.id}`), changedOne, name) : null;
				if (items.length === 0 && !was) return null;
				if (items.length !== names.length || (changedOne && !was)) throw new Wrong(`batch ${mark}: half of it is there: ${items.length} of ${names.length}, change ${Boolean(was)}`);
				const results = names.map((family_name) => ({ id: items.find((item) => item.family_name === family_name)?.id }));
				if (changedOne) results.splice(1, 0, { id: changedOne.id });
				return { body: { results } };
			},
			again: true,
		};
	},
	async undo(writer) {
		const record = live(writer);
		if (!record || record.version < 2) return null;
		const history = await expect(200, "GET", `/api/v1/person/${record.id}/history?limit=1`);
		const last = history.body.items[0];
		const old = last.fields.family_name?.old;
		if (last.op !== "edit" || !old || last.undo_of !== null || await isShared(last.changeset)) return null;
		return {
			send: () => expect(200, "POST", `/api/v1/changesets/${last.changeset}/undo`, { key: `u-${last.changeset}` }),
			done: () => renamed(writer, record, old),
			look: async () => changed(await call("GET", `/api/v1/person/${record.id}`), record, old),
			again: true,
		};
	},
};
const WEIGHTS = ["create", "create", "patch", "patch", "patch", "batch", "batch", "remove", "restore", "undo"];

async function isShared(changeset) {
	const set = await expect(200, "GET", `/api/v1/changesets/${changeset}`);
	return set.body.items.length > 1;
}

function one(items, give) {
	if (items.length > 1) throw new Wrong(`there are ${items.length} of ${items[0].family_name}`);
	return items.length ? give(items[0]) : null;
}

// Is the record as it was, or as it was to be?  Nothing else is right.
function changed(reply, record, name) {
	const is = reply.body;
	if (reply.status === 200 && is.family_name === record.name && version(reply) === record.version) return null;
	if (reply.status === 200 && is.family_name === name && version(reply) === record.version + 1) return {};
	throw new Wrong(`record ${record.id}: neither ${record.name} (${record.version}) nor ${name}: ${reply.status} ${reply.text.slice(0, 300)}`);
}
const version = (reply) => Number(/\d+/.exec(reply.headers.etag)[0]);

// --- writers ---

const writers = Array.from({ length: WRITERS }, (_, number) => ({ number, own: [], touched: new Set(), open: null }));

async function settle(writer) {
	const write = writer.open;
	if (!write) return;
	let reply;
	if (write.again && random() < 0.5) {
		reply = await write.send();
		figures.again++;
	} else {
		reply = await write.look();
		figures[reply ? "applied" : "absent"]++;
	}
	if (reply) write.done(reply);
	writer.open = null;
}

async function work(writer) {
	while (!server.killed) {
		const write = await KINDS[pick(WEIGHTS)](writer);
		if (!write) continue;
		writer.open = write;
		const reply = await write.send();
		writer.open = null;
		write.done(reply);
		figures.answered++;
	}
}

// A server that was killed ends what a writer does; anything else is wrong.
async function unlessKilled(promise) {
	try {
		await promise;
	} catch (error) {
		if (!(error instanceof CutOff)) throw error;
	}
}

// --- looking ---

async function lookAtRecord(record) {
	const reply = await call("GET", `/api/v1/person/${record.id}`);
	if (record.deleted !== (reply.status === 404)) throw new Wrong(`record ${record.id}: ${reply.status}, deleted ${record.deleted}`);
	if (!record.deleted && (reply.body.family_name !== record.name || version(reply) !== record.version))
		throw new Wrong(`record ${record.id}: ${reply.body.family_name} (${version(reply)}) instead of ${record.name} (${record.version})`);
	await lookAtSearch(record.name, record.deleted ? null : record.id);
	for (const name of record.old.slice(-2)) if (name !== record.name) await lookAtSearch(name, null);
}

async function lookAtSearch(name, id) {
	const items = (await expect(200, "GET", `/api/v1/search?q=${name}`)).body.items.filter((item) => String(item.id) !== "0");
	const ids = items.map((item) => item.id);
	if (id ? !ids.includes(id) : ids.length) throw new Wrong(`search for ${name}: ${ids} instead of ${id ?? "nothing"}`);
}

async function lookAtTouched(writer) {
	for (const record of [...writer.touched].slice(-3)) await lookAtRecord(record);
	writer.touched.clear();
}

// Every record there ever was, from the store itself.
function lookAtAll() {
	const found = new Map();
	let columns = null;
	for (const line of run(["dump", ...WHERE]).out.trimEnd().split("\n").map((text) => JSON.parse(text))) {
		if (line.table) columns = line.table === "party" ? line.columns.map((column) => column.split(" ")[0]) : null;
		else if (columns && Array.isArray(line)) {
			const row = Object.fromEntries(columns.map((column, i) => [column, line[i]]));
			found.set(String(row.id), row);
		}
	}
	for (const record of records.values()) {
		const row = found.get(record.id);
		if (!row || row.family_name !== record.name || row.version !== record.version || (row.deleted_at !== null) !== record.deleted || (row.given_name ?? null) !== record.mark)
			throw new Wrong(`record ${record.id} is ${JSON.stringify(row)} instead of ${JSON.stringify({ ...record, old: undefined })}`);
	}
	if (found.size !== records.size) throw new Wrong(`${found.size} records instead of ${records.size}: ${[...found.keys()].filter((id) => !records.has(id)).slice(0, 5)}`);
	const said = run(["check", ...WHERE], { code: null });
	if (said.out !== "ok\n") throw new Wrong(`kontor check: ${said.out}${said.err}`);
}

// --- the run ---

async function life(number) {
	server = await boot();
	// Some die before they are ready.
	if (random() < 0.05) {
		await pause(below(60));
		await kill(server);
		return;
	}
	await ready(server);
	await Promise.all(writers.map(async (writer) => {
		await settle(writer);
		await lookAtTouched(writer);
	}));
	if (number % CHECK_EVERY === 0) {
		lookAtAll();
		// That took long, and nothing else ran here: the server may have closed the silent connections.
		server.agent.destroy();
	}
	const working = writers.map((writer) => unlessKilled(work(writer)));
	const end = Promise.all(working);
	await Promise.race([end, pause(below(LIFE_MS))]);
	await kill(server);
	await end;
}

async function main() {
	let passed = 0, failed = 0;
	const begun = Date.now();
	run(["user", "add", "anna", "--role", "admin", ...WHERE]);
	token = run(["token", "create", "--user", "anna", ...WHERE]).out.trim();
	for (let number = 1; number <= KILLS && !failed; number++) {
		try {
			await life(number);
			passed++;
		} catch (error) {
			failed++;
			console.log(`kill ${number} (SEED=${SEED}): ${error instanceof Wrong ? error.message : error.stack}`);
			if (server && groupLives(server.child.pid)) await kill(server);
		}
		if (process.stderr.isTTY) process.stderr.write(`\r${number} of ${KILLS}`);
	}
	if (!failed) {
		try {
			server = await ready(await boot());
			for (const writer of writers) await settle(writer);
			for (const record of records.values()) await lookAtRecord(record);
			lookAtAll();
		} catch (error) {
			failed++;
			console.log(`at the end (SEED=${SEED}): ${error instanceof Wrong ? error.message : error.stack}`);
		}
		await kill(server);
	}
	const seconds = (Date.now() - begun) / 1000;
	console.log(`${engine}: ${passed} kills in ${seconds.toFixed(1)} s (${(seconds / Math.max(1, passed)).toFixed(2)} s each); ${figures.answered} writes answered; ` +
		`of those cut off ${figures.applied} were there, ${figures.absent} not, ${figures.again} were sent again; ${records.size} records`);
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 && passed > 0;
}

let good = false;
try {
	good = await main();
} finally {
	if (database) dropDatabase(SERVER, database);
	if (good) fs.rmSync(folder, { recursive: true, force: true });
	else console.log(`the data are left in ${folder}`);
}
process.exit(good ? 0 : 1);
