#include "main/features.h"

#include <stddef.h>

#include "api/api.h"
#include "app/features.h"
#include "http/feature.h"

const struct feature *const FEATURES[] = {
	&feature_http, &feature_api, &feature_party, &feature_deal, &feature_task, NULL,
};
