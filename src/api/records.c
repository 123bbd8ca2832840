#include "api/api.h"

#include "base/clock.h"
#include "record/authz.h"

/* ---- lists ---- */

static bool
parse_sort(struct cx *cx, const struct object *object, struct str text, struct sort_key *keys,
	   size_t *n)
{
	*n = 0;
	while (text.n) {
		struct str name = str_trim(str_cut(&text, ','));
		bool descending = str_starts(name, S("-"));
		const struct field *f;

		if (descending)
			name = str_from(name, 1);
		f = field_find(object, name);
		if (!f || !AUTHZ(SORT_FIELD, can_see_field(cx, object, f)))
			return fail_field(cx, S("sort"), "unknown", "%.*s has no field named %.*s",
					  STR_FMT(object->label), STR_FMT(name));
		if (f->special || f->type == FT_MANY || f->type == FT_ANY ||
		    f->type == FT_LONGTEXT || f->type == FT_RICHTEXT)
			return fail_field(cx, S("sort"), "operator", "One cannot sort by %.*s",
					  STR_FMT(name));
		if (*n == SORT_MAX)
			return fail_field(cx, S("sort"), "range", "Sort by at most %d fields",
					  SORT_MAX);
		keys[(*n)++] = (struct sort_key){ f, descending };
	}
	return true;
}

static bool
parse_fields(struct cx *cx, const struct object *object, struct str text, const struct field ***out,
	     size_t *n)
{
	const struct field **fields = new_array(cx->mem, FIELDS_MAX, const struct field *);

	*n = 0;
	while (text.n) {
		struct str name = str_trim(str_cut(&text, ','));
		const struct field *f = field_find(object, name);

		if (!f || !AUTHZ(LIST_FIELD, can_see_field(cx, object, f)))
			return fail_field(cx, S("fields"), "unknown",
					  "%.*s has no field named %.*s", STR_FMT(object->label),
					  STR_FMT(name));
		if (*n == FIELDS_MAX)
			return fail_field(cx, S("fields"), "range", "Too many fields");
		fields[(*n)++] = f;
	}
	*out = fields;
	return true;
}

static bool
parse_flag(struct cx *cx, const struct request *q, const char *name, bool *out)
{
	int64_t flag;

	if (!request_query_int(cx, q, name, (struct request_range){ 0, 1, 0 }, &flag))
		return false;
	*out = flag == 1;
	return true;
}

static bool
parse_query(struct cx *cx, const struct request *q, struct query *out,
	    struct sort_key sort[SORT_MAX])
{
	static const char *const known[] = { "where", "sort",  "fields", "limit",
					     "after", "total", "trash",  NULL };
	const struct field **fields = NULL;

	*out = (struct query){ .after = request_query(q, "after"), .sort = sort };
	if (!api_query_only(cx, q, known) || !api_object(cx, q, &out->object, &out->face) ||
	    !api_where(cx, q, out->object, &out->where) ||
	    !parse_sort(cx, out->object, request_query(q, "sort"), sort, &out->n_sort) ||
	    !parse_fields(cx, out->object, request_query(q, "fields"), &fields, &out->n_fields) ||
	    !request_query_int(cx, q, "limit",
			       (struct request_range){ 1, LIMIT_MAX, LIMIT_DEFAULT },
			       &out->limit) ||
	    !parse_flag(cx, q, "total", &out->total) || !parse_flag(cx, q, "trash", &out->trash))
		return false;
	out->fields = fields;
	return true;
}

bool
api_list(struct cx *cx, struct request *q, struct reply *r)
{
	struct sort_key sort[SORT_MAX];
	struct query query;
	struct rows rows;

	if (!parse_query(cx, q, &query, sort) || !record_query(cx, &query, &rows))
		return false;
	r->type = TYPE_JSON;
	BUF_LIT(&r->body, "{\"items\":[");
	for (size_t i = 0; i < rows.n; i++) {
		if (i)
			buf_char(&r->body, ',');
		api_record(&rows.v[i], &r->body);
	}
	BUF_LIT(&r->body, "],\"next\":");
	api_text(rows.next, &r->body);
	if (query.total) {
		BUF_LIT(&r->body, ",\"total\":");
		buf_int(&r->body, rows.total);
	}
	buf_char(&r->body, '}');
	return true;
}

/* ---- one record ---- */

static bool
as_of(struct cx *cx, const struct request *q, int64_t *out)
{
	struct str text = request_query(q, "as_of");
	int64_t date;

	if (moment_parse(text, out, NULL))
		return true;
	/* A day means its end. */
	if (date_parse(text, &date, NULL)) {
		*out = (date + 1) * MS_PER_DAY - 1;
		return true;
	}
	return fail_field(cx, S("as_of"), "format",
			  "A moment is written like 2026-03-31T12:00:00Z or 2026-03-31");
}

bool
api_get(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "as_of", NULL };
	const struct object *object;
	struct row *row;
	int64_t id, at;

	if (!api_query_only(cx, q, known) || !api_path(cx, q, &object, &id))
		return false;
	if (!request_has_query(q, "as_of")) {
		if (!record_load(cx, object, id, &row))
			return false;
		reply_etag_version(cx, r, row->version);
	} else if (!as_of(cx, q, &at) || !record_load_as_of(cx, object, id, at, &row)) {
		return false;
	}
	if (!api_in_face(cx, q, row))
		return false;
	r->type = TYPE_JSON;
	api_record(row, &r->body);
	return true;
}

/* Where the record is found: under the name it was made through. */
static void
reply_location(struct cx *cx, const struct request *q, struct reply *r, int64_t id)
{
	struct str object = request_param(q, "object");

	reply_header(cx, r, "Location",
		     str_printf(cx->mem, "/api/v1/%.*s/%lld", STR_FMT(object), (long long)id));
}

static bool
run_create(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	const struct object *object;
	const struct face *face;
	struct change *c;

	if (!api_object(cx, q, &object, &face) || !api_body(cx, q, &json))
		return false;
	c = change_new(cx, object, face);
	if (!api_set_fields(cx, c, json) || !record_save(cx, c) || !api_reply_record(cx, r, c))
		return false;
	r->status = 201;
	reply_location(cx, q, r, c->id);
	return true;
}

bool
api_create(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_create);
}

/* Open the record of the path for a change, at the version that If-Match names. */
static bool
open_change(struct cx *cx, struct request *q, enum change_op op, struct change **out)
{
	const struct object *object;
	struct change *c;
	bool has_version;
	int64_t id;

	if (!api_path(cx, q, &object, &id) || !change_of(cx, op, object, id, &c))
		return false;
	if (!api_in_face(cx, q, c->before) ||
	    !request_if_match(cx, q, &has_version, &c->if_version))
		return false;
	if (!has_version)
		c->if_version = 0;
	*out = c;
	return true;
}

static bool
run_patch(struct cx *cx, struct request *q, struct reply *r)
{
	OWNED(api_body_free) json_t *json = NULL;
	struct change *c;

	return api_body(cx, q, &json) && open_change(cx, q, CHANGE_EDIT, &c) &&
	       api_set_fields(cx, c, json) && record_save(cx, c) && api_reply_record(cx, r, c);
}

bool
api_patch(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_patch);
}

static bool
run_delete(struct cx *cx, struct request *q, struct reply *r)
{
	struct change *c;

	if (!open_change(cx, q, CHANGE_DELETE, &c) || !record_save(cx, c))
		return false;
	reply_no_content(r);
	return true;
}

bool
api_delete(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_delete);
}

static bool
run_restore(struct cx *cx, struct request *q, struct reply *r)
{
	struct change *c;

	return open_change(cx, q, CHANGE_RESTORE, &c) && record_save(cx, c) &&
	       api_reply_record(cx, r, c);
}

bool
api_restore(struct cx *cx, struct request *q, struct reply *r)
{
	return api_work(cx, q, r, "", run_restore);
}
