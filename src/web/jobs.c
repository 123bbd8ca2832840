/* One's long jobs: what runs, what has ended, why something failed, and the way back. */
#include "flow/bulk.h"
#include "web/record.h"

enum { JOBS_SHOWN = 50, PER_CENT = 100, COUNT_MAX = 40 };

static const char *const DONE[BULK_OP__MAX] = {
	[BULK_UPDATE] = N_("Change"),
	[BULK_DELETE] = N_("Move to the trash"),
	[BULK_RESTORE] = N_("Take out of the trash"),
	[BULK_UNDO] = N_("Undo"),
};

static const struct {
	const char *label, *tone;
} STATES[BULK_STATE__MAX] = {
	[BULK_RUNNING] = { N_("Running"), "info" },
	[BULK_DONE] = { N_("Done"), "success" },
	[BULK_STOPPED] = { N_("Stopped"), "warning" },
};

static struct mv
number(struct cx *cx, int64_t n)
{
	struct buf text = buf_in(cx->mem, COUNT_MAX);

	fmt_int(&text, cx, n);
	return mv_text(buf_done(&text));
}

static struct str
job_url(struct cx *cx, const struct bulk *bulk, const char *tail)
{
	return url_of(cx, S("jobs"), bulk->id, tail);
}

static struct str
label_of(struct cx *cx, const struct bulk *bulk)
{
	const struct face *face = NULL;
	const struct object *object = object_find(cx->model, bulk->object, &face);

	if (!object || !can_object(cx, object, OP_READ))
		return (struct str){ 0 };
	return page_label(cx, face ? face->label_many : object->label_many);
}

/* Why records were refused, with some of them. */
static struct mv
problems(struct cx *cx, const struct bulk *bulk)
{
	const struct object *object = object_find(cx->model, bulk->object, NULL);
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < bulk->n_problems; i++) {
		const struct bulk_problem *at = &bulk->problems[i];
		const struct field *f =
			object && at->field.n ? field_find(object, at->field) : NULL;
		struct mv item = mv_map(cx->mem), samples = mv_list(cx->mem);

		for (size_t k = 0; k < at->n_samples; k++) {
			struct mv sample = mv_map(cx->mem);

			mv_set(sample, S("id"), mv_int(at->samples[k]));
			mv_set(sample, S("url"),
			       mv_text(url_of(cx, bulk->object, at->samples[k], "")));
			mv_add(samples, sample);
		}
		mv_set(item, S("field"), mv_text(f ? page_label(cx, f->label) : at->field));
		mv_set(item, S("why"), mv_text(at->why));
		mv_set(item, S("count"), number(cx, at->n));
		mv_set(item, S("samples"), samples);
		mv_add(list, item);
	}
	return list;
}

static void
add_counts(struct cx *cx, const struct bulk *bulk, struct mv item)
{
	int64_t total = bulk->total ? bulk->total : 1;

	mv_set(item, S("done"), number(cx, bulk->done));
	mv_set(item, S("total"), number(cx, bulk->total));
	mv_set(item, S("max"), mv_int(total));
	mv_set(item, S("value"), mv_int(bulk->done));
	mv_set(item, S("percent"), mv_int(bulk->done * PER_CENT / total));
	mv_set(item, S("changed"), number(cx, bulk->changed));
	if (bulk->unchanged)
		mv_set(item, S("unchanged"), number(cx, bulk->unchanged));
	if (bulk->failed)
		mv_set(item, S("failed"), number(cx, bulk->failed));
}

static struct mv
job_item(struct cx *cx, const struct bulk *bulk)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct mv item = mv_map(cx->mem);
	bool runs = bulk->state == BULK_RUNNING;

	mv_set(item, S("id"), mv_int(bulk->id));
	mv_set(item, S("label"), mv_text(label_of(cx, bulk)));
	mv_set(item, S("what"), mv_z(tr(cx, DONE[bulk->op])));
	mv_set(item, S("state"), mv_z(tr(cx, STATES[bulk->state].label)));
	mv_set(item, S("tone"), mv_z(STATES[bulk->state].tone));
	mv_set(item, S("at"), mv_text(when_text(cx, users->fields[SF_CHANGED_AT], bulk->at)));
	mv_set(item, S("is_running"), mv_bool(runs));
	mv_set(item, S("problems"), problems(cx, bulk));
	if (bulk->undone_by)
		mv_set(item, S("undone_url"),
		       mv_text(str_printf(cx->mem, "#job-%lld", (long long)bulk->undone_by)));
	else if (bulk->changed && !runs)
		mv_set(item, S("undo_url"), mv_text(job_url(cx, bulk, "/undo")));
	if (runs)
		mv_set(item, S("stop_url"), mv_text(job_url(cx, bulk, "/stop")));
	add_counts(cx, bulk, item);
	return item;
}

bool
web_jobs(struct cx *cx, struct request *q, struct reply *r)
{
	struct bulk *bulks = new_array(cx->mem, JOBS_SHOWN, struct bulk);
	struct mv page, list = mv_list(cx->mem);
	bool is_running = false;
	size_t n;

	if (!bulk_list(cx, JOBS_SHOWN, bulks, &n))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "My jobs")));
	for (size_t i = 0; i < n; i++) {
		is_running |= bulks[i].state == BULK_RUNNING;
		mv_add(list, job_item(cx, &bulks[i]));
	}
	mv_set(page, S("jobs"), list);
	mv_set(page, S("is_running"), mv_bool(is_running));
	return page_write(cx, r, request_has_query(q, "part") ? "job-list.html" : "jobs.html",
			  page);
}

static bool
job_change(struct cx *cx, struct request *q, struct reply *r,
	   bool (*change)(struct cx *cx, int64_t id, struct bulk *out))
{
	struct bulk bulk;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !work_begin(cx, S("bulk")))
		return false;
	if (!change(cx, id, &bulk) || !work_commit(cx, NULL)) {
		work_abandon(cx);
		return false;
	}
	reply_redirect(cx, r, S("/jobs"));
	return true;
}

bool
web_job_undo(struct cx *cx, struct request *q, struct reply *r)
{
	return job_change(cx, q, r, bulk_undo);
}

bool
web_job_stop(struct cx *cx, struct request *q, struct reply *r)
{
	return job_change(cx, q, r, bulk_stop);
}
