/* For the property test of conditions: a small world of random records, in memory and in tables. */
#ifndef KONTOR_RECORD_COND_WORLD_H
#define KONTOR_RECORD_COND_WORLD_H

#include "base/clock.h"
#include "base/test.h"
#include "model/cond.h"
#include "model/cond_sample.h"
#include "model/type.h"

enum {
	WORLD_BYTES_MAX = 64 << 20,
	WORLD_ROWS_MAX = 80,
	WORLD_TEXT_MAX = 4096,
	SCOPE_STEP = 5 /* of users and orders, every fifth may not be seen */
};

/* xorshift64* (Vigna 2016). */
static inline uint64_t
dice(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed >> 32 ^ *seed) & 0xffffffff;
}

static inline size_t
pick(uint64_t *seed, size_t n)
{
	return (size_t)(dice(seed) % n);
}

/* True once in n times. */
static inline bool
once_in(uint64_t *seed, size_t n)
{
	return pick(seed, n) == 0;
}

struct world_table {
	struct row *rows[WORLD_ROWS_MAX]; /* row i has the id i + 1 */
	size_t n;
};

struct world {
	struct arena *mem; /* emptied with every new world */
	struct snapshot *model;
	struct cx *cx; /* for parsing */
	uint64_t seed;
	bool is_extreme;               /* many numbers at the ends of what 64 bits hold */
	struct world_table tables[16]; /* by object->index */
	struct cond_when when;
	int64_t teams[2], units[1];
};

/* ---- values ---- */

/* Case, diacritics, ligatures, wildcards of people and of SQL, quotes, other scripts, and a text
 * whose key is empty. */
static const char *const WORLD_TEXTS[] = {
	"Müller",
	"MÜLLER",
	"mueller",
	"muller",
	"Mu\xcc\x88ller",
	"Straße",
	"STRASSE",
	"strasse",
	"50%",
	"50",
	"50_",
	"_",
	"%",
	"\\",
	"a\\b",
	"a\"b'c",
	"x*y?z",
	"*",
	"?",
	"😀 smile",
	"😀",
	"é",
	"e\xcc\x81",
	"ﬁn",
	"fin",
	"İstanbul",
	"ISTANBUL",
	"Größe",
	"  spaced   out ",
	"tab\tbed",
	"line\nbreak",
	"日本語",
	"日本",
	"Ω",
	"ſ",
	"s",
	"a",
	"A",
	"ab",
	"b",
	"aa%b",
	"aab",
	"\xc2\xad",
	"~",
	"\x7f",
	"zz",
	"\xef\xbf\xbd",
	"\xf4\x8f\xbf\xbf",
	"and",
	"me",
	"today",
	"0221 1234567",
	"+49 221 1234567",
	"0049 221 1234567",
	"110",
	"a@b.de",
	"A@B.DE",
	"https://x.de/?a=b",
	"12",
};

static const int64_t WORLD_NUMBERS[] = {
	0,
	1,
	-1,
	2,
	-2,
	3,
	5,
	7,
	10,
	99,
	100,
	250,
	1000,
	-1000,
	100000,
	4294967295,
	4294967296,
	-4294967296,
	2147483648,
	INT64_MAX,
	INT64_MIN,
	INT64_MAX - 1,
	INT64_MIN + 1,
	INT64_MAX / 2,
	INT64_MIN / 2,
};

static const char *const WORLD_TAGS[] = { "vip", "VIP",  "and", "a",   "ab", "a b",
					  "ä",   "100%", "x_y", "x y", "\\" };
static const char *const WORLD_CURRENCIES[] = { "EUR", "EUR", "EUR", "USD", "JPY" };

/* Around the ends of the key, where its cut goes through a character. */
static inline struct str
world_long_text(struct world *w)
{
	struct buf b = buf_in(w->mem, WORLD_TEXT_MAX);
	size_t n = KEY_BYTES_MAX - 4 + pick(&w->seed, 8);

	while (b.n < n)
		buf_z(&b, once_in(&w->seed, 50) ? "日" : "a");
	buf_z(&b, WORLD_TEXTS[pick(&w->seed, countof(WORLD_TEXTS))]);
	return buf_done(&b);
}

static inline struct str
world_text(struct world *w)
{
	static const char *const LETTERS[] = { "a", "b",  "A", "ä", "ß", "%",
					       "_", "\\", " ", "é", "*" };
	struct buf b = buf_in(w->mem, WORLD_TEXT_MAX);
	size_t n;

	if (once_in(&w->seed, 40))
		return world_long_text(w);
	if (!once_in(&w->seed, 3))
		return str_of(WORLD_TEXTS[pick(&w->seed, countof(WORLD_TEXTS))]);
	n = 1 + pick(&w->seed, 4);
	while (n--)
		buf_z(&b, LETTERS[pick(&w->seed, countof(LETTERS))]);
	return buf_done(&b);
}

static inline int64_t
world_number(struct world *w)
{
	if (w->is_extreme && once_in(&w->seed, 4))
		return once_in(&w->seed, 2) ? INT64_MAX : INT64_MIN;
	if (!once_in(&w->seed, w->is_extreme ? 2 : 8))
		return (int64_t)pick(&w->seed, 12) - 3;
	return WORLD_NUMBERS[pick(&w->seed, countof(WORLD_NUMBERS))];
}

/* Near today, at the ends of months and years, on leap days. */
static inline int64_t
world_day(struct world *w)
{
	static const struct ymd DAYS[] = {
		{ 1970, 1, 1 },  { 2000, 2, 29 },  { 1996, 2, 29 },  { 2023, 2, 28 },
		{ 2024, 2, 29 }, { 2024, 3, 1 },   { 1980, 12, 31 }, { 1981, 1, 1 },
		{ 1, 1, 1 },     { 9999, 12, 31 },
	};
	const struct zone *zone = zone_find(w->when.zone);
	int64_t day = moment_date(zone, w->when.now);

	switch (pick(&w->seed, 4)) {
	case 0:
		if (!date_of(DAYS[pick(&w->seed, countof(DAYS))], &day))
			fail_msg("a day that does not exist");
		return day;
	case 1:
		return date_add_months(day, (int64_t)pick(&w->seed, 60) - 30);
	case 2:
		return date_add_days(day, (int64_t)pick(&w->seed, 800) - 400);
	default:
		return date_add_days(day, (int64_t)pick(&w->seed, 9) - 4);
	}
}

/* Midnights and what lies a millisecond before them, the hours around a change of the clock. */
static inline int64_t
world_moment(struct world *w)
{
	static const int64_t STEPS[] = { 0,
					 -1,
					 1,
					 MS_PER_S,
					 MS_PER_MINUTE,
					 -MS_PER_MINUTE,
					 MS_PER_HOUR,
					 -MS_PER_HOUR,
					 2 * MS_PER_HOUR,
					 3 * MS_PER_HOUR,
					 MS_PER_DAY - 1 };
	const struct zone *zone = zone_find(w->when.zone);
	int64_t step = STEPS[pick(&w->seed, countof(STEPS))];

	if (once_in(&w->seed, 4))
		return w->when.now + step;
	return moment_of(zone, world_day(w), 0) + step;
}

static inline struct value
world_ids(struct world *w, const struct object *target)
{
	int64_t *ids = new_array(w->mem, WORLD_ROWS_MAX, int64_t);
	size_t n = 0;

	for (size_t i = 0; i < w->tables[target->index].n; i++)
		if (once_in(&w->seed, w->tables[target->index].n / 2 + 1))
			ids[n++] = (int64_t)i + 1;
	if (!n)
		return (struct value){ 0 };
	return (struct value){ .kind = V_IDS, .i = (int64_t)n, .ids = ids };
}

static inline struct value
world_tags(struct world *w, const struct field *f)
{
	struct buf b = buf_in(w->mem, WORLD_TEXT_MAX);
	struct value v = { 0 };

	for (size_t n = 1 + pick(&w->seed, 3); n; n--)
		buf_printf(&b, "%s,", WORLD_TAGS[pick(&w->seed, countof(WORLD_TAGS))]);
	if (!TYPES[FT_TAGS].parse(w->cx, f, buf_done(&b), NULL, &v))
		fail_msg("tags are refused: %.*s", STR_FMT(buf_done(&b)));
	return value_dup(w->mem, &v);
}

static inline struct value
world_money(struct world *w)
{
	struct value v = value_int(world_number(w));

	memcpy(v.currency, WORLD_CURRENCIES[pick(&w->seed, countof(WORLD_CURRENCIES))], 4);
	return v;
}

static inline struct value
world_date(struct world *w)
{
	struct buf b = buf_in(w->mem, WORLD_TEXT_MAX);

	date_print(&b, world_day(w));
	return value_text(buf_done(&b));
}

static inline int64_t
world_id(struct world *w, const struct object *object)
{
	return 1 + (int64_t)pick(&w->seed, w->tables[object->index].n + 1);
}

static inline struct value
world_any(struct world *w)
{
	const struct object *object = w->model->objects[pick(&w->seed, w->model->n_objects)];

	return (struct value){ .kind = V_ANY, .i = world_id(w, object), .s = object->name };
}

static inline struct value
world_value(struct world *w, const struct field *f)
{
	switch (f->result) {
	case FT_BOOL:
		return value_int((int64_t)pick(&w->seed, 2));
	case FT_MONEY:
		return world_money(w);
	case FT_DATE:
		return world_date(w);
	case FT_DATETIME:
		return value_int(world_moment(w));
	case FT_ENUM:
		return value_text(f->options[pick(&w->seed, f->n_options)].key);
	case FT_TAGS:
		return world_tags(w, f);
	case FT_ONE:
		return f->target ? value_int(world_id(w, f->target)) : (struct value){ 0 };
	case FT_MANY:
		return world_ids(w, f->target);
	case FT_ANY:
		return world_any(w);
	default:
		if (TYPES[f->result].class == COLUMN_TEXT)
			return value_text(world_text(w));
		return value_int(world_number(w));
	}
}

/* ---- records ---- */

static inline void
world_fill(struct world *w, const struct object *object, size_t i)
{
	struct row *row = w->tables[object->index].rows[i];

	row->id = (int64_t)i + 1;
	row->version = 1 + (int64_t)pick(&w->seed, 3);
	for (unsigned k = 0; k < object->n_fields; k++) {
		const struct field *f = object->fields[k];
		size_t empty = f->index == SF_DELETED_AT ? 1 : 5;

		if (f->type == FT_ROLLUP || f->special)
			continue;
		if (empty == 1 ? once_in(&w->seed, 6) : !once_in(&w->seed, empty))
			row->v[k] = world_value(w, f);
	}
	row->v[SF_ID] = value_int(row->id);
	row->v[SF_VERSION] = value_int(row->version);
	row->v[SF_CREATED_AT] = value_int(world_moment(w));
	row->v[SF_CHANGED_AT] = value_int(world_moment(w));
}

static inline size_t
world_size(const struct object *object)
{
	static const struct {
		const char *name;
		size_t n;
	} SIZES[] = {
		{ "party", 30 },  { "order", 70 }, { "user", 8 },
		{ "product", 6 }, { "team", 3 },   { "unit", 2 },
	};

	for (size_t i = 0; i < countof(SIZES); i++)
		if (str_eq_z(object->name, SIZES[i].name))
			return SIZES[i].n;
	return 0;
}

/* Who asks, when and where: often near a change of the clock, a leap day or the turn of a year. */
static inline void
world_when(struct world *w)
{
	static const char *const ZONES[] = { "Europe/Berlin",    "Europe/Berlin",
					     "America/New_York", "",
					     "Asia/Kathmandu",   "America/Sao_Paulo" };
	static const char *const MOMENTS[] = {
		"2024-03-31T00:59:59Z", "2024-03-31T12:00:00Z", "2024-10-27T00:30:00Z",
		"2024-02-28T23:30:00Z", "2024-02-29T10:00:00Z", "2023-02-28T10:00:00Z",
		"2023-12-31T23:30:00Z", "2024-01-01T00:00:00Z", "2025-12-20T08:00:00Z",
		"2018-11-04T02:59:00Z", "2024-07-15T09:26:53Z",
	};

	w->teams[0] = 1;
	w->teams[1] = 3;
	w->units[0] = 2;
	w->when = (struct cond_when){ .zone = str_of(ZONES[pick(&w->seed, countof(ZONES))]),
				      .me = (int64_t)pick(&w->seed, 5),
				      .teams = w->teams,
				      .units = w->units,
				      .n_teams = pick(&w->seed, 3),
				      .n_units = pick(&w->seed, 2) };
	if (!moment_parse(str_of(MOMENTS[pick(&w->seed, countof(MOMENTS))]), &w->when.now, NULL))
		fail_msg("a moment that does not exist");
}

/* A new world in place of the old one. */
static inline void
world_make(struct world *w)
{
	arena_reset(w->mem);
	w->is_extreme = once_in(&w->seed, 4);
	world_when(w);
	for (unsigned o = 0; o < w->model->n_objects; o++) {
		struct world_table *t = &w->tables[o];

		t->n = world_size(w->model->objects[o]);
		for (size_t i = 0; i < t->n; i++)
			t->rows[i] = row_new(w->mem, w->model->objects[o]);
	}
	for (unsigned o = 0; o < w->model->n_objects; o++)
		for (size_t i = 0; i < w->tables[o].n; i++)
			world_fill(w, w->model->objects[o], i);
}

/* ---- the records as cond_test sees them ---- */

struct world_source {
	struct cond_source source;
	struct world *world;
};

static inline bool
world_is_scoped(const struct object *object)
{
	return str_eq_z(object->name, "user") || str_eq_z(object->name, "order");
}

static inline const struct row *
world_row(struct world *w, const struct object *object, int64_t id)
{
	const struct world_table *t = &w->tables[object->index];

	if (id < 1 || id > (int64_t)t->n || t->rows[id - 1]->v[SF_DELETED_AT].kind != V_NONE)
		return NULL;
	return world_is_scoped(object) && id % SCOPE_STEP == SCOPE_STEP - 1 ? NULL
									    : t->rows[id - 1];
}

/* A link names what may be seen: also in the trash, but then it is there at all. */
static inline bool
world_sees(const struct cond_source *source, struct str name, int64_t id)
{
	struct world *w = ((const struct world_source *)source)->world;
	const struct object *object = object_find(w->model, name, NULL);

	if (!world_is_scoped(object))
		return true;
	return id >= 1 && id <= (int64_t)w->tables[object->index].n &&
	       id % SCOPE_STEP != SCOPE_STEP - 1;
}

static inline const struct row *
world_one(const struct cond_source *source, const struct row *row, const struct field *link)
{
	struct world *w = ((const struct world_source *)source)->world;

	if (row->v[link->index].kind == V_NONE)
		return NULL;
	return world_row(w, link->target, row->v[link->index].i);
}

static inline bool
world_has_id(const struct value *v, int64_t id)
{
	if (v->kind == V_INT)
		return v->i == id;
	for (int64_t i = 0; v->kind == V_IDS && i < v->i; i++)
		if (v->ids[i] == id)
			return true;
	return false;
}

static inline size_t
world_many(const struct cond_source *source, const struct row *row, const struct field *link,
	   const struct reverse *reverse, const struct row *const **out)
{
	struct world *w = ((const struct world_source *)source)->world;
	const struct object *object = link ? link->target : reverse->object;
	const struct world_table *t = &w->tables[object->index];
	const struct row **rows = new_array(source->mem, t->n + 1, const struct row *);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct row *other = world_row(w, object, (int64_t)i + 1);

		if (other && (link ? world_has_id(&row->v[link->index], other->id)
				   : world_has_id(&other->v[reverse->field->index], row->id)))
			rows[n++] = other;
	}
	*out = rows;
	return n;
}

struct world_scope {
	struct cond_scope scope;
	const struct world *world;
};

static inline void
world_append(const struct cond_scope *scope, const struct object *object, const char *alias,
	     struct sqltext *out)
{
	(void)scope;
	if (!world_is_scoped(object))
		return;
	sql_raw(out, " AND (");
	sql_column(out, alias, S("id"));
	sql_raw(out, " % 5 <> 4)");
}

static inline bool
world_all(const struct cond_scope *scope, const struct object *object)
{
	(void)scope;
	return object && !world_is_scoped(object);
}

static inline void
world_behind(const struct cond_scope *scope, const struct field *link, const char *alias,
	     struct sqltext *out)
{
	const struct snapshot *model = ((const struct world_scope *)scope)->world->model;

	sql_raw(out, "(1 = 0");
	for (unsigned i = 0; i < model->n_objects; i++) {
		const struct object *object = model->objects[i];
		const char *inner = sql_alias(out);

		sql_raw(out, " OR (");
		sql_column(out, alias, link->columns[1].name);
		sql_raw(out, " = ");
		sql_str(out, object->name);
		if (world_is_scoped(object)) {
			sql_raw(out, " AND EXISTS (SELECT 1 FROM ");
			sql_name(out, object->table);
			sql_raw(out, " ");
			sql_raw(out, inner);
			sql_raw(out, " WHERE ");
			sql_column(out, inner, S("id"));
			sql_raw(out, " = ");
			sql_column(out, alias, link->columns[0].name);
			world_append(scope, object, inner, out);
			sql_raw(out, ")");
		}
		sql_raw(out, ")");
	}
	sql_raw(out, ")");
}

static inline struct world_scope
world_scope_of(const struct world *w)
{
	return (struct world_scope){ { world_append, world_all, world_behind }, w };
}

#endif
