#include "main/features.h"

#include <stddef.h>

extern const struct feature feature_api, feature_http;

const struct feature *const FEATURES[] = {
	&feature_http,
	&feature_api,
	NULL,
};
