/* What the shipped objects can hold. */
#include "model/ids.h"

#include "base/test.h"
#include "model/type.h"

static int
setup(void **state)
{
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct snapshot *model = NULL;
	size_t n;
	struct model_text *texts = model_shipped(cx->mem, &n);

	if (!model_load(cx, texts, n, &model)) {
		print_error("%.*s\n", STR_FMT(cx->err.why));
		return 1;
	}
	cx->model = model;
	*state = cx;
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;
	struct arena *mem = cx->model->mem;

	arena_free(&mem);
	cx_free(&cx);
	return 0;
}

static const struct object *
object_of(void **state, unsigned index)
{
	const struct cx *cx = *state;

	return cx->model->objects[index];
}

static const struct field *
field_of(void **state, unsigned object, unsigned field)
{
	return object_of(state, object)->fields[field];
}

/* The field has these options, among others; names is "a b c". */
static void
assert_options(const struct field *field, const char *names)
{
	struct str rest = str_of(names);

	while (rest.n) {
		struct str name = str_cut(&rest, ' ');

		if (!option_find(field, name))
			fail_msg("%.*s has no option %.*s", STR_FMT(field->name), STR_FMT(name));
	}
}

static void
assert_set(const struct object *object, struct str name, const struct object *of)
{
	const struct reverse *set = reverse_find(object, name);

	if (!set || set->object != of)
		fail_msg("%.*s has no set %.*s", STR_FMT(object->name), STR_FMT(name));
}

static void
assert_type(const struct field *field, enum field_type type)
{
	assert_string_equal(TYPES[field->type].name, TYPES[type].name);
}

static void
test_lifecycle(void **state)
{
	const struct field *stage = field_of(state, PARTY, PARTY_STAGE);

	assert_options(stage, "prospect first_purchase repeat at_risk lost won_back");
	assert_int_equal(stage->n_options, 6);
	assert_str(stage->initial.s, "prospect");
}

static void
test_addresses(void **state)
{
	const struct field *type = field_of(state, ADDRESS, ADDRESS_TYPE);

	assert_set(object_of(state, PARTY), S("addresses"), object_of(state, ADDRESS));
	assert_type(type, FT_ENUM);
	assert_true(type->n_options > 2);
	assert_type(field_of(state, ADDRESS, ADDRESS_VALID_FROM), FT_DATE);
	assert_type(field_of(state, ADDRESS, ADDRESS_VALID_UNTIL), FT_DATE);
}

static void
test_contact_points(void **state)
{
	assert_set(object_of(state, PARTY), S("contact_points"), object_of(state, CONTACT_POINT));
	assert_options(field_of(state, CONTACT_POINT, CONTACT_POINT_TYPE),
		       "email phone mobile fax web social messenger");
	assert_type(field_of(state, CONTACT_POINT, CONTACT_POINT_PREFERRED), FT_BOOL);
	assert_type(field_of(state, PARTY, PARTY_PREFERRED_CHANNEL), FT_ENUM);
}

static void
test_history(void **state)
{
	assert_set(object_of(state, PARTY), S("activities"), object_of(state, ACTIVITY));
	assert_options(field_of(state, ACTIVITY, ACTIVITY_KIND),
		       "call meeting visit letter fax email message social note");
	assert_true(object_of(state, ACTIVITY)->features & FEATURE_TIMELINE);
}

static void
test_lost_deals(void **state)
{
	assert_ptr_equal(field_of(state, DEAL, DEAL_COMPETITOR)->target,
			 object_of(state, COMPETITOR));
	assert_ptr_equal(field_of(state, DEAL, DEAL_LOSS_REASON)->target,
			 object_of(state, LOSS_REASON));
	assert_true(option_find(field_of(state, DEAL, DEAL_OUTCOME), S("lost"))->final);
	assert_set(object_of(state, COMPETITOR), S("deals"), object_of(state, DEAL));
}

static void
test_orders(void **state)
{
	const struct field *order_state = field_of(state, ORDER, ORDER_STATE);

	assert_set(object_of(state, PARTY), S("orders"), object_of(state, ORDER));
	assert_false(option_find(order_state, S("open"))->final);
	assert_true(option_find(order_state, S("done"))->final);
	assert_ptr_equal(object_of(state, ORDER_LINE)->parent->target, object_of(state, ORDER));
}

static void
test_all_parties(void **state)
{
	const struct field *roles = field_of(state, PARTY, PARTY_ROLES);

	assert_type(roles, FT_TAGS);
	assert_options(roles, "prospect customer partner supplier competitor employee press");
}

static void
test_resubmission(void **state)
{
	assert_type(field_of(state, TASK, TASK_RESUBMIT_ON), FT_DATE);
	assert_non_null(view_find(object_of(state, TASK), S("filter"), S("resubmission"))->when);
}

static void
test_any_relation(void **state)
{
	assert_type(field_of(state, RELATION, RELATION_FROM), FT_ANY);
	assert_type(field_of(state, RELATION, RELATION_TO), FT_ANY);
	assert_type(field_of(state, RELATION, RELATION_STRENGTH), FT_PERCENT);
	assert_type(field_of(state, RELATION, RELATION_VALID_UNTIL), FT_DATE);
}

/* Of all fields there are, only a user's sign-in name must be given. */
static void
test_hardly_anything_is_required(void **state)
{
	const struct cx *cx = *state;

	for (unsigned i = 0; i < cx->model->n_objects; i++)
		for (unsigned j = 0; j < cx->model->objects[i]->n_fields; j++) {
			const struct field *field = cx->model->objects[i]->fields[j];

			if (field->required && field != field_of(state, USER, USER_LOGIN))
				fail_msg("%.*s.%.*s is required", STR_FMT(field->object->name),
					 STR_FMT(field->name));
		}
}

static void
test_consent(void **state)
{
	assert_set(object_of(state, PARTY), S("consents"), object_of(state, CONSENT));
	assert_options(field_of(state, CONSENT, CONSENT_STATE), "given withdrawn pending");
	assert_options(field_of(state, CONSENT, CONSENT_LEGAL_BASIS),
		       "consent contract legitimate_interest legal_obligation");
}

/* Every role but the administrator's has its grants; only he and the management delete everything.
 */
static void
test_grants(void **state)
{
	const struct cx *cx = *state;
	const struct object *party = object_of(state, PARTY);
	const struct role *portal = role_find(cx->model, S("portal"));

	assert_true(role_find(cx->model, S("admin"))->is_admin);
	for (unsigned i = 0; i < party->n_grants; i++) {
		const struct grant *grant = &party->grants[i];

		assert_true(&cx->model->roles[grant->role] != portal);
		if (grant->may[OP_DELETE] == SCOPE_ALL)
			assert_str(cx->model->roles[grant->role].name, "management");
		if (str_eq(cx->model->roles[grant->role].name, S("readonly")))
			assert_true(!grant->may[OP_CREATE] && !grant->may[OP_EDIT] &&
				    !grant->may[OP_DELETE] && !grant->may[OP_EXPORT]);
	}
}

/* A set is read through its link, so every such link has an index. */
static void
test_sets_have_an_index(void **state)
{
	const struct cx *cx = *state;

	for (unsigned i = 0; i < cx->model->n_objects; i++) {
		const struct object *object = cx->model->objects[i];

		for (unsigned j = 0; j < object->n_reverses; j++) {
			const struct field *link = object->reverses[j].field;

			if (link->type == FT_ONE && !link->indexed)
				fail_msg("%.*s.%.*s is not indexed", STR_FMT(link->object->name),
					 STR_FMT(link->name));
		}
	}
}

#define PROOF(title, function)                         \
	{                                              \
		title, function, setup, teardown, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROOF("GEN-02 every party has a stage of the lifecycle", test_lifecycle),
		PROOF("DAT-01 addresses are many, typed, and valid from and until", test_addresses),
		PROOF("DAT-02 every way to reach a party, and the preferred one",
		      test_contact_points),
		PROOF("DAT-03 the history knows every kind of contact", test_history),
		PROOF("DAT-09 a lost deal knows its competitor and its reason", test_lost_deals),
		PROOF("DAT-10 orders are current or completed", test_orders),
		PROOF("DAT-23 a party may be customer, partner, supplier and more",
		      test_all_parties),
		PROOF("OP-29 a task comes back on its day", test_resubmission),
		PROOF("XRM-01 anything is related to anything", test_any_relation),
		PROOF("DQ-01 hardly anything is required", test_hardly_anything_is_required),
		PROOF("PRV-09 a consent has its legal basis", test_consent),
		PROOF("the portal sees no parties, readers change none", test_grants),
		PROOF("every set has an index", test_sets_have_an_index),
	};

	return cmocka_run_group_tests_name("model/shipped", tests, NULL, NULL);
}
