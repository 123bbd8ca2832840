#include "base/feature.h"
#include "db/db.h"
#include "http/asset.h"
#include "http/feature.h"
#include "http/internal.h"
#include "http/tables.h"

/* Alive: the server answers. */
static bool
get_health(struct cx *cx, struct request *q, struct reply *r)
{
	(void)cx;
	(void)q;
	r->type = TYPE_TEXT;
	BUF_LIT(&r->body, "ok\n");
	return true;
}

static bool
database_answers(struct cx *cx)
{
	struct stmt *stmt;
	bool row = false;

	if (!db_begin_read(cx))
		return false;
	stmt = db_sql(cx, "SELECT 1");
	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	db_done(stmt);
	return row;
}

/* Ready: the database answers too. */
static bool
get_ready(struct cx *cx, struct request *q, struct reply *r)
{
	(void)q;
	if (!database_answers(cx)) {
		fail_clear(cx);
		return fail(cx, E_BUSY, "The database does not answer");
	}
	r->type = TYPE_TEXT;
	BUF_LIT(&r->body, "ready\n");
	return true;
}

static bool
get_metrics(struct cx *cx, struct request *q, struct reply *r)
{
	r->type = S("application/openmetrics-text; version=1.0.0; charset=utf-8");
	metrics_print(cx, q->http, &r->body);
	return true;
}

/* clang-format off */
static const struct route routes[] = {
	{ V_GET, "/healthz", NEED_PUBLIC,   NULL, get_health,  .bare = true, .is_api = true, .purpose = "The server is alive" },
	{ V_GET, "/readyz",  NEED_PUBLIC,   NULL, get_ready,   .bare = true, .is_api = true, .purpose = "The server and its database answer" },
	{ V_GET, "/metrics", NEED_OPERATOR, NULL, get_metrics, .bare = true, .is_api = true, .purpose = "Figures for operators, OpenMetrics" },
	{ V_GET, "/assets/{name...}", NEED_PUBLIC, NULL, asset_get, .bare = true, .purpose = "Scripts, styles and pictures" },
	{ V_GET, "/worker.js", NEED_PUBLIC, NULL, asset_worker, .bare = true, .purpose = "The script that shows kept pages while there is no connection" },
	{ 0 }
};
/* clang-format on */

const struct feature feature_http = { .name = "http", .routes = routes, .tables = http_tables };
