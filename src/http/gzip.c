#define ZLIB_CONST
#include <zlib.h>

#include "http/internal.h"

#include "base/heap.h"
#include "http/request_parse.h"

/* A window of 8 KiB and small tables: 100 KiB a compressor; pages are not much larger. */
enum { LEVEL = 1, WINDOW_BITS = 13, GZIP_BITS = 16, MEM_LEVEL = 7, RESULT_EXTRA = 64 };

static void *
deflater_make(void *state)
{
	z_stream *stream = heap_new(sizeof *stream);

	(void)state;
	if (deflateInit2(stream, LEVEL, Z_DEFLATED, WINDOW_BITS + GZIP_BITS, MEM_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		stream->state = NULL;
	return stream;
}

static void
deflater_drop(void *thing)
{
	z_stream *stream = thing;

	if (stream->state)
		deflateEnd(stream);
	heap_free(stream);
}

struct shelf *
deflaters_new(size_t max)
{
	return shelf_new(max, deflater_make, deflater_drop, NULL);
}

static bool
is_text(struct str type)
{
	static const char *const TEXTS[] = {
		"text/",           "application/json", "application/problem+json",
		"application/xml", "image/svg+xml",    "application/openmetrics-text"
	};

	for (size_t i = 0; i < countof(TEXTS); i++)
		if (str_starts(type, str_of(TEXTS[i])))
			return true;
	return false;
}

/* Into the arena; empty when it would not become smaller. */
static struct str
deflated(struct arena *mem, z_stream *stream, struct str in)
{
	size_t room = in.n - RESULT_EXTRA;
	char *p = arena_alloc(mem, room);

	if (!stream->state || deflateReset(stream) != Z_OK)
		return (struct str){ 0 };
	stream->next_in = (const Bytef *)in.p;
	stream->avail_in = (uInt)in.n;
	stream->next_out = (Bytef *)p;
	stream->avail_out = (uInt)room;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return (struct str){ 0 };
	return (struct str){ p, room - stream->avail_out };
}

void
reply_compress(struct http *http, struct cx *cx, const struct request *q, struct reply *r)
{
	struct str body = buf_done(&r->body), small;
	uint32_t number;
	z_stream *stream;

	if (r->is_encoded || body.n < http->options.gzip_min_bytes || body.n > UINT32_MAX / 2 ||
	    body.n < 2 * RESULT_EXTRA || r->borrowed.n || r->file >= 0 || !is_text(r->type))
		return;
	reply_header(cx, r, "Vary", S("Accept-Encoding"));
	if (!parse_accepts_coding(request_header(q, "Accept-Encoding"), "gzip"))
		return;
	stream = shelf_take(http->deflaters, &number);
	if (!stream)
		return;
	small = deflated(cx->mem, stream, body);
	shelf_give(http->deflaters, number);
	if (!small.n)
		return;
	buf_clear(&r->body);
	buf_str(&r->body, small);
	reply_header(cx, r, "Content-Encoding", S("gzip"));
}
