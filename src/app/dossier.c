/* Gathers what stands on the page about a party. */
#include "app/dossier.h"

#include "app/dossier_sheet.h"
#include "app/lines.h"
#include "app/overview.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "model/ids.h"
#include "model/type.h"

enum { WORDS_MAX = 4000, CONTACTS = 8, KEEP = 3, NOTE_LINE = 110, NOTE_LINES = 12 };

/* What the page is made of. */
struct pages {
	struct overview overview;
	struct excerpt contacts[1];
	struct str relations[OVERVIEW_RELATIONS];
	struct str owner;
	struct dossier dossier;
};

/* ---- words ---- */

static struct str
words_of(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf out = buf_in(cx->mem, WORDS_MAX);
	const struct option *option;
	struct str rest = v->s, tag;

	if (v->kind == V_NONE)
		return (struct str){ 0 };
	if (f->type != FT_ENUM && f->type != FT_TAGS) {
		f->row->print(cx, f, v, &out);
		return buf_done(&out);
	}
	while (rest.n) {
		tag = str_cut(&rest, '|');
		option = option_find(f, tag);
		if (out.n && tag.n)
			BUF_LIT(&out, ", ");
		buf_str(&out, option ? tr_str(cx->lang, option->label) : tag);
	}
	return buf_done(&out);
}

static struct str
day_text(struct cx *cx, const struct field *when, int64_t at)
{
	struct buf out = buf_in(cx->mem, WORDS_MAX);

	if (!at || !when)
		return (struct str){ 0 };
	fmt_date(&out, cx,
		 when->type == FT_DATE ? at / MS_PER_DAY : moment_date(zone_find(cx->zone), at));
	return buf_done(&out);
}

static void
join(struct buf *out, struct str text)
{
	if (!text.n)
		return;
	if (out->n)
		BUF_LIT(out, " · ");
	buf_str(out, text);
}

static struct dossier_section *
section(struct pages *p, struct str title)
{
	struct dossier_section *new_one = &p->dossier.sections[p->dossier.n++];

	new_one->title = title;
	new_one->keep = KEEP;
	return new_one;
}

static void
add_row(struct dossier_section *to, struct dossier_row row)
{
	if (to->n < DOSSIER_ROWS_MAX)
		to->rows[to->n++] = row;
}

/* ---- facts ---- */

static void
add_fact(struct cx *cx, const struct pages *p, struct dossier_section *to, unsigned field)
{
	const struct row *party = p->overview.party;
	const struct field *f = party->object->fields[field];

	if (fieldset_has(&party->has, field) && party->v[field].kind != V_NONE)
		add_row(to, (struct dossier_row){ .label = tr_str(cx->lang, f->label),
						  .text = words_of(cx, f, &party->v[field]) });
}

static void
add_town(struct cx *cx, const struct pages *p, struct dossier_section *to)
{
	const struct row *party = p->overview.party;
	struct buf out = buf_in(cx->mem, WORDS_MAX);

	buf_str(&out, party->v[PARTY_POSTCODE].s);
	if (out.n && party->v[PARTY_CITY].s.n)
		buf_char(&out, ' ');
	buf_str(&out, party->v[PARTY_CITY].s);
	if (out.n)
		add_row(to, (struct dossier_row){ .label = str_of(tr(cx, "City")),
						  .text = buf_done(&out) });
}

static void
add_facts(struct cx *cx, struct pages *p)
{
	static const unsigned before[] = { PARTY_STREET },
			      after[] = { PARTY_COUNTRY,  PARTY_PHONE,     PARTY_MOBILE,
					  PARTY_EMAIL,    PARTY_WEBSITE,   PARTY_PREFERRED_CHANNEL,
					  PARTY_POSITION, PARTY_INDUSTRY,  PARTY_EMPLOYEES,
					  PARTY_BIRTHDAY, PARTY_CARE_CLASS };
	struct dossier_section *to = section(p, str_of(tr(cx, "Facts")));

	to->is_half = true;
	for (size_t i = 0; i < countof(before); i++)
		add_fact(cx, p, to, before[i]);
	add_town(cx, p, to);
	for (size_t i = 0; i < countof(after); i++)
		add_fact(cx, p, to, after[i]);
	if (fieldset_has(&p->overview.party->has, PARTY_FAMILY_NAME))
		add_row(to, (struct dossier_row){ .label = str_of(tr(cx, "Salutation")),
						  .text = p->overview.salutation });
	if (p->owner.n)
		add_row(to, (struct dossier_row){ .label = str_of(tr(cx, "Person in charge")),
						  .text = p->owner });
}

/* ---- figures ---- */

static const struct {
	enum overview_figure figure;
	const char *label;
} FIGURES[] = {
	{ FIGURE_WON, N_("Value won") },
	{ FIGURE_ORDERS, N_("Ordered") },
	{ FIGURE_ORDERS_OPEN, N_("Orders under way") },
	{ FIGURE_QUOTES_OPEN, N_("Open quotes") },
	{ FIGURE_DEALS_OPEN, N_("Open deals") },
	{ FIGURE_MARGIN, N_("Margin") },
	{ FIGURE_RECOMMENDED, N_("Won by recommendation") },
};

static void
add_figures(struct cx *cx, struct pages *p)
{
	struct dossier_section *to = section(p, str_of(tr(cx, "Figures")));
	struct buf day = buf_in(cx->mem, WORDS_MAX);

	to->is_half = true;
	for (size_t i = 0; i < countof(FIGURES); i++) {
		const struct figure *figure = &p->overview.figures[FIGURES[i].figure];

		if (!overview_has(&p->overview, FIGURES[i].figure) || !figure->count)
			continue;
		for (size_t k = 0; k < figure->n_sums; k++)
			add_row(to, (struct dossier_row){
					    .label = str_of(tr(cx, FIGURES[i].label)),
					    .note = str_printf(cx->mem, "%lld",
							       (long long)figure->count),
					    .amount = lines_money(cx, figure->sums[k].sum,
								  figure->sums[k].currency) });
	}
	if (!p->overview.has_next_purchase)
		return;
	fmt_date(&day, cx, p->overview.next_purchase);
	add_row(to, (struct dossier_row){ .label = str_of(tr(cx, "Next purchase")),
					  .text = buf_done(&day) });
}

/* ---- lists ---- */

static void
add_entries(struct cx *cx, const struct excerpt *list, struct dossier_section *to)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct entry *entry = &list->v[i];
		struct buf note = buf_in(cx->mem, WORDS_MAX);
		struct dossier_row row = { .label = day_text(cx, entry->when, entry->at) };

		if (list->fields.title)
			row.text = words_of(cx, list->fields.title, &entry->title);
		if (!row.text.n)
			row.text = tr_str(cx->lang, entry->object->label);
		if (list->fields.state)
			join(&note, words_of(cx, list->fields.state, &entry->state));
		if (list->fields.body && list->fields.body->type == FT_ENUM) {
			struct value channel = value_text(entry->body);

			join(&note, words_of(cx, list->fields.body, &channel));
		}
		row.note = buf_done(&note);
		if (list->fields.money && entry->money.kind != V_NONE)
			row.amount = words_of(cx, list->fields.money, &entry->money);
		add_row(to, row);
	}
}

static void
add_list(struct cx *cx, struct pages *p, const struct excerpt *list, struct str title)
{
	if (list->n)
		add_entries(cx, list, section(p, title));
}

static void
add_warnings(struct cx *cx, struct pages *p)
{
	struct dossier_section *to;

	if (!p->overview.n_warnings)
		return;
	to = section(p, str_of(tr(cx, "To be noted")));
	to->is_strong = true;
	to->keep = OVERVIEW_WARNINGS;
	for (size_t i = 0; i < p->overview.n_warnings; i++)
		add_row(to, (struct dossier_row){ .text = p->overview.warnings[i].text });
}

static void
add_steps(struct cx *cx, struct pages *p)
{
	const struct excerpt *tasks = &p->overview.lists[LIST_TASKS],
			     *meetings = &p->overview.lists[LIST_MEETINGS];
	struct dossier_section *to;

	if (!tasks->n && !meetings->n)
		return;
	to = section(p, str_of(tr(cx, "Next steps")));
	add_entries(cx, meetings, to);
	add_entries(cx, tasks, to);
}

static void
add_relations(struct cx *cx, struct pages *p)
{
	const struct field *kind = cx->model->objects[RELATION]->fields[RELATION_KIND];
	struct dossier_section *to = NULL;

	for (size_t i = 0; i < p->overview.n_relations; i++) {
		const struct overview_relation *relation = &p->overview.relations[i];
		struct value key = value_text(relation->kind);

		if (!p->relations[i].n)
			continue;
		if (!to)
			to = section(p, str_of(tr(cx, "Relations")));
		add_row(to, (struct dossier_row){ .text = p->relations[i],
						  .note = words_of(cx, kind, &key) });
	}
}

/* Words of one's own, broken where a line is full. */
static void
add_notes(struct cx *cx, struct pages *p)
{
	const struct row *party = p->overview.party;
	struct str rest = str_trim(party->v[PARTY_NOTES].s);
	struct dossier_section *to;

	if (!fieldset_has(&party->has, PARTY_NOTES) || !rest.n)
		return;
	to = section(p, tr_str(cx->lang, party->object->fields[PARTY_NOTES]->label));
	while (rest.n && to->n < NOTE_LINES) {
		struct str line = str_cut(&rest, '\n');

		while (line.n) {
			struct str part = str_first(line, NOTE_LINE);
			size_t at = part.n;

			while (part.n < line.n && at && part.p[at - 1] != ' ')
				at--;
			if (at)
				part.n = at;
			add_row(to, (struct dossier_row){ .text = str_trim(part) });
			line = str_trim(str_from(line, part.n));
		}
	}
}

/* ---- all of it ---- */

static bool
want_contacts(struct cx *cx, struct pages *p, int64_t party)
{
	const struct object *object = cx->model->objects[ACTIVITY];
	struct excerpt *list = p->contacts;

	if (!gather_of(cx, object->fields[ACTIVITY_PARTY], party, S("at <= now"), &list->of))
		return false;
	list->fields = entry_fields_of(cx, object);
	list->fields.body = NULL;
	if (!can_see_field(cx, object, object->fields[ACTIVITY_AT]))
		list->fields.when = NULL;
	list->limit = CONTACTS;
	return true;
}

static bool
read_titles(struct cx *cx, struct pages *p)
{
	struct ref refs[OVERVIEW_RELATIONS + 1] = { 0 };
	struct str titles[OVERVIEW_RELATIONS + 1] = { 0 };
	const struct row *party = p->overview.party;
	size_t n = p->overview.n_relations;

	for (size_t i = 0; i < n; i++)
		refs[i] = p->overview.relations[i].other;
	if (fieldset_has(&party->has, PARTY_OWNER) && party->v[PARTY_OWNER].kind == V_INT)
		refs[n] = (struct ref){ cx->model->objects[USER], party->v[PARTY_OWNER].i };
	if (!record_titles_of(cx, refs, n + 1, titles))
		return false;
	for (size_t i = 0; i < n; i++)
		p->relations[i] = titles[i];
	p->owner = titles[n];
	return true;
}

static void
add_head(struct cx *cx, struct pages *p)
{
	static const unsigned under[] = { PARTY_KIND, PARTY_ROLES, PARTY_STAGE };
	const struct row *party = p->overview.party;
	struct buf line = buf_in(cx->mem, WORDS_MAX), day = buf_in(cx->mem, WORDS_MAX);

	for (size_t i = 0; i < countof(under); i++)
		if (fieldset_has(&party->has, under[i]))
			join(&line,
			     words_of(cx, party->object->fields[under[i]], &party->v[under[i]]));
	fmt_date(&day, cx, moment_date(zone_find(cx->zone), cx->now));
	p->dossier.lang = cx->lang;
	p->dossier.title = party->v[PARTY_NAME].s.n
				   ? party->v[PARTY_NAME].s
				   : str_printf(cx->mem, "%lld", (long long)party->id);
	p->dossier.under = buf_done(&line);
	p->dossier.date = buf_done(&day);
	p->dossier.foot = str_printf(
		cx->mem, tr(cx, "Made for %.*s with what this person may see. Confidential."),
		STR_FMT(cx->actor->name.n ? cx->actor->name : cx->actor->login));
}

static void
fill(struct cx *cx, struct pages *p)
{
	const struct excerpt *lists = p->overview.lists;

	add_head(cx, p);
	add_facts(cx, p);
	add_figures(cx, p);
	add_warnings(cx, p);
	add_list(cx, p, &lists[LIST_ORDERS], str_of(tr(cx, "Orders under way")));
	add_list(cx, p, &lists[LIST_QUOTES], str_of(tr(cx, "Open quotes")));
	add_list(cx, p, &lists[LIST_DEALS], str_of(tr(cx, "Open deals")));
	add_steps(cx, p);
	add_list(cx, p, p->contacts, str_of(tr(cx, "Last contacts")));
	add_relations(cx, p);
	add_list(cx, p, &lists[LIST_CONSENTS], str_of(tr(cx, "Consents")));
	add_notes(cx, p);
}

bool
dossier_pdf(struct cx *cx, int64_t party, struct str *pdf, struct str *name)
{
	struct pages *p = new(cx->mem, struct pages);
	struct row *row;

	if (!record_load(cx, cx->model->objects[PARTY], party, &row) ||
	    !want_contacts(cx, p, party) || !overview_read(cx, row, p->contacts, 1, &p->overview) ||
	    !read_titles(cx, p))
		return false;
	fill(cx, p);
	*name = str_printf(cx->mem, "%s-%lld.pdf", tr(cx, "Dossier"), (long long)party);
	return dossier_draw(cx, &p->dossier, pdf);
}
