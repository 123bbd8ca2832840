/* The text of a letter: from the tree of its Markdown to paragraphs on its pages. */
#define KONTOR_BASE
#include <cmark-gfm.h>
#include <pango/pangocairo.h>

#include "app/letter_sheet.h"

enum { MARKUP_MAX = 256 << 10 };

#define PARAGRAPH_GAP 3.2
#define LIST_INDENT 5.0
#define TABLE_GAP 2.0
#define KEPT_HEIGHT 42.0
#define SIGN_HEIGHT 11.0

/* Each kind of emphasis, as Pango has it. */
static const struct {
	cmark_event_type event;
	const char *strong, *emphasis;
} MARKS[] = { { CMARK_EVENT_ENTER, "<b>", "<i>" }, { CMARK_EVENT_EXIT, "</b>", "</i>" } };

static void
add_text(struct buf *out, const char *text)
{
	char *escaped = g_markup_escape_text(text ? text : "", -1);

	buf_z(out, escaped);
	g_free(escaped);
}

static void
add_inline(struct buf *out, cmark_node *node, cmark_event_type event)
{
	cmark_node_type type = cmark_node_get_type(node);
	size_t mark = event == MARKS[0].event ? 0 : 1;

	if (type == CMARK_NODE_STRONG)
		buf_z(out, MARKS[mark].strong);
	else if (type == CMARK_NODE_EMPH)
		buf_z(out, MARKS[mark].emphasis);
	else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
		add_text(out, cmark_node_get_literal(node));
	else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_char(out, '\n');
}

static struct str
markup_of(struct sheet *s, cmark_node *block)
{
	struct buf out = buf_in(s->cx->mem, MARKUP_MAX);
	cmark_iter *iter = cmark_iter_new(block);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		add_inline(&out, cmark_iter_get_node(iter), event);
	cmark_iter_free(iter);
	return out.full ? (struct str){ 0 } : buf_done(&out);
}

static void
draw_paragraph(struct sheet *s, cmark_node *block, double indent, bool bold)
{
	const struct text_style style = { .size = bold ? SIZE_TEXT + 0.5 : SIZE_TEXT,
					  .width = TEXT_WIDTH - indent,
					  .bold = bold };

	sheet_flow(s, MARGIN_LEFT + indent, sheet_layout(s, markup_of(s, block), &style));
}

static void
draw_list(struct sheet *s, cmark_node *list)
{
	const struct text_style style = { .size = SIZE_TEXT, .plain = true };
	bool is_numbered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
	int number = cmark_node_get_list_start(list);

	for (cmark_node *item = cmark_node_first_child(list); item;
	     item = cmark_node_next(item), number++) {
		if (!sheet_has_room(s, 2 * SIZE_TEXT / 2))
			sheet_break(s);
		sheet_write(s, MARGIN_LEFT, s->y,
			    is_numbered ? str_printf(s->cx->mem, "%d.", number) : S("•"), &style);
		draw_paragraph(s, item, LIST_INDENT, false);
	}
}

/* ~~~lines: the table.  ~~~keep: what follows, a greeting with its name, stays on one page.
 * ~~~sign: room for a signature. */
static void
draw_special(struct sheet *s, struct str name)
{
	if (str_eq(name, S("lines"))) {
		s->y += TABLE_GAP;
		table_draw(s);
	} else if (str_eq(name, S("keep")) && !sheet_has_room(s, KEPT_HEIGHT)) {
		sheet_break(s);
	} else if (str_eq(name, S("sign"))) {
		s->y += SIGN_HEIGHT;
	}
}

static void
draw_block(struct sheet *s, cmark_node *block)
{
	switch (cmark_node_get_type(block)) {
	case CMARK_NODE_HEADING:
		draw_paragraph(s, block, 0, true);
		s->y += PARAGRAPH_GAP * 1.8;
		return;
	case CMARK_NODE_CODE_BLOCK:
		draw_special(s, str_of(cmark_node_get_fence_info(block)));
		return;
	case CMARK_NODE_LIST:
		draw_list(s, block);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		sheet_rule(s, MARGIN_LEFT, s->y, TEXT_WIDTH, 0.15);
		break;
	default:
		draw_paragraph(s, block, 0, false);
	}
	s->y += PARAGRAPH_GAP;
}

bool
text_draw(struct sheet *s)
{
	struct str text = s->letter->text;
	cmark_node *document =
		cmark_parse_document(text.n ? text.p : "", text.n, CMARK_OPT_DEFAULT);

	if (!document)
		return false;
	for (cmark_node *block = cmark_node_first_child(document); block;
	     block = cmark_node_next(block))
		draw_block(s, block);
	cmark_node_free(document);
	return true;
}
