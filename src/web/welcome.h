/* The first run: nobody has an account yet. */
#ifndef KONTOR_WEB_WELCOME_H
#define KONTOR_WEB_WELCOME_H

#include "base/feature.h"
#include "http/http.h"
#include "record/record.h"

/* The job that makes sample data (its body: the user to whom they belong), and the setting that
 * holds a line for each record of theirs while they are there. */
#define SAMPLE_JOB "sample.make"
#define SAMPLE_SETTING "sample.records"
#define SAMPLE_COMING "coming"

/* Where no user is there: a code that lets one person in to /welcome, once; else empty.  Each call
 * makes the code before worthless. */
bool welcome_open(struct cx *cx, struct str *code) CHECKED;
/* Is nobody there? In an open unit. */
bool welcome_is_due(struct cx *cx, bool *out) CHECKED;

http_handle web_welcome, web_welcome_post, web_sample_make, web_sample_remove;

extern const struct feature feature_welcome;

#endif
