/* The business rules, one feature a file. */
#ifndef KONTOR_APP_FEATURES_H
#define KONTOR_APP_FEATURES_H

struct feature;
extern const struct feature feature_party, feature_deal, feature_process, feature_relation,
	feature_quote, feature_quote_follow, feature_quote_link, feature_quote_words,
	feature_quote_escalate, feature_quote_answer, feature_task, feature_membership,
	feature_reach, feature_care, feature_bank;
extern const struct feature feature_appointment, feature_cadence, feature_target, feature_inquiry;
extern const struct feature feature_approval, feature_progress;

#endif
