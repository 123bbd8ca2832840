#!/usr/bin/env node
// make bench: each figure of the design beside the bare limit, measured in the same run.
//   tests/bench/run.mjs [PARTIES]        PARTIES or BENCH_PARTIES; 100,000 unless told
// The demonstration company is made once and kept under build/bench; figures are medians of rounds in
// which the program and the bare handler take turns.  BENCH_SECONDS is how long a turn takes,
// BENCH_ROUNDS how many there are, BENCH_DATA a folder that holds a company already; with BENCH_IN_PLACE
// that folder itself is worked on, no copy is made.  BENCH_ONLY names the parts to measure: start,
// statements, weight, lists, record, search, write, memory, import.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync,
	writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(new URL('../..', import.meta.url).pathname);
const program = process.env.BENCH_PROGRAM ?? join(root, 'build/release/kontor');
const work = join(root, 'build/bench');
const parties = Number(process.argv[2] || process.env.PARTIES || process.env.BENCH_PARTIES || 100000);
const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const importRows = Number(process.env.BENCH_IMPORT_ROWS ?? 20000);
const clients = 8;
const inPlace = Boolean(process.env.BENCH_IN_PLACE && process.env.BENCH_DATA);
const only = (process.env.BENCH_ONLY ?? '').split(',').filter(Boolean);
const wanted = (part) => !only.length || only.includes(part);
const json = { 'Content-Type': 'application/json' };

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

// --- what is built and made --------------------------------------------------------------------

function build() {
	const cc = (out, from, ...more) =>
		execFileSync('gcc', ['-D_GNU_SOURCE', '-O2', '-o', join(work, out),
			join(root, 'tests/bench', from), ...more], { stdio: 'inherit' });
	mkdirSync(work, { recursive: true });
	cc('load', 'load.c');
	cc('bare', 'bare.c', '-lmicrohttpd', '-lsqlite3', '-lpthread');
	cc('trace.so', 'trace.c', '-shared', '-fPIC', '-ldl');
}

function company() {
	const kept = process.env.BENCH_DATA ?? join(work, `company-${parties}`);
	const run = join(work, 'run');

	if (inPlace)
		return kept;
	if (!existsSync(kept)) {
		say(`making a company of ${parties} parties …`);
		execFileSync(program, ['demo', '--data', `${kept}.new`, '--parties', String(parties)],
			{ stdio: ['ignore', 'ignore', 'inherit'] });
		renameSync(`${kept}.new`, kept);
	}
	rmSync(run, { recursive: true, force: true });
	cpSync(kept, run, { recursive: true });
	return run;
}

// --- servers -----------------------------------------------------------------------------------

async function freePort() {
	const server = createServer();
	await new Promise((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address();
	await new Promise((done) => server.close(done));
	return port;
}

// The processes below one, itself included.
function family(pid) {
	const of = [pid];
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
		for (const child of children.split(' ').filter(Boolean))
			of.push(...family(Number(child)));
	}
	return of;
}

async function kontor(data, env = {}) {
	const port = await freePort();
	const began = performance.now();
	const child = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`,
		'--rate-per-minute', '-1'], { env: { ...process.env, ...env } });
	const server = { child, port, log: '' };
	child.stderr.on('data', (text) => { server.log += text; });
	for (;;) {
		try {
			await (await fetch(`http://127.0.0.1:${port}/sign-in`)).text();
			break;
		} catch {
			if (child.exitCode !== null)
				throw new Error(`kontor ended: ${server.log}`);
			await sleep(1);
		}
	}
	server.start_ms = performance.now() - began;
	return server;
}

async function stop(server) {
	const ended = new Promise((done) => server.child.once('exit', done));
	server.child.kill('SIGTERM');
	await ended;
}

async function bareServer(data, folder) {
	const port = await freePort();
	const child = spawn(join(work, 'bare'), ['serve', String(port), join(data, 'kontor.db'), folder],
		{ stdio: ['ignore', 'pipe', 'inherit'] });
	await new Promise((done) => child.stdout.once('data', done));
	return { child, port };
}

const token = (data) => execFileSync(program,
	['token', 'create', '--data', data, '--user', 'demo'], { encoding: 'utf8' }).trim();

// --- load --------------------------------------------------------------------------------------

// lines: "GET /path" or "POST /path body".
async function load(server, headers, lines, from = 0) {
	const file = join(work, 'requests');
	const heads = Object.entries(headers).map(([name, value]) => `HEADER ${name}: ${value}`);
	writeFileSync(file, [...heads, ...lines].join('\n') + '\n');
	const child = spawn(join(work, 'load'), [String(server.port), String(seconds), String(clients), file,
		...family(server.child.pid).map(String)],
		{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, FIRST: String(from) } });
	let out = '';
	child.stdout.on('data', (text) => { out += text; });
	await new Promise((done) => child.once('close', done));
	const result = JSON.parse(out);
	if (result.errors)
		throw new Error(`${lines[0]}: ${result.errors} answers were errors`);
	return result;
}

const overall = (results) => Object.fromEntries(Object.keys(results[0])
	.map((key) => [key, median(results.map((result) => result[key]))]));

// A round each in turn; medians of both.
async function turns(a, b) {
	const mine = [], theirs = [];
	for (let i = 0; i < rounds; i++) {
		mine.push(await a(i));
		if (b)
			theirs.push(await b(i));
	}
	return { kontor: overall(mine), bare: b ? overall(theirs) : null };
}

// --- what the bare handler runs ----------------------------------------------------------------

const isSelect = (sql) => /^SELECT/.test(sql) && !/ sys_|'main'/.test(sql);

// The statements that one request runs, from a server that writes them down.
async function statements(data, headers, requests) {
	const trace = join(work, 'trace.sql');
	writeFileSync(trace, '');
	const server = await kontor(data, { LD_PRELOAD: join(work, 'trace.so'), SQL_TRACE: trace });
	const out = {};
	// Who asks is known after the first request; what is counted is counted in the second kind.
	await (await fetch(`http://127.0.0.1:${server.port}/user`, { headers })).text();
	for (const [name, request] of Object.entries(requests)) {
		for (let i = 0; i < (request.warm ? 2 : 1); i++) {
			writeFileSync(trace, '');
			const reply = await fetch(`http://127.0.0.1:${server.port}${request.path}`,
				{ headers: { ...headers, ...request.headers }, method: request.method, body: request.body });
			const body = Buffer.from(await reply.arrayBuffer());
			if (!reply.ok)
				throw new Error(`${request.path}: ${reply.status} ${body}`);
			await sleep(50);
			out[name] = { sql: readFileSync(trace, 'utf8').split('\n').filter(Boolean), body };
		}
	}
	await stop(server);
	return out;
}

// What a create must write whoever does it: the row with its indexes, its words, the log.
function bareWrite(sql) {
	return sql.filter((one) => /^INSERT INTO ("|sys_search|sys_change)/.test(one)).map((one) => {
		return one.replace(/(sys_search_\w+ \(rowid, words\) VALUES \()\d+/, '$1?2')
			.replace(/(INTO sys_changeset .*?VALUES \()\d+/, '$1(SELECT max(id) + 1 FROM sys_changeset)')
			.replace(/(INTO sys_change .*?VALUES \()(\d+), ('\w+'), \d+/,
				'$1(SELECT max(id) FROM sys_changeset) + 1, $3, ?1');
	});
}

const objectNumber = (sql) => {
	const rowid = sql.map((one) => /sys_search_words .*VALUES \((\d+)/.exec(one)).find(Boolean);
	return rowid ? Number(BigInt(rowid[1]) & 1023n) : 0;
};

function bareFolder(traced) {
	const folder = join(work, 'bare.d');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	for (const [name, { sql, body }] of Object.entries(traced)) {
		const isWrite = name === 'create';
		const lines = isWrite ? [`-- object ${objectNumber(sql)}`, ...bareWrite(sql)] : sql.filter(isSelect);
		writeFileSync(join(folder, `${name}.sql`), lines.join('\n') + '\n');
		writeFileSync(join(folder, `${name}.body`), body);
	}
	return folder;
}

// --- the table ---------------------------------------------------------------------------------

const table = [];
const ms = (value) => `${value.toFixed(value < 1 ? 3 : 1)} ms`;

function row(what, mine, bare, ratio, budget, met) {
	table.push([what, mine, bare ?? '–', ratio ?? '–', budget ?? '–',
		met === undefined ? '–' : met ? 'yes' : 'NO']);
	say(`${what}: ${mine}${bare ? `, bare ${bare}` : ''}${ratio ? `, ratio ${ratio}` : ''}`);
}

function print() {
	const heads = ['what', 'Kontor', 'bare', 'ratio', 'budget', 'met'];
	const lines = [heads, heads.map(() => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |`);
	const text = [`${parties} parties, ${cpus().length} processors, load ${loadavg()[0].toFixed(1)} at the end;`
		+ ` ${clients} clients, medians of ${rounds} rounds of ${seconds} s`, '', ...lines, ''].join('\n');
	writeFileSync(join(work, 'table.md'), text);
	process.stdout.write(text);
}

const compare = (what, { kontor: mine, bare }, budget) => {
	row(`${what}: latency p50 / p95 / p99`, [mine.p50, mine.p95, mine.p99].map(ms).join(' / '),
		bare && [bare.p50, bare.p95, bare.p99].map(ms).join(' / '),
		bare && `${(mine.p95 / bare.p95).toFixed(1)} ×`, `p95 ≤ ${budget} ms`, mine.p95 <= budget);
	row(`${what}: CPU a request`, ms(mine.cpu), bare && ms(bare.cpu), bare && `${(mine.cpu / bare.cpu).toFixed(1)} ×`);
};

// --- the parts ---------------------------------------------------------------------------------

const LISTS = ['/party', '/person', '/organisation?sort=-changed_at', '/party?filter=customers',
	'/party?filter=risk', '/party?sort=city', '/party?filter=mine', '/deal', '/deal?filter=open&sort=-value',
	'/deal?filter=won', '/deal?filter=overdue', '/activity', '/activity?filter=visits', '/order?sort=-placed_on',
	'/order?filter=open', '/task', '/order_line', '/party?filter=birthday', '/party?filter=silent'];
const CREATE = { method: 'POST', path: '/api/v1/party', headers: json, body: JSON.stringify({
	kind: 'person', name: 'Anna Beispielhaft', email: 'anna@beispielhaft.example', phone: '+49 30 1234567',
	city: 'Berlin' }) };
const NAMES = ['Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Hoffmann', 'Berlin', 'Hamburg', 'Anna',
	'Peter', 'GmbH', 'Bauer', 'info', 'Zimmermann', 'Schäfer', 'Nordwerk'];

async function measureLists(server, bare, headers) {
	const one = await turns(() => load(server, headers, ['GET /party']),
		() => load(bare, {}, ['GET /list']));
	compare('list of 50 with total', one, 15);
	const counted = await turns(() => load(bare, {}, ['GET /counted']));
	row('the same, bare and counted each time: p95; CPU', '–',
		`${ms(counted.kontor.p95)}; ${ms(counted.kontor.cpu)}`);
	row('list: answers a second', one.kontor.rate.toFixed(0), one.bare.rate.toFixed(0),
		`${(one.kontor.rate / one.bare.rate).toFixed(2)}`, '≥ 0.50 of bare', one.kontor.rate >= one.bare.rate / 2);
	for (const path of LISTS) {
		const first = performance.now();
		await (await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })).text();
		const cold = performance.now() - first;
		const { kontor: mine } = await turns(() => load(server, headers, [`GET ${path}`]));
		row(`list ${path}: first answer; p95 with ${clients} clients; CPU`,
			`${ms(cold)}; ${ms(mine.p95)}; ${ms(mine.cpu)}`, null, null,
			'p95 ≤ 15 ms', mine.p95 <= 15);
	}
}

async function measureRecord(server, bare, headers, last) {
	const lines = Array.from({ length: 500 }, (_, i) => `GET /party/${1 + (i * 7919) % last}`);
	compare('record page with timeline', await turns(() => load(server, headers, lines),
		() => load(bare, {}, ['GET /record'])), 10);
}

async function measureSearch(server, headers) {
	for (let length = 1; length <= 8; length++) {
		const lines = NAMES.map((name) => `GET /search?q=${encodeURIComponent(name.slice(0, length))}`);
		const { kontor: mine } = await turns(() => load(server, headers, lines));
		row(`search, ${length} ${length > 1 ? 'letters' : 'letter'}: p50 / p95; CPU`,
			`${ms(mine.p50)} / ${ms(mine.p95)}; ${ms(mine.cpu)}`, null, null, 'p95 ≤ 20 ms', mine.p95 <= 20);
	}
}

async function measureWrite(server, bare, headers) {
	const body = CREATE.body.replace('Beispielhaft', 'Beispiel%d');
	const both = await turns(() => load(server, { ...headers, ...json }, [`POST ${CREATE.path} ${body}`]),
		() => load(bare, {}, ['POST /create']));
	const { kontor: mine, bare: limit } = both;
	row('create, durable: latency p50 / p95 / p99', [mine.p50, mine.p95, mine.p99].map(ms).join(' / '),
		[limit.p50, limit.p95, limit.p99].map(ms).join(' / '), `${(mine.p50 / limit.p50).toFixed(2)} ×`);
	row('create, durable: CPU a request', ms(mine.cpu), ms(limit.cpu), `${(mine.cpu / limit.cpu).toFixed(2)} ×`,
		'≤ 1.6 × bare', mine.cpu <= 1.6 * limit.cpu);
	row('create, durable: a second', mine.rate.toFixed(0), limit.rate.toFixed(0),
		(mine.rate / limit.rate).toFixed(2));
}

function measureMemory(server) {
	let kib = 0;
	for (const pid of family(server.child.pid))
		for (const line of readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').split('\n'))
			if (line.startsWith('Private_Dirty')) // pages of the database's file that are mapped are the kernel's
				kib += Number(line.split(/\s+/)[1]);
	row('private memory of all processes, after load', `${(kib / 1024).toFixed(1)} MiB`, null, null, '≤ 100 MiB',
		kib <= 100 * 1024);
}

async function measureStatements(server, headers) {
	const asked = { list: ['/party', 6], record: ['/party/7', 12] };
	for (const [name, [path, most]] of Object.entries(asked)) {
		await (await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })).text();
		server.log = '';
		await (await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })).text();
		await sleep(100);
		const n = Number(/sql_count=(\d+)/.exec(server.log)[1]);
		row(`SQL statements, ${name}`, String(n), null, null, `≤ ${most}`, n <= most);
	}
}

async function weigh(server, path, headers) {
	const out = join(work, 'page');
	const args = ['-s', '-o', out, '-w', '%{size_download}', '-H', 'Accept-Encoding: gzip'];
	for (const [name, value] of Object.entries(headers))
		args.push('-H', `${name}: ${value}`);
	return Number(execFileSync('curl', [...args, `http://127.0.0.1:${server.port}${path}`], { encoding: 'utf8' }));
}

async function measureWeight(server, headers) {
	const html = await (await fetch(`http://127.0.0.1:${server.port}/party`, { headers })).text();
	const parts = [...html.matchAll(/(?:href|src)="(\/assets\/[^"#]+)[^"]*"/g)].map((found) => found[1]);
	const page = await weigh(server, '/party', headers);
	let all = page;
	for (const part of new Set(parts))
		all += await weigh(server, part, headers);
	row('page weight, first visit', `${(all / 1024).toFixed(1)} KiB`, null, null, '≤ 100 KiB', all <= 100 * 1024);
	row('page weight, after', `${(page / 1024).toFixed(1)} KiB`, null, null, '≤ 20 KiB', page <= 20 * 1024);
}

async function measureStart(data) {
	const times = [];
	for (let i = 0; i < 5; i++) {
		const server = await kontor(data);
		times.push(server.start_ms);
		await stop(server);
	}
	row('start to first answer', ms(median(times)), null, null, '≤ 100 ms', median(times) <= 100);
}

function importFile() {
	const cities = ['Berlin', 'Hamburg', 'München', 'Köln', 'Frankfurt am Main', 'Stuttgart', 'Leipzig'];
	const lines = ['given_name,family_name,name,email,phone,street,postcode,city,external_id'];
	for (let i = 0; i < importRows; i++) {
		const given = NAMES[8 + i % 2], family = NAMES[i % 6];
		lines.push(`${given},${family},${given} ${family},k${i}@firma${i % 997}.example,+49 30 ${1000000 + i},`
			+ `Hauptstraße ${i % 200},${10000 + i % 80000},${cities[i % 7]},B-${i}`);
	}
	writeFileSync(join(work, 'import.csv'), lines.join('\n') + '\n');
	const fields = lines[0].split(',').map((name) => `field ${name} ${name}`);
	writeFileSync(join(work, 'import.map'),
		['object person', 'format csv delimiter=,', 'match external_id', ...fields].join('\n') + '\n');
}

// Wall clock and CPU seconds of a command.
function timed(file, args) {
	const began = performance.now();
	const out = execFileSync('/bin/sh', ['-c', '"$@" >/dev/null; times', 'sh', file, ...args], { encoding: 'utf8' });
	const [user, system] = out.trim().split('\n')[1].split(' ').map((text) => {
		const [, minutes, rest] = /(\d+)m([\d.]+)s/.exec(text);
		return Number(minutes) * 60 + Number(rest);
	});
	return { wall: (performance.now() - began) / 1000, cpu: user + system };
}

async function measureImport(data, folder) {
	importFile();
	const mine = timed(program, ['import', '--data', data, join(work, 'import.csv'), '--map', join(work, 'import.map')]);
	const bare = timed(join(work, 'bare'), ['rows', join(data, 'kontor.db'), join(folder, 'create.sql'),
		String(importRows)]);
	const rate = importRows / mine.wall, limit = importRows / bare.wall;
	row('import with matching, search and log: rows a second', rate.toFixed(0), limit.toFixed(0),
		(rate / limit).toFixed(2), '≥ 20,000', rate >= 20000);
	row('import: CPU a row', ms(mine.cpu * 1000 / importRows), ms(bare.cpu * 1000 / importRows),
		`${(mine.cpu / bare.cpu).toFixed(2)} ×`);
}

// --- all of it ---------------------------------------------------------------------------------

build();
const data = company();
const headers = { Authorization: `Bearer ${token(data)}` };
const traced = await statements(data, headers, { counted: { path: '/party' },
	list: { path: '/party', warm: true }, record: { path: '/party/7', warm: true },
	create: CREATE });
const folder = bareFolder(traced);
if (wanted('start'))
	await measureStart(data);
const server = await kontor(data);
const bare = await bareServer(data, folder);
const parts = {
	statements: () => measureStatements(server, headers),
	weight: () => measureWeight(server, headers),
	lists: () => measureLists(server, bare, headers),
	record: () => measureRecord(server, bare, headers, Math.min(parties, 50000)),
	search: () => measureSearch(server, headers),
	write: () => measureWrite(server, bare, headers),
	memory: () => measureMemory(server),
};
try {
	for (const [part, measure] of Object.entries(parts))
		if (wanted(part))
			await measure();
} finally {
	await stop(server);
	bare.child.kill('SIGTERM');
}
if (wanted('import'))
	await measureImport(data, folder);
if (!inPlace)
	rmSync(data, { recursive: true, force: true });
print();
