/* Sample data: made by a job, so that whoever asks for them does not wait. */
#include "base/feature.h"
#include "base/i18n.h"
#include "flow/flow.h"
#include "main/demo.h"
#include "main/features.h"
#include "web/welcome.h"

enum { SAMPLE_PARTIES = 40, MADE_BYTES = 60 << 10, TRIES = 3, TIMEOUT_S = 120 };

static bool
sample_make(struct cx *cx, const struct job *job)
{
	struct buf made = buf_in(cx->mem, MADE_BYTES);
	struct str rest = job->body, who = str_cut(&rest, ' ');
	int64_t user;

	if (!str_int(who, 1, INT64_MAX, &user) || !lang_find(rest, &cx->lang))
		return fail(cx, E_INPUT, "Sample data need a user and a language");
	return sample_fill(cx, user, SAMPLE_PARTIES, &made) &&
	       setting_set(cx, S(SAMPLE_SETTING), buf_done(&made));
}

static const struct job_kind jobs[] = { { SAMPLE_JOB, .tries = TRIES, .timeout_s = TIMEOUT_S,
					  .run = sample_make,
					  .purpose = "sample data to try things with" },
					{ 0 } };

const struct feature feature_sample = { .name = "sample", .jobs = jobs };
