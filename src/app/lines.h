/* Documents that have lines: quotes and orders.  What they come to follows from their lines. */
#ifndef KONTOR_APP_LINES_H
#define KONTOR_APP_LINES_H

#include "app/sums.h"
#include "record/record.h"

/* Where a kind of document has what: indexes of objects and of their fields; 0: it has none. */
struct lined {
	unsigned object, line;
	unsigned discount, total, tax, gross, currency, party, day;
	struct {
		unsigned whole, position, kind, chosen, product, description, quantity, unit, price,
			discount, tax_rate, cost;
	} of;
};

/* NULL: records of this object have no lines of this kind. */
const struct lined *lined_of(const struct object *object);
/* The kind of document whose line this object is, or NULL. */
const struct lined *lined_by_line(const struct object *object);

/* May its lines change, as it stands?  Those of a quote only while it is a draft. */
bool lines_are_open(const struct lined *kind, const struct row *document);

/* All fields of the lines of a document in their order, as the actor sees them; at most
 * SUM_LINES_MAX. */
bool lines_read(struct cx *cx, const struct lined *kind, int64_t id, struct rows *out) CHECKED;
/* What counts of each, for sums_compute; E_INPUT where a line is in another currency than the one
 * before it.  *currency is theirs, or as it was where no line has a price. */
bool lines_items(struct cx *cx, const struct lined *kind, const struct rows *rows,
		 struct sum_line **out, char currency[4]) CHECKED;
/* The sums of a stored document; row has its discount. */
bool lines_sums(struct cx *cx, const struct lined *kind, const struct row *document,
		const struct rows *rows, struct sums *out, char currency[4]) CHECKED;

/* Lines of a quote as a customer chose among them: options among the ids count as normal lines; of
 * alternatives that follow each other the one among them, where there is one. */
void lines_choose(struct rows *rows, const int64_t *ids, size_t n);

/* The rules of documents (HOOK_WHOLE) and of their lines (HOOK_RULES). */
bool lines_total(struct cx *cx, struct change *c);
bool lines_fill(struct cx *cx, struct change *c);

/* What a product costs a party, in a currency, for a quantity (thousandths), on a day: by the
 * party's own price list, else by the lists for everybody that are valid on the day, the price from
 * the greatest quantity that is reached, of several the lowest; else the product's list price.
 * *out is empty where there is none in this currency. */
/* Between its own list and those for everybody come the lists for its care class. */
struct price_question {
	int64_t product, party; /* party 0: nobody */
	int64_t quantity;
	struct str currency, day; /* the day as a date's text */
};
bool price_find(struct cx *cx, const struct price_question *question, struct value *out) CHECKED;

/* The highest discount that was agreed for this; *agreement 0: none was. */
bool agreement_find(struct cx *cx, const struct price_question *question, int64_t *agreement,
		    int64_t *discount) CHECKED;

/* In the reader's language: "1.234,50 €" (of no currency: EUR); "2,5", without zeros at its end;
 * and a field of a line as a control holds it, money without its sign. */
struct str lines_money(struct cx *cx, int64_t units, const char *currency);
struct str lines_number(struct cx *cx, int64_t units, int scale);
struct str lines_text(struct cx *cx, const struct field *f, const struct value *v);

#endif
