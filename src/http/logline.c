#include "http/internal.h"

#include "record/record.h"

enum { LINE_MAX_BYTES = 2000, US_PER_MS = 1000, SCALE_MS = 3, FAILED = 500 };

static void
word_add(struct buf *line, const char *name, struct str value)
{
	buf_char(line, ' ');
	buf_z(line, name);
	buf_char(line, '=');
	for (size_t i = 0; i < value.n; i++)
		buf_char(line, value.p[i] <= ' ' || value.p[i] == '"' ? '_' : value.p[i]);
}

static void
int_add(struct buf *line, const char *name, int64_t value)
{
	buf_char(line, ' ');
	buf_z(line, name);
	buf_char(line, '=');
	buf_int(line, value);
}

static void
cause_add(struct buf *line, const struct cx *cx)
{
	if (cx->err.code == E_OK)
		return;
	word_add(line, "error", str_of(err_row(cx->err.code)->key));
	if (cx->err.why.n) {
		buf_z(line, " why=");
		buf_json(line, cx->err.why);
	}
}

static void
line_write(struct buf *line)
{
	buf_char(line, '\n');
	if (write(STDERR_FILENO, line->p, line->n) < 0)
		return; /* nobody is left to tell */
}

void
http_log_request(const struct http *http, const struct cx *cx, const struct request *q,
		 const struct reply *r, int64_t us)
{
	struct buf line = buf_in(cx->mem, LINE_MAX_BYTES);

	if (http->options.no_log)
		return;
	buf_z(&line, r->status >= FAILED ? "error" : "info");
	word_add(&line, "request", cx->request_id);
	word_add(&line, "actor", cx->actor ? cx->actor->login : S("-"));
	buf_z(&line, " route=\"");
	buf_z(&line, http_verb_name(q->is_head ? V_HEAD : q->verb));
	buf_char(&line, ' ');
	buf_z(&line, q->route ? q->route->path : "-");
	buf_char(&line, '"');
	int_add(&line, "status", r->status);
	buf_z(&line, " ms=");
	buf_decimal(&line, us, SCALE_MS);
	int_add(&line, "sql_count", cx->n_sql);
	int_add(&line, "bytes", r->file >= 0 ? r->file_bytes : (int64_t)r->body.n);
	if (r->log_note.n)
		word_add(&line, "note", r->log_note);
	if (r->status >= FAILED)
		cause_add(&line, cx);
	line_write(&line);
}

void
http_log_failure(const struct http *http, const struct cx *cx, const char *what)
{
	struct buf line = buf_in(cx->mem, LINE_MAX_BYTES);

	(void)http;
	buf_z(&line, "error");
	word_add(&line, "task", str_of(what));
	cause_add(&line, cx);
	line_write(&line);
}
