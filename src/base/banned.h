/* Functions that the house does without.  Included first by every source file, through base/cx.h.
 * A use is a compile error; the remedy stands beside each. */
#ifndef KONTOR_BASE_BANNED_H
#define KONTOR_BASE_BANNED_H

/* The declarations must come before the poison. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef __cplusplus
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r /* struct buf */
#pragma GCC poison atoi atol strtol strtoul strtoll strtoull atof /* str_int, str_real */
#pragma GCC poison gmtime localtime mktime gmtime_r localtime_r   /* base/clock.h */
#pragma GCC poison rand srand                                     /* env->random */
#pragma GCC poison system popen gets                              /* processes: main/ only */
#ifndef KONTOR_BASE
#pragma GCC poison strtod                                    /* str_real */
#pragma GCC poison malloc calloc realloc free strdup strndup /* struct arena; base/heap.h */
#pragma GCC poison time gettimeofday clock_gettime sleep usleep nanosleep /* cx->now, env */
#endif
#endif

#endif
