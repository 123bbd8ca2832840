/* Files and folders, with errors that name the place and the remedy. */
#ifndef KONTOR_BASE_FILE_H
#define KONTOR_BASE_FILE_H

#include "base/cx.h"

/* The whole file.  E_MISSING when there is none, E_TOO_BIG, E_IO. */
bool file_read(struct cx *cx, struct str path, size_t max_bytes, struct str *out) CHECKED;
/* Everything from a descriptor until its end. */
bool file_read_fd(struct cx *cx, int fd, size_t max_bytes, struct str *out) CHECKED;
/* Write a file anew: a temporary one beside it, synced, renamed into place. */
bool file_write(struct cx *cx, struct str path, struct str bytes, unsigned mode) CHECKED;
/* Make a folder (and those above it) when absent. */
bool folder_make(struct cx *cx, struct str path, unsigned mode) CHECKED;
bool file_exists(struct cx *cx, struct str path);

#endif
