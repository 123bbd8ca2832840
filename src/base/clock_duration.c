#include "base/clock.h"

#include "base/banned.h"

enum {
	MINUTE = 60,
	HOUR = 3600,
	DAY = 86400,
	WEEK = 604800,
	PLACES = 6,
	MICRO = 1000000,
	TEXT_MAX = 60,
	WORD_MAX = 10
};
#define SECONDS_MAX ((int64_t)3652425 * DAY) /* ten thousand years */

/* Units as people write them. */
static const struct unit {
	struct str name;
	int64_t seconds;
} UNITS[] = {
	{ S_INIT("s"), 1 },
	{ S_INIT("sec"), 1 },
	{ S_INIT("secs"), 1 },
	{ S_INIT("second"), 1 },
	{ S_INIT("seconds"), 1 },
	{ S_INIT("sek"), 1 },
	{ S_INIT("sekunde"), 1 },
	{ S_INIT("sekunden"), 1 },
	{ S_INIT("m"), MINUTE },
	{ S_INIT("min"), MINUTE },
	{ S_INIT("mins"), MINUTE },
	{ S_INIT("minute"), MINUTE },
	{ S_INIT("minutes"), MINUTE },
	{ S_INIT("minuten"), MINUTE },
	{ S_INIT("h"), HOUR },
	{ S_INIT("hr"), HOUR },
	{ S_INIT("hrs"), HOUR },
	{ S_INIT("hour"), HOUR },
	{ S_INIT("hours"), HOUR },
	{ S_INIT("std"), HOUR },
	{ S_INIT("stunde"), HOUR },
	{ S_INIT("stunden"), HOUR },
	{ S_INIT("d"), DAY },
	{ S_INIT("day"), DAY },
	{ S_INIT("days"), DAY },
	{ S_INIT("tg"), DAY },
	{ S_INIT("tag"), DAY },
	{ S_INIT("tage"), DAY },
	{ S_INIT("w"), WEEK },
	{ S_INIT("week"), WEEK },
	{ S_INIT("weeks"), WEEK },
	{ S_INIT("woche"), WEEK },
	{ S_INIT("wochen"), WEEK },
};

/* Units of ISO 8601, in the order in which they must come; those behind T stand behind the gap. */
static const struct iso {
	char letter;
	bool is_time;
	int64_t seconds;
} ISO[] = {
	{ 'W', false, WEEK },  { 'D', false, DAY }, { 'H', true, HOUR },
	{ 'M', true, MINUTE }, { 'S', true, 1 },
};

/* Takes a decimal number, point or comma, as millionths. */
static bool
take_number(struct str *s, int64_t *out)
{
	char text[TEXT_MAX];
	size_t n = 0;

	while (n < s->n && n < sizeof text &&
	       ((s->p[n] >= '0' && s->p[n] <= '9') || s->p[n] == '.' || s->p[n] == ',')) {
		text[n] = s->p[n] == ',' ? '.' : s->p[n];
		n++;
	}
	if (!n || text[0] == '.' || text[n - 1] == '.' ||
	    !str_decimal((struct str){ text, n }, PLACES, out))
		return false;
	*s = str_from(*s, n);
	return true;
}

/* *total, in millionths, grows by number × seconds. */
static bool
add(int64_t *total, int64_t number, int64_t seconds)
{
	int64_t part;

	return !__builtin_mul_overflow(number, seconds, &part) &&
	       !__builtin_add_overflow(*total, part, total);
}

static bool
parse_iso(struct str s, int64_t *out)
{
	bool in_time = false, any = false;
	size_t at = 0;

	s = str_from(s, 1);
	while (s.n) {
		int64_t number;

		if (s.p[0] == 'T' && !in_time) {
			in_time = true;
			any = false;
			s = str_from(s, 1);
			continue;
		}
		if (!take_number(&s, &number) || !s.n)
			return false;
		while (at < countof(ISO) &&
		       (ISO[at].letter != s.p[0] || ISO[at].is_time != in_time))
			at++;
		if (at == countof(ISO) || !add(out, number, ISO[at++].seconds))
			return false;
		any = true;
		s = str_from(s, 1);
	}
	return any;
}

/* h:min or h:min:s */
static bool
parse_colons(struct str s, int64_t *out)
{
	static const int64_t seconds[] = { HOUR, MINUTE, 1 };
	size_t n = 0;

	for (; s.n && n < countof(seconds); n++) {
		struct str part = str_cut(&s, ':');
		int64_t number;

		if ((n && part.n != 2) || part.n > WORD_MAX || !part.n || part.p[0] < '0' ||
		    part.p[0] > '9' || !str_int(part, 0, n ? MINUTE - 1 : INT32_MAX, &number) ||
		    !add(out, number * MICRO, seconds[n]))
			return false;
	}
	return n >= 2 && !s.n;
}

static const struct unit *
unit_find(struct str name)
{
	for (size_t i = 0; i < countof(UNITS); i++)
		if (str_eq_ascii_nocase(UNITS[i].name, name))
			return &UNITS[i];
	return NULL;
}

static struct str
take_word(struct str *s)
{
	struct str word;
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n &&
	       ((s->p[n] >= 'a' && s->p[n] <= 'z') || (s->p[n] >= 'A' && s->p[n] <= 'Z')))
		n++;
	word = str_first(*s, n);
	*s = str_from(*s, n);
	if (n && s->n && s->p[0] == '.')
		*s = str_from(*s, 1); /* "Std." */
	*s = str_trim(*s);
	return word;
}

static bool
parse_words(struct str s, int64_t *out)
{
	int64_t smallest = INT64_MAX;

	while (s.n) {
		const struct unit *unit;
		int64_t number;

		if (!take_number(&s, &number))
			return false;
		unit = unit_find(take_word(&s));
		if (!unit || unit->seconds >= smallest || !add(out, number, unit->seconds))
			return false;
		smallest = unit->seconds;
	}
	return true;
}

bool
duration_parse(struct str text, int64_t *out_s)
{
	int64_t micro = 0;
	bool ok;

	text = str_trim(text);
	if (!text.n || text.n > TEXT_MAX)
		return false;
	if (text.p[0] == 'P')
		ok = parse_iso(text, &micro);
	else if (memchr(text.p, ':', text.n))
		ok = !str_ends(text, S(":")) && parse_colons(text, &micro);
	else
		ok = parse_words(text, &micro);
	if (!ok || micro / MICRO >= SECONDS_MAX)
		return false;
	*out_s = micro / MICRO + (micro % MICRO >= MICRO / 2);
	return true;
}

static void
print_part(struct buf *b, int64_t n, char letter)
{
	if (!n)
		return;
	buf_int(b, n);
	buf_char(b, letter);
}

void
duration_print(struct buf *b, int64_t s)
{
	buf_char(b, 'P');
	print_part(b, s / DAY, 'D');
	if (s % DAY == 0 && s)
		return;
	buf_char(b, 'T');
	print_part(b, s % DAY / HOUR, 'H');
	print_part(b, s % HOUR / MINUTE, 'M');
	print_part(b, s % MINUTE, 'S');
	if (!s)
		BUF_LIT(b, "0S");
}
