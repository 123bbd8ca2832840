// A real browser on a server of its own, for tests of what a person sees and does.
//
//   import { start } from "../http/harness.mjs";
//   import { browse } from "./browser.mjs";
//   const kontor = await start({}, { demo: 200 });
//   const page = await browse(kontor, { width: 360, dark: true });      signed in, unless user: null
//   await page.goto("/party");      page.person.look("list");      page.person.check("list");
//
// A page fails its test when the browser complains: an error of a script, a policy that was violated,
// an answer of 500.  Pictures are put into build/browser/.  Environment: CHROMIUM (/usr/bin/chromium).
import assert from "node:assert";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, afterEach } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { DEMO } from "../http/harness.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHOTS = path.join(ROOT, "build/browser");
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const WIDTHS = [360, 768, 1440];
const HEIGHTS = { 360: 740, 768: 1024, 1440: 900 };

let browser;
const complaints = [];
after(() => browser?.close());
afterEach(() => {
	const said = complaints.splice(0);
	assert.deepEqual(said, [], `the browser has nothing to complain about: ${said.join("; ")}`);
});

async function launched() {
	browser ??= await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"],
	});
	return browser;
}

// options: user { login, password } (who made the demonstration company; null: nobody), width, dark,
// lang ("de"; of the browser), script (true).
export async function browse(kontor, options = {}) {
	const { width = 1440, dark = false, lang = "de", script = true, user = DEMO } = options;
	const context = await (await launched()).newContext({
		baseURL: kontor.url, viewport: { width, height: HEIGHTS[width] ?? 900 }, colorScheme: dark ? "dark" : "light",
		reducedMotion: "reduce", locale: lang === "de" ? "de-DE" : "en-GB", timezoneId: "Europe/Berlin", javaScriptEnabled: script, hasTouch: width < 500, acceptDownloads: true,
	});
	context.setDefaultTimeout(60_000);
	const page = await context.newPage();
	page.expected = []; // patterns of complaints that this test provokes
	const complain = (what) => {
		if (!page.expected.some((pattern) => pattern.test(what))) complaints.push(what);
	};
	page.on("pageerror", (error) => complain(`script: ${error.message}`));
	page.on("console", (message) => message.type() === "error" && complain(`console: ${message.text()}`));
	page.on("response", (reply) => reply.status() >= 500 && complain(`${reply.status()} ${reply.url()}`));
	const seen = { width, dark };
	const what = (name) => `${name} at ${seen.width} px${seen.dark ? ", dark" : ""}`;
	page.person = {
		look: (name) => look(page, name, seen.width, seen.dark),
		check: (name) => checkPage(page, what(name)),
		contrast: (name) => checkContrast(page, what(name)),
		fits: (name) => checkFits(page, what(name)),
		// The same page in another window, and in the other theme.
		turn: async (to) => {
			Object.assign(seen, to);
			await page.setViewportSize({ width: seen.width, height: HEIGHTS[seen.width] });
			await page.emulateMedia({ colorScheme: seen.dark ? "dark" : "light" });
			await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
		},
	};
	const goto = page.goto.bind(page), settled = watch(page, script);
	page.goto = async (url, how) => (await settled(), goto(url, how));
	page.person.settled = settled;
	if (user) await signIn(page, user);
	return page;
}

// Waits until what a click began has ended: no request is under way, and the script has seen the last
// answer.  An address opened earlier would cut off what is being saved, or be cut off by a reload.
function watch(page, script) {
	const under = new Set();
	let ended = () => {};
	page.on("request", (request) => request.resourceType() !== "eventsource" && under.add(request));
	for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => (under.delete(request), ended()));
	// What a page that was left had asked for may never be told to have ended.
	page.on("framenavigated", (frame) => {
		if (frame !== page.mainFrame()) return;
		const asked = [...under], last = asked.findLastIndex((request) => request.isNavigationRequest());
		for (const request of asked.slice(0, Math.max(last, 0))) under.delete(request);
		ended();
	});
	const turn = () => page.evaluate(() => new Promise((done) => setTimeout(() => done(true)))).catch(() => false);
	return async () => {
		for (let calm = false; !calm; calm = under.size === 0 && (!script || (await turn())) && under.size === 0) while (under.size) await new Promise((done) => (ended = done));
	};
}

export async function signIn(page, { login, password }) {
	await page.goto("/sign-in");
	await page.fill("#name", login);
	await page.fill("#password", password);
	await page.press("#password", "Enter");
	await page.waitForURL((url) => url.pathname !== "/sign-in");
}

async function look(page, name, width, dark) {
	const file = path.join(SHOTS, `${name}-${width}${dark ? "-dark" : ""}.png`);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	await page.screenshot({ path: file, fullPage: false, animations: "disabled" });
}

// Nothing sticks out sideways, and no icon stands on a text.
async function checkFits(page, what) {
	const over = await page.evaluate(() => {
		if (document.documentElement.scrollWidth <= innerWidth) return [];
		return [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
	});
	assert.deepEqual(over, [], `${what}: nothing is wider than the window: ${over.join("; ")}`);
	const covered = await page.evaluate(() =>
		[...document.querySelectorAll("svg.icon + span")].filter((text) => {
			const a = text.previousElementSibling.getBoundingClientRect(), b = text.getBoundingClientRect();
			return text.checkVisibility() && b.width > 1 && a.width && a.right > b.left + 1 && a.left < b.right - 1 && a.bottom > b.top + 1 && a.top < b.bottom - 1;
		}).slice(0, 5).map((text) => text.parentElement.outerHTML.slice(0, 160)));
	assert.deepEqual(covered, [], `${what}: no icon covers a text`);
}

// Nothing sticks out; nothing that axe knows of bars anybody (WCAG 2.2 AA).
async function checkPage(page, what) {
	await checkFits(page, what);
	await checkAxe(page, what, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]);
}

// The colours of the theme of high contrast, which keep the sharper limit of level AAA.
async function checkContrast(page, what) {
	const theme = await page.evaluate(() => {
		const before = document.documentElement.dataset.theme ?? "";
		document.documentElement.dataset.theme = "contrast";
		return before;
	});
	await checkAxe(page, `${what}, high contrast`, { type: "rule", values: ["color-contrast-enhanced"] });
	await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
}

async function checkAxe(page, what, rules) {
	// By the debugger's door, which the page's own policy does not close.
	await page.evaluate(`${AXE}; undefined`);
	const found = await page.evaluate(async (rules) => {
		// What is not drawn because nobody has scrolled to it has no size, and what changes its colour has none yet.
		const all = new CSSStyleSheet();
		all.replaceSync("* { content-visibility: visible !important; transition: none !important }");
		document.adoptedStyleSheets = [all];
		const result = await window.axe.run(document, { runOnly: rules });
		document.adoptedStyleSheets = [];
		return result.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
	}, rules);
	assert.deepEqual(found, [], `${what}: no violation of WCAG 2.2: ${found.join("; ")}`);
}
