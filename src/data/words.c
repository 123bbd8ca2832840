#include "data/words.h"

enum { SHOWN_MAX = 60 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes up to a blank or `stop` outside of quotes. */
static size_t
text_length(struct str line, char stop, bool *open)
{
	size_t i = 0;

	*open = false;
	for (; i < line.n; i++) {
		char c = line.p[i];

		if (*open && c == '\\' && i + 1 < line.n)
			i++;
		else if (c == '"')
			*open = !*open;
		else if (!*open && (is_blank(c) || (stop && c == stop)))
			break;
	}
	return i;
}

/* The same bytes without their quotes. */
static struct str
unquoted(struct arena *mem, struct str raw)
{
	char *text = arena_alloc(mem, raw.n + 1);
	size_t n = 0;
	bool inside = false;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '"') {
			inside = !inside;
			continue;
		}
		if (inside && c == '\\' && i + 1 < raw.n &&
		    (raw.p[i + 1] == '"' || raw.p[i + 1] == '\\'))
			c = raw.p[++i];
		text[n++] = c;
	}
	return (struct str){ text, n };
}

/* Text up to a blank or `stop`, quotes taken off; moves *line behind it. */
static bool
take_text(struct arena *mem, struct str *line, char stop, struct str *out)
{
	bool open;
	size_t n = text_length(*line, stop, &open);

	if (open)
		return false;
	*out = unquoted(mem, str_first(*line, n));
	*line = str_from(*line, n);
	return true;
}

static bool
take_word(struct arena *mem, struct str *line, struct word *out)
{
	*out = (struct word){ .quoted = line->p[0] == '"' };
	if (!take_text(mem, line, '=', &out->text))
		return false;
	if (!line->n || line->p[0] != '=')
		return true;
	*line = str_from(*line, 1);
	out->pair = true;
	return take_text(mem, line, 0, &out->value);
}

bool
words_take(struct arena *mem, struct str line, struct words *out, const char **why)
{
	out->n = 0;
	for (;;) {
		while (line.n && is_blank(line.p[0]))
			line = str_from(line, 1);
		if (!line.n || line.p[0] == '#')
			return true;
		if (out->n == WORDS_MAX) {
			*why = str_printf(mem, "more than %d words in one line", WORDS_MAX).p;
			return false;
		}
		if (!take_word(mem, &line, &out->v[out->n++])) {
			*why = str_printf(mem, "a quote is not closed: %.*s",
					  STR_FMT(str_first(line, SHOWN_MAX)))
				       .p;
			return false;
		}
	}
}
