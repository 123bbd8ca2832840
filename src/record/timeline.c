/* The timeline: one statement over all objects that hang on a record, each branch cut to a page. */
#include "record/timeline.h"

#include "record/authz.h"
#include "record/entry.h"
#include "record/internal.h"
#include "record/log.h"

enum { BRANCHES_MAX = 64, CURSOR_PARTS = 4, CURSOR_TEXT_MAX = 100, DATE_TEXT_MAX = 16 };

/* One set of records on the timeline: those whose link points to the record. */
struct branch {
	const struct object *object;
	const struct field *link;
	struct entry_fields fields;
	const struct cond *when; /* of what lies ahead, or NULL */
	bool ahead;
};

struct cursor_place {
	int64_t at, object, id, change;
};

struct reader {
	const struct timeline_query *query;
	struct branch branches[BRANCHES_MAX];
	size_t n_branches;
	bool has_cursor;
	struct cursor_place cursor;
	int64_t want;
	struct {
		struct entry *v;
		size_t n, cap;
	} entries, ahead;
	struct change_rows changes;
};

/* What lies ahead: which records, and by which of their fields they are ordered. */
static const struct {
	const char *object, *when, *where;
} AHEAD[] = {
	{ "task", "due_on", "state = open" },
	{ "activity", "at", "at > now" },
	{ "appointment", "starts_at", "starts_at > now and state = planned" },
};

bool
has_timeline(const struct object *object)
{
	return object->features & FEATURE_TIMELINE;
}

/* ---- which fields ---- */

static const struct field *
seen(const struct cx *cx, const struct field *f)
{
	return f && !f->special && f->n_columns && can_see_field(cx, f->object, f) ? f : NULL;
}

static bool
is_moment(const struct field *f)
{
	return f->type == FT_DATE || f->type == FT_DATETIME;
}

const struct field *
timeline_when(const struct object *object)
{
	const struct sort_key *first = object->n_sort ? &object->sort[0] : NULL;

	return first && first->descending && is_moment(first->field) && first->field->n_columns
		       ? first->field
		       : object->fields[SF_CREATED_AT];
}

static const struct field *
first_of(const struct cx *cx, const struct object *object, bool (*fits)(const struct field *f))
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		if (fits(object->fields[i]) && !object->fields[i]->hidden &&
		    seen(cx, object->fields[i]))
			return object->fields[i];
	return NULL;
}

static bool
is_state(const struct field *f)
{
	return f->type == FT_ENUM && f->badge;
}

static bool
is_money(const struct field *f)
{
	return f->type == FT_MONEY;
}

static bool
is_body(const struct field *f)
{
	return f->type == FT_LONGTEXT;
}

struct entry_fields
entry_fields_of(const struct cx *cx, const struct object *object)
{
	const struct field *title = seen(cx, object->title);
	bool plain = title && title->type != FT_ONE && title->type != FT_ANY &&
		     (title->row->class == COLUMN_TEXT || title->row->class == COLUMN_INT);

	return (struct entry_fields){ .title = plain ? title : NULL,
				      .state = first_of(cx, object, is_state),
				      .money = first_of(cx, object, is_money),
				      .body = first_of(cx, object, is_body),
				      .owner = seen(cx, object->owner),
				      .when = seen(cx, timeline_when(object)) };
}

/* ---- which records ---- */

static bool
branch_push(struct reader *reader, const struct branch *branch)
{
	if (reader->n_branches == BRANCHES_MAX)
		return false;
	reader->branches[reader->n_branches++] = *branch;
	return true;
}

/* What lies ahead of a record is what will stand on its timeline: of everybody. */
static bool
ahead_add(struct cx *cx, struct reader *reader, const struct branch *of)
{
	struct branch branch = *of;

	branch.ahead = true;
	for (size_t i = 0; i < countof(AHEAD); i++) {
		if (!str_eq_z(of->object->name, AHEAD[i].object))
			continue;
		branch.fields.when = seen(cx, field_find(of->object, str_of(AHEAD[i].when)));
		if (!branch.fields.when)
			continue;
		if (!cond_parse(cx, cx->mem, cx->model, of->object, str_of(AHEAD[i].where), NULL,
				&branch.when))
			return false;
		(void)branch_push(reader, &branch);
	}
	return true;
}

static bool
branch_add(struct cx *cx, struct reader *reader, const struct object *object,
	   const struct field *link)
{
	const struct timeline_query *query = reader->query;
	struct branch branch = { object, link, entry_fields_of(cx, object), NULL, false };
	bool wanted = !query->changes_only && (!query->only || query->only == object) &&
		      (!query->person || branch.fields.owner);

	if (!can_see_field(cx, object, link))
		return true;
	if (wanted && branch.fields.when)
		(void)branch_push(reader, &branch);
	return reader->has_cursor || ahead_add(cx, reader, &branch);
}

/* Of a data subject, what is about it; of everything else, what points to it. */
static bool
is_on_timeline(const struct object *of, const struct field *link)
{
	if (link->type == FT_ANY)
		return true;
	return link->type == FT_ONE && link->target == of &&
	       (!of->is_subject || link == link->object->subject);
}

static bool
branches_find(struct cx *cx, struct reader *reader)
{
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		if (!has_timeline(object) || !can_object(cx, object, OP_READ))
			continue;
		for (unsigned k = SF__MAX; k < object->n_fields; k++)
			if (is_on_timeline(reader->query->object, object->fields[k]) &&
			    !branch_add(cx, reader, object, object->fields[k]))
				return false;
	}
	return true;
}

const struct object **
timeline_objects(struct cx *cx, const struct object *object, size_t *n)
{
	struct timeline_query query = { .object = object };
	struct reader *reader = new(cx->mem, struct reader);
	const struct object **list;

	reader->query = &query;
	reader->has_cursor = true;
	*n = 0;
	list = new_array(cx->mem, cx->model->n_objects + 1, const struct object *);
	if (!branches_find(cx, reader))
		return list;
	for (size_t i = 0; i < reader->n_branches; i++)
		if (!*n || list[*n - 1] != reader->branches[i].object)
			list[(*n)++] = reader->branches[i].object;
	return list;
}

/* ---- the statement ---- */

static void
column_or_null(struct sqltext *sql, const struct field *f, unsigned k, enum column_class class)
{
	bool fits = f && k < f->n_columns && f->columns[k].class == class;

	sql_raw(sql, ", ");
	if (fits)
		sql_column(sql, "t", f->columns[k].name);
	else
		sql_raw(sql, class == COLUMN_INT ? "CAST(NULL AS BIGINT)" : "CAST(NULL AS TEXT)");
}

static void
body_sql(struct sqltext *sql, const struct field *f)
{
	if (!f) {
		sql_raw(sql, ", CAST(NULL AS TEXT)");
		return;
	}
	sql_raw(sql, ", substr(");
	sql_column(sql, "t", f->columns[0].name);
	sql_raw(sql, ", 1, ");
	buf_int(&sql->text, TIMELINE_BODY_MAX);
	sql_raw(sql, ")");
}

void
entry_columns_sql(struct cx *cx, struct sqltext *sql, size_t number, const struct entry_fields *f)
{
	sql_raw(sql, "SELECT ");
	buf_int(&sql->text, (int64_t)number);
	sql_raw(sql, " AS b, t.\"id\"");
	column_or_null(sql, f->when, 0, COLUMN_INT);
	column_or_null(sql, f->when, 0, COLUMN_TEXT);
	column_or_null(sql, f->title, 0, COLUMN_TEXT);
	column_or_null(sql, f->title, 0, COLUMN_INT);
	column_or_null(sql, f->state, 0, COLUMN_TEXT);
	column_or_null(sql, f->money, 0, COLUMN_INT);
	column_or_null(sql, f->money, 1, COLUMN_TEXT);
	body_sql(sql, f->body);
	sql_raw(sql, ", ");
	if (f->owner)
		rights_column(cx, f->owner, 0, "t", sql);
	else
		sql_raw(sql, "CAST(NULL AS BIGINT)");
}

/* The last midnight (UTC) at or before the moment, as a date. */
static int64_t
day_of(int64_t at)
{
	int64_t day = at / MS_PER_DAY - (at % MS_PER_DAY < 0);

	return day > DATE_MAX ? DATE_MAX : day < DATE_MIN ? DATE_MIN : day;
}

static void
moment_value(struct sqltext *sql, const struct field *when, int64_t at)
{
	struct buf text = buf_in(sql->mem, DATE_TEXT_MAX);

	if (when->type != FT_DATE) {
		sql_int(sql, at);
		return;
	}
	date_print(&text, day_of(at));
	sql_str(sql, buf_done(&text));
}

/* Behind the place where the page before ended: earlier, or at the same moment and of an object
 * that comes later, or of the same object with a smaller id. */
static void
behind_sql(const struct reader *reader, const struct branch *branch, struct sqltext *sql)
{
	const struct cursor_place *cursor = &reader->cursor;
	const struct field *when = branch->fields.when;
	int64_t index = branch->object->index;
	bool between = when->type == FT_DATE && cursor->at % MS_PER_DAY;

	sql_raw(sql, " AND (");
	sql_column(sql, "t", when->columns[0].name);
	if (index == cursor->object && !between) {
		sql_raw(sql, ", t.\"id\") < (");
		moment_value(sql, when, cursor->at);
		sql_raw(sql, ", ");
		sql_int(sql, cursor->id);
	} else {
		sql_raw(sql, index > cursor->object || between ? " <= " : " < ");
		moment_value(sql, when, cursor->at);
	}
	sql_raw(sql, ")");
}

static void
link_sql(const struct reader *reader, const struct branch *branch, struct sqltext *sql)
{
	sql_raw(sql, " WHERE t.\"deleted_at\" IS NULL AND ");
	sql_column(sql, "t", branch->link->columns[0].name);
	sql_raw(sql, " = ");
	sql_int(sql, reader->query->id);
	if (branch->link->type == FT_ANY) {
		sql_raw(sql, " AND ");
		sql_column(sql, "t", branch->link->columns[1].name);
		sql_raw(sql, " = ");
		sql_str(sql, reader->query->object->name);
	}
	if (reader->query->person) {
		sql_raw(sql, " AND ");
		sql_column(sql, "t", branch->fields.owner->columns[0].name);
		sql_raw(sql, " = ");
		sql_int(sql, reader->query->person);
	}
}

static void
branch_where(struct cx *cx, const struct reader *reader, const struct branch *branch,
	     struct sqltext *sql)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);
	const struct field *of;

	link_sql(reader, branch, sql);
	if (!AUTHZ(TIMELINE_ROWS, false))
		rights_sql(cx, branch->object, OP_READ, "t", sql);
	if (branch->when) {
		sql_raw(sql, " AND ");
		/* Few records link here, very many are open. */
		if (cond_shape(branch->when, &of) == SHAPE_POINTS)
			sql_raw(sql, db_dialect(cx->db)->no_index);
		cond_sql(branch->when, &when, "t", &scope.scope, sql);
		return;
	}
	sql_raw(sql, " AND ");
	sql_column(sql, "t", branch->fields.when->columns[0].name);
	sql_raw(sql, " IS NOT NULL");
	if (reader->has_cursor)
		behind_sql(reader, branch, sql);
}

static void
branch_sql(struct cx *cx, const struct reader *reader, size_t number, struct sqltext *sql)
{
	const struct branch *branch = &reader->branches[number];

	sql_raw(sql, number ? " UNION ALL SELECT * FROM (" : "SELECT * FROM (");
	entry_columns_sql(cx, sql, number, &branch->fields);
	sql_raw(sql, " FROM ");
	sql_name(sql, branch->object->table);
	sql_raw(sql, " t");
	branch_where(cx, reader, branch, sql);
	sql_raw(sql, " ORDER BY ");
	sql_column(sql, "t", branch->fields.when->columns[0].name);
	sql_raw(sql, branch->ahead ? " NULLS LAST, t.\"id\" LIMIT "
				   : " DESC NULLS LAST, t.\"id\" DESC LIMIT ");
	buf_int(&sql->text, branch->ahead ? AHEAD_MAX : reader->want);
	sql_raw(sql, ") x");
	buf_int(&sql->text, (int64_t)number);
}

/* ---- reading ---- */

static struct value
text_or_int(struct cx *cx, struct stmt *stmt, int text, int number)
{
	if (!db_col_null(stmt, text))
		return value_text(str_dup(cx->mem, db_col_str(stmt, text)));
	return db_col_null(stmt, number) ? (struct value){ 0 }
					 : value_int(db_col_int(stmt, number));
}

int64_t
entry_moment(struct stmt *stmt, int number, int date)
{
	int64_t day = 0;

	if (!db_col_null(stmt, number))
		return db_col_int(stmt, number);
	return !db_col_null(stmt, date) && date_parse(db_col_str(stmt, date), &day, NULL)
		       ? day * MS_PER_DAY
		       : 0;
}

static void
money_read(struct stmt *stmt, int at, struct value *out)
{
	struct str currency = db_col_str(stmt, at + 1);

	if (db_col_null(stmt, at))
		return;
	*out = value_int(db_col_int(stmt, at));
	for (size_t i = 0; i < sizeof out->currency - 1 && i < currency.n; i++)
		out->currency[i] = currency.p[i];
}

struct entry
entry_from(struct cx *cx, struct stmt *stmt, const struct object *object,
	   const struct entry_fields *fields)
{
	struct entry entry = { .object = object,
			       .id = db_col_int(stmt, 1),
			       .when = fields->when,
			       .at = entry_moment(stmt, 2, 3),
			       .title = text_or_int(cx, stmt, 4, 5),
			       .owner = db_col_null(stmt, 10) ? 0 : db_col_int(stmt, 10) };

	if (!db_col_null(stmt, 6))
		entry.state = value_text(str_dup(cx->mem, db_col_str(stmt, 6)));
	if (!db_col_null(stmt, 9))
		entry.body = str_dup(cx->mem, db_col_str(stmt, 9));
	money_read(stmt, 7, &entry.money);
	return entry;
}

static void
entry_read(struct cx *cx, struct reader *reader, struct stmt *stmt)
{
	const struct branch *branch = &reader->branches[db_col_int(stmt, 0)];
	struct entry entry = entry_from(cx, stmt, branch->object, &branch->fields);

	if (branch->ahead)
		list_add(cx->mem, &reader->ahead, entry);
	else
		list_add(cx->mem, &reader->entries, entry);
}

static bool
entries_read(struct cx *cx, struct reader *reader)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct stmt *stmt;
	bool more;

	if (!reader->n_branches)
		return true;
	for (size_t i = 0; i < reader->n_branches; i++)
		branch_sql(cx, reader, i, &sql);
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more)
			return true;
		entry_read(cx, reader, stmt);
	}
	return false;
}

/* ---- order ---- */

static int
entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	if (x->object != y->object)
		return x->object->index < y->object->index ? -1 : 1;
	return (x->id < y->id) - (x->id > y->id);
}

/* Soonest first; without a day last. */
static int
ahead_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (!x->at != !y->at)
		return x->at ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* A record may point here twice. */
static size_t
once(struct entry *v, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (!k || v[k - 1].object != v[i].object || v[k - 1].id != v[i].id)
			v[k++] = v[i];
	return k;
}

static void
ahead_take(struct reader *reader, struct timeline *out)
{
	if (!reader->ahead.n)
		return;
	qsort(reader->ahead.v, reader->ahead.n, sizeof *reader->ahead.v, ahead_order);
	out->ahead = reader->ahead.v;
	out->n_ahead = once(reader->ahead.v, reader->ahead.n);
}

static struct str
place_text(struct cx *cx, const struct cursor_place *place)
{
	return str_printf(cx->mem, "%lld.%lld.%lld.%lld", (long long)place->at,
			  (long long)place->object, (long long)place->id, (long long)place->change);
}

static bool
place_parse(struct cx *cx, struct str text, struct cursor_place *out)
{
	int64_t parts[CURSOR_PARTS];

	for (size_t i = 0; i < CURSOR_PARTS; i++)
		if (text.n > CURSOR_TEXT_MAX ||
		    !str_int(str_cut(&text, '.'), DATE_MIN * MS_PER_DAY, INT64_MAX, &parts[i]))
			return fail_field(cx, S("after"), "format",
					  "This cursor is not of this list; begin again without "
					  "it");
	*out = (struct cursor_place){ parts[0], parts[1], parts[2], parts[3] };
	return true;
}

/* The two streams as one; what is left over tells that there is more. */
static void
merge(struct cx *cx, struct reader *reader, struct timeline *out)
{
	size_t max = (size_t)reader->query->limit, e = 0, c = 0;
	struct cursor_place place = reader->cursor;

	reader->entries.n = once(reader->entries.v, reader->entries.n);
	out->v = new_array(cx->mem, max + 1, struct moment);
	while (out->n < max && (e < reader->entries.n || c < reader->changes.n)) {
		const struct entry *entry = &reader->entries.v[e];
		const struct change_row *change = &reader->changes.v[c];

		if (c == reader->changes.n || (e < reader->entries.n && entry->at >= change->at)) {
			out->v[out->n++] = (struct moment){ entry->at, entry, NULL };
			place.at = entry->at;
			place.object = entry->object->index;
			place.id = entry->id;
			e++;
		} else {
			out->v[out->n++] = (struct moment){ change->at, NULL, change };
			place.change = change->id;
			c++;
		}
	}
	if (e < reader->entries.n || c < reader->changes.n)
		out->next = place_text(cx, &place);
}

/* What is asked of somebody whom the actor does not see is not there. */
static bool
person_seen(struct cx *cx, const struct timeline_query *query, bool *out)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);

	*out = !query->person || query->person == cx->actor->user_id || !users ||
	       rights_see_all(cx, users);
	return *out || rights_row_sql(cx, OP_READ, users, query->person, out);
}

bool
record_timeline(struct cx *cx, const struct timeline_query *query, struct timeline *out)
{
	struct reader *reader = new(cx->mem, struct reader);
	struct timeline timeline = { 0 };
	bool is_seen;

	reader->query = query;
	reader->want = query->limit + 1;
	reader->cursor = (struct cursor_place){ INT64_MAX, -1, INT64_MAX, INT64_MAX };
	reader->has_cursor = query->after.n > 0;
	if (query->limit < 1 || query->limit > TIMELINE_MAX)
		return bug(cx, "a timeline of %lld", (long long)query->limit);
	if (reader->has_cursor && !place_parse(cx, query->after, &reader->cursor))
		return false;
	if (!person_seen(cx, query, &is_seen))
		return false;
	if (!is_seen) {
		*out = timeline;
		return true;
	}
	if (!branches_find(cx, reader) || !entries_read(cx, reader))
		return false;
	if (!query->only && !log_of_timeline(cx, query, reader->cursor.change, &reader->changes))
		return false;
	if (reader->entries.n)
		qsort(reader->entries.v, reader->entries.n, sizeof *reader->entries.v, entry_order);
	merge(cx, reader, &timeline);
	ahead_take(reader, &timeline);
	*out = timeline;
	return true;
}
