#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "app/dossier_sheet.h"
#include "app/letter_sheet.h"

#include "base/i18n.h"

#define MM (72.0 / 25.4)
#define TOP 16.0
#define LEFT 18.0
#define WIDTH (PAGE_WIDTH - 2 * LEFT)
#define BOTTOM 281.0
#define FIRST 36.0
#define HEADING 6.2
#define ROW 4.7
#define GAP 3.4
#define BETWEEN 6.0
#define LEFT_OUT 8.0

enum { LEFT_OUT_MAX = 1000 };

struct drawing {
	struct sheet sheet;
	const struct dossier *dossier;
	size_t rows[DOSSIER_SECTIONS_MAX]; /* that are shown of each section */
};

/* ---- what fits ---- */

static double
section_height(const struct drawing *d, size_t i)
{
	return d->rows[i] ? HEADING + (double)d->rows[i] * ROW + GAP : 0;
}

static bool
is_second_half(const struct dossier *dossier, size_t i)
{
	return i && dossier->sections[i].is_half && dossier->sections[i - 1].is_half;
}

static double
total_height(const struct drawing *d)
{
	double sum = 0, beside = 0;

	for (size_t i = 0; i < d->dossier->n; i++) {
		double height = section_height(d, i);

		if (!is_second_half(d->dossier, i)) {
			sum += height;
			beside = height;
		} else if (height > beside) {
			sum += height - beside;
		}
	}
	return sum;
}

/* The last row of the least important section that has more than it must keep; then of any. */
static bool
leave_one_out(struct drawing *d)
{
	for (size_t i = d->dossier->n; i--;)
		if (d->rows[i] > d->dossier->sections[i].keep) {
			d->rows[i]--;
			return true;
		}
	for (size_t i = d->dossier->n; i--;)
		if (d->rows[i]) {
			d->rows[i]--;
			return true;
		}
	return false;
}

static void
fit(struct drawing *d)
{
	for (size_t i = 0; i < d->dossier->n; i++)
		d->rows[i] = d->dossier->sections[i].n;
	while (total_height(d) > BOTTOM - FIRST - LEFT_OUT && leave_one_out(d))
		;
}

static struct str
left_out_text(struct cx *cx, const struct drawing *d)
{
	struct buf out = buf_in(cx->mem, LEFT_OUT_MAX);

	for (size_t i = 0; i < d->dossier->n; i++) {
		const struct dossier_section *section = &d->dossier->sections[i];

		if (d->rows[i] == section->n)
			continue;
		buf_z(&out, out.n ? ", " : "");
		buf_str(&out, section->title);
		buf_printf(&out, " (%zu)", section->n - d->rows[i]);
	}
	return buf_done(&out);
}

/* ---- drawing ---- */

static void
line(struct drawing *d, double x, struct str text, const struct text_style *style)
{
	PangoLayout *layout = sheet_layout(&d->sheet, text, style);

	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	cairo_move_to(d->sheet.cr, x * MM, d->sheet.y * MM);
	pango_cairo_show_layout(d->sheet.cr, layout);
	g_object_unref(layout);
}

static void
grey(const struct drawing *d)
{
	cairo_set_source_rgb(d->sheet.cr, 0.35, 0.35, 0.38);
}

static void
black(const struct drawing *d)
{
	cairo_set_source_rgb(d->sheet.cr, 0, 0, 0);
}

static void
draw_row(struct drawing *d, const struct dossier_row *row, double x, double width)
{
	const struct text_style label = { .size = SIZE_SMALL, .width = 34, .plain = true };
	const struct text_style amount = {
		.size = 9, .width = 30, .right = true, .bold = true, .plain = true
	};
	double from = row->label.n ? 36 : 0, to = width - (row->amount.n ? 32 : 0);
	double note = row->note.n ? (to - from) * (row->text.n ? 0.42 : 1) : 0;
	const struct text_style text = { .size = 9, .width = to - from - note, .plain = true };
	const struct text_style side = { .size = SIZE_SMALL, .width = note - 2, .plain = true };

	if (row->label.n) {
		grey(d);
		line(d, x, row->label, &label);
		black(d);
	}
	if (row->text.n)
		line(d, x + from, row->text, &text);
	if (row->note.n) {
		grey(d);
		line(d, x + to - note + 2, row->note, &side);
		black(d);
	}
	if (row->amount.n)
		line(d, x + width - 30, row->amount, &amount);
	d->sheet.y += ROW;
}

static void
draw_section(struct drawing *d, size_t i, double x, double width)
{
	const struct dossier_section *section = &d->dossier->sections[i];
	const struct text_style style = {
		.size = 9.5, .width = width, .bold = true, .plain = true
	};

	if (!d->rows[i])
		return;
	if (section->is_strong)
		cairo_set_source_rgb(d->sheet.cr, 0.7, 0.1, 0.1);
	else
		cairo_set_source_rgb(d->sheet.cr, 0.1, 0.25, 0.55);
	line(d, x, section->title, &style);
	sheet_rule(&d->sheet, x, d->sheet.y + 4.9, width, 0.15);
	black(d);
	d->sheet.y += HEADING;
	for (size_t k = 0; k < d->rows[i]; k++)
		draw_row(d, &section->rows[k], x, width);
	d->sheet.y += GAP;
}

static void
draw_sections(struct drawing *d)
{
	const struct dossier *dossier = d->dossier;
	double half = (WIDTH - BETWEEN) / 2, start = FIRST, end;

	d->sheet.y = FIRST;
	for (size_t i = 0; i < dossier->n; i++) {
		if (is_second_half(dossier, i)) {
			end = d->sheet.y;
			d->sheet.y = start;
			draw_section(d, i, LEFT + half + BETWEEN, half);
			if (d->sheet.y < end)
				d->sheet.y = end;
			continue;
		}
		start = d->sheet.y;
		draw_section(d, i, LEFT, dossier->sections[i].is_half ? half : WIDTH);
	}
}

static void
draw_head(struct drawing *d)
{
	const struct text_style title = {
		.size = 16, .width = WIDTH - 45, .bold = true, .plain = true
	};
	const struct text_style under = { .size = 9, .width = WIDTH, .plain = true };
	const struct text_style date = {
		.size = SIZE_SMALL, .width = 44, .right = true, .plain = true
	};

	d->sheet.y = TOP;
	line(d, LEFT, d->dossier->title, &title);
	grey(d);
	d->sheet.y = TOP + 2.5;
	line(d, LEFT + WIDTH - 44, d->dossier->date, &date);
	d->sheet.y = TOP + 9.5;
	line(d, LEFT, d->dossier->under, &under);
	black(d);
	sheet_rule(&d->sheet, LEFT, TOP + 16, WIDTH, 0.4);
}

static void
draw_foot(struct drawing *d, struct cx *cx)
{
	const struct text_style tiny = { .size = SIZE_TINY, .width = WIDTH, .plain = true };
	struct str left_out = left_out_text(cx, d);

	grey(d);
	d->sheet.y = BOTTOM - 4;
	if (left_out.n)
		line(d, LEFT,
		     str_printf(cx->mem,
				tr_lang(d->dossier->lang, "Left out for lack of room: %.*s"),
				STR_FMT(left_out)),
		     &tiny);
	d->sheet.y = BOTTOM;
	line(d, LEFT, d->dossier->foot, &tiny);
	black(d);
}

/* ---- the file ---- */

static cairo_status_t
write_bytes(void *to, const unsigned char *bytes, unsigned n)
{
	struct buf *out = to;

	buf_str(out, (struct str){ (const char *)bytes, n });
	return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

bool
dossier_draw(struct cx *cx, const struct dossier *dossier, struct str *out)
{
	struct buf bytes = buf_in(cx->mem, DOSSIER_BYTES_MAX);
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		write_bytes, &bytes, PAGE_WIDTH * MM, PAGE_HEIGHT * MM);
	struct drawing d = { .sheet = { .cx = cx }, .dossier = dossier };
	bool ok;

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
				       str_z(cx->mem, dossier->title));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Kontor");
	d.sheet.cr = cairo_create(surface);
	fit(&d);
	draw_head(&d);
	draw_sections(&d);
	draw_foot(&d, cx);
	cairo_show_page(d.sheet.cr);
	ok = cairo_status(d.sheet.cr) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(d.sheet.cr);
	cairo_surface_finish(surface);
	ok = ok && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	if (!ok || bytes.full)
		return fail(cx, E_TOO_BIG, "The dossier is too long to be printed");
	*out = buf_done(&bytes);
	return true;
}
