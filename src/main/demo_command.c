#include "base/i18n.h"
#include "main/command.h"
#include "main/demo.h"

static void
show_progress(int thousandths)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%3d.%d %%", thousandths / 10, thousandths % 10);
	if (thousandths == 1000)
		fputs("\n", stderr);
}

/* German, where nothing else is asked for: the company is one of Bremen. */
static bool
read_language(struct cx *cx, struct args *args, enum lang *out)
{
	struct str text = args_get(args, "language");

	*out = LANG_DE;
	return !text.n || lang_find(text, out) ||
	       fail(cx, E_USAGE, "There is no language %.*s; there are de and en", STR_FMT(text));
}

int
run_demo(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	int64_t parties = DEMO_PARTIES;
	enum lang lang = LANG_DE;
	OWNED(house_unlock) int lock = -1;
	bool ok = !args_has(args, "parties") || config_int(cx, "parties", args_get(args, "parties"),
							   1, DEMO_PARTIES_MAX, &parties);

	ok = ok && read_language(cx, args, &lang) &&
	     house_lock(cx, &args->config, "demo", 0, &lock) &&
	     house_open(cx, &args->config, HOUSE_MAKE | HOUSE_FAST, &house) &&
	     demo_fill(cx, parties, lang, show_progress);
	if (ok)
		printf("sign in as %s with the password %s\n", DEMO_LOGIN, DEMO_PASSWORD);
	house_close(cx, &house);
	return command_done(cx, ok);
}
