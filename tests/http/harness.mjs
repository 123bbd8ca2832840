// One server of its own for each test file, on a fresh database, and calls whose JSON replies are held
// against the server's own OpenAPI.
//
//   import { start } from "./harness.mjs";
//   const kontor = await start();
//   const token = await kontor.token("anna", { role: "sales" });
//   const reply = await kontor.api("GET", "/api/v1/party", { token });     reply.status, .headers, .body
//
// Environment: KONTOR          the program (build/asan/kontor)
//              KONTOR_AUTHZ_OFF  the authorisation check that a test build is to pass over (make authz)
//              KONTOR_TEST_DB  "sqlite" or the address of a PostgreSQL server, postgres://… (a database
//                              is made there, and dropped at the end)
import assert from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PROGRAM = path.resolve(ROOT, process.env.KONTOR ?? "build/asan/kontor");
const SERVER = process.env.KONTOR_TEST_DB || "sqlite";
export const engine = SERVER === "sqlite" ? "sqlite" : "postgres";

const START_MS = 60_000;
const STOP_MS = 60_000;
const PATIENCE_MS = 60_000;
const PASSWORD = "ein-langes-Kennwort-1";

// Start a server.  `settings` are options of `kontor serve` ({ rate_per_minute: 60 } is
// --rate-per-minute 60); it is stopped, and everything removed, when the file's tests are over.  With
// { demo: 300 } its data are a demonstration company of so many parties (in `language`; sign in as DEMO); with { from },
// a copy of that folder.
export const DEMO = { login: "demo", password: "kontor-demo" };
export async function start(settings = {}, { demo = 0, language = "de", from = null } = {}) {
	const kontor = new Kontor(settings);
	if (from) fs.cpSync(from, kontor.data, { recursive: true });
	if (demo) kontor.cli(["demo", "--parties", String(demo), "--language", language]);
	after(() => kontor.end());
	process.once("exit", () => kontor.remove());
	await kontor.serve();
	return kontor;
}

class Kontor {
	#child = null;
	#schemas = null;
	#database = null;
	#failure = "";
	#tokens = new Map();
	#adminToken = null;

	constructor(settings) {
		this.settings = settings;
		this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-http-"));
		this.data = path.join(this.folder, "data");
		this.logFile = path.join(this.folder, "log");
		if (engine === "postgres") this.#database = makeDatabase(SERVER);
	}

	// Of PostgreSQL: the address of this server's own database.
	get database() {
		return this.#database?.address;
	}

	// --- the server ---

	// Start (again); the data stay.  Ready is when the server says so, not after a while.
	async serve() {
		const log = fs.openSync(this.logFile, "a");
		const options = Object.entries(this.settings).flatMap(([name, value]) => [`--${name.replaceAll("_", "-")}`, String(value)]);
		const child = spawn(PROGRAM, ["serve", "--listen", "127.0.0.1:0", ...this.#where(), ...options], {
			stdio: ["ignore", "pipe", log],
			env: environment(),
		});
		fs.closeSync(log);
		this.#child = child;
		child.ended = new Promise((done) => {
			child.on("error", (error) => done(`cannot be started: ${error.message}`));
			child.on("exit", (code, signal) => done(signal ?? code));
		});
		this.url = await new Promise((done, fail) => {
			const late = setTimeout(() => fail(this.#broken("did not say that it is ready")), START_MS);
			let said = "";
			child.stdout.setEncoding("utf8").on("data", (text) => {
				said += text;
				const ready = /ready at (http:\/\/\S+)/.exec(said);
				if (!ready) return;
				clearTimeout(late);
				done(ready[1].replace(/\/$/, ""));
			});
			child.ended.then((how) => {
				clearTimeout(late);
				fail(this.#broken(`ended at once (${how})`));
			});
		});
		const ready = await fetch(`${this.url}/readyz`);
		assert.equal(ready.status, 200, "/readyz answers once the server has said that it is ready");
		await ready.arrayBuffer();
	}

	// Stop it as an operator does (or with another signal).  A server that does not end well is a failure.
	async stop(signal = "SIGTERM") {
		const child = this.#child;
		if (!child) return;
		this.#child = null;
		child.kill(signal);
		const late = setTimeout(() => {
			this.#failure = `the server was still running ${STOP_MS / 1000} s after ${signal}`;
			child.kill("SIGKILL");
		}, STOP_MS);
		const how = await child.ended;
		clearTimeout(late);
		if (signal === "SIGTERM" && how !== 0) this.#failure ||= `the server ended with ${how}`;
	}

	async restart() {
		await this.stop();
		await this.serve();
	}

	async end() {
		await this.stop();
		const log = this.log();
		this.remove();
		if (this.#failure || /AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:/.test(log))
			throw new Error(`${this.#failure || "a sanitizer complained"}\n${tail(log)}`);
	}

	// Leave nothing behind, whatever happened.
	remove() {
		this.#child?.kill("SIGKILL");
		this.#child = null;
		if (this.#database) dropDatabase(SERVER, this.#database);
		this.#database = null;
		fs.rmSync(this.folder, { recursive: true, force: true });
	}

	// Of the supervisor.
	pid() {
		return this.#child.pid;
	}

	// How many statements a page takes: the fewest of some calls, for once a second one of them also looks what other
	// processes have changed.  `route` as the log names it.
	async statements(route, get) {
		const counts = [];
		for (let i = 0; i < 4; i++) {
			await get();
			counts.push(Number(/sql_count=(\d+)/.exec(this.log().split("\n").filter((line) => line.includes(`route="${route}"`)).at(-1))[1]));
		}
		return Math.min(...counts);
	}

	log() {
		return fs.readFileSync(this.logFile, "utf8");
	}

	#broken(what) {
		return new Error(`the server ${what}\n${tail(this.log())}`);
	}

	#where() {
		return ["--data", this.data, ...(this.#database ? ["--db", this.#database.address] : [])];
	}

	// Where its data are: { folder, database }; database is undefined on SQLite.
	where() {
		return { folder: this.data, database: this.#database?.address };
	}

	// --- the command line ---

	// Run a command on the server's data: kontor.cli(["export", "party"], { input: "…" }).  Gives
	// { code, out, err }; code 0 is asserted unless `code` says otherwise (null: any).
	cli(words, options = {}) {
		return run([...words, ...this.#where()], options);
	}

	// Add a user; gives { id, login, password }.
	user(login, { role = "admin", password = PASSWORD, options = [] } = {}) {
		const added = this.cli(["user", "add", login, "--role", role, "--password-stdin", ...options], { input: `${password}\n` });
		return { id: added.out.trim(), login, password };
	}

	// A token of this user, who is added when he is new.
	token(login = "admin", { role = "admin", scope = null } = {}) {
		if (!this.#tokens.has(login)) this.#tokens.set(login, this.user(login, { role }));
		const token = this.cli(["token", "create", "--user", login, ...(scope ? ["--scope", scope] : [])]).out.trim();
		if (role === "admin" && !scope) this.#adminToken ??= token;
		return token;
	}

	// --- the API ---

	// One call.  body: an object (sent as JSON), a string or bytes (sent as they are).  Gives { status,
	// headers, body, text }; body is the JSON that came, or undefined.
	async api(method, where, { token, body, headers = {}, redirect = "manual" } = {}) {
		const reply = await fetch(this.url + where, {
			method,
			redirect,
			headers: {
				...(token ? { authorization: `Bearer ${token}` } : {}),
				...(isPlain(body) ? { "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" } : {}),
				...headers,
			},
			body: isPlain(body) ? JSON.stringify(body) : body,
		});
		const text = await reply.text();
		const type = (reply.headers.get("content-type") ?? "").split(";")[0].trim();
		const isJson = type === "application/json" || type.endsWith("+json");
		const result = { status: reply.status, headers: reply.headers, text, body: isJson ? JSON.parse(text) : undefined };
		await this.#hold(method, where, type, result);
		return result;
	}

	// The same, where the status must be this one.
	async expect(status, method, where, options = {}) {
		const reply = await this.api(method, where, options);
		assert.equal(reply.status, status, `${method} ${where}\n${reply.text.slice(0, 2000)}`);
		return reply;
	}

	// The OpenAPI text as it is now: as the first administrator sees it, once there is one.
	async openapi() {
		const reply = await fetch(`${this.url}/api/openapi.json`, { headers: this.#adminToken ? { authorization: `Bearer ${this.#adminToken}` } : {} });
		assert.equal(reply.status, 200);
		return reply.json();
	}

	// Hold a reply against the schema that the server promises for it.
	async #hold(method, where, type, reply) {
		const pathname = new URL(where, this.url).pathname;
		if (pathname === "/api/openapi.json" || (!pathname.startsWith("/api/") && reply.body === undefined)) return;
		this.#schemas ??= new Schemas(await this.openapi());
		// The model may have grown since.
		if (!this.#schemas.find(method, pathname)) this.#schemas = new Schemas(await this.openapi());
		this.#schemas.hold(method, pathname, type, reply);
	}

	// Forget the OpenAPI text: after the model was changed.  `token`: the administrator's, whose text it is.
	forgetSchemas(token = this.#adminToken) {
		this.#schemas = null;
		this.#adminToken = token;
	}
}

// What an OpenAPI text promises.
export class Schemas {
	#ajv = new Ajv2020({ strict: false, allErrors: true });
	#routes;

	constructor(openapi) {
		this.openapi = openapi;
		addFormats(this.#ajv);
		this.#ajv.addSchema({ $id: "openapi:/", ...openapi });
		this.#routes = Object.entries(openapi.paths).map(([template, operations]) => ({
			template,
			operations,
			// A literal step goes before a parameter.
			weight: template.replace(/\{[^}]*\}/g, "\u{10ffff}"),
			pattern: new RegExp(`^${template.split(/\{[^}]*\}/).map(escapeRegExp).join("[^/]+")}$`),
		}));
		this.#routes.sort((a, b) => (a.weight < b.weight ? -1 : 1));
	}

	// The operation's place in the text, or null.
	find(method, pathname) {
		const route = this.#routes.find((r) => r.pattern.test(pathname) && r.operations[method.toLowerCase()]);
		return route ? ["paths", route.template, method.toLowerCase()] : null;
	}

	hold(method, pathname, type, reply) {
		const what = `${method} ${pathname} → ${reply.status} ${type || "(no type)"}`;
		const operation = this.find(method, pathname);
		if (!operation) {
			// No such address: the only promise left is a problem document.
			assert.ok(reply.status >= 400, `${what}: the OpenAPI text does not know this operation`);
			this.#check(["components", "schemas", "Problem"], reply.body, what);
			return;
		}
		const responses = this.#at([...operation, "responses"]);
		const status = [String(reply.status), `${String(reply.status)[0]}XX`, "default"].find((s) => responses[s]);
		assert.ok(status, `${what}: the OpenAPI text does not know this status`);
		const place = this.#resolve([...operation, "responses", status]);
		const content = this.#at(place).content;
		if (!content) {
			assert.equal(reply.text, "", `${what}: the OpenAPI text promises no body`);
			return;
		}
		assert.ok(content[type], `${what}: the OpenAPI text promises ${Object.keys(content)}`);
		if (reply.body === undefined) return;
		assert.ok(content[type].schema, `${what}: the OpenAPI text has no schema for it`);
		this.#check([...place, "content", type, "schema"], reply.body, what);
	}

	#check(place, value, what) {
		const pointer = place.map((part) => encodeURIComponent(part.replace(/~/g, "~0").replace(/\//g, "~1"))).join("/");
		const validate = this.#ajv.getSchema(`openapi:/#/${pointer}`);
		if (!validate(value))
			assert.fail(`${what} breaks its schema\n${this.#ajv.errorsText(validate.errors, { separator: "\n" })}\n${JSON.stringify(value).slice(0, 1000)}`);
	}

	#at(place) {
		return place.reduce((value, part) => value[part], this.openapi);
	}

	#resolve(place) {
		const target = this.#at(place).$ref;
		return target ? this.#resolve(target.slice(2).split("/").map((part) => decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~"))) : place;
	}
}

const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isPlain = (body) => body !== null && typeof body === "object" && !(body instanceof Uint8Array) && !(body instanceof ReadableStream) && !(body instanceof URLSearchParams);
const tail = (text) => text.split("\n").slice(-60).join("\n");
// Nothing of the caller's own settings.
const environment = () =>
	Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KONTOR_") || name === "KONTOR_SHARED_DATA" || name === "KONTOR_AUTHZ_OFF"));

// Until `holds` gives something true, which is what comes back: for what comes about by itself, however
// busy the machine is.
export async function until(what, holds) {
	for (const end = Date.now() + PATIENCE_MS; ; await pause(20)) {
		const found = await holds();
		if (found) return found;
		assert.ok(Date.now() < end, what);
	}
}

// Run the program on whatever `words` say; as Kontor.cli.
export function run(words, { input = "", code = 0, env = {} } = {}) {
	const ran = spawnSync(PROGRAM, words, {
		input,
		env: { ...environment(), ...env },
		encoding: "utf8",
		maxBuffer: 1 << 28,
		cwd: ROOT,
	});
	const result = { code: ran.status ?? ran.signal ?? ran.error?.message, out: ran.stdout ?? "", err: ran.stderr ?? "" };
	if (code !== null)
		assert.equal(result.code, code, `kontor ${words.join(" ")}\n${tail(result.err)}\n${tail(result.out)}`);
	return result;
}

// The same beside the test: gives { child, done }; done is the exit code, child.text what it said.
export function spawnRun(words) {
	const child = spawn(PROGRAM, words, { stdio: ["ignore", "pipe", "pipe"], env: environment(), cwd: ROOT });
	child.text = "";
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (child.text += text));
	return { child, done: new Promise((done) => child.on("close", (code, signal) => done(signal ?? code))) };
}

let databases = 0;
export function makeDatabase(server) {
	const name = `kontor_http_${process.pid}_${++databases}`;
	psql(server, `CREATE DATABASE ${name}`);
	const address = new URL(server);
	address.pathname = `/${name}`;
	return { name, address: address.href };
}

export function dropDatabase(server, database) {
	psql(server, `DROP DATABASE ${database.name} WITH (FORCE)`);
}

function psql(server, sql) {
	const ran = spawnSync("psql", ["-q", "-v", "ON_ERROR_STOP=1", server, "-c", sql], { encoding: "utf8" });
	assert.equal(ran.status, 0, `psql: ${ran.error?.message ?? ran.stderr}`);
}
