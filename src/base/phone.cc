#include <atomic>
#include <cstring>
#include <phonenumbers/phonenumberutil.h>

extern "C" {
#include "base/phone.h"
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

enum { TEXT_MAX = 128, GERMAN_DIGITS_MIN = 7, GERMAN_DIGITS_MAX = 11 };

/* A number as text, outside of the arena: leaving a unit of work by longjmp must not pass over an
 * object that wants to be destroyed. */
struct text {
	char p[TEXT_MAX];
	size_t n;
};

bool
parse(struct str from, const char *region, PhoneNumber *out)
{
	const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	const char *home = region && *region ? region : "ZZ";

	if (!from.n || from.n > PHONE_TEXT_MAX)
		return false;
	return util->Parse(std::string(from.p, from.n), home, out) ==
	       PhoneNumberUtil::NO_PARSING_ERROR;
}

bool
print(const PhoneNumber &number, PhoneNumberUtil::PhoneNumberFormat format, struct text *out)
{
	std::string s;

	PhoneNumberUtil::GetInstance()->Format(number, format, &s);
	if (s.empty() || s.size() > sizeof out->p)
		return false;
	memcpy(out->p, s.data(), s.size());
	out->n = s.size();
	return true;
}

/* "+49 30 1234567", the form that most numbers are kept in: nothing to be guessed, and a hundred
 * times faster than the library.  Of usual length, without the 0 that is not dialled from abroad.
 */
bool
is_plain_german(struct str from, struct text *out)
{
	size_t n = 3;

	if (from.n < n || from.n > PHONE_TEXT_MAX || memcmp(from.p, "+49", n) != 0)
		return false;
	memcpy(out->p, from.p, n);
	for (size_t i = n; i < from.n; i++) {
		char c = from.p[i];

		if (c >= '0' && c <= '9')
			out->p[n++] = c;
		else if (c != ' ')
			return false;
	}
	out->n = n;
	return n >= 3 + GERMAN_DIGITS_MIN && n <= 3 + GERMAN_DIGITS_MAX && out->p[3] != '0';
}

bool
to_e164(struct str from, const char *region, struct text *out) noexcept
{
	if (is_plain_german(from, out))
		return true;
	try {
		PhoneNumber number;

		if (!parse(from, region, &number) ||
		    PhoneNumberUtil::GetInstance()->IsPossibleNumberWithReason(number) !=
			    PhoneNumberUtil::IS_POSSIBLE)
			return false;
		number.clear_extension();
		return print(number, PhoneNumberUtil::E164, out);
	} catch (...) {
		return false;
	}
}

bool
reformat(struct str e164, PhoneNumberUtil::PhoneNumberFormat format, struct text *out) noexcept
{
	try {
		PhoneNumber number;

		return parse(e164, nullptr, &number) && print(number, format, out);
	} catch (...) {
		return false;
	}
}

bool
reformat_both(struct str e164, struct text *international, struct text *national) noexcept
{
	try {
		PhoneNumber number;

		return parse(e164, nullptr, &number) &&
		       print(number, PhoneNumberUtil::INTERNATIONAL, international) &&
		       print(number, PhoneNumberUtil::NATIONAL, national);
	} catch (...) {
		return false;
	}
}

/* How a German number is set in groups depends on its length and its first five digits (the longest
 * area code) alone.  What the library said of one is remembered for the others: it takes a hundred
 * times as long to say it again.  An entry is one word: who (lead and length), and four sizes. */
enum {
	SHAPES = 4096,
	LEAD_DIGITS = 5,
	GROUPS_MAX = 4,
	SIZE_BITS = 4,
	SIZE_MASK = 15,
	KEY_SHIFT = GROUPS_MAX * SIZE_BITS
};
std::atomic<uint64_t> shapes[SHAPES];

/* Lead and length of "+49…"; 0: no number of this kind. */
uint64_t
shape_key(struct str e164)
{
	uint64_t lead = 0;

	if (e164.n < 3 + GERMAN_DIGITS_MIN || e164.n > 3 + GERMAN_DIGITS_MAX ||
	    memcmp(e164.p, "+49", 3) != 0)
		return 0;
	for (size_t i = 3; i < e164.n; i++) {
		if (e164.p[i] < '0' || e164.p[i] > '9')
			return 0;
		if (i < 3 + LEAD_DIGITS)
			lead = lead * 10 + (uint64_t)(e164.p[i] - '0');
	}
	return lead << SIZE_BITS | e164.n;
}

/* "+49 30 1234567" and "030 1234567" of the groups 2 and 7. */
void
shape_print(struct str e164, uint64_t sizes, struct text *international, struct text *national)
{
	size_t at = 3;

	memcpy(international->p, e164.p, at);
	international->n = at;
	national->p[0] = '0';
	national->n = 1;
	for (; sizes; sizes >>= SIZE_BITS) {
		size_t n = sizes & SIZE_MASK;

		international->p[international->n++] = ' ';
		if (national->n > 1)
			national->p[national->n++] = ' ';
		memcpy(international->p + international->n, e164.p + at, n);
		memcpy(national->p + national->n, e164.p + at, n);
		international->n += n;
		national->n += n;
		at += n;
	}
}

/* The sizes of the groups behind the country's code; 0: too many. */
uint64_t
shape_of(const struct text *international)
{
	uint64_t sizes = 0;
	unsigned group = 0;

	for (size_t i = 4; i < international->n; i++) {
		if (international->p[i] == ' ')
			group++;
		else if (group < GROUPS_MAX)
			sizes += (uint64_t)1 << (group * SIZE_BITS);
	}
	return group < GROUPS_MAX ? sizes : 0;
}

bool
text_eq(const struct text *a, const struct text *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

bool
written_e164(struct str e164, struct text *international, struct text *national)
{
	uint64_t key = shape_key(e164), sizes;
	std::atomic<uint64_t> &shape = shapes[(key * 2654435761u >> 8) % SHAPES];
	uint64_t known = shape.load(std::memory_order_relaxed);
	struct text again[2];

	if (key && known >> KEY_SHIFT == key) {
		shape_print(e164, known & ((1 << KEY_SHIFT) - 1), international, national);
		return true;
	}
	if (!reformat_both(e164, international, national))
		return false;
	sizes = key ? shape_of(international) : 0;
	if (!sizes)
		return true;
	shape_print(e164, sizes, &again[0], &again[1]);
	if (text_eq(&again[0], international) && text_eq(&again[1], national))
		shape.store(key << KEY_SHIFT | sizes, std::memory_order_relaxed);
	return true;
}

bool
written(struct str e164, struct text *international, struct text *national)
{
	struct text plain;

	if (is_plain_german(e164, &plain))
		e164 = { plain.p, plain.n };
	return written_e164(e164, international, national);
}

bool
is_known(struct str e164) noexcept
{
	try {
		PhoneNumber number;

		return parse(e164, nullptr, &number) &&
		       PhoneNumberUtil::GetInstance()->IsValidNumber(number);
	} catch (...) {
		return false;
	}
}

bool
is_at_home(struct str e164, const char *region) noexcept
{
	try {
		PhoneNumber number;

		return region && parse(e164, nullptr, &number) &&
		       PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) ==
			       number.country_code();
	} catch (...) {
		return false;
	}
}

struct str
printed(struct arena *mem, struct str e164, PhoneNumberUtil::PhoneNumberFormat format)
{
	struct text text;

	if (!reformat(e164, format, &text))
		return str_dup(mem, e164);
	return str_dup(mem, { text.p, text.n });
}

} // namespace

bool
phone_e164(struct arena *mem, struct str text, const char *region, struct str *out)
{
	struct text found;

	if (!to_e164(text, region, &found))
		return false;
	*out = str_dup(mem, { found.p, found.n });
	return true;
}

bool
phone_is_known(struct str e164)
{
	return is_known(e164);
}

struct str
phone_international(struct arena *mem, struct str e164)
{
	return printed(mem, e164, PhoneNumberUtil::INTERNATIONAL);
}

struct str
phone_national(struct arena *mem, struct str e164)
{
	return printed(mem, e164, PhoneNumberUtil::NATIONAL);
}

void
phone_written(struct arena *mem, struct str e164, struct str *international, struct str *national)
{
	struct text texts[2];

	if (written(e164, &texts[0], &texts[1])) {
		*international = str_dup(mem, { texts[0].p, texts[0].n });
		*national = str_dup(mem, { texts[1].p, texts[1].n });
	} else {
		*international = *national = str_dup(mem, e164);
	}
}

struct str
phone_print(struct arena *mem, struct str e164, const char *region)
{
	return is_at_home(e164, region) ? phone_national(mem, e164)
					: phone_international(mem, e164);
}
