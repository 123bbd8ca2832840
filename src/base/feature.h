/* What one feature adds to the server.  Any folder from floor 3 up may export one; main/features.c
 * lists them all.  Only pointers to types that other floors define: nothing is included.
 * Every list ends with a row of zeros; NULL: none of that kind. */
#ifndef KONTOR_BASE_FEATURE_H
#define KONTOR_BASE_FEATURE_H

struct command;      /* main/: a word of the command line */
struct follower;     /* flow/: reads the log behind a cursor */
struct hook;         /* record/: a rule of the write pipeline */
struct job_kind;     /* flow/: work that is done later */
struct route;        /* http/: an address that is answered */
struct setting;      /* base/: a value an operator may set */
struct system_table; /* record/: a table that is not in the model */

struct feature {
	const char *name; /* one lower-case word; unique */
	const struct route *routes;
	const struct hook *hooks;
	const struct job_kind *jobs;
	const struct follower *followers;
	const struct command *commands;
	const struct setting *settings;
	const struct system_table *tables;
};

#endif
