#include "web/web.h"

#include "app/recur.h"

enum { ROOM = 4 << 10, SHORT_MAX = 256 };

static const struct mv_name cell_names[] = {
	[CELL_LABEL] = MV_NAME("label"),
	[CELL_TEXT] = MV_NAME("text"),
	[CELL_URL] = MV_NAME("url"),
	[CELL_TONE] = MV_NAME("tone"),
	[CELL_IS_LONG] = MV_NAME("is_long"),
	[CELL_IS_FIRST] = MV_NAME("is_first"),
	[CELL_IS_NUMBER] = MV_NAME("is_number"),
};
_Static_assert(countof(cell_names) == CELL__MAX, "one row a name");

const struct mv_shape CELL = { cell_names, CELL__MAX };

bool
is_recurrence(const struct field *f)
{
	return f->type == FT_TEXT && str_eq(f->name, S("recurrence"));
}

struct str
value_print(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);
	struct recur_fault fault;
	struct recur rule;

	if (is_recurrence(f) && v->kind == V_TEXT && recur_parse(v->s, &rule, &fault)) {
		recur_words(cx, &rule, &text);
		return buf_done(&text);
	}
	f->row->print(cx, f, v, &text);
	return buf_done(&text);
}

size_t
fields_of_view(struct cx *cx, const struct object *object, const char *kind,
	       const struct field ***out)
{
	const struct view *view = view_find(object, str_of(kind), (struct str){ 0 });
	const struct field **fields =
		new_array(cx->mem, object->n_fields + 1, const struct field *);
	size_t n = 0;

	for (unsigned i = 0; view && i < view->n_fields; i++)
		if (can_see_field(cx, object, view->fields[i]))
			fields[n++] = view->fields[i];
	for (unsigned i = SF__MAX; !view && i < object->n_fields; i++)
		if (can_see_field(cx, object, object->fields[i]) && !object->fields[i]->hidden)
			fields[n++] = object->fields[i];
	*out = fields;
	return n;
}

static bool
titles_of(struct cx *cx, const struct row *rows, size_t n, const struct field *f, struct str **out)
{
	int64_t *ids = new_array(cx->mem, n + 1, int64_t);
	struct str *titles = new_array(cx->mem, n + 1, struct str);

	for (size_t i = 0; i < n; i++)
		ids[i] = rows[i].v[f->index].kind == V_INT ? rows[i].v[f->index].i : 0;
	*out = titles;
	return record_titles(cx, f->target, ids, n, titles);
}

/* The ids of a link to many in all rows, one behind the other. */
static size_t
many_ids(struct cx *cx, const struct row *rows, size_t n, const struct field *f, int64_t **out)
{
	size_t total = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		total += rows[i].v[f->index].kind == V_IDS ? (size_t)rows[i].v[f->index].i : 0;
	*out = new_array(cx->mem, total + 1, int64_t);
	for (size_t i = 0; i < n; i++)
		for (int64_t k = 0; rows[i].v[f->index].kind == V_IDS && k < rows[i].v[f->index].i;
		     k++)
			(*out)[at++] = rows[i].v[f->index].ids[k];
	return total;
}

/* Of a link to many, the titles with commas. */
static bool
titles_of_many(struct cx *cx, const struct row *rows, size_t n, const struct field *f,
	       struct str **out)
{
	struct str *texts = new_array(cx->mem, n + 1, struct str), *titles;
	int64_t *ids;
	size_t total = many_ids(cx, rows, n, f, &ids), at = 0;

	titles = new_array(cx->mem, total + 1, struct str);
	if (!record_titles(cx, f->target, ids, total, titles))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct buf text = buf_in(cx->mem, CELL_MAX);

		for (int64_t k = 0; rows[i].v[f->index].kind == V_IDS && k < rows[i].v[f->index].i;
		     k++) {
			if (k)
				BUF_LIT(&text, ", ");
			buf_str(&text, titles[at++]);
		}
		texts[i] = buf_done(&text);
	}
	*out = texts;
	return true;
}

static bool
titles_of_any(struct cx *cx, const struct row *rows, size_t n, const struct field *f,
	      struct str **out)
{
	struct str *texts = new_array(cx->mem, n + 1, struct str);

	for (size_t i = 0; i < n; i++) {
		const struct value *v = &rows[i].v[f->index];
		const struct object *object =
			v->kind == V_ANY ? object_find(cx->model, v->s, NULL) : NULL;

		if (object && !record_titles(cx, object, &v->i, 1, &texts[i]))
			return false;
	}
	*out = texts;
	return true;
}

bool
shown_prepare(struct cx *cx, const struct row *rows, size_t n, const struct field *const *fields,
	      size_t n_fields, struct shown *out)
{
	*out = (struct shown){ .rows = rows,
			       .n = n,
			       .fields = fields,
			       .n_fields = n_fields,
			       .titles = new_array(cx->mem, n_fields + 1, struct str *) };
	for (size_t i = 0; i < n_fields; i++) {
		bool ok = true;

		if (fields[i]->type == FT_ONE)
			ok = titles_of(cx, rows, n, fields[i], &out->titles[i]);
		else if (fields[i]->type == FT_MANY)
			ok = titles_of_many(cx, rows, n, fields[i], &out->titles[i]);
		else if (fields[i]->type == FT_ANY)
			ok = titles_of_any(cx, rows, n, fields[i], &out->titles[i]);
		if (!ok)
			return false;
	}
	return true;
}

static void
link_target(struct cx *cx, const struct field *f, const struct value *v, struct str title,
	    struct mv *cell)
{
	struct str object = f->type == FT_ANY   ? v->s
			    : f->type == FT_ONE ? f->target->name
						: (struct str){ 0 };

	cell[CELL_TEXT] = mv_text(title);
	if (object.n && title.n)
		cell[CELL_URL] = mv_text(url_of(cx, object, v->i, ""));
}

static void
address_target(struct cx *cx, const struct field *f, const struct value *v, struct mv *cell)
{
	if (f->type == FT_EMAIL)
		cell[CELL_URL] = mv_text(str_join(cx->mem, S("mailto:"), v->s));
	else if (f->type == FT_PHONE)
		cell[CELL_URL] = mv_text(str_join(cx->mem, S("tel:"), value_key(cx->mem, f, v)));
	else if (f->type == FT_URL)
		cell[CELL_URL] = mv_text(v->s);
}

/* Many short texts, one behind the other; what is longer than expected gets memory of its own. */
static struct str
print_short(struct cx *cx, struct buf *room, const struct field *f, const struct value *v)
{
	size_t start;

	if (room->cap - room->n < SHORT_MAX)
		*room = buf_fixed(cx->mem, ROOM);
	start = room->n;
	f->row->print(cx, f, v, room);
	if (!room->full)
		return str_from(buf_done(room), start);
	*room = (struct buf){ 0 };
	return value_print(cx, f, v);
}

static struct str
shown_text(struct cx *cx, struct shown *shown, const struct field *f, const struct value *v)
{
	if (is_recurrence(f))
		return value_print(cx, f, v);
	if (v->kind == V_TEXT && f->row->print == TYPES[FT_TEXT].print)
		return v->s;
	return print_short(cx, &shown->room, f, v);
}

void
shown_value(struct cx *cx, struct shown *shown, size_t row, size_t field, struct mv cell[CELL__MAX])
{
	const struct field *f = shown->fields[field];
	const struct value *v = &shown->rows[row].v[f->index];
	const struct option *option;

	if (v->kind == V_NONE)
		return;
	if (shown->titles[field]) {
		link_target(cx, f, v, shown->titles[field][row], cell);
		return;
	}
	cell[CELL_TEXT] = mv_text(shown_text(cx, shown, f, v));
	address_target(cx, f, v, cell);
	cell[CELL_IS_LONG] = mv_bool(f->type == FT_LONGTEXT || f->type == FT_RICHTEXT);
	option = f->badge && v->kind == V_TEXT ? option_find(f, v->s) : NULL;
	if (option)
		cell[CELL_TONE] = mv_text(option->tone.n ? option->tone : S("plain"));
}
