/* The changesets themselves, for administrators. */
#include "record/log.h"

#include <jansson.h>

enum { CHANGESETS_MAX = 200, TEXTS_MAX = 50 };

#define CHANGESETS                                                                             \
	"SELECT s.id, s.at, s.actor_id, s.door, s.why, s.n, s.undo_of,"                        \
	" coalesce((SELECT u.id FROM sys_changeset u WHERE u.undo_of = s.id AND u.undo_of > 0" \
	" ORDER BY u.id LIMIT 1), 0),"                                                         \
	" (SELECT count(*) FROM sys_change c WHERE c.changeset_id = s.id AND c.record_id > 0)" \
	" FROM sys_changeset s "

static bool
must_administer(struct cx *cx)
{
	return (cx->actor && (cx->actor->is_admin || cx->actor->is_system)) ||
	       fail(cx, E_FORBIDDEN, "Only administrators may do this");
}

static struct changeset_row
changeset_of(struct cx *cx, struct stmt *stmt)
{
	return (struct changeset_row){ .id = db_col_int(stmt, 0),
				       .at = db_col_int(stmt, 1),
				       .actor_id = db_col_int(stmt, 2),
				       .door = str_dup(cx->mem, db_col_str(stmt, 3)),
				       .why = str_dup(cx->mem, db_col_str(stmt, 4)),
				       .n = db_col_int(stmt, 5),
				       .undo_of = db_col_int(stmt, 6),
				       .undone_by = db_col_int(stmt, 7),
				       .records = db_col_int(stmt, 8) };
}

static bool
read_changesets(struct cx *cx, struct stmt *stmt, struct changeset_rows *out)
{
	struct changeset_rows rows = { 0 };
	bool more;

	while (db_step(cx, stmt, &more)) {
		if (!more) {
			*out = rows;
			return true;
		}
		list_add(cx->mem, &rows, changeset_of(cx, stmt));
	}
	return false;
}

static bool
name_actors(struct cx *cx, struct changeset_rows *rows)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	int64_t *ids = new_array(cx->mem, rows->n + 1, int64_t);
	struct str *names = new_array(cx->mem, rows->n + 1, struct str);

	for (size_t i = 0; i < rows->n; i++)
		ids[i] = rows->v[i].actor_id;
	if (!record_titles(cx, users, ids, rows->n, names))
		return false;
	for (size_t i = 0; i < rows->n; i++)
		rows->v[i].actor = names[i];
	return true;
}

bool
changesets_list(struct cx *cx, int64_t before, int64_t limit, struct changeset_rows *out)
{
	struct stmt *stmt;

	if (!must_administer(cx))
		return false;
	stmt = db_sql(cx, CHANGESETS "WHERE s.id < ?1 ORDER BY s.id DESC LIMIT ?2");
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, before ? before : INT64_MAX);
	db_bind_int(stmt, 2, limit > 0 && limit < CHANGESETS_MAX ? limit : CHANGESETS_MAX);
	return read_changesets(cx, stmt, out) && name_actors(cx, out);
}

/* ---- earlier texts of the model ---- */

static bool
read_text(struct cx *cx, struct stmt *stmt, struct custom_version *out)
{
	struct log_row raw = { .id = db_col_int(stmt, 0), .object = S("sys_model") };
	struct str json;
	json_t *body;
	const char *text = NULL;
	bool erased;

	raw.body = str_dup(cx->mem, db_col_blob(stmt, 1));
	out->changeset = db_col_int(stmt, 2);
	out->at = db_col_int(stmt, 3);
	out->actor_id = db_col_int(stmt, 4);
	if (!log_open(cx, &raw, &json, &erased))
		return false;
	body = json_loadb(json.p, json.n, 0, NULL);
	if (json_unpack(body, "{s:[s,s]}", "text", &text, &text) == 0)
		out->text = str_dup(cx->mem, str_of(text));
	json_decref(body);
	return true;
}

bool
store_custom_versions(struct cx *cx, struct custom_versions *out)
{
	struct custom_versions versions = { 0 };
	struct stmt *stmt;
	bool more;

	if (!must_administer(cx))
		return false;
	stmt = db_sql(cx, "SELECT c.id, c.body, s.id, s.at, s.actor_id FROM sys_change c"
			  " JOIN sys_changeset s ON s.id = c.changeset_id"
			  " WHERE c.object = ?1 AND c.record_id = ?2 ORDER BY c.id DESC LIMIT ?3");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, S("sys_model"));
	db_bind_int(stmt, 2, 0);
	db_bind_int(stmt, 3, TEXTS_MAX);
	while (db_step(cx, stmt, &more)) {
		struct custom_version version = { 0 };

		if (!more) {
			*out = versions;
			return true;
		}
		if (!read_text(cx, stmt, &version))
			return false;
		list_add(cx->mem, &versions, version);
	}
	return false;
}
