/* Reading the log as the actor may see it. */
#include "record/log.h"
#include "record/query.h"
#include "record/timeline.h"

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

/* ---- which entries the actor may see ---- */

/* Records that are gone for good are seen by none but the system. */
struct sight {
	int64_t *ids;  /* ascending, without repetition */
	bool *visible; /* by place in ids */
	size_t n;
};

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t
sight_place(const struct sight *sight, int64_t id)
{
	const int64_t *at =
		sight->n ? bsearch(&id, sight->ids, sight->n, sizeof id, id_order) : NULL;

	return at ? (size_t)(at - sight->ids) : sight->n;
}

static void
sight_collect(struct cx *cx, const struct read *reads, size_t n, const struct object *object,
	      struct sight *out)
{
	size_t k = 0;

	*out = (struct sight){ .ids = new_array(cx->mem, n + 1, int64_t) };
	for (size_t i = 0; i < n; i++)
		if (reads[i].row.object == object)
			out->ids[out->n++] = reads[i].row.record;
	if (out->n)
		qsort(out->ids, out->n, sizeof *out->ids, id_order);
	for (size_t i = 0; i < out->n; i++)
		if (!k || out->ids[k - 1] != out->ids[i])
			out->ids[k++] = out->ids[i];
	out->n = k;
	out->visible = new_array(cx->mem, k + 1, bool);
}

static void
sight_sql(struct cx *cx, const struct object *object, const struct sight *sight,
	  struct sqltext *sql)
{
	sql_raw(sql, sql->text.n ? " UNION ALL SELECT " : "SELECT ");
	buf_int(&sql->text, object->index);
	sql_raw(sql, ", t.\"id\" FROM ");
	sql_name(sql, object->table);
	sql_raw(sql, " t WHERE t.\"id\" IN (");
	for (size_t i = 0; i < sight->n; i++) {
		if (i)
			sql_raw(sql, ", ");
		sql_int(sql, sight->ids[i]);
	}
	sql_raw(sql, ")");
	if (!AUTHZ(LOG_ROW, false))
		rights_sql(cx, object, OP_READ, "t", sql);
}

/* By one statement, however many objects there are. */
static bool
sights_read(struct cx *cx, const struct read *reads, size_t n, struct sight *sights)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more;

	for (size_t i = 0; i < n; i++) {
		const struct object *object = reads[i].row.object;

		if (!object || sights[object->index].n)
			continue;
		sight_collect(cx, reads, n, object, &sights[object->index]);
		sight_sql(cx, object, &sights[object->index], &sql);
	}
	if (!sql.text.n)
		return true;
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		struct sight *sight;

		if (!more)
			return true;
		sight = &sights[db_col_int(stmt, 0)];
		sight->visible[sight_place(sight, db_col_int(stmt, 1))] = true;
	}
	return false;
}

static bool
is_visible(const struct sight *sights, const struct change_row *row)
{
	const struct sight *sight = row->object ? &sights[row->object->index] : NULL;

	return sight && sight->visible[sight_place(sight, row->record)];
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
	struct sight *sights = new_array(cx->mem, cx->model->n_objects + 1, struct sight);

	if (!sights_read(cx, reads, n, sights))
		return false;
	for (size_t i = 0; i < n; i++) {
		rows.next = reads[i].row.id;
		if (is_visible(sights, &reads[i].row) && !add_entry(cx, &reads[i], &rows))
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
log_of_edits(struct cx *cx, const struct object *object, const int64_t *ids, size_t n,
	     int64_t since, struct change_rows *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	struct read *reads;
	size_t n_reads;

	*out = (struct change_rows){ 0 };
	if (!n)
		return true;
	if (n > HISTORY_MAX)
		return bug(cx, "the edits of %zu records", n);
	sql_raw(&sql, HISTORY "WHERE c.object = ");
	sql_str(&sql, object->name);
	sql_raw(&sql, " AND c.record_id IN (");
	for (size_t i = 0; i < n; i++) {
		sql_raw(&sql, i ? ", " : "");
		sql_int(&sql, ids[i]);
	}
	sql_raw(&sql, ") AND c.op = ");
	sql_int(&sql, CHANGE_EDIT);
	sql_raw(&sql, " AND s.at >= ");
	sql_int(&sql, since);
	sql_raw(&sql, " ORDER BY c.id DESC LIMIT 5000");
	stmt = sql_prepare(cx, &sql);
	return stmt && read_all(cx, stmt, &reads, &n_reads) && show(cx, reads, n_reads, out);
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

/* ---- for timelines ---- */

/* The statement over what is about a data subject, or over one record. */
static struct stmt *
timeline_stmt(struct cx *cx, const struct object *object)
{
	if (object->is_subject)
		return db_sql(cx, HISTORY
			      "WHERE c.subject_object = ?1 AND c.subject_id = ?2 AND c.op = ?3"
			      " AND c.id < ?4 AND (?5 = 0 OR s.actor_id = ?5)"
			      " ORDER BY c.id DESC LIMIT ?6");
	return db_sql(cx, HISTORY "WHERE c.object = ?1 AND c.record_id = ?2 AND c.op = ?3"
				  " AND c.id < ?4 AND (?5 = 0 OR s.actor_id = ?5)"
				  " ORDER BY c.id DESC LIMIT ?6");
}

bool
log_of_timeline(struct cx *cx, const struct timeline_query *query, int64_t before,
		struct change_rows *out)
{
	struct stmt *stmt = timeline_stmt(cx, query->object);
	struct read *reads;
	size_t n;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, query->object->name);
	db_bind_int(stmt, 2, query->id);
	db_bind_int(stmt, 3, CHANGE_EDIT);
	db_bind_int(stmt, 4, before);
	db_bind_int(stmt, 5, query->person);
	db_bind_int(stmt, 6, query->limit + 1);
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
