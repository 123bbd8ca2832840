/* The map of what was guessed or chosen, and back. */
#include "data/guess.h"

#include "base/fold.h"
#include "data/lookup.h"

/* ---- writing ---- */

static void
write_form(const struct guess *guess, struct buf *out)
{
	if (guess->csv.form != FORM_TEXT) {
		buf_z(out, guess->csv.form == FORM_SHEET ? "format sheet" : "format cards");
		return;
	}
	BUF_LIT(out, "format csv");
	if (guess->csv.delimiter == '\t')
		BUF_LIT(out, " delimiter=tab");
	else if (guess->csv.delimiter)
		buf_printf(out, " delimiter=\"%c\"", guess->csv.delimiter);
	BUF_LIT(out, " encoding=");
	buf_z(out, ENCODING_NAMES[guess->csv.encoding]);
}

static void
write_format(const struct guess *guess, struct buf *out)
{
	write_form(guess, out);
	buf_z(out, guess->header ? " header=yes\ncolumns" : " header=no\ncolumns");
	for (size_t i = 0; i < guess->n; i++) {
		buf_char(out, ' ');
		buf_quoted(out, guess->v[i].name);
	}
	buf_char(out, '\n');
	if (guess->dates.n) {
		BUF_LIT(out, "dates ");
		buf_quoted(out, guess->dates);
		buf_char(out, '\n');
	}
	if (guess->decimal && guess->csv.form == FORM_TEXT) {
		BUF_LIT(out, "numbers ");
		buf_char(out, guess->decimal);
		buf_char(out, '\n');
	}
}

/* What people are called, when no column holds all of it. */
static const char *const NAME_PARTS[] = { "academic_title", "given_name", "family_name" };

static bool
composes_name(const struct guess *guess)
{
	return guess->object->title && !guess_has(guess, guess->object->title->name) &&
	       guess_has(guess, S("family_name"));
}

static void
write_columns(const struct guess *guess, struct str target, struct buf *out)
{
	for (size_t i = 0; i < guess->n; i++)
		if (str_eq(guess->v[i].target, target)) {
			buf_char(out, ' ');
			buf_quoted(out, guess->v[i].name);
		}
}

static void
write_match(const struct guess *guess, struct buf *out)
{
	const struct field *title = guess->object->title;
	bool has_title = title && (guess_has(guess, title->name) || composes_name(guess));

	if (!guess->match.n)
		return;
	BUF_LIT(out, "match ");
	buf_str(out, guess->match);
	if (has_title && !str_eq(guess->match, title->name) && lookup_can(title)) {
		BUF_LIT(out, " or ");
		buf_str(out, title->name);
		if (!field_find(guess->object, guess->match)->unique)
			BUF_LIT(out, " named");
	}
	buf_z(out, guess->updates ? guess->creates ? "" : " update" : " create");
	buf_char(out, '\n');
}

static void
write_link(const struct guess *guess, const struct field *f, struct buf *out)
{
	bool is_own = f->target == guess->object && guess->face;

	if (is_own && str_eq(f->name, S("parent_party")))
		BUF_LIT(out, " of organisation");
	if (f->target && f->target->is_subject)
		BUF_LIT(out, " create");
	if (f->type == FT_MANY) {
		BUF_LIT(out, " split ");
		buf_quoted(out, guess->split);
	}
	if (is_own && str_eq(guess->face->name, S("person")))
		BUF_LIT(out, " alone name given_name family_name");
}

static void
write_field(const struct guess *guess, const struct field *f, struct buf *out)
{
	bool is_link = f->type == FT_ONE || f->type == FT_MANY;

	buf_z(out, is_link ? "link " : "field ");
	buf_str(out, f->name);
	write_columns(guess, f->name, out);
	if (is_link)
		write_link(guess, f, out);
	if (f->type == FT_TAGS) {
		BUF_LIT(out, " split ");
		buf_quoted(out, guess->split);
	}
	if (str_eq(f->name, S("salutation")))
		BUF_LIT(out, " replace Herrn=mr Hr.=mr Mr.=mr m=mr männlich=mr male=mr Fr.=ms "
			     "Mrs=ms Mrs.=ms Ms.=ms w=ms f=ms weiblich=ms female=ms");
	buf_char(out, '\n');
}

/* The columns that make one record with the one at `first`: each field once. */
static void
write_part(const struct guess *guess, size_t first, bool *done, struct buf *out)
{
	struct str rest = guess->v[first].target, object = str_cut(&rest, '.'),
		   option = str_cut(&rest, '.');
	struct str prefix = str_first(guess->v[first].target, object.n + 1 + option.n + 1);
	struct str used[MAP_JOINED_MAX];
	size_t n = 0;

	BUF_LIT(out, "part ");
	buf_str(out, object);
	for (size_t i = first; i < guess->n && n < MAP_JOINED_MAX; i++) {
		struct str field = str_from(guess->v[i].target, prefix.n);
		bool is_new = !done[i] && str_starts(guess->v[i].target, prefix);

		for (size_t k = 0; k < n; k++)
			is_new = is_new && !str_eq(used[k], field);
		if (!is_new)
			continue;
		done[i] = true;
		used[n++] = field;
		buf_char(out, ' ');
		buf_str(out, field);
		buf_char(out, '=');
		buf_quoted(out, guess->v[i].name);
	}
	BUF_LIT(out, " with type=");
	buf_str(out, option);
	buf_char(out, '\n');
}

static void
write_targets(const struct guess *guess, bool *done, struct buf *out)
{
	for (size_t i = 0; i < guess->n; i++) {
		struct str target = guess->v[i].target;
		const struct field *f = target.n ? field_find(guess->object, target) : NULL;

		if (done[i])
			continue;
		if (!target.n) {
			BUF_LIT(out, "skip ");
			buf_quoted(out, guess->v[i].name);
			buf_char(out, '\n');
		} else if (f) {
			write_field(guess, f, out);
			for (size_t k = i; k < guess->n; k++)
				done[k] |= str_eq(guess->v[k].target, target);
		} else {
			write_part(guess, i, done, out);
		}
	}
}

bool
guess_map(struct cx *cx, const struct guess *guess, struct buf *out)
{
	bool *done = new_array(cx->mem, guess->n + 1, bool);

	BUF_LIT(out, "object ");
	buf_str(out, guess->face ? guess->face->name : guess->object->name);
	buf_char(out, '\n');
	write_format(guess, out);
	write_match(guess, out);
	write_targets(guess, done, out);
	if (composes_name(guess)) {
		BUF_LIT(out, "field ");
		buf_str(out, guess->object->title->name);
		for (size_t i = 0; i < countof(NAME_PARTS); i++)
			write_columns(guess, str_of(NAME_PARTS[i]), out);
		buf_char(out, '\n');
	}
	return !out->full || fail(cx, E_TOO_BIG, "The file has too many columns");
}

/* ---- reading back ---- */

static void
target_set(struct cx *cx, struct guess *guess, struct str column, struct str target)
{
	struct str key = fold_key(cx->mem, column);

	for (size_t i = 0; i < guess->n; i++)
		if (!guess->v[i].target.n && str_eq(fold_key(cx->mem, guess->v[i].name), key))
			guess->v[i].target = target;
}

static void
rule_read(struct cx *cx, const struct map_rule *rule, struct guess *guess)
{
	struct str option = S("");

	for (size_t i = 0; i < rule->n_pairs; i++)
		if (rule->kind == MAP_PART && str_eq(rule->pairs[i].from, S("type")))
			option = rule->pairs[i].to;
	for (size_t i = 0; i < rule->n_columns; i++)
		target_set(cx, guess, rule->columns[i],
			   rule->kind == MAP_PART
				   ? str_printf(cx->mem, "%.*s.%.*s.%.*s", STR_FMT(rule->field),
						STR_FMT(option), STR_FMT(rule->parts[i]))
				   : rule->field);
	if (rule->split.n)
		guess->split = rule->split;
}

void
guess_of_map(struct cx *cx, const struct map *map, struct guess *guess)
{
	for (size_t i = 0; i < guess->n; i++)
		guess->v[i].target = S("");
	for (size_t i = 0; i < map->n_rules; i++)
		rule_read(cx, &map->rules[i], guess);
	for (size_t i = 0; i < guess->n; i++)
		if (guess->v[i].target.n && !guess_can(cx, guess->object, guess->v[i].target))
			guess->v[i].target = S("");
	guess->dates = map->dates;
	guess->decimal = map->decimal;
	guess->match = map->match;
	guess->creates = map->creates;
	guess->updates = map->updates;
}
