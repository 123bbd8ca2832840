/* What a page or an API handler sees: routes, the request, the reply.
 *
 * A handler is  bool handle(struct cx *cx, struct request *q, struct reply *r).  It begins and ends
 * its own unit on the database (db_begin_read, db_begin_write … db_commit), writes its answer into
 * r and returns true; or calls fail() and returns false: then whatever it left open is rolled back,
 * what it wrote into r is dropped, and the client gets a problem document (RFC 9457) or, where it
 * prefers HTML, the error page.  A handler that returns true with a write still open is a bug: 500,
 * rolled back. Everything a handler reads from q, and all strings it puts into r, live in cx->mem.
 */
#ifndef KONTOR_HTTP_HTTP_H
#define KONTOR_HTTP_HTTP_H

#include "base/cx.h"

enum {
	HTTP_BODY_MAX = 1 << 20, /* default limit of a request body, bytes; above: spooled to a file
				  */
	HTTP_REPLY_MAX = 256 << 20, /* the most a reply may hold in memory */
	HTTP_PATH_PARAMS_MAX = 8,   /* {…} in one path */
	HTTP_PATH_SEGMENTS_MAX = 32,
	HTTP_TARGET_MAX = 8 << 10, /* path and query as sent, bytes */
	HTTP_QUERY_MAX = 256,      /* names in a query */
	HTTP_FORM_MAX = 4096,      /* fields in a form */
	HTTP_HEADERS_MAX = 100,
	HTTP_COOKIES_MAX = 64,
};

/* ---- routes ---- */

enum verb { V_GET = 1, V_HEAD, V_POST, V_PUT, V_PATCH, V_DELETE, V_OPTIONS, V__MAX };

/* Who may call.  There is no usable zero: a row without it is refused at start-up and by a test.
 * READ, EDIT and ADMIN also ask the scopes of a token; what the person behind it may do with a
 * record is decided below, in record/. */
enum need {
	NEED__UNSET,
	NEED_PUBLIC,    /* anyone; the session, if there is one, is loaded */
	NEED_SIGNED_IN, /* any person, any token */
	NEED_READ,      /* signed in; a token needs read on the object */
	NEED_EDIT,      /* signed in; a token needs write on the object */
	NEED_ADMIN,     /* signed in with the right to administer; a token needs admin */
	NEED_OPERATOR,  /* no person: callers from the configured network (/metrics) */
	NEED__MAX
};

struct request;
struct reply;
typedef bool http_handle(struct cx *cx, struct request *q, struct reply *r);

struct route {
	enum verb verb;   /* GET answers HEAD too; OPTIONS is answered for every path */
	const char *path; /* "/api/v1/{object}/{id}"; a literal segment wins over a {name};
			   * "{name...}" as the last segment takes the rest of the path */
	enum need need;
	const char *object; /* what NEED_READ and NEED_EDIT are about; NULL: the {object} in the
			     * path, or, where there is none, everything */
	http_handle *handle;
	bool csrf;   /* ask for the form token even where nobody is signed in (sign-in, public
		      * forms).  Unsafe calls of a session are always asked. */
	bool slow;   /* may take long: runs apart, so that no other request waits behind it.
		      * (Unsafe methods never run on the threads that answer reads.) */
	bool once;   /* also for a person who has yet to replace a password that is for once */
	bool is_api; /* answers problems as JSON whatever Accept says; set for /api/ by itself */
	bool bare;   /* answers without looking who calls: no session, no rate limit, no database */
	size_t body_max_bytes; /* 0: HTTP_BODY_MAX */
	const char *purpose;   /* a line for `kontor routes` */
};

/* One sentence about the first row of the list that cannot be (no need, no handle, a bad or doubled
 * path, …), in mem; empty: all are well. */
struct str http_routes_check(struct arena *mem, const struct route *const *lists, size_t n_lists);

const char *http_verb_name(enum verb verb); /* "GET" */
const char *http_need_name(enum need need); /* "read" */

/* ---- the request ---- */

struct pair {
	struct str name, value;
};
struct pairs {
	struct pair *v;
	size_t n, cap;
};

/* One part of a form: a plain field has no file name.  `data` is borrowed from the body. */
struct form_field {
	struct str name, value;
	bool is_file;
	struct str file_name, type; /* of a file; its bytes are in `value` */
};
struct form {
	struct form_field *v;
	size_t n, cap;
};

struct stream;  /* http/events.h */
struct session; /* http/session.h */
struct token;   /* http/token.h */

struct request {
	enum verb verb; /* HEAD arrives as V_GET with is_head */
	bool is_head, is_https, is_api, wants_html;
	struct str target;    /* path and query as sent */
	struct str path;      /* as sent, still percent-encoded, without the query */
	struct pairs headers; /* names as sent */
	struct pairs query;   /* decoded, valid UTF-8, in order; names may repeat */
	struct pairs params;  /* of the path, decoded */
	struct str body;      /* all of it; of a spooled body a mapping of the file */
	struct str address;   /* who calls: text of the IP address, "unix" for a local socket */
	const struct route *route;     /* NULL: none fits */
	const struct session *session; /* the browser's, or NULL */
	const struct token *token;     /* the program's, or NULL */
	struct http *http;             /* the server */
	int64_t known;                 /* log_known when it came */
	bool has_cookies, has_form;    /* parsed already */
	struct pairs cookies;
	struct form form;
	uint64_t running;             /* idempotency.h: the key this request works on, or 0 */
	unsigned route_number, verbs; /* the server's own: of the route; what the path allows */
};

/* The value of a name, empty when absent; `*_has` tells empty from absent. */
struct str request_param(const struct request *q, const char *name);
struct str request_query(const struct request *q, const char *name); /* the first of that name */
bool request_has_query(const struct request *q, const char *name);
struct str request_header(const struct request *q, const char *name);
struct str request_cookie(struct cx *cx, struct request *q, const char *name);

/* An id in the path: 1 or more; fails with E_MISSING (there is no such record). */
bool request_param_int(struct cx *cx, const struct request *q, const char *name, int64_t *out)
	CHECKED;
/* A whole number of the query; fails with the field named.  Where the name is absent, so is the
 * number: *out = range.absent. */
struct request_range {
	int64_t min, max, absent;
};
bool request_query_int(struct cx *cx, const struct request *q, const char *name,
		       struct request_range range, int64_t *out) CHECKED;

/* "https://crm.example.com": how the caller reaches the server, for addresses that are told to
 * other programs. */
struct str request_origin(struct cx *cx, const struct request *q);

/* The body's media type without its parameters, lower case ("application/json"). */
struct str request_media(struct cx *cx, const struct request *q);
/* E_MEDIA unless the body is of this type ("application/json"); an empty body passes. */
bool request_expect(struct cx *cx, const struct request *q, const char *media) CHECKED;

/* The form in the body, urlencoded or multipart.  Fails with E_MEDIA or E_USAGE. */
bool request_form(struct cx *cx, struct request *q, struct form *out) CHECKED;
struct str form_value(const struct form *form, const char *name);
bool form_has(const struct form *form, const char *name);

/* If-Match: has_if_match false when absent or "*"; fails with E_USAGE when it is no version of
 * ours. */
bool request_if_match(struct cx *cx, const struct request *q, bool *out_has, int64_t *out_version)
	CHECKED;
/* Does If-None-Match name this ETag (or "*")?  The caller then answers reply_not_modified. */
bool request_if_none_match(const struct request *q, struct str etag);

/* Does the client take this media type, and does it like it at least as well as the other? */
bool request_prefers(const struct request *q, const char *media, const char *over);

/* The token that every form and every unsafe call of this client must send back: field `csrf` or
 * header X-CSRF-Token.  It looks different each time.  Bound to the session; for a client that has
 * none a cookie is set on r. */
struct str request_csrf(struct cx *cx, struct request *q, struct reply *r);

/* What the operator of this server has set, as it began: no secret stands in it. */
enum setting_origin { ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_ENVIRONMENT, ORIGIN_FLAG, ORIGIN__MAX };
struct http_setting {
	const char *name, *environment, *purpose; /* purpose: a msgid */
	struct str value;
	enum setting_origin origin;
};
size_t http_settings(const struct request *q, const struct http_setting **out);

/* ---- the reply ---- */

enum reply_cache {
	CACHE_PRIVATE,    /* no-store: the default, for what a person sees */
	CACHE_REVALIDATE, /* private, no-cache: may be kept, asked for with its ETag each time */
	CACHE_FOREVER,    /* public, immutable: the address holds a hash of the content */
};

struct reply {
	int status;          /* 200 unless changed */
	struct str type;     /* content type; default text/html; charset=utf-8 */
	struct buf body;     /* on the heap, kept by the server from request to request */
	struct str borrowed; /* instead of body: bytes that outlive the server (assets) */
	int file;            /* instead of body: a file, taken over; -1: none */
	int64_t file_bytes;
	struct stream *stream; /* instead of body: events (events.h), or NULL */
	struct pairs headers;  /* further ones, in order */
	enum reply_cache cache;
	bool is_encoded;     /* body is already compressed: leave it */
	struct str log_note; /* a word for the log line, or empty */
};

/* Content types. */
#define TYPE_JSON S("application/json")
#define TYPE_PROBLEM S("application/problem+json")
#define TYPE_HTML S("text/html; charset=utf-8")
#define TYPE_TEXT S("text/plain; charset=utf-8")
#define TYPE_CSV S("text/csv; charset=utf-8")
#define TYPE_PDF S("application/pdf")
#define TYPE_CALENDAR S("text/calendar; charset=utf-8")

/* Which changeset the call made, for its undo; none where it is 0. */
void reply_changeset(struct cx *cx, struct reply *r, int64_t changeset);
void reply_header(struct cx *cx, struct reply *r, const char *name, struct str value); /* refuses
											  CR, LF */
void reply_redirect(struct cx *cx, struct reply *r, struct str location); /* 303 See Other */
void reply_not_modified(struct reply *r);
void reply_no_content(struct reply *r);
/* ETag: "version", strong; the form that request_if_match reads. */
void reply_etag_version(struct cx *cx, struct reply *r, int64_t version);
void reply_etag(struct cx *cx, struct reply *r, struct str etag); /* as it goes out, with its quotes
								   */
/* A name for the file that a browser saves (RFC 6266, with the UTF-8 form). */
void reply_attachment(struct cx *cx, struct reply *r, struct str file_name);
/* Set and take back a cookie: HttpOnly, SameSite=Lax, Path=/, Secure on https.  max_age_s 0: until
 * the browser closes. */
void reply_cookie(struct cx *cx, const struct request *q, struct reply *r, const char *name,
		  struct str value, int64_t max_age_s);
void reply_cookie_drop(struct cx *cx, const struct request *q, struct reply *r, const char *name);
/* An unnamed temporary file for an answer too large for memory; then set r->file and r->file_bytes.
 */
bool reply_spool(struct cx *cx, const struct request *q, int *out_fd) CHECKED;

/* The answer to cx->err: status, Retry-After, problem document.  Called by the server itself; for
 * tests, and for handlers that answer several (batch). */
void reply_problem(struct cx *cx, struct request *q, struct reply *r);
/* The problem object alone, as JSON, for one part of a larger answer. */
void problem_write(struct cx *cx, struct str instance, struct buf *out);

#endif
