#include "record/migrate.h"

#include "base/i18n.h"

static void
plan_column(struct migration *m, struct table_plan *plan, struct column_plan column)
{
	if (column.name.n > IDENTIFIER_MAX)
		refuse(m,
		       tr(m->cx,
			  "%.*s.%.*s: the name is too long for a database; %d bytes at most"),
		       STR_FMT(plan->name), STR_FMT(column.name), IDENTIFIER_MAX);
	list_add(m->cx->mem, plan, column);
}

/* ---- tables ---- */

static struct table_plan
plan_table(struct migration *m, struct str name)
{
	if (name.n > IDENTIFIER_MAX)
		refuse(m, tr(m->cx, "%.*s: the name is too long for a database; %d bytes at most"),
		       STR_FMT(name), IDENTIFIER_MAX);
	return (struct table_plan){ .name = name };
}

struct table_plan
plan_object(struct migration *m, const struct object *object)
{
	struct table_plan plan = plan_table(m, object->table);

	for (unsigned i = 0; i < object->n_fields; i++) {
		const struct field *f = object->fields[i];

		for (unsigned k = 0; k < f->n_columns; k++)
			plan_column(m, &plan,
				    (struct column_plan){ f->columns[k].name, f->columns[k].class,
							  .primary = i == SF_ID,
							  .required = i <= SF_CHANGED_AT });
	}
	plan_indexes(m, &plan, object);
	return plan;
}

struct table_plan
plan_links(struct migration *m, const struct field *field)
{
	struct table_plan plan = plan_table(m, field->link_table);

	plan_column(m, &plan, (struct column_plan){ S("from_id"), COLUMN_INT, .required = true });
	plan_column(m, &plan, (struct column_plan){ S("to_id"), COLUMN_INT, .required = true });
	plan.key = ", PRIMARY KEY (\"from_id\", \"to_id\")";
	plan_link_index(m, &plan);
	return plan;
}

struct table_plan
plan_system(struct migration *m, const struct system_table *table)
{
	struct table_plan plan = plan_table(m, str_of(table->name));

	for (const struct system_column *column = table->columns; column->name; column++)
		plan_column(m, &plan,
			    (struct column_plan){ str_of(column->name), column->class,
						  column->primary, column->required });
	for (size_t i = 0; table->unique && table->unique[i]; i++)
		plan_system_index(m, &plan, table->unique[i], true);
	for (size_t i = 0; table->indexes && table->indexes[i]; i++)
		plan_system_index(m, &plan, table->indexes[i], false);
	return plan;
}
