/* Undo, check, reindex, erase, settings. */
#include "main/command.h"

static bool
parse_id(struct cx *cx, struct str text, int64_t *out)
{
	return str_int(text, 1, INT64_MAX, out) ||
	       fail(cx, E_USAGE, "%.*s is not a number from 1", STR_FMT(text));
}

static void
print_conflicts(const struct conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->n; i++)
		fprintf(stderr, "%.*s %lld%s%.*s: %.*s\n", STR_FMT(conflicts->v[i].object->name),
			(long long)conflicts->v[i].record, conflicts->v[i].field.n ? " " : "",
			STR_FMT(conflicts->v[i].field), STR_FMT(conflicts->v[i].why));
}

int
run_undo(struct cx *cx, struct args *args)
{
	struct conflicts conflicts = { 0 };
	struct house house = { 0 };
	int64_t changeset, undone = 0;
	bool ok = parse_id(cx, args->words[0], &changeset) &&
		  house_open(cx, &args->config, 0, &house) && work_begin(cx, S("undo")) &&
		  changeset_undo(cx, changeset, args_has(args, "force"), &conflicts) &&
		  work_commit(cx, &undone);

	print_conflicts(&conflicts);
	if (ok)
		printf("%lld\n", (long long)undone);
	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_check(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct strs findings = { 0 };
	bool ok = house_open(cx, &args->config, 0, &house) && db_begin_read(cx) &&
		  store_check(cx, &findings);
	int code;

	for (size_t i = 0; i < findings.n; i++)
		printf("%.*s\n", STR_FMT(findings.v[i]));
	if (ok && !findings.n)
		puts("ok");
	house_close(cx, &house);
	code = command_done(cx, ok);
	return code ? code : findings.n != 0;
}

int
run_reindex(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	int64_t n;
	bool ok = house_open(cx, &args->config, 0, &house) && store_reindex(cx, &n);

	if (ok)
		printf("%lld\n", (long long)n);
	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_erase(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	const struct object *object;
	int64_t id;
	bool ok = parse_id(cx, args->words[1], &id) && house_open(cx, &args->config, 0, &house) &&
		  object_open(cx, args->words[0], &object, NULL) && subject_erase(cx, object, id);

	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_set(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct str value;
	bool ok = house_open(cx, &args->config, 0, &house);

	if (ok && args->n == 1) {
		ok = db_begin_read(cx) && setting_get(cx, args->words[0], &value);
		if (ok)
			printf("%.*s\n", STR_FMT(value));
	} else if (ok) {
		ok = work_begin(cx, S("set")) && setting_set(cx, args->words[0], args->words[1]) &&
		     work_commit(cx, NULL);
	}
	house_close(cx, &house);
	return command_done(cx, ok);
}
