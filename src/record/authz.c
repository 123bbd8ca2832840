#include "record/authz.h"

#ifdef KONTOR_AUTHZ_TEST
#include <stdlib.h>
#include <string.h>

bool
authz_is_off(const char *check)
{
	const char *off = getenv("KONTOR_AUTHZ_OFF");

	return off && !strcmp(off, check);
}
#else
typedef int authz_nothing;
#endif
