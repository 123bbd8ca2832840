#include "main/demo.h"

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
const char *const DEMO_INDUSTRIES[] = { "Maschinenbau", "Metallverarbeitung", "Elektro", "Handwerk", "Bau", "Automobil", "Logistik",
	"Lebensmittel", "Landwirtschaft", "Medizintechnik", "Kunststoff", "Druck und Papier", "Möbel", "Textil",
	"Öffentliche Hand", NULL };
const char *const DEMO_SOURCES[] = { "Messe", "Empfehlung", "Webseite", "Telefonanruf", "Anzeige", "Kaltakquise", "Bestandskunde",
	"Newsletter", NULL };
const char *const DEMO_CALLS[] = { "Rückruf zur Anfrage", "Liefertermin geklärt", "Nachfassen zum Angebot", "Reklamation aufgenommen",
	"Terminvereinbarung", "Preisanfrage", "Frage zur Rechnung", "Bedarf abgefragt", NULL };
const char *const DEMO_MEETINGS[] = { "Bedarfsanalyse vor Ort", "Produktvorführung", "Jahresgespräch", "Vertragsverhandlung",
	"Werksbesichtigung", "Schulung der Bediener", "Abnahme der Maschine", NULL };
const char *const DEMO_MAILS[] = { "Angebot versandt", "Unterlagen zum Gespräch", "Auftragsbestätigung", "Einladung zur Hausmesse",
	"Rückfrage zu den Maßen", "Dank für den Besuch", "Neue Preisliste", NULL };
const char *const DEMO_BODIES[] = { "Der Kunde wünscht ein Angebot über zwei Varianten; Lieferung bis Quartalsende.",
	"Ansprechpartner ist ab nächstem Monat der Leiter des Einkaufs. Bitte Unterlagen an ihn senden.",
	"Mit der letzten Lieferung sehr zufrieden. Interesse an Zubehör und an einem Wartungsvertrag.",
	"Preis ist das entscheidende Kriterium, ein Mitbewerber liegt rund acht Prozent darunter.",
	"Entscheidung fällt nach der Sitzung der Geschäftsleitung. Wiedervorlage in zwei Wochen.",
	"Die Maschine steht seit Montag; Techniker ist für morgen früh bestellt.",
	"Möchte künftig nur noch per E-Mail angesprochen werden.", "Fragt nach Finanzierung über 36 Monate.", NULL };
const char *const DEMO_TASKS[] = { "Angebot nachfassen", "Rückruf", "Unterlagen senden", "Termin vorbereiten", "Vertrag prüfen",
	"Muster schicken", "Adresse prüfen", "Geburtstag gratulieren", NULL };
const char *const DEMO_NEXT_STEPS[] = { "Angebot erstellen", "Termin vereinbaren", "Vorführung planen", "Preis verhandeln",
	"Entscheider anrufen", "Referenz nennen", NULL };
const char *const DEMO_JOBS[] = { "Einkauf", "Geschäftsführung", "Technische Leitung", "Produktion", "Buchhaltung", "Assistenz", NULL };

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
	{ "Ständerbohrmaschine SB 20", "Bohren", 129900 }, { "Ständerbohrmaschine SB 32", "Bohren", 349000 },
	{ "Radialbohrmaschine RB 50", "Bohren", 1895000 }, { "Drehmaschine DM 400", "Drehen", 2450000 },
	{ "Drehmaschine DM 660", "Drehen", 4890000 }, { "CNC-Drehzentrum DZ 200", "Drehen", 11900000 },
	{ "Fräsmaschine FM 40", "Fräsen", 1780000 }, { "CNC-Fräszentrum FZ 500", "Fräsen", 14900000 },
	{ "Bandsäge BS 250", "Sägen", 420000 }, { "Bandsäge BS 400", "Sägen", 990000 },
	{ "Schweißgerät SG 180", "Schweißen", 89000 }, { "Schweißgerät SG 350", "Schweißen", 289000 },
	{ "Absaugung AB 10", "Zubehör", 159000 }, { "Werkbank WB 2000", "Einrichtung", 69900 },
	{ "Werkzeugschrank WS 7", "Einrichtung", 84900 }, { "Kompressor KP 90", "Druckluft", 119000 },
	{ "Kompressor KP 500", "Druckluft", 549000 }, { "Hebebühne HB 3", "Heben", 379000 },
	{ "Säulenkran SK 1", "Heben", 269000 }, { "Akkuschrauber AS 18", "Handwerkzeug", 18900 },
	{ "Winkelschleifer WS 125", "Handwerkzeug", 12900 }, { "Bohrersatz HSS 25-teilig", "Verbrauch", 4990 },
	{ "Kühlschmierstoff 20 l", "Verbrauch", 8900 }, { "Wartungsvertrag Basis", "Service", 59000 },
	{ "Wartungsvertrag Plus", "Service", 129000 }, { "Schulung CNC, zwei Tage", "Service", 98000 }, { 0 }
};
/* clang-format on */
