/* JSON that comes in, over jansson: strict, bounded, with the place of what is wrong. */
#ifndef KONTOR_BASE_JSON_H
#define KONTOR_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/cx.h"

enum { JSON_DEPTH_MAX = 64, JSON_BYTES_MAX = 64 << 20 };

/* Parse one value of any type.  Refused (E_USAGE, with line and column): more than max_bytes
 * (E_TOO_BIG) or JSON_DEPTH_MAX levels, a name twice in one object, what is not UTF-8, NUL
 * characters, integers beyond 64 bits, anything behind the value. The caller gives the value back:
 * OWNED(json_drop) json_t *json = NULL; */
bool json_parse(struct cx *cx, struct str bytes, size_t max_bytes, json_t **out) CHECKED;
void json_drop(json_t **json);

/* Texts are borrowed from the value. */
struct str json_text(const json_t *string); /* empty for what is no string */

/* Members of an object; false: not there, or of another type.  *out is untouched then. */
bool json_get_text(const json_t *object, const char *name, struct str *out) CHECKED;
bool json_get_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *out)
	CHECKED;
bool json_get_bool(const json_t *object, const char *name, bool *out) CHECKED;
/* An id: the text of a number from 1, as ids are written. */
bool json_id(const json_t *value, int64_t *out) CHECKED;
bool json_get_id(const json_t *object, const char *name, int64_t *out) CHECKED;

/* Fails with one field_err "unknown" for each member that is not among the names (ended by NULL).
 */
bool json_only(struct cx *cx, const json_t *object, const char *const *names) CHECKED;

/* The value as compact JSON. */
void buf_json_value(struct buf *b, const json_t *value);

#endif
