/* `kontor serve`: a supervisor that parses nothing, and the server as its child. */
#include "api/api.h"
#include "flow/flow.h"
#include "http/listen.h"
#include "http/server.h"
#include "main/command.h"
#include "main/features.h"
#include "web/web.h"
#include "web/welcome.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum {
	ROUTE_LISTS_MAX = 64,
	QUICK_DEATH_MS = 5000, /* a child that ends sooner than this counts as broken */
	QUICK_DEATHS_MAX = 5,
	PAUSE_MS = 500,
	WORKERS_OF_JOBS = 2,
	LOCK_WAIT_MS = 5000 /* the server before this one may still be ending */
};

/* ---- the server ---- */

static size_t
route_lists(const struct route *lists[ROUTE_LISTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; FEATURES[i] && n < ROUTE_LISTS_MAX; i++)
		if (FEATURES[i]->routes)
			lists[n++] = FEATURES[i]->routes;
	return n;
}

static bool
http_options_of(struct cx *cx, const struct config *config, int socket_fd,
		const struct route *const *lists, size_t n_lists, struct http_options *out)
{
	int64_t threads, workers;

	*out = (struct http_options){ .listen = config->listen,
				      .socket_fd = socket_fd,
				      .public_url = config->public_url,
				      .proxies = config->proxies,
				      .operators = config->operators,
				      .routes = lists,
				      .n_routes = n_lists,
				      .settings = config_show(cx, config),
				      .n_settings = SETTING__MAX,
				      .problem_more = api_problem_more,
				      .problem_page = page_problem };
	if (!config_int(cx, "threads", config->threads, 0, 1000, &threads) ||
	    !config_int(cx, "workers", config->workers, 1, 1000, &workers) ||
	    !config_int(cx, "rate_per_minute", config->rate_per_minute, -1, INT64_MAX / 2,
			&out->rate_per_minute))
		return false;
	out->threads = (int)threads;
	out->workers = (int)workers;
	if (out->rate_per_minute < 0)
		out->rate_public_per_minute = -1;
	return true;
}

static void
wait_for_end(const sigset_t *signals)
{
	int signal;

	while (sigwait(signals, &signal) || (signal != SIGTERM && signal != SIGINT))
		;
}

/* What a script waits for: one line on standard output when the server answers. */
static void
print_ready(const struct config *config, const struct http *http)
{
	struct str listen = config->listen;

	if (!http) {
		puts("kontor: ready to work");
	} else if (str_starts(listen, S("unix:"))) {
		printf("kontor: ready at %.*s\n", STR_FMT(listen));
	} else {
		while (listen.n && listen.p[listen.n - 1] != ':')
			listen.n--;
		printf("kontor: ready at http://%.*s%d\n", STR_FMT(listen), http_port(http));
	}
	fflush(stdout);
}

/* To who started it, on standard error: how to begin. */
static bool
print_welcome(struct cx *cx, const struct config *config, const struct http *http)
{
	struct str listen = config->listen, code;

	if (!http)
		return true;
	if (!welcome_open(cx, &code))
		return false;
	if (!code.n)
		return true;
	while (listen.n && listen.p[listen.n - 1] != ':')
		listen.n--;
	if (str_starts(config->listen, S("unix:")))
		fprintf(stderr, "kontor: nobody is here yet; begin at /welcome?code=%.*s\n",
			STR_FMT(code));
	else
		fprintf(stderr,
			"kontor: nobody is here yet; begin at http://%.*s%d/welcome?code=%.*s\n",
			STR_FMT(listen), http_port(http), STR_FMT(code));
	return true;
}

/* What a process does of the server's work. */
struct roles {
	bool web, work;
};

static int
serve_child(struct cx *cx, const struct config *config, const struct roles *roles, int socket_fd)
{
	const struct route *lists[ROUTE_LISTS_MAX];
	struct http_options options;
	struct house house = { 0 };
	struct http *http = NULL;
	struct flow *flow = NULL;
	sigset_t signals;
	bool ok;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	ok = house_open(cx, config, HOUSE_MAKE, &house) &&
	     http_options_of(cx, config, socket_fd, lists, route_lists(lists), &options) &&
	     (!roles->work || flow_start(cx, FEATURES, WORKERS_OF_JOBS, &flow)) &&
	     (!roles->web || http_start(cx, &options, &http)) && print_welcome(cx, config, http);
	if (ok) {
		print_ready(config, http);
		wait_for_end(&signals);
	}
	if (!http_stop(&http))
		_exit(1); /* a request still runs: nothing is taken from under it */
	flow_stop(&flow);
	house_close(cx, &house);
	return command_done(cx, ok);
}

/* ---- the supervisor ---- */

static pid_t
start_child(struct cx *cx, const struct config *config, const struct roles *roles, int socket_fd)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1); /* it died before its death would have been told */
	_exit(serve_child(cx, config, roles, socket_fd));
}

/* Wait for the child's end or a signal to us; true when we are to end. */
static bool
wait_child(pid_t child, const sigset_t *signals, int *status)
{
	for (;;) {
		int signal;

		if (waitpid(child, status, WNOHANG) == child)
			return false;
		if (sigwait(signals, &signal) || signal == SIGCHLD)
			continue;
		kill(child, SIGTERM);
		while (waitpid(child, status, 0) < 0 && errno == EINTR)
			;
		return true;
	}
}

static int
exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* A child that crashed is started again on the same socket; one that refused to start is not. */
static int
supervise(struct cx *cx, const struct config *config, const struct roles *roles, int socket_fd)
{
	int quick_deaths = 0, status = 0;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (;;) {
		int64_t started = cx->env->now_ms(cx->env);
		pid_t child = start_child(cx, config, roles, socket_fd);

		if (child < 0)
			return command_done(cx, fail(cx, E_IO, "Cannot start a process"));
		if (wait_child(child, &signals, &status))
			return exit_code(status);
		if (WIFEXITED(status))
			return exit_code(status);
		quick_deaths =
			cx->env->now_ms(cx->env) - started < QUICK_DEATH_MS ? quick_deaths + 1 : 0;
		fprintf(stderr, "kontor: the server ended by signal %d; it is started again\n",
			WTERMSIG(status));
		if (quick_deaths == QUICK_DEATHS_MAX)
			return command_done(
				cx, fail(cx, E_BUG, "The server ends as soon as it has started"));
		cx->env->wait_ms(cx->env, PAUSE_MS * quick_deaths);
	}
}

static int
run_roles(struct cx *cx, const struct args *args, struct roles roles)
{
	bool is_file = db_is_file(config_database(cx, &args->config));
	OWNED(house_unlock) int lock = -1;
	int socket_fd = -1;

	if (is_file && !(roles.web && roles.work))
		return command_done(cx, fail(cx, E_INPUT,
					     "Processes of their own need PostgreSQL: name it with "
					     "--db, or use `kontor serve`"));
	if (!house_lock(cx, &args->config, "serve", LOCK_WAIT_MS, &lock))
		return command_done(cx, false);
	if (roles.web && !listen_open(cx, args->config.listen, &socket_fd))
		return command_done(cx, false);
	return supervise(cx, &args->config, &roles, socket_fd);
}

int
run_serve(struct cx *cx, struct args *args)
{
	return run_roles(cx, args, (struct roles){ true, true });
}

int
run_web(struct cx *cx, struct args *args)
{
	return run_roles(cx, args, (struct roles){ .web = true });
}

int
run_work(struct cx *cx, struct args *args)
{
	return run_roles(cx, args, (struct roles){ .work = true });
}
