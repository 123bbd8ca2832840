/* Bulks in their tables. */
#include "flow/bulk_private.h"

#include "base/clock.h"
#include "base/json.h"
#include "db/db.h"

enum { PROBLEMS_BYTES = 64 << 10, ID_BYTES = 8, SAMPLES_BYTES = 256 };

const char *const BULK_OPS[BULK_OP__MAX] = {
	[BULK_UPDATE] = "update",
	[BULK_DELETE] = "delete",
	[BULK_RESTORE] = "restore",
	[BULK_UNDO] = "undo",
};
const char *const BULK_STATES[BULK_STATE__MAX] = {
	[BULK_RUNNING] = "running",
	[BULK_DONE] = "done",
	[BULK_STOPPED] = "stopped",
};

/* clang-format off */
static const struct system_column bulk_columns[] = {
	{ "id",         COLUMN_INT,  .primary = true },
	{ "at",         COLUMN_INT,  .required = true },
	{ "actor_id",   COLUMN_INT,  .required = true },
	{ "object",     COLUMN_TEXT, .required = true },
	{ "op",         COLUMN_INT,  .required = true },
	{ "state",      COLUMN_INT,  .required = true },
	{ "dry_run",    COLUMN_INT,  .required = true },
	{ "total",      COLUMN_INT,  .required = true },
	{ "done",       COLUMN_INT,  .required = true },
	{ "changed",    COLUMN_INT,  .required = true },
	{ "unchanged",  COLUMN_INT,  .required = true },
	{ "failed",     COLUMN_INT,  .required = true },
	{ "parts",      COLUMN_INT,  .required = true },
	{ "next_part",  COLUMN_INT,  .required = true },
	{ "undo_of",    COLUMN_INT,  .required = true },
	{ "body",       COLUMN_TEXT },
	{ "samples",    COLUMN_TEXT },
	{ "problems",   COLUMN_TEXT },
	{ 0 }
};
static const struct system_column part_columns[] = {
	{ "bulk_id",   COLUMN_INT,  .required = true },
	{ "place",     COLUMN_INT,  .required = true },
	{ "n",         COLUMN_INT,  .required = true },
	{ "ids",       COLUMN_BLOB },
	{ "undo_of",   COLUMN_INT,  .required = true },
	{ "changeset", COLUMN_INT,  .required = true },
	{ "changed",   COLUMN_INT,  .required = true },
	{ 0 }
};
static const char *const bulk_indexes[] = { "actor_id, id", "undo_of", NULL };
static const char *const part_unique[] = { "bulk_id, place", NULL };

const struct system_table bulk_tables[] = {
	{ "sys_bulk",      bulk_columns, .indexes = bulk_indexes },
	{ "sys_bulk_part", part_columns, .unique = part_unique },
	{ 0 }
};
/* clang-format on */

/* ---- texts of the table ---- */

static struct str
samples_text(struct cx *cx, const int64_t *ids, size_t n)
{
	struct buf text = buf_in(cx->mem, SAMPLES_BYTES);

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&text, ' ');
		buf_int(&text, ids[i]);
	}
	return buf_done(&text);
}

static size_t
samples_read(struct str text, int64_t *ids)
{
	size_t n = 0;

	while (text.n && n < BULK_SAMPLES)
		if (str_int(str_word(&text), 1, INT64_MAX, &ids[n]))
			n++;
	return n;
}

static struct str
problems_text(struct cx *cx, const struct bulk *bulk)
{
	struct buf text = buf_in(cx->mem, PROBLEMS_BYTES);

	buf_char(&text, '[');
	for (size_t i = 0; i < bulk->n_problems; i++) {
		const struct bulk_problem *at = &bulk->problems[i];

		if (i)
			buf_char(&text, ',');
		BUF_LIT(&text, "{\"field\":");
		buf_json(&text, at->field);
		BUF_LIT(&text, ",\"why\":");
		buf_json(&text, at->why);
		BUF_LIT(&text, ",\"n\":");
		buf_int(&text, at->n);
		BUF_LIT(&text, ",\"samples\":");
		buf_json(&text, samples_text(cx, at->samples, at->n_samples));
		buf_char(&text, '}');
	}
	buf_char(&text, ']');
	return text.full ? S("[]") : buf_done(&text);
}

static bool
problems_read(struct cx *cx, struct str text, struct bulk *bulk)
{
	OWNED(json_drop) json_t *json = NULL;
	json_t *item;
	size_t i;

	bulk->n_problems = 0;
	if (!text.n)
		return true;
	if (!json_parse(cx, text, PROBLEMS_BYTES, &json))
		return false;
	json_array_foreach(json, i, item)
	{
		struct bulk_problem *at = &bulk->problems[bulk->n_problems++];
		struct str samples = json_text(json_object_get(item, "samples"));

		at->field = str_dup(cx->mem, json_text(json_object_get(item, "field")));
		at->why = str_dup(cx->mem, json_text(json_object_get(item, "why")));
		at->n = json_integer_value(json_object_get(item, "n"));
		at->n_samples = samples_read(samples, at->samples);
		if (bulk->n_problems == BULK_PROBLEMS_MAX)
			break;
	}
	return true;
}

/* ---- bulks ---- */

#define BULKS                                                                                 \
	"SELECT b.id, b.at, b.actor_id, b.object, b.op, b.state, b.dry_run, b.total, b.done," \
	" b.changed, b.unchanged, b.failed, b.parts, b.next_part, b.undo_of,"                 \
	" coalesce(b.body, ''), coalesce(b.samples, ''), coalesce(b.problems, ''),"           \
	" coalesce((SELECT u.id FROM sys_bulk u WHERE u.undo_of = b.id AND u.undo_of > 0"     \
	" ORDER BY u.id LIMIT 1), 0),"                                                        \
	" coalesce((SELECT CASE WHEN count(*) = 1 THEN max(p.changeset) ELSE 0 END"           \
	" FROM sys_bulk_part p WHERE p.bulk_id = b.id AND p.changeset > 0), 0)"               \
	" FROM sys_bulk b "

static bool
bulk_of(struct cx *cx, struct stmt *stmt, struct bulk *out)
{
	*out = (struct bulk){
		.id = db_col_int(stmt, 0),
		.at = db_col_int(stmt, 1),
		.actor_id = db_col_int(stmt, 2),
		.object = str_dup(cx->mem, db_col_str(stmt, 3)),
		.op = (enum bulk_op)db_col_int(stmt, 4),
		.state = (enum bulk_state)db_col_int(stmt, 5),
		.dry_run = db_col_int(stmt, 6) == 1,
		.total = db_col_int(stmt, 7),
		.done = db_col_int(stmt, 8),
		.changed = db_col_int(stmt, 9),
		.unchanged = db_col_int(stmt, 10),
		.failed = db_col_int(stmt, 11),
		.parts = db_col_int(stmt, 12),
		.next_part = db_col_int(stmt, 13),
		.undo_of = db_col_int(stmt, 14),
		.body = str_dup(cx->mem, db_col_str(stmt, 15)),
		.undone_by = db_col_int(stmt, 18),
		.changeset = db_col_int(stmt, 19),
	};
	out->n_samples = samples_read(db_col_str(stmt, 16), out->samples);
	return problems_read(cx, db_col_str(stmt, 17), out);
}

bool
bulk_read(struct cx *cx, int64_t id, struct bulk *out)
{
	struct stmt *stmt = db_sql(cx, BULKS "WHERE b.id = ?1");
	bool row, ok;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	if (!db_step(cx, stmt, &row))
		return false;
	ok = row ? bulk_of(cx, stmt, out) : fail(cx, E_MISSING, "There is no such bulk");
	db_done(stmt);
	return ok;
}

bool
bulk_list(struct cx *cx, int64_t limit, struct bulk *out, size_t *n)
{
	struct stmt *stmt =
		db_sql(cx, BULKS "WHERE b.actor_id = ?1 AND b.dry_run = 0 ORDER BY b.id DESC"
				 " LIMIT ?2");
	bool more;

	*n = 0;
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->actor->user_id);
	db_bind_int(stmt, 2, limit);
	while (db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		if (!bulk_of(cx, stmt, &out[*n]))
			return false;
		++*n;
	}
	return false;
}

bool
bulk_insert(struct cx *cx, struct bulk *bulk)
{
	struct stmt *stmt = db_sql(
		cx, "INSERT INTO sys_bulk (at, actor_id, object, op, state, dry_run, total, done,"
		    " changed, unchanged, failed, parts, next_part, undo_of, body)"
		    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, ?8, 0, ?9, ?10)"
		    " RETURNING id");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, bulk->at);
	db_bind_int(stmt, 2, bulk->actor_id);
	db_bind_str(stmt, 3, bulk->object);
	db_bind_int(stmt, 4, bulk->op);
	db_bind_int(stmt, 5, bulk->state);
	db_bind_int(stmt, 6, bulk->dry_run);
	db_bind_int(stmt, 7, bulk->total);
	db_bind_int(stmt, 8, bulk->parts);
	db_bind_int(stmt, 9, bulk->undo_of);
	db_bind_str(stmt, 10, bulk->body);
	if (!db_step(cx, stmt, &row) || !row)
		return false;
	bulk->id = db_col_int(stmt, 0);
	db_done(stmt);
	return true;
}

bool
bulk_lock(struct cx *cx, int64_t id)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_bulk SET state = state WHERE id = ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	return db_run(cx, stmt);
}

bool
bulk_update(struct cx *cx, const struct bulk *bulk)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_bulk SET state = ?2, total = ?3, done = ?4, changed = ?5,"
			   " unchanged = ?6, failed = ?7, parts = ?8, next_part = ?9, body = ?10,"
			   " samples = ?11, problems = ?12 WHERE id = ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, bulk->id);
	db_bind_int(stmt, 2, bulk->state);
	db_bind_int(stmt, 3, bulk->total);
	db_bind_int(stmt, 4, bulk->done);
	db_bind_int(stmt, 5, bulk->changed);
	db_bind_int(stmt, 6, bulk->unchanged);
	db_bind_int(stmt, 7, bulk->failed);
	db_bind_int(stmt, 8, bulk->parts);
	db_bind_int(stmt, 9, bulk->next_part);
	db_bind_str(stmt, 10, bulk->body);
	db_bind_str(stmt, 11, samples_text(cx, bulk->samples, bulk->n_samples));
	db_bind_str(stmt, 12, problems_text(cx, bulk));
	return db_run(cx, stmt);
}

/* ---- parts ---- */

static struct str
ids_bytes(struct cx *cx, const int64_t *ids, size_t n)
{
	unsigned char *bytes = arena_alloc(cx->mem, n * ID_BYTES + 1);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ID_BYTES; k++)
			bytes[i * ID_BYTES + k] =
				(unsigned char)((uint64_t)ids[i] >> (8 * k) & 0xff);
	return (struct str){ (const char *)bytes, n * ID_BYTES };
}

static int64_t *
ids_read(struct cx *cx, struct str bytes, int64_t n)
{
	int64_t *ids = new_array(cx->mem, (size_t)n + 1, int64_t);

	for (size_t i = 0; i < (size_t)n && (i + 1) * ID_BYTES <= bytes.n; i++) {
		uint64_t id = 0;

		for (size_t k = 0; k < ID_BYTES; k++)
			id |= (uint64_t)(unsigned char)bytes.p[i * ID_BYTES + k] << (8 * k);
		ids[i] = (int64_t)id;
	}
	return ids;
}

bool
bulk_part_insert(struct cx *cx, const struct bulk *bulk, const struct bulk_part *part)
{
	struct stmt *stmt = db_sql(
		cx,
		"INSERT INTO sys_bulk_part (bulk_id, place, n, ids, undo_of, changeset, changed)"
		" VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, bulk->id);
	db_bind_int(stmt, 2, part->place);
	db_bind_int(stmt, 3, part->n);
	if (part->ids)
		db_bind_blob(stmt, 4, ids_bytes(cx, part->ids, (size_t)part->n));
	else
		db_bind_null(stmt, 4);
	db_bind_int(stmt, 5, part->undo_of);
	return db_run(cx, stmt);
}

bool
bulk_part_read(struct cx *cx, const struct bulk *bulk, struct bulk_part *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT n, ids, undo_of FROM sys_bulk_part"
				       " WHERE bulk_id = ?1 AND place = ?2");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, bulk->id);
	db_bind_int(stmt, 2, bulk->next_part);
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return bug(cx, "bulk %lld has no part %lld", (long long)bulk->id,
			   (long long)bulk->next_part);
	*out = (struct bulk_part){ .place = bulk->next_part,
				   .n = db_col_int(stmt, 0),
				   .undo_of = db_col_int(stmt, 2) };
	if (!out->undo_of)
		out->ids = ids_read(cx, db_col_blob(stmt, 1), out->n);
	db_done(stmt);
	return true;
}

bool
bulk_part_done(struct cx *cx, const struct bulk *bulk, const struct bulk_part *part,
	       int64_t changeset, int64_t n_changed)
{
	struct stmt *stmt = db_sql(cx, "UPDATE sys_bulk_part SET ids = ?5, changeset = ?3,"
				       " changed = ?4 WHERE bulk_id = ?1 AND place = ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, bulk->id);
	db_bind_int(stmt, 2, part->place);
	db_bind_int(stmt, 3, changeset);
	db_bind_int(stmt, 4, n_changed);
	db_bind_null(stmt, 5);
	return db_run(cx, stmt);
}

struct made {
	int64_t changeset, n;
};

bool
bulk_parts_undo(struct cx *cx, const struct bulk *of, struct bulk *undo)
{
	struct stmt *stmt = db_sql(cx, "SELECT changeset, changed FROM sys_bulk_part"
				       " WHERE bulk_id = ?1 AND changeset > 0"
				       " ORDER BY place DESC");
	struct {
		struct made *v;
		size_t n, cap;
	} all = { 0 };
	bool more;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, of->id);
	for (;;) {
		if (!db_step(cx, stmt, &more))
			return false;
		if (!more)
			break;
		list_add(cx->mem, &all,
			 ((struct made){ db_col_int(stmt, 0), db_col_int(stmt, 1) }));
	}
	undo->parts = (int64_t)all.n;
	undo->total = 0;
	for (size_t i = 0; i < all.n; i++) {
		struct bulk_part part = { .place = (int64_t)i,
					  .n = all.v[i].n,
					  .undo_of = all.v[i].changeset };

		undo->total += part.n;
		if (!bulk_part_insert(cx, undo, &part))
			return false;
	}
	return true;
}

/* Old ones, and what was only tried. */
bool
bulk_sweep(struct cx *cx)
{
	struct stmt *stmt = db_sql(cx, "DELETE FROM sys_bulk WHERE at < ?1"
				       " OR (dry_run = 1 AND at < ?2)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->now - (int64_t)BULK_KEPT_DAYS * MS_PER_DAY);
	db_bind_int(stmt, 2, cx->now - MS_PER_DAY);
	if (!db_run(cx, stmt))
		return false;
	stmt = db_sql(cx, "DELETE FROM sys_bulk_part WHERE NOT EXISTS"
			  " (SELECT 1 FROM sys_bulk b WHERE b.id = bulk_id)");
	return stmt && db_run(cx, stmt);
}
