/* What is counted: requests by route and status, how long they took, for /metrics (OpenMetrics). */
#ifndef KONTOR_HTTP_METRICS_H
#define KONTOR_HTTP_METRICS_H

#include "http/http.h"

struct db;
struct http;
struct metrics;

struct metrics *metrics_new(unsigned n_routes); /* on the heap */
void metrics_free(struct metrics **metrics);

/* One request was answered.  `route` is its number; n_routes: none fitted. */
void metrics_count(struct metrics *metrics, unsigned route, int status, int64_t us, int64_t bytes);

/* All of it as OpenMetrics text. */
void metrics_print(struct cx *cx, const struct http *http, struct buf *out);

#endif
