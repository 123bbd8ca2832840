/* What the editor of a list's condition needs: the fields that can be asked about, what can be
 * asked of each, and its choices. */
#include "web/list.h"

#include "base/i18n.h"
#include "model/type.h"
#include "record/authz.h"

enum { OPS_MAX = 128 };

static const struct {
	unsigned op;
	const char *name;
} OPS[] = {
	{ CO_EQ, "eq" },
	{ CO_LT, "lt" },
	{ CO_IN, "in" },
	{ CO_BETWEEN, "between" },
	{ CO_LIKE, "like" },
	{ CO_STARTS, "starts" },
	{ CO_CONTAINS, "contains" },
	{ CO_EMPTY, "empty" },
	{ CO_WITHIN, "within" },
};

/* Labels: of most fields, and of dates and moments. */
static const struct {
	const char *key, *op, *label, *of_time;
} COMPARISONS[] = {
	{ "=", "eq", N_("is"), NULL },
	{ "!=", "eq", N_("is not"), NULL },
	{ "in", "in", N_("is one of"), NULL },
	{ "not in", "in", N_("is none of"), NULL },
	{ "contains", "contains", N_("contains"), NULL },
	{ "not contains", "contains", N_("does not contain"), NULL },
	{ "starts", "starts", N_("begins with"), NULL },
	{ "not starts", "starts", N_("does not begin with"), NULL },
	{ "like", "like", N_("looks like"), NULL },
	{ "<", "lt", N_("below"), N_("before") },
	{ "<=", "lt", N_("at most"), N_("not after") },
	{ ">", "lt", N_("above"), N_("after") },
	{ ">=", "lt", N_("at least"), N_("not before") },
	{ "between", "between", N_("between"), NULL },
	{ "within", "within", N_("within the next days"), NULL },
	{ "is empty", "empty", N_("is empty"), NULL },
	{ "is not empty", "empty", N_("is not empty"), NULL },
};

/* What a day or a moment is compared with, as the language writes it. */
static const struct {
	const char *word, *label;
} TIMES[] = {
	{ "today", N_("today") },
	{ "yesterday", N_("yesterday") },
	{ "this week", N_("this week") },
	{ "last week", N_("last week") },
	{ "next week", N_("next week") },
	{ "this month", N_("this month") },
	{ "last month", N_("last month") },
	{ "next month", N_("next month") },
	{ "this quarter", N_("this quarter") },
	{ "last quarter", N_("last quarter") },
	{ "next quarter", N_("next quarter") },
	{ "this year", N_("this year") },
	{ "last year", N_("last year") },
	{ "next year", N_("next year") },
};

static enum field_type
type_of(const struct field *f)
{
	return f->type == FT_FORMULA || f->type == FT_ROLLUP ? f->result : f->type;
}

static struct str
ops_text(struct cx *cx, const struct field *f)
{
	struct buf text = buf_in(cx->mem, OPS_MAX);

	for (size_t i = 0; i < countof(OPS); i++)
		if (TYPES[type_of(f)].operators & OPS[i].op) {
			buf_z(&text, text.n ? " " : "");
			buf_z(&text, OPS[i].name);
		}
	return buf_done(&text);
}

/* As the language asks about it: parties in words that it knows. */
static bool
is_asked(const struct cx *cx, const struct object *object, const struct field *f)
{
	return !f->hidden && list_can_show(cx, object, f) && TYPES[type_of(f)].operators;
}

static void
add_options(struct cx *cx, struct mv sets, struct str path, const struct field *f)
{
	struct mv set = mv_map(cx->mem), options = mv_list(cx->mem);

	for (unsigned i = 0; i < f->n_options; i++) {
		struct mv option = mv_map(cx->mem);

		mv_set(option, S("key"), mv_text(f->options[i].key));
		mv_set(option, S("label"), mv_text(page_label(cx, f->options[i].label)));
		mv_add(options, option);
	}
	mv_set(set, S("path"), mv_text(path));
	mv_set(set, S("options"), options);
	mv_add(sets, set);
}

struct asked {
	struct mv fields, sets;
};

static void
add_field(struct cx *cx, const struct asked *to, const struct field *link, const struct field *f)
{
	struct mv field = mv_map(cx->mem);
	struct str path =
		link ? str_printf(cx->mem, "%.*s.%.*s", STR_FMT(link->name), STR_FMT(f->name))
		     : f->name;

	mv_set(field, S("path"), mv_text(path));
	mv_set(field, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(field, S("type"), mv_z(TYPES[type_of(f)].name));
	mv_set(field, S("ops"), mv_text(ops_text(cx, f)));
	if (f->target) {
		mv_set(field, S("target"), mv_text(f->target->name));
		if (f->target->title)
			mv_set(field, S("title"), mv_text(f->target->title->name));
	}
	mv_add(to->fields, field);
	if (f->n_options)
		add_options(cx, to->sets, path, f);
}

static void
add_group(struct cx *cx, struct mv groups, struct str label, struct mv fields)
{
	struct mv group = mv_map(cx->mem);

	mv_set(group, S("label"), mv_text(label));
	mv_set(group, S("fields"), fields);
	mv_add(groups, group);
}

/* The object's own fields, then those of each record that a link leads to. */
static void
add_fields(struct cx *cx, const struct list *list, struct mv page)
{
	const struct object *object = list->object;
	struct mv groups = mv_list(cx->mem);
	struct asked own = { mv_list(cx->mem), mv_list(cx->mem) };

	for (unsigned i = 0; i < object->n_fields; i++)
		if (is_asked(cx, object, object->fields[i]))
			add_field(cx, &own, NULL, object->fields[i]);
	add_group(cx, groups, page_label(cx, object->label), own.fields);
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *link = object->fields[i];
		struct asked there = { mv_list(cx->mem), own.sets };

		if (link->type != FT_ONE || !is_asked(cx, object, link))
			continue;
		for (unsigned k = SF__MAX; k < link->target->n_fields; k++)
			if (is_asked(cx, link->target, link->target->fields[k]))
				add_field(cx, &there, link, link->target->fields[k]);
		add_group(cx, groups, page_label(cx, link->label), there.fields);
	}
	mv_set(page, S("groups"), groups);
	mv_set(page, S("sets"), own.sets);
}

static void
add_words(struct cx *cx, struct mv page)
{
	struct mv comparisons = mv_list(cx->mem), times = mv_list(cx->mem);

	for (size_t i = 0; i < countof(COMPARISONS); i++) {
		struct mv one = mv_map(cx->mem);
		const char *of_time = COMPARISONS[i].of_time;

		mv_set(one, S("key"), mv_z(COMPARISONS[i].key));
		mv_set(one, S("op"), mv_z(COMPARISONS[i].op));
		mv_set(one, S("label"), mv_z(tr(cx, COMPARISONS[i].label)));
		if (of_time)
			mv_set(one, S("of_time"), mv_z(tr(cx, of_time)));
		mv_add(comparisons, one);
	}
	for (size_t i = 0; i < countof(TIMES); i++) {
		struct mv one = mv_map(cx->mem);

		mv_set(one, S("key"), mv_z(TIMES[i].word));
		mv_set(one, S("label"), mv_z(tr(cx, TIMES[i].label)));
		mv_add(times, one);
	}
	mv_set(page, S("comparisons"), comparisons);
	mv_set(page, S("times"), times);
}

static struct str
printed(struct cx *cx, const struct cond *cond)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	cond_print(cond, &text);
	return buf_done(&text);
}

bool
web_list_filter(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page = mv_map(cx->mem);
	const struct cond *base;
	struct list list;

	if (!list_open(cx, q, &list)) {
		/* What cannot be read can be mended here. */
		if (cx->err.code != E_INPUT || !list.object)
			return false;
		fail_clear(cx);
		mv_set(page, S("own"), mv_text(list.state.where));
	} else {
		mv_set(page, S("own"), mv_text(printed(cx, list.own)));
	}
	base = cond_and(cx->mem, list.preset ? list.preset->when : NULL, list.words);
	mv_set(page, S("base"), mv_text(printed(cx, base)));
	mv_set(page, S("object"), mv_text(list.name));
	add_fields(cx, &list, page);
	add_words(cx, page);
	return page_write(cx, r, "list-filter.html", page);
}
