#include "main/reference.h"
#include "model/cond.h"
#include "model/reference.h"
#include "model/type.h"

enum { TEXT_MAX = 64 << 10 };

/* ---- the language of the model ---- */

static void
types_put(struct buf *out, unsigned bits)
{
	bool any = false;

	for (int i = 0; i < FT_ID; i++) {
		if (!(bits & 1u << i))
			continue;
		buf_printf(out, "%s%s", any ? ", " : "", TYPES[i].name);
		any = true;
	}
}

static unsigned
types_all(void)
{
	return (1u << FT_ID) - 1;
}

static void
statements_put(struct buf *out)
{
	struct language_row row;

	buf_z(out, "## Statements\n\n| written | where |\n| --- | --- |\n");
	for (size_t i = 0; statement_row(i, &row); i++) {
		buf_z(out, "| `");
		cell_z(out, row.form);
		buf_printf(out, "` |%s%s%s |\n",
			   row.bits & ROW_TOP ? " at the beginning of a line" : "",
			   row.bits & ROW_IN_OBJECT
				   ? (row.bits & ROW_TOP ? ", below an object" : " below an object")
				   : "",
			   row.bits & ROW_IN_FIELD ? " below a field" : "");
	}
}

static void
attributes_put(struct buf *out)
{
	struct language_row row;

	buf_z(out,
	      "\n## Attributes of fields and links\n\n| written | of the types |\n| --- | --- |\n");
	for (size_t i = 0; attribute_row(i, &row); i++) {
		buf_printf(out, "| `%s%s` | ", row.name, row.form ? "=…" : "");
		if ((row.bits & types_all()) == types_all())
			buf_z(out, "all");
		else
			types_put(out, row.bits);
		buf_z(out, " |\n");
	}
}

static void
rollups_put(struct buf *out)
{
	struct language_row row;

	buf_z(out, "\n## Functions of a rollup\n\n| written | the field is |\n| --- | --- |\n");
	for (size_t i = 0; rollup_row(i, &row); i++) {
		buf_printf(out, "| `%s(%s where CONDITION)` | ", row.name, row.form);
		types_put(out, row.bits);
		buf_z(out, " |\n");
	}
}

static void
operators_put(struct buf *out, unsigned operators)
{
	struct language_row row;
	bool any = false;

	for (size_t i = 0; relation_row(i, &row); i++) {
		if (!(operators & row.bits))
			continue;
		buf_printf(out, "%s`%s`", any ? " " : "", row.name);
		any = true;
	}
}

void
reference_language(const struct snapshot *model, struct buf *out)
{
	(void)model;
	buf_z(out, "# The language of the model\n\nOne statement a line; indented lines belong to "
		   "the line above; `#` begins a comment.\n\n");
	statements_put(out);
	buf_z(out,
	      "\n## Types of fields\n\n| type | in a form | in conditions |\n| --- | --- | --- |\n");
	for (int i = 0; i < FT_ID; i++) {
		buf_printf(out, "| `%s` | %s | ", TYPES[i].name, TYPES[i].widget);
		operators_put(out, TYPES[i].operators);
		buf_z(out, " |\n");
	}
	attributes_put(out);
	rollups_put(out);
}

/* ---- conditions ---- */

static void
relations_put(struct buf *out)
{
	struct language_row row;

	buf_z(out, "## Comparisons\n\n| operator | of the types |\n| --- | --- |\n");
	for (size_t i = 0; relation_row(i, &row); i++) {
		unsigned types = 0;

		for (int type = 0; type < FT_ID; type++)
			if (TYPES[type].operators & row.bits)
				types |= 1u << type;
		buf_printf(out, "| `%s` | ", row.name);
		types_put(out, types);
		buf_z(out, " |\n");
	}
	buf_z(out, "\n`a != b` is `not a = b`. `formula` and `rollup` compare as the type of their "
		   "result does.\n");
}

static void
times_put(struct buf *out)
{
	struct language_row row;

	buf_z(out, "\n## Times relative to now\n\n| written | |\n| --- | --- |\n");
	for (size_t i = 0; moment_row(i, &row); i++)
		buf_printf(out, "| `%s` | |\n", row.name);
	for (size_t i = 0; unit_row(i, &row); i++) {
		buf_printf(out, "| `-3%s` `+3%s` |", row.form, row.form);
		if (row.name)
			buf_printf(out, " `last %s` `this %s` `next %s`", row.name, row.name,
				   row.name);
		buf_z(out, " |\n");
	}
}

void
reference_conditions(const struct snapshot *model, struct buf *out)
{
	struct language_row row;

	(void)model;
	buf_z(out, "# Conditions\n\nComparisons are joined by `and`, `or`, `not` and parentheses. "
		   "What each means is told in [the handbook](../handbook/en/lists.md).\n\n");
	relations_put(out);
	buf_z(out, "\n## Functions of a set\n\n| written |\n| --- |\n");
	for (size_t i = 0; measure_row(i, &row); i++)
		buf_printf(out, "| `%s(SET%s where CONDITION)` |\n", row.name,
			   str_eq_z(S("any"), row.name) || str_eq_z(S("count"), row.name)
				   ? ""
				   : ".FIELD");
	buf_z(out, "\n`none(…)` is `not any(…)`; the others stand before a comparison. The part "
		   "with `where` may be left out.\n");
	times_put(out);
}

/* ---- the objects ---- */

static const struct {
	const char *name;
	size_t at;
} FLAGS[] = {
	{ "required", offsetof(struct field, required) },
	{ "read only", offsetof(struct field, readonly) },
	{ "unique", offsetof(struct field, unique) },
	{ "personal", offsetof(struct field, personal) },
	{ "hidden", offsetof(struct field, hidden) },
};

static void
type_put(const struct field *f, struct buf *out)
{
	buf_z(out, TYPES[f->type].name);
	if (f->target)
		buf_printf(out, " [%.*s](#%.*s)", STR_FMT(f->target->name),
			   STR_FMT(f->target->name));
	for (unsigned i = 0; i < f->n_options; i++)
		buf_printf(out, "%s`%.*s`", i ? ", " : ": ", STR_FMT(f->options[i].key));
	if (f->type == FT_FORMULA || f->type == FT_ROLLUP)
		buf_printf(out, ", %s", TYPES[f->result].name);
}

static void
computed_put(const struct field *f, struct buf *out)
{
	struct buf text = buf_heap(TEXT_MAX);

	computed_print(f, &text);
	buf_z(out, " `= ");
	cell(out, buf_done(&text));
	buf_char(out, '`');
	buf_fini(&text);
}

static void
field_put(const struct field *f, struct buf *out)
{
	bool any = false;

	buf_printf(out, "| `%.*s` | ", STR_FMT(f->name));
	type_put(f, out);
	buf_z(out, " | ");
	for (size_t i = 0; i < countof(FLAGS); i++) {
		if (!*(const bool *)((const char *)f + FLAGS[i].at))
			continue;
		buf_printf(out, "%s%s", any ? ", " : "", FLAGS[i].name);
		any = true;
	}
	if (f->special)
		buf_printf(out, "%sspecial: %s", any ? ", " : "", SPECIAL_NAMES[f->special]);
	buf_z(out, " | ");
	cell(out, f->label);
	if (f->help.n) {
		buf_z(out, ": ");
		cell(out, f->help);
	}
	if (f->type == FT_FORMULA || f->type == FT_ROLLUP)
		computed_put(f, out);
	buf_z(out, " |\n");
}

static void
condition_put(const struct cond *cond, struct buf *out)
{
	struct buf text = buf_heap(COND_TEXT_MAX * 2);

	cond_print(cond, &text);
	buf_char(out, '`');
	cell(out, buf_done(&text));
	buf_char(out, '`');
	buf_fini(&text);
}

static void
object_put(const struct object *o, struct buf *out)
{
	buf_printf(out, "\n## %.*s\n\n%.*s, %.*s.", STR_FMT(o->name), STR_FMT(o->label),
		   STR_FMT(o->label_many));
	if (o->help.n)
		buf_printf(out, " %.*s", STR_FMT(o->help));
	for (unsigned i = 0; i < o->n_faces; i++) {
		buf_printf(out, " Face `%.*s` where ", STR_FMT(o->faces[i].name));
		condition_put(o->faces[i].when, out);
		buf_char(out, '.');
	}
	buf_z(out, "\n\n| field | type | is | label |\n| --- | --- | --- | --- |\n");
	for (unsigned i = 0; i < o->n_fields; i++)
		if (!o->fields[i]->builtin)
			field_put(o->fields[i], out);
	if (o->n_reverses)
		buf_z(out, "\nSets:");
	for (unsigned i = 0; i < o->n_reverses; i++)
		buf_printf(out, "%s `%.*s` ([%.*s](#%.*s))", i ? "," : "",
			   STR_FMT(o->reverses[i].name), STR_FMT(o->reverses[i].object->name),
			   STR_FMT(o->reverses[i].object->name));
	buf_z(out, o->n_reverses ? ".\n" : "");
}

void
reference_objects(const struct snapshot *model, struct buf *out)
{
	buf_z(out, "# Objects and their fields\n\nThose that are shipped. `kontor model` prints "
		   "the model as text, with what was added. Every record has besides:\n\n"
		   "| field | type | is | label |\n| --- | --- | --- | --- |\n");
	for (unsigned i = 0; model->n_objects && i < model->objects[0]->n_fields; i++)
		if (model->objects[0]->fields[i]->builtin)
			field_put(model->objects[0]->fields[i], out);
	for (unsigned i = 0; i < model->n_objects; i++)
		object_put(model->objects[i], out);
}

/* ---- permissions ---- */

static void
fields_put(const struct object *o, const char *what, const struct fieldset *set, struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < o->n_fields; i++) {
		if (!fieldset_has(set, i))
			continue;
		buf_printf(out, "%s `%.*s`", any ? "," : what, STR_FMT(o->fields[i]->name));
		any = true;
	}
	buf_z(out, any ? ". " : "");
}

static void
grant_put(const struct snapshot *model, const struct object *o, const struct grant *g,
	  struct buf *out)
{
	buf_printf(out, "| `%.*s` | `%.*s` |", STR_FMT(o->name),
		   STR_FMT(model->roles[g->role].name));
	for (int i = 0; i < OP__MAX; i++)
		buf_printf(out, " %s |", g->may[i] ? scope_name(g->may[i]) : "");
	buf_char(out, ' ');
	fields_put(o, "hidden:", &g->hidden, out);
	fields_put(o, "read only:", &g->readonly, out);
	for (unsigned i = 1; i < SPECIAL__MAX; i++)
		if (g->special & 1u << i)
			buf_printf(out, "special: %s. ", SPECIAL_NAMES[i]);
	if (g->when) {
		buf_z(out, "where ");
		condition_put(g->when, out);
	}
	buf_z(out, " |\n");
}

void
reference_permissions(const struct snapshot *model, struct buf *out)
{
	buf_z(out,
	      "# Permissions\n\nWhat the shipped roles may do. Grants of several roles add "
	      "up. `own`: the records of which one is in charge (or, of objects without a person "
	      "in charge, that one has made); `team`: also those of one's teams; `unit`: also "
	      "those of one's units; `all`: every record.\n\n| role | | |\n| --- | --- | --- |\n");
	for (unsigned i = 0; i < model->n_roles; i++)
		buf_printf(out, "| `%.*s` | %.*s | %s |\n", STR_FMT(model->roles[i].name),
			   STR_FMT(model->roles[i].label),
			   model->roles[i].is_admin ? "may everything" : "");
	buf_z(out, "\n| object | role |");
	for (int i = 0; i < OP__MAX; i++)
		buf_printf(out, " %s |", operation_name((enum operation)i));
	buf_z(out, " limits |\n| --- | --- |");
	for (int i = 0; i <= OP__MAX; i++)
		buf_z(out, " --- |");
	buf_char(out, '\n');
	for (unsigned i = 0; i < model->n_objects; i++)
		for (unsigned j = 0; j < model->objects[i]->n_grants; j++)
			grant_put(model, model->objects[i], &model->objects[i]->grants[j], out);
	buf_z(out,
	      "\nSeen only by whoever sees the record that they belong to, and changed only by "
	      "whoever may change it:");
	for (unsigned i = 0; i < model->n_objects; i++)
		if (model->objects[i]->parent)
			buf_printf(out, " `%.*s` (`%.*s`)", STR_FMT(model->objects[i]->name),
				   STR_FMT(model->objects[i]->parent->name));
	buf_z(out, ".\n");
}
