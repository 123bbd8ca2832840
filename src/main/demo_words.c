#include "main/demo.h"

#include "base/i18n.h"

/* clang-format off */
const char *const DEMO_WOMEN[] = { "Anna", "Maria", "Julia", "Katrin", "Sabine", "Petra", "Claudia", "Lena", "Laura", "Sarah",
	"Christine", "Monika", "Ursula", "Ingrid", "Renate", "Jana", "Nadine", "Stefanie", "Birgit", "Heike", "Aylin", "Fatma",
	"Sophie", "Mia", "Emma", "Hannah", "Johanna", "Charlotte", "Frieda", "Käthe", "Jördis", "Zoë", NULL };
const char *const DEMO_MEN[] = { "Thomas", "Michael", "Andreas", "Peter", "Stefan", "Christian", "Jürgen", "Günther", "Klaus",
	"Wolfgang", "Matthias", "Markus", "Frank", "Jörg", "Uwe", "Dirk", "Sven", "Tobias", "Jan", "Lukas", "Felix", "Paul",
	"Leon", "Emre", "Mehmet", "Björn", "Sören", "Xaver", "Anton", "Karl", "Friedrich", "Maximilian", NULL };
const char *const DEMO_FAMILIES[] = { "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz",
	"Hoffmann", "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann",
	"Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Schmitt", "Werner", "Krause", "Meier", "Lehmann", "Schmid",
	"Köhler", "Maier", "Herrmann", "König", "Walter", "Mayer", "Huber", "Kaiser", "Fuchs", "Peters", "Lang", "Scholz",
	"Möller", "Weiß", "Jung", "Hahn", "Schubert", "Vogel", "Friedrich", "Keller", "Günther", "Frank", "Berger", "Winkler",
	"Roth", "Beck", "Lorenz", "Baumann", "Franke", "Albrecht", "Schuster", "Simon", "Ludwig", "Böhm", "Winter", "Kraus",
	"Schumacher", "Krämer", "Vogt", "Stein", "Jäger", "Otto", "Sommer", "Groß", "Seidel", "Heinrich", "Brandt", "Haas",
	"Schreiber", "Graf", "Dietrich", "Ziegler", "Kuhn", "Kühn", "Pohl", "Engel", "Horn", "Busch", "Bergmann", "Yılmaz",
	"Kaya", "Nowak", "Kowalski", "Thiel", "Pfeiffer", "Sauer", "Arnold", "Wolff", "Götz", "Größer", "Strauß", NULL };
const char *const DEMO_STREETS[] = { "Hauptstraße", "Bahnhofstraße", "Gartenstraße", "Schulstraße", "Dorfstraße", "Bergstraße",
	"Lindenstraße", "Birkenweg", "Kirchstraße", "Waldstraße", "Ringstraße", "Industriestraße", "Am Hafen", "Gewerbepark",
	"Goethestraße", "Schillerstraße", "Mozartweg", "Rosenweg", "Amselweg", "Königsallee", "Marktplatz", "Mühlenweg",
	"Siemensstraße", "Robert-Bosch-Straße", "Daimlerstraße", "Max-Planck-Straße", "An der Ziegelei", "Zur Alten Fähre", NULL };
const char *const DEMO_TRADES[] = { "Maschinenbau", "Metallbau", "Werkzeugbau", "Elektrotechnik", "Anlagenbau", "Haustechnik",
	"Tischlerei", "Zimmerei", "Dachdeckerei", "Autohaus", "Spedition", "Logistik", "Bäckerei", "Brauerei", "Gartenbau",
	"Landtechnik", "Medizintechnik", "Verpackungen", "Kunststofftechnik", "Druckerei", "Sanitär", "Kältetechnik",
	"Bauunternehmung", "Möbelwerkstätten", "Feinmechanik", "Hydraulik", "Gießerei", "Textilwerke", NULL };
const char *const DEMO_FORMS[] = { "GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG", "OHG", "e. K.", "UG (haftungsbeschränkt)",
	"eG", NULL };
const char *const DEMO_INDUSTRIES[] = { N_("Mechanical engineering"), N_("Metalworking"), N_("Electrical engineering"), N_("Crafts"), N_("Construction"), N_("Automotive"), N_("Logistics"),
	N_("Food"), N_("Agriculture"), N_("Medical technology"), N_("Plastics"), N_("Printing and paper"), N_("Furniture"), N_("Textiles"),
	N_("Public sector"), NULL };
const char *const DEMO_SOURCES[] = { N_("Trade fair"), N_("Referral"), N_("Website"), N_("Telephone call"), N_("Advertisement"), N_("Cold call"), N_("Existing customer"),
	N_("Newsletter"), NULL };
const char *const DEMO_CALLS[] = { N_("Call back about the inquiry"), N_("Delivery date agreed"), N_("Follow-up on the quote"), N_("Complaint taken down"),
	N_("Appointment made"), N_("Question about prices"), N_("Question about the invoice"), N_("Asked what is needed"), NULL };
const char *const DEMO_MEETINGS[] = { N_("Needs analysis on site"), N_("Product demonstration"), N_("Yearly review"), N_("Contract negotiation"),
	N_("Tour of the works"), N_("Training of the operators"), N_("Acceptance of the machine"), NULL };
const char *const DEMO_MAILS[] = { N_("Quote sent"), N_("Papers for our meeting"), N_("Order confirmation"), N_("Invitation to our open days"),
	N_("Question about the dimensions"), N_("Thanks for your visit"), N_("New price list"), NULL };
const char *const DEMO_BODIES[] = { N_("The customer wants a quote for two variants; delivery by the end of the quarter."),
	N_("From next month on, the head of purchasing is our contact. Please send the papers to him."),
	N_("Very pleased with the last delivery. Interested in accessories and in a service contract."),
	N_("Price decides; a competitor is about eight per cent lower."),
	N_("The decision comes after the board meeting. Follow up in two weeks."),
	N_("The machine has been down since Monday; a technician comes tomorrow morning."),
	N_("Wishes to be contacted by e-mail only from now on."), N_("Asks about financing over 36 months."), NULL };
const char *const DEMO_TASKS[] = { N_("Follow up on the quote"), N_("Call back"), N_("Send the papers"), N_("Prepare the meeting"), N_("Check the contract"),
	N_("Send a sample"), N_("Check the address"), N_("Congratulate on the birthday"), NULL };
const char *const DEMO_NEXT_STEPS[] = { N_("Write a quote"), N_("Make an appointment"), N_("Plan a demonstration"), N_("Negotiate the price"),
	N_("Call who decides"), N_("Name a reference"), NULL };
const char *const DEMO_JOBS[] = { N_("Purchasing"), N_("Management board"), N_("Technical management"), N_("Production"), N_("Accounting"), N_("Assistance"), NULL };

const struct demo_city DEMO_CITIES[] = {
	{ "Berlin", "10115", "Berlin", "30" }, { "Hamburg", "20095", "Hamburg", "40" }, { "München", "80331", "Bayern", "89" },
	{ "Köln", "50667", "Nordrhein-Westfalen", "221" }, { "Frankfurt am Main", "60311", "Hessen", "69" },
	{ "Stuttgart", "70173", "Baden-Württemberg", "711" }, { "Düsseldorf", "40213", "Nordrhein-Westfalen", "211" },
	{ "Leipzig", "04109", "Sachsen", "341" }, { "Dortmund", "44135", "Nordrhein-Westfalen", "231" },
	{ "Essen", "45127", "Nordrhein-Westfalen", "201" }, { "Bremen", "28195", "Bremen", "421" },
	{ "Dresden", "01067", "Sachsen", "351" }, { "Hannover", "30159", "Niedersachsen", "511" },
	{ "Nürnberg", "90402", "Bayern", "911" }, { "Duisburg", "47051", "Nordrhein-Westfalen", "203" },
	{ "Bochum", "44787", "Nordrhein-Westfalen", "234" }, { "Wuppertal", "42103", "Nordrhein-Westfalen", "202" },
	{ "Bielefeld", "33602", "Nordrhein-Westfalen", "521" }, { "Bonn", "53111", "Nordrhein-Westfalen", "228" },
	{ "Münster", "48143", "Nordrhein-Westfalen", "251" }, { "Karlsruhe", "76131", "Baden-Württemberg", "721" },
	{ "Mannheim", "68159", "Baden-Württemberg", "621" }, { "Augsburg", "86150", "Bayern", "821" },
	{ "Wiesbaden", "65183", "Hessen", "611" }, { "Kiel", "24103", "Schleswig-Holstein", "431" },
	{ "Lübeck", "23552", "Schleswig-Holstein", "451" }, { "Erfurt", "99084", "Thüringen", "361" },
	{ "Rostock", "18055", "Mecklenburg-Vorpommern", "381" }, { "Mainz", "55116", "Rheinland-Pfalz", "6131" },
	{ "Kassel", "34117", "Hessen", "561" }, { "Saarbrücken", "66111", "Saarland", "681" },
	{ "Freiburg im Breisgau", "79098", "Baden-Württemberg", "761" }, { "Ulm", "89073", "Baden-Württemberg", "731" },
	{ "Würzburg", "97070", "Bayern", "931" }, { "Göttingen", "37073", "Niedersachsen", "551" },
	{ "Görlitz", "02826", "Sachsen", "3581" }, { "Tübingen", "72070", "Baden-Württemberg", "7071" },
	{ "Weißenfels", "06667", "Sachsen-Anhalt", "3443" }, { "Lüneburg", "21335", "Niedersachsen", "4131" },
	{ "Coburg", "96450", "Bayern", "9561" }, { 0 }
};

const struct demo_product DEMO_PRODUCTS[] = {
	{ N_("Pillar drill SB 20"), N_("Drilling"), 129900 }, { N_("Pillar drill SB 32"), N_("Drilling"), 349000 },
	{ N_("Radial drill RB 50"), N_("Drilling"), 1895000 }, { N_("Lathe DM 400"), N_("Turning"), 2450000 },
	{ N_("Lathe DM 660"), N_("Turning"), 4890000 }, { N_("CNC turning centre DZ 200"), N_("Turning"), 11900000 },
	{ N_("Milling machine FM 40"), N_("Milling"), 1780000 }, { N_("CNC milling centre FZ 500"), N_("Milling"), 14900000 },
	{ N_("Band saw BS 250"), N_("Sawing"), 420000 }, { N_("Band saw BS 400"), N_("Sawing"), 990000 },
	{ N_("Welder SG 180"), N_("Welding"), 89000 }, { N_("Welder SG 350"), N_("Welding"), 289000 },
	{ N_("Dust extractor AB 10"), N_("Accessories"), 159000 }, { N_("Workbench WB 2000"), N_("Furnishing"), 69900 },
	{ N_("Tool cabinet WS 7"), N_("Furnishing"), 84900 }, { N_("Compressor KP 90"), N_("Compressed air"), 119000 },
	{ N_("Compressor KP 500"), N_("Compressed air"), 549000 }, { N_("Lifting platform HB 3"), N_("Lifting"), 379000 },
	{ N_("Pillar crane SK 1"), N_("Lifting"), 269000 }, { N_("Cordless driver AS 18"), N_("Hand tools"), 18900 },
	{ N_("Angle grinder WS 125"), N_("Hand tools"), 12900 }, { N_("HSS drill set, 25 pieces"), N_("Consumables"), 4990 },
	{ N_("Cooling lubricant, 20 l"), N_("Consumables"), 8900 }, { N_("Service contract Basic"), N_("Services"), 59000 },
	{ N_("Service contract Plus"), N_("Services"), 129000 }, { N_("CNC training, two days"), N_("Services"), 98000 }, { 0 }
};
/* clang-format on */
