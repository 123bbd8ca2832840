#include "model/cond_parser.h"

#include "model/type.h"

enum { CHOICES_MAX = 200 };

static bool parse_or(struct parser *p, const struct object *object, const struct cond **out);

struct cond_list {
	const struct cond **v;
	size_t n, cap;
};

/* Relations as people write them; longer signs first.  `negated`: != is not =. */
static const struct sign {
	const char *text;
	enum cond_relation relation;
	bool negated;
} SIGNS[] = {
	{ "!=", REL_EQ, true },  { "<>", REL_EQ, true }, { "<=", REL_LE, false },
	{ ">=", REL_GE, false }, { "=", REL_EQ, false }, { "<", REL_LT, false },
	{ ">", REL_GT, false },
};

static bool
enter(struct parser *p)
{
	if (++p->depth > COND_DEPTH_MAX)
		return parse_fail(
			p, p->at, "length",
			"The condition is nested more than %d levels deep; make it flatter.",
			COND_DEPTH_MAX);
	return true;
}

static unsigned
operators_of(const struct cond *test)
{
	if (test->measure == MEASURE_COUNT)
		return CO_EQ | CO_LT | CO_IN | CO_BETWEEN;
	if (test->measure != MEASURE_FIELD)
		return CO_EQ | CO_LT | CO_IN | CO_BETWEEN | CO_EMPTY;
	return TYPES[cond_type(test->field)].operators |
	       (cond_can_find(test->field) ? CO_FINDS : 0);
}

/* The relations that may follow: "=, !=, in, is empty". */
static const char *
choices(struct parser *p, unsigned operators)
{
	static const struct {
		unsigned op;
		const char *text;
	} ALL[] = {
		{ CO_EQ, "= !=" },           { CO_LT, "< <= > >=" },  { CO_IN, "in" },
		{ CO_BETWEEN, "between" },   { CO_LIKE, "like" },     { CO_STARTS, "starts" },
		{ CO_CONTAINS, "contains" }, { CO_WITHIN, "within" }, { CO_EMPTY, "empty" },
		{ CO_FINDS, "finds" },
	};
	struct buf text = buf_in(p->cx->mem, CHOICES_MAX);

	for (size_t i = 0; i < countof(ALL); i++) {
		if (!(operators & ALL[i].op))
			continue;
		if (text.n)
			buf_char(&text, ' ');
		buf_z(&text, ALL[i].text);
	}
	buf_char(&text, '\0');
	return text.p;
}

static bool
sign_take(struct parser *p, struct cond *test, bool *negated)
{
	lex_blanks(p);
	for (size_t i = 0; i < countof(SIGNS); i++) {
		if (!str_starts(str_from(p->text, p->at), str_of(SIGNS[i].text)))
			continue;
		p->at += strlen(SIGNS[i].text);
		test->relation = SIGNS[i].relation;
		*negated ^= SIGNS[i].negated;
		return true;
	}
	return false;
}

/* "is empty", "is not empty", "empty", "not empty", "not in (…)". */
static bool
word_take(struct parser *p, struct cond *test, bool *negated)
{
	bool is = lex_word(p, "is");
	struct str word;

	if (lex_word(p, "not"))
		*negated = true;
	word = lex_name(p);
	for (enum cond_relation r = REL_BETWEEN; r < REL__MAX; r++) {
		if (!str_eq_ascii_nocase(word, str_of(RELATIONS[r].name)))
			continue;
		test->relation = r;
		*negated ^= r == REL_VALUE;
		return !is || r == REL_VALUE;
	}
	return false;
}

/* A field that is yes or no may stand alone. */
static bool
stands_alone(struct parser *p, const struct cond *test)
{
	return test->measure == MEASURE_FIELD && cond_type(test->field) == FT_BOOL &&
	       (lex_end(p) || p->text.p[p->at] == ')' || lex_sees_word(p, "and") ||
		lex_sees_word(p, "or"));
}

static void
set_true(struct parser *p, struct cond *test)
{
	struct operand *yes = new(p->mem, struct operand);

	yes->value = value_int(1);
	test->relation = REL_EQ;
	test->operands = yes;
	test->n_operands = 1;
}

static bool
relation_parse(struct parser *p, struct cond *test, bool *negated)
{
	unsigned operators = operators_of(test);
	size_t at;

	if (stands_alone(p, test)) {
		set_true(p, test);
		return true;
	}
	lex_blanks(p);
	at = p->at;
	if (!sign_take(p, test, negated) && !word_take(p, test, negated))
		return parse_fail(p, at, "operator",
				  "Expected a comparison but found %s; write one of %s.",
				  parse_found(p, at), choices(p, operators));
	if (!(operators & RELATIONS[test->relation].op))
		return parse_fail(p, at, "operator", "“%s” is not possible here; write one of %s.",
				  test->relation == REL_VALUE ? "empty"
							      : RELATIONS[test->relation].name,
				  choices(p, operators));
	return operands_parse(p, test);
}

static bool
set_parse(struct parser *p, const struct object *object, struct cond *test)
{
	const struct object *of;

	if (!enter(p) || !path_parse(p, object, test, &of))
		return false;
	if (lex_word(p, "where") && !parse_or(p, of, &test->set.where))
		return false;
	p->depth--;
	if (!lex_char(p, ')'))
		return parse_fail(p, p->at, "format", "Expected ) or where but found %s.",
				  parse_found(p, p->at));
	return true;
}

/* An opening parenthesis behind one of these words makes a set of it. */
static bool
measure_take(struct parser *p, struct cond *test, bool *negated)
{
	size_t start = p->at;
	struct str name = lex_name(p);

	if (lex_char(p, '(')) {
		for (enum cond_measure m = MEASURE_ANY; m < MEASURE__MAX; m++)
			if (str_eq_ascii_nocase(name, str_of(MEASURE_NAMES[m])))
				test->measure = m;
		*negated = str_eq_ascii_nocase(name, S("none"));
		if (*negated)
			test->measure = MEASURE_ANY;
		if (test->measure != MEASURE_FIELD)
			return true;
	}
	p->at = start;
	return false;
}

static bool
parse_test(struct parser *p, const struct object *object, const struct cond **out)
{
	struct cond *test = new(p->mem, struct cond);
	const struct object *of;
	bool negated = false;

	test->kind = COND_TEST;
	lex_blanks(p);
	if (!parse_node(p, p->at))
		return false;
	if (measure_take(p, test, &negated)) {
		if (!set_parse(p, object, test))
			return false;
	} else if (!path_parse(p, object, test, &of)) {
		return false;
	}
	if (test->measure != MEASURE_ANY && !relation_parse(p, test, &negated))
		return false;
	*out = negated ? cond_not(p->mem, test) : test;
	return true;
}

static bool
parse_group(struct parser *p, const struct object *object, const struct cond **out)
{
	if (!enter(p) || !parse_or(p, object, out))
		return false;
	p->depth--;
	if (!lex_char(p, ')'))
		return parse_fail(p, p->at, "format", "Expected and, or or ) but found %s.",
				  parse_found(p, p->at));
	return true;
}

static bool
parse_not(struct parser *p, const struct object *object, const struct cond **out)
{
	const struct cond *part;

	if (lex_word(p, "not")) {
		if (!enter(p) || !parse_not(p, object, &part))
			return false;
		p->depth--;
		*out = cond_not(p->mem, part);
		return true;
	}
	if (lex_char(p, '('))
		return parse_group(p, object, out);
	return parse_test(p, object, out);
}

/* Parts with the same word between them. */
static bool
parse_chain(struct parser *p, const struct object *object, enum cond_kind kind,
	    const struct cond **out)
{
	struct cond_list parts = { 0 };
	const struct cond *part;

	do {
		if (kind == COND_OR ? !parse_chain(p, object, COND_AND, &part)
				    : !parse_not(p, object, &part))
			return false;
		list_add(p->mem, &parts, part);
	} while (lex_word(p, kind == COND_OR ? "or" : "and"));
	*out = cond_join(p->mem, kind, parts.v, parts.n);
	return true;
}

static bool
parse_or(struct parser *p, const struct object *object, const struct cond **out)
{
	return parse_chain(p, object, COND_OR, out);
}

static bool
parse_whole(struct parser *p, const struct object *object, const struct cond **out)
{
	if (!parse_or(p, object, out))
		return false;
	if (!lex_end(p))
		return parse_fail(
			p, p->at, "format",
			"Expected and, or or the end but found %s; put a text with blanks in "
			"quotation marks.",
			parse_found(p, p->at));
	return true;
}

bool
/* NOLINTNEXTLINE(readability-function-size): nothing of what it takes belongs together */
cond_parse(struct cx *cx, struct arena *mem, const struct snapshot *model,
	   const struct object *object, struct str text, const struct cond_sight *sight,
	   const struct cond **out)
{
	struct parser p = { cx, mem, model, sight, .text = text };
	const struct cond *cond = NULL;
	size_t bad_at = 0;

	if (text.n > COND_TEXT_MAX)
		return fail_field(cx, S("where"), "length",
				  "The condition is longer than %d bytes; make several of it.",
				  COND_TEXT_MAX);
	if (!str_is_utf8(text, &bad_at))
		return fail_field(
			cx, S("where"), "format",
			"Byte %zu of the condition is not valid UTF-8; write it in that encoding.",
			bad_at + 1);
	p.text = str_dup(mem, text);
	if (!lex_end(&p) && !parse_whole(&p, object, &cond))
		return false;
	if (cond && cond_height(cond) > COND_HEIGHT_MAX)
		return fail_field(
			cx, S("where"), "length",
			"The condition is nested too deep for a database; make it flatter.");
	*out = cond;
	return true;
}
