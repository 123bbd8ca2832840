#include "app/occur.h"

#include <stdlib.h>

#include "app/recur.h"
#include "model/ids.h"

enum { MOMENT_BYTES = 40, USERS_MAX = 50, COLUMNS_MAX = 64 };

/* ---- occurrences ---- */

static int64_t
lasts_ms(const struct row *row, const struct occur_fields *fields, int64_t at)
{
	const struct value *end = fields->end ? &row->v[fields->end->index] : NULL;
	const struct value *lasts = fields->lasts ? &row->v[fields->lasts->index] : NULL;

	if (end && end->kind == V_INT && end->i > at)
		return end->i - at;
	if (lasts && lasts->kind == V_INT && lasts->i > 0)
		return lasts->i * MS_PER_S;
	return OCCUR_HOUR_MS;
}

static void
occurrence_add(struct cx *cx, struct occurrences *out, const struct occurrence *one)
{
	if (out->n == OCCUR_MAX)
		out->is_cut = true;
	else
		list_add(cx->mem, out, *one);
}

static void
repeat(struct cx *cx, const struct recur *rule, struct occurrence one, int64_t from, int64_t to,
       struct occurrences *out)
{
	const struct zone *zone = zone_find(cx->zone);
	int64_t first = one.at, lasts = one.until - one.at, day;
	int64_t start = moment_date(zone, first), of_day = moment_time_of_day(zone, first);
	struct recur_walk walk;

	recur_begin(&walk, rule, start);
	while (recur_next(&walk, &day)) {
		one.at = moment_of(zone, day, of_day);
		one.until = one.at + lasts;
		one.is_first = false;
		if (one.at >= to)
			return;
		if (day != start && one.until > from)
			occurrence_add(cx, out, &one);
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->row->id > y->row->id) - (x->row->id < y->row->id);
}

void
occurrences_of(struct cx *cx, const struct rows *rows, const struct occur_fields *fields,
	       int64_t from, int64_t to, struct occurrences *out)
{
	*out = (struct occurrences){ .rows = *rows };
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->v[i];
		const struct value *at = &row->v[fields->start->index];
		const struct value *text =
			fields->recurrence ? &row->v[fields->recurrence->index] : NULL;
		struct occurrence one = { row, at->i, 0, true };
		struct recur_fault fault;
		struct recur rule;

		if (at->kind != V_INT)
			continue;
		one.until = one.at + lasts_ms(row, fields, one.at);
		if (one.at < to && one.until > from)
			occurrence_add(cx, out, &one);
		if (text && text->kind == V_TEXT && recur_parse(text->s, &rule, &fault))
			repeat(cx, &rule, one, from, to, out);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof *out->v, by_start);
}

static struct str
moment_text(struct cx *cx, int64_t at)
{
	struct buf text = buf_in(cx->mem, MOMENT_BYTES);

	moment_print(&text, at);
	return buf_done(&text);
}

/* What lies within, what reaches into it, and what may repeat there. */
static bool
add_span(struct cx *cx, struct query *query, const struct occur_fields *fields, int64_t from,
	 int64_t to)
{
	struct str start = fields->start->name;
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	const struct cond *where;

	buf_printf(
		&text, "%.*s < %.*s and (%.*s >= %.*s", STR_FMT(start),
		STR_FMT(moment_text(cx, to)), STR_FMT(start),
		STR_FMT(moment_text(cx, fields->lasts ? from - MS_PER_DAY : from - OCCUR_HOUR_MS)));
	if (fields->end)
		buf_printf(&text, " or %.*s > %.*s", STR_FMT(fields->end->name),
			   STR_FMT(moment_text(cx, from)));
	if (fields->recurrence)
		buf_printf(&text, " or %.*s is not empty", STR_FMT(fields->recurrence->name));
	buf_char(&text, ')');
	if (!cond_parse(cx, cx->mem, cx->model, query->object, buf_done(&text), NULL, &where))
		return false;
	query->where = cond_and(cx->mem, query->where, where);
	return true;
}

bool
occurrences_read(struct cx *cx, const struct query *query, const struct occur_fields *fields,
		 int64_t from, int64_t to, struct occurrences *out)
{
	struct query all = *query;
	struct sort_key order = { fields->start, false };
	struct rows *rows = new(cx->mem, struct rows);

	all.sort = &order;
	all.n_sort = 1;
	all.limit = OCCUR_ROWS_MAX;
	all.after = (struct str){ 0 };
	all.skip = 0;
	all.total = false;
	if (!add_span(cx, &all, fields, from, to) || !record_query(cx, &all, rows))
		return false;
	occurrences_of(cx, rows, fields, from, to, out);
	out->is_cut |= rows->next.n > 0;
	return true;
}

/* ---- who is taken ---- */

struct occur_fields
appointment_fields(const struct cx *cx)
{
	const struct object *object = cx->model->objects[APPOINTMENT];

	return (struct occur_fields){ .start = object->fields[APPOINTMENT_STARTS_AT],
				      .end = object->fields[APPOINTMENT_ENDS_AT],
				      .recurrence = object->fields[APPOINTMENT_RECURRENCE] };
}

static bool
takes_part(const struct row *row, int64_t user)
{
	const struct value *owner = &row->v[APPOINTMENT_OWNER];
	const struct value *others = &row->v[APPOINTMENT_PARTICIPANTS];

	if (owner->kind == V_INT && owner->i == user)
		return true;
	for (int64_t i = 0; others->kind == V_IDS && i < others->i; i++)
		if (others->ids[i] == user)
			return true;
	return false;
}

static struct str
busy_where(struct cx *cx, const int64_t *users, size_t n, int64_t without)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	buf_printf(&text, "busy = true and state != cancelled and id != %lld and (",
		   (long long)without);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%sowner = %lld or participants contains %lld", i ? " or " : "",
			   (long long)users[i], (long long)users[i]);
	buf_char(&text, ')');
	return buf_done(&text);
}

bool
busy_read(struct cx *cx, const int64_t *users, size_t n, const struct busy_ask *ask,
	  struct busy_list *out)
{
	const struct object *object = cx->model->objects[APPOINTMENT];
	struct occur_fields fields = appointment_fields(cx);
	const struct field *loaded[] = { object->title,
					 fields.start,
					 fields.end,
					 fields.recurrence,
					 object->fields[APPOINTMENT_OWNER],
					 object->fields[APPOINTMENT_PARTICIPANTS] };
	struct query query = { .object = object, .fields = loaded, .n_fields = countof(loaded) };
	struct cond_sight sight = cond_sight_of(cx);
	struct occurrences found;

	*out = (struct busy_list){ 0 };
	if (!n || ask->to <= ask->from)
		return true;
	if (n > USERS_MAX)
		return fail_field(cx, S("user"), "range",
				  "At most %d people can be asked for at once", USERS_MAX);
	if (!cond_parse(cx, cx->mem, cx->model, object, busy_where(cx, users, n, ask->without),
			&sight, &query.where) ||
	    !occurrences_read(cx, &query, &fields, ask->from, ask->to, &found))
		return false;
	for (size_t i = 0; i < found.n; i++)
		for (size_t k = 0; k < n; k++)
			if (takes_part(found.v[i].row, users[k]))
				list_add(cx->mem, out,
					 ((struct busy){ users[k], found.v[i].at, found.v[i].until,
							 found.v[i].row }));
	return true;
}

/* ---- side by side ---- */

static void
columns_set(struct placed *v, size_t first, size_t end, int columns)
{
	for (size_t i = first; i < end; i++)
		v[i].columns = columns;
}

/* Each in the first column that is free again; those that hang together share their width. */
void
placed_side_by_side(struct placed *v, size_t n)
{
	int64_t free_at[COLUMNS_MAX] = { 0 }, last = INT64_MIN;
	size_t first = 0;
	int columns = 0;

	for (size_t i = 0; i < n; i++) {
		int column = 0;

		if (v[i].at >= last) {
			columns_set(v, first, i, columns);
			first = i;
			columns = 0;
		}
		while (column < columns && column < COLUMNS_MAX - 1 && free_at[column] > v[i].at)
			column++;
		v[i].column = column;
		if (column >= columns)
			columns = column + 1;
		free_at[column] = v[i].until;
		last = v[i].until > last ? v[i].until : last;
	}
	columns_set(v, first, n, columns);
}
