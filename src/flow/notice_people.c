/* Who may be told of something, and whom a text mentions. */
#include "flow/notice_private.h"
#include "model/ids.h"

bool
rows_all(struct cx *cx, struct query *query,
	 void (*each)(struct cx *cx, const struct row *row, void *to), void *to)
{
	const struct actor *actor = cx->actor;
	struct rows rows = { 0 };
	bool ok;

	cx->actor = actor_system(cx);
	query->limit = LIMIT_MAX;
	do {
		query->after = rows.next;
		ok = record_query(cx, query, &rows);
		for (size_t i = 0; ok && i < rows.n; i++)
			each(cx, &rows.v[i], to);
	} while (ok && rows.next.n);
	cx->actor = actor;
	return ok;
}

static struct str
text_of(struct cx *cx, const struct row *row, unsigned field)
{
	return row->v[field].kind == V_TEXT ? str_dup(cx->mem, row->v[field].s) : (struct str){ 0 };
}

static bool
is_muted(struct str tags, const char *kind)
{
	while (tags.n)
		if (str_eq_z(str_cut(&tags, '|'), kind))
			return true;
	return false;
}

static void
person_add(struct cx *cx, const struct row *row, void *to)
{
	struct people *people = to;
	struct person person = { .id = row->id,
				 .name = text_of(cx, row, USER_NAME),
				 .login = text_of(cx, row, USER_LOGIN),
				 .zone = text_of(cx, row, USER_TIME_ZONE) };

	for (int i = 0; i < NOTICE_KIND__MAX; i++)
		person.muted[i] = is_muted(text_of(cx, row, USER_MUTED), NOTICE_KINDS[i]);
	list_add(cx->mem, people, person);
}

bool
people_read(struct cx *cx, struct people *out)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	const struct field *fields[] = { users->fields[USER_NAME], users->fields[USER_LOGIN],
					 users->fields[USER_TIME_ZONE], users->fields[USER_MUTED] };
	const struct sort_key by_id = { users->fields[SF_ID], false };
	struct query query = { .object = users,
			       .fields = fields,
			       .n_fields = countof(fields),
			       .sort = &by_id,
			       .n_sort = 1 };
	struct people people = { 0 };

	if (!cond_parse(cx, cx->mem, cx->model, users, S("active = true"), NULL, &query.where) ||
	    !rows_all(cx, &query, person_add, &people))
		return false;
	*out = people;
	return true;
}

const struct person *
person_find(const struct people *people, int64_t id)
{
	size_t low = 0, high = people->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (people->v[middle].id == id)
			return &people->v[middle];
		if (people->v[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- mentions ---- */

static bool
is_letter(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Does the text begin with this name, and does the name end there? */
static bool
begins_with(struct str text, struct str name)
{
	if (!name.n || name.n > text.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (lower(text.p[i]) != lower(name.p[i]))
			return false;
	return name.n == text.n || !is_letter(text.p[name.n]);
}

static size_t
name_length(const struct person *person, struct str text)
{
	if (begins_with(text, person->name))
		return person->name.n;
	return begins_with(text, person->login) ? person->login.n : 0;
}

static size_t
person_once(const struct person *person, const struct person **out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (out[i] == person)
			return n;
	out[n] = person;
	return n + 1;
}

size_t
mentions_of(const struct people *people, struct str text, const struct person **out)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		struct str rest;
		size_t longest = 0;

		/* In an address of e-mail the sign stands behind a letter. */
		if (text.p[i] != '@' || (i && is_letter(text.p[i - 1])))
			continue;
		rest = str_from(text, i + 1);
		for (size_t k = 0; k < people->n; k++) {
			size_t length = name_length(&people->v[k], rest);

			longest = length > longest ? length : longest;
		}
		for (size_t k = 0; longest && k < people->n; k++)
			if (name_length(&people->v[k], rest) == longest)
				n = person_once(&people->v[k], out, n);
	}
	return n;
}
