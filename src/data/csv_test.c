#include "data/csv.h"

#include <iconv.h>

#include "base/test.h"

enum { SHOWN_MAX = 1 << 20, PIECES = 3 };

/* The same bytes a few at a time, as a pipe may give them. */
struct drip {
	struct str rest;
	size_t piece;
};

static int64_t
drip_read(void *state, void *out, size_t n)
{
	struct drip *drip = state;

	return source_str(&drip->rest, out, n < drip->piece ? n : drip->piece);
}

/* All rows as "1:a|b|" "3:c|d|", or the failure. */
static struct str
shown(struct cx *cx, struct str bytes, struct csv_options options, size_t piece)
{
	struct drip drip = { bytes, piece };
	struct buf out = buf_in(cx->mem, SHOWN_MAX);
	struct csv *csv = csv_open(cx, cx->mem, (struct source){ drip_read, &drip }, options);
	struct csv_row row;
	bool more = csv != NULL;

	while (more && csv_next(cx, csv, &row, &more) && more) {
		buf_int(&out, row.number);
		buf_char(&out, ':');
		for (size_t i = 0; i < row.n; i++) {
			buf_str(&out, row.cells[i]);
			buf_char(&out, '|');
		}
	}
	if (cx->err.code)
		return cx->err.why;
	return out.n ? buf_done(&out) : S("nothing");
}

static const struct {
	struct str in;
	struct csv_options options;
	const char *want;
} cases[] = {
	/* nothing at all */
	{ S_INIT(""), { 0 }, "nothing" },
	{ S_INIT("\xef\xbb\xbf"), { 0 }, "nothing" },
	{ S_INIT("\n\r\n  \n"), { 0 }, "nothing" },
	/* RFC 4180 */
	{ S_INIT("a,b\n1,2"), { 0 }, "1:a|b|2:1|2|" },
	{ S_INIT("a,b\r\n1,2\r\n"), { 0 }, "1:a|b|2:1|2|" },
	{ S_INIT("a,b\r1,2\r"), { 0 }, "1:a|b|2:1|2|" },
	{ S_INIT("a,\n,b\n,\n"), { 0 }, "1:a||2:|b|3:||" },
	{ S_INIT("\"a,\"\"b\"\"\",\"\"\n\"1\n2\",3\n4,5"), { 0 }, "1:a,\"b\"||2:1\n2|3|3:4|5|" },
	{ S_INIT("a\n\n\nb\n"), { 0 }, "1:a|4:b|" },
	{ S_INIT("5\" pipe,say \"hi\"\n"), { 0 }, "1:5\" pipe|say \"hi\"|" },
	{ S_INIT("\"a\"  ,b\n"), { 0 }, "1:a|b|" },
	{ S_INIT("\xef\xbb\xbf\"a\",b\n"), { 0 }, "1:a|b|" },
	/* delimiters */
	{ S_INIT("a;b;c\n1,5;2;3\n"), { 0 }, "1:a|b|c|2:1,5|2|3|" },
	{ S_INIT("a\tb\n1;2\t3\n"), { 0 }, "1:a|b|2:1;2|3|" },
	{ S_INIT("a|b\n1|2\n"), { 0 }, "1:a|b|2:1|2|" },
	{ S_INIT("\"x;y;z\",b\n1,2\n"), { 0 }, "1:x;y;z|b|2:1|2|" },
	{ S_INIT("name, first;town\nMay;Bonn\nRoth, Eva, Dr.;Köln\n"),
	  { 0 },
	  "1:name, first|town|2:May|Bonn|3:Roth, Eva, Dr.|Köln|" },
	{ S_INIT("sep=|\na|b\n"), { 0 }, "2:a|b|" },
	{ S_INIT("a:b\n"), { .delimiter = ':' }, "1:a|b|" },
	{ S_INIT("one\ntwo\n"), { 0 }, "1:one|2:two|" },
	{ S_INIT("a\n"),
	  { .delimiter = '"' },
	  "a quote or a line break cannot be the delimiter; choose , ; tab or |" },
	/* columns of white space */
	{ S_INIT("  a   bb\tc \r\n\n 1 \"2 3\"\r\n"),
	  { .columns = true },
	  "1:a|bb|c|3:1|\"2|3\"|" },
	{ S_INIT("x y"), { .columns = true }, "1:x|y|" },
	/* quotes that do not fit */
	{ S_INIT("a,b\n1,\"2\n3,4\n"),
	  { 0 },
	  "row 2, column 2: the quote opened here is never closed" },
	{ S_INIT("\""), { 0 }, "row 1, column 1: the quote opened here is never closed" },
	{ S_INIT("a,b\n\"1\"x,2\n"),
	  { 0 },
	  "row 2, column 1: text stands behind the closing quote; a quote inside of quotes is written "
	  "twice" },
	/* bytes that are no text */
	{ S_INIT("a,b\n1,\0\n"),
	  { 0 },
	  "row 2, column 2: a NUL byte, which no text has; is the file text at all, or UTF-16 "
	  "(encoding=utf-16)?" },
	{ S_INIT("a,b\nM\xc3\xbcller,\0\n"),
	  { 0 },
	  "row 2, column 2: a NUL byte, which no text has; is the file text at all, or UTF-16 "
	  "(encoding=utf-16)?" },
	/* encodings */
	{ S_INIT("M\xfcller;\x80\xdf\n"), { 0 }, "1:Müller|€ß|" },
	{ S_INIT("M\xfcller;\xa4\n"), { .encoding = ENCODING_ISO_8859_15 }, "1:Müller|€|" },
	{ S_INIT("M\xc3\xbcller,\xf0\x9f\x98\x80\n"), { 0 }, "1:Müller|😀|" },
	{ S_INIT("M\xc3\xbcller,b\n1,\xfc\n"),
	  { 0 },
	  "row 2, column 2: the byte 0xFC is not utf-8; is the file windows-1252 "
	  "(encoding=windows-1252)?" },
	{ S_INIT("a,b\nx,M\xfcller\n"),
	  { .encoding = ENCODING_UTF8 },
	  "row 2, column 2: the byte 0xFC is not utf-8; is the file windows-1252 "
	  "(encoding=windows-1252)?" },
	{ S_INIT("a,\xc3"),
	  { .encoding = ENCODING_UTF8 },
	  "row 1, column 2: the byte 0xC3 is not utf-8; is the file windows-1252 "
	  "(encoding=windows-1252)?" },
	{ S_INIT("\xed\xa0\x80"),
	  { .encoding = ENCODING_UTF8 },
	  "row 1, column 1: the byte 0xED is not utf-8; is the file windows-1252 "
	  "(encoding=windows-1252)?" },
	{ S_INIT("a,\x81\n"),
	  { .encoding = ENCODING_WINDOWS_1252 },
	  "row 1, column 2: the byte 0x81 is not windows-1252; name the encoding of the file, or "
	  "repair the text" },
	{ S_INIT("\xff\xfe"
		 "a\0;\0\xfc\0\n\0\x3d\xd8\x00\xde"),
	  { 0 },
	  "1:a|ü|2:😀|" },
	{ S_INIT("\xfe\xff\0a\0;\0\xfc"), { 0 }, "1:a|ü|" },
	{ S_INIT("a\0;\0b\0\n\0"), { 0 }, "1:a|b|" },
	{ S_INIT("\0a\0;\0b\0\n"), { .encoding = ENCODING_UTF16 }, "1:a|b|" },
	{ S_INIT("\xff\xfe"
		 "a\0\x00\xd8"
		 "b\0"),
	  { 0 },
	  "row 1, column 1: the byte 0x00 is not utf-16; name the encoding of the file" },
	{ S_INIT("\xff\xfe"
		 "a\0b"),
	  { 0 },
	  "row 1, column 1: the byte 0x62 is not utf-16; name the encoding of the file" },
};

static void
test_rows_and_failures(void **state)
{
	static const size_t pieces[PIECES] = { 1, 3, 1 << 20 };
	struct cx *cx = *state;

	for (size_t i = 0; i < countof(cases); i++)
		for (size_t p = 0; p < PIECES; p++) {
			struct str got;

			cx_reset(cx);
			got = shown(cx, cases[i].in, cases[i].options, pieces[p]);
			if (!str_eq_z(got, cases[i].want))
				fail_msg("case %zu by %zu: got \"%.*s\", want \"%s\"", i, pieces[p],
					 STR_FMT(got), cases[i].want);
		}
}

static struct str
repeated(struct cx *cx, const char *first, const char *again, size_t times)
{
	struct buf b = buf_in(cx->mem, 32 << 20);

	buf_z(&b, first);
	for (size_t i = 0; i < times; i++)
		buf_z(&b, again);
	assert_false(b.full);
	return buf_done(&b);
}

static void
assert_shown(struct cx *cx, struct str in, struct csv_options options, const char *want)
{
	assert_str(shown(cx, in, options, 1 << 20), want);
	cx_reset(cx);
}

static void
test_too_much_is_refused_with_row_and_column(void **state)
{
	struct cx *cx = *state;

	assert_shown(
		cx, repeated(cx, "a", ",b", 9999), (struct csv_options){ 0 },
		"row 1, column 1001: a row may have 1,000 columns at most; take out what is not needed");
	assert_shown(
		cx, repeated(cx, "a\nb", " b", 9999), (struct csv_options){ .columns = true },
		"row 2, column 1001: a row may have 1,000 columns at most; take out what is not needed");
	assert_shown(
		cx, repeated(cx, "a,b\n1,\"", "1234567890123456", 1 << 16 | 1),
		(struct csv_options){ 0 },
		"row 2, column 2: the cell is longer than 1 MiB; the quote opened here is probably "
		"never closed");
	assert_shown(
		cx, repeated(cx, "a,b\n1,", "1234567890123456", 1 << 16 | 1),
		(struct csv_options){ 0 },
		"row 2, column 2: the cell is longer than 1 MiB; is this a text file with line breaks?");
	assert_shown(
		cx, repeated(cx, "", "123456789012345678901234567890,", 300000),
		(struct csv_options){ 0 },
		"row 1, column 1001: a row may have 1,000 columns at most; take out what is not needed");
}

static void
test_a_cell_of_one_mebibyte_is_kept(void **state)
{
	struct cx *cx = *state;
	struct str in = repeated(cx, "", "1234567890123456", 1 << 16);
	struct csv *csv = csv_open(cx, cx->mem, (struct source){ source_str, &in },
				   (struct csv_options){ 0 });
	struct csv_row row;
	bool more;

	assert_non_null(csv);
	assert_true(csv_next(cx, csv, &row, &more) && more);
	assert_int_equal(row.n, 1);
	assert_int_equal(row.cells[0].n, 1 << 20);
	assert_int_equal(csv_bytes(csv), 1 << 20);
}

enum { MANY = 500000 };
static const char ROW[] = "12345;Müller & Söhne;\"Köln\";1.234,50\n";

/* The same row over and over; state is the bytes given so far. */
static int64_t
rows_read(void *state, void *out, size_t n)
{
	size_t *given = state, left = (sizeof ROW - 1) * MANY - *given, i;

	for (i = 0; i < n && i < left; i++)
		((char *)out)[i] = ROW[(*given + i) % (sizeof ROW - 1)];
	*given += i;
	return (int64_t)i;
}

static void
test_a_large_file_needs_no_more_memory_than_a_small_one(void **state)
{
	struct cx *cx = *state;
	size_t given = 0, used;
	struct csv *csv = csv_open(cx, cx->mem, (struct source){ rows_read, &given },
				   (struct csv_options){ 0 });
	struct csv_row row;
	int64_t rows;
	bool more = true;

	assert_non_null(csv);
	assert_true(csv_next(cx, csv, &row, &more));
	used = arena_used(cx->mem);
	for (rows = 1; csv_next(cx, csv, &row, &more) && more; rows++)
		assert_int_equal(row.n, 4);
	assert_int_equal(cx->err.code, E_OK);
	assert_int_equal(rows, MANY);
	assert_int_equal(csv_delimiter(csv), ';');
	assert_int_equal(arena_used(cx->mem), used);
}

static int64_t
broken_read(void *state, void *out, size_t n)
{
	int *calls = state;

	if ((*calls)++)
		return -1;
	memset(out, '\n', n);
	memcpy(out, "a,b\n", 4);
	return 4;
}

static void
test_a_source_that_fails_is_told(void **state)
{
	struct cx *cx = *state;
	int calls = 0;

	assert_null(csv_open(cx, cx->mem, (struct source){ broken_read, &calls },
			     (struct csv_options){ 0 }));
	assert_int_equal(cx->err.code, E_IO);
	assert_str(cx->err.why, "row 1: reading the file failed");
}

/* The tables agree with those of the C library. */
static void
assert_same_as_iconv(struct cx *cx, enum encoding encoding, const char *name)
{
	iconv_t other = iconv_open("UTF-8", name);

	assert_true(other != (iconv_t)-1);
	for (unsigned byte = 0xa0; byte < 256 + 32; byte++) {
		char c = (char)(byte < 256 ? byte : byte - 256 + 0x80), utf8[8], *in = &c,
		     *out = utf8;
		struct str bytes = { &c, 1 }, got = S("");
		size_t left = 1, room = sizeof utf8;
		bool known =
			iconv(other, &in, &left, &out, &room) != (size_t)-1 && utf8[0] != '\xc2';
		struct decoder *d =
			decoder_new(cx->mem, (struct source){ source_str, &bytes }, encoding);
		enum decoded answer = decoder_next(d, &got);

		known = known || byte < 256;
		if (known != (answer == DECODED_TEXT) ||
		    (known && !str_eq(got, (struct str){ utf8, (size_t)(out - utf8) })))
			fail_msg("byte 0x%02X of %s", (unsigned char)c, name);
		cx_reset(cx);
	}
	iconv_close(other);
}

static void
test_the_tables_of_single_bytes_are_right(void **state)
{
	assert_same_as_iconv(*state, ENCODING_WINDOWS_1252, "WINDOWS-1252");
	assert_same_as_iconv(*state, ENCODING_ISO_8859_15, "ISO-8859-15");
}

static void
test_encodings_are_found_by_name(void **state)
{
	enum encoding encoding = ENCODING_AUTO;

	(void)state;
	assert_true(encoding_find(S("Windows-1252"), &encoding));
	assert_int_equal(encoding, ENCODING_WINDOWS_1252);
	assert_false(encoding_find(S("latin"), &encoding));
	assert_int_equal(encoding, ENCODING_WINDOWS_1252);
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
		cmocka_unit_test_setup_teardown(test_rows_and_failures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_much_is_refused_with_row_and_column, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_cell_of_one_mebibyte_is_kept, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_a_large_file_needs_no_more_memory_than_a_small_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_source_that_fails_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_tables_of_single_bytes_are_right, setup,
						teardown),
		cmocka_unit_test(test_encodings_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
