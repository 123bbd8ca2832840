/* How a letter to somebody begins. */
#ifndef KONTOR_APP_SALUTATION_H
#define KONTOR_APP_SALUTATION_H

#include "record/record.h"

/* "Sehr geehrte Frau Dr. Meyer", "Liebe Anna", "Dear Ms Meyer": without the comma at its end.  What
 * somebody wrote himself stands before all; whom one does not know is addressed as a company is.
 * The party may be NULL, or loaded in part. */
struct str letter_salutation(struct cx *cx, const struct row *party, enum lang lang);

#endif
