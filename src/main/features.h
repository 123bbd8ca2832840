/* All features of the program, in one list. */
#ifndef KONTOR_MAIN_FEATURES_H
#define KONTOR_MAIN_FEATURES_H

#include "base/feature.h"

extern const struct feature *const FEATURES[];
extern const struct feature feature_sample; /* sample.c */ /* ends with NULL */

#endif
