/* Import and export. */
#include "data/import.h"
#include "main/command.h"
#include "main/progress.h"

#include <sys/stat.h>

enum { REPORT_MAX = 16 << 20 };

static void
show_rows(void *to, int64_t rows, int64_t bytes)
{
	struct progress *progress = to;

	progress_show(progress, bytes, rows);
}

/* 0: not a file of a known length. */
static int64_t
length_of(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

static bool
import_run(struct cx *cx, const struct args *args, struct import_report *out)
{
	const char *file = str_z(cx->mem, args->words[args->n - 1]), *map = NULL;
	struct progress progress = { .total = length_of(file), .of = "rows" };
	struct import_options options = { .dry_run = args_has(args, "dry_run"),
					  .progress = show_rows,
					  .progress_to = &progress };
	bool done;

	if (args->n == 2)
		options.object = args->words[0];
	if (args_has(args, "map"))
		map = str_z(cx->mem, args_get(args, "map"));
	else if (args->n < 2)
		return fail(
			cx, E_USAGE,
			"Name the object that the rows become, or a map that names it: kontor import "
			"person FILE");
	done = data_import_file(cx, file, map, options, out);
	progress_end(&progress);
	return done;
}

int
run_import(struct cx *cx, struct args *args)
{
	struct str format = args_get(args, "format");
	struct buf text = buf_in(cx->mem, REPORT_MAX);
	struct import_report report;
	struct house house = { 0 };
	bool ok;

	if (format.n && !str_eq(format, S("json")) && !str_eq(format, S("text")))
		return command_done(cx, fail(cx, E_USAGE,
					     "The report comes as text or as json: --format json"));
	cx->door = S("import");
	ok = house_open(cx, &args->config, HOUSE_MAKE, &house) && import_run(cx, args, &report);
	if (ok) {
		if (str_eq(format, S("json")))
			import_report_json(&report, &text);
		else
			import_report_print(cx, &report, &text);
		printf("%.*s%s", STR_FMT(buf_done(&text)), str_eq(format, S("json")) ? "\n" : "");
	}
	house_close(cx, &house);
	return command_done(cx, ok);
}
