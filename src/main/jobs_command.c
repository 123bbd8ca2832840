#include "base/clock.h"
#include "flow/flow.h"
#include "main/command.h"
#include "main/features.h"

enum { JOBS_SHOWN_MAX = 10000, TIME_TEXT_MAX = 40 };

static void
print_kinds(void)
{
	for (size_t i = 0; FEATURES[i]; i++)
		for (const struct job_kind *at = FEATURES[i]->jobs; at && at->name; at++)
			printf("%-24s %s\n", at->name, at->purpose ? at->purpose : "");
}

static bool
print_jobs(struct cx *cx, enum job_state state)
{
	struct job_rows rows;

	if (!db_begin_read(cx) || !jobs_list(cx, state, JOBS_SHOWN_MAX, &rows))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		struct buf at = buf_in(cx->mem, TIME_TEXT_MAX);

		moment_print(&at, rows.v[i].run_at);
		printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%lld\t%.*s\n", (long long)rows.v[i].id,
		       STR_FMT(rows.v[i].kind), STR_FMT(rows.v[i].key), STR_FMT(rows.v[i].state),
		       STR_FMT(buf_done(&at)), (long long)rows.v[i].tries,
		       STR_FMT(rows.v[i].error));
	}
	db_rollback(cx);
	return true;
}

static bool
revive(struct cx *cx, struct str which)
{
	int64_t id = 0;

	if (!str_eq(which, S("all")) && !str_int(which, 1, INT64_MAX, &id))
		return fail(cx, E_USAGE, "--revive takes a job's number or all");
	return work_begin(cx, S("jobs revive")) && jobs_revive(cx, id) && work_commit(cx, NULL);
}

int
run_jobs(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	bool ok;

	print_kinds();
	if (!house_exists(cx, &args->config))
		return 0;
	ok = house_open(cx, &args->config, 0, &house) &&
	     (!args_has(args, "revive") || revive(cx, args_get(args, "revive"))) &&
	     print_jobs(cx, args_has(args, "dead") ? JOB_DEAD : JOB_STATE__MAX);
	house_close(cx, &house);
	return command_done(cx, ok);
}
