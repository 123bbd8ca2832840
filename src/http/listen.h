/* The socket that the server answers on; a supervisor opens it, so that a new child finds it. */
#ifndef KONTOR_HTTP_LISTEN_H
#define KONTOR_HTTP_LISTEN_H

#include "base/cx.h"

/* "127.0.0.1:8080", "[::1]:8080", "unix:/path"; port 0: any free one.  E_INPUT, E_IO. */
bool listen_open(struct cx *cx, struct str where, int *out_fd) CHECKED;

#endif
