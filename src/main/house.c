#include "base/file.h"
#include "main/command.h"
#include "main/features.h"
#include "model/ids.h"

bool
house_exists(struct cx *cx, const struct config *config)
{
	return config->db.n || file_exists(cx, config_database(cx, config));
}

struct store_options
house_store(struct cx *cx, const struct config *config)
{
	struct store_options store = { .features = FEATURES,
				       .keyring = config_keyring(cx, config) };

	store.texts = model_shipped(cx->mem, &store.n_texts);
	return store;
}

bool
house_open(struct cx *cx, const struct config *config, unsigned how, struct house *out)
{
	struct db_options options = { 0 };
	struct store_options store = house_store(cx, config);
	struct str address = config_database(cx, config);
	int64_t connections;

	*out = (struct house){ 0 };
	if (!(how & HOUSE_MAKE) && !house_exists(cx, config))
		return fail(
			cx, E_MISSING,
			"There is no data folder %.*s; `kontor serve` or `kontor demo` makes it",
			STR_FMT(config->data));
	if (!config_int(cx, "connections", config->connections, 2, 1000, &connections) ||
	    !folder_make(cx, config->data, 0700))
		return false;
	options.connections = (int)connections;
	options.unsafe_no_sync = how & HOUSE_FAST;
	cx->zone = config->zone;
	if (!db_open(cx, address, options, &out->db))
		return false;
	cx->db = out->db;
	if (!store_open(cx, store, &out->store)) {
		db_close(&out->db);
		cx->db = NULL;
		return false;
	}
	cx->store = out->store;
	store_model(cx);
	cx->actor = actor_system(cx);
	return model_ids_check(cx, cx->model);
}

void
house_close(struct cx *cx, struct house *house)
{
	work_abandon(cx);
	db_rollback(cx);
	cx->store = NULL;
	cx->db = NULL;
	if (house->store)
		store_close(&house->store);
	if (house->db)
		db_close(&house->db);
}
