/* `kontor import` and `kontor export`. */
#include "base/i18n.h"
#include "data/export.h"
#include "data/import.h"
#include "main/command.h"
#include "main/progress.h"

#include <errno.h>
#include <fcntl.h>
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
	struct progress progress = { .total = length_of(file), .of = tr(cx, "rows") };
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

/* ---- export ---- */

static void
show_exported(void *to, int64_t rows)
{
	progress_show(to, 0, rows);
}

static bool
format_of(struct cx *cx, const struct args *args, struct str path, enum export_format *out)
{
	struct str name = args_get(args, "format");

	if (!name.n && path.n) {
		size_t dot = path.n;

		while (dot && path.p[dot - 1] != '.' && path.p[dot - 1] != '/')
			dot--;
		if (export_format_find(str_from(path, dot), out))
			return true;
	}
	return export_format_find(name.n ? name : S("csv"), out) ||
	       fail(cx, E_USAGE,
		    "There is no format %.*s; there are csv, xlsx, json, jsonl and vcf",
		    STR_FMT(name));
}

static bool
export_to(struct cx *cx, const struct args *args, enum export_format format, FILE *file,
	  struct export_report *out)
{
	struct progress progress = { .of = tr(cx, "records") };
	struct export_options options = { .object = args->words[0],
					  .where = args_get(args, "where"),
					  .fields = args_get(args, "fields"),
					  .format = format,
					  .sink = { sink_file, file },
					  .progress = show_exported,
					  .progress_to = &progress };
	bool done = db_begin_read(cx) && data_export(cx, &options, out);

	progress_end(&progress);
	return done;
}

/* A file gets its name when it is whole. */
static bool
export_file(struct cx *cx, const struct args *args, enum export_format format, struct str path,
	    struct export_report *out)
{
	const char *name = str_z(cx->mem, path), *part = str_printf(cx->mem, "%s.part", name).p;
	FILE *file = fopen(part, "we");
	bool done;

	if (!file)
		return fail(cx, E_IO, "%s cannot be written: %s; name another place", name,
			    strerror(errno));
	done = export_to(cx, args, format, file, out);
	if (fclose(file) && done)
		done = fail(cx, E_IO, "%s cannot be written: %s; make room, or name another place",
			    name, strerror(errno));
	if (done && rename(part, name))
		done = fail(cx, E_IO, "%s cannot be written: %s; name another place", name,
			    strerror(errno));
	if (!done)
		unlink(part);
	return done;
}

int
run_export(struct cx *cx, struct args *args)
{
	struct str path = args_get(args, "out");
	struct export_report report = { 0 };
	enum export_format format;
	struct house house = { 0 };
	bool ok;

	if (str_eq(path, S("-")))
		path.n = 0;
	cx->door = S("export");
	ok = format_of(cx, args, path, &format) && house_open(cx, &args->config, 0, &house) &&
	     (path.n ? export_file(cx, args, format, path, &report)
		     : export_to(cx, args, format, stdout, &report));
	if (ok && fflush(stdout))
		ok = fail(cx, E_IO, "Standard output cannot be written: %s", strerror(errno));
	if (ok && report.cut)
		fprintf(stderr, tr(cx, "%lld texts were too long for a cell, and were cut.\n"),
			(long long)report.cut);
	house_close(cx, &house);
	return command_done(cx, ok);
}
