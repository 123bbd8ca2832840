#include "api/api.h"

static const struct route routes[] = {
	{ V_GET, "/api/v1/{object}", NEED_READ, NULL, api_list,
	  .purpose = "list, filter, sort, page" },
	{ V_POST, "/api/v1/{object}", NEED_EDIT, NULL, api_create, .purpose = "create a record" },
	{ V_GET, "/api/v1/{object}/{id}", NEED_READ, NULL, api_get,
	  .purpose = "one record, also as of a moment" },
	{ V_PATCH, "/api/v1/{object}/{id}", NEED_EDIT, NULL, api_patch,
	  .purpose = "change fields" },
	{ V_DELETE, "/api/v1/{object}/{id}", NEED_EDIT, NULL, api_delete,
	  .purpose = "move to the trash" },
	{ V_POST, "/api/v1/{object}/{id}/restore", NEED_EDIT, NULL, api_restore,
	  .purpose = "take out of the trash" },
	{ V_GET, "/api/v1/{object}/{id}/history", NEED_READ, NULL, api_history,
	  .purpose = "changes of a record" },
	{ V_POST, "/api/v1/{object}/{id}/merge", NEED_EDIT, NULL, api_merge,
	  .purpose = "merge others into this" },
	{ V_POST, "/api/v1/merges/{id}/undo", NEED_EDIT, NULL, api_unmerge,
	  .purpose = "take a merge apart" },
	{ V_POST, "/api/v1/batch", NEED_EDIT, NULL, api_batch, .slow = true,
	  .body_max_bytes = API_BODY_MAX, .purpose = "many operations at once" },
	{ V_GET, "/api/v1/search", NEED_READ, NULL, api_search,
	  .purpose = "full text over all objects" },
	{ V_GET, "/api/v1/aggregate/{object}", NEED_READ, NULL, api_aggregate,
	  .purpose = "counts and sums by group" },
	{ V_GET, "/api/v1/changes", NEED_READ, NULL, api_log, .purpose = "the log, by cursor" },
	{ V_GET, "/api/v1/changesets/{id}", NEED_READ, NULL, api_changeset,
	  .purpose = "one changeset" },
	{ V_POST, "/api/v1/changesets/{id}/undo", NEED_EDIT, NULL, api_undo,
	  .purpose = "undo a changeset" },
	{ V_GET, "/api/openapi.json", NEED_PUBLIC, NULL, api_openapi,
	  .purpose = "this interface, as OpenAPI 3.1" },
	{ 0 }
};

const struct feature feature_api = { .name = "api", .routes = routes };
