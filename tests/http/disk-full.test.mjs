// No room left for the database: writes are refused, reads go on, and what was answered is there.
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { engine, start } from "./harness.mjs";

const NEED = engine === "sqlite" ? (spawnSync("prlimit", ["--version"]).status === 0 ? false : "prlimit is not there") : "the disk is PostgreSQL's own affair";

test("OPS-02 where the disk is full writes are refused with 503, and reads still work", { skip: NEED }, async () => {
	const kontor = await start();
	const token = kontor.token("anna");
	const note = "x".repeat(50_000);
	const save = (i) => kontor.api("POST", "/api/v1/person", { token, body: { family_name: `Nr. ${i}`, notes: note } });
	const kept = [];
	for (let i = 0; i < 3; i++) kept.push((await save(i)).body.id);

	limit(kontor.pid(), largest(kontor.where().folder) + 300_000);
	let refused = null;
	for (let i = 3; i < 200 && !refused; i++) {
		const reply = await save(i);
		if (reply.status === 201) kept.push(reply.body.id);
		else refused = reply;
	}
	assert.ok(refused, "200 times 50 KB went into 300 KB");
	assert.equal(refused.status, 503, refused.text);
	assert.match(kontor.log(), /room|full|disk/i);
	for (const id of kept) await kontor.expect(200, "GET", `/api/v1/person/${id}`, { token });
	assert.equal((await fetch(`${kontor.url}/healthz`)).status, 200);

	// With room again it goes on by itself.
	limit(kontor.pid(), "unlimited");
	kept.push((await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: "Danach" } })).body.id);
	await kontor.restart();
	const list = await kontor.expect(200, "GET", "/api/v1/person?limit=1&total=1", { token });
	assert.equal(list.body.total, kept.length);
	for (const id of kept) await kontor.expect(200, "GET", `/api/v1/person/${id}`, { token });
	assert.equal(kontor.cli(["check"]).out, "ok\n");
});

// Of the server and what it has started.
function limit(pid, bytes) {
	const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
	for (const one of [pid, ...children]) {
		const ran = spawnSync("prlimit", ["--pid", String(one), `--fsize=${bytes}:unlimited`], { encoding: "utf8" });
		assert.equal(ran.status, 0, ran.stderr);
	}
}

const largest = (folder) => Math.max(...fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size));
