#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "app/letter_sheet.h"

#include "base/i18n.h"

#define FONT "Liberation Sans, DejaVu Sans"
#define MM (72.0 / 25.4) /* points */

enum { FOOT_COLUMNS = 3 };

/* ---- text ---- */

PangoLayout *
sheet_layout(struct sheet *s, struct str text, const struct text_style *style)
{
	PangoLayout *layout = pango_cairo_create_layout(s->cr);
	PangoFontDescription *font = pango_font_description_from_string(FONT);
	cairo_font_options_t *options = cairo_font_options_create(); /* as printed, not as on a
									screen */

	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
	pango_context_set_round_glyph_positions(pango_layout_get_context(layout), FALSE);
	pango_layout_context_changed(layout);
	cairo_font_options_destroy(options);
	pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
	if (style->bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	if (style->width > 0)
		pango_layout_set_width(layout, (int)(style->width * MM * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, (float)LEADING);
	pango_layout_set_alignment(layout, style->right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	if (style->plain)
		pango_layout_set_text(layout, text.n ? text.p : "", (int)text.n);
	else
		pango_layout_set_markup(layout, text.n ? text.p : "", (int)text.n);
	return layout;
}

double
sheet_height(PangoLayout *layout)
{
	int width, height;

	pango_layout_get_size(layout, &width, &height);
	return height / (double)PANGO_SCALE / MM;
}

static void
move_to(struct sheet *s, double x, double y)
{
	cairo_move_to(s->cr, x * MM, y * MM);
}

double
sheet_write(struct sheet *s, double x, double y, struct str text, const struct text_style *style)
{
	PangoLayout *layout = sheet_layout(s, text, style);
	double height = sheet_height(layout);

	move_to(s, x, y);
	pango_cairo_show_layout(s->cr, layout);
	g_object_unref(layout);
	return height;
}

void
sheet_rule(struct sheet *s, double x, double y, double width, double thickness)
{
	cairo_set_line_width(s->cr, thickness * MM);
	move_to(s, x, y);
	cairo_line_to(s->cr, (x + width) * MM, y * MM);
	cairo_stroke(s->cr);
}

/* ---- what stands on every page ---- */

static void
draw_foot(struct sheet *s)
{
	const struct text_style tiny = { .size = SIZE_TINY, .width = 53, .plain = true };

	cairo_set_source_rgb(s->cr, 0.35, 0.35, 0.38);
	sheet_rule(s, MARGIN_LEFT, 271, TEXT_WIDTH, 0.15);
	for (int i = 0; i < FOOT_COLUMNS; i++)
		sheet_write(s, MARGIN_LEFT + i * 56.0, 272.5, s->letter->foot[i], &tiny);
	cairo_set_source_rgb(s->cr, 0, 0, 0);
}

static void
draw_page_number(struct sheet *s)
{
	const struct text_style small = {
		.size = SIZE_SMALL, .width = TEXT_WIDTH, .right = true, .plain = true
	};

	if (s->pages > 1)
		sheet_write(s, MARGIN_LEFT, 264.5,
			    str_printf(s->cx->mem, tr_lang(s->letter->lang, "Page %d of %d"),
				       s->page, s->pages),
			    &small);
}

/* Where the sheet is folded and punched. */
static void
draw_marks(struct sheet *s)
{
	sheet_rule(s, 4, 105, 5, 0.1);
	sheet_rule(s, 4, 148.5, 7, 0.1);
	sheet_rule(s, 4, 210, 5, 0.1);
}

static void
draw_address(struct sheet *s)
{
	const struct text_style tiny = { .size = SIZE_TINY, .width = 80, .plain = true };
	const struct text_style text = { .size = SIZE_TEXT, .width = 80, .plain = true };

	/* The field is 85 × 45 mm at 20, 45; the zone of remarks ends at 62.7 mm. */
	sheet_write(s, MARGIN_LEFT, 58.2, s->letter->from, &tiny);
	sheet_rule(s, MARGIN_LEFT, 62, 80, 0.1);
	sheet_write(s, MARGIN_LEFT, 63.2, s->letter->address, &text);
}

static void
draw_information(struct sheet *s)
{
	const struct text_style label = { .size = SIZE_SMALL, .width = 28, .plain = true };
	const struct text_style text = { .size = 9, .width = 46, .plain = true };
	double y = 50;

	for (size_t i = 0; i < s->letter->information.n; i++) {
		const struct letter_pair *pair = &s->letter->information.v[i];
		double height;

		cairo_set_source_rgb(s->cr, 0.35, 0.35, 0.38);
		sheet_write(s, 125, y + 0.35, pair->label, &label);
		cairo_set_source_rgb(s->cr, 0, 0, 0);
		height = sheet_write(s, 154, y, pair->text, &text);
		y += height > 4.6 ? height : 4.6;
	}
}

static void
draw_company(struct sheet *s, double y, double size)
{
	const struct text_style style = {
		.size = size, .width = TEXT_WIDTH, .bold = true, .plain = true
	};

	cairo_set_source_rgb(s->cr, 0.1, 0.25, 0.55);
	sheet_write(s, MARGIN_LEFT, y, s->letter->company, &style);
	cairo_set_source_rgb(s->cr, 0, 0, 0);
}

void
sheet_begin(struct sheet *s)
{
	const struct text_style small = {
		.size = SIZE_SMALL, .width = TEXT_WIDTH, .right = true, .plain = true
	};

	s->page++;
	cairo_set_source_rgb(s->cr, 0, 0, 0);
	draw_marks(s);
	draw_foot(s);
	draw_page_number(s);
	if (s->page == 1) {
		draw_company(s, 18, 17);
		draw_address(s);
		draw_information(s);
		s->y = FIRST_TEXT;
		return;
	}
	draw_company(s, 14, 11);
	sheet_write(s, MARGIN_LEFT, 15, s->letter->title, &small);
	sheet_rule(s, MARGIN_LEFT, 22, TEXT_WIDTH, 0.15);
	s->y = LATER_TEXT - 4;
}

/* ---- pages ---- */

bool
sheet_has_room(const struct sheet *s, double height)
{
	return s->y + height <= TEXT_END - (s->in_table ? CARRY_HEIGHT : 0);
}

void
sheet_break(struct sheet *s)
{
	if (s->in_table)
		table_carry(s, tr_lang(s->letter->lang, "Carried forward"));
	cairo_show_page(s->cr);
	if (s->page >= LETTER_PAGES_MAX)
		return;
	sheet_begin(s);
	if (!s->in_table)
		return;
	table_head(s);
	table_carry(s, tr_lang(s->letter->lang, "Brought forward"));
}

/* How many lines of it go on this page: all; or so many that neither here nor there one is alone.
 */
static int
lines_that_fit(const struct sheet *s, int left, double height)
{
	int fit = 0;

	while (fit < left && sheet_has_room(s, (fit + 1) * height))
		fit++;
	if (fit == left)
		return fit;
	if (left - fit == 1)
		fit--;
	return fit < 2 ? 0 : fit;
}

static void
flow_lines(struct sheet *s, double x, PangoLayout *layout, int from, int n)
{
	double height = sheet_height(layout) / pango_layout_get_line_count(layout);
	double baseline = pango_layout_get_baseline(layout) / (double)PANGO_SCALE / MM;

	for (int i = from; i < from + n; i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
		PangoRectangle ink, logical;
		double shift = 0;

		pango_layout_line_get_extents(line, &ink, &logical);
		if (pango_layout_get_alignment(layout) == PANGO_ALIGN_RIGHT)
			shift = (pango_layout_get_width(layout) - logical.width) /
				(double)PANGO_SCALE / MM;
		move_to(s, x + shift, s->y + baseline);
		pango_cairo_show_layout_line(s->cr, line);
		s->y += height;
	}
}

void
sheet_flow(struct sheet *s, double x, PangoLayout *layout)
{
	int left = pango_layout_get_line_count(layout), at = 0;
	double height = sheet_height(layout) / left;

	while (left) {
		int n = lines_that_fit(s, left, height);

		if (!n && s->page >= LETTER_PAGES_MAX)
			break;
		flow_lines(s, x, layout, at, n);
		at += n;
		left -= n;
		if (left)
			sheet_break(s);
	}
	g_object_unref(layout);
}

/* ---- the file ---- */

static cairo_status_t
write_bytes(void *to, const unsigned char *bytes, unsigned n)
{
	struct buf *out = to;

	buf_str(out, (struct str){ (const char *)bytes, n });
	return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(cairo_surface_t *surface, struct cx *cx, const struct letter *letter)
{
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
				       str_z(cx->mem, letter->title));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR,
				       str_z(cx->mem, letter->company));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Kontor");
	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_CREATE_DATE,
		str_z(cx->mem, str_printf(cx->mem, "%.*sT00:00:00Z", STR_FMT(letter->date))));
}

/* Draws all pages; `pages` is how many there will be. */
static bool
draw(struct cx *cx, const struct letter *letter, int pages, struct buf *out, int *out_pages)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		out ? write_bytes : NULL, out, PAGE_WIDTH * MM, PAGE_HEIGHT * MM);
	struct sheet s = { .cx = cx, .letter = letter, .pages = pages };
	bool ok;

	set_metadata(surface, cx, letter);
	s.cr = cairo_create(surface);
	sheet_begin(&s);
	ok = text_draw(&s);
	cairo_show_page(s.cr);
	ok = ok && cairo_status(s.cr) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(s.cr);
	cairo_surface_finish(surface);
	ok = ok && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	*out_pages = s.page;
	return ok;
}

bool
letter_pdf(struct cx *cx, const struct letter *letter, struct str *out)
{
	struct buf bytes = buf_in(cx->mem, LETTER_BYTES_MAX);
	int pages, drawn;

	/* Once to count the pages: each of them names their number. */
	if (!draw(cx, letter, 2, NULL, &pages) || pages >= LETTER_PAGES_MAX ||
	    !draw(cx, letter, pages, &bytes, &drawn) || bytes.full)
		return fail(cx, E_TOO_BIG, "The letter is too long to be printed; shorten it");
	*out = buf_done(&bytes);
	return true;
}
