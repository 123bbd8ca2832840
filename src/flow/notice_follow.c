/* The follower of the log that tells people what concerns them. */
#include "flow/flow.h"
#include "flow/notice_private.h"

enum { REFS_AT_ONCE = 100, REF_BYTES = 100, MANY = 5, DAY_S = 86400 };

/* Who follows which record. */
struct follow {
	int64_t user_id, record;
	struct str object;
	int64_t since;
};
struct follows {
	struct follow *v;
	size_t n, cap;
};
struct refs {
	struct ref *v;
	size_t n, cap;
};

/* What the follower was told at once. */
struct tidings {
	const struct change_rows *changes;
	bool has_people;
	struct people people;
	struct follows follows;
	struct notices notices;
};

/* ---- who follows ---- */

static bool
can_follow(const struct object *object)
{
	return object && object->features & FEATURE_FOLLOW;
}

static void
want(struct cx *cx, struct refs *refs, const struct object *object, int64_t id)
{
	if (!can_follow(object) || id <= 0)
		return;
	for (size_t i = 0; i < refs->n; i++)
		if (refs->v[i].object == object && refs->v[i].id == id)
			return;
	list_add(cx->mem, refs, ((struct ref){ object, id }));
}

/* What a change is about: the record, and of a new one those that it hangs on. */
static void
refs_of(struct cx *cx, const struct change_row *change, struct refs *refs)
{
	want(cx, refs, change->object, change->record);
	for (size_t i = 0; change->op == CHANGE_CREATE && i < change->n; i++) {
		const struct value *v = &change->v[i].new_value;
		const struct field *f = change->v[i].field;

		if (v->kind == V_ANY)
			want(cx, refs, object_find(cx->model, v->s, NULL), v->i);
		else if (f->type == FT_ONE && v->kind == V_INT)
			want(cx, refs, f->target, v->i);
	}
}

static void
follow_add(struct cx *cx, const struct row *row, void *to)
{
	struct follows *follows = to;
	const struct value *about = &row->v[field_find(row->object, S("about"))->index];
	const struct value *owner = &row->v[row->object->owner->index];

	if (about->kind == V_ANY && owner->kind == V_INT)
		list_add(cx->mem, follows,
			 ((struct follow){ owner->i, about->i, str_dup(cx->mem, about->s),
					   row->v[SF_CREATED_AT].i }));
}

static bool
follows_some(struct cx *cx, const struct ref *refs, size_t n, struct follows *out)
{
	const struct object *object = object_find(cx->model, S("follow"), NULL);
	const struct field *fields[] = { field_find(object, S("about")), object->owner,
					 object->fields[SF_CREATED_AT] };
	struct query query = { .object = object, .fields = fields, .n_fields = countof(fields) };
	struct buf text = buf_in(cx->mem, (size_t)REF_BYTES * (REFS_AT_ONCE + 1));

	for (size_t i = 0; i < n; i++) {
		buf_z(&text, i ? " or about = " : "about = ");
		buf_str(&text, refs[i].object->name);
		buf_char(&text, ':');
		buf_int(&text, refs[i].id);
	}
	return cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &query.where) &&
	       rows_all(cx, &query, follow_add, out);
}

static bool
follows_read(struct cx *cx, struct tidings *tidings)
{
	struct refs refs = { 0 };

	for (size_t i = 0; i < tidings->changes->n; i++)
		if (tidings->changes->v[i].object)
			refs_of(cx, &tidings->changes->v[i], &refs);
	for (size_t at = 0; at < refs.n; at += REFS_AT_ONCE) {
		size_t some = refs.n - at < REFS_AT_ONCE ? refs.n - at : REFS_AT_ONCE;

		if (!follows_some(cx, refs.v + at, some, &tidings->follows))
			return false;
	}
	return true;
}

/* ---- who is told ---- */

/* Each is told once of a change: what concerns him most comes first. */
static void
tell(struct cx *cx, struct tidings *tidings, size_t first, const struct notice *notice)
{
	if (notice->user_id == notice->actor_id)
		return;
	for (size_t i = first; i < tidings->notices.n; i++)
		if (tidings->notices.v[i].user_id == notice->user_id)
			return;
	list_add(cx->mem, &tidings->notices, *notice);
}

static bool
may_mention(const struct field_change *change)
{
	const struct field *f = change->field;

	return (f->type == FT_TEXT || f->type == FT_LONGTEXT || f->type == FT_RICHTEXT) &&
	       !f->special && change->new_value.kind == V_TEXT &&
	       memchr(change->new_value.s.p, '@', change->new_value.s.n);
}

static bool
is_among(const struct person *person, const struct person **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == person)
			return true;
	return false;
}

static bool
tell_mentioned(struct cx *cx, struct tidings *tidings, size_t first, const struct notice *like,
	       const struct field_change *change)
{
	const struct person **before, **now;
	size_t n_before = 0, n;

	if (!tidings->has_people && !people_read(cx, &tidings->people))
		return false;
	tidings->has_people = true;
	before = new_array(cx->mem, tidings->people.n + 1, const struct person *);
	now = new_array(cx->mem, tidings->people.n + 1, const struct person *);
	if (change->old.kind == V_TEXT)
		n_before = mentions_of(&tidings->people, change->old.s, before);
	n = mentions_of(&tidings->people, change->new_value.s, now);
	for (size_t i = 0; i < n; i++) {
		struct notice notice = *like;

		if (is_among(now[i], before, n_before))
			continue;
		notice.kind = NOTICE_MENTION;
		notice.user_id = now[i]->id;
		tell(cx, tidings, first, &notice);
	}
	return true;
}

static void
tell_assigned(struct cx *cx, struct tidings *tidings, size_t first, const struct notice *like,
	      const struct change_row *change, const struct field_change *field)
{
	struct notice notice = *like;

	if (field->field != change->object->owner || !(change->object->features & FEATURE_NOTIFY) ||
	    field->new_value.kind != V_INT || !change->actor_id)
		return;
	notice.kind = NOTICE_ASSIGNED;
	notice.user_id = field->new_value.i;
	tell(cx, tidings, first, &notice);
}

static bool
is_about(const struct follow *follow, const struct ref *ref)
{
	return follow->record == ref->id && str_eq(follow->object, ref->object->name);
}

static void
tell_followers(struct cx *cx, struct tidings *tidings, size_t first, const struct notice *like,
	       const struct change_row *change)
{
	struct notice notice = *like;
	struct refs refs = { 0 };

	if (!tidings->follows.n)
		return;
	refs_of(cx, change, &refs);
	notice.kind = NOTICE_FOLLOWED;
	for (size_t i = 0; i < tidings->follows.n; i++)
		for (size_t k = 0; k < refs.n; k++)
			if (tidings->follows.v[i].since <= change->at &&
			    is_about(&tidings->follows.v[i], &refs.v[k])) {
				notice.user_id = tidings->follows.v[i].user_id;
				tell(cx, tidings, first, &notice);
			}
}

static struct str
fields_of(struct cx *cx, const struct change_row *change)
{
	struct buf text = buf_in(cx->mem, CX_MEM_DEFAULT);

	for (size_t i = 0; change->op == CHANGE_EDIT && i < change->n; i++) {
		if (text.n)
			buf_char(&text, ' ');
		buf_str(&text, change->v[i].field->name);
	}
	return buf_done(&text);
}

static bool
tell_change(struct cx *cx, struct tidings *tidings, const struct change_row *change)
{
	struct notice like = { .at = change->at,
			       .object = change->object->name,
			       .record = change->record,
			       .actor_id = change->actor_id,
			       .op = change->op,
			       .fields = fields_of(cx, change) };
	bool is_new = change->op == CHANGE_CREATE || change->op == CHANGE_EDIT;
	size_t first = tidings->notices.n;

	for (size_t i = 0; is_new && change->actor_id && i < change->n; i++)
		if (may_mention(&change->v[i]) &&
		    !tell_mentioned(cx, tidings, first, &like, &change->v[i]))
			return false;
	for (size_t i = 0; is_new && i < change->n; i++)
		tell_assigned(cx, tidings, first, &like, change, &change->v[i]);
	tell_followers(cx, tidings, first, &like, change);
	return true;
}

/* ---- many at once ---- */

static bool
is_like(const struct notice *a, const struct notice *b)
{
	return a->kind == NOTICE_ASSIGNED && b->kind == NOTICE_ASSIGNED &&
	       a->user_id == b->user_id && a->actor_id == b->actor_id &&
	       str_eq(a->object, b->object);
}

/* Whoever is given many records at once is told how many. */
static void
fold_many(struct notices *notices)
{
	for (size_t i = 0; i < notices->n; i++) {
		struct notice *at = &notices->v[i];
		size_t n = 0, kept = i + 1;

		for (size_t k = i; k < notices->n; k++)
			n += is_like(at, &notices->v[k]);
		if (n <= MANY)
			continue;
		at->record = 0;
		at->n = (int64_t)n;
		at->fields = (struct str){ 0 };
		for (size_t k = i + 1; k < notices->n; k++)
			if (!is_like(at, &notices->v[k]))
				notices->v[kept++] = notices->v[k];
		notices->n = kept;
	}
}

static bool
notices_tell(struct cx *cx, const struct change_rows *changes)
{
	struct tidings tidings = { .changes = changes };

	if (!follows_read(cx, &tidings))
		return false;
	for (size_t i = 0; i < changes->n; i++)
		if (changes->v[i].object && !changes->v[i].erased &&
		    !tell_change(cx, &tidings, &changes->v[i]))
			return false;
	fold_many(&tidings.notices);
	return notices_put(cx, &tidings.notices);
}

/* ---- the feature ---- */

static bool
sweep(struct cx *cx, const struct job *job)
{
	(void)job;
	return notices_sweep(cx);
}

static const struct job_kind jobs[] = {
	{ "notice.sweep", .every_s = DAY_S, .run = sweep,
	  .purpose = "forgets notifications that nobody will look at any more" },
	{ 0 }
};
static const struct follower followers[] = {
	{ "notice", notices_tell, "tells people what concerns them", .from_now = true },
	{ 0 }
};

const struct feature feature_notice = { .name = "notice",
					.jobs = jobs,
					.followers = followers,
					.tables = notice_tables };
