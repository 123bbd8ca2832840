/* A party at a glance: the same as stands at the top of its page. */
#include "app/overview.h"
#include "app/dossier.h"

#include "api/api.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/money.h"
#include "model/ids.h"
#include "model/type.h"

enum { DAY_MAX = 16, TITLE_MAX = 2000 };

static void
begin(struct buf *out, const char *key, bool *first)
{
	if (!*first)
		buf_char(out, ',');
	*first = false;
	buf_json(out, str_of(key));
	buf_char(out, ':');
}

/* A date, or a moment where the field is one. */
static void
write_day(struct cx *cx, const struct field *f, int64_t at, struct buf *out)
{
	struct buf day = buf_in(cx->mem, DAY_MAX);

	if (!f || !at) {
		BUF_LIT(out, "null");
		return;
	}
	if (f->type != FT_DATE) {
		api_time(at, out);
		return;
	}
	date_print(&day, at / MS_PER_DAY);
	buf_json(out, buf_done(&day));
}

static void
write_amount(const struct gathered_sum *sum, int64_t units, struct buf *out)
{
	int digits = currency_digits(str_of(sum->currency));

	buf_char(out, '"');
	buf_decimal(out, units, digits < 0 ? 0 : digits);
	buf_char(out, '"');
}

static void
write_figure(struct cx *cx, const struct figure *figure, bool is_margin, struct buf *out)
{
	BUF_LIT(out, "{\"count\":");
	buf_int(out, figure->count);
	BUF_LIT(out, ",\"first\":");
	write_day(cx, figure->day, figure->first, out);
	BUF_LIT(out, ",\"last\":");
	write_day(cx, figure->day, figure->last, out);
	BUF_LIT(out, ",\"sums\":[");
	for (size_t i = 0; i < figure->n_sums; i++) {
		const struct gathered_sum *sum = &figure->sums[i];

		buf_z(out, i ? ",{\"amount\":" : "{\"amount\":");
		write_amount(sum, sum->sum, out);
		BUF_LIT(out, ",\"currency\":");
		buf_json(out, str_of(sum->currency));
		if (figure->second) {
			buf_z(out, is_margin ? ",\"of\":" : ",\"weighted\":");
			write_amount(sum, sum->second, out);
		}
		buf_char(out, '}');
	}
	BUF_LIT(out, "]}");
}

static void
write_entry(struct cx *cx, const struct excerpt *list, const struct entry *entry, struct buf *out)
{
	struct buf title = buf_in(cx->mem, TITLE_MAX);

	BUF_LIT(out, "{\"object\":");
	buf_json(out, entry->object->name);
	BUF_LIT(out, ",\"id\":");
	api_id(entry->id, out);
	if (list->fields.title && entry->title.kind != V_NONE)
		list->fields.title->row->print(cx, list->fields.title, &entry->title, &title);
	BUF_LIT(out, ",\"title\":");
	api_text(buf_done(&title), out);
	BUF_LIT(out, ",\"state\":");
	api_text(entry->state.s, out);
	BUF_LIT(out, ",\"text\":");
	api_text(entry->body, out);
	BUF_LIT(out, ",\"at\":");
	write_day(cx, entry->when, entry->at, out);
	BUF_LIT(out, ",\"money\":");
	if (list->fields.money)
		list->fields.money->row->to_json(list->fields.money, &entry->money, out);
	else
		BUF_LIT(out, "null");
	BUF_LIT(out, ",\"owner\":");
	api_id(entry->owner, out);
	buf_char(out, '}');
}

static void
write_lists(struct cx *cx, const struct overview *o, struct buf *out)
{
	bool first = true;

	BUF_LIT(out, ",\"lists\":{");
	for (int i = 0; i < LIST__MAX; i++) {
		const struct excerpt *list = &o->lists[i];

		if (!list->v)
			continue;
		begin(out, overview_list_name((enum overview_list)i), &first);
		buf_char(out, '[');
		for (size_t k = 0; k < list->n; k++) {
			if (k)
				buf_char(out, ',');
			write_entry(cx, list, &list->v[k], out);
		}
		buf_char(out, ']');
	}
	buf_char(out, '}');
}

static bool
write_relations(struct cx *cx, const struct overview *o, struct buf *out)
{
	struct ref refs[OVERVIEW_RELATIONS];
	struct str titles[OVERVIEW_RELATIONS] = { 0 };

	for (size_t i = 0; i < o->n_relations; i++)
		refs[i] = o->relations[i].other;
	if (!record_titles_of(cx, refs, o->n_relations, titles))
		return false;
	BUF_LIT(out, ",\"relations\":{\"items\":[");
	for (size_t i = 0; i < o->n_relations; i++) {
		const struct overview_relation *relation = &o->relations[i];

		buf_z(out, i ? ",{\"kind\":" : "{\"kind\":");
		api_text(relation->kind, out);
		BUF_LIT(out, ",\"own_kind\":");
		api_id(relation->own_kind, out);
		buf_z(out, relation->goes_out ? ",\"goes_out\":true" : ",\"goes_out\":false");
		BUF_LIT(out, ",\"object\":");
		buf_json(out, relation->other.object->name);
		BUF_LIT(out, ",\"id\":");
		api_id(relation->other.id, out);
		BUF_LIT(out, ",\"title\":");
		api_text(titles[i], out);
		buf_char(out, '}');
	}
	buf_z(out, o->has_more_relations ? "],\"more\":true}" : "],\"more\":false}");
	return true;
}

static void
write_amount_of(const struct hierarchy *h, int64_t units, struct buf *out)
{
	struct gathered_sum sum = { .sum = units };

	for (size_t i = 0; i < sizeof sum.currency; i++)
		sum.currency[i] = h->currency[i];
	if (h->has_value)
		write_amount(&sum, units, out);
	else
		BUF_LIT(out, "null");
}

static void
write_members(const struct overview *o, const struct str *titles, struct buf *out)
{
	BUF_LIT(out, ",\"members\":[");
	for (size_t i = 0; i < o->n_members; i++) {
		const struct overview_member *member = &o->members[i];

		buf_z(out, i ? ",{\"id\":" : "{\"id\":");
		api_id(member->id, out);
		BUF_LIT(out, ",\"party\":");
		api_id(member->other, out);
		BUF_LIT(out, ",\"name\":");
		api_text(titles[i], out);
		BUF_LIT(out, ",\"position\":");
		api_text(member->position, out);
		BUF_LIT(out, ",\"department\":");
		api_text(member->department, out);
		BUF_LIT(out, ",\"role\":");
		api_text(member->role, out);
		BUF_LIT(out, ",\"until\":");
		api_text(member->until, out);
		buf_z(out, member->is_main ? ",\"main\":true}" : ",\"main\":false}");
	}
	buf_char(out, ']');
}

static void
write_hierarchy(const struct hierarchy *h, const struct str *titles, struct buf *out)
{
	BUF_LIT(out, ",\"hierarchy\":{\"currency\":");
	api_text(str_of(h->currency), out);
	buf_z(out, h->has_more ? ",\"more\":true,\"items\":[" : ",\"more\":false,\"items\":[");
	for (size_t i = 0; i < h->n; i++) {
		buf_z(out, i ? ",{\"id\":" : "{\"id\":");
		api_id(h->v[i].id, out);
		BUF_LIT(out, ",\"parent\":");
		api_id(h->v[i].parent, out);
		BUF_LIT(out, ",\"name\":");
		api_text(titles[i], out);
		BUF_LIT(out, ",\"depth\":");
		buf_int(out, h->v[i].depth);
		BUF_LIT(out, ",\"own\":");
		write_amount_of(h, h->v[i].own, out);
		BUF_LIT(out, ",\"whole\":");
		write_amount_of(h, h->v[i].whole, out);
		buf_char(out, '}');
	}
	BUF_LIT(out, "]}");
}

static bool
write_parties(struct cx *cx, const struct overview *o, struct buf *out)
{
	size_t n = o->n_members + o->hierarchy.n;
	struct ref *refs = new_array(cx->mem, n + 1, struct ref);
	struct str *titles = new_array(cx->mem, n + 1, struct str);

	for (size_t i = 0; i < o->n_members; i++)
		refs[i] = (struct ref){ o->party->object, o->members[i].other };
	for (size_t i = 0; i < o->hierarchy.n; i++)
		refs[o->n_members + i] = (struct ref){ o->party->object, o->hierarchy.v[i].id };
	if (!record_titles_of(cx, refs, n, titles))
		return false;
	write_members(o, titles, out);
	write_hierarchy(&o->hierarchy, titles + o->n_members, out);
	return true;
}

static void
write_head(struct cx *cx, const struct overview *o, struct buf *out)
{
	const struct row *party = o->party;

	BUF_LIT(out, "{\"id\":");
	api_id(party->id, out);
	BUF_LIT(out, ",\"name\":");
	api_text(party->v[PARTY_NAME].s, out);
	BUF_LIT(out, ",\"salutation\":");
	api_text(fieldset_has(&party->has, PARTY_FAMILY_NAME) ? o->salutation : (struct str){ 0 },
		 out);
	BUF_LIT(out, ",\"preferred_channel\":");
	api_text(party->v[PARTY_PREFERRED_CHANNEL].s, out);
	BUF_LIT(out, ",\"next_purchase\":");
	if (o->has_next_purchase) {
		BUF_LIT(out, "{\"on\":");
		write_day(cx, cx->model->objects[PARTY]->fields[PARTY_NEXT_PURCHASE_ON],
			  o->next_purchase * MS_PER_DAY, out);
		buf_z(out, o->is_derived ? ",\"derived\":true}" : ",\"derived\":false}");
	} else {
		BUF_LIT(out, "null");
	}
	BUF_LIT(out, ",\"warnings\":[");
	for (size_t i = 0; i < o->n_warnings; i++) {
		buf_z(out, i ? ",{\"key\":" : "{\"key\":");
		buf_json(out, str_of(o->warnings[i].key));
		BUF_LIT(out, ",\"text\":");
		buf_json(out, o->warnings[i].text);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

bool
api_overview(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { NULL };
	struct overview o;
	struct row *row;
	bool first = true;
	int64_t id;

	if (!api_query_only(cx, q, known) || !request_param_int(cx, q, "id", &id) ||
	    !record_load(cx, cx->model->objects[PARTY], id, &row) ||
	    !overview_read(cx, row, NULL, 0, &o))
		return false;
	r->type = TYPE_JSON;
	write_head(cx, &o, &r->body);
	BUF_LIT(&r->body, ",\"figures\":{");
	for (int i = 0; i < FIGURE__MAX; i++) {
		if (!overview_has(&o, (enum overview_figure)i))
			continue;
		begin(&r->body, overview_figure_name((enum overview_figure)i), &first);
		write_figure(cx, &o.figures[i], i == FIGURE_MARGIN, &r->body);
	}
	buf_char(&r->body, '}');
	write_lists(cx, &o, &r->body);
	if (!write_relations(cx, &o, &r->body) || !write_parties(cx, &o, &r->body))
		return false;
	buf_char(&r->body, '}');
	return true;
}

/* In another language than the caller's: language=de. */
static bool
take_language(struct cx *cx, const struct request *q)
{
	struct str text = request_query(q, "language");

	return !text.n || lang_find(text, &cx->lang) ||
	       fail_field(cx, S("language"), "unknown",
			  "There is no language %.*s; there are de and en", STR_FMT(text));
}

bool
api_dossier(struct cx *cx, struct request *q, struct reply *r)
{
	static const char *const known[] = { "language", NULL };
	struct str pdf, name;
	int64_t id;

	if (!api_query_only(cx, q, known) || !take_language(cx, q) ||
	    !request_param_int(cx, q, "id", &id) || !dossier_pdf(cx, id, &pdf, &name))
		return false;
	r->type = TYPE_PDF;
	reply_attachment(cx, r, name);
	buf_str(&r->body, pdf);
	return true;
}
