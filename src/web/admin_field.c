/* Forms for a new field and a new object: they write the statements that one would write. */
#include "web/admin.h"

enum { LINES_BYTES = 64 << 10 };

/* The types by their names.  A form can make those first ones; others are written in the text. */
enum { FORM_TYPES = 16 };
static const struct {
	enum field_type type;
	const char *label;
} FIELD_TYPES[] = {
	{ FT_TEXT, N_("Text") },
	{ FT_LONGTEXT, N_("Long text") },
	{ FT_INT, N_("Whole number") },
	{ FT_DECIMAL, N_("Decimal number") },
	{ FT_MONEY, N_("Money") },
	{ FT_PERCENT, N_("Per cent") },
	{ FT_BOOL, N_("Yes or no") },
	{ FT_DATE, N_("Date") },
	{ FT_DATETIME, N_("Date and time") },
	{ FT_ENUM, N_("One of a list") },
	{ FT_TAGS, N_("Several of a list") },
	{ FT_EMAIL, N_("E-mail") },
	{ FT_PHONE, N_("Phone") },
	{ FT_URL, N_("Web address") },
	{ FT_ONE, N_("Link to a record") },
	{ FT_MANY, N_("Link to many records") },
	{ FT_ANY, N_("Link to a record of any kind") },
	{ FT_RICHTEXT, N_("Formatted text") },
	{ FT_DURATION, N_("Duration") },
	{ FT_FILE, N_("File") },
	{ FT_SEQUENCE, N_("Running number") },
	{ FT_FORMULA, N_("Formula") },
	{ FT_ROLLUP, N_("Figure over linked records") },
};

struct str
model_type_label(const struct cx *cx, enum field_type type)
{
	for (size_t i = 0; i < countof(FIELD_TYPES); i++)
		if (FIELD_TYPES[i].type == type)
			return str_of(tr(cx, FIELD_TYPES[i].label));
	return str_of(TYPES[type].name);
}

static bool
object_of(struct cx *cx, const struct request *q, const struct object **out)
{
	*out = object_find(cx->model, request_param(q, "name"), NULL);
	return *out || fail(cx, E_MISSING, "There is no such object");
}

static struct mv
field_item(struct cx *cx, const struct field *f)
{
	struct mv item = mv_map(cx->mem);

	mv_set(item, S("label"), mv_text(page_label(cx, f->label)));
	mv_set(item, S("name"), mv_text(f->name));
	mv_set(item, S("type"), mv_text(model_type_label(cx, f->type)));
	mv_set(item, S("target"),
	       mv_text(f->target ? page_label(cx, f->target->label) : (struct str){ 0 }));
	mv_set(item, S("is_own"), mv_bool(f->custom));
	mv_set(item, S("is_required"), mv_bool(f->required));
	mv_set(item, S("is_personal"), mv_bool(f->personal));
	return item;
}

static struct mv
targets(struct cx *cx)
{
	struct mv list = mv_list(cx->mem);

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_text(cx->model->objects[i]->name));
		mv_set(item, S("label"), mv_text(page_label(cx, cx->model->objects[i]->label)));
		mv_add(list, item);
	}
	return list;
}

bool
admin_object(struct cx *cx, struct request *q, struct reply *r)
{
	const struct object *object;
	struct mv page, fields = mv_list(cx->mem), types = mv_list(cx->mem);

	if (!object_of(cx, q, &object))
		return false;
	page = page_new(cx, q, r, page_label(cx, object->label_many));
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		mv_add(fields, field_item(cx, object->fields[i]));
	for (size_t i = 0; i < FORM_TYPES; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("key"), mv_z(TYPES[FIELD_TYPES[i].type].name));
		mv_set(item, S("label"), mv_z(tr(cx, FIELD_TYPES[i].label)));
		mv_add(types, item);
	}
	mv_set(page, S("fields"), fields);
	mv_set(page, S("types"), types);
	mv_set(page, S("targets"), targets(cx));
	mv_set(page, S("action"), mv_text(q->path));
	return page_write(cx, r, "admin-object.html", page);
}

/* ---- a field ---- */

static void
add_text(struct buf *out, const char *name, struct str text)
{
	if (!text.n)
		return;
	buf_printf(out, " %s=", name);
	model_quote(out, text);
}

static bool
is_taken(const struct strs *taken, struct str key)
{
	for (size_t i = 0; i < taken->n; i++)
		if (str_eq(taken->v[i], key))
			return true;
	return false;
}

/* The name of the label, or with a number behind it where another option has it.  One that begins
 * with a digit, or is a word of the model's own, keeps its x_. */
static struct str
option_key(struct cx *cx, struct str label, const struct strs *taken)
{
	struct str name = model_name(cx, label), first = str_from(name, 2), key;
	bool is_word =
		first.n && first.p[0] >= 'a' && first.p[0] <= 'z' && !name_is_reserved(first);

	key = first = is_word ? first : name;
	for (int at = 2; key.n && is_taken(taken, key); at++)
		key = str_printf(cx->mem, "%.*s_%d", STR_FMT(first), at);
	return key;
}

/* One option a line. */
static void
add_options(struct cx *cx, struct str options, struct buf *out)
{
	struct strs taken = { 0 };

	while (options.n) {
		struct str label = str_trim(str_cut(&options, '\n')),
			   key = option_key(cx, label, &taken);

		if (!key.n)
			continue;
		list_add(cx->mem, &taken, key);
		buf_printf(out, "  option %.*s ", STR_FMT(key));
		model_quote(out, label);
		buf_char(out, '\n');
	}
}

bool
model_field_lines(struct cx *cx, const struct object *object, const struct own_field *own,
		  struct buf *out)
{
	struct str name = model_name(cx, own->label), type = own->type;
	bool is_link = str_eq(type, S("one")) || str_eq(type, S("many"));

	if (!name.n)
		return fail_field(cx, S("label"), "required", "A field needs a name");
	if (is_link)
		buf_printf(out, "link %.*s %.*s %.*s.x_%.*s_%.*s", STR_FMT(name), STR_FMT(type),
			   STR_FMT(own->target), STR_FMT(object->name), STR_FMT(str_from(name, 2)));
	else
		buf_printf(out, "field %.*s %.*s", STR_FMT(name), STR_FMT(type));
	if (str_eq(type, S("text")))
		BUF_LIT(out, " max=200");
	if (str_eq(type, S("money")))
		BUF_LIT(out, " currency=EUR");
	if (own->personal)
		BUF_LIT(out, " personal");
	if (own->required)
		BUF_LIT(out, " required");
	add_text(out, "label", own->label);
	add_text(out, "help", own->help);
	buf_char(out, '\n');
	if (str_eq(type, S("enum")) || str_eq(type, S("tags")))
		add_options(cx, own->options, out);
	return true;
}

bool
admin_field(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf lines = buf_in(cx->mem, LINES_BYTES);
	const struct object *object;
	struct own_field own;
	struct form form;
	struct str text;

	if (!request_form(cx, q, &form) || !object_of(cx, q, &object))
		return false;
	own = (struct own_field){
		.label = str_trim(form_value(&form, "label")),
		.type = form_value(&form, "type"),
		.target = form_value(&form, "target"),
		.help = str_trim(form_value(&form, "help")),
		.options = form_value(&form, "options"),
		.required = form_has(&form, "required"),
		.personal = form_has(&form, "personal"),
	};
	return store_custom_text(cx, &text) && model_field_lines(cx, object, &own, &lines) &&
	       model_page(cx, q, r, model_text_add(cx, text, object->name, buf_done(&lines)));
}

/* ---- an object ---- */

/* Everybody who works here sees its records and changes his own. */
static void
add_grants(const struct snapshot *model, struct buf *out)
{
	for (unsigned i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		if (role->is_admin || str_eq(role->name, S("portal")))
			continue;
		buf_printf(out, "  grant %.*s read=all%s\n", STR_FMT(role->name),
			   str_eq(role->name, S("readonly")) ? "" : " create edit=own delete=own");
	}
}

static bool
object_lines(struct cx *cx, const struct form *form, struct buf *out)
{
	struct str one = str_trim(form_value(form, "label")),
		   many = str_trim(form_value(form, "label_many")), name = model_name(cx, one);

	if (!name.n)
		return fail_field(cx, S("label"), "required", "An object needs a name");
	buf_printf(out, "\nobject %.*s\n  label ", STR_FMT(name));
	model_quote(out, one);
	buf_char(out, ' ');
	model_quote(out, many.n ? many : one);
	buf_printf(out, "\n  menu %.*s\n", STR_FMT(form_value(form, "menu")));
	BUF_LIT(out, "  title x_name\n  search x_name x_notes\n  features timeline\n"
		     "  owner x_owner\n  field x_name text max=200 label=\"Name\"\n"
		     "  field x_notes longtext label=\"Notes\"\n");
	if (form_has(form, "party"))
		buf_printf(out, "  link x_party one party.%.*s label=\"Party\"\n", STR_FMT(name));
	buf_printf(out,
		   "  link x_owner one user.%.*s default=me label=\"Person in charge\"\n"
		   "  view list x_name%s x_owner\n",
		   STR_FMT(name), form_has(form, "party") ? " x_party" : "");
	add_grants(cx->model, out);
	return true;
}

bool
admin_new_object(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf lines = buf_in(cx->mem, LINES_BYTES);
	struct form form;
	struct str text;

	return request_form(cx, q, &form) && store_custom_text(cx, &text) &&
	       object_lines(cx, &form, &lines) &&
	       model_page(cx, q, r, model_text_add(cx, text, (struct str){ 0 }, buf_done(&lines)));
}
