/* The first page: what is due, what one is selling, what one looked at last. */
#include "record/authz.h"
#include "web/web.h"
#include "web/welcome.h"

#include "base/clock.h"

enum { ROWS_SHOWN = 8, DATE_TEXT = 40, FIELDS_SHOWN = 5 };

/* What the page shows of one object: rows of the person's own. */
struct home_part {
	const char *object, *where, *sort, *filter; /* filter: the view that shows all of them */
	const char *fields[FIELDS_SHOWN + 1];       /* the first is the title */
};

static const struct home_part TASKS = {
	.object = "task",
	.where = "owner = me and state = open and (resubmit_on <= today or"
		 " (resubmit_on is empty and due_on <= today))",
	.sort = "due_on",
	.filter = "mine",
	.fields = { "subject", "due_on", "resubmit_on", "priority", "party" },
};
static const struct home_part DEALS = {
	.object = "deal",
	.where = "owner = me and outcome = open",
	.sort = "expected_on",
	.filter = "mine",
	.fields = { "name", "party", "value", "expected_on", "next_step" },
};

/* The object, where the person may read it; else NULL. */
static const struct object *
part_object(const struct cx *cx, const char *name)
{
	const struct object *object = object_find(cx->model, str_of(name), NULL);

	return object && AUTHZ(PAGE_MENU, can_object(cx, object, OP_READ)) ? object : NULL;
}

static size_t
part_fields(const struct cx *cx, const struct object *object, const struct home_part *part,
	    const struct field **out)
{
	size_t n = 0;

	for (size_t i = 0; part->fields[i]; i++) {
		const struct field *f = field_find(object, str_of(part->fields[i]));

		if (f && can_see_field(cx, object, f))
			out[n++] = f;
	}
	return n;
}

/* Behind today, as the person's zone has it. */
static bool
is_late(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf today = buf_in(cx->mem, DATE_TEXT);

	if (f->type != FT_DATE || v->kind != V_TEXT)
		return false;
	date_print(&today, moment_date(zone_find(cx->zone), cx->now));
	return str_cmp(v->s, buf_done(&today)) < 0;
}

static struct mv
part_cell(struct cx *cx, struct shown *shown, size_t i, size_t k)
{
	const struct field *f = shown->fields[k];
	struct mv values[CELL__MAX] = { 0 }, cell = mv_map(cx->mem);

	shown_value(cx, shown, i, k, values);
	mv_set(cell, S("text"), values[CELL_TEXT]);
	mv_set(cell, S("url"), values[CELL_URL]);
	mv_set(cell, S("tone"), values[CELL_TONE]);
	mv_set(cell, S("is_late"), mv_bool(is_late(cx, f, &shown->rows[i].v[f->index])));
	return cell;
}

static struct mv
part_row(struct cx *cx, const struct object *object, struct shown *shown, size_t i)
{
	struct mv row = mv_map(cx->mem), title = mv_none();

	mv_set(row, S("url"), mv_text(url_of(cx, object->name, shown->rows[i].id, "")));
	for (size_t k = 0; k < shown->n_fields; k++) {
		struct mv cell = part_cell(cx, shown, i, k), text;

		if (!mv_get(&cell, S("text"), &text) || !mv_is_true(&text))
			continue;
		mv_set(row, shown->fields[k]->name, cell);
		if (k == 0)
			title = text;
	}
	mv_set(row, S("title"),
	       mv_is_true(&title) ? title : mv_text(str_of(tr(cx, "(without a name)"))));
	return row;
}

static bool
add_part(struct cx *cx, const struct home_part *part, struct mv page)
{
	const struct object *object = part_object(cx, part->object);
	const struct field *fields[FIELDS_SHOWN];
	struct query query = { .object = object, .limit = ROWS_SHOWN, .total = true };
	struct mv item = mv_map(cx->mem), list = mv_list(cx->mem);
	struct sort_key key = { 0 };
	struct shown shown;
	struct rows rows;

	if (!object)
		return true;
	query.fields = fields;
	query.n_fields = part_fields(cx, object, part, fields);
	key.field = field_find(object, str_of(part->sort));
	query.sort = &key;
	query.n_sort = key.field && can_see_field(cx, object, key.field);
	if (!cond_parse(cx, cx->mem, cx->model, object, str_of(part->where), NULL, &query.where) ||
	    !record_query(cx, &query, &rows) ||
	    !shown_prepare(cx, rows.v, rows.n, fields, query.n_fields, &shown))
		return false;
	for (size_t i = 0; i < rows.n; i++)
		mv_add(list, part_row(cx, object, &shown, i));
	mv_set(item, S("rows"), list);
	mv_set(item, S("total"), mv_int(rows.total));
	mv_set(item, S("is_empty"), mv_bool(!rows.n));
	mv_set(item, S("url"),
	       mv_text(url_of(cx, object->name, 0,
			      str_z(cx->mem, str_printf(cx->mem, "?filter=%s", part->filter)))));
	if (can_object(cx, object, OP_CREATE))
		mv_set(item, S("new_url"), mv_text(url_of(cx, object->name, 0, "/new")));
	mv_set(page, object->name, item);
	return true;
}

/* ---- figures ---- */

static struct mv
stage_row(struct cx *cx, const struct field *value, const struct group_row *group, int64_t most)
{
	struct mv row = mv_map(cx->mem);

	mv_set(row, S("label"),
	       mv_text(group->label[0].n ? group->label[0] : str_of(tr(cx, "Without a stage"))));
	mv_set(row, S("count"), mv_int(group->measure[0].i));
	mv_set(row, S("sum"), mv_text(value_print(cx, value, &group->measure[1])));
	mv_set(row, S("share"), mv_int(most > 0 ? group->measure[1].i * 100 / most : 0));
	return row;
}

/* Open deals by stage: one's own, or all that one sees where there are none. */
static bool
add_pipeline(struct cx *cx, struct mv page)
{
	static const char *const wheres[] = { "owner = me and outcome = open", "outcome = open" };
	const struct object *deals = part_object(cx, "deal");
	const struct field *value = deals ? field_find(deals, S("value")) : NULL,
			   *stage = deals ? field_find(deals, S("stage")) : NULL;
	struct mv list = mv_list(cx->mem), item = mv_map(cx->mem);
	struct aggregate ask;
	struct groups groups = { 0 };
	int64_t most = 0;
	size_t at = 0;

	if (!value || !stage || !can_see_field(cx, deals, value) ||
	    !can_see_field(cx, deals, stage))
		return true;
	for (; !groups.n && at < countof(wheres); at++)
		if (!aggregate_parse(cx, deals, S("stage"), S("count,sum(value)"), &ask) ||
		    !cond_parse(cx, cx->mem, cx->model, deals, str_of(wheres[at]), NULL,
				&ask.where) ||
		    !record_aggregate(cx, &ask, &groups))
			return false;
	for (size_t i = 0; i < groups.n; i++)
		most = groups.v[i].measure[1].i > most ? groups.v[i].measure[1].i : most;
	for (size_t i = 0; i < groups.n; i++)
		mv_add(list, stage_row(cx, value, &groups.v[i], most));
	mv_set(item, S("stages"), list);
	mv_set(item, S("is_mine"), mv_bool(at == 1));
	mv_set(item, S("is_empty"), mv_bool(!groups.n));
	mv_set(page, S("pipeline"), item);
	return true;
}

/* ---- the page ---- */

/* Nobody to do business with yet: the page says how to begin. */
static bool
add_beginning(struct cx *cx, struct mv page)
{
	const struct object *parties = part_object(cx, "party");
	struct query query = { .object = parties, .limit = 1 };
	struct rows rows;

	if (!parties || !can_object(cx, parties, OP_CREATE))
		return true;
	if (!record_query(cx, &query, &rows))
		return false;
	mv_set(page, S("is_new"), mv_bool(!rows.n));
	return true;
}

/* Sample data are there, or on their way: an administrator may remove them. */
static bool
add_sample(struct cx *cx, struct mv page)
{
	struct str records;

	if (!cx->actor->is_admin)
		return true;
	if (!setting_get(cx, S(SAMPLE_SETTING), &records))
		return false;
	mv_set(page, S("may_sample"), mv_bool(!records.n));
	mv_set(page, S("is_coming"), mv_bool(str_eq(records, S(SAMPLE_COMING))));
	mv_set(page, S("has_sample"), mv_bool(records.n && !str_eq(records, S(SAMPLE_COMING))));
	return true;
}

bool
web_home(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Start")));
	struct buf today = buf_in(cx->mem, DATE_TEXT);

	fmt_date(&today, cx, moment_date(zone_find(cx->zone), cx->now));
	mv_set(page, S("today"), mv_text(buf_done(&today)));
	mv_set(page, S("is_analyse"), mv_bool(str_eq(cx->actor->goal, S("analyse"))));
	mv_set(page, S("is_integrate"),
	       mv_bool(cx->actor->is_admin && str_eq(cx->actor->goal, S("integrate"))));
	return add_sample(cx, page) && add_beginning(cx, page) && add_part(cx, &TASKS, page) &&
	       add_part(cx, &DEALS, page) && add_pipeline(cx, page) &&
	       page_write(cx, r, "home.html", page);
}
