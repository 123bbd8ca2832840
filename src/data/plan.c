#include "data/plan_private.h"

#include <stdarg.h>

#include "base/fold.h"
#include "base/hint.h"

enum { ERRORS_BYTES_MAX = 64 << 10 };

#define NUMBERS (1u << FT_INT | 1u << FT_DECIMAL | 1u << FT_MONEY | 1u << FT_PERCENT)
#define NEVER (1u << FT_FILE | 1u << FT_FORMULA | 1u << FT_ROLLUP)

static bool
is_of(unsigned types, const struct field *f)
{
	return types >> f->type & 1;
}

/* A plan_mistake in a line of the map; without one, in the header. */
void
plan_mistake(struct binder *b, unsigned line, size_t column, const char *format, ...)
{
	char text[600];
	va_list args;

	if (++b->n_errors > PLAN_ERRORS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (b->errors.n)
		buf_char(&b->errors, '\n');
	if (line)
		buf_printf(&b->errors, "%.*s:%u: %s", STR_FMT(b->plan->map->name), line, text);
	else
		buf_printf(&b->errors, "row 1, column %zu: %s", column + 1, text);
}

static struct str
shown(struct str s)
{
	return str_first(s, PLAN_SHOWN_MAX);
}

/* ---- columns ---- */

bool
plan_column(const struct binder *b, struct str name, size_t *out)
{
	struct str key = fold_key(b->cx->mem, name);

	if (str_eq_z(name, "@row")) {
		*out = PLAN_ROW_NUMBER;
		return true;
	}
	for (size_t i = 0; i < b->plan->n_names; i++)
		if (b->keys[i].n && str_eq(b->keys[i], key)) {
			*out = i;
			return true;
		}
	return false;
}

void
plan_column_unknown(struct binder *b, unsigned line, struct str name)
{
	struct hint hint = hint_for(name);

	for (size_t i = 0; i < b->plan->n_names; i++)
		hint_offer(&hint, b->plan->names[i]);
	plan_mistake(b, line, 0, "the file has no column “%.*s”%s", STR_FMT(shown(name)),
		     hint_text(NULL, b->cx->mem, &hint));
}

/* A name that stands twice cannot be told apart.  Columns without a name cannot be asked for. */
static void
columns_check(struct binder *b)
{
	const struct plan *plan = b->plan;

	for (size_t i = 0; i < plan->n_names; i++) {
		size_t first = i;

		if (!b->keys[i].n || !plan_column(b, plan->names[i], &first) || first == i)
			continue;
		plan_mistake(
			b, 0, i,
			"the column “%.*s” stands here a second time, after column %zu; give the "
			"columns other names by “columns” in a map",
			STR_FMT(shown(plan->names[i])), first + 1);
	}
}

static void
columns_name(struct binder *b, const struct csv_row *first)
{
	struct plan *plan = b->plan;
	const struct strs *given = &plan->map->columns;
	struct arena *mem = b->cx->mem;

	plan->n_names = given->n > first->n ? given->n : first->n;
	plan->names = new_array(mem, plan->n_names, struct str);
	b->keys = new_array(mem, plan->n_names, struct str);
	for (size_t i = 0; i < plan->n_names; i++) {
		if (i < given->n)
			plan->names[i] = given->v[i];
		else if (!given->n && plan->map->header)
			plan->names[i] = str_dup(mem, str_trim(first->cells[i]));
		else if (!given->n)
			plan->names[i] = str_printf(mem, "%zu", i + 1);
		else
			plan->names[i] = S("");
		b->keys[i] = fold_key(mem, plan->names[i]);
	}
	columns_check(b);
}

/* ---- fields ---- */

bool
plan_may_fill(struct cx *cx, const struct object *object, const struct field *f)
{
	return !f->builtin && !f->readonly && !is_of(NEVER, f) && can_edit_field(cx, object, f);
}

static const struct field *
field_seen(struct cx *cx, const struct object *object, struct str name)
{
	const struct field *f = field_find(object, name);

	return f && can_see_field(cx, object, f) ? f : NULL;
}

const char *
plan_field_hint(struct cx *cx, const struct object *object, struct str name)
{
	struct hint hint = hint_for(name);

	for (unsigned i = 0; i < object->n_fields; i++)
		if (plan_may_fill(cx, object, object->fields[i]))
			hint_offer(&hint, object->fields[i]->name);
	return hint_text(NULL, cx->mem, &hint);
}

static const struct field *
field_of_rule(struct binder *b, const struct map_rule *rule)
{
	const struct object *object = b->plan->object;
	const struct field *f = field_seen(b->cx, object, rule->field);

	if (!f) {
		plan_mistake(b, rule->line, 0, "%.*s has no field “%.*s”%s", STR_FMT(object->name),
			     STR_FMT(shown(rule->field)),
			     plan_field_hint(b->cx, object, rule->field));
		return NULL;
	}
	if (f->type == FT_ID && (!rule->line || str_eq(b->plan->map->match, f->name)))
		return f;
	if (!plan_may_fill(b->cx, object, f)) {
		plan_mistake(b, rule->line, 0, "the field “%.*s” cannot be set by an import",
			     STR_FMT(f->name));
		return NULL;
	}
	return f;
}

static void
field_twice(struct binder *b, const struct target *t)
{
	for (struct target *other = b->plan->v; other < t; other++) {
		if (other->field != t->field)
			continue;
		if (t->rule->line)
			plan_mistake(b, t->rule->line, 0,
				     "the field “%.*s” is filled by line %u already",
				     STR_FMT(t->field->name), other->rule->line);
		else
			plan_mistake(b, 0, t->columns[0],
				     "the field “%.*s” is filled by column %zu already",
				     STR_FMT(t->field->name), other->columns[0] + 1);
	}
}

/* ---- links ---- */

static struct lookup *
lookup_share(struct binder *b, const struct lookup_of *of)
{
	struct plan *plan = b->plan;

	for (size_t i = 0; i < plan->n_lookups; i++) {
		const struct lookup_of *other = lookup_of(plan->lookups[i]);

		if (other->object == of->object && other->face == of->face &&
		    other->field == of->field && str_eq(other->where_text, of->where_text))
			return plan->lookups[i];
	}
	if (plan->n_lookups == PLAN_LOOKUPS_MAX)
		return NULL;
	return plan->lookups[plan->n_lookups++] = lookup_new(b->cx, of);
}

/* The condition of `where`; false: reported. */
static bool
bind_where(struct binder *b, unsigned line, struct str text, struct lookup_of *of)
{
	struct cx *cx = b->cx;
	struct cond_sight sight = cond_sight_of(cx);

	of->where_text = text;
	if (!text.n || cond_parse(cx, cx->mem, cx->model, of->object, text, &sight, &of->where))
		return true;
	for (const struct field_err *e = cx->err.fields; e; e = e->next)
		plan_mistake(b, line, 0, "where: %.*s", STR_FMT(e->why));
	if (!cx->err.fields)
		plan_mistake(b, line, 0, "where: %.*s", STR_FMT(cx->err.why));
	fail_clear(cx);
	return false;
}

/* The object, or its face, whose records the link leads to. */
static const struct object *
link_object(struct binder *b, const struct target *t, const struct face **face)
{
	const struct map_rule *rule = t->rule;
	const struct object *object = t->field->target;

	*face = NULL;
	if (rule->of.n)
		object = object_find(b->cx->model, rule->of, face);
	else if (!object)
		plan_mistake(b, rule->line, 0, "“%.*s” may lead to any object; name one: of party",
			     STR_FMT(t->field->name));
	if (object && (t->field->type == FT_ANY || object == t->field->target) &&
	    can_object(b->cx, object, OP_READ))
		return object;
	if (rule->of.n)
		plan_mistake(b, rule->line, 0, "“%.*s” does not lead to “%.*s”",
			     STR_FMT(t->field->name), STR_FMT(shown(rule->of)));
	return NULL;
}

static const struct field *
link_key(struct binder *b, const struct target *t, const struct object *object)
{
	const struct map_rule *rule = t->rule;
	struct str name = rule->by.n || !object->title ? rule->by : object->title->name;
	const struct field *by = field_seen(b->cx, object, name);

	if (by && lookup_can(by))
		return by;
	if (by)
		plan_mistake(
			b, rule->line, t->columns[0],
			"records of %.*s cannot be looked up by “%.*s”; choose a field of text",
			STR_FMT(object->name), STR_FMT(name));
	else
		plan_mistake(b, rule->line, t->columns[0], "%.*s has no field “%.*s”%s",
			     STR_FMT(object->name), STR_FMT(shown(name)),
			     plan_field_hint(b->cx, object, name));
	return NULL;
}

static void
bind_link(struct binder *b, struct target *t)
{
	const struct map_rule *rule = t->rule;
	struct lookup_of of = { 0 };

	of.object = link_object(b, t, &of.face);
	of.field = of.object ? link_key(b, t, of.object) : NULL;
	if (!of.field || !bind_where(b, rule->line, rule->where, &of))
		return;
	if (rule->create &&
	    (of.field->type == FT_ID || of.where || !plan_may_fill(b->cx, of.object, of.field) ||
	     !can_object(b->cx, of.object, OP_CREATE)))
		plan_mistake(b, rule->line, 0,
			     "records of %.*s cannot be created by their “%.*s”%s",
			     STR_FMT(of.object->name), STR_FMT(of.field->name),
			     of.where ? " and a condition" : "");
	t->lookup = lookup_share(b, &of);
	if (!t->lookup)
		plan_mistake(b, rule->line, 0, "more than %d different links", PLAN_LOOKUPS_MAX);
}

/* ---- one rule ---- */

static void
check_kind(struct binder *b, const struct target *t)
{
	const struct map_rule *rule = t->rule;
	bool link = is_of(PLAN_LINKS, t->field);

	if (rule->kind == MAP_LINK && !link)
		plan_mistake(b, rule->line, 0, "“%.*s” is no link; write: field %.*s …",
			     STR_FMT(t->field->name), STR_FMT(t->field->name));
	if (rule->kind == MAP_FIELD && link)
		plan_mistake(b, rule->line, 0, "“%.*s” is a link; write: link %.*s …",
			     STR_FMT(t->field->name), STR_FMT(t->field->name));
	if (rule->scale != 1 && !is_of(NUMBERS, t->field))
		plan_mistake(b, rule->line, 0, "“%.*s” is no number; it has no scale",
			     STR_FMT(t->field->name));
	if ((rule->currency.n || rule->currency_from.n) && t->field->type != FT_MONEY)
		plan_mistake(b, rule->line, 0, "“%.*s” is no amount of money; it has no currency",
			     STR_FMT(t->field->name));
	if (rule->split.n && t->field->type != FT_MANY && t->field->type != FT_TAGS)
		plan_mistake(b, rule->line, 0, "“%.*s” holds one value; it cannot be split",
			     STR_FMT(t->field->name));
}

static int
pair_order(const void *a, const void *b)
{
	return str_cmp(((const struct map_pair *)a)->from, ((const struct map_pair *)b)->from);
}

static void
bind_pairs(struct binder *b, struct target *t)
{
	const struct map_rule *rule = t->rule;

	t->pairs = new_array(b->cx->mem, rule->n_pairs, struct map_pair);
	for (size_t i = 0; i < rule->n_pairs; i++)
		t->pairs[i] = (struct map_pair){ fold_key(b->cx->mem, rule->pairs[i].from),
						 rule->pairs[i].to };
	if (rule->n_pairs)
		qsort(t->pairs, rule->n_pairs, sizeof *t->pairs, pair_order);
}

bool
plan_replace(struct cx *cx, const struct target *t, struct str text, struct str *out)
{
	struct map_pair wanted = { .to = text };
	const struct map_pair *found;

	if (!t->rule->n_pairs)
		return false;
	wanted.from = fold_key(cx->mem, text);
	found = bsearch(&wanted, t->pairs, t->rule->n_pairs, sizeof *t->pairs, pair_order);
	if (found)
		*out = found->to;
	return found;
}

static void
bind_columns(struct binder *b, struct target *t)
{
	const struct map_rule *rule = t->rule;

	t->column = rule->n_columns ? rule->columns[0] : rule->field;
	t->currency_column = PLAN_NO_COLUMN;
	for (size_t i = 0; i < rule->n_columns; i++)
		if (!plan_column(b, rule->columns[i], &t->columns[i]))
			plan_column_unknown(b, rule->line, rule->columns[i]);
	if (rule->currency_from.n && !plan_column(b, rule->currency_from, &t->currency_column))
		plan_column_unknown(b, rule->line, rule->currency_from);
}

void
plan_bind(struct binder *b, const struct map_rule *rule)
{
	struct target *t = &b->plan->v[b->plan->n];

	if (rule->kind == MAP_PART) {
		plan_bind_part(b, rule);
		return;
	}
	*t = (struct target){ .rule = rule };
	bind_columns(b, t);
	t->field = field_of_rule(b, rule);
	if (!t->field)
		return;
	b->plan->seals |= t->field->special != SPECIAL_NONE;
	check_kind(b, t);
	field_twice(b, t);
	bind_pairs(b, t);
	if (is_of(PLAN_LINKS, t->field))
		bind_link(b, t);
	b->plan->n++;
}

/* ---- the whole ---- */

bool
plan_skips(const struct binder *b, size_t column)
{
	for (size_t i = 0; i < b->plan->map->skip.n; i++)
		if (str_eq(fold_key(b->cx->mem, b->plan->map->skip.v[i]), b->keys[column]))
			return true;
	return false;
}

static bool
is_used(const struct plan *plan, size_t column)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct target *t = &plan->v[i];

		if (t->currency_column == column)
			return true;
		for (size_t k = 0; k < t->rule->n_columns; k++)
			if (t->columns[k] == column)
				return true;
	}
	for (size_t i = 0; i < plan->n_parts; i++)
		for (size_t k = 0; k < plan->parts[i].rule->n_columns; k++)
			if (plan->parts[i].columns[k] == column)
				return true;
	return false;
}

static void
note_unused(struct binder *b)
{
	struct plan *plan = b->plan;

	for (size_t i = 0; i < plan->n_names; i++)
		if (b->keys[i].n && !is_used(plan, i) && !plan_skips(b, i))
			list_add(b->cx->mem, &plan->unused, plan->names[i]);
}

struct target *
plan_target(const struct plan *plan, struct str field)
{
	for (size_t i = 0; i < plan->n; i++)
		if (str_eq(plan->v[i].field->name, field))
			return &plan->v[i];
	return NULL;
}

/* What tells records apart where the first is empty, and what they are called. */
static void
bind_match_more(struct binder *b)
{
	struct plan *plan = b->plan;
	const struct map *map = plan->map;
	struct lookup_of of = { .object = plan->object };

	plan->title = plan->object->title ? plan_target(plan, plan->object->title->name) : NULL;
	if (!map->match_or.n)
		return;
	plan->match_or = plan_target(plan, map->match_or);
	if (!plan->match_or) {
		plan_mistake(b, map->match_line, 0,
			     "nothing fills “%.*s”, by which records are to be matched; write: "
			     "field %.*s COLUMN",
			     STR_FMT(shown(map->match_or)), STR_FMT(shown(map->match_or)));
		return;
	}
	of.field = plan->match_or->field;
	if (!lookup_can(of.field))
		plan_mistake(b, map->match_line, 0,
			     "records cannot be matched by “%.*s”; choose a field of text",
			     STR_FMT(map->match_or));
	else if (bind_where(b, map->match_line, map->match_where, &of))
		plan->match_or_lookup = lookup_share(b, &of);
}

static void
bind_match(struct binder *b)
{
	struct plan *plan = b->plan;
	const struct map *map = plan->map;
	struct lookup_of of = { .object = plan->object };
	struct str name = map->match;

	if (!name.n && !map->n_rules)
		name = plan->object->fields[SF_ID]->name;
	plan->match = plan_target(plan, name);
	if (!plan->match) {
		if (map->match.n)
			plan_mistake(
				b, map->match_line, 0,
				"nothing fills “%.*s”, by which records are to be matched; write: "
				"field %.*s COLUMN",
				STR_FMT(shown(name)), STR_FMT(shown(name)));
		return;
	}
	plan->clears = map->clears || !map->match.n;
	if (!map->n_rules && !map->decimal) /* a file that an export has made */
		plan->reading.decimal = '.';
	of.field = plan->match->field;
	if (!lookup_can(plan->match->field))
		plan_mistake(b, map->match_line, 0,
			     "records cannot be matched by “%.*s”; choose a field of text",
			     STR_FMT(name));
	else if (bind_where(b, map->match_line, map->match_where, &of))
		plan->match_lookup = lookup_share(b, &of);
}

static void
bind_rules(struct binder *b)
{
	const struct map *map = b->plan->map;

	for (size_t i = 0; i < map->n_rules; i++)
		plan_bind(b, &map->rules[i]);
	for (size_t i = 0; i < map->skip.n; i++) {
		size_t column;

		if (!plan_column(b, map->skip.v[i], &column))
			plan_column_unknown(b, map->skip_lines[i], map->skip.v[i]);
	}
	note_unused(b);
}

static struct strs *
empty_texts(struct arena *mem, const struct map *map)
{
	struct strs *out = new(mem, struct strs);

	for (size_t i = 0; i < map->empty.n; i++)
		list_add(mem, out, fold_key(mem, map->empty.v[i]));
	return out;
}

bool
plan_make(struct cx *cx, const struct map *map, const struct object *object,
	  const struct face *face, const struct csv_row *first, struct plan *out)
{
	struct binder b = { .cx = cx, .plan = out, .errors = buf_in(cx->mem, ERRORS_BYTES_MAX) };

	*out = (struct plan){ .map = map, .object = object, .face = face };
	columns_name(&b, first);
	out->v = new_array(cx->mem, map->n_rules + out->n_names, struct target);
	out->parts = new_array(cx->mem, map->n_rules + 1, struct part);
	out->empty = empty_texts(cx->mem, map);
	out->reading = (struct reading){ .date_format = map->dates,
					 .decimal = map->decimal,
					 .region = map->region,
					 .zone = map->zone };
	if (map->csv.form != FORM_TEXT) {
		out->reading.decimal = '.';
		out->reading.takes_iso = true;
	}
	if (map->n_rules)
		bind_rules(&b);
	else
		plan_bind_header(&b);
	bind_match(&b);
	bind_match_more(&b);
	if (!out->n && !b.n_errors)
		plan_mistake(&b, map->n_rules ? map->rules[0].line : 0, 0,
			     "no column fills a field");
	if (!b.n_errors)
		return true;
	fail(cx, E_INPUT, NULL);
	cx->err.why = buf_done(&b.errors);
	return false;
}

void
plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_lookups; i++)
		lookup_free(&plan->lookups[i]);
	plan->n_lookups = 0;
}
