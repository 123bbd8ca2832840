#include "main/command.h"

/* clang-format off */
const struct command COMMANDS[] = {
	{ "serve", "--data DIR [--listen 127.0.0.1:8080] [--db postgres://…]",
	  "Serve the data folder; made when absent.", "", 0, 0, run_serve },
	{ "web", "--db postgres://… [--listen …]", "One node that answers requests.", "", 0, 0, run_web },
	{ "work", "--db postgres://…", "One node that runs jobs and follows the log.", "", 0, 0, run_work },
	{ "demo", "--data DIR [--parties N]", "Make the demonstration company.", "parties", 0, 0, run_demo },
	{ "user add", "NAME --role ROLE[,ROLE] [--password-stdin] [--name …] [--email …] [--team …] [--unit …]",
	  "Add a user; prints his id.", "role password_stdin! name email team unit", 1, 1, run_user_add },
	{ "user list", "", "All users: id, sign-in name, name.", "", 0, 0, run_user_list },
	{ "user password", "NAME --password-stdin", "Set a user's password.", "password_stdin!", 1, 1, run_user_password },
	{ "token create", "--user NAME [--scope \"read write\"] [--name …] [--days N]",
	  "Make an API token; prints it once.", "user scope name days", 0, 0, run_token_create },
	{ "token revoke", "ID", "Make a token invalid.", "", 1, 1, run_token_revoke },
	{ "import", "[OBJECT] FILE [--map FILE] [--dry-run] [--format json]",
	  "Make records of a file's rows (- is standard input); prints what became of them, and the changeset for undo.",
	  "map dry_run! format", 1, 2, run_import },
	{ "undo", "CHANGESET [--force]", "Take a changeset back; prints the new one.", "force!", 1, 1, run_undo },
	{ "check", "", "Verify the log's chain and every invariant; prints findings or ok.", "", 0, 0, run_check },
	{ "erase", "OBJECT ID", "Erase a data subject for good.", "", 2, 2, run_erase },
	{ "set", "NAME [VALUE]", "Read or set a setting kept in the database.", "", 1, 2, run_set },
	{ "model", "", "The model as text.", "", 0, 0, run_model },
	{ "model check", "FILE", "Check a model text; tells what it would change.", "", 1, 1, run_model_check },
	{ "model apply", "FILE", "Make a model text the custom part of the model.", "", 1, 1, run_model_apply },
	{ "routes", "", "All addresses that are answered.", "", 0, 0, run_routes },
	{ "jobs", "[--dead] [--revive ID|all]", "Kinds of jobs, and those that wait; revive dead ones.",
	  "dead! revive", 0, 0, run_jobs },
	{ "settings", "", "All settings: name, environment, default, purpose.", "", 0, 0, run_settings },
	{ "errors", "", "All errors: name, HTTP status, exit code.", "", 0, 0, run_errors },
	{ "test-sql", "", "Let the database check the statements on standard input (lines FILE:LINE, tab, SQL).",
	  "", 0, 0, run_test_sql },
	{ "version", "", "The program's version.", "", 0, 0, run_version },
	{ "help", "", "This list.", "", 0, 1, run_help },
	{ 0 }
};
/* clang-format on */
