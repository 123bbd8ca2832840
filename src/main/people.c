/* Users, their passwords and tokens. */
#include "base/crypt.h"
#include "base/file.h"
#include "http/session.h"
#include "http/token.h"
#include "main/command.h"

enum { PASSWORD_INPUT_MAX = 4096 };

static bool
read_password(struct cx *cx, struct str *out)
{
	struct str text;

	if (!file_read_fd(cx, STDIN_FILENO, PASSWORD_INPUT_MAX, &text))
		return false;
	*out = str_cut(&text, '\n');
	if (str_ends(*out, S("\r")))
		out->n--;
	return true;
}

static bool
find_by(struct cx *cx, const char *object_name, const char *field, struct str value,
	struct row **out)
{
	const struct object *object = object_find(cx->model, str_of(object_name), NULL);
	struct query query = { .object = object, .limit = 1 };
	struct buf text = buf_in(cx->mem, COND_TEXT_MAX);
	struct rows rows;

	buf_z(&text, field);
	BUF_LIT(&text, " = ");
	buf_json(&text, value);
	if (!cond_parse(cx, cx->mem, cx->model, object, buf_done(&text), NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*out = rows.n ? &rows.v[0] : NULL;
	return true;
}

static bool
need_user(struct cx *cx, struct str login, struct row **out)
{
	if (!find_by(cx, "user", "login", login, out))
		return false;
	return *out || fail(cx, E_MISSING, "There is no user %.*s; `kontor user list` shows all",
			    STR_FMT(login));
}

static bool
need_role(struct cx *cx, struct str name, int64_t **ids, int64_t *n)
{
	struct row *role;

	if (!find_by(cx, "role", "name", str_trim(name), &role))
		return false;
	if (!role)
		return fail(cx, E_INPUT, "There is no role %.*s", STR_FMT(name));
	for (int64_t i = 0; i < *n; i++)
		if ((*ids)[i] == role->id)
			return true;
	(*ids)[(*n)++] = role->id;
	return true;
}

static int
ids_order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
roles_value(struct cx *cx, struct str names, struct value *out)
{
	int64_t *ids = new_array(cx->mem, names.n + 1, int64_t), n = 0;

	while (names.n)
		if (!need_role(cx, str_cut(&names, ','), &ids, &n))
			return false;
	qsort(ids, (size_t)n, sizeof *ids, ids_order);
	*out = (struct value){ .kind = V_IDS, .i = n, .ids = ids };
	return true;
}

static void
set_text(struct change *c, const char *field, struct str text)
{
	const struct field *f = field_find(c->object, str_of(field));

	if (f && text.n)
		change_set(c, f, value_text(text));
}

static bool
set_link(struct cx *cx, struct change *c, const char *field, struct str name)
{
	const struct field *f = field_find(c->object, str_of(field));
	struct row *row;

	if (!f || !name.n)
		return true;
	if (!find_by(cx, field, "name", name, &row))
		return false;
	if (!row)
		return fail(cx, E_INPUT, "There is no %s named %.*s", field, STR_FMT(name));
	change_set(c, f, value_int(row->id));
	return true;
}

static bool
user_add(struct cx *cx, const struct args *args, struct str password)
{
	struct change *c = change_new(cx, object_find(cx->model, S("user"), NULL), NULL);
	struct str login = args->words[0], name = args_get(args, "name");
	struct value roles;

	if (!roles_value(cx, args_get(args, "role"), &roles))
		return false;
	set_text(c, "login", login);
	set_text(c, "name", name.n ? name : login);
	set_text(c, "email", args_get(args, "email"));
	set_text(c, "language", args_get(args, "language"));
	change_set(c, field_find(c->object, S("roles")), roles);
	change_set(c, field_find(c->object, S("active")), value_int(1));
	if (!set_link(cx, c, "team", args_get(args, "team")) ||
	    !set_link(cx, c, "unit", args_get(args, "unit")) || !record_save(cx, c))
		return false;
	if (password.n && !login_set_password(cx, c->id, password, HTTP_PASSWORD_COST))
		return false;
	printf("%lld\n", (long long)c->id);
	return true;
}

int
run_user_add(struct cx *cx, struct args *args)
{
	struct str password = { 0 };
	struct house house = { 0 };
	bool ok;

	if (!args_has(args, "role"))
		return command_done(cx, fail(cx, E_USAGE, "Name the role: --role admin"));
	ok = (!args_has(args, "password_stdin") || read_password(cx, &password)) &&
	     house_open(cx, &args->config, HOUSE_MAKE, &house) && work_begin(cx, S("user add")) &&
	     user_add(cx, args, password) && work_commit(cx, NULL);
	house_close(cx, &house);
	return command_done(cx, ok);
}

static bool
print_user(struct cx *cx, const struct row *row, void *to)
{
	const struct field *login = field_find(row->object, S("login")),
			   *name = field_find(row->object, S("name"));

	(void)cx;
	(void)to;
	printf("%lld\t%.*s\t%.*s\n", (long long)row->id, STR_FMT(row->v[login->index].s),
	       STR_FMT(row->v[name->index].s));
	return true;
}

int
run_user_list(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct query query = { .limit = -1 };
	bool ok = house_open(cx, &args->config, 0, &house) && db_begin_read(cx);

	if (ok) {
		query.object = object_find(cx->model, S("user"), NULL);
		ok = record_each(cx, &query, print_user, NULL);
	}
	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_user_password(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	struct str password;
	struct row *user;
	bool ok = read_password(cx, &password) && house_open(cx, &args->config, 0, &house) &&
		  work_begin(cx, S("user password")) && need_user(cx, args->words[0], &user) &&
		  login_set_password(cx, user->id, password, HTTP_PASSWORD_COST) &&
		  work_commit(cx, NULL);

	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_token_create(struct cx *cx, struct args *args)
{
	struct str scope = args_get(args, "scope"), name = args_get(args, "name"), token;
	struct house house = { 0 };
	int64_t days = 0;
	struct row *user;
	bool ok;

	if (!args_has(args, "user"))
		return command_done(cx, fail(cx, E_USAGE, "Name the user: --user NAME"));
	ok = (!args_has(args, "days") ||
	      config_int(cx, "days", args_get(args, "days"), 1, 36500, &days)) &&
	     house_open(cx, &args->config, 0, &house) && work_begin(cx, S("token create")) &&
	     need_user(cx, args_get(args, "user"), &user) &&
	     token_create(cx, user->id, name.n ? name : S("command line"),
			  scope.n ? scope : S("admin"), days ? cx->now + days * 86400000 : 0,
			  &token) &&
	     work_commit(cx, NULL);
	if (ok)
		printf("%.*s\n", STR_FMT(token));
	house_close(cx, &house);
	return command_done(cx, ok);
}

int
run_token_revoke(struct cx *cx, struct args *args)
{
	struct house house = { 0 };
	int64_t id;
	bool ok = config_int(cx, "ID", args->words[0], 1, INT64_MAX, &id) &&
		  house_open(cx, &args->config, 0, &house) && work_begin(cx, S("token revoke")) &&
		  token_revoke(cx, NULL, 0, id) && work_commit(cx, NULL);

	house_close(cx, &house);
	return command_done(cx, ok);
}
