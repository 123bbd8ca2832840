/* Scripts, styles and pictures that the program carries inside (folder web/), under their
 * addresses (embed_address). */
#ifndef KONTOR_HTTP_ASSET_H
#define KONTOR_HTTP_ASSET_H

#include "http/http.h"

struct assets;

struct assets *assets_new(void); /* on the heap: compressed forms, made when first asked for */
void assets_free(struct assets **assets);

http_handle asset_get; /* GET /assets/{name...} */
/* GET /worker.js: the script that answers for the server while there is no connection.  It stands
 * at the top, for a browser lets it speak for no address above its own. */
http_handle asset_worker;

#endif
