/* Dumps as files: written plain or compressed, read as either. */
#ifndef KONTOR_MAIN_COPIES_H
#define KONTOR_MAIN_COPIES_H

#include "main/command.h"
#include "record/copy.h"

/* The dump of cx->store into a new file (E_CONFLICT when it exists); synced, then given its name.
 */
bool dump_to_file(struct cx *cx, const char *path, bool compressed) CHECKED;
/* The lines of such a file into cx->db; *rows tells how many it had. */
bool load_from_file(struct cx *cx, const char *path, const struct store_options *options,
		    int64_t *rows) CHECKED;

#endif
