#include <cstring>
#include <phonenumbers/phonenumberutil.h>

extern "C" {
#include "base/phone.h"
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

enum { TEXT_MAX = 128 };

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

bool
to_e164(struct str from, const char *region, struct text *out) noexcept
{
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

struct str
phone_print(struct arena *mem, struct str e164, const char *region)
{
	return is_at_home(e164, region) ? phone_national(mem, e164)
					: phone_international(mem, e164);
}
