/* What the full text knows of records, as conditions ask for it. */
#include "record/internal.h"

#include "model/sqltext.h"

struct found_sink {
	struct search_sink sink;
	struct sqltext *sql;
};

static struct sqltext *
sql_of(const struct search_sink *sink)
{
	return ((const struct found_sink *)(const void *)sink)->sql;
}

static void
sink_text(const struct search_sink *sink, const char *literal)
{
	sql_raw(sql_of(sink), literal);
}

static void
sink_number(const struct search_sink *sink, int64_t value)
{
	sql_int(sql_of(sink), value);
}

static void
sink_value(const struct search_sink *sink, struct str value)
{
	sql_str(sql_of(sink), value);
}

static void
found_ids(const struct cond_search *search, const struct object *object, const struct strs *words,
	  bool in_title, struct sqltext *out)
{
	struct found_sink sink = { { sink_text, sink_number, sink_value }, out };

	if (!db_search_ids(search->context, object->number, words, in_title, &sink.sink))
		out->full = true;
}

static bool
found_has(const struct cond_search *search, const struct row *row, const struct strs *words,
	  bool in_title)
{
	struct cx *cx = search->context;
	struct arena_mark mark = arena_mark(cx->mem);
	struct str title, body;
	bool has;

	search_texts(cx->mem, row, &title, &body);
	if (in_title)
		has = db_search_has(title, words);
	else
		has = db_search_has(str_printf(cx->mem, "%.*s %.*s", STR_FMT(title), STR_FMT(body)),
				    words);
	arena_rewind(cx->mem, mark);
	return has;
}

struct cond_search
search_of(const struct cx *cx)
{
	return (struct cond_search){ found_ids, found_has, (void *)(uintptr_t)cx };
}
