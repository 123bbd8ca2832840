#!/usr/bin/env node
// The handbook's pictures: what a browser shows of the demonstration company, in both languages, put into
// docs/handbook/pictures.  make pictures, when a page has changed its looks.
import assert from "node:assert";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/handbook/pictures", import.meta.url));
const SIZE = { width: 1024, height: 640 };
const SHARPNESS = 1, QUALITY = 60;
const BYTES_MAX = 50_000;

const CONTACTS = "Vorname;Nachname;Firma;E-Mail;Ort;Geburtstag\nEva;Schlicht;Nordlicht Bau GmbH;eva.schlicht@nordlicht.example;Bremen;14.03.1981\nJonas;Reuter;Nordlicht Bau GmbH;jonas.reuter@nordlicht.example;Bremen;30.02.1979\nMeike;Harms;;meike.harms@beispiel.example;Kiel;\n";

// In the page: a second record of nearly the same, which is made by its own session.
async function twin() {
	const headers = { "content-type": "application/json", "x-csrf-token": document.querySelector("meta[name=csrf]").content };
	const one = await (await fetch("/api/v1/organisation/1", { headers })).json();
	const body = JSON.stringify({ name: `${one.name} Vertrieb`, city: one.city, email: one.email, phone: one.phone });
	return (await (await fetch("/api/v1/organisation", { method: "POST", headers, body })).json()).id;
}

// What is shown: an address, and what a person then does.
const PICTURES = {
	"first-steps": ["/"],
	search: ["/organisation", async (page) => {
		await page.keyboard.press("/");
		await page.keyboard.type("bau");
		await page.getByRole("listbox").getByRole("option").first().waitFor();
	}],
	lists: ["/organisation?filter=customers"],
	views: ["/deal?filter=open&group=stage"],
	boards: ["/deal?as=board"],
	calendar: ["/task?as=calendar"],
	records: ["/organisation/1"],
	today: ["/today"],
	hours: ["/appointment?as=calendar&span=week:2026-11-18"],
	trash: ["/deal/1/history"],
	keys: ["/organisation", async (page) => {
		await page.keyboard.press("?");
		await page.getByRole("dialog").waitFor();
	}],
	rights: ["/admin/roles?role=sales"],
	privacy: ["/admin/settings"],
	administration: ["/admin"],
	processes: ["/admin/pipelines"],
	territories: ["/organisation?as=territory"],
	quotes: ["/quote/1"],
	import: ["/import", async (page) => {
		await page.locator("#main select").first().selectOption("person");
		await page.locator("#main input[type=file]").setInputFiles({ name: "Kontakte.csv", mimeType: "text/csv", buffer: Buffer.from(CONTACTS) });
		await page.locator("#main form button.primary").click();
		await page.waitForURL(/import\/\d+$/);
		await page.locator("#main form button.primary").click();
		await page.locator(".import-figures").waitFor();
	}],
	merge: ["/organisation/1", async (page) => {
		await page.goto(`/organisation/1/merge?with=${await page.evaluate(twin)}`);
		await page.person.settled();
	}],
	model: ["/admin/objects/deal"],
};

for (const language of ["de", "en"])
	test(`pictures in ${language}`, async () => {
		const kontor = await start({ rate_per_minute: -1 }, { demo: 300, language });
		const page = await browse(kontor, { lang: language });
		assert.equal(await page.evaluate(() => document.documentElement.lang), language);
		const door = await page.context().newCDPSession(page);
		fs.mkdirSync(FOLDER, { recursive: true });
		await page.setViewportSize(SIZE);
		for (const [name, [where, act]] of Object.entries(PICTURES)) {
			await page.goto(where);
			await page.person.settled();
			await act?.(page);
			await page.evaluate(() => document.fonts.ready.then(() => true));
			const { data } = await door.send("Page.captureScreenshot", { format: "webp", quality: QUALITY, clip: { x: 0, y: 0, ...SIZE, scale: SHARPNESS } });
			const bytes = Buffer.from(data, "base64");
			assert.ok(bytes.length < BYTES_MAX, `${name}: ${bytes.length} bytes`);
			fs.writeFileSync(`${FOLDER}/${name}.${language}.webp`, bytes);
		}
		await page.context().close();
	});
