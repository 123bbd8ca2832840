/* Full text over all objects that the actor may see. */
#include "record/query.h"

#include "base/fold.h"
#include "record/authz.h"

enum { ASK_FIRST = 64, ASK_MAX = 4096 };

struct found {
	struct db_search_hit *v;
	size_t n;
};

static const struct object *
object_of_number(const struct cx *cx, int64_t number)
{
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		if (cx->model->objects[i]->number == number)
			return cx->model->objects[i];
	return NULL;
}

struct gather {
	const struct found *found;
	const struct row **rows; /* by place in found */
	int64_t number;
};

static bool
gather_row(struct cx *cx, const struct row *row, void *to)
{
	struct gather *gather = to;

	for (size_t i = 0; i < gather->found->n; i++)
		if (gather->found->v[i].object == gather->number &&
		    gather->found->v[i].record == row->id)
			gather->rows[i] = row_dup(cx->mem, row);
	return true;
}

static const struct cond *
cond_ids(struct cx *cx, const struct object *object, const struct found *found)
{
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	const struct cond *where = NULL;
	const char *comma = "";

	BUF_LIT(&text, "id in (");
	for (size_t i = 0; i < found->n; i++) {
		if (found->v[i].object != object->number)
			continue;
		buf_z(&text, comma);
		buf_int(&text, found->v[i].record);
		comma = ", ";
	}
	buf_char(&text, ')');
	if (!cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &where))
		return NULL;
	return where;
}

/* The rows of one object among what was found, as far as the actor may see them. */
static bool
gather_object(struct cx *cx, const struct object *object, struct gather *gather)
{
	struct query query = { .object = object, .limit = LIMIT_MAX };
	const struct field **fields =
		new_array(cx->mem, object->n_search + 2, const struct field *);
	struct rows rows;
	size_t n = 0;

	if (object->title)
		fields[n++] = object->title;
	for (unsigned i = 0; i < object->n_search; i++)
		if (object->search[i] != object->title)
			fields[n++] = object->search[i];
	if (object->subject)
		fields[n++] = object->subject;
	query.fields = fields;
	query.n_fields = n;
	query.sort = &(struct sort_key){ object->fields[SF_ID], true };
	query.n_sort = 1;
	query.where = cond_ids(cx, object, gather->found);
	if (!query.where || !record_query(cx, &query, &rows))
		return false;
	gather->number = object->number;
	for (size_t i = 0; i < rows.n; i++)
		if (!gather_row(cx, &rows.v[i], gather))
			return false;
	return true;
}

static bool
gather_all(struct cx *cx, const struct found *found, const struct row **rows)
{
	struct gather gather = { found, rows, 0 };
	bool done[OBJECTS_MAX] = { false };

	for (size_t i = 0; i < found->n; i++) {
		const struct object *object = object_of_number(cx, found->v[i].object);

		if (!object || done[object->index])
			continue;
		done[object->index] = true;
		if (can_object(cx, object, OP_READ) && !gather_object(cx, object, &gather))
			return false;
	}
	return true;
}

static struct str
field_text(struct cx *cx, const struct row *row, const struct field *f)
{
	struct buf text = buf_in(cx->mem, SQL_TEXT_MAX);

	if (fieldset_has(&row->has, f->index))
		f->row->print(cx, f, &row->v[f->index], &text);
	return buf_done(&text);
}

static bool
begins_one(const struct strs *tokens, struct str word)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (str_starts(tokens->v[i], word))
			return true;
	return false;
}

/* Does one of the alternatives of one of the words begin a word of this text? */
static bool
text_has(struct cx *cx, struct str text, const struct strs *words)
{
	struct strs tokens = { 0 };

	fold_words(cx->mem, text, &tokens);
	for (size_t i = 0; i < words->n; i++)
		for (struct str rest = words->v[i]; rest.n;)
			if (begins_one(&tokens, str_cut(&rest, '|')))
				return true;
	return false;
}

static void
hit_place(struct cx *cx, const struct row *row, const struct strs *words, struct hit *hit)
{
	const struct object *object = row->object;

	for (unsigned i = 0; i < object->n_search; i++) {
		const struct field *f = object->search[i];
		struct str text;

		if (f == object->title)
			continue;
		text = field_text(cx, row, f);
		if (!text_has(cx, text, words))
			continue;
		hit->field = f->name;
		hit->text = text;
		return;
	}
}

static struct ref
subject_of(const struct row *row)
{
	const struct field *f = row->object->subject;

	if (!f || !fieldset_has(&row->has, f->index) || row->v[f->index].kind == V_NONE)
		return (struct ref){ 0 };
	return (struct ref){ f->target, row->v[f->index].i };
}

/* A hit is shown when its row is seen, and when it was found in what is seen of it. */
static void
show(struct cx *cx, const struct found *found, const struct row *const *rows,
     const struct strs *words, struct hits *out, size_t limit)
{
	for (size_t i = 0; i < found->n && out->n < limit; i++) {
		struct hit hit = { 0 };

		if (!rows[i])
			continue;
		hit.object = rows[i]->object;
		hit.id = rows[i]->id;
		if (hit.object->title)
			hit.title = field_text(cx, rows[i], hit.object->title);
		hit.of = subject_of(rows[i]);
		if (!found->v[i].in_title || !hit.title.n) {
			hit_place(cx, rows[i], words, &hit);
			if (!AUTHZ(SEARCH_FIELD, hit.field.n || text_has(cx, hit.title, words)))
				continue;
		}
		out->v[out->n++] = hit;
	}
}

bool
record_search(struct cx *cx, const struct object *object, struct str text, int64_t limit,
	      struct hits *out)
{
	struct strs words = { 0 };
	struct hits hits;
	size_t want = limit > 0 && limit < SEARCH_MAX ? (size_t)limit : SEARCH_MAX;

	*out = (struct hits){ 0 };
	fold_query(cx->mem, text, &words);
	if (!words.n || !cx->actor)
		return true;
	/* What the actor may not see makes room for older hits. */
	for (int64_t ask = ASK_FIRST;; ask *= 8) {
		struct found found;
		const struct row **rows;

		if (!db_search_find(cx, object ? object->number : 0, &words, ask, &found.v,
				    &found.n))
			return false;
		rows = new_array(cx->mem, found.n + 1, const struct row *);
		hits = (struct hits){ new_array(cx->mem, want, struct hit), 0 };
		if (!gather_all(cx, &found, rows))
			return false;
		show(cx, &found, rows, &words, &hits, want);
		if (hits.n == want || (int64_t)found.n < ask || ask >= ASK_MAX)
			break;
	}
	*out = hits;
	return true;
}
