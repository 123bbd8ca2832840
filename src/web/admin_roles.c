/* Roles and rights: what each role may do with each object.  Roles of one's own are changed by
 * forms that write grants; shipped ones are copied first. */
#include "web/admin.h"

#include "db/db.h"

enum { GRANT_BYTES = 16 << 10 };

static const char *const ADMIN_OPS[OP__MAX] = { "read", "create", "edit", "delete", "export" };
static const char *const ADMIN_SCOPES[] = { "none", "own", "team", "unit", "all" };

static const char *const OP_LABELS[OP__MAX] = { N_("Read"), N_("Create"), N_("Edit"), N_("Delete"),
						N_("Export") };
static const char *const SCOPE_LABELS[] = { N_("nothing"), N_("own"), N_("of the team"),
					    N_("of the unit"), N_("all") };

/* The unconditional grants of a role on an object, taken together as they count for a user. */
static struct grant
grants_of(const struct snapshot *model, const struct object *object, const struct role *role)
{
	struct grant sum = { .role = (unsigned)(role - model->roles) };
	bool first = true;

	for (unsigned i = 0; i < object->n_grants; i++) {
		const struct grant *grant = &object->grants[i];

		if (grant->role != sum.role || grant->when)
			continue;
		for (int op = 0; op < OP__MAX; op++)
			if (grant->may[op] > sum.may[op])
				sum.may[op] = grant->may[op];
		sum.special |= grant->special;
		for (size_t k = 0; k < countof(sum.hidden.bits); k++) {
			sum.hidden.bits[k] = first ? grant->hidden.bits[k]
						   : sum.hidden.bits[k] & grant->hidden.bits[k];
			sum.readonly.bits[k] =
				first ? grant->readonly.bits[k]
				      : sum.readonly.bits[k] & grant->readonly.bits[k];
		}
		first = false;
	}
	return sum;
}

static void
add_names(const struct object *object, const char *key, const struct fieldset *set, struct buf *out)
{
	const char *comma = "";

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		if (!fieldset_has(set, i))
			continue;
		if (!*comma)
			buf_printf(out, " %s=", key);
		buf_printf(out, "%s%.*s", comma, STR_FMT(object->fields[i]->name));
		comma = ",";
	}
}

static void
add_special(unsigned special, struct buf *out)
{
	const char *comma = "";

	for (unsigned i = SPECIAL_NONE + 1; i < SPECIAL__MAX; i++) {
		if (!(special >> i & 1))
			continue;
		buf_printf(out, "%s%s", *comma ? comma : " special=", SPECIAL_NAMES[i]);
		comma = ",";
	}
}

/* "grant sales read=all create edit=own"; empty where nothing may be done. */
static struct str
grant_text(struct cx *cx, const struct object *object, const struct grant *grant, struct str name)
{
	struct buf out = buf_in(cx->mem, GRANT_BYTES);
	bool any = false;

	buf_printf(&out, "grant %.*s", STR_FMT(name));
	for (int op = 0; op < OP__MAX; op++) {
		if (!grant->may[op])
			continue;
		any = true;
		if (op == OP_CREATE)
			BUF_LIT(&out, " create");
		else
			buf_printf(&out, " %s=%s", ADMIN_OPS[op], ADMIN_SCOPES[grant->may[op]]);
	}
	add_names(object, "hide", &grant->hidden, &out);
	add_names(object, "readonly", &grant->readonly, &out);
	add_special(grant->special, &out);
	return any ? buf_done(&out) : (struct str){ 0 };
}

/* ---- the table ---- */

static bool
is_own_role(const struct role *role)
{
	return str_starts(role->name, S("x_"));
}

static struct str
role_url(struct cx *cx, const struct role *role, const struct object *object)
{
	return object ? str_printf(cx->mem, "/admin/roles/%.*s/%.*s", STR_FMT(role->name),
				   STR_FMT(object->name))
		      : str_printf(cx->mem, "/admin/roles?role=%.*s", STR_FMT(role->name));
}

static struct mv
cells(struct cx *cx, const struct grant *grant, bool is_admin)
{
	struct mv list = mv_list(cx->mem);

	for (int op = 0; op < OP__MAX; op++) {
		struct mv cell = mv_map(cx->mem);
		enum scope scope = is_admin ? SCOPE_ALL : grant->may[op];

		mv_set(cell, S("op"), mv_z(tr(cx, OP_LABELS[op])));
		mv_set(cell, S("label"),
		       mv_z(scope && op == OP_CREATE ? tr(cx, "yes")
						     : tr(cx, SCOPE_LABELS[scope])));
		mv_set(cell, S("tone"), mv_z(scope == SCOPE_ALL ? "success" : scope ? "info" : ""));
		mv_add(list, cell);
	}
	return list;
}

static struct mv
role_row(struct cx *cx, const struct role *role, const struct object *object)
{
	struct grant grant = grants_of(cx->model, object, role);
	struct mv row = mv_map(cx->mem);
	struct buf fields = buf_in(cx->mem, GRANT_BYTES);
	bool follows = object->parent && !object->n_grants;

	add_names(object, "hide", &grant.hidden, &fields);
	add_names(object, "readonly", &grant.readonly, &fields);
	mv_set(row, S("object"), mv_text(page_label(cx, object->label_many)));
	mv_set(row, S("url"),
	       mv_text(role->is_admin ? (struct str){ 0 } : role_url(cx, role, object)));
	mv_set(row, S("cells"), cells(cx, &grant, role->is_admin));
	mv_set(row, S("fields"), mv_text(str_trim(buf_done(&fields))));
	mv_set(row, S("follows"),
	       mv_text(follows ? page_label(cx, object->parent->target->label)
			       : (struct str){ 0 }));
	return row;
}

bool
admin_roles(struct cx *cx, struct request *q, struct reply *r)
{
	const struct role *chosen = role_find(cx->model, request_query(q, "role"));
	struct mv page = page_new(cx, q, r, str_of(tr(cx, "Roles and rights")));
	struct mv roles = mv_list(cx->mem), rows = mv_list(cx->mem), ops = mv_list(cx->mem);

	chosen = chosen ? chosen : &cx->model->roles[cx->model->n_roles > 1];
	for (unsigned i = 0; i < cx->model->n_roles; i++) {
		const struct role *role = &cx->model->roles[i];
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_text(role->name));
		mv_set(item, S("label"), mv_text(page_label(cx, role->label)));
		mv_set(item, S("url"), mv_text(role_url(cx, role, NULL)));
		mv_set(item, S("current"), mv_bool(role == chosen));
		mv_add(roles, item);
	}
	for (unsigned i = 0; i < cx->model->n_objects; i++)
		mv_add(rows, role_row(cx, chosen, cx->model->objects[i]));
	for (int op = 0; op < OP__MAX; op++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("label"), mv_z(tr(cx, OP_LABELS[op])));
		mv_add(ops, item);
	}
	mv_set(page, S("roles"), roles);
	mv_set(page, S("rows"), rows);
	mv_set(page, S("ops"), ops);
	mv_set(page, S("role"), mv_text(chosen->name));
	mv_set(page, S("role_label"), mv_text(page_label(cx, chosen->label)));
	mv_set(page, S("is_own"), mv_bool(is_own_role(chosen)));
	mv_set(page, S("is_admin_role"), mv_bool(chosen->is_admin));
	mv_set(page, S("done"), mv_bool(request_has_query(q, "done")));
	return page_write(cx, r, "admin-roles.html", page);
}

/* ---- one role and one object ---- */

struct place {
	const struct role *role;
	const struct object *object;
};

static bool
place_of(struct cx *cx, const struct request *q, struct place *out)
{
	*out = (struct place){ role_find(cx->model, request_param(q, "role")),
			       object_find(cx->model, request_param(q, "name"), NULL) };
	return (out->role && out->object && !out->role->is_admin) ||
	       fail(cx, E_MISSING, "There is no such role");
}

static struct mv
scope_options(struct cx *cx, int op, enum scope now)
{
	struct mv list = mv_list(cx->mem);

	for (int scope = SCOPE_NONE; scope <= SCOPE_ALL; scope++) {
		struct mv item = mv_map(cx->mem);

		if (op == OP_CREATE && scope != SCOPE_NONE && scope != SCOPE_ALL)
			continue;
		mv_set(item, S("key"), mv_z(ADMIN_SCOPES[scope]));
		mv_set(item, S("label"),
		       mv_z(op == OP_CREATE && scope ? tr(cx, "yes")
						     : tr(cx, SCOPE_LABELS[scope])));
		mv_set(item, S("is_on"), mv_bool(scope == (int)now));
		mv_add(list, item);
	}
	return list;
}

static struct mv
field_rows(struct cx *cx, const struct object *object, const struct grant *grant)
{
	struct mv list = mv_list(cx->mem);

	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_text(object->fields[i]->name));
		mv_set(item, S("label"), mv_text(page_label(cx, object->fields[i]->label)));
		mv_set(item, S("is_hidden"), mv_bool(fieldset_has(&grant->hidden, i)));
		mv_set(item, S("is_readonly"), mv_bool(fieldset_has(&grant->readonly, i)));
		mv_add(list, item);
	}
	return list;
}

bool
admin_role(struct cx *cx, struct request *q, struct reply *r)
{
	struct mv page, ops = mv_list(cx->mem);
	struct grant grant;
	struct place place;

	if (!place_of(cx, q, &place))
		return false;
	grant = grants_of(cx->model, place.object, place.role);
	page = page_new(cx, q, r, page_label(cx, place.role->label));
	for (int op = 0; op < OP__MAX; op++) {
		struct mv item = mv_map(cx->mem);

		mv_set(item, S("name"), mv_z(ADMIN_OPS[op]));
		mv_set(item, S("label"), mv_z(tr(cx, OP_LABELS[op])));
		mv_set(item, S("options"), scope_options(cx, op, grant.may[op]));
		mv_add(ops, item);
	}
	mv_set(page, S("object_label"), mv_text(page_label(cx, place.object->label_many)));
	mv_set(page, S("ops"), ops);
	mv_set(page, S("fields"), field_rows(cx, place.object, &grant));
	mv_set(page, S("is_own"), mv_bool(is_own_role(place.role)));
	mv_set(page, S("role"), mv_text(place.role->name));
	mv_set(page, S("back_url"), mv_text(role_url(cx, place.role, NULL)));
	mv_set(page, S("action"), mv_text(q->path));
	return page_write(cx, r, "admin-role.html", page);
}

static enum scope
scope_read(struct str text)
{
	for (int scope = SCOPE_NONE; scope <= SCOPE_ALL; scope++)
		if (str_eq_z(text, ADMIN_SCOPES[scope]))
			return (enum scope)scope;
	return SCOPE_NONE;
}

static struct grant
grant_read(struct cx *cx, const struct form *form, const struct place *place)
{
	struct grant grant = grants_of(cx->model, place->object, place->role);

	grant.hidden = (struct fieldset){ 0 };
	grant.readonly = (struct fieldset){ 0 };
	for (int op = 0; op < OP__MAX; op++)
		grant.may[op] = scope_read(form_value(form, ADMIN_OPS[op]));
	for (unsigned i = SF__MAX; i < place->object->n_fields; i++) {
		struct str name = place->object->fields[i]->name;
		struct str how = form_value(
			form, str_z(cx->mem, str_printf(cx->mem, "f-%.*s", STR_FMT(name))));

		if (str_eq(how, S("hidden")))
			fieldset_add(&grant.hidden, i);
		if (str_eq(how, S("readonly")))
			fieldset_add(&grant.readonly, i);
	}
	return grant;
}

static bool
apply(struct cx *cx, struct reply *r, struct str text, struct str role)
{
	db_rollback(cx);
	if (!store_set_custom_text(cx, text))
		return false;
	reply_redirect(cx, r, str_printf(cx->mem, "/admin/roles?role=%.*s&done=1", STR_FMT(role)));
	return true;
}

bool
admin_role_post(struct cx *cx, struct request *q, struct reply *r)
{
	struct grant grant;
	struct place place;
	struct form form;
	struct str text;

	if (!request_form(cx, q, &form) || !place_of(cx, q, &place) ||
	    !store_custom_text(cx, &text))
		return false;
	if (!is_own_role(place.role))
		return fail(cx, E_FORBIDDEN,
			    "A shipped role is not changed; copy it and change the copy");
	grant = grant_read(cx, &form, &place);
	text = model_text_grant(cx, text, place.object->name, place.role->name,
				grant_text(cx, place.object, &grant, place.role->name));
	if (str_eq(form_value(&form, "do"), S("preview")))
		return model_page(cx, q, r, text);
	return apply(cx, r, text, place.role->name);
}

/* ---- a role after another ---- */

bool
admin_role_copy(struct cx *cx, struct request *q, struct reply *r)
{
	struct buf line = buf_in(cx->mem, GRANT_BYTES);
	const struct role *from;
	struct form form;
	struct str text, label, name;

	if (!request_form(cx, q, &form) || !store_custom_text(cx, &text))
		return false;
	from = role_find(cx->model, form_value(&form, "from"));
	label = str_trim(form_value(&form, "label"));
	name = model_name(cx, label);
	if (!from || from->is_admin)
		return fail(cx, E_MISSING, "There is no such role");
	if (!name.n)
		return fail_field(cx, S("label"), "required", "A role needs a name");
	buf_printf(&line, "role %.*s ", STR_FMT(name));
	model_quote(&line, label);
	text = model_text_add(cx, text, (struct str){ 0 }, buf_done(&line));
	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];
		struct grant grant = grants_of(cx->model, object, from);
		struct str grants = grant_text(cx, object, &grant, name);

		if (grants.n)
			text = model_text_add(cx, text, object->name, grants);
	}
	return apply(cx, r, text, name);
}
