/* What every unit test includes in place of cmocka's own header: cmocka defines a macro `fail`
 * that would hide the function of error.h. */
#ifndef KONTOR_BASE_TEST_H
#define KONTOR_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail
#undef fail_msg
/* Does not return: cmocka leaps to the next test. */
#define fail_msg(...)                                                                      \
	(print_error("ERROR: " __VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__), \
	 __builtin_unreachable())

#include "base/cx.h"

/* Fails the test, showing both, where the texts differ. */
#define assert_str(got, want_z)                                                         \
	do {                                                                            \
		struct str got_ = (got);                                                \
		if (!str_eq_z(got_, (want_z)))                                          \
			fail_msg("got \"%.*s\", want \"%s\"", STR_FMT(got_), (want_z)); \
	} while (0)

#endif
