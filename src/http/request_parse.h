/* From the bytes of a request to slices.  Pure functions: no server, no database, no clock.
 * On failure *why is one English sentence that names the place (a static text, to be translated);
 * outputs are untouched. */
#ifndef KONTOR_HTTP_REQUEST_PARSE_H
#define KONTOR_HTTP_REQUEST_PARSE_H

#include "http/http.h"

/* Percent-decoding (RFC 3986), strict: % must be followed by two hex digits, the result is UTF-8
 * without NUL.  `plus`: + is a blank (forms).  Without anything to decode the result is `in`. */
bool parse_percent(struct arena *mem, struct str in, bool plus, struct str *out, const char **why)
	CHECKED;

/* Between path and query of a request target; a fragment is refused, as is what does not begin
 * with a slash. */
bool parse_target(struct str target, struct str *path, struct str *query, const char **why) CHECKED;

/* The decoded segments of a path: "/a/b%20c" → "a", "b c"; "/" → none.  At most
 * HTTP_PATH_SEGMENTS_MAX; "." and ".." are refused. */
bool parse_path(struct arena *mem, struct str path, struct strs *out, const char **why) CHECKED;

/* name=value&name=value, at most `max`; a part without = has an empty value; empty parts are
 * passed over. */
bool parse_pairs(struct arena *mem, struct str text, size_t max, struct pairs *out,
		 const char **why) CHECKED;

/* A Cookie header (RFC 6265, 5.4): parts that are none are passed over; at most
 * HTTP_COOKIES_MAX are kept. */
void parse_cookies(struct arena *mem, struct str header, struct pairs *out);

/* "Text/HTML; charset=UTF-8" → "Text/HTML", *parameters is the rest. */
struct str parse_media(struct str header, struct str *parameters);
/* One parameter of a header, "boundary" of `; boundary="a b"; x=1`: unquoted, in mem when it held
 * escapes.  False when there is none. */
bool parse_parameter(struct arena *mem, struct str parameters, const char *name, struct str *out)
	CHECKED;

/* A multipart/form-data body (RFC 7578), at most `max` parts.  Values are slices of the body. */
bool parse_multipart(struct arena *mem, struct str body, struct str boundary, size_t max,
		     struct form *out, const char **why) CHECKED;

/* How much a client wants a media type, 0 … 1000, by its Accept header (RFC 9110, 12.5.1); an
 * absent header wants everything. */
int parse_accept(struct str header, struct str media);
/* Does Accept-Encoding take this coding?  An absent header takes none. */
bool parse_accepts_coding(struct str header, const char *coding);

/* "17" (with its quotes, also W/"17") → 17. */
bool parse_version_tag(struct str tag, int64_t *out) CHECKED;
/* Is the tag in a list of entity tags, compared weakly (RFC 9110, 8.8.3.2), or is the list "*"? */
bool parse_tag_listed(struct str list, struct str tag);

#endif
