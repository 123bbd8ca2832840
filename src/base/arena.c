#define KONTOR_BASE
#include "base/banned.h"

#include "base/arena.h"
#include "base/heap.h"

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
enum { GAP = 8, SPARE_MAX = 0 };
#else
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
enum { GAP = 0, SPARE_MAX = 16 };
#endif

enum { BLOCK = 16 << 10, ALIGN = 16 };

struct block {
	struct block *older;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

struct arena {
	struct block *top;
	struct block *spare; /* blocks of the usual size that wait to be used again */
	size_t n_spare;
	size_t used;  /* in the top block */
	size_t total; /* in all blocks, payload sizes */
	size_t handed_out, count, max;
	bool guarded;
	jmp_buf guard;
};

struct arena *
arena_new(size_t max_bytes)
{
	struct arena *arena = heap_new(sizeof *arena);

	arena->max = max_bytes;
	return arena;
}

static void
block_free(struct block *block)
{
	UNPOISON(block->bytes, block->size);
	heap_free(block);
}

static void
block_drop(struct arena *arena, struct block *block)
{
	arena->total -= block->size;
	if (block->size != BLOCK || arena->n_spare + 1 > SPARE_MAX) {
		block_free(block);
		return;
	}
	block->older = arena->spare;
	arena->spare = block;
	arena->n_spare++;
}

static void
arena_drop_above(struct arena *arena, const struct block *keep)
{
	while (arena->top && arena->top != keep) {
		struct block *older = arena->top->older;

		block_drop(arena, arena->top);
		arena->top = older;
	}
}

void
arena_free(struct arena **arena)
{
	if (!*arena)
		return;
	arena_drop_above(*arena, NULL);
	while ((*arena)->spare) {
		struct block *older = (*arena)->spare->older;

		block_free((*arena)->spare);
		(*arena)->spare = older;
	}
	heap_free(*arena);
	*arena = NULL;
}

void
arena_reset(struct arena *arena)
{
	arena_drop_above(arena, NULL);
	arena->used = arena->handed_out = arena->count = 0;
	arena->guarded = false;
}

static _Noreturn void
arena_overflow(struct arena *arena)
{
	if (arena->guarded)
		longjmp(arena->guard, 1);
	fputs("kontor: a unit of work passed its memory limit without a guard\n", stderr);
	abort();
}

static void
arena_block(struct arena *arena, size_t n)
{
	size_t size = n > BLOCK / 4 ? n : BLOCK;
	struct block *block;

	if (size > arena->max || arena->total > arena->max - size)
		arena_overflow(arena);
	block = size == BLOCK ? arena->spare : NULL;
	if (block) {
		arena->spare = block->older;
		arena->n_spare--;
	} else {
		block = heap_grow(NULL, sizeof *block + size); /* arena_alloc clears */
	}
	block->size = size;
	POISON(block->bytes, size);
	block->older = arena->top;
	arena->top = block;
	arena->used = 0;
	arena->total += size;
}

void *
arena_alloc_raw(struct arena *arena, size_t n)
{
	size_t need;
	char *p;

	if (n > arena->max)
		arena_overflow(arena);
	need = (n + GAP + ALIGN - 1) / ALIGN * ALIGN;
	if (!arena->top || need > arena->top->size - arena->used)
		arena_block(arena, need);
	p = arena->top->bytes + arena->used;
	arena->used += need;
	arena->handed_out += need;
	arena->count++;
	UNPOISON(p, n);
	return p;
}

void *
arena_alloc(struct arena *arena, size_t n)
{
	return memset(arena_alloc_raw(arena, n), 0, n);
}

void *
arena_alloc_n(struct arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		arena_overflow(arena);
	return arena_alloc(arena, bytes);
}

void *
arena_grow(struct arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	grown = arena_alloc_n(arena, *cap, size);
	if (n)
		memcpy(grown, items, n * size);
	return grown;
}

size_t
arena_used(const struct arena *arena)
{
	return arena->handed_out;
}

size_t
arena_count(const struct arena *arena)
{
	return arena->count;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ arena->top, arena->used, arena->handed_out };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
	arena_drop_above(arena, mark.block);
	arena->used = mark.used;
	arena->handed_out = mark.total;
	if (arena->top)
		POISON(arena->top->bytes + mark.used, arena->top->size - mark.used);
}

jmp_buf *
arena_guard(struct arena *arena)
{
	arena->guarded = true;
	return &arena->guard;
}

void
arena_unguard(struct arena *arena)
{
	arena->guarded = false;
}

void
arena_guard_keep(const struct arena *arena, struct arena_outer *out)
{
	memcpy(&out->guard, &arena->guard, sizeof out->guard);
	out->guarded = arena->guarded;
}

void
arena_guard_back(struct arena *arena, const struct arena_outer *outer)
{
	memcpy(&arena->guard, &outer->guard, sizeof arena->guard);
	arena->guarded = outer->guarded;
}
