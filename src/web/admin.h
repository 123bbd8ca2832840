/* Inside web/: administration in the browser. */
#ifndef KONTOR_WEB_ADMIN_H
#define KONTOR_WEB_ADMIN_H

#include "web/web.h"

enum { MODEL_TEXT_BYTES = 1 << 20 };

/* ---- admin_text.c: the custom text of the model, line by line ---- */

/* The text with a statement (lines, the first without indentation) put below `extend OBJECT`. */
struct str model_text_add(struct cx *cx, struct str text, struct str object, struct str lines);
/* The text with this as the one unconditional grant of the role on the object; empty: none. */
struct str model_text_grant(struct cx *cx, struct str text, struct str object, struct str role,
			    struct str grant);
/* A quoted text. */
void model_quote(struct buf *out, struct str text);
/* "Große Deals" → "x_grosse_deals"; empty where nothing is left of it. */
struct str model_name(struct cx *cx, struct str label);

/* ---- admin_field.c ---- */

/* A field that somebody wants. */
struct own_field {
	struct str label, type;   /* type: as the model names it */
	struct str target;        /* of a link */
	struct str help, options; /* options: one a line */
	bool required, personal;
};
/* Its lines in the model.  E_INPUT where nothing can be made of the label. */
bool model_field_lines(struct cx *cx, const struct object *object, const struct own_field *own,
		       struct buf *out) CHECKED;
/* "Whole number". */
struct str model_type_label(const struct cx *cx, enum field_type type);

/* ---- admin_model.c ---- */

/* The page that shows a text with what it would change, or what is wrong with it. */
bool model_page(struct cx *cx, struct request *q, struct reply *r, struct str text) CHECKED;

/* ---- handlers ---- */

http_handle admin_home, admin_jobs, admin_revive, admin_changes, admin_settings, admin_set;
http_handle admin_model, admin_model_post, admin_model_download, admin_object, admin_field,
	admin_new_object, admin_model_version;
http_handle admin_pipelines, admin_pipeline_new, admin_pipeline_save, admin_pipeline_remove,
	admin_pipeline_removed;
http_handle admin_roles, admin_role, admin_role_post, admin_role_copy;
http_handle admin_invite, admin_invite_post, admin_once, web_password, web_password_post;
http_handle admin_access, admin_session_end, admin_token_make, admin_token_revoke;

extern const struct feature feature_admin;

#endif
