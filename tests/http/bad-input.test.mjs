// What people really send: each gets an error that names the place, and nothing of it is kept.
import assert from "node:assert";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import { PROGRAM, start } from "./harness.mjs";

const kontor = await start();
const token = kontor.token("anna");
const PEAK_KIB = 400 << 10; // what a command may take at most; a gigabyte does not fit into it
const GIB = 1 << 30;

const where = kontor.where();
const WHERE = ["--data", where.folder, ...(where.database ? ["--db", where.database] : [])];
// Without what the server itself writes down meanwhile: its jobs, how far it has read, when a token was last used.
const OWN = { sys_job: null, sys_cursor: null, sys_token: "seen_at int" };
function state() {
	const hash = createHash("sha256");
	let table, columns;
	for (const line of kontor.cli(["dump"]).out.trimEnd().split("\n").map((text) => JSON.parse(text))) {
		if (line.table) ({ table, columns } = line);
		else if (!Array.isArray(line)) continue; // the first and the last
		else if (!(table in OWN)) hash.update(JSON.stringify([table, line]));
		else if (OWN[table]) hash.update(JSON.stringify([table, line.filter((_, i) => columns[i] !== OWN[table])]));
	}
	return hash.digest("hex");
}

async function keepsNothing(run) {
	const before = state();
	await run();
	assert.equal(state(), before, "something was kept");
}

// A command that is fed `total` bytes of `chunk` after `head`: { code, err, peak in KiB }.
async function feed(words, head, chunk, total) {
	const child = spawn(PROGRAM, [...words, ...WHERE], { stdio: ["pipe", "ignore", "pipe"], env: { PATH: process.env.PATH, LANG: "C" } });
	let err = "", peak = 0, fed = 0, open = true;
	child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
	child.stdin.on("error", () => (open = false)); // it has read enough
	const ended = new Promise((done) => child.on("close", (code, signal) => ((open = false), done(signal ?? code))));
	const look = () => {
		try {
			peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0));
		} catch {
			// gone
		}
	};
	child.stdin.write(head);
	while (open && fed < total) {
		look();
		fed += chunk.length;
		if (!child.stdin.write(chunk)) await Promise.race([new Promise((done) => child.stdin.once("drain", done)), ended]);
	}
	child.stdin.end();
	look();
	return { code: await ended, err, peak, fed };
}

const header = (n) => Array.from({ length: n }, (_, i) => `c${i}`).join(",");
const FILES = [
	["an empty file", "", /empty/],
	["blank lines alone", "\n\n\n", /empty/],
	["a quote that is never closed", 'family_name,city\nA,"Köln\nB,Ulm\n', /row 2, column 2: .*never closed/],
	["text behind a closed quote", 'family_name,city\n"A"b,Ulm\n', /row 2, column 1: /],
	["a NUL byte", "family_name,city\nA,B\nC,D\0E\n", /row 3, column 2: .*NUL/],
	["10,000 columns", `${header(10_000)}\n`, /row 1, column 1001: .*1,000 columns/],
	["10,000 cells under a good header", `family_name\n${header(10_000)}\n`, /row 2, column 1001: /],
	["a column that stands twice", "family_name,city,family_name\nA,B,C\n", /row 1, column 3: .*second time, after column 1/],
	["a column that no field knows", "family_name,nonsense\nA,B\n", /row 1, column 2: .*nonsense/],
	["bytes that are not the named encoding", Buffer.from("family_name\nA\nM\xfcller\n", "latin1"), /row 3, column 1: .*0xFC.*windows-1252/, "utf-8"],
	["half a file of UTF-16", Buffer.from("\ufefffamily_name\nMüller\n", "utf16le").subarray(0, 37), /row 2, column 1: .*utf-16/, "utf-16"],
];
for (const [what, input, message, encoding] of FILES)
	test(`DQ-07 ${what} is refused, with row and column, and nothing is kept`, () =>
		keepsNothing(() => {
			const map = path.join(kontor.folder, "encoding.map");
			fs.writeFileSync(map, `object person\nformat csv encoding=${encoding}\nfield family_name family_name\n`);
			const ran = kontor.cli(["import", "person", "-", ...(encoding ? ["--map", map] : [])], { input, code: 1, env: { LANG: "C" } });
			assert.match(ran.err, message);
			assert.equal(ran.out, "");
		}));

const ROWS = [
	["a date that does not exist", "family_name,birthday\nA,2026-02-30\n", "birthday", /2026-02-30/],
	["a date of a month that does not exist", "family_name,birthday\nA,2026-13-01\n", "birthday", /./],
	["an id beyond all numbers", "id,family_name\n99999999999999999999,A\n", "", /id/],
	["an id that is none", "id,family_name\nabc,A\n", "", /id/],
	["an id that nobody has", "id,family_name\n4711,A\n", "", /no record with this id/],
	["too many cells", "family_name\nA,B\n", "", /2 cells, the header 1/],
];
for (const [what, input, column, message] of ROWS)
	test(`DQ-07 ${what} is told with its row`, () =>
		keepsNothing(() => {
			const report = JSON.parse(kontor.cli(["import", "person", "-", "--dry-run", "--format", "json"], { input, env: { LANG: "C" } }).out);
			assert.equal(report.lines.length, 1);
			assert.deepEqual([report.lines[0].row, report.lines[0].column], [2, column]);
			assert.match(report.lines[0].detail, message);
		}));

test("DQ-04 a gigabyte behind one quote is refused at once, in little memory", () =>
	keepsNothing(async () => {
		const ran = await feed(["import", "person", "-"], 'family_name\n"', Buffer.alloc(1 << 20, "x"), GIB);
		assert.equal(ran.code, 1, ran.err);
		assert.match(ran.err, /row 2, column 1: /);
		assert.ok(ran.peak > 0 && ran.peak < PEAK_KIB, `${ran.peak} KiB`);
		assert.ok(ran.fed < GIB / 4, `it read ${ran.fed} bytes`);
	}));

test("DQ-04 a gigabyte without a line break is refused at once, in little memory", () =>
	keepsNothing(async () => {
		const ran = await feed(["import", "person", "-"], "", Buffer.alloc(1 << 20, "x"), GIB);
		assert.equal(ran.code, 1, ran.err);
		assert.match(ran.err, /row 1, column 1: /);
		assert.ok(ran.peak > 0 && ran.peak < PEAK_KIB, `${ran.peak} KiB`);
	}));

test("DQ-04 a gigabyte of blank lines is read to its end in little memory", () =>
	keepsNothing(async () => {
		const ran = await feed(["import", "person", "-"], "family_name\n", Buffer.alloc(1 << 20, "\n"), GIB);
		assert.equal(ran.code, 0, ran.err);
		assert.ok(ran.peak > 0 && ran.peak < PEAK_KIB, `${ran.peak} KiB`);
	}));

test("a map or model that is no text, or far too long, is refused with its line", () =>
	keepsNothing(() => {
		const file = path.join(kontor.folder, "bad.map");
		for (const [text, message] of [["x".repeat(30_000), /bad\.map:1: /], ["object person\n\0\0\n", /bad\.map:2: /], ["object person\nfield\n", /bad\.map:2: /], ["Z".repeat(2 << 20), /larger than/]]) {
			fs.writeFileSync(file, text);
			assert.match(kontor.cli(["import", "person", "-", "--map", file], { input: "family_name\nA\n", code: 1, env: { LANG: "C" } }).err, message);
		}
		fs.writeFileSync(file, "object x_a\n".repeat(200_000));
		kontor.cli(["model", "apply", file], { code: 1 });
	}));

const BODIES = [
	["JSON nested 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000), 400, /levels|nested|deep/i],
	["JSON of 65 levels", '{"family_name":'.concat("[".repeat(65), "]".repeat(65), "}"), 400, /levels|nested|deep/i],
	["JSON that ends early", '{"family_name":"A"', 400, /line 1/],
	["a name twice", '{"family_name":"A","family_name":"B"}', 400, /twice|family_name/],
	["bytes that are not UTF-8", Buffer.from('{"family_name":"M\xfcller"}', "latin1"), 400, /UTF-8|line 1/i],
	["a NUL character", '{"family_name":"A\\u0000B"}', [400, 422], /NUL|null|character/i],
	["a list where an object belongs", "[1,2]", [400, 422], /./],
	["a number beyond 64 bits", '{"family_name":99999999999999999999999}', [400, 422], /./],
	["a date that does not exist", '{"family_name":"A","birthday":"2026-02-30"}', 422, /birthday/],
	["a link to an id beyond all numbers", '{"family_name":"A","parent_party":"99999999999999999999"}', 422, /parent_party/],
	["an unknown field", '{"family_name":"A","familiy_name":"B"}', 422, /familiy_name/],
];
for (const [what, body, status, message] of BODIES)
	test(`INT-02 the API refuses ${what}`, () =>
		keepsNothing(async () => {
			const reply = await kontor.api("POST", "/api/v1/person", { token, body: typeof body === "string" ? body : new Uint8Array(body), headers: { "content-type": "application/json" } });
			assert.ok([status].flat().includes(reply.status), `${reply.status}: ${reply.text}`);
			assert.match(reply.text, message);
		}));

test("INT-02 ids beyond all numbers, negative ones and text are records that do not exist", async () => {
	for (const id of ["0", "-1", "9223372036854775807", "9223372036854775808", "99999999999999999999999", "1e3", "0x10", "abc", "%00"])
		for (const method of ["GET", "DELETE"]) {
			const reply = await kontor.api(method, `/api/v1/person/${id}`, { token });
			assert.ok([400, 404, 422].includes(reply.status), `${method} ${id}: ${reply.status}`);
		}
});

test("INT-02 conditions, cursors and limits that are none are refused", async () => {
	for (const query of ["limit=99999999999999999999", "limit=-1", "limit=abc", "after=nonsense", "sort=nonsense", `where=${"(".repeat(5000)}`, `where=${encodeURIComponent("family_name = '")}`, "where=%00", "nonsense=1", "limit=1&limit=2"]) {
		const reply = await kontor.api("GET", `/api/v1/person?${query}`, { token });
		assert.ok([400, 413, 414, 422].includes(reply.status), `${query.slice(0, 60)}: ${reply.status} ${reply.text.slice(0, 300)}`);
	}
});

// Headers as no client library sends them: all that came, or "" where the connection is closed.
function raw(lines, body = "") {
	const { hostname, port } = new URL(kontor.url);
	return new Promise((done, fail) => {
		let said = "";
		const socket = net.connect(Number(port), hostname, () => socket.write(`${["POST /api/v1/person HTTP/1.1", `Host: ${hostname}`, ...lines].join("\r\n")}\r\n\r\n${body}`));
		socket.setEncoding("utf8").on("data", (text) => (said += text)).on("error", fail).on("close", () => done(said));
	});
}
const GOOD = [`Authorization: Bearer ${token}`, "Content-Type: application/json"];
const BODY = '{"family_name":"A"}';
const HEADERS = [
	["a length that is none", ["Content-Length: -19", ...GOOD]],
	["a length beyond all numbers", ["Content-Length: 99999999999999999999", ...GOOD]],
	["two tokens", ["Content-Length: 19", "Authorization: Bearer nonsense", ...GOOD]],
	["two keys of one call", ["Content-Length: 19", "Idempotency-Key: a", "Idempotency-Key: b", ...GOOD]],
	["a header of 100 KiB", ["Content-Length: 19", `X-Long: ${"x".repeat(100 << 10)}`, ...GOOD]],
	["10,000 headers", ["Content-Length: 19", ...Array.from({ length: 10_000 }, (_, i) => `X-${i}: 1`), ...GOOD]],
];
for (const [what, lines] of HEADERS)
	test(`INT-02 a call with ${what} is refused`, () => keepsNothing(async () => assert.match((await raw(["Connection: close", ...lines], BODY)).split("\r\n")[0], /^(HTTP\/1\.1 4\d\d .*)?$/)));
// Whatever stands behind them must not be read as another call.
const FRAMES = [
	["two lengths", ["Content-Length: 19", "Content-Length: 5", ...GOOD]],
	["the same length twice", ["Content-Length: 19", "Content-Length: 19", ...GOOD]],
	["a length and chunks", ["Content-Length: 19", "Transfer-Encoding: chunked", ...GOOD]],
	["a coding that is not known", ["Transfer-Encoding: gzip", ...GOOD]],
	["a coding behind chunks", ["Transfer-Encoding: chunked, identity", ...GOOD]],
	["two codings", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", ...GOOD]],
];
for (const [what, lines] of FRAMES)
	test(`INT-02 a call with ${what} is answered with a problem, and is the last of its connection`, () =>
		keepsNothing(async () => {
			const said = await raw(lines, `${BODY}POST /api/v1/person HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n${GOOD.join("\r\n")}\r\n\r\n{}`);
			assert.match(said, /^HTTP\/1\.1 400 [^]*\r\nContent-Type: application\/problem\+json\r\n/);
			assert.match(said, /"type":"\/problems\/usage"/);
			assert.equal(said.split("HTTP/1.1 ").length, 2, said);
		}));
test("INT-02 the same call with good headers is answered", async () => assert.match(await raw(["Connection: close", "Content-Length: 19", ...GOOD], BODY), /^HTTP\/1\.1 201 /));

test("after all of it the store is whole", () => {
	assert.equal(kontor.cli(["check"]).out, "ok\n");
});
