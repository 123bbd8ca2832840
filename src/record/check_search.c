/* The search index against the records, and how it is built anew. */
#include "record/internal.h"
#include "record/migrate.h"

static const char *const WHAT[] = {
	[SEARCH_MISSING] = "is not in the index",
	[SEARCH_STALE] = "is in the index with other words than its own",
	[SEARCH_ORPHAN] = "is in the index, but is no record that is searched",
};

static bool
expect(struct cx *cx, int64_t number, int64_t record, struct str title, struct str body, void *to)
{
	return db_search_expect(cx, to, number, record, title, body);
}

static bool
expect_all(struct cx *cx, struct search_check *check, void *to)
{
	const struct document_reader reader = { expect, check };

	(void)to;
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (!search_documents(cx, cx->model->objects[i], &reader))
			return false;
	return true;
}

static struct str
name_of(const struct cx *cx, int64_t number)
{
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (cx->model->objects[i]->number == number)
			return cx->model->objects[i]->name;
	return (struct str){ 0 };
}

static void
tell(struct cx *cx, const struct search_faults *faults, struct strs *out)
{
	for (size_t i = 0; i < faults->n; i++) {
		const struct search_fault *fault = &faults->v[i];

		list_add(cx->mem, out,
			 str_printf(cx->mem, "search: %.*s %lld %s",
				    STR_FMT(name_of(cx, fault->object)), (long long)fault->record,
				    WHAT[fault->what]));
	}
	if (faults->more)
		list_add(cx->mem, out, S("search: there is more like this"));
}

bool
check_search(struct cx *cx, struct strs *out)
{
	struct search_source source = { .each = expect_all };
	bool *objects = new_array(cx->mem, SEARCH_OBJECT_MAX + 1, bool);
	struct search_faults faults;

	for (unsigned i = 0; i < cx->model->n_objects; i++)
		objects[cx->model->objects[i]->number] = true;
	source.objects = objects;
	if (db_search_check(cx, &source, &faults)) {
		if (!faults.n)
			return true;
		tell(cx, &faults, out);
	} else {
		if (cx->err.code != E_DB)
			return false;
		fail_clear(cx);
		list_add(cx->mem, out, S("search: the index cannot be read"));
	}
	list_add(cx->mem, out, S("search: build the index anew with `kontor reindex`"));
	return true;
}

bool
store_reindex(struct cx *cx, int64_t *out)
{
	int64_t n;

	if (!db_begin_bulk(cx))
		return false;
	if (migrate_search(cx, cx->model, &n) && db_commit(cx)) {
		*out = n;
		return true;
	}
	db_rollback(cx);
	return false;
}
