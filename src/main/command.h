/* The command line: a table of commands, the options they take, and what they run on. */
#ifndef KONTOR_MAIN_COMMAND_H
#define KONTOR_MAIN_COMMAND_H

#include "db/db.h"
#include "main/config.h"
#include "record/record.h"

enum { ARGS_MAX = 16, OPTIONS_MAX = 32 };

struct args {
	const struct command *command;
	struct str words[ARGS_MAX]; /* what is no option, without the command's own words */
	size_t n;
	struct {
		struct str name, value; /* "--where COND" → where, COND */
	} options[OPTIONS_MAX];
	size_t n_options;
	struct config config;
};

struct command {
	const char *name;  /* "user add" */
	const char *usage; /* "NAME --role ROLE --password-stdin" */
	const char *purpose;
	const char *options; /* names it knows besides those of the configuration; "flag!" takes no
				value */
	size_t min_words, max_words;
	int (*run)(struct cx *cx, struct args *args); /* exit code; prints nothing on cx->err */
};
extern const struct command COMMANDS[]; /* ends with { 0 } */

bool args_has(const struct args *args, const char *name);
struct str args_get(const struct args *args, const char *name); /* empty when absent */
/* Fails with E_USAGE naming the word at fault. */
bool args_parse(struct cx *cx, int argc, char **argv, struct args *out) CHECKED;

/* What most commands run on: the database, the store and the system as the actor. */
struct house {
	struct db *db;
	struct store *store;
};
/* Open the data folder that the configuration names; HOUSE_MAKE: made when absent; HOUSE_FAST:
 * without syncing to the disk (for data that can be made again). */
enum { HOUSE_MAKE = 1, HOUSE_FAST = 2 };
bool house_open(struct cx *cx, const struct config *config, unsigned how, struct house *out)
	CHECKED;
/* What the store of that folder is opened with. */
struct store_options house_store(struct cx *cx, const struct config *config);
bool house_exists(struct cx *cx, const struct config *config); /* is there something to open? */
void house_close(struct cx *cx, struct house *house);

/* Nobody else serves this database, or puts another one in its place, until house_unlock here and
 * in the processes that were forked since, or until they ended, however they did.  E_CONFLICT, and
 * who it is, where somebody has it and does not end within wait_ms.  A server of databases serves
 * many: then *out is -1. */
bool house_lock(struct cx *cx, const struct config *config, const char *command, int64_t wait_ms,
		int *out) CHECKED;
void house_unlock(const int *lock); /* of -1: nothing */

/* For `return`: 0, or the exit code of cx->err. */
int command_done(struct cx *cx, bool ok);

int run_serve(struct cx *cx, struct args *args); /* serve.c */
int run_web(struct cx *cx, struct args *args);
int run_work(struct cx *cx, struct args *args);
int run_demo(struct cx *cx, struct args *args);     /* demo_command.c */
int run_user_add(struct cx *cx, struct args *args); /* people.c */
int run_user_list(struct cx *cx, struct args *args);
int run_user_password(struct cx *cx, struct args *args);
int run_token_create(struct cx *cx, struct args *args);
int run_token_revoke(struct cx *cx, struct args *args);
int run_undo(struct cx *cx, struct args *args); /* care.c */
int run_check(struct cx *cx, struct args *args);
int run_reindex(struct cx *cx, struct args *args);
int run_erase(struct cx *cx, struct args *args);
int run_set(struct cx *cx, struct args *args);
int run_import(struct cx *cx, struct args *args); /* exchange.c */
int run_export(struct cx *cx, struct args *args);
int run_dump(struct cx *cx, struct args *args); /* copies.c */
int run_move(struct cx *cx, struct args *args);
int run_backup(struct cx *cx, struct args *args); /* backup.c */
int run_restore(struct cx *cx, struct args *args);
int run_routes(struct cx *cx, struct args *args); /* tables.c */
int run_settings(struct cx *cx, struct args *args);
int run_errors(struct cx *cx, struct args *args);
int run_jobs(struct cx *cx, struct args *args);
int run_reference(struct cx *cx, struct args *args); /* reference.c */
int run_model(struct cx *cx, struct args *args);
int run_model_check(struct cx *cx, struct args *args);
int run_model_apply(struct cx *cx, struct args *args);
int run_test_sql(struct cx *cx, struct args *args); /* test_sql.c */
int run_version(struct cx *cx, struct args *args);
int run_help(struct cx *cx, struct args *args);

#endif
