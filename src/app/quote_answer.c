/* What the customer answers over his private link: written down once, with its proof. */
#include "app/quote_link.h"

#include <arpa/inet.h>

#include "app/features.h"
#include "app/lines.h"
#include "base/feature.h"
#include "flow/notice.h"
#include "model/ids.h"

enum {
	CHOICE_BYTES = 24 * SUM_LINES_MAX,
	TEXT_BYTES = 400 * SUM_LINES_MAX,
	V4_KEPT = 3,
	V6_KEPT = 6
};

/* ---- from where ---- */

struct str
address_short(struct cx *cx, struct str address)
{
	char *text = arena_alloc(cx->mem, INET6_ADDRSTRLEN);
	const char *in = str_z(cx->mem, address);
	unsigned char bytes[sizeof(struct in6_addr)] = { 0 };
	int family = memchr(address.p, ':', address.n) ? AF_INET6 : AF_INET;
	size_t n = family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);

	if (!address.n || inet_pton(family, in, bytes) != 1)
		return (struct str){ 0 };
	for (size_t i = family == AF_INET ? V4_KEPT : V6_KEPT; i < n; i++)
		bytes[i] = 0;
	return inet_ntop(family, bytes, text, INET6_ADDRSTRLEN) ? str_of(text) : (struct str){ 0 };
}

/* ---- what was chosen ---- */

static bool
is_choice(const struct row *line)
{
	enum line_kind kind = line_kind_of(line->v[QUOTE_LINE_KIND].s);

	return kind == LINE_OPTION || kind == LINE_ALTERNATIVE;
}

struct chosen {
	struct sums sums;
	char currency[4];
	struct str ids, words;
};

static bool
choose(struct cx *cx, const struct row *quote, const struct quote_answer *answer,
       struct chosen *out)
{
	const struct lined *kind = lined_of(quote->object);
	struct buf ids = buf_in(cx->mem, CHOICE_BYTES), words = buf_in(cx->mem, TEXT_BYTES);
	bool *offered;
	struct rows rows;

	if (!lines_read(cx, kind, quote->id, &rows))
		return false;
	offered = new_array(cx->mem, rows.n + 1, bool);
	for (size_t i = 0; i < rows.n; i++)
		offered[i] = is_choice(&rows.v[i]);
	lines_choose(&rows, answer->ids, answer->n_ids);
	if (!lines_sums(cx, kind, quote, &rows, &out->sums, out->currency))
		return false;
	for (size_t i = 0; i < rows.n; i++) {
		if (!offered[i] || !out->sums.counted[i])
			continue;
		buf_printf(&ids, "%s%lld", ids.n ? " " : "", (long long)rows.v[i].id);
		buf_printf(&words, "%s%.*s", words.n ? "\n" : "",
			   STR_FMT(rows.v[i].v[QUOTE_LINE_DESCRIPTION].s));
	}
	out->ids = buf_done(&ids);
	out->words = buf_done(&words);
	return true;
}

static struct value
money_of(int64_t units, const char *currency)
{
	struct value v = value_int(units);

	snprintf(v.currency, sizeof v.currency, "%s", currency[0] ? currency : "EUR");
	return v;
}

/* ---- writing it down ---- */

static struct value
text_or_none(struct str text)
{
	return text.n ? value_text(text) : (struct value){ 0 };
}

static bool
write_answer(struct cx *cx, const struct row *quote, const struct quote_answer *answer)
{
	struct change *c = change_new(cx, cx->model->objects[QUOTE_ANSWER], NULL);
	struct chosen chosen = { 0 };
	const struct field *const *f = (const struct field *const *)c->object->fields;

	if (!choose(cx, quote, answer, &chosen))
		return false;
	change_put(c, f[QUOTE_ANSWER_QUOTE], value_int(quote->id));
	change_put(c, f[QUOTE_ANSWER_ANSWER],
		   value_text(answer->accepts ? S("accepted") : S("declined")));
	change_put(c, f[QUOTE_ANSWER_NAME], value_text(answer->name));
	change_put(c, f[QUOTE_ANSWER_NOTE], text_or_none(answer->note));
	change_put(c, f[QUOTE_ANSWER_ANSWERED_AT], value_int(cx->now));
	change_put(c, f[QUOTE_ANSWER_ADDRESS], text_or_none(address_short(cx, answer->address)));
	change_put(c, f[QUOTE_ANSWER_LETTER_HASH], value_text(answer->letter_hash));
	change_put(c, f[QUOTE_ANSWER_NET], money_of(chosen.sums.net, chosen.currency));
	change_put(c, f[QUOTE_ANSWER_GROSS], money_of(chosen.sums.gross, chosen.currency));
	if (answer->accepts) {
		change_put(c, f[QUOTE_ANSWER_CHOICE], text_or_none(chosen.ids));
		change_put(c, f[QUOTE_ANSWER_CHOSEN], text_or_none(chosen.words));
	}
	return record_save(cx, c);
}

static bool
tell(struct cx *cx, const struct row *quote)
{
	struct notice notice = { .user_id = quote->v[QUOTE_OWNER].i,
				 .at = cx->now,
				 .kind = NOTICE_ANSWERED,
				 .object = quote->object->name,
				 .record = quote->id,
				 .op = CHANGE_EDIT };
	struct notices notices = { &notice, 1, 1 };

	return quote->v[QUOTE_OWNER].kind != V_INT || notices_put(cx, &notices);
}

bool
quote_answer_save(struct cx *cx, struct change *quote, const struct quote_answer *answer)
{
	if (!answer->name.n)
		return fail_field(cx, S("name"), "required", "Please write your name");
	if (!answer->accepts && !answer->note.n)
		return fail_field(cx, S("note"), "required",
				  "Please write why you decline; a word is enough");
	if (!write_answer(cx, quote->before, answer))
		return false;
	if (!answer->accepts)
		change_put(quote, quote->object->fields[QUOTE_DECLINE_NOTE],
			   value_text(answer->note));
	change_put(quote, quote->object->fields[QUOTE_STATE],
		   value_text(answer->accepts ? S("accepted") : S("declined")));
	return record_save(cx, quote) && tell(cx, quote->before);
}

bool
quote_answer_ids(struct cx *cx, int64_t quote, const int64_t **ids, size_t *n)
{
	const struct object *object = cx->model->objects[QUOTE_ANSWER];
	struct sort_key newest = { object->fields[SF_ID], true };
	struct query query = { .object = object, .sort = &newest, .n_sort = 1, .limit = 1 };
	int64_t *list = new_array(cx->mem, SUM_LINES_MAX, int64_t);
	struct rows rows;
	struct str rest;

	if (!cond_parse(cx, cx->mem, cx->model, object,
			str_printf(cx->mem,
				   "answer = accepted and choice is not empty and quote = %lld",
				   (long long)quote),
			NULL, &query.where) ||
	    !record_query(cx, &query, &rows))
		return false;
	*n = 0;
	*ids = list;
	rest = rows.n ? rows.v[0].v[QUOTE_ANSWER_CHOICE].s : (struct str){ 0 };
	while (rest.n && *n < SUM_LINES_MAX)
		if (str_int(str_word(&rest), 1, INT64_MAX, &list[*n]))
			++*n;
	return true;
}

/* ---- it stays as it is ---- */

static bool
answer_is_fixed(struct cx *cx, struct change *c)
{
	bool goes_back = c->op == CHANGE_DELETE && c->undoing;

	if (c->op == CHANGE_CREATE || c->op == CHANGE_RESTORE || c->of_whole || goes_back ||
	    c->before->v[QUOTE_ANSWER_LETTER_HASH].kind == V_NONE)
		return true;
	return fail_field(cx, S("answer"), "fixed",
			  "What a customer answered over his link stays as it is");
}

static const struct hook hooks[] = { { "quote_answer", HOOK_GUARD, answer_is_fixed }, { 0 } };

const struct feature feature_quote_answer = { .name = "quoteanswer", .hooks = hooks };
