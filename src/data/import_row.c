#include "data/import_private.h"

#include "base/crypt.h"
#include "base/fold.h"
#include "base/i18n.h"

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
	import_note(im, true, row_place(im), "%.*s", STR_FMT(tr_str(im->cx->lang, why)));
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
		row_error(im, str_of(N_("The header stands here again.")));
		return false;
	}
	for (size_t i = want; i < im->row.n; i++) {
		if (!str_trim(im->row.cells[i]).n)
			continue;
		im->report.skipped++;
		import_note(
			im, true, (struct place){ im->row.number, S(""), im->row.cells[i] },
			N_("The row has %zu cells, the header %zu; a cell with the delimiter in it "
			   "needs quotes."),
			im->row.n, want);
		return false;
	}
	if (im->row.n < want)
		import_note(
			im, false, row_place(im),
			N_("The row has %zu cells, the header %zu; the missing ones count as empty."),
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

/* The column that tells which record the row is about, and where to look it up; NULL: none does.
 * One that is empty or no good gives way to the other.  row_fill will warn. */
static bool
match_of(struct import *im, struct target **match, struct lookup **lookup, struct value *value)
{
	const struct plan *plan = &im->plan;
	bool given;

	*value = (struct value){ 0 };
	*match = plan->match;
	*lookup = plan->match_lookup;
	if (!*match)
		return true;
	im->quiet = true;
	if (!row_value(im, (size_t)(*match - plan->v), true, value, &given))
		return false;
	if (value->kind == V_NONE && plan->match_or) {
		*match = plan->match_or;
		*lookup = plan->match_or_lookup;
		if (!row_value(im, (size_t)(*match - plan->v), true, value, &given))
			return false;
	}
	im->quiet = false;
	return true;
}

/* Has the record that was found another name than the row?  *called: it. */
static bool
is_other_name(struct import *im, const struct target *match, int64_t id, struct str *called,
	      bool *out)
{
	const struct target *title = im->plan.title;
	struct str own, found;
	size_t at;

	*out = false;
	if (!im->plan.map->named || !title || title == match || match->field->type == FT_ID ||
	    !im->texts[title - im->plan.v].n)
		return true;
	if (!record_titles(im->cx, im->plan.object, &id, 1, called))
		return false;
	own = fold_key(im->cx->mem, im->texts[title - im->plan.v]);
	found = fold_key(im->cx->mem, *called);
	*out = own.n && found.n && !str_find(own, found, &at) && !str_find(found, own, &at);
	return true;
}

/* Others have the value: the name tells. */
static bool
match_by_name(struct import *im, const struct target *match, struct str called, int64_t *id)
{
	const struct target *other = im->plan.match_or;
	bool creates = im->plan.map->creates;
	struct lookup_key key;
	struct value value;
	bool given;

	*id = 0;
	im->quiet = true;
	if (!row_value(im, (size_t)(other - im->plan.v), true, &value, &given))
		return false;
	im->quiet = false;
	key = lookup_key(im->cx, im->plan.match_or_lookup, &value);
	if (value.kind != V_NONE && !lookup_find(im->cx, im->plan.match_or_lookup, &key, id))
		return false;
	if (*id)
		return true;
	im->report.conflicts++;
	if (called.n)
		import_note(im, !creates, target_place(im, match),
			    creates ? N_("“%.*s” has the same value, but another name; the row "
					 "becomes a record of its own.")
				    : N_("“%.*s” has the same value, but another name."),
			    STR_FMT(called));
	else
		import_note(im, !creates, target_place(im, match),
			    N_("Others have the same value, but none has this name."));
	return true;
}

static void
conflict_note(struct import *im, const struct target *match)
{
	import_note(im, true, target_place(im, match),
		    N_("Several records have this value, by which rows are matched."));
	im->report.skipped++;
	im->report.conflicts++;
}

/* What is done with the record that was found, or with none; *go false: the row is done with. */
static bool
match_decide(struct import *im, const struct target *match, int64_t *id, bool *go)
{
	const struct map *map = im->plan.map;
	struct str called = S("");
	bool is_other = *id == LOOKUP_MANY && map->named;

	*go = false;
	if (*id > 0 && !is_other_name(im, match, *id, &called, &is_other))
		return false;
	if (is_other && im->plan.match_or && im->plan.match_or != match &&
	    !match_by_name(im, match, called, id))
		return false;
	if (*id == LOOKUP_MANY) {
		conflict_note(im, match);
		return true;
	}
	if (!*id && match->field->type == FT_ID)
		row_error(
			im,
			str_of(N_("There is no record with this id; leave it empty to make one.")));
	else if (*id ? !map->updates : !map->creates)
		im->report.skipped++;
	else
		*go = true;
	return true;
}

/* Which record is it?  *id 0: a new one.  *go false: the row is done with. */
static bool
row_match(struct import *im, uint64_t digest, int64_t *id, bool *go)
{
	struct plan *plan = &im->plan;
	struct lookup *lookup;
	struct target *match;
	struct lookup_key key;
	struct value value;

	*id = 0;
	*go = true;
	if (!match_of(im, &match, &lookup, &value))
		return false;
	if (!match)
		return true;
	if (value.kind == V_NONE) {
		*go = plan->map->creates &&
		      (match->field->type != FT_ID || !im->texts[match - plan->v].n);
		if (!*go && match->field->type == FT_ID)
			row_error(
				im,
				str_of(N_(
					"There is no such id; leave it empty to make a record.")));
		else if (!*go)
			im->report.skipped++;
		return true;
	}
	key = lookup_key(im->cx, lookup, &value);
	if (!lookup_find(im->cx, lookup, &key, id))
		return false;
	if (*id > 0 && digest && lookup_mark(lookup, &key) == digest && plan->map->updates) {
		im->report.unchanged++;
		im->report.duplicates += seen_row(&im->seen, *id) > 0;
		im->op = ROW_SAME;
		*go = false;
		return true;
	}
	return match_decide(im, match, id, go);
}

/* A row that is about the linked record itself is matched by what links are found by. */
static bool
row_match_alone(struct import *im, int64_t *id, bool *go)
{
	const struct target *t = im->alone;
	const struct map *map = im->plan.map;

	*go = false;
	if (!link_find(im, t, im->texts[t - im->plan.v], id))
		return row_failed(im);
	if (*id == LOOKUP_MANY)
		conflict_note(im, t);
	else if (*id ? !map->updates : !map->creates)
		im->report.skipped++;
	else
		*go = true;
	return true;
}

static const struct target *
alone_of(const struct import *im)
{
	for (size_t i = 0; i < im->plan.n; i++) {
		const struct strs *fields = &im->plan.v[i].rule->alone;
		bool has_more = !fields->n || !im->texts[i].n || !im->plan.v[i].lookup;

		for (size_t k = 0; k < fields->n && !has_more; k++) {
			const struct target *t = plan_target(&im->plan, fields->v[k]);

			has_more = t && im->texts[t - im->plan.v].n;
		}
		if (!has_more)
			return &im->plan.v[i];
	}
	return NULL;
}

/* Fill the record from the row, but for the fields in `without`. */
static bool
row_fill(struct import *im, struct change *c, const struct fieldset *without)
{
	for (size_t i = 0; i < im->plan.n; i++) {
		const struct field *f = im->plan.v[i].field;
		struct value value;
		bool given;

		if (fieldset_has(without, f->index) || f->type == FT_ID ||
		    &im->plan.v[i] == im->alone)
			continue;
		if (!row_value(im, i, c->op == CHANGE_CREATE, &value, &given))
			return false;
		if (given)
			change_set(c, f, value);
	}
	return true;
}

/* The row is the linked record itself: its name stands in the column of the link. */
static bool
fill_alone(struct import *im, struct change *c)
{
	const struct field *by;
	struct value value;

	if (!im->alone)
		return true;
	by = lookup_of(im->alone->lookup)->field;
	if (!by->row->parse(im->cx, by, im->texts[im->alone - im->plan.v], &im->plan.reading,
			    &value))
		return false;
	change_set(c, by, value);
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
	*out = change_new(im->cx, im->plan.object,
			  im->alone ? lookup_of(im->alone->lookup)->face : im->plan.face);
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
	if (!row_change(im, id, &c) || !row_fill(im, c, without) || !fill_alone(im, c) ||
	    !record_save(im->cx, c))
		return try_refused(im);
	*out = c;
	return try_good(im);
}

static void
row_count(struct import *im, const struct change *c)
{
	bool made = c->op == CHANGE_CREATE;
	bool same = !made && c->after->version == c->before->version;
	int64_t earlier = seen_row(&im->seen, c->id);

	im->op = made ? ROW_CREATE : same ? ROW_SAME : ROW_UPDATE;
	im->kept_row = c->after;
	im->report.created += made;
	im->report.updated += !made && !same;
	im->report.unchanged += same;
	if (!same)
		touched_add(im, c->id);
	if (earlier) {
		im->report.duplicates++;
		if (im->options->tells_duplicates)
			import_note(im, false, row_place(im),
				    N_("Row %lld is about the same record; this one changes it."),
				    (long long)earlier);
	}
	seen_put(im, c->id, im->row.number);
}

/* Its keys, and its links that are still open. */
static void
row_saved(struct import *im, struct change *c, uint64_t digest)
{
	c->after->id = c->id;
	row_count(im, c);
	record_note(im, c->after, im->doubtful || im->open.n ? 0 : digest);
	for (size_t i = 0; i < im->open.n; i++) {
		struct pending pending = im->open.v[i];
		const struct target *t = &im->plan.v[pending.target];

		if (im->n_pending == IMPORT_PENDING_MAX) {
			import_note(
				im, false, (struct place){ pending.row, t->column, pending.text },
				N_("There are too many links to later rows; import the file once "
				   "more to set this one."));
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
	return parts_save(im, c->id, c->op == CHANGE_CREATE);
}

bool
row_import(struct import *im)
{
	uint64_t digest;
	int64_t id;
	bool go;

	im->quiet = im->doubtful = false;
	im->alone = NULL;
	im->kept_row = NULL;
	im->op = ROW_SKIP;
	im->puts = (typeof(im->puts)){ 0 };
	im->open = (typeof(im->open)){ 0 };
	if (row_is_blank(im))
		return true;
	im->report.rows++;
	row_texts(im);
	if (!row_fits(im))
		return true;
	im->alone = alone_of(im);
	digest = im->plan.match && !im->alone && !im->plan.n_parts ? row_digest(im) : 0;
	if (!(im->alone ? row_match_alone(im, &id, &go) : row_match(im, digest, &id, &go)))
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
		    to ? N_("Several records are called so; the link is left empty.")
		       : N_("There is no such record; the link is left empty."));
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
