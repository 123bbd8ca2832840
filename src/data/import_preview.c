/* The first rows of an import as they are stored, as JSON. */
#include "data/import_private.h"

#include "base/i18n.h"

enum { CELL_TEXT_MAX = 200, CELL_MAX = 64 << 10 };

static const char *const OPS[ROW_OP__MAX] = {
	[ROW_CREATE] = "create",
	[ROW_UPDATE] = "update",
	[ROW_SAME] = "same",
	[ROW_SKIP] = "skip",
};

/* Where the cells of a column come from. */
struct origin {
	struct str label, column;
	const size_t *from;
	size_t n;
};

static void
preview_column(struct import *im, const struct origin *origin, bool is_first)
{
	struct buf *out = im->options->preview;
	bool has = false;

	buf_z(out, is_first ? "{\"label\":" : ",{\"label\":");
	buf_json(out, origin->label);
	BUF_LIT(out, ",\"column\":");
	buf_json(out, origin->column);
	BUF_LIT(out, ",\"from\":[");
	for (size_t i = 0; i < origin->n; i++) {
		if (origin->from[i] >= im->plan.n_names)
			continue;
		if (has)
			buf_char(out, ',');
		buf_int(out, (int64_t)origin->from[i]);
		has = true;
	}
	BUF_LIT(out, "]}");
}

/* "Contact point: Fax". */
static struct str
part_label(struct import *im, const struct part *part)
{
	struct cx *cx = im->cx;
	struct buf label = buf_in(cx->mem, CELL_MAX);

	buf_str(&label, tr_str(cx->lang, part->object->label));
	for (size_t i = 0; i < part->rule->n_pairs; i++) {
		buf_z(&label, i ? ", " : ": ");
		part->others[i]->row->print(cx, part->others[i], &part->values[i], &label);
	}
	return buf_done(&label);
}

void
preview_begin(struct import *im)
{
	const struct plan *plan = &im->plan;

	if (!im->options->preview)
		return;
	BUF_LIT(im->options->preview, "{\"columns\":[");
	for (size_t i = 0; i < plan->n; i++) {
		const struct target *t = &plan->v[i];
		const struct origin origin = { tr_str(im->cx->lang, t->field->label), t->column,
					       t->columns, t->rule->n_columns };

		preview_column(im, &origin, i == 0);
	}
	for (size_t i = 0; i < plan->n_parts; i++) {
		const struct part *part = &plan->parts[i];
		const struct origin origin = { part_label(im, part), part->column, part->columns,
					       part->rule->n_columns };

		preview_column(im, &origin, !plan->n && !i);
	}
	BUF_LIT(im->options->preview, "],\"rows\":[");
}

void
preview_end(struct import *im)
{
	struct buf *out = im->options->preview;

	if (!out)
		return;
	BUF_LIT(out, "],\"file\":[");
	for (size_t i = 0; i < im->plan.n_names; i++) {
		if (i)
			buf_char(out, ',');
		buf_json(out, im->plan.names[i]);
	}
	BUF_LIT(out, "]}");
}

/* As it stands in the record, or, of links and of rows that were passed over, in the file. */
static struct str
target_text(struct import *im, size_t at)
{
	const struct target *t = &im->plan.v[at];
	struct buf text = buf_in(im->cx->mem, CELL_MAX);
	const struct value *value;

	if (!im->kept_row || t->lookup || t->field->special != SPECIAL_NONE)
		return im->texts[at];
	value = &im->kept_row->v[t->field->index];
	if (value->kind != V_NONE)
		t->field->row->print(im->cx, t->field, value, &text);
	return buf_done(&text);
}

static struct str
part_text(struct import *im, const struct part *part)
{
	struct buf text = buf_in(im->cx->mem, CELL_MAX);

	for (size_t i = 0; i < part->rule->n_columns; i++) {
		struct str cell = cell_text(im, part->columns[i]);

		if (text.n && cell.n)
			BUF_LIT(&text, ", ");
		buf_str(&text, cell);
	}
	return buf_done(&text);
}

static void
preview_cell(struct buf *out, struct str text, bool is_first)
{
	size_t n = text.n;

	if (n > CELL_TEXT_MAX)
		for (n = CELL_TEXT_MAX; n && ((unsigned char)text.p[n] & 0xc0) == 0x80;)
			n--;
	if (!is_first)
		buf_char(out, ',');
	buf_json(out, str_first(text, n));
}

static void
preview_texts(struct import *im)
{
	struct buf *out = im->options->preview;

	for (size_t i = 0; i < im->plan.n_names; i++) {
		struct str text = i < im->row.n ? im->row.cells[i] : S("");

		if (i)
			buf_char(out, ',');
		if (text.n > IMPORT_TEXT_MAX)
			BUF_LIT(out, "null");
		else
			buf_json(out, text);
	}
}

void
preview_row(struct import *im)
{
	struct buf *out = im->options->preview;
	size_t n = im->plan.n;

	if (!out || im->report.rows > im->options->preview_rows)
		return;
	buf_z(out, im->previewed ? ",{\"row\":" : "{\"row\":");
	im->previewed = true;
	buf_int(out, im->row.number);
	BUF_LIT(out, ",\"op\":");
	buf_json(out, str_of(OPS[im->op]));
	BUF_LIT(out, ",\"cells\":[");
	for (size_t i = 0; i < n; i++)
		preview_cell(out, target_text(im, i), i == 0);
	for (size_t i = 0; i < im->plan.n_parts; i++)
		preview_cell(out, part_text(im, &im->plan.parts[i]), !n && !i);
	BUF_LIT(out, "],\"texts\":[");
	preview_texts(im);
	BUF_LIT(out, "]}");
}
