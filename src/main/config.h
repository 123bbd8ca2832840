/* Configuration: defaults, then DATA/kontor.conf, then the environment, then the command line. */
#ifndef KONTOR_MAIN_CONFIG_H
#define KONTOR_MAIN_CONFIG_H

#include "base/i18n.h"
#include "http/http.h"

/* clang-format off */
#define SETTINGS(X)                                                                                   \
	X(data,           "KONTOR_DATA",           "data",           N_("folder of the database, keys and files"))        \
	X(listen,         "KONTOR_LISTEN",         "127.0.0.1:8080", N_("address and port, or unix:/path"))               \
	X(db,             "KONTOR_DB",             "",               N_("postgres://… ; empty: a file in the data folder")) \
	X(keyring,        "KONTOR_KEYRING",        "",               N_("folder of the keys; empty: DATA/keyring"))        \
	X(public_url,     "KONTOR_PUBLIC_URL",     "",               N_("https://… under which people reach this server")) \
	X(proxies,        "KONTOR_PROXIES",        "",               N_("networks whose X-Forwarded-For is believed"))     \
	X(operators,      "KONTOR_OPERATORS",      "",               N_("networks that may read /metrics; empty: loopback")) \
	X(connections,    "KONTOR_CONNECTIONS",    "24",             N_("database connections of one process"))            \
	X(threads,        "KONTOR_THREADS",        "0",              N_("threads that answer reads; 0: as many as cores")) \
	X(workers,        "KONTOR_WORKERS",        "16",             N_("threads that run writes"))                        \
	X(rate_per_minute,"KONTOR_RATE_PER_MINUTE","12000",          N_("calls of one person or token a minute; -1: any")) \
	X(zone,           "KONTOR_ZONE",           "Europe/Berlin",  N_("time zone of jobs and of people without one"))    \
	X(log,            "KONTOR_LOG",            "info",           N_("debug, info, warning or error"))                  \
	X(language,       "KONTOR_LANGUAGE",       "",               N_("de or en for commands; empty: that of LANG"))
/* clang-format on */

enum setting_id {
#define X(name, environment, initial, purpose) SETTING_##name,
	SETTINGS(X) SETTING__MAX
#undef X
};

struct config {
#define X(name, environment, initial, purpose) struct str name;
	SETTINGS(X)
#undef X
	enum setting_origin origin[SETTING__MAX];
};

struct setting {
	const char *name, *environment, *initial, *purpose;
	size_t offset; /* in struct config */
};
extern const struct setting SETTING_ROWS[]; /* ends with { 0 } */

/* All at their defaults. */
void config_init(struct config *config);
/* Set one by name; false when there is none of it. */
bool config_set(struct config *config, struct str name, struct str value,
		enum setting_origin origin) CHECKED;
/* All of them, for people: passwords in addresses are masked.  SETTING__MAX rows in cx->mem. */
struct http_setting *config_show(struct cx *cx, const struct config *config);
/* From the environment, for what the command line has not set. */
void config_environment(struct cx *cx, struct config *config);
/* From the file: "name = value", # begins a comment.  An absent file is no failure. */
bool config_file(struct cx *cx, struct str path, struct config *config) CHECKED;
/* A setting that is a number. */
bool config_int(struct cx *cx, const char *name, struct str value, int64_t min, int64_t max,
		int64_t *out) CHECKED;

struct str config_database(struct cx *cx, const struct config *config);
struct str config_keyring(struct cx *cx, const struct config *config);

#endif
