#include <microhttpd.h>
#include <sys/socket.h>

#include "http/events.h"
#include "http/hub.h"

#include <errno.h>

enum {
	STREAMS_MAX = 400,
	STREAMS_OF_ONE_MAX = 40, /* of one person: every window that he sees has one */
	CHUNK = 4096,
	RETRY_MS = 2000,
};

/* ---- the life of a stream ---- */

static void
stream_free(struct stream *stream)
{
	buf_fini(&stream->out);
	heap_free(stream);
}

void
stream_unref(struct stream *stream)
{
	if (!--stream->refs)
		stream_free(stream);
}

static void
stream_unlink(struct hub *hub, struct stream *stream)
{
	for (struct stream **at = &hub->first; *at; at = &(*at)->next)
		if (*at == stream) {
			*at = stream->next;
			hub->n--;
			stream_unref(stream);
			return;
		}
}

static void
stream_left(void *state)
{
	struct stream *stream = state;
	struct hub *hub = stream->hub;

	pthread_mutex_lock(&hub->lock);
	stream->ended = true;
	stream->connection = NULL;
	stream_unlink(hub, stream);
	stream_unref(stream);
	pthread_mutex_unlock(&hub->lock);
}

void
stream_drop(struct stream **stream)
{
	if (*stream)
		stream_left(*stream);
	*stream = NULL;
}

static ssize_t
stream_read(void *state, uint64_t at, char *into, size_t max)
{
	struct stream *stream = state;
	struct hub *hub = stream->hub;
	ssize_t n = 0;

	(void)at;
	pthread_mutex_lock(&hub->lock);
	if (stream->out.n) {
		size_t some = stream->out.n < max ? stream->out.n : max;

		memcpy(into, stream->out.p, some);
		memmove(stream->out.p, stream->out.p + some, stream->out.n - some);
		stream->out.n -= some;
		if (!stream->out.n && stream->out.cap > CHUNK) {
			buf_fini(&stream->out);
			stream->out = buf_heap(STREAM_BYTES_MAX);
		}
		n = (ssize_t)some;
	} else if (stream->ended) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else if (!stream->suspended) {
		stream->suspended = true;
		MHD_suspend_connection(stream->connection);
	}
	pthread_mutex_unlock(&hub->lock);
	return n;
}

struct MHD_Response *
stream_response(struct stream *stream, struct MHD_Connection *connection)
{
	stream->connection = connection;
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, CHUNK, stream_read, stream,
						 stream_left);
}

/* Let it go on reading. */
void
stream_wake(struct stream *stream)
{
	if (stream->suspended && stream->connection) {
		stream->suspended = false;
		MHD_resume_connection(stream->connection);
	}
}

void
stream_end(struct stream *stream)
{
	pthread_mutex_lock(&stream->hub->lock);
	stream->ended = true;
	stream_wake(stream);
	pthread_mutex_unlock(&stream->hub->lock);
}

/* A line that is asleep is looked at by nobody: has the other side hung up? */
bool
stream_has_left(const struct stream *stream)
{
	const union MHD_ConnectionInfo *info =
		stream->suspended && stream->connection
			? MHD_get_connection_info(stream->connection,
						  MHD_CONNECTION_INFO_CONNECTION_FD)
			: NULL;
	char byte;
	ssize_t n = info ? recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) : 1;

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* Whoever does not read what he is told is let go. */
void
stream_say(struct stream *stream, struct str text, int64_t now)
{
	pthread_mutex_lock(&stream->hub->lock);
	buf_str(&stream->out, text);
	stream->ended |= stream->out.full;
	stream->beat_at = now;
	stream_wake(stream);
	pthread_mutex_unlock(&stream->hub->lock);
}

/* ---- opening ---- */

void
place_set(struct place *place, struct str object, int64_t id)
{
	object = str_first(object, PLACE_NAME_MAX - 1);
	memcpy(place->object, object.p, object.n);
	place->object[object.n] = '\0';
	place->id = id;
}

static struct stream *
stream_new(struct hub *hub, const struct cx *cx, const struct request *q, const struct watch *watch)
{
	struct stream *stream = heap_new(sizeof *stream);

	stream->hub = hub;
	stream->refs = 2;
	stream->out = buf_heap(STREAM_BYTES_MAX);
	stream->user_id = cx->actor->user_id;
	stream->checked_at = stream->beat_at = cx->now;
	memcpy(stream->session, q->session->hash, sizeof stream->session);
	for (size_t i = 0; i < watch->n_objects; i++)
		place_set(&stream->objects[stream->n_objects++], watch->objects[i], 0);
	for (size_t i = 0; i < watch->n_records; i++)
		place_set(&stream->records[stream->n_records++], watch->records[i].object,
			  watch->records[i].id);
	stream->inbox = -1;
	stream->present = watch->present && watch->n_records;
	return stream;
}

static size_t
streams_of(const struct hub *hub, int64_t user_id)
{
	size_t n = 0;

	for (const struct stream *at = hub->first; at; at = at->next)
		n += at->user_id == user_id && !at->ended;
	return n;
}

static bool
hub_add(struct hub *hub, struct stream *stream)
{
	bool added;

	pthread_mutex_lock(&hub->lock);
	added = !hub->closing && hub->n < STREAMS_MAX &&
		hub->n < (size_t)hub->http->options.connections / 2 &&
		streams_of(hub, stream->user_id) < STREAMS_OF_ONE_MAX;
	if (added) {
		stream->next = hub->first;
		hub->first = stream;
		hub->n++;
		pthread_cond_signal(&hub->come);
	}
	pthread_mutex_unlock(&hub->lock);
	return added;
}

bool
reply_events(struct cx *cx, struct request *q, struct reply *r, const struct watch *watch)
{
	struct hub *hub = q->http->hub;
	struct stream *stream;
	int64_t head;

	if (!q->session || !cx->actor)
		return fail(cx, E_FORBIDDEN, "Live updates are for browsers that are signed in");
	if (!hub)
		return fail(cx, E_BUSY, NULL);
	if (!log_head(cx, &head))
		return false;
	stream = stream_new(hub, cx, q, watch);
	stream->told = head;
	buf_printf(&stream->out, "retry: %d\nevent: hello\nid: %lld\ndata: {\"lost\":%s}\n\n",
		   RETRY_MS, (long long)head, watch->since < head ? "true" : "false");
	if (!hub_add(hub, stream)) {
		stream_free(stream);
		return fail(cx, E_BUSY, "Too many pages are open at once: close some");
	}
	r->stream = stream;
	r->type = S("text/event-stream");
	reply_header(cx, r, "X-Accel-Buffering", S("no"));
	return true;
}

size_t
hub_count(struct hub *hub)
{
	size_t n = 0;

	if (hub) {
		pthread_mutex_lock(&hub->lock);
		n = hub->n;
		pthread_mutex_unlock(&hub->lock);
	}
	return n;
}
