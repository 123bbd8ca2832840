#include "http/internal.h"

#include "base/log.h"
#include "record/record.h"

enum { US_PER_MS = 1000, FAILED = 500, ROUTE_MAX = 300 };

static struct str
route_text(const struct cx *cx, const struct request *q)
{
	struct buf text = buf_in(cx->mem, ROUTE_MAX);

	buf_z(&text, http_verb_name(q->is_head ? V_HEAD : q->verb));
	buf_char(&text, ' ');
	buf_z(&text, q->route ? q->route->path : "-");
	return buf_done(&text);
}

void
http_log_request(const struct http *http, const struct cx *cx, const struct request *q,
		 const struct reply *r, int64_t us)
{
	bool failed = r->status >= FAILED;
	const char *error = failed && cx->err.code ? err_row(cx->err.code)->key : NULL;

	if (http->options.no_log || !log_is_on(failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO))
		return;
	log_line(failed ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO, "request",
		 LOG_STR("request", cx->request_id),
		 LOG_STR("actor", cx->actor ? cx->actor->login : S("-")),
		 LOG_STR("route", route_text(cx, q)), LOG_INT("status", r->status),
		 LOG_INT("us", us), LOG_INT("sql_count", cx->n_sql),
		 LOG_INT("bytes", reply_bytes(r)),
		 LOG_STR(r->log_note.n || error ? "note" : NULL,
			 error ? str_of(error) : r->log_note),
		 LOG_STR(error ? "why" : NULL, cx->err.why));
}

void
http_log_failure(const struct cx *cx, const char *what)
{
	log_line(LOG_LEVEL_ERROR, "task", LOG_Z("task", what),
		 LOG_Z("note", err_row(cx->err.code)->key), LOG_STR("why", cx->err.why));
}
