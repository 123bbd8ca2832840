/* Parts of a row: contact points, addresses and the like, records of their own below its record. */
#include "data/import_private.h"

enum { CHILDREN_MAX = 200 };

/* What the columns of one part say; false in *has where there is nothing. */
static bool
part_read(struct import *im, const struct part *part, struct value *values, bool *has)
{
	struct cx *cx = im->cx;

	*has = false;
	for (size_t i = 0; i < part->rule->n_columns; i++) {
		struct str text = cell_text(im, part->columns[i]);
		struct place at = { im->row.number, part->rule->columns[i], text };

		values[i] = (struct value){ 0 };
		if (!text.n)
			continue;
		if (part->fields[i]->row->parse(cx, part->fields[i], text, &im->plan.reading,
						&values[i])) {
			*has = true;
			continue;
		}
		if (!is_of_row(cx))
			return false;
		import_note(im, false, at, "%.*s", STR_FMT(failure_text(cx)));
		fail_clear(cx);
	}
	return true;
}

static bool
is_same(const struct field *f, const struct value *a, const struct value *b)
{
	if (a->kind == V_NONE || b->kind == V_NONE)
		return a->kind == b->kind;
	return !f->row->compare(a, b);
}

static bool
is_child(const struct part *part, const struct value *values, const struct row *row)
{
	for (size_t i = 0; i < part->rule->n_columns; i++)
		if (!is_same(part->fields[i], &values[i], &row->v[part->fields[i]->index]))
			return false;
	for (size_t i = 0; i < part->rule->n_pairs; i++)
		if (!is_same(part->others[i], &part->values[i], &row->v[part->others[i]->index]))
			return false;
	return true;
}

/* Is there one that says the same already? */
static bool
part_is_there(struct import *im, const struct part *part, const struct value *values, int64_t id,
	      bool *out)
{
	struct cx *cx = im->cx;
	struct query query = { .object = part->object, .limit = CHILDREN_MAX };
	struct rows rows;
	struct str text =
		str_printf(cx->mem, "%.*s = %lld", STR_FMT(part->parent->name), (long long)id);

	if (!cond_parse(cx, cx->mem, cx->model, part->object, text, NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*out = false;
	for (size_t i = 0; i < rows.n && !*out; i++)
		*out = is_child(part, values, &rows.v[i]);
	return true;
}

static bool
part_make(struct import *im, const struct part *part, const struct value *values, int64_t id)
{
	struct cx *cx = im->cx;
	struct change *c = change_new(cx, part->object, NULL);
	struct place at = { im->row.number, part->column, cell_text(im, part->columns[0]) };

	change_set(c, part->parent, value_int(id));
	for (size_t i = 0; i < part->rule->n_pairs; i++)
		change_set(c, part->others[i], part->values[i]);
	for (size_t i = 0; i < part->rule->n_columns; i++)
		if (values[i].kind != V_NONE)
			change_set(c, part->fields[i], values[i]);
	if (record_save(cx, c))
		return true;
	if (!is_of_row(cx) || cx->err.code == E_CONFLICT)
		return false;
	import_note(im, false, at, "%.*s", STR_FMT(failure_text(cx)));
	fail_clear(cx);
	return true;
}

/* The same text in a field of the record itself is no second one. */
static bool
is_main(const struct import *im, const struct part *part)
{
	struct str text = cell_text(im, part->columns[0]);

	if (part->rule->n_columns > 1)
		return false;
	for (size_t i = 0; i < im->plan.n; i++)
		if (im->plan.v[i].rule->kind == MAP_FIELD && str_eq(im->texts[i], text))
			return true;
	return false;
}

bool
parts_save(struct import *im, int64_t id, bool made)
{
	for (size_t i = 0; i < im->plan.n_parts; i++) {
		const struct part *part = &im->plan.parts[i];
		struct value values[MAP_JOINED_MAX];
		bool has, is_there = false;

		if (!part_read(im, part, values, &has))
			return false;
		if (!has || is_main(im, part))
			continue;
		if (!made && !part_is_there(im, part, values, id, &is_there))
			return false;
		if (!is_there && !part_make(im, part, values, id))
			return false;
	}
	return true;
}
