/* Which records this import was about already. */
#include "data/import_private.h"

enum { SEEN_FIRST = 1024 };

static size_t
seen_place(const struct seen *seen, int64_t id)
{
	size_t at = (size_t)id * 0x9e3779b97f4a7c15u & (seen->cap - 1);

	while (seen->v[at].id && seen->v[at].id != id)
		at = (at + 1) & (seen->cap - 1);
	return at;
}

int64_t
seen_row(const struct seen *seen, int64_t id)
{
	return seen->cap ? seen->v[seen_place(seen, id)].row : 0;
}

static void
seen_grow(struct import *im)
{
	struct seen old = im->seen;

	im->seen.cap = old.cap ? 2 * old.cap : SEEN_FIRST;
	im->seen.v = arena_alloc(im->kept, im->seen.cap * sizeof *im->seen.v);
	memset(im->seen.v, 0, im->seen.cap * sizeof *im->seen.v);
	for (size_t i = 0; i < old.cap; i++)
		if (old.v[i].id)
			im->seen.v[seen_place(&im->seen, old.v[i].id)] = old.v[i];
}

void
seen_put(struct import *im, int64_t id, int64_t row)
{
	size_t at;

	if (2 * im->seen.n >= im->seen.cap)
		seen_grow(im);
	at = seen_place(&im->seen, id);
	im->seen.n += !im->seen.v[at].id;
	im->seen.v[at].id = id;
	im->seen.v[at].row = row;
}

void
touched_add(struct import *im, int64_t id)
{
	list_add(im->kept, &im->touched, id);
}
