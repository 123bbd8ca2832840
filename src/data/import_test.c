#include "record/test_house.h"

#include "data/import.h"
#include "model/type.h"

enum { SHOWN_MAX = 1 << 20 };

struct house {
	struct test_house t;
	struct cx *cx;
	bool open;
};

static int
setup(void **state, enum test_engine engine)
{
	struct house *h = test_calloc(1, sizeof *h);

	h->open = test_house_open(&h->t, engine, NULL);
	h->cx = h->t.cx;
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

	if (h->open)
		test_house_close(&h->t);
	test_free(h);
	return 0;
}

static void
house_reset(struct house *h)
{
	test_house_next(&h->t);
}

/* ---- importing and looking ---- */

static struct str
failure(const struct cx *cx)
{
	return cx->err.fields ? cx->err.fields->why : cx->err.why;
}

static bool
import(struct house *h, const char *map_text, struct str rows, bool dry_run,
       struct import_report *out)
{
	struct cx *cx = h->cx;
	struct map map;
	struct import_options options = { .source = { source_str, &rows },
					  .file = S("rows.csv"),
					  .map = &map,
					  .dry_run = dry_run };

	return map_parse(cx, S("a.map"), str_of(map_text), &map) && data_import(cx, &options, out);
}

/* The report, or why the import failed. */
static struct str
imported(struct house *h, const char *map_text, const char *rows, bool dry_run)
{
	struct buf out = buf_in(h->cx->mem, SHOWN_MAX);
	struct import_report report;

	if (!import(h, map_text, str_of(rows), dry_run, &report))
		return failure(h->cx);
	report.changeset = 0; /* its number is of no interest */
	import_report_print(h->cx, &report, &out);
	return buf_done(&out);
}

struct look {
	struct buf out;
	const struct field **fields;
	size_t n;
};

static bool
look_row(struct cx *cx, const struct row *row, void *to)
{
	struct look *look = to;

	(void)cx;
	for (size_t i = 0; i < look->n; i++) {
		const struct field *f = look->fields[i];

		if (i)
			buf_char(&look->out, '|');
		if (row->v[f->index].kind != V_NONE)
			f->row->text(f, &row->v[f->index], &look->out);
	}
	buf_char(&look->out, '\n');
	return true;
}

/* Rows of an object by id: the named fields, one line each. */
static struct str
looked(struct house *h, const char *object_name, const char *field_names)
{
	struct cx *cx = h->cx;
	const struct object *object = object_find(cx->model, str_of(object_name), NULL);
	/* on the heap: record_each gives memory back as it goes */
	struct look look = { .out = buf_heap(SHOWN_MAX) };
	struct sort_key by_id = { object->fields[SF_ID], false };
	struct query query = { .object = object, .limit = -1, .sort = &by_id, .n_sort = 1 };
	struct str rest = str_of(field_names), out;

	look.fields = new_array(cx->mem, FIELDS_MAX, const struct field *);
	while (rest.n) {
		look.fields[look.n] = field_find(object, str_cut(&rest, ' '));
		assert_non_null(look.fields[look.n++]);
	}
	query.fields = look.fields;
	query.n_fields = look.n;
	if (!db_begin_read(cx) || !record_each(cx, &query, look_row, &look))
		fail_msg("%.*s", STR_FMT(failure(cx)));
	db_rollback(cx);
	out = str_dup(cx->mem, buf_done(&look.out));
	buf_fini(&look.out);
	return out;
}

/* ---- tests ---- */

static void
test_rows_become_records(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h,
			 "object organisation\nempty null\n"
			 "field name account\nfield industry sector replace technolgy=technology\n"
			 "field revenue revenue scale 1000000 currency USD\nnumbers .\n"
			 "field founded year\nlink parent_party parent by name\n"
			 "constant roles customer\nfield tags tags split /\n",
			 "account,sector,year,revenue,parent,tags\n"
			 "Bluth,technolgy,1993,1242.32,Acme,a/b\n"
			 "Acme,Medical,1996,1100.04,,\n"
			 "Zoo,null,,,,B\n",
			 false),
		"organisation: 3 rows; 3 created, 0 changed, 0 unchanged, 0 passed over, 0 linked; "
		"0 warnings, 0 errors\n");
	assert_str(looked(h, "party", "kind name industry founded revenue parent_party roles tags"),
		   "organisation|Bluth|technology|1993|1242320000.00 USD|2|customer|a,b\n"
		   "organisation|Acme|Medical|1996|1100040000.00 USD||customer|\n"
		   "organisation|Zoo|||||customer|B\n");
}

static void
test_doubtful_values_are_kept_out_and_reported(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h,
			 "object person\ndates DD-MM-YYYY\n"
			 "field name name\nfield birthday born\nfield email mail\n"
			 "link parent_party company by name\nfield employees staff\n"
			 "field preferred_channel channel values post=letter\n",
			 "name,born,mail,company,staff,channel\n"
			 "Eva,30-02-2017,eva@example.com,,,post\n"
			 "Max,01-02-2017,no address,Nowhere,,fax\n"
			 "Ida,,,,99999999999999999999,\n"
			 "Ben,1,,,,,x\n"
			 "Tom\n"
			 "name,born,mail,company,staff,channel\n"
			 "\n,,,,,\n",
			 false),
		"row 2, column born: The day “30-02-2017” does not exist.\n"
		"row 3, column mail: “no address” is not an e-mail address.\n"
		"row 3, column channel: The map does not list this text among its values. (fax)\n"
		"row 4, column staff: “99999999999999999999” is not a whole number that fits here.\n"
		"row 5: The row has 7 cells, the header 6; a cell with the delimiter in it needs quotes. "
		"(x) The row was passed over.\n"
		"row 6: The row has 1 cells, the header 6; the missing ones count as empty.\n"
		"row 7: The header stands here again. The row was passed over.\n"
		"row 3, column company: There is no such record; the link is left empty. (Nowhere)\n"
		"person: 6 rows; 4 created, 0 changed, 0 unchanged, 2 passed over, 0 linked; 6 warnings, "
		"2 errors\n");
	assert_str(looked(h, "party",
			  "kind name birthday email parent_party employees preferred_channel"),
		   "person|Eva||eva@example.com|||letter\n"
		   "person|Max|2017-02-01||||\nperson|Ida|||||\nperson|Tom|||||\n");
}

static void
test_dry_run_keeps_nothing(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h, "object organisation\nfield name a\nlink owner b by login create\n",
			 "a,b\nAcme,eva\nBolt,eva\n", true),
		"organisation: 2 rows; 2 created, 0 changed, 0 unchanged, 0 passed over, 1 linked; "
		"0 warnings, 0 errors; a dry run: nothing was kept\n");
	assert_str(looked(h, "party", "name"), "");
	assert_str(looked(h, "user", "login"), "");
}

static void
test_matching_rows_change_records(void **state)
{
	static const char map[] =
		"object person\nmatch external_id\nfield external_id id\nfield name name\n"
		"field city town\n";
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h, map, "id,name,town\n1,Eva,Bonn\n2,Max,Ulm\n1,Eva,Bonn\n", false),
		"person: 3 rows; 2 created, 0 changed, 1 unchanged, 0 passed over, 0 linked; 0 warnings, "
		"0 errors\n");
	house_reset(h);
	/* an empty cell leaves the field as it is */
	assert_str(
		imported(h, map, "id,name,town\n1,Eva Roth,\n2,Max,Ulm\n3,Ida,\n", false),
		"person: 3 rows; 1 created, 1 changed, 1 unchanged, 0 passed over, 0 linked; 0 warnings, "
		"0 errors\n");
	assert_str(looked(h, "party", "external_id name city version"),
		   "1|Eva Roth|Bonn|2\n2|Max|Ulm|1\n3|Ida||1\n");
	house_reset(h);
	assert_str(
		imported(h,
			 "object person\nmatch external_id update clear\nfield external_id id\n"
			 "field city town\n",
			 "id,town\n1,\n9,Jena\n", false),
		"person: 2 rows; 0 created, 1 changed, 0 unchanged, 1 passed over, 0 linked; 0 warnings, "
		"0 errors\n");
	assert_str(looked(h, "party", "external_id name city version"),
		   "1|Eva Roth||3\n2|Max|Ulm|1\n3|Ida||1\n");
	house_reset(h);
	assert_str(
		imported(
			h,
			"object person\nmatch external_id create\nfield external_id id\nfield city town\n",
			"id,town\n1,Ulm\n9,Jena\n", false),
		"person: 2 rows; 1 created, 0 changed, 0 unchanged, 1 passed over, 0 linked; 0 warnings, "
		"0 errors\n");
}

static void
test_what_several_records_have_is_no_key(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h, "object person\nfield name n\n", "n\nEva\nÉVA\n", false),
		"person: 2 rows; 2 created, 0 changed, 0 unchanged, 0 passed over, 0 linked; 0 warnings, "
		"0 errors\n");
	house_reset(h);
	assert_str(
		imported(h,
			 "object person\nmatch name\nfield name n\nlink parent_party p by name\n",
			 "n,p\neva,\nMax,Eva\n", false),
		"row 2, column n: Several records have this value, by which rows are matched. (eva) "
		"The row was passed over.\n"
		"row 3, column p: Several records are called so; the link is left empty. (Eva)\n"
		"person: 2 rows; 1 created, 0 changed, 0 unchanged, 1 passed over, 0 linked; 1 warnings, "
		"1 errors\n");
}

static void
test_records_are_made_for_links(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(
			h,
			"object deal\nmatch external_id\nfield external_id id\nfield name id\n"
			"link party account by name of organisation create\n"
			"link owner agent by login create slug .\n"
			"constant pipeline \"B2B\" by name create\n"
			"link stage stage by name where \"pipeline is empty\"\n",
			"id,account,agent,stage\n1,Acme,Eva Roth,x\n2,acme,Eva Roth,\n3,Bolt,Max,\n",
			false),
		"row 2, column stage: There is no such record; the link is left empty. (x)\n"
		"deal: 3 rows; 3 created, 0 changed, 0 unchanged, 0 passed over, 5 linked; 1 warnings, 0 "
		"errors\n");
	assert_str(looked(h, "party", "kind name"), "organisation|Acme\norganisation|Bolt\n");
	assert_str(looked(h, "user", "login"), "eva.roth\nmax\n");
	assert_str(looked(h, "deal", "external_id party owner pipeline"),
		   "1|1|1|1\n2|1|1|1\n3|2|2|1\n");
}

static void
test_a_refused_field_is_left_out(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(
			h,
			"object person\nfield external_id id\nfield name n\nlink owner o by login create\n",
			"id,n,o\n1,Eva,eva\n1,Max,max\n", false),
		"row 3, column id: “Eva” (Party 1) has this value already.\n"
		"person: 2 rows; 2 created, 0 changed, 0 unchanged, 0 passed over, 2 linked; 1 warnings, 0 "
		"errors\n");
	assert_str(looked(h, "party", "external_id name"), "1|Eva\n|Max\n");
	assert_str(looked(h, "user", "login"), "eva\nmax\n");
	house_reset(h);
	/* without a sign-in name there is no user, and nothing made for it remains */
	assert_str(
		imported(h, "object user\nfield name n\nlink team t by name create\n",
			 "n,t\nEva,North\n", false),
		"row 2: Sign-in name must be given. The row was passed over.\n"
		"user: 1 rows; 0 created, 0 changed, 0 unchanged, 1 passed over, 0 linked; 0 warnings, 1 "
		"errors\n");
	assert_str(looked(h, "team", "name"), "");
}

static const struct {
	const char *map, *rows, *want;
} wrong[] = {
	{ "object party\nfield name a\n", "", "The file is empty: there is not even a header" },
	{ "field name a\n", "a\n1\n", "a.map: say what the rows are: object NAME" },
	{ "object partie\nfield name a\n", "a\n1\n", "There is no object named partie" },
	{ "object party\nfield nam a\nfield name b\n", "a\n1\n",
	  "a.map:2: party has no field “nam” (did you mean name?)\na.map:3: the file has no column “b”" },
	{ "object party\nfield name acount\n", "account\n1\n",
	  "a.map:2: the file has no column “acount” (did you mean account?)" },
	{ "object party\nfield name a\nfield city a\nfield name a\n", "a\n1\n",
	  "a.map:4: the field “name” is filled by line 2 already" },
	{ "object party\nfield created_at a\nfield won_value a\n", "a\n1\n",
	  "a.map:2: the field “created_at” cannot be set by an import\n"
	  "a.map:3: the field “won_value” cannot be set by an import" },
	{ "object party\nfield owner a\nlink name a\nfield city a currency EUR\n", "a\n1\n",
	  "a.map:2: “owner” is a link; write: link owner …\na.map:3: “name” is no link; write: field name …\n"
	  "a.map:4: “city” is no amount of money; it has no currency" },
	{ "object party\nlink owner a by nme\nlink team a by id create\nlink unit a of party\n",
	  "a\n1\n",
	  "a.map:2: user has no field “nme” (did you mean name?)\n"
	  "a.map:3: records of team cannot be created by their “id”\n"
	  "a.map:4: “unit” does not lead to “party”" },
	{ "object party\nmatch external_id\nfield name a\n", "a\n1\n",
	  "a.map:2: nothing fills “external_id”, by which records are to be matched; write: field external_id "
	  "COLUMN" },
	{ "object party\nlink owner a by login where \"x = 1\"\n", "a\n1\n", NULL },
	{ "object party\n", "name,name\nA,B\n",
	  "row 1, column 2: the column “name” stands here a second time, after column 1; give the columns other "
	  "names by “columns” in a map" },
	{ "object party\n", "name,sektor\nA,B\n",
	  "row 1, column 2: party has no field “sektor”; pass it over by “skip” in a map, or name the field "
	  "there" },
	{ "object party\nfield name a\n", "a\nAcme\n\"open\n",
	  "row 3, column 1: the quote opened here is never closed" },
	{ "object party\nfield name a\nformat csv encoding=utf-8\n", "a\nAcme\nM\xfcller\n",
	  "row 3, column 1: the byte 0xFC is not utf-8; is the file windows-1252 (encoding=windows-1252)?" },
};

static void
test_what_is_wrong_as_a_whole_keeps_nothing(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	for (size_t i = 0; i < countof(wrong); i++) {
		struct str got = imported(h, wrong[i].map, wrong[i].rows, false);

		if (!h->cx->err.code || (wrong[i].want && !str_eq_z(got, wrong[i].want)))
			fail_msg("case %zu: got \"%.*s\", want \"%s\"", i, STR_FMT(got),
				 wrong[i].want);
		house_reset(h);
		assert_str(looked(h, "party", "name"), "");
		house_reset(h);
	}
}

static void
test_columns_find_their_fields_by_name(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(
			h, "object organisation\nskip comment\n",
			"NAME;E-mail;city;revenue;revenue.currency;owner.id;owner;comment;version\n"
			"Acme;info@acme.example;Köln;12,50;USD;;;x;7\n'=Bolt;;;3;;;;;\n",
			false),
		"organisation: 2 rows; 2 created, 0 changed, 0 unchanged, 0 passed over, 0 linked; 0 "
		"warnings, 0 errors\n");
	assert_str(looked(h, "party", "id name email city revenue version"),
		   "1|Acme|info@acme.example|Köln|12.50 USD|1\n2|=Bolt|||3.00 EUR|1\n");
	house_reset(h);
	/* by the id, where there is one; an empty cell empties */
	assert_str(
		imported(h, "object organisation\n",
			 "id,name,city\n1,Acme AG,\n,Coil,Ulm\n77,Dust,\n", false),
		"row 4: There is no record with this id; leave it empty to make one. The row was passed "
		"over.\n"
		"organisation: 3 rows; 1 created, 1 changed, 0 unchanged, 1 passed over, 0 linked; 0 "
		"warnings, 1 errors\n");
	assert_str(looked(h, "party", "id name city version"),
		   "1|Acme AG||2\n2|=Bolt||1\n3|Coil|Ulm|1\n");
}

static void
test_columns_of_white_space(void **state)
{
	struct house *h = *state;

	if (!h->open)
		skip();
	assert_str(
		imported(h,
			 "object order\nformat columns header=no\ncolumns customer on cds dollars\n"
			 "dates YYYYMMDD\nnumbers .\nfield external_id @row prefix cd-\n"
			 "link party customer by external_id of person create\nfield placed_on on\n"
			 "field quantity cds\nfield total dollars currency USD\n",
			 " 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n", false),
		"order: 2 rows; 2 created, 0 changed, 0 unchanged, 0 passed over, 2 linked; 0 warnings, 0 "
		"errors\n");
	assert_str(looked(h, "order", "external_id party placed_on quantity total"),
		   "cd-1|1|1997-01-01|1|11.77 USD\ncd-2|2|1997-01-12|5|77.00 USD\n");
	assert_str(looked(h, "party", "kind external_id"), "person|00001\nperson|00002\n");
}

/* More keys than are asked for one by one, and links to rows that come later. */
static void
test_many_rows_with_links_to_each_other(void **state)
{
	enum { ROWS = 3000 };
	struct house *h = *state;
	struct buf rows;
	struct import_report report;
	int64_t linked = 0;
	struct str rest;

	if (!h->open)
		skip();
	rows = buf_in(h->cx->mem, SHOWN_MAX);
	BUF_LIT(&rows, "name,parent\n");
	for (int i = 0; i < ROWS; i++)
		buf_printf(&rows, "P%d,P%d\n", i, i + 1 < ROWS ? i + 1 : ROWS * 2);
	assert_true(import(
		h,
		"object organisation\nmatch name\nfield name name\nlink parent_party parent by name\n",
		buf_done(&rows), false, &report));
	assert_int_equal(report.created, ROWS);
	assert_int_equal(report.warnings, 1);
	assert_int_equal(report.lines[0].row, ROWS + 1);
	house_reset(h);
	rest = looked(h, "party", "parent_party");
	while (rest.n)
		linked += str_cut(&rest, '\n').n > 0;
	assert_int_equal(linked, ROWS - 1);
}

static void
test_the_report_is_bounded(void **state)
{
	struct house *h = *state;
	struct buf rows, out;
	struct import_report report;

	if (!h->open)
		skip();
	rows = buf_in(h->cx->mem, SHOWN_MAX);
	BUF_LIT(&rows, "external_id,founded\n");
	for (int i = 0; i < IMPORT_LINES_MAX + 5; i++)
		BUF_LIT(&rows, "x,never\n");
	assert_true(import(
		h,
		"object organisation\nmatch external_id\nfield external_id external_id\nfield founded founded\n",
		buf_done(&rows), true, &report));
	assert_int_equal(report.n_lines, IMPORT_LINES_MAX);
	assert_int_equal(report.warnings, IMPORT_LINES_MAX + 5);
	out = buf_in(h->cx->mem, 8 << 20);
	import_report_print(h->cx, &report, &out);
	assert_true(str_find(buf_done(&out), S("\n… and 5 more.\n"), &(size_t){ 0 }));
}

static void
test_undo_takes_an_import_back(void **state)
{
	struct house *h = *state;
	struct import_report report = { 0 };
	struct conflicts conflicts = { 0 };

	if (!h->open)
		skip();
	assert_true(import(h, "object organisation\nfield name n\nlink owner o by login create\n",
			   S("n,o\nAcme,eva\nBolt,max\n"), false, &report));
	assert_true(report.changeset > 0);
	house_reset(h);
	if (!work_begin(h->cx, S("undo")) ||
	    !changeset_undo(h->cx, report.changeset, false, &conflicts) ||
	    !work_commit(h->cx, NULL))
		fail_msg("%.*s", STR_FMT(failure(h->cx)));
	assert_str(looked(h, "party", "name"), "");
	assert_str(looked(h, "user", "login"), "");
}

static void
test_a_row_that_is_too_big_is_named(void **state)
{
	struct house *h = *state;
	struct buf rows;
	struct import_report report;

	if (!h->open)
		skip();
	rows = buf_heap(16 << 20);
	BUF_LIT(&rows, "name,a,b,c,d,e,f,g\nAcme,,,,,,,\nBolt");
	for (int i = 0; i < 7; i++) {
		buf_char(&rows, ',');
		for (int k = 0; k < (1 << 20) - 1; k += 2)
			BUF_LIT(&rows, "ä");
	}
	buf_char(&rows, '\n');
	assert_false(import(h, "object organisation\nfield name name\nfield notes a b c d e f g\n",
			    buf_done(&rows), false, &report) &&
		     !report.warnings);
	buf_fini(&rows);
	house_reset(h);
	(void)looked(h, "party", "name");
}

static void
test_contacts_with_their_company(void **state)
{
	static const char map[] =
		"object person\nmatch email or name named\n"
		"field given_name v\nfield family_name n\nfield name v n\nfield email m\n"
		"link parent_party f of organisation create alone name given_name family_name\n"
		"part contact_point value=x with type=fax\n"
		"part address lines=s city=c with type=private\n";
	static const char rows[] = "v,n,f,m,x,s,c\n"
				   "Eva,Roth,Süß AG,info@suess.example,0228 1,Weg 1,Bonn\n"
				   "Max,Roth,süss ag,info@suess.example,,,\n"
				   ",,Süß AG,,0228 2,,\n"
				   ",,Allein KG,a@allein.example,,,\n"
				   "Ira,Roth,,no.mail,,,\n";
	struct house *h = *state;

	if (!h->open)
		skip();
	for (int i = 0; i < 2; i++) { /* the second time everybody is there */
		(void)imported(h, map, rows, false);
		house_reset(h);
		assert_str(looked(h, "party", "kind name email"),
			   "person|Eva Roth|info@suess.example\n"
			   "person|Max Roth|info@suess.example\norganisation|Süß AG|\n"
			   "organisation|Allein KG|a@allein.example\nperson|Ira Roth|\n");
		house_reset(h);
		assert_str(looked(h, "contact_point", "type value"), "fax|0228 1\nfax|0228 2\n");
		house_reset(h);
		assert_str(looked(h, "address", "type lines city"), "private|Weg 1|Bonn\n");
		house_reset(h);
	}
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
		BOTH(test_rows_become_records),
		BOTH(test_doubtful_values_are_kept_out_and_reported),
		BOTH(test_dry_run_keeps_nothing),
		BOTH(test_matching_rows_change_records),
		BOTH(test_what_several_records_have_is_no_key),
		BOTH(test_records_are_made_for_links),
		BOTH(test_a_refused_field_is_left_out),
		BOTH(test_what_is_wrong_as_a_whole_keeps_nothing),
		BOTH(test_columns_find_their_fields_by_name),
		BOTH(test_columns_of_white_space),
		BOTH(test_many_rows_with_links_to_each_other),
		BOTH(test_the_report_is_bounded),
		BOTH(test_undo_takes_an_import_back),
		BOTH(test_contacts_with_their_company),
		BOTH(test_a_row_that_is_too_big_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
