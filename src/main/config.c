#include "main/config.h"

#include <stddef.h>

#include "base/file.h"

enum { CONFIG_FILE_MAX = 64 << 10 };

const struct setting SETTING_ROWS[] = {
#define X(name, environment, initial, purpose) \
	{ #name, environment, initial, purpose, offsetof(struct config, name) },
	SETTINGS(X)
#undef X
		{ 0 }
};

static struct str *
config_slot(struct config *config, const struct setting *setting)
{
	return (struct str *)(void *)((char *)config + setting->offset);
}

void
config_init(struct config *config)
{
	for (const struct setting *at = SETTING_ROWS; at->name; at++)
		*config_slot(config, at) = str_of(at->initial);
}

bool
config_set(struct config *config, struct str name, struct str value)
{
	for (const struct setting *at = SETTING_ROWS; at->name; at++) {
		if (!str_eq_z(name, at->name))
			continue;
		*config_slot(config, at) = value;
		return true;
	}
	return false;
}

void
config_environment(struct cx *cx, struct config *config)
{
	for (const struct setting *at = SETTING_ROWS; at->name; at++) {
		const char *value = getenv(at->environment);

		if (value)
			*config_slot(config, at) = str_dup(cx->mem, str_of(value));
	}
}

bool
config_file(struct cx *cx, struct str path, struct config *config)
{
	struct str text;

	if (!file_read(cx, path, CONFIG_FILE_MAX, &text)) {
		if (cx->err.code != E_MISSING)
			return false;
		fail_clear(cx);
		return true;
	}
	for (int line = 1; text.n; line++) {
		struct str rest = str_cut(&text, '\n'), statement = str_cut(&rest, '#');
		struct str name = str_trim(str_cut(&statement, '='));

		if (!name.n && !str_trim(statement).n)
			continue;
		if (!config_set(config, name, str_trim(statement)))
			return fail(cx, E_INPUT,
				    "%.*s:%d: unknown setting %.*s; `kontor settings` lists them",
				    STR_FMT(path), line, STR_FMT(name));
	}
	return true;
}

bool
config_int(struct cx *cx, const char *name, struct str value, int64_t min, int64_t max,
	   int64_t *out)
{
	return str_int(value, min, max, out) ||
	       fail(cx, E_INPUT, "The setting %s is a number from %lld to %lld, not %.*s", name,
		    (long long)min, (long long)max, STR_FMT(value));
}

struct str
config_database(struct cx *cx, const struct config *config)
{
	if (config->db.n)
		return config->db;
	return str_printf(cx->mem, "%.*s/kontor.db", STR_FMT(config->data));
}

struct str
config_keyring(struct cx *cx, const struct config *config)
{
	if (config->keyring.n)
		return config->keyring;
	return str_printf(cx->mem, "%.*s/keyring", STR_FMT(config->data));
}
