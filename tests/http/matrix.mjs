// The rights matrix: a model with parts made at random, people of every role, records of every object
// that are theirs, their team's, their unit's and strangers', and what each of them may do with each.
// What is expected is computed here, from the text of the grants, and never from answers of the server.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import path from "node:path";
import { engine } from "./harness.mjs";

// Every address there is.  One that is not named here fails the test.
export const ROUTES = {
	"GET /forecast": "page", "GET /lost": "page",
	"GET /report/new": "page", "GET /report/{id}": "page-record", "POST /report/show": "page", "POST /report/save": "page", "POST /report/export": "page", // reports.test.mjs
	"GET /healthz": "public", "GET /readyz": "public", "GET /metrics": "operator", "GET /assets/{name...}": "public", "GET /worker.js": "public", "GET /offline": "page",
	"GET /api/v1/{object}": "list", "POST /api/v1/{object}": "create", "GET /api/v1/{object}/{id}": "get",
	"PATCH /api/v1/{object}/{id}": "patch", "DELETE /api/v1/{object}/{id}": "delete",
	"POST /api/v1/{object}/{id}/restore": "restore", "GET /api/v1/{object}/{id}/history": "history",
	"POST /api/v1/{object}/{id}/merge": "merge", "GET /api/v1/{object}/{id}/duplicates": "merge", "POST /api/v1/merges/{id}/undo": "unmerge",
	"POST /api/v1/{object}/bulk": "bulk", "GET /api/v1/bulks": "bulk", "GET /api/v1/bulks/{id}": "bulk", "POST /api/v1/bulks/{id}/undo": "bulk", "POST /api/v1/bulks/{id}/stop": "bulk",
	"GET /api/v1/notifications": "page", "POST /api/v1/notifications/read": "page", "PATCH /api/v1/notifications/{id}": "page",
	"GET /today": "page", "GET /api/v1/today": "page", "GET /api/v1/busy": "page", "GET /api/v1/recurrence": "page", "GET /api/v1/cadence/{id}/preview": "page", "GET /visit": "page", "POST /visit": "page-create", "POST /{object}/{id}/snooze": "page-save", "POST /{object}/{id}/done": "page-save", "POST /api/v1/{object}/{id}/snooze": "patch", "POST /api/v1/{object}/{id}/done": "patch",
	"GET /jobs": "page", "POST /jobs/{id}/undo": "bulk", "POST /jobs/{id}/stop": "bulk", "GET /notifications": "page", "POST /notifications/read": "page", "POST /notifications/settings": "page", "POST /notifications/{id}": "page", "POST /{object}/{id}/follow": "page-follow", "POST /{object}/{id}/lines": "page-lines", "POST /quote/{id}/revise": "page-revise", "GET /quote/{id}/send": "page-send", "POST /quote/{id}/link": "page-send", "POST /quote/{id}/unlink": "page-send", "POST /quote/{id}/sent": "page-send", "POST /api/v1/quote/{id}/link": "page-send", "DELETE /api/v1/quote/{id}/link": "page-send", "GET /q/{token}": "public", "GET /form/{key}": "public", "GET /q/{token}/letter.pdf": "public", "POST /q/{token}": "sign-in", "POST /form/{key}": "sign-in", "POST /api/v1/quote/{id}/revise": "page-revise", "GET /quote/{id}/pdf": "page-pdf", "GET /api/v1/quote/{id}/pdf": "page-pdf", "POST /{object}/{id}/lines/sums": "page-lines",
	"GET /api/v1/party/{id}/overview": "page-overview", "GET /api/v1/party/{id}/dossier.pdf": "page-pdf", "GET /party/{id}/dossier.pdf": "page-pdf",
	"GET /api/v1/order/{id}/handover": "page-approval", "GET /api/v1/order/{id}/handover.csv": "page-approval", "POST /api/v1/order/{id}/handover": "page-approval", "GET /order/{id}/handover.csv": "page-approval", "POST /order/{id}/handover": "page-approval",
	"GET /quote/{id}/approval": "page-approval", "POST /quote/{id}/approval": "page-approval", "POST /api/v1/quote/{id}/approval": "page-approval", "GET /api/v1/quote/{id}/proposals": "page-approval", "POST /quote/{id}/take": "page-approval",
	"GET /text_block/{id}/preview": "page-preview", "POST /text_block/{id}/preview": "page-preview",
	"GET /api/v1/imports": "import", "POST /api/v1/imports": "import", "GET /api/v1/imports/{id}": "import", "DELETE /api/v1/imports/{id}": "import",
	"POST /api/v1/imports/{id}/check": "import", "PATCH /api/v1/imports/{id}/cells": "import", "GET /api/v1/imports/{id}/preview": "import", "GET /api/v1/imports/{id}/errors": "import",
	"POST /api/v1/imports/{id}/run": "import", "POST /api/v1/imports/{id}/undo": "import",
	"GET /import": "import", "POST /import": "import", "GET /import/{id}": "import", "POST /import/{id}/read": "import", "POST /import/{id}/check": "import", "POST /import/{id}/cells": "import",
	"POST /import/{id}/run": "import", "POST /import/{id}/undo": "import", "POST /import/{id}/drop": "import", "GET /import/{id}/errors": "import",
	"POST /api/v1/batch": "batch", "GET /api/v1/search": "search", "GET /api/v1/aggregate/{object}": "aggregate",
	"GET /api/v1/changes": "changes", "GET /api/v1/changesets/{id}": "changeset", "POST /api/v1/changesets/{id}/undo": "undo",
	"GET /api/openapi.json": "openapi",
	"GET /": "page", "GET /events": "page", "GET /sign-in": "public", "POST /sign-in": "sign-in", "POST /sign-out": "page", "POST /preferences": "page",
	"GET /search": "page-search", "GET /search/hits": "page-search", "GET /search/recent": "page-search",
	"GET /admin": "admin", "GET /admin/jobs": "admin", "POST /admin/jobs/revive": "admin", "GET /admin/changes": "admin",
	"GET /admin/settings": "admin", "POST /admin/settings": "admin", "GET /admin/model": "admin", "POST /admin/model": "admin",
	"GET /admin/model/{file}": "admin", "POST /admin/model/version": "admin", "POST /admin/model/object": "admin", "GET /admin/objects/{name}": "admin",
	"POST /admin/objects/{name}": "admin", "GET /admin/roles": "admin", "POST /admin/roles": "admin", "GET /admin/roles/{role}/{name}": "admin",
	"POST /admin/roles/{role}/{name}": "admin", "GET /admin/invite": "admin", "POST /admin/invite": "admin", "POST /admin/users/{id}/once": "admin",
	"GET /admin/pipelines": "process", "POST /admin/pipelines": "process", "GET /admin/pipelines/remove": "process", "POST /admin/pipelines/remove": "process", "POST /admin/pipelines/{id}": "process",
	"GET /admin/access": "admin", "POST /admin/sessions/{key}/end": "admin", "POST /admin/tokens": "admin", "POST /admin/tokens/{id}/revoke": "admin",
	"GET /password": "page", "POST /password": "page",
	"GET /welcome": "public", "POST /welcome": "sign-in", "POST /welcome/sample": "admin", "POST /welcome/sample/remove": "admin",
	"GET /design": "page", "GET /help": "public", "GET /help/{page}": "public",
	"GET /quick/{object}": "page-new", "GET /quick/{object}/same": "page-search",
	"GET /feeds": "page", "POST /feeds/{id}/end": "page", "GET /feed/{secret}/calendar.ics": "public", "POST /{object}/feeds": "page-list",
	"GET /{object}": "page-list", "GET /{object}/totals": "page-list", "GET /{object}/bulk": "page-bulk", "GET /{object}/filter": "page-list", "POST /{object}/export": "page-export", "GET /{object}/rows": "page-list", "GET /{object}/views": "page-list",
	"POST /{object}/views": "page-create", "POST /{object}/views/{id}/pin": "page-create", "POST /{object}/views/{id}/delete": "page-delete",
	"GET /{object}/new": "page-new", "POST /{object}/new": "page-create",
	"GET /{object}/{id}": "page-record", "GET /{object}/{id}/edit": "page-edit", "POST /{object}/{id}/edit": "page-save",
	"POST /{object}/{id}/delete": "page-delete", "POST /{object}/{id}/restore": "page-restore",
	"GET /{object}/{id}/history": "page-history", "GET /{object}/{id}/relations": "page-record", "GET /{object}/{id}/duplicates": "page-record", "POST /{object}/{id}/apart": "page-merge", "GET /{object}/{id}/merge": "page-merge", "POST /{object}/{id}/merge": "page-merge", "POST /changesets/{id}/undo": "page-undo",
};

// Every shipped object.  A new one is entered here, and is then in the matrix.
export const SHIPPED = ("account_member activity address appointment assignment_rule cadence competitor consent contact_point data_pointer deal delivery discount_agreement discount_limit document export favourite follow inquiry inquiry_form invoice kept_apart loss_reason membership note occasion order order_line party payment " +
	"pipeline preference price price_list product product_group quote quote_answer quote_line relation relation_type report role saved_view stage target task team text_block unit user").split(" ");

const SCOPES = ["none", "own", "team", "unit", "all"];
const OPS = ["read", "create", "edit", "delete", "export"];
const BUILTIN = ["id", "version", "created_at", "changed_at", "created_by"];
export const NOWHERE = "987654321";

// --- chance ---

export function chance(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let z = Math.imul(state ^ (state >>> 15), state | 1);
		z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
		return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
	};
	const pick = (list) => list[Math.floor(next() * list.length)];
	return { next, pick, below: (n) => Math.floor(next() * n), odds: (p) => next() < p };
}

// A custom part of the model: two roles, five objects, each with what rights can look at.
export function randomModel(random, shippedRoles) {
	const roles = ["x_field", "x_office"];
	const all = [...shippedRoles.filter((r) => r !== "admin"), ...roles];
	const grant = (scopes, fields, more = "") => {
		const words = ["read=" + random.pick(scopes)];
		if (random.odds(0.7)) words.push("create");
		if (random.odds(0.7)) words.push("edit=" + random.pick(scopes));
		if (random.odds(0.6)) words.push("delete=" + random.pick(scopes));
		if (random.odds(0.4)) words.push("hide=" + random.pick(fields));
		if (random.odds(0.4)) words.push("readonly=" + random.pick(fields));
		return words.join(" ") + more;
	};
	const any = ["own", "team", "unit", "all"];
	const lines = ['role x_field "Field"', 'role x_office "Office"', ""];
	const body = (name, fields) => `  search x_name x_note\nfield x_name text max=200\nfield x_note text\nfield x_rank int\nfield x_sum money currency=EUR\nfield x_double formula as="x_rank * 2" type=int\nfield x_mark formula as="x_note & '!'"\nfield x_marks formula as="x_mark & '?'"\n${name === "x_case" ? "field x_health text special=health\n" : ""}${fields}view list x_name x_note\nview filter x_noted "Noted" when x_note is not empty\n`;
	lines.push(`object x_case\n  title x_name\n  features timeline\n  owner x_owner\n  team x_team\n  unit x_unit\n${body("x_case", "link x_owner one user.x_cases default=me\nlink x_team one team.x_cases\nlink x_unit one unit.x_cases\nfield x_parts rollup as=\"count(x_parts_of)\"\nfield x_ranks rollup as=\"sum(x_steps.x_double)\"\nfield x_noted rollup as=\"count(x_steps where x_note is not empty)\"\nfield x_planned rollup as=\"count(x_free where x_plan.x_name is not empty)\"\n")}`);
	// These stand whatever chance says, so that every kind of right is there in each run.
	lines.push("grant sales read=unit create edit=team delete=own hide=x_note", "grant service read=team create edit=own readonly=x_rank",
		'grant marketing read=all edit=all create delete=all when="x_rank > 4"', "grant management read=all create edit=all delete=all", "grant x_office read=own create edit=own delete=own",
		'grant x_field read=own create edit=own delete=own hide=x_note,x_sum', 'grant x_field read=all edit=unit hide=x_note when="x_rank > 6"', "");
	lines.push(`object x_part\n  title x_name\n  parent x_case\n${body("x_part", "link x_case one x_case.x_parts_of cascade\n")}`, "");
	lines.push(`object x_step\n  title x_name\n  parent x_case\n${body("x_step", "link x_case one x_case.x_steps cascade\n")}`);
	for (const role of all) if (random.odds(0.8)) lines.push(`grant ${role} ${grant(["own", "all"], ["x_note", "x_rank"])}`);
	lines.push("");
	lines.push(`object x_free\n  title x_name\n  features timeline\n${body("x_free", "link x_case one x_case.x_free\nfield x_about any\nlink x_cases many x_case.x_frees\nlink x_plan one x_plan.x_free\nfield x_code text max=50 unique\n")}`);
	lines.push("grant sales read=all create edit=all delete=own", "grant portal read=own create", "grant x_field read=all create edit=all", "grant x_office read=own create edit=own hide=x_case", "grant service read=all");
	lines.push("");
	lines.push(`object x_plan\n  title x_name\n  sort x_name\n  owner x_owner\n  team x_team\n  unit x_unit\n${body("x_plan", "link x_owner one user.x_plans default=me\nlink x_team one team.x_plans\nlink x_unit one unit.x_plans\n")}`);
	lines.push("grant service read=all hide=x_name");
	for (const role of all.filter((name) => name !== "service")) if (random.odds(0.7)) lines.push(`grant ${role} ${grant(any, ["x_note", "x_rank", "x_name"], random.odds(0.3) ? ` when="x_rank > ${random.below(9)}"` : "")}`);
	lines.push("");
	for (const [object, fields] of [["party", ["birthday", "email", "notes"]], ["deal", ["value", "notes"]], ["task", ["body", "priority"]], ["user", ["phone"]], ["note", ["body"]]]) {
		lines.push(`extend ${object}`);
		for (const role of roles) if (object !== "note" || random.odds(0.5)) lines.push(`grant ${role} ${object === "user" ? "read=all" : grant(["note"].includes(object) ? ["own", "all"] : any, fields)}`);
		lines.push("");
	}
	return lines.join("\n") + "\n";
}

// --- the model, as `kontor model` prints it ---

const wordsOf = (line) => [...line.matchAll(/[^\s"]*"(?:\\.|[^"\\])*"|\S+/g)].map(([word]) => word.replace(/"((?:\\.|[^"\\])*)"/, (_, text) => text.replace(/\\(.)/g, "$1")));

export function readModel(text) {
	const model = { objects: new Map(), faces: new Map(), roles: new Map() };
	let object = null;
	for (const line of text.split("\n")) {
		const words = wordsOf(line), [keyword, name] = words;
		if (keyword === "role") model.roles.set(name, { name, admin: words.includes("admin") });
		else if (keyword === "object") model.objects.set(name, (object = { name, fields: new Map(), grants: [], faces: [], search: [], label: name }));
		else if (["title", "owner", "team", "unit", "parent", "subject"].includes(keyword) && line.startsWith(" ")) object[keyword] = name;
		else if (keyword === "sort" && line.startsWith(" ")) object.sort = name.replace(/^-/, "");
		else if (keyword === "search" && line.startsWith(" ")) object.search = words.slice(1);
		else if (keyword === "features" && line.startsWith(" ")) object.features = words.slice(1);
		else if (keyword === "label" && line.startsWith(" ")) object.label = name;
		else if (keyword === "field") object.fields.set(name, { name, type: words[2], words: words.slice(3) });
		else if (keyword === "link") object.fields.set(name, { name, type: words[2], target: words[3].split(".")[0], reverse: words[3].split(".")[1], words: words.slice(4) });
		else if (keyword === "face") {
			const when = /^(\w+) = (\w+)$/.exec(words.slice(words.indexOf("when") + 1).join(" "));
			object.faces.push(name);
			model.faces.set(name, { name, object, field: when[1], value: when[2] });
		} else if (keyword === "grant") object.grants.push(grantOf(words));
	}
	// Of nothing but special fields: not there until a category is switched on (sensitive.test.mjs).
	for (const { name, parent, fields } of model.objects.values())
		if ([...fields.values()].every((field) => field.name === parent || field.words.some((word) => word.startsWith("special=")))) model.objects.delete(name);
	return model;
}

function grantOf(words) {
	const grant = { role: words[1], hide: [], readonly: [], when: null };
	for (const word of words.slice(2)) {
		const at = word.indexOf("="), key = at < 0 ? word : word.slice(0, at), value = at < 0 ? "all" : word.slice(at + 1);
		if (OPS.includes(key)) grant[key] = value;
		else if (key === "special") continue; // off while the matrix runs
		else if (key === "when") {
			const flag = /^(\w+) = true$/.exec(value), parts = /^(\w+) > (\d+)$/.exec(value);
			if (flag) {
				grant.when = (row) => row[flag[1]] === true;
				continue;
			}
			if (!parts) throw new Error(`the matrix cannot read this condition: ${value}`);
			grant.when = (row) => row[parts[1]] !== null && row[parts[1]] !== undefined && Number(row[parts[1]]) > Number(parts[2]);
		} else if (key === "hide" || key === "readonly") grant[key] = value.split(",");
		else throw new Error(`the matrix does not know this right: ${word}`);
	}
	return grant;
}

// --- what is expected ---

// One who asks: { name, id, roles, teams, units }; nobody is null.
export class Expectation {
	constructor(model, rows) {
		this.model = model;
		this.rows = rows; // object name → id → row as an administrator sees it
	}

	#grants(who, object) {
		return object.grants.filter((grant) => who.roles.includes(grant.role));
	}

	isAdmin(who) {
		return who.roles.some((role) => this.model.roles.get(role).admin);
	}

	#above(object) {
		const link = object.parent && object.fields.get(object.parent);
		return link && link.target !== object.name ? this.model.objects.get(link.target) : null;
	}

	// What a right on a part asks of its whole.
	#ofWhole(op) {
		return op === "read" || op === "export" ? op : "edit";
	}

	// May he do this with some record of the object?
	object(who, object, op) {
		if (!who) return false;
		if (who.scopes && !who.scopes(object.name, op)) return false;
		if (this.isAdmin(who)) return true;
		const above = this.#above(object), own = this.#grants(who, object).some((grant) => (grant[op] ?? "none") !== "none");
		if (!above) return own;
		const whole = this.object({ ...who, scopes: null }, above, this.#ofWhole(op));
		return object.grants.length ? own && whole : whole;
	}

	#covers(who, object, scope, row) {
		const rank = SCOPES.indexOf(scope ?? "none");
		const owner = object.name === "user" ? row.id : object.owner ? row[object.owner] : row.created_by;
		if (rank <= 0) return false;
		if (rank === 4 || owner === who.id) return true;
		if (rank >= 2 && object.team && who.teams.includes(row[object.team])) return true;
		return rank >= 3 && Boolean(object.unit) && who.units.includes(row[object.unit]);
	}

	// … with this one, as it stands?
	row(who, object, op, row) {
		if (!this.object(who, object, op)) return false;
		if (this.isAdmin(who)) return true;
		const above = this.#above(object);
		if (object.grants.length && !this.#grants(who, object).some((grant) => this.#covers(who, object, grant[op], row) && (!grant.when || grant.when(row)))) return false;
		if (!above) return true;
		const whole = this.rows.get(above.name).get(row[object.parent]);
		return whole ? this.row(who, above, this.#ofWhole(op), whole) : this.#covers(who, object, "own", row);
	}

	#hidden(who, object, kind, name) {
		const grants = this.#grants(who, object);
		return !this.isAdmin(who) && grants.length > 0 && grants.every((grant) => grant[kind].includes(name));
	}

	sees(who, object, name) {
		const field = object.fields.get(name);
		if (field?.words.some((word) => word.startsWith("special="))) return false;
		const target = field?.target ?? (name === "created_by" ? "user" : null);
		if (target && !this.object(who, this.model.objects.get(target), "read")) return false;
		return !this.#hidden(who, object, "hide", name) && (this.isAdmin(who) || this.#sources(object, field).every(([of, part]) => this.object(who, of, "read") && this.sees(who, of, part)));
	}

	// What a computed field is made of: [object, name of the field].
	#sources(object, field) {
		const as = field?.words.find((word) => word.startsWith("as="))?.slice(3);
		const named = (of, text) => [...text.replace(/'[^']*'/g, "").matchAll(/[a-z_]\w*/g)].map(([word]) => word).filter((word) => of.fields.has(word)).map((word) => [of, word]);
		if (!as) return [];
		if (field.type === "formula") return named(object, as);
		const [, reverse, measured, where] = /^\w+\((\w+)(?:\.(\w+))?(?: where (.*))?\)$/.exec(as);
		for (const of of this.model.objects.values())
			for (const link of of.fields.values())
				if (link.target === object.name && link.reverse === reverse) {
					const sources = [[of, link.name], ...(measured ? [[of, measured]] : [])];
					for (const [path] of (where ?? "").matchAll(/[a-z_]\w*(\.\w+)*/g)) {
						let at = of;
						for (const name of path.split(".")) if (at?.fields.has(name)) {
							sources.push([at, name]);
							at = this.model.objects.get(at.fields.get(name).target);
						}
					}
					return sources;
				}
		throw new Error(`the matrix cannot read ${as} of ${object.name}`);
	}

	edits(who, object, name) {
		return this.sees(who, object, name) && !this.#hidden(who, object, "readonly", name);
	}

	// A list leaves out what is summed over other records, unless it is asked for.
	fields(who, object, inList) {
		return [...BUILTIN, ...object.fields.keys()].filter((name) => this.sees(who, object, name) && !(inList && object.fields.get(name)?.type === "rollup"));
	}

	visible(who, object, op = "read") {
		return [...this.rows.get(object.name).values()].filter((row) => this.row(who, object, "read", row) && this.row(who, object, op, row));
	}
}

// --- a fingerprint of all tables ---

// What sessions, tokens, answers kept for repeated calls, readers of the log and the progress of bulks and imports leave
// is no business data.
// Of jobs, the timers move on by themselves.
const LEFT_OUT = ["sys_session", "sys_job", "sys_try", "sys_token", "sys_idempotency", "sys_cursor", "sys_bulk", "sys_bulk_part", "sys_notice", "sys_inbox", "sys_import", "sys_import_piece", "sys_import_part", "sys_import_map"];

// ids: false leaves out how far PostgreSQL's sequences have come: what was tried and taken back used up numbers.
export function fingerprint(kontor, { ids = true } = {}) {
	const run = (program, words) => {
		const ran = spawnSync(program, words, { encoding: "buffer", maxBuffer: 1 << 28 });
		if (ran.status !== 0) throw new Error(`${program}: ${ran.error?.message ?? ran.stderr}`);
		return ran.stdout;
	};
	if (engine === "sqlite") {
		const file = path.join(kontor.data, "kontor.db");
		fingerprint.tables ??= run("sqlite3", ["-readonly", file, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"])
			.toString().split("\n").filter((name) => name && !LEFT_OUT.includes(name));
		return sha(run("sqlite3", ["-readonly", file, "SELECT kind, key, body FROM sys_job;" + fingerprint.tables.map((name) => `SELECT '${name}', * FROM "${name}"${name === "sqlite_sequence" ? " WHERE name NOT IN ('sys_bulk', 'sys_notice', 'sys_import')" : ""};`).join("")]));
	}
	const dump = run("pg_dump", ["--data-only", "--no-owner", ...LEFT_OUT.flatMap((name) => ["-T", name]), kontor.database]).toString();
	// Each dump has a word of its own in lines that begin with a backslash.
	const left = (line) => line.startsWith("\\") || (!ids && line.startsWith("SELECT pg_catalog.setval("));
	return sha(dump.split("\n").filter((line) => !left(line)).sort().join("\n"));
}

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");
