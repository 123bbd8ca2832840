#include "main/features.h"

#include <stddef.h>

#include "api/api.h"
#include "app/features.h"
#include "app/intake.h"
#include "data/merge.h"
#include "flow/bulk.h"
#include "flow/notice.h"
#include "http/feature.h"
#include "web/admin.h"
#include "web/figures.h"
#include "web/import.h"
#include "web/web.h"
#include "web/welcome.h"

/* clang-format off */
const struct feature *const FEATURES[] = {
	&feature_http,
	&feature_api,
	&feature_bulk,
	&feature_merge,
	&feature_notice,
	&feature_intake,
	&feature_web,
	&feature_admin,
	&feature_reports,
	&feature_welcome,
	&feature_import,
	&feature_sample,
	&feature_party,
	&feature_membership,
	&feature_reach,
	&feature_care,
	&feature_bank,
	&feature_deal,
	&feature_process,
	&feature_relation,
	&feature_task,
	&feature_appointment,
	&feature_cadence,
	&feature_target,
	&feature_quote,
	&feature_quote_follow,
	&feature_approval,
	&feature_progress,
	&feature_quote_link,
	&feature_quote_words,
	&feature_quote_escalate,
	&feature_quote_answer,
	&feature_inquiry,
	NULL,
};
/* clang-format on */
