/* Inside web/: the editor of sales processes. */
#ifndef KONTOR_WEB_PROCESS_H
#define KONTOR_WEB_PROCESS_H

#include "web/admin.h"

enum { PROCESS_PIPELINES_MAX = 50, PROCESS_STAGES_MAX = LIMIT_MAX };

/* Fields of a stage and of a pipeline that the editor shows, in their order; end with NULL. */
extern const char *const PROCESS_STAGE_FIELDS[], *const PROCESS_PIPELINE_FIELDS[];

struct process {
	const struct object *pipeline, *stage, *deal;
	struct rows pipelines, stages; /* stages by their position */
	const struct form *typed;      /* of a form that could not be saved, or NULL */
	const struct err *err;
	int64_t typed_id, wrong_id; /* whose form it is; the stage at fault, 0: another */
	const struct object *wrong; /* what that is about: a stage, a pipeline, or NULL */
};

/* E_FORBIDDEN for those who may not change stages. */
bool process_open(struct cx *cx, struct process *out) CHECKED;
bool process_read(struct cx *cx, struct process *process) CHECKED;
/* What a form says of one record, by the names of its fields: "name-12" of the key "12". */
struct form process_part(struct cx *cx, const struct form *form, const char *const *fields,
			 struct str key);
bool process_page(struct cx *cx, struct request *q, struct reply *r, const struct process *process)
	CHECKED;

#endif
