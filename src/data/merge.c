#include "data/merge.h"

#include "db/db.h"
#include "model/types.h"
#include "record/authz.h"

#define MERGE_WHY S("merge")

enum { JOINED_MAX = 1000, JOINED_BYTES = 1 << 20 };

/* clang-format off */
static const struct system_column merge_columns[] = {
	{ "changeset", COLUMN_INT,  .required = true },
	{ "object",    COLUMN_TEXT, .required = true },
	{ "survivor",  COLUMN_INT,  .required = true },
	{ "gone",      COLUMN_INT,  .required = true },
	{ 0 }
};
static const char *const merge_indexes[] = { "object, survivor", NULL };
static const char *const merge_unique[] = { "changeset, gone", NULL };
static const struct system_table merge_tables[] = {
	{ "sys_merge", merge_columns, .unique = merge_unique, .indexes = merge_indexes },
	{ 0 }
};
/* clang-format on */
const struct feature feature_merge = { .name = "merge", .tables = merge_tables };

/* ---- links that lead to a record that goes ---- */

struct turn {
	const struct merge *merge;
	const struct field *link;
	int64_t other;
	struct arena *mem;
	int64_t *ids; /* records whose link is to be turned */
	size_t n, cap;
};

static bool
collect(struct cx *cx, const struct row *row, void *to)
{
	struct turn *turn = to;

	if (turn->n == MERGE_LINKS_MAX)
		return fail(cx, E_TOO_BIG, "More than %d records link to record %lld",
			    MERGE_LINKS_MAX, (long long)turn->other);
	turn->ids = arena_grow(turn->mem, turn->ids, turn->n, &turn->cap, sizeof *turn->ids);
	turn->ids[turn->n++] = row->id;
	return true;
}

static bool
find_links(struct cx *cx, struct turn *turn)
{
	const struct field *f = turn->link;
	const struct object *target = turn->merge->object;
	const struct field *id[] = { f->object->fields[SF_ID] };
	struct query query = { .object = f->object, .fields = id, .n_fields = 1, .limit = -1 };
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);

	buf_str(&text, f->name);
	buf_z(&text, f->type == FT_MANY ? " contains " : " = ");
	if (f->type == FT_ANY) {
		buf_str(&text, target->name);
		buf_char(&text, ':');
	}
	buf_int(&text, turn->other);
	return cond_parse(cx, cx->mem, cx->model, f->object, buf_done(&text), NULL, &query.where) &&
	       record_each(cx, &query, collect, turn);
}

static struct value
ids_turned(struct cx *cx, const struct value *v, int64_t from, int64_t to)
{
	int64_t *ids = new_array(cx->mem, (size_t)v->i + 1, int64_t);
	bool placed = false;
	size_t n = 0;

	for (int64_t i = 0; i < v->i; i++)
		placed |= v->ids[i] == to;
	for (int64_t i = 0; i < v->i; i++)
		if (v->ids[i] != from)
			ids[n++] = v->ids[i];
	if (!placed) {
		size_t at = n++;

		for (; at && ids[at - 1] > to; at--)
			ids[at] = ids[at - 1];
		ids[at] = to;
	}
	return (struct value){ .kind = V_IDS, .i = (int64_t)n, .ids = ids };
}

static bool
turn_link(struct cx *cx, const struct turn *turn, int64_t id)
{
	const struct field *f = turn->link;
	struct value v;
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, f->object, id, &c))
		return false;
	c->undoing = true; /* rules keep out: nothing of the record's own is changed */
	v = c->after->v[f->index];
	if (f->type == FT_MANY)
		v = ids_turned(cx, &v, turn->other, turn->merge->survivor);
	else
		v.i = turn->merge->survivor;
	/* The survivor is not to lead to itself. */
	if (f->type == FT_ONE && f->object == turn->merge->object && id == turn->merge->survivor)
		v = (struct value){ 0 };
	change_put(c, f, v);
	return record_save(cx, c);
}

static bool
turn_links(struct cx *cx, const struct merge *merge, const struct field *f, int64_t other,
	   int64_t *moved)
{
	struct turn turn = {
		.merge = merge, .link = f, .other = other, .mem = arena_new(CX_MEM_DEFAULT)
	};
	bool ok = find_links(cx, &turn);

	for (size_t i = 0; ok && i < turn.n; i++)
		ok = turn_link(cx, &turn, turn.ids[i]);
	*moved += (int64_t)turn.n;
	arena_free(&turn.mem);
	return ok;
}

static bool
leads_to(const struct field *f, const struct object *object)
{
	if (f->index < SF__MAX)
		return false;
	return f->type == FT_ANY ||
	       ((f->type == FT_ONE || f->type == FT_MANY) && f->target == object);
}

static bool
turn_all(struct cx *cx, const struct merge *merge, int64_t other, int64_t *moved)
{
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		for (unsigned k = 0; k < object->n_fields; k++)
			if (leads_to(object->fields[k], merge->object) &&
			    !turn_links(cx, merge, object->fields[k], other, moved))
				return false;
	}
	return true;
}

/* Links belong to the records they stand in; the right to merge turns them all. */
static bool
turn_as_system(struct cx *cx, const struct merge *merge, int64_t *moved)
{
	const struct actor *actor = cx->actor;
	struct actor all = *actor_system(cx);
	bool ok = true;

	all.user_id = actor->user_id;
	cx->actor = &all;
	for (size_t i = 0; ok && i < merge->n_others; i++)
		ok = turn_all(cx, merge, merge->others[i], moved);
	cx->actor = actor;
	return ok;
}

/* ---- values ---- */

static const struct row *
row_of(const struct merge *merge, struct change *const *changes, const struct change *survivor,
       int64_t id)
{
	for (size_t i = 0; i < merge->n_others; i++)
		if (merge->others[i] == id)
			return changes[i]->before;
	return survivor->before;
}

bool
merge_can_join(const struct field *f)
{
	return f->type == FT_TAGS || f->type == FT_MANY || f->type == FT_LONGTEXT;
}

/* The value of the survivor, then of the others. */
static const struct value *
value_at(struct change *const *changes, const struct change *survivor, const struct field *f,
	 size_t i)
{
	return i ? &changes[i - 1]->before->v[f->index] : &survivor->before->v[f->index];
}

static struct value
joined_tags(struct cx *cx, const struct merge *merge, struct change *const *changes,
	    const struct change *survivor, const struct field *f)
{
	struct str *tags = new_array(cx->mem, JOINED_MAX, struct str);
	size_t n = 0;

	for (size_t i = 0; i <= merge->n_others; i++) {
		struct str rest = value_at(changes, survivor, f, i)->s;

		while (n < JOINED_MAX && tags_next(&rest, &tags[n]))
			n++;
	}
	return n ? tags_join(cx->mem, tags, n) : (struct value){ 0 };
}

static struct value
joined_ids(struct cx *cx, const struct merge *merge, struct change *const *changes,
	   const struct change *survivor, const struct field *f)
{
	struct value all = { .kind = V_IDS };

	for (size_t i = 0; i <= merge->n_others; i++) {
		const struct value *v = value_at(changes, survivor, f, i);

		for (int64_t k = 0; v->kind == V_IDS && k < v->i; k++)
			all = ids_turned(cx, &all, 0, v->ids[k]);
	}
	return all.i ? all : (struct value){ 0 };
}

/* One below the other; what is equal stands once. */
static struct value
joined_texts(struct cx *cx, const struct merge *merge, struct change *const *changes,
	     const struct change *survivor, const struct field *f)
{
	struct buf text = buf_in(cx->mem, JOINED_BYTES);

	for (size_t i = 0; i <= merge->n_others; i++) {
		const struct value *v = value_at(changes, survivor, f, i);
		bool stands = v->kind != V_TEXT;

		for (size_t k = 0; k < i; k++)
			stands |= value_eq(v, value_at(changes, survivor, f, k));
		if (stands)
			continue;
		buf_z(&text, text.n ? "\n\n" : "");
		buf_str(&text, v->s);
	}
	return value_text(buf_done(&text));
}

static struct value
joined_value(struct cx *cx, const struct merge *merge, struct change *const *changes,
	     const struct change *survivor, const struct field *f)
{
	if (f->type == FT_TAGS)
		return joined_tags(cx, merge, changes, survivor, f);
	if (f->type == FT_MANY)
		return joined_ids(cx, merge, changes, survivor, f);
	return joined_texts(cx, merge, changes, survivor, f);
}

static struct value
merged_value(struct cx *cx, const struct merge *merge, struct change *const *changes,
	     const struct change *survivor, const struct field *f)
{
	const struct value *own = &survivor->before->v[f->index];

	for (size_t i = 0; i < merge->n_choices; i++) {
		if (merge->choices[i].field != f)
			continue;
		if (merge->choices[i].from == MERGE_ALL)
			return joined_value(cx, merge, changes, survivor, f);
		return row_of(merge, changes, survivor, merge->choices[i].from)->v[f->index];
	}
	for (size_t i = 0; own->kind == V_NONE && i < merge->n_others; i++)
		own = &changes[i]->before->v[f->index];
	return *own;
}

static void
take_values(struct cx *cx, const struct merge *merge, struct change *const *changes,
	    struct change *survivor)
{
	for (unsigned i = SF__MAX; i < merge->object->n_fields; i++) {
		const struct field *f = merge->object->fields[i];

		if (f->readonly || f->type == FT_FORMULA || f->type == FT_ROLLUP ||
		    !can_edit_field(cx, merge->object, f))
			continue;
		change_set(survivor, f, merged_value(cx, merge, changes, survivor, f));
	}
}

/* ---- the whole ---- */

static bool
check_ids(struct cx *cx, const struct merge *merge)
{
	if (!merge->n_others || merge->n_others > MERGE_MAX)
		return fail_field(cx, S("from"), "range", "Merge 1 to %d records into one",
				  MERGE_MAX);
	for (size_t i = 0; i < merge->n_others; i++) {
		if (merge->others[i] == merge->survivor)
			return fail_field(cx, S("from"), "link",
					  "A record cannot be merged into itself");
		for (size_t k = 0; k < i; k++)
			if (merge->others[k] == merge->others[i])
				return fail_field(cx, S("from"), "link",
						  "Record %lld is named twice",
						  (long long)merge->others[i]);
	}
	for (size_t i = 0; i < merge->n_choices; i++)
		if (merge->choices[i].from == MERGE_ALL && !merge_can_join(merge->choices[i].field))
			return fail_field(cx, merge->choices[i].field->name, "value",
					  "Name the record whose value stays: this field can "
					  "hold the value of one only");
	return true;
}

/* Turning links may have changed the survivor itself: its change is made on what is there now. */
static bool
save_survivor(struct cx *cx, const struct merge *merge, const struct change *wanted)
{
	struct change *c;

	if (!change_of(cx, CHANGE_EDIT, merge->object, merge->survivor, &c))
		return false;
	for (unsigned i = SF__MAX; i < merge->object->n_fields; i++)
		if (fieldset_has(&wanted->given, i) && changed(wanted, merge->object->fields[i]))
			change_set(c, merge->object->fields[i], wanted->after->v[i]);
	return record_save(cx, c);
}

/* What went where, for those who want to take it apart. */
static bool
merge_note(struct cx *cx, const struct merge *merge)
{
	int64_t changeset;

	if (!work_changeset(cx, &changeset))
		return false;
	for (size_t i = 0; i < merge->n_others; i++) {
		struct stmt *stmt = db_sql(cx, "INSERT INTO sys_merge"
					       " (changeset, object, survivor, gone)"
					       " VALUES (?1, ?2, ?3, ?4)");

		if (!stmt)
			return false;
		db_bind_int(stmt, 1, changeset);
		db_bind_str(stmt, 2, merge->object->name);
		db_bind_int(stmt, 3, merge->survivor);
		db_bind_int(stmt, 4, merge->others[i]);
		if (!db_run(cx, stmt))
			return false;
	}
	return true;
}

bool
merge_records(struct cx *cx, const struct merge *merge, int64_t *moved)
{
	struct change **changes = new_array(cx->mem, merge->n_others + 1, struct change *);
	struct change *survivor;

	*moved = 0;
	if (!check_ids(cx, merge))
		return false;
	/* Seen and allowed before anything is touched. */
	if (!change_of(cx, CHANGE_EDIT, merge->object, merge->survivor, &survivor))
		return false;
	for (size_t i = 0; i < merge->n_others; i++)
		if (!change_of(cx, CHANGE_DELETE, merge->object, merge->others[i], &changes[i]))
			return false;
	take_values(cx, merge, changes, survivor);
	if (!turn_as_system(cx, merge, moved))
		return false;
	for (size_t i = 0; i < merge->n_others; i++)
		if (!change_of(cx, CHANGE_DELETE, merge->object, merge->others[i], &changes[i]) ||
		    !record_save(cx, changes[i]))
			return false;
	return save_survivor(cx, merge, survivor) && merge_note(cx, merge);
}

bool
merge_field(struct cx *cx, const struct object *object, struct str name, const struct field **out)
{
	const struct field *f = field_find(object, name);

	if (!f || !AUTHZ(MERGE_FIELD, can_see_field(cx, object, f)))
		return fail_field(cx, name, "unknown", "There is no such field");
	*out = f;
	return true;
}

bool
merges_into(struct cx *cx, const struct object *object, int64_t id, struct merged out[MERGED_MAX],
	    size_t *n)
{
	struct stmt *stmt = db_sql(
		cx, "SELECT m.changeset, m.gone, c.at FROM sys_merge m"
		    " JOIN sys_changeset c ON c.id = m.changeset"
		    " WHERE m.object = ?1 AND m.survivor = ?2"
		    " AND NOT EXISTS (SELECT 1 FROM sys_changeset u WHERE u.undo_of = m.changeset)"
		    " ORDER BY m.changeset DESC, m.gone");
	int64_t *gone = NULL;
	bool row;

	*n = 0;
	if (!stmt)
		return false;
	db_bind_str(stmt, 1, object->name);
	db_bind_int(stmt, 2, id);
	while (db_step(cx, stmt, &row)) {
		int64_t changeset;

		if (!row)
			return true;
		changeset = db_col_int(stmt, 0);
		if (!*n || out[*n - 1].changeset != changeset) {
			if (*n == MERGED_MAX)
				break;
			gone = new_array(cx->mem, MERGE_MAX, int64_t);
			out[(*n)++] = (struct merged){ changeset, db_col_int(stmt, 2), gone, 0 };
		}
		if (out[*n - 1].n_gone < MERGE_MAX)
			gone[out[*n - 1].n_gone++] = db_col_int(stmt, 1);
	}
	db_done(stmt);
	return *n == MERGED_MAX;
}

bool
unmerge(struct cx *cx, int64_t changeset, bool force, struct conflicts *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT why FROM sys_changeset WHERE id = ?1");
	bool row, is_merge;

	*out = (struct conflicts){ 0 };
	if (!stmt)
		return false;
	db_bind_int(stmt, 1, changeset);
	if (!db_step(cx, stmt, &row))
		return false;
	is_merge = row && str_eq(db_col_str(stmt, 0), MERGE_WHY);
	db_done(stmt);
	if (!is_merge)
		return fail(cx, E_MISSING, "There is no merge %lld", (long long)changeset);
	if (changeset_undo(cx, changeset, force, out))
		return true;
	/* What may not be seen is told in the words of what does not exist. */
	if (cx->err.code == E_MISSING) {
		fail_clear(cx);
		return fail(cx, E_MISSING, "There is no merge %lld", (long long)changeset);
	}
	return false;
}
