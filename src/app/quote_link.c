#include "app/quote_link.h"

#include "app/features.h"
#include "base/crypt.h"
#include "base/feature.h"
#include "db/db.h"
#include "model/ids.h"

enum { DAY_BYTES = 16 };
static const char PURPOSE[] = "quote link";

/* clang-format off */
static const struct system_column link_columns[] = {
	{ "quote_id", COLUMN_INT,  .primary = true },
	{ "hash",     COLUMN_BLOB, .required = true },
	{ "made_at",  COLUMN_INT,  .required = true },
	{ 0 }
};
static const char *const link_unique[] = { "hash", NULL };
static const struct system_table tables[] = {
	{ "sys_quote_link", link_columns, .unique = link_unique },
	{ 0 }
};
/* clang-format on */

static bool
is_state(const struct row *quote, const char *state)
{
	return str_eq_z(quote->v[QUOTE_STATE].s, state);
}

/* ---- making and withdrawing ---- */

static bool
store_link(struct cx *cx, int64_t quote, struct str token)
{
	struct stmt *stmt = db_sql(
		cx, "INSERT INTO sys_quote_link (quote_id, hash, made_at) VALUES (?1, ?2, ?3)"
		    " ON CONFLICT (quote_id) DO UPDATE SET hash = excluded.hash,"
		    " made_at = excluded.made_at");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, quote);
	db_bind_blob(stmt, 2, store_mark(cx, PURPOSE, token));
	db_bind_int(stmt, 3, cx->now);
	return db_run(cx, stmt);
}

bool
quote_link_make(struct cx *cx, int64_t quote, struct str *token)
{
	struct str secret = crypt_token(cx->mem, cx->env);
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[QUOTE], quote, &c))
		return false;
	change_put(c, c->object->fields[QUOTE_LINK_MADE_AT], value_int(cx->now));
	if (!is_state(c->before, "draft") && !is_state(c->before, "sent"))
		return fail(cx, E_CONFLICT,
			    "Only a quote that is a draft or sent gets a link; make a new version");
	if (!record_save(cx, c) || !store_link(cx, quote, secret))
		return false;
	*token = secret;
	return true;
}

bool
quote_link_drop(struct cx *cx, int64_t quote)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[QUOTE], quote, &c))
		return false;
	change_put(c, c->object->fields[QUOTE_LINK_MADE_AT], (struct value){ 0 });
	return record_save(cx, c);
}

/* ---- finding ---- */

/* One answer to all: what is wrong with a link is no business of who tries one. */
static bool
is_dead(struct cx *cx)
{
	return fail(cx, E_MISSING, "This link is not valid, or no longer");
}

static bool
look_up(struct cx *cx, struct str token, int64_t *quote, int64_t *made_at)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT quote_id, made_at FROM sys_quote_link WHERE hash = ?1");
	bool row = false;

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, store_mark(cx, PURPOSE, token));
	if (!db_step(cx, stmt, &row))
		return false;
	if (row) {
		*quote = db_col_int(stmt, 0);
		*made_at = db_col_int(stmt, 1);
	}
	db_done(stmt);
	return row || is_dead(cx);
}

/* Sent, not withdrawn, and its last day is not over. */
static bool
is_alive(struct cx *cx, const struct row *quote, int64_t made_at)
{
	const struct value *made = &quote->v[QUOTE_LINK_MADE_AT];
	struct buf today = buf_in(cx->mem, DAY_BYTES);

	date_print(&today, moment_date(zone_find(cx->zone), cx->now));
	return is_state(quote, "sent") && made->kind == V_INT && made->i == made_at &&
	       (quote->v[QUOTE_VALID_UNTIL].kind != V_TEXT ||
		str_cmp(quote->v[QUOTE_VALID_UNTIL].s, buf_done(&today)) >= 0);
}

bool
quote_link_find(struct cx *cx, struct str token, const struct row **quote)
{
	int64_t id, made_at;
	struct row *row;

	if (!look_up(cx, token, &id, &made_at))
		return false;
	if (!record_load(cx, cx->model->objects[QUOTE], id, &row)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return is_dead(cx);
	}
	*quote = row;
	return is_alive(cx, row, made_at) || is_dead(cx);
}

bool
quote_link_take(struct cx *cx, struct str token, struct change **quote)
{
	int64_t id, made_at;

	if (!look_up(cx, token, &id, &made_at))
		return false;
	if (!change_of(cx, CHANGE_EDIT, cx->model->objects[QUOTE], id, quote)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return is_dead(cx);
	}
	return is_alive(cx, (*quote)->before, made_at) || is_dead(cx);
}

const struct feature feature_quote_link = { .name = "quotelink", .tables = tables };
