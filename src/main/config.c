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

static void
config_put(struct config *config, const struct setting *setting, struct str value,
	   enum setting_origin origin)
{
	*config_slot(config, setting) = value;
	config->origin[setting - SETTING_ROWS] = origin;
}

void
config_init(struct config *config)
{
	for (const struct setting *at = SETTING_ROWS; at->name; at++)
		config_put(config, at, str_of(at->initial), ORIGIN_DEFAULT);
}

bool
config_set(struct config *config, struct str name, struct str value, enum setting_origin origin)
{
	for (const struct setting *at = SETTING_ROWS; at->name; at++) {
		if (!str_eq_z(name, at->name))
			continue;
		config_put(config, at, value, origin);
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
			config_put(config, at, str_dup(cx->mem, str_of(value)), ORIGIN_ENVIRONMENT);
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
		if (!config_set(config, name, str_trim(statement), ORIGIN_FILE))
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

/* Where a password stands in "postgres://kontor:…@db/kontor" or in "host=db password=…"; behind the
 * word itself nothing is shown. */
static bool
find_password(struct str value, size_t *begin, size_t *end)
{
	size_t at, user, host;

	*end = value.n;
	if (str_find(value, S("password"), &at)) {
		*begin = at + sizeof "password" - 1;
		return true;
	}
	if (!str_find(value, S("://"), &at) || !str_find(str_from(value, at + 3), S("@"), &host) ||
	    !str_find(str_first(str_from(value, at + 3), host), S(":"), &user))
		return false;
	*begin = at + 3 + user + 1;
	*end = at + 3 + host;
	return true;
}

/* What stands there is nobody's to read. */
static struct str
without_password(struct cx *cx, struct str value)
{
	size_t begin, end;

	if (!find_password(value, &begin, &end))
		return value;
	return str_printf(cx->mem, "%.*s…%.*s", STR_FMT(str_first(value, begin)),
			  STR_FMT(str_from(value, end)));
}

struct http_setting *
config_show(struct cx *cx, const struct config *config)
{
	struct http_setting *rows = new_array(cx->mem, SETTING__MAX, struct http_setting);
	struct config copy = *config;

	for (size_t i = 0; i < SETTING__MAX; i++)
		rows[i] = (struct http_setting){
			.name = SETTING_ROWS[i].name,
			.environment = SETTING_ROWS[i].environment,
			.purpose = SETTING_ROWS[i].purpose,
			.value = without_password(cx, *config_slot(&copy, &SETTING_ROWS[i])),
			.origin = config->origin[i],
		};
	return rows;
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
