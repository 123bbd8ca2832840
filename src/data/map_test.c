#include "data/map.h"

#include "base/test.h"
#include "data/words.h"

enum { SHOWN_MAX = 1 << 16 };

static void
print_rule(struct buf *b, const struct map_rule *rule)
{
	static const char *const kinds[] = { "field", "link", "constant" };

	buf_printf(b, "%u %s %.*s <", rule->line, kinds[rule->kind], STR_FMT(rule->field));
	for (size_t i = 0; i < rule->n_columns; i++)
		buf_printf(b, "%s%.*s", i ? "," : "", STR_FMT(rule->columns[i]));
	buf_printf(b, "%.*s>", STR_FMT(rule->constant));
	for (size_t i = 0; i < rule->n_pairs; i++)
		buf_printf(b, " %.*s→%.*s", STR_FMT(rule->pairs[i].from),
			   STR_FMT(rule->pairs[i].to));
	if (rule->closed)
		BUF_LIT(b, " closed");
	if (rule->prefix.n)
		buf_printf(b, " prefix %.*s", STR_FMT(rule->prefix));
	if (rule->has_slug)
		buf_printf(b, " slug '%.*s'", STR_FMT(rule->slug));
	if (rule->split.n)
		buf_printf(b, " split %.*s", STR_FMT(rule->split));
	if (rule->scale != 1)
		buf_printf(b, " scale %lld", (long long)rule->scale);
	if (rule->currency.n || rule->currency_from.n)
		buf_printf(b, " currency %.*s%.*s", STR_FMT(rule->currency),
			   STR_FMT(rule->currency_from));
	if (rule->by.n || rule->of.n)
		buf_printf(b, " by %.*s of %.*s", STR_FMT(rule->by), STR_FMT(rule->of));
	if (rule->where.n)
		buf_printf(b, " where %.*s", STR_FMT(rule->where));
	if (rule->create)
		BUF_LIT(b, " create");
	BUF_LIT(b, "; ");
}

static void
print_settings(struct buf *b, const struct map *map)
{
	if (map->object.n)
		buf_printf(b, "%u object %.*s; ", map->object_line, STR_FMT(map->object));
	if (map->csv.columns || map->csv.delimiter || map->csv.encoding || !map->header)
		buf_printf(b, "format %d '%c' %s %d; ", map->csv.columns,
			   map->csv.delimiter ? map->csv.delimiter : '-',
			   ENCODING_NAMES[map->csv.encoding], map->header);
	if (map->dates.n || map->zone.n || map->region.n || map->decimal)
		buf_printf(b, "dates %.*s zone %.*s region %.*s numbers '%c'; ",
			   STR_FMT(map->dates), STR_FMT(map->zone), STR_FMT(map->region),
			   map->decimal);
	if (map->match.n)
		buf_printf(b, "%u match %.*s %d%d%d; ", map->match_line, STR_FMT(map->match),
			   map->creates, map->updates, map->clears);
	if (map->match_where.n)
		buf_printf(b, "where %.*s; ", STR_FMT(map->match_where));
}

/* The map without what is as in a map that says nothing; or the mistakes. */
static struct str
shown_map(struct cx *cx, struct str text)
{
	struct buf b = buf_in(cx->mem, SHOWN_MAX);
	struct map map;

	if (!map_parse(cx, S("a.map"), text, &map))
		return cx->err.why;
	print_settings(&b, &map);
	for (size_t i = 0; i < map.columns.n; i++)
		buf_printf(&b, "[%.*s]", STR_FMT(map.columns.v[i]));
	for (size_t i = 0; i < map.empty.n; i++)
		buf_printf(&b, "empty '%.*s'; ", STR_FMT(map.empty.v[i]));
	for (size_t i = 0; i < map.n_rules; i++)
		print_rule(&b, &map.rules[i]);
	for (size_t i = 0; i < map.skip.n; i++)
		buf_printf(&b, "%u skip %.*s; ", map.skip_lines[i], STR_FMT(map.skip.v[i]));
	return b.n ? buf_done(&b) : S("nothing");
}

static const struct {
	struct str in;
	const char *want;
} cases[] = {
	{ S_INIT(""), "nothing" },
	{ S_INIT("\xef\xbb\xbf# only a comment\r\n\n  # another\n"), "nothing" },
	{ S_INIT("object organisation # with faces\n"), "1 object organisation; " },
	{ S_INIT("format csv delimiter=; encoding=windows-1252"), "format 0 ';' windows-1252 1; " },
	{ S_INIT("format csv delimiter=\" \""), "format 0 ' ' auto 1; " },
	{ S_INIT("format csv delimiter=tab"), "format 0 '\t' auto 1; " },
	{ S_INIT("format columns header=no\ncolumns a \"b c\"\n"),
	  "format 1 '-' auto 0; [a][b c]" },
	{ S_INIT("dates DD-MM-YYYY\nnumbers ,\nzone Europe/Berlin\nregion US\n"),
	  "dates DD-MM-YYYY zone Europe/Berlin region US numbers ','; " },
	{ S_INIT("empty null \"\" - \"n/a\""), "empty 'null'; empty ''; empty '-'; empty 'n/a'; " },
	{ S_INIT("\nmatch external_id"), "2 match external_id 110; " },
	{ S_INIT("match external_id both"), "1 match external_id 110; " },
	{ S_INIT("match external_id create"), "1 match external_id 100; " },
	{ S_INIT("match external_id update clear"), "1 match external_id 011; " },
	{ S_INIT("field name account"), "1 field name <account>; " },
	{ S_INIT("field name \"First name\" last \"slug\" prefix \"\\\"x\\\\\""),
	  "1 field name <First name,last,slug> prefix \"x\\; " },
	{ S_INIT("field industry sector replace technolgy=technology \"real estate\"=property"),
	  "1 field industry <sector> technolgy→technology real estate→property; " },
	{ S_INIT("field outcome stage values Won=won \"Lost=x\"=\"lost deal\""),
	  "1 field outcome <stage> Won→won Lost=x→lost deal closed; " },
	{ S_INIT("field login agent slug .  # eva.roth"), "1 field login <agent> slug '.'; " },
	{ S_INIT("field revenue revenue scale 1000000 currency USD"),
	  "1 field revenue <revenue> scale 1000000 currency USD; " },
	{ S_INIT("field tags labels split \";\" replace a=b"),
	  "1 field tags <labels> a→b split ;; " },
	{ S_INIT("field value amount currency-from cur"), "1 field value <amount> currency cur; " },
	{ S_INIT("link parent_party parent by name of organisation create"),
	  "1 link parent_party <parent> by name of organisation create; " },
	{ S_INIT("constant roles customer\nskip a \"b c\"\nskip d"),
	  "1 constant roles <customer>; 2 skip a; 2 skip b c; 3 skip d; " },
	{ S_INIT("constant pipeline \"B2B sales\" by name create"),
	  "1 constant pipeline <B2B sales> by name of  create; " },
	{ S_INIT("link stage s where \"pipeline.name = B2B\"\nmatch name where \"a = 1\""),
	  "2 match name 110; where a = 1; 1 link stage <s> where pipeline.name = B2B; " },
	/* mistakes */
	{ S_INIT("objekt party\nfield\nformat xml\n"),
	  "a.map:1: unknown statement: objekt (did you mean object?)\na.map:2: write: field FIELD COLUMN … [options]\n"
	  "a.map:3: unknown format: xml; known are csv, columns, sheet and cards" },
	{ S_INIT("format csv encoding=latin1 delimiter=ab header=maybe\nformat csv quote=x\n"),
	  "a.map:1: unknown encoding: latin1; known are auto, utf-8, windows-1252, iso-8859-15, utf-16\n"
	  "a.map:1: a delimiter is one character, or tab: ab\n"
	  "a.map:1: header is yes or no: maybe\n"
	  "a.map:2: unknown setting: quote; known are delimiter=, encoding=, header=" },
	{ S_INIT("field name \"acc\nobject party"), "a.map:1: a quote is not closed: \"acc" },
	{ S_INIT("field name a=b"), "a.map:1: a column whose name has = stands in quotes: a" },
	{ S_INIT("field name account by id"), "a.map:1: by belongs to link, not to field" },
	{ S_INIT("link party account scale 10"), "a.map:1: scale belongs to field, not to link" },
	{ S_INIT("link party account name"), "a.map:1: unknown option: name" },
	{ S_INIT("link party account by name creat"),
	  "a.map:1: unknown option: creat (did you mean create?)" },
	{ S_INIT("field name slug ."), "a.map:1: the column is missing behind name" },
	{ S_INIT("field value amount scale"), "a.map:1: scale needs a word behind it" },
	{ S_INIT("field value amount scale 0"),
	  "a.map:1: scale needs a whole number from 1 to 1000000000: 0" },
	{ S_INIT("field value amount currency Euro"),
	  "a.map:1: a currency is three capital letters, such as EUR: Euro" },
	{ S_INIT("field value amount values won"),
	  "a.map:1: replace and values need pairs, such as \"Closed Won\"=won\na.map:1: unknown option: won" },
	{ S_INIT("match a\nmatch b"),
	  "a.map:2: match stands a second time; the first is in line 1" },
	{ S_INIT("match a create update"),
	  "a.map:1: create and update together are said by neither" },
	{ S_INIT("match a sometimes"),
	  "a.map:1: unknown word: sometimes; known are or, create, update, both, clear, named, where" },
	{ S_INIT("constant a b scale 2"), "a.map:1: scale does not belong to constant" },
	{ S_INIT("dates DD-MM\nzone Mars\nregion Germany"),
	  "a.map:1: a date has YYYY, MM and DD once each, such as DD.MM.YYYY: DD-MM\n"
	  "a.map:2: unknown zone: Mars; write one such as Europe/Berlin\n"
	  "a.map:3: a region is two capital letters, such as DE: Germany" },
	{ S_INIT("numbers x"), "a.map:1: the decimal sign of numbers is . or , : x" },
	{ S_INIT("field name \xfc"), "a.map:1: byte 12 of the line is not UTF-8 text" },
	{ S_INIT("field name a\0b"), "a.map:1: byte 13 of the line is not UTF-8 text" },
};

static void
test_maps_and_their_mistakes(void **state)
{
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct str got;

		cx_reset(cx);
		got = shown_map(cx, cases[i].in);
		if (!str_eq_z(got, cases[i].want))
			fail_msg("case %zu: got \"%.*s\", want \"%s\"", i, STR_FMT(got),
				 cases[i].want);
	}
}

static struct str
repeated(struct cx *cx, const char *first, const char *again, size_t times)
{
	struct buf b = buf_in(cx->mem, 4 << 20);

	buf_z(&b, first);
	for (size_t i = 0; i < times; i++)
		buf_z(&b, again);
	return buf_done(&b);
}

static void
test_bounds_are_kept(void **state)
{
	struct cx *cx = *state;
	struct str why;

	assert_str(shown_map(cx, repeated(cx, "empty", " x", WORDS_MAX)),
		   "a.map:1: more than 300 words in one line");
	cx_reset(cx);
	assert_str(shown_map(cx, repeated(cx, "empty ", "x", 20000)),
		   "a.map:1: the line is longer than 20000 bytes");
	cx_reset(cx);
	assert_str(shown_map(cx, repeated(cx, "", "field a b\n", MAP_RULES_MAX + 1)),
		   "a.map:501: more than 500 fields");
	cx_reset(cx);
	assert_str(shown_map(cx, repeated(cx, "", "# a long comment\n", 100000)),
		   "a.map: a map may have 1048576 bytes at most");
	cx_reset(cx);
	why = shown_map(cx, repeated(cx, "", "what\n", 1000));
	assert_true(str_ends(why, S("a.map:100: unknown statement: what")));
}

static int
setup(void **state)
{
	*state = cx_new(&env_real, CX_MEM_DEFAULT);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_maps_and_their_mistakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds_are_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
