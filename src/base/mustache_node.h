/* The compiled form of a template; for mustache*.c only. */
#ifndef KONTOR_BASE_MUSTACHE_NODE_H
#define KONTOR_BASE_MUSTACHE_NODE_H

#include "base/buf.h"
#include "base/mv.h"

enum node_kind {
	NODE_TEXT,
	NODE_VALUE, /* escaped */
	NODE_RAW,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
	NODE_PARENT,
	NODE_BLOCK
};

/* One part of a template.  The parts inside it follow it directly, up to `end`. */
struct node {
	enum node_kind kind;
	bool own_line;    /* partial, parent, block: nothing else stands before it in its line */
	bool closes_line; /* block: nothing else stands behind it in its last line */
	bool is_dynamic;  /* partial, parent: the name is looked up first */
	bool ends_line;   /* text */
	bool shows_item;  /* section: something inside may mean the value itself */
	int line;
	size_t end;
	struct str text;            /* what is written, or the tag's name */
	struct str indent;          /* with own_line: white space to put before each line */
	const struct mv_name *path; /* the name at its dots; none for "." */
	size_t n_path;
	const struct mustache *target; /* partial, parent: linked before */
};

struct mustache {
	struct str name;
	bool plain;
	struct node *v;
	size_t n, cap;
};

/* ---- mustache_line.c: records of one shape, written straight through ----
 *
 * The inside of a section over records that asks for nothing but their plain values comes to one
 * line for each combination of which values are shown: texts, and values between them. */

enum { LINE_TEXT_MAX = 64 << 10 };

struct line_part {
	struct str text;         /* first this */
	const struct node *node; /* then this value; NULL: none */
	int place;               /* where the record has it; -1: it is found further out */
	bool plain;              /* it is not escaped */
};
struct line {
	struct line_part *v;
	size_t n, cap;
};

struct lines;
/* The lines of the section at `at`. */
struct lines *lines_of(struct arena *mem, const struct mustache *in, size_t at,
		       const struct mv_shape *shape);
bool lines_are(const struct lines *lines, const struct mustache *in, size_t at,
	       const struct mv_shape *shape);
/* The line of the i-th record of a list; NULL: it has to be rendered part by part. */
const struct line *lines_find(struct lines *lines, const struct mv *values, size_t i);

#endif
