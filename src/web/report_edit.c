/* The controls by which a report is changed: fields, measures and charts to choose from. */
#include "web/figures.h"

#include "base/i18n.h"
#include "model/ids.h"
#include "model/type.h"

enum { MEASURES_SHOWN = 4 };

static void
option_add(struct cx *cx, struct mv options, struct str key, struct str label, struct str chosen)
{
	struct mv option = mv_map(cx->mem);

	mv_set(option, S("key"), mv_text(key));
	mv_set(option, S("label"), mv_text(label));
	mv_set(option, S("is_on"), mv_bool(str_eq(key, chosen)));
	mv_add(options, option);
}

static void
group_add(struct cx *cx, struct mv groups, struct str label, struct mv options)
{
	struct mv group = mv_map(cx->mem);

	mv_set(group, S("label"), mv_text(label));
	mv_set(group, S("options"), options);
	mv_add(groups, group);
}

/* ---- by what ---- */

static void
key_add_option(struct cx *cx, struct mv options, const struct field *link, const struct field *f,
	       struct str chosen)
{
	static const char *const periods[PERIOD__MAX] = {
		[PERIOD_DAY] = "day",         [PERIOD_WEEK] = "week", [PERIOD_MONTH] = "month",
		[PERIOD_QUARTER] = "quarter", [PERIOD_YEAR] = "year",
	};
	enum field_type type = f->type == FT_FORMULA ? f->result : f->type;
	struct str path =
		link ? str_printf(cx->mem, "%.*s.%.*s", STR_FMT(link->name), STR_FMT(f->name))
		     : f->name;
	struct group_key key = { .link = link, .field = f };

	if (type != FT_DATE && type != FT_DATETIME) {
		option_add(cx, options, path, figures_key_label(cx, &key), chosen);
		return;
	}
	key.has_period = true;
	for (unsigned i = PERIOD__MAX; i-- > 0;) {
		key.period = (enum period)i;
		option_add(cx, options, str_printf(cx->mem, "%.*s:%s", STR_FMT(path), periods[i]),
			   figures_key_label(cx, &key), chosen);
	}
}

/* Of other records what they are, not each text that they hold. */
static bool
is_offered(const struct cx *cx, const struct object *object, const struct field *f, bool is_linked)
{
	enum field_type type = f->type == FT_FORMULA ? f->result : f->type;

	if (f->hidden || !list_can_show(cx, object, f) || !can_group(f))
		return false;
	return !is_linked || type == FT_ENUM || type == FT_ONE || type == FT_BOOL ||
	       type == FT_TEXT || type == FT_DATE;
}

static struct mv
keys_of(struct cx *cx, const struct object *object, const struct field *link, struct str chosen)
{
	const struct object *of = link ? link->target : object;
	struct mv options = mv_list(cx->mem);

	for (unsigned i = link ? SF__MAX : SF_CREATED_AT; i < of->n_fields; i++)
		if (is_offered(cx, of, of->fields[i], link != NULL))
			key_add_option(cx, options, link, of->fields[i], chosen);
	return options;
}

static struct mv
keys_add(struct cx *cx, const struct object *object, struct str chosen)
{
	struct mv groups = mv_list(cx->mem), none = mv_list(cx->mem);

	option_add(cx, none, (struct str){ 0 }, str_of("–"), chosen);
	group_add(cx, groups, str_of("–"), none);
	group_add(cx, groups, page_label(cx, object->label), keys_of(cx, object, NULL, chosen));
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *link = object->fields[i];

		if (link->type == FT_ONE && list_can_show(cx, object, link) &&
		    can_object(cx, link->target, OP_READ))
			group_add(cx, groups, page_label(cx, link->label),
				  keys_of(cx, object, link, chosen));
	}
	return groups;
}

/* ---- which figures ---- */

static struct mv
measures_of(struct cx *cx, const struct object *object, struct str chosen, bool is_first)
{
	static const char *const functions[] = { "sum", "avg", "min", "max", "count" };
	struct mv options = mv_list(cx->mem);

	if (!is_first)
		option_add(cx, options, (struct str){ 0 }, str_of("–"), chosen);
	option_add(cx, options, S("count"), figures_measure_label(cx, S("count"), NULL), chosen);
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		for (size_t k = 0; k < countof(functions); k++) {
			struct str function = str_of(functions[k]);

			if (f->hidden || !list_can_show(cx, object, f) ||
			    !can_measure(f, k == countof(functions) - 1 ? S("min") : function))
				continue;
			option_add(cx, options,
				   str_printf(cx->mem, "%s(%.*s)", functions[k], STR_FMT(f->name)),
				   figures_measure_label(cx, function, f), chosen);
		}
	}
	return options;
}

static void
measures_add(struct cx *cx, const struct object *object, const struct report *report,
	     struct mv form)
{
	struct str rest = report->measures.n ? report->measures : S("count");
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < MEASURES_SHOWN; i++) {
		struct mv item = mv_map(cx->mem);
		struct str chosen = str_trim(str_cut(&rest, ','));

		mv_set(item, S("at"), mv_int((int64_t)i + 1));
		mv_set(item, S("options"), measures_of(cx, object, chosen, !i));
		mv_add(list, item);
	}
	mv_set(form, S("measures"), list);
}

/* ---- the form ---- */

static struct mv
options_of(struct cx *cx, unsigned field, struct str chosen)
{
	const struct field *f = cx->model->objects[REPORT]->fields[field];
	struct mv options = mv_list(cx->mem);

	for (unsigned i = 0; i < f->n_options; i++)
		option_add(cx, options, f->options[i].key, page_label(cx, f->options[i].label),
			   chosen.n ? chosen : f->initial.s);
	return options;
}

static void
objects_add(struct cx *cx, struct mv form)
{
	struct mv options = mv_list(cx->mem);

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		if (object->features & (FEATURE_SYSTEM | FEATURE_DETAIL) ||
		    !can_object(cx, object, OP_READ))
			continue;
		option_add(cx, options, object->name, page_label(cx, object->label_many),
			   S("deal"));
		for (unsigned k = 0; k < object->n_faces; k++)
			option_add(cx, options, object->faces[k].name,
				   page_label(cx, object->faces[k].label_many), S("deal"));
	}
	mv_set(form, S("objects"), options);
}

static bool
may_save(struct cx *cx, const struct report *report, bool *out)
{
	const struct object *object = cx->model->objects[REPORT];

	*out = can_object(cx, object, OP_CREATE);
	return !report->row || *out || can_record(cx, OP_EDIT, object, report->row->id, out);
}

static void
form_fill(struct cx *cx, const struct report *report, const struct object *object, struct mv form)
{
	mv_set(form, S("has_object"), mv_bool(true));
	mv_set(form, S("object_name"), mv_text(report->object_name));
	mv_set(form, S("rows_by"), keys_add(cx, object, report->rows_by));
	mv_set(form, S("columns_by"), keys_add(cx, object, report->columns_by));
	measures_add(cx, object, report, form);
	mv_set(form, S("charts"), options_of(cx, REPORT_CHART, report->chart));
	mv_set(form, S("sortings"), options_of(cx, REPORT_SORTING, report->sorting));
	mv_set(form, S("condition"), mv_text(report->condition));
	mv_set(form, S("filter_url"),
	       mv_text(list_of_url(cx, report->object_name, report->condition)));
	mv_set(form, S("name"), mv_text(report->name));
	mv_set(form, S("is_shared"), mv_bool(report->shared));
}

bool
report_add_form(struct cx *cx, const struct report *report, struct mv page)
{
	struct mv form = mv_map(cx->mem);
	const struct object *object = NULL;
	const struct face *face;
	bool may;

	if (report->object_name.n && !object_open(cx, report->object_name, &object, &face))
		return false;
	if (!may_save(cx, report, &may))
		return false;
	mv_set(form, S("id"), report->row ? mv_int(report->row->id) : mv_none());
	mv_set(form, S("is_open"), mv_bool(!report->row));
	mv_set(form, S("may_save"), mv_bool(may));
	if (object)
		form_fill(cx, report, object, form);
	else
		objects_add(cx, form);
	mv_set(page, S("form"), form);
	return true;
}
