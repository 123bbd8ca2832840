/* The socket that the server answers on; opened by the supervisor, so that a new child finds it. */
#ifndef KONTOR_MAIN_LISTEN_H
#define KONTOR_MAIN_LISTEN_H

#include "base/cx.h"

/* "127.0.0.1:8080", "[::1]:8080", ":8080" or "unix:/path".  -1 and cx->err on failure. */
int listen_open(struct cx *cx, struct str address) CHECKED;

#endif
