#include "base/test.h"

#include "record/internal.h"

enum { MEM = 64 << 20 };

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct object *firm;
};

static void
load(struct fixture *f, const char *text)
{
	struct model_text texts[] = { { S("test.model"), str_of(text), false } };

	snapshot_free(&f->model);
	if (!model_load(f->cx, texts, 1, &f->model))
		fail_msg("%.*s", STR_FMT(f->cx->err.why));
	f->firm = object_find(f->model, S("firm"), NULL);
}

static int
setup(void **state)
{
	struct cx *cx = cx_new(&env_real, MEM);
	struct fixture *f = new(cx->mem, struct fixture);

	f->cx = cx;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	struct cx *cx = f->cx;

	snapshot_free(&f->model);
	cx_free(&cx);
	return 0;
}

#define FIRM                                                                          \
	"object firm\n  title name\n  search name number mail phone note page kind\n" \
	"field name text\nfield number sequence prefix=\"RE-\"\nfield mail email\n"   \
	"field phone phone\nfield note longtext\nfield page richtext\n"               \
	"field kind text hidden\nfield unsaid text\n"

static const struct {
	const char *field, *value, *title, *body;
} CASES[] = {
	{ "name", "Müller & Söhne", "muller mueller sohne soehne", "" },
	{ "unsaid", "nothing of this", "", "" },
	{ "kind", "hidden is never found", "", "" },
	{ "mail", "Hans.May@example.org", "", "hans may hansmay example org" },
	{ "note", "one two one", "", "one two" },
	{ "page", "<p>Guten <b>Tag</b>,<br/>a&lt;b & c; d</p><script", "", "guten tag a b c d" },
	{ "number", "1042", "", "re 1042 re1042" },
};

static void
set(struct row *row, const char *field, const char *value)
{
	const struct field *f = field_find(row->object, str_of(field));
	int64_t number;

	assert_non_null(f);
	if (f->type == FT_SEQUENCE && str_int(str_of(value), 0, INT64_MAX, &number))
		row->v[f->index] = value_int(number);
	else
		row->v[f->index] = value_text(str_of(value));
}

static void
test_words_of_each_field(void **state)
{
	struct fixture *f = *state;

	load(f, FIRM);
	for (size_t i = 0; i < countof(CASES); i++) {
		struct row *row = row_new(f->cx->mem, f->firm);
		struct str title, body;

		set(row, CASES[i].field, CASES[i].value);
		search_texts(f->cx->mem, row, &title, &body);
		if (!str_eq_z(title, CASES[i].title) || !str_eq_z(body, CASES[i].body))
			fail_msg("%s %s: \"%.*s\", \"%.*s\"", CASES[i].field, CASES[i].value,
				 STR_FMT(title), STR_FMT(body));
	}
}

static bool
has_word(struct str words, const char *word)
{
	while (words.n)
		if (str_eq_z(str_cut(&words, ' '), word))
			return true;
	return false;
}

static void
test_telephone_numbers_are_found_as_people_type_them(void **state)
{
	struct fixture *f = *state;
	static const char *const typed[] = { "4930123456", "030123456", "49",      "30",
					     "030",        "123456",    "0123456", "30123456" };
	struct row *row;
	struct str title, body;

	load(f, FIRM);
	row = row_new(f->cx->mem, f->firm);
	set(row, "phone", "+4930123456");
	search_texts(f->cx->mem, row, &title, &body);
	for (size_t i = 0; i < countof(typed); i++)
		if (!has_word(body, typed[i]))
			fail_msg("%s is not in \"%.*s\"", typed[i], STR_FMT(body));
}

static void
test_long_texts_end_behind_a_whole_word(void **state)
{
	struct fixture *f = *state;
	struct buf text = buf_in(f->cx->mem, 100000);
	struct row *row;
	struct str title, body, last;

	for (int i = 0; i < 10000; i++) {
		buf_pad(&text, i, 5);
		buf_char(&text, ' ');
	}
	load(f, FIRM);
	row = row_new(f->cx->mem, f->firm);
	set(row, "note", str_z(f->cx->mem, buf_done(&text)));
	search_texts(f->cx->mem, row, &title, &body);
	assert_in_range(body.n, 3990, 4000);
	last = str_from(body, body.n - 6);
	assert_int_equal(last.p[0], ' ');
	assert_false(has_word(body, "09999"));
}

static void
test_an_object_without_search_has_no_document(void **state)
{
	struct fixture *f = *state;
	struct row *row;
	struct str title, body;

	load(f, "object firm\n  title name\nfield name text\n");
	row = row_new(f->cx->mem, f->firm);
	set(row, "name", "Adler");
	search_texts(f->cx->mem, row, &title, &body);
	assert_int_equal(title.n + body.n, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_words_of_each_field),
		T(test_telephone_numbers_are_found_as_people_type_them),
		T(test_long_texts_end_behind_a_whole_word),
		T(test_an_object_without_search_has_no_document),
	};

	return cmocka_run_group_tests_name("searchdoc", tests, NULL, NULL);
}
