// What the operator has set is shown to administrators: value, origin, meaning; and to nobody else.
import assert from "node:assert";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { Visitor } from "./visitor.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-settings-"));
fs.writeFileSync(path.join(folder, "kontor.conf"), "workers = 7 # of two cores\nzone = Europe/Vienna\nrate_per_minute = 5\n");
const kontor = await start({ rate_per_minute: -1 }, { from: folder });
fs.rmSync(folder, { recursive: true });
kontor.token("root");
kontor.user("bert", { role: "management" });
const text = (html) => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
const row = (page, name) => text(/<tr>(?:(?!<\/tr>).)*<code title="KONTOR_(?:(?!<\/tr>).)*<\/tr>/gs[Symbol.match](page).find((one) => one.includes(`>${name}</code>`)));

test("each setting of the operator has its value, where it comes from, and what it is, in both languages", async () => {
	const visitor = new Visitor(kontor);
	await visitor.signIn("root");
	const page = (await visitor.get("/admin/settings")).text;
	assert.match(row(page, "workers"), /workers 7 from the file threads that run writes/);
	assert.match(row(page, "rate_per_minute"), /-1 from the command line calls of one person/, "what comes later wins");
	assert.match(row(page, "connections"), /24 as shipped database connections/);
	assert.match(row(page, "public_url"), /public_url empty as shipped/);
	assert.deepEqual([...page.matchAll(/<code title="KONTOR_/g)].length, kontor.cli(["settings"]).out.trim().split("\n").length, "all of them");
	await visitor.post("/preferences", { language: "de", to: "/admin/settings" });
	const german = (await visitor.get("/admin/settings")).text;
	assert.match(row(german, "workers"), /workers 7 aus der Datei Threads, die Schreibzugriffe ausführen/);
	assert.match(row(german, "zone"), /Europe\/Vienna aus der Datei Zeitzone/);
});

test("SEC-02 only administrators read them", async () => {
	const visitor = new Visitor(kontor);
	await visitor.signIn("bert");
	assert.equal((await visitor.get("/admin/settings")).status, 403);
});
