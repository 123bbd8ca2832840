#!/usr/bin/env node
// What the browser gets, from web/:   tools/bundle.mjs OUT
//   web/*.ts         each one script, with what it imports
//   web/kontor.css   the style sheet, with what it imports
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

async function bundle(entry, name, more) {
	const result = await build({
		entryPoints: [join(root, "web", entry)],
		bundle: true, minify: true, write: false, charset: "utf8", legalComments: "none",
		target: ["es2022", "chrome112", "firefox113", "safari16.4"],
		logLevel: "warning", ...more,
	});
	write(name, addressed(entry, result.outputFiles[0].text));
}
const addressed = (entry, text) => text.replaceAll(/asset:([\w.-]+\w)/g, (all, asset) => {
	if (!hashes.has(asset)) throw new Error(`${entry} names ${asset}, which is not bundled before it`);
	return `/assets/${hashes.get(asset)}/${asset}`;
});

const inWeb = (...endings) => readdirSync(join(root, "web")).filter((name) => endings.some((ending) => name.endsWith(ending)));

fonts();
icons();
for (const name of inWeb(".svg", ".png")) write(name, read("web", name));
write("kontor.webmanifest", addressed("kontor.webmanifest", read("web/kontor.webmanifest").toString()));
await bundle("kontor.css", "kontor.css", { external: ["asset:*"] });
for (const entry of inWeb(".ts"))
	await bundle(entry, entry.replace(/\.ts$/, ".js"), { format: "esm" });
