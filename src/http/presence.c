/* Who looks at which record, in this process and in others. */
#include "http/hub.h"

enum { SHARE_MS = 5000 }; /* how often processes tell each other */

/* Other processes' listeners, through a table of its own. */
static bool
lookers_read(struct hub *hub, struct lookers *all)
{
	struct cx *cx = hub->cx;
	struct stmt *stmt = db_sql(cx, "SELECT user_id, object, record_id FROM sys_presence"
				       " WHERE node <> ?1 AND at > ?2");
	bool more;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(hub->node));
	db_bind_int(stmt, 2, cx->now - 3 * (int64_t)SHARE_MS);
	while (db_step(cx, stmt, &more)) {
		struct looker looker;

		if (!more)
			return true;
		looker.user_id = db_col_int(stmt, 0);
		place_set(&looker.place, db_col_str(stmt, 1), db_col_int(stmt, 2));
		list_add(cx->mem, all, looker);
	}
	return false;
}

static bool
looker_insert(struct hub *hub, const struct looker *looker)
{
	struct stmt *stmt = db_sql(hub->cx, "INSERT INTO sys_presence (node, user_id, object,"
					    " record_id, at) VALUES (?1, ?2, ?3, ?4, ?5)");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(hub->node));
	db_bind_int(stmt, 2, looker->user_id);
	db_bind_str(stmt, 3, str_of(looker->place.object));
	db_bind_int(stmt, 4, looker->place.id);
	db_bind_int(stmt, 5, hub->cx->now);
	return db_run(hub->cx, stmt);
}

static bool
lookers_write(struct hub *hub, const struct lookers *own)
{
	struct cx *cx = hub->cx;
	struct stmt *stmt;

	if (!db_begin_write(cx))
		return false;
	stmt = db_sql(cx, "DELETE FROM sys_presence WHERE node = ?1 OR at < ?2");
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, str_of(hub->node));
	db_bind_int(stmt, 2, cx->now - 10 * (int64_t)SHARE_MS);
	if (!db_run(cx, stmt))
		return false;
	for (size_t i = 0; i < own->n; i++)
		if (!looker_insert(hub, &own->v[i]))
			return false;
	return db_commit(cx);
}

bool
lookers_share(struct hub *hub, struct lookers *all)
{
	struct cx *cx = hub->cx;
	struct str bytes = { (const char *)all->v, all->n * sizeof *all->v };
	uint64_t hash = all->n ? str_hash(bytes) : 0;

	if (!db_dialect(hub->http->db)->is_multi_node || (!all->n && !hub->n_shared))
		return true;
	if (cx->now - hub->shared_at >= SHARE_MS || hash != hub->shared_hash) {
		if (!lookers_write(hub, all))
			return false;
		hub->shared_at = cx->now;
		hub->shared_hash = hash;
		pthread_mutex_lock(&hub->lock);
		hub->n_shared = all->n;
		pthread_mutex_unlock(&hub->lock);
	}
	return db_begin_read(cx) && lookers_read(hub, all);
}

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Who else is at the same place, each once. */
static size_t
others_at(struct cx *cx, const struct stream *stream, const struct lookers *all, int64_t **out)
{
	int64_t *ids = new_array(cx->mem, all->n + 1, int64_t);
	size_t n = 0, k = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].user_id != stream->user_id &&
		    all->v[i].place.id == stream->records[0].id &&
		    !strcmp(all->v[i].place.object, stream->records[0].object))
			ids[n++] = all->v[i].user_id;
	if (n)
		qsort(ids, n, sizeof *ids, id_order);
	for (size_t i = 0; i < n; i++)
		if (!k || ids[k - 1] != ids[i])
			ids[k++] = ids[i];
	*out = ids;
	return k;
}

static bool
may_look(struct cx *cx, const struct stream *stream, bool *out)
{
	const struct place *place = &stream->records[0];
	const struct object *object = object_find(cx->model, str_of(place->object), NULL);

	*out = false;
	return !object || can_record(cx, OP_READ, object, place->id, out);
}

bool
lookers_tell(struct hub *hub, struct stream *stream, const struct lookers *all)
{
	struct cx *cx = hub->cx;
	const struct object *users = object_find(cx->model, S("user"), NULL);
	struct buf text = buf_in(cx->mem, STREAM_BYTES_MAX);
	int64_t *ids;
	bool may;
	size_t n = others_at(cx, stream, all, &ids);
	struct str *names = new_array(cx->mem, n + 1, struct str);
	uint64_t hash = n ? str_hash((struct str){ (const char *)ids, n * sizeof *ids }) : 0;

	if (hash == stream->seen_present)
		return true;
	if (!listener_load(hub, stream))
		return cx->err.code == E_OK;
	if (!may_look(cx, stream, &may))
		return false;
	if (!may)
		n = 0;
	if (!record_titles(cx, users, ids, n, names))
		return false;
	BUF_LIT(&text, "event: presence\ndata: [");
	for (size_t i = 0; i < n; i++) {
		if (!names[i].n)
			continue;
		buf_printf(&text,
			   "%s{\"id\":\"%lld\",\"name\":", text.p[text.n - 1] == '[' ? "" : ",",
			   (long long)ids[i]);
		buf_json(&text, names[i]);
		buf_char(&text, '}');
	}
	BUF_LIT(&text, "]\n\n");
	stream_say(stream, buf_done(&text), cx->now);
	stream->seen_present = hash;
	return true;
}
