#include "app/quote_link.h"

#include "app/lines.h"
#include "base/test.h"
#include "model/ids.h"

/* ---- from where ---- */

static void
test_of_an_address_the_network_is_kept(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "203.0.113.77", "203.0.113.0" },
		{ "127.0.0.1", "127.0.0.0" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1::" },
		{ "::1", "::" },
		{ "unix", "" },
		{ "", "" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(rows); i++)
		assert_str(address_short(cx, str_of(rows[i].in)), rows[i].want);
	cx_free(&cx);
}

/* ---- what is chosen ---- */

/* Letters: n normal, o option, a alternative, A the chosen one. */
static void
test_a_customer_chooses_among_what_is_offered(void **state)
{
	static const struct {
		const char *lines;
		int64_t ids[4];
		const char *want;
	} rows[] = {
		{ "noaA", { 0 }, "noaA" },        { "noaA", { 2 }, "nnaA" },
		{ "noaA", { 3 }, "noAa" },        { "noaA", { 3, 4 }, "noAa" },
		{ "aaonaA", { 1, 3 }, "AannaA" }, { "aa", { 9 }, "aa" },
		{ "nn", { 1, 2 }, "nn" },         { "aAnaa", { 5 }, "aAnaA" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		size_t n = strlen(rows[i].lines);
		struct rows lines = { .v = new_array(cx->mem, n, struct row), .n = n };

		for (size_t k = 0; k < n; k++) {
			char is = rows[i].lines[k];

			lines.v[k].id = (int64_t)k + 1;
			lines.v[k].v = new_array(cx->mem, QUOTE_LINE_AMOUNT + 1, struct value);
			lines.v[k].v[QUOTE_LINE_KIND] =
				value_text(str_of(LINE_KINDS[is == 'n'   ? LINE_NORMAL
							     : is == 'o' ? LINE_OPTION
									 : LINE_ALTERNATIVE]));
			lines.v[k].v[QUOTE_LINE_CHOSEN] = value_int(is == 'A');
		}
		lines_choose(&lines, rows[i].ids, countof(rows[i].ids));
		for (size_t k = 0; k < n; k++) {
			enum line_kind kind = line_kind_of(lines.v[k].v[QUOTE_LINE_KIND].s);
			char is = kind == LINE_NORMAL                 ? 'n'
				  : kind == LINE_OPTION               ? 'o'
				  : lines.v[k].v[QUOTE_LINE_CHOSEN].i ? 'A'
								      : 'a';

			assert_int_equal(is, rows[i].want[k]);
		}
	}
	cx_free(&cx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_an_address_the_network_is_kept),
		cmocka_unit_test(test_a_customer_chooses_among_what_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
