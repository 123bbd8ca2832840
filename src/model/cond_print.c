#include "model/cond_node.h"

#include "base/money.h"
#include "model/type.h"

static void
print_path(const struct cond *test, struct buf *out)
{
	for (size_t i = 0; i < test->n_links; i++) {
		buf_str(out, test->links[i]->name);
		buf_char(out, '.');
	}
	if (test->measure != MEASURE_FIELD) {
		buf_str(out, test->set.many ? test->set.many->name : test->set.reverse->name);
		if (test->field)
			buf_char(out, '.');
	}
	if (test->field)
		buf_str(out, test->field->name);
}

static void
print_quoted(struct str text, struct buf *out)
{
	buf_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"' || c == '\\')
			buf_char(out, '\\');
		if (c == '\n' || c == '\t')
			buf_char(out, '\\');
		buf_char(out, c == '\n' ? 'n' : c == '\t' ? 't' : c);
	}
	buf_char(out, '"');
}

/* Small letters, digits and _, so that nothing else can be read from it. */
static bool
is_plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!((word.p[i] >= 'a' && word.p[i] <= 'z') ||
		      (word.p[i] >= '0' && word.p[i] <= '9') || word.p[i] == '_'))
			return false;
	return word.n && !str_eq(word, S("and")) && !str_eq(word, S("or")) &&
	       !str_eq(word, S("where"));
}

static void
print_word(struct str word, struct buf *out)
{
	if (is_plain(word))
		buf_str(out, word);
	else
		print_quoted(word, out);
}

static void
print_money(const struct cond *test, const struct operand *o, struct buf *out)
{
	int digits = o->value.currency[0] ? currency_digits(str_of(o->value.currency))
					  : cond_scale(test->field);

	buf_decimal(out, o->value.i, digits);
	if (o->value.currency[0]) {
		buf_char(out, ' ');
		buf_z(out, o->value.currency);
	}
}

/* Of an average: as few places as tell it. */
static void
print_parts(const struct cond *test, const struct operand *o, struct buf *out)
{
	__int128 units = (__int128)o->value.i * AVG_PARTS + o->parts;
	int scale = cond_scale(test->field) + AVG_PLACES;

	while (scale > cond_scale(test->field) && units % 10 == 0) {
		units /= 10;
		scale--;
	}
	buf_decimal(out, (int64_t)units, scale);
}

static void
print_any(const struct operand *o, struct buf *out)
{
	buf_str(out, o->value.s);
	buf_char(out, ':');
	buf_int(out, o->value.i);
}

static void
print_typed(const struct cond *test, const struct operand *o, struct buf *out)
{
	enum field_type type = test->measure == MEASURE_COUNT ? FT_INT : cond_type(test->field);

	switch (type) {
	case FT_MONEY:
		print_money(test, o, out);
		break;
	case FT_ANY:
		print_any(o, out);
		break;
	case FT_ENUM:
	case FT_TAGS:
	case FT_FILE:
		print_word(o->value.s, out);
		break;
	case FT_DECIMAL:
	case FT_PERCENT:
		buf_decimal(out, o->value.i, cond_scale(test->field));
		break;
	case FT_DURATION:
		duration_print(out, o->value.i);
		break;
	case FT_BOOL:
		buf_z(out, o->value.i ? "true" : "false");
		break;
	default:
		if (o->value.kind == V_TEXT)
			print_quoted(o->value.s, out);
		else
			buf_int(out, o->value.i);
	}
}

static void
print_operand(const struct cond *test, const struct operand *o, struct buf *out)
{
	static const char *const WORDS[] = {
		[OPERAND_ME] = "me",
		[OPERAND_MY_TEAM] = "my team",
		[OPERAND_MY_UNIT] = "my unit",
	};

	if (test->relation == REL_WITHIN)
		cond_time_print_shift(&o->moment, out);
	else if (o->kind == OPERAND_TIME)
		cond_time_print(&o->moment, out);
	else if (o->kind != OPERAND_VALUE)
		buf_z(out, WORDS[o->kind]);
	else if (test->measure == MEASURE_AVG && cond_type(test->field) != FT_MONEY &&
		 cond_type(test->field) != FT_DURATION)
		print_parts(test, o, out);
	else
		print_typed(test, o, out);
}

static void
print_operands(const struct cond *test, struct buf *out)
{
	if (test->relation == REL_IN)
		buf_char(out, '(');
	for (size_t i = 0; i < test->n_operands; i++) {
		if (i)
			buf_z(out, test->relation == REL_IN ? ", " : " and ");
		print_operand(test, &test->operands[i], out);
	}
	if (test->relation == REL_IN)
		buf_char(out, ')');
}

static void
print_relation(const struct cond *test, bool negated, struct buf *out)
{
	if (test->relation == REL_VALUE) {
		buf_z(out, negated ? " is empty" : " is not empty");
		return;
	}
	if (test->relation == REL_EQ) {
		buf_z(out, negated ? " != " : " = ");
	} else {
		buf_z(out, negated ? " not " : " ");
		buf_z(out, RELATIONS[test->relation].name);
		buf_char(out, ' ');
	}
	print_operands(test, out);
}

static void
print_test(const struct cond *test, bool negated, struct buf *out)
{
	bool any = test->measure == MEASURE_ANY;
	/* "x not < 3" is no sentence. */
	bool before = negated && test->relation >= REL_LT && test->relation <= REL_GE && !any;

	if (before)
		BUF_LIT(out, "not ");
	if (test->measure != MEASURE_FIELD) {
		buf_z(out, any && negated ? "none" : MEASURE_NAMES[test->measure]);
		buf_char(out, '(');
	}
	print_path(test, out);
	if (test->set.where) {
		BUF_LIT(out, " where ");
		cond_print(test->set.where, out);
	}
	if (test->measure != MEASURE_FIELD)
		buf_char(out, ')');
	if (!any)
		print_relation(test, negated && !before, out);
}

static void
print_part(const struct cond *part, bool group, struct buf *out)
{
	if (group)
		buf_char(out, '(');
	cond_print(part, out);
	if (group)
		buf_char(out, ')');
}

void
cond_print(const struct cond *cond, struct buf *out)
{
	if (!cond)
		return;
	if (cond->kind == COND_TEST) {
		print_test(cond, false, out);
		return;
	}
	if (cond->kind == COND_NOT) {
		if (cond->parts[0]->kind == COND_TEST) {
			print_test(cond->parts[0], true, out);
			return;
		}
		BUF_LIT(out, "not ");
		print_part(cond->parts[0], true, out);
		return;
	}
	for (size_t i = 0; i < cond->n_parts; i++) {
		if (i)
			buf_z(out, cond->kind == COND_AND ? " and " : " or ");
		print_part(cond->parts[i],
			   cond->kind == COND_AND && cond->parts[i]->kind == COND_OR, out);
	}
}
