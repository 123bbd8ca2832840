/* Server-sent events: answers that go on.  One thread asks the log for its end, a few times a
 * second while anybody listens and never else, and tells each listener which records changed that
 * he watches and may read; and who else looks at the record that he looks at.  Works beside other
 * processes on one database.
 *
 *   event: hello      data: {"lost":true|false}            first; lost: look at everything again
 *   event: changes    data: [{"object":"deal","id":"5","op":"edit","version":3,"changeset":"7"},…]
 *                     id: the changeset up to which this is everything
 *   event: lost       data: {}                             more changed than is told one by one
 *   event: presence   data: [{"id":"4","name":"Anna Müller"},…]
 *   event: notices    data: {"unread":3}                   first, and whenever it changes */
#ifndef KONTOR_HTTP_EVENTS_H
#define KONTOR_HTTP_EVENTS_H

#include "http/http.h"

enum { WATCH_MAX = 24 };

/* What a listener wants to hear of.  Names are borrowed. */
struct watch {
	struct str objects[WATCH_MAX]; /* all their records */
	size_t n_objects;
	struct {
		struct str object;
		int64_t id;
	} records[WATCH_MAX]; /* these, and what is about them */
	size_t n_records;
	bool present;  /* shows himself as looking at the first of the records */
	int64_t since; /* the changeset up to which he has seen everything; 0: unknown */
};

/* Make the answer a stream of events for the session of q.  Fails with E_FORBIDDEN for a token,
 * E_BUSY where too many listen. */
bool reply_events(struct cx *cx, struct request *q, struct reply *r, const struct watch *watch)
	CHECKED;

/* How many unread notifications the person has, as was last told to a page of his, without asking
 * the database; -1: not known. */
int64_t http_unread(const struct cx *cx, const struct request *q);
/* What is known better. */
void http_unread_set(const struct cx *cx, const struct request *q, int64_t n);

/* ---- for serve.c ---- */
struct hub;
struct stream;
struct MHD_Response;
struct MHD_Connection;

bool hub_start(struct http *http, struct cx *cx, struct hub **out) CHECKED;
void hub_close(struct hub *hub); /* all streams end; no new ones */
void hub_stop(struct hub **hub);
/* The stream as a response; it is given back with the response. */
struct MHD_Response *stream_response(struct stream *stream, struct MHD_Connection *connection);
size_t hub_count(struct hub *hub);        /* who listens */
void stream_drop(struct stream **stream); /* one that was never answered */

#endif
