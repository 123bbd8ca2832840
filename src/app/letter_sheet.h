/* Inside app/: the pages of a letter while they are drawn. */
#ifndef KONTOR_APP_LETTER_SHEET_H
#define KONTOR_APP_LETTER_SHEET_H

#include <pango/pangocairo.h>

#include "app/letter.h"

/* By DIN 5008 form B, in millimetres. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define MARGIN_LEFT 25.0
#define MARGIN_RIGHT 20.0
#define TEXT_WIDTH (PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT)
#define FIRST_TEXT 98.46 /* the subject of the first page */
#define LATER_TEXT 32.0
#define TEXT_END 261.0

#define SIZE_TEXT 10.0 /* points */
#define SIZE_SMALL 8.0
#define SIZE_TINY 7.0
#define LEADING 1.25

struct sheet {
	struct cx *cx;
	const struct letter *letter;
	cairo_t *cr;
	double y; /* where the next thing stands */
	int page, pages;
	bool in_table;
	struct str carried; /* of the table, so far */
};

/* Text in a box; markup is Pango's. */
struct text_style {
	double size, width;      /* points; millimetres */
	bool bold, right, plain; /* plain: no markup */
};
PangoLayout *sheet_layout(struct sheet *s, struct str text, const struct text_style *style);
double sheet_height(PangoLayout *layout); /* millimetres */
/* Draw it at once, released; gives its height. */
double sheet_write(struct sheet *s, double x, double y, struct str text,
		   const struct text_style *style);
void sheet_rule(struct sheet *s, double x, double y, double width, double thickness);

/* Is there room for so many millimetres? */
bool sheet_has_room(const struct sheet *s, double height);
void sheet_begin(struct sheet *s); /* letter.c: a page, with all that stands on each */
void sheet_break(struct sheet *s);
/* A layout line by line over as many pages as it takes, no line of it alone; released. */
void sheet_flow(struct sheet *s, double x, PangoLayout *layout);

/* letter_table.c */
#define CARRY_HEIGHT 7.0
void table_draw(struct sheet *s);
void table_head(struct sheet *s);
void table_carry(struct sheet *s, const char *words);

/* letter_text.c */
bool text_draw(struct sheet *s);

#endif
