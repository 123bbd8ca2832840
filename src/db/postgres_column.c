/* Columns come in as the server holds them: big-endian numbers, bare text and bytes. */
#include "db/postgres.h"

#include <endian.h>

enum {
	NUMERIC_HEAD = 8, /* bytes: digits, weight, sign, scale; two each */
	NUMERIC_BASE = 10000,
	NUMERIC_DIGITS = 4, /* decimal ones in one of it */
	NUMERIC_PLUS = 0x0000,
	NUMERIC_MINUS = 0x4000,
	WEIGHT_MAX = 8,
	SCALE_MAX = 20
};

static const struct {
	Oid type;
	enum pg_kind kind;
} TYPES[] = {
	{ 20, PG_INT8 },  { 25, PG_TEXT },   { 23, PG_INT4 },      { 16, PG_BOOL },
	{ 17, PG_BYTES }, { 701, PG_REAL8 }, { 1700, PG_NUMERIC }, { 21, PG_INT2 },
	{ 26, PG_INT4 },  { 700, PG_REAL4 },
};

enum pg_kind
pg_kind_of(Oid type)
{
	for (size_t i = 0; i < countof(TYPES); i++)
		if (TYPES[i].type == type)
			return TYPES[i].kind;
	return PG_TEXT;
}

static inline const struct pg_stmt *
stmt_of(const struct stmt *stmt)
{
	return (const struct pg_stmt *)stmt;
}

static inline bool
is_null(const struct pg_stmt *stmt, int column)
{
	return column < 0 || column >= stmt->n_columns || PQgetisnull(stmt->now, stmt->row, column);
}

static inline const char *
bytes_of(const struct pg_stmt *stmt, int column)
{
	return PQgetvalue(stmt->now, stmt->row, column);
}

static int16_t
int16_at(const char *p)
{
	uint16_t bits;

	memcpy(&bits, p, sizeof bits);
	return (int16_t)be16toh(bits);
}

static int32_t
int32_at(const char *p)
{
	uint32_t bits;

	memcpy(&bits, p, sizeof bits);
	return (int32_t)be32toh(bits);
}

static int64_t
int64_at(const char *p)
{
	uint64_t bits;

	memcpy(&bits, p, sizeof bits);
	return (int64_t)be64toh(bits);
}

static double
real4_at(const char *p)
{
	int32_t bits = int32_at(p);
	float value;

	memcpy(&value, &bits, sizeof value);
	return (double)value;
}

static double
real8_at(const char *p)
{
	int64_t bits = int64_at(p);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* ---- numeric: digits to the base 10,000, the first of them times 10,000^weight --------------- */

static int
digit_at(const char *p, int at)
{
	return at >= 0 && at < int16_at(p) ? int16_at(p + NUMERIC_HEAD + 2 * at) : 0;
}

static void
put_fraction(struct buf *out, const char *p, int weight, int scale)
{
	size_t end;

	if (scale <= 0)
		return;
	buf_char(out, '.');
	end = out->n + (size_t)scale;
	for (int i = weight + 1; out->n < end; i++)
		buf_pad(out, digit_at(p, i), NUMERIC_DIGITS);
	out->n = end;
}

/* Sums of integers come in as this.  False: it is too large. */
static bool
numeric_text(const char *p, char text[PG_SCRATCH_MAX])
{
	struct buf out = { .p = text, .cap = PG_SCRATCH_MAX, .max = PG_SCRATCH_MAX - 1 };
	int weight = int16_at(p + 2), sign = (uint16_t)int16_at(p + 4), scale = int16_at(p + 6);

	if (weight > WEIGHT_MAX || (sign != NUMERIC_PLUS && sign != NUMERIC_MINUS))
		return false;
	if (sign == NUMERIC_MINUS)
		buf_char(&out, '-');
	buf_int(&out, weight < 0 ? 0 : digit_at(p, 0));
	for (int i = 1; i <= weight; i++)
		buf_pad(&out, digit_at(p, i), NUMERIC_DIGITS);
	put_fraction(&out, p, weight, scale < SCALE_MAX ? scale : SCALE_MAX);
	text[out.n] = 0;
	return true;
}

static bool
numeric_ready(struct pg_stmt *stmt, int column)
{
	char *text = stmt->columns[column].scratch;
	int64_t whole;

	if (is_null(stmt, column))
		return true;
	return numeric_text(bytes_of(stmt, column), text) &&
	       (strchr(text, '.') || str_int(str_of(text), INT64_MIN, INT64_MAX, &whole));
}

bool
pg_row_ready(struct pg_stmt *stmt)
{
	for (int i = 0; i < stmt->n_columns; i++)
		if (stmt->columns[i].kind == PG_NUMERIC && !numeric_ready(stmt, i))
			return false;
	return true;
}

/* ---- as what is asked for ------------------------------------------------------------------- */

static int64_t
int_of_real(double value)
{
	if (value >= 0x1p63)
		return INT64_MAX;
	return value > -0x1p63 ? (int64_t)value : INT64_MIN;
}

static int64_t
int_of_text(struct str s)
{
	int64_t whole;
	double real;

	if (str_int(s, INT64_MIN, INT64_MAX, &whole))
		return whole;
	return str_real(s, &real) ? int_of_real(real) : 0;
}

bool
pg_col_null(const struct stmt *stmt, int column)
{
	return is_null(stmt_of(stmt), column);
}

int64_t
pg_col_int(const struct stmt *base, int column)
{
	const struct pg_stmt *stmt = stmt_of(base);
	const char *p;

	if (is_null(stmt, column))
		return 0;
	p = bytes_of(stmt, column);
	switch (stmt->columns[column].kind) {
	case PG_INT8:
		return int64_at(p);
	case PG_INT4:
		return int32_at(p);
	case PG_INT2:
		return int16_at(p);
	case PG_BOOL:
		return p[0] != 0;
	case PG_REAL8:
		return int_of_real(real8_at(p));
	case PG_REAL4:
		return int_of_real(real4_at(p));
	default:
		return int_of_text(pg_col_str(base, column));
	}
}

double
pg_col_real(const struct stmt *base, int column)
{
	const struct pg_stmt *stmt = stmt_of(base);
	double value;

	if (is_null(stmt, column))
		return 0;
	switch (stmt->columns[column].kind) {
	case PG_REAL8:
		return real8_at(bytes_of(stmt, column));
	case PG_REAL4:
		return real4_at(bytes_of(stmt, column));
	case PG_NUMERIC:
	case PG_TEXT:
	case PG_BYTES:
		return str_real(pg_col_str(base, column), &value) ? value : 0;
	default:
		return (double)pg_col_int(base, column);
	}
}

struct str
pg_col_blob(const struct stmt *base, int column)
{
	const struct pg_stmt *stmt = stmt_of(base);

	if (is_null(stmt, column))
		return (struct str){ 0 };
	return (struct str){ bytes_of(stmt, column),
			     (size_t)PQgetlength(stmt->now, stmt->row, column) };
}

struct str
pg_col_str(const struct stmt *base, int column)
{
	const struct pg_stmt *stmt = stmt_of(base);
	struct pg_column *c;

	if (is_null(stmt, column))
		return (struct str){ 0 };
	c = &stmt->columns[column];
	switch (c->kind) {
	case PG_TEXT:
	case PG_BYTES:
		return pg_col_blob(base, column);
	case PG_NUMERIC:
		break;
	case PG_REAL4:
	case PG_REAL8:
		snprintf(c->scratch, sizeof c->scratch, "%.15g", pg_col_real(base, column));
		break;
	default:
		snprintf(c->scratch, sizeof c->scratch, "%lld",
			 (long long)pg_col_int(base, column));
	}
	return str_of(c->scratch);
}
