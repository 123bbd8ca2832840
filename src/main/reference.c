#include "main/reference.h"

#include "base/i18n.h"
#include "http/http.h"
#include "main/command.h"
#include "main/features.h"
#include "model/ids.h"

enum { PAGE_MAX = 4 << 20, OPTION_MAX = 40 };

void
cell(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '|')
			buf_char(out, '\\');
		buf_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
	}
}

void
cell_z(struct buf *out, const char *text)
{
	cell(out, str_of(text));
}

/* ---- the program's own tables ---- */

/* "dry_run! map" → --dry-run, --map VALUE */
static void
options_put(struct buf *out, const char *options)
{
	struct str rest = str_of(options);
	bool any = false;

	while (rest.n) {
		struct str name = str_cut(&rest, ' ');
		bool is_flag = str_ends(name, S("!"));

		buf_z(out, any ? ", `--" : "`--");
		any = true;
		for (size_t i = 0; i < name.n - is_flag; i++)
			buf_char(out, name.p[i] == '_' ? '-' : name.p[i]);
		buf_z(out, is_flag ? "`" : " …`");
	}
}

static void
page_commands(const struct snapshot *model, struct buf *out)
{
	(void)model;
	buf_z(out, "# Commands\n\nEvery command takes `--data DIR` and the other "
		   "[settings](settings.md) besides its own options. Exit codes: 0 done, 1 refused "
		   "or failed, 2 wrong usage.\n\n"
		   "| command | options of its own | what it does |\n| --- | --- | --- |\n");
	for (const struct command *at = COMMANDS; at->name; at++) {
		buf_printf(out, "| `kontor %s", at->name);
		if (*at->usage) {
			buf_char(out, ' ');
			cell_z(out, at->usage);
		}
		buf_z(out, "` | ");
		options_put(out, at->options);
		buf_z(out, " | ");
		cell_z(out, at->purpose);
		buf_z(out, " |\n");
	}
}

static void
page_settings(const struct snapshot *model, struct buf *out)
{
	(void)model;
	buf_z(out, "# Settings\n\nEach has a default and may stand in `DATA/kontor.conf` (`name = "
		   "value`), in the environment and on the command line (`--name value`, with - "
		   "for _), later ones winning.\n\n"
		   "| name | environment | default | what it is |\n| --- | --- | --- | --- |\n");
	for (const struct setting *at = SETTING_ROWS; at->name; at++) {
		buf_printf(out, "| `%s` | `%s` | ", at->name, at->environment);
		if (*at->initial)
			buf_printf(out, "`%s`", at->initial);
		buf_z(out, " | ");
		cell_z(out, at->purpose);
		buf_z(out, " |\n");
	}
}

static void
page_routes(const struct snapshot *model, struct buf *out)
{
	(void)model;
	buf_z(out, "# Addresses\n\nWhat each needs: `public` nothing, `signed-in` a session or a "
		   "token, `read` and `edit` the right for the object, `admin` an administrator, "
		   "`operator` a caller from the networks of the setting `operators`. Rights for "
		   "single records and fields are looked at further in.\n\n"
		   "| method | address | needs | what it is |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; FEATURES[i]; i++)
		for (const struct route *at = FEATURES[i]->routes; at && at->path; at++) {
			buf_printf(out, "| %s | `%s` | %s", http_verb_name(at->verb), at->path,
				   http_need_name(at->need));
			if (at->object)
				buf_printf(out, " `%s`", at->object);
			buf_z(out, " | ");
			cell_z(out, at->purpose ? at->purpose : "");
			buf_z(out, " |\n");
		}
}

static void
page_errors(const struct snapshot *model, struct buf *out)
{
	(void)model;
	buf_z(out,
	      "# Errors\n\nThe `type` of a problem document (RFC 9457) is `/problems/` with "
	      "the name.\n\n"
	      "| name | HTTP status | exit code | default text |\n| --- | --- | --- | --- |\n");
	for (int i = 0; i < E__MAX; i++) {
		const struct err_row *row = err_row((enum err_code)i);

		buf_printf(out, "| `%s` | %d | %d | ", row->key, row->status, row->exit_code);
		cell_z(out, row->text);
		buf_z(out, " |\n");
	}
}

/* ---- pages ---- */

static const struct page {
	const char *name;
	void (*write)(const struct snapshot *model, struct buf *out);
} PAGES[] = {
	{ "commands", page_commands },      { "settings", page_settings },
	{ "routes", page_routes },          { "errors", page_errors },
	{ "language", reference_language }, { "conditions", reference_conditions },
	{ "objects", reference_objects },   { "permissions", reference_permissions },
};

static bool
page_print(struct cx *cx, const struct page *page)
{
	struct buf out = buf_in(cx->mem, PAGE_MAX);
	struct snapshot *model;
	size_t n;
	const struct model_text *shipped = model_shipped(cx->mem, &n);

	if (!model_load(cx, shipped, n, &model))
		return false;
	page->write(model, &out);
	fwrite(out.p, 1, out.n, stdout);
	snapshot_free(&model);
	return !out.full || fail(cx, E_TOO_BIG, NULL);
}

int
run_reference(struct cx *cx, struct args *args)
{
	for (size_t i = 0; i < countof(PAGES); i++) {
		if (!args->n)
			puts(PAGES[i].name);
		else if (str_eq_z(args->words[0], PAGES[i].name))
			return command_done(cx, page_print(cx, &PAGES[i]));
	}
	return command_done(cx, !args->n || fail(cx, E_USAGE,
						 "There is no page %.*s; `kontor "
						 "reference` names them",
						 STR_FMT(args->words[0])));
}
