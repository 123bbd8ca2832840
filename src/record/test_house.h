/* For tests of record/ and above: a store on a throw-away database, with the shipped model and, if
 * wanted, texts of the test's own. */
#ifndef KONTOR_RECORD_TEST_HOUSE_H
#define KONTOR_RECORD_TEST_HOUSE_H

#include "db/test.h"

#include <ftw.h>

#include "model/ids.h"
#include "record/internal.h"
#include "record/log.h"

struct test_house {
	struct test_db at;
	struct cx *cx;
	struct db *db;
	struct store *store;
	struct env_fake env;
	char keyring[64];
};

enum { TEST_NOW_S = 1790000000 }; /* 2026-09-21 */

static inline void
test_ok(struct cx *cx, bool ok)
{
	if (ok)
		return;
	for (struct field_err *at = cx->err.fields; at; at = at->next)
		print_error("%.*s: %s: %.*s\n", STR_FMT(at->field), at->code, STR_FMT(at->why));
	fail_msg("%s: %.*s", err_row(cx->err.code)->name, STR_FMT(cx->err.why));
}

static inline bool
test_house_open(struct test_house *h, enum test_engine engine,
		const struct feature *const *features)
{
	struct store_options options = { .features = features };
	struct db_options db_options = { .unsafe_no_sync = true };

	*h = (struct test_house){ 0 };
	if (!test_db_make(&h->at, engine))
		return false;
	env_fake_init(&h->env, (int64_t)TEST_NOW_S * 1000, 42);
	h->cx = cx_new(&h->env.env, (size_t)1 << 30);
	test_ok(h->cx, db_open(h->cx, str_of(h->at.address), db_options, &h->db));
	h->cx->db = h->db;
	snprintf(h->keyring, sizeof h->keyring, "/tmp/kontor-test-keys-%d-%d", (int)getpid(),
		 (int)engine);
	options.keyring = str_of(h->keyring);
	options.texts = model_shipped(h->cx->mem, &options.n_texts);
	test_ok(h->cx, store_open(h->cx, options, &h->store));
	h->cx->store = h->store;
	store_model(h->cx);
	h->cx->actor = actor_system(h->cx);
	h->cx->door = S("test");
	return true;
}

static inline void
test_house_next(struct test_house *h)
{
	work_abandon(h->cx);
	db_rollback(h->cx);
	cx_reset(h->cx);
	store_model(h->cx);
	h->cx->actor = actor_system(h->cx);
	h->cx->door = S("test");
}

static inline int
test_remove(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void
test_house_close(struct test_house *h)
{
	work_abandon(h->cx);
	db_rollback(h->cx);
	store_close(&h->store);
	db_close(&h->db);
	cx_free(&h->cx);
	test_db_drop(&h->at);
	nftw(h->keyring, test_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const struct object *
test_object(struct test_house *h, const char *name)
{
	const struct object *object = object_find(h->cx->model, str_of(name), NULL);

	assert_non_null(object);
	return object;
}

static inline void
test_set(struct change *c, const char *field, struct value v)
{
	const struct field *f = field_find(c->object, str_of(field));

	if (!f)
		fail_msg("no field %s", field);
	change_set(c, f, v);
}

#endif
