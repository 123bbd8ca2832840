/* The table of a letter's lines, over as many pages as it takes, and what it comes to. */
#include <pango/pangocairo.h>

#include "app/letter_sheet.h"

#include "base/i18n.h"

#define ROW_GAP 2.6
#define HEAD_HEIGHT 7.4
#define TOTAL_HEIGHT 5.6

enum column {
	COLUMN_NUMBER,
	COLUMN_TEXT,
	COLUMN_QUANTITY,
	COLUMN_UNIT,
	COLUMN_TAX,
	COLUMN_PRICE,
	COLUMN_AMOUNT,
	COLUMN__MAX
};

static const struct {
	const char *label;
	double x, width;
	bool right;
} COLUMNS[COLUMN__MAX] = {
	[COLUMN_NUMBER] = { N_("No."), 0, 8, false },
	[COLUMN_TEXT] = { N_("Description"), 9, 63, false },
	[COLUMN_QUANTITY] = { N_("Quantity"), 73, 17, true },
	[COLUMN_UNIT] = { N_("Unit of measure"), 92, 16, false },
	[COLUMN_TAX] = { N_("Tax"), 108, 11, true },
	[COLUMN_PRICE] = { N_("Unit price"), 120, 21, true },
	[COLUMN_AMOUNT] = { N_("Amount"), 142, 23, true },
};

static const struct letter_line *
line_at(const struct sheet *s, size_t i)
{
	return &s->letter->lines[i];
}

static void
cell(struct sheet *s, enum column at, double y, struct str text, bool bold)
{
	const struct text_style style = { .size = 9,
					  .width = COLUMNS[at].width,
					  .bold = bold,
					  .right = COLUMNS[at].right,
					  .plain = true };

	sheet_write(s, MARGIN_LEFT + COLUMNS[at].x, y, text, &style);
}

void
table_head(struct sheet *s)
{
	for (int i = 0; i < COLUMN__MAX; i++) {
		const struct text_style style = { .size = SIZE_SMALL,
						  .width = COLUMNS[i].width +
							   (i == COLUMN_UNIT ? 4 : 0),
						  .bold = true,
						  .right = COLUMNS[i].right,
						  .plain = true };
		const char *label = i == COLUMN_UNIT ? N_("Measure") : COLUMNS[i].label;

		sheet_write(s, MARGIN_LEFT + COLUMNS[i].x, s->y + 1.6,
			    str_of(tr_lang(s->letter->lang, label)), &style);
	}
	s->y += HEAD_HEIGHT;
	sheet_rule(s, MARGIN_LEFT, s->y - 0.8, TEXT_WIDTH, 0.3);
}

void
table_carry(struct sheet *s, const char *words)
{
	const struct text_style style = { .size = 9, .width = 100, .plain = true };

	sheet_write(s, MARGIN_LEFT + COLUMNS[COLUMN_TEXT].x, s->y + 1, str_of(words), &style);
	cell(s, COLUMN_AMOUNT, s->y + 1, s->carried, false);
	s->y += CARRY_HEIGHT;
	sheet_rule(s, MARGIN_LEFT, s->y - 1, TEXT_WIDTH, 0.1);
}

/* ---- rows ---- */

static PangoLayout *
text_of(struct sheet *s, const struct letter_line *line)
{
	bool strong = line->kind == LINE_SUBTOTAL;
	const struct text_style style = {
		.size = 9, .width = COLUMNS[COLUMN_TEXT].width + (line->kind == LINE_TEXT ? 90 : 0)
	};
	struct buf markup = buf_in(s->cx->mem, 64 << 10);
	char *text = g_markup_escape_text(line->text.n ? line->text.p : "", (long)line->text.n);
	char *details =
		g_markup_escape_text(line->details.n ? line->details.p : "", (long)line->details.n);

	buf_printf(&markup, strong ? "<b>%s</b>" : "%s", text);
	if (line->details.n)
		buf_printf(&markup, "%s<span size=\"88%%\" color=\"#44464d\">%s</span>",
			   line->text.n ? "\n" : "", details);
	g_free(text);
	g_free(details);
	return sheet_layout(s, buf_done(&markup), &style);
}

static void
draw_cells(struct sheet *s, const struct letter_line *line)
{
	bool strong = line->kind == LINE_SUBTOTAL;

	cell(s, COLUMN_NUMBER, s->y, line->number, false);
	cell(s, COLUMN_QUANTITY, s->y, line->quantity, false);
	cell(s, COLUMN_UNIT, s->y, line->unit, false);
	cell(s, COLUMN_TAX, s->y, line->tax, false);
	cell(s, COLUMN_PRICE, s->y, line->price, false);
	cell(s, COLUMN_AMOUNT, s->y, line->amount, strong);
}

static void
draw_row(struct sheet *s, const struct letter_line *line)
{
	PangoLayout *layout = text_of(s, line);
	double height = sheet_height(layout);
	bool fits_a_page = height < TEXT_END - LATER_TEXT - 3 * CARRY_HEIGHT - HEAD_HEIGHT;

	if (fits_a_page && !sheet_has_room(s, height + ROW_GAP))
		sheet_break(s);
	if (line->kind == LINE_SUBTOTAL)
		sheet_rule(s, MARGIN_LEFT, s->y - 1, TEXT_WIDTH, 0.1);
	draw_cells(s, line);
	sheet_flow(s, MARGIN_LEFT + COLUMNS[COLUMN_TEXT].x, layout);
	s->y += ROW_GAP;
	s->carried = line->carried;
}

/* ---- totals ---- */

static double
totals_height(const struct sheet *s)
{
	return (double)s->letter->totals.n * TOTAL_HEIGHT + 5;
}

static void
draw_totals(struct sheet *s)
{
	s->y += 1;
	for (size_t i = 0; i < s->letter->totals.n; i++) {
		const struct letter_pair *total = &s->letter->totals.v[i];
		const struct text_style style = {
			.size = 9, .width = 64, .bold = total->is_strong, .plain = true
		};

		if (total->is_strong)
			sheet_rule(s, MARGIN_LEFT + 73, s->y, TEXT_WIDTH - 73, 0.15);
		sheet_write(s, MARGIN_LEFT + 73, s->y + 0.8, total->label, &style);
		cell(s, COLUMN_AMOUNT, s->y + 0.8, total->text, total->is_strong);
		s->y += TOTAL_HEIGHT;
	}
	sheet_rule(s, MARGIN_LEFT + 73, s->y, TEXT_WIDTH - 73, 0.3);
	sheet_rule(s, MARGIN_LEFT + 73, s->y + 0.7, TEXT_WIDTH - 73, 0.3);
	s->y += 6;
}

/* The last row stays with the totals: these are never alone on a page. */
static bool
last_needs_a_page(struct sheet *s, size_t i)
{
	PangoLayout *layout;
	double height;

	if (i + 1 != s->letter->n_lines || !i)
		return false;
	layout = text_of(s, line_at(s, i));
	height = sheet_height(layout);
	g_object_unref(layout);
	return !sheet_has_room(s, height + ROW_GAP + totals_height(s) - CARRY_HEIGHT);
}

void
table_draw(struct sheet *s)
{
	if (!sheet_has_room(s, HEAD_HEIGHT + 3 * CARRY_HEIGHT))
		sheet_break(s);
	s->carried = (struct str){ 0 };
	table_head(s);
	s->in_table = true;
	for (size_t i = 0; i < s->letter->n_lines && s->page < LETTER_PAGES_MAX; i++) {
		if (last_needs_a_page(s, i))
			sheet_break(s);
		draw_row(s, line_at(s, i));
	}
	s->in_table = false;
	if (!sheet_has_room(s, totals_height(s)))
		sheet_break(s);
	draw_totals(s);
}
