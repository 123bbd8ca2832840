/* Scripts, styles and pictures that the program carries inside (folder web/), under
 * /assets/HASH/NAME.  With the hash of its content an address may be kept for ever. */
#ifndef KONTOR_HTTP_ASSET_H
#define KONTOR_HTTP_ASSET_H

#include "http/http.h"

struct assets;

struct assets *assets_new(void); /* on the heap: compressed forms, made when first asked for */
void assets_free(struct assets **assets);

/* The address of web/NAME, in mem; empty when there is no such file. */
struct str asset_url(struct arena *mem, const char *name);

http_handle asset_get; /* GET /assets/{name...} */

#endif
