// The first day of somebody who has never seen Kontor, on a desktop and on a phone: contacts come in, a call
// is written down, a deal is made and moved, a list is filtered and kept, and what went wrong is taken back.
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { browse } from "./browser.mjs";

// As a spreadsheet of Windows writes it: semicolons, Windows-1252, a wrong day, a firm in two rows.
const CONTACTS = [
	"Firma;Anrede;Vorname;Nachname;E-Mail;Telefon;Straße;PLZ;Ort;Geburtsdatum",
	"Müller Metallbau GmbH;Herr;Jörg;Müller;joerg@metall.example;0421 123456;Am Hafen 3;28195;Bremen;03.04.1970",
	"Müller Metallbau GmbH;Frau;Anke;Peters;peters@metall.example;0421 123457;Am Hafen 3;28195;Bremen;",
	"Becker & Söhne KG;Herr;Karl;Becker;karl@soehne.example;040 998877;Elbchaussee 12;22765;Hamburg;31.02.1980",
	...Array.from({ length: 17 }, (_, i) => `Zulieferer ${i + 1} GmbH;Frau;Käthe;Größer-${i + 1};k${i + 1}@zulieferer.example;0511 ${1000 + i};Weg ${i + 1};30159;Hannover;`),
].join("\r\n");

for (const width of [1440, 360])
	test(`UX-47 UX-50 UX-51 a first day at ${width} px: import, find, call, deal, move, filter, view, undo, language, colours`, async () => {
		const kontor = await start({ rate_per_minute: -1 }, { demo: 40 });
		const token = kontor.token("root");
		const count = async (object, where) => (await kontor.expect(200, "GET", `/api/v1/${object}?total=1&limit=1&where=${encodeURIComponent(where)}`, { token })).body.total;
		const page = await browse(kontor, { width });
		const main = page.getByRole("main"), phone = width < 500;
		const file = path.join(kontor.folder, "kontakte.csv");
		fs.writeFileSync(file, Buffer.from(CONTACTS, "latin1"));

		// Twenty contacts come in, with their firms; the one day that does not exist is told.
		await page.goto("/import");
		await page.setInputFiles("input[type=file]", file);
		await main.getByRole("button", { name: "Weiter" }).click();
		await main.getByRole("button", { name: "Prüfen" }).click();
		await main.getByText("Noch ist nichts gespeichert.").waitFor();
		assert.equal(await count("person", "email contains example and city = Hannover and email contains zulieferer"), 0);
		await main.getByRole("button", { name: "Jetzt importieren" }).click();
		await main.getByText("Der Import ist fertig.").waitFor();
		await main.getByText("Den Tag „31.02.1980“ gibt es nicht.").waitFor();
		await page.person.check("import done");
		assert.equal(await count("person", 'email contains "zulieferer.example"'), 17);
		assert.equal(await count("organisation", 'name contains "Müller Metallbau"'), 1);

		// One of them is found by the beginning of her name.
		await page.getByRole("combobox", { name: "Suchen" }).click();
		await page.keyboard.type("anke pet");
		await page.getByRole("option", { name: /Anke Peters/ }).first().click();
		await main.getByRole("heading", { name: "Anke Peters" }).waitFor();

		// A call is written down.
		await page.locator("#compose").getByRole("link", { name: "Anruf" }).click();
		const call = page.getByRole("form", { name: "Anruf" });
		await call.getByLabel("Betreff", { exact: true }).fill("Erstgespräch");
		await call.getByRole("button", { name: "Speichern" }).click();
		await page.locator("#moments").getByText("Erstgespräch").waitFor();

		// A deal, made from her page, is hers, and stands in the first stage.
		await page.getByRole("banner").getByRole("button", { name: "Neu", exact: true }).click();
		await page.locator("#create-menu").getByText("Deal", { exact: true }).click();
		const quick = page.locator("#quick");
		await quick.getByLabel("Name", { exact: true }).fill("Geländer");
		assert.match(await quick.getByLabel("Geschäftspartner").inputValue(), /^Anke Peters/);
		await quick.getByRole("button", { name: "Anlegen" }).click();
		await main.getByRole("heading", { name: "Geländer" }).waitFor();
		await main.locator("#facts").getByText("Anfrage").waitFor();

		// It is moved to the next stage.
		await page.goto("/deal?as=board");
		const lane = (name) => main.locator(".lane", { has: page.getByRole("heading", { name, exact: true }) });
		const card = main.locator(".card", { hasText: "Geländer" });
		if (phone) {
			await card.getByRole("button").first().click();
			await page.getByRole("dialog").getByRole("button", { name: "Bedarf geklärt" }).click();
		} else {
			await card.locator(".first a").focus();
			await page.keyboard.press("Alt+ArrowRight");
		}
		await lane("Bedarf geklärt").getByText("Geländer").waitFor();
		assert.equal(await count("deal", 'name = Geländer and stage.name = "Bedarf geklärt"'), 1);

		// A list is filtered and kept as a view.
		await page.goto("/person?q=zulieferer");
		await main.getByText("17 Datensätze").waitFor();
		await main.getByRole("button", { name: "Ansicht speichern" }).click();
		await page.locator("#save-menu").getByLabel("Name der Ansicht").fill("Zulieferer");
		await page.locator("#save-menu").getByRole("button", { name: "Speichern" }).click();
		await main.getByRole("heading", { name: "Personen: Zulieferer" }).waitFor();

		// The deal goes back to its stage, and the whole import is taken back.
		await page.goto("/deal?as=board");
		await lane("Bedarf geklärt").getByText("Geländer").waitFor();
		await page.keyboard.press("Control+z"); // the view
		await page.person.settled();
		await page.keyboard.press("Control+z"); // the stage
		await lane("Anfrage").getByText("Geländer").waitFor();
		await page.goto("/import");
		await main.getByRole("link", { name: "kontakte.csv" }).first().click();
		await main.getByRole("button", { name: "Import zurücknehmen" }).click();
		await main.getByText("Der Import ist zurückgenommen: Alles ist wie zuvor.").waitFor();
		assert.equal(await count("person", 'email contains "zulieferer.example"'), 0);

		// English, and dark.
		await page.getByRole("button", { name: /^Sie/ }).click();
		await page.getByRole("button", { name: "English" }).click();
		await page.getByRole("banner").getByRole("button", { name: "New", exact: true }).waitFor();
		await page.getByRole("button", { name: /^You/ }).click();
		await page.getByRole("button", { name: "Dark" }).click();
		await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
		await page.person.check("the last page, in English and dark");
		await page.context().close();
	});
