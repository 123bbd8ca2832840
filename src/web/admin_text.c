/* The custom text of the model, line by line: what forms add to it.  What it means is checked
 * afterwards, by the same loader as everything. */
#include "web/admin.h"

#include "base/fold.h"

enum { NAME_BYTES = 36 };

void
model_quote(struct buf *out, struct str text)
{
	buf_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"' || c == '\\')
			buf_char(out, '\\');
		buf_char(out, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
	}
	buf_char(out, '"');
}

struct str
model_name(struct cx *cx, struct str label)
{
	struct str key = fold_key(cx->mem, label);
	struct buf name = buf_in(cx->mem, NAME_BYTES + 2);

	if (str_starts(key, S("x_")))
		key = str_from(key, 2);
	BUF_LIT(&name, "x_");
	for (size_t i = 0; i < key.n && name.n < NAME_BYTES; i++) {
		char c = key.p[i];
		bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (is_word)
			buf_char(&name, c);
		else if (name.n > 2 && name.p[name.n - 1] != '_')
			buf_char(&name, '_');
	}
	while (name.n > 2 && name.p[name.n - 1] == '_')
		name.n--;
	return name.n > 2 ? buf_done(&name) : (struct str){ 0 };
}

/* ---- lines ---- */

static struct str
first_word(struct str line)
{
	return str_word(&line);
}

static struct str
second_word(struct str line)
{
	str_word(&line);
	return str_word(&line);
}

static bool
opens_object(struct str line)
{
	struct str word = first_word(line);

	return str_eq(word, S("object")) || str_eq(word, S("extend"));
}

static void
add_line(struct buf *out, struct str line)
{
	buf_str(out, line);
	buf_char(out, '\n');
}

struct str
model_text_add(struct cx *cx, struct str text, struct str object, struct str lines)
{
	struct buf out = buf_in(cx->mem, MODEL_TEXT_BYTES);

	buf_str(&out, text);
	if (out.n && out.p[out.n - 1] != '\n')
		buf_char(&out, '\n');
	if (object.n) {
		if (out.n)
			buf_char(&out, '\n');
		buf_printf(&out, "extend %.*s\n", STR_FMT(object));
	}
	while (lines.n) {
		struct str line = str_cut(&lines, '\n');

		if (object.n)
			BUF_LIT(&out, "  ");
		add_line(&out, line);
	}
	return buf_done(&out);
}

/* A grant with a condition is somebody's own work and stays. */
static bool
is_grant_of(struct str line, struct str role)
{
	size_t at;

	return str_eq(first_word(line), S("grant")) && str_eq(second_word(line), role) &&
	       !str_find(line, S(" when="), &at);
}

/* Nothing stands below this line of `extend`. */
static bool
is_bare_extend(struct str line, struct str rest)
{
	if (!str_eq(first_word(line), S("extend")))
		return false;
	while (rest.n) {
		struct str next = str_trim(str_cut(&rest, '\n'));

		if (next.n)
			return opens_object(next) || str_eq(first_word(next), S("role"));
	}
	return true;
}

static struct str
without_bare_extends(struct cx *cx, struct str text)
{
	struct buf out = buf_in(cx->mem, MODEL_TEXT_BYTES);

	while (text.n) {
		struct str line = str_cut(&text, '\n');

		if (!is_bare_extend(line, text))
			add_line(&out, line);
	}
	while (out.n > 1 && out.p[out.n - 1] == '\n' && out.p[out.n - 2] == '\n')
		out.n--;
	return buf_done(&out);
}

struct str
model_text_grant(struct cx *cx, struct str text, struct str object, struct str role,
		 struct str grant)
{
	struct buf out = buf_in(cx->mem, MODEL_TEXT_BYTES);
	struct str current = { 0 };

	while (text.n) {
		struct str line = str_cut(&text, '\n');

		if (opens_object(line))
			current = second_word(line);
		if (!str_eq(current, object) || !is_grant_of(line, role))
			add_line(&out, line);
	}
	text = without_bare_extends(cx, buf_done(&out));
	return grant.n ? model_text_add(cx, text, object, grant) : text;
}
