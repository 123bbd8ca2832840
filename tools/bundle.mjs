#!/usr/bin/env node
// What the browser gets, from web/:   tools/bundle.mjs OUT
//   web/*.ts         each one script, with what it imports; what it loads later, import("./other"), is
//                    another of these
//   web/*.css        each one style sheet, with what it imports
//   web/icons.txt    one sprite: a line is the name of a lucide icon, or NAME=LUCIDE-NAME
//   fonts            Inter, Latin and extended Latin
//   pictures, kontor.webmanifest
// A file names another as asset:NAME; that becomes the address under which the program
// serves it, which holds the hash of its content (as tools/embed makes it).
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(new URL("..", import.meta.url).pathname);
const out = process.argv[2];
if (!out) {
	console.error("tools/bundle.mjs: name the folder: tools/bundle.mjs build/web");
	process.exit(2);
}
mkdirSync(out, { recursive: true });

const hashes = new Map();
function write(name, bytes) {
	hashes.set(name, createHash("sha256").update(bytes).digest("hex").slice(0, 12));
	const target = join(out, name);
	const temporary = `${target}.${process.pid}`;
	writeFileSync(temporary, bytes);
	renameSync(temporary, target);
}
const read = (...path) => readFileSync(join(root, ...path));

function fonts() {
	for (const part of ["latin", "latin-ext"])
		write(`inter-${part}.woff2`, read(`node_modules/@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`));
}

// One symbol an icon, without what the style sheet says for all of them.
function symbol(line) {
	const [name, from = name] = line.split("=");
	const svg = read(`node_modules/lucide-static/icons/${from}.svg`).toString();
	const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)[1].replace(/\s+/g, " ").replace(/ ?\/>/g, "/>").trim();
	return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replaceAll("> <", "><")}</symbol>`;
}
function icons() {
	const lines = read("web/icons.txt").toString().split("\n").map((line) => line.trim());
	const names = lines.filter((line) => line && !line.startsWith("#"));
	write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${names.map(symbol).join("\n")}\n</svg>\n`);
}

const inWeb = (...endings) => readdirSync(join(root, "web")).filter((name) => endings.some((ending) => name.endsWith(ending)));

// A script that is loaded when it is needed stands under its own address.
const later = {
	name: "later",
	setup: ({ onResolve }) => onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
		const entry = kind === "dynamic-import" ? inWeb(".ts").find((name) => join(root, "web", name) === `${resolve(resolveDir, path)}.ts`) : undefined;
		return entry && { path: `asset:${entry.replace(/\.ts$/, ".js")}`, external: true };
	}),
};

async function bundle(entry, more) {
	const result = await build({
		entryPoints: [join(root, "web", entry)],
		bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none",
		target: ["es2022", "chrome112", "firefox113", "safari16.4"],
		logLevel: "warning", ...more,
	});
	return result.outputFiles[0].text;
}
const NAMED = /asset:([\w.-]+\w)/g;
const addressed = (entry, text) => text.replaceAll(NAMED, (all, asset) => {
	if (!hashes.has(asset)) throw new Error(`${entry} names ${asset}, which is not bundled before it`);
	return `/assets/${hashes.get(asset)}/${asset}`;
});

fonts();
icons();
for (const name of inWeb(".svg", ".png")) write(name, read("web", name));
write("kontor.webmanifest", addressed("kontor.webmanifest", read("web/kontor.webmanifest").toString()));
for (const sheet of inWeb(".css")) write(sheet, addressed(sheet, await bundle(sheet, { external: ["asset:*"] })));

// Those that are named by others come first.
const scripts = new Map();
for (const entry of inWeb(".ts"))
	scripts.set(entry.replace(/\.ts$/, ".js"), await bundle(entry, { format: "esm", plugins: [later] }));
function put(name) {
	const text = scripts.get(name);
	if (!text || hashes.has(name)) return;
	for (const [, other] of text.matchAll(NAMED)) put(other);
	write(name, addressed(name, text));
}
for (const name of scripts.keys()) put(name);
