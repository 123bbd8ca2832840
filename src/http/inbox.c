/* How many unread notifications those who listen have. */
#include "flow/notice.h"
#include "http/hub.h"

enum {
	BACK_MS = 30000,  /* how late another's transaction may become visible */
	KNOWN_MS = 60000, /* how long a number is believed that nobody listens for */
};

static struct unread *
unread_place(struct hub *hub, int64_t user_id)
{
	return &hub->unread[(uint64_t)user_id % UNREAD_PLACES];
}

static void
unread_keep(struct hub *hub, int64_t user_id, int64_t n, int64_t now)
{
	pthread_mutex_lock(&hub->lock);
	*unread_place(hub, user_id) = (struct unread){ user_id, n, now };
	pthread_mutex_unlock(&hub->lock);
}

int64_t
http_unread(const struct cx *cx, const struct request *q)
{
	struct hub *hub = q->http ? q->http->hub : NULL;
	struct unread found;

	if (!hub || !cx->actor)
		return -1;
	pthread_mutex_lock(&hub->lock);
	found = *unread_place(hub, cx->actor->user_id);
	pthread_mutex_unlock(&hub->lock);
	return found.user_id == cx->actor->user_id && cx->now - found.at < KNOWN_MS ? found.n : -1;
}

void
http_unread_set(const struct cx *cx, const struct request *q, int64_t n)
{
	if (q->http && q->http->hub && cx->actor)
		unread_keep(q->http->hub, cx->actor->user_id, n, cx->now);
}

bool
inboxes_look(struct cx *cx, struct inboxes *out)
{
	return inboxes_since(cx, cx->now - BACK_MS, out);
}

/* Since he was told last, or ever: what he may read may have changed too. */
static bool
is_news(struct hub *hub, const struct stream *stream, const struct inboxes *changed, bool is_due)
{
	if (stream->inbox < 0 || (is_due && stream->unread))
		return true;
	for (size_t i = 0; i < changed->n; i++)
		if (changed->v[i].user_id == stream->user_id)
			return changed->v[i].version != stream->inbox;
	if (is_due)
		unread_keep(hub, stream->user_id, stream->unread, hub->cx->now);
	return false;
}

bool
inbox_tell(struct hub *hub, struct stream *stream, const struct inboxes *changed, bool is_due)
{
	struct cx *cx = hub->cx;
	int64_t version, unread;

	if (!is_news(hub, stream, changed, is_due))
		return true;
	if (!listener_load(hub, stream))
		return cx->err.code == E_OK;
	if (!inbox_version(cx, &version) || !notices_unread(cx, &unread))
		return false;
	unread_keep(hub, stream->user_id, unread, cx->now);
	if (stream->inbox < 0 || unread != stream->unread || version != stream->inbox)
		stream_say(stream,
			   str_printf(cx->mem, "event: notices\ndata: {\"unread\":%lld}\n\n",
				      (long long)unread),
			   cx->now);
	stream->inbox = version;
	stream->unread = unread;
	return true;
}
