#include "base/cx.h"

#include "base/heap.h"
#include "db/postgres_sql.h"

enum { SQL_MAX = 2 << 20, TEN = 10 };

struct reader {
	struct str rest;
	struct buf text;
	struct pg_sql sql;
	size_t cap_used;
	int before_tests; /* the highest number, known from the first reading */
	bool has_word, has_limit;
	const char *why;
};

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (c & 0x80);
}

static void
skip(struct reader *r, size_t n)
{
	r->rest = str_from(r->rest, n);
}

static void
copy(struct reader *r, size_t n)
{
	buf_str(&r->text, str_first(r->rest, n));
	skip(r, n);
}

/* Quotes inside are doubled, and so look like the next text at once. */
static bool
read_quoted(struct reader *r)
{
	const char *end = memchr(r->rest.p + 1, r->rest.p[0], r->rest.n - 1);

	if (!end) {
		r->why = "a quote is not closed";
		return false;
	}
	copy(r, (size_t)(end - r->rest.p) + 1);
	return true;
}

static bool
read_comment(struct reader *r)
{
	struct str end = r->rest.p[0] == '-' ? S("\n") : S("*/");
	size_t at;

	if (str_find(str_from(r->rest, 2), end, &at))
		skip(r, 2 + at + end.n);
	else
		skip(r, r->rest.n);
	buf_char(&r->text, ' ');
	return true;
}

static struct str
word_at(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_word_char(s.p[n]))
		n++;
	return str_first(s, n);
}

static bool
read_word(struct reader *r)
{
	struct str word = word_at(r->rest);

	if (!r->has_word)
		r->sql.is_select = str_eq_ascii_nocase(word, S("select"));
	r->has_word = true;
	if (str_eq_ascii_nocase(word, S("limit")) || str_eq_ascii_nocase(word, S("returning")))
		r->has_limit = true;
	copy(r, word.n);
	return true;
}

static bool
next_is(struct str *s, struct str want)
{
	struct str rest = str_trim(*s);
	struct str word = word_at(rest);

	if (!str_eq_ascii_nocase(word, want))
		return false;
	*s = str_from(rest, word.n);
	return true;
}

static bool
is_null_test(struct str rest)
{
	if (!next_is(&rest, S("is")))
		return false;
	if (next_is(&rest, S("not")))
		return next_is(&rest, S("null"));
	return next_is(&rest, S("null"));
}

static void
count_parameter(struct reader *r, int number, bool is_test)
{
	size_t need = (size_t)number, old = r->cap_used;

	if (number > r->sql.n)
		r->sql.n = number;
	if (need > old) {
		r->cap_used = need * 2;
		r->sql.used = heap_grow(r->sql.used, r->cap_used * sizeof *r->sql.used);
		memset(r->sql.used + old, 0, (r->cap_used - old) * sizeof *r->sql.used);
	}
	r->sql.used[number - 1] |= !is_test;
}

static bool
read_parameter(struct reader *r)
{
	int number = 0;
	size_t i = 1;
	bool is_test;

	for (; i < r->rest.n && r->rest.p[i] >= '0' && r->rest.p[i] <= '9' &&
	       number <= PG_PARAMETERS_MAX;
	     i++)
		number = number * TEN + (r->rest.p[i] - '0');
	if (number < 1 || number > PG_PARAMETERS_MAX) {
		r->why = "a parameter is ?1, ?2 …";
		return false;
	}
	skip(r, i);
	is_test = is_null_test(r->rest);
	count_parameter(r, number, is_test);
	if (!is_test) {
		buf_printf(&r->text, "$%d", number);
		return true;
	}
	if (r->sql.n_tests == PG_TESTS_MAX) {
		r->why = "too many parameters are tested for NULL";
		return false;
	}
	r->sql.tests[r->sql.n_tests++] = number;
	buf_printf(&r->text, "$%d", r->before_tests + r->sql.n_tests);
	return true;
}

static bool
read_other(struct reader *r)
{
	if (r->rest.p[0] == '$') {
		r->why = "a parameter is ?1, ?2 …, not $1";
		return false;
	}
	if (str_starts(r->rest, S("@@")))
		r->sql.is_planned_anew = true;
	copy(r, 1);
	return true;
}

static bool
read_next(struct reader *r)
{
	char c = r->rest.p[0];

	if (c == '\'' || c == '"')
		return read_quoted(r);
	if (str_starts(r->rest, S("--")) || str_starts(r->rest, S("/*")))
		return read_comment(r);
	if (c == '?')
		return read_parameter(r);
	if (is_word_char(c))
		return read_word(r);
	return read_other(r);
}

static bool
read_all(struct reader *r)
{
	while (r->rest.n)
		if (!read_next(r))
			return false;
	r->why = r->text.full ? "it is too long" : "it is empty";
	return r->has_word && !r->text.full;
}

/* Twice: the numbers of tests follow the highest number, which is known at the end. */
bool
pg_sql_make(struct str sql, struct pg_sql *out, const char **why)
{
	struct reader first = { .rest = sql, .text = buf_heap(SQL_MAX) };
	bool is_good = read_all(&first);
	struct reader r = { .rest = sql, .text = buf_heap(SQL_MAX), .before_tests = first.sql.n };

	buf_fini(&first.text);
	heap_free(first.sql.used);
	if (!is_good) {
		*why = first.why;
		return false;
	}
	is_good = read_all(&r);
	buf_char(&r.text, 0);
	r.sql.is_long = r.sql.is_select && !r.has_limit;
	r.sql.text = buf_take(&r.text);
	*out = r.sql;
	return is_good;
}

void
pg_sql_fini(struct pg_sql *sql)
{
	heap_free(sql->text);
	heap_free(sql->used);
	*sql = (struct pg_sql){ 0 };
}
