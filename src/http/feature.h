/* What this floor adds by itself: /healthz, /readyz, /metrics, /assets, and its tables. */
#ifndef KONTOR_HTTP_FEATURE_H
#define KONTOR_HTTP_FEATURE_H

struct feature;
extern const struct feature feature_http;

#endif
