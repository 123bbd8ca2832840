#include "model/check.h"

#include "base/clock.h"
#include "model/type.h"

enum { SCALE_DEFAULT = 2 };

static void
print_quoted(struct str text, struct buf *out)
{
	buf_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, text.p[i]);
	}
	buf_char(out, '"');
}

/* The label that a name has by itself is not written. */
static bool
label_is_own(struct str label, struct str name)
{
	struct str rest = str_starts(name, S("x_")) ? str_from(name, 2) : name;

	if (label.n != rest.n)
		return false;
	for (size_t i = 0; i < rest.n; i++) {
		char c = rest.p[i] == '_' ? ' ' : rest.p[i];

		if (!i && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (label.p[i] != c)
			return false;
	}
	return true;
}

static void
print_flag(bool is, const char *name, struct buf *out)
{
	if (is)
		buf_printf(out, " %s", name);
}

static void
print_attribute(struct str value, const char *name, struct buf *out)
{
	if (!value.n)
		return;
	buf_printf(out, " %s=", name);
	print_quoted(value, out);
}

/* A condition between the quotes of an attribute. */
static void
print_condition(const struct cond *cond, const char *name, struct buf *out)
{
	struct buf text;

	if (!cond)
		return;
	text = buf_heap(COND_TEXT_MAX * 2);
	cond_print(cond, &text);
	print_attribute(buf_done(&text), name, out);
	buf_fini(&text);
}

static void
print_limit(const struct field *f, const char *name, int64_t limit, struct buf *out)
{
	buf_printf(out, " %s=", name);
	if (f->type == FT_DURATION)
		duration_print(out, limit);
	else if (f->type == FT_MONEY || f->type == FT_DECIMAL || f->type == FT_PERCENT)
		buf_decimal(out, limit, f->scale);
	else
		buf_int(out, limit);
}

static void
print_default(const struct field *f, struct buf *out)
{
	struct buf text;

	if (f->initial_text.n) {
		print_attribute(f->initial_text, "default", out);
		return;
	}
	if (f->initial.kind == V_NONE)
		return;
	text = buf_heap(KEY_BYTES_MAX * 1000);
	f->row->text(f, &f->initial, &text);
	print_attribute(buf_done(&text), "default", out);
	buf_fini(&text);
}

void
computed_print(const struct field *f, struct buf *out)
{
	if (f->type == FT_FORMULA) {
		formula_print(f->formula, out);
		return;
	}
	buf_printf(out, "%.*s(%.*s", STR_FMT(f->rollup_function), STR_FMT(f->rollup_over->name));
	if (f->rollup_field)
		buf_printf(out, ".%.*s", STR_FMT(f->rollup_field->name));
	if (f->rollup_when) {
		BUF_LIT(out, " where ");
		cond_print(f->rollup_when, out);
	}
	buf_char(out, ')');
}

static void
print_computed(const struct field *f, struct buf *out)
{
	struct buf text = buf_heap(COND_TEXT_MAX * 2);

	if (f->type == FT_FORMULA)
		buf_printf(out, " type=%s", TYPES[f->result].name);
	computed_print(f, &text);
	print_attribute(buf_done(&text), "as", out);
	buf_fini(&text);
}

static void
print_numbers(const struct field *f, struct buf *out)
{
	bool computed = f->type == FT_FORMULA;

	if ((f->type == FT_DECIMAL || f->type == FT_PERCENT ||
	     (computed && (f->result == FT_DECIMAL || f->result == FT_PERCENT))) &&
	    f->scale != SCALE_DEFAULT)
		buf_printf(out, " scale=%d", f->scale);
	if (f->type == FT_MONEY || (computed && f->result == FT_MONEY))
		buf_printf(out, " currency=%.*s", STR_FMT(f->currency));
	if (f->has_min)
		print_limit(f, "min", f->min, out);
	if (f->has_max)
		print_limit(f, "max", f->max, out);
}

static void
print_attributes(const struct field *f, struct buf *out)
{
	bool computed = f->type == FT_FORMULA || f->type == FT_ROLLUP;

	if (f->special)
		buf_printf(out, " special=%s", SPECIAL_NAMES[f->special]);
	print_flag(f->required, "required", out);
	print_flag(f->readonly && !computed && f->type != FT_SEQUENCE, "readonly", out);
	print_flag(f->unique, "unique", out);
	print_flag(f->indexed && !f->unique, "indexed", out);
	print_flag(f->personal, "personal", out);
	print_flag(f->badge, "badge", out);
	print_flag(f->summed, "summed", out);
	print_flag(f->hidden, "hidden", out);
	print_flag(f->cascade, "cascade", out);
	print_numbers(f, out);
	print_attribute(f->prefix, "prefix", out);
	print_default(f, out);
	if (!label_is_own(f->label, f->name))
		print_attribute(f->label, "label", out);
	print_attribute(f->help, "help", out);
	print_attribute(f->purpose, "purpose", out);
	print_attribute(f->retain, "retain", out);
	print_condition(f->visible, "visible", out);
	if (computed)
		print_computed(f, out);
}

static void
print_options(const struct field *f, struct buf *out)
{
	for (unsigned i = 0; i < f->n_options; i++) {
		const struct option *option = &f->options[i];

		buf_printf(out, "  option %.*s", STR_FMT(option->key));
		if (!label_is_own(option->label, option->key)) {
			buf_char(out, ' ');
			print_quoted(option->label, out);
		}
		if (option->tone.n)
			buf_printf(out, " %.*s", STR_FMT(option->tone));
		print_flag(option->final, "final", out);
		buf_char(out, '\n');
	}
}

static void
print_field(const struct field *f, struct buf *out)
{
	if (f->type == FT_ONE || f->type == FT_MANY) {
		buf_printf(out, "link %.*s %s %.*s", STR_FMT(f->name), TYPES[f->type].name,
			   STR_FMT(f->target->name));
		if (f->reverse.n)
			buf_printf(out, ".%.*s", STR_FMT(f->reverse));
	} else {
		buf_printf(out, "field %.*s %s", STR_FMT(f->name), TYPES[f->type].name);
	}
	print_attributes(f, out);
	buf_char(out, '\n');
	print_options(f, out);
}

static void
print_names(const char *keyword, struct field *const *fields, unsigned n, struct buf *out)
{
	if (!n)
		return;
	buf_printf(out, "  %s", keyword);
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, " %.*s", STR_FMT(fields[i]->name));
	buf_char(out, '\n');
}

static void
print_name(const char *keyword, const struct field *field, struct buf *out)
{
	if (field)
		buf_printf(out, "  %s %.*s\n", keyword, STR_FMT(field->name));
}

static void
print_menu(const struct object *o, struct buf *out)
{
	if (o->menu)
		buf_printf(out, "  menu %s\n", MENUS[o->menu]);
	if (o->icon.n)
		buf_printf(out, "  icon %.*s\n", STR_FMT(o->icon));
	for (unsigned i = 0; i < o->n_faces; i++)
		if (o->faces[i].icon.n)
			buf_printf(out, "  icon %.*s %.*s\n", STR_FMT(o->faces[i].icon),
				   STR_FMT(o->faces[i].name));
}

static void
print_head(const struct object *o, struct buf *out)
{
	buf_printf(out, "object %.*s\n  label ", STR_FMT(o->name));
	print_quoted(o->label, out);
	buf_char(out, ' ');
	print_quoted(o->label_many, out);
	buf_char(out, '\n');
	if (o->help.n) {
		BUF_LIT(out, "  help ");
		print_quoted(o->help, out);
		buf_char(out, '\n');
	}
	if (!o->title->builtin)
		print_name("title", o->title, out);
	if (o->n_sort)
		BUF_LIT(out, "  sort");
	for (unsigned i = 0; i < o->n_sort; i++)
		buf_printf(out, " %s%.*s", o->sort[i].descending ? "-" : "",
			   STR_FMT(o->sort[i].field->name));
	if (o->n_sort)
		buf_char(out, '\n');
	print_names("search", o->search, o->n_search, out);
	if (o->features)
		BUF_LIT(out, "  features");
	for (unsigned flag = 1; flag <= FEATURE_DETAIL; flag *= 2)
		if (o->features & flag)
			buf_printf(out, " %s", feature_name(flag));
	if (o->features)
		buf_char(out, '\n');
	print_menu(o, out);
	if (o->is_subject)
		BUF_LIT(out, "  subject self\n");
	print_name("subject", o->subject, out);
	print_name("parent", o->parent, out);
	print_name("owner", o->owner, out);
	print_name("team", o->team, out);
	print_name("unit", o->unit, out);
}

static void
print_when(const struct cond *cond, struct buf *out)
{
	if (!cond)
		return;
	BUF_LIT(out, " when ");
	cond_print(cond, out);
}

static void
print_faces(const struct object *o, struct buf *out)
{
	for (unsigned i = 0; i < o->n_faces; i++) {
		const struct face *face = &o->faces[i];

		buf_printf(out, "face %.*s ", STR_FMT(face->name));
		print_quoted(face->label, out);
		buf_char(out, ' ');
		print_quoted(face->label_many, out);
		print_when(face->when, out);
		buf_char(out, '\n');
	}
}

static void
print_views(const struct object *o, struct buf *out)
{
	for (unsigned i = 0; i < o->n_views; i++) {
		const struct view *view = &o->views[i];

		buf_printf(out, "view %.*s", STR_FMT(view->kind));
		if (view->name.n)
			buf_printf(out, " %.*s ", STR_FMT(view->name));
		if (view->name.n)
			print_quoted(view->label, out);
		for (unsigned j = 0; j < view->n_fields; j++)
			buf_printf(out, " %.*s", STR_FMT(view->fields[j]->name));
		print_when(view->when, out);
		buf_char(out, '\n');
	}
}

static void
print_fieldset(const struct object *o, const char *name, const struct fieldset *set,
	       struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < o->n_fields; i++) {
		if (!fieldset_has(set, i))
			continue;
		if (any)
			buf_char(out, ',');
		else
			buf_printf(out, " %s=", name);
		any = true;
		buf_str(out, o->fields[i]->name);
	}
}

static void
print_special(unsigned special, struct buf *out)
{
	bool any = false;

	for (int i = 1; i < SPECIAL__MAX; i++) {
		if (!(special >> i & 1))
			continue;
		buf_printf(out, any ? ",%s" : " special=%s", SPECIAL_NAMES[i]);
		any = true;
	}
}

static void
print_grants(const struct snapshot *model, const struct object *o, struct buf *out)
{
	for (unsigned i = 0; i < o->n_grants; i++) {
		const struct grant *grant = &o->grants[i];

		buf_printf(out, "grant %.*s", STR_FMT(model->roles[grant->role].name));
		for (int op = 0; op < OP__MAX; op++)
			if (grant->may[op])
				buf_printf(out, " %s=%s", operation_name((enum operation)op),
					   scope_name(grant->may[op]));
		print_fieldset(o, "hide", &grant->hidden, out);
		print_fieldset(o, "readonly", &grant->readonly, out);
		print_special(grant->special, out);
		print_condition(grant->when, "when", out);
		buf_char(out, '\n');
	}
}

void
model_print_object(const struct snapshot *model, const struct object *object, struct buf *out)
{
	print_head(object, out);
	print_faces(object, out);
	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		print_field(object->fields[i], out);
	print_views(object, out);
	print_grants(model, object, out);
}

void
model_print(const struct snapshot *model, struct buf *out)
{
	for (unsigned i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		buf_printf(out, "role %.*s ", STR_FMT(role->name));
		print_quoted(role->label, out);
		print_flag(role->is_admin, "admin", out);
		buf_char(out, '\n');
	}
	for (unsigned i = 0; i < model->n_objects; i++) {
		if (out->n)
			buf_char(out, '\n');
		model_print_object(model, model->objects[i], out);
	}
}
