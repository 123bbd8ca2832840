#define KONTOR_BASE
#include "base/banned.h"

#include "base/heap.h"

static void *
heap_checked(void *p)
{
	if (p)
		return p;
	fputs("kontor: out of memory\n", stderr);
	abort();
}

void *
heap_new(size_t n)
{
	return heap_checked(calloc(1, n ? n : 1));
}

void *
heap_grow(void *p, size_t n)
{
	return heap_checked(realloc(p, n ? n : 1));
}

void
heap_free(void *p)
{
	free(p);
}
