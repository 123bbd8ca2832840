#include "model/cond_parser.h"

#include "base/hint.h"

/* A name on the way: where it stands and what it is. */
struct step {
	struct str name;
	size_t at;
	const struct field *field;     /* or */
	const struct reverse *reverse; /* or neither */
};

bool
parse_sees(const struct parser *p, const struct object *object, const struct field *f)
{
	return !p->sight || p->sight->sees(p->sight, object, f);
}

static bool
path_unknown(struct parser *p, const struct object *object, const struct step *step)
{
	struct hint hint = hint_for(step->name);

	for (unsigned i = 0; i < object->n_fields; i++)
		if (parse_sees(p, object, object->fields[i]))
			hint_offer(&hint, object->fields[i]->name);
	for (unsigned i = 0; i < object->n_reverses; i++)
		if (parse_sees(p, object->reverses[i].object, object->reverses[i].field))
			hint_offer(&hint, object->reverses[i].name);
	return parse_fail(p, step->at, "unknown", "“%.*s” has no field “%.*s”%s.",
			  STR_FMT(object->name), STR_FMT(parse_shown(step->name)),
			  hint_text(p->cx, p->cx->mem, &hint));
}

static bool
step_take(struct parser *p, const struct object *object, struct step *out)
{
	lex_blanks(p);
	*out = (struct step){ .at = p->at };
	out->name = lex_name(p);
	if (!out->name.n)
		return parse_fail(p, out->at, "format",
				  "Expected the name of a field but found %s.",
				  parse_found(p, out->at));
	out->field = field_find(object, out->name);
	if (!out->field)
		out->reverse = reverse_find(object, out->name);
	if (out->field && !parse_sees(p, object, out->field))
		out->field = NULL;
	if (out->reverse && !parse_sees(p, out->reverse->object, out->reverse->field))
		out->reverse = NULL;
	if (!out->field && !out->reverse)
		return path_unknown(p, object, out);
	if (out->field && out->field->special)
		return parse_fail(
			p, out->at, "sealed",
			"“%.*s” is kept sealed and cannot be part of a condition; leave it out.",
			STR_FMT(out->name));
	return true;
}

static bool
takes_dot(struct parser *p)
{
	if (p->at + 1 >= p->text.n || p->text.p[p->at] != '.')
		return false;
	p->at++;
	return true;
}

static bool
fail_set(struct parser *p, const struct step *step)
{
	return parse_fail(p, step->at, "operator",
			  "“%.*s” is a set of records; write any(%.*s where …) or count(%.*s) > 0.",
			  STR_FMT(step->name), STR_FMT(step->name), STR_FMT(step->name));
}

static bool
fail_no_link(struct parser *p, const struct step *step)
{
	return parse_fail(
		p, step->at, "operator",
		"“%.*s” is not a link to one record; leave out the point and what follows.",
		STR_FMT(step->name));
}

static bool
path_link(struct parser *p, const struct step *step, struct cond *test,
	  const struct object **object)
{
	if (!step->field || step->field->type != FT_ONE || !step->field->target)
		return fail_no_link(p, step);
	if (test->n_links == COND_LINKS_MAX)
		return parse_fail(p, step->at, "length",
				  "A path goes through at most %d links; shorten it.",
				  COND_LINKS_MAX);
	test->links[test->n_links++] = step->field;
	*object = step->field->target;
	return true;
}

static bool
is_set(const struct step *step)
{
	return step->reverse || (step->field && step->field->type == FT_MANY);
}

/* The measures that want the records themselves: any, none, count. */
static bool
path_end_set(struct parser *p, const struct step *step, struct cond *test,
	     const struct object **out)
{
	if (!is_set(step))
		return parse_fail(p, step->at, "operator",
				  "“%.*s” is not a set of records; compare it without %s(…).",
				  STR_FMT(step->name), MEASURE_NAMES[test->measure]);
	if (takes_dot(p))
		return parse_fail(p, step->at, "operator",
				  "“%.*s” is a set of records; write any(%.*s where any(…)).",
				  STR_FMT(step->name), STR_FMT(step->name));
	test->set.reverse = step->reverse;
	test->set.many = step->field;
	*out = cond_set_object(&test->set);
	return true;
}

static bool
is_number(enum field_type type)
{
	return type == FT_INT || type == FT_DECIMAL || type == FT_MONEY || type == FT_PERCENT ||
	       type == FT_DURATION || type == FT_SEQUENCE;
}

/* The measures that want a field of the records: sum, min, max, avg. */
static bool
path_end_figure(struct parser *p, const struct step *set, struct cond *test,
		const struct object **out)
{
	const char *name = MEASURE_NAMES[test->measure];
	bool ordered = test->measure == MEASURE_MIN || test->measure == MEASURE_MAX;
	enum field_type type;
	struct step step;

	if (!is_set(set) || !takes_dot(p))
		return parse_fail(
			p, set->at, "operator",
			"%s(…) needs a field of a set of records, such as %s(orders.total).", name,
			name);
	test->set.reverse = set->reverse;
	test->set.many = set->field;
	*out = cond_set_object(&test->set);
	if (!step_take(p, *out, &step))
		return false;
	type = step.field ? cond_type(step.field) : FT_MANY;
	if (!is_number(type) && !(ordered && (type == FT_DATE || type == FT_DATETIME)))
		return parse_fail(p, step.at, "operator",
				  "%s(…) is not possible over “%.*s”; name a field with numbers.",
				  name, STR_FMT(step.name));
	test->field = step.field;
	return true;
}

static bool
path_end(struct parser *p, const struct step *step, struct cond *test, const struct object **out)
{
	if (test->measure == MEASURE_ANY || test->measure == MEASURE_COUNT)
		return path_end_set(p, step, test, out);
	if (test->measure != MEASURE_FIELD)
		return path_end_figure(p, step, test, out);
	if (step->reverse)
		return fail_set(p, step);
	test->field = step->field;
	return true;
}

bool
path_parse(struct parser *p, const struct object *object, struct cond *test,
	   const struct object **out_object)
{
	struct step step;

	for (;;) {
		bool wants_more;

		if (!step_take(p, object, &step))
			return false;
		wants_more = p->at < p->text.n && p->text.p[p->at] == '.' && p->at + 1 < p->text.n;
		if (!wants_more || (is_set(&step) && test->measure != MEASURE_FIELD))
			break;
		if (is_set(&step))
			return fail_set(p, &step);
		if (!path_link(p, &step, test, &object))
			return false;
		p->at++;
	}
	*out_object = object;
	return path_end(p, &step, test, out_object);
}
