/* Values that a template shows: text, numbers, truth, lists, maps, and objects that are asked by
 * name.
 *
 * Building:   struct mv page = mv_map(mem);
 *             mv_set(page, S("title"), mv_text(title));
 *             mv_set(page, S("rows"), rows = mv_list(mem));
 *             mv_add(rows, row);
 * Texts, maps and lists are borrowed; a map or list is shared by all its copies. */
#ifndef KONTOR_BASE_MV_H
#define KONTOR_BASE_MV_H

#include "base/str.h"

enum mv_kind { MV_NONE, MV_TEXT, MV_INT, MV_BOOL, MV_LIST, MV_MAP, MV_OBJECT, MV_ITEMS };

struct mv;

/* Something that is asked instead of being built. */
struct mv_source {
	/* The member of that name; false: there is none. */
	bool (*get)(void *state, struct str name, struct mv *out);
	/* The item at i; false: behind the last. */
	bool (*item)(void *state, size_t i, struct mv *out);
};

struct mv {
	enum mv_kind kind;
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
	};
};

struct mv mv_none(void);
struct mv mv_text(struct str text);
struct mv mv_z(const char *text); /* NULL: none */
struct mv mv_int(int64_t number);
struct mv mv_bool(bool truth);
struct mv mv_map(struct arena *mem);
struct mv mv_list(struct arena *mem);
struct mv mv_object(const struct mv_source *source, void *state); /* asked by name */
struct mv mv_items(const struct mv_source *source, void *state);  /* asked by position */

void mv_set(struct mv map, struct str name, struct mv value); /* a name set again has the later
								 value */
void mv_add(struct mv list, struct mv value);

/* The member of a map or object; false where there is none (*out is untouched). */
bool mv_get(const struct mv *in, struct str name, struct mv *out);
/* The item of a list; false behind the last. */
bool mv_item(const struct mv *list, size_t i, struct mv *out);

bool mv_is_list(const struct mv *v);
/* Does a section show it?  Not: none, false, zero, the empty text, a list without items. */
bool mv_is_true(const struct mv *v);

#endif
