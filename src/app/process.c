/* Sales processes.  A deal that enters a stage must have what the stage asks for (deal.c). */
#include "app/process.h"

#include "app/features.h"
#include "base/feature.h"
#include "model/ids.h"
#include "model/types.h"
#include "record/authz.h"

bool
process_can_ask(const struct field *f)
{
	static const unsigned own[] = { DEAL_PIPELINE, DEAL_STAGE, DEAL_OUTCOME };

	for (size_t i = 0; i < countof(own); i++)
		if (f->index == own[i])
			return false;
	return f->index >= SF__MAX && !f->builtin && !f->readonly && !f->special &&
	       f->type != FT_FORMULA && f->type != FT_ROLLUP && f->type != FT_SEQUENCE &&
	       f->type != FT_BOOL && f->type != FT_FILE;
}

bool
process_next_fact(struct str *rest, struct str *out)
{
	return tags_next(rest, out);
}

/* Names of fields, and nothing else: what was mistyped would never be asked. */
static bool
stage_facts(struct cx *cx, struct change *c)
{
	struct str rest = c->after->v[STAGE_REQUIRED].s, name;
	const struct object *deal = cx->model->objects[DEAL];
	bool ok = true;

	if (!changed(c, c->object->fields[STAGE_REQUIRED]))
		return true;
	while (process_next_fact(&rest, &name)) {
		const struct field *f = field_find(deal, name);

		if (!f || !process_can_ask(f))
			ok = fail_field(cx, S("required"), "unknown",
					"A deal has no field “%.*s” that could be asked for: give "
					"the names of fields, such as value or expected_on",
					STR_FMT(name));
	}
	return ok;
}

/* ---- what becomes of the deals ---- */

static bool
has_all(const struct cx *cx, const struct object *object, enum operation op)
{
	const struct right *right = &cx->actor->rights[object->index];

	return right->may[op] == SCOPE_ALL && !right->conditional[op];
}

bool
process_can_remove(const struct cx *cx)
{
	const struct object *deal = cx->model->objects[DEAL];

	if (!can_object(cx, cx->model->objects[STAGE], OP_DELETE))
		return false;
	return cx->actor->is_admin || cx->actor->is_system ||
	       (has_all(cx, deal, OP_READ) && has_all(cx, deal, OP_EDIT) &&
		can_edit_field(cx, deal, deal->fields[DEAL_STAGE]) &&
		can_edit_field(cx, deal, deal->fields[DEAL_PIPELINE]));
}

static bool
deals_of(struct cx *cx, const struct row *row, struct query *out)
{
	const struct object *deal = cx->model->objects[DEAL];
	long long id = row->id;
	struct str text =
		row->object->index == STAGE
			? str_printf(cx->mem, "stage = %lld", id)
			: str_printf(cx->mem, "pipeline = %lld or stage.pipeline = %lld", id, id);

	*out = (struct query){ .object = deal, .limit = LIMIT_MAX };
	return cond_parse(cx, cx->mem, cx->model, deal, text, NULL, &out->where);
}

bool
process_count_deals(struct cx *cx, const struct row *row, int64_t *out)
{
	struct query query;

	return deals_of(cx, row, &query) && record_count(cx, &query, out);
}

static bool
move_deal(struct cx *cx, int64_t id, const struct row *to)
{
	const struct object *deal = cx->model->objects[DEAL];
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, deal, id, &c))
		return false;
	change_put(c, deal->fields[DEAL_STAGE], value_int(to->id));
	change_put(c, deal->fields[DEAL_PIPELINE], to->v[STAGE_PIPELINE]);
	return record_save(cx, c);
}

static bool
move_deals(struct cx *cx, const struct query *query, const struct row *to)
{
	struct rows rows;

	do {
		if (!record_query(cx, query, &rows))
			return false;
		for (size_t i = 0; i < rows.n; i++)
			if (!move_deal(cx, rows.v[i].id, to))
				return false;
	} while (rows.next.n);
	return true;
}

/* Neither the stage itself nor one that goes with its pipeline. */
static bool
target_load(struct cx *cx, const struct row *row, int64_t id, struct row **out)
{
	const struct object *stage = cx->model->objects[STAGE];
	bool goes;

	if (!record_load(cx, stage, id, out))
		return false;
	goes = row->object == stage ? row->id == id : (*out)->v[STAGE_PIPELINE].i == row->id;
	return !goes || fail_field(cx, S("to"), "link",
				   "This stage is removed too: choose another one for the deals");
}

bool
process_remove(struct cx *cx, const struct row *row, int64_t to_stage)
{
	struct change *c;
	struct query query;
	struct row *to;
	int64_t n;

	if (!process_can_remove(cx))
		return fail(cx, E_FORBIDDEN,
			    "Only those who may change all deals can remove a stage");
	if (!process_count_deals(cx, row, &n))
		return false;
	if (n > PROCESS_DEALS_MAX)
		return fail(cx, E_TOO_BIG,
			    "More than %d deals stand there: move them in the list first",
			    PROCESS_DEALS_MAX);
	if (n && !to_stage)
		return fail_field(cx, S("to"), "required",
				  "Say to which stage the deals go that stand there");
	if (n && (!target_load(cx, row, to_stage, &to) || !deals_of(cx, row, &query) ||
		  !move_deals(cx, &query, to)))
		return false;
	return change_of(cx, CHANGE_DELETE, row->object, row->id, &c) && record_save(cx, c);
}

static const struct hook hooks[] = { { "stage", HOOK_RULES, stage_facts }, { 0 } };

const struct feature feature_process = { .name = "process", .hooks = hooks };
