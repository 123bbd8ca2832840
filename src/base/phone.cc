#include <cstring>
#include <phonenumbers/phonenumberutil.h>

extern "C" {
#include "base/phone.h"
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

enum { TEXT_MAX = 128, GERMAN_DIGITS_MIN = 9, GERMAN_DIGITS_MAX = 11 };

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

	if (reformat_both(e164, &texts[0], &texts[1])) {
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
