#include "main/command.h"

static size_t
word_count(const char *name)
{
	size_t n = 1;

	for (; *name; name++)
		n += *name == ' ';
	return n;
}

static bool
command_is(const struct command *command, int argc, char **argv)
{
	struct str name = str_of(command->name);

	for (int i = 1; name.n; i++)
		if (i >= argc || !str_eq_z(str_cut(&name, ' '), argv[i]))
			return false;
	return true;
}

/* The command with the most words that fits. */
static const struct command *
command_find(int argc, char **argv)
{
	const struct command *best = NULL;

	for (const struct command *at = COMMANDS; at->name; at++)
		if (command_is(at, argc, argv) &&
		    (!best || word_count(at->name) > word_count(best->name)))
			best = at;
	return best;
}

enum taken { TAKES_NOTHING, TAKES_VALUE, TAKES_UNKNOWN };

static enum taken
option_takes(const struct command *command, struct str name)
{
	struct str known = str_of(command->options);
	struct config any;

	while (known.n) {
		struct str word = str_cut(&known, ' ');

		if (str_eq(word, name))
			return TAKES_VALUE;
		if (str_ends(word, S("!")) && str_eq(str_first(word, word.n - 1), name))
			return TAKES_NOTHING;
	}
	return config_set(&any, name, S(""), ORIGIN_FLAG) ? TAKES_VALUE : TAKES_UNKNOWN;
}

static struct str
option_name(struct cx *cx, struct str text)
{
	char *name = arena_alloc(cx->mem, text.n + 1);

	for (size_t i = 0; i < text.n; i++)
		name[i] = text.p[i] == '-' ? '_' : text.p[i];
	return (struct str){ name, text.n };
}

static bool
add_option(struct cx *cx, struct args *args, int argc, char **argv, int *at)
{
	struct str rest = str_from(str_of(argv[*at]), 2);
	bool has_value = memchr(rest.p, '=', rest.n) != NULL;
	struct str name = option_name(cx, str_cut(&rest, '='));
	enum taken taken = option_takes(args->command, name);

	if (taken == TAKES_UNKNOWN)
		return fail(cx, E_USAGE, "`kontor %s` does not know --%.*s", args->command->name,
			    STR_FMT(name));
	if (taken == TAKES_NOTHING && has_value)
		return fail(cx, E_USAGE, "--%.*s takes no value", STR_FMT(name));
	if (taken == TAKES_VALUE && !has_value) {
		if (*at + 1 >= argc)
			return fail(cx, E_USAGE, "--%.*s needs a value", STR_FMT(name));
		rest = str_of(argv[++*at]);
	}
	if (args->n_options == OPTIONS_MAX)
		return fail(cx, E_USAGE, "Too many options");
	args->options[args->n_options].name = name;
	args->options[args->n_options++].value = rest;
	return true;
}

static bool
configure(struct cx *cx, struct args *args)
{
	struct str data = args_get(args, "data");

	config_init(&args->config);
	if (!data.n && getenv("KONTOR_DATA"))
		data = str_of(getenv("KONTOR_DATA"));
	if (data.n)
		args->config.data = data;
	if (!config_file(cx, str_printf(cx->mem, "%.*s/kontor.conf", STR_FMT(args->config.data)),
			 &args->config))
		return false;
	config_environment(cx, &args->config);
	for (size_t i = 0; i < args->n_options; i++)
		(void)!config_set(&args->config, args->options[i].name, args->options[i].value,
				  ORIGIN_FLAG);
	return true;
}

bool
args_parse(struct cx *cx, int argc, char **argv, struct args *out)
{
	bool only_words = false;

	*out = (struct args){ .command = command_find(argc, argv) };
	if (!out->command)
		return fail(cx, E_USAGE,
			    argc > 1 ? "There is no command %s; `kontor help` lists them"
				     : "Say what to do; `kontor help` lists the commands",
			    argc > 1 ? argv[1] : "");
	for (int i = 1 + (int)word_count(out->command->name); i < argc; i++) {
		if (str_eq(str_of(argv[i]), S("--"))) {
			only_words = true;
		} else if (!only_words && str_starts(str_of(argv[i]), S("--"))) {
			if (!add_option(cx, out, argc, argv, &i))
				return false;
		} else if (out->n == ARGS_MAX) {
			return fail(cx, E_USAGE, "Too many words");
		} else {
			out->words[out->n++] = str_of(argv[i]);
		}
	}
	if (out->n < out->command->min_words || out->n > out->command->max_words)
		return fail(cx, E_USAGE, "Usage: kontor %s %s", out->command->name,
			    out->command->usage);
	return configure(cx, out);
}

bool
args_has(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->n_options; i++)
		if (str_eq_z(args->options[i].name, name))
			return true;
	return false;
}

struct str
args_get(const struct args *args, const char *name)
{
	for (size_t i = args->n_options; i-- > 0;)
		if (str_eq_z(args->options[i].name, name))
			return args->options[i].value;
	return (struct str){ 0 };
}
