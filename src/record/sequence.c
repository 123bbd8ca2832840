#include "base/heap.h"
#include "record/internal.h"

struct sequence {
	struct sequence *older;
	const struct field *field;
	int64_t unit, next;
	size_t depth; /* savepoints that were open when the work took it */
};

static void
sequence_bind(struct stmt *stmt, const struct field *f, int64_t unit)
{
	db_bind_str(stmt, 1, f->object->name);
	db_bind_str(stmt, 2, f->name);
	db_bind_int(stmt, 3, unit);
}

/* Set the row's next number, or (0) leave it: nobody else takes a number until this unit ends.
 * False in *out: there is no such row. */
static bool
sequence_hold(struct cx *cx, const struct field *f, int64_t unit, int64_t next, bool *out)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_sequence SET next = coalesce(?4, next)"
				       " WHERE object = ?1 AND field = ?2 AND unit_id = ?3");

	if (!stmt)
		return false;
	sequence_bind(stmt, f, unit);
	if (next)
		db_bind_int(stmt, 4, next);
	else
		db_bind_null(stmt, 4);
	if (!db_run(cx, stmt))
		return false;
	*out = db_changes(stmt) == 1;
	return true;
}

static bool
sequence_make(struct cx *cx, const struct field *f, int64_t unit)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_sequence (object, field, unit_id, next)"
				       " VALUES (?1, ?2, ?3, 1)"
				       " ON CONFLICT (object, field, unit_id) DO NOTHING");

	if (!stmt)
		return false;
	sequence_bind(stmt, f, unit);
	return db_run(cx, stmt);
}

static bool
sequence_read(struct cx *cx, const struct field *f, int64_t unit, int64_t *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT next FROM sys_sequence"
				       " WHERE object = ?1 AND field = ?2 AND unit_id = ?3");
	bool row;

	if (!stmt)
		return false;
	sequence_bind(stmt, f, unit);
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return bug(cx, "a sequence of %.*s is not there", STR_FMT(f->object->name));
	*out = db_col_int(stmt, 0);
	db_done(stmt);
	return true;
}

static bool
sequence_take(struct cx *cx, const struct field *f, int64_t unit, struct sequence *out)
{
	bool held;

	*out = (struct sequence){ .field = f, .unit = unit, .depth = work_depth(cx) };
	if (!sequence_hold(cx, f, unit, 0, &held))
		return false;
	if (!held && (!sequence_make(cx, f, unit) || !sequence_hold(cx, f, unit, 0, &held)))
		return false;
	return sequence_read(cx, f, unit, &out->next);
}

bool
sequence_next(struct cx *cx, const struct field *f, int64_t unit, int64_t *out)
{
	struct sequence **list = work_sequences(cx), *s = *list, taken;

	while (s && (s->field != f || s->unit != unit))
		s = s->older;
	if (!s) {
		if (!sequence_take(cx, f, unit, &taken))
			return false;
		s = heap_new(sizeof *s);
		*s = taken;
		s->older = *list;
		*list = s;
	}
	*out = s->next++;
	return true;
}

bool
sequences_write(struct cx *cx, const struct sequence *list)
{
	bool held;

	for (; list; list = list->older)
		if (!sequence_hold(cx, list->field, list->unit, list->next, &held))
			return false;
	return true;
}

void
sequences_released(struct sequence *list, size_t depth)
{
	for (; list; list = list->older)
		if (list->depth > depth)
			list->depth = depth;
}

void
sequences_rolled_back(struct sequence **list, size_t depth)
{
	while (*list) {
		struct sequence *s = *list;

		if (s->depth <= depth) {
			list = &s->older;
			continue;
		}
		*list = s->older;
		heap_free(s);
	}
}

void
sequences_free(struct sequence **list)
{
	while (*list) {
		struct sequence *older = (*list)->older;

		heap_free(*list);
		*list = older;
	}
}
