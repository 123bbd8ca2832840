/* A quote as a letter. */
#ifndef KONTOR_APP_QUOTE_LETTER_H
#define KONTOR_APP_QUOTE_LETTER_H

#include "app/letter.h"
#include "app/lines.h"

/* The PDF of a quote that the actor may read, in the quote's own language; in cx->mem.  *name is
 * what a file of it is called ("Angebot-Q-12.pdf"). */
bool quote_pdf(struct cx *cx, int64_t quote, struct str *pdf, struct str *name) CHECKED;

/* What a letter is made of; party, contact, owner, unit may be NULL. */
enum { QUOTE_PAIRS_MAX = 24 };
struct quote_source {
	const struct lined *kind;
	struct row *quote, *party, *contact, *owner, *unit;
	struct rows lines;
	struct sums sums;
	char currency[4];
	struct letter_pair information[QUOTE_PAIRS_MAX], totals[QUOTE_PAIRS_MAX];
};
bool quote_source_read(struct cx *cx, int64_t id, struct quote_source *s) CHECKED;
/* Of the quote's own language. */
enum lang quote_lang(const struct row *quote);
/* "Dear Ms Müller", in cx->lang. */
struct str quote_salutation(struct cx *cx, const struct quote_source *s);
/* Its words in cx->lang; the letter's lines stand in the order of the source's. */
bool quote_letter_fill(struct cx *cx, struct quote_source *s, struct letter *letter) CHECKED;
/* In the quote's own language. */
bool quote_letter_pdf(struct cx *cx, struct quote_source *s, struct str *pdf, struct str *name)
	CHECKED;
struct str quote_number_text(struct cx *cx, const struct row *quote); /* "Q-12-2" */
struct str quote_date_text(struct cx *cx, struct str iso);

/* ---- quote_words.c: placeholders in texts, as {{party.name}} or {{#valid_until}}…{{/valid_until}}
 * ---- */
/* The i-th with its braces, and what it stands for in the reader's language; false behind the last.
 */
bool quote_placeholder(struct cx *cx, size_t i, struct str *name, struct str *label);
/* E_INPUT of this field, naming what is wrong. */
bool quote_words_check(struct cx *cx, struct str field, struct str text) CHECKED;
/* The text with what its placeholders stand for in this quote, in cx->lang; still Markdown. */
bool quote_words_fill(struct cx *cx, const struct quote_source *s, struct str text, struct str *out)
	CHECKED;
/* As Markdown that shows just these words. */
struct str quote_words(struct cx *cx, struct str text);

#endif
