/* `kontor reference`: pages in Markdown, made of the tables that the program runs on. */
#ifndef KONTOR_MAIN_REFERENCE_H
#define KONTOR_MAIN_REFERENCE_H

#include "model/model.h"

/* A text in a cell of a table: on one line, bars escaped. */
void cell(struct buf *out, struct str text);
void cell_z(struct buf *out, const char *text);

/* ---- reference_model.c ---- */
/* Each writes a page about this model. */
void reference_language(const struct snapshot *model, struct buf *out);
void reference_conditions(const struct snapshot *model, struct buf *out);
void reference_objects(const struct snapshot *model, struct buf *out);
void reference_permissions(const struct snapshot *model, struct buf *out);

#endif
