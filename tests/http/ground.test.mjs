// What operators rely on, and that the harness itself can fail.
import assert from "node:assert";
import { test } from "node:test";
import { run, Schemas, start } from "./harness.mjs";

const kontor = await start();
const token = kontor.token("anna");

test("the server answers operators", async () => {
	for (const where of ["/healthz", "/readyz"]) assert.equal((await fetch(kontor.url + where)).status, 200, where);
});

test("INT-02 the OpenAPI text is 3.1 and every schema in it is one", async () => {
	const openapi = await kontor.openapi();
	assert.match(openapi.openapi, /^3\.1\./);
	const { default: Ajv2020 } = await import("ajv/dist/2020.js");
	const ajv = new Ajv2020({ strict: false });
	for (const [name, schema] of Object.entries(openapi.components.schemas))
		assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText(ajv.errors)}`);
});

test("a list, a record and a refusal keep what the OpenAPI text promises", async () => {
	const made = await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: "Schäfer" } });
	assert.match(made.headers.get("location"), new RegExp(`/${made.body.id}$`));
	await kontor.expect(200, "GET", `/api/v1/person/${made.body.id}`, { token });
	const list = await kontor.expect(200, "GET", "/api/v1/person?total=1", { token });
	assert.equal(list.body.total, 1);
	await kontor.expect(401, "GET", "/api/v1/person");
	await kontor.expect(404, "GET", "/api/v1/person/999999", { token });
	await kontor.expect(422, "GET", "/api/v1/person?where=no_such_field%3D1", { token });
	await kontor.expect(204, "DELETE", `/api/v1/person/${made.body.id}`, { token });
});

test("an address that is not there is a problem document", async () => {
	await kontor.expect(404, "GET", "/api/v1/nothing", { token });
});

test("a command tells what it takes, also when it is asked with --help", () => {
	const ask = (...words) => run(words, { env: { LANG: "C" } }).out;
	assert.match(ask("demo", "--parties", "5", "--help"), /^ {2}kontor demo --data DIR.*\n {6}Make the demonstration company\.\n\nEvery/);
	assert.equal(ask("help", "token").match(/^ {2}kontor token /gm).length, 2);
	assert.ok(ask("--help").split("\n").length > 40);
	assert.match(run(["help", "nonsense"], { code: 2, env: { LANG: "C" } }).err, /no command nonsense/);
});

test("the data are there again after a restart", async () => {
	const made = await kontor.expect(201, "POST", "/api/v1/person", { token, body: { family_name: "Öztürk" } });
	await kontor.restart();
	const again = await kontor.expect(200, "GET", `/api/v1/person/${made.body.id}`, { token });
	assert.equal(again.body.family_name, "Öztürk");
});

test("a reply that breaks its schema, has none, or a wrong type is noticed", () => {
	const schemas = new Schemas({
		openapi: "3.1.0",
		paths: {
			"/a/{id}": {
				get: {
					responses: {
						200: { content: { "application/json": { schema: { $ref: "#/components/schemas/a" } } } },
						204: {},
						201: { content: { "application/json": {} } },
					},
				},
			},
			"/a/new": { get: { responses: { 200: { content: { "application/json": { schema: { const: "new" } } } } } } },
		},
		components: { schemas: { a: { type: "object", required: ["id"], properties: { id: { type: "string" } }, additionalProperties: false }, Problem: { type: "object", required: ["status"] } } },
	});
	const hold = (where, status, body, type = "application/json") => schemas.hold("GET", where, type, { status, body, text: body === undefined ? "" : JSON.stringify(body) });
	hold("/a/1", 200, { id: "1" });
	hold("/a/1", 204, undefined, "");
	hold("/a/new", 200, "new");
	hold("/b", 404, { status: 404 });
	assert.throws(() => hold("/a/1", 200, { id: 1 }), /must be string/);
	assert.throws(() => hold("/a/1", 200, { id: "1", more: 1 }), /additional properties/);
	assert.throws(() => hold("/a/1", 200, { id: "1" }, "application/problem+json"), /promises application\/json/);
	assert.throws(() => hold("/a/1", 201, {}), /no schema/);
	assert.throws(() => hold("/a/1", 204, {}), /no body/);
	assert.throws(() => hold("/a/1", 500, {}), /does not know this status/);
	assert.throws(() => hold("/b", 200, {}), /does not know this operation/);
	assert.throws(() => hold("/b", 404, {}), /required property/);
});
