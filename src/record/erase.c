/* Erasing a data subject: what is his alone is deleted, what the business must keep loses his
 * personal fields and the link to him, and the key under which the log holds the rest is destroyed.
 */
#include "record/query.h"
#include "record/save.h"

static bool
run_with_id(struct cx *cx, struct sqltext *sql, int64_t id)
{
	struct stmt *stmt = sql_prepare(cx, sql);

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	return db_run(cx, stmt);
}

static bool
delete_links(struct cx *cx, const struct object *object, int64_t id)
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		struct sqltext sql = sqltext_new(cx->mem);

		if (object->fields[i]->type != FT_MANY)
			continue;
		sql_raw(&sql, "DELETE FROM ");
		sql_name(&sql, object->fields[i]->link_table);
		sql_raw(&sql, " WHERE \"from_id\" = ?1");
		if (!run_with_id(cx, &sql, id))
			return false;
	}
	return true;
}

static bool
drop_document(struct cx *cx, const struct row *row)
{
	struct str title, body;

	if (row->v[SF_DELETED_AT].kind != V_NONE)
		return true;
	search_texts(cx->mem, row, &title, &body);
	return (!title.n && !body.n) ||
	       db_search_drop(cx, row->object->number, row->id, title, body);
}

static bool
log_erase(struct cx *cx, const struct row *row)
{
	struct row *after = row_dup(cx->mem, row);
	struct change c = {
		.op = CHANGE_ERASE, .object = row->object, .id = row->id, .after = after
	};

	return work_log(cx, &c, S("{}"));
}

bool
row_delete(struct cx *cx, const struct row *row)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "DELETE FROM ");
	sql_name(&sql, row->object->table);
	sql_raw(&sql, " WHERE \"id\" = ?1");
	return drop_document(cx, row) && delete_links(cx, row->object, row->id) &&
	       run_with_id(cx, &sql, row->id) && log_erase(cx, row);
}

/* Business documents stay: without the personal fields, and without the person. */
static bool
anonymise_row(struct cx *cx, const struct row *row)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, row->object, row->id, &c))
		return false;
	c->undoing = true;
	for (unsigned i = SF__MAX; i < row->object->n_fields; i++) {
		const struct field *f = row->object->fields[i];

		if (f->personal || f->special || f == row->object->subject)
			change_put(c, f, (struct value){ 0 });
	}
	return record_save(cx, c);
}

struct targets {
	struct row **v;
	size_t n, cap;
};

static bool
ids_of(struct cx *cx, const struct field *link, int64_t subject, bool trash, struct targets *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct {
		int64_t *v;
		size_t n, cap;
	} ids = { 0 };
	struct stmt *stmt;
	bool more = true;

	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, link->object->table);
	sql_raw(&sql, trash ? " t WHERE t.\"deleted_at\" IS NOT NULL AND "
			    : " t WHERE t.\"deleted_at\" IS NULL AND ");
	sql_column(&sql, "t", link->columns[0].name);
	sql_raw(&sql, " = ");
	sql_int(&sql, subject);
	stmt = sql_prepare(cx, &sql);
	while (more) {
		if (!stmt || !db_step(cx, stmt, &more))
			return false;
		if (more)
			list_add(cx->mem, &ids, db_col_int(stmt, 0));
	}
	for (size_t i = 0; i < ids.n; i++) {
		struct row *row;

		if (!(trash ? record_load_trashed(cx, link->object, ids.v[i], &row)
			    : record_load(cx, link->object, ids.v[i], &row)))
			return false;
		list_add(cx->mem, out, row);
	}
	return true;
}

static bool
erase_linked(struct cx *cx, const struct field *link, int64_t subject)
{
	for (int trash = 0; trash < 2; trash++) {
		struct targets targets = { 0 };

		if (!ids_of(cx, link, subject, trash, &targets))
			return false;
		for (size_t i = 0; i < targets.n; i++)
			if (!(link->cascade || trash ? row_delete(cx, targets.v[i])
						     : anonymise_row(cx, targets.v[i])))
				return false;
	}
	return true;
}

bool
row_load_either(struct cx *cx, const struct object *object, int64_t id, struct row **out)
{
	if (record_load(cx, object, id, out))
		return true;
	if (cx->err.code != E_MISSING)
		return false;
	fail_clear(cx);
	return record_load_trashed(cx, object, id, out);
}

static bool
erase_rows(struct cx *cx, const struct object *object, int64_t id)
{
	struct row *row;

	if (!row_load_either(cx, object, id, &row))
		return false;
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *other = cx->model->objects[i];

		if (other->subject && other->subject->target == object &&
		    !erase_linked(cx, other->subject, id))
			return false;
	}
	return row_delete(cx, row);
}

static bool
erase_in_work(struct cx *cx, const struct object *object, int64_t id)
{
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	bool ok;

	all.user_id = actor->user_id;
	cx->actor = &all;
	ok = erase_rows(cx, object, id);
	cx->actor = actor;
	return ok;
}

/* The key goes last: should the database refuse, nothing has happened; should the process end
 * between the two, `kontor check` finds the key of a subject that is gone, and erasing it again
 * finishes the work. */
bool
subject_erase(struct cx *cx, const struct object *object, int64_t id)
{
	if (!object->is_subject)
		return fail(cx, E_INPUT, "%.*s are not data subjects", STR_FMT(object->label_many));
	if (!AUTHZ(ERASE, cx->actor && (cx->actor->is_admin || cx->actor->is_system)))
		return fail(cx, can_object(cx, object, OP_READ) ? E_FORBIDDEN : E_MISSING,
			    "Only an administrator may erase a person");
	if (!work_begin(cx, S("erase")) || !erase_in_work(cx, object, id) ||
	    !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	if (!keyring_destroy(cx, cx->store->keyring, object->name, id))
		return false;
	return db_search_optimize(cx) && db_truncate_log(cx);
}
