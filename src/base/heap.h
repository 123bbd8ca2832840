/* Heap memory for the few things that outlive a unit of work.  Without any the process ends. */
#ifndef KONTOR_BASE_HEAP_H
#define KONTOR_BASE_HEAP_H

#include <stddef.h>

void *heap_new(size_t n) __attribute__((__malloc__, alloc_size(1), returns_nonnull)); /* zeroed */
void *heap_grow(void *p, size_t n) __attribute__((alloc_size(2), returns_nonnull));
void heap_free(void *p);

#endif
