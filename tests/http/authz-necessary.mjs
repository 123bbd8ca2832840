// Is each authorisation check necessary?  With one of them switched off (a build with AUTHZ_TEST=1) the
// rights matrix must fail, for every name that stands in AUTHZ(NAME, …).
//   make authz            all of them            make authz ONLY="ROWS_GRANT CSRF"
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SECONDS_MAX = 400;
const AT_ONCE = Math.max(1, Math.min(4, os.cpus().length));

// Checks of the command line and of erasing: no address leads there.
const NOT_BY_HTTP = ["ERASE"];

// The test that finds it, so that it runs first.  Where none is named, or it finds nothing, all run.
const FOUND_BY = [
	[/^(SIGNED_IN|OPERATOR)$/, "nobody is asked"],
	[/^(ADMIN)$/, "administration"],
	[/^(ONCE)$/, "for once"],
	[/^(PAGE_|LINES_|QUOTE_|CSRF|SET_ROWS|TIMELINE_|VIEW_)/, "the pages"],
	[/^SCOPE|^ROWS_OBJECT$/, "a token"],
	[/^BULK_/, "a bulk may"],
	[/^IMPORT_/, "an import makes"],
	[/^NEWS_/, "live updates"],
	[/^UNDO_/, "changesets"],
	[/^UNIQUE_/, "a value that is taken"],
	[/^LOG_ROW$/, "the log shows"],
	[/^(AGGREGATE_|COND_|ORDER_|SEARCH_|SORT_|TITLE_|LIST_FIELD|GROUP_)/, "sort, filter"],
	[/^(CHANGE_|LINK_OBJECT|LINK_SAME|LINK_TARGET|MERGE_|SAVE_|SET_FIELD|ROW_|FIELD_READONLY)/, "is refused alike"],
	[/./, "lists, totals"],
];

function names() {
	const found = new Set();
	for (const folder of fs.readdirSync(path.join(ROOT, "src")))
		for (const file of fs.readdirSync(path.join(ROOT, "src", folder)))
			if (file.endsWith(".c")) for (const [, name] of fs.readFileSync(path.join(ROOT, "src", folder, file), "utf8").matchAll(/\bAUTHZ\((\w+),/g)) found.add(name);
	return [...found].filter((name) => !NOT_BY_HTTP.includes(name)).sort();
}

// How the matrix ends: its exit code, and what it said.
function matrix(off, world) {
	return new Promise((done) => {
		const child = spawn(process.execPath, ["tests/http/rights-matrix.test.mjs"], {
			cwd: ROOT,
			env: { ...process.env, KONTOR: process.env.KONTOR ?? "build/authz/kontor", MATRIX: "small", MATRIX_SEED: "1", MATRIX_STOP: "1", MATRIX_WORLD: world, MATRIX_FIRST: FOUND_BY.find(([names]) => names.test(off || "x"))[1], KONTOR_AUTHZ_OFF: off },
			stdio: ["ignore", "pipe", "pipe"],
		});
		let said = "";
		for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
		const late = setTimeout(() => child.kill("SIGKILL"), SECONDS_MAX * 1000);
		child.on("exit", (code) => {
			clearTimeout(late);
			done({ code, said });
		});
	});
}

const asked = process.argv.slice(2);
const all = asked.length ? asked : names();
const begun = Date.now();
const bad = [];

// The same world for all of them, made while every check was on.
const world = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-world-"));
process.on("exit", () => fs.rmSync(world, { recursive: true, force: true }));
const whole = await matrix("", world);
if (whole.code !== 0) {
	console.log(whole.said);
	console.log("the matrix fails with all checks on");
	process.exit(1);
}
console.log(`the matrix passes with all checks on (${Math.round((Date.now() - begun) / 1000)} s)`);
const queue = [...all];
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
	while (queue.length) {
		const name = queue.shift();
		const { code, said } = await matrix(name, world);
		// Failing for another reason than a wrong answer shows nothing; a reply with what the interface does
		// not promise its reader is one.
		const found = code !== 0 && /\d+ wrong, MATRIX_SEED|breaks its schema/.test(said);
		console.log(`${found ? "necessary" : "NOT SHOWN"}  ${name}  ${found ? (/wrong, MATRIX_SEED=\d+\n\s*(.*)/.exec(said)?.[1] ?? "").slice(0, 150) : code === 0 ? "the matrix passes without it" : said.slice(-2000)}`);
		if (!found) bad.push(name);
	}
}));
console.log(`${all.length - bad.length} of ${all.length} checks shown to be necessary, ${Math.round((Date.now() - begun) / 1000)} s${bad.length ? `; not shown: ${bad.join(" ")}` : ""}`);
process.exit(bad.length ? 1 : 0);
