/* What changes while a page is open. */
#include "http/events.h"
#include "web/web.h"

/* "deal,party": those that the person may read; others do not exist for him. */
static void
take_objects(struct cx *cx, struct str text, struct watch *watch)
{
	while (text.n && watch->n_objects < WATCH_MAX) {
		const struct object *object =
			object_find(cx->model, str_trim(str_cut(&text, ',')), NULL);

		if (object && can_object(cx, object, OP_READ))
			watch->objects[watch->n_objects++] = object->name;
	}
}

/* "deal.5,party.12": the same. */
static bool
take_records(struct cx *cx, struct str text, struct watch *watch)
{
	while (text.n && watch->n_records < WATCH_MAX) {
		struct str rest = str_trim(str_cut(&text, ','));
		const struct object *object = object_find(cx->model, str_cut(&rest, '.'), NULL);
		int64_t id;
		bool may;

		if (!object || !str_int(rest, 1, INT64_MAX, &id))
			continue;
		if (!can_record(cx, OP_READ, object, id, &may))
			return false;
		if (!may)
			continue;
		watch->records[watch->n_records].object = object->name;
		watch->records[watch->n_records++].id = id;
	}
	return true;
}

bool
web_events(struct cx *cx, struct request *q, struct reply *r)
{
	struct watch watch = { .present = str_eq(request_query(q, "present"), S("1")) };

	if (!request_query_int(cx, q, "since", (struct request_range){ 0, INT64_MAX, 0 },
			       &watch.since))
		return false;
	take_objects(cx, request_query(q, "objects"), &watch);
	return take_records(cx, request_query(q, "records"), &watch) &&
	       reply_events(cx, q, r, &watch);
}
