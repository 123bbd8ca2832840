/* Records that may mean the same one: what is alike, keeping them apart, merging them side by side.
 */
#include "data/merge.h"
#include "data/twins.h"
#include "web/record.h"

enum { SIDE_BY_SIDE_MAX = 5, FACTS_MAX = 4, TEXT_BYTES = 100 };

#define VALUE_PREFIX "value."

/* ---- those that look the same ---- */

static struct str
fields_text(struct cx *cx, const struct twin *twin)
{
	struct buf text = buf_in(cx->mem, CELL_MAX);

	for (size_t i = 0; i < twin->n_same; i++) {
		buf_z(&text, i ? ", " : "");
		buf_str(&text, page_label(cx, twin->same[i]->label));
	}
	return buf_done(&text);
}

/* What is known of it, in short: the columns of its list that are filled. */
static struct mv
facts_of(struct cx *cx, const struct record_page *p, const struct row *row)
{
	const struct field **fields;
	size_t n = fields_of_view(cx, row->object, "list", &fields);
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0, shown = 0; i < n && shown < FACTS_MAX; i++) {
		const struct value *v = &row->v[fields[i]->index];
		struct mv item = mv_map(cx->mem);

		if (fields[i] == row->object->title || v->kind == V_NONE ||
		    (p->face && p->face->field == fields[i]) ||
		    !fieldset_has(&row->has, fields[i]->index))
			continue;
		mv_set(item, S("label"), mv_text(page_label(cx, fields[i]->label)));
		mv_set(item, S("text"), mv_text(value_words(cx, &p->names, fields[i], v)));
		mv_add(list, item);
		shown++;
	}
	return list;
}

static void
want_all(struct cx *cx, struct names *names, const struct row *row)
{
	for (unsigned i = 0; i < row->object->n_fields; i++)
		if (fieldset_has(&row->has, i))
			names_want_value(cx, names, row->object->fields[i], &row->v[i]);
}

static struct mv
twins_list(struct cx *cx, const struct record_page *p, const struct twins *twins)
{
	struct mv list = mv_list(cx->mem);

	for (size_t i = 0; i < twins->n; i++) {
		const struct twin *twin = &twins->v[i];
		struct buf url = buf_in(cx->mem, URL_MAX);
		struct mv item = mv_map(cx->mem);

		buf_str(&url, url_of(cx, p->name, p->row->id, "/merge"));
		url_add(&url, "with", str_printf(cx->mem, "%lld", (long long)twin->row->id));
		mv_set(item, S("title"), mv_text(title_of_row(cx, &p->names, twin->row)));
		mv_set(item, S("url"), mv_text(url_of(cx, p->name, twin->row->id, "")));
		mv_set(item, S("id"), mv_int(twin->row->id));
		mv_set(item, S("is_alike"), mv_bool(twin->is_alike));
		mv_set(item, S("same"), mv_text(fields_text(cx, twin)));
		mv_set(item, S("facts"), facts_of(cx, p, twin->row));
		mv_set(item, S("merge_url"), mv_text(buf_done(&url)));
		mv_add(list, item);
	}
	return list;
}

static bool
add_merges(struct cx *cx, struct record_page *p)
{
	struct merged merges[MERGED_MAX];
	struct mv list = mv_list(cx->mem);
	size_t n;

	if (!merges_into(cx, p->object, p->row->id, merges, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct mv item = mv_map(cx->mem);
		struct buf at = buf_in(cx->mem, TEXT_BYTES), n_gone = buf_in(cx->mem, TEXT_BYTES);

		fmt_datetime(&at, cx, merges[i].at);
		fmt_records(&n_gone, cx, (int64_t)merges[i].n_gone);
		mv_set(item, S("at"), mv_text(buf_done(&at)));
		mv_set(item, S("n"), mv_text(buf_done(&n_gone)));
		mv_set(item, S("undo_url"),
		       mv_text(url_of(cx, S("changesets"), merges[i].changeset, "/undo")));
		mv_add(list, item);
	}
	mv_set(p->page, S("merges"), list);
	mv_set(p->page, S("has_merges"), mv_bool(n > 0));
	return true;
}

bool
web_twins(struct cx *cx, struct request *q, struct reply *r)
{
	struct record_page p;
	struct twins twins;
	struct str title;

	if (!record_open(cx, q, &p) || !twins_find(cx, p.face, p.row, &twins))
		return false;
	want_all(cx, &p.names, p.row);
	for (size_t i = 0; i < twins.n; i++)
		want_all(cx, &p.names, twins.v[i].row);
	if (!names_read(cx, &p.names))
		return false;
	title = title_of_row(cx, &p.names, p.row);
	p.page = page_new(cx, q, r,
			  str_printf(cx->mem, "%s: %.*s", tr(cx, "Duplicates"), STR_FMT(title)));
	if (!add_merges(cx, &p))
		return false;
	mv_set(p.page, S("name"), mv_text(title));
	mv_set(p.page, S("object"), mv_text(p.object->name));
	mv_set(p.page, S("record_url"), mv_text(url_of(cx, p.name, p.row->id, "")));
	mv_set(p.page, S("merge_url"), mv_text(url_of(cx, p.name, p.row->id, "/merge")));
	mv_set(p.page, S("apart_url"), mv_text(url_of(cx, p.name, p.row->id, "/apart")));
	mv_set(p.page, S("twins"), twins_list(cx, &p, &twins));
	mv_set(p.page, S("has_twins"), mv_bool(twins.n > 0));
	mv_set(p.page, S("n_twins"), mv_int((int64_t)twins.n));
	mv_set(p.page, S("duplicates_url"), mv_text(url_of(cx, p.name, p.row->id, "/duplicates")));
	return page_write(cx, r,
			  request_has_query(q, "part") ? "duplicates-part.html" : "duplicates.html",
			  p.page);
}

/* ---- keeping them apart ---- */

static bool
keep_apart(struct cx *cx, const struct object *object, int64_t one, int64_t other)
{
	const struct object *apart = object_find(cx->model, S("kept_apart"), NULL);
	struct row *row;
	struct change *c;

	if (!record_load(cx, object, one, &row) || !record_load(cx, object, other, &row))
		return false;
	c = change_new(cx, apart, NULL);
	change_set(c, field_find(apart, S("one")),
		   (struct value){ .kind = V_ANY, .i = one, .s = object->name });
	change_set(c, field_find(apart, S("other")),
		   (struct value){ .kind = V_ANY, .i = other, .s = object->name });
	return record_save(cx, c);
}

bool
web_apart(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	const struct face *face;
	struct form form;
	struct buf url = buf_in(cx->mem, URL_MAX);
	struct str name;
	int64_t id, other, changeset = 0;

	if (!web_object(cx, q, &object, &face, &name) || !request_param_int(cx, q, "id", &id) ||
	    !request_form(cx, q, &form))
		return false;
	if (!str_int(form_value(&form, "other"), 1, INT64_MAX, &other))
		return fail(cx, E_MISSING, "There is no such record");
	if (!work_begin(cx, S("keep apart")))
		return false;
	if (!keep_apart(cx, object, id, other) || !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, name, id, "/duplicates"));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	url_add(&url, "did", S("apart"));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}

/* ---- side by side ---- */

struct side {
	const struct row *rows[SIDE_BY_SIDE_MAX]; /* the first is where one came from */
	size_t n;
};

/* "#12", "Name (#12)" or "12": a lookup's control, or a number. */
static bool
id_of_text(struct str text, int64_t *out)
{
	size_t at = 0;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '#')
			at = i + 1;
	text = str_from(text, at);
	if (text.n && text.p[text.n - 1] == ')')
		text.n--;
	return str_int(text, 1, INT64_MAX, out);
}

static bool
side_add(struct cx *cx, const struct object *object, struct str text, struct side *side)
{
	struct row *row;
	int64_t id;

	if (!id_of_text(str_trim(text), &id))
		return fail_field(cx, S("with"), "link",
				  "Choose the other record from what is offered while you type");
	for (size_t i = 0; i < side->n; i++)
		if (side->rows[i]->id == id)
			return i ? true
				 : fail_field(cx, S("with"), "link",
					      "A record cannot be merged into itself");
	if (side->n == SIDE_BY_SIDE_MAX)
		return fail_field(cx, S("with"), "range", "Merge at most %d records at once",
				  SIDE_BY_SIDE_MAX);
	if (!record_load(cx, object, id, &row))
		return false;
	side->rows[side->n++] = row;
	return true;
}

static bool
side_read(struct cx *cx, const struct request *q, const struct record_page *p, struct side *out)
{
	struct side side = { { p->row }, 1 };

	for (size_t i = 0; i < q->query.n; i++)
		if (str_eq_z(q->query.v[i].name, "with") &&
		    !side_add(cx, p->object, q->query.v[i].value, &side))
			return false;
	if (side.n < 2)
		return fail_field(cx, S("with"), "required",
				  "Choose a record to merge this one with");
	*out = side;
	return true;
}

/* Can the field be chosen at all? */
static bool
is_choice(struct cx *cx, const struct field *f)
{
	return f->index >= SF__MAX && !f->readonly && f->type != FT_FORMULA &&
	       f->type != FT_ROLLUP && can_edit_field(cx, f->object, f);
}

static bool
is_filled(const struct row *row, const struct field *f)
{
	return fieldset_has(&row->has, f->index) && row->v[f->index].kind != V_NONE;
}

/* How many of them have a value, and do those differ? */
static size_t
filled(const struct side *side, const struct field *f, bool *differ)
{
	const struct value *first = NULL;
	size_t n = 0;

	*differ = false;
	for (size_t i = 0; i < side->n; i++) {
		const struct value *v = &side->rows[i]->v[f->index];

		if (!is_filled(side->rows[i], f))
			continue;
		n++;
		*differ |= first && !value_eq(first, v);
		first = first ? first : v;
	}
	return n;
}

static struct mv
choice_item(const struct record_page *p, struct cx *cx, const struct row *row,
	    const struct field *f, bool is_on)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("id"), mv_int(row->id));
	mv_set(item, S("text"), mv_text(value_words(cx, &p->names, f, &row->v[f->index])));
	mv_set(item, S("is_empty"), mv_bool(!is_filled(row, f)));
	mv_set(item, S("is_on"), mv_bool(is_on));
	return item;
}

static struct mv
field_item(struct cx *cx, const struct record_page *p, const struct side *side,
	   const struct field *f, bool differ)
{
	struct mv item = mv_map(cx->mem), values = mv_list(cx->mem);
	bool is_joined = differ && merge_can_join(f), chosen = is_joined;

	for (size_t i = 0; i < side->n; i++) {
		bool is_on = !chosen && is_filled(side->rows[i], f);

		mv_add(values, choice_item(p, cx, side->rows[i], f, is_on));
		chosen |= is_on;
	}
	mv_set(item, S("field"), mv_text(f->name));
	mv_set(item, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(item, S("values"), values);
	mv_set(item, S("can_join"), mv_bool(is_joined));
	return item;
}

/* Where they differ one chooses; what is the same, or stands in one of them alone, stays as it is.
 */
static void
add_fields(struct cx *cx, struct record_page *p, const struct side *side)
{
	struct mv differing = mv_list(cx->mem), clear = mv_list(cx->mem);
	size_t n_groups;
	struct field_group *groups = field_groups(cx, p->object, &n_groups);
	int64_t n_clear = 0;

	for (size_t i = 0; i < n_groups; i++)
		for (size_t k = 0; k < groups[i].n; k++) {
			const struct field *f = groups[i].v[k];
			bool differ;

			if (!is_choice(cx, f) || !filled(side, f, &differ))
				continue;
			mv_add(differ ? differing : clear, field_item(cx, p, side, f, differ));
			n_clear += !differ;
		}
	mv_set(p->page, S("differing"), differing);
	mv_set(p->page, S("has_differing"), mv_bool(mv_is_true(&differing)));
	mv_set(p->page, S("clear"), clear);
	mv_set(p->page, S("n_clear"), mv_int(n_clear));
}

/* "3 Deals, 12 Activities": what hangs on a record. */
static bool
hanging_text(struct cx *cx, const struct record_page *p, const struct row *row, struct str *out)
{
	struct record_page one = { .q = p->q, .object = p->object, .row = row };
	struct buf text = buf_in(cx->mem, CELL_MAX);

	if (!sets_count(cx, &one))
		return false;
	for (size_t i = 0; i < one.n_related; i++) {
		const struct related *set = &one.related[i];
		const struct object *object = set->set->object;

		if (!set->count)
			continue;
		buf_z(&text, text.n ? ", " : "");
		fmt_int(&text, cx, set->count);
		buf_char(&text, ' ');
		buf_str(&text,
			page_label(cx, set->count == 1 ? object->label : object->label_many));
	}
	*out = buf_done(&text);
	return true;
}

static bool
add_heads(struct cx *cx, struct record_page *p, const struct side *side)
{
	struct mv heads = mv_list(cx->mem);

	for (size_t i = 0; i < side->n; i++) {
		const struct row *row = side->rows[i];
		struct mv item = mv_map(cx->mem);
		struct str hanging;

		if (!hanging_text(cx, p, row, &hanging))
			return false;
		mv_set(item, S("id"), mv_int(row->id));
		mv_set(item, S("title"), mv_text(title_of_row(cx, &p->names, row)));
		mv_set(item, S("url"), mv_text(url_of(cx, p->name, row->id, "")));
		mv_set(item, S("made"),
		       mv_text(value_print(cx, p->object->fields[SF_CREATED_AT],
					   &row->v[SF_CREATED_AT])));
		mv_set(item, S("hanging"), mv_text(hanging));
		mv_set(item, S("is_first"), mv_bool(i == 0));
		mv_add(heads, item);
	}
	mv_set(p->page, S("heads"), heads);
	return true;
}

bool
web_merge_form(struct cx *cx, struct request *q, struct reply *r)
{
	struct record_page p;
	struct side side;

	if (!record_open(cx, q, &p) || !side_read(cx, q, &p, &side))
		return false;
	for (size_t i = 0; i < side.n; i++)
		want_all(cx, &p.names, side.rows[i]);
	if (!names_read(cx, &p.names))
		return false;
	p.page = page_new(cx, q, r, str_of(tr(cx, "Merge")));
	if (!add_heads(cx, &p, &side))
		return false;
	mv_set(p.page, S("name"), mv_text(title_of_row(cx, &p.names, p.row)));
	mv_set(p.page, S("back_url"), mv_text(url_of(cx, p.name, p.row->id, "/duplicates")));
	mv_set(p.page, S("record_url"), mv_text(url_of(cx, p.name, p.row->id, "")));
	add_fields(cx, &p, &side);
	return page_write(cx, r, "merge.html", p.page);
}

/* ---- merging ---- */

/* The field's value of one record, or of all: "12", "all". */
static bool
take_choice(struct cx *cx, const struct form_field *at, struct merge *merge,
	    struct merge_choice *choice)
{
	struct str name = str_from(at->name, sizeof VALUE_PREFIX - 1);

	if (!merge_field(cx, merge->object, name, &choice->field))
		return false;
	if (str_eq_z(at->value, "all"))
		choice->from = MERGE_ALL;
	else if (!str_int(at->value, 1, INT64_MAX, &choice->from))
		return fail_field(cx, name, "type", "An id is a record's number as a string");
	merge->n_choices++;
	return true;
}

static bool
take_form(struct cx *cx, const struct form *form, const struct side *side, struct merge *merge)
{
	struct merge_choice *choices = new_array(cx->mem, form->n + 1, struct merge_choice);
	int64_t *others = new_array(cx->mem, side->n, int64_t);

	if (!str_int(form_value(form, "survivor"), 1, INT64_MAX, &merge->survivor))
		return fail_field(cx, S("survivor"), "required", "Choose the record that stays");
	for (size_t i = 0; i < side->n; i++)
		if (side->rows[i]->id != merge->survivor)
			others[merge->n_others++] = side->rows[i]->id;
	if (merge->n_others == side->n)
		return fail_field(cx, S("survivor"), "link",
				  "The record that stays is one of those that are merged");
	merge->others = others;
	merge->choices = choices;
	for (size_t i = 0; i < form->n; i++)
		if (str_starts(form->v[i].name, S(VALUE_PREFIX)) &&
		    !take_choice(cx, &form->v[i], merge, &choices[merge->n_choices]))
			return false;
	return true;
}

bool
web_merge(struct cx *cx, struct request *q, struct reply *r)
{
	struct record_page p;
	struct side side;
	struct merge merge = { 0 };
	struct form form;
	struct buf url = buf_in(cx->mem, URL_MAX);
	int64_t moved, changeset = 0;

	if (!request_form(cx, q, &form) || !work_begin(cx, S("merge")))
		return false;
	if (!record_open(cx, q, &p) || !side_read(cx, q, &p, &side)) {
		work_abandon(cx);
		return false;
	}
	merge.object = p.object;
	if (!take_form(cx, &form, &side, &merge) || !merge_records(cx, &merge, &moved) ||
	    !work_commit(cx, &changeset)) {
		work_abandon(cx);
		return false;
	}
	buf_str(&url, url_of(cx, p.name, merge.survivor, ""));
	url_add(&url, "done", str_printf(cx->mem, "%lld", (long long)changeset));
	url_add(&url, "did", S("merge"));
	reply_redirect(cx, r, buf_done(&url));
	return true;
}
