/* What is worth knowing of a party at a glance, above its facts. */
#include "app/dossier.h"
#include "app/lines.h"
#include "app/overview.h"
#include "base/clock.h"
#include "model/ids.h"
#include "web/record.h"

enum { NOTE_MAX = 400 };

bool
overview_part_read(struct cx *cx, struct record_page *p)
{
	const struct object *users = cx->model->objects[USER];
	struct overview *o;

	if (p->object->index != PARTY)
		return true;
	o = new(cx->mem, struct overview);
	if (!overview_read(cx, p->row, p->excerpts, p->n_excerpts, o))
		return false;
	p->excerpts_read = true;
	for (size_t i = 0; i < o->n_relations; i++) {
		names_want(cx, &p->names, o->relations[i].other.object, o->relations[i].other.id);
		names_want(cx, &p->names, cx->model->objects[RELATION_TYPE],
			   o->relations[i].own_kind);
	}
	for (size_t i = 0; i < o->n_members; i++)
		names_want(cx, &p->names, p->object, o->members[i].other);
	for (size_t i = 1; i < o->hierarchy.n; i++)
		names_want(cx, &p->names, p->object, o->hierarchy.v[i].id);
	for (size_t i = 0; i < o->lists[LIST_CONTACT].n; i++)
		names_want(cx, &p->names, users, o->lists[LIST_CONTACT].v[i].owner);
	p->overview = o;
	return true;
}

/* ---- tiles: a word, what it comes to, and a note ---- */

static void
add_note(struct buf *out, struct str text)
{
	if (!text.n)
		return;
	if (out->n)
		BUF_LIT(out, " · ");
	buf_str(out, text);
}

static struct mv
add_tile(struct cx *cx, struct mv tiles, const char *key, struct str label, struct str text)
{
	struct mv tile = mv_map(cx->mem);

	mv_set(tile, S("key"), mv_text(str_of(key)));
	mv_set(tile, S("label"), mv_text(label));
	mv_set(tile, S("text"), mv_text(text));
	mv_set(tile, S("note"), mv_text((struct str){ 0 }));
	mv_set(tile, S("url"), mv_text((struct str){ 0 }));
	mv_add(tiles, tile);
	return tile;
}

static struct str
list_url(struct cx *cx, const struct object *object, struct str where)
{
	struct buf url = buf_in(cx->mem, URL_MAX);

	buf_str(&url, url_of(cx, object->name, 0, ""));
	url_add(&url, "where", where);
	return buf_done(&url);
}

/* The figures of amounts, each with the list behind it. */
static const struct {
	enum overview_figure figure;
	bool always; /* shown also where there is none */
	const char *label, *where;
} AMOUNTS[] = {
	{ FIGURE_WON, true, N_("Value won"), "outcome = won" },
	{ FIGURE_ORDERS, true, N_("Ordered"), "state in (open, done)" },
	{ FIGURE_QUOTES_OPEN, true, N_("Open quotes"), "state in (draft, sent)" },
	{ FIGURE_DEALS_OPEN, true, N_("Open deals"), "outcome = open" },
	{ FIGURE_RECOMMENDED, false, N_("Won by recommendation"), NULL },
};

/* "3 deals" */
static struct str
count_text(struct cx *cx, const struct figure *figure)
{
	const struct object *object = figure->of.link->object;
	struct buf out = buf_in(cx->mem, NOTE_MAX);

	fmt_int(&out, cx, figure->count);
	buf_char(&out, ' ');
	buf_str(&out, page_label(cx, figure->count == 1 ? object->label : object->label_many));
	return buf_done(&out);
}

static struct str
sums_text(struct cx *cx, const struct figure *figure)
{
	struct buf out = buf_in(cx->mem, NOTE_MAX);

	for (size_t i = 0; i < figure->n_sums; i++) {
		if (i)
			BUF_LIT(&out, " + ");
		buf_str(&out, lines_money(cx, figure->sums[i].sum, figure->sums[i].currency));
	}
	return out.n ? buf_done(&out) : str_of("–");
}

static struct str
weighted_text(struct cx *cx, const struct figure *figure)
{
	if (!figure->second || !figure->n_sums || !figure->sums[0].second)
		return (struct str){ 0 };
	return str_printf(
		cx->mem, tr(cx, "weighted %.*s"),
		STR_FMT(lines_money(cx, figure->sums[0].second, figure->sums[0].currency)));
}

static void
add_amounts(struct cx *cx, const struct record_page *p, struct mv tiles)
{
	for (size_t i = 0; i < countof(AMOUNTS); i++) {
		const struct figure *figure = &p->overview->figures[AMOUNTS[i].figure];
		const struct field *link = figure->of.link;
		struct buf note = buf_in(cx->mem, NOTE_MAX);
		struct mv tile;

		if (!link || (!AMOUNTS[i].always && !figure->count))
			continue;
		tile = add_tile(cx, tiles, overview_figure_name(AMOUNTS[i].figure),
				str_of(tr(cx, AMOUNTS[i].label)), sums_text(cx, figure));
		add_note(&note, count_text(cx, figure));
		add_note(&note, weighted_text(cx, figure));
		mv_set(tile, S("note"), mv_text(buf_done(&note)));
		if (AMOUNTS[i].where && figure->count)
			mv_set(tile, S("url"),
			       mv_text(list_url(cx, link->object,
						str_printf(cx->mem, "%.*s = %lld and %s",
							   STR_FMT(link->name),
							   (long long)p->row->id,
							   AMOUNTS[i].where))));
	}
}

static void
add_margin(struct cx *cx, const struct overview *o, struct mv tiles)
{
	const struct figure *figure = &o->figures[FIGURE_MARGIN];
	struct buf share = buf_in(cx->mem, NOTE_MAX);
	struct mv tile;

	if (!figure->count || !figure->n_sums)
		return;
	tile = add_tile(cx, tiles, "margin", str_of(tr(cx, "Margin")), sums_text(cx, figure));
	if (figure->sums[0].second <= 0)
		return;
	fmt_percent(&share, cx, figure->sums[0].sum * 1000 / figure->sums[0].second, 1);
	mv_set(tile, S("note"),
	       mv_text(str_printf(cx->mem, tr(cx, "%.*s of the lines whose cost is known"),
				  STR_FMT(buf_done(&share)))));
}

static void
add_contact(struct cx *cx, const struct record_page *p, struct mv tiles)
{
	const struct excerpt *list = &p->overview->lists[LIST_CONTACT];
	const struct entry *entry = list->v;
	struct buf note = buf_in(cx->mem, NOTE_MAX);
	struct mv tile;

	if (!list->of.link || !list->fields.when)
		return;
	tile = add_tile(cx, tiles, "last_contact", str_of(tr(cx, "Last contact")),
			list->n ? when_text(cx, entry->when, entry->at) : str_of("–"));
	if (!list->n)
		return;
	if (list->fields.state && entry->state.kind == V_TEXT)
		add_note(&note, value_words(cx, &p->names, list->fields.state, &entry->state));
	add_note(&note, entry->title.s);
	add_note(&note, names_title(&p->names, cx->model->objects[USER], entry->owner));
	mv_set(tile, S("note"), mv_text(buf_done(&note)));
	mv_set(tile, S("url"), mv_text(url_of(cx, entry->object->name, entry->id, "")));
}

static void
add_purchase(struct cx *cx, const struct overview *o, struct mv tiles)
{
	struct buf day = buf_in(cx->mem, NOTE_MAX);
	struct mv tile;

	if (!o->has_next_purchase)
		return;
	fmt_date(&day, cx, o->next_purchase);
	tile = add_tile(cx, tiles, "next_purchase", str_of(tr(cx, "Next purchase")),
			buf_done(&day));
	mv_set(tile, S("note"),
	       mv_text(str_of(o->is_derived ? tr(cx, "by the rhythm of the orders")
					    : tr(cx, "planned"))));
}

/* The way the party wants to be reached; where it said nothing, the first that is known. */
static const struct {
	const char *channel;
	unsigned field;
} WAYS[] = {
	{ "phone", PARTY_PHONE },
	{ "mobile", PARTY_MOBILE },
	{ "email", PARTY_EMAIL },
};

static void
add_way(struct cx *cx, const struct record_page *p, struct mv tiles)
{
	const struct field *channel = p->object->fields[PARTY_PREFERRED_CHANNEL];
	struct str wanted = p->row->v[PARTY_PREFERRED_CHANNEL].s;
	size_t at = countof(WAYS);
	struct mv tile, items, item, url;

	for (size_t i = countof(WAYS); i--;)
		if (p->row->v[WAYS[i].field].kind == V_TEXT &&
		    (at == countof(WAYS) || !str_eq_z(wanted, WAYS[at].channel)))
			at = i;
	if (at == countof(WAYS) && !wanted.n)
		return;
	tile = add_tile(cx, tiles, "reach", str_of(tr(cx, "Reach by")),
			wanted.n ? value_words(cx, &p->names, channel, &p->row->v[channel->index])
				 : (struct str){ 0 });
	if (at == countof(WAYS) || (wanted.n && !str_eq_z(wanted, WAYS[at].channel)))
		return;
	items = value_items(cx, &p->names, p->object->fields[WAYS[at].field],
			    &p->row->v[WAYS[at].field]);
	if (!mv_item(&items, 0, &item))
		return;
	mv_set(tile, wanted.n ? S("note") : S("text"), mv_text(p->row->v[WAYS[at].field].s));
	if (mv_get(&item, S("url"), &url))
		mv_set(tile, S("url"), url);
}

/* Whom a letter does not only address as it does a company. */
static bool
is_addressed(const struct row *party)
{
	return str_eq(party->v[PARTY_KIND].s, S("person")) ||
	       party->v[PARTY_LETTER_SALUTATION].kind == V_TEXT;
}

static void
add_tiles(struct cx *cx, struct record_page *p, struct mv part)
{
	struct mv tiles = mv_list(cx->mem);

	add_amounts(cx, p, tiles);
	add_margin(cx, p->overview, tiles);
	add_contact(cx, p, tiles);
	add_purchase(cx, p->overview, tiles);
	add_way(cx, p, tiles);
	if (fieldset_has(&p->row->has, PARTY_FAMILY_NAME) && is_addressed(p->row))
		add_tile(cx, tiles, "salutation", str_of(tr(cx, "Salutation")),
			 str_join(cx->mem, p->overview->salutation, S(",")));
	mv_set(part, S("tiles"), tiles);
}

static struct str
date_words(struct cx *cx, struct str date)
{
	struct buf out = buf_in(cx->mem, NOTE_MAX);
	int64_t day;

	if (!date_parse(date, &day, NULL))
		return date;
	fmt_date(&out, cx, day);
	return buf_done(&out);
}

/* ---- lists ---- */

static struct mv
entry_mv(struct cx *cx, const struct record_page *p, const struct excerpt *list,
	 const struct entry *entry)
{
	struct mv item = mv_map(cx->mem), states, state;

	mv_set(item, S("title"),
	       mv_text(list->fields.title && entry->title.kind != V_NONE
			       ? value_words(cx, &p->names, list->fields.title, &entry->title)
			       : page_label(cx, entry->object->label)));
	mv_set(item, S("url"), mv_text(url_of(cx, entry->object->name, entry->id, "")));
	mv_set(item, S("at"),
	       mv_text(entry->at ? when_text(cx, entry->when, entry->at) : (struct str){ 0 }));
	mv_set(item, S("money"),
	       mv_text(list->fields.money && entry->money.kind != V_NONE
			       ? value_print(cx, list->fields.money, &entry->money)
			       : (struct str){ 0 }));
	if (list->fields.state && entry->state.kind == V_TEXT) {
		states = value_items(cx, &p->names, list->fields.state, &entry->state);
		if (mv_item(&states, 0, &state))
			mv_set(item, S("state"), state);
	}
	return item;
}

static const struct {
	enum overview_list list;
	const char *label, *icon;
} SHOWN[] = {
	{ LIST_ORDERS, N_("Orders under way"), "package" },
	{ LIST_QUOTES, N_("Open quotes"), "file-pen-line" },
	{ LIST_DEALS, N_("Open deals"), "handshake" },
};

static struct mv
add_list(struct cx *cx, struct mv lists, const char *key, const char *label, const char *icon)
{
	struct mv list = mv_map(cx->mem), rows = mv_list(cx->mem);

	mv_set(list, S("key"), mv_text(str_of(key)));
	mv_set(list, S("label"), mv_text(str_of(tr(cx, label))));
	mv_set(list, S("icon"), mv_text(str_of(icon)));
	mv_set(list, S("rows"), rows);
	mv_add(lists, list);
	return rows;
}

static void
add_entries(struct cx *cx, const struct record_page *p, struct mv lists)
{
	for (size_t i = 0; i < countof(SHOWN); i++) {
		const struct excerpt *list = &p->overview->lists[SHOWN[i].list];
		struct mv rows;

		if (!list->n)
			continue;
		rows = add_list(cx, lists, overview_list_name(SHOWN[i].list), SHOWN[i].label,
				SHOWN[i].icon);
		for (size_t k = 0; k < list->n; k++)
			mv_add(rows, entry_mv(cx, p, list, &list->v[k]));
	}
}

static struct str
option_words(struct cx *cx, const struct field *f, struct str key)
{
	const struct option *option = option_find(f, key);

	return option ? page_label(cx, option->label) : key;
}

static void
add_consents(struct cx *cx, const struct record_page *p, struct mv lists)
{
	const struct excerpt *list = &p->overview->lists[LIST_CONSENTS];
	struct mv rows;

	if (!list->n)
		return;
	rows = add_list(cx, lists, "consents", N_("Consents"), "shield-check");
	for (size_t i = 0; i < list->n; i++) {
		struct mv item = entry_mv(cx, p, list, &list->v[i]);

		if (list->fields.body)
			mv_set(item, S("money"),
			       mv_text(option_words(cx, list->fields.body, list->v[i].body)));
		mv_set(item, S("at"), mv_text((struct str){ 0 }));
		mv_add(rows, item);
	}
}

static void
add_relations(struct cx *cx, const struct record_page *p, struct mv lists)
{
	const struct overview *o = p->overview;
	const struct field *kind = cx->model->objects[RELATION]->fields[RELATION_KIND];
	struct mv rows;

	if (!o->n_relations)
		return;
	rows = add_list(cx, lists, "relations", N_("Relations"), "waypoints");
	for (size_t i = 0; i < o->n_relations; i++) {
		const struct overview_relation *relation = &o->relations[i];
		struct mv item = mv_map(cx->mem);
		struct str own = names_title(&p->names, cx->model->objects[RELATION_TYPE],
					     relation->own_kind),
			   words = own.n ? own : option_words(cx, kind, relation->kind);

		mv_set(item, S("title"),
		       mv_text(names_title(&p->names, relation->other.object, relation->other.id)));
		mv_set(item, S("url"),
		       mv_text(url_of(cx, relation->other.object->name, relation->other.id, "")));
		mv_set(item, S("at"), mv_text((struct str){ 0 }));
		mv_set(item, S("money"),
		       mv_text(str_join(cx->mem, relation->goes_out ? S("→ ") : S("← "), words)));
		mv_add(rows, item);
	}
}

/* "Einkaufsleitung · Einkauf · Entscheidet" */
static struct str
member_words(struct cx *cx, const struct overview_member *member)
{
	const struct field *role = cx->model->objects[MEMBERSHIP]->fields[MEMBERSHIP_ROLE];
	struct buf out = buf_in(cx->mem, NOTE_MAX);

	add_note(&out, member->position);
	add_note(&out, member->department);
	if (member->role.n)
		add_note(&out, option_words(cx, role, member->role));
	return buf_done(&out);
}

static struct mv
member_item(struct cx *cx, const struct record_page *p, const struct overview_member *member)
{
	struct mv item = mv_map(cx->mem), state = mv_map(cx->mem);
	struct str until = member->until;

	if (until.n)
		until = str_printf(cx->mem, tr(cx, "until %.*s"), STR_FMT(date_words(cx, until)));
	mv_set(item, S("title"), mv_text(names_title(&p->names, p->object, member->other)));
	mv_set(item, S("url"), mv_text(url_of(cx, p->object->name, member->other, "")));
	mv_set(item, S("money"), mv_text(member_words(cx, member)));
	mv_set(item, S("at"), mv_text(until));
	if (member->is_main) {
		mv_set(state, S("text"), mv_text(str_of(tr(cx, "Main"))));
		mv_set(state, S("tone"), mv_text(S("plain")));
		mv_set(item, S("state"), state);
	}
	return item;
}

static void
add_members(struct cx *cx, const struct record_page *p, struct mv lists)
{
	const struct overview *o = p->overview;
	bool is_person = str_eq(p->row->v[PARTY_KIND].s, S("person"));
	struct mv rows;

	if (!o->n_members)
		return;
	rows = add_list(cx, lists, "members", is_person ? N_("Memberships") : N_("People"),
			is_person ? "building-2" : "users");
	for (size_t i = 0; i < o->n_members; i++)
		mv_add(rows, member_item(cx, p, &o->members[i]));
}

/* ---- what belongs to an organisation ---- */

static struct mv
node_item(struct cx *cx, const struct record_page *p, const struct hierarchy *h, size_t i)
{
	const struct hierarchy_node *node = &h->v[i];
	struct mv item = mv_map(cx->mem);
	struct str none = { 0 };
	bool grows = h->has_value && node->whole != node->own;

	mv_set(item, S("title"),
	       mv_text(i ? names_title(&p->names, p->object, node->id)
			 : title_of_row(cx, &p->names, p->row)));
	mv_set(item, S("url"), mv_text(i ? url_of(cx, p->object->name, node->id, "") : none));
	mv_set(item, S("depth"), mv_int(node->depth));
	mv_set(item, S("own"),
	       mv_text(h->has_value ? lines_money(cx, node->own, h->currency) : none));
	mv_set(item, S("whole"), mv_text(grows ? lines_money(cx, node->whole, h->currency) : none));
	return item;
}

static void
add_hierarchy(struct cx *cx, const struct record_page *p, struct mv part)
{
	const struct hierarchy *h = &p->overview->hierarchy;
	struct mv nodes = mv_list(cx->mem), tree = mv_map(cx->mem);

	if (!h->n)
		return;
	for (size_t i = 0; i < h->n; i++)
		mv_add(nodes, node_item(cx, p, h, i));
	mv_set(tree, S("nodes"), nodes);
	mv_set(tree, S("has_more"), mv_bool(h->has_more));
	mv_set(part, S("tree"), tree);
}

static void
add_warnings(struct cx *cx, const struct overview *o, struct mv part)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < o->n_warnings; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_text(str_of(o->warnings[i].key)));
		mv_set(item, S("tone"), mv_text(str_of(o->warnings[i].tone)));
		mv_set(item, S("text"), mv_text(o->warnings[i].text));
		mv_add(list, item);
	}
	mv_set(part, S("warnings"), list);
	mv_set(part, S("has_warnings"), mv_bool(o->n_warnings > 0));
}

void
overview_part_add(struct cx *cx, struct record_page *p)
{
	struct mv lists = mv_list(cx->mem), part;

	if (!p->overview)
		return;
	part = mv_map(cx->mem);
	add_warnings(cx, p->overview, part);
	add_tiles(cx, p, part);
	add_entries(cx, p, lists);
	add_consents(cx, p, lists);
	add_members(cx, p, lists);
	add_relations(cx, p, lists);
	add_hierarchy(cx, p, part);
	mv_set(part, S("lists"), lists);
	mv_set(part, S("has_lists"), mv_bool(mv_is_true(&lists)));
	mv_set(p->page, S("overview"), part);
	mv_set(p->page, S("dossier_url"),
	       mv_text(url_of(cx, p->object->name, p->row->id, "/dossier.pdf")));
}

bool
web_dossier(struct cx *cx, struct request *q, struct reply *r)
{
	struct str pdf, name;
	int64_t id;

	if (!request_param_int(cx, q, "id", &id) || !dossier_pdf(cx, id, &pdf, &name))
		return false;
	r->type = TYPE_PDF;
	reply_header(cx, r, "content-disposition",
		     str_printf(cx->mem, "inline; filename=\"%.*s\"", STR_FMT(name)));
	buf_str(&r->body, pdf);
	return true;
}
