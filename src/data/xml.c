#include <libxml/parser.h>

#include "data/xml.h"

struct xml {
	struct cx *cx;
	struct str name;
	struct source source;
	const struct xml_handler *handler;
	xmlParserCtxt *parser;
	int depth;
	bool stopped; /* cx->err says why */
};

static void
stop(struct xml *xml)
{
	xml->stopped = true;
	xmlStopParser(xml->parser);
}

static void
refuse(struct xml *xml, const char *why)
{
	if (!fail(xml->cx, E_INPUT, "%.*s, line %d: %s", STR_FMT(xml->name),
		  xmlSAX2GetLineNumber(xml->parser), why))
		stop(xml);
}

static struct str
local_name(const xmlChar *name)
{
	const char *z = (const char *)name, *colon = strchr(z, ':');

	return str_of(colon ? colon + 1 : z);
}

static void
on_begin(void *to, const xmlChar *name, const xmlChar **pairs)
{
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
	struct xml_tag tag = { local_name(name), attributes, 0 };
	struct xml *xml = to;

	if (xml->stopped)
		return;
	if (++xml->depth > XML_DEPTH_MAX) {
		refuse(xml, "the elements are nested too deep");
		return;
	}
	for (; pairs && pairs[0] && tag.n < XML_ATTRIBUTES_MAX; pairs += 2)
		attributes[tag.n++] = (struct xml_attribute){ local_name(pairs[0]),
							      str_of((const char *)pairs[1]) };
	if (!xml->handler->begin(xml->handler->to, &tag))
		stop(xml);
}

static void
on_end(void *to, const xmlChar *name)
{
	struct xml *xml = to;

	xml->depth--;
	if (!xml->stopped && !xml->handler->end(xml->handler->to, local_name(name)))
		stop(xml);
}

static void
on_text(void *to, const xmlChar *text, int n)
{
	struct xml *xml = to;

	if (!xml->stopped &&
	    !xml->handler->text(xml->handler->to, (struct str){ (const char *)text, (size_t)n }))
		stop(xml);
}

static void
on_dtd(void *to, const xmlChar *name, const xmlChar *external, const xmlChar *system_name)
{
	(void)name;
	(void)external;
	(void)system_name;
	refuse(to, "a document type does not belong here");
}

static int
on_read(void *to, char *out, int n)
{
	struct xml *xml = to;
	int64_t got = n < 0 ? -1 : xml->source.read(xml->source.state, out, (size_t)n);

	xml->stopped |= got < 0;
	return (int)got;
}

static bool
parsed(struct xml *xml)
{
	const xmlError *error;
	bool whole;

	xmlCtxtUseOptions(xml->parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	whole = xmlParseDocument(xml->parser) == 0 && xml->parser->wellFormed;
	if (xml->stopped || xml->cx->err.code)
		return false;
	if (whole)
		return true;
	error = xmlCtxtGetLastError(xml->parser);
	return fail(xml->cx, E_INPUT, "%.*s, line %d: %.*s", STR_FMT(xml->name),
		    error ? error->line : 0,
		    STR_FMT(str_trim(
			    str_of(error && error->message ? error->message : "not well-formed"))));
}

bool
xml_parse(struct cx *cx, struct str name, struct source source, const struct xml_handler *handler)
{
	xmlSAXHandler calls = { .startElement = on_begin,
				.endElement = on_end,
				.characters = on_text,
				.ignorableWhitespace = on_text,
				.cdataBlock = on_text,
				.internalSubset = on_dtd };
	struct xml xml = { .cx = cx, .name = name, .source = source, .handler = handler };
	bool ok;

	xml.parser =
		xmlCreateIOParserCtxt(&calls, &xml, on_read, NULL, &xml, XML_CHAR_ENCODING_NONE);
	if (!xml.parser)
		return fail(cx, E_INPUT, "%.*s cannot be read as XML", STR_FMT(name));
	ok = parsed(&xml);
	if (xml.parser->myDoc)
		xmlFreeDoc(xml.parser->myDoc);
	xmlFreeParserCtxt(xml.parser);
	return ok;
}

struct str
xml_attribute(const struct xml_tag *tag, const char *name)
{
	for (size_t i = 0; i < tag->n; i++)
		if (str_eq_z(tag->v[i].name, name))
			return tag->v[i].value;
	return S("");
}
