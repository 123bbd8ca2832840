/* A quote from draft to answer: what it begins with, which way it may go, and that what was sent
 * stays as it is. */
#include "app/features.h"

#include "app/lines.h"
#include "app/quote_act.h"
#include "base/feature.h"
#include "model/ids.h"

enum { DATE_TEXT_MAX = 16, FOLLOW_UP_DAYS = 7, VALID_DAYS = 30, CERTAIN = 10000 };

static struct str
state_of(const struct row *row)
{
	return row->v[QUOTE_STATE].s;
}

static bool
is_state(const struct row *row, const char *state)
{
	return str_eq_z(state_of(row), state);
}

static struct value
day_from_now(struct cx *cx, int64_t days)
{
	struct buf text = buf_in(cx->mem, DATE_TEXT_MAX);

	date_print(&text, date_add_days(moment_date(zone_find(cx->zone), cx->now), days));
	return value_text(buf_done(&text));
}

static void
fill(struct change *c, unsigned field, struct value v)
{
	if (c->after->v[field].kind == V_NONE)
		change_put(c, c->object->fields[field], v);
}

/* ---- text blocks ---- */

/* Where a text comes from: its block, and the block's place. */
static const struct {
	unsigned block, text;
	const char *place;
} TEXTS[] = { { QUOTE_INTRO_BLOCK, QUOTE_INTRO, "intro" },
	      { QUOTE_CLOSING_BLOCK, QUOTE_CLOSING, "closing" } };

static struct value
text_in(const struct row *block, struct str language)
{
	return block->v[str_eq(language, S("en")) ? TEXT_BLOCK_TEXT_EN : TEXT_BLOCK_TEXT_DE];
}

static bool
standard_block(struct cx *cx, const char *place, int64_t *out)
{
	const struct object *block = cx->model->objects[TEXT_BLOCK];
	const struct field *fields[] = { block->fields[TEXT_BLOCK_NAME] };
	struct query query = { .object = block, .fields = fields, .n_fields = 1, .limit = 1 };
	const struct actor *actor = cx->actor;
	struct rows rows;
	bool ok;

	cx->actor = actor_system(cx);
	ok = cond_parse(cx, cx->mem, cx->model, block,
			str_printf(cx->mem, "standard = true and place = %s", place), NULL,
			&query.where) &&
	     record_query(cx, &query, &rows);
	cx->actor = actor;
	*out = ok && rows.n ? rows.v[0].id : 0;
	return ok;
}

/* Is the text the block's own, in whichever language, so that it may follow the block? */
static bool
is_blocks_own(const struct row *block, const struct value *text)
{
	return value_eq(&block->v[TEXT_BLOCK_TEXT_DE], text) ||
	       value_eq(&block->v[TEXT_BLOCK_TEXT_EN], text);
}

static bool
follow_block(struct cx *cx, struct change *c, unsigned block_field, unsigned text_field)
{
	const struct field *link = c->object->fields[block_field];
	const struct value *text = &c->after->v[text_field];
	const struct row *block;
	bool new_language = changed(c, c->object->fields[QUOTE_LANGUAGE]);

	if (fieldset_has(&c->given, text_field) && text->kind != V_NONE &&
	    changed(c, c->object->fields[text_field]))
		return true;
	if (!changed(c, link) && !new_language)
		return true;
	if (!change_linked(cx, c, link, &block))
		return false;
	if (block && (changed(c, link) || is_blocks_own(block, text)))
		change_put(c, c->object->fields[text_field],
			   text_in(block, c->after->v[QUOTE_LANGUAGE].s));
	return true;
}

static bool
quote_texts(struct cx *cx, struct change *c)
{
	for (size_t i = 0; i < countof(TEXTS); i++) {
		int64_t id = 0;

		if (c->op == CHANGE_CREATE && c->after->v[TEXTS[i].block].kind == V_NONE &&
		    c->after->v[TEXTS[i].text].kind == V_NONE &&
		    !standard_block(cx, TEXTS[i].place, &id))
			return false;
		if (id)
			change_put(c, c->object->fields[TEXTS[i].block], value_int(id));
		if (!follow_block(cx, c, TEXTS[i].block, TEXTS[i].text))
			return false;
	}
	return true;
}

/* ---- its way ---- */

static const struct {
	const char *from, *to;
} MOVES[] = {
	{ "draft", "sent" },    { "sent", "accepted" },    { "sent", "declined" },
	{ "sent", "expired" },  { "expired", "accepted" }, { "expired", "declined" },
	{ "sent", "replaced" }, { "expired", "replaced" }, { "declined", "replaced" },
};

static bool
may_move(const struct row *before, const struct row *after)
{
	for (size_t i = 0; i < countof(MOVES); i++)
		if (is_state(before, MOVES[i].from) && is_state(after, MOVES[i].to))
			return true;
	return false;
}

/* Data of another system come as they are. */
static bool
is_taken_over(const struct cx *cx)
{
	return str_eq(cx->door, S("import")) || str_eq(cx->door, S("demo"));
}

static bool
check_move(struct cx *cx, const struct change *c)
{
	const struct str field = S("state");

	if (is_taken_over(cx))
		return true;
	if (!c->before)
		return is_state(c->after, "draft") ||
		       fail_field(cx, field, "order",
				  "A new quote is a draft; send it when it has its lines");
	if (!may_move(c->before, c->after))
		return fail_field(cx, field, "order",
				  "A quote does not go this way: it is sent, then accepted or "
				  "declined; make a new version to change it");
	if (!is_state(c->after, "sent"))
		return true;
	if (c->after->v[QUOTE_PARTY].kind == V_NONE)
		return fail_field(cx, S("party"), "required",
				  "Say to whom the quote goes before it is sent");
	return c->after->v[QUOTE_GROSS].kind != V_NONE ||
	       fail_field(cx, field, "order",
			  "A quote without lines cannot be sent; add its lines first");
}

bool
quote_days(struct cx *cx, struct str setting, int64_t otherwise, int64_t *out)
{
	struct str text;

	if (!setting_get(cx, setting, &text))
		return false;
	if (!str_int(text, 1, QUOTE_DAYS_MAX, out))
		*out = otherwise;
	return true;
}

static bool
begin_sent(struct cx *cx, struct change *c)
{
	int64_t follow_up, valid;

	if (!quote_days(cx, S("quote.follow_up_days"), FOLLOW_UP_DAYS, &follow_up) ||
	    !quote_days(cx, S("quote.valid_days"), VALID_DAYS, &valid))
		return false;
	fill(c, QUOTE_SENT_ON, day_from_now(cx, 0));
	fill(c, QUOTE_FOLLOW_UP_ON, day_from_now(cx, follow_up));
	fill(c, QUOTE_VALID_UNTIL, day_from_now(cx, valid));
	return true;
}

/* Why it was lost is what the next quote learns from. */
static bool
has_reason(struct cx *cx, const struct change *c)
{
	return is_taken_over(cx) || c->after->v[QUOTE_LOSS_REASON].kind != V_NONE ||
	       c->after->v[QUOTE_DECLINE_NOTE].kind != V_NONE ||
	       fail_field(cx, S("loss_reason"), "required",
			  "Say why the quote was declined: choose a reason, or write it in a word");
}

static bool
quote_way(struct cx *cx, struct change *c)
{
	bool accepted = is_state(c->after, "accepted"), declined = is_state(c->after, "declined");

	if (c->op == CHANGE_ERASE)
		return true;
	if (!quote_texts(cx, c))
		return false;
	if (c->before && !changed(c, c->object->fields[QUOTE_STATE]))
		return true;
	if (!check_move(cx, c) || (is_state(c->after, "sent") && !begin_sent(cx, c)))
		return false;
	if (declined && !has_reason(cx, c))
		return false;
	if (accepted || declined) {
		fill(c, QUOTE_ANSWERED_ON, day_from_now(cx, 0));
		change_put(c, c->object->fields[QUOTE_PROBABILITY],
			   value_int(accepted ? CERTAIN : 0));
	}
	return true;
}

/* ---- what was sent stays as it is ---- */

/* These are of the sale and not of the letter. */
static const unsigned FREE[] = { QUOTE_STATE,        QUOTE_FOLLOW_UP_ON, QUOTE_PROBABILITY,
				 QUOTE_SENT_ON,      QUOTE_ANSWERED_ON,  QUOTE_COMPETITOR,
				 QUOTE_LOSS_REASON,  QUOTE_OWNER,        QUOTE_TEAM,
				 QUOTE_UNIT,         QUOTE_EXTERNAL_ID,  QUOTE_NOTES,
				 QUOTE_DEAL,         QUOTE_WEIGHTED,     QUOTE_LINK_MADE_AT,
				 QUOTE_DECLINE_NOTE, QUOTE_ESCALATED_ON };

static bool
is_free(unsigned field)
{
	for (size_t i = 0; i < countof(FREE); i++)
		if (FREE[i] == field)
			return true;
	return false;
}

static bool
quote_is_fixed(struct cx *cx, struct change *c)
{
	bool back_to_draft = c->undoing && is_state(c->after, "draft");

	if (c->op != CHANGE_EDIT || is_state(c->before, "draft") || back_to_draft ||
	    is_taken_over(cx))
		return true;
	for (unsigned i = SF__MAX; i < c->object->n_fields; i++)
		if (!is_free(i) && changed(c, c->object->fields[i]))
			return fail_field(cx, c->object->fields[i]->name, "fixed",
					  "This quote was sent and stays as it is; make a new "
					  "version to change it");
	return true;
}

static bool
lines_are_fixed(struct cx *cx, struct change *c)
{
	const struct row *quote;

	if (c->of_whole || (is_taken_over(cx) && c->op == CHANGE_CREATE))
		return true;
	if (!change_linked(cx, c, c->object->fields[QUOTE_LINE_QUOTE], &quote))
		return false;
	return !quote || is_state(quote, "draft") ||
	       fail_field(cx, S("quote"), "fixed",
			  "This quote was sent and its lines stay as they are; make a new version "
			  "to change them");
}

/* A line that moves to another quote leaves the one it was in. */
static bool
line_is_at_home(struct cx *cx, struct change *c)
{
	const struct field *whole = c->object->fields[QUOTE_LINE_QUOTE];

	if (c->op == CHANGE_EDIT && changed(c, whole) && !c->undoing)
		return fail_field(cx, whole->name, "fixed",
				  "A line stays in its quote; add it to the other one");
	return lines_are_fixed(cx, c);
}

static const struct hook hooks[] = {
	{ "quote", HOOK_GUARD, quote_is_fixed },  { "quote", HOOK_RULES, quote_way },
	{ "quote", HOOK_WHOLE, lines_total },     { "quote_line", HOOK_GUARD, line_is_at_home },
	{ "quote_line", HOOK_RULES, lines_fill }, { "order", HOOK_WHOLE, lines_total },
	{ "order_line", HOOK_RULES, lines_fill }, { 0 },
};

const struct feature feature_quote = { .name = "quote", .hooks = hooks };
