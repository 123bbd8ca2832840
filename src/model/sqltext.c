#include "model/sqltext.h"

#include "base/cx.h"

struct sqltext
sqltext_new(struct arena *mem)
{
	return (struct sqltext){ .text = buf_in(mem, SQL_TEXT_MAX), .mem = mem };
}

void
sql_raw(struct sqltext *sql, const char *literal)
{
	buf_z(&sql->text, literal);
	sql->full |= sql->text.full;
}

void
sql_name(struct sqltext *sql, struct str name)
{
	buf_char(&sql->text, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"')
			buf_char(&sql->text, '"');
		buf_char(&sql->text, name.p[i]);
	}
	buf_char(&sql->text, '"');
	sql->full |= sql->text.full;
}

void
sql_column(struct sqltext *sql, const char *alias, struct str column)
{
	buf_z(&sql->text, alias);
	buf_char(&sql->text, '.');
	sql_name(sql, column);
}

void
sql_value(struct sqltext *sql, const struct value *value)
{
	if (sql->n >= SQL_BINDS_MAX) {
		sql->full = true;
		return;
	}
	sql->binds = arena_grow(sql->mem, sql->binds, sql->n, &sql->cap, sizeof *sql->binds);
	sql->binds[sql->n++] = *value;
	buf_char(&sql->text, '?');
	buf_int(&sql->text, (int64_t)sql->n);
	sql->full |= sql->text.full;
}

void
sql_int(struct sqltext *sql, int64_t value)
{
	sql_value(sql, &(struct value){ .kind = V_INT, .i = value });
}

void
sql_real(struct sqltext *sql, double value)
{
	sql_value(sql, &(struct value){ .kind = V_REAL, .r = value });
}

/* The empty text is a text here, not the empty value. */
void
sql_str(struct sqltext *sql, struct str value)
{
	sql_value(sql, &(struct value){ .kind = V_TEXT, .s = value });
}

void
sql_literal(struct sqltext *sql, struct str text)
{
	buf_char(&sql->text, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_char(&sql->text, '\'');
		buf_char(&sql->text, text.p[i]);
	}
	buf_char(&sql->text, '\'');
	sql->full |= sql->text.full;
}

const char *
sql_alias(struct sqltext *sql)
{
	return str_printf(sql->mem, "j%u", ++sql->aliases).p;
}
