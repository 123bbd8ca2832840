#include "record/migrate.h"

#include "base/i18n.h"

#include "base/crypt.h"

enum { SHAPE_BYTES_MAX = 256 << 10, HASH_SHOWN_BYTES = 8, FORMULA_BYTES_MAX = 64 << 10 };

#define BIT(type) (1u << FT_##type)

/* Types whose stored values mean the same in each other. */
static const unsigned ALIKE[] = {
	BIT(TEXT) | BIT(LONGTEXT) | BIT(EMAIL) | BIT(PHONE) | BIT(URL) | BIT(ENUM),
	BIT(INT) | BIT(SEQUENCE),
};

static void
formula_detail(struct migration *m, const struct field *f, struct buf *out)
{
	struct buf text = buf_in(m->cx->mem, FORMULA_BYTES_MAX);
	struct hash hash;

	formula_print(f->formula, &text);
	hash = crypt_hash(buf_done(&text));
	buf_z(out, TYPES[f->result].name);
	buf_char(out, ':');
	buf_int(out, f->scale);
	buf_char(out, ':');
	buf_hex(out, str_first(hash_str(&hash), HASH_SHOWN_BYTES));
}

static void
field_line(struct migration *m, const struct field *f, struct buf *out)
{
	buf_str(out, f->name);
	buf_char(out, ' ');
	buf_z(out, TYPES[f->type].name);
	if (f->special) {
		BUF_LIT(out, " sealed");
	} else if (f->target) {
		buf_char(out, ' ');
		buf_str(out, f->target->name);
	} else if (f->type == FT_DECIMAL || f->type == FT_PERCENT) {
		buf_char(out, ' ');
		buf_int(out, f->scale);
	} else if (f->type == FT_FORMULA) {
		buf_char(out, ' ');
		formula_detail(m, f, out);
	}
	buf_char(out, '\n');
}

struct str
shape_of(struct migration *m, const struct object *object, struct str old)
{
	struct buf out = buf_in(m->cx->mem, SHAPE_BYTES_MAX);

	for (unsigned i = SF__MAX; i < object->n_fields; i++)
		if (object->fields[i]->type != FT_ROLLUP)
			field_line(m, object->fields[i], &out);
	while (old.n) {
		struct str line = str_cut(&old, '\n'), rest = line;
		const struct field *f = field_find(object, str_word(&rest));

		if (line.n && (!f || f->type == FT_ROLLUP)) {
			buf_str(&out, line);
			buf_char(&out, '\n');
		}
	}
	if (out.full)
		refuse(m, tr(m->cx, "%.*s has more fields than can be remembered"),
		       STR_FMT(object->name));
	return buf_done(&out);
}

struct str
shape_line(struct str shape, struct str field)
{
	while (shape.n) {
		struct str line = str_cut(&shape, '\n');

		if (str_eq(str_word(&line), field))
			return str_trim(line);
	}
	return (struct str){ 0 };
}

static bool
types_alike(struct str old, struct str now)
{
	const struct type_row *a = type_find(old), *b = type_find(now);

	for (size_t i = 0; a && b && i < countof(ALIKE); i++)
		if (ALIKE[i] >> (a - TYPES) & 1 && ALIKE[i] >> (b - TYPES) & 1)
			return true;
	return false;
}

/* May a column that was kept in the old way be read in the new one? */
static bool
lines_alike(struct str old, struct str now)
{
	struct str old_detail = old, now_detail = now;
	struct str old_type = str_word(&old_detail), now_type = str_word(&now_detail);

	if (str_eq(old_type, S("formula"))) {
		/* It is computed anew, or keeps what was computed last. */
		struct str kept = str_cut(&old_detail, ':');

		return str_eq(now_type, S("formula")) || str_eq(str_trim(kept), now_type);
	}
	if (str_eq(str_trim(old_detail), str_trim(now_detail)) && str_eq(old_type, now_type))
		return true;
	return !str_trim(old_detail).n && !str_trim(now_detail).n &&
	       types_alike(old_type, now_type);
}

void
shape_check(struct migration *m, const struct object *object, struct str old, struct str now)
{
	for (unsigned i = SF__MAX; i < object->n_fields; i++) {
		struct str name = object->fields[i]->name;
		struct str was = shape_line(old, name), is = shape_line(now, name);

		if (!was.n || !is.n || lines_alike(was, is))
			continue;
		refuse(m,
		       tr(m->cx,
			  "%.*s.%.*s is kept as \"%.*s\" and cannot become \"%.*s\": give the new field "
			  "another name; the old column and its values stay"),
		       STR_FMT(object->name), STR_FMT(name), STR_FMT(was), STR_FMT(is));
	}
}
