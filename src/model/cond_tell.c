/* A condition as a sentence in the reader's language. */
#include "model/cond_node.h"

#include "base/i18n.h"
#include "model/type.h"

/* ---- words ---- */

struct relation_words {
	const char *is, *is_not; /* NULL: "not (…)" stands around */
	const char *of_time;     /* where a date is compared */
};

static const struct relation_words WORDS[REL__MAX] = {
	[REL_EQ] = { N_("is"), N_("is not"), NULL },
	[REL_LT] = { N_("below"), NULL, N_("before") },
	[REL_LE] = { N_("at most"), NULL, N_("not after") },
	[REL_GT] = { N_("above"), NULL, N_("after") },
	[REL_GE] = { N_("at least"), NULL, N_("not before") },
	[REL_BETWEEN] = { N_("between"), N_("not between"), NULL },
	[REL_IN] = { N_("is"), N_("is not"), NULL },
	[REL_LIKE] = { N_("looks like"), N_("does not look like"), NULL },
	[REL_STARTS] = { N_("begins with"), N_("does not begin with"), NULL },
	[REL_CONTAINS] = { N_("contains"), N_("does not contain"), NULL },
	[REL_WITHIN] = { N_("within"), N_("not within"), NULL },
	[REL_FINDS] = { N_("has words that begin with"), N_("has no words that begin with"), NULL },
	[REL_VALUE] = { N_("is not empty"), N_("is empty"), NULL },
};

static const char *const MEASURES[MEASURE__MAX] = {
	[MEASURE_COUNT] = N_("number of"), [MEASURE_SUM] = N_("sum of"),
	[MEASURE_MIN] = N_("smallest"),    [MEASURE_MAX] = N_("greatest"),
	[MEASURE_AVG] = N_("average of"),
};

enum { LAST, THIS, NEXT, WHICH__MAX };
static const char *const PERIODS[UNIT_HOUR][WHICH__MAX] = {
	[UNIT_DAY] = { N_("yesterday"), N_("today"), N_("tomorrow") },
	[UNIT_WEEK] = { N_("last week"), N_("this week"), N_("next week") },
	[UNIT_MONTH] = { N_("last month"), N_("this month"), N_("next month") },
	[UNIT_QUARTER] = { N_("last quarter"), N_("this quarter"), N_("next quarter") },
	[UNIT_YEAR] = { N_("last year"), N_("this year"), N_("next year") },
};

static const struct {
	const char *one_ago, *ago, *one_ahead, *ahead;
} SHIFTS[UNIT__MAX] = {
	[UNIT_DAY] = { N_("a day ago"), N_("%lld days ago"), N_("in a day"), N_("in %lld days") },
	[UNIT_WEEK] = { N_("a week ago"), N_("%lld weeks ago"), N_("in a week"),
			N_("in %lld weeks") },
	[UNIT_MONTH] = { N_("a month ago"), N_("%lld months ago"), N_("in a month"),
			 N_("in %lld months") },
	[UNIT_QUARTER] = { N_("a quarter ago"), N_("%lld quarters ago"), N_("in a quarter"),
			   N_("in %lld quarters") },
	[UNIT_YEAR] = { N_("a year ago"), N_("%lld years ago"), N_("in a year"),
			N_("in %lld years") },
	[UNIT_HOUR] = { N_("an hour ago"), N_("%lld hours ago"), N_("in an hour"),
			N_("in %lld hours") },
	[UNIT_MINUTE] = { N_("a minute ago"), N_("%lld minutes ago"), N_("in a minute"),
			  N_("in %lld minutes") },
};

struct teller {
	struct cx *cx;
	const struct cond_titles *titles;
	struct buf *out;
};

static void
tell(const struct teller *t, const char *text)
{
	buf_z(t->out, tr(t->cx, text));
}

static void
tell_label(const struct teller *t, struct str label)
{
	buf_str(t->out, tr_str(t->cx->lang, label));
}

static void tell_cond(const struct teller *t, const struct cond *cond);

/* ---- what is compared ---- */

static void
tell_path(const struct teller *t, const struct cond *test, bool negated)
{
	const char *word = MEASURES[test->measure];

	for (size_t i = 0; i < test->n_links; i++) {
		tell_label(t, test->links[i]->label);
		BUF_LIT(t->out, " → ");
	}
	if (test->measure == MEASURE_FIELD) {
		tell_label(t, test->field->label);
		return;
	}
	if (test->measure == MEASURE_ANY)
		word = negated ? N_("without") : N_("with");
	tell(t, word);
	buf_char(t->out, ' ');
	if (test->field) {
		tell_label(t, test->field->label);
		BUF_LIT(t->out, " (");
	}
	tell_label(t, cond_set_object(&test->set)->label_many);
	if (test->field)
		buf_char(t->out, ')');
}

/* ---- with what ---- */

/* The text with the number in place of its %lld. */
static void
tell_count(const struct teller *t, const char *text, int64_t n)
{
	struct str words = str_of(tr(t->cx, text));
	size_t at;

	if (!str_find(words, S("%lld"), &at))
		at = words.n;
	buf_str(t->out, str_first(words, at));
	fmt_int(t->out, t->cx, n);
	if (at < words.n)
		buf_str(t->out, str_from(words, at + S("%lld").n));
}

static void
tell_shift(const struct teller *t, const struct cond_time *at)
{
	const char *one = at->n < 0 ? SHIFTS[at->unit].one_ago : SHIFTS[at->unit].one_ahead;
	const char *many = at->n < 0 ? SHIFTS[at->unit].ago : SHIFTS[at->unit].ahead;

	if (at->n == 1 || at->n == -1)
		tell(t, one);
	else
		tell_count(t, many, at->n < 0 ? -at->n : at->n);
}

static void
tell_moment(const struct teller *t, const struct cond_time *at)
{
	switch (at->kind) {
	case TIME_DATE:
		fmt_date(t->out, t->cx, at->n);
		break;
	case TIME_NOW:
		tell(t, N_("now"));
		break;
	case TIME_PERIOD:
		if (at->unit < UNIT_HOUR && at->n >= -1 && at->n <= 1)
			tell(t, PERIODS[at->unit][at->n + 1]);
		break;
	case TIME_SHIFT:
		tell_shift(t, at);
		break;
	default:
		cond_time_print(at, t->out);
	}
}

static void
tell_record(const struct teller *t, const struct object *object, int64_t id)
{
	struct str title =
		t->titles && object ? t->titles->of(t->titles, object, id) : (struct str){ 0 };

	if (title.n) {
		buf_str(t->out, title);
		return;
	}
	buf_char(t->out, '#');
	buf_int(t->out, id);
}

static void
tell_stored(const struct teller *t, const struct cond *test, const struct value *v)
{
	const struct field *f = test->measure == MEASURE_COUNT ? NULL : test->field;
	const struct option *option = f && v->kind == V_TEXT ? option_find(f, v->s) : NULL;

	if (option)
		tell_label(t, option->label);
	else if (!f)
		fmt_int(t->out, t->cx, v->i);
	else if (cond_type(f) == FT_TAGS || f->type == FT_FILE)
		buf_str(t->out, v->s);
	else if (cond_type(f) == FT_MONEY && !v->currency[0])
		fmt_decimal(t->out, t->cx, v->i, cond_scale(f));
	else
		f->row->print(t->cx, f, v, t->out);
}

static void
tell_value(const struct teller *t, const struct cond *test, const struct operand *o)
{
	const struct field *f = test->field;

	if (o->kind == OPERAND_TIME || test->relation == REL_WITHIN)
		tell_moment(t, &o->moment);
	else if (o->kind == OPERAND_ME)
		tell(t, N_("me"));
	else if (o->kind == OPERAND_MY_TEAM)
		tell(t, N_("my team"));
	else if (o->kind == OPERAND_MY_UNIT)
		tell(t, N_("my unit"));
	else if (f && (f->type == FT_ONE || f->type == FT_MANY))
		tell_record(t, f->target, o->value.i);
	else if (f && f->type == FT_ANY)
		tell_record(t, o->object, o->value.i);
	else if (o->value.kind == V_TEXT && f && !option_find(f, o->value.s) &&
		 cond_type(f) != FT_DATE)
		buf_printf(t->out, tr(t->cx, "“%.*s”"), STR_FMT(o->value.s));
	else
		tell_stored(t, test, &o->value);
}

/* "14 days" of "within 14d". */
static void
tell_within(const struct teller *t, const struct cond_time *span)
{
	tell_count(t, span->n < 0 ? N_("the last %lld days") : N_("the next %lld days"),
		   span->n < 0 ? -span->n : span->n);
}

static void
tell_values(const struct teller *t, const struct cond *test)
{
	for (size_t i = 0; i < test->n_operands; i++) {
		bool is_last = i + 1 == test->n_operands;

		if (i && (test->relation == REL_BETWEEN || is_last)) {
			buf_char(t->out, ' ');
			tell(t, test->relation == REL_BETWEEN ? N_("and") : N_("or"));
			buf_char(t->out, ' ');
		} else if (i) {
			BUF_LIT(t->out, ", ");
		}
		if (test->relation == REL_WITHIN)
			tell_within(t, &test->operands[i].moment);
		else
			tell_value(t, test, &test->operands[i]);
	}
}

/* ---- a test, and what joins them ---- */

static void
tell_relation(const struct teller *t, const struct cond *test, bool negated)
{
	const struct relation_words *words = &WORDS[test->relation];
	bool is_time = test->n_operands && test->operands[0].kind == OPERAND_TIME;
	const char *word = words->is;

	if (negated && words->is_not)
		word = words->is_not;
	else if (is_time && words->of_time)
		word = words->of_time;
	buf_char(t->out, ' ');
	tell(t, word);
	if (!test->n_operands)
		return;
	buf_char(t->out, ' ');
	tell_values(t, test);
}

static void
tell_test(const struct teller *t, const struct cond *test, bool negated)
{
	bool is_any = test->measure == MEASURE_ANY;

	if (negated && !is_any && !WORDS[test->relation].is_not) {
		tell(t, N_("not:"));
		buf_char(t->out, ' ');
	}
	tell_path(t, test, negated);
	if (test->set.where) {
		BUF_LIT(t->out, " (");
		tell_cond(t, test->set.where);
		buf_char(t->out, ')');
	}
	if (!is_any)
		tell_relation(t, test, negated);
}

static void
tell_part(const struct teller *t, const struct cond *part)
{
	bool is_group = part->kind == COND_AND || part->kind == COND_OR;

	if (is_group)
		buf_char(t->out, '(');
	tell_cond(t, part);
	if (is_group)
		buf_char(t->out, ')');
}

static void
tell_cond(const struct teller *t, const struct cond *cond)
{
	switch (cond->kind) {
	case COND_TEST:
		tell_test(t, cond, false);
		return;
	case COND_NOT:
		if (cond->parts[0]->kind == COND_TEST) {
			tell_test(t, cond->parts[0], true);
			return;
		}
		tell(t, N_("not:"));
		buf_char(t->out, ' ');
		tell_part(t, cond->parts[0]);
		return;
	default:
		for (size_t i = 0; i < cond->n_parts; i++) {
			if (i) {
				buf_char(t->out, ' ');
				tell(t, cond->kind == COND_AND ? N_("and") : N_("or"));
				buf_char(t->out, ' ');
			}
			tell_part(t, cond->parts[i]);
		}
	}
}

void
cond_tell(struct cx *cx, const struct cond *cond, const struct cond_titles *titles, struct buf *out)
{
	struct teller teller = { cx, titles, out };

	if (cond)
		tell_cond(&teller, cond);
}

size_t
cond_clauses(struct arena *mem, const struct cond *cond, const struct cond *const **out)
{
	const struct cond **one;

	if (cond && cond->kind == COND_AND) {
		*out = cond->parts;
		return cond->n_parts;
	}
	one = new_array(mem, 1, const struct cond *);
	one[0] = cond;
	*out = one;
	return cond != NULL;
}
