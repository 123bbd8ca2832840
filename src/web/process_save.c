/* The editor of sales processes: saving, making and removing. */
#include "web/process.h"

#include "app/process.h"
#include "db/db.h"
#include "model/ids.h"

/* What a button of the form does beside saving: "up:12". */
struct deed {
	struct str verb;
	int64_t stage; /* or 0 */
};

/* The stages in the order they were sent, 0 for a new one. */
struct order {
	int64_t *v;
	size_t n;
};

static struct deed
deed_of(const struct form *form)
{
	struct str rest = form_value(form, "do");
	struct deed deed = { .verb = str_cut(&rest, ':') };

	if (!str_int(rest, 1, INT64_MAX, &deed.stage))
		deed.stage = 0;
	return deed;
}

static struct order
order_of(struct cx *cx, const struct form *form, const struct deed *deed)
{
	struct order order = { .v = new_array(cx->mem, form->n + 2, int64_t) };

	for (size_t i = 0; i < form->n; i++)
		if (str_eq(form->v[i].name, S("stage")) &&
		    str_int(form->v[i].value, 1, INT64_MAX, &order.v[order.n]))
			order.n++;
	for (size_t i = 0; i < order.n; i++) {
		size_t other = str_eq(deed->verb, S("up"))     ? i - 1
			       : str_eq(deed->verb, S("down")) ? i + 1
							       : order.n;

		if (order.v[i] != deed->stage || other >= order.n)
			continue;
		order.v[i] = order.v[other];
		order.v[other] = deed->stage;
		break;
	}
	return order;
}

static struct str
key_of(struct cx *cx, int64_t id)
{
	return id ? str_printf(cx->mem, "%lld", (long long)id) : S("new");
}

/* A new open stage stands before those where a process ends. */
static void
order_add(struct cx *cx, const struct form *form, struct order *order)
{
	struct form fresh = process_part(cx, form, PROCESS_STAGE_FIELDS, S("new"));
	size_t at = 0;

	if (!str_trim(form_value(&fresh, "name")).n)
		return;
	for (; str_eq(form_value(&fresh, "outcome"), S("open")) && at < order->n; at++) {
		struct form one =
			process_part(cx, form, PROCESS_STAGE_FIELDS, key_of(cx, order->v[at]));

		if (!str_eq(form_value(&one, "outcome"), S("open")))
			break;
	}
	if (!str_eq(form_value(&fresh, "outcome"), S("open")))
		at = order->n;
	memmove(&order->v[at + 1], &order->v[at], (order->n - at) * sizeof *order->v);
	order->v[at] = 0;
	order->n++;
}

/* ---- saving one pipeline ---- */

static bool
save_part(struct cx *cx, struct change *c, const struct form *form, const char *const *fields,
	  struct str key)
{
	struct form part = process_part(cx, form, fields, key);

	if (!str_int(form_value(&part, "version"), 1, INT64_MAX, &c->if_version))
		c->if_version = 0;
	return form_read(cx, c, &part) && record_save(cx, c);
}

static bool
save_pipeline(struct cx *cx, struct process *process, const struct form *form, int64_t id)
{
	struct change *c;

	process->wrong = process->pipeline;
	return !can_object(cx, process->pipeline, OP_EDIT) ||
	       (change_of(cx, CHANGE_EDIT, process->pipeline, id, &c) &&
		save_part(cx, c, form, PROCESS_PIPELINE_FIELDS, S("pipeline")));
}

static bool
stage_open(struct cx *cx, const struct process *process, int64_t pipeline, int64_t id,
	   struct change **out)
{
	if (!id) {
		*out = change_new(cx, process->stage, NULL);
		change_set(*out, process->stage->fields[STAGE_PIPELINE], value_int(pipeline));
		return true;
	}
	if (!change_of(cx, CHANGE_EDIT, process->stage, id, out))
		return false;
	return (*out)->before->v[STAGE_PIPELINE].i == pipeline ||
	       fail(cx, E_CONFLICT, "This stage has been moved to another pipeline meanwhile");
}

static bool
save_stages(struct cx *cx, struct process *process, const struct form *form,
	    const struct order *order)
{
	process->wrong = process->stage;
	for (size_t i = 0; i < order->n; i++) {
		struct change *c;

		process->wrong_id = order->v[i];
		if (!stage_open(cx, process, process->typed_id, order->v[i], &c))
			return false;
		change_set(c, process->stage->fields[STAGE_POSITION], value_int((int64_t)i + 1));
		if (!save_part(cx, c, form, PROCESS_STAGE_FIELDS, key_of(cx, order->v[i])))
			return false;
	}
	return true;
}

static void
go_back(struct cx *cx, struct reply *r, struct str url, int64_t changeset, int64_t pipeline)
{
	struct buf to = buf_in(cx->mem, URL_MAX);

	buf_str(&to, url);
	if (changeset)
		url_add(&to, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	if (pipeline)
		buf_printf(&to, "#pipeline-%lld", (long long)pipeline);
	reply_redirect(cx, r, buf_done(&to));
}

/* The page again, with what was typed and what is wrong with it. */
static bool
show_again(struct cx *cx, struct request *q, struct reply *r, struct process *process)
{
	struct err *err = new(cx->mem, struct err);

	*err = cx->err;
	work_abandon(cx);
	if (err->code != E_INPUT && err->code != E_STALE && err->code != E_CONFLICT &&
	    err->code != E_FORBIDDEN)
		return false;
	fail_clear(cx);
	r->status = err_row(err->code)->status;
	process->err = err;
	return db_begin_read(cx) && process_read(cx, process) && process_page(cx, q, r, process);
}

bool
admin_pipeline_save(struct cx *cx, struct request *q, struct reply *r)
{
	struct process process;
	struct form form;
	struct order order;
	struct deed deed;
	int64_t id, changeset;

	if (!process_open(cx, &process) || !request_param_int(cx, q, "id", &id) ||
	    !request_form(cx, q, &form))
		return false;
	deed = deed_of(&form);
	order = order_of(cx, &form, &deed);
	order_add(cx, &form, &order);
	process.typed = &form;
	process.typed_id = id;
	if (!work_begin(cx, S("processes")) || !save_pipeline(cx, &process, &form, id) ||
	    !save_stages(cx, &process, &form, &order) || !work_commit(cx, &changeset))
		return show_again(cx, q, r, &process);
	if (str_eq(deed.verb, S("remove")))
		go_back(cx, r,
			deed.stage ? str_printf(cx->mem, "/admin/pipelines/remove?stage=%lld",
						(long long)deed.stage)
				   : str_printf(cx->mem, "/admin/pipelines/remove?pipeline=%lld",
						(long long)id),
			changeset, 0);
	else
		go_back(cx, r, S("/admin/pipelines"), changeset, id);
	return true;
}

/* ---- a new one ---- */

static bool
make_stage(struct cx *cx, const struct process *process, int64_t pipeline, const struct row *like)
{
	struct change *c = change_new(cx, process->stage, NULL);

	change_set(c, process->stage->fields[STAGE_PIPELINE], value_int(pipeline));
	for (unsigned i = SF__MAX; i < process->stage->n_fields; i++)
		if (i != STAGE_PIPELINE && can_change_field(cx, process->stage->fields[i]))
			change_set(c, process->stage->fields[i], like->v[i]);
	return record_save(cx, c);
}

/* A process that begins, and ends well or badly. */
static bool
make_first_stages(struct cx *cx, const struct process *process, int64_t pipeline)
{
	static const struct {
		const char *name, *outcome;
		int probability;
	} first[] = { { N_("Inquiry"), "open", 10 },
		      { N_("Quote"), "open", 50 },
		      { N_("Won"), "won", 100 },
		      { N_("Lost"), "lost", 0 } };

	for (size_t i = 0; i < countof(first); i++) {
		struct row *like = change_new(cx, process->stage, NULL)->after;

		like->v[STAGE_NAME] = value_text(str_of(tr(cx, first[i].name)));
		like->v[STAGE_OUTCOME] = value_text(str_of(first[i].outcome));
		like->v[STAGE_PROBABILITY] = value_int((int64_t)first[i].probability * 100);
		like->v[STAGE_POSITION] = value_int((int64_t)i + 1);
		if (!make_stage(cx, process, pipeline, like))
			return false;
	}
	return true;
}

static bool
make_stages(struct cx *cx, const struct process *process, int64_t pipeline, int64_t like)
{
	for (size_t i = 0; i < process->stages.n; i++)
		if (process->stages.v[i].v[STAGE_PIPELINE].i == like &&
		    !make_stage(cx, process, pipeline, &process->stages.v[i]))
			return false;
	return like || make_first_stages(cx, process, pipeline);
}

bool
admin_pipeline_new(struct cx *cx, struct request *q, struct reply *r)
{
	struct process process;
	struct form form;
	struct change *c;
	int64_t like = 0, changeset;

	if (!process_open(cx, &process) || !request_form(cx, q, &form))
		return false;
	if (!str_int(form_value(&form, "like"), 1, INT64_MAX, &like))
		like = 0;
	if (!work_begin(cx, S("processes")))
		return false;
	c = change_new(cx, process.pipeline, NULL);
	process.wrong = process.pipeline;
	if (!str_trim(form_value(&form, "name-fresh")).n)
		fail_field(cx, S("name"), "required", "A pipeline needs a name");
	else if (process_read(cx, &process) &&
		 save_part(cx, c, &form, (const char *const[]){ "name", "kind", NULL },
			   S("fresh")) &&
		 make_stages(cx, &process, c->id, like) && work_commit(cx, &changeset)) {
		go_back(cx, r, S("/admin/pipelines"), changeset, c->id);
		return true;
	}
	return show_again(cx, q, r, &process);
}

/* ---- removing ---- */

static bool
doomed_load(struct cx *cx, const struct process *process, struct str stage, struct str pipeline,
	    struct row **out)
{
	int64_t id;

	if (str_int(stage, 1, INT64_MAX, &id))
		return record_load(cx, process->stage, id, out);
	if (str_int(pipeline, 1, INT64_MAX, &id))
		return record_load(cx, process->pipeline, id, out);
	return fail(cx, E_MISSING, "There is no such stage");
}

static bool
goes_too(const struct row *doomed, const struct row *stage)
{
	return doomed->object == stage->object ? doomed->id == stage->id
					       : stage->v[STAGE_PIPELINE].i == doomed->id;
}

/* Where the deals may go: the other stages, by pipeline. */
static struct mv
targets(struct cx *cx, const struct process *process, const struct row *doomed)
{
	struct mv groups = mv_list(cx->mem);

	for (size_t i = 0; i < process->pipelines.n; i++) {
		const struct row *pipeline = &process->pipelines.v[i];
		struct mv group = mv_map(cx->mem), items = mv_list(cx->mem);

		for (size_t k = 0; k < process->stages.n; k++) {
			const struct row *stage = &process->stages.v[k];
			struct mv item = mv_map(cx->mem);

			if (stage->v[STAGE_PIPELINE].i != pipeline->id || goes_too(doomed, stage))
				continue;
			mv_set(item, S("id"), mv_int(stage->id));
			mv_set(item, S("label"), mv_text(stage->v[STAGE_NAME].s));
			mv_add(items, item);
		}
		mv_set(group, S("label"), mv_text(pipeline->v[PIPELINE_NAME].s));
		mv_set(group, S("items"), items);
		if (mv_is_true(&items))
			mv_add(groups, group);
	}
	return groups;
}

static struct mv
names_of_stages(struct cx *cx, const struct process *process, const struct row *doomed)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < process->stages.n; i++) {
		struct mv item = mv_map(cx->mem);

		if (doomed->object == process->stage || !goes_too(doomed, &process->stages.v[i]))
			continue;
		mv_set(item, S("name"), mv_text(process->stages.v[i].v[STAGE_NAME].s));
		mv_add(list, item);
	}
	return list;
}

static bool
remove_page(struct cx *cx, struct request *q, struct reply *r, struct process *process,
	    const struct row *doomed)
{
	bool is_stage = doomed->object == process->stage;
	struct str name = doomed->v[doomed->object->title->index].s;
	struct mv page = page_new(cx, q, r,
				  str_printf(cx->mem,
					     is_stage ? tr(cx, "Remove the stage “%.*s”")
						      : tr(cx, "Remove the pipeline “%.*s”"),
					     STR_FMT(name)));
	int64_t n;

	if (!process_read(cx, process) || !process_count_deals(cx, doomed, &n))
		return false;
	mv_set(page, is_stage ? S("stage") : S("pipeline"), mv_int(doomed->id));
	mv_set(page, S("stages"), names_of_stages(cx, process, doomed));
	mv_set(page, S("is_whole"), mv_bool(!is_stage));
	mv_set(page, S("groups"), targets(cx, process, doomed));
	mv_set(page, S("has_deals"), mv_bool(n > 0));
	mv_set(page, S("is_too_many"), mv_bool(n > PROCESS_DEALS_MAX));
	mv_set(page, S("deals"),
	       mv_text(str_printf(cx->mem,
				  tr_n(cx, "%lld deal stands there.", "%lld deals stand there.", n),
				  (long long)n)));
	mv_set(page, S("why"),
	       mv_text(process->err ? process->err->fields->why : (struct str){ 0 }));
	return page_write(cx, r, "admin-pipeline-remove.html", page);
}

bool
admin_pipeline_remove(struct cx *cx, struct request *q, struct reply *r)
{
	struct process process;
	struct row *doomed;

	return process_open(cx, &process) &&
	       (process_can_remove(cx) ||
		fail(cx, E_FORBIDDEN, "Only those who may change all deals can remove a stage")) &&
	       doomed_load(cx, &process, request_query(q, "stage"), request_query(q, "pipeline"),
			   &doomed) &&
	       remove_page(cx, q, r, &process, doomed);
}

bool
admin_pipeline_removed(struct cx *cx, struct request *q, struct reply *r)
{
	struct process process;
	struct form form;
	struct row *doomed = NULL;
	struct err err;
	int64_t to = 0, changeset;

	if (!process_open(cx, &process) || !request_form(cx, q, &form))
		return false;
	if (!str_int(form_value(&form, "to"), 1, INT64_MAX, &to))
		to = 0;
	if (work_begin(cx, S("processes")) &&
	    doomed_load(cx, &process, form_value(&form, "stage"), form_value(&form, "pipeline"),
			&doomed) &&
	    process_remove(cx, doomed, to) && work_commit(cx, &changeset)) {
		go_back(cx, r, S("/admin/pipelines"), changeset, 0);
		return true;
	}
	work_abandon(cx);
	if (cx->err.code != E_INPUT || !cx->err.fields || !doomed)
		return false;
	err = cx->err;
	process.err = &err;
	fail_clear(cx);
	r->status = err_row(E_INPUT)->status;
	return page_read(cx) && remove_page(cx, q, r, &process, doomed);
}
