/* Inside the live updates: events.c (streams), hub.c (the thread that tells), presence.c. */
#ifndef KONTOR_HTTP_HUB_H
#define KONTOR_HTTP_HUB_H

#include "http/internal.h"

#include "base/heap.h"
#include "db/db.h"
#include "model/model.h"
#include "record/record.h"

enum {
	STREAM_BYTES_MAX = 64 << 10, /* that wait for who does not read */
	PLACE_NAME_MAX = 64,
	NODE_CHARS = 16,
	UNREAD_PLACES = 1024,
};

struct place {
	char object[PLACE_NAME_MAX];
	int64_t id;
};

struct stream {
	struct stream *next;
	struct hub *hub;
	struct MHD_Connection *connection;
	int refs; /* of the list, of the response, of the thread at work */
	bool suspended, ended;
	struct buf out;
	unsigned char session[IDENTITY_HASH];
	int64_t user_id;
	int64_t told; /* the changeset up to which he knows */
	struct place objects[WATCH_MAX], records[WATCH_MAX];
	size_t n_objects, n_records;
	bool present;
	uint64_t seen_present; /* hash of who was told last */
	int64_t checked_at, beat_at;
	int64_t inbox, unread; /* version and number that were told last; -1: never */
};

/* How many unread notifications somebody had when he was told last. */
struct unread {
	int64_t user_id, n, at;
};

struct hub {
	struct task task;
	struct http *http;
	struct cx *cx;
	struct crew *crew;
	struct gate *end;
	pthread_mutex_t lock; /* the list, and of each stream refs, suspended, ended, out */
	pthread_cond_t come;  /* somebody listens, or the server closes */
	struct stream *first;
	size_t n;
	bool closing;
	int64_t shared_at;
	size_t n_shared;      /* lookers whom other processes know of */
	uint64_t shared_hash; /* of them */
	char node[NODE_CHARS + 1];
	struct unread unread[UNREAD_PLACES]; /* with the lock held */
};

/* ---- events.c ---- */
void place_set(struct place *place, struct str object, int64_t id);
void stream_say(struct stream *stream, struct str text, int64_t now);
void stream_end(struct stream *stream);
/* With the lock held. */
void stream_unref(struct stream *stream);
void stream_wake(struct stream *stream);
bool stream_has_left(const struct stream *stream);

/* ---- hub.c ---- */
/* Sets cx->actor; false: he is to hear nothing more, or (cx->err) the database failed. */
bool listener_load(struct hub *hub, struct stream *stream) CHECKED;

/* ---- inbox.c ---- */
struct inboxes;
/* Whose notifications have changed a short while ago. */
bool inboxes_look(struct cx *cx, struct inboxes *out) CHECKED;
/* Tell how many are unread, where that is new. */
bool inbox_tell(struct hub *hub, struct stream *stream, const struct inboxes *changed, bool is_due)
	CHECKED;

/* ---- presence.c ---- */
struct looker {
	struct place place;
	int64_t user_id;
};
struct lookers {
	struct looker *v;
	size_t n, cap;
};
/* Add those of other processes to `all`, and tell them of ours now and then. */
bool lookers_share(struct hub *hub, struct lookers *all) CHECKED;
/* Tell who else is there, where that has changed. */
bool lookers_tell(struct hub *hub, struct stream *stream, const struct lookers *all) CHECKED;

#endif
