/* The open changeset of a unit of work: collects changes, writes the log, links the chain. */
#include "record/internal.h"

#include "record/log.h"

enum {
	PENDING_MAX = 512, /* changes held back before they are written out */
	WORK_MEM_MAX = 256 << 20,
	DEPTH_MAX = 8,
	CHAIN_LOCK = 0x6b6f6e74 /* "kont": one writer at a time links the chain */
};

struct pending {
	struct log_row row;
	struct wish *wishes;
};

/* What a record had in the full-text index, and what it has now: title and body. */
struct document {
	int64_t object, record;
	struct str old[2], now[2];
};

struct work {
	struct arena *mem; /* what is pending; a bulk rewinds cx->mem row by row */
	struct str why;
	int64_t id; /* of the changeset; 0: not given yet */
	int64_t n;
	int64_t undo_of;
	struct str previous; /* hash of the changeset before */
	struct hash rows;    /* the chain within the changeset */
	struct fieldset objects;
	bool is_system; /* more than records was changed */
	struct pending *v;
	size_t n_pending, cap;
	struct {
		struct document *v;
		size_t n, cap;
	} documents;
	struct {
		size_t n_pending, n_documents;
	} marks[DEPTH_MAX];
	size_t n_marks;
	struct cached *actors;
	struct sequence *sequences;
	struct wholes *wholes;
};

static bool
begin(struct cx *cx, struct str why, bool is_bulk)
{
	struct work *work;

	if (cx->work)
		return bug(cx, "a changeset is open already");
	if (!(is_bulk ? db_begin_bulk : db_begin_write)(cx))
		return false;
	work = heap_new(sizeof *work);
	work->mem = arena_new(WORK_MEM_MAX);
	work->why = str_dup(work->mem, why);
	cx->work = work;
	return true;
}

bool
work_begin(struct cx *cx, struct str why)
{
	return begin(cx, why, false);
}

bool
work_begin_bulk(struct cx *cx, struct str why)
{
	return begin(cx, why, true);
}

static void
work_free(struct cx *cx)
{
	if (!cx->work)
		return;
	work_actors_free(&cx->work->actors);
	sequences_free(&cx->work->sequences);
	wholes_free(&cx->work->wholes);
	arena_free(&cx->work->mem);
	heap_free(cx->work);
	cx->work = NULL;
}

void
work_abandon(struct cx *cx)
{
	if (!cx->work)
		return;
	work_free(cx);
	db_rollback(cx);
}

size_t
work_depth(const struct cx *cx)
{
	return cx->work->n_marks;
}

struct sequence **
work_sequences(struct cx *cx)
{
	return &cx->work->sequences;
}

struct wholes **
work_wholes(struct cx *cx)
{
	return &cx->work->wholes;
}

int64_t
work_undo_of(struct cx *cx, int64_t changeset)
{
	cx->work->undo_of = changeset;
	return changeset;
}

/* Take the chain, and the next place in it.  From here to the commit no other unit may. */
static bool
work_number(struct cx *cx, struct work *work)
{
	struct stmt *stmt;
	bool row;

	if (work->id)
		return true;
	if (!db_lock(cx, CHAIN_LOCK))
		return false;
	stmt = db_sql(cx, "SELECT id, hash FROM sys_changeset ORDER BY id DESC LIMIT 1");
	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	work->id = row ? db_col_int(stmt, 0) + 1 : 1;
	work->previous = row ? str_dup(work->mem, db_col_blob(stmt, 1)) : (struct str){ 0 };
	db_done(stmt);
	return true;
}

bool
work_changeset(struct cx *cx, int64_t *out)
{
	struct work *work = cx->work;

	if ((work->n || work->n_pending) && !work_number(cx, work))
		return false;
	*out = work->id;
	return true;
}

static bool
write_row(struct cx *cx, struct work *work, struct log_row *row)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_change (changeset_id, object, record_id, op, version,"
			   " subject_object, subject_id, body)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, work->id);
	db_bind_str(stmt, 2, row->object);
	db_bind_int(stmt, 3, row->record);
	db_bind_int(stmt, 4, row->op);
	db_bind_int(stmt, 5, row->version);
	if (row->subject_object.n)
		db_bind_str(stmt, 6, row->subject_object);
	else
		db_bind_null(stmt, 6);
	db_bind_int(stmt, 7, row->subject);
	db_bind_blob(stmt, 8, row->body);
	log_row_hash(row, &work->rows);
	return db_run(cx, stmt);
}

static bool
write_wish(struct cx *cx, const struct wish *wish)
{
	struct stmt *stmt = db_sql(
		cx,
		"INSERT INTO sys_job (kind, key, state, run_at, lease_until, owner, tries, body,"
		" created_at, changed_at) VALUES (?1, ?2, 'ready', ?3, 0, '', 0, ?4, ?5, ?5)"
		" ON CONFLICT (kind, key) DO UPDATE SET state = 'ready', run_at = excluded.run_at,"
		" body = excluded.body, tries = 0, changed_at = excluded.changed_at");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, wish->kind);
	db_bind_str(stmt, 2, wish->key);
	db_bind_int(stmt, 3, wish->run_at);
	db_bind_str(stmt, 4, wish->body);
	db_bind_int(stmt, 5, cx->now);
	return db_run(cx, stmt);
}

static bool
write_document(struct cx *cx, const struct document *d)
{
	if ((d->old[0].n || d->old[1].n) &&
	    !db_search_drop(cx, d->object, d->record, d->old[0], d->old[1]))
		return false;
	return (!d->now[0].n && !d->now[1].n) ||
	       db_search_put(cx, d->object, d->record, d->now[0], d->now[1]);
}

static bool
write_documents(struct cx *cx, struct work *work)
{
	for (size_t i = 0; i < work->documents.n; i++)
		if (!write_document(cx, &work->documents.v[i]))
			return false;
	work->documents.n = 0;
	return true;
}

static bool
work_flush(struct cx *cx, struct work *work)
{
	if (!write_documents(cx, work))
		return false;
	if (!work->n_pending)
		return true;
	if (!work_number(cx, work))
		return false;
	for (size_t i = 0; i < work->n_pending; i++) {
		if (!write_row(cx, work, &work->v[i].row))
			return false;
		for (const struct wish *wish = work->v[i].wishes; wish; wish = wish->next)
			if (!write_wish(cx, wish))
				return false;
	}
	work->n += (int64_t)work->n_pending;
	work->n_pending = 0;
	return true;
}

/* What was pending is written: its memory may go, but not what the changeset itself keeps. */
static void
work_forget(struct work *work)
{
	struct arena *fresh = arena_new(WORK_MEM_MAX);

	work->why = str_dup(fresh, work->why);
	work->previous = str_dup(fresh, work->previous);
	arena_free(&work->mem);
	work->mem = fresh;
	work->v = NULL;
	work->cap = 0;
	work->documents.v = NULL;
	work->documents.cap = 0;
}

/* Nothing is written out while a savepoint is open: it may still be taken back. */
static bool
work_drain(struct cx *cx, struct work *work)
{
	if (work->n_marks || work->n_pending < PENDING_MAX)
		return true;
	if (!work_flush(cx, work))
		return false;
	work_forget(work);
	return true;
}

static struct wish *
wishes_dup(struct arena *mem, const struct wish *wish)
{
	struct wish *first = NULL, **end = &first;

	for (; wish; wish = wish->next) {
		*end = new(mem, struct wish);
		**end = (struct wish){ NULL, str_dup(mem, wish->kind), str_dup(mem, wish->key),
				       str_dup(mem, wish->body), wish->run_at };
		end = &(*end)->next;
	}
	return first;
}

static bool
work_append(struct cx *cx, const struct log_row *row, const struct wish *wishes)
{
	struct work *work = cx->work;
	struct pending *at;

	work->v = arena_grow(work->mem, work->v, work->n_pending, &work->cap, sizeof *work->v);
	at = &work->v[work->n_pending++];
	at->row = *row;
	at->row.object = str_dup(work->mem, row->object);
	at->row.subject_object = str_dup(work->mem, row->subject_object);
	at->row.body = str_dup(work->mem, row->body);
	at->wishes = wishes_dup(work->mem, wishes);
	return work_drain(cx, work);
}

struct cached **
work_actors(struct cx *cx)
{
	return &cx->work->actors;
}

/* Who may do what rests on these. */
static bool
is_about_rights(const struct object *object)
{
	return str_eq(object->name, S("user")) || str_eq(object->name, S("role")) ||
	       str_eq(object->name, S("team")) || str_eq(object->name, S("unit"));
}

void
work_search(struct cx *cx, int64_t object, int64_t record, const struct str old[2],
	    const struct str now[2])
{
	struct work *work = cx->work;
	struct document d = { .object = object, .record = record };

	for (int i = 0; i < 2; i++) {
		d.old[i] = str_dup(work->mem, old[i]);
		d.now[i] = str_dup(work->mem, now[i]);
	}
	list_add(work->mem, &work->documents, d);
}

bool
work_log(struct cx *cx, const struct change *c, struct str body)
{
	const struct row *of = c->after ? c->after : c->before;
	struct log_row row = {
		.object = c->object->name, .record = c->id, .op = c->op, .version = of->version
	};
	const struct object *subject = row_subject(of, &row.subject);

	row.subject_object = subject ? subject->name : (struct str){ 0 };
	if (!subject)
		row.subject = 0;
	if (!log_seal(cx, &row, body))
		return false;
	fieldset_add(&cx->work->objects, c->object->index);
	if (is_about_rights(c->object))
		work_actors_free(&cx->work->actors);
	return work_append(cx, &row, c->wishes);
}

bool
work_log_system(struct cx *cx, struct str name, struct str old_text, struct str new_text)
{
	struct log_row row = { .object = name, .op = CHANGE_EDIT };
	struct buf body = buf_in(cx->mem, LOG_BODY_MAX);

	BUF_LIT(&body, "{\"text\":[");
	buf_json(&body, old_text);
	buf_char(&body, ',');
	buf_json(&body, new_text);
	BUF_LIT(&body, "]}");
	if (body.full)
		return fail(cx, E_TOO_BIG, "This change is too big for the log");
	cx->work->is_system = true;
	return log_seal(cx, &row, buf_done(&body)) && work_append(cx, &row, NULL);
}

static bool
write_changeset(struct cx *cx, struct work *work)
{
	struct log_set set = { .id = work->id,
			       .at = cx->now,
			       .actor = cx->actor ? cx->actor->user_id : 0,
			       .door = cx->door,
			       .why = work->why,
			       .request = cx->request_id,
			       .undo_of = work->undo_of,
			       .n = work->n,
			       .previous = work->previous };
	struct hash hash = log_set_hash(&set, &work->rows);
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_changeset (id, at, actor_id, door, why, request,"
			   " undo_of, n, prev, hash)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, set.id);
	db_bind_int(stmt, 2, set.at);
	db_bind_int(stmt, 3, set.actor);
	db_bind_str(stmt, 4, set.door);
	db_bind_str(stmt, 5, set.why);
	db_bind_str(stmt, 6, set.request);
	db_bind_int(stmt, 7, set.undo_of);
	db_bind_int(stmt, 8, set.n);
	db_bind_blob(stmt, 9, set.previous);
	db_bind_blob(stmt, 10, hash_str(&hash));
	return db_run(cx, stmt);
}

bool
work_commit(struct cx *cx, int64_t *changeset)
{
	struct work *work = cx->work;
	int64_t id;
	struct fieldset objects;
	bool is_system;

	if (!work || work->n_marks)
		return bug(cx, "commit without a changeset, or inside a savepoint");
	if (!wholes_settle(cx) || !sequences_write(cx, work->sequences) || !work_flush(cx, work) ||
	    (work->n && !write_changeset(cx, work)) || !db_commit(cx)) {
		work_free(cx);
		db_rollback(cx);
		return false;
	}
	id = work->n ? work->id : 0;
	objects = work->objects;
	is_system = work->is_system;
	work_free(cx);
	if (id)
		head_committed(cx, id, is_system ? NULL : &objects);
	if (changeset)
		*changeset = id;
	return true;
}

bool
work_savepoint(struct cx *cx)
{
	struct work *work = cx->work;

	if (work->n_marks == DEPTH_MAX)
		return bug(cx, "savepoints nest too deep");
	if (!db_savepoint(cx))
		return false;
	work->marks[work->n_marks].n_pending = work->n_pending;
	work->marks[work->n_marks++].n_documents = work->documents.n;
	return true;
}

bool
work_release(struct cx *cx)
{
	if (!db_release(cx))
		return false;
	sequences_released(cx->work->sequences, --cx->work->n_marks);
	return work_drain(cx, cx->work);
}

bool
work_rollback_to(struct cx *cx)
{
	struct work *work = cx->work;

	if (!db_rollback_to(cx))
		return false;
	work->n_pending = work->marks[--work->n_marks].n_pending;
	work->documents.n = work->marks[work->n_marks].n_documents;
	work_actors_free(&work->actors);
	sequences_rolled_back(&work->sequences, work->n_marks);
	return true;
}

bool
change_wish(struct cx *cx, struct change *c, const char *kind, struct str key, int64_t run_at,
	    struct str body)
{
	struct wish *wish = new(cx->mem, struct wish);

	*wish = (struct wish){ c->wishes, str_of(kind), str_dup(cx->mem, key),
			       str_dup(cx->mem, body), run_at };
	c->wishes = wish;
	return true;
}
