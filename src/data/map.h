/* The map file: how the columns of a file become the fields of an object.  One statement per line,
 * in the manner of the model's text; `#` begins a comment; quotes stand around text with blanks.
 *
 *   object   organisation
 *   format   csv delimiter=; encoding=windows-1252 header=yes     (delimiter=tab, encoding=auto)
 *   format   columns header=no          cells stand apart by blanks
 *   format   sheet                      a workbook (XLSX); format cards: vCards.  Their own format
 *                                       holds whatever a map says
 *   columns  customer date cds dollars  names, instead of those of the header
 *   dates    DD-MM-YYYY
 *   numbers  .                          the decimal sign
 *   zone     Europe/Berlin              of moments without an offset
 *   region   US                         of telephone numbers without a country
 *   empty    null -                     texts that mean "nothing" (besides no text at all)
 *   match    external_id [or FIELD] [create|update] [clear] [named] [where CONDITION]
 *            a record with the same value (among those of the condition) is changed, else one is
 *            made; create, update: only that; clear: an empty cell empties the field of a record
 *            that is there (else it leaves the field as it is)
 *   field    FIELD COLUMN… [option…]    several columns are joined by a blank; @row is the number
 * of the row link     FIELD COLUMN [by KEY] [of OBJECT] [where CONDITION] [create] [option…] the
 * record whose KEY (default: its title) equals the cell; create: made when missing constant FIELD
 * VALUE [by KEY] [of OBJECT] [where CONDITION] [create] skip     COLUMN…                    not
 * used, and that is right
 *   part     OBJECT FIELD=COLUMN… [with FIELD=VALUE…]
 *            a record of its own below that of the row (its parent), where one of the columns has
 *            text: part contact_point value="E-mail 2" with type=email
 *
 * `or`: rows that are empty in the first field of match are matched by the second.  `named`: a
 * record that has the same value but is called otherwise is another one.
 *
 * A CONDITION is one word, so it stands in quotes: where "pipeline.name = Sales".
 *
 * Options of field and link:
 *   replace a=b c=d     these texts become others, the rest stays (compared folded)
 *   values  a=b c=d     only these texts are known; any other is reported
 *   prefix TEXT         put before a text that is not empty
 *   slug TEXT           lower-case letters and digits, everything else becomes TEXT: "Eva Roth" →
 * eva.roth scale N             a number is multiplied by N currency EUR        of amounts that name
 * none currency-from COLUMN split TEXT          the cell holds several, with TEXT between them
 * (tags, links to many)
 *   alone FIELD…         of a link: a row in which none of these fields has text is the linked
 * record itself (a file of people in which some lines are about a company alone); stands last */
#ifndef KONTOR_DATA_MAP_H
#define KONTOR_DATA_MAP_H

#include "data/csv.h"

enum {
	MAP_TEXT_MAX = 1 << 20,
	MAP_RULES_MAX = 500,
	MAP_PAIRS_MAX = 5000, /* of one map */
	MAP_JOINED_MAX = 8,   /* columns of one field */
	MAP_ERRORS_MAX = 100,
};

struct map_pair {
	struct str from, to;
};

enum map_kind { MAP_FIELD, MAP_LINK, MAP_CONSTANT, MAP_PART };

struct map_rule {
	enum map_kind kind;
	unsigned line;    /* 0: not from a file */
	struct str field; /* of a part: its object */
	struct str columns[MAP_JOINED_MAX];
	size_t n_columns;
	struct str constant;
	struct map_pair *pairs;
	size_t n_pairs, cap_pairs;
	bool closed; /* values: no other text is known */
	struct str prefix, slug, split, currency, currency_from;
	bool has_slug;
	int64_t scale; /* 1: none */
	struct str by, of, where;
	bool create;
	struct strs alone;
	struct str parts[MAP_JOINED_MAX]; /* of a part: the fields that the columns fill; pairs: the
					     others */
};

struct map {
	struct str name; /* of the file, for messages */
	struct str object;
	unsigned object_line;
	struct csv_options csv;
	bool header;         /* the first row holds names */
	struct strs columns; /* names given by the map; else those of the header */
	struct str dates, zone, region;
	char decimal;
	struct strs empty;
	struct str match, match_or, match_where;
	unsigned match_line;
	bool creates, updates, clears, named;
	struct map_rule *rules;
	size_t n_rules, cap_rules;
	struct strs skip;
	unsigned *skip_lines; /* of each */
	size_t cap_skip_lines;
};

/* A map that says nothing: CSV with a header, create and update. */
struct map map_default(struct str name);

/* Parse a map's text; everything lives in cx->mem or is borrowed from text.  On failure every
 * mistake is listed, one line each, "accounts.map:7: …", in cx->err.why (E_INPUT). */
bool map_parse(struct cx *cx, struct str name, struct str text, struct map *out) CHECKED;

#endif
