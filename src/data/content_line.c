#include "data/content_line.h"

#include <string.h>

enum { LINE_BYTES = 75, DELETE = 0x7f };

static bool
is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void
content_line(struct buf *out, struct str line)
{
	size_t room = LINE_BYTES;

	while (line.n > room) {
		size_t n = room;

		while (n > 1 && is_tail(line.p[n]))
			n--;
		buf_str(out, str_first(line, n));
		BUF_LIT(out, "\r\n ");
		line = str_from(line, n);
		room = LINE_BYTES - 1;
	}
	buf_str(out, line);
	BUF_LIT(out, "\r\n");
}

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == DELETE;
}

void
content_text(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n') {
			BUF_LIT(out, "\\n");
			continue;
		}
		if (is_control(c))
			continue;
		if (strchr("\\,;", c))
			buf_char(out, '\\');
		buf_char(out, c);
	}
}
