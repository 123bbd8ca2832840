/* Every authorisation check stands behind this macro.  In a test build (-DKONTOR_AUTHZ_TEST) the
 * environment variable KONTOR_AUTHZ_OFF names one check that is passed over, so that a test can
 * show that each is needed.  In every other build the macro is the check itself. */
#ifndef KONTOR_RECORD_AUTHZ_H
#define KONTOR_RECORD_AUTHZ_H

#include <stdbool.h>

#ifdef KONTOR_AUTHZ_TEST
bool authz_is_off(const char *check);
#define AUTHZ(check, allowed) (authz_is_off(#check) || (allowed))
#else
#define AUTHZ(check, allowed) (allowed)
#endif

#endif
