#include "http/internal.h"

#include "base/i18n.h"
#include "db/db.h"
#include "http/request_parse.h"
#include "model/model.h"
#include "record/authz.h"
#include "record/record.h"

enum { US_PER_S = 1000000, WHO_MAX = 64 };

/* ---- rates ---- */

static bool
rate_check(struct http *http, struct cx *cx, struct str who, struct rate rate)
{
	int64_t wait_us = 0;

	if (rate.interval_us <= 0 || rate_take(http->rates, rate_key(http->rates, who), rate,
					       http->env->monotonic_us(http->env), &wait_us))
		return true;
	cx->err.retry_after_s = (wait_us + US_PER_S - 1) / US_PER_S;
	return fail(cx, E_LIMIT, "Too many requests came from here: try again in %lld seconds",
		    (long long)cx->err.retry_after_s);
}

static bool
rate_check_address(struct http *http, struct cx *cx, const struct request *q)
{
	struct address address = { .is_local = true };

	if (http->rate_address.interval_us <= 0)
		return true;
	if (!address_parse(q->address, &address))
		address.is_local = true;
	return rate_check(http, cx, address_key(&address), http->rate_address);
}

static bool
rate_check_person(struct http *http, struct cx *cx, const struct identity *who)
{
	struct buf text = buf_in(cx->mem, WHO_MAX);

	if (http->rate_person.interval_us <= 0)
		return true;
	buf_char(&text, who->is_token ? 't' : 'u');
	buf_int(&text, who->is_token ? who->id : who->user_id);
	return rate_check(http, cx, buf_done(&text), http->rate_person);
}

/* ---- who ---- */

static struct session *
session_of(struct cx *cx, const struct identity *who, struct str secret)
{
	struct session *session = new(cx->mem, struct session);

	session->user_id = who->user_id;
	session->created_at = who->created_at;
	session->expires_at = who->expires_at;
	session->is_once = who->is_once;
	memcpy(session->hash, who->hash, sizeof session->hash);
	csrf_key(secret, session->form_key);
	return session;
}

static struct token *
token_of(struct cx *cx, const struct identity *who)
{
	struct token *token = new(cx->mem, struct token);

	token->id = who->id;
	token->user_id = who->user_id;
	token->expires_at = who->expires_at;
	token->scopes = str_dup(cx->mem, (struct str){ who->scopes, who->n_scopes });
	return token;
}

/* False: nobody, or a failure (then cx->err tells). */
static bool
identify(struct http *http, struct cx *cx, struct request *q, struct identity *who)
{
	struct str header = request_header(q, "Authorization");
	struct str scheme = str_word(&header), secret;

	if (str_eq_ascii_nocase(scheme, S("bearer"))) {
		if (!token_find(http, cx, str_trim(header), who))
			return false;
		q->token = token_of(cx, who);
		return true;
	}
	secret = request_cookie(cx, q, "kontor");
	if (!secret.n)
		return false;
	if (session_find(http, cx, secret, who)) {
		q->session = session_of(cx, who, secret);
		return true;
	}
	if (cx->err.code == E_AUTH)
		fail_clear(cx); /* signed out meanwhile: the same as never signed in */
	return false;
}

/* ---- what a token leaves of its user's rights ---- */

static const struct right *
rights_within(struct cx *cx, const struct actor *actor, struct str scopes)
{
	struct right *rights = new_array(cx->mem, actor->model->n_objects, struct right);

	for (unsigned i = 0; i < actor->model->n_objects; i++) {
		struct str name = actor->model->objects[i]->name;
		bool reads = token_allows(scopes, TOKEN_READ, name);
		bool writes = token_allows(scopes, TOKEN_WRITE, name);

		if (!AUTHZ(SCOPE_OBJECT, reads))
			continue;
		if (actor->is_admin)
			rights[i].special = ~0u;
		else
			rights[i] = actor->rights[i];
		for (int op = 0; op < OP__MAX; op++) {
			bool allowed =
				AUTHZ(SCOPE_WRITE, writes || op == OP_READ || op == OP_EXPORT);

			if (!allowed)
				rights[i].may[op] = SCOPE_NONE;
			else if (actor->is_admin)
				rights[i].may[op] = SCOPE_ALL;
		}
	}
	rights_settle(actor->model, rights);
	return rights;
}

static const struct actor *
actor_within(struct cx *cx, const struct actor *actor, struct str scopes)
{
	struct actor *narrow;

	if (token_allows(scopes, TOKEN_ADMIN, (struct str){ 0 }))
		return actor;
	narrow = new(cx->mem, struct actor);
	*narrow = *actor;
	narrow->read_only = !token_writes(scopes);
	narrow->is_admin = false;
	narrow->sight = (struct str){ 0 };
	if (actor->model)
		narrow->rights = rights_within(cx, actor, scopes);
	return narrow;
}

static bool
actor_set(struct http *http, struct cx *cx, struct request *q, int64_t user_id)
{
	const struct actor *actor = NULL;

	if (!cx->conn && cx->db && !db_begin_read(cx))
		return false;
	if (!http->options.actor_load(cx, user_id, &actor)) {
		if (cx->err.code != E_AUTH || q->token)
			return false;
		fail_clear(cx); /* a person who is no longer active: as if never signed in */
		q->session = NULL;
		return true;
	}
	cx->actor = q->token ? actor_within(cx, actor, q->token->scopes) : actor;
	/* A browser speaks of the machine, the profile of the person; a program says what it wants.
	 */
	cx->lang = q->token ? lang_accept(request_header(q, "Accept-Language"), actor->lang)
			    : actor->lang;
	cx->zone = actor->zone;
	return true;
}

/* ---- may he? ---- */

static bool
operator_check(struct http *http, struct cx *cx, const struct request *q)
{
	struct address address;

	if (AUTHZ(OPERATOR,
		  address_parse(q->address, &address) && networks_have(&http->operators, &address)))
		return true;
	return fail(cx, E_MISSING, NULL);
}

/* The object a route is about; a face means its object. */
static struct str
object_of(const struct cx *cx, const struct request *q)
{
	struct str name = q->route->object ? str_of(q->route->object) : request_param(q, "object");
	const struct face *face;
	const struct object *object =
		cx->model && name.n ? object_find(cx->model, name, &face) : NULL;

	return object ? object->name : name;
}

static bool
scope_check(struct cx *cx, const struct request *q)
{
	static const struct {
		enum token_right right;
		const char *word;
	} WANTED[NEED__MAX] = {
		[NEED_READ] = { TOKEN_READ, "read" },
		[NEED_EDIT] = { TOKEN_WRITE, "write" },
		[NEED_ADMIN] = { TOKEN_ADMIN, "admin" },
	};
	enum need need = q->route->need;
	struct str object = object_of(cx, q);

	if (!q->token || !WANTED[need].word ||
	    token_allows(q->token->scopes, WANTED[need].right, object))
		return true;
	return fail(cx, E_FORBIDDEN, "This token lacks the scope %s for this address",
		    WANTED[need].word);
}

static bool
need_check(struct cx *cx, const struct request *q)
{
	enum need need = q->route->need;
	bool is_once = q->session && q->session->is_once;

	if (need == NEED_PUBLIC) {
		if (is_once)
			cx->actor = NULL; /* nobody yet */
		return true;
	}
	if (!AUTHZ(SIGNED_IN, cx->actor))
		return fail(cx, E_AUTH, NULL);
	if (!AUTHZ(ONCE, !is_once || q->route->once))
		return fail(cx, E_PASSWORD, NULL);
	if (!AUTHZ(SCOPE, scope_check(cx, q)))
		return false;
	if (need == NEED_ADMIN && !AUTHZ(ADMIN, cx->actor->is_admin))
		return fail(cx, E_FORBIDDEN, "Only administrators may do this");
	return true;
}

/* Who is nobody is counted by his address, above all when he tries tokens. */
static bool
stranger_check(struct http *http, struct cx *cx, const struct request *q)
{
	struct err before = cx->err;

	if (before.code != E_OK && before.code != E_AUTH)
		return false;
	fail_clear(cx);
	if (!rate_check_address(http, cx, q))
		return false;
	cx->err = before;
	return before.code == E_OK;
}

bool
auth_check(struct http *http, struct cx *cx, struct request *q)
{
	struct identity who;

	if (q->route->need == NEED_OPERATOR)
		return operator_check(http, cx, q);
	if (q->route->bare)
		return true;
	if (identify(http, cx, q, &who)) {
		if (!rate_check_person(http, cx, &who) || !actor_set(http, cx, q, who.user_id))
			return false;
	} else if (!stranger_check(http, cx, q)) {
		return false;
	}
	return need_check(cx, q) && AUTHZ(CSRF, csrf_check(http, cx, q));
}

bool
auth_admit(struct http *http, struct cx *cx, struct request *q)
{
	struct identity who;

	if (q->route->need == NEED_PUBLIC || q->route->need == NEED_OPERATOR)
		return true;
	if (!identify(http, cx, q, &who))
		return cx->err.code == E_OK ? fail(cx, E_AUTH, NULL) : false;
	return actor_set(http, cx, q, who.user_id) && need_check(cx, q);
}
