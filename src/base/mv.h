/* Values that a template shows: text, numbers, truth, lists, maps, records, and objects that are
 * asked by name.
 *
 * Building:   struct mv page = mv_map(mem);
 *             mv_set(page, S("title"), mv_text(title));
 *             mv_set(page, S("rows"), rows = mv_list(mem));
 *             mv_add(rows, row);
 * Texts, maps and lists are borrowed; a map or list is shared by all its copies.
 *
 * Where there are many of a kind (the cells of a list), records are cheaper than maps: their names
 * stand once, in a shape, their values one behind the other:
 *
 *             enum { CELL_LABEL, CELL_URL, CELL__MAX };
 *             static const struct mv_name CELL_NAMES[CELL__MAX] = {
 *                     [CELL_LABEL] = MV_NAME("label"), [CELL_URL] = MV_NAME("url"),
 *             };
 *             static const struct mv_shape CELL = { CELL_NAMES, CELL__MAX };
 *             struct mv *cells = new_array(mem, n * CELL__MAX, struct mv);
 *             cells[i * CELL__MAX + CELL_LABEL] = mv_text(label);
 *             mv_set(row, S("cells"), mv_records(mem, &CELL, cells, n)); */
#ifndef KONTOR_BASE_MV_H
#define KONTOR_BASE_MV_H

#include "base/str.h"

enum mv_kind {
	MV_NONE,
	MV_TEXT,
	MV_INT,
	MV_BOOL,
	MV_LIST,
	MV_MAP,
	MV_OBJECT,
	MV_ITEMS,
	MV_RECORD,
	MV_RECORDS
};

struct mv;

/* Something that is asked instead of being built. */
struct mv_source {
	/* The member of that name; false: there is none. */
	bool (*get)(void *state, struct str name, struct mv *out);
	/* The item at i; false: behind the last. */
	bool (*item)(void *state, size_t i, struct mv *out);
};

/* A name with a number made of it, by which it is compared first: its first eight bytes and its
 * length.  Two names may have one number, a name never two. */
struct mv_name {
	struct str text;
	uint64_t key;
};

/* The names of a record's values, in their order. */
struct mv_shape {
	const struct mv_name *names;
	size_t n;
};

/* Does a section show it?  What is no plain value has to be asked. */
enum { MV_HIDDEN, MV_SHOWN, MV_ASKED };

struct mv {
	enum mv_kind kind;
	uint8_t is_shown;
	bool is_safe; /* a text without the signs that HTML escapes */
	union {
		struct str text;
		int64_t number;
		bool truth;
		struct mv_list *list;
		struct mv_map *map;
		struct {
			const struct mv_source *source;
			void *state;
		};
		struct {
			const struct mv_shape *shape;
			const struct mv *values; /* of a record */
		};
		struct mv_records *records;
	};
};

/* ---- names ---- */

enum { MV_KEY_BYTES = 8 };

static inline uint64_t
mv_key(struct str name)
{
	uint64_t key = 0;

	if (name.n)
		memcpy(&key, name.p, name.n < MV_KEY_BYTES ? name.n : MV_KEY_BYTES);
	return key ^ (uint64_t)name.n << 56;
}

/* The same of a literal, for static tables. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MV_BYTE_(literal, i) \
	((uint64_t)(unsigned char)("" literal "\0\0\0\0\0\0\0")[i] << (8 * (i)))
#else
#define MV_BYTE_(literal, i) \
	((uint64_t)(unsigned char)("" literal "\0\0\0\0\0\0\0")[i] << (56 - 8 * (i)))
#endif
#define MV_KEY_(l)                                                                             \
	((MV_BYTE_(l, 0) | MV_BYTE_(l, 1) | MV_BYTE_(l, 2) | MV_BYTE_(l, 3) | MV_BYTE_(l, 4) | \
	  MV_BYTE_(l, 5) | MV_BYTE_(l, 6) | MV_BYTE_(l, 7)) ^                                  \
	 (uint64_t)(sizeof(l) - 1) << 56)
/* clang-format off */
#define MV_NAME(literal) { S_INIT(literal), MV_KEY_(literal) }
/* clang-format on */

static inline struct mv_name
mv_name(struct str text)
{
	return (struct mv_name){ text, mv_key(text) };
}

/* ---- values ---- */

static inline struct mv
mv_none(void)
{
	return (struct mv){ .kind = MV_NONE };
}

static inline struct mv
mv_text(struct str text)
{
	return (struct mv){ .kind = MV_TEXT, .is_shown = text.n > 0, .text = text };
}

static inline struct mv
mv_z(const char *text) /* NULL: none */
{
	return text ? mv_text((struct str){ text, strlen(text) }) : mv_none();
}

static inline struct mv
mv_int(int64_t number)
{
	return (struct mv){ .kind = MV_INT, .is_shown = number != 0, .number = number };
}

static inline struct mv
mv_bool(bool truth)
{
	return (struct mv){ .kind = MV_BOOL, .is_shown = truth, .truth = truth };
}

/* A text that is shown many times is looked at once for signs that HTML escapes. */
struct mv mv_often(struct str text);
struct mv mv_map(struct arena *mem);
struct mv mv_list(struct arena *mem);
struct mv mv_object(const struct mv_source *source, void *state); /* asked by name */
struct mv mv_items(const struct mv_source *source, void *state);  /* asked by position */
/* shape->n values; borrowed, and may still change until they are shown. */
static inline struct mv
mv_record(const struct mv_shape *shape, const struct mv *values)
{
	return (struct mv){
		.kind = MV_RECORD, .is_shown = MV_ASKED, .shape = shape, .values = values
	};
}
struct mv_records {
	const struct mv_shape *shape;
	const struct mv *values;
	size_t n;
};
/* A list of n such records, their values one behind the other. */
struct mv mv_records(struct arena *mem, const struct mv_shape *shape, const struct mv *values,
		     size_t n);

/* A name set again has the later value. */
void mv_put(struct mv map, struct mv_name name, struct mv value);
static inline void
mv_set(struct mv map, struct str name, struct mv value)
{
	mv_put(map, mv_name(name), value);
}
void mv_add(struct mv list, struct mv value);

/* The member of a map, record or object; false where there is none (*out is untouched). */
bool mv_get(const struct mv *in, struct str name, struct mv *out);
/* The same without a copy: NULL where there is none.  What an object gives is put into *scratch. */
const struct mv *mv_find(const struct mv *in, const struct mv_name *name, struct mv *scratch);
/* The item of a list; false behind the last. */
bool mv_item(const struct mv *list, size_t i, struct mv *out);

static inline bool
mv_is_list(const struct mv *v)
{
	return v->kind == MV_LIST || v->kind == MV_ITEMS || v->kind == MV_RECORDS;
}

/* Does a section show it?  Not: none, false, zero, the empty text, a list without items. */
bool mv_has_any(const struct mv *v); /* what is no plain value */
static inline bool
mv_is_true(const struct mv *v)
{
	return v->is_shown == MV_ASKED ? mv_has_any(v) : v->is_shown;
}

#endif
