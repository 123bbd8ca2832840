/* The reader's language: texts, numbers, dates, money.
 *
 * Texts in the source are English; a catalogue (po/de.po, embedded) has the others.  What is not in
 * the catalogue stays as it is.  The formats of fail() and fail_field() are looked up by
 * themselves. `tools/po-check` names every text without a translation. */
#ifndef KONTOR_BASE_I18N_H
#define KONTOR_BASE_I18N_H

#include "base/cx.h"
#include "base/money.h"

/* Marks a text that is translated where it is used, not where it stands (in tables). */
#define N_(text) text

const char *tr(const struct cx *cx, const char *text) __attribute__((format_arg(2)));
const char *tr_lang(enum lang lang, const char *text) __attribute__((format_arg(2)));
/* One of two texts by the number: tr_n(cx, "%d record", "%d records", n). */
const char *tr_n(const struct cx *cx, const char *one, const char *many, int64_t n)
	__attribute__((format_arg(2), format_arg(3)));
/* For texts that are not C strings (labels of the model, templates); borrowed from the catalogue or
 * s. */
struct str tr_str(enum lang lang, struct str text);

/* "de", "en". */
struct str lang_code(enum lang lang);
/* The language of a tag such as "de-AT"; false: not one of ours. */
bool lang_find(struct str tag, enum lang *out) CHECKED;
/* The best of an Accept-Language header, else `otherwise`. */
enum lang lang_accept(struct str header, enum lang otherwise);

/* 28.02.2026 / 28 Feb 2026 */
void fmt_date(struct buf *b, const struct cx *cx, int64_t date);
/* 28.02.2026, 13:45 / 28 Feb 2026, 13:45; in the reader's zone (an unknown zone is UTC) */
void fmt_datetime(struct buf *b, const struct cx *cx, int64_t ms);
/* 1.234.567 / 1,234,567 */
void fmt_int(struct buf *b, const struct cx *cx, int64_t i);
/* 1.234 Datensätze / 1,234 records / 1 record */
void fmt_records(struct buf *b, const struct cx *cx, int64_t n);
/* 1.234,50 / 1,234.50: units of 10^-scale */
void fmt_decimal(struct buf *b, const struct cx *cx, int64_t units, int scale);
/* 12,5 % / 12.5%: without zeros at the end */
void fmt_percent(struct buf *b, const struct cx *cx, int64_t units, int scale);
/* 1.234,56 € / €1,234.56 */
void fmt_money(struct buf *b, const struct cx *cx, struct money money);
/* 2 d 1 h 30 min; zero is 0 min */
void fmt_duration(struct buf *b, const struct cx *cx, int64_t s);

#endif
