/* Every read of special fields is noted: who, when, which record and fields. */
#include "record/log.h"

enum { NAMES_MAX = 4 << 10 };

static struct str
special_names(struct cx *cx, const struct row *row)
{
	struct buf names = buf_in(cx->mem, NAMES_MAX);

	for (unsigned i = 0; i < row->object->n_fields; i++) {
		const struct field *f = row->object->fields[i];

		if (!f->special || !fieldset_has(&row->has, i) || row->v[i].kind == V_NONE)
			continue;
		if (names.n)
			buf_char(&names, ' ');
		buf_str(&names, f->name);
	}
	return buf_done(&names);
}

static bool
insert(struct cx *cx, const struct actor *actor, const struct row *row, struct str names)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_read_log (at, actor_id, object, record_id, fields)"
			   " VALUES (?1, ?2, ?3, ?4, ?5)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now);
	db_bind_int(stmt, 2, actor->user_id);
	db_bind_str(stmt, 3, row->object->name);
	db_bind_int(stmt, 4, row->id);
	db_bind_str(stmt, 5, names);
	return db_run(cx, stmt);
}

/* A unit that only reads cannot write: a unit of its own notes it before anything is shown. */
static bool
insert_apart(struct cx *cx, const struct row *row, struct str names)
{
	struct cx *apart = cx_new(cx->env, CX_MEM_DEFAULT);
	bool ok;

	apart->db = cx->db;
	apart->store = cx->store;
	ok = db_begin_write(apart) && insert(apart, cx->actor, row, names) && db_commit(apart);
	db_rollback(apart);
	cx_free(&apart);
	return ok ||
	       fail(cx, E_BUSY, "The reading of protected fields could not be logged; try again");
}

bool
read_logged(struct cx *cx, const struct row *row)
{
	struct str names;

	if (cx->actor->is_system)
		return true;
	names = special_names(cx, row);
	if (!names.n)
		return true;
	return db_in_write(cx) ? insert(cx, cx->actor, row, names) : insert_apart(cx, row, names);
}
