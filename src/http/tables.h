/* The tables of this floor. */
#ifndef KONTOR_HTTP_TABLES_H
#define KONTOR_HTTP_TABLES_H

#include "record/record.h"

extern const struct system_table http_tables[]; /* ends with { 0 } */

#endif
