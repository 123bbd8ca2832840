/* How far long work is, in one line of the terminal on standard error; nothing where that is none.
 */
#ifndef KONTOR_MAIN_PROGRESS_H
#define KONTOR_MAIN_PROGRESS_H

#include "base/cx.h"

struct progress {
	int64_t total;  /* 0: not known */
	const char *of; /* what `count` counts: "rows" */
	bool shown;
};

/* done is of `total`; a count below 0 is not shown. */
void progress_show(struct progress *progress, int64_t done, int64_t count);
void progress_end(struct progress *progress); /* the line is cleared */

#endif
