#include "data/import_private.h"

#include "base/fold.h"
#include "base/i18n.h"
#include "base/money.h"

enum { SCALE_PLACES = 6, NUMBER_TEXT_MAX = 64, JOINED_BYTES_MAX = CSV_ROW_MAX };

/* A cell that an export guarded against being taken for a formula ('=…) is as it was. */
static struct str
unguarded(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\'')
		n++;
	return n && n < s.n && strchr("=+-@\t\r", s.p[n]) ? str_from(s, 1) : s;
}

static bool
means_nothing(const struct import *im, struct str text)
{
	struct str key;

	if (!text.n || !im->plan.empty->n)
		return !text.n;
	key = fold_key(im->cx->mem, text);
	for (size_t i = 0; i < im->plan.empty->n; i++)
		if (str_eq(key, im->plan.empty->v[i]))
			return true;
	return false;
}

struct str
cell_text(const struct import *im, size_t column)
{
	bool is_text = im->plan.map->csv.form == FORM_TEXT;
	struct str text;

	if (column == PLAN_ROW_NUMBER)
		return str_printf(im->cx->mem, "%lld", (long long)im->row.number);
	if (column >= im->row.n)
		return S("");
	text = im->row.cells[column];
	text = str_trim(is_text ? unguarded(text) : text);
	return means_nothing(im, text) ? S("") : text;
}

static struct str
joined_text(const struct import *im, const struct target *t)
{
	struct buf b = buf_in(im->cx->mem, JOINED_BYTES_MAX);

	for (size_t i = 0; i < t->rule->n_columns; i++) {
		struct str part = cell_text(im, t->columns[i]);

		if (b.n && part.n)
			buf_char(&b, ' ');
		buf_str(&b, part);
	}
	return buf_done(&b);
}

void
row_texts(struct import *im)
{
	for (size_t i = 0; i < im->plan.n; i++) {
		const struct target *t = &im->plan.v[i];

		if (t->rule->kind == MAP_CONSTANT)
			im->texts[i] = t->rule->constant;
		else if (t->rule->n_columns == 1)
			im->texts[i] = cell_text(im, t->columns[0]);
		else
			im->texts[i] = joined_text(im, t);
	}
}

static void
warn(struct import *im, const struct target *t, struct str text, struct str why)
{
	if (!im->quiet)
		import_note(im, false, (struct place){ im->row.number, t->column, text }, "%.*s",
			    STR_FMT(tr_str(im->cx->lang, why)));
}

bool
is_of_row(const struct cx *cx)
{
	switch (cx->err.code) {
	case E_INPUT:
	case E_FORBIDDEN:
	case E_MISSING:
	case E_CONFLICT:
	case E_STALE:
		return true;
	default:
		return false;
	}
}

struct str
failure_text(const struct cx *cx)
{
	if (cx->err.fields)
		return cx->err.fields->why;
	return cx->err.why.n ? cx->err.why : str_of(err_row(cx->err.code)->text);
}

/* ---- how the map changes a text ---- */

/* "Eva Maria Roth" → "eva.maria.roth". */
static struct str
slug(struct arena *mem, struct str text, struct str between)
{
	struct str key = fold_key(mem, text);
	struct buf b = buf_in(mem, CSV_CELL_MAX);
	bool gap = false;

	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];

		if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
			gap = b.n;
			continue;
		}
		if (gap)
			buf_str(&b, between);
		gap = false;
		buf_char(&b, (char)c);
	}
	return buf_done(&b);
}

static bool
scaled(struct import *im, const struct target *t, struct str text, struct str *out)
{
	struct buf b = buf_in(im->cx->mem, NUMBER_TEXT_MAX);
	int64_t units;
	char point = im->plan.reading.decimal ? im->plan.reading.decimal : '.';

	if (!decimal_parse(text, point, SCALE_PLACES, &units) ||
	    __builtin_mul_overflow(units, t->rule->scale, &units)) {
		warn(im, t, text, str_of(N_("This is not a number that can be multiplied.")));
		return false;
	}
	buf_decimal(&b, units, SCALE_PLACES);
	*out = buf_done(&b);
	while (out->p[out->n - 1] == '0')
		out->n--;
	if (out->p[out->n - 1] == '.')
		out->n--;
	return true;
}

/* *out becomes the text that is to be read; false: warned. */
static bool
mapped(struct import *im, const struct target *t, struct str text, struct str *out)
{
	const struct map_rule *rule = t->rule;
	bool known = plan_replace(im->cx, t, text, &text);

	if (rule->closed && !known) {
		warn(im, t, text, str_of(N_("The map does not list this text among its values.")));
		return false;
	}
	if (rule->has_slug)
		text = slug(im->cx->mem, text, rule->slug);
	if (rule->prefix.n && text.n)
		text = str_printf(im->cx->mem, "%.*s%.*s", STR_FMT(rule->prefix), STR_FMT(text));
	*out = text;
	return rule->scale == 1 || scaled(im, t, text, out);
}

/* ---- links ---- */

/* The text as a value of the field by which the link is looked up. */
static bool
link_key_value(struct import *im, const struct target *t, struct str text, struct value *out)
{
	const struct field *by = lookup_of(t->lookup)->field;

	return by->row->parse(im->cx, by, text, &im->plan.reading, out);
}

bool
link_find(struct import *im, const struct target *t, struct str text, int64_t *out)
{
	struct lookup_key key;
	struct value value = { 0 };

	if (!link_key_value(im, t, text, &value))
		return false;
	if (value.kind == V_NONE) {
		*out = 0;
		return true;
	}
	key = lookup_key(im->cx, t->lookup, &value);
	return lookup_find(im->cx, t->lookup, &key, out);
}

static void
lookup_note(struct import *im, struct lookup *lookup, const struct row *row, uint64_t mark)
{
	const struct value *value = &row->v[lookup_of(lookup)->field->index];
	struct put put = { .lookup = lookup };

	if (value->kind == V_NONE)
		return;
	put.key = lookup_key(im->cx, lookup, value);
	put.before = lookup_known(lookup, &put.key);
	lookup_put(lookup, &put.key, put.before && put.before != row->id ? LOOKUP_MANY : row->id,
		   lookup == im->plan.match_lookup ? mark : 0);
	list_add(im->cx->mem, &im->puts, put);
}

void
record_note(struct import *im, const struct row *row, uint64_t mark)
{
	struct cond_when when = cond_when_of(im->cx);

	for (size_t i = 0; i < im->plan.n_lookups; i++) {
		struct lookup *lookup = im->plan.lookups[i];
		const struct lookup_of *of = lookup_of(lookup);

		if (of->object != row->object ||
		    (of->face && !cond_test(of->face->when, &when, NULL, row)))
			continue;
		if (of->where)
			lookup_forget(lookup);
		else
			lookup_note(im, lookup, row, mark);
	}
}

void
puts_take_back(struct import *im)
{
	while (im->puts.n) {
		const struct put *put = &im->puts.v[--im->puts.n];

		lookup_put(put->lookup, &put->key, put->before, 0);
	}
}

bool
link_create(struct import *im, const struct target *t, struct str text, int64_t *out)
{
	struct cx *cx = im->cx;
	const struct field *by = lookup_of(t->lookup)->field;
	struct change *c = change_new(cx, lookup_of(t->lookup)->object, lookup_of(t->lookup)->face);
	struct value value;

	if (!try_guard(im) || !link_key_value(im, t, text, &value))
		return false;
	change_set(c, by, value);
	if (!record_save(cx, c))
		return false;
	c->after->id = c->id;
	record_note(im, c->after, 0);
	im->report.linked++;
	if (c->object == im->plan.object)
		touched_add(im, c->id);
	*out = c->id;
	return true;
}

static void
open_add(struct import *im, size_t target, struct str text)
{
	struct pending pending = { im->row.number, 0, target, text };

	list_add(im->cx->mem, &im->open, pending);
}

/* May a later row of this file be what the link means? */
static bool
may_come(const struct import *im, const struct target *t)
{
	return lookup_of(t->lookup)->object == im->plan.object && t->field->type != FT_MANY &&
	       im->plan.map->creates;
}

/* The id that one text of a link means; 0: none, warned. */
static bool
link_id(struct import *im, size_t target, struct str text, int64_t *out)
{
	const struct target *t = &im->plan.v[target];
	struct cx *cx = im->cx;

	*out = 0;
	if (!link_find(im, t, text, out)) {
		if (!is_of_row(cx))
			return false;
		warn(im, t, text, failure_text(cx));
		fail_clear(cx);
		return true;
	}
	if (*out > 0)
		return true;
	if (*out == LOOKUP_MANY) {
		warn(im, t, text,
		     str_of(N_("Several records are called so; the link is left empty.")));
		*out = 0;
		return true;
	}
	if (may_come(im, t)) {
		open_add(im, target, text);
		return true;
	}
	if (t->rule->create)
		return link_create(im, t, text, out);
	warn(im, t, text, str_of(N_("There is no such record; the link is left empty.")));
	return true;
}

static struct value
link_value(const struct target *t, int64_t id)
{
	if (!id)
		return (struct value){ 0 };
	if (t->field->type == FT_ANY)
		return (struct value){ .kind = V_ANY,
				       .s = lookup_of(t->lookup)->object->name,
				       .i = id };
	return value_int(id);
}

static struct str
cut_by(struct str *rest, struct str separator)
{
	struct str part = *rest;
	size_t at;

	if (separator.n && str_find(*rest, separator, &at)) {
		part = str_first(*rest, at);
		*rest = str_from(*rest, at + separator.n);
	} else {
		*rest = (struct str){ 0 };
	}
	return str_trim(part);
}

static int
id_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
links_value(struct import *im, size_t target, struct str text, struct value *out)
{
	struct {
		int64_t *v;
		size_t n, cap;
	} ids = { 0 };
	size_t n = 0;

	while (text.n) {
		struct str part = cut_by(&text, im->plan.v[target].rule->split), one;
		int64_t id = 0;

		if (!part.n || !mapped(im, &im->plan.v[target], part, &one))
			continue;
		if (!link_id(im, target, one, &id))
			return false;
		if (id)
			list_add(im->cx->mem, &ids, id);
	}
	if (ids.n)
		qsort(ids.v, ids.n, sizeof *ids.v, id_order);
	for (size_t i = 0; i < ids.n; i++)
		if (!n || ids.v[n - 1] != ids.v[i])
			ids.v[n++] = ids.v[i];
	*out = n ? (struct value){ .kind = V_IDS, .ids = ids.v, .i = (int64_t)n }
		 : (struct value){ 0 };
	return true;
}

/* ---- values ---- */

/* Several texts in one cell as tags_parse wants them. */
static struct str
tags_text(struct import *im, const struct target *t, struct str text)
{
	struct buf b = buf_in(im->cx->mem, CSV_CELL_MAX);

	while (text.n) {
		struct str part = cut_by(&text, t->rule->split), one;

		if (!part.n || !mapped(im, t, part, &one))
			continue;
		if (b.n)
			buf_char(&b, '\n');
		buf_str(&b, one);
	}
	return buf_done(&b);
}

static struct reading
reading_of(const struct import *im, const struct target *t)
{
	struct reading reading = im->plan.reading;

	reading.currency = t->rule->currency;
	if (t->currency_column != PLAN_NO_COLUMN) {
		struct str text = cell_text(im, t->currency_column);

		if (text.n)
			reading.currency = text;
	}
	if (t->rule->scale != 1)
		reading.decimal = '.';
	return reading;
}

static bool
plain_value(struct import *im, const struct target *t, struct str text, struct value *out,
	    bool *given)
{
	struct cx *cx = im->cx;
	struct reading reading = reading_of(im, t);

	if (t->field->row->parse(cx, t->field, text, &reading, out)) {
		*given = true;
		return true;
	}
	if (!is_of_row(cx))
		return false;
	warn(im, t, text, failure_text(cx));
	fail_clear(cx);
	return true;
}

bool
row_value(struct import *im, size_t target, bool made, struct value *out, bool *given)
{
	const struct target *t = &im->plan.v[target];
	struct str text = im->texts[target];
	int64_t id;

	*out = (struct value){ 0 };
	*given = made || im->plan.clears;
	if (!text.n)
		return true;
	*given = made;
	if (t->field->type == FT_MANY) {
		*given = true;
		return links_value(im, target, text, out);
	}
	if (t->rule->split.n)
		text = tags_text(im, t, text);
	else if (!mapped(im, t, text, &text))
		return true;
	if (!t->lookup)
		return plain_value(im, t, text, out, given);
	if (!link_id(im, target, text, &id))
		return false;
	*out = link_value(t, id);
	*given = made || id;
	return true;
}
