#define KONTOR_BASE
#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/cx.h"

static const char *const LEVELS[LOG_LEVEL__MAX] = { "debug", "info", "warn", "error" };

static _Atomic int lowest = LOG_LEVEL_INFO;

void
log_set_level(enum log_level level)
{
	atomic_store_explicit(&lowest, (int)level, memory_order_relaxed);
}

bool
log_is_on(enum log_level level)
{
	return (int)level >= atomic_load_explicit(&lowest, memory_order_relaxed);
}

bool
log_level_find(struct str name, enum log_level *out)
{
	for (int i = 0; i < LOG_LEVEL__MAX; i++)
		if (str_eq_z(name, LEVELS[i])) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

static bool
needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
			return true;
	}
	return !s.n;
}

static void
print_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0, n; i < s.n; i += n) {
		struct str rest = str_from(s, i);
		uint32_t c;

		n = str_utf8_next(rest, &c);
		if (c == '"' || c == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)c);
		} else if (c < ' ' || (c >= 0x7f && c < 0xa0) || (c == 0xfffd && n == 1)) {
			BUF_LIT(b, "\\x");
			buf_hex(b, str_first(rest, n));
		} else {
			buf_str(b, str_first(rest, n));
		}
	}
	buf_char(b, '"');
}

static void
print_text(struct buf *b, struct str s)
{
	struct str shown = str_first(s, LOG_TEXT_MAX);

	if (needs_quotes(shown))
		print_quoted(b, shown);
	else
		buf_str(b, shown);
	if (shown.n < s.n)
		BUF_LIT(b, "…");
}

void
log_print(struct buf *b, int64_t now_ms, enum log_level level, const char *event,
	  const struct log_field *fields)
{
	BUF_LIT(b, "time=");
	moment_print(b, now_ms);
	BUF_LIT(b, " level=");
	buf_z(b, LEVELS[level]);
	BUF_LIT(b, " event=");
	print_text(b, str_of(event));
	for (; fields->key; fields++) {
		buf_char(b, ' ');
		buf_z(b, fields->key);
		buf_char(b, '=');
		if (fields->is_number)
			buf_int(b, fields->number);
		else
			print_text(b, fields->text);
	}
}

/* A line is one write, so that lines of several threads and processes do not mix. */
void
log_fields(enum log_level level, const char *event, const struct log_field *fields)
{
	char line[LOG_LINE_MAX];
	struct buf b = { .p = line, .cap = sizeof line, .max = sizeof line - sizeof "…\n" };
	ssize_t done = 0;

	if (!log_is_on(level))
		return;
	log_print(&b, env_real.now_ms(&env_real), level, event, fields);
	if (b.full) {
		memcpy(line + b.n, "…", sizeof "…" - 1);
		b.n += sizeof "…" - 1;
	}
	line[b.n++] = '\n';
	for (size_t at = 0; at < b.n; at += (size_t)done) {
		done = write(STDERR_FILENO, line + at, b.n - at);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return;
	}
}
