#include "http/internal.h"

#include <stdatomic.h>

#include "base/heap.h"
#include "db/db.h"
#include "http/asset.h"
#include "record/record.h"

enum {
	MEM_MAX = 64 << 20,
	IDENTITIES = 4096,
	RATE_PLACES = 32768,
	ADDRESS_TRIES = 10, /* so many names from one address as tries for one name */
	THREADS_MAX = 256,
	CONNECTIONS_MAX = 60000,
	SECONDS_MAX = 86400,
};

#define US_PER_S ((int64_t)1000000)

/* ---- settings ---- */

static int
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > 64 ? 64 : (int)n;
}

static void
or_int(int *value, int otherwise)
{
	if (!*value)
		*value = otherwise;
}

static void
or_int64(int64_t *value, int64_t otherwise)
{
	if (!*value)
		*value = otherwise;
}

static void
or_size(size_t *value, size_t otherwise)
{
	if (!*value)
		*value = otherwise;
}

static struct str
or_text(struct arena *mem, struct str value, const char *otherwise)
{
	return str_dup(mem, value.n ? value : str_of(otherwise));
}

static void
defaults_set(struct arena *mem, struct http_options *o)
{
	o->listen = or_text(mem, o->listen, "127.0.0.1:8080");
	o->public_url = or_text(mem, o->public_url, "");
	o->proxies = or_text(mem, o->proxies, "");
	o->operators = or_text(mem, o->operators, "127.0.0.0/8 ::1 unix");
	o->spool_dir = or_text(mem, o->spool_dir, "/tmp");
	or_int(&o->threads, cores());
	or_int(&o->workers, 16);
	or_int(&o->slow_workers, 4);
	or_int(&o->connections, 1000);
	or_int(&o->idle_s, 30);
	or_int(&o->stop_s, 20);
	or_size(&o->memory_max_bytes, CX_MEM_DEFAULT);
	or_size(&o->gzip_min_bytes, 2048);
	or_int64(&o->session_idle_s, 8 * 3600);
	or_int64(&o->session_max_s, 7 * 86400);
	or_int64(&o->recheck_ms, 2000);
	or_int64(&o->rate_per_minute, 12000);
	or_int64(&o->rate_burst, 2000);
	or_int64(&o->rate_public_per_minute, 1200);
	or_int64(&o->rate_public_burst, 300);
	or_int64(&o->sign_in_tries, 10);
	or_int64(&o->sign_in_window_s, 900);
	or_int(&o->password_checks, 2);
	if (!o->password_cost.passes)
		o->password_cost = HTTP_PASSWORD_COST;
	if (!o->actor_load)
		o->actor_load = actor_load;
}

static bool
within(struct cx *cx, const char *name, int64_t value, int64_t max)
{
	if (value >= 1 && value <= max)
		return true;
	return fail(cx, E_INPUT, "The setting http.%s must be from 1 to %lld", name,
		    (long long)max);
}

static bool
settings_check(struct cx *cx, const struct http_options *o)
{
	const struct {
		const char *name;
		int64_t value, max;
	} all[] = {
		{ "threads", o->threads, THREADS_MAX },
		{ "workers", o->workers, THREADS_MAX },
		{ "slow_workers", o->slow_workers, THREADS_MAX },
		{ "connections", o->connections, CONNECTIONS_MAX },
		{ "idle_s", o->idle_s, SECONDS_MAX },
		{ "stop_s", o->stop_s, SECONDS_MAX },
		{ "session_idle_s", o->session_idle_s, INT32_MAX },
		{ "session_max_s", o->session_max_s, INT32_MAX },
		{ "recheck_ms", o->recheck_ms, INT32_MAX },
		{ "sign_in_tries", o->sign_in_tries, INT16_MAX },
		{ "sign_in_window_s", o->sign_in_window_s, SECONDS_MAX },
		{ "password_checks", o->password_checks, THREADS_MAX },
	};

	for (size_t i = 0; i < countof(all); i++)
		if (!within(cx, all[i].name, all[i].value, all[i].max))
			return false;
	return true;
}

/* "https://crm.example.com/x" → "https://crm.example.com" */
static bool
origin_set(struct http *http, struct cx *cx)
{
	struct str url = http->options.public_url, rest = url, host;
	size_t at;

	if (!url.n)
		return true;
	http->is_https = str_starts(url, S("https://"));
	if (!str_find(url, S("://"), &at) || (!http->is_https && !str_starts(url, S("http://"))))
		return fail(cx, E_INPUT,
			    "The setting http.public_url must begin with https:// or http://");
	rest = str_from(url, at + 3);
	host = str_cut(&rest, '/');
	http->origin = str_first(url, at + 3 + host.n);
	return host.n > 0 || fail(cx, E_INPUT, "The setting http.public_url must name a host");
}

static bool
networks_set(struct http *http, struct cx *cx)
{
	if (!networks_parse(http->options.proxies, &http->proxies))
		return fail(cx, E_INPUT,
			    "The setting http.proxies must be a list of networks such as "
			    "10.0.0.0/8 ::1");
	if (!networks_parse(http->options.operators, &http->operators))
		return fail(cx, E_INPUT,
			    "The setting http.operators must be a list of networks such as "
			    "127.0.0.0/8 ::1");
	return true;
}

static bool
routes_set(struct http *http, struct cx *cx)
{
	struct http_options *o = &http->options;
	struct str fault = http_routes_check(cx->mem, o->routes, o->n_routes);
	const struct route **lists = new_array(http->mem, o->n_routes, const struct route *);

	if (fault.n)
		return fail(cx, E_BUG, "%.*s", STR_FMT(fault));
	for (size_t i = 0; i < o->n_routes; i++)
		lists[i] = o->routes[i];
	o->routes = lists;
	http->routes = routes_build(http->mem, o->routes, o->n_routes);
	while (route_at(o->routes, o->n_routes, http->n_routes))
		http->n_routes++;
	return true;
}

/* ---- making ---- */

static void
tables_make(struct http *http)
{
	const struct http_options *o = &http->options;
	int64_t interval_us = o->sign_in_window_s * US_PER_S / o->sign_in_tries;

	http->rates = rate_table_new(http->env, RATE_PLACES);
	http->rate_person = rate_per_minute(o->rate_per_minute, o->rate_burst);
	http->rate_address = rate_per_minute(o->rate_public_per_minute, o->rate_public_burst);
	http->rate_sign_in = (struct rate){ interval_us, o->sign_in_tries };
	http->rate_sign_in_address =
		(struct rate){ interval_us / ADDRESS_TRIES, o->sign_in_tries * ADDRESS_TRIES };
	http->identities = identity_cache_new(IDENTITIES);
	http->passwords = gate_new(o->password_checks);
	http->metrics = metrics_new(http->n_routes);
	http->deflaters =
		deflaters_new((size_t)o->threads + (size_t)o->workers + (size_t)o->slow_workers);
	http->assets = assets_new();
	http->env->random(http->env, &http->id_seed, sizeof http->id_seed);
}

static void
http_free(struct http **at)
{
	struct http *http = *at;

	if (http->rates) {
		rate_table_free(&http->rates);
		identity_cache_free(&http->identities);
		gate_free(&http->passwords);
		metrics_free(&http->metrics);
		shelf_free(&http->deflaters);
		assets_free(&http->assets);
	}
	pthread_mutex_destroy(&http->running_lock);
	arena_free(&http->mem);
	heap_free(http);
	*at = NULL;
}

size_t
http_settings(const struct request *q, const struct http_setting **out)
{
	*out = q->http->options.settings;
	return q->http->options.n_settings;
}

bool
http_new(struct cx *cx, const struct http_options *options, struct http **out)
{
	struct http *http = heap_new(sizeof *http);

	http->mem = arena_new(MEM_MAX);
	http->options = *options;
	http->env = cx->env;
	http->db = cx->db;
	http->store = cx->store;
	pthread_mutex_init(&http->running_lock, NULL);
	defaults_set(http->mem, &http->options);
	if (!settings_check(cx, &http->options) || !origin_set(http, cx) ||
	    !networks_set(http, cx) || !routes_set(http, cx)) {
		http_free(&http);
		return false;
	}
	tables_make(http);
	*out = http;
	return true;
}

bool
http_start(struct cx *cx, const struct http_options *options, struct http **out)
{
	struct http *http;

	if (!http_new(cx, options, &http))
		return false;
	if ((http->store && !hub_start(http, cx, &http->hub)) ||
	    !listener_start(http, cx, &http->listener) ||
	    (http->db && !keeper_start(http, cx, &http->keeper))) {
		if (!http_stop(&http))
			bug(cx, "a server that did not start still runs");
		return false;
	}
	*out = http;
	return true;
}

bool
http_stop(struct http **at)
{
	struct http *http = *at;

	if (!http)
		return true;
	hub_close(http->hub);
	if (http->listener && !listener_stop(&http->listener))
		return false;
	hub_stop(&http->hub);
	keeper_stop(&http->keeper);
	http_free(at);
	return true;
}

int
http_port(const struct http *http)
{
	return http->listener ? listener_port(http->listener) : 0;
}

void
dispatch_done(struct http *http, struct cx *cx, const struct request *q, const struct reply *r,
	      int64_t us)
{
	metrics_count(http->metrics, q->route ? q->route_number : http->n_routes, r->status, us,
		      reply_bytes(r));
	http_log_request(http, cx, q, r, us);
}
