/* The log: how a change is written, sealed, hashed. */
#include "record/log.h"

#include "model/type.h"
#include "record/authz.h"

enum { PLACE_MAX = 200 };

/* ---- bodies ---- */

static bool
is_logged(const struct field *f)
{
	return f->index >= SF__MAX && f->type != FT_ROLLUP;
}

struct str
log_body(struct cx *cx, const struct change *c)
{
	static const struct value none;
	struct buf b = buf_in(cx->mem, LOG_BODY_MAX);
	bool first = true;

	buf_char(&b, '{');
	for (unsigned i = 0; c->op <= CHANGE_EDIT && i < c->object->n_fields; i++) {
		const struct field *f = c->object->fields[i];

		if (!is_logged(f) || !changed(c, f))
			continue;
		if (!first)
			buf_char(&b, ',');
		first = false;
		buf_json(&b, f->name);
		BUF_LIT(&b, ":[");
		f->row->to_json(f, c->before ? &c->before->v[i] : &none, &b);
		buf_char(&b, ',');
		f->row->to_json(f, &c->after->v[i], &b);
		buf_char(&b, ']');
	}
	buf_char(&b, '}');
	return b.full ? (struct str){ 0 } : buf_done(&b);
}

static struct str
log_place(struct cx *cx, const struct log_row *row)
{
	struct buf b = buf_in(cx->mem, PLACE_MAX);

	BUF_LIT(&b, "log.");
	buf_str(&b, row->object);
	buf_char(&b, '.');
	buf_int(&b, row->record);
	buf_char(&b, '.');
	buf_int(&b, row->version);
	return buf_done(&b);
}

static struct str
with_mark(struct cx *cx, char mark, struct str bytes)
{
	struct buf b = buf_in(cx->mem, bytes.n + 1);

	buf_char(&b, mark);
	buf_str(&b, bytes);
	return buf_done(&b);
}

bool
log_seal(struct cx *cx, struct log_row *row, struct str json)
{
	struct secret key;
	bool destroyed = false;

	if (!row->subject_object.n) {
		row->body = with_mark(cx, 'p', json);
		return true;
	}
	if (!keyring_subject(cx, cx->store->keyring, row->subject_object, row->subject, &key,
			     &destroyed))
		return false;
	if (destroyed) {
		row->body = with_mark(cx, 'p', S("{}"));
		return true;
	}
	row->body =
		with_mark(cx, 's', crypt_seal(cx->mem, cx->env, &key, log_place(cx, row), json));
	return true;
}

bool
log_open(struct cx *cx, const struct log_row *row, struct str *out, bool *erased)
{
	struct secret key;
	struct str rest = str_from(row->body, 1);

	*erased = false;
	if (row->body.n && row->body.p[0] == 'p') {
		*out = rest;
		return true;
	}
	if (!keyring_subject(cx, cx->store->keyring, row->subject_object, row->subject, &key,
			     erased))
		return false;
	if (*erased) {
		*out = S("{}");
		return true;
	}
	if (!crypt_unseal(cx->mem, &key, log_place(cx, row), rest, out))
		return fail(cx, E_DB,
			    "Entry %lld of the log cannot be opened: is this the right keyring?",
			    (long long)row->id);
	return true;
}

/* ---- the chain ---- */

void
log_row_hash(const struct log_row *row, struct hash *rows)
{
	struct hasher hasher;

	hasher_begin(&hasher, NULL);
	hasher_add(&hasher, hash_str(rows));
	hasher_add_part(&hasher, row->object);
	hasher_add_int(&hasher, row->record);
	hasher_add_int(&hasher, row->op);
	hasher_add_int(&hasher, row->version);
	hasher_add_part(&hasher, row->subject_object);
	hasher_add_int(&hasher, row->subject);
	hasher_add_part(&hasher, row->body);
	*rows = hasher_end(&hasher);
}

struct hash
log_set_hash(const struct log_set *set, const struct hash *rows)
{
	struct hasher hasher;

	hasher_begin(&hasher, NULL);
	hasher_add_part(&hasher, set->previous);
	hasher_add_int(&hasher, set->id);
	hasher_add_int(&hasher, set->at);
	hasher_add_int(&hasher, set->actor);
	hasher_add_part(&hasher, set->door);
	hasher_add_part(&hasher, set->why);
	hasher_add_part(&hasher, set->request);
	hasher_add_int(&hasher, set->undo_of);
	hasher_add_int(&hasher, set->n);
	hasher_add(&hasher, hash_str(rows));
	return hasher_end(&hasher);
}

/* ---- reading ---- */

static void
read_raw(struct cx *cx, struct stmt *stmt, struct log_row *row)
{
	row->id = db_col_int(stmt, 0);
	row->changeset = db_col_int(stmt, 1);
	row->object = str_dup(cx->mem, db_col_str(stmt, 2));
	row->record = db_col_int(stmt, 3);
	row->op = db_col_int(stmt, 4);
	row->version = db_col_int(stmt, 5);
	row->subject_object =
		db_col_null(stmt, 6) ? (struct str){ 0 } : str_dup(cx->mem, db_col_str(stmt, 6));
	row->subject = db_col_int(stmt, 7);
	row->body = str_dup(cx->mem, db_col_blob(stmt, 8));
}

bool
log_raw_before(struct cx *cx, int64_t changeset, int64_t before, int64_t limit,
	       struct log_row **out, size_t *out_n)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT id, changeset_id, object, record_id, op, version,"
			   " subject_object, subject_id, body FROM sys_change"
			   " WHERE changeset_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3");
	struct log_row *v = new_array(cx->mem, (size_t)limit, struct log_row);
	size_t n = 0;
	bool more;

	if (!stmt)
		return false;
	db_bind_int(stmt, 1, changeset);
	db_bind_int(stmt, 2, before);
	db_bind_int(stmt, 3, limit);
	while (db_step(cx, stmt, &more)) {
		if (!more) {
			*out = v;
			*out_n = n;
			return true;
		}
		if (n < (size_t)limit)
			read_raw(cx, stmt, &v[n++]);
	}
	return false;
}

static bool
log_field(struct cx *cx, const struct field *f, const json_t *pair, struct field_change *out)
{
	out->field = f;
	return f->row->from_json(cx, f, json_array_get(pair, 0), &out->old) &&
	       f->row->from_json(cx, f, json_array_get(pair, 1), &out->new_value);
}

/* A value that the model of today no longer understands (an option that is gone) is left out. */
bool
log_read_fields(struct cx *cx, const struct object *object, struct str text, struct change_row *out)
{
	json_t *json = json_loadb(text.p, text.n, 0, NULL);
	const char *name;
	json_t *pair;

	if (!json_is_object(json)) {
		json_decref(json);
		return fail(cx, E_DB, "An entry of the log cannot be read: run `kontor check`");
	}
	out->v = new_array(cx->mem, json_object_size(json) + 1, struct field_change);
	out->n = 0;
	json_object_foreach(json, name, pair)
	{
		const struct field *f = field_find(object, str_of(name));
		struct err err = cx->err;

		if (!f || !AUTHZ(LOG_FIELD, can_see_field(cx, object, f)))
			continue;
		if (log_field(cx, f, pair, &out->v[out->n]))
			out->n++;
		else
			cx->err = err;
	}
	json_decref(json);
	return true;
}
