/* XML as it comes by, element by element: no document stands in memory; there is no DTD, no entity
 * but the five of XML itself, no network. */
#ifndef KONTOR_DATA_XML_H
#define KONTOR_DATA_XML_H

#include "data/decode.h"

enum { XML_DEPTH_MAX = 64, XML_ATTRIBUTES_MAX = 64 };

struct xml_attribute {
	struct str name, value; /* the name without its prefix */
};

struct xml_tag {
	struct str name; /* without its prefix */
	const struct xml_attribute *v;
	size_t n;
};

/* Each may fail, and the reading ends with that failure.  Texts are borrowed; one text may come in
 * several pieces. */
struct xml_handler {
	bool (*begin)(void *to, const struct xml_tag *tag);
	bool (*text)(void *to, struct str text);
	bool (*end)(void *to, struct str name);
	void *to;
};

/* E_INPUT, "xl/workbook.xml, line 3: …", where it is not well-formed, has a DTD or is nested too
 * deep; what the source said, where that failed. */
bool xml_parse(struct cx *cx, struct str name, struct source source,
	       const struct xml_handler *handler) CHECKED;

/* The value of an attribute, or empty. */
struct str xml_attribute(const struct xml_tag *tag, const char *name);

#endif
