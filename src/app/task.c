/* When a task was done. */
#include "app/features.h"

#include "base/feature.h"
#include "model/ids.h"
#include "record/record.h"

static bool
task_done(struct cx *cx, struct change *c)
{
	bool done = str_eq(c->after->v[TASK_STATE].s, S("done"));

	if (!changed(c, c->object->fields[TASK_STATE]))
		return true;
	change_put(c, c->object->fields[TASK_DONE_AT],
		   done ? value_int(cx->now) : (struct value){ 0 });
	return true;
}

static const struct hook hooks[] = { { "task", HOOK_RULES, task_done }, { 0 } };

const struct feature feature_task = { .name = "task", .hooks = hooks };
