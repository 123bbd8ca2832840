/* Cards (vCard 2.1, 3.0 and 4.0) as rows: each card is one, its columns are those that the cards of
 * the file fill.  Row 0 has their names, in the reader's language; card 1 is row 1. */
#ifndef KONTOR_DATA_VCARD_H
#define KONTOR_DATA_VCARD_H

#include "data/csv.h"

enum { VCARD_CARDS_MAX = 1000000, VCARD_BYTES_MAX = 2 << 20 /* of one card, without pictures */ };

/* E_INPUT ("card 3, line 17: …"), E_TOO_BIG. */
bool vcard_read(struct cx *cx, struct str bytes, const struct row_reader *reader) CHECKED;

/* What the column with this name becomes (guess.h), or empty; in whatever language it is. */
struct str vcard_target(struct str header, bool is_person);

#endif
