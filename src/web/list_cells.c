/* The cells of some rows: values of the records, and of those that their links lead to. */
#include "web/list.h"

#include "base/i18n.h"
#include "model/ids.h"
#include "record/authz.h"

enum { DAY_MS = 86400 * 1000 };

enum row_name {
	ROW_CELLS,
	ROW_ID,
	ROW_VERSION,
	ROW_TITLE,
	ROW_RESTORE_URL,
	ROW_QUIET,
	ROW_SNOOZE_URL,
	ROW__MAX
};
static const struct mv_name ROW_NAMES[ROW__MAX] = {
	[ROW_CELLS] = MV_NAME("cells"),
	[ROW_ID] = MV_NAME("id"),
	[ROW_VERSION] = MV_NAME("version"),
	[ROW_TITLE] = MV_NAME("title"),
	[ROW_RESTORE_URL] = MV_NAME("restore_url"),
	[ROW_QUIET] = MV_NAME("quiet"),
	[ROW_SNOOZE_URL] = MV_NAME("snooze_url"),
};
static const struct mv_shape ROW = { ROW_NAMES, ROW__MAX };

/* Of one link that columns go through: what it leads to. */
struct reached {
	const struct field *link;
	const struct field **fields;
	size_t n_fields;
	struct rows rows;
	struct shown shown;
};

struct cells {
	const struct list *list;
	const struct rows *rows;
	struct shown own;
	struct reached *reached;
	size_t n_reached;
	size_t *field;   /* of each column: where its field is in `own` or in its link's fields */
	size_t *through; /* of each column: its link + 1 in `reached`, 0: none */
	struct mv *is_number, *label; /* of each column */
	struct str context;           /* behind the address of each record: the list it stands in */
};

bool
is_number_field(const struct field *f)
{
	switch (f->type == FT_FORMULA || f->type == FT_ROLLUP ? f->result : f->type) {
	case FT_INT:
	case FT_DECIMAL:
	case FT_MONEY:
	case FT_PERCENT:
	case FT_DURATION:
		return true;
	default:
		return false;
	}
}

static bool
is_open_task(const struct row *row)
{
	return !fieldset_has(&row->has, TASK_STATE) || str_eq(row->v[TASK_STATE].s, S("open"));
}

bool
list_can_snooze(const struct cx *cx, const struct list *list)
{
	return list->object->index == TASK && !list->state.trash &&
	       can_object(cx, list->object, OP_EDIT) &&
	       can_change_field(cx, list->object->fields[TASK_RESUBMIT_ON]);
}

/* ---- through links ---- */

static struct reached *
reach(struct cx *cx, struct cells *cells, const struct field *link)
{
	struct reached *reached;

	for (size_t i = 0; i < cells->n_reached; i++)
		if (cells->reached[i].link == link)
			return &cells->reached[i];
	reached = &cells->reached[cells->n_reached++];
	*reached = (struct reached){
		.link = link,
		.fields = new_array(cx->mem, cells->list->n_columns + 1, const struct field *),
	};
	return reached;
}

static size_t
field_at(const struct field *const *fields, size_t n, const struct field *f)
{
	size_t at = 0;

	while (at < n && fields[at] != f)
		at++;
	return at;
}

static void
place_columns(struct cx *cx, struct cells *cells)
{
	const struct list *list = cells->list;

	for (size_t i = 0; i < list->n_columns; i++) {
		const struct list_column *column = &list->columns[i];
		struct reached *reached;

		if (!column->link) {
			cells->field[i] = field_at(list->fields, list->n_fields, column->field);
			continue;
		}
		reached = reach(cx, cells, column->link);
		cells->through[i] = (size_t)(reached - cells->reached) + 1;
		cells->field[i] = field_at(reached->fields, reached->n_fields, column->field);
		if (cells->field[i] == reached->n_fields)
			reached->fields[reached->n_fields++] = column->field;
	}
}

/* "id in (3, 8)": NULL where no row has such a link. */
static bool
ids_where(struct cx *cx, const struct rows *rows, const struct field *link, const struct cond **out)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	*out = NULL;
	for (size_t i = 0; i < rows->n; i++) {
		const struct value *v = &rows->v[i].v[link->index];

		if (v->kind != V_INT)
			continue;
		buf_z(&text, text.n ? ", " : "id in (");
		buf_int(&text, v->i);
	}
	if (!text.n)
		return true;
	buf_char(&text, ')');
	return cond_parse(cx, cx->mem, cx->model, link->target, buf_done(&text), NULL, out);
}

static bool
reached_read(struct cx *cx, const struct rows *rows, struct reached *reached)
{
	struct query query = { .object = reached->link->target,
			       .fields = reached->fields,
			       .n_fields = reached->n_fields,
			       .limit = LIMIT_MAX };

	if (!ids_where(cx, rows, reached->link, &query.where))
		return false;
	if (query.where && !record_query(cx, &query, &reached->rows))
		return false;
	return shown_prepare(cx, reached->rows.v, reached->rows.n, reached->fields,
			     reached->n_fields, &reached->shown);
}

static bool
reached_row(const struct reached *reached, const struct row *row, size_t *out)
{
	const struct value *v = &row->v[reached->link->index];

	for (size_t i = 0; v->kind == V_INT && i < reached->rows.n; i++)
		if (reached->rows.v[i].id == v->i) {
			*out = i;
			return true;
		}
	return false;
}

/* ---- all ---- */

bool
cells_prepare(struct cx *cx, const struct list *list, const struct rows *rows, struct cells **out)
{
	struct cells *cells = new(cx->mem, struct cells);
	struct list_state context = list->state;

	*cells = (struct cells){
		.list = list,
		.rows = rows,
		.reached = new_array(cx->mem, list->n_columns + 1, struct reached),
		.field = new_array(cx->mem, list->n_columns + 1, size_t),
		.through = new_array(cx->mem, list->n_columns + 1, size_t),
	};
	cells->is_number = new_array(cx->mem, list->n_columns + 1, struct mv);
	cells->label = new_array(cx->mem, list->n_columns + 1, struct mv);
	for (size_t i = 0; i < list->n_columns; i++) {
		cells->is_number[i] = mv_bool(is_number_field(list->columns[i].field));
		cells->label[i] = mv_often(list->columns[i].label);
	}
	context.columns = context.group = context.open = (struct str){ 0 };
	context.as = context.lanes = context.span = (struct str){ 0 };
	context.trash = false;
	cells->context = list_query(cx, &context);
	place_columns(cx, cells);
	for (size_t i = 0; i < cells->n_reached; i++)
		if (!reached_read(cx, rows, &cells->reached[i]))
			return false;
	*out = cells;
	return shown_prepare(cx, rows->v, rows->n, list->fields, list->n_fields, &cells->own);
}

static void
cell_value(struct cx *cx, struct cells *cells, size_t row, size_t column, struct mv *cell)
{
	size_t through = cells->through[column], at;

	if (!through)
		shown_value(cx, &cells->own, row, cells->field[column], cell);
	else if (reached_row(&cells->reached[through - 1], &cells->rows->v[row], &at))
		shown_value(cx, &cells->reached[through - 1].shown, at, cells->field[column], cell);
}

struct str
cells_text(struct cx *cx, struct cells *cells, size_t row, size_t column)
{
	struct mv cell[CELL__MAX] = { 0 };

	cell_value(cx, cells, row, column, cell);
	return cell[CELL_TEXT].kind == MV_TEXT ? cell[CELL_TEXT].text : (struct str){ 0 };
}

const struct value *
cells_value(const struct cells *cells, size_t row, size_t column)
{
	const struct field *f = cells->list->columns[column].field;
	const struct row *of = &cells->rows->v[row];
	size_t through = cells->through[column], at;

	if (!through)
		return &of->v[f->index];
	return reached_row(&cells->reached[through - 1], of, &at)
		       ? &cells->reached[through - 1].rows.v[at].v[f->index]
		       : NULL;
}

static struct str
record_url(struct cx *cx, const struct cells *cells, int64_t id)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (cells->list->state.trash)
		return (struct str){ 0 };
	buf_str(&url, url_of(cx, cells->list->name, id, ""));
	if (cells->context.n)
		url_add(&url, "in", str_from(cells->context, 1));
	return buf_done(&url);
}

/* The first one leads to the record. */
static void
cell_first(struct cx *cx, const struct cells *cells, int64_t id, struct mv *cell)
{
	cell[CELL_IS_FIRST] = mv_bool(true);
	cell[CELL_TONE] = mv_none();
	cell[CELL_URL] = mv_text(record_url(cx, cells, id));
	if (!mv_is_true(&cell[CELL_TEXT]))
		cell[CELL_TEXT] = mv_z(tr(cx, "(without a name)"));
}

static void
cells_row(struct cx *cx, struct cells *cells, size_t i, struct mv *row)
{
	const struct list *list = cells->list;
	struct mv *values = new_array(cx->mem, list->n_columns * CELL__MAX + 1, struct mv);
	int64_t id = cells->rows->v[i].id;

	for (size_t k = 0; k < list->n_columns; k++) {
		struct mv *cell = values + k * CELL__MAX;

		cell_value(cx, cells, i, k, cell);
		cell[CELL_LABEL] = cells->label[k];
		cell[CELL_IS_NUMBER] = cells->is_number[k];
	}
	if (list->n_columns)
		cell_first(cx, cells, id, values);
	row[ROW_CELLS] = mv_records(cx->mem, &CELL, values, list->n_columns);
	row[ROW_ID] = mv_int(id);
	row[ROW_VERSION] = mv_int(cells->rows->v[i].version);
	row[ROW_TITLE] = values[CELL_TEXT];
	if (list_can_snooze(cx, list) && is_open_task(&cells->rows->v[i]))
		row[ROW_SNOOZE_URL] = mv_text(url_of(cx, list->name, id, "/snooze"));
	if (list->state.trash)
		row[ROW_RESTORE_URL] = mv_text(url_of(cx, list->name, id, "/restore"));
}

/* Since when it has lain there, in days; none where that is not long. */
static struct mv
quiet_text(struct cx *cx, const struct row *row, int64_t days)
{
	int64_t quiet = (cx->now - row->v[SF_CHANGED_AT].i) / DAY_MS;

	if (quiet < days)
		return mv_none();
	return mv_text(str_printf(
		cx->mem, tr_n(cx, "Unchanged for %lld day", "Unchanged for %lld days", quiet),
		(long long)quiet));
}

struct mv
cells_rows(struct cx *cx, struct cells *cells, size_t first, size_t n, int64_t days)
{
	struct mv *rows = new_array(cx->mem, n * ROW__MAX + 1, struct mv);

	for (size_t i = 0; i < n; i++) {
		cells_row(cx, cells, first + i, rows + i * ROW__MAX);
		if (days)
			rows[i * ROW__MAX + ROW_QUIET] =
				quiet_text(cx, &cells->rows->v[first + i], days);
	}
	return mv_records(cx->mem, &ROW, rows, n);
}
