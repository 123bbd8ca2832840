#include "model/check.h"

enum { WORD_SHOWN_MAX = 60 };

static const char *const OPERATIONS[OP__MAX] = { "read", "create", "edit", "delete", "export" };
static const char *const SCOPES[] = { "none", "own", "team", "unit", "all" };

const char *
operation_name(enum operation operation)
{
	return OPERATIONS[operation];
}

const char *
scope_name(enum scope scope)
{
	return SCOPES[scope];
}

/* A scope looks at a link that the object must have, of its own or through its parent.  Without an
 * owner, own is who made the record. */
static bool
scope_has_link(const struct object *object, enum scope scope)
{
	for (int i = 0; object && i <= PARENTS_MAX; i++) {
		if (scope == SCOPE_ALL || scope == SCOPE_OWN ||
		    (scope == SCOPE_TEAM && object->team) || (scope == SCOPE_UNIT && object->unit))
			return true;
		object = object->parent ? object->parent->target : NULL;
	}
	return false;
}

static void
grant_scope(struct check *c, struct statement *st, const struct word *word, enum scope *out)
{
	struct hint hint = hint_for(word->text);

	if (!word->key.n) {
		*out = SCOPE_ALL;
		return;
	}
	for (size_t i = SCOPE_OWN; i <= SCOPE_ALL; i++) {
		hint_offer(&hint, str_of(SCOPES[i]));
		if (!str_eq_z(word->text, SCOPES[i]))
			continue;
		*out = (enum scope)i;
		if (!scope_has_link(c->object, (enum scope)i))
			check_error(c, st, "%.*s needs the statement %s in the object",
				    STR_FMT(str_first(word->raw, WORD_SHOWN_MAX)), SCOPES[i]);
		return;
	}
	check_error(c, st, "unknown scope: %.*s (own, team, unit or all)%s",
		    STR_FMT(str_first(word->text, WORD_SHOWN_MAX)),
		    hint_text(NULL, c->scratch, &hint));
}

static void
grant_fields(struct check *c, struct statement *st, struct str names, struct fieldset *out)
{
	while (names.n) {
		struct str name = str_cut(&names, ',');
		const struct field *field = check_field(c, st, name);

		if (field)
			fieldset_add(out, field->index);
	}
}

static void
grant_special(struct check *c, struct statement *st, struct str names, unsigned *out)
{
	while (names.n) {
		struct str name = str_cut(&names, ',');
		struct hint hint = hint_for(name);
		unsigned bit = 0;

		for (unsigned i = 1; i < SPECIAL__MAX; i++) {
			hint_offer(&hint, str_of(SPECIAL_NAMES[i]));
			if (str_eq_z(name, SPECIAL_NAMES[i]))
				bit = 1u << i;
		}
		if (!bit)
			check_error(c, st, "unknown category: %.*s%s",
				    STR_FMT(str_first(name, WORD_SHOWN_MAX)),
				    hint_text(NULL, c->scratch, &hint));
		*out |= bit;
	}
}

static void
grant_word(struct check *c, struct statement *st, const struct word *word, struct grant *grant)
{
	struct str name = word->key.n ? word->key : word->raw;
	struct hint hint = hint_for(name);

	for (size_t i = 0; i < OP__MAX; i++) {
		if (str_eq_z(name, OPERATIONS[i])) {
			if (grant->may[i])
				check_error(c, st, "%s stands twice", OPERATIONS[i]);
			grant_scope(c, st, word, &grant->may[i]);
			return;
		}
		hint_offer(&hint, str_of(OPERATIONS[i]));
	}
	if (str_eq(word->key, S("hide")))
		grant_fields(c, st, word->text, &grant->hidden);
	else if (str_eq(word->key, S("readonly")))
		grant_fields(c, st, word->text, &grant->readonly);
	else if (str_eq(word->key, S("special")))
		grant_special(c, st, word->text, &grant->special);
	else if (str_eq(word->key, S("when")))
		grant->when = check_condition(c, st, c->object, word->text, false);
	else
		check_error(c, st, "unknown right: %.*s%s",
			    STR_FMT(str_first(name, WORD_SHOWN_MAX)),
			    hint_text(NULL, c->scratch, &hint));
}

void
statement_grant(struct check *c, struct statement *st)
{
	const struct role *role = role_find(c->model, st->words[1].raw);
	struct object *object = c->object;
	struct grant grant = { 0 };
	struct hint hint = hint_for(st->words[1].raw);

	for (unsigned i = 0; i < c->model->n_roles; i++)
		hint_offer(&hint, c->model->roles[i].name);
	if (!role)
		check_error(c, st, "unknown role: %.*s%s",
			    STR_FMT(str_first(st->words[1].raw, WORD_SHOWN_MAX)),
			    hint_text(NULL, c->scratch, &hint));
	for (size_t i = 2; i < st->n_words; i++)
		grant_word(c, st, &st->words[i], &grant);
	if (!role)
		return;
	if (object->n_grants == GRANTS_MAX) {
		check_error(c, st, "more than %d grants of one object", GRANTS_MAX);
		return;
	}
	grant.role = (unsigned)(role - c->model->roles);
	object->grants = items_grow(c->mem, object->grants, object->n_grants, sizeof grant);
	object->grants[object->n_grants++] = grant;
}
