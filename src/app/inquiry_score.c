/* How promising an inquiry is. */
#include "app/inquiry.h"

#include "model/ids.h"
#include "model/types.h"

enum { DETAILED_BYTES = 200, POINTS_MAX = 100 };

static const char *const FREE_MAIL[] = {
	"1und1.de",       "aol.com",     "arcor.de",   "bluewin.ch", "freenet.de",
	"gmail.com",      "gmx.at",      "gmx.ch",     "gmx.de",     "gmx.net",
	"googlemail.com", "hotmail.com", "hotmail.de", "icloud.com", "live.com",
	"live.de",        "mailbox.org", "me.com",     "msn.com",    "online.de",
	"outlook.com",    "outlook.de",  "posteo.de",  "proton.me",  "protonmail.com",
	"t-online.de",    "web.de",      "yahoo.com",  "yahoo.de",
};

bool
is_free_mail(struct str address)
{
	struct str domain = address;

	str_cut(&domain, '@');
	for (size_t i = 0; i < countof(FREE_MAIL); i++)
		if (str_eq_ascii_nocase(domain, str_of(FREE_MAIL[i])))
			return true;
	return false;
}

static bool
has(const struct row *row, unsigned field)
{
	return row->v[field].kind != V_NONE;
}

static bool
has_budget(const struct row *row)
{
	return has(row, INQUIRY_VALUE) && row->v[INQUIRY_VALUE].i > 0;
}

static bool
has_product(const struct row *row)
{
	return has(row, INQUIRY_PRODUCT);
}

static bool
has_company(const struct row *row)
{
	return has(row, INQUIRY_COMPANY);
}

static bool
has_phone(const struct row *row)
{
	return has(row, INQUIRY_PHONE);
}

static bool
has_address(const struct row *row)
{
	return has(row, INQUIRY_EMAIL) && !is_free_mail(row->v[INQUIRY_EMAIL].s);
}

static bool
is_detailed(const struct row *row)
{
	return has(row, INQUIRY_BODY) && row->v[INQUIRY_BODY].s.n >= DETAILED_BYTES;
}

static bool
is_referral(const struct row *row)
{
	return str_eq(row->v[INQUIRY_CHANNEL].s, S("referral"));
}

/* In the order of what they weigh. */
static const struct {
	const char *reason;
	int64_t points;
	bool (*is)(const struct row *inquiry);
} WEIGHTS[] = {
	{ "referral", 20, is_referral }, { "product", 15, has_product },
	{ "budget", 15, has_budget },    { "company", 10, has_company },
	{ "phone", 10, has_phone },      { "address", 10, has_address },
	{ "detailed", 10, is_detailed },
};
enum { CUSTOMER_POINTS = 30 };

struct inquiry_score
inquiry_rate(struct arena *mem, const struct row *inquiry, bool is_customer)
{
	struct inquiry_score score = { .points = is_customer ? CUSTOMER_POINTS : 0 };
	struct str reasons[countof(WEIGHTS) + 1];
	size_t n = 0;

	if (is_customer)
		reasons[n++] = S("customer");
	for (size_t i = 0; i < countof(WEIGHTS); i++)
		if (WEIGHTS[i].is(inquiry)) {
			score.points += WEIGHTS[i].points;
			reasons[n++] = str_of(WEIGHTS[i].reason);
		}
	if (score.points > POINTS_MAX)
		score.points = POINTS_MAX;
	score.reasons = n ? tags_join(mem, reasons, n) : (struct value){ 0 };
	return score;
}
