#include "base/i18n.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/embed.h"

enum {
	MAGIC = 0x950412de, /* of a compiled catalogue in this machine's byte order */
	HEADER_COUNT = 8,   /* where its fields stand */
	HEADER_TEXTS = 12,
	HEADER_TRANSLATIONS = 16,
	HEADER_HASH_SIZE = 20,
	HEADER_HASH = 24,
	HEADER_BYTES = 28,
	ROW_BYTES = 8,
	MINUTES = 60,
	TAG_MAX = 35,
	NUMBER_TEXT = 40,
	QUALITY_ONE = 1000
};

static const struct {
	struct str code, catalogue;
} LANGS[LANG__MAX] = {
	[LANG_EN] = { S_INIT("en"), S_INIT("") },
	[LANG_DE] = { S_INIT("de"), S_INIT("po/de.mo") },
};

/* Found once. */
static _Atomic(const struct embedded *) catalogues[LANG__MAX];

static const char *const MONTHS[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static uint32_t
number_at(struct str bytes, size_t at)
{
	uint32_t number = 0;

	if (at <= bytes.n && bytes.n - at >= sizeof number)
		memcpy(&number, bytes.p + at, sizeof number);
	return number;
}

/* The nth text of the table at `table`: length and place. */
static struct str
text_at(struct str bytes, size_t table, size_t n)
{
	size_t length = number_at(bytes, table + n * ROW_BYTES);
	size_t place = number_at(bytes, table + n * ROW_BYTES + sizeof(uint32_t));

	if (place > bytes.n || length > bytes.n - place)
		return (struct str){ 0 };
	return (struct str){ bytes.p + place, length };
}

/* The part before the first NUL: of "one\0many" the msgid is the first. */
static struct str
first_part(struct str s)
{
	return str_cut(&s, 0);
}

/* P. J. Weinberger's, as in the catalogue's table. */
static uint32_t
catalogue_hash(struct str text)
{
	enum { SHIFT = 4, TOP = 28, FOLD = 24 };
	uint32_t hash = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint32_t top;

		hash = (hash << SHIFT) + (unsigned char)text.p[i];
		top = hash >> TOP << TOP;
		hash ^= top >> FOLD ^ top;
	}
	return hash;
}

/* The GNU MO format with its table of hashes (gettext manual, "The Format of GNU MO Files"): a row
 * holds the number of a text, from 1; 0: there is none. */
static bool
catalogue_find(struct str bytes, struct str text, struct str *out)
{
	uint32_t size = number_at(bytes, HEADER_HASH_SIZE), at, step;

	if (bytes.n < HEADER_BYTES || number_at(bytes, 0) != MAGIC || !text.n || size < 3)
		return false;
	at = catalogue_hash(text);
	step = 1 + at % (size - 2);
	at %= size;
	for (uint32_t tried = 0; tried < size; tried++) {
		uint32_t row =
			number_at(bytes, number_at(bytes, HEADER_HASH) + at * sizeof(uint32_t));

		if (!row)
			return false;
		if (str_eq(first_part(text_at(bytes, number_at(bytes, HEADER_TEXTS), row - 1)),
			   text)) {
			*out = text_at(bytes, number_at(bytes, HEADER_TRANSLATIONS), row - 1);
			return out->n > 0;
		}
		at = (at + step) % size;
	}
	return false;
}

static bool
translation(enum lang lang, struct str text, struct str *out)
{
	const struct embedded *file = atomic_load_explicit(&catalogues[lang], memory_order_relaxed);

	if (!file && LANGS[lang].catalogue.n) {
		file = embed_find(LANGS[lang].catalogue);
		atomic_store_explicit(&catalogues[lang], file, memory_order_relaxed);
	}
	return file && catalogue_find(embed_bytes(file), text, out);
}

struct str
tr_str(enum lang lang, struct str text)
{
	struct str found;

	return translation(lang, text, &found) ? first_part(found) : text;
}

const char *
tr_lang(enum lang lang, const char *text)
{
	struct str found;

	return translation(lang, str_of(text), &found) ? found.p : text;
}

const char *
tr(const struct cx *cx, const char *text)
{
	return tr_lang(cx->lang, text);
}

/* English and German both have one form for 1 and one for all else. */
const char *
tr_n(const struct cx *cx, const char *one, const char *many, int64_t n)
{
	struct str found;

	if (!translation(cx->lang, str_of(one), &found))
		return n == 1 ? one : many;
	if (n != 1 && memchr(found.p, 0, found.n))
		str_cut(&found, 0);
	return found.p;
}

struct str
lang_code(enum lang lang)
{
	return LANGS[lang].code;
}

bool
lang_find(struct str tag, enum lang *out)
{
	struct str language = str_cut(&tag, '-');

	for (int i = 0; i < LANG__MAX; i++)
		if (str_eq_ascii_nocase(language, LANGS[i].code)) {
			*out = (enum lang)i;
			return true;
		}
	return false;
}

/* RFC 9110, 12.4.2: "q=0.8" in thousandths; without it, one. */
static int64_t
quality(struct str parameters)
{
	int64_t q;

	while (parameters.n) {
		struct str parameter = str_trim(str_cut(&parameters, ';'));

		if (str_starts(parameter, S("q=")) && str_decimal(str_from(parameter, 2), 3, &q))
			return q;
	}
	return QUALITY_ONE;
}

enum lang
lang_accept(struct str header, enum lang otherwise)
{
	int64_t best = 0;

	while (header.n) {
		struct str one = str_cut(&header, ','), tag = str_trim(str_cut(&one, ';'));
		int64_t q = quality(one);
		enum lang lang;

		if (tag.n > TAG_MAX || q <= best || !lang_find(tag, &lang))
			continue;
		otherwise = lang;
		best = q;
	}
	return otherwise;
}

void
fmt_date(struct buf *b, const struct cx *cx, int64_t date)
{
	struct ymd ymd = date_ymd(date);

	if (cx->lang == LANG_DE) {
		buf_pad(b, ymd.day, 2);
		buf_char(b, '.');
		buf_pad(b, ymd.month, 2);
		buf_char(b, '.');
	} else {
		buf_int(b, ymd.day);
		buf_char(b, ' ');
		buf_z(b, MONTHS[ymd.month - 1]);
		buf_char(b, ' ');
	}
	buf_pad(b, ymd.year, 4);
}

void
fmt_datetime(struct buf *b, const struct cx *cx, int64_t ms)
{
	const struct zone *zone = zone_find(cx->zone);
	int64_t minutes;

	if (!zone)
		zone = zone_find((struct str){ 0 });
	minutes = moment_time_of_day(zone, ms) / MS_PER_MINUTE;
	fmt_date(b, cx, moment_date(zone, ms));
	BUF_LIT(b, ", ");
	buf_pad(b, minutes / MINUTES, 2);
	buf_char(b, ':');
	buf_pad(b, minutes % MINUTES, 2);
}

void
fmt_int(struct buf *b, const struct cx *cx, int64_t i)
{
	decimal_print(b, i, 0, cx->lang);
}

void
fmt_records(struct buf *b, const struct cx *cx, int64_t n)
{
	char number[NUMBER_TEXT] = { 0 };
	struct buf text = { .p = number, .cap = sizeof number, .max = sizeof number - 1 };

	fmt_int(&text, cx, n);
	buf_printf(b, tr_n(cx, "%s record", "%s records", n), number);
}

void
fmt_decimal(struct buf *b, const struct cx *cx, int64_t units, int scale)
{
	decimal_print(b, units, scale, cx->lang);
}

void
fmt_percent(struct buf *b, const struct cx *cx, int64_t units, int scale)
{
	while (scale > 0 && units % 10 == 0) {
		units /= 10;
		scale--;
	}
	decimal_print(b, units, scale, cx->lang);
	if (cx->lang == LANG_DE)
		BUF_LIT(b, "\xc2\xa0");
	buf_char(b, '%');
}

void
fmt_money(struct buf *b, const struct cx *cx, struct money money)
{
	money_print(b, money, cx->lang);
}

void
fmt_duration(struct buf *b, const struct cx *cx, int64_t s)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { 86400, N_("d") }, { 3600, N_("h") }, { 60, N_("min") }, { 1, N_("s") } };
	bool any = false;

	for (size_t i = 0; i < countof(units); i++) {
		int64_t n = s / units[i].seconds;

		s -= n * units[i].seconds;
		if (!n)
			continue;
		if (any)
			buf_char(b, ' ');
		buf_int(b, n);
		buf_char(b, ' ');
		buf_z(b, tr(cx, units[i].unit));
		any = true;
	}
	if (!any) {
		BUF_LIT(b, "0 ");
		buf_z(b, tr(cx, "min"));
	}
}
