#include "web/web.h"

static const struct route routes[] = {
	{ V_GET, "/", NEED_SIGNED_IN, NULL, web_home, .purpose = "the first page" },
	{ V_GET, "/sign-in", NEED_PUBLIC, NULL, web_sign_in_form, .purpose = "form to sign in" },
	{ V_POST, "/sign-in", NEED_PUBLIC, NULL, web_sign_in, .csrf = true, .slow = true,
	  .purpose = "sign in" },
	{ V_POST, "/sign-out", NEED_SIGNED_IN, NULL, web_sign_out, .purpose = "end the session" },
	{ V_POST, "/preferences", NEED_SIGNED_IN, NULL, web_preferences,
	  .purpose = "the person's language, colours and row height" },
	{ V_GET, "/search", NEED_READ, NULL, web_search, .purpose = "search over all objects" },
	{ V_GET, "/search/hits", NEED_READ, NULL, web_hits,
	  .purpose = "what is found while one types" },
	{ V_GET, "/search/recent", NEED_READ, NULL, web_recent,
	  .purpose = "the titles of records one has looked at" },
	{ V_GET, "/quick/{object}", NEED_EDIT, NULL, web_quick,
	  .purpose = "the fields that a new record begins with" },
	{ V_GET, "/quick/{object}/same", NEED_EDIT, NULL, web_quick_same,
	  .purpose = "records that look like the one being made" },
	{ V_GET, "/{object}", NEED_READ, NULL, web_list, .purpose = "list" },
	{ V_GET, "/{object}/totals", NEED_READ, NULL, web_list_totals,
	  .purpose = "the totals of a list's columns" },
	{ V_GET, "/{object}/new", NEED_EDIT, NULL, web_new, .purpose = "form of a new record" },
	{ V_POST, "/{object}/new", NEED_EDIT, NULL, web_create, .purpose = "make a record" },
	{ V_GET, "/{object}/{id}", NEED_READ, NULL, web_record, .purpose = "one record" },
	{ V_GET, "/{object}/{id}/edit", NEED_EDIT, NULL, web_edit, .purpose = "form of a record" },
	{ V_POST, "/{object}/{id}/edit", NEED_EDIT, NULL, web_save, .purpose = "change a record" },
	{ V_POST, "/{object}/{id}/delete", NEED_EDIT, NULL, web_delete,
	  .purpose = "move to the trash" },
	{ V_POST, "/{object}/{id}/restore", NEED_EDIT, NULL, web_restore,
	  .purpose = "take out of the trash" },
	{ V_GET, "/{object}/{id}/history", NEED_READ, NULL, web_history,
	  .purpose = "changes of a record" },
	{ V_POST, "/changesets/{id}/undo", NEED_EDIT, NULL, web_undo,
	  .purpose = "undo a changeset" },
	{ 0 }
};

const struct feature feature_web = { .name = "web", .routes = routes };
