/* What is asked of exact groups, as its text says it. */
#include "record/query.h"

static const struct {
	const char *name;
	enum period period;
} PERIODS[] = {
	{ "day", PERIOD_DAY },         { "week", PERIOD_WEEK }, { "month", PERIOD_MONTH },
	{ "quarter", PERIOD_QUARTER }, { "year", PERIOD_YEAR },
};

static const struct field *
visible_field(struct cx *cx, const struct object *object, struct str name)
{
	const struct field *f = field_find(object, name);

	return f && AUTHZ(AGGREGATE_FIELD, can_see_field(cx, object, f)) ? f : NULL;
}

static bool
parse_period(struct cx *cx, struct str text, struct group_key *key)
{
	enum field_type type = field_result(key->field);

	for (size_t i = 0; i < countof(PERIODS); i++) {
		if (!str_eq_z(text, PERIODS[i].name))
			continue;
		key->period = PERIODS[i].period;
		key->has_period = true;
		if (type == FT_DATE || type == FT_DATETIME)
			return true;
		return fail_field(cx, S("group"), "format", "%.*s is not a date",
				  STR_FMT(key->field->name));
	}
	return fail_field(cx, S("group"), "format",
			  "A period is day, week, month, quarter or year, not %.*s", STR_FMT(text));
}

bool
can_group(const struct field *f)
{
	enum field_type type = field_result(f);

	return f->n_columns && !f->special && type != FT_LONGTEXT && type != FT_RICHTEXT &&
	       type != FT_TAGS && type != FT_ANY;
}

static bool
parse_key(struct cx *cx, const struct object *object, struct str text, struct group_key *out)
{
	struct str path = str_cut(&text, ':'), first = str_cut(&path, '.');
	const struct object *of = object;

	*out = (struct group_key){ 0 };
	if (path.n) {
		out->link = visible_field(cx, object, first);
		if (!out->link || out->link->type != FT_ONE)
			return fail_field(cx, S("group"), "unknown", "%.*s has no link named %.*s",
					  STR_FMT(object->name), STR_FMT(first));
		of = out->link->target;
		first = path;
	}
	out->field = visible_field(cx, of, first);
	if (!out->field)
		return fail_field(cx, S("group"), "unknown", "%.*s has no field named %.*s",
				  STR_FMT(of->name), STR_FMT(first));
	if (!can_group(out->field))
		return fail_field(cx, S("group"), "operator", "One cannot group by %.*s",
				  STR_FMT(first));
	return !text.n || parse_period(cx, text, out);
}

static bool
is_number(const struct field *f)
{
	switch (field_result(f)) {
	case FT_INT:
	case FT_DECIMAL:
	case FT_MONEY:
	case FT_PERCENT:
	case FT_DURATION:
		return f->n_columns > 0;
	default:
		return false;
	}
}

static bool
is_moment(const struct field *f)
{
	enum field_type type = field_result(f);

	return f->n_columns > 0 && (type == FT_DATE || type == FT_DATETIME);
}

bool
can_measure(const struct field *f, struct str function)
{
	if (f->special)
		return false;
	if (str_eq(function, S("count")))
		return f->n_columns > 0;
	return is_number(f) ||
	       (is_moment(f) && (str_eq(function, S("min")) || str_eq(function, S("max"))));
}

static bool
parse_measure(struct cx *cx, const struct object *object, struct str text, struct measure *out)
{
	static const char *const functions[] = { "count", "sum", "min", "max", "avg" };
	struct str name = str_trim(str_cut(&text, '('));

	*out = (struct measure){ .function = name };
	if (str_eq(name, S("count")) && (!text.n || str_eq(text, S(")")) || str_eq(text, S("*)"))))
		return true;
	for (size_t i = 0; i < countof(functions); i++) {
		if (!str_eq_z(name, functions[i]) || !str_ends(text, S(")")))
			continue;
		out->field = visible_field(cx, object, str_trim(str_first(text, text.n - 1)));
		if (out->field && can_measure(out->field, name))
			return true;
		return fail_field(cx, S("measure"), "unknown", "%.*s has no number named %.*s",
				  STR_FMT(object->name), STR_FMT(str_first(text, text.n - 1)));
	}
	return fail_field(cx, S("measure"), "format",
			  "A measure is count or sum, min, max, avg of a field, like sum(value)");
}

bool
aggregate_parse(struct cx *cx, const struct object *object, struct str group, struct str measure,
		struct aggregate *out)
{
	*out = (struct aggregate){ .object = object };
	while (group.n) {
		if (out->n_group == GROUP_MAX)
			return fail_field(cx, S("group"), "range", "Group by at most %d fields",
					  GROUP_MAX);
		if (!parse_key(cx, object, str_trim(str_cut(&group, ',')),
			       &out->group[out->n_group++]))
			return false;
	}
	if (!measure.n)
		measure = S("count");
	while (measure.n) {
		if (out->n_measure == MEASURE_MAX)
			return fail_field(cx, S("measure"), "range", "Ask for at most %d measures",
					  MEASURE_MAX);
		if (!parse_measure(cx, object, str_trim(str_cut(&measure, ',')),
				   &out->measure[out->n_measure++]))
			return false;
	}
	return true;
}
