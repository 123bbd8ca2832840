#define ZLIB_CONST
#include <zlib.h>

#include "http/asset.h"

#include "base/embed.h"
#include "base/heap.h"
#include "http/internal.h"
#include "http/request_parse.h"

enum { LEVEL = 9, GZIP_BITS = 16 + 15, MEM_LEVEL = 9, WORTH_BYTES = 1024, ASSETS_MAX = 4096 };

#define FOLDER "web/"

struct assets {
	pthread_mutex_t lock;
	struct str small[ASSETS_MAX]; /* by place in EMBEDDED, on the heap; p NULL: not yet made */
};

static const struct {
	const char *ending;
	struct str type;
} TYPES[] = {
	{ ".css", S_INIT("text/css; charset=utf-8") },
	{ ".html", S_INIT("text/html; charset=utf-8") },
	{ ".ico", S_INIT("image/x-icon") },
	{ ".js", S_INIT("text/javascript; charset=utf-8") },
	{ ".json", S_INIT("application/json") },
	{ ".map", S_INIT("application/json") },
	{ ".png", S_INIT("image/png") },
	{ ".svg", S_INIT("image/svg+xml") },
	{ ".txt", S_INIT("text/plain; charset=utf-8") },
	{ ".webmanifest", S_INIT("application/manifest+json") },
	{ ".webp", S_INIT("image/webp") },
	{ ".woff2", S_INIT("font/woff2") },
};

static struct str
type_of(struct str name)
{
	for (size_t i = 0; i < countof(TYPES); i++)
		if (str_ends(name, str_of(TYPES[i].ending)))
			return TYPES[i].type;
	return S("application/octet-stream");
}

struct assets *
assets_new(void)
{
	struct assets *assets = heap_new(sizeof *assets);

	pthread_mutex_init(&assets->lock, NULL);
	return assets;
}

static void
bytes_free(const char *p)
{
	heap_free((void *)(uintptr_t)p);
}

void
assets_free(struct assets **assets)
{
	if (!*assets)
		return;
	for (size_t i = 0; i < ASSETS_MAX; i++)
		bytes_free((*assets)->small[i].p);
	pthread_mutex_destroy(&(*assets)->lock);
	heap_free(*assets);
	*assets = NULL;
}

/* ---- the compressed form ---- */

/* On the heap; where nothing is gained, no bytes behind a pointer that is not NULL. */
static struct str
compressed(struct str bytes)
{
	z_stream stream = { 0 };
	char *p = heap_new(bytes.n);
	bool done;

	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_BITS, MEM_LEVEL, Z_DEFAULT_STRATEGY))
		return (struct str){ p, 0 };
	stream.next_in = (const Bytef *)bytes.p;
	stream.avail_in = (uInt)bytes.n;
	stream.next_out = (Bytef *)p;
	stream.avail_out = (uInt)(bytes.n - 1);
	done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	deflateEnd(&stream);
	return (struct str){ p, done ? bytes.n - 1 - stream.avail_out : 0 };
}

static struct str
small_of(struct assets *assets, const struct embedded *file)
{
	size_t at = (size_t)(file - EMBEDDED);
	struct str bytes = embed_bytes(file), small;

	if (at >= ASSETS_MAX || bytes.n < WORTH_BYTES || bytes.n > INT32_MAX)
		return (struct str){ 0 };
	pthread_mutex_lock(&assets->lock);
	if (!assets->small[at].p)
		assets->small[at] = compressed(bytes);
	small = assets->small[at];
	pthread_mutex_unlock(&assets->lock);
	return small;
}

/* ---- answering ---- */

static void
tag_set(struct cx *cx, struct reply *r, const struct embedded *file, bool is_small)
{
	reply_etag(cx, r, str_printf(cx->mem, "\"%s%s\"", file->hash, is_small ? "-gz" : ""));
}

static bool
is_compressible(struct str type)
{
	return !str_starts(type, S("image/png")) && !str_starts(type, S("font/"));
}

static void
bytes_set(struct cx *cx, struct request *q, struct reply *r, const struct embedded *file)
{
	struct str small = { 0 };

	r->type = type_of(str_of(file->name));
	r->borrowed = embed_bytes(file);
	r->is_encoded = true;
	if (!is_compressible(r->type))
		return;
	reply_header(cx, r, "Vary", S("Accept-Encoding"));
	if (parse_accepts_coding(request_header(q, "Accept-Encoding"), "gzip"))
		small = small_of(q->http->assets, file);
	if (!small.n)
		return;
	r->borrowed = small;
	reply_header(cx, r, "Content-Encoding", S("gzip"));
}

static bool
file_answer(struct cx *cx, struct request *q, struct reply *r, const struct embedded *file)
{
	if (request_if_none_match(q, str_printf(cx->mem, "\"%s\"", file->hash)) ||
	    request_if_none_match(q, str_printf(cx->mem, "\"%s-gz\"", file->hash))) {
		tag_set(cx, r, file, false);
		reply_not_modified(r);
		return true;
	}
	bytes_set(cx, q, r, file);
	tag_set(cx, r, file, r->borrowed.p != file->start);
	return true;
}

bool
asset_get(struct cx *cx, struct request *q, struct reply *r)
{
	struct str name = request_param(q, "name");
	struct str hash = str_cut(&name, '/');
	const struct embedded *file = embed_find(str_printf(cx->mem, FOLDER "%.*s", STR_FMT(name)));

	if (!file || !name.n)
		return fail(cx, E_MISSING, NULL);
	r->cache = str_eq_z(hash, file->hash) ? CACHE_FOREVER : CACHE_REVALIDATE;
	return file_answer(cx, q, r, file);
}

bool
asset_worker(struct cx *cx, struct request *q, struct reply *r)
{
	const struct embedded *file = embed_find(S(FOLDER "worker.js"));

	if (!file)
		return fail(cx, E_MISSING, NULL);
	r->cache = CACHE_REVALIDATE;
	return file_answer(cx, q, r, file);
}
