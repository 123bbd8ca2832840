/* Undo of a changeset, as a new changeset. */
#include "record/log.h"
#include "record/query.h"

enum { UNDO_PAGE = 500, CONFLICTS_MAX = 1000 };

struct undo {
	int64_t changeset;
	bool force;
	struct arena *mem; /* conflicts outlive the pages */
	struct conflicts *conflicts;
};

static void
conflict(struct undo *undo, const struct object *object, int64_t record, struct str field,
	 const char *why)
{
	struct conflict found = { object, record, field, str_of(why) };

	if (undo->conflicts->n < CONFLICTS_MAX)
		list_add(undo->mem, undo->conflicts, found);
}

static bool
undo_fields(struct cx *cx, struct undo *undo, struct change *c, const struct change_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct field_change *f = &row->v[i];

		if (f->field->type == FT_FORMULA)
			continue; /* it follows what it is computed from */
		if (!value_eq(&c->after->v[f->field->index], &f->new_value)) {
			if (!f->field->summed && !value_eq(&c->after->v[f->field->index], &f->old))
				conflict(undo, c->object, c->id, f->field->name, "changed since");
			continue;
		}
		change_set(c, f->field, f->old);
	}
	return record_save(cx, c);
}

/* The operation that takes another back. */
static enum change_op
inverse(enum change_op op)
{
	switch (op) {
	case CHANGE_CREATE:
	case CHANGE_RESTORE:
		return CHANGE_DELETE;
	case CHANGE_DELETE:
		return CHANGE_RESTORE;
	default:
		return CHANGE_EDIT;
	}
}

/* Does it hold again what it was made with?  Its version may be higher: later changes were undone
 * before. */
static bool
is_as_made(const struct change *c, const struct change_row *row)
{
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];
		struct value made = { 0 };

		if (f->type == FT_FORMULA || f->type == FT_ROLLUP)
			continue;
		for (size_t k = 0; k < row->n; k++)
			if (row->v[k].field == f)
				made = row->v[k].new_value;
		if (!value_eq(&c->before->v[i], &made))
			return false;
	}
	return true;
}

static bool
undo_record(struct cx *cx, struct undo *undo, const struct log_row *raw,
	    const struct change_row *row)
{
	const struct object *object = row->object;
	struct change *c;

	if (!change_of(cx, inverse(row->op), object, raw->record, &c)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		/* A part is already where its whole has gone. */
		if (row->op == CHANGE_EDIT)
			conflict(undo, object, raw->record, (struct str){ 0 }, "no longer there");
		return true;
	}
	c->undoing = true;
	if (c->op == CHANGE_EDIT)
		return undo_fields(cx, undo, c, row);
	if (row->op == CHANGE_CREATE && c->before->version != raw->version && !is_as_made(c, row)) {
		conflict(undo, object, raw->record, (struct str){ 0 }, "changed since");
		return true;
	}
	return record_save(cx, c);
}

static bool
undo_row(struct cx *cx, struct undo *undo, const struct log_row *raw)
{
	struct change_row row = { .op = (enum change_op)raw->op };
	const struct actor *actor = cx->actor;
	struct str json;
	bool erased, visible, ok;

	row.object = object_find(cx->model, raw->object, NULL);
	if (row.object && !rights_row_sql(cx, OP_READ, row.object, raw->record, &visible))
		return false;
	if (!AUTHZ(UNDO_ROW, !row.object || visible || cx->actor->is_admin || cx->actor->is_system))
		return fail(cx, E_FORBIDDEN, "You may not undo all of this changeset");
	if (!row.object || row.op == CHANGE_ERASE)
		return fail(cx, E_CONFLICT,
			    "This changeset holds a change that cannot be undone (%.*s)",
			    STR_FMT(raw->object));
	if (!log_open(cx, raw, &json, &erased))
		return false;
	if (erased) {
		conflict(undo, row.object, raw->record, (struct str){ 0 }, "erased");
		return true;
	}
	cx->actor = actor_system(cx);
	ok = log_read_fields(cx, row.object, json, &row);
	cx->actor = actor;
	return ok && undo_record(cx, undo, raw, &row);
}

static bool
undo_pages(struct cx *cx, struct undo *undo)
{
	int64_t before = INT64_MAX;

	for (;;) {
		struct arena_mark mark = arena_mark(cx->mem);
		struct log_row *rows;
		size_t n;

		if (!log_raw_before(cx, undo->changeset, before, UNDO_PAGE, &rows, &n))
			return false;
		for (size_t i = 0; i < n; i++) {
			before = rows[i].id;
			if (!undo_row(cx, undo, &rows[i]))
				return false;
		}
		if (n < UNDO_PAGE)
			return true;
		arena_rewind(cx->mem, mark);
	}
}

static bool
exists(struct cx *cx, int64_t changeset)
{
	struct stmt *stmt = db_sql(cx, "SELECT n FROM sys_changeset WHERE id = ?1");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, changeset);
	if (!db_step(cx, stmt, &row))
		return false;
	db_done(stmt);
	return row || fail(cx, E_MISSING, "There is no changeset %lld", (long long)changeset);
}

/* Does the actor see anything of it?  What may not be seen does not exist. */
static bool
is_visible(struct cx *cx, int64_t changeset)
{
	struct change_rows rows;

	if (cx->actor && (cx->actor->is_admin || cx->actor->is_system))
		return true;
	if (!log_of_changeset(cx, changeset, &rows))
		return false;
	return AUTHZ(UNDO_VISIBLE, rows.n > 0) ||
	       fail(cx, E_MISSING, "There is no changeset %lld", (long long)changeset);
}

static void
conflicts_copy(struct cx *cx, const struct conflicts *from, struct conflicts *out)
{
	*out = (struct conflicts){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		struct conflict copy = from->v[i];

		copy.field = str_dup(cx->mem, copy.field);
		list_add(cx->mem, out, copy);
	}
}

bool
changeset_undo(struct cx *cx, int64_t changeset, bool force, struct conflicts *out)
{
	struct conflicts found = { 0 };
	struct undo undo = { changeset, force, arena_new(CX_MEM_DEFAULT), &found };
	bool ok;

	*out = (struct conflicts){ 0 };
	if (!cx->work) {
		arena_free(&undo.mem);
		return bug(cx, "an undo outside a changeset");
	}
	work_undo_of(cx, changeset);
	ok = exists(cx, changeset) && is_visible(cx, changeset) && undo_pages(cx, &undo);
	conflicts_copy(cx, &found, out);
	arena_free(&undo.mem);
	if (ok && out->n && !force)
		return fail(cx, E_CONFLICT, "%zu changes stand in the way of this undo", out->n);
	return ok;
}
