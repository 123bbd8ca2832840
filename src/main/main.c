#include "main/command.h"

#include <locale.h>
#include <signal.h>

static enum lang
lang_of_environment(void)
{
	static const char *const names[] = { "KONTOR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < countof(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return str_starts(str_of(value), S("de")) ? LANG_DE : LANG_EN;
	}
	return LANG_EN;
}

static void
print_error(const struct cx *cx)
{
	const struct err_row *row = err_row(cx->err.code);
	struct str why = cx->err.why.n ? cx->err.why : str_of(row->text);

	if (!cx->err.fields || cx->err.why.n)
		fprintf(stderr, "kontor: %.*s\n", STR_FMT(why));
	for (const struct field_err *at = cx->err.fields; at; at = at->next)
		fprintf(stderr, "kontor: %.*s: %.*s\n", STR_FMT(at->field), STR_FMT(at->why));
}

int
command_done(struct cx *cx, bool ok)
{
	if (ok)
		return 0;
	print_error(cx);
	return err_row(cx->err.code)->exit_code ? err_row(cx->err.code)->exit_code : 1;
}

/* --help anywhere: what the command before it takes. */
static int
ask_for_help(int argc, char **argv, char *help)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") != 0)
			continue;
		if (i > 1)
			argv[2] = argv[1];
		argv[1] = help;
		return i > 1 ? 3 : 2;
	}
	return argc;
}

int
main(int argc, char **argv)
{
	struct cx *cx;
	struct args args;
	char help[] = "help";
	int code;

	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is a failed write, not the end */
	cx = cx_new(&env_real, (size_t)1 << 30);
	cx->lang = lang_of_environment();
	cx->door = S("cli");
	argc = ask_for_help(argc, argv, help);
	if (!args_parse(cx, argc, argv, &args))
		code = command_done(cx, false);
	else
		code = args.command->run(cx, &args);
	cx_free(&cx);
	return code;
}
