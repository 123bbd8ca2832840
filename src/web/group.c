/* Groups of records: what they are called, in which order they stand, which records are theirs. */
#include "web/group.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "model/type.h"

enum { PERIOD_TEXT = 40 };

/* A day; a week by its number, and the day it begins with. */
static struct str
day_label(struct cx *cx, const struct group_key *key, struct str text)
{
	struct buf day = buf_in(cx->mem, PERIOD_TEXT);
	int64_t date;

	if (!date_parse(text, &date, NULL))
		return text;
	fmt_date(&day, cx, date);
	return key->period == PERIOD_DAY
		       ? buf_done(&day)
		       : str_printf(cx->mem, tr(cx, "Week of %.*s"), STR_FMT(buf_done(&day)));
}

static struct str
period_label(struct cx *cx, const struct group_key *key, struct str text)
{
	struct str year = str_first(text, 4), rest = str_from(text, text.n < 5 ? text.n : 5);

	if (key->period == PERIOD_QUARTER)
		return str_printf(cx->mem, tr(cx, "Quarter %.*s of %.*s"),
				  STR_FMT(str_from(rest, 1)), STR_FMT(year));
	if (key->period == PERIOD_DAY || key->period == PERIOD_WEEK)
		return day_label(cx, key, text);
	if (key->period == PERIOD_MONTH)
		return str_printf(cx->mem, "%.*s/%.*s", STR_FMT(rest), STR_FMT(year));
	return text;
}

struct str
group_label(struct cx *cx, const struct group_key *key, const struct group_row *row, size_t at)
{
	if (row->merged >> at & 1)
		return row->label[at];
	if (row->key[at].kind == V_NONE)
		return str_of(tr(cx, "(empty)"));
	if (key->field->type == FT_ONE)
		return row->label[at].n ? row->label[at] : str_of(tr(cx, "(without a name)"));
	if (key->has_period)
		return period_label(cx, key, row->key[at].s);
	return value_print(cx, key->field, &row->key[at]);
}

struct str
group_fold(struct cx *cx, const struct group_key *key, const struct value *v)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	if (v->kind == V_NONE)
		return (struct str){ 0 };
	if (key->field->has_key)
		return value_key(cx->mem, key->field, v);
	if (v->kind == V_TEXT)
		return v->s;
	buf_int(&text, v->i);
	return buf_done(&text);
}

int64_t
option_place(const struct field *f, const struct value *v)
{
	const struct option *option = v->kind == V_TEXT ? option_find(f, v->s) : NULL;

	return option ? option - f->options : (int64_t)f->n_options;
}

/* Have records an order of their own, as the stages of a process have?  When they were changed is
 * none. */
bool
is_ordered_target(const struct object *target)
{
	return target->n_sort && target->sort[0].field != target->title &&
	       target->sort[0].field->type == FT_INT;
}

/* The first and the last day of "2017-Q1", "2017-03", "2017". */
static bool
period_days(const struct group_key *key, struct str text, int64_t *first, int64_t *last)
{
	int64_t year, part = 1;
	struct str rest = str_from(text, text.n < 5 ? text.n : 5);

	if (key->period == PERIOD_DAY || key->period == PERIOD_WEEK)
		return date_parse(text, first, NULL) &&
		       (*last = *first + (key->period == PERIOD_WEEK ? 6 : 0), true);
	if (!str_int(str_first(text, 4), 1, 9999, &year))
		return false;
	if (key->period == PERIOD_QUARTER)
		rest = str_from(rest, 1);
	if (rest.n && !str_int(rest, 1, 12, &part))
		return false;
	if (key->period == PERIOD_QUARTER)
		part = part * 3 - 2;
	if (!date_of((struct ymd){ (int)year, (int)part, 1 }, first))
		return false;
	*last = date_add_days(date_period_start(key->period, *first, 1), -1);
	return true;
}

static void
value_literal(const struct group_key *key, const struct value *v, struct buf *text)
{
	int64_t first, last;

	if (key->has_period && period_days(key, v->s, &first, &last)) {
		BUF_LIT(text, " between ");
		date_print(text, first);
		BUF_LIT(text, " and ");
		date_print(text, last);
		return;
	}
	BUF_LIT(text, " = ");
	if (v->kind == V_TEXT && !key->field->n_options && key->field->type != FT_DATE)
		buf_json(text, v->s);
	else
		key->field->row->text(key->field, v, text);
}

/* The condition that only rows of this group meet. */
struct str
group_clause(struct cx *cx, const struct group_key *key, const struct value *v)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	if (key->link) {
		buf_str(&text, key->link->name);
		buf_char(&text, '.');
	}
	buf_str(&text, key->field->name);
	if (v->kind == V_NONE)
		BUF_LIT(&text, " is empty");
	else
		value_literal(key, v, &text);
	return buf_done(&text);
}
