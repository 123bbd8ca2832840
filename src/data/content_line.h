/* Content lines, as vCard (RFC 6350) and iCalendar (RFC 5545) write them. */
#ifndef KONTOR_DATA_CONTENT_LINE_H
#define KONTOR_DATA_CONTENT_LINE_H

#include "base/buf.h"

/* One line, folded: none is longer than 75 bytes, no character is cut.  `line` has no line ends. */
void content_line(struct buf *out, struct str line);
/* A text as a value: backslash, comma and semicolon are escaped, a line end is \n; other control
 * characters, which neither format can hold, are left out. */
void content_text(struct buf *out, struct str text);

#endif
