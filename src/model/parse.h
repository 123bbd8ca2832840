/* The text of the model cut into statements, without their meaning.  Private to model/.
 *
 * One statement per line: `keyword word word key=value flag`.  A line that is indented deeper than
 * the one above belongs to it.  `#` at the beginning of a word opens a comment.  Quotes stand
 * around text with blanks; inside them \" and \\ stand for " and \. */
#ifndef KONTOR_MODEL_PARSE_H
#define KONTOR_MODEL_PARSE_H

#include "model/model.h"

struct check;
struct grammar;

enum {
	MODEL_TEXT_MAX = 1 << 20,  /* bytes of one text */
	MODEL_TEXTS_MAX = 1000,    /* texts of one model */
	MODEL_BYTES_MAX = 4 << 20, /* bytes of all texts */
	MODEL_LINE_MAX = 20000,    /* bytes of one line */
	MODEL_WORDS_MAX = 300,     /* words of one line */
	MODEL_DEPTH_MAX = 3        /* object, field, option */
};

struct word {
	struct str raw;  /* as it is written */
	struct str key;  /* of key=value; empty for a plain word */
	struct str text; /* the word or the value, without quotes */
	bool quoted;
};

struct statement {
	const struct model_text *source;
	const struct grammar *grammar; /* its row, or NULL: unknown, already reported */
	struct statement *next, *parent;
	struct word *words; /* words[0] is the keyword */
	size_t n_words;
	struct str body; /* the line without indentation and comment */
	unsigned line, indent, depth;
	unsigned seen; /* which rows of the grammar stand below it */
	bool lost;     /* its place is wrong, and was reported */
	void *made;    /* what the statement became: struct object, struct field … */
};

/* Append the statements of one text to the list that ends at *end; returns the new end.  Mistakes
 * of the form are reported; the rest of a hopeless text is left out. */
struct statement **parse_text(struct check *c, const struct model_text *text,
			      struct statement **end);

/* The raw text from word `from` to the end of the line; empty behind the end. */
struct str statement_rest(const struct statement *st, size_t from);

#endif
