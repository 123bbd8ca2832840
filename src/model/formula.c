#include "model/check.h"

#include "base/money.h"
#include "model/type.h"

enum {
	DEPTH_MAX = 32,
	NODES_MAX = 200,
	SHOWN_MAX = 40,
	TEXT_RESULT_MAX = 4000,
	TEXT_PLACES_MAX = 6,
	LITERAL_SCALE_MAX = 9
};

typedef unsigned __int128 wide;
#define WIDE_MAX ((wide)-1)

enum node_kind {
	NODE_NUMBER,
	NODE_TEXT,
	NODE_FIELD,
	NODE_ADD,
	NODE_SUB,
	NODE_MUL,
	NODE_DIV,
	NODE_NEG,
	NODE_JOIN
};

/* An exact number: an improper fraction in lowest terms. */
struct fraction {
	wide n, d;
	bool negative;
	bool empty; /* nothing is there */
	bool bad; /* empty, and so is all that is computed from it: by zero, too big, two currencies
		   */
	char currency[4];
};

struct node {
	enum node_kind kind;
	struct fraction number;
	struct str text;
	const struct field *field;
	const struct node *left, *right;
};

struct formula {
	const struct field *field; /* whose formula it is */
	const struct node *root;
	struct str text;
};

/* --- Parsing --- */

struct parser {
	struct check *c;
	const struct statement *st;
	const struct field *field;
	struct str rest;
	unsigned depth, nodes;
	bool failed;
};

#define NUMBERS                                                                                    \
	(1u << FT_INT | 1u << FT_DECIMAL | 1u << FT_MONEY | 1u << FT_PERCENT | 1u << FT_DURATION | \
	 1u << FT_SEQUENCE)
#define NO_OPERAND                                                                     \
	(1u << FT_ONE | 1u << FT_MANY | 1u << FT_ANY | 1u << FT_FILE | 1u << FT_TAGS | \
	 1u << FT_ROLLUP)

static const struct node *parse_join(struct parser *p);

static const struct node *
parser_fail(struct parser *p, const char *why, struct str at)
{
	if (!p->failed)
		check_error(p->c, p->st, at.n ? "formula: %s: %.*s" : "formula: %s", why,
			    STR_FMT(str_first(at, SHOWN_MAX)));
	p->failed = true;
	return NULL;
}

static struct node *
node_new(struct parser *p, enum node_kind kind)
{
	struct node *node;

	if (++p->nodes > NODES_MAX) {
		parser_fail(p, "too long", p->rest);
		return NULL;
	}
	node = new(p->c->mem, struct node);
	node->kind = kind;
	return node;
}

static bool
node_is_text(const struct node *node)
{
	return node->kind == NODE_TEXT || node->kind == NODE_JOIN ||
	       (node->kind == NODE_FIELD && !(NUMBERS & 1u << node->field->result));
}

static bool
parser_take(struct parser *p, char c)
{
	p->rest = str_trim(p->rest);
	if (!p->rest.n || p->rest.p[0] != c)
		return false;
	p->rest = str_from(p->rest, 1);
	return true;
}

static const struct node *
node_binary(struct parser *p, enum node_kind kind, const struct node *left,
	    const struct node *right)
{
	struct node *node;

	if (!left || !right)
		return NULL;
	if (kind != NODE_JOIN && (node_is_text(left) || node_is_text(right)))
		return parser_fail(p, "a text stands where a number must stand (& joins texts)",
				   p->rest);
	node = node_new(p, kind);
	if (!node)
		return NULL;
	node->left = left;
	node->right = right;
	return node;
}

/* The length of a run of letters, digits, _ (and points). */
static size_t
run_length(struct str s, bool point)
{
	size_t n = 0;

	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || (s.p[n] >= '0' && s.p[n] <= '9') ||
			   s.p[n] == '_' || (point && s.p[n] == '.')))
		n++;
	return n;
}

static const struct node *
parse_number(struct parser *p, struct str word)
{
	struct str rest = word, whole = str_cut(&rest, '.');
	struct node *node = node_new(p, NODE_NUMBER);
	int64_t units;
	int scale = whole.n < word.n ? (int)rest.n : 0;

	if (!node)
		return NULL;
	if (scale > LITERAL_SCALE_MAX || !str_decimal(word, scale, &units))
		return parser_fail(p, "not a number", word);
	node->number = (struct fraction){ .n = (wide)units, .d = 1 };
	for (int i = 0; i < scale; i++)
		node->number.d *= 10;
	return node;
}

static const struct node *
parse_field(struct parser *p, struct str name)
{
	const struct field *field = field_find(p->field->object, name);
	struct node *node = node_new(p, NODE_FIELD);

	if (!node)
		return NULL;
	if (!field) {
		parser_fail(p,
			    str_printf(p->c->scratch, "unknown field%s",
				       hint_fields(p->c, p->field->object, name))
				    .p,
			    name);
		return NULL;
	}
	if (field->special || (NO_OPERAND & 1u << field->type))
		return parser_fail(p, "a field of this type cannot be used", name);
	if (field->type == FT_FORMULA && field->index >= p->field->index)
		return parser_fail(p, "only formulas that stand above can be used", name);
	node->field = field;
	return node;
}

static const struct node *
parse_primary(struct parser *p)
{
	struct str word;

	if (parser_take(p, '(')) {
		const struct node *inside = parse_join(p);

		if (inside && !parser_take(p, ')'))
			return parser_fail(p, "a parenthesis is not closed", p->rest);
		return inside;
	}
	if (parser_take(p, '\'')) {
		struct str text = str_cut(&p->rest, '\'');
		struct node *node = node_new(p, NODE_TEXT);

		if (node)
			node->text = str_dup(p->c->mem, text);
		return node;
	}
	if (!p->rest.n)
		return parser_fail(p, "something is missing at the end", S(""));
	word = str_first(p->rest, run_length(p->rest, p->rest.p[0] >= '0' && p->rest.p[0] <= '9'));
	if (!word.n)
		return parser_fail(p, "cannot be read", p->rest);
	p->rest = str_from(p->rest, word.n);
	return word.p[0] >= '0' && word.p[0] <= '9' ? parse_number(p, word) : parse_field(p, word);
}

static const struct node *
parse_unary(struct parser *p)
{
	const struct node *inside;
	struct node *node;

	if (++p->depth > DEPTH_MAX)
		return parser_fail(p, "nested too deep", p->rest);
	if (!parser_take(p, '-')) {
		inside = parse_primary(p);
		p->depth--;
		return inside;
	}
	inside = parse_unary(p);
	p->depth--;
	if (!inside)
		return NULL;
	if (node_is_text(inside))
		return parser_fail(p, "a text has no sign", p->rest);
	node = node_new(p, NODE_NEG);
	if (node)
		node->left = inside;
	return node;
}

static const struct node *
parse_product(struct parser *p)
{
	const struct node *left = parse_unary(p);

	while (left) {
		if (parser_take(p, '*'))
			left = node_binary(p, NODE_MUL, left, parse_unary(p));
		else if (parser_take(p, '/'))
			left = node_binary(p, NODE_DIV, left, parse_unary(p));
		else
			break;
	}
	return left;
}

static const struct node *
parse_sum(struct parser *p)
{
	const struct node *left = parse_product(p);

	while (left) {
		if (parser_take(p, '+'))
			left = node_binary(p, NODE_ADD, left, parse_product(p));
		else if (parser_take(p, '-'))
			left = node_binary(p, NODE_SUB, left, parse_product(p));
		else
			break;
	}
	return left;
}

static const struct node *
parse_join(struct parser *p)
{
	const struct node *left = parse_sum(p);

	while (left && parser_take(p, '&'))
		left = node_binary(p, NODE_JOIN, left, parse_sum(p));
	return left;
}

void
formula_make(struct check *c, struct statement *st, struct field *field, struct str text)
{
	struct parser p = { .c = c, .st = st, .field = field, .rest = text };
	const struct node *root = parse_join(&p);
	bool is_text;

	if (root && str_trim(p.rest).n) {
		parser_fail(&p, "cannot be read from here", str_trim(p.rest));
		return;
	}
	if (!root)
		return;
	is_text = node_is_text(root);
	if (field->result == FT_FORMULA)
		field->result = is_text ? FT_TEXT : FT_DECIMAL;
	if (is_text != (field->result == FT_TEXT)) {
		check_error(c, st, "formula: the result is a %s, and type=%s does not fit",
			    is_text ? "text" : "number", TYPES[field->result].name);
		return;
	}
	if (field->result == FT_INT || field->result == FT_DURATION)
		field->scale = 0;
	if (field->result == FT_MONEY) {
		if (!field->currency.n)
			field->currency = S(CURRENCY_DEFAULT);
		field->scale = currency_digits(field->currency);
	}
	field->formula = new(c->mem, struct formula);
	*field->formula = (struct formula){ field, root, str_dup(c->mem, text) };
}

void
formula_print(const struct formula *formula, struct buf *out)
{
	buf_str(out, formula->text);
}

static void
node_fields(const struct node *node, void (*each)(const struct field *f, void *to), void *to)
{
	if (!node)
		return;
	if (node->kind == NODE_FIELD)
		each(node->field, to);
	node_fields(node->left, each, to);
	node_fields(node->right, each, to);
}

void
formula_fields(const struct formula *formula, void (*each)(const struct field *f, void *to),
	       void *to)
{
	node_fields(formula->root, each, to);
}

/* --- Computing --- */

static const struct fraction EMPTY = { .empty = true };
static const struct fraction BAD = { .empty = true, .bad = true };

static wide
wide_gcd(wide a, wide b)
{
	while (b) {
		wide rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static bool
wide_mul(wide a, wide b, wide *out)
{
	if (a && b > WIDE_MAX / a)
		return false;
	*out = a * b;
	return true;
}

static struct fraction
fraction_reduce(struct fraction f)
{
	wide divisor = wide_gcd(f.n, f.d);

	if (!f.n)
		f.negative = false;
	f.n /= divisor;
	f.d /= divisor;
	return f;
}

/* The currency of a result; false: two that differ. */
static bool
currency_join(const struct fraction *a, const struct fraction *b, struct fraction *out)
{
	if (a->currency[0] && b->currency[0] &&
	    memcmp(a->currency, b->currency, sizeof a->currency))
		return false;
	memcpy(out->currency, a->currency[0] ? a->currency : b->currency, sizeof out->currency);
	return true;
}

/* Nothing and something is something: an empty discount is none. */
static struct fraction
fraction_add(struct fraction a, struct fraction b)
{
	struct fraction sum = { 0 };
	wide x, y;

	if (a.bad || b.bad)
		return BAD;
	if (a.empty || b.empty)
		return a.empty ? b : a;
	if (!currency_join(&a, &b, &sum) || !wide_mul(a.n, b.d, &x) || !wide_mul(b.n, a.d, &y) ||
	    !wide_mul(a.d, b.d, &sum.d))
		return BAD;
	if (a.negative == b.negative) {
		if (x > WIDE_MAX - y)
			return BAD;
		sum.n = x + y;
		sum.negative = a.negative;
	} else {
		sum.n = x > y ? x - y : y - x;
		sum.negative = x > y ? a.negative : b.negative;
	}
	return fraction_reduce(sum);
}

static struct fraction
fraction_negate(struct fraction a)
{
	if (!a.empty && a.n)
		a.negative = !a.negative;
	return a;
}

/* Reduced crosswise first, so that only results overflow that do not fit in lowest terms. */
static struct fraction
fraction_mul(struct fraction a, struct fraction b)
{
	struct fraction product = { .negative = a.negative != b.negative };
	wide across, down;

	if (a.empty || b.empty)
		return a.bad || b.bad ? BAD : EMPTY;
	if (!currency_join(&a, &b, &product))
		return BAD;
	across = wide_gcd(a.n, b.d);
	down = wide_gcd(b.n, a.d);
	if (!wide_mul(a.n / across, b.n / down, &product.n) ||
	    !wide_mul(a.d / down, b.d / across, &product.d))
		return BAD;
	return fraction_reduce(product);
}

/* Money by money of the same currency is a plain number. */
static struct fraction
fraction_div(struct fraction a, struct fraction b)
{
	struct fraction quotient;
	wide n = b.n;

	if (a.empty || b.empty)
		return a.bad || b.bad ? BAD : EMPTY;
	if (!b.n)
		return BAD;
	b.n = b.d;
	b.d = n;
	quotient = fraction_mul(a, b);
	if (b.currency[0])
		memset(quotient.currency, 0, sizeof quotient.currency);
	return quotient;
}

static struct fraction
field_number(const struct field *field, const struct row *row)
{
	const struct value *v = &row->v[field->index];
	struct fraction f = { .d = 1 };

	if (v->kind != V_INT)
		return EMPTY;
	f.negative = v->i < 0;
	f.n = v->i < 0 ? (wide)0 - (wide)v->i : (wide)v->i;
	for (int i = value_places(field, v); i > 0; i--)
		f.d *= 10;
	memcpy(f.currency, v->currency, sizeof f.currency);
	return fraction_reduce(f);
}

static struct fraction
node_number(const struct node *node, const struct row *row)
{
	switch (node->kind) {
	case NODE_NUMBER:
		return node->number;
	case NODE_FIELD:
		return field_number(node->field, row);
	case NODE_NEG:
		return fraction_negate(node_number(node->left, row));
	case NODE_ADD:
		return fraction_add(node_number(node->left, row), node_number(node->right, row));
	case NODE_SUB:
		return fraction_add(node_number(node->left, row),
				    fraction_negate(node_number(node->right, row)));
	case NODE_MUL:
		return fraction_mul(node_number(node->left, row), node_number(node->right, row));
	case NODE_DIV:
		return fraction_div(node_number(node->left, row), node_number(node->right, row));
	case NODE_TEXT:
	case NODE_JOIN:
		break;
	}
	return EMPTY;
}

/* As units of 10^-scale, halves rounded away from zero. */
static bool
fraction_units(struct fraction f, int scale, int64_t *out)
{
	wide units, rest;

	for (int i = 0; i < scale; i++)
		if (!wide_mul(f.n, 10, &f.n))
			return false;
	units = f.n / f.d;
	rest = f.n % f.d;
	units += rest && rest >= f.d - rest;
	if (units > (wide)INT64_MAX)
		return false;
	*out = f.negative ? -(int64_t)units : (int64_t)units;
	return true;
}

/* With as many places as the number has, six where it does not end. */
static void
number_text(struct fraction f, struct buf *out)
{
	int64_t units;
	wide power = 1;
	int scale = 0;

	if (f.empty)
		return;
	while (scale < TEXT_PLACES_MAX && power % f.d) {
		power *= 10;
		scale++;
	}
	if (fraction_units(f, scale, &units))
		buf_decimal(out, units, scale);
}

static void
node_text(const struct node *node, const struct row *row, struct buf *out)
{
	const struct field *field = node->field;

	if (node->kind == NODE_TEXT) {
		buf_str(out, node->text);
	} else if (node->kind == NODE_JOIN) {
		node_text(node->left, row, out);
		node_text(node->right, row, out);
	} else if (node->kind == NODE_FIELD) {
		if (row->v[field->index].kind != V_NONE)
			field->row->text(field, &row->v[field->index], out);
	} else {
		number_text(node_number(node, row), out);
	}
}

struct value
formula_eval(struct arena *mem, const struct formula *formula, const struct row *row)
{
	const struct field *field = formula->field;
	struct value v = { .kind = V_INT };
	struct fraction f;
	int scale = field->scale;

	if (field->result == FT_TEXT) {
		struct buf b = buf_in(mem, TEXT_RESULT_MAX);

		node_text(formula->root, row, &b);
		return value_text(str_trim(buf_done(&b)));
	}
	f = node_number(formula->root, row);
	if (f.empty)
		return (struct value){ 0 };
	if (field->result == FT_MONEY) {
		struct str currency = f.currency[0] ? str_of(f.currency) : field->currency;

		memcpy(v.currency, currency.p, currency.n < 3 ? currency.n : 3);
		scale = value_places(field, &v);
	}
	if (!fraction_units(f, scale, &v.i))
		return (struct value){ 0 };
	return v;
}
