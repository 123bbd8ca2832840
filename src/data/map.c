#include "data/map.h"

#include "base/clock.h"
#include "base/hint.h"
#include "data/words.h"

#include <stdarg.h>

enum { LINE_MAX = 20000, SHOWN_MAX = 60, ERRORS_BYTES_MAX = 64 << 10, SCALE_MAX = 1000000000 };

struct reader {
	struct cx *cx;
	struct map *map;
	struct words *words; /* of the current statement */
	unsigned line;
	size_t n_pairs;
	struct buf errors;
	unsigned n_errors;
};

static void __attribute__((format(printf, 2, 3))) mistake(struct reader *r, const char *format, ...)
{
	char text[400];
	va_list args;

	if (++r->n_errors > MAP_ERRORS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (r->errors.n)
		buf_char(&r->errors, '\n');
	buf_printf(&r->errors, "%.*s:%u: %s", STR_FMT(r->map->name), r->line, text);
}

static struct str
shown(struct str s)
{
	return str_first(s, SHOWN_MAX);
}

static bool
take_words(struct reader *r, struct str line)
{
	const char *why;

	if (words_take(r->cx->mem, line, r->words, &why))
		return true;
	mistake(r, "%s", why);
	return false;
}

/* ---- options of field and link ---- */

struct option_row {
	const char *name;
	bool argument, rest; /* the next word is its own; all that follow are */
	bool link_only, field_only;
	void (*apply)(struct reader *r, struct map_rule *rule, struct str text);
};

static void
option_replace(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	(void)text;
	rule->closed = false;
}

static void
option_values(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	(void)text;
	rule->closed = true;
}

static void
option_prefix(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->prefix = text;
}

static void
option_slug(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->slug = text;
	rule->has_slug = true;
}

static void
option_scale(struct reader *r, struct map_rule *rule, struct str text)
{
	if (!str_int(text, 1, SCALE_MAX, &rule->scale))
		mistake(r, "scale needs a whole number from 1 to %d: %.*s", SCALE_MAX,
			STR_FMT(shown(text)));
}

static void
option_currency(struct reader *r, struct map_rule *rule, struct str text)
{
	bool good = text.n == 3;

	for (size_t i = 0; i < text.n; i++)
		good = good && text.p[i] >= 'A' && text.p[i] <= 'Z';
	if (!good)
		mistake(r, "a currency is three capital letters, such as EUR: %.*s",
			STR_FMT(shown(text)));
	rule->currency = text;
}

static void
option_currency_from(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->currency_from = text;
}

static void
option_split(struct reader *r, struct map_rule *rule, struct str text)
{
	if (!text.n)
		mistake(r, "split needs the text that stands between the parts, such as \";\"");
	rule->split = text;
}

static void
option_by(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->by = text;
}

static void
option_of(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->of = text;
}

static void
option_where(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	rule->where = text;
}

static void
option_create(struct reader *r, struct map_rule *rule, struct str text)
{
	(void)r;
	(void)text;
	rule->create = true;
}

/* All words behind it are its own. */
static void
option_alone(struct reader *r, struct map_rule *rule, struct str text)
{
	size_t at = r->words->n;

	(void)text;
	while (!str_eq_z(r->words->v[at - 1].text, "alone"))
		at--;
	for (; at < r->words->n; at++)
		list_add(r->cx->mem, &rule->alone, r->words->v[at].text);
	if (!rule->alone.n)
		mistake(r, "alone needs the fields that make a row more than this record");
}

static const struct option_row OPTIONS[] = {
	{ "replace", .apply = option_replace },
	{ "values", .apply = option_values },
	{ "prefix", .argument = true, .apply = option_prefix },
	{ "slug", .argument = true, .apply = option_slug },
	{ "split", .argument = true, .apply = option_split },
	{ "scale", .argument = true, .field_only = true, .apply = option_scale },
	{ "currency", .argument = true, .field_only = true, .apply = option_currency },
	{ "currency-from", .argument = true, .field_only = true, .apply = option_currency_from },
	{ "by", .argument = true, .link_only = true, .apply = option_by },
	{ "of", .argument = true, .link_only = true, .apply = option_of },
	{ "where", .argument = true, .link_only = true, .apply = option_where },
	{ "create", .link_only = true, .apply = option_create },
	{ "alone", .link_only = true, .rest = true, .apply = option_alone },
	{ 0 },
};

static const struct option_row *
option_of_word(const struct word *word)
{
	for (const struct option_row *row = OPTIONS; row->name; row++)
		if (!word->quoted && !word->pair && str_eq_z(word->text, row->name))
			return row;
	return NULL;
}

static void
option_unknown(struct reader *r, struct str word)
{
	struct hint hint = hint_for(word);

	for (const struct option_row *row = OPTIONS; row->name; row++)
		hint_offer(&hint, str_of(row->name));
	mistake(r, "unknown option: %.*s%s", STR_FMT(shown(word)),
		hint_text(NULL, r->cx->mem, &hint));
}

/* The pairs behind `replace` and `values`; returns where they end. */
static size_t
take_pairs(struct reader *r, struct map_rule *rule, size_t at)
{
	size_t first = at;

	for (; at < r->words->n && r->words->v[at].pair; at++) {
		struct map_pair pair = { r->words->v[at].text, r->words->v[at].value };

		if (r->n_pairs++ == MAP_PAIRS_MAX)
			mistake(r, "more than %d texts to replace", MAP_PAIRS_MAX);
		if (r->n_pairs > MAP_PAIRS_MAX)
			continue;
		rule->pairs = arena_grow(r->cx->mem, rule->pairs, rule->n_pairs, &rule->cap_pairs,
					 sizeof *rule->pairs);
		rule->pairs[rule->n_pairs++] = pair;
	}
	if (at == first)
		mistake(r, "replace and values need pairs, such as \"Closed Won\"=won");
	return at;
}

static void
option_check(struct reader *r, const struct map_rule *rule, const struct option_row *row)
{
	if (rule->kind == MAP_CONSTANT && !row->link_only)
		mistake(r, "%s does not belong to constant", row->name);
	else if (row->link_only && rule->kind == MAP_FIELD)
		mistake(r, "%s belongs to link, not to field", row->name);
	else if (row->field_only && rule->kind == MAP_LINK)
		mistake(r, "%s belongs to field, not to link", row->name);
}

static void
take_options(struct reader *r, struct map_rule *rule, size_t at)
{
	while (at < r->words->n) {
		const struct word *word = &r->words->v[at++];
		const struct option_row *row = option_of_word(word);

		if (!row) {
			option_unknown(r, word->text);
			return;
		}
		option_check(r, rule, row);
		if (row->argument && at == r->words->n) {
			mistake(r, "%s needs a word behind it", row->name);
			return;
		}
		row->apply(r, rule, row->argument ? r->words->v[at].text : S(""));
		if (row->rest)
			return;
		if (row->argument)
			at++;
		else if (row->apply == option_replace || row->apply == option_values)
			at = take_pairs(r, rule, at);
	}
}

/* ---- statements ---- */

static struct map_rule *
rule_add(struct reader *r, enum map_kind kind)
{
	struct map *map = r->map;
	struct map_rule *rule;

	if (map->n_rules == MAP_RULES_MAX) {
		mistake(r, "more than %d fields", MAP_RULES_MAX);
		return NULL;
	}
	map->rules = arena_grow(r->cx->mem, map->rules, map->n_rules, &map->cap_rules,
				sizeof *map->rules);
	rule = &map->rules[map->n_rules++];
	*rule = (struct map_rule){
		.kind = kind, .line = r->line, .scale = 1, .field = r->words->v[1].text
	};
	return rule;
}

static void
rule_with_columns(struct reader *r, enum map_kind kind)
{
	struct map_rule *rule = rule_add(r, kind);
	size_t at = 2;

	if (!rule)
		return;
	for (; at < r->words->n && !option_of_word(&r->words->v[at]); at++) {
		if (rule->n_columns == (kind == MAP_LINK ? 1 : MAP_JOINED_MAX)) {
			option_unknown(r, r->words->v[at].text);
			return;
		}
		if (r->words->v[at].pair)
			mistake(r, "a column whose name has = stands in quotes: %.*s",
				STR_FMT(shown(r->words->v[at].text)));
		rule->columns[rule->n_columns++] = r->words->v[at].text;
	}
	if (!rule->n_columns)
		mistake(r, "the column is missing behind %.*s", STR_FMT(shown(rule->field)));
	take_options(r, rule, at);
}

static void
statement_field(struct reader *r)
{
	rule_with_columns(r, MAP_FIELD);
}

static void
statement_link(struct reader *r)
{
	rule_with_columns(r, MAP_LINK);
}

static void
statement_constant(struct reader *r)
{
	struct map_rule *rule = rule_add(r, MAP_CONSTANT);

	if (!rule)
		return;
	rule->constant = r->words->v[2].text;
	take_options(r, rule, 3);
}

/* One pair of a part: a field and the column that fills it. */
static void
part_column(struct reader *r, struct map_rule *rule, const struct word *word)
{
	if (!word->pair || rule->n_columns == MAP_JOINED_MAX) {
		mistake(r,
			"a part has pairs of a field and its column, at most %d, such as value=Fax",
			MAP_JOINED_MAX);
		return;
	}
	rule->parts[rule->n_columns] = word->text;
	rule->columns[rule->n_columns++] = word->value;
}

static void
statement_part(struct reader *r)
{
	struct map_rule *rule = rule_add(r, MAP_PART);
	size_t at = 2;

	if (!rule)
		return;
	for (; at < r->words->n && !str_eq_z(r->words->v[at].text, "with"); at++)
		part_column(r, rule, &r->words->v[at]);
	if (at + 1 < r->words->n)
		at = take_pairs(r, rule, at + 1);
	if (at < r->words->n)
		mistake(r, "behind with stand pairs of a field and its value, such as type=fax");
	if (!rule->n_columns)
		mistake(r, "the column is missing behind %.*s", STR_FMT(shown(rule->field)));
}

static void
statement_object(struct reader *r)
{
	r->map->object = r->words->v[1].text;
	r->map->object_line = r->line;
}

static void
format_delimiter(struct reader *r, struct str value)
{
	if (str_eq_z(value, "tab"))
		value = S("\t");
	if (value.n != 1 || strchr("\"\r\n", value.p[0]))
		mistake(r, "a delimiter is one character, or tab: %.*s", STR_FMT(shown(value)));
	else
		r->map->csv.delimiter = value.p[0];
}

static void
format_encoding(struct reader *r, struct str value)
{
	if (!encoding_find(value, &r->map->csv.encoding))
		mistake(r,
			"unknown encoding: %.*s; known are auto, utf-8, windows-1252, iso-8859-15, "
			"utf-16",
			STR_FMT(shown(value)));
}

static void
format_header(struct reader *r, struct str value)
{
	if (!str_eq_z(value, "yes") && !str_eq_z(value, "no"))
		mistake(r, "header is yes or no: %.*s", STR_FMT(shown(value)));
	r->map->header = str_eq_z(value, "yes");
}

static void
statement_format(struct reader *r)
{
	static const struct {
		const char *name;
		void (*apply)(struct reader *r, struct str value);
	} settings[] = {
		{ "delimiter", format_delimiter },
		{ "encoding", format_encoding },
		{ "header", format_header },
	};
	struct str kind = r->words->v[1].text;

	r->map->csv.columns = str_eq_z(kind, "columns");
	r->map->csv.form = str_eq_z(kind, "sheet")   ? FORM_SHEET
			   : str_eq_z(kind, "cards") ? FORM_CARDS
						     : FORM_TEXT;
	if (!r->map->csv.columns && !r->map->csv.form && !str_eq_z(kind, "csv"))
		mistake(r, "unknown format: %.*s; known are csv, columns, sheet and cards",
			STR_FMT(shown(kind)));
	for (size_t at = 2; at < r->words->n; at++) {
		const struct word *word = &r->words->v[at];
		size_t i = 0;

		while (i < countof(settings) && !str_eq_z(word->text, settings[i].name))
			i++;
		if (i == countof(settings) || !word->pair)
			mistake(r,
				"unknown setting: %.*s; known are delimiter=, encoding=, header=",
				STR_FMT(shown(word->text)));
		else
			settings[i].apply(r, word->value);
	}
}

static void
take_list(struct reader *r, struct strs *out)
{
	for (size_t at = 1; at < r->words->n; at++)
		list_add(r->cx->mem, out, r->words->v[at].text);
}

static void
statement_columns(struct reader *r)
{
	take_list(r, &r->map->columns);
}

static void
statement_empty(struct reader *r)
{
	take_list(r, &r->map->empty);
}

static void
statement_skip(struct reader *r)
{
	struct map *map = r->map;

	for (size_t at = 1; at < r->words->n; at++) {
		map->skip_lines = arena_grow(r->cx->mem, map->skip_lines, map->skip.n,
					     &map->cap_skip_lines, sizeof *map->skip_lines);
		map->skip_lines[map->skip.n] = r->line;
		list_add(r->cx->mem, &map->skip, r->words->v[at].text);
	}
}

static void
statement_dates(struct reader *r)
{
	r->map->dates = r->words->v[1].text;
	if (!date_format_is_good(r->map->dates))
		mistake(r, "a date has YYYY, MM and DD once each, such as DD.MM.YYYY: %.*s",
			STR_FMT(shown(r->map->dates)));
}

static void
statement_zone(struct reader *r)
{
	r->map->zone = r->words->v[1].text;
	if (!zone_find(r->map->zone))
		mistake(r, "unknown zone: %.*s; write one such as Europe/Berlin",
			STR_FMT(shown(r->map->zone)));
}

static void
statement_region(struct reader *r)
{
	struct str region = r->words->v[1].text;

	r->map->region = region;
	if (region.n != 2 || region.p[0] < 'A' || region.p[0] > 'Z' || region.p[1] < 'A' ||
	    region.p[1] > 'Z')
		mistake(r, "a region is two capital letters, such as DE: %.*s",
			STR_FMT(shown(region)));
}

static void
statement_numbers(struct reader *r)
{
	struct str sign = r->words->v[1].text;

	if (sign.n != 1 || (sign.p[0] != '.' && sign.p[0] != ','))
		mistake(r, "the decimal sign of numbers is . or , : %.*s", STR_FMT(shown(sign)));
	else
		r->map->decimal = sign.p[0];
}

static void
statement_match(struct reader *r)
{
	struct map *map = r->map;

	if (map->match.n)
		mistake(r, "match stands a second time; the first is in line %u", map->match_line);
	map->match = r->words->v[1].text;
	map->match_line = r->line;
	for (size_t at = 2; at < r->words->n; at++) {
		struct str word = r->words->v[at].text;

		if (str_eq_z(word, "create"))
			map->updates = false;
		else if (str_eq_z(word, "update"))
			map->creates = false;
		else if (str_eq_z(word, "clear"))
			map->clears = true;
		else if (str_eq_z(word, "named"))
			map->named = true;
		else if (str_eq_z(word, "or") && at + 1 < r->words->n)
			map->match_or = r->words->v[++at].text;
		else if (str_eq_z(word, "where") && at + 1 < r->words->n)
			map->match_where = r->words->v[++at].text;
		else if (!str_eq_z(word, "both"))
			mistake(r,
				"unknown word: %.*s; known are or, create, update, both, clear, named, "
				"where",
				STR_FMT(shown(word)));
	}
	if (!map->updates && !map->creates)
		mistake(r, "create and update together are said by neither");
}

static const struct statement {
	const char *name;
	size_t min, max; /* words behind the keyword */
	const char *usage;
	void (*apply)(struct reader *r);
} STATEMENTS[] = {
	{ "object", 1, 1, "object NAME", statement_object },
	{ "format", 1, 4,
	  "format csv|columns|sheet|cards [delimiter=C] [encoding=NAME] [header=yes|no]",
	  statement_format },
	{ "columns", 1, WORDS_MAX, "columns NAME …", statement_columns },
	{ "dates", 1, 1, "dates DD-MM-YYYY", statement_dates },
	{ "numbers", 1, 1, "numbers .|,", statement_numbers },
	{ "zone", 1, 1, "zone Europe/Berlin", statement_zone },
	{ "region", 1, 1, "region DE", statement_region },
	{ "empty", 1, WORDS_MAX, "empty TEXT …", statement_empty },
	{ "match", 1, 8, "match FIELD [or FIELD] [create|update] [clear] [named] [where CONDITION]",
	  statement_match },
	{ "field", 2, WORDS_MAX, "field FIELD COLUMN … [options]", statement_field },
	{ "link", 2, WORDS_MAX, "link FIELD COLUMN [by KEY] [of OBJECT] [create] [options]",
	  statement_link },
	{ "constant", 2, WORDS_MAX, "constant FIELD VALUE [by KEY] [of OBJECT] [create]",
	  statement_constant },
	{ "part", 2, WORDS_MAX, "part OBJECT FIELD=COLUMN … [with FIELD=VALUE …]", statement_part },
	{ "skip", 1, WORDS_MAX, "skip COLUMN …", statement_skip },
	{ 0 },
};

static void
statement_unknown(struct reader *r, struct str word)
{
	struct hint hint = hint_for(word);

	for (const struct statement *st = STATEMENTS; st->name; st++)
		hint_offer(&hint, str_of(st->name));
	mistake(r, "unknown statement: %.*s%s", STR_FMT(shown(word)),
		hint_text(NULL, r->cx->mem, &hint));
}

static void
read_statement(struct reader *r)
{
	const struct statement *st = STATEMENTS;
	struct str keyword = r->words->v[0].text;
	size_t n = r->words->n - 1;

	while (st->name && !str_eq_z(keyword, st->name))
		st++;
	if (!st->name)
		statement_unknown(r, keyword);
	else if (n < st->min || n > st->max)
		mistake(r, "write: %s", st->usage);
	else
		st->apply(r);
}

static bool
line_is_clean(struct reader *r, struct str line)
{
	size_t bad_at;

	if (line.n > LINE_MAX)
		mistake(r, "the line is longer than %d bytes", LINE_MAX);
	else if (!str_is_utf8(line, &bad_at))
		mistake(r, "byte %zu of the line is not UTF-8 text", bad_at + 1);
	else
		return true;
	return false;
}

struct map
map_default(struct str name)
{
	return (struct map){ .name = name, .header = true, .creates = true, .updates = true };
}

bool
map_parse(struct cx *cx, struct str name, struct str text, struct map *out)
{
	struct map map = map_default(name);
	struct reader r = { .cx = cx, .map = &map, .errors = buf_in(cx->mem, ERRORS_BYTES_MAX) };

	if (text.n > MAP_TEXT_MAX)
		return fail(cx, E_TOO_BIG, "%.*s: a map may have %d bytes at most", STR_FMT(name),
			    MAP_TEXT_MAX);
	if (str_starts(text, S("\xef\xbb\xbf")))
		text = str_from(text, 3);
	r.words = new(cx->mem, struct words);
	for (r.line = 1; text.n; r.line++) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line_is_clean(&r, line) && take_words(&r, line) && r.words->n)
			read_statement(&r);
	}
	if (!r.n_errors) {
		*out = map;
		return true;
	}
	fail(cx, E_INPUT, NULL);
	cx->err.why = buf_done(&r.errors);
	return false;
}
