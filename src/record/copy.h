/* A whole store as lines of JSON, the same bytes for the same content on every engine; and from
 * such lines into an empty database.
 *
 *   {"kontor":1,"model":"…"}                          the custom model
 *   {"table":"party","columns":["city text",…]}        for each table by name; columns by name
 *   ["Berlin",7,null,…]                                its rows, by id or else by all columns
 *   {"end":12345}                                      how many rows there were
 *
 * Integers and reals are numbers, bytes are base64url.  Tables of one machine (sessions, replies
 * kept for repeated calls) and the search index, which is built anew, are not in it; keys are not
 * either: sealed values stay sealed. */
#ifndef KONTOR_RECORD_COPY_H
#define KONTOR_RECORD_COPY_H

#include "record/record.h"

enum { DUMP_LINE_MAX = 128 << 20 };

/* Takes one line, without its end.  False (and cx->err) stops. */
typedef bool dump_take(struct cx *cx, void *to, struct str line);

/* Everything, in a unit that reads (cx->store is open): one state throughout. */
bool store_dump(struct cx *cx, dump_take *take, void *to) CHECKED;
/* Rows that a dump would have now, for showing progress. */
bool store_count(struct cx *cx, int64_t *out) CHECKED;
/* The newest changeset: has anything been written since? */
bool store_head(struct cx *cx, int64_t *out) CHECKED;

/* Lines into cx->db, all in one transaction: until load_end has returned true there is nothing in
 * it. cx->db is open and has no tables (else E_CONFLICT), cx->store is not used.  load_begin takes
 * the options that the store will be opened with.  cx->mem must not be rewound meanwhile. */
struct load;
bool load_begin(struct cx *cx, const struct store_options *options, struct load **out) CHECKED;
/* E_INPUT names the line at fault. */
bool load_line(struct cx *cx, struct load *load, struct str line) CHECKED;
/* Reads everything back and compares it with what came, builds the search index, sets the next ids,
 * commits.  *rows tells how many there are. */
bool load_end(struct cx *cx, struct load **load, int64_t *rows) CHECKED;
void load_abandon(struct cx *cx, struct load **load); /* harmless when there is none */

/* After older data were put beside a newer keyring: erase again whom the keyring says is erased,
 * and give no id again that belonged to one.  *erased counts them.  Outside of a unit. */
bool store_erase_again(struct cx *cx, int64_t *erased) CHECKED;

#endif
