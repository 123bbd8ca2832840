/* For tests of pages and calls: a server without a socket, on a throw-away database with the tables
 * of this floor, and a clock that stands still. */
#ifndef KONTOR_HTTP_TEST_H
#define KONTOR_HTTP_TEST_H

#include "db/test.h"
#include "http/feature.h"
#include "http/internal.h"
#include "http/tables.h"
#include "record/record.h"

struct test_http {
	struct test_db db;
	struct env_fake fake;
	struct cx *cx;
	struct http *http;
	struct request q;
	struct reply r;
};

/* Users 1 (administrator), 2 and 3; 4 is not active; nobody else exists. */
static inline bool
test_actor_load(struct cx *cx, int64_t user_id, const struct actor **out)
{
	struct actor *actor = new(cx->mem, struct actor);

	if (user_id < 1 || user_id > 3)
		return fail(cx, E_AUTH, "This user is not active");
	actor->user_id = user_id;
	actor->login = user_id == 1 ? S("admin") : S("user");
	actor->is_admin = user_id == 1;
	actor->lang = LANG_DE;
	actor->zone = S("Europe/Berlin");
	*out = actor;
	return true;
}

static inline void
test_tables_make(struct cx *cx)
{
	static const enum store_class store[] = { [COLUMN_INT] = STORE_INT,
						  [COLUMN_REAL] = STORE_REAL,
						  [COLUMN_TEXT] = STORE_TEXT,
						  [COLUMN_BLOB] = STORE_BLOB };
	const struct dialect *d = db_dialect(cx->db);

	assert_true(db_begin_write(cx));
	for (const struct system_table *table = http_tables; table->name; table++) {
		struct buf sql = buf_in(cx->mem, 4000);

		buf_printf(&sql, "CREATE TABLE %s (", table->name);
		for (const struct system_column *c = table->columns; c->name; c++) {
			bool id = c->primary && c->class == COLUMN_INT;

			buf_printf(&sql, "%s%s %s%s", c == table->columns ? "" : ", ", c->name,
				   id ? d->primary_key : d->types[store[c->class]],
				   c->primary && !id ? " PRIMARY KEY"
				   : c->required     ? " NOT NULL"
						     : "");
		}
		for (size_t i = 0; table->unique && table->unique[i]; i++)
			buf_printf(&sql, ", UNIQUE (%s)", table->unique[i]);
		buf_printf(&sql, ")%s", d->table_suffix);
		if (!db_ddl(cx, buf_done(&sql)))
			fail_msg("%.*s", STR_FMT(cx->err.why));
	}
	assert_true(db_commit(cx));
}

/* False: skipped. */
static inline bool
test_http_make(struct test_http *t, enum test_engine engine, struct http_options options)
{
	*t = (struct test_http){ 0 };
	if (!test_db_make(&t->db, engine))
		return false;
	env_fake_init(&t->fake, 1700000000000, 1);
	t->cx = cx_new(&t->fake.env, CX_MEM_DEFAULT);
	if (!db_open(t->cx, str_of(t->db.address), (struct db_options){ .unsafe_no_sync = true },
		     &t->cx->db))
		fail_msg("%.*s", STR_FMT(t->cx->err.why));
	test_tables_make(t->cx);
	if (!options.actor_load)
		options.actor_load = test_actor_load;
	options.no_log = true;
	if (!options.password_cost.passes)
		options.password_cost = PASSWORD_COST_TEST;
	if (!http_new(t->cx, &options, &t->http))
		fail_msg("%.*s", STR_FMT(t->cx->err.why));
	reply_init(&t->r);
	return true;
}

static inline void
test_http_drop(struct test_http *t)
{
	reply_fini(&t->r);
	assert_true(http_stop(&t->http));
	db_close(&t->cx->db);
	cx_free(&t->cx);
	test_db_drop(&t->db);
}

/* The next call: `t->cx` begins anew, then add headers and set the body. */
static inline void
test_begin(struct test_http *t)
{
	cx_reset(t->cx);
	reply_reset(&t->r);
	t->q = (struct request){ .address = S("192.0.2.1") };
}

static inline void
test_header(struct test_http *t, const char *name, struct str value)
{
	list_add(t->cx->mem, &t->q.headers,
		 ((struct pair){ str_of(name), str_dup(t->cx->mem, value) }));
}

/* Runs it; the answer is in t->r, of which the status is returned. */
static inline int
test_call(struct test_http *t, enum verb verb, const char *target)
{
	t->q.verb = verb;
	t->q.target = str_dup(t->cx->mem, str_of(target));
	http_dispatch(t->http, t->cx, &t->q, &t->r);
	return t->r.status;
}

static inline struct str
test_reply_header(const struct test_http *t, const char *name)
{
	for (size_t i = 0; i < t->r.headers.n; i++)
		if (str_eq_z(t->r.headers.v[i].name, name))
			return t->r.headers.v[i].value;
	return (struct str){ 0 };
}

#endif
