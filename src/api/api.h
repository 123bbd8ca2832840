/* Inside api/: what the handlers of the REST interface share. */
#ifndef KONTOR_API_API_H
#define KONTOR_API_API_H

#include "base/feature.h"
#include "http/http.h"
#include "record/record.h"

#include <jansson.h>

enum {
	API_BODY_MAX = 16 << 20,
	BATCH_MAX = 10000,
	API_HISTORY_MAX = 1000,
	API_IMPORT_MAX = 21 << 20,
};

/* ---- out ---- */

/* One record as JSON: the fields that were loaded, in the order of the model. */
void api_record(const struct row *row, struct buf *out);
/* The record as the actor may see it, after a write in this unit; with its ETag. */
bool api_reply_record(struct cx *cx, struct reply *r, const struct change *c) CHECKED;
void api_id(int64_t id, struct buf *out); /* "12" in quotes; null for 0 */
void api_time(int64_t ms, struct buf *out);
void api_text(struct str text, struct buf *out); /* a JSON string; null when empty */
void api_changes(const struct change_rows *rows, struct buf *out); /* a JSON array */
void api_conflicts(const struct conflicts *conflicts, struct buf *out);

/* The refusal of an undo with what stands in the way; abandons the work. */
bool api_reply_conflicts(struct cx *cx, struct reply *r, const struct conflicts *conflicts) CHECKED;
void api_reply_undone(struct reply *r, int64_t changeset, const struct conflicts *conflicts);

/* ---- in ---- */

/* The body as a JSON object; an empty body gives an empty one.  Released by api_body_free. */
bool api_body(struct cx *cx, const struct request *q, json_t **out) CHECKED;
void api_body_free(json_t **json);
/* Set the fields of a change from a JSON object; unknown ones are errors, all are told at once. */
bool api_set_fields(struct cx *cx, struct change *c, const json_t *json) CHECKED;
/* The object (or face) and the record that the path names. */
bool api_object(struct cx *cx, const struct request *q, const struct object **object,
		const struct face **face) CHECKED;
bool api_path(struct cx *cx, const struct request *q, const struct object **object, int64_t *id)
	CHECKED;
/* Is the record one of the face that the path names? */
bool api_in_face(struct cx *cx, const struct request *q, const struct row *row) CHECKED;
/* Refuse names in the query that this address does not know. */
bool api_query_only(struct cx *cx, const struct request *q, const char *const *known) CHECKED;
bool api_where(struct cx *cx, const struct request *q, const struct object *object,
	       const struct cond **out) CHECKED;

/* Run a handler's work in one changeset, honouring Idempotency-Key.  `run` writes the answer. */
bool api_work(struct cx *cx, struct request *q, struct reply *r, const char *why,
	      bool (*run)(struct cx *cx, struct request *q, struct reply *r)) CHECKED;

/* For http_options.problem_more: ",\"current\":{…}" of E_STALE. */
void api_problem_more(struct cx *cx, const struct request *q, struct buf *out);

/* handlers, by file */
http_handle api_quote_pdf, api_quote_revise, api_quote_link, api_quote_unlink;
http_handle api_quote_approval, api_quote_proposals;
http_handle api_handover, api_handover_csv, api_handover_set; /* order.c */    /* quote.c */
http_handle api_overview, api_dossier;                                         /* overview.c */
http_handle api_list, api_get, api_create, api_patch, api_delete, api_restore; /* records.c */
http_handle api_batch;                                                         /* batch.c */
http_handle api_bulk, api_bulks, api_bulk_get, api_bulk_undo, api_bulk_stop;   /* bulk.c */
http_handle api_notices, api_notice_mark, api_notices_mark_all;                /* notice.c */
http_handle api_search, api_aggregate;                                         /* find.c */
http_handle api_log, api_history, api_changeset, api_undo;                     /* changes.c */
http_handle api_merge, api_unmerge, api_twins;                                 /* merge.c */
http_handle api_imports, api_import_upload, api_import_get, api_import_preview, api_import_errors,
	api_import_check, api_import_cells, api_import_run, api_import_undo,
	api_import_drop; /* import.c
			  */
http_handle api_today, api_snooze, api_done, api_busy, api_cadence_preview,
	api_recurrence; /* agenda.c
			 */
extern const char AGENDA_SCHEMAS[];
http_handle api_openapi; /* openapi.c */

extern const struct feature feature_api;

#endif
