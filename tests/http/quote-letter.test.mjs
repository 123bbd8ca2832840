// The letter of a quote: what stands where on its pages, held against the norm and against sums done here.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { start } from "./harness.mjs";

const kontor = await start();
const token = kontor.token("root");
const reader = kontor.token("fremd", { role: "sales" });
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kontor-letter-"));
after(() => fs.rmSync(folder, { recursive: true }));
const make = async (object, body) => (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body })).body;

const unit = await make("unit", { name: "Haus", company: "Nordwerk Handel GmbH", street: "Am Hafen 12", postcode: "20457", city: "Hamburg", country: "Deutschland", directors: "Dr. Käthe Größer", register: "Amtsgericht Hamburg, HRB 104711", vat_id: "DE999999999", bank: "Hafenbank", iban: "DE02 1203 0000 0000 2020 51", bic: "BYLADEM1001" });
const firm = await make("organisation", { name: "Österreicher & Söhne Maschinenbau GmbH", street: "Mühlgäßchen 7", postcode: "04109", city: "Köthen", country: "Deutschland", external_id: "K4711" });
const contact = await make("person", { salutation: "ms", academic_title: "Dr.", given_name: "Jördis", family_name: "Weiß", parent_party: firm.id });

async function pdf(id, as = token) {
	const reply = await fetch(`${kontor.url}/api/v1/quote/${id}/pdf`, { headers: { authorization: `Bearer ${as}` } });
	const bytes = Buffer.from(await reply.arrayBuffer());
	const file = path.join(folder, `${id}.pdf`);
	if (reply.status === 200) fs.writeFileSync(file, bytes);
	return { status: reply.status, type: reply.headers.get("content-type"), bytes, file };
}
const run = (program, ...args) => execFileSync(program, args, { encoding: "utf8" });
const pages = (file) => run("pdftotext", "-layout", file, "-").split("\f").slice(0, -1);
const MM = 25.4 / 72;
// The words of a page with where they begin, in millimetres.
const words = (file, page) => [...run("pdftotext", "-bbox", "-f", String(page), "-l", String(page), file, "-").matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<\/word>/g)].map(([, x, y, right, bottom, text]) => ({ x: x * MM, y: y * MM, right: right * MM, bottom: bottom * MM, text }));
const cents = (text) => BigInt(text.replace(/[.\s]/g, "").replace(",", ""));
const german = (n) => `${n < 0n ? "-" : ""}${String((n < 0n ? -n : n) / 100n).replace(/\B(?=(\d{3})+$)/g, ".")},${String((n < 0n ? -n : n) % 100n).padStart(2, "0")}`;
const half = (n, d) => (n < 0n ? -((-n * 2n + d) / (2n * d)) : (n * 2n + d) / (2n * d));

// Forty lines: three tax rates, discounts, options, alternatives, texts and subtotals.
async function forty() {
	const quote = await make("quote", { party: firm.id, contact: contact.id, unit: unit.id, subject: "Pumpen für die Kläranlage *Süd*", discount: "3.50", intro: "vielen Dank für Ihre Anfrage. **Wir bieten an:**\n\n- frei Haus\n- mit Einbau", closing: "Zahlbar binnen 30 Tagen.", valid_until: "2026-12-31" });
	const operations = [], counted = [];
	for (let i = 1; i <= 40; i++) {
		const kind = i % 13 === 0 ? "subtotal" : i === 7 ? "option" : i === 20 ? "alternative" : i === 30 ? "text" : "normal";
		const fields = { quote: quote.id, position: i, kind, description: `Bauteil ${i} für Größe ${i * 3}` };
		if (kind !== "subtotal" && kind !== "text") {
			const quantity = 250n * BigInt(i), price = BigInt(9973 * i + 17), discount = i % 4 === 0 ? 1250n : 0n, rate = [1900n, 700n, 0n][i % 3];
			Object.assign(fields, { quantity: `${quantity / 1000n}.${String(quantity % 1000n).padStart(3, "0")}`, price: `${price / 100n}.${String(price % 100n).padStart(2, "0")}`, discount: `${discount / 100n}.${String(discount % 100n).padStart(2, "0")}`, tax_rate: `${rate / 100n}`, unit_of_measure: "Stück", ...(i % 5 ? {} : { details: "Werkstoff 1.4301, geschliffen\nLieferzeit zwei Wochen" }) });
			if (kind === "normal") counted.push({ i, rate, amount: half(quantity * price * (10000n - discount), 10_000_000n) });
		}
		operations.push({ op: "create", object: "quote_line", fields });
	}
	await kontor.expect(200, "POST", "/api/v1/batch", { token, body: { operations } });
	return { id: quote.id, counted };
}
const { id, counted } = await forty();
const letter = await pdf(id);
const text = pages(letter.file);

test("OP-10 a quote with forty lines is a letter of three pages, each with its number", () => {
	assert.equal(letter.type, "application/pdf");
	assert.equal(letter.bytes.subarray(0, 5).toString(), "%PDF-");
	assert.equal(text.length, 3);
	for (const [i, page] of text.entries()) assert.match(page, new RegExp(`Seite ${i + 1} von 3`));
	for (let i = 1; i <= 40; i++) if (i !== 30 || true) assert.ok(text.some((page) => page.includes(`Bauteil ${i} für Größe`)), `line ${i}`);
});

test("OP-10 what is carried over is the sum of the lines before it, and the head of the table is repeated", () => {
	for (let i = 0; i < text.length - 1; i++) {
		const seen = Math.max(...[...text[i].matchAll(/Bauteil (\d+) für/g)].map((match) => Number(match[1])));
		const sum = german(counted.filter((line) => line.i <= seen).reduce((all, line) => all + line.amount, 0n));
		const [out] = text[i].match(/Übertrag\s+([\d.,]+)/g).slice(-1), into = text[i + 1].match(/Übertrag\s+([\d.,]+)/)[0];
		assert.ok(out.endsWith(sum), `page ${i + 1}: ${out}, want ${sum}`);
		assert.ok(into.endsWith(sum), `page ${i + 2}: ${into}`);
		assert.match(text[i + 1], /Pos\.\s+Beschreibung\s+Menge/);
	}
	assert.doesNotMatch(text[0].split("Bauteil 1 ")[0], /Übertrag/);
});

test("OP-10 amounts, subtotals, the discount of the whole, tax by rate and the total are right to the cent", () => {
	const all = text.join("\n");
	let since = 0n, subtotals = 0;
	for (let i = 1; i <= 40; i++) {
		const line = counted.find((one) => one.i === i), row = all.match(new RegExp(`^.*Bauteil ${i} für Größe.*$`, "m"))[0];
		if (line) {
			since += line.amount;
			assert.ok(row.includes(`${german(line.amount)} €`), `${row} / ${german(line.amount)}`);
		} else if (i % 13 === 0) {
			assert.ok(row.includes(`${german(since)} €`), `${row} / ${german(since)}`);
			since = 0n;
			subtotals++;
		}
	}
	assert.equal(subtotals, 3);
	let net = 0n, tax = 0n;
	for (const rate of [1900n, 700n, 0n]) {
		const lines = counted.filter((line) => line.rate === rate).reduce((sum, line) => sum + line.amount, 0n);
		const base = lines - half(lines * 350n, 10000n), of = half(base * rate, 10000n);
		net += base;
		tax += of;
		assert.match(all, new RegExp(`${rate / 100n}\\s%\\sUSt\\. auf ${german(base).replaceAll(".", "\\.")}\\s€\\s+${german(of).replaceAll(".", "\\.")}\\s€`));
	}
	assert.match(all, new RegExp(`Summe netto\\s+${german(net).replaceAll(".", "\\.")}`));
	assert.match(all, new RegExp(`Summe brutto\\s+${german(net + tax).replaceAll(".", "\\.")}`));
	assert.match(all, /Option, nicht in der Summe enthalten/);
	assert.match(all, /Alternative, nicht in der Summe enthalten/);
});

test("OP-10 the address stands in the window, the subject and the marks where DIN 5008 form B has them", () => {
	const first = words(letter.file, 1);
	const find = (word) => first.find((one) => one.text === word);
	// The field: 20 to 105 mm from the left, 45 to 90 mm from above; the address below 62.7 mm.
	for (const word of ["Österreicher", "Mühlgäßchen", "04109", "Köthen", "Weiß"]) {
		const at = first.find((one) => one.text === word && one.y > 60);
		assert.ok(at && at.x >= 20 && at.right <= 105 && at.y >= 62.7 && at.bottom <= 90, `${word}: ${JSON.stringify(at)}`);
	}
	const from = first.find((one) => one.text === "Nordwerk" && one.y > 45);
	assert.ok(from.x >= 20 && from.y >= 45 && from.bottom <= 62.7, JSON.stringify(from));
	assert.ok(Math.abs(find("Österreicher").x - 25) < 0.6, "the text begins at 25 mm");
	const information = find("K4711");
	assert.ok(information.x >= 125 && information.y >= 50 && information.right <= 200, JSON.stringify(information));
	const subject = find("Pumpen");
	assert.ok(Math.abs(subject.y - 98.46) < 2, JSON.stringify(subject));
	assert.ok(find("*Süd*"), "signs of a subject stand for themselves");
	for (let page = 1; page <= 3; page++) for (const one of words(letter.file, page)) assert.ok(one.right <= 192 && one.bottom <= 297 && one.x >= 4, `${page}: ${JSON.stringify(one)}`);
});

test("OP-10 umlauts are text, fonts are embedded, and the same quote gives the same bytes", async () => {
	assert.match(text[0], /Sehr geehrte Frau Dr\. Weiß,/);
	assert.match(text[2], /Mit freundlichen Grüßen/);
	const fonts = run("pdffonts", letter.file).split("\n").slice(2).filter(Boolean);
	assert.ok(fonts.length >= 2);
	for (const font of fonts) assert.match(font, /LiberationSans.*\s+yes\s+yes\s+yes\s/);
	assert.deepEqual((await pdf(id)).bytes, letter.bytes);
});

test("OP-10 a letter in English; nothing of a quote that one may not see", async () => {
	const quote = await make("quote", { party: contact.id, language: "en", unit: unit.id, subject: "Pumps" });
	await make("quote_line", { quote: quote.id, description: "Pump", price: "1234.50", tax_rate: "19" });
	const english = pages((await pdf(quote.id)).file);
	assert.equal(english.length, 1);
	assert.match(english[0], /Dear Dr\. Weiß,/);
	assert.match(english[0], /€1,234\.50/);
	assert.match(english[0], /Yours sincerely/);
	assert.equal((await pdf("987654321")).status, 404);
	assert.equal((await pdf(quote.id, reader)).status, 200);
	const nobody = await fetch(`${kontor.url}/api/v1/quote/${quote.id}/pdf`);
	assert.equal(nobody.status, 401);
});
