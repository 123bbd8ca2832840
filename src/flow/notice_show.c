/* What a person reads of a notice. */
#include "base/i18n.h"
#include "flow/notice_private.h"

enum { LABELS_BYTES = 1000, LABELS_MAX = 6 };

static const struct object *
object_of(const struct cx *cx, const struct notice *notice)
{
	return notice->object.n ? object_find(cx->model, notice->object, NULL) : NULL;
}

static struct str
label_of(const struct cx *cx, const struct object *object, bool many)
{
	return tr_str(cx->lang, many ? object->label_many : object->label);
}

bool
notices_name(struct cx *cx, const struct notices *notices, struct notice_names *out)
{
	const struct object *users = object_find(cx->model, S("user"), NULL);
	size_t n = notices->n;
	struct ref *refs = new_array(cx->mem, 2 * n + 1, struct ref);
	struct str *titles = new_array(cx->mem, 2 * n + 1, struct str);

	for (size_t i = 0; i < n; i++) {
		const struct notice *at = &notices->v[i];

		if (at->record)
			refs[i] = (struct ref){ object_of(cx, at), at->record };
		if (at->actor_id)
			refs[n + i] = (struct ref){ users, at->actor_id };
	}
	if (!record_titles_of(cx, refs, 2 * n, titles))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct object *object = object_of(cx, &notices->v[i]);

		if (object && !notices->v[i].record)
			titles[i] = label_of(cx, object, true);
		else if (object && !titles[i].n)
			titles[i] = str_printf(cx->mem, "%.*s %lld",
					       STR_FMT(label_of(cx, object, false)),
					       (long long)notices->v[i].record);
	}
	*out = (struct notice_names){ titles, titles + n };
	return true;
}

/* Of these it is not fields that are named. */
static bool
is_told_otherwise(const struct notice *notice)
{
	return notice->kind == NOTICE_DUE || notice->kind == NOTICE_APPROVAL ||
	       notice->kind == NOTICE_REMIND;
}

struct str
notice_fields(struct cx *cx, const struct notice *notice)
{
	const struct object *object = object_of(cx, notice);
	struct buf text = buf_in(cx->mem, LABELS_BYTES);
	struct str names = notice->fields;
	int n = 0;

	while (object && !is_told_otherwise(notice) && names.n) {
		const struct field *f = field_find(object, str_word(&names));

		if (!f || f->hidden || !can_see_field(cx, object, f))
			continue;
		if (n++ == LABELS_MAX) {
			BUF_LIT(&text, ", …");
			break;
		}
		buf_z(&text, n > 1 ? ", " : "");
		buf_str(&text, tr_str(cx->lang, f->label));
	}
	return buf_done(&text);
}
