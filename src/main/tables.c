/* The tables that the program runs on, printed. */
#include "base/file.h"
#include "http/http.h"
#include "main/command.h"
#include "main/features.h"
#include "model/ids.h"
#include "version.h"

enum { MODEL_TEXT_MAX = 1 << 20, PRINT_MAX = 16 << 20 };

int
run_routes(struct cx *cx, struct args *args)
{
	(void)cx;
	(void)args;
	for (size_t i = 0; FEATURES[i]; i++)
		for (const struct route *at = FEATURES[i]->routes; at && at->path; at++)
			printf("%-7s %-40s %-10s %s\n", http_verb_name(at->verb), at->path,
			       http_need_name(at->need), at->purpose ? at->purpose : "");
	return 0;
}

int
run_settings(struct cx *cx, struct args *args)
{
	(void)cx;
	(void)args;
	for (const struct setting *at = SETTING_ROWS; at->name; at++)
		printf("%-16s %-24s %-16s %s\n", at->name, at->environment,
		       *at->initial ? at->initial : "-", at->purpose);
	return 0;
}

int
run_errors(struct cx *cx, struct args *args)
{
	(void)cx;
	(void)args;
	for (int i = 0; i < E__MAX; i++) {
		const struct err_row *row = err_row((enum err_code)i);

		printf("%-12s %d  exit %d  %s\n", row->key, row->status, row->exit_code, row->text);
	}
	return 0;
}

int
run_version(struct cx *cx, struct args *args)
{
	(void)cx;
	(void)args;
	puts("kontor " KONTOR_VERSION);
	return 0;
}

/* The model as it is in the data folder, or the shipped one where there is none. */
int
run_model(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct buf text = buf_in(cx->mem, PRINT_MAX);
	bool ok = true;

	if (house_exists(cx, &args->config)) {
		ok = house_open(cx, &args->config, 0, &house);
		if (ok)
			model_print(cx->model, &text);
	} else {
		size_t n;
		const struct model_text *shipped = model_shipped(cx->mem, &n);

		for (size_t i = 0; i < n; i++)
			buf_str(&text, shipped[i].text);
	}
	fwrite(text.p, 1, text.n, stdout);
	house_close(cx, &house);
	return command_done(cx, ok);
}

static bool
preview(struct cx *cx, const struct args *args, struct str text)
{
	struct house house = { 0 };
	struct strs plan = { 0 };
	bool ok = house_open(cx, &args->config, 0, &house) && db_begin_write(cx) &&
		  store_preview_custom_text(cx, text, &plan);

	for (size_t i = 0; i < plan.n; i++)
		printf("%.*s\n", STR_FMT(plan.v[i]));
	house_close(cx, &house);
	return ok;
}

/* A text of one's own is checked against the shipped model. */
static bool
check_alone(struct cx *cx, struct str name, struct str text)
{
	struct snapshot *model;
	size_t n;
	const struct model_text *shipped = model_shipped(cx->mem, &n);
	struct model_text *texts = new_array(cx->mem, n + 1, struct model_text);

	memcpy(texts, shipped, n * sizeof *texts);
	texts[n++] = (struct model_text){ name, text, true };
	if (!model_load(cx, texts, n, &model))
		return false;
	snapshot_free(&model);
	puts("ok");
	return true;
}

int
run_model_check(struct cx *cx, struct args *args)
{
	struct str text, path = args->words[0], name = path;
	bool ok;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			name = str_from(path, i + 1);
	ok = file_read(cx, path, MODEL_TEXT_MAX, &text);
	if (ok && house_exists(cx, &args->config))
		ok = preview(cx, args, text);
	else if (ok)
		ok = check_alone(cx, name, text);
	return command_done(cx, ok);
}

int
run_model_apply(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct str text;
	bool ok = file_read(cx, args->words[0], MODEL_TEXT_MAX, &text) &&
		  house_open(cx, &args->config, 0, &house) && store_set_custom_text(cx, text);

	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_help(struct cx *cx, struct args *args)
{
	struct str about = args->n ? args->words[0] : (struct str){ 0 };
	size_t n = 0;

	if (!about.n)
		puts("kontor: a CRM server\n");
	for (const struct command *at = COMMANDS; at->name; at++) {
		struct str name = str_of(at->name);

		if (about.n && !str_eq(str_cut(&name, ' '), about))
			continue;
		printf("  kontor %s %s\n", at->name, at->usage);
		printf("      %s\n", at->purpose);
		n++;
	}
	if (!n)
		return command_done(cx, fail(cx, E_USAGE,
					     "There is no command %s; `kontor help` lists them",
					     str_z(cx->mem, about)));
	puts("\nEvery command takes --data DIR and the other settings (`kontor settings`).");
	return 0;
}
