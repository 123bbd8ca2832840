/* Numbers of lines as people read and type them. */
#include "app/lines.h"

#include "base/i18n.h"

enum { NUMBER_MAX = 80 };

struct str
lines_money(struct cx *cx, int64_t units, const char *currency)
{
	struct buf text = buf_in(cx->mem, NUMBER_MAX);
	struct money money = { .units = units };

	snprintf(money.currency, sizeof money.currency, "%s", currency[0] ? currency : "EUR");
	fmt_money(&text, cx, money);
	return buf_done(&text);
}

/* Zeros behind the point say nothing. */
static struct str
short_number(struct str text)
{
	size_t at;

	if (!str_find(text, S(","), &at) && !str_find(text, S("."), &at))
		return text;
	while (text.n && text.p[text.n - 1] == '0')
		text.n--;
	if (text.n && (text.p[text.n - 1] == ',' || text.p[text.n - 1] == '.'))
		text.n--;
	return text;
}

struct str
lines_number(struct cx *cx, int64_t units, int scale)
{
	struct buf text = buf_in(cx->mem, NUMBER_MAX);

	decimal_print(&text, units, scale, cx->lang);
	return short_number(buf_done(&text));
}

struct str
lines_text(struct cx *cx, const struct field *f, const struct value *v)
{
	struct buf text = buf_in(cx->mem, NUMBER_MAX);

	if (v->kind == V_NONE)
		return (struct str){ 0 };
	if (v->kind == V_TEXT)
		return v->s;
	if (f->type == FT_MONEY) {
		int digits = currency_digits(str_of(v->currency));

		decimal_print(&text, v->i, digits < 0 ? 2 : digits, cx->lang);
		return buf_done(&text);
	}
	return lines_number(cx, v->i, f->type == FT_INT ? 0 : f->scale);
}
