/* `kontor check`: the chain of the log, and what must hold in every store. */
#include "record/log.h"
#include "record/query.h"

enum { FINDINGS_MAX = 1000 };

static void
finding(struct cx *cx, struct strs *out, struct str line)
{
	if (out->n < FINDINGS_MAX)
		list_add(cx->mem, out, line);
}

/* ---- the chain ---- */

struct link {
	struct hash hash, rows;
	int64_t id, n;
};

static bool
hash_rows(struct cx *cx, int64_t changeset, struct link *link)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT object, record_id, op, version, subject_object, subject_id,"
			   " body FROM sys_change WHERE changeset_id = ?1 ORDER BY id");
	bool more;

	link->rows = (struct hash){ 0 };
	link->n = 0;
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, changeset);
	while (db_step(cx, stmt, &more)) {
		struct log_row row = { 0 };

		if (!more)
			return true;
		row.object = db_col_str(stmt, 0);
		row.record = db_col_int(stmt, 1);
		row.op = db_col_int(stmt, 2);
		row.version = db_col_int(stmt, 3);
		row.subject_object = db_col_null(stmt, 4) ? (struct str){ 0 } : db_col_str(stmt, 4);
		row.subject = db_col_int(stmt, 5);
		row.body = db_col_blob(stmt, 6);
		log_row_hash(&row, &link->rows);
		link->n++;
	}
	return false;
}

static bool
check_set(struct cx *cx, const struct log_set *set, struct link *link, struct strs *out)
{
	struct hash hash;

	if (!hash_rows(cx, set->id, link))
		return false;
	hash = log_set_hash(set, &link->rows);
	if (set->id != link->id + 1)
		finding(cx, out,
			str_printf(cx->mem,
				   "log: changeset %lld follows %lld: something is missing",
				   (long long)set->id, (long long)link->id));
	else if (link->id && !str_eq(set->previous, hash_str(&link->hash)))
		finding(cx, out,
			str_printf(cx->mem, "log: changeset %lld is not linked to the one before",
				   (long long)set->id));
	if (set->n != link->n)
		finding(cx, out,
			str_printf(cx->mem, "log: changeset %lld has %lld changes, not %lld",
				   (long long)set->id, (long long)link->n, (long long)set->n));
	if (!str_eq(set->hash, hash_str(&hash)))
		finding(cx, out,
			str_printf(cx->mem, "log: changeset %lld was altered", (long long)set->id));
	link->hash = hash;
	link->id = set->id;
	return true;
}

static bool
check_chain(struct cx *cx, struct strs *out)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT id, at, actor_id, door, why, request, undo_of, n, prev, hash"
			   " FROM sys_changeset ORDER BY id");
	struct link link = { 0 };
	bool more;

	while (stmt && db_step(cx, stmt, &more)) {
		struct log_set set;

		if (!more)
			return true;
		set = (struct log_set){ .id = db_col_int(stmt, 0),
					.at = db_col_int(stmt, 1),
					.actor = db_col_int(stmt, 2),
					.door = db_col_str(stmt, 3),
					.why = db_col_str(stmt, 4),
					.request = db_col_str(stmt, 5),
					.undo_of = db_col_int(stmt, 6),
					.n = db_col_int(stmt, 7),
					.previous = db_col_blob(stmt, 8),
					.hash = db_col_blob(stmt, 9) };
		if (!check_set(cx, &set, &link, out))
			return false;
	}
	return false;
}

/* ---- rows against the log, and links ---- */

static bool
count_bad(struct cx *cx, struct sqltext *sql, const char *what, struct str of, struct strs *out)
{
	int64_t n;

	if (!sql_one_int(cx, sql, 0, &n))
		return false;
	if (n)
		finding(cx, out,
			str_printf(cx->mem, "%.*s: %lld %s", STR_FMT(of), (long long)n, what));
	return true;
}

/* The version of a row is that of its last entry in the log. */
static bool
check_versions(struct cx *cx, const struct object *object, struct strs *out)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT count(*) FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " t WHERE coalesce((SELECT c.version FROM sys_change c WHERE c.object = ");
	sql_str(&sql, object->name);
	sql_raw(&sql,
		" AND c.record_id = t.\"id\" ORDER BY c.id DESC LIMIT 1), 0) <> t.\"version\"");
	return count_bad(cx, &sql, "records whose version is not that of the log", object->name,
			 out);
}

static bool
check_link(struct cx *cx, const struct field *f, struct strs *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct str name =
		str_printf(cx->mem, "%.*s.%.*s", STR_FMT(f->object->name), STR_FMT(f->name));

	if (f->type != FT_ONE && f->type != FT_MANY)
		return true;
	sql_raw(&sql, "SELECT count(*) FROM ");
	sql_name(&sql, f->type == FT_ONE ? f->object->table : f->link_table);
	sql_raw(&sql, " t WHERE ");
	sql_column(&sql, "t", f->type == FT_ONE ? f->columns[0].name : S("to_id"));
	sql_raw(&sql, " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ");
	sql_name(&sql, f->target->table);
	sql_raw(&sql, " j WHERE j.\"id\" = ");
	sql_column(&sql, "t", f->type == FT_ONE ? f->columns[0].name : S("to_id"));
	sql_raw(&sql, ")");
	return count_bad(cx, &sql, "links lead to nothing", name, out);
}

static bool
check_object(struct cx *cx, const struct object *object, struct strs *out)
{
	if (!check_versions(cx, object, out))
		return false;
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		if (!check_link(cx, object->fields[i], out))
			return false;
	return true;
}

/* Erased subjects must have no key. */
static bool
check_erased(struct cx *cx, struct strs *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT object, record_id FROM sys_change WHERE op = 4");
	bool more;

	while (stmt && db_step(cx, stmt, &more)) {
		struct secret key;
		const struct object *object;
		bool destroyed;

		if (!more)
			return true;
		object = object_find(cx->model, db_col_str(stmt, 0), NULL);
		if (!object || !object->is_subject)
			continue;
		if (!keyring_subject(cx, cx->store->keyring, object->name, db_col_int(stmt, 1),
				     &key, &destroyed))
			return false;
		if (!destroyed)
			finding(cx, out,
				str_printf(
					cx->mem,
					"%.*s %lld is erased but its key is still there: erase it again",
					STR_FMT(object->name), (long long)db_col_int(stmt, 1)));
	}
	return false;
}

bool
store_check(struct cx *cx, struct strs *findings)
{
	struct str engine;

	*findings = (struct strs){ 0 };
	if (!db_check(cx, &engine))
		return false;
	if (!str_eq(engine, S("ok")))
		finding(cx, findings, str_printf(cx->mem, "database: %.*s", STR_FMT(engine)));
	if (!check_chain(cx, findings))
		return false;
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (!check_object(cx, cx->model->objects[i], findings))
			return false;
	return check_erased(cx, findings) && check_search(cx, findings);
}
