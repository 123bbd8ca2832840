#include "web/web.h"

bool
web_search(struct cx *cx, struct request *q, struct reply *r)
{
	struct str words = str_trim(request_query(q, "q"));
	struct mv page, items = mv_list(cx->mem);
	struct hits hits;

	if (!record_search(cx, NULL, words, SEARCH_MAX, &hits))
		return false;
	page = page_new(cx, q, r, str_of(tr(cx, "Search")));
	for (size_t i = 0; i < hits.n; i++) {
		const struct hit *hit = &hits.v[i];
		const struct field *f = hit->field.n ? field_find(hit->object, hit->field) : NULL;
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("kind"), mv_text(page_label(cx, hit->object->label)));
		mv_set(item, S("text"),
		       mv_text(hit->title.n ? hit->title : str_of(tr(cx, "(without a name)"))));
		mv_set(item, S("url"), mv_text(url_of(cx, hit->object->name, hit->id, "")));
		mv_set(item, S("field"), mv_text(f ? page_label(cx, f->label) : (struct str){ 0 }));
		mv_set(item, S("found"), mv_text(str_first(hit->text, hit->text.n)));
		mv_add(items, item);
	}
	mv_set(page, S("words"), mv_text(words));
	mv_set(page, S("hits"), items);
	mv_set(page, S("is_empty"), mv_bool(!hits.n && words.n));
	return page_write(cx, r, "search.html", page);
}
