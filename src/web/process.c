/* The editor of sales processes: pipelines and their stages on one page. */
#include "web/process.h"

#include "app/process.h"
#include "model/ids.h"
#include "record/authz.h"

const char *const PROCESS_STAGE_FIELDS[] = { "name",       "probability", "outcome", "idle_days",
					     "deal_limit", "required",    NULL };
const char *const PROCESS_PIPELINE_FIELDS[] = { "name", "kind", "active", NULL };

enum { SHOWN_MAX = 8 };

bool
process_open(struct cx *cx, struct process *out)
{
	*out = (struct process){ .pipeline = cx->model->objects[PIPELINE],
				 .stage = cx->model->objects[STAGE],
				 .deal = cx->model->objects[DEAL] };
	return AUTHZ(PAGE_PROCESS, can_object(cx, out->pipeline, OP_READ) &&
					   can_object(cx, out->stage, OP_EDIT)) ||
	       fail(cx, E_FORBIDDEN, "You may not change sales processes");
}

bool
process_read(struct cx *cx, struct process *process)
{
	struct sort_key by_name = { process->pipeline->fields[PIPELINE_NAME], false };
	struct sort_key by_position = { process->stage->fields[STAGE_POSITION], false };
	struct query pipelines = { .object = process->pipeline,
				   .sort = &by_name,
				   .n_sort = 1,
				   .limit = PROCESS_PIPELINES_MAX };
	struct query stages = { .object = process->stage,
				.sort = &by_position,
				.n_sort = 1,
				.limit = PROCESS_STAGES_MAX };

	return record_query(cx, &pipelines, &process->pipelines) &&
	       record_query(cx, &stages, &process->stages);
}

struct form
process_part(struct cx *cx, const struct form *form, const char *const *fields, struct str key)
{
	struct str tail = str_printf(cx->mem, "-%.*s", STR_FMT(key));
	struct form part = { 0 };

	for (; *fields; fields++) {
		struct form_field has = { .name = S("has"), .value = str_of(*fields) };

		list_add(cx->mem, &part, has);
	}
	for (size_t i = 0; i < form->n; i++) {
		struct form_field field = form->v[i];

		if (!str_ends(field.name, tail))
			continue;
		field.name = str_first(field.name, field.name.n - tail.n);
		list_add(cx->mem, &part, field);
	}
	return part;
}

/* ---- controls ---- */

struct shown_part { /* one record of the page */
	const struct process *process;
	const struct row *row;
	const char *const *fields;
	struct str key;
	bool is_typed, is_wrong;
};

static bool
add_controls(struct cx *cx, const struct shown_part *part, struct mv item)
{
	struct form typed = { 0 };
	struct form_state state = { 0 };
	struct field *fields[SHOWN_MAX];
	struct mv controls;
	size_t n = 0;

	if (part->is_typed) {
		typed = process_part(cx, part->process->typed, part->fields, part->key);
		state.typed = &typed;
		state.err = part->is_wrong ? part->process->err : NULL;
	}
	for (size_t i = 0; part->fields[i]; i++) {
		const struct field *f = field_find(part->row->object, str_of(part->fields[i]));

		if (f && f->type != FT_TAGS)
			fields[n++] = (struct field *)(uintptr_t)f;
	}
	if (!form_build_some(cx, part->row, &state, fields, n, &controls))
		return false;
	mv_set(item, S("key"), mv_text(part->key));
	mv_set(item, S("controls"), controls);
	return true;
}

static bool
has_fact(const struct shown_part *part, const struct form *typed, struct str name)
{
	struct str rest = part->row->v[STAGE_REQUIRED].s, fact;

	for (size_t i = 0; part->is_typed && i < typed->n; i++)
		if (str_eq(typed->v[i].name, S("required")) && str_eq(typed->v[i].value, name))
			return true;
	while (!part->is_typed && process_next_fact(&rest, &fact))
		if (str_eq(fact, name))
			return true;
	return false;
}

/* The boxes of what a stage asks for, and the names of those that are ticked. */
static void
add_facts(struct cx *cx, const struct shown_part *part, struct mv item)
{
	const struct object *deal = part->process->deal;
	struct form typed = { 0 };
	struct mv facts = mv_list(cx->mem);
	struct buf text = buf_in(cx->mem, CELL_MAX);

	if (part->is_typed)
		typed = process_part(cx, part->process->typed, part->fields, part->key);
	for (unsigned i = SF__MAX; i < deal->n_fields; i++) {
		const struct field *f = deal->fields[i];
		struct mv fact = mv_map(cx->mem);
		bool is_on = has_fact(part, &typed, f->name);

		if (!process_can_ask(f) || !can_see_field(cx, deal, f))
			continue;
		if (is_on) {
			buf_z(&text, text.n ? ", " : "");
			buf_str(&text, page_label(cx, f->label));
		}
		mv_set(fact, S("name"), mv_text(f->name));
		mv_set(fact, S("label"), mv_text(page_label(cx, f->label)));
		mv_set(fact, S("is_on"), mv_bool(is_on));
		mv_add(facts, fact);
	}
	mv_set(item, S("facts"), facts);
	mv_set(item, S("facts_text"), mv_text(text.n ? buf_done(&text) : str_of(tr(cx, "none"))));
}

/* ---- stages ---- */

static struct str
id_text(struct cx *cx, int64_t id)
{
	return str_printf(cx->mem, "%lld", (long long)id);
}

static int64_t
deals_in(const struct groups *groups, int64_t stage)
{
	for (size_t i = 0; i < groups->n; i++)
		if (groups->v[i].key[0].kind == V_INT && groups->v[i].key[0].i == stage)
			return groups->v[i].measure[0].i;
	return 0;
}

static void
add_deals(struct cx *cx, const struct row *stage, int64_t n, struct mv item)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	if (!n)
		return;
	BUF_LIT(&url, "/deal");
	url_add(&url, "where", str_printf(cx->mem, "stage = %lld", (long long)stage->id));
	mv_set(item, S("deals_url"), mv_text(buf_done(&url)));
	mv_set(item, S("deals"),
	       mv_text(str_printf(cx->mem, tr_n(cx, "%lld deal", "%lld deals", n), (long long)n)));
}

static bool
add_stage(struct cx *cx, const struct shown_part *part, const struct groups *deals,
	  struct mv stages)
{
	const struct row *row = part->row;
	struct mv item = mv_map(cx->mem);
	const struct option *option =
		option_find(row->object->fields[STAGE_OUTCOME], row->v[STAGE_OUTCOME].s);

	if (!add_controls(cx, part, item))
		return false;
	add_facts(cx, part, item);
	if (row->id)
		add_deals(cx, row, deals_in(deals, row->id), item);
	mv_set(item, S("name"), mv_text(row->v[STAGE_NAME].s));
	mv_set(item, S("version"), mv_int(row->version));
	mv_set(item, S("tone"), mv_text(option ? option->tone : (struct str){ 0 }));
	mv_add(stages, item);
	return true;
}

/* The stages of a pipeline: as they were sent where they were, else by their position. */
static size_t
stages_of(struct cx *cx, const struct process *process, const struct row *pipeline,
	  const struct row ***out)
{
	const struct row **list = new_array(cx->mem, process->stages.n + 1, const struct row *);
	size_t n = 0, at = 0;

	for (size_t i = 0; i < process->stages.n; i++)
		if (process->stages.v[i].v[STAGE_PIPELINE].i == pipeline->id)
			list[n++] = &process->stages.v[i];
	for (size_t i = 0; process->typed_id == pipeline->id && i < process->typed->n; i++) {
		const struct form_field *field = &process->typed->v[i];

		for (size_t k = at; str_eq(field->name, S("stage")) && k < n; k++) {
			const struct row *row = list[k];

			if (!str_eq(field->value, id_text(cx, row->id)))
				continue;
			memmove(&list[at + 1], &list[at], (k - at) * sizeof(*list));
			list[at++] = row;
			break;
		}
	}
	*out = list;
	return n;
}

static const struct row *
fresh_stage(struct cx *cx, const struct process *process)
{
	struct row *row = change_new(cx, process->stage, NULL)->after;

	for (unsigned i = SF__MAX; i < process->stage->n_fields; i++)
		row->v[i] = field_initial(cx, process->stage->fields[i]);
	return row;
}

static bool
add_stages(struct cx *cx, const struct process *process, const struct row *pipeline,
	   const struct groups *deals, struct mv item)
{
	struct mv stages = mv_list(cx->mem), fresh = mv_list(cx->mem);
	const struct row **list;
	size_t n = stages_of(cx, process, pipeline, &list);
	bool is_typed = process->typed_id == pipeline->id;
	struct shown_part part = { process, NULL, PROCESS_STAGE_FIELDS, S("new"), is_typed, false };
	bool is_stage = process->wrong == process->stage;

	for (size_t i = 0; i < n; i++) {
		struct shown_part one = part;

		one.row = list[i];
		one.key = id_text(cx, list[i]->id);
		one.is_wrong = is_stage && process->wrong_id == list[i]->id;
		if (!add_stage(cx, &one, deals, stages))
			return false;
	}
	part.row = fresh_stage(cx, process);
	part.is_wrong = is_stage && !process->wrong_id;
	mv_set(item, S("stages"), stages);
	mv_set(item, S("can_add"), mv_bool(can_object(cx, process->stage, OP_CREATE)));
	mv_set(item, S("new_is_wrong"), mv_bool(is_typed && part.is_wrong));
	if (!add_stage(cx, &part, deals, fresh))
		return false;
	mv_set(item, S("fresh"), fresh);
	return true;
}

/* ---- the page ---- */

static bool
add_pipeline(struct cx *cx, const struct process *process, const struct row *row,
	     const struct groups *deals, struct mv list)
{
	struct mv item = mv_map(cx->mem);
	struct shown_part part = { process,
				   row,
				   PROCESS_PIPELINE_FIELDS,
				   S("pipeline"),
				   process->typed_id == row->id,
				   process->wrong == process->pipeline };

	mv_set(item, S("id"), mv_int(row->id));
	mv_set(item, S("name"), mv_text(row->v[PIPELINE_NAME].s));
	mv_set(item, S("version"), mv_int(row->version));
	mv_set(item, S("is_active"), mv_bool(row->v[PIPELINE_ACTIVE].i == 1));
	mv_set(item, S("action"), mv_text(url_of(cx, S("admin/pipelines"), row->id, "")));
	if (process_can_remove(cx))
		mv_set(item, S("can_remove"), mv_bool(true));
	if (!add_controls(cx, &part, item) || !add_stages(cx, process, row, deals, item))
		return false;
	mv_add(list, item);
	return true;
}

/* How many deals stand in each stage, as far as the reader sees them. */
static bool
count_deals(struct cx *cx, const struct process *process, struct groups *out)
{
	struct aggregate a = { 0 };

	*out = (struct groups){ 0 };
	if (!can_object(cx, process->deal, OP_READ) ||
	    !can_see_field(cx, process->deal, process->deal->fields[DEAL_STAGE]))
		return true;
	return aggregate_parse(cx, process->deal, S("stage"), S("count"), &a) &&
	       record_aggregate(cx, &a, out);
}

static void
add_errors(struct cx *cx, const struct process *process, struct mv page)
{
	struct mv errors = mv_list(cx->mem);
	const struct err *err = process->err;

	for (const struct field_err *at = err ? err->fields : NULL; at; at = at->next) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("why"), mv_text(at->why));
		mv_add(errors, item);
	}
	if (err && !err->fields) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("why"),
		       mv_text(err->why.n ? err->why : str_of(tr(cx, err_row(err->code)->text))));
		mv_add(errors, item);
	}
	mv_set(page, S("errors"), errors);
	mv_set(page, S("has_errors"), mv_bool(err != NULL));
}

bool
process_page(struct cx *cx, struct request *q, struct reply *r, const struct process *process)
{
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Sales processes")));
	struct mv list = mv_list(cx->mem), controls;
	const struct form_state none = { 0 };
	const struct row *fresh = change_new(cx, process->pipeline, NULL)->after;
	struct field *fields[] = { process->pipeline->fields[PIPELINE_NAME],
				   process->pipeline->fields[PIPELINE_KIND] };
	struct groups deals;

	if (!count_deals(cx, process, &deals))
		return false;
	for (size_t i = 0; i < process->pipelines.n; i++)
		if (!add_pipeline(cx, process, &process->pipelines.v[i], &deals, list))
			return false;
	mv_set(page, S("pipelines"), list);
	mv_set(page, S("is_empty"), mv_bool(!process->pipelines.n));
	add_errors(cx, process, page);
	if (can_object(cx, process->pipeline, OP_CREATE) &&
	    can_object(cx, process->stage, OP_CREATE)) {
		if (!form_build_some(cx, fresh, &none, fields, countof(fields), &controls))
			return false;
		mv_set(page, S("key"), mv_text(S("fresh")));
		mv_set(page, S("controls"), controls);
		mv_set(page, S("can_create"), mv_bool(true));
	}
	return page_write(cx, r, "admin-pipelines.html", page);
}

bool
admin_pipelines(struct cx *cx, struct request *q, struct reply *r)
{
	struct process process;

	return process_open(cx, &process) && process_read(cx, &process) &&
	       process_page(cx, q, r, &process);
}
