/* Memory for one unit of work: taken piece by piece, given back as a whole.
 *
 * Allocation never returns NULL.  A unit that asks for more than the hard maximum of its arena is
 * abandoned as a whole: control returns to the unit's `arena_guard`, which rolls back and answers
 * E_TOO_BIG.  Without a guard the process ends.  In builds with the address sanitizer, unused
 * memory is poisoned, a gap follows every allocation, and a reset frees the blocks. */
#ifndef KONTOR_BASE_ARENA_H
#define KONTOR_BASE_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A new arena that may hold at most max_bytes.  Freed by arena_free. */
struct arena *arena_new(size_t max_bytes);

/* Give everything back and set the pointer to NULL. */
void arena_free(struct arena **arena);

/* Forget every allocation; keeps up to 256 KiB for the next unit of work. */
void arena_reset(struct arena *arena);

/* Zeroed memory of n bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t n)
	__attribute__((malloc, alloc_size(2), returns_nonnull));

/* The same, not cleared: for whoever writes all of it. */
void *arena_alloc_raw(struct arena *arena, size_t n)
	__attribute__((malloc, alloc_size(2), returns_nonnull));

/* As arena_alloc, for n items of `size` bytes; a product that overflows counts as too big. */
void *arena_alloc_n(struct arena *arena, size_t n, size_t size)
	__attribute__((malloc, returns_nonnull));

/* Grow an array of `size`-byte items so that one more fits; doubles; old items are kept.
 * Returns the array, possibly moved. */
void *arena_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size);

/* Bytes handed out since the last reset, and how many allocations that were. */
size_t arena_used(const struct arena *arena);
size_t arena_count(const struct arena *arena);

/* Where the arena stands now; arena_rewind forgets what was allocated since. */
struct arena_mark {
	void *block;
	size_t used, total;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Where to go when the maximum is passed.  Use:  if (setjmp(*arena_guard(a))) … abandoned … ;
 * the guard holds until arena_unguard or arena_free. */
jmp_buf *arena_guard(struct arena *arena);
void arena_unguard(struct arena *arena);

/* Guards nest: keep the outer one, set another, and put the outer one back when done. */
struct arena_outer {
	jmp_buf guard;
	bool guarded;
};
void arena_guard_keep(const struct arena *arena, struct arena_outer *out);
void arena_guard_back(struct arena *arena, const struct arena_outer *outer);

#define new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define new_array(arena, n, type) ((type *)arena_alloc_n((arena), (n), sizeof(type)))

/* Append one item to a list {v, n, cap} that lives in the arena. */
#define list_add(arena, list, item)                                                 \
	do {                                                                        \
		(list)->v = arena_grow((arena), (list)->v, (list)->n, &(list)->cap, \
				       sizeof *(list)->v);                          \
		(list)->v[(list)->n++] = (item);                                    \
	} while (0)

#define countof(a) (sizeof(a) / sizeof *(a))
#define OWNED(f) __attribute__((cleanup(f)))
#define CHECKED __attribute__((warn_unused_result))

#endif
