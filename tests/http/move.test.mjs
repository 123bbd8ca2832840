// The whole house, moved from one engine to the other and back, dumped, backed up and restored.
import assert from "node:assert";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { dropDatabase, engine, makeDatabase, run, spawnRun, start, until } from "./harness.mjs";

const SERVER = process.env.KONTOR_TEST_PG;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-move-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const place = (name) => path.join(folder, name);
const dump = (where) => run(["dump", ...where]).out;
const sha = (text) => createHash("sha256").update(text).digest("hex");
const assertSame = (a, b) => {
	if (a === b) return;
	const x = a.split("\n"), y = b.split("\n");
	const at = x.findIndex((line, i) => line !== y[i]);
	assert.fail(`the dumps differ in line ${at + 1}:\n${x[at]?.slice(0, 400)}\n${y[at]?.slice(0, 400)}`);
};
const checked = (where) => assert.equal(run(["check", ...where]).out, "ok\n");

const DEMO = ["--data", place("demo")];
run(["demo", ...DEMO, "--parties", "200"]);
// An object that is gone again: its rows stay, and go along.
const GONE = 'object x_machine\n  label "Machine" "Machines"\n  title x_name\nfield x_name text\nlink x_owners many party\nview list x_name\ngrant admin read=all edit=all create\n';
fs.writeFileSync(place("gone.model"), GONE);
run(["model", "apply", place("gone.model"), ...DEMO]);
fs.writeFileSync(place("machines.csv"), "x_name\nPresse 7\n");
run(["import", "x_machine", place("machines.csv"), ...DEMO]);
const CUSTOM = 'extend party\nfield x_shoe int label="Shoe size"\n';
fs.writeFileSync(place("custom.model"), CUSTOM);
run(["model", "apply", place("custom.model"), ...DEMO]);
const ORIGINAL = dump(DEMO);

test("DQ-09 a dump is one object a line, complete, and the same each time", () => {
	const lines = ORIGINAL.trimEnd().split("\n").map((line) => JSON.parse(line));
	assert.deepEqual(lines[0], { kontor: 1, model: CUSTOM });
	const tables = lines.filter((line) => line.table).map((line) => line.table);
	assert.deepEqual(tables, tables.toSorted());
	for (const table of ["party", "deal", "x_machine", "sys_change", "sys_changeset", "sys_login"]) assert.ok(tables.includes(table), table);
	for (const table of ["sys_session", "sys_idempotency"]) assert.ok(!tables.includes(table), table);
	assert.equal(lines.at(-1).end, lines.filter(Array.isArray).length);
	assert.equal(sha(dump(DEMO)), sha(ORIGINAL));
	run(["dump", ...DEMO, "--out", place("dump.jsonl")]);
	assertSame(fs.readFileSync(place("dump.jsonl"), "utf8"), ORIGINAL);
	assert.match(run(["dump", ...DEMO, "--out", place("dump.jsonl")], { code: 1 }).err, /name a new file/);
});

test("DQ-09 a move to another file of the same engine copies everything", () => {
	const there = [...DEMO, "--db", place("copy.db")];
	run(["move", ...DEMO, "--to", place("copy.db")]);
	assertSame(dump(there), ORIGINAL);
	checked(there);
	const again = run(["move", ...DEMO, "--to", place("copy.db")], { code: 1 });
	assert.match(again.err, /not empty/);
	assertSame(dump(there), ORIGINAL);
});

test("OPS-01 a company that outgrows one machine moves to PostgreSQL, and back, without a difference", { skip: SERVER ? false : "KONTOR_TEST_PG names no server" }, async () => {
	const database = makeDatabase(SERVER);
	try {
		const there = [...DEMO, "--db", database.address];
		const said = run(["move", ...DEMO, "--to", database.address]);
		assert.match(said.out, /rows were copied and compared/);
		assert.match(said.out, /keyring/);
		assertSame(dump(there), ORIGINAL);
		checked(there);
		run(["move", ...there, "--to", place("back.db")]);
		const back = [...DEMO, "--db", place("back.db")];
		assertSame(dump(back), ORIGINAL);
		checked(back);
		// New records get ids that nothing had before.
		const next = (where) => run(["user", "add", "zoe", "--role", "admin", ...where]).out;
		assert.equal(next(there), next(back));
	} finally {
		dropDatabase(SERVER, database);
	}
});

test("a move that is killed leaves the target empty: it is done again as if nothing had been", async () => {
	const database = engine === "postgres" ? makeDatabase(process.env.KONTOR_TEST_DB) : null;
	const target = database?.address ?? place("killed.db");
	let killed = 0;
	try {
		for (const ms of [20, 60, 120, 200]) {
			const { child, done } = spawnRun(["move", ...DEMO, "--to", target]);
			await Promise.race([done, pause(ms)]);
			child.kill("SIGKILL");
			if ((await done) !== "SIGKILL") break;
			killed++;
		}
		assert.ok(killed > 0, "it was faster than every kill");
		// A kill that came at the very end, when all was copied, has killed nothing: then the target is full.
		if (killed === 4) {
			const { code, err } = run(["move", ...DEMO, "--to", target], { code: null });
			assert.ok(code === 0 || (code === 1 && /not empty/.test(err)), err);
		}
		assertSame(dump([...DEMO, "--db", target]), ORIGINAL);
		checked([...DEMO, "--db", target]);
	} finally {
		if (database) dropDatabase(process.env.KONTOR_TEST_DB, database);
	}
});

test("a copy that is cut short, changed or of something else leaves the target empty", { skip: engine === "sqlite" ? false : "once is enough" }, () => {
	run(["backup", place("whole"), ...DEMO]);
	const manifest = fs.readFileSync(place("whole.manifest"), "utf8");
	for (const [name, bytes] of [["short", fs.readFileSync(place("whole")).subarray(0, 100000)], ["other", Buffer.from(fs.readFileSync(place("whole"))).fill(7, 5000, 5100)]]) {
		fs.writeFileSync(place(name), bytes);
		fs.writeFileSync(place(`${name}.manifest`), manifest);
		fs.cpSync(place("whole.keys"), place(`${name}.keys`), { recursive: true });
		const refused = run(["restore", place(name), "--data", place(`from-${name}`)], { code: 1 });
		assert.match(refused.err, /not what the backup wrote/);
		assert.ok(!fs.existsSync(place(`from-${name}/kontor.db`)));
	}
});

test("OPS-09 a backup is taken while the server runs, and restored into another folder", async () => {
	const kontor = await start();
	const token = kontor.token("anna");
	const made = [];
	for (let i = 0; i < 20; i++) made.push((await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: `Nr. ${i}` } })).body.id);
	let busy = true;
	const load = (async () => {
		for (let i = 0; busy; i++) await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: `later ${i}` } });
	})();
	const file = place("running"), where = kontor.where();
	const { child, done } = spawnRun(["backup", file, "--data", where.folder, ...(where.database ? ["--db", where.database] : [])]);
	assert.equal(await done, 0, child.text);
	busy = false;
	await load;
	for (const name of [file, `${file}.manifest`, `${file}.keys/master`]) assert.equal(fs.statSync(name).mode & 0o777, 0o600, name);

	const there = ["--data", place("restored")];
	const said = run(["restore", file, ...there]);
	assert.match(said.out, /^ok$/m);
	for (const id of made) assert.match(dump(there), new RegExp(`"Nr\\. ${made.indexOf(id)}"`));
	const refused = run(["restore", file, ...there], { code: 1 });
	assert.match(refused.err, /not empty.*--force/);
	assert.match(run(["backup", file, ...there], { code: 1 }).err, /exists already/);
	if (engine === "sqlite") {
		run(["user", "add", "later", "--role", "admin", ...there]);
		run(["restore", file, ...there, "--force"]);
		assert.ok(!run(["user", "list", ...there]).out.includes("later"));
	}
	checked(there);
});

const oneAtATime = { skip: engine === "sqlite" ? false : "a database of a server is served by many" };

test("OPS-09 a data folder that a server runs on is neither overwritten nor served twice", oneAtATime, async () => {
	const kontor = await start();
	const token = kontor.token("anna");
	const there = ["--data", kontor.where().folder];
	const taken = new RegExp(`\`kontor serve\` \\(process ${kontor.pid()}\\) is at work on ${there[1]}/kontor\\.db; stop it first`);
	const of = (n) => kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: `Nr. ${n}` } });
	run(["backup", place("locked"), ...there]);
	await of(1);
	for (const words of [["restore", place("locked"), "--force"], ["demo"], ["serve", "--listen", "127.0.0.1:0"], ["serve", "--listen", "127.0.0.1:0", "--db", `${there[1]}/kontor.db`]])
		assert.match(run([...words, ...there], { code: 1 }).err, taken, words.join(" "));
	await of(2);
	assert.match(dump(there), /"Nr\. 1"[^]*"Nr\. 2"/);
	checked(there);
	await kontor.stop();
	run(["restore", place("locked"), ...there, "--force"]);
	assert.doesNotMatch(dump(there), /"Nr\. 1"/);
	await kontor.serve();
	assert.equal((await kontor.api("GET", "/api/v1/party", { token })).status, 200);
});

// From /proc: "PID (name) STATE PARENT …"; null where there is no such process any more.
const stat = (pid) => {
	try {
		const [state, parent] = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
		return { state, parent: Number(parent) };
	} catch {
		return null;
	}
};
const isAlive = (pid) => !["Z", "X", undefined].includes(stat(pid)?.state);
const childrenOf = (pid) => fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && stat(name)?.parent === pid && isAlive(name)).map(Number);

test("OPS-09 a server that is killed leaves no lock behind, one whose worker is killed keeps it", oneAtATime, async () => {
	const kontor = await start();
	const there = ["--data", kontor.where().folder];
	const supervisor = kontor.pid(), [worker] = childrenOf(supervisor);
	process.kill(worker, "SIGKILL");
	await until("the worker is started again", () => childrenOf(supervisor).some((pid) => pid !== worker));
	assert.match(run(["demo", ...there], { code: 1 }).err, /is at work on/);
	const [next] = childrenOf(supervisor);
	await kontor.stop("SIGKILL");
	await until("the worker ends when its supervisor is gone", () => !isAlive(next));
	run(["demo", ...there, "--parties", "20"]);
	await kontor.serve();
	checked(there);
});

test("who was erased stays erased when older data come back beside newer keys", () => {
	const data = place("erase"), there = ["--data", data];
	fs.writeFileSync(place("erase.csv"), "family_name,email\nMustermann,muster@example.com\nBleibt,bleibt@example.com\n");
	run(["user", "add", "anna", "--role", "admin", ...there]);
	run(["import", "person", place("erase.csv"), ...there]);
	run(["backup", place("old"), ...there]);
	const id = /^\[.*"Mustermann"/m.test(dump(there)) && idOf(dump(there), "party", "Mustermann");
	assert.ok(id);
	run(["erase", "party", String(id), ...there]);
	// A record that came after the backup, was erased too, and must not pass its number on.
	fs.writeFileSync(place("later.csv"), "family_name\nSpäter\n");
	run(["import", "person", place("later.csv"), ...there]);
	const later = idOf(dump(there), "party", "Später");
	run(["erase", "party", String(later), ...there]);
	run(["backup", place("new"), ...there]);

	fs.rmSync(place("old.keys"), { recursive: true });
	fs.cpSync(place("new.keys"), place("old.keys"), { recursive: true });
	const back = ["--data", place("erase-back")];
	const said = run(["restore", place("old"), ...back]);
	assert.match(said.out, /1 data subjects were erased again\.\nok\n/);
	const text = dump(back);
	assert.ok(!/Mustermann|muster@example/.test(text), "nothing of the erased person is left");
	assert.ok(text.includes("Bleibt"));
	for (const name of fs.readdirSync(place("erase-back"))) {
		const file = path.join(place("erase-back"), name);
		if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file).includes("ustermann"), `${name} holds the name`);
	}
	run(["import", "person", place("later.csv"), ...back]);
	assert.ok(idOf(dump(back), "party", "Später") > later);
	checked(back);

	// The same where the newer keys were left in the folder, and only the data are lost.
	const kept = ["--data", place("erase-kept")];
	fs.cpSync(path.join(data, "keyring"), path.join(place("erase-kept"), "keyring"), { recursive: true });
	assert.match(run(["restore", place("old"), ...kept]).out, /1 data subjects were erased again\.\nok\n/);
	assert.ok(!dump(kept).includes("Mustermann"));
});

// The id of the row of a table that has this text.
function idOf(text, table, what) {
	let columns = null;
	for (const line of text.trimEnd().split("\n").map((l) => JSON.parse(l))) {
		if (line.table) columns = line.table === table ? line.columns : null;
		else if (columns && Array.isArray(line) && line.includes(what)) return line[columns.indexOf("id int")];
	}
	return 0;
}
