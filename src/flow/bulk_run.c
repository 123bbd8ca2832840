/* One part of a bulk. */
#include "flow/bulk_private.h"

#include "base/i18n.h"
#include "base/json.h"
#include "flow/flow.h"
#include "model/type.h"
#include "record/authz.h"

enum { BODY_MAX = 1 << 20, VALUE_JSON_MAX = 256 << 10 };

/* What a value is to become: set, or these put to it, or taken from it. */
enum how { HOW_SET, HOW_ADD, HOW_REMOVE, HOW__MAX };
static const char *const HOWS[HOW__MAX] = { "fields", "add", "remove" };

struct setting_of {
	const struct field *field;
	enum how how;
	struct value value; /* HOW_SET */
	const json_t *list; /* the others */
};

struct run {
	struct bulk *bulk;
	const struct object *object;
	const struct face *face;
	struct setting_of *settings;
	size_t n_settings;
	int64_t changed; /* in this part */
};

/* ---- values ---- */

static bool
is_many(const struct field *f)
{
	return f->type == FT_TAGS || f->type == FT_MANY;
}

static bool
setting_read(struct cx *cx, const struct object *object, const char *name, const json_t *item,
	     struct setting_of *out)
{
	const struct field *f = field_find(object, str_of(name));

	if (!f || !AUTHZ(BULK_FIELD, can_see_field(cx, object, f)))
		return fail_field(cx, str_of(name), "unknown", "%.*s has no field of this name",
				  STR_FMT(object->label));
	out->field = f;
	out->list = item;
	if (out->how == HOW_SET)
		return f->row->from_json(cx, f, item, &out->value);
	if (!is_many(f) || !json_is_array(item))
		return fail_field(cx, f->name, "type",
				  "Only lists can be added to fields that hold several values");
	return true;
}

/* All that is wrong is told at once. */
static bool
settings_read(struct cx *cx, const struct object *object, const json_t *values,
	      struct setting_of *out, size_t *n)
{
	bool ok = true;

	*n = 0;
	for (int how = 0; how < HOW__MAX; how++) {
		json_t *group = json_object_get(values, HOWS[how]), *item;
		const char *name;

		if (group && !json_is_object(group))
			return fail_field(cx, str_of(HOWS[how]), "type",
					  "%s is an object of fields", HOWS[how]);
		json_object_foreach(group, name, item)
		{
			if (*n == FIELDS_MAX)
				return fail(cx, E_TOO_BIG, "Too many fields");
			out[*n] = (struct setting_of){ .how = (enum how)how };
			if (!setting_read(cx, object, name, item, &out[*n]))
				ok = false;
			++*n;
		}
	}
	return ok;
}

bool
bulk_values_check(struct cx *cx, const struct object *object, const json_t *values)
{
	struct setting_of *settings = new_array(cx->mem, FIELDS_MAX, struct setting_of);
	size_t n;

	return settings_read(cx, object, values, settings, &n) &&
	       (n || fail_field(cx, S("fields"), "required", "Say which fields change"));
}

/* The list of a record with some put to it or taken from it. */
static bool
list_merged(struct cx *cx, const struct change *c, const struct setting_of *s, struct value *out)
{
	OWNED(json_drop) json_t *list = NULL;
	const struct field *f = s->field;
	struct buf text = buf_in(cx->mem, VALUE_JSON_MAX);
	json_t *item, *other;
	size_t i, k;

	f->row->to_json(f, &c->after->v[f->index], &text);
	if (text.full || !json_parse(cx, buf_done(&text), VALUE_JSON_MAX, &list))
		return fail(cx, E_TOO_BIG, "A record is too big for this");
	if (!json_is_array(list)) {
		json_drop(&list);
		list = json_array();
	}
	json_array_foreach(s->list, i, item)
	{
		for (k = 0; k < json_array_size(list); k++) {
			other = json_array_get(list, k);
			if (json_equal(item, other))
				break;
		}
		if (s->how == HOW_ADD && k == json_array_size(list))
			json_array_append(list, item);
		if (s->how == HOW_REMOVE && k < json_array_size(list))
			json_array_remove(list, k);
	}
	return f->row->from_json(cx, f, list, out);
}

/* ---- one record ---- */

static const enum change_op OPS[] = { [BULK_UPDATE] = CHANGE_EDIT,
				      [BULK_DELETE] = CHANGE_DELETE,
				      [BULK_RESTORE] = CHANGE_RESTORE };

static bool
record_change(struct cx *cx, struct run *run, int64_t id, struct change **out)
{
	struct cond_when when = cond_when_of(cx);
	struct change *c;

	if (!change_of(cx, OPS[run->bulk->op], run->object, id, &c))
		return false;
	if (run->face && !cond_test(run->face->when, &when, NULL, c->before))
		return fail(cx, E_MISSING, "There is no such record");
	for (size_t i = 0; i < run->n_settings; i++) {
		const struct setting_of *s = &run->settings[i];
		struct value v = s->value;

		if (s->how != HOW_SET && !list_merged(cx, c, s, &v))
			return false;
		change_set(c, s->field, v);
	}
	*out = c;
	return record_save(cx, c);
}

/* True: it is the first of its kind, and its texts stand in cx->mem. */
static bool
problem_note(struct cx *cx, struct bulk *bulk, struct str field, struct str why, int64_t id)
{
	struct bulk_problem *at = NULL;
	bool is_new;

	for (size_t i = 0; i < bulk->n_problems; i++)
		if (str_eq(bulk->problems[i].why, why) && str_eq(bulk->problems[i].field, field))
			at = &bulk->problems[i];
	is_new = !at && bulk->n_problems < BULK_PROBLEMS_MAX;
	if (is_new) {
		at = &bulk->problems[bulk->n_problems++];
		*at = (struct bulk_problem){ str_dup(cx->mem, field), str_dup(cx->mem, why) };
	}
	if (!at)
		at = &bulk->problems[BULK_PROBLEMS_MAX - 1];
	at->n++;
	if (id && at->n_samples < BULK_SAMPLES)
		at->samples[at->n_samples++] = id;
	return is_new;
}

/* The cause in cx->err, which is forgotten. */
static bool
failure_note(struct cx *cx, struct bulk *bulk, int64_t id)
{
	bool is_new;
	const struct field_err *f = cx->err.fields;
	struct str why = f ? f->why : cx->err.why;

	if (!why.n)
		why = str_of(tr(cx, err_row(cx->err.code)->text));
	is_new = problem_note(cx, bulk, f ? f->field : (struct str){ 0 }, why, id);
	fail_clear(cx);
	return is_new;
}

static void
record_done(struct run *run, const struct change *c)
{
	struct bulk *bulk = run->bulk;
	bool is_same = c->op == CHANGE_EDIT && c->after->version == c->before->version;

	bulk->unchanged += is_same;
	bulk->changed += !is_same;
	run->changed += !is_same;
	if (!is_same && bulk->n_samples < BULK_SAMPLES)
		bulk->samples[bulk->n_samples++] = c->id;
}

/* A failing database is not the record's own affair. */
static bool
record_try(struct cx *cx, struct run *run, int64_t id)
{
	struct arena_mark mark = arena_mark(cx->mem);
	struct change *c;

	if (!work_savepoint(cx))
		return false;
	run->bulk->done++;
	if (record_change(cx, run, id, &c)) {
		record_done(run, c);
		arena_rewind(cx->mem, mark);
		return work_release(cx);
	}
	if (err_row(cx->err.code)->status >= 500)
		return false;
	run->bulk->failed++;
	if (!failure_note(cx, run->bulk, id))
		arena_rewind(cx->mem, mark);
	return work_rollback_to(cx);
}

/* ---- a part ---- */

static bool
part_records(struct cx *cx, struct run *run, const struct bulk_part *part)
{
	for (int64_t i = 0; i < part->n; i++)
		if (!record_try(cx, run, part->ids[i]))
			return false;
	return true;
}

static bool
part_change(struct cx *cx, struct run *run, const struct bulk_part *part)
{
	OWNED(json_drop) json_t *values = NULL;

	if (!object_open(cx, run->bulk->object, &run->object, &run->face))
		return false;
	run->settings = new_array(cx->mem, FIELDS_MAX, struct setting_of);
	if (run->bulk->op == BULK_UPDATE &&
	    (!json_parse(cx, run->bulk->body, BODY_MAX, &values) ||
	     !settings_read(cx, run->object, values, run->settings, &run->n_settings)))
		return false;
	return part_records(cx, run, part);
}

static bool
part_undo(struct cx *cx, struct run *run, const struct bulk_part *part)
{
	struct conflicts conflicts;
	struct bulk *bulk = run->bulk;
	int64_t n_left;

	if (!changeset_undo(cx, part->undo_of, true, &conflicts))
		return false;
	for (size_t i = 0; i < conflicts.n; i++)
		(void)problem_note(cx, bulk, conflicts.v[i].field, str_of(tr(cx, "changed since")),
				   conflicts.v[i].record);
	n_left = (int64_t)conflicts.n < part->n ? (int64_t)conflicts.n : part->n;
	bulk->done += part->n;
	bulk->failed += n_left;
	bulk->changed += part->n - n_left;
	run->changed += part->n - n_left;
	return true;
}

/* Nothing of a part that failed as a whole remains but its cause. */
static bool
part_try(struct cx *cx, struct run *run, const struct bulk_part *part)
{
	const struct bulk before = *run->bulk;

	if (!work_savepoint(cx))
		return false;
	if (part->undo_of ? part_undo(cx, run, part) : part_change(cx, run, part))
		return run->bulk->dry_run ? work_rollback_to(cx) : work_release(cx);
	if (err_row(cx->err.code)->status >= 500)
		return false;
	*run->bulk = before;
	run->changed = 0;
	run->bulk->done += part->n;
	run->bulk->failed += part->n;
	(void)failure_note(cx, run->bulk, 0);
	return work_rollback_to(cx);
}

bool
bulk_run_part(struct cx *cx, struct bulk *bulk)
{
	struct run run = { .bulk = bulk };
	struct bulk_part part;
	int64_t changeset = 0;

	if (!bulk_part_read(cx, bulk, &part) || !part_try(cx, &run, &part))
		return false;
	if (!bulk->dry_run && !work_changeset(cx, &changeset))
		return false;
	if (!bulk_part_done(cx, bulk, &part, changeset, run.changed))
		return false;
	if (++bulk->next_part == bulk->parts) {
		bulk->state = BULK_DONE;
		bulk->body = (struct str){ 0 };
	}
	return bulk_update(cx, bulk);
}
