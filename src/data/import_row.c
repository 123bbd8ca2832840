#include "data/import_private.h"

#include "base/crypt.h"

static struct place
row_place(const struct import *im)
{
	return (struct place){ im->row.number, S(""), S("") };
}

static struct place
target_place(const struct import *im, const struct target *t)
{
	return (struct place){ im->row.number, t->column, im->texts[t - im->plan.v] };
}

static void
row_error(struct import *im, struct str why)
{
	im->report.skipped++;
	import_note(im, true, row_place(im), "%.*s", STR_FMT(why));
}

static bool
row_is_blank(const struct import *im)
{
	for (size_t i = 0; i < im->row.n; i++)
		if (str_trim(im->row.cells[i]).n)
			return false;
	return true;
}

/* Files that were put together of several have their header again in the middle. */
static bool
row_is_header(const struct import *im)
{
	const struct plan *plan = &im->plan;

	if (!plan->map->header || plan->map->columns.n || im->row.n != plan->n_names)
		return false;
	for (size_t i = 0; i < im->row.n; i++)
		if (!str_eq(str_trim(im->row.cells[i]), plan->names[i]))
			return false;
	return true;
}

/* Does it have the columns of the header?  False: it was passed over. */
static bool
row_fits(struct import *im)
{
	size_t want = im->plan.n_names;

	if (row_is_header(im)) {
		row_error(im, S("The header stands here again."));
		return false;
	}
	for (size_t i = want; i < im->row.n; i++) {
		if (!str_trim(im->row.cells[i]).n)
			continue;
		im->report.skipped++;
		import_note(
			im, true, (struct place){ im->row.number, S(""), im->row.cells[i] },
			"The row has %zu cells, the header %zu; a cell with the delimiter in it "
			"needs quotes.",
			im->row.n, want);
		return false;
	}
	if (im->row.n < want)
		import_note(
			im, false, row_place(im),
			"The row has %zu cells, the header %zu; the missing ones count as empty.",
			im->row.n, want);
	return true;
}

/* What the row says, in one number: the same row again changes nothing. */
static uint64_t
row_digest(const struct import *im)
{
	struct hasher hasher;
	struct hash hash;
	uint64_t out;

	hasher_begin(&hasher, NULL);
	for (size_t i = 0; i < im->plan.n; i++) {
		hasher_add_part(&hasher, im->texts[i]);
		if (im->plan.v[i].currency_column < im->row.n)
			hasher_add_part(&hasher, im->row.cells[im->plan.v[i].currency_column]);
	}
	hash = hasher_end(&hasher);
	memcpy(&out, hash.bytes, sizeof out);
	return out + !out;
}

/* A failure of the row itself is reported; any other ends the import. */
static bool
row_failed(struct import *im)
{
	if (!is_of_row(im->cx))
		return false;
	row_error(im, failure_text(im->cx));
	fail_clear(im->cx);
	return true;
}

/* Which record is it?  *id 0: a new one.  *go false: the row is done with. */
static bool
row_match(struct import *im, uint64_t digest, int64_t *id, bool *go)
{
	struct plan *plan = &im->plan;
	struct lookup_key key;
	struct value value;
	bool given;

	*id = 0;
	*go = true;
	if (!plan->match)
		return true;
	im->quiet = true; /* row_fill will warn */
	if (!row_value(im, (size_t)(plan->match - plan->v), true, &value, &given))
		return false;
	im->quiet = false;
	if (value.kind == V_NONE) {
		*go = plan->match->field->type != FT_ID || !im->texts[plan->match - plan->v].n;
		if (!*go)
			row_error(im, S("There is no such id; leave it empty to make a record."));
		return true;
	}
	key = lookup_key(im->cx, plan->match_lookup, &value);
	if (!lookup_find(im->cx, plan->match_lookup, &key, id))
		return false;
	*go = false;
	if (*id == LOOKUP_MANY) {
		import_note(im, true, target_place(im, plan->match),
			    "Several records have this value, by which rows are matched.");
		im->report.skipped++;
	} else if (!*id && plan->match->field->type == FT_ID) {
		row_error(im, S("There is no record with this id; leave it empty to make one."));
	} else if (*id ? !plan->map->updates : !plan->map->creates) {
		im->report.skipped++;
	} else if (*id && lookup_mark(plan->match_lookup, &key) == digest) {
		im->report.unchanged++;
	} else {
		*go = true;
	}
	return true;
}

/* Fill the record from the row, but for the fields in `without`. */
static bool
row_fill(struct import *im, struct change *c, const struct fieldset *without)
{
	for (size_t i = 0; i < im->plan.n; i++) {
		const struct field *f = im->plan.v[i].field;
		struct value value;
		bool given;

		if (fieldset_has(without, f->index) || f->type == FT_ID)
			continue;
		if (!row_value(im, i, c->op == CHANGE_CREATE, &value, &given))
			return false;
		if (given)
			change_set(c, f, value);
	}
	return true;
}

static const struct target *
target_of(const struct import *im, struct str field)
{
	for (size_t i = 0; i < im->plan.n; i++)
		if (str_eq(im->plan.v[i].field->name, field))
			return &im->plan.v[i];
	return NULL;
}

/* Can the row be kept without the fields that were refused?  They are added to `without`, with a
 * warning each. */
static bool
drop_refused(struct import *im, struct fieldset *without)
{
	const struct field_err *first = im->cx->err.fields;

	if (im->cx->err.code != E_INPUT || !first)
		return false;
	for (const struct field_err *e = first; e; e = e->next) {
		const struct target *t = target_of(im, e->field);

		if (!t || t == im->plan.match || str_eq_z(str_of(e->code), "required") ||
		    fieldset_has(without, t->field->index))
			return false;
	}
	for (const struct field_err *e = first; e; e = e->next) {
		const struct target *t = target_of(im, e->field);

		if (!t)
			return false;
		fieldset_add(without, t->field->index);
		import_note(im, false, target_place(im, t), "%.*s", STR_FMT(e->why));
	}
	return true;
}

static bool
row_change(struct import *im, int64_t id, struct change **out)
{
	if (id)
		return change_of(im->cx, CHANGE_EDIT, im->plan.object, id, out);
	*out = change_new(im->cx, im->plan.object, im->plan.face);
	return true;
}

/* What is done for one row or one link, so that it can be taken back.  A record that is refused
 * leaves nothing behind, so that a savepoint, which is dear, is needed only before other records
 * are made for its links, and where fields are sealed (which comes after the record is written). */
static bool
try_begin(struct import *im)
{
	im->puts.n = im->open.n = 0;
	im->linked_before = im->report.linked;
	im->guarded = false;
	return !im->plan.seals || try_guard(im);
}

bool
try_guard(struct import *im)
{
	if (!im->guarded && !work_savepoint(im->cx))
		return false;
	im->guarded = true;
	return true;
}

static bool
try_good(struct import *im)
{
	return !im->guarded || work_release(im->cx);
}

/* False: it cannot be taken back alone. */
static bool
try_refused(struct import *im)
{
	if (!is_of_row(im->cx) || (!im->guarded && im->cx->err.code == E_CONFLICT))
		return false;
	im->report.linked = im->linked_before;
	puts_take_back(im);
	return !im->guarded || work_rollback_to(im->cx);
}

/* One attempt.  *out NULL: refused, and nothing of it remains. */
static bool
row_try(struct import *im, int64_t id, const struct fieldset *without, struct change **out)
{
	struct change *c;

	*out = NULL;
	if (!try_begin(im))
		return false;
	if (!row_change(im, id, &c) || !row_fill(im, c, without) || !record_save(im->cx, c))
		return try_refused(im);
	*out = c;
	return try_good(im);
}

/* Its keys, and its links that are still open. */
static void
row_saved(struct import *im, struct change *c, uint64_t digest)
{
	bool made = c->op == CHANGE_CREATE;

	im->report.created += made;
	im->report.updated += !made && c->after->version != c->before->version;
	im->report.unchanged += !made && c->after->version == c->before->version;
	c->after->id = c->id;
	record_note(im, c->after, im->doubtful || im->open.n ? 0 : digest);
	for (size_t i = 0; i < im->open.n; i++) {
		struct pending pending = im->open.v[i];
		const struct target *t = &im->plan.v[pending.target];

		if (im->n_pending == IMPORT_PENDING_MAX) {
			import_note(im, false,
				    (struct place){ pending.row, t->column, pending.text },
				    "There are too many links to later rows; import the file once "
				    "more to set this one.");
			continue;
		}
		pending.record = c->id;
		pending.text = str_dup(im->kept, pending.text);
		im->pending = arena_grow(im->kept, im->pending, im->n_pending, &im->cap_pending,
					 sizeof *im->pending);
		im->pending[im->n_pending++] = pending;
	}
}

static bool
row_save(struct import *im, int64_t id, uint64_t digest)
{
	struct fieldset without = { 0 };
	struct change *c;

	for (;;) {
		if (!row_try(im, id, &without, &c))
			return false;
		if (c)
			break;
		im->quiet = true;
		if (!drop_refused(im, &without))
			return row_failed(im);
		fail_clear(im->cx);
	}
	row_saved(im, c, digest);
	return true;
}

bool
row_import(struct import *im)
{
	uint64_t digest;
	int64_t id;
	bool go;

	im->quiet = im->doubtful = false;
	im->puts = (typeof(im->puts)){ 0 };
	im->open = (typeof(im->open)){ 0 };
	if (row_is_blank(im))
		return true;
	im->report.rows++;
	if (!row_fits(im))
		return true;
	row_texts(im);
	digest = im->plan.match ? row_digest(im) : 0;
	if (!row_match(im, digest, &id, &go))
		return false;
	return !go || row_save(im, id, digest);
}

/* ---- links to later rows ---- */

static bool
link_set(struct import *im, const struct pending *p, int64_t to)
{
	const struct target *t = &im->plan.v[p->target];
	struct change *c;

	if (!change_of(im->cx, CHANGE_EDIT, im->plan.object, p->record, &c))
		return false;
	change_set(c, t->field,
		   t->field->type == FT_ANY
			   ? (struct value){ .kind = V_ANY,
					     .s = lookup_of(t->lookup)->object->name,
					     .i = to }
			   : value_int(to));
	return record_save(im->cx, c);
}

static bool
pending_try(struct import *im, const struct pending *p)
{
	const struct target *t = &im->plan.v[p->target];
	int64_t to = 0;

	if (!link_find(im, t, p->text, &to))
		return false;
	if (!to && t->rule->create && !link_create(im, t, p->text, &to))
		return false;
	if (to > 0)
		return link_set(im, p, to);
	import_note(im, false, (struct place){ p->row, t->column, p->text },
		    to ? "Several records are called so; the link is left empty."
		       : "There is no such record; the link is left empty.");
	return true;
}

static bool
pending_set(struct import *im, const struct pending *p)
{
	im->puts = (typeof(im->puts)){ 0 };
	if (!try_begin(im))
		return false;
	if (pending_try(im, p))
		return try_good(im);
	if (!try_refused(im))
		return false;
	import_note(im, false, (struct place){ p->row, im->plan.v[p->target].column, p->text },
		    "%.*s", STR_FMT(failure_text(im->cx)));
	fail_clear(im->cx);
	return true;
}

bool
pending_all(struct import *im)
{
	im->mark = arena_mark(im->cx->mem);
	for (size_t i = 0; i < im->n_pending; i++) {
		im->row.number = im->pending[i].row;
		if (!pending_set(im, &im->pending[i]))
			return false;
		arena_rewind(im->cx->mem, im->mark);
	}
	return true;
}
