// Answers that go on: who listens is told what changed of what he watches and may read, until he goes, signs out or
// the server ends; then he comes again and learns whether he missed anything.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { engine, spawnRun, start } from "./harness.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;
const patch = (object, id, fields) => kontor.expect(200, "PATCH", `/api/v1/${object}/${id}`, { token, body: fields });
const csrfOf = (html) => /name="csrf" (?:value|content)="([^"]+)"/.exec(html)[1];

// Somebody who is signed in, as a browser is.
async function signIn(login, at = kontor.url, password = "ein-langes-Kennwort-1") {
	const cookies = new Map();
	const send = async (method, where, body) => {
		const reply = await fetch(at + where, {
			method, body, redirect: "manual",
			headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "), ...(body ? { origin: at } : {}) },
		});
		for (const line of reply.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			cookies.set(name, value);
		}
		return { status: reply.status, text: await reply.text() };
	};
	const form = await send("GET", "/sign-in");
	assert.equal((await send("POST", "/sign-in", new URLSearchParams({ csrf: csrfOf(form.text), name: login, password }))).status, 303);
	return { at, send, cookie: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

// An open stream: `until` waits for what comes, `ended` for its end.
async function listen(who, query) {
	const stop = new AbortController();
	const reply = await fetch(`${who.at}/events?${query}`, { headers: { cookie: who.cookie(), accept: "text/event-stream" }, signal: stop.signal });
	if (reply.status !== 200) return { status: reply.status, text: await reply.text(), close: () => {} };
	assert.equal(reply.headers.get("content-type"), "text/event-stream");
	const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
	const ear = { status: 200, text: "", isOver: false, close: () => stop.abort() };
	const read = async () => {
		const { value, done } = await reader.read().catch(() => ({ done: true }));
		ear.isOver = done;
		ear.text += value ?? "";
	};
	ear.until = async (pattern) => {
		while (!pattern.test(ear.text) && !ear.isOver) await read();
		assert.match(ear.text, pattern);
	};
	ear.ended = async () => {
		while (!ear.isOver) await read();
	};
	ear.changes = () => [...ear.text.matchAll(/^event: changes\nid: \d+\ndata: (\[.*\])$/gm)].flatMap((match) => JSON.parse(match[1]));
	ear.head = () => [...ear.text.matchAll(/^id: (\d+)$/gm)].at(-1)[1];
	await ear.until(/event: hello\nid: \d+\ndata: .*\n\n/);
	return ear;
}

const streams = async () => Number(/^kontor_live_streams (\d+)$/m.exec(await (await fetch(`${kontor.url}/metrics`)).text())[1]);
async function streamsAre(n) {
	for (let tries = 0; (await streams()) !== n; tries++) {
		assert.ok(tries < 500, `${await streams()} streams are open, ${n} are expected`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

kontor.user("anna", { role: "management" });
const anna = await signIn("anna");

test("UX-60 who listens is told what changed of what he watches, and how much he knows", async () => {
	const [one, other] = [await make("organisation", { name: "Eins" }), await make("organisation", { name: "Zwei" })];
	const ear = await listen(anna, `objects=deal&records=party.${one.id}`);
	await patch("party", other.id, { city: "Aalen" });
	await patch("party", one.id, { city: "Bautzen" });
	await make("task", { subject: "Nachfassen", party: one.id });
	const deal = await make("deal", { name: "Presse", party: other.id });
	await ear.until(new RegExp(`"object":"deal","id":"${deal.id}"`));
	const told = ear.changes();
	assert.deepEqual(told.map((change) => [change.object, change.op]), [["party", "edit"], ["task", "create"], ["deal", "create"]]);
	assert.equal(told[0].version, one.version + 1);
	ear.close();
	const again = await listen(anna, `objects=deal&since=${ear.head()}`);
	assert.match(again.text, /"lost":false/, "he knows everything");
	await patch("deal", deal.id, { name: "Stanze" });
	await again.until(/"op":"edit"/);
	again.close();
	const late = await listen(anna, `objects=deal&since=${ear.head()}`);
	assert.match(late.text, /"lost":true/, "he missed something");
	late.close();
	await streamsAre(0);
});

test("UX-60 where more changes than is told one by one, he is told to look at everything", async () => {
	const ear = await listen(anna, "objects=party");
	const operations = Array.from({ length: 600 }, (_, i) => ({ op: "create", object: "party", fields: { kind: "organisation", name: `Viele ${i}` } }));
	await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations } });
	await ear.until(/event: lost\nid: \d+\ndata: \{\}\n\n/);
	ear.close();
	await streamsAre(0);
});

test("UX-60 a page says up to which change it is true", async () => {
	const firm = await make("organisation", { name: "Stand" });
	for (const where of ["/organisation", `/organisation/${firm.id}`]) {
		const since = /data-change="(\d+)"/.exec((await anna.send("GET", where)).text)[1];
		const ear = await listen(anna, `objects=party&since=${since}`);
		assert.match(ear.text, /"lost":false/, where);
		ear.close();
	}
	await streamsAre(0);
});

test("SEC-01 a stream ends with the session, and is nothing for a token or a stranger", async () => {
	assert.equal((await fetch(`${kontor.url}/events?objects=party`, { headers: { authorization: `Bearer ${token}` }, redirect: "manual" })).status, 403);
	assert.ok([303, 401].includes((await fetch(`${kontor.url}/events?objects=party`, { redirect: "manual" })).status));
	const { id } = kontor.user("bert", { role: "management" });
	const [first, second] = [await signIn("bert"), await signIn("bert")];
	const [one, two] = [await listen(first, "objects=party"), await listen(second, "objects=party")];
	const page = await first.send("GET", "/search");
	assert.equal((await first.send("POST", "/sign-out", new URLSearchParams({ csrf: csrfOf(page.text) }))).status, 303);
	await one.ended();
	await make("organisation", { name: "Nach der Abmeldung" });
	await two.until(/"op":"create"/);
	assert.doesNotMatch(one.text, /event: changes/);
	await patch("user", id, { active: false });
	await two.ended();
	await streamsAre(0);
});

test("OPS-01 nobody opens more streams than there are windows to look at", async () => {
	const ears = [];
	for (let i = 0; i < 41; i++) ears.push(await listen(anna, "objects=party"));
	assert.deepEqual([ears.slice(0, 40).every((one) => one.status === 200), ears[40].status], [true, 503]);
	await make("organisation", { name: "Alle hören es" });
	for (const ear of ears.slice(0, 40)) await ear.until(/"op":"create"/);
	// Who goes away is forgotten, whether anything happens or not.
	for (const ear of ears) ear.close();
	await streamsAre(0);
});

const childOf = (pid) => Number(fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/)[0]);

test("OPS-02 after a crash of the server and after a stop, who comes again learns what he missed", async () => {
	const ear = await listen(anna, "objects=party");
	const child = childOf(kontor.pid());
	process.kill(child, "SIGKILL");
	await ear.ended();
	for (let tries = 0; !(await fetch(`${kontor.url}/readyz`).catch(() => null))?.ok; tries++) {
		assert.ok(tries < 1200, "the server is there again");
		await new Promise((done) => setTimeout(done, 50));
	}
	await make("organisation", { name: "Inzwischen" });
	const again = await listen(anna, `objects=party&since=${ear.head()}`);
	assert.match(again.text, /"lost":true/);
	const stopped = kontor.stop();
	await again.ended();
	await stopped;
	await kontor.serve();
	anna.at = kontor.url;
	const third = await listen(anna, `objects=party&since=${again.head()}`);
	assert.match(third.text, /"lost":false/);
	third.close();
	await streamsAre(0);
});

test("OPS-02 what is changed at one node is heard at another, and who is there is seen", { skip: engine === "sqlite" && "nodes need PostgreSQL" }, async () => {
	const node = spawnRun(["web", "--listen", "127.0.0.1:0", "--data", kontor.data, "--db", kontor.database]);
	try {
		while (!/ready at/.test(node.child.text)) {
			assert.equal(node.child.exitCode, null, node.child.text);
			await new Promise((done) => setTimeout(done, 50));
		}
		const far = /ready at (http:\/\/\S+)/.exec(node.child.text)[1].replace(/\/$/, "");
		kontor.user("carla", { role: "management" });
		const firm = await make("organisation", { name: "Ferngespräch" });
		const carla = await signIn("carla", far);
		const [here, there] = [await listen(anna, `records=party.${firm.id}&present=1`), await listen(carla, `records=party.${firm.id}&present=1`)];
		await patch("party", firm.id, { city: "Celle" });
		await there.until(/"op":"edit"/);
		await here.until(/event: presence\ndata: \[\{"id":"\d+","name":"carla"\}\]/);
		await there.until(/event: presence\ndata: \[\{"id":"\d+","name":"anna"\}\]/);
		there.close();
		await here.until(/event: presence\ndata: \[\]/);
		here.close();
	} finally {
		node.child.kill("SIGTERM");
		await node.done;
	}
});
