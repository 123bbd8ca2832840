/* Reading the log as the actor may see it. */
#include "record/log.h"
#include "record/query.h"

enum { HISTORY_MAX = 1000 };

#define HISTORY                                                                                  \
	"SELECT c.id, c.changeset_id, c.object, c.record_id, c.op, c.version, c.subject_object," \
	" c.subject_id, c.body, s.at, s.actor_id, s.door, s.why, s.undo_of,"                     \
	" coalesce((SELECT u.id FROM sys_changeset u WHERE u.undo_of = s.id AND u.undo_of > 0"   \
	" ORDER BY u.id LIMIT 1), 0)"                                                            \
	" FROM sys_change c JOIN sys_changeset s ON s.id = c.changeset_id "

struct read {
	struct log_row raw;
	struct change_row row;
};

static void
read_one(struct cx *cx, struct stmt *stmt, struct read *out)
{
	struct log_row *raw = &out->raw;

	*out = (struct read){ 0 };
	raw->id = db_col_int(stmt, 0);
	raw->object = str_dup(cx->mem, db_col_str(stmt, 2));
	raw->record = db_col_int(stmt, 3);
	raw->version = db_col_int(stmt, 5);
	raw->subject_object =
		db_col_null(stmt, 6) ? (struct str){ 0 } : str_dup(cx->mem, db_col_str(stmt, 6));
	raw->subject = db_col_int(stmt, 7);
	raw->body = str_dup(cx->mem, db_col_blob(stmt, 8));
	out->row = (struct change_row){ .id = raw->id,
					.changeset = db_col_int(stmt, 1),
					.record = raw->record,
					.op = (enum change_op)db_col_int(stmt, 4),
					.version = raw->version,
					.at = db_col_int(stmt, 9),
					.actor_id = db_col_int(stmt, 10),
					.door = str_dup(cx->mem, db_col_str(stmt, 11)),
					.why = str_dup(cx->mem, db_col_str(stmt, 12)),
					.undo_of = db_col_int(stmt, 13),
					.undone_by = db_col_int(stmt, 14) };
	out->row.object = object_find(cx->model, raw->object, NULL);
}

static bool
read_all(struct cx *cx, struct stmt *stmt, struct read **out, size_t *out_n)
{
	struct {
		struct read *v;
		size_t n, cap;
	} list = { 0 };
	struct read read;
	bool more;

	while (db_step(cx, stmt, &more)) {
		if (!more) {
			*out = list.v;
			*out_n = list.n;
			return true;
		}
		read_one(cx, stmt, &read);
		list_add(cx->mem, &list, read);
	}
	return false;
}

static bool
name_actors(struct cx *cx, struct change_rows *rows)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	int64_t *ids = new_array(cx->mem, rows->n + 1, int64_t);
	struct str *names = new_array(cx->mem, rows->n + 1, struct str);

	for (size_t i = 0; i < rows->n; i++)
		ids[i] = rows->v[i].actor_id;
	if (!users || !record_titles(cx, users, ids, rows->n, names))
		return cx->err.code == E_OK;
	for (size_t i = 0; i < rows->n; i++) {
		rows->v[i].actor = names[i];
		if (!names[i].n && !AUTHZ(LOG_ACTOR, rights_see_all(cx, users)) &&
		    rows->v[i].actor_id != cx->actor->user_id)
			rows->v[i].actor_id = 0;
	}
	return true;
}

/* May the actor see this entry?  Records that are gone for good are seen by none but the system. */
static bool
may_see(struct cx *cx, const struct change_row *row, bool *out)
{
	*out = false;
	if (!row->object)
		return true;
	if (!rights_row_sql(cx, OP_READ, row->object, row->record, out))
		return false;
	*out = AUTHZ(LOG_ROW, *out);
	return true;
}

/* What went from one record that is not seen to another did not change at all. */
static bool
links_seen(struct cx *cx, struct change_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < row->n; i++) {
		struct field_change *at = &row->v[i];

		if (!link_seen(cx, at->field, &at->old) ||
		    !link_seen(cx, at->field, &at->new_value))
			return false;
		if (!value_eq(&at->old, &at->new_value))
			row->v[kept++] = *at;
	}
	row->n = kept;
	return true;
}

static bool
add_entry(struct cx *cx, struct read *read, struct change_rows *out)
{
	struct str json;

	if (!log_open(cx, &read->raw, &json, &read->row.erased) ||
	    !log_read_fields(cx, read->row.object, json, &read->row))
		return false;
	if (!links_seen(cx, &read->row))
		return false;
	out->v[out->n++] = read->row;
	return true;
}

static bool
show(struct cx *cx, struct read *reads, size_t n, struct change_rows *out)
{
	struct change_rows rows = { .v = new_array(cx->mem, n + 1, struct change_row) };

	for (size_t i = 0; i < n; i++) {
		bool visible;

		rows.next = reads[i].row.id;
		if (!may_see(cx, &reads[i].row, &visible))
			return false;
		if (visible && !add_entry(cx, &reads[i], &rows))
			return false;
	}
	if (!name_actors(cx, &rows))
		return false;
	*out = rows;
	return true;
}

bool
log_of_record(struct cx *cx, const struct object *object, int64_t id, int64_t limit,
	      struct change_rows *out)
{
	struct stmt *stmt;
	struct read *reads;
	size_t n;
	bool visible;

	if (!rights_row_sql(cx, OP_READ, object, id, &visible))
		return false;
	if (!AUTHZ(HISTORY_ROW, visible))
		return fail(cx, E_MISSING, "There is no such record");
	stmt = db_sql(cx, HISTORY
		      "WHERE c.object = ?1 AND c.record_id = ?2 ORDER BY c.id DESC LIMIT ?3");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, object->name);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, limit > 0 && limit < HISTORY_MAX ? limit : HISTORY_MAX);
	return read_all(cx, stmt, &reads, &n) && show(cx, reads, n, out);
}

bool
log_after(struct cx *cx, int64_t after, int64_t limit, struct change_rows *out)
{
	struct stmt *stmt = db_sql(cx, HISTORY "WHERE c.id > ?1 ORDER BY c.id LIMIT ?2");
	struct read *reads;
	size_t n;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, after);
	db_bind_int(stmt, 2, limit > 0 && limit < HISTORY_MAX ? limit : HISTORY_MAX);
	return read_all(cx, stmt, &reads, &n) && show(cx, reads, n, out);
}

bool
log_of_changeset(struct cx *cx, int64_t changeset, struct change_rows *out)
{
	struct stmt *stmt = db_sql(cx, HISTORY "WHERE c.changeset_id = ?1 ORDER BY c.id LIMIT ?2");
	struct read *reads;
	size_t n;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, changeset);
	db_bind_int(stmt, 2, HISTORY_MAX);
	return read_all(cx, stmt, &reads, &n) && show(cx, reads, n, out);
}

/* ---- a record as it was ---- */

static void
take_back(struct row *row, const struct change_row *change)
{
	for (size_t i = 0; i < change->n; i++)
		row->v[change->v[i].field->index] = change->v[i].old;
	row->version = change->version - 1;
	row->v[SF_VERSION] = value_int(row->version);
}

static bool
load_any(struct cx *cx, const struct object *object, int64_t id, struct row **out, bool *trashed)
{
	*trashed = false;
	if (record_load(cx, object, id, out))
		return true;
	if (cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	*trashed = true;
	return record_load_trashed(cx, object, id, out);
}

bool
record_load_as_of(struct cx *cx, const struct object *object, int64_t id, int64_t at,
		  struct row **out)
{
	struct change_rows changes;
	struct row *row;
	struct stmt *stmt;
	struct read *reads;
	size_t n;
	bool gone;

	if (!load_any(cx, object, id, &row, &gone))
		return false;
	stmt = db_sql(cx, HISTORY
		      "WHERE c.object = ?1 AND c.record_id = ?2 AND s.at > ?3 ORDER BY c.id DESC");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, object->name);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, at);
	if (!read_all(cx, stmt, &reads, &n) || !show(cx, reads, n, &changes))
		return false;
	for (size_t i = 0; i < changes.n; i++) {
		take_back(row, &changes.v[i]);
		if (changes.v[i].op == CHANGE_CREATE)
			return fail(cx, E_MISSING, "This record did not exist then");
		if (changes.v[i].op == CHANGE_DELETE)
			gone = false;
		if (changes.v[i].op == CHANGE_RESTORE)
			gone = true;
	}
	if (gone)
		return fail(cx, E_MISSING, "This record was in the trash then");
	*out = row;
	return true;
}
