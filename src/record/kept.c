#include "record/internal.h"

enum {
	SLOTS = 2048,
	KEPT_BYTES_MAX = 4 << 20, /* of all texts; then one begins anew */
	KEY_MAX = 8 << 10,
	TEXT_MAX = 256 << 10
};

struct text {
	uint64_t number; /* made of the key */
	size_t key_n, n;
	char p[]; /* the key, then the text */
};

struct kept {
	pthread_mutex_t lock;
	struct text *slots[SLOTS];
	size_t bytes;
};

struct kept *
kept_new(void)
{
	struct kept *kept = heap_new(sizeof *kept);

	pthread_mutex_init(&kept->lock, NULL);
	return kept;
}

static void
kept_clear(struct kept *kept)
{
	for (size_t i = 0; i < SLOTS; i++) {
		heap_free(kept->slots[i]);
		kept->slots[i] = NULL;
	}
	kept->bytes = 0;
}

void
kept_free(struct kept **kept)
{
	if (!*kept)
		return;
	kept_clear(*kept);
	pthread_mutex_destroy(&(*kept)->lock);
	heap_free(*kept);
	*kept = NULL;
}

/* All that a text may rest on; false: it would not be safe to keep it. */
static bool
key_whole(const struct cx *cx, struct str key, struct buf *out)
{
	const struct actor *actor = cx->actor;

	if (!cx->store || !actor || !actor->sight.n || actor->model != cx->model || cx->work)
		return false;
	buf_str(out, actor->sight);
	buf_int(out, (int64_t)cx->model->number);
	buf_char(out, ' ');
	buf_int(out, cx->lang);
	buf_char(out, ' ');
	buf_int(out, atomic_load(&cx->store->special_on));
	buf_char(out, ' ');
	buf_str(out, key);
	return !out->full;
}

/* FNV-1a. */
static uint64_t
number_of(struct str key)
{
	uint64_t number = 0xcbf29ce484222325;

	for (size_t i = 0; i < key.n; i++)
		number = (number ^ (unsigned char)key.p[i]) * 0x100000001b3;
	return number;
}

static bool
text_is(const struct text *text, uint64_t number, struct str key)
{
	return text && text->number == number && str_eq((struct str){ text->p, text->key_n }, key);
}

bool
kept_get(struct cx *cx, struct str key, struct str *out)
{
	struct buf whole = buf_in(cx->mem, KEY_MAX);
	struct kept *kept;
	struct text *text;
	uint64_t number;
	bool found;

	if (!key_whole(cx, key, &whole))
		return false;
	number = number_of(buf_done(&whole));
	kept = cx->store->kept;
	pthread_mutex_lock(&kept->lock);
	text = kept->slots[number % SLOTS];
	found = text_is(text, number, buf_done(&whole));
	if (found)
		*out = str_dup(cx->mem, (struct str){ text->p + text->key_n, text->n });
	pthread_mutex_unlock(&kept->lock);
	return found;
}

void
kept_put(struct cx *cx, struct str key, struct str value)
{
	struct buf whole = buf_in(cx->mem, KEY_MAX);
	struct kept *kept;
	struct text *text, **slot;
	size_t bytes;

	if (value.n > TEXT_MAX || !key_whole(cx, key, &whole))
		return;
	bytes = sizeof *text + whole.n + value.n;
	text = heap_new(bytes);
	*text = (struct text){ number_of(buf_done(&whole)), whole.n, value.n };
	memcpy(text->p, whole.p, whole.n);
	if (value.n)
		memcpy(text->p + whole.n, value.p, value.n);
	kept = cx->store->kept;
	pthread_mutex_lock(&kept->lock);
	if (kept->bytes + bytes > KEPT_BYTES_MAX)
		kept_clear(kept);
	slot = &kept->slots[text->number % SLOTS];
	if (*slot)
		kept->bytes -= sizeof *text + (*slot)->key_n + (*slot)->n;
	heap_free(*slot);
	*slot = text;
	kept->bytes += bytes;
	pthread_mutex_unlock(&kept->lock);
}
