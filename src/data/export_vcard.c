/* vCard 4.0, RFC 6350. */
#include "data/content_line.h"
#include "data/export_private.h"

enum { LINE_BYTES = 75, VALUE_MAX = 1 << 20, ADDRESS_PARTS = 7, COND_TEXT_BYTES = 100 };

static void
property(struct export *ex, const char *name, struct str value)
{
	struct buf line = buf_in(ex->cx->mem, VALUE_MAX);

	if (!value.n)
		return;
	buf_z(&line, name);
	buf_char(&line, ':');
	content_text(&line, value);
	content_line(&ex->out, buf_done(&line));
	ex->out.full |= line.full;
}

/* A value of several parts; nothing where all are empty. */
static void
property_parts(struct export *ex, const char *name, const struct str *parts, size_t n)
{
	struct buf line = buf_in(ex->cx->mem, VALUE_MAX);
	size_t bytes = 0;

	buf_z(&line, name);
	for (size_t i = 0; i < n; i++) {
		buf_char(&line, i ? ';' : ':');
		content_text(&line, parts[i]);
		bytes += parts[i].n;
	}
	if (bytes)
		content_line(&ex->out, buf_done(&line));
	ex->out.full |= line.full;
}

/* The canonical text of a field by its name; empty where it has none, or is not to be seen. */
static struct str
text_of(const struct export *ex, const struct row *row, const char *name)
{
	const struct field *f = field_find(row->object, str_of(name));
	struct buf b = buf_in(ex->cx->mem, VALUE_MAX);

	if (f && fieldset_has(&row->has, f->index) && row->v[f->index].kind != V_NONE)
		f->row->text(f, &row->v[f->index], &b);
	return buf_done(&b);
}

static struct str
date_basic(struct export *ex, struct str iso)
{
	struct buf b = buf_in(ex->cx->mem, LINE_BYTES);

	for (size_t i = 0; i < iso.n; i++)
		if (iso.p[i] != '-')
			buf_char(&b, iso.p[i]);
	return buf_done(&b);
}

/* ---- what belongs to a party ---- */

static const struct {
	const char *type, *property;
} POINTS[] = {
	{ "email", "EMAIL" },
	{ "phone", "TEL;TYPE=voice" },
	{ "mobile", "TEL;TYPE=cell" },
	{ "fax", "TEL;TYPE=fax" },
	{ "web", "URL" },
	{ "social", "SOCIALPROFILE" },
	{ "messenger", "IMPP" },
};

static void
put_point(struct export *ex, const struct row *row)
{
	struct str type = text_of(ex, row, "type");

	for (size_t i = 0; i < countof(POINTS); i++)
		if (str_eq_z(type, POINTS[i].type))
			property(ex, POINTS[i].property, text_of(ex, row, "value"));
}

static void
put_address(struct export *ex, const struct row *row)
{
	struct str type = text_of(ex, row, "type");
	const struct str parts[ADDRESS_PARTS] = {
		[2] = text_of(ex, row, "lines"),   [3] = text_of(ex, row, "city"),
		[4] = text_of(ex, row, "region"),  [5] = text_of(ex, row, "postcode"),
		[6] = text_of(ex, row, "country"),
	};

	property_parts(ex,
		       str_eq_z(type, "private")  ? "ADR;TYPE=home"
		       : str_eq_z(type, "office") ? "ADR;TYPE=work"
						  : "ADR",
		       parts, ADDRESS_PARTS);
}

struct detail {
	struct export *ex;
	void (*put)(struct export *ex, const struct row *row);
};

static bool
detail_row(struct cx *cx, const struct row *row, void *to)
{
	const struct detail *detail = to;

	(void)cx;
	detail->put(detail->ex, row);
	return true;
}

/* All records of a detail object of this party that the actor may export. */
static bool
put_details(struct export *ex, int64_t party, const char *object,
	    void (*put)(struct export *ex, const struct row *row))
{
	struct cx *cx = ex->cx;
	struct query query = { .object = object_find(cx->model, str_of(object), NULL),
			       .limit = -1,
			       .op = OP_EXPORT };
	struct detail detail = { ex, put };
	struct buf where = buf_in(cx->mem, COND_TEXT_BYTES);

	if (!query.object || !can_object(cx, query.object, OP_EXPORT))
		return true;
	BUF_LIT(&where, "party = ");
	buf_int(&where, party);
	return cond_parse(cx, cx->mem, cx->model, query.object, buf_done(&where), NULL,
			  &query.where) &&
	       record_each(cx, &query, detail_row, &detail);
}

/* ---- the card ---- */

/* A card must have a name: what the party is known by, else its number. */
static struct str
full_name(const struct export *ex, const struct row *row)
{
	static const char *const names[] = { "name", "email", "phone", "mobile", "external_id" };

	for (size_t i = 0; i < countof(names); i++) {
		struct str text = text_of(ex, row, names[i]);

		if (text.n)
			return text;
	}
	return str_printf(ex->cx->mem, "#%lld", (long long)row->id);
}

static struct str
title_of(const struct export *ex, size_t at, const char *name)
{
	for (size_t i = 0; i < ex->n_columns; i++)
		if (ex->columns[i].part == PART_TITLE && str_eq_z(ex->columns[i].field->name, name))
			return ex->columns[i].titles[at];
	return (struct str){ 0 };
}

static void
put_person(struct export *ex, const struct row *row, size_t at)
{
	const struct str parts[] = {
		text_of(ex, row, "family_name"),
		text_of(ex, row, "given_name"),
		{ 0 },
		text_of(ex, row, "academic_title"),
		{ 0 },
	};

	property(ex, "KIND", S("individual"));
	property_parts(ex, "N", parts, countof(parts));
	property(ex, "ORG", title_of(ex, at, "parent_party"));
	property(ex, "BDAY", date_basic(ex, text_of(ex, row, "birthday")));
}

static void
put_fields(struct export *ex, const struct row *row)
{
	static const struct {
		const char *property, *field;
	} plain[] = {
		{ "EMAIL", "email" }, { "TEL;TYPE=voice", "phone" }, { "TEL;TYPE=cell", "mobile" },
		{ "URL", "website" }, { "LANG", "language" },        { "NOTE", "notes" },
	};
	const struct str parts[ADDRESS_PARTS] = {
		[2] = text_of(ex, row, "street"),  [3] = text_of(ex, row, "city"),
		[4] = text_of(ex, row, "region"),  [5] = text_of(ex, row, "postcode"),
		[6] = text_of(ex, row, "country"),
	};
	struct str tags = text_of(ex, row, "tags");
	struct buf line = buf_in(ex->cx->mem, VALUE_MAX);

	for (size_t i = 0; i < countof(plain); i++)
		property(ex, plain[i].property, text_of(ex, row, plain[i].field));
	property_parts(ex, "ADR", parts, ADDRESS_PARTS);
	if (!tags.n)
		return;
	BUF_LIT(&line, "CATEGORIES:");
	while (tags.n) {
		content_text(&line, str_cut(&tags, ','));
		if (tags.n)
			buf_char(&line, ',');
	}
	content_line(&ex->out, buf_done(&line));
}

static bool
vcard_begin(struct export *ex)
{
	return str_eq_z(ex->object->name, "party") ||
	       fail(ex->cx, E_INPUT, "Only parties can be exported as vcf; choose csv for %.*s",
		    STR_FMT(ex->object->label_many));
}

static bool
vcard_row(struct export *ex, size_t at)
{
	const struct row *row = &ex->page.v[at];
	bool person = str_eq_z(text_of(ex, row, "kind"), "person");

	BUF_LIT(&ex->out, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
	property(ex, "UID", str_printf(ex->cx->mem, "kontor:party:%lld", (long long)row->id));
	property(ex, "FN", full_name(ex, row));
	if (person) {
		put_person(ex, row, at);
	} else {
		property(ex, "KIND", S("org"));
		property(ex, "ORG", text_of(ex, row, "name"));
	}
	put_fields(ex, row);
	if (!put_details(ex, row->id, "contact_point", put_point) ||
	    !put_details(ex, row->id, "address", put_address))
		return false;
	BUF_LIT(&ex->out, "END:VCARD\r\n");
	return true;
}

const struct export_writer VCARD_WRITER = { .begin = vcard_begin, .row = vcard_row };
