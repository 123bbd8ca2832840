// Every page there is, in every width and theme: nothing sticks out, nothing bars anybody, and a picture of
// it is kept in build/browser/pages to be looked at.  A new address must say here what shows it.
import assert from "node:assert";
import fs from "node:fs";
import { test } from "node:test";
import { start } from "../http/harness.mjs";
import { NOWHERE, ROUTES, SHIPPED } from "../http/matrix.mjs";
import { browse, WIDTHS } from "./browser.mjs";

const kontor = await start({ rate_per_minute: -1 }, { demo: 40 });
const token = await kontor.token("pages");
const OBJECTS = [...SHIPPED.filter((name) => name !== "party"), "organisation", "person"];
const FORMS = ["organisation", "deal", "task", "note"]; // the others' are of a kind with these

// The first record of each object; of those that the demonstration company has none of, one of its own.
const MADE = {
	appointment: { subject: "Besuch im Werk", starts_at: "2026-11-24T09:00:00Z", place: "Werk 2", party: 1, recurrence: "FREQ=WEEKLY;BYDAY=TU" },
	cadence: { name: "A-Kunden", condition: "roles contains customer", every: 3, period: "month" },
	account_member: { party: 1, member: 1, role: "lead" },
	membership: { person: 1, organisation: 2, position: "Einkaufsleitung", department: "Einkauf", role: "decides", main: true },
	occasion: { party: 1, kind: "founding", label: "Firmenjubiläum", day: "1996-02-29" },
	preference: { party: 1, kind: "time", value: "vormittags", strength: "likes" },
	data_pointer: { party: 1, kind: "register", name: "Handelsregister Bremen", reference: "HRB 1234" },
	document: { name: "Rahmenvertrag 2026", kind: "contract", party: 1 },
	note: { subject: "Besuch im Werk", body: "Die neue Halle wird im März fertig.", party: 1 },
	price_list: { name: "Fachhandel", currency: "EUR" },
	price: { price_list: 1, product: 1, amount: "1199.00" },
	relation_type: { name: "ist Vater von", reverse_name: "ist Kind von", from_objects: ["person"], to_objects: ["person"] },
	relation: { from: { object: "party", id: 1 }, kind: "recommended", to: { object: "party", id: 2 } },
	delivery: { order: 1, quantity: "1", number: "L-1" },
	invoice: { number: "R-1", party: 1, gross: "119.00" },
	payment: { invoice: 1, amount: "19.00", reference: "Abschlag" },
	product_group: { name: "Pumpen" },
	discount_agreement: { name: "Rahmenvertrag", discount: "5", party: 1 },
	discount_limit: { name: "Vertrieb", discount: "10" },
	quote_answer: { quote: 1, answer: "accepted", name: "Eva Kühne" },
	saved_view: { name: "Meine Ansicht", object_name: "party" },
	report: { name: "Abschlüsse nach Quartal", object_name: "deal", rows_by: "closed_on:quarter", columns_by: "outcome", measures: "sum(value),count" },
	favourite: { label: "Meine Ansicht", view: 1 },
	inquiry: { subject: "Preis einer Drehbank", name: "Ilse Klar", email: "ilse@klar.example", channel: "email" },
	inquiry_form: { name: "Website", heading: "Fragen Sie uns", asks: ["company", "address"] },
	assignment_rule: { name: "Kunden" },
	kept_apart: { one: { object: "party", id: 1 }, other: { object: "party", id: 2 } },
	follow: { about: { object: "party", id: 1 } },
};
const firsts = new Map();
for (const object of [...Object.keys(MADE), ...OBJECTS]) {
	const found = (await kontor.expect(200, "GET", `/api/v1/${object}?limit=1`, { token })).body.items[0];
	firsts.set(object, (found ?? (await kontor.expect(201, "POST", `/api/v1/${object}`, { token, body: MADE[object] })).body).id);
}
const others = { organisation: (await kontor.expect(200, "GET", `/api/v1/organisation?limit=2`, { token })).body.items[1].id };
const offered = (await kontor.expect(201, "POST", "/api/v1/quote", { token, body: { party: others.organisation } })).body.id;
for (const kind of ["normal", "option"]) await kontor.expect(201, "POST", "/api/v1/quote_line", { token, body: { quote: offered, kind, description: "Montage", price: "80.00", tax_rate: "19" } });
await kontor.expect(200, "PATCH", `/api/v1/quote/${offered}`, { token, body: { state: "sent" } });
const form = (await kontor.expect(200, "GET", `/api/v1/inquiry_form/${firsts.get("inquiry_form")}`, { token })).body.path;
const offer = new URL((await kontor.expect(201, "POST", `/api/v1/quote/${offered}/link`, { token })).body.url).pathname;
const handbook = fs.readdirSync(new URL("../../docs/handbook/de", import.meta.url)).filter((name) => name !== "README.md");

// What an address shows; null: a part of a page, a file, or an address for machines.
const SHOWN = {
	"/healthz": null, "/readyz": null, "/metrics": null, "/assets/{name...}": null, "/events": null, "/worker.js": null,
	"/search/hits": null, "/search/recent": null, "/quick/{object}": null, "/quick/{object}/same": null,
	"/{object}/rows": null, "/{object}/bulk": null, "/{object}/filter": null, "/{object}/totals": null, "/{object}/views": null, "/admin/model/{file}": null,
	"/design": null, // shown by design.test.mjs
	"/help/{page}": handbook.slice(0, 1).map((name) => `/help/${name.replace(".md", "")}`), // all of them: help.test.mjs
	"/": ["/"], "/sign-in": ["/sign-in"], "/search": ["/search", "/search?q=a", "/search?q=quetzalcoatl"], "/help": ["/help", "/help?words=liste"],
	"/{object}": [...OBJECTS.map((object) => `/${object}`), "/organisation?q=quetzalcoatl", "/organisation?group=city", "/organisation?as=territory", "/deal?as=board", "/task?as=calendar", "/task?as=calendar&span=week", "/task?as=calendar&span=day"],
	"/today": ["/today"], "/visit": [`/visit?appointment=${firsts.get("appointment")}`, "/visit"],
	"/quote/{id}/pdf": null, // looked at by quote-letter.test.mjs
	"/quote/{id}/send": [`/quote/${offered}/send`], "/q/{token}": [offer, "/q/wrong"], "/q/{token}/letter.pdf": null, "/form/{key}": [form],
	"/party/{id}/dossier.pdf": null, // looked at by overview.test.mjs
	"/order/{id}/handover.csv": null,
	"/quote/{id}/approval": [`/quote/${firsts.get("quote")}/approval`],
	"/text_block/{id}/preview": [`/text_block/${firsts.get("text_block")}/preview`],
	"/{object}/new": FORMS.map((object) => `/${object}/new`),
	"/{object}/{id}": [...OBJECTS.map((object) => `/${object}/${firsts.get(object)}`), `/organisation/${NOWHERE}`],
	"/{object}/{id}/duplicates": ["organisation", "deal"].map((object) => `/${object}/${firsts.get(object)}/duplicates`),
	"/{object}/{id}/merge": [`/organisation/${firsts.get("organisation")}/merge?with=${others.organisation}`],
	"/{object}/{id}/edit": FORMS.map((object) => `/${object}/${firsts.get(object)}/edit`),
	"/{object}/{id}/history": FORMS.map((object) => `/${object}/${firsts.get(object)}/history`),
	"/admin": ["/admin"], "/admin/jobs": ["/admin/jobs"], "/admin/changes": ["/admin/changes"], "/admin/settings": ["/admin/settings"],
	"/admin/pipelines": ["/admin/pipelines"], "/admin/pipelines/remove": [`/admin/pipelines/remove?stage=${firsts.get("stage")}`, `/admin/pipelines/remove?pipeline=${firsts.get("pipeline")}`],
	"/admin/model": ["/admin/model"], "/admin/objects/{name}": ["/admin/objects/deal"], "/admin/roles": ["/admin/roles"],
	"/admin/roles/{role}/{name}": ["/admin/roles/sales/deal"], "/admin/invite": ["/admin/invite"], "/admin/access": ["/admin/access"],
	"/jobs": ["/jobs"], "/offline": ["/offline"], "/notifications": ["/notifications"], "/feeds": ["/feeds"], "/feed/{secret}/calendar.ics": null,
	"/{object}/{id}/relations": ["organisation", "person", "deal"].map((object) => `/${object}/${firsts.get(object)}/relations`),
	"/import": ["/import"], "/import/{id}": null, "/import/{id}/errors": null, // the others: import.test.mjs
	"/forecast": ["/forecast", "/forecast?by=quarter&group=product&show=open"], "/lost": ["/lost", "/lost?by=product&when=all"],
	"/report/new": ["/report/new", "/report/new?object_name=deal&rows_by=expected_on:month&measure=sum(value)&chart=line"], "/report/{id}": [`/report/${firsts.get("report")}`],
	"/password": ["/password"], "/welcome": null, // shown by welcome.test.mjs
};
const gets = Object.keys(ROUTES).filter((route) => route.startsWith("GET /") && !route.includes("/api/")).map((route) => route.slice(4));

test("every address of a page is looked at", () => {
	assert.deepEqual(gets.filter((route) => SHOWN[route] === undefined), [], "an address is not in the table SHOWN of this test");
	assert.deepEqual(Object.keys(SHOWN).filter((route) => !gets.includes(route)), [], "an address in SHOWN is no address any more");
});

const LOOKS = WIDTHS.flatMap((width) => [{ width, dark: false }, { width, dark: true }]);
// Lists and records of most objects are drawn by the same templates: these are looked at in every look, the others
// in the two that differ most.
const WHOLE = ["organisation", "person", "deal", "task", "activity", "appointment", "inquiry", "quote", "order", "product", "report", "cadence"];
const PLAIN = [{ width: 360, dark: true }, { width: 1440, dark: false }];
const looksOf = (where) => {
	const object = /^\/(\w+)(?:\/\d+)?$/.exec(where)?.[1];
	return SHIPPED.includes(object) && !WHOLE.includes(object) ? PLAIN : LOOKS;
};
const nameOf = (where) => where.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") || "home";

async function showAll(routes) {
	const page = await browse(kontor), found = [];
	page.expected.push(/status of 404/);
	for (const [i, where] of routes.flatMap((route) => SHOWN[route] ?? []).entries()) {
		await page.goto(where);
		for (const look of looksOf(where)) {
			await page.person.turn(look);
			await page.person.look(`pages/${nameOf(where)}`);
			// In the two looks that differ most, all that axe knows; in the others, that all fits.
			const all = (look.width === 1440 && !look.dark) || (look.width === 360 && look.dark);
			if (look.width === 1440 && look.dark === (looksOf(where) === LOOKS && i % 2 === 0)) await page.person.contrast(where).catch((error) => found.push(`${error.message}: ${error.actual}`));
			await (all ? page.person.check(where) : page.person.fits(where)).catch((error) => found.push(`${error.message}: ${error.actual}`));
		}
		await page.person.turn({ width: 1440, dark: false });
	}
	await page.context().close();
	assert.deepEqual(found, [], found.join("\n"));
}

for (const [title, wanted] of [
	["lists, boards and calendars", ["/{object}"]],
	["records", ["/{object}/{id}"]],
	["every other page", gets.filter((route) => !["/{object}", "/{object}/{id}"].includes(route))],
])
	test(`UX-61 UX-63 ${title}: nothing sticks out and WCAG 2.2 AA holds at 360, 768 and 1440 px, light and dark`, () => showAll(wanted));

// 0.1 of the layout shift score is what the standard of the field calls good.
const twin = (await kontor.expect(200, "GET", `/api/v1/organisation/${firsts.get("organisation")}`, { token })).body;
const twice = (await kontor.expect(201, "POST", "/api/v1/organisation", { token, body: { name: twin.name, city: twin.city, email: twin.email } })).body.id;
for (const width of [360, 1440])
	test(`UX-63 nothing jumps while a page comes, at ${width} px`, async () => {
		const page = await browse(kontor, { width });
		await page.addInitScript(() => {
			window.shifts = [];
			new PerformanceObserver((list) => {
				for (const { value, hadRecentInput, sources } of list.getEntries()) if (!hadRecentInput) window.shifts.push({ value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 90)) });
			}).observe({ type: "layout-shift", buffered: true });
		});
		for (const where of ["/", "/organisation", "/organisation?group=city", "/deal?as=board", "/task?as=calendar", `/organisation/${firsts.get("organisation")}`, `/organisation/${twice}`, `/deal/${firsts.get("deal")}`, "/search?q=a", "/notifications", "/import", "/admin"]) {
			await page.goto(where);
			await page.person.settled();
			if (where.endsWith(`/${twice}`)) await page.locator("#twins .counted").waitFor();
			await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
			const shifts = await page.evaluate(() => window.shifts);
			const sum = shifts.reduce((all, { value }) => all + value, 0);
			assert.ok(sum <= 0.1, `${where} jumps by ${sum.toFixed(3)}: ${JSON.stringify(shifts)}`);
		}
		await page.context().close();
	});
