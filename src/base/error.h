/* Why a unit of work failed.  One list: code, HTTP status, process exit code, default text. */
#ifndef KONTOR_BASE_ERROR_H
#define KONTOR_BASE_ERROR_H

#include "base/str.h"

/* clang-format off */
#define ERRORS(X)                                                                                  \
	X(OK,          200, 0, "ok",            "Done")                                            \
	X(USAGE,       400, 2, "usage",         "The request cannot be understood")                \
	X(AUTH,        401, 1, "sign-in",       "Please sign in")                                  \
	X(FORBIDDEN,   403, 1, "forbidden",     "You may not do this")                             \
	X(PASSWORD,    403, 1, "password",      "First choose a password of your own, at /password") \
	X(MISSING,     404, 1, "missing",       "There is no such thing")                          \
	X(METHOD,      405, 1, "method",        "This address does not know this method")          \
	X(ACCEPT,      406, 1, "accept",        "This address cannot answer in that format")       \
	X(CONFLICT,    409, 1, "conflict",      "Something else stands in the way of this")        \
	X(STALE,       412, 1, "stale",         "Someone else changed this meanwhile")             \
	X(TOO_BIG,     413, 1, "too-big",       "This is too big")                                 \
	X(MEDIA,       415, 1, "media-type",    "The format of the body is not known")             \
	X(INPUT,       422, 1, "input",         "The input is not valid")                          \
	X(LIMIT,       429, 1, "limit",         "Too many requests")                               \
	X(BUSY,        503, 1, "busy",          "The server is busy; try again")                   \
	X(IO,          503, 1, "io",            "Reading or writing failed")                       \
	X(DB,          500, 1, "database",      "The database refused")                            \
	X(BUG,         500, 1, "bug",           "A mistake in the program; it has been logged")
/* clang-format on */

enum err_code {
#define X(name, status, exit, key, text) E_##name,
	ERRORS(X) E__MAX
#undef X
};

/* One field at fault: `code` is a short stable word ("required", "unknown", "type", "range",
 * "unique", "link", "readonly", "option", "format", "length"), `why` a sentence in the unit's
 * language. */
struct field_err {
	struct field_err *next;
	struct str field, why;
	const char *code;
};

struct err {
	enum err_code code;
	struct str why;           /* a sentence; empty: the default text of the code */
	struct field_err *fields; /* in the order they were found */
	int64_t retry_after_s;    /* for E_LIMIT and E_BUSY */
	const void *current;      /* for E_STALE: the newer struct record */
};

struct err_row {
	int status, exit_code;
	const char *name, *key, *text;
};
const struct err_row *err_row(enum err_code code);

struct cx;

/* Record the cause of failure and return false.  The first cause wins. */
bool fail(struct cx *cx, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Add one field at fault (code E_INPUT unless something else failed before) and return false.
 * Many may be added. */
bool fail_field(struct cx *cx, struct str field, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A programming error that was noticed: E_BUG, logged with the request id when the unit ends. */
bool bug(struct cx *cx, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forget the failure (a caller that can do without). */
void fail_clear(struct cx *cx);

/* The compiler may know that these return false: what a function leaves untouched on failure is
 * then no "may be used uninitialized". */
static inline bool
fail_is_false(bool failed)
{
	(void)failed;
	return false;
}
#define fail(...) fail_is_false(fail(__VA_ARGS__))
#define fail_field(...) fail_is_false(fail_field(__VA_ARGS__))
#define bug(...) fail_is_false(bug(__VA_ARGS__))

#endif
