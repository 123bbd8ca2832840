/* Notices in their tables. */
#include "flow/notice.h"

#include "base/clock.h"
#include "db/db.h"
#include "flow/notice_private.h"

enum {
	TOGETHER_MS = 15 * 60 * 1000, /* what follows so soon is the same notice */
	AT_ONCE = 100,
	ROUNDS_MAX = 10,
	FIELDS_BYTES = 400,
};

const char *const NOTICE_KINDS[NOTICE_KIND__MAX] = {
	[NOTICE_MENTION] = "mention",
	[NOTICE_ASSIGNED] = "assigned",
	[NOTICE_FOLLOWED] = "followed",
	[NOTICE_DUE] = "due",
	[NOTICE_JOB] = "job",
	[NOTICE_ANSWERED] = "answered",
	[NOTICE_ESCALATED] = "escalated",
	[NOTICE_APPROVAL] = "approval",
	[NOTICE_REMIND] = "remind",
	[NOTICE_INVITED] = "invited",
};

/* clang-format off */
static const struct system_column notice_columns[] = {
	{ "id",        COLUMN_INT,  .primary = true },
	{ "user_id",   COLUMN_INT,  .required = true },
	{ "at",        COLUMN_INT,  .required = true },
	{ "kind",      COLUMN_INT,  .required = true },
	{ "object",    COLUMN_TEXT, .required = true },
	{ "record_id", COLUMN_INT,  .required = true },
	{ "n",         COLUMN_INT,  .required = true },
	{ "actor_id",  COLUMN_INT,  .required = true },
	{ "others",    COLUMN_INT,  .required = true },
	{ "op",        COLUMN_INT,  .required = true },
	{ "fields",    COLUMN_TEXT, .required = true },
	{ "read_at",   COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column inbox_columns[] = {
	{ "user_id",    COLUMN_INT, .primary = true },
	{ "version",    COLUMN_INT, .required = true },
	{ "changed_at", COLUMN_INT, .required = true },
	{ 0 }
};
static const char *const notice_indexes[] = {
	"user_id, at, id", "user_id, read_at, at", "user_id, object, record_id, kind", "at", NULL
};
static const char *const inbox_indexes[] = { "changed_at", NULL };

const struct system_table notice_tables[] = {
	{ "sys_notice", notice_columns, .indexes = notice_indexes },
	{ "sys_inbox",  inbox_columns,  .indexes = inbox_indexes },
	{ 0 }
};
/* clang-format on */

/* ---- reading ---- */

#define NOTICES                                                                             \
	"SELECT id, user_id, at, kind, object, record_id, n, actor_id, others, op, fields," \
	" read_at FROM sys_notice "

static struct notice
notice_of(struct cx *cx, const struct stmt *stmt)
{
	return (struct notice){
		.id = db_col_int(stmt, 0),
		.user_id = db_col_int(stmt, 1),
		.at = db_col_int(stmt, 2),
		.kind = (enum notice_kind)db_col_int(stmt, 3),
		.object = str_dup(cx->mem, db_col_str(stmt, 4)),
		.record = db_col_int(stmt, 5),
		.n = db_col_int(stmt, 6),
		.actor_id = db_col_int(stmt, 7),
		.others = db_col_int(stmt, 8) == 1,
		.op = (enum change_op)db_col_int(stmt, 9),
		.fields = str_dup(cx->mem, db_col_str(stmt, 10)),
		.read_at = db_col_int(stmt, 11),
	};
}

static bool
read_all(struct cx *cx, struct stmt *stmt, struct notices *out)
{
	bool more;

	while (db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		list_add(cx->mem, out, notice_of(cx, stmt));
	}
	return false;
}

static bool
read_some(struct cx *cx, const struct notice_query *query, struct notices *out)
{
	struct stmt *stmt =
		query->unread ? db_sql(cx, NOTICES "WHERE user_id = ?1 AND read_at = 0"
						   " AND (at, id) < (?2, ?3)"
						   " ORDER BY at DESC, id DESC LIMIT ?4")
			      : db_sql(cx, NOTICES "WHERE user_id = ?1 AND (at, id) < (?2, ?3)"
						   " ORDER BY at DESC, id DESC LIMIT ?4");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->actor->user_id);
	db_bind_int(stmt, 2, query->before_at ? query->before_at : INT64_MAX);
	db_bind_int(stmt, 3, query->before_at ? query->before_id : INT64_MAX);
	db_bind_int(stmt, 4, AT_ONCE);
	return read_all(cx, stmt, out);
}

/* Which of them the actor may see: jobs are his own; of many it is the object that counts. */
static bool
notices_seen(struct cx *cx, const struct notices *notices, bool *out)
{
	struct ref *refs = new_array(cx->mem, notices->n + 1, struct ref);

	for (size_t i = 0; i < notices->n; i++) {
		const struct notice *at = &notices->v[i];
		const struct object *object =
			at->object.n ? object_find(cx->model, at->object, NULL) : NULL;

		if (object && at->record && can_object(cx, object, OP_READ))
			refs[i] = (struct ref){ object, at->record };
	}
	if (!records_seen(cx, refs, notices->n, out))
		return false;
	for (size_t i = 0; i < notices->n; i++) {
		const struct notice *at = &notices->v[i];
		const struct object *object =
			at->object.n ? object_find(cx->model, at->object, NULL) : NULL;

		if (!at->object.n)
			out[i] = true;
		else if (!at->record)
			out[i] = object && can_object(cx, object, OP_READ);
	}
	return true;
}

bool
notices_read(struct cx *cx, const struct notice_query *query, struct notices *out, bool *more)
{
	struct notice_query from = *query;
	struct notices found = { 0 };
	size_t limit = (size_t)(query->limit > 0 && query->limit < NOTICES_MAX ? query->limit
									       : NOTICES_MAX);

	*more = false;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		struct notices some = { 0 };
		bool seen[AT_ONCE] = { false };

		if (!read_some(cx, &from, &some) || !notices_seen(cx, &some, seen))
			return false;
		for (size_t i = 0; i < some.n; i++) {
			if (!seen[i])
				continue;
			if (found.n == limit) {
				*more = true;
				*out = found;
				return true;
			}
			list_add(cx->mem, &found, some.v[i]);
		}
		if (some.n < AT_ONCE)
			break;
		from.before_at = some.v[some.n - 1].at;
		from.before_id = some.v[some.n - 1].id;
	}
	*out = found;
	return true;
}

bool
notices_unread(struct cx *cx, int64_t *out)
{
	struct notices some = { 0 };
	bool seen[AT_ONCE] = { false };
	int64_t n = 0;

	if (!read_some(cx, &(struct notice_query){ .unread = true }, &some) ||
	    !notices_seen(cx, &some, seen))
		return false;
	for (size_t i = 0; i < some.n; i++)
		n += seen[i];
	*out = n;
	return true;
}

/* ---- the version of what somebody has ---- */

static bool
inbox_bump(struct cx *cx, int64_t user_id)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_inbox (user_id, version, changed_at) VALUES (?1, 1, ?2)"
			   " ON CONFLICT (user_id) DO UPDATE SET version = sys_inbox.version + 1,"
			   " changed_at = excluded.changed_at");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, user_id);
	db_bind_int(stmt, 2, cx->now);
	return db_run(cx, stmt);
}

bool
inboxes_since(struct cx *cx, int64_t since, struct inboxes *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT user_id, version FROM sys_inbox"
				       " WHERE changed_at >= ?1 ORDER BY user_id");
	bool more;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, since);
	while (db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		list_add(cx->mem, out,
			 ((struct inbox){ db_col_int(stmt, 0), db_col_int(stmt, 1) }));
	}
	return false;
}

bool
inbox_version(struct cx *cx, int64_t *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT version FROM sys_inbox WHERE user_id = ?1");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->actor->user_id);
	if (!db_step(cx, stmt, &row))
		return false;
	*out = row ? db_col_int(stmt, 0) : 0;
	db_done(stmt);
	return true;
}

/* ---- writing ---- */

static bool
notice_insert(struct cx *cx, const struct notice *notice)
{
	struct stmt *stmt = db_sql(
		cx, "INSERT INTO sys_notice (user_id, at, kind, object, record_id, n, actor_id,"
		    " others, op, fields, read_at)"
		    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, notice->user_id);
	db_bind_int(stmt, 2, notice->at);
	db_bind_int(stmt, 3, notice->kind);
	db_bind_str(stmt, 4, notice->object);
	db_bind_int(stmt, 5, notice->record);
	db_bind_int(stmt, 6, notice->n ? notice->n : 1);
	db_bind_int(stmt, 7, notice->actor_id);
	db_bind_int(stmt, 8, notice->others);
	db_bind_int(stmt, 9, notice->op);
	db_bind_str(stmt, 10, str_first(notice->fields, FIELDS_BYTES));
	return db_run(cx, stmt);
}

static bool
notice_update(struct cx *cx, const struct notice *notice)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_notice SET at = ?2, n = ?3, actor_id = ?4, others = ?5,"
			   " op = ?6, fields = ?7 WHERE id = ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, notice->id);
	db_bind_int(stmt, 2, notice->at);
	db_bind_int(stmt, 3, notice->n);
	db_bind_int(stmt, 4, notice->actor_id);
	db_bind_int(stmt, 5, notice->others);
	db_bind_int(stmt, 6, notice->op);
	db_bind_str(stmt, 7, str_first(notice->fields, FIELDS_BYTES));
	return db_run(cx, stmt);
}

/* The newest of this kind about the same. */
static bool
notice_like(struct cx *cx, const struct notice *notice, struct notices *out)
{
	struct stmt *stmt =
		db_sql(cx, NOTICES "WHERE user_id = ?1 AND object = ?2 AND record_id = ?3"
				   " AND kind = ?4 ORDER BY at DESC, id DESC LIMIT 1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, notice->user_id);
	db_bind_str(stmt, 2, notice->object);
	db_bind_int(stmt, 3, notice->record);
	db_bind_int(stmt, 4, notice->kind);
	return read_all(cx, stmt, out);
}

static bool
has_word(struct str words, struct str word)
{
	while (words.n)
		if (str_eq(str_word(&words), word))
			return true;
	return false;
}

static struct str
fields_joined(struct cx *cx, struct str a, struct str b)
{
	struct buf text = buf_in(cx->mem, (size_t)2 * FIELDS_BYTES);

	buf_str(&text, a);
	while (b.n) {
		struct str word = str_word(&b);

		if (!word.n || has_word(a, word) || text.n + word.n + 1 > FIELDS_BYTES)
			continue;
		if (text.n)
			buf_char(&text, ' ');
		buf_str(&text, word);
	}
	return buf_done(&text);
}

static bool
is_told_once(const struct notice *notice)
{
	return notice->kind == NOTICE_DUE || notice->kind == NOTICE_JOB ||
	       notice->kind == NOTICE_REMIND;
}

static bool
notice_put(struct cx *cx, const struct notice *notice, bool *wrote)
{
	struct notices like = { 0 };
	struct notice *last;

	if (!notice_like(cx, notice, &like))
		return false;
	last = like.v;
	if (like.n && is_told_once(notice) && str_eq(last->fields, notice->fields))
		return true;
	*wrote = true;
	if (!like.n || last->read_at || is_told_once(notice) || last->at < notice->at - TOGETHER_MS)
		return notice_insert(cx, notice);
	last->n += notice->n ? notice->n : 1;
	last->others |= last->actor_id != notice->actor_id;
	last->actor_id = notice->actor_id;
	last->at = notice->at;
	/* What was made and then changed is new all the same. */
	if (last->op != CHANGE_CREATE || notice->op != CHANGE_EDIT)
		last->op = notice->op;
	last->fields = fields_joined(cx, last->fields, notice->fields);
	return notice_update(cx, last);
}

static int
by_user(const void *a, const void *b)
{
	const struct notice *x = a, *y = b;

	if (x->user_id != y->user_id)
		return x->user_id < y->user_id ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Those of one person. */
static bool
person_put(struct cx *cx, const struct person *person, const struct notice *notices, size_t n)
{
	bool wrote = false;

	for (size_t i = 0; person && i < n; i++) {
		if (person->muted[notices[i].kind])
			continue;
		if (!notice_put(cx, &notices[i], &wrote))
			return false;
	}
	return !wrote || inbox_bump(cx, person->id);
}

bool
notices_put(struct cx *cx, struct notices *notices)
{
	struct people people;

	if (!notices->n)
		return true;
	if (!people_read(cx, &people))
		return false;
	/* Person by person, always in the same order: two who write do not wait for each other. */
	for (size_t i = 0; i < notices->n; i++)
		notices->v[i].id = (int64_t)i;
	qsort(notices->v, notices->n, sizeof *notices->v, by_user);
	for (size_t first = 0, end; first < notices->n; first = end) {
		const struct notice *at = &notices->v[first];

		for (end = first; end < notices->n && notices->v[end].user_id == at->user_id;)
			end++;
		if (!person_put(cx, person_find(&people, at->user_id), at, end - first))
			return false;
	}
	return true;
}

/* ---- read and unread ---- */

bool
notice_mark(struct cx *cx, int64_t id, bool is_read)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_notice SET read_at = ?3 WHERE id = ?1"
				       " AND user_id = ?2 RETURNING id");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, cx->actor->user_id);
	db_bind_int(stmt, 3, is_read ? cx->now : 0);
	if (!db_step(cx, stmt, &row))
		return false;
	db_done(stmt);
	return row ? inbox_bump(cx, cx->actor->user_id)
		   : fail(cx, E_MISSING, "There is no such notification");
}

bool
notices_mark_all(struct cx *cx, int64_t up_to)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_notice SET read_at = ?3 WHERE user_id = ?1"
				       " AND read_at = 0 AND id <= ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->actor->user_id);
	db_bind_int(stmt, 2, up_to ? up_to : INT64_MAX);
	db_bind_int(stmt, 3, cx->now);
	return db_run(cx, stmt) && inbox_bump(cx, cx->actor->user_id);
}

bool
notices_sweep(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_notice WHERE at < ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now - (int64_t)NOTICE_KEPT_DAYS * MS_PER_DAY);
	return db_run(cx, stmt);
}
