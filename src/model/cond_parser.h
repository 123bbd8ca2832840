/* The reader of conditions, shared by its parts.  Private to model/cond_*.c. */
#ifndef KONTOR_MODEL_COND_PARSER_H
#define KONTOR_MODEL_COND_PARSER_H

#include "model/cond_node.h"

struct parser {
	struct cx *cx;
	struct arena *mem;
	const struct snapshot *model;
	const struct cond_sight *sight;
	struct str text;
	size_t at; /* the next byte */
	unsigned depth, nodes;
};

/* A bare word or a quoted text. */
struct token {
	struct str text;
	size_t at;
	bool quoted;
};

/* ---- cond_lex.c ---- */
/* Adds what is wrong at this byte and returns false. */
bool parse_fail(struct parser *p, size_t at, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* What stands here, for messages: a word in quotes, or "the end". */
const char *parse_found(struct parser *p, size_t at);
/* A text as far as a message shows it. */
struct str parse_shown(struct str text);
/* Counts one more node; fails when there are too many. */
bool parse_node(struct parser *p, size_t at) CHECKED;

void lex_blanks(struct parser *p);
bool lex_end(struct parser *p);
/* Take the next character, or word in any case of letters, if it is this one. */
bool lex_char(struct parser *p, char c);
bool lex_word(struct parser *p, const char *word);
bool lex_sees_word(struct parser *p, const char *word);
/* The run of letters, digits and _ that comes next; may be empty. */
struct str lex_name(struct parser *p);
/* A value; fails where none stands or a quote stays open. */
bool lex_token(struct parser *p, struct token *out) CHECKED;
/* Look at the bare word that comes next without taking it. */
bool lex_peek(struct parser *p, struct token *out);

/* ---- cond_path.c ---- */
/* May whoever wrote the condition name this field? */
bool parse_sees(const struct parser *p, const struct object *object, const struct field *f);
/* From a name to the field or set that it leads to; fills links, field and set of the test.
 * *out_object is whose field it is, or of which the set consists. */
bool path_parse(struct parser *p, const struct object *object, struct cond *test,
		const struct object **out_object) CHECKED;

/* ---- cond_value.c ---- */
/* The values that the relation of the test wants. */
bool operands_parse(struct parser *p, struct cond *test) CHECKED;

#endif
