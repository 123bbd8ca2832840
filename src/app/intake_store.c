/* Imports in their tables. */
#include "app/intake_private.h"

#include "base/clock.h"
#include "db/db.h"

enum { COUNTS_BYTES = 512 };

#define SEAL "import"

const char *const INTAKE_STATES[INTAKE_STATE__MAX] = {
	[INTAKE_NEW] = "new",         [INTAKE_CHECKING] = "checking", [INTAKE_CHECKED] = "checked",
	[INTAKE_RUNNING] = "running", [INTAKE_DONE] = "done",         [INTAKE_UNDOING] = "undoing",
	[INTAKE_UNDONE] = "undone",   [INTAKE_FAILED] = "failed",
};
const char *const INTAKE_COUNTS[COUNT__MAX] = {
	[COUNT_ROWS] = "rows",           [COUNT_CREATED] = "created",
	[COUNT_UPDATED] = "updated",     [COUNT_UNCHANGED] = "unchanged",
	[COUNT_SKIPPED] = "skipped",     [COUNT_LINKED] = "linked",
	[COUNT_WARNINGS] = "warnings",   [COUNT_ERRORS] = "errors",
	[COUNT_CONFLICTS] = "conflicts", [COUNT_DUPLICATES] = "duplicates",
	[COUNT_KEPT] = "kept",
};

/* clang-format off */
static const struct system_column intake_columns_of[] = {
	{ "id",       COLUMN_INT,  .primary = true },
	{ "at",       COLUMN_INT,  .required = true },
	{ "actor_id", COLUMN_INT,  .required = true },
	{ "object",   COLUMN_TEXT, .required = true },
	{ "file",     COLUMN_TEXT, .required = true },
	{ "bytes",    COLUMN_INT,  .required = true },
	{ "n_pieces", COLUMN_INT,  .required = true },
	{ "state",    COLUMN_INT,  .required = true },
	{ "map",      COLUMN_TEXT },
	{ "why",      COLUMN_TEXT },
	{ "headers",  COLUMN_TEXT },
	{ "counts",   COLUMN_TEXT },
	{ "total",    COLUMN_INT,  .required = true },
	{ "done",     COLUMN_INT,  .required = true },
	{ "n_parts",  COLUMN_INT,  .required = true },
	{ "touched",  COLUMN_TEXT },
	{ "began_at", COLUMN_INT,  .required = true },
	{ "ended_at", COLUMN_INT,  .required = true },
	{ 0 }
};
static const struct system_column piece_columns[] = {
	{ "import_id", COLUMN_INT,  .required = true },
	{ "kind",      COLUMN_INT,  .required = true },
	{ "place",     COLUMN_INT,  .required = true },
	{ "bytes",     COLUMN_BLOB, .required = true },
	{ 0 }
};
static const struct system_column part_columns[] = {
	{ "import_id", COLUMN_INT, .required = true },
	{ "place",     COLUMN_INT, .required = true },
	{ "changeset", COLUMN_INT, .required = true },
	{ 0 }
};
static const struct system_column map_columns[] = {
	{ "headers", COLUMN_TEXT, .required = true },
	{ "object",  COLUMN_TEXT, .required = true },
	{ "map",     COLUMN_TEXT, .required = true },
	{ "at",      COLUMN_INT,  .required = true },
	{ 0 }
};
static const char *const intake_indexes[] = { "actor_id, id", NULL };
static const char *const piece_unique[] = { "import_id, kind, place", NULL };
static const char *const part_unique[] = { "import_id, place", NULL };
static const char *const map_unique[] = { "headers, object", NULL };

const struct system_table intake_tables[] = {
	{ "sys_import",       intake_columns_of, .indexes = intake_indexes },
	{ "sys_import_piece", piece_columns, .unique = piece_unique, .local = true },
	{ "sys_import_part",  part_columns, .unique = part_unique },
	{ "sys_import_map",   map_columns, .unique = map_unique },
	{ 0 }
};
/* clang-format on */

/* ---- figures as text ---- */

static struct str
counts_text(struct cx *cx, const struct intake *intake)
{
	struct buf text = buf_in(cx->mem, COUNTS_BYTES);

	for (int i = 0; i < COUNT__MAX; i++) {
		if (i)
			buf_char(&text, ' ');
		buf_int(&text, intake->counts[i]);
	}
	return buf_done(&text);
}

static void
counts_read(struct str text, struct intake *intake)
{
	for (int i = 0; i < COUNT__MAX && text.n; i++)
		if (!str_int(str_word(&text), 0, INT64_MAX, &intake->counts[i]))
			return;
}

/* ---- imports ---- */

#define INTAKES                                                                             \
	"SELECT id, at, actor_id, object, file, bytes, n_pieces, state, coalesce(map, '')," \
	" coalesce(why, ''), coalesce(headers, ''), coalesce(counts, ''), total, done,"     \
	" n_parts, coalesce(touched, ''), began_at, ended_at FROM sys_import "

static void
intake_of(struct cx *cx, struct stmt *stmt, struct intake *out)
{
	*out = (struct intake){
		.id = db_col_int(stmt, 0),
		.at = db_col_int(stmt, 1),
		.actor_id = db_col_int(stmt, 2),
		.object = str_dup(cx->mem, db_col_str(stmt, 3)),
		.file = str_dup(cx->mem, db_col_str(stmt, 4)),
		.bytes = db_col_int(stmt, 5),
		.n_pieces = db_col_int(stmt, 6),
		.state = (enum intake_state)db_col_int(stmt, 7),
		.map = str_dup(cx->mem, db_col_str(stmt, 8)),
		.why = str_dup(cx->mem, db_col_str(stmt, 9)),
		.headers = str_dup(cx->mem, db_col_str(stmt, 10)),
		.rows = db_col_int(stmt, 12),
		.done = db_col_int(stmt, 13),
		.n_parts = db_col_int(stmt, 14),
		.touched = str_dup(cx->mem, db_col_str(stmt, 15)),
		.began_at = db_col_int(stmt, 16),
		.ended_at = db_col_int(stmt, 17),
	};
	counts_read(db_col_str(stmt, 11), out);
}

bool
intake_read(struct cx *cx, int64_t id, struct intake *out)
{
	struct stmt *stmt = db_sql(cx, INTAKES "WHERE id = ?1");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, id);
	if (!db_step(cx, stmt, &row))
		return false;
	if (!row)
		return fail(cx, E_MISSING, "There is no such import");
	intake_of(cx, stmt, out);
	db_done(stmt);
	return true;
}

bool
intake_list(struct cx *cx, int64_t limit, struct intake *out, size_t *n)
{
	struct stmt *stmt = db_sql(cx, INTAKES "WHERE actor_id = ?1 ORDER BY id DESC LIMIT ?2");
	bool more;

	*n = 0;
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, cx->actor->user_id);
	db_bind_int(stmt, 2, limit);
	while (db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		intake_of(cx, stmt, &out[(*n)++]);
	}
	return false;
}

bool
intake_insert(struct cx *cx, struct intake *intake)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_import (at, actor_id, object, file, bytes, n_pieces,"
			   " state, headers, total, done, n_parts, began_at, ended_at)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, 0, 0) RETURNING id");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->at);
	db_bind_int(stmt, 2, intake->actor_id);
	db_bind_str(stmt, 3, intake->object);
	db_bind_str(stmt, 4, intake->file);
	db_bind_int(stmt, 5, intake->bytes);
	db_bind_int(stmt, 6, intake->n_pieces);
	db_bind_int(stmt, 7, intake->state);
	db_bind_str(stmt, 8, intake->headers);
	if (!db_step(cx, stmt, &row) || !row)
		return false;
	intake->id = db_col_int(stmt, 0);
	db_done(stmt);
	return true;
}

bool
intake_update(struct cx *cx, const struct intake *intake)
{
	struct stmt *stmt =
		db_sql(cx, "UPDATE sys_import SET state = ?2, map = ?3, why = ?4, headers = ?5,"
			   " counts = ?6, total = ?7, done = ?8, n_parts = ?9, touched = ?10,"
			   " began_at = ?11, ended_at = ?12, object = ?13 WHERE id = ?1");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	db_bind_int(stmt, 2, intake->state);
	db_bind_str(stmt, 3, intake->map);
	db_bind_str(stmt, 4, intake->why);
	db_bind_str(stmt, 5, intake->headers);
	db_bind_str(stmt, 6, counts_text(cx, intake));
	db_bind_int(stmt, 7, intake->rows);
	db_bind_int(stmt, 8, intake->done);
	db_bind_int(stmt, 9, intake->n_parts);
	db_bind_str(stmt, 10, intake->touched);
	db_bind_int(stmt, 11, intake->began_at);
	db_bind_int(stmt, 12, intake->ended_at);
	db_bind_str(stmt, 13, intake->object);
	return db_run(cx, stmt);
}

/* ---- pieces ---- */

static struct str
bound_to(struct cx *cx, const struct intake *intake, struct piece piece)
{
	return str_printf(cx->mem, "import:%lld:%d:%lld", (long long)intake->id, (int)piece.kind,
			  (long long)piece.place);
}

bool
piece_put(struct cx *cx, const struct intake *intake, struct piece piece, struct str bytes)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_import_piece (import_id, kind, place, bytes)"
			   " VALUES (?1, ?2, ?3, ?4)");
	struct arena *mem = arena_new(2 * (bytes.n + PIECE_BYTES));
	bool ok;

	if (stmt) {
		db_bind_int(stmt, 1, intake->id);
		db_bind_int(stmt, 2, piece.kind);
		db_bind_int(stmt, 3, piece.place);
		db_bind_blob(stmt, 4,
			     store_seal(cx, mem, SEAL, bound_to(cx, intake, piece), bytes));
	}
	ok = stmt && db_run(cx, stmt);
	arena_free(&mem);
	return ok;
}

bool
piece_get(struct cx *cx, struct arena *mem, const struct intake *intake, struct piece piece,
	  struct str *out, bool *has)
{
	struct stmt *stmt = db_sql(cx, "SELECT bytes FROM sys_import_piece"
				       " WHERE import_id = ?1 AND kind = ?2 AND place = ?3");
	bool ok;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	db_bind_int(stmt, 2, piece.kind);
	db_bind_int(stmt, 3, piece.place);
	if (!db_step(cx, stmt, has))
		return false;
	if (!*has)
		return true;
	ok = store_unseal(cx, mem, SEAL, bound_to(cx, intake, piece), db_col_blob(stmt, 0), out);
	db_done(stmt);
	return ok;
}

bool
pieces_drop(struct cx *cx, const struct intake *intake, enum piece_kind kind)
{
	struct stmt *stmt =
		db_sql(cx, "DELETE FROM sys_import_piece WHERE import_id = ?1 AND kind = ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	db_bind_int(stmt, 2, kind);
	return db_run(cx, stmt);
}

bool
intake_delete(struct cx *cx, const struct intake *intake)
{
	struct stmt *all[] = {
		db_sql(cx, "DELETE FROM sys_import_piece WHERE import_id = ?1"),
		db_sql(cx, "DELETE FROM sys_import_part WHERE import_id = ?1"),
		db_sql(cx, "DELETE FROM sys_import WHERE id = ?1"),
	};

	for (size_t i = 0; i < countof(all); i++) {
		if (!all[i])
			return false;
		db_bind_int(all[i], 1, intake->id);
		if (!db_run(cx, all[i]))
			return false;
	}
	return true;
}

/* ---- parts ---- */

bool
part_put(struct cx *cx, const struct intake *intake, int64_t place, int64_t changeset)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_import_part (import_id, place, changeset)"
				       " VALUES (?1, ?2, ?3)");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	db_bind_int(stmt, 2, place);
	db_bind_int(stmt, 3, changeset);
	return db_run(cx, stmt);
}

bool
part_last(struct cx *cx, const struct intake *intake, int64_t *place, int64_t *changeset)
{
	struct stmt *stmt = db_sql(cx, "SELECT place, changeset FROM sys_import_part"
				       " WHERE import_id = ?1 ORDER BY place DESC LIMIT 1");
	bool row;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	if (!db_step(cx, stmt, &row))
		return false;
	*changeset = row ? db_col_int(stmt, 1) : 0;
	if (!row)
		return true;
	*place = db_col_int(stmt, 0);
	db_done(stmt);
	return true;
}

bool
part_drop(struct cx *cx, const struct intake *intake, int64_t place)
{
	struct stmt *stmt =
		db_sql(cx, "DELETE FROM sys_import_part WHERE import_id = ?1 AND place = ?2");

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, intake->id);
	db_bind_int(stmt, 2, place);
	return db_run(cx, stmt);
}

/* ---- maps ---- */

bool
map_kept(struct cx *cx, const struct intake *intake, struct str *out)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT map FROM sys_import_map WHERE headers = ?1 AND object = ?2");
	bool row;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, intake->headers);
	db_bind_str(stmt, 2, intake->object);
	if (!db_step(cx, stmt, &row))
		return false;
	*out = row ? str_dup(cx->mem, db_col_str(stmt, 0)) : S("");
	if (row)
		db_done(stmt);
	return true;
}

bool
map_keep(struct cx *cx, const struct intake *intake)
{
	struct stmt *stmt = db_sql(cx, "INSERT INTO sys_import_map (headers, object, map, at)"
				       " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (headers, object)"
				       " DO UPDATE SET map = excluded.map, at = excluded.at");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, intake->headers);
	db_bind_str(stmt, 2, intake->object);
	db_bind_str(stmt, 3, intake->map);
	db_bind_int(stmt, 4, cx->now);
	return db_run(cx, stmt);
}

/* ---- after a while ---- */

bool
intake_sweep(struct cx *cx)
{
	struct stmt *pieces = db_sql(cx, "DELETE FROM sys_import_piece WHERE import_id IN"
					 " (SELECT id FROM sys_import WHERE at < ?1"
					 " AND state <> ?2 AND state <> ?3)");
	struct stmt *never = db_sql(cx, "DELETE FROM sys_import WHERE began_at = 0 AND at < ?1"
					" AND state <> ?2");
	struct stmt *old = db_sql(cx, "DELETE FROM sys_import WHERE at < ?1");
	struct stmt *parts = db_sql(cx, "DELETE FROM sys_import_part WHERE NOT EXISTS"
					" (SELECT 1 FROM sys_import i WHERE i.id = import_id)");

	if (!pieces || !never || !old || !parts)
		return false;
	db_bind_int(pieces, 1, cx->now - (int64_t)INTAKE_KEPT_HOURS * MS_PER_HOUR);
	db_bind_int(pieces, 2, INTAKE_CHECKING);
	db_bind_int(pieces, 3, INTAKE_RUNNING);
	db_bind_int(never, 1, cx->now - (int64_t)INTAKE_KEPT_HOURS * MS_PER_HOUR);
	db_bind_int(never, 2, INTAKE_CHECKING);
	db_bind_int(old, 1, cx->now - (int64_t)INTAKE_KEPT_DAYS * MS_PER_DAY);
	return db_run(cx, pieces) && db_run(cx, never) && db_run(cx, old) && db_run(cx, parts);
}
