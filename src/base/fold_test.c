#include "base/fold.h"

#include "base/test.h"

enum { MEM = 64 << 20 };

static int
setup(void **state)
{
	*state = arena_new(MEM);
	return 0;
}

static int
teardown(void **state)
{
	struct arena *mem = *state;

	arena_free(&mem);
	return 0;
}

static const struct {
	const char *in, *want;
} keys[] = {
	{ "", "" },
	{ "abc", "abc" },
	{ "  Anna\t\r\n Lena  ", "anna lena" },
	{ " \t\n", "" },
	{ "A\001B\177C", "a b c" },
	{ "Müller", "muller" },
	{ "MÜLLER", "muller" },
	{ "Mu\xcc\x88ller", "muller" },
	{ "Straße", "strasse" },
	{ "STRAẞE", "strasse" },
	{ "Ångström Øre Æon Œuvre", "angstrom ore aeon oeuvre" },
	{ "Łódź", "lodz" },
	{ "Đorđe Þór Ísak ðæ", "dorde thor isak dae" },
	{ "İstanbul ısı", "istanbul isi" },
	{ "ﬁn ﬀ ĳ ŉ", "fin ff ij 'n" },
	{ "ＡＢＣ１２", "abc12" },
	{ "½ ² ™ €", "1/2 2 tm €" },
	{ "a\xc2\xa0\xc2\xa0"
	  "b",
	  "a b" },
	{ "a\xe2\x80\xaf"
	  "b\xe2\x80\x83"
	  "c",
	  "a b c" },
	{ "co\xc2\xad"
	  "op\xe2\x80\x8b",
	  "coop" },
	{ "„Hallo“ »du« ‚da‘", "\"hallo\" \"du\" 'da'" },
	{ "Meier–Schmidt—x", "meier-schmidt-x" },
	{ "O’Brien", "o'brien" },
	{ "Ёлка Йод", "елка иод" },
	{ "ΆΝΘΡΩΠΟΣ", "ανθρωποσ" },
	{ "Tiếng Việt", "tieng viet" },
	{ "が か", "が か" },
	{ "ｶﾞ", "ガ" },
	{ "한국", "한국" },
	{ "हिन्दी", "हिन्दी" },
	{ "مُحَمَّد", "محمد" },
	{ "東京 Ü", "東京 u" },
	{ "´x´", "x" },
	{ "x´y¨z", "x y z" },
	{ "a\xff"
	  "b",
	  "a\xef\xbf\xbd"
	  "b" },
	{ "\xc3", "\xef\xbf\xbd" },
};

static void
test_key_is_the_folded_form(void **state)
{
	for (size_t i = 0; i < countof(keys); i++) {
		struct str got = fold_key(*state, str_of(keys[i].in));

		if (!str_eq_z(got, keys[i].want))
			fail_msg("\"%s\": got \"%.*s\", want \"%s\"", keys[i].in, STR_FMT(got),
				 keys[i].want);
	}
}

static void
test_key_of_a_nul_byte_is_a_blank(void **state)
{
	assert_true(str_eq_z(fold_key(*state, S("a\0b")), "a b"));
	assert_true(str_eq_z(fold_key(*state, S("\xc3\xa4\0b")), "a b"));
}

static size_t
utf8_put(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 63));
		p[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 63));
	p[2] = (char)(0x80 | (c >> 6 & 63));
	p[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* A Chinese sign behind the text sends the whole of it through ICU. */
static void
test_short_cut_equals_the_long_way(void **state)
{
	struct arena *mem = *state;
	char text[32] = "x";

	for (uint32_t c = 1; c < 0x2100; c++) {
		size_t n = 1 + utf8_put(text + 1, c);
		struct str quick, slow;
		struct arena_mark mark = arena_mark(mem);

		memcpy(text + n, "y", 2);
		quick = str_printf(mem, "%.*s中", STR_FMT(fold_key(mem, str_of(text))));
		memcpy(text + n, "y中", sizeof "y中");
		slow = fold_key(mem, str_of(text));
		if (!str_eq(quick, slow))
			fail_msg("U+%04X: short \"%.*s\", long \"%.*s\"", c, STR_FMT(quick),
				 STR_FMT(slow));
		arena_rewind(mem, mark);
	}
}

static void
test_folding_twice_changes_nothing(void **state)
{
	struct arena *mem = *state;

	for (uint32_t c = 1; c < 0x20000; c++) {
		struct arena_mark mark = arena_mark(mem);
		char text[16] = "x";
		size_t n = 1;
		struct str once, twice;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		n += utf8_put(text + n, c);
		text[n++] = 'y';
		once = fold_key(mem, (struct str){ text, n });
		twice = fold_key(mem, once);
		if (!str_eq(once, twice) || !str_is_utf8(once, NULL))
			fail_msg("U+%04X: once \"%.*s\", twice \"%.*s\"", c, STR_FMT(once),
				 STR_FMT(twice));
		arena_rewind(mem, mark);
	}
}

static void
test_long_text_is_folded_whole(void **state)
{
	struct buf b = buf_in(*state, 1 << 20);
	struct str got;

	for (int i = 0; i < 5000; i++)
		BUF_LIT(&b, "Ä ");
	got = fold_key(*state, buf_done(&b));
	assert_int_equal(got.n, 5000 * 2 - 1);
	BUF_LIT(&b, "中");
	got = fold_key(*state, buf_done(&b));
	assert_int_equal(got.n, 5000 * 2 + 3);
}

static struct str
joined(struct arena *mem, const struct strs *list)
{
	struct buf b = buf_in(mem, 1 << 20);

	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_char(&b, ' ');
		buf_str(&b, list->v[i]);
	}
	return buf_done(&b);
}

static const struct {
	const char *in, *words, *query;
} texts[] = {
	{ "", "", "" },
	{ " ,;-- ", "", "" },
	{ "Anna Lena anna", "anna lena", "anna lena anna" },
	{ "Müller", "muller mueller", "muller|mueller" },
	{ "Mu\xcc\x88ller", "muller mueller", "muller|mueller" },
	{ "Mueller", "mueller", "mueller" },
	{ "ÄRZTE Öl Überführungsgebühr",
	  "arzte aerzte ol oel uberfuhrungsgebuhr ueberfuehrungsgebuehr",
	  "arzte|aerzte ol|oel uberfuhrungsgebuhr|ueberfuehrungsgebuehr" },
	{ "Straße 12a", "strasse 12a", "strasse 12a" },
	{ "O'Brien", "o brien obrien", "o|obrien brien|obrien" },
	{ "O’Brien", "o brien obrien", "o|obrien brien|obrien" },
	{ "Müller-Lüdenscheidt",
	  "muller mueller ludenscheidt luedenscheidt mullerludenscheidt muellerluedenscheidt",
	  "muller|mueller|mullerludenscheidt|muellerluedenscheidt "
	  "ludenscheidt|luedenscheidt|mullerludenscheidt|muellerluedenscheidt" },
	{ "<hans.may@firma-x.de>", "hans may hansmay firma x de firmax",
	  "hans|hansmay may|hansmay firma|firmax x|firmax de" },
	{ "jörg_b@x.de", "jorg joerg b jorgb joergb x de",
	  "jorg|joerg|jorgb|joergb b|jorgb|joergb x de" },
	{ "+49 (171) 123-456", "49 171 123 456 123456", "49 171 123|123456 456|123456" },
	{ "RE2026-0815", "re2026 2026 0815 re20260815", "re2026|re20260815 0815|re20260815" },
	{ "1.234,56 €", "1 234 56", "1 234 56" },
	{ "Søren Ærø", "soren aero", "soren aero" },
	{ "a|b||c", "a b c", "a b c" },
	{ "東京タワー", "東京タワー", "東京タワー" },
	{ "हिन्दी भाषा", "हिन्दी भाषा", "हिन्दी भाषा" },
	{ "co\xc2\xadop", "coop", "coop" },
	{ "a\xff"
	  "b",
	  "a b", "a b" },
	{ "\xef\xb7\xba", "صلىاللهعليهوسلم", "صلىاللهعليهوسلم" },
};

static void
test_words_and_query(void **state)
{
	for (size_t i = 0; i < countof(texts); i++) {
		struct strs words = { 0 }, query = { 0 };
		struct str got;

		fold_words(*state, str_of(texts[i].in), &words);
		got = joined(*state, &words);
		if (!str_eq_z(got, texts[i].words))
			fail_msg("words of \"%s\": \"%.*s\"", texts[i].in, STR_FMT(got));
		fold_query(*state, str_of(texts[i].in), &query);
		got = joined(*state, &query);
		if (!str_eq_z(got, texts[i].query))
			fail_msg("query \"%s\": \"%.*s\"", texts[i].in, STR_FMT(got));
	}
}

static bool
has(const struct strs *words, struct str word)
{
	for (size_t i = 0; i < words->n; i++)
		if (str_eq(words->v[i], word))
			return true;
	return false;
}

/* As the search index does it: all words, each in any of its alternatives. */
static bool
finds(struct arena *mem, const char *query, const char *text)
{
	struct strs words = { 0 }, wanted = { 0 };

	fold_words(mem, str_of(text), &words);
	fold_query(mem, str_of(query), &wanted);
	for (size_t i = 0; i < wanted.n; i++) {
		struct str rest = wanted.v[i];
		bool found = false;

		while (rest.n)
			found = has(&words, str_cut(&rest, '|')) || found;
		if (!found)
			return false;
	}
	return true;
}

static const struct {
	const char *query, *text;
	bool want;
} searches[] = {
	{ "Mueller", "Müller", true },
	{ "Müller", "Mueller", true },
	{ "muller", "Müller", true },
	{ "müller", "MÜLLER", true },
	{ "Müller", "Muller", true },
	{ "Moller", "Müller", false },
	{ "obrien", "O'Brien", true },
	{ "O'Brien", "OBrien", true },
	{ "o brien", "O'Brien", true },
	{ "email", "E-Mail", true },
	{ "E-Mail", "Email", true },
	{ "strasse", "Straße", true },
	{ "hansmay", "hans.may@x", true },
	{ "hans.may@x.de", "hans.may@x.de", true },
	{ "may@x.de", "hans.may@y.de", false },
};

static void
test_spellings_find_each_other(void **state)
{
	for (size_t i = 0; i < countof(searches); i++)
		if (finds(*state, searches[i].query, searches[i].text) != searches[i].want)
			fail_msg("\"%s\" in \"%s\"", searches[i].query, searches[i].text);
}

static void
test_words_are_bounded(void **state)
{
	struct arena *mem = *state;
	struct buf b = buf_in(mem, 1 << 20);
	struct strs words = { 0 }, query = { 0 };

	for (int i = 0; i < 3000; i++)
		BUF_LIT(&b, "ü");
	for (int i = 0; i < FOLD_WORDS_MAX + 1000; i++) {
		buf_char(&b, i % 3 ? '-' : ' ');
		buf_int(&b, i);
	}
	fold_words(mem, buf_done(&b), &words);
	assert_int_equal(words.n, FOLD_WORDS_MAX);
	for (size_t i = 0; i < words.n; i++) {
		assert_in_range(words.v[i].n, 1, FOLD_TOKEN_MAX);
		assert_true(str_is_utf8(words.v[i], NULL));
	}
	fold_query(mem, buf_done(&b), &query);
	assert_int_equal(query.n, FOLD_QUERY_MAX);
	assert_true(has(&words, str_first(query.v[0], FOLD_TOKEN_MAX)));
}

static void
test_words_of_any_bytes_are_clean(void **state)
{
	struct arena *mem = *state;
	struct env_fake fake;

	env_fake_init(&fake, 0, 7);
	for (int round = 0; round < 2000; round++) {
		struct strs words = { 0 };
		struct arena_mark mark = arena_mark(mem);
		char bytes[200];

		fake.env.random(&fake.env, bytes, sizeof bytes);
		fold_words(mem, (struct str){ bytes, sizeof bytes }, &words);
		for (size_t i = 0; i < words.n; i++) {
			assert_true(str_is_utf8(words.v[i], NULL));
			assert_null(memchr(words.v[i].p, '|', words.v[i].n));
			assert_null(memchr(words.v[i].p, ' ', words.v[i].n));
		}
		assert_true(str_is_utf8(fold_key(mem, (struct str){ bytes, sizeof bytes }), NULL));
		arena_rewind(mem, mark);
	}
}

enum { THREADS = 4 };

static void *
fold_names(void *state)
{
	struct arena *mem = arena_new(MEM);
	bool *ok = state;

	*ok = str_eq_z(fold_key(mem, S("Jürgen Müller 東京")), "jurgen muller 東京") &&
	      str_eq_z(fold_key(mem, S("Ærø")), "aero");
	arena_free(&mem);
	return NULL;
}

/* The first test of the program, so that the tables are made here. */
static void
test_folding_by_many_threads(void **state)
{
	pthread_t threads[THREADS];
	bool ok[THREADS] = { false };

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, fold_names, &ok[i]), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_true(ok[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folding_by_many_threads),
		cmocka_unit_test_setup_teardown(test_key_is_the_folded_form, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_of_a_nul_byte_is_a_blank, setup, teardown),
		cmocka_unit_test_setup_teardown(test_short_cut_equals_the_long_way, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_folding_twice_changes_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_long_text_is_folded_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words_and_query, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spellings_find_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_words_of_any_bytes_are_clean, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
