/* The log of the process: one line a call on standard error, written at once and whole.
 *
 *	time=2026-02-28T12:45:00.250Z level=info event=request actor=anna status=200 path="/a b"
 *
 * Texts are quoted when they need it; control characters and wrong bytes are escaped, long texts
 *cut. There is no field for a secret, and none must be put into a text. */
#ifndef KONTOR_BASE_LOG_H
#define KONTOR_BASE_LOG_H

#include "base/buf.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL__MAX };
enum { LOG_LINE_MAX = 4000, LOG_TEXT_MAX = 600 }; /* bytes */

struct log_field {
	const char *key; /* lower case, no blanks; NULL ends the list */
	bool is_number;
	int64_t number;
	struct str text;
};
#define LOG_STR(name, value) ((struct log_field){ .key = (name), .text = (value) })
#define LOG_Z(name, value) ((struct log_field){ .key = (name), .text = str_of(value) })
#define LOG_INT(name, value) \
	((struct log_field){ .key = (name), .is_number = true, .number = (value) })

/* log_line(LOG_LEVEL_INFO, "request", LOG_STR("path", path), LOG_INT("status", 200)) */
#define log_line(level, event, ...) \
	log_fields((level), (event), (const struct log_field[]){ __VA_ARGS__, { 0 } })
void log_fields(enum log_level level, const char *event, const struct log_field *fields);

/* The same line into a buffer, at a given moment. */
void log_print(struct buf *b, int64_t now_ms, enum log_level level, const char *event,
	       const struct log_field *fields);

/* Levels below are not written (at first: debug).  Set at start. */
void log_set_level(enum log_level level);
bool log_is_on(enum log_level level);
bool log_level_find(struct str name, enum log_level *out) CHECKED; /* "debug", "info", "warn",
								      "error" */

#endif
