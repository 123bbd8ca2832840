#!/usr/bin/env node
// make bench-face: what a person waits for in the browser, with the demonstration company of PARTIES
// parties (100,000 unless told), which is made once and kept under build/bench.
//   1. the scores of Lighthouse for list, record and board, as on a telephone and as on a desktop;
//   2. from a touch to the next paint (Event Timing): scrolling, sorting, walking, dragging.
// BENCH_DATA names a company that exists; Lighthouse is fetched into build/bench when first used.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = path.resolve(import.meta.dirname, "../..");
const program = process.env.BENCH_PROGRAM ?? path.join(root, "build/release/kontor");
const work = path.join(root, "build/bench");
const parties = Number(process.argv[2] || 100_000);
const data = process.env.BENCH_DATA ?? path.join(work, `company-${parties}`);
const DEBUGGER = 9333, LIGHTHOUSE = "lighthouse@13.5.0", WIDTH = 1440, HEIGHT = 900;
const PAGES = ["/organisation", "/party/1", "/deal?as=board"];

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const log = (...cells) => console.log(`| ${cells.join(" | ")} |`);

async function lighthouse() {
	const home = path.join(work, "lighthouse");
	if (!fs.existsSync(path.join(home, "node_modules/lighthouse"))) {
		say("fetching Lighthouse …");
		fs.mkdirSync(home, { recursive: true });
		execFileSync("npm", ["install", "--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts", LIGHTHOUSE], { stdio: ["ignore", "ignore", "inherit"] });
	}
	return import(pathToFileURL(path.join(home, "node_modules/lighthouse/core/index.js")).href);
}

function company() {
	if (fs.existsSync(data)) return;
	say(`making a company of ${parties} parties …`);
	execFileSync(program, ["demo", "--data", `${data}.new`, "--parties", String(parties)], { stdio: ["ignore", "ignore", "inherit"] });
	fs.renameSync(`${data}.new`, data);
}

function serve() {
	const child = spawn(program, ["serve", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
	process.once("exit", () => child.kill());
	return new Promise((done, fail) => {
		let text = "";
		const take = (bytes) => {
			text += bytes;
			const address = text.match(/http:\/\/127\.0\.0\.1:\d+/);
			if (address) done([address[0], child]);
		};
		child.stdout.on("data", take);
		child.stderr.on("data", take);
		child.once("exit", () => fail(new Error(`the server ended: ${text}`)));
	});
}

async function signIn(page, url) {
	await page.goto(`${url}/sign-in`);
	await page.fill("#name", "demo");
	await page.fill("#password", "kontor-demo");
	await page.press("#password", "Enter");
	await page.waitForURL((to) => to.pathname !== "/sign-in");
}

async function scores(url) {
	const { default: measure, desktopConfig } = await lighthouse();
	log("page", "as on", "performance", "accessibility", "best practices", "largest paint", "blocked", "layout shift");
	log(...Array(8).fill("---"));
	for (const [form, config] of [["telephone", undefined], ["desktop", desktopConfig]])
		for (const where of PAGES) {
			const { lhr } = await measure(url + where, { port: DEBUGGER, disableStorageReset: true, logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices"] }, config);
			const score = (name) => Math.round(lhr.categories[name].score * 100), told = (name) => lhr.audits[name].displayValue;
			log(where, form, score("performance"), score("accessibility"), score("best-practices"), told("largest-contentful-paint"), told("total-blocking-time"), told("cumulative-layout-shift"));
		}
}

// The longest time from an event to the paint after it, of all events since the last asking.
const longest = (page) => page.evaluate(() => {
	const all = window.events.splice(0).sort((a, b) => b.duration - a.duration);
	return { n: all.length, max: all[0] ? `${all[0].duration} ms (${all[0].name})` : "under 16 ms" };
});

const ACTS = [
	["a list is scrolled by the wheel, 40 turns", "/organisation", async (page) => {
		await page.mouse.move(WIDTH / 2, HEIGHT / 2);
		for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 600);
	}],
	["a list is walked with the arrow keys, 40 rows", "/organisation", async (page) => {
		await page.locator("#grid tbody tr[data-id] td").nth(2).click();
		for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowDown");
	}],
	["a list is sorted by a click on its head", "/organisation", async (page) => {
		await page.locator("#grid thead th a").first().click();
		await page.waitForURL(/sort=/);
	}],
	["a card is dragged over a board", "/deal?as=board", async (page) => {
		const from = await page.locator(".lane .card").first().boundingBox();
		await page.mouse.move(from.x + 60, from.y + 45);
		await page.mouse.down();
		await page.mouse.move(from.x + 500, from.y + 90, { steps: 40 });
		await page.keyboard.press("Escape");
		await page.mouse.up();
	}],
	["a search is typed", "/", async (page) => {
		await page.keyboard.press("Control+k");
		await page.keyboard.type("Müller Metallbau", { delay: 60 });
	}],
];

async function paints(page, url) {
	await page.addInitScript(() => {
		window.events = [];
		new PerformanceObserver((list) => window.events.push(...list.getEntries().map(({ duration, name }) => ({ duration, name })))).observe({ type: "event", durationThreshold: 16, buffered: true });
	});
	log("what a person does", "events of 16 ms and more", "longest to the next paint");
	log("---", "---", "---");
	for (const [what, where, act] of ACTS) {
		await page.goto(url + where, { waitUntil: "load" });
		await longest(page);
		await act(page);
		await page.evaluate(() => new Promise((done) => requestIdleCallback(() => done(true), { timeout: 1000 })));
		const { n, max } = await longest(page);
		log(what, n, max);
	}
}

company();
const [url, server] = await serve();
const profile = fs.mkdtempSync(path.join(work, "profile-"));
const context = await chromium.launchPersistentContext(profile, {
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", viewport: { width: WIDTH, height: HEIGHT },
	args: ["--no-sandbox", `--remote-debugging-port=${DEBUGGER}`],
});
try {
	const page = await context.newPage();
	await signIn(page, url);
	await paints(page, url);
	console.log();
	await scores(url);
} finally {
	await context.close();
	server.kill();
	fs.rmSync(profile, { recursive: true, force: true });
}
