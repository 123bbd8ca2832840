/* Numbers of bank accounts. */
#ifndef KONTOR_APP_BANK_H
#define KONTOR_APP_BANK_H

#include "base/buf.h"
#include "base/str.h"

enum { IBAN_MAX = 34, IBAN_TEXT_MAX = 48 };

/* "DE89 3704 0044 0532 0130 00" from what somebody typed, with or without blanks: ISO 13616, two
 * letters, two check digits by ISO 7064 mod 97-10, and for the countries that are known the right
 * length.  False: it is none. */
bool iban_parse(struct str text, struct buf *out) CHECKED;
/* "COBADEFFXXX": ISO 9362, 8 or 11 letters and digits, in capitals. */
bool bic_parse(struct str text, struct buf *out) CHECKED;

#endif
