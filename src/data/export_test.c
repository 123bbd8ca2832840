#include <zlib.h>

#include "record/test_house.h"

#include "data/export.h"
#include "data/import.h"

enum { BYTES_MAX = 4 << 20 };

struct house {
	struct test_house t;
	struct cx *cx;
	struct buf got; /* what the sink was given */
	bool open;
};

static int
setup(void **state, enum test_engine engine)
{
	struct house *h = test_calloc(1, sizeof *h);

	h->open = test_house_open(&h->t, engine, NULL);
	h->cx = h->t.cx;
	h->got = buf_heap(BYTES_MAX);
	*state = h;
	return 0;
}

static int
setup_sqlite(void **state)
{
	return setup(state, TEST_SQLITE);
}

static int
setup_postgres(void **state)
{
	return setup(state, TEST_POSTGRES);
}

static int
teardown(void **state)
{
	struct house *h = *state;

	buf_fini(&h->got);
	if (h->open)
		test_house_close(&h->t);
	test_free(h);
	return 0;
}

static bool
take(void *state, const void *bytes, size_t n)
{
	struct buf *b = state;

	buf_str(b, (struct str){ bytes, n });
	return !b->full;
}

static bool export(struct house *h, struct export_options options, struct export_report *report)
{
	struct cx *cx = h->cx;
	bool done;

	buf_clear(&h->got);
	options.sink = (struct sink){ take, &h->got };
	test_ok(cx, db_begin_read(cx));
	done = data_export(cx, &options, report);
	db_rollback(cx);
	return done;
}

static struct str
exported(struct house *h, const char *object, const char *fields, enum export_format format)
{
	struct export_report report;

	test_house_next(&h->t);
	test_ok(h->cx, export(h,
			      (struct export_options){ .object = str_of(object),
						       .fields = str_of(fields),
						       .format = format },
			      &report));
	return buf_done(&h->got);
}

static struct import_report
import(struct house *h, const char *map_text, struct str rows)
{
	struct map map;
	struct import_options options = { .source = { source_str, &rows }, .map = &map };
	struct import_report report;

	test_house_next(&h->t);
	test_ok(h->cx, map_parse(h->cx, S("a.map"), str_of(map_text), &map));
	test_ok(h->cx, data_import(h->cx, &options, &report));
	return report;
}

static void
make_records(struct house *h)
{
	import(h, "object organisation\n",
	       S("name,email,notes,revenue,revenue.currency,tags,founded,website\n"
		 "\"Müller & Söhne, \"\"Berlin\"\"\",info@mueller.example,\"=1+1\nsecond line\",-12.50,USD,"
		 "\"a;b\",1990,\n"
		 "'=Bolt,,'+49,,,,,https://bolt.example/?a=1\n"));
	import(h,
	       "object person\nfield name n\nfield given_name g\nfield family_name f\nfield birthday b\n"
	       "link parent_party o by name\nlink owner u by login create\nfield phone p\n",
	       S("n,g,f,b,o,u,p\nEva Roth,Eva,Roth,1990-02-28,=Bolt,@eva,+49 30 901820\n"));
	import(h, "object user\nmatch login\nfield login l\nfield name n\n", S("l,n\n@eva,@Eva\n"));
}

static void
test_csv_guards_formulas_and_quotes(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	make_records(h);
	assert_str(
		exported(h, "party", "id,kind,name,notes,revenue,tags,founded,birthday,owner,phone",
			 EXPORT_CSV),
		"id,kind,name,notes,revenue,revenue.currency,tags,founded,birthday,owner.id,owner,phone\r\n"
		"2,organisation,'=Bolt,'+49,,,,,,,,\r\n"
		"3,person,Eva Roth,,,,,,1990-02-28,1,'@Eva,'+49 30 901820\r\n"
		"1,organisation,\"Müller & Söhne, \"\"Berlin\"\"\",\"'=1+1\nsecond line\",-12.50,USD,\"a,b\",1990,"
		",,,\r\n");
}

static void
test_what_is_exported_comes_back_the_same(void **state)
{
	struct house *h = *state;
	struct import_report report;
	struct str csv;

	if (!h->open)
		skip();
	make_records(h);
	csv = exported(h, "party", "", EXPORT_CSV);
	report = import(h, "object party\n", csv);
	for (size_t i = 0; i < report.n_lines; i++)
		print_error("%.*s\n", STR_FMT(report.lines[i].why));
	assert_int_equal(report.unchanged, 3);
	assert_int_equal(report.warnings + report.errors, 0);
	assert_int_equal(report.changeset, 0);
}

static void
test_json_is_what_the_api_gives(void **state)
{
	struct house *h = *state;
	json_t *all, *one;
	struct str text;

	if (!h->open)
		skip();
	make_records(h);
	text = exported(h, "organisation", "id,name,revenue,tags,owner", EXPORT_JSON);
	all = json_loadb(text.p, text.n, 0, NULL);
	assert_int_equal(json_array_size(all), 2);
	one = json_array_get(all, 1);
	assert_string_equal(json_string_value(json_object_get(one, "id")), "1");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(one, "revenue"), "amount")),
		"-12.50");
	assert_int_equal(json_array_size(json_object_get(one, "tags")), 2);
	assert_true(json_is_null(json_object_get(one, "owner")));
	json_decref(all);
	assert_str(exported(h, "person", "id,name", EXPORT_JSONL),
		   "{\"id\":\"3\",\"name\":\"Eva Roth\"}\n");
	assert_str(exported(h, "competitor", "name", EXPORT_JSON), "[\n]\n");
}

static void
test_vcards_have_what_belongs_to_a_party(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	make_records(h);
	import(h, "object contact_point\nfield type t\nfield value v\nlink party p by name\n",
	       S("t,v,p\nfax,+49 30 901821,Eva Roth\nemail,\"a,b@example.com\",Eva Roth\n"));
	import(h,
	       "object address\nfield type t\nfield lines l\nfield city c\nlink party p by name\n",
	       S("t,l,c,p\noffice,\"Hauptstraße 1; Hof\n2. Stock, links, ein sehr langer Weg, der nicht in eine Zeile "
		 "geht: ßßß\",Köln,Eva Roth\n"));
	assert_str(
		exported(h, "person", "", EXPORT_VCF),
		"BEGIN:VCARD\r\nVERSION:4.0\r\nUID:kontor:party:3\r\nFN:Eva Roth\r\nKIND:individual\r\n"
		"N:Roth;Eva;;;\r\nORG:=Bolt\r\nBDAY:19900228\r\nTEL;TYPE=voice:+49 30 901820\r\n"
		"EMAIL:a\\,b@example.com\r\nTEL;TYPE=fax:+49 30 901821\r\n"
		"ADR;TYPE=work:;;Hauptstraße 1\\; Hof\\n2. Stock\\, links\\, ein sehr langer We\r\n"
		" g\\, der nicht in eine Zeile geht: ßßß;Köln;;;\r\nEND:VCARD\r\n");
}

/* The bytes of one entry of a zip, by its central directory. */
static struct str
zip_entry(struct cx *cx, struct str zip, const char *name)
{
	size_t at;

	for (at = zip.n - 4; at && memcmp(zip.p + at, "PK\1\2", 4); at--)
		;
	for (; at; at--) {
		const unsigned char *p = (const unsigned char *)zip.p + at;
		uint32_t packed, full, local;
		uint16_t length;
		z_stream z = { 0 };

		if (memcmp(p, "PK\1\2", 4))
			continue;
		memcpy(&packed, p + 20, 4);
		memcpy(&full, p + 24, 4);
		memcpy(&length, p + 28, 2);
		memcpy(&local, p + 42, 4);
		if (!str_eq_z((struct str){ (const char *)p + 46, length }, name))
			continue;
		p = (const unsigned char *)zip.p + local;
		memcpy(&length, p + 28, 2);
		z.next_in = (unsigned char *)(uintptr_t)(p + 30 + strlen(name) + length);
		z.avail_in = packed;
		z.next_out = arena_alloc(cx->mem, full + 1);
		z.avail_out = full + 1;
		assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		inflateEnd(&z);
		return (struct str){ (char *)z.next_out - full, full };
	}
	fail_msg("no %s in the zip", name);
	return (struct str){ 0 };
}

static void
assert_has(struct str text, const char *part)
{
	size_t at;

	if (!str_find(text, str_of(part), &at))
		fail_msg("no %s in %.*s", part, STR_FMT(text));
}

static void
test_a_spreadsheet_has_numbers_and_days(void **state)
{
	struct house *h = *state;
	struct str zip, sheet;

	if (!h->open)
		skip();
	make_records(h);
	zip = exported(h, "party", "name,revenue,founded,birthday,created_at,owner", EXPORT_XLSX);
	sheet = zip_entry(h->cx, zip, "xl/worksheets/sheet1.xml");
	assert_has(sheet, "<c r=\"A1\" s=\"1\" t=\"inlineStr\"><is><t>name</t></is></c>");
	assert_has(sheet, "<t>=Bolt</t>");
	assert_has(sheet, "<c r=\"B4\"><v>-12.5</v></c>");
	assert_has(sheet, "<c r=\"C4\" t=\"inlineStr\"><is><t>USD</t></is></c>");
	assert_has(sheet, "<c r=\"D4\"><v>1990</v></c>");
	assert_has(sheet, "<c r=\"E3\" s=\"3\"><v>32932</v></c>");
	assert_has(zip_entry(h->cx, zip, "xl/workbook.xml"), "name=\"Parties\"");
}

static void
test_only_what_the_actor_may_export(void **state)
{
	struct house *h = *state;
	struct cx *cx = h->cx;
	const struct actor *actor;
	struct export_options options = { .object = S("party"), .fields = S("name") };
	struct export_report report;

	if (!h->open)
		skip();
	make_records(h);
	import(h, "object user\nmatch login\nfield login l\nlink roles r by name\n",
	       S("l,r\n@eva,sales\nmax,readonly\n"));
	test_house_next(&h->t);
	test_ok(cx, db_begin_read(cx));
	test_ok(cx, actor_load(cx, 1, &actor));
	cx->actor = actor;
	db_rollback(cx);
	test_ok(cx, export(h, options, &report));
	assert_str(buf_done(&h->got), "name\r\nEva Roth\r\n"); /* sales: export=own */
	test_house_next(&h->t);
	test_ok(cx, db_begin_read(cx));
	test_ok(cx, actor_load(cx, 2, &actor));
	cx->actor = actor;
	db_rollback(cx);
	assert_false(export(h, options, &report));
	assert_int_equal(cx->err.code, E_FORBIDDEN);
}

static void
test_wrong_wishes_are_told(void **state)
{
	static const struct {
		struct export_options options;
		enum err_code code;
		const char *why;
	} wishes[] = {
		{ { .object = S_INIT("partie") }, E_MISSING, "There is no object named partie" },
		{ { .object = S_INIT("party"), .fields = S_INIT("name,nmae") },
		  E_INPUT,
		  "party has no field “nmae” to export (did you mean name?)" },
		{ { .object = S_INIT("party"), .where = S_INIT("name =") }, E_INPUT, NULL },
		{ { .object = S_INIT("deal"), .format = EXPORT_VCF },
		  E_INPUT,
		  "Only parties can be exported as vcf; choose csv for Deals" },
	};
	struct house *h = *state;
	struct export_report report;

	if (!h->open)
		skip();
	for (size_t i = 0; i < countof(wishes); i++) {
		struct err *err = &h->cx->err;

		test_house_next(&h->t);
		assert_false(export(h, wishes[i].options, &report));
		assert_int_equal(err->code, wishes[i].code);
		if (wishes[i].why)
			assert_str(err->fields ? err->fields->why : err->why, wishes[i].why);
	}
}

static bool
refuse(void *state, const void *bytes, size_t n)
{
	(void)state;
	(void)bytes;
	(void)n;
	return false;
}

static void
test_a_full_disk_is_told(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	make_records(h);
	for (enum export_format format = 0; format < EXPORT__MAX; format++) {
		struct export_options options = { .object = S("party"),
						  .format = format,
						  .sink = { refuse, NULL } };
		struct export_report report;

		test_house_next(&h->t);
		test_ok(h->cx, db_begin_read(h->cx));
		assert_false(data_export(h->cx, &options, &report));
		assert_int_equal(h->cx->err.code, E_IO);
		db_rollback(h->cx);
	}
}

/* More rows than a page has. */
static void
test_all_pages_are_exported(void **state)
{
	enum { ROWS = 1203 };
	struct house *h = *state;
	struct buf rows = buf_heap(BYTES_MAX);
	struct str text;
	size_t n = 0;

	if (!h->open)
		skip();
	BUF_LIT(&rows, "name\n");
	for (int i = 0; i < ROWS; i++)
		buf_printf(&rows, "P%d\n", i);
	import(h, "object organisation\n", buf_done(&rows));
	buf_fini(&rows);
	text = exported(h, "party", "id,name", EXPORT_JSONL);
	while (text.n) {
		str_cut(&text, '\n');
		n++;
	}
	assert_int_equal(n, ROWS);
}

#define BOTH(test)                                                        \
	cmocka_unit_test_setup_teardown(test, setup_sqlite, teardown),    \
	{                                                                 \
#test " (postgres)", test, setup_postgres, teardown, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_csv_guards_formulas_and_quotes),
		BOTH(test_what_is_exported_comes_back_the_same),
		BOTH(test_json_is_what_the_api_gives),
		BOTH(test_vcards_have_what_belongs_to_a_party),
		BOTH(test_a_spreadsheet_has_numbers_and_days),
		BOTH(test_only_what_the_actor_may_export),
		BOTH(test_wrong_wishes_are_told),
		BOTH(test_a_full_disk_is_told),
		BOTH(test_all_pages_are_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
