// The plain pages, without a browser.
import assert from "node:assert";
import { before, test } from "node:test";
import { start, until } from "./harness.mjs";
import { PASSWORD, Visitor } from "./visitor.mjs";

const kontor = await start({ rate_per_minute: -1 });
const token = kontor.token("root");
const make = async (object, fields) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: fields })).body;

class Browser extends Visitor {
	constructor(language) {
		super(kontor, language);
	}
}

// Every control of a form as it stands there.
function formOf(text) {
	const form = /<form class="edit"[\s\S]*?<\/form>/.exec(text)?.[0] ?? "";
	const values = [];
	for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
		const name = /name="([^"]*)"/.exec(tag)?.[1], type = /type="([^"]*)"/.exec(tag)?.[1];
		if (name && (type !== "checkbox" || /\bchecked\b/.test(tag))) values.push([name, unescape(/value="([^"]*)"/.exec(tag)?.[1] ?? "")]);
	}
	for (const [, name, inner] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) values.push([name, /value="([^"]*)" selected/.exec(inner)?.[1] ?? ""]);
	for (const [, name, inner] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g)) values.push([name, unescape(inner)]);
	return values;
}
const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27|#x2F|#(\d+)|#x([0-9a-f]+));/gi, (all, name, dec, hex) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/" })[name] ?? String.fromCodePoint(dec ? Number(dec) : parseInt(hex, 16)));
const submit = (browser, where, text, changes) => {
	const values = formOf(text).filter(([name]) => !(name in changes));
	return browser.send("POST", where, { body: new URLSearchParams([...values, ...Object.entries(changes)]) });
};

const anna = new Browser();
before(async () => {
	kontor.user("anna", { role: "management" });
	const reply = await anna.signIn("anna");
	assert.equal(reply.status, 303, reply.text);
});

test("SEC-01 signing in: a wrong password and an unknown name get the same answer", async () => {
	const answers = [];
	for (const name of ["anna", "nobody-of-that-name"]) {
		const browser = new Browser();
		const reply = await browser.signIn(name, "wrong-wrong-wrong");
		assert.ok(!browser.cookies.get("kontor"), "no session");
		answers.push(`${reply.status} ${reply.text.replaceAll(name, "?").replace(/name="csrf" value="[^"]*"/g, "")}`);
	}
	assert.equal(answers[0], answers[1]);
	assert.match(answers[0], /^401 /);
	const browser = new Browser();
	const there = await browser.get("/party?sort=name");
	assert.equal(there.status, 303);
	assert.equal(there.location, "/sign-in?to=%2Fparty%3Fsort%3Dname");
	await browser.get(there.location);
	assert.equal((await browser.post("/sign-in", { name: "anna", password: PASSWORD, to: "/party?sort=name" })).location, "/party?sort=name");
	const elsewhere = new Browser();
	await elsewhere.get("/sign-in");
	assert.equal((await elsewhere.post("/sign-in", { name: "anna", password: PASSWORD, to: "//evil.example/" })).location, "/");
});

test("SEC-01 a form without its token, or of another page, is refused and changes nothing", async () => {
	const made = await make("party", { name: "Bleibt" });
	for (const [where, values] of [[`/party/${made.id}/delete`, {}], [`/party/${made.id}/edit`, { has: "name", name: "Weg" }], ["/party/new", { has: "name", name: "Neu" }], ["/sign-out", {}], ["/preferences", { language: "de" }]])
		for (const csrf of ["", "x", Buffer.alloc(64).toString("base64url")]) assert.equal((await anna.send("POST", where, { body: new URLSearchParams({ ...values, csrf }) })).status, 403, `${where} ${csrf}`);
	await anna.get("/party");
	assert.equal((await anna.send("POST", `/party/${made.id}/delete`, { body: new URLSearchParams({ csrf: anna.csrf }), headers: { origin: "https://evil.example" } })).status, 403);
	const other = new Browser();
	await other.get("/sign-in");
	assert.equal((await other.send("POST", "/sign-in", { body: new URLSearchParams({ name: "anna", password: PASSWORD }) })).status, 403);
	const still = (await kontor.expect(200, "GET", `/api/v1/party/${made.id}`, { token })).body;
	assert.deepEqual([still.name, still.version], ["Bleibt", 1]);
});

test("SEC-01 pages carry their headers, and a session's cookie is not for scripts", async () => {
	const page = await anna.get("/party");
	assert.match(page.headers.get("content-security-policy"), /default-src 'self'|default-src 'none'/);
	assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe-inline|unsafe-eval/);
	assert.equal(page.headers.get("x-content-type-options"), "nosniff");
	assert.match(page.headers.get("cache-control"), /no-store|private/);
	const browser = new Browser();
	await browser.get("/sign-in");
	const reply = await fetch(`${kontor.url}/sign-in`, { method: "POST", redirect: "manual", headers: { cookie: [...browser.cookies].map(([k, v]) => `${k}=${v}`).join("; ") }, body: new URLSearchParams({ csrf: browser.csrf, name: "anna", password: PASSWORD }) });
	const cookie = reply.headers.getSetCookie().find((line) => line.startsWith("kontor="));
	assert.match(cookie, /HttpOnly/i);
	assert.match(cookie, /SameSite=(Lax|Strict)/i);
});

test("signing out ends the session also for who kept the cookie", async () => {
	const browser = new Browser();
	await browser.signIn("anna");
	const kept = new Map(browser.cookies);
	assert.equal((await browser.get("/party")).status, 200);
	assert.equal((await browser.post("/sign-out")).status, 303);
	browser.cookies = kept;
	assert.equal((await browser.get("/party")).status, 303);
});

test("OP-03 a record is made, changed, its history shown, its change undone, it goes to the trash and comes back", async () => {
	const form = await anna.get("/organisation/new");
	assert.equal(form.status, 200);
	const made = await submit(anna, "/organisation/new", form.text, { name: "Kern & Söhne", city: "Köln" });
	assert.equal(made.status, 303, made.text.slice(0, 500));
	const [where] = made.location.split("?"), id = where.split("/")[2];
	const page = await anna.get(made.location);
	assert.match(page.text, /<h1[^>]*>Kern &amp; Söhne<\/h1>/);
	const stored = (await kontor.expect(200, "GET", `/api/v1/organisation/${id}`, { token })).body;
	assert.deepEqual([stored.name, stored.city, stored.kind], ["Kern & Söhne", "Köln", "organisation"]);
	const edit = await anna.get(`${where}/edit`);
	assert.equal((await submit(anna, `${where}/edit`, edit.text, {})).status, 303);
	assert.deepEqual({ ...(await kontor.expect(200, "GET", `/api/v1/organisation/${id}`, { token })).body }, stored, "a form sent as it came changes nothing");
	const saved = await submit(anna, `${where}/edit`, edit.text, { city: "Bonn" });
	assert.equal(saved.status, 303, saved.text.slice(0, 300));
	const history = await anna.get(`${where}/history`);
	assert.match(history.text, /<del>Köln<\/del> <ins>Bonn<\/ins>/);
	const done = await anna.get(saved.location);
	const undo = /action="(\/changesets\/\d+\/undo)"/.exec(done.text)[1];
	assert.equal((await anna.post(undo, { to: where })).location, where);
	assert.equal((await kontor.expect(200, "GET", `/api/v1/organisation/${id}`, { token })).body.city, "Köln");
	assert.ok((await anna.get("/search?q=s%C3%B6hn")).text.includes(`/party/${id}"`));
	assert.equal((await anna.post(`${where}/delete`)).status, 303);
	assert.equal((await anna.get(where)).status, 404);
	assert.match((await anna.get("/organisation?trash=1")).text, /Kern &amp; Söhne/);
	assert.equal((await anna.post(`${where}/restore`)).status, 303);
	assert.equal((await anna.get(where)).status, 200);
	assert.match((await anna.get("/organisation?where=city%20%3D%20K%C3%B6ln")).text, /Kern &amp; Söhne/);
	assert.doesNotMatch((await anna.get("/organisation?where=city%20%3D%20Bonn")).text, /Kern &amp; Söhne/);
});

test("what is wrong stands beside its field, and what was typed is kept", async () => {
	const form = await anna.get("/person/new");
	const reply = await submit(anna, "/person/new", form.text, { family_name: 'O"Neil <b>', birthday: "2025-02-30", notes: "bleibt </textarea>" });
	assert.equal(reply.status, 422);
	assert.match(reply.text, /id="why-birthday"/);
	const typed = new Map(formOf(reply.text));
	assert.equal(typed.get("family_name"), 'O"Neil <b>');
	assert.equal(typed.get("birthday"), "2025-02-30");
	assert.equal(typed.get("notes"), "bleibt </textarea>");
	assert.equal((await anna.get("/person?where=nonsense")).status, 422);
});

test("who saves an older version is told, and keeps what he typed", async () => {
	const made = await make("party", { name: "Alt", city: "Ulm" });
	const form = await anna.get(`/party/${made.id}/edit`);
	await kontor.expect(200, "PATCH", `/api/v1/party/${made.id}`, { token, body: { name: "Neuer" } });
	const reply = await submit(anna, `/party/${made.id}/edit`, form.text, { city: "Trier" });
	assert.equal(reply.status, 412);
	assert.equal(new Map(formOf(reply.text)).get("city"), "Trier");
	assert.equal((await kontor.expect(200, "GET", `/api/v1/party/${made.id}`, { token })).body.city, "Ulm");
});

test("SEC-01 hostile texts are shown as texts, wherever they stand", async () => {
	const evil = `<script>alert("x")</script>'"><img src=x onerror=alert(1)>{{name}}`;
	const party = await make("party", { name: evil, city: evil.slice(0, 90), notes: evil, website: "https://example.com/" });
	await make("note", { subject: evil, party: party.id, body: evil });
	await kontor.expect(200, "PATCH", `/api/v1/party/${party.id}`, { token, body: { notes: evil + "!" } });
	const encoded = encodeURIComponent(evil);
	for (const where of ["/party", `/party/${party.id}`, `/party/${party.id}/edit`, `/party/${party.id}/history`, "/search?q=script", `/search?q=${encoded}`, `/party?where=${encoded}`, `/party?sort=${encoded}`, `/party?filter=${encoded}`, `/party?done=${encoded}`, `/party/${party.id}?done=${encoded}`, `/${encoded}`, `/sign-in?to=${encoded}`, `/note/new?party=${party.id}`, `/deal/new?party=${encoded}`]) {
		const page = await anna.get(where);
		assert.ok(page.status < 500, `${where} → ${page.status}`);
		assert.doesNotMatch(page.text, /<script>alert|<img src=x|"><img src=x/, where);
		if (page.text.includes("{{")) assert.match(page.text, /\{\{name\}\}/, "only what was typed");
	}
	await assert.rejects(make("party", { website: "javascript:alert(1)" }));
});

test("a link whose record may not be seen survives the saving of its form", async () => {
	const team = await make("team", { name: "Versteckt" });
	const fs = await import("node:fs");
	fs.writeFileSync(`${kontor.folder}/web.model`, 'role x_clerk "Clerk"\n\nextend party\ngrant x_clerk read=all create edit=all\n\nextend user\ngrant x_clerk read=own\n');
	kontor.cli(["model", "apply", `${kontor.folder}/web.model`]);
	kontor.user("clerk", { role: "x_clerk" });
	const made = await make("party", { name: "Verlinkt", team: team.id });
	const clerk = new Browser();
	await clerk.signIn("clerk");
	// The server follows a new model within a second.
	const form = await until("the clerk has his rights", async () => {
		const page = await clerk.get(`/party/${made.id}/edit`);
		return page.status === 200 && page;
	});
	const saved = await submit(clerk, `/party/${made.id}/edit`, form.text, { city: "Jena" });
	assert.equal(saved.status, 303, saved.text.slice(0, 400));
	const now = (await kontor.expect(200, "GET", `/api/v1/party/${made.id}`, { token })).body;
	assert.deepEqual([now.city, now.team, now.owner], ["Jena", team.id, made.owner]);
});

// Words of the English interface that no German page may show.
const ENGLISH = ["Sign in", "Sign out", "Search", "Save", "Cancel", "Edit", "History", "Move to the trash", "Trash", "Restore", "Undo", "New", "Condition", "Filter", "Password", "Sign-in name", "Administration", "records", "Nothing is known yet", "There is nothing here yet", "Next page", "Back to the record", "Back to the list", "Created", "Changed", "Show all", "(without a name)",
	"Person", "Organisations", "Deals", "Tasks", "Notes", "Orders", "Products", "Activities", "Users", "Roles", "Teams", "Name", "First name", "Given name", "Family name", "City", "Street", "Phone", "Mobile phone", "Birthday", "Person in charge", "Lifecycle stage", "Prospect", "Customer", "Website", "Salutation", "Notes", "Country", "Postcode", "Please check what is marked below"];
const SAME = new Set(["Person", "Deals", "Name", "Filter", "Administration", "Website", "Team", "Teams"]);

test("USA-03 pages are German by the person's setting, before that by the browser, and no English word is left", async () => {
	const stranger = new Browser("de-DE,de;q=0.9,en;q=0.5");
	const form = await stranger.get("/sign-in");
	assert.match(form.text, /<html lang="de"/);
	assert.match(form.text, /Anmelden/);
	assert.match((await new Browser("en").get("/sign-in")).text, /<html lang="en"[ >][\s\S]*Sign in/);
	kontor.user("bernd", { role: "management", options: ["--language", "de"] });
	const bernd = new Browser("en");
	await bernd.signIn("bernd");
	const party = await make("party", { kind: "person", family_name: "Weiß", given_name: "Änne", city: "Köln", stage: "customer", notes: "x", birthday: "1980-05-01", roles: ["prospect", "customer"] }).catch(() => make("party", { kind: "person", family_name: "Weiß", city: "Köln" }));
	await kontor.expect(200, "PATCH", `/api/v1/party/${party.id}`, { token, body: { city: "Bonn" } });
	const pages = [["/sign-in", form.text]];
	for (const where of ["/person", `/person/${party.id}`, `/person/${party.id}/edit`, "/person/new", `/person/${party.id}/history`, "/search?q=wei%C3%9F", "/search?q=zzz", "/deal", "/deal/new", "/task", "/order", "/user", "/person?trash=1", "/person/999999", "/nowhere"]) pages.push([where, (await bernd.get(where)).text]);
	pages.push(["refused form", (await submit(bernd, "/person/new", pages.find(([w]) => w === "/person/new")[1], { birthday: "2025-02-30" })).text]);
	for (const [where, text] of pages) {
		assert.match(text, /<html lang="de"/, where);
		const visible = text.replace(/<head>[\s\S]*?<\/head>/, (head) => /<title>[\s\S]*?<\/title>/.exec(head)?.[0] ?? "").replace(/<option[^>]*lang="en"[\s\S]*?<\/option>|<button[^>]*lang="en"[\s\S]*?<\/button>/g, "")
			.replace(/(?:placeholder|aria-label)="([^"]*)"/g, ">$1<").replace(/<[^>]*>/g, "\n").split("\n").map((line) => unescape(line).trim()).filter(Boolean);
		for (const word of ENGLISH) if (!SAME.has(word)) assert.ok(!visible.some((line) => line === word || line === `${word}:` || (word.includes(" ") && line.includes(word))), `${where}: ${word}`);
	}
	const switched = await bernd.post("/preferences", { language: "en", to: "/person" });
	assert.equal(switched.location, "/person");
	assert.match((await bernd.get("/person")).text, /<html lang="en"/);
});

test("OPS-01 a list takes at most 6 statements, a record at most 12", async () => {
	const party = await make("party", { name: "Viel", kind: "organisation" });
	for (let i = 0; i < 8; i++) for (const object of ["deal", "activity", "task", "order"]) await make(object, { party: party.id });
	const statements = (where, route) => kontor.statements(route, async () => assert.equal((await anna.get(where)).status, 200, where));
	const taken = [];
	for (const where of ["/organisation", "/person", "/deal", "/task", "/order", "/activity", "/party?sort=-owner", "/party?filter=silent", "/user"]) taken.push([where, await statements(where, "GET /{object}"), 6]);
	for (const where of [`/organisation/${party.id}`, `/party/${party.id}`, `/deal/${(await kontor.expect(200, "GET", "/api/v1/deal?limit=1", { token })).body.items[0].id}`]) taken.push([where, await statements(where, "GET /{object}/{id}"), 12]);
	assert.deepEqual(taken.filter(([, n, most]) => n > most || n < 1), []);
});

test("OPS-01 the first visit of a page weighs at most 100 KiB, those after it 20 KiB", async () => {
	const gzip = { headers: { "accept-encoding": "gzip" } };
	const sent = (reply) => Number(reply.headers.get("content-length"));
	const weights = [];
	const { id } = await make("party", { name: "Leicht", kind: "organisation" });
	for (const where of ["/organisation", `/organisation/${id}`, "/deal?show=board", "/", "/person/new"]) {
		const page = await anna.send("GET", where, gzip);
		assert.equal(page.status, 200, where);
		const parts = new Set([...page.text.matchAll(/(?:href|src)="(\/assets\/[^"#]+)/g)].map((found) => found[1]));
		let first = sent(page);
		for (const part of parts) first += sent(await fetch(kontor.url + part, gzip));
		assert.ok(parts.size > 4 && first > 50_000, `${where}: ${parts.size} parts, ${first} bytes`);
		weights.push([where, first, sent(page)]);
	}
	assert.deepEqual(weights.filter(([, first, page]) => first > 100 * 1024 || page > 20 * 1024), []);
});

test("SEC-02 menus and columns are those of one's rights, language and model as they are now", async () => {
	const fs = await import("node:fs");
	const roles = (await kontor.expect(200, "GET", "/api/v1/role?limit=100", { token })).body.items;
	const idOf = (name) => roles.find((role) => role.name === name).id;
	kontor.user("wechsel", { role: "sales", options: ["--language", "de"] });
	const user = (await kontor.expect(200, "GET", "/api/v1/user?where=login%20%3D%20%22wechsel%22", { token })).body.items[0];
	const person = new Browser();
	await person.signIn("wechsel");
	const shown = async () => {
		const { text } = await person.get("/organisation");
		return { administration: text.includes('href="/admin/model"'), deal: text.includes('href="/deal"'), export: text.includes('id="export"'), editable: /data-name="city"[^>]*data-edit/.test(text), german: />Organisationen<\/span>/.test(text), own: text.includes('value="x_farbe"') };
	};
	// The server follows a new role, and a new model, within a second.
	const becomes = async (part) => {
		let now = await shown();
		for (const until = Date.now() + 10_000; Object.entries(part).some(([name, value]) => now[name] !== value) && Date.now() < until; ) now = await shown();
		for (const [name, value] of Object.entries(part)) assert.equal(now[name], value, `${name}: ${JSON.stringify(now)}`);
	};
	await shown();
	for (const language of ["de", "en", "de"]) {
		assert.equal((await person.post("/preferences", { language, to: "/organisation" })).status, 303);
		await becomes({ administration: false, deal: true, editable: true, german: language === "de", own: false });
	}
	await kontor.expect(200, "PATCH", `/api/v1/user/${user.id}`, { token, body: { roles: [idOf("admin")] } });
	assert.equal((await shown()).administration, true, "at once");
	await kontor.expect(200, "PATCH", `/api/v1/user/${user.id}`, { token, body: { roles: [idOf("x_clerk")] } });
	const clerk = await shown();
	assert.deepEqual([clerk.administration, clerk.deal, clerk.editable], [false, false, true], "at once");
	const model = fs.readFileSync(`${kontor.folder}/web.model`, "utf8");
	fs.writeFileSync(`${kontor.folder}/web.model`, `${model.replace("edit=all", "edit=all readonly=city")}\nextend party\n  field x_farbe text label="Farbe"\n`);
	kontor.cli(["model", "apply", `${kontor.folder}/web.model`]);
	await becomes({ own: true, editable: false });
});
