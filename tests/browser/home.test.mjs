// The first page: what is due, one's deals and what comes next, figures, and what to do where there is nothing.
import assert from "node:assert";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 80 });
const seller = kontor.user("verkauf", { role: "sales", options: ["--language", "de", "--name", "Vera Kauf"] });
const token = kontor.cli(["token", "create", "--user", "verkauf"]).out.trim();
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;
const day = (shift) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);

test("UX-44 the first page says what to do where there is nothing", async () => {
	const page = await browse(kontor, { user: seller });
	await page.goto("/");
	await page.getByText("Nichts ist fällig.").waitFor();
	await page.getByText("Sie haben keinen offenen Deal.").waitFor();
	await page.context().close();
});

test("UX-44 UX-46 due tasks and re-submissions, deals with their next step (amber where there is none), figures by stage", async () => {
	await make("task", { subject: "Angebot nachfassen", due_on: day(-2) });
	await make("task", { subject: "Wieder anrufen", resubmit_on: day(-1), due_on: day(30) });
	await make("task", { subject: "Noch lange nicht", due_on: day(40) });
	await make("deal", { name: "Zwölf Bohrmaschinen", value: { amount: "1200.00", currency: "EUR" }, next_step: "Muster schicken" });
	await make("deal", { name: "Ein Kran", value: { amount: "99000.00", currency: "EUR" } });
	const page = await browse(kontor, { user: seller, script: false });
	await page.goto("/");
	const main = page.getByRole("main");
	for (const words of ["Angebot nachfassen", "Wieder anrufen", "Muster schicken", "kein nächster Schritt"]) await main.getByText(words).waitFor();
	assert.equal(await main.getByText("Noch lange nicht").count(), 0);
	assert.match(await main.getByRole("table").textContent(), /2\s*100\.200,00/);
	await main.getByRole("link", { name: "Ein Kran" }).click();
	await page.getByRole("heading", { name: "Ein Kran" }).waitFor();
	await page.context().close();
});

for (const width of WIDTHS)
	for (const dark of [false, true])
		test(`UX-61 UX-63 the first page at ${width} px, ${dark ? "dark" : "light"}`, async () => {
			const page = await browse(kontor, { width, dark, user: seller });
			await page.goto("/organisation/1");
			await page.goto("/");
			await page.getByRole("main").getByRole("heading", { name: "Zuletzt angesehen" }).waitFor();
			await page.person.look("start");
			await page.person.check("start");
			await page.context().close();
		});
