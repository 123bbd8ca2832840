/* Telephone numbers, by libphonenumber.  The library's tables are read at the first call, not
 * before. */
#ifndef KONTOR_BASE_PHONE_H
#define KONTOR_BASE_PHONE_H

#include "base/str.h"

enum { PHONE_TEXT_MAX = 120 }; /* bytes of a number as people write it */

/* The number in the text as E.164 ("+491711234567"), without an extension.  `region` is the
 * two-letter country whose habits hold where the text has no country code; NULL or "": none, then
 * only "+…" is understood.  False where there is no number or one of impossible length; a number
 * need not be in service (see phone_is_known). */
bool phone_e164(struct arena *mem, struct str text, const char *region, struct str *out) CHECKED;

/* Does the number (E.164) lie in a range that its country has given out?  The ranges are as old as
 * the library: good for a warning, not for a refusal. */
bool phone_is_known(struct str e164);

/* A number (E.164) as people write it: "+49 171 1234567", "0171 1234567", and the second for
 * numbers of the reader's own region, else the first.  What is no number is given back as it is. */
struct str phone_international(struct arena *mem, struct str e164);
struct str phone_national(struct arena *mem, struct str e164);
void phone_written(struct arena *mem, struct str e164, struct str *international,
		   struct str *national); /* the first two at once */
struct str phone_print(struct arena *mem, struct str e164, const char *region);

#endif
