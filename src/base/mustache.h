/* Mustache templates: compiled once, rendered into a bounded buffer.
 *
 * All of the Mustache specification 1.4 (https://github.com/mustache/spec) except lambdas, with the
 * optional parts dynamic names ({{>*name}}) and inheritance
 * ({{<parent}}{{$block}}…{{/block}}{{/parent}}). Where the specification leaves it open: zero and
 * the empty text are false; what stands inside a parent but outside its blocks is ignored; a block
 * that has a line for itself always fills whole lines.  Recursion, output and work are bounded. */
#ifndef KONTOR_BASE_MUSTACHE_H
#define KONTOR_BASE_MUSTACHE_H

#include "base/buf.h"
#include "base/cx.h"
#include "base/mv.h"

enum {
	MUSTACHE_TEXT_MAX = 1 << 20, /* bytes of one template */
	MUSTACHE_NESTING_MAX = 64,   /* sections within sections of one template */
	MUSTACHE_DEPTH_MAX = 256, /* sections, blocks and partials within each other while rendering
				   */
	MUSTACHE_STEPS_MAX = 5000000 /* parts of templates that one rendering may pass */
};

/* A compiled template: immutable, may be rendered by several threads at once. */
struct mustache;

struct mustache_options {
	bool plain; /* {{x}} is not escaped: templates of plain text */
	/* If given: {{#t}}text{{/t}} is text to be translated.  It is called with the text between,
	 * runs of white space as one blank, none at the ends; what it returns is parsed in its
	 * place. */
	struct str (*translate)(void *state, struct str text);
	/* If given: {{name}} is this text wherever it is asked for, if it is not empty: what is the
	 * same for every rendering becomes part of the text around it. */
	struct str (*constant)(void *state, struct str name);
	void *state;
};

/* Compile.  The text is borrowed, the result lives in mem.  Fails with E_INPUT and a sentence that
 * begins with "name:line: ". */
bool mustache_compile(struct cx *cx, struct arena *mem, struct str name, struct str text,
		      const struct mustache_options *options, const struct mustache **out) CHECKED;

/* Where partials and parents come from; find gives NULL where there is none (shown as nothing). */
struct mustache_partials {
	const struct mustache *(*find)(void *state, struct str name);
	void *state;
};

/* Find partials and parents once, where they are the same for every rendering.  Before the template
 * is shown the first time. */
void mustache_link(const struct mustache *mustache, const struct mustache_partials *partials);

/* Render; partials may be NULL.  Fails with E_TOO_BIG where the buffer or one of the limits above
 * is passed; the buffer then holds the beginning. */
bool mustache_render(struct cx *cx, const struct mustache *mustache, const struct mv *data,
		     const struct mustache_partials *partials, struct buf *out) CHECKED;

#endif
