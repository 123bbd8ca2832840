#include "record/internal.h"

#include "base/crypt.h"
#include "record/authz.h"

enum { SEALED_TEXT_MAX = 128 << 10, AD_MAX = 256, COPIES = 4 << 10 };

enum field_type
field_result(const struct field *f)
{
	return f->type == FT_FORMULA || f->type == FT_ROLLUP ? f->result : f->type;
}

int
field_reads(const struct field *f)
{
	if (f->type == FT_ROLLUP)
		return 1;
	if (f->n_columns == 2 && f->has_key)
		return 1;
	return (int)f->n_columns;
}

void
row_select(struct cx *cx, struct sqltext *sql, const char *alias, const struct field *const *fields,
	   size_t n)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);
	bool has_sealed = false;

	/* What is sealed is opened with the key of its subject. */
	for (size_t i = 0; i < n; i++)
		has_sealed |= fields[i]->special != 0;
	for (size_t i = 0; i < n; i++) {
		if (fields[i]->type == FT_ROLLUP) {
			sql_raw(sql, ", ");
			rollup_sql(fields[i], &when, alias, &scope.scope, sql);
			continue;
		}
		for (int k = 0; k < field_reads(fields[i]); k++) {
			sql_raw(sql, ", ");
			if (has_sealed && fields[i] == fields[i]->object->subject)
				sql_column(sql, alias, fields[i]->columns[k].name);
			else
				rights_column(cx, fields[i], (unsigned)k, alias, sql);
		}
	}
}

const struct object *
row_subject(const struct row *row, int64_t *id)
{
	const struct object *object = row->object;

	if (object->is_subject) {
		*id = row->id;
		return object;
	}
	if (!object->subject || row->v[object->subject->index].kind != V_INT)
		return NULL;
	*id = row->v[object->subject->index].i;
	return object->subject->target;
}

/* What a sealed value is bound to, so that a ciphertext cannot be moved to another place. */
static struct str
seal_place(struct cx *cx, const struct row *row, const struct field *f)
{
	struct buf b = buf_in(cx->mem, AD_MAX);

	buf_str(&b, row->object->name);
	buf_char(&b, '.');
	buf_str(&b, f->name);
	buf_char(&b, '.');
	buf_int(&b, row->id);
	return buf_done(&b);
}

static bool
seal_key(struct cx *cx, const struct row *row, struct secret *key, bool *destroyed)
{
	int64_t subject;
	const struct object *object = row_subject(row, &subject);

	*destroyed = false;
	if (object)
		return keyring_subject(cx, cx->store->keyring, object->name, subject, key,
				       destroyed);
	keyring_purpose(cx->store->keyring, "nobody", key);
	return true;
}

bool
value_seal(struct cx *cx, const struct row *row, const struct field *f, const struct value *v,
	   struct str *out)
{
	struct secret key;
	struct buf text = buf_in(cx->mem, SEALED_TEXT_MAX);
	bool destroyed;

	if (!seal_key(cx, row, &key, &destroyed))
		return false;
	if (destroyed)
		return fail(cx, E_CONFLICT, "The data of this person have been erased");
	f->row->text(f, v, &text);
	if (text.full)
		return fail_field(cx, f->name, "length", "This text is too long to be sealed");
	*out = crypt_seal(cx->mem, cx->env, &key, seal_place(cx, row, f), buf_done(&text));
	return true;
}

static bool
value_open(struct cx *cx, const struct row *row, const struct field *f, struct str sealed,
	   struct value *out)
{
	struct secret key;
	struct reading canonical = { .decimal = '.' };
	struct str text;
	bool destroyed;

	if (!seal_key(cx, row, &key, &destroyed))
		return false;
	if (destroyed)
		return true;
	if (!crypt_unseal(cx->mem, &key, seal_place(cx, row, f), sealed, &text))
		return fail(cx, E_DB,
			    "A sealed value of %.*s %lld cannot be opened: run `kontor check`",
			    STR_FMT(row->object->name), (long long)row->id);
	return f->row->parse(cx, f, text, &canonical, out);
}

static void
currency_set(struct value *v, struct str currency)
{
	for (size_t i = 0; i < sizeof v->currency - 1 && i < currency.n; i++)
		v->currency[i] = currency.p[i];
}

/* Many short texts, one behind the other, each with its NUL. */
static struct str
text_of(struct cx *cx, struct str s, struct buf *copies)
{
	size_t start;

	if (!copies || !s.n)
		return copies ? S("") : s;
	if (s.n > COPIES / 8)
		return str_dup(cx->mem, s);
	if (s.n >= copies->cap - copies->n)
		*copies = buf_fixed(cx->mem, COPIES);
	start = copies->n;
	buf_str(copies, s);
	buf_char(copies, 0);
	return (struct str){ copies->p + start, s.n };
}

static void
text_read(struct cx *cx, struct stmt *stmt, int at, struct buf *copies, struct value *v)
{
	struct str text = db_col_str(stmt, at);

	if (text.p)
		*v = (struct value){ .kind = V_TEXT, .s = text_of(cx, text, copies) };
}

/* Rollups that sum money have no currency column: theirs is the default of the field. */
static bool
field_read(struct cx *cx, struct stmt *stmt, int at, const struct field *f, struct buf *copies,
	   struct row *row)
{
	enum column_class class = TYPES[field_result(f)].class;
	struct value *v = &row->v[f->index];

	*v = (struct value){ 0 };
	if (class == COLUMN_TEXT && !f->special) {
		text_read(cx, stmt, at, copies, v);
		return true;
	}
	if (db_col_null(stmt, at))
		return true;
	if (f->special)
		return value_open(cx, row, f, db_col_blob(stmt, at), v);
	if (f->type == FT_ANY) {
		*v = (struct value){ .kind = V_ANY,
				     .i = db_col_int(stmt, at),
				     .s = text_of(cx, db_col_str(stmt, at + 1), copies) };
		return true;
	}
	switch (class) {
	case COLUMN_INT:
		*v = value_int(db_col_int(stmt, at));
		if (field_result(f) == FT_MONEY)
			currency_set(v,
				     field_reads(f) == 2 ? db_col_str(stmt, at + 1) : f->currency);
		return true;
	case COLUMN_REAL:
		*v = (struct value){ .kind = V_REAL, .r = db_col_real(stmt, at) };
		return true;
	case COLUMN_TEXT:
	case COLUMN_BLOB:
		text_read(cx, stmt, at, copies, v);
		return true;
	}
	return bug(cx, "column class of %.*s", STR_FMT(f->name));
}

/* The subject of what is sealed was read for its key, whoever may see it. */
static bool
subject_hide(struct cx *cx, const struct field *subject, bool has_sealed, struct row *row)
{
	return !subject || !has_sealed || !fieldset_has(&row->has, subject->index) ||
	       link_seen(cx, subject, &row->v[subject->index]);
}

bool
row_read(struct cx *cx, struct stmt *stmt, int at, const struct columns *columns, struct row *row)
{
	bool has_sealed = false;

	for (size_t i = 0; i < columns->n; i++) {
		const struct field *f = columns->v[i];
		int reads = field_reads(f);

		if (!reads)
			continue;
		if (!field_read(cx, stmt, at, f, columns->copies, row))
			return false;
		has_sealed |= f->special != 0;
		fieldset_add(&row->has, f->index);
		at += reads;
	}
	return subject_hide(cx, row->object->subject, has_sealed, row);
}

/* What is not bound is NULL. */
void
stmt_bind(struct stmt *stmt, int at, const struct value *v)
{
	if (v->kind == V_INT)
		db_bind_int(stmt, at, v->i);
	else if (v->kind == V_REAL)
		db_bind_real(stmt, at, v->r);
	else if (v->kind == V_TEXT)
		db_bind_str(stmt, at, v->s);
}

struct stmt *
sql_prepare(struct cx *cx, struct sqltext *sql)
{
	struct stmt *stmt;

	if (sql->full || sql->text.full) {
		fail(cx, E_TOO_BIG, "This question is too long; use fewer conditions");
		return NULL;
	}
	stmt = db_prepare(cx, buf_done(&sql->text));
	if (!stmt)
		return NULL;
	for (size_t i = 0; i < sql->n; i++)
		stmt_bind(stmt, (int)i + 1, &sql->binds[i]);
	return stmt;
}

bool
sql_one_int(struct cx *cx, struct sqltext *sql, int64_t otherwise, int64_t *out)
{
	struct stmt *stmt = sql_prepare(cx, sql);
	bool row;

	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	*out = row ? db_col_int(stmt, 0) : otherwise;
	db_done(stmt);
	return true;
}

struct ids {
	int64_t *v;
	size_t n, cap;
};

static void
many_set(struct row *row, const struct field *f, const struct ids *ids)
{
	row->v[f->index] =
		ids->n ? (struct value){ .kind = V_IDS, .i = (int64_t)ids->n, .ids = ids->v }
		       : (struct value){ 0 };
	fieldset_add(&row->has, f->index);
}

static struct stmt *
many_select(struct cx *cx, const struct row *rows, size_t n, const struct field *f)
{
	struct sqltext sql = sqltext_new(cx->mem);

	sql_raw(&sql, "SELECT t.\"from_id\", t.\"to_id\" FROM ");
	sql_name(&sql, f->link_table);
	sql_raw(&sql, " t WHERE t.\"from_id\" IN (");
	for (size_t i = 0; i < n; i++) {
		if (i)
			sql_raw(&sql, ", ");
		sql_int(&sql, rows[i].id);
	}
	sql_raw(&sql, ")");
	if (!AUTHZ(LINKS_ROWS, rights_see_all(cx, f->target))) {
		sql_raw(&sql, " AND EXISTS (SELECT 1 FROM ");
		sql_name(&sql, f->target->table);
		sql_raw(&sql, " r WHERE r.\"id\" = t.\"to_id\"");
		rights_sql(cx, f->target, OP_READ, "r", &sql);
		sql_raw(&sql, ")");
	}
	sql_raw(&sql, " ORDER BY t.\"from_id\", t.\"to_id\"");
	return sql_prepare(cx, &sql);
}

static struct ids *
ids_of_row(const struct row *rows, size_t n, struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return &ids[i];
	return NULL;
}

bool
row_read_many(struct cx *cx, struct row *rows, size_t n, const struct field *f)
{
	struct ids *ids = new_array(cx->mem, n + 1, struct ids), *at = NULL;
	struct stmt *stmt;
	int64_t last = 0;
	bool more;

	if (!n)
		return true;
	stmt = many_select(cx, rows, n, f);
	while (stmt && db_step(cx, stmt, &more)) {
		if (more && (!at || db_col_int(stmt, 0) != last)) {
			last = db_col_int(stmt, 0);
			at = ids_of_row(rows, n, ids, last);
		}
		if (more && at)
			list_add(cx->mem, at, db_col_int(stmt, 1));
		if (more)
			continue;
		for (size_t i = 0; i < n; i++)
			many_set(&rows[i], f, &ids[i]);
		return true;
	}
	return false;
}
