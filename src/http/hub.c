/* The thread that reads the log and tells those who listen. */
#include "http/hub.h"
#include "flow/notice.h"

enum {
	TICK_MS = 250,
	BROKEN_MS = 2000, /* between tries while the database does not answer */
	BEAT_MS = 15000,  /* a comment, so that nobody on the way takes the line for dead */
	CHECK_MS = 5000,  /* how often the session is looked at while nothing is told */
	NEWS_MAX = 400,   /* told one by one in a tick */
	HUB_MEM = 32 << 20,
	MS_PER_SECOND = 1000,
};

/* ---- who may still listen ---- */

static bool
session_lives(struct cx *cx, const struct stream *stream, const struct http *http, bool *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT 1 FROM sys_session WHERE hash = ?1"
				       " AND expires_at > ?2 AND seen_at > ?3");

	if (!stmt)
		return false;
	db_bind_blob(stmt, 1, (struct str){ (const char *)stream->session, IDENTITY_HASH });
	db_bind_int(stmt, 2, cx->now);
	db_bind_int(stmt, 3, cx->now - http->options.session_idle_s * MS_PER_SECOND);
	if (!db_step(cx, stmt, out))
		return false;
	db_done(stmt);
	return true;
}

bool
listener_load(struct hub *hub, struct stream *stream)
{
	struct cx *cx = hub->cx;
	bool lives;

	if (!session_lives(cx, stream, hub->http, &lives))
		return false;
	stream->checked_at = cx->now;
	if (lives && hub->http->options.actor_load(cx, stream->user_id, &cx->actor))
		return true;
	if (!lives || cx->err.code == E_AUTH) {
		fail_clear(cx);
		stream_end(stream);
	}
	return false;
}

/* ---- what changed ---- */

/* One look at the log for all who listen. */
struct round {
	struct stream **v;
	size_t n;
	int64_t after, next; /* changesets behind the one, up to the other */
	struct news_list news;
	bool is_lost; /* too many to tell */
	struct lookers lookers;
	struct inboxes inboxes;
};

static const char *const OPS[] = {
	[CHANGE_CREATE] = "create",   [CHANGE_EDIT] = "edit",   [CHANGE_DELETE] = "delete",
	[CHANGE_RESTORE] = "restore", [CHANGE_ERASE] = "erase",
};

static struct str
lost_text(struct cx *cx, const struct round *round)
{
	return str_printf(cx->mem, "event: lost\nid: %lld\ndata: {}\n\n", (long long)round->next);
}

static bool
is_place(const struct place *place, const struct ref *ref)
{
	return ref->object && ref->id == place->id && str_eq_z(ref->object->name, place->object);
}

static bool
is_watched(const struct stream *stream, const struct news *news)
{
	for (size_t i = 0; i < stream->n_objects; i++)
		if (str_eq_z(news->record.object->name, stream->objects[i].object))
			return true;
	for (size_t i = 0; i < stream->n_records; i++)
		if (is_place(&stream->records[i], &news->record) ||
		    is_place(&stream->records[i], &news->subject))
			return true;
	return false;
}

static void
news_write(const struct news *news, struct buf *out)
{
	buf_z(out, out->p[out->n - 1] == '[' ? "" : ",");
	BUF_LIT(out, "{\"object\":");
	buf_json(out, news->record.object->name);
	buf_printf(out, ",\"id\":\"%lld\",\"op\":\"%s\",\"version\":%lld,\"changeset\":\"%lld\"}",
		   (long long)news->record.id, OPS[news->op], (long long)news->version,
		   (long long)news->changeset);
}

static bool
tell_news(struct hub *hub, struct stream *stream, const struct round *round)
{
	struct cx *cx = hub->cx;
	const struct news_list *list = &round->news;
	struct ref *refs = new_array(cx->mem, list->n + 1, struct ref);
	const struct news **watched = new_array(cx->mem, list->n + 1, const struct news *);
	bool *seen = new_array(cx->mem, list->n + 1, bool);
	struct buf text = buf_in(cx->mem, STREAM_BYTES_MAX);
	size_t n = 0, told = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].changeset > stream->told && is_watched(stream, &list->v[i])) {
			watched[n] = &list->v[i];
			refs[n++] = list->v[i].record;
		}
	if (!n)
		return true;
	if (!listener_load(hub, stream))
		return cx->err.code == E_OK;
	if (!records_seen(cx, refs, n, seen))
		return false;
	buf_printf(&text, "event: changes\nid: %lld\ndata: [", (long long)round->next);
	for (size_t i = 0; i < n; i++)
		if (seen[i]) {
			news_write(watched[i], &text);
			told++;
		}
	BUF_LIT(&text, "]\n\n");
	if (told)
		stream_say(stream, text.full ? lost_text(cx, round) : buf_done(&text), cx->now);
	return true;
}

/* ---- the thread ---- */

/* The streams as they are now, held until round_end. */
static void
round_begin(struct hub *hub, struct round *round)
{
	*round = (struct round){ .after = INT64_MAX };
	pthread_mutex_lock(&hub->lock);
	round->v = new_array(hub->cx->mem, hub->n + 1, struct stream *);
	for (struct stream *at = hub->first; at; at = at->next) {
		if (stream_has_left(at))
			at->ended = true;
		if (at->ended) {
			stream_wake(at);
			continue;
		}
		at->refs++;
		round->v[round->n++] = at;
		if (at->told < round->after)
			round->after = at->told;
	}
	pthread_mutex_unlock(&hub->lock);
	for (size_t i = 0; i < round->n; i++)
		if (round->v[i]->present)
			list_add(
				hub->cx->mem, &round->lookers,
				((struct looker){ round->v[i]->records[0], round->v[i]->user_id }));
}

static void
round_end(struct hub *hub, struct round *round)
{
	pthread_mutex_lock(&hub->lock);
	for (size_t i = 0; i < round->n; i++)
		stream_unref(round->v[i]);
	pthread_mutex_unlock(&hub->lock);
}

static bool
news_read(struct cx *cx, struct round *round)
{
	int64_t head;

	round->next = round->after;
	if (!round->n)
		return true;
	if (!log_head(cx, &head) || head <= round->after)
		return cx->err.code == E_OK;
	if (!log_news(cx, round->after, NEWS_MAX + 1, &round->news))
		return false;
	round->is_lost = round->news.n > NEWS_MAX;
	round->next = head;
	return true;
}

static bool
tell(struct hub *hub, struct stream *stream, const struct round *round)
{
	struct cx *cx = hub->cx;
	bool is_due = cx->now - stream->checked_at >= CHECK_MS;

	if (round->is_lost)
		stream_say(stream, lost_text(cx, round), cx->now);
	else if (!tell_news(hub, stream, round))
		return false;
	if (!inbox_tell(hub, stream, &round->inboxes, is_due))
		return false;
	if (stream->present && !lookers_tell(hub, stream, &round->lookers))
		return false;
	if (is_due && cx->now - stream->checked_at >= CHECK_MS && !listener_load(hub, stream))
		return cx->err.code == E_OK;
	if (cx->now - stream->beat_at >= BEAT_MS)
		stream_say(stream, S(":\n\n"), cx->now);
	if (stream->told < round->next)
		stream->told = round->next;
	return true;
}

/* A stream that cannot be told ends; whoever listened comes again. */
static bool
hub_round(struct hub *hub, struct round *round)
{
	struct cx *cx = hub->cx;

	if (!round->n && !hub->n_shared)
		return true;
	store_model(cx);
	cx->door = S("events");
	if (!lookers_share(hub, &round->lookers) || (!cx->conn && !db_begin_read(cx)) ||
	    !news_read(cx, round) || (round->n && !inboxes_look(cx, &round->inboxes)))
		return false;
	for (size_t i = 0; i < round->n; i++) {
		struct arena_mark mark = arena_mark(cx->mem);

		if (!tell(hub, round->v[i], round)) {
			stream_end(round->v[i]);
			return false;
		}
		cx->actor = NULL;
		arena_rewind(cx->mem, mark);
	}
	return true;
}

static bool
hub_guarded(struct hub *hub, struct round *round)
{
	struct cx *cx = hub->cx;
	bool ok;

	if (setjmp(*arena_guard(cx->mem)))
		return false;
	ok = hub_round(hub, round);
	if (!ok)
		http_log_failure(cx, "events");
	arena_unguard(cx->mem);
	return ok;
}

static bool
hub_work(struct hub *hub)
{
	struct cx *cx = hub->cx;
	struct round round;
	bool ok;

	cx_reset(cx);
	round_begin(hub, &round);
	ok = hub_guarded(hub, &round);
	db_rollback(cx);
	round_end(hub, &round);
	return ok;
}

/* While nobody listens, nothing is asked. */
static void
hub_sleep(struct hub *hub)
{
	pthread_mutex_lock(&hub->lock);
	while (!hub->first && !hub->closing && !hub->n_shared)
		pthread_cond_wait(&hub->come, &hub->lock);
	pthread_mutex_unlock(&hub->lock);
}

static void
hub_run(struct task *task)
{
	struct hub *hub = (struct hub *)task;
	int64_t wait_ms = TICK_MS;

	for (;;) {
		hub_sleep(hub);
		if (gate_enter(hub->end, hub->http->env, wait_ms))
			return;
		wait_ms = hub_work(hub) ? TICK_MS : BROKEN_MS;
	}
}

bool
hub_start(struct http *http, struct cx *cx, struct hub **out)
{
	static const char HEX[] = "0123456789abcdef";
	struct hub *hub = heap_new(sizeof *hub);
	unsigned char bytes[sizeof(uint64_t)];

	pthread_mutex_init(&hub->lock, NULL);
	pthread_cond_init(&hub->come, NULL);
	hub->task.run = hub_run;
	hub->http = http;
	hub->cx = cx_new(http->env, HUB_MEM);
	hub->cx->db = http->db;
	hub->cx->store = http->store;
	hub->end = gate_new(0);
	http->env->random(http->env, bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++) {
		hub->node[2 * i] = HEX[bytes[i] >> 4];
		hub->node[2 * i + 1] = HEX[bytes[i] & 15];
	}
	if (!crew_start(cx, 1, &hub->crew)) {
		hub_stop(&hub);
		return false;
	}
	crew_add(hub->crew, &hub->task);
	*out = hub;
	return true;
}

void
hub_close(struct hub *hub)
{
	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	hub->closing = true;
	for (struct stream *at = hub->first; at; at = at->next) {
		at->ended = true;
		stream_wake(at);
	}
	pthread_cond_signal(&hub->come);
	pthread_mutex_unlock(&hub->lock);
}

void
hub_stop(struct hub **at)
{
	struct hub *hub = *at;

	if (!hub)
		return;
	hub_close(hub);
	gate_leave(hub->end);
	crew_stop(&hub->crew);
	gate_free(&hub->end);
	cx_free(&hub->cx);
	pthread_cond_destroy(&hub->come);
	pthread_mutex_destroy(&hub->lock);
	heap_free(hub);
	*at = NULL;
}
