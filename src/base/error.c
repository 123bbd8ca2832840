#define KONTOR_BASE
#include "base/cx.h"
#include "base/i18n.h"

#include <stdarg.h>

#undef fail
#undef fail_field
#undef bug

enum { WHY_MAX = 1000 };

static const struct err_row ROWS[] = {
#define X(name, status, exit, key, text) [E_##name] = { status, exit, #name, key, text },
	ERRORS(X)
#undef X
};
_Static_assert(countof(ROWS) == E__MAX, "one row an error");

const struct err_row *
err_row(enum err_code code)
{
	return &ROWS[code];
}

/* The format is an English text; its translation is checked to take the same arguments. */
__attribute__((format(printf, 2, 0))) static struct str
err_text(struct cx *cx, const char *format, va_list args)
{
	char text[WHY_MAX];
	int n = format ? vsnprintf(text, sizeof text, tr(cx, format), args) : 0;

	if (n < 0)
		n = 0;
	return str_dup(cx->mem, str_first(str_of(n ? text : ""), WHY_MAX - 1));
}

bool
fail(struct cx *cx, enum err_code code, const char *format, ...)
{
	va_list args;

	if (cx->err.code != E_OK)
		return false;
	va_start(args, format);
	cx->err.why = err_text(cx, format, args);
	va_end(args);
	cx->err.code = code;
	return false;
}

bool
fail_field(struct cx *cx, struct str field, const char *code, const char *format, ...)
{
	struct field_err *at = new(cx->mem, struct field_err), **end = &cx->err.fields;
	va_list args;

	if (cx->err.code == E_OK)
		cx->err.code = E_INPUT;
	at->field = str_dup(cx->mem, field);
	at->code = code;
	va_start(args, format);
	at->why = err_text(cx, format, args);
	va_end(args);
	while (*end)
		end = &(*end)->next;
	*end = at;
	return false;
}

bool
bug(struct cx *cx, const char *format, ...)
{
	va_list args;

	if (cx->err.code == E_BUG)
		return false;
	va_start(args, format);
	cx->err.why = err_text(cx, format, args);
	va_end(args);
	cx->err.code = E_BUG;
	return false;
}

void
fail_clear(struct cx *cx)
{
	cx->err = (struct err){ 0 };
}
