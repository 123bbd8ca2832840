#include "data/csv.h"

#include "base/i18n.h"

enum { GUESS_LINES = 10 };

enum state {
	START,  /* at the beginning of a cell */
	PLAIN,  /* in a cell without quotes */
	QUOTED, /* between quotes */
	CLOSED, /* behind a quote that closes, or is the first of two */
	STATE__MAX
};

enum class { TEXT, BLANK, DELIMITER, QUOTE, RETURN, FEED, CLASS__MAX };

enum act { KEEP, OPEN, CLOSE, TWICE, PASS, CELL, ROW, STRAY };

struct csv {
	struct decoder *decoder;
	bool columns;
	char delimiter;
	enum csv_form form;
	unsigned char classes[256];
	struct str piece; /* decoded, not yet used */
	bool ended;
	bool returned; /* the row before ended with CR: a LF that follows belongs to it */
	bool quoted;   /* the cell being read has quotes */
	enum state state;
	int64_t row, bytes;
	struct buf text; /* of all cells of the row, one behind the other */
	size_t *ends;    /* where in text each cell ends */
	struct str *cells;
	size_t n;
};

/* What to do with a byte.  In QUOTED everything but a quote is text. */
static const unsigned char ACTS[STATE__MAX][CLASS__MAX] = {
	[START] = { KEEP, KEEP, CELL, OPEN, ROW, ROW },
	[PLAIN] = { KEEP, KEEP, CELL, KEEP, ROW, ROW },
	[QUOTED] = { KEEP, KEEP, KEEP, CLOSE, KEEP, KEEP },
	[CLOSED] = { STRAY, PASS, CELL, TWICE, ROW, ROW },
};

static bool
fail_here(struct cx *cx, const struct csv *csv, const char *why)
{
	return fail(cx, E_INPUT, "row %lld, column %zu: %s", (long long)csv->row, csv->n + 1,
		    tr(cx, why));
}

static void
csv_classes(struct csv *csv)
{
	memset(csv->classes, TEXT, sizeof csv->classes);
	csv->classes['\r'] = RETURN;
	csv->classes['\n'] = FEED;
	csv->classes[' '] = csv->classes['\t'] = BLANK;
	if (csv->columns)
		return;
	csv->classes['"'] = QUOTE;
	csv->classes[(unsigned char)csv->delimiter] = DELIMITER;
}

/* Make csv->piece not empty, or csv->ended true. */
static bool
csv_more(struct cx *cx, struct csv *csv)
{
	while (!csv->piece.n && !csv->ended) {
		switch (decoder_next(csv->decoder, &csv->piece)) {
		case DECODED_TEXT:
			csv->bytes += (int64_t)csv->piece.n;
			break;
		case DECODED_END:
			csv->ended = true;
			break;
		case DECODED_BAD:
			return fail_here(cx, csv, decoder_why(csv->decoder));
		case DECODED_FAILED:
			return fail(cx, E_IO, "row %lld: reading the file failed",
				    (long long)csv->row);
		}
	}
	return true;
}

/* How often the delimiter stands in the line outside of quotes. */
static size_t
count_in_line(struct str line, char delimiter)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		n += !quoted && line.p[i] == delimiter;
	}
	return n;
}

/* On how many of the first lines does it stand as often as on the very first? */
static size_t
lines_that_agree(struct str text, char delimiter, size_t in_first)
{
	size_t agree = 0;

	for (unsigned i = 0; i < GUESS_LINES && text.n; i++)
		agree += count_in_line(str_cut(&text, '\n'), delimiter) == in_first;
	return agree;
}

static char
delimiter_guess(struct str text)
{
	static const char candidates[] = { ',', ';', '\t', '|' };
	size_t best_agree = 0, best_count = 0;
	struct str rest = text, first = str_cut(&rest, '\n');
	char best = ',';

	for (size_t i = 0; i < sizeof candidates; i++) {
		size_t n = count_in_line(first, candidates[i]);
		size_t agree = n ? lines_that_agree(text, candidates[i], n) : 0;

		if (agree > best_agree || (agree == best_agree && n > best_count)) {
			best = candidates[i];
			best_agree = agree;
			best_count = n;
		}
	}
	return best;
}

/* A first line "sep=;" is how some spreadsheets are told. */
static bool
csv_take_separator(struct csv *csv)
{
	struct str text = csv->piece, line = str_trim(str_cut(&text, '\n'));

	if (!str_starts(line, S("sep=")) || line.n != 5)
		return false;
	if (!csv->delimiter)
		csv->delimiter = line.p[4];
	csv->piece = text;
	csv->row++;
	return true;
}

static bool
csv_begin(struct cx *cx, struct csv *csv)
{
	csv->row = 1;
	if (!csv_more(cx, csv))
		return false;
	csv->row = csv->form == FORM_CARDS ? -1 : 0;
	if (csv->columns)
		return true;
	if (csv->form == FORM_TEXT && !csv_take_separator(csv) && !csv->delimiter)
		csv->delimiter = delimiter_guess(csv->piece);
	csv_classes(csv);
	return true;
}

struct csv *
csv_open(struct cx *cx, struct arena *mem, struct source source, struct csv_options options)
{
	struct csv *csv = new(mem, struct csv);

	if (options.delimiter && strchr("\"\r\n", options.delimiter)) {
		fail(cx, E_INPUT,
		     "a quote or a line break cannot be the delimiter; choose , ; tab or |");
		return NULL;
	}
	if (options.form != FORM_TEXT)
		options = (struct csv_options){ ENCODING_UTF8, false, ',', options.form };
	csv->decoder = decoder_new(mem, source, options.encoding);
	csv->columns = options.columns;
	csv->delimiter = options.delimiter;
	csv->form = options.form;
	csv->text = buf_in(mem, CSV_ROW_MAX);
	csv->ends = new_array(mem, CSV_COLUMNS_MAX, size_t);
	csv->cells = new_array(mem, CSV_COLUMNS_MAX, struct str);
	csv_classes(csv);
	return csv_begin(cx, csv) ? csv : NULL;
}

char
csv_delimiter(const struct csv *csv)
{
	return csv->delimiter;
}

int64_t
csv_bytes(const struct csv *csv)
{
	return csv->bytes - (int64_t)csv->piece.n;
}

static size_t
cell_begin(const struct csv *csv)
{
	return csv->n ? csv->ends[csv->n - 1] : 0;
}

static bool
csv_keep(struct cx *cx, struct csv *csv, struct str text)
{
	buf_str(&csv->text, text);
	if (csv->text.n - cell_begin(csv) > CSV_CELL_MAX)
		return fail_here(
			cx, csv,
			csv->quoted ? N_("the cell is longer than 1 MiB; the quote opened here is "
					 "probably never closed")
				    : N_("the cell is longer than 1 MiB; is this a text file with "
					 "line breaks?"));
	if (csv->text.full)
		return fail_here(cx, csv, N_("the row is longer than 8 MiB up to here; divide it"));
	return true;
}

static bool
csv_cell(struct cx *cx, struct csv *csv)
{
	if (csv->n == CSV_COLUMNS_MAX)
		return fail_here(
			cx, csv,
			N_("a row may have 1,000 columns at most; take out what is not needed"));
	csv->ends[csv->n++] = csv->text.n;
	csv->state = START;
	csv->quoted = false;
	return true;
}

/* The bytes from the front that are text in this state. */
static size_t
run_length(const struct csv *csv)
{
	const struct str s = csv->piece;
	size_t i = 1;

	if (csv->state == QUOTED) {
		const char *quote = memchr(s.p, '"', s.n);

		return quote ? (size_t)(quote - s.p) : s.n;
	}
	while (i < s.n && csv->classes[(unsigned char)s.p[i]] <= BLANK)
		i++;
	return i;
}

/* Use up one byte, or a run of text; *row tells that the row is complete. */
static bool
csv_step(struct cx *cx, struct csv *csv, bool *row)
{
	unsigned char c = (unsigned char)csv->piece.p[0];
	size_t n = 1;
	bool good = true;

	switch (ACTS[csv->state][csv->classes[c]]) {
	case KEEP:
		csv->state = csv->state == START ? PLAIN : csv->state;
		n = run_length(csv);
		good = csv_keep(cx, csv, str_first(csv->piece, n));
		break;
	case OPEN:
		csv->state = QUOTED;
		csv->quoted = true;
		break;
	case CLOSE:
		csv->state = CLOSED;
		break;
	case TWICE:
		csv->state = QUOTED;
		good = csv_keep(cx, csv, S("\""));
		break;
	case PASS:
		break;
	case CELL:
		good = csv_cell(cx, csv);
		break;
	case ROW:
		good = csv_cell(cx, csv);
		csv->returned = c == '\r';
		*row = true;
		break;
	default:
		return fail_here(
			cx, csv,
			N_("text stands behind the closing quote; a quote inside of quotes is "
			   "written twice"));
	}
	csv->piece = str_from(csv->piece, n);
	return good;
}

static bool
csv_read_quoted(struct cx *cx, struct csv *csv)
{
	for (bool row = false; !row;) {
		if (!csv_more(cx, csv))
			return false;
		if (!csv->ended) {
			if (!csv_step(cx, csv, &row))
				return false;
			continue;
		}
		if (csv->state == QUOTED)
			return fail_here(cx, csv, N_("the quote opened here is never closed"));
		if (csv->state != START || csv->n)
			return csv_cell(cx, csv);
		return true;
	}
	return true;
}

/* Cells that stand apart by runs of blanks. */
static bool
csv_read_columns(struct cx *cx, struct csv *csv)
{
	for (;;) {
		enum class class;

		if (!csv_more(cx, csv))
			return false;
		class = csv->ended ? FEED : csv->classes[(unsigned char)csv->piece.p[0]];
		if (class == TEXT) {
			size_t n = 1;

			while (n < csv->piece.n &&
			       csv->classes[(unsigned char)csv->piece.p[n]] == TEXT)
				n++;
			if (!csv_keep(cx, csv, str_first(csv->piece, n)))
				return false;
			csv->state = PLAIN;
			csv->piece = str_from(csv->piece, n);
			continue;
		}
		if (csv->state == PLAIN && !csv_cell(cx, csv))
			return false;
		if (csv->ended)
			return true;
		csv->returned = class == RETURN;
		csv->piece = str_from(csv->piece, 1);
		if (class != BLANK)
			return true;
	}
}

static void
csv_give(struct csv *csv, struct csv_row *out)
{
	size_t at = 0;

	for (size_t i = 0; i < csv->n; i++) {
		size_t n = csv->ends[i] - at;

		csv->cells[i] = n ? (struct str){ csv->text.p + at, n } : S("");
		at = csv->ends[i];
	}
	*out = (struct csv_row){ csv->row, csv->cells, csv->n };
}

bool
csv_next(struct cx *cx, struct csv *csv, struct csv_row *out, bool *out_row)
{
	bool blank;

	do {
		buf_clear(&csv->text);
		csv->n = 0;
		csv->state = START;
		csv->row++;
		if (!csv_more(cx, csv))
			return false;
		if (csv->returned && !csv->ended && csv->piece.p[0] == '\n')
			csv->piece = str_from(csv->piece, 1);
		csv->returned = false;
		if (!csv_more(cx, csv))
			return false;
		if (csv->ended) {
			*out_row = false;
			return true;
		}
		if (!(csv->columns ? csv_read_columns(cx, csv) : csv_read_quoted(cx, csv)))
			return false;
		blank = csv->n < 2 && !str_trim(buf_done(&csv->text)).n;
	} while (blank);
	csv_give(csv, out);
	*out_row = true;
	return true;
}
