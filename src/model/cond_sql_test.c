#include "base/clock.h"
#include "base/test.h"
#include "model/cond.h"
#include "model/cond_sample.h"

enum { TEXT_MAX = 1 << 16 };

struct fixture {
	struct cx *cx;
	struct snapshot *model;
	const struct object *party;
	struct cond_when when;
};

static int
setup(void **state)
{
	static const int64_t teams[] = { 2, 5 }, units[] = { 7 };
	struct fixture *f = test_calloc(1, sizeof *f);
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	f->cx = cx_new(&env_real, CX_MEM_DEFAULT);
	if (!model_load(f->cx, &text, 1, &f->model))
		fail_msg("%.*s", STR_FMT(f->cx->err.why));
	f->party = object_find(f->model, S("party"), NULL);
	f->when = (struct cond_when){ .zone = S("Europe/Berlin"),
				      .me = 9,
				      .teams = teams,
				      .units = units,
				      .n_teams = 2,
				      .n_units = 1 };
	if (!moment_parse(S("2024-02-28T23:30:00Z"), &f->when.now, NULL))
		fail_msg("not a moment");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	snapshot_free(&f->model);
	cx_free(&f->cx);
	test_free(f);
	return 0;
}

static const struct cond *
parse(struct fixture *f, const char *text)
{
	const struct cond *cond = NULL;

	fail_clear(f->cx);
	if (!cond_parse(f->cx, f->cx->mem, f->model, f->party, str_of(text), NULL, &cond))
		fail_msg("%s: %.*s", text, STR_FMT(f->cx->err.fields->why));
	return cond;
}

/* Numbers as they are, texts in quotes. */
static struct str
binds_text(struct fixture *f, const struct sqltext *sql)
{
	struct buf b = buf_in(f->cx->mem, TEXT_MAX);

	for (size_t i = 0; i < sql->n; i++) {
		if (i)
			buf_char(&b, ' ');
		if (sql->binds[i].kind == V_TEXT)
			buf_printf(&b, "'%.*s'", STR_FMT(sql->binds[i].s));
		else
			buf_int(&b, sql->binds[i].i);
	}
	return buf_done(&b);
}

/* What stands in many of them. */
#define ALIVE "AND j1.\"deleted_at\" IS NULL"
#define ORDERS "FROM \"order\" j1 WHERE j1.\"party_id\" = t.\"id\" " ALIVE
#define LOW(x) "CAST(coalesce(sum(" x " & 4294967295), 0) AS BIGINT)"
#define HIGH(x) "CAST(coalesce(sum(" x " >> 32), 0) AS BIGINT) + (" LOW(x) " >> 32)"
#define SUM(x)                                                                    \
	"CASE WHEN " HIGH(x) " > 2147483647 THEN 9223372036854775807 WHEN " HIGH( \
		x) " < -2147483648 THEN -9223372036854775807 - 1 ELSE (" HIGH(x) ") * 4294967296 + (" LOW(x) " & 4294967295) END"

struct golden {
	const char *cond, *sql, *binds;
};

static const struct golden GOLDEN[] = {
	{ "", "(1 = 1)", "" },
	{ "kind = person", "(t.\"kind\" = ?1)", "'person'" },
	{ "kind != person", "((t.\"kind\" IS NULL OR t.\"kind\" <> ?1))", "'person'" },
	{ "kind in (person, organisation)", "(t.\"kind\" IN (?1, ?2))", "'person' 'organisation'" },
	{ "kind not in (person, organisation)",
	  "((t.\"kind\" IS NULL OR t.\"kind\" NOT IN (?1, ?2)))", "'person' 'organisation'" },
	{ "kind in (person)", "(t.\"kind\" = ?1)", "'person'" },
	{ "kind is empty", "(t.\"kind\" IS NULL)", "" },
	{ "not (kind = person and (vip or rating < 3))",
	  "(((t.\"kind\" IS NULL OR t.\"kind\" <> ?1) OR (t.\"vip\" IS NULL OR t.\"vip\" <> ?2) AND (t.\"rating\" IS NULL OR t.\"rating\" >= ?3)))",
	  "'person' 1 3" },
	{ "not (kind = person or vip)",
	  "((t.\"kind\" IS NULL OR t.\"kind\" <> ?1) AND (t.\"vip\" IS NULL OR t.\"vip\" <> ?2))",
	  "'person' 1" },
	{ "kind = person and vip or rating < 3",
	  "((t.\"kind\" = ?1 AND t.\"vip\" = ?2 OR t.\"rating\" < ?3))", "'person' 1 3" },
	{ "(kind = person or vip) and rating < 3",
	  "((t.\"kind\" = ?1 OR t.\"vip\" = ?2) AND t.\"rating\" < ?3)", "'person' 1 3" },
	{ "name = Müller", "(t.\"name_key\" = ?1)", "'muller'" },
	{ "name != Müller", "((t.\"name_key\" IS NULL OR t.\"name_key\" <> ?1))", "'muller'" },
	{ "name starts Mü", "(t.\"name_key\" >= ?1 AND t.\"name_key\" < ?2)", "'mu' 'mv'" },
	{ "name not starts Mü",
	  "((t.\"name_key\" IS NULL OR t.\"name_key\" < ?1 OR t.\"name_key\" >= ?2))",
	  "'mu' 'mv'" },
	{ "name contains \"50%\"", "(t.\"name_key\" LIKE ?1 ESCAPE '\\')", "'%50\\%%'" },
	{ "name not contains a_b",
	  "((t.\"name_key\" IS NULL OR t.\"name_key\" NOT LIKE ?1 ESCAPE '\\'))", "'%a\\_b%'" },
	{ "name like \"M*ll?r\"", "(t.\"name_key\" LIKE ?1 ESCAPE '\\')", "'m%ll_r'" },
	{ "name between a and b", "(t.\"name_key\" BETWEEN ?1 AND ?2)", "'a' 'b'" },
	{ "name not between a and b",
	  "((t.\"name_key\" IS NULL OR t.\"name_key\" NOT BETWEEN ?1 AND ?2))", "'a' 'b'" },
	{ "name is not empty", "(t.\"name\" IS NOT NULL)", "" },
	{ "rating < 3", "(t.\"rating\" < ?1)", "3" },
	{ "not rating < 3", "((t.\"rating\" IS NULL OR t.\"rating\" >= ?1))", "3" },
	{ "rating between 1 and 5", "(t.\"rating\" BETWEEN ?1 AND ?2)", "1 5" },
	{ "credit >= 10.50", "(t.\"credit\" >= ?1)", "1050" },
	{ "credit >= 10.50 EUR", "(t.\"credit\" >= ?1 AND t.\"credit_currency\" = ?2)",
	  "1050 'EUR'" },
	{ "not credit >= 10.50 EUR",
	  "(((t.\"credit\" IS NULL OR t.\"credit\" < ?1) OR (t.\"credit_currency\" IS NULL OR t.\"credit_currency\" <> ?2)))",
	  "1050 'EUR'" },
	{ "credit in (1 EUR, 2 EUR)", "(t.\"credit\" IN (?1, ?2) AND t.\"credit_currency\" = ?3)",
	  "100 200 'EUR'" },
	{ "birthday = today", "(t.\"birthday\" = ?1)", "'2024-02-29'" },
	{ "birthday = this quarter", "(t.\"birthday\" BETWEEN ?1 AND ?2)",
	  "'2024-01-01' '2024-03-31'" },
	{ "not birthday = this quarter",
	  "((t.\"birthday\" IS NULL OR t.\"birthday\" NOT BETWEEN ?1 AND ?2))",
	  "'2024-01-01' '2024-03-31'" },
	{ "birthday >= -180d", "(t.\"birthday\" >= ?1)", "'2023-09-02'" },
	{ "birthday in (today, this year)",
	  "((t.\"birthday\" = ?1 OR t.\"birthday\" BETWEEN ?2 AND ?3))",
	  "'2024-02-29' '2024-01-01' '2024-12-31'" },
	{ "birthday not in (today, this year)",
	  "((t.\"birthday\" IS NULL OR (t.\"birthday\" <> ?1) AND (t.\"birthday\" NOT BETWEEN ?2 AND ?3)))",
	  "'2024-02-29' '2024-01-01' '2024-12-31'" },
	{ "birthday within 14d",
	  "((t.\"birthday\" IS NOT NULL AND (substr(t.\"birthday\", 6, 5) >= ?1 AND substr(t.\"birthday\", 6, 5) <= ?2)))",
	  "'02-29' '03-14'" },
	{ "birthday not within 14d",
	  "((t.\"birthday\" IS NULL OR substr(t.\"birthday\", 6, 5) < ?1 OR substr(t.\"birthday\", 6, 5) > ?2))",
	  "'02-29' '03-14'" },
	{ "birthday within -70d",
	  "((t.\"birthday\" IS NOT NULL AND (substr(t.\"birthday\", 6, 5) >= ?1 OR substr(t.\"birthday\", 6, 5) <= ?2)))",
	  "'12-21' '02-29'" },
	{ "birthday not within -70d",
	  "((t.\"birthday\" IS NULL OR substr(t.\"birthday\", 6, 5) < ?1 AND substr(t.\"birthday\", 6, 5) > ?2))",
	  "'12-21' '02-29'" },
	{ "birthday within 1y", "(t.\"birthday\" IS NOT NULL)", "" },
	{ "since = today", "(t.\"since\" BETWEEN ?1 AND ?2)", "1709161200000 1709247599999" },
	{ "since < today", "(t.\"since\" < ?1)", "1709161200000" },
	{ "since > today", "(t.\"since\" > ?1)", "1709247599999" },
	{ "since = 2024-02-29 12:30", "(t.\"since\" BETWEEN ?1 AND ?2)",
	  "1709206200000 1709206259999" },
	{ "since within 2d", "(t.\"since\" BETWEEN ?1 AND ?2)", "1709161200000 1709420399999" },
	{ "tags contains a_b", "(t.\"tags_key\" LIKE ?1 ESCAPE '\\')", "'%|a\\_b|%'" },
	{ "tags not contains a_b",
	  "((t.\"tags_key\" IS NULL OR t.\"tags_key\" NOT LIKE ?1 ESCAPE '\\'))", "'%|a\\_b|%'" },
	{ "owner = me", "(t.\"owner_id\" = ?1)", "9" },
	{ "owner in (me, 3)", "(t.\"owner_id\" IN (?1, ?2))", "9 3" },
	{ "owner != me", "((t.\"owner_id\" IS NULL OR t.\"owner_id\" <> ?1))", "9" },
	{ "team = my team", "(t.\"team_id\" IN (?1, ?2))", "2 5" },
	{ "team != my team", "((t.\"team_id\" IS NULL OR t.\"team_id\" NOT IN (?1, ?2)))", "2 5" },
	{ "unit = my unit", "(t.\"unit_id\" = ?1)", "7" },
	{ "about = order:12", "((t.\"about_id\" = ?1 AND t.\"about_object\" = ?2))", "12 'order'" },
	{ "about != order:12",
	  "(((t.\"about_id\" IS NULL OR t.\"about_id\" <> ?1) OR (t.\"about_object\" IS NULL OR t.\"about_object\" <> ?2)))",
	  "12 'order'" },
	{ "about is empty", "(t.\"about_id\" IS NULL)", "" },
	{ "followers contains me",
	  "(EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\" AND j1.\"to_id\" = ?1))",
	  "9" },
	{ "not followers contains me",
	  "(NOT EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\" AND j1.\"to_id\" = ?1))",
	  "9" },
	{ "followers is empty",
	  "(NOT EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\"))",
	  "" },
	{ "owner.login = anna",
	  "(EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = t.\"owner_id\" " ALIVE
	  " AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "owner.login != anna",
	  "(NOT EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = t.\"owner_id\" " ALIVE
	  " AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "owner.login is empty",
	  "(NOT EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = t.\"owner_id\" " ALIVE
	  " AND j1.\"login\" IS NOT NULL))",
	  "" },
	{ "parent.owner.team.name = x",
	  "(EXISTS (SELECT 1 FROM \"party\" j1 JOIN \"user\" j2 ON j2.\"id\" = j1.\"owner_id\" JOIN \"team\" j3 ON j3.\"id\" = j2.\"team_id\" WHERE j1.\"id\" = t.\"parent_id\" " ALIVE
	  " AND j2.\"deleted_at\" IS NULL AND j3.\"deleted_at\" IS NULL AND j3.\"name_key\" = ?1))",
	  "'x'" },
	{ "any(orders)", "(EXISTS (SELECT 1 " ORDERS "))", "" },
	{ "none(orders where state = done)",
	  "(NOT EXISTS (SELECT 1 " ORDERS " AND j1.\"state\" = ?1))", "'done'" },
	{ "any(parent.orders where state = done)",
	  "(EXISTS (SELECT 1 FROM \"party\" j1 WHERE j1.\"id\" = t.\"parent_id\" " ALIVE
	  " AND EXISTS (SELECT 1 FROM \"order\" j2 WHERE j2.\"party_id\" = j1.\"id\" AND j2.\"deleted_at\" IS NULL AND j2.\"state\" = ?1)))",
	  "'done'" },
	{ "any(followers where login = anna)",
	  "(EXISTS (SELECT 1 FROM \"party__followers\" j2 JOIN \"user\" j1 ON j1.\"id\" = j2.\"to_id\" WHERE j2.\"from_id\" = t.\"id\" " ALIVE
	  " AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "any(befriended)",
	  "(EXISTS (SELECT 1 FROM \"party__friends\" j2 JOIN \"party\" j1 ON j1.\"id\" = j2.\"from_id\" WHERE j2.\"to_id\" = t.\"id\" " ALIVE
	  "))",
	  "" },
	{ "count(orders) >= 3", "((SELECT count(*) " ORDERS ") >= ?1)", "3" },
	{ "not count(orders) >= 3", "(NOT coalesce((SELECT count(*) " ORDERS ") >= ?1, 1 = 0))",
	  "3" },
	{ "count(orders) in (1, 2)", "((SELECT count(*) " ORDERS ") IN (?1, ?2))", "1 2" },
	{ "max(orders.placed_on) = this year",
	  "((SELECT max(j1.\"placed_on\") " ORDERS ") BETWEEN ?1 AND ?2)",
	  "'2024-01-01' '2024-12-31'" },
	{ "max(orders.placed_on) in (today, this year)",
	  "(EXISTS (SELECT 1 FROM (SELECT (SELECT max(j2.\"placed_on\") FROM \"order\" j2 WHERE j2.\"party_id\" = t.\"id\" AND j2.\"deleted_at\" IS NULL) AS x) j1 WHERE (j1.\"x\" = ?1 OR j1.\"x\" BETWEEN ?2 AND ?3)))",
	  "'2024-02-29' '2024-01-01' '2024-12-31'" },
	{ "not max(orders.placed_on) in (today, this year)",
	  "(NOT EXISTS (SELECT 1 FROM (SELECT (SELECT max(j2.\"placed_on\") FROM \"order\" j2 WHERE j2.\"party_id\" = t.\"id\" AND j2.\"deleted_at\" IS NULL) AS x) j1 WHERE (j1.\"x\" = ?1 OR j1.\"x\" BETWEEN ?2 AND ?3)))",
	  "'2024-02-29' '2024-01-01' '2024-12-31'" },
	{ "max(orders.total) > 5 EUR",
	  "((SELECT max(j1.\"total\") " ORDERS " AND j1.\"total_currency\" = ?1) > ?2)",
	  "'EUR' 500" },
	{ "sum(orders.quantity where state = done) > 5",
	  "((SELECT " SUM("j1.\"quantity\"") " " ORDERS " AND j1.\"state\" = ?1) > ?2)",
	  "'done' 5" },
	{ "avg(orders.quantity) > 2.5",
	  "(EXISTS (SELECT 1 FROM (SELECT " SUM(
		  "j1.\"quantity\"") " AS s, nullif(count(j1.\"quantity\"), 0) AS n " ORDERS
				     ") q WHERE (q.s / q.n > ?1 OR q.s / q.n = ?2 AND q.s % q.n * 10000 > q.n * ?3)))",
	  "2 2 5000" },
	{ "avg(orders.quantity) in (1, 2.5)",
	  "(EXISTS (SELECT 1 FROM (SELECT " SUM(
		  "j1.\"quantity\"") " AS s, nullif(count(j1.\"quantity\"), 0) AS n " ORDERS
				     ") q WHERE q.s / q.n = ?1 AND q.s % q.n * 10000 = q.n * ?2 OR q.s / q.n = ?3 AND q.s % q.n * 10000 = q.n * ?4))",
	  "1 0 2 5000" },
	{ "not avg(orders.quantity) between 1 and 2",
	  "(NOT EXISTS (SELECT 1 FROM (SELECT " SUM(
		  "j1.\"quantity\"") " AS s, nullif(count(j1.\"quantity\"), 0) AS n " ORDERS
				     ") q WHERE (q.s / q.n > ?1 OR q.s / q.n = ?2 AND q.s % q.n * 10000 >= q.n * ?3) AND (q.s / q.n < ?4 OR q.s / q.n = ?5 AND q.s % q.n * 10000 <= q.n * ?6)))",
	  "1 1 0 2 2 0" },
	{ "n_done > 3", "((SELECT count(*) " ORDERS " AND j1.\"state\" = ?1) > ?2)", "'done' 3" },
	{ "last_on is empty", "((SELECT max(j1.\"placed_on\") " ORDERS ") IS NULL)", "" },
	{ "mean = 3",
	  "((SELECT q.s / q.n + CASE WHEN q.n - abs(q.s % q.n) > abs(q.s % q.n) THEN 0 WHEN q.s < 0 THEN -1 ELSE 1 END FROM (SELECT " SUM(
		  "j1.\"quantity\"") " AS s, nullif(count(j1.\"quantity\"), 0) AS n " ORDERS
				     ") q) = ?1)",
	  "3" },
	{ "sum(children.n_orders) = 1",
	  "((SELECT " SUM(
		  "j1v.x") " FROM (SELECT (SELECT count(*) FROM \"order\" j2 WHERE j2.\"party_id\" = j1.\"id\" AND j2.\"deleted_at\" IS NULL) AS x FROM \"party\" j1 WHERE j1.\"parent_id\" = t.\"id\" " ALIVE
			   ") j1v) = ?1)",
	  "1" },
};

/* The same, found first; what is not here is written in one way. */
static const struct golden FIRST[] = {
	{ "followers contains me",
	  "(t.\"id\" IN (SELECT j1.\"from_id\" FROM \"party__followers\" j1 WHERE j1.\"to_id\" = ?1))",
	  "9" },
	{ "not followers contains me",
	  "(NOT EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\" AND j1.\"to_id\" = ?1))",
	  "9" },
	{ "followers is not empty",
	  "(EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\"))", "" },
	{ "owner.login = anna",
	  "(t.\"owner_id\" IN (SELECT j1.\"id\" FROM \"user\" j1 WHERE j1.\"deleted_at\" IS NULL AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "owner.login != anna",
	  "(NOT EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = t.\"owner_id\" " ALIVE
	  " AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "owner.login is not empty",
	  "(EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = t.\"owner_id\" " ALIVE
	  " AND j1.\"login\" IS NOT NULL))",
	  "" },
	{ "parent.owner.team.name = x",
	  "(t.\"parent_id\" IN (SELECT j1.\"id\" FROM \"party\" j1 JOIN \"user\" j2 ON j2.\"id\" = j1.\"owner_id\" JOIN \"team\" j3 ON j3.\"id\" = j2.\"team_id\" WHERE j1.\"deleted_at\" IS NULL AND j2.\"deleted_at\" IS NULL AND j3.\"deleted_at\" IS NULL AND j3.\"name_key\" = ?1))",
	  "'x'" },
	{ "any(orders)", "(EXISTS (SELECT 1 " ORDERS "))", "" },
	{ "any(orders where state = done)",
	  "(t.\"id\" IN (SELECT j1.\"party_id\" FROM \"order\" j1 WHERE j1.\"deleted_at\" IS NULL AND j1.\"state\" = ?1))",
	  "'done'" },
	{ "none(orders where state = done)",
	  "(NOT EXISTS (SELECT 1 " ORDERS " AND j1.\"state\" = ?1))", "'done'" },
	{ "any(parent.orders where state = done)",
	  "(t.\"parent_id\" IN (SELECT j1.\"id\" FROM \"party\" j1 WHERE j1.\"deleted_at\" IS NULL AND j1.\"id\" IN (SELECT j2.\"party_id\" FROM \"order\" j2 WHERE j2.\"deleted_at\" IS NULL AND j2.\"state\" = ?1)))",
	  "'done'" },
	{ "any(followers where login = anna)",
	  "(t.\"id\" IN (SELECT j2.\"from_id\" FROM \"party__followers\" j2 JOIN \"user\" j1 ON j1.\"id\" = j2.\"to_id\" WHERE j1.\"deleted_at\" IS NULL AND j1.\"login_key\" = ?1))",
	  "'anna'" },
	{ "any(befriended where vip)",
	  "(t.\"id\" IN (SELECT j2.\"to_id\" FROM \"party__friends\" j2 JOIN \"party\" j1 ON j1.\"id\" = j2.\"from_id\" WHERE j1.\"deleted_at\" IS NULL AND j1.\"vip\" = ?1))",
	  "1" },
};

static void
golden_check(struct fixture *f, const struct golden *golden, size_t n, bool per_row)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct sqltext sql = sqltext_new(f->cx->mem);

		sql.per_row = per_row;
		cond_sql(parse(f, golden[i].cond), &f->when, "t", NULL, &sql);
		if (str_eq_z(buf_done(&sql.text), golden[i].sql) &&
		    str_eq_z(binds_text(f, &sql), golden[i].binds))
			continue;
		print_error("%s\n  got  %.*s\n  want %s\n  got  %.*s\n  want %s\n", golden[i].cond,
			    STR_FMT(buf_done(&sql.text)), golden[i].sql,
			    STR_FMT(binds_text(f, &sql)), golden[i].binds);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
test_the_text_and_values_of_conditions(void **state)
{
	golden_check(*state, GOLDEN, countof(GOLDEN), true);
}

static void
test_what_is_behind_links_is_found_first(void **state)
{
	golden_check(*state, FIRST, countof(FIRST), false);
}

/* ---- whoever reaches another table passes its scope ---- */

static void
note_scope(const struct cond_scope *scope, const struct object *object, const char *alias,
	   struct sqltext *out)
{
	(void)scope;
	sql_raw(out, " AND (");
	sql_column(out, alias, object->name);
	sql_raw(out, ")");
}

static bool
sees_all(const struct cond_scope *scope, const struct object *object)
{
	(void)scope;
	(void)object;
	return true;
}

static bool
sees_teams(const struct cond_scope *scope, const struct object *object)
{
	(void)scope;
	return object && str_eq_z(object->name, "team");
}

static void
note_behind(const struct cond_scope *scope, const struct field *link, const char *alias,
	    struct sqltext *out)
{
	(void)scope;
	sql_raw(out, "(behind ");
	sql_column(out, alias, link->name);
	sql_raw(out, ")");
}

#define SEEN(is) "EXISTS (SELECT 1 FROM \"user\" j1 WHERE j1.\"id\" = " is " AND (j1.\"user\"))"

/* Links to what not everybody sees. */
static const struct golden LINKS[] = {
	{ "owner = 3", "(t.\"owner_id\" = ?1 AND " SEEN("?2") ")", "3 3" },
	{ "owner in (3, 4)", "(t.\"owner_id\" IN (?1, ?2) AND " SEEN("t.\"owner_id\"") ")", "3 4" },
	{ "owner != 3",
	  "(((t.\"owner_id\" IS NULL OR t.\"owner_id\" <> ?1) OR NOT " SEEN("?2") "))", "3 3" },
	{ "owner is not empty", "(" SEEN("t.\"owner_id\"") ")", "" },
	{ "owner is empty", "((NOT " SEEN("t.\"owner_id\"") "))", "" },
	{ "team = 3 or team is empty", "((t.\"team_id\" = ?1 OR t.\"team_id\" IS NULL))", "3" },
	{ "followers contains 3",
	  "(EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\" AND "
	  "j1.\"to_id\" = ?1 AND EXISTS (SELECT 1 FROM \"user\" j2 WHERE j2.\"id\" = ?2 AND "
	  "(j2.\"user\"))))",
	  "3 3" },
	{ "followers is empty",
	  "(NOT EXISTS (SELECT 1 FROM \"party__followers\" j1 WHERE j1.\"from_id\" = t.\"id\" AND "
	  "EXISTS (SELECT 1 FROM \"user\" j2 WHERE j2.\"id\" = j1.\"to_id\" AND "
	  "(j2.\"user\"))))",
	  "" },
	{ "about = user:3",
	  "((t.\"about_id\" = ?1 AND t.\"about_object\" = ?2 AND " SEEN("?3") "))", "3 'user' 3" },
	{ "about = team:3", "((t.\"about_id\" = ?1 AND t.\"about_object\" = ?2))", "3 'team'" },
	{ "about is not empty", "((behind t.\"about\"))", "" },
	{ "about is empty", "((t.\"about_id\" IS NULL OR NOT (behind t.\"about\")))", "" },
};

static void
test_links_to_what_is_not_seen_are_empty(void **state)
{
	static const struct cond_scope scope = { note_scope, sees_teams, note_behind };
	struct fixture *f = *state;
	int wrong = 0;

	for (size_t i = 0; i < countof(LINKS); i++) {
		struct sqltext sql = sqltext_new(f->cx->mem);

		sql.per_row = true;
		cond_sql(parse(f, LINKS[i].cond), &f->when, "t", &scope, &sql);
		if (str_eq_z(buf_done(&sql.text), LINKS[i].sql) &&
		    str_eq_z(binds_text(f, &sql), LINKS[i].binds))
			continue;
		print_error("%s\n  got  %.*s\n  want %s\n  got  %.*s\n  want %s\n", LINKS[i].cond,
			    STR_FMT(buf_done(&sql.text)), LINKS[i].sql,
			    STR_FMT(binds_text(f, &sql)), LINKS[i].binds);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Whoever sees all of what a link can name pays nothing for it. */
static void
test_links_cost_nothing_where_all_is_seen(void **state)
{
	static const struct cond_scope scope = { note_scope, sees_all, note_behind };
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(LINKS); i++) {
		struct sqltext within = sqltext_new(f->cx->mem), all = sqltext_new(f->cx->mem);
		const struct cond *cond = parse(f, LINKS[i].cond);

		cond_sql(cond, &f->when, "t", &scope, &within);
		cond_sql(cond, &f->when, "t", NULL, &all);
		assert_str(buf_done(&within.text), str_z(f->cx->mem, buf_done(&all.text)));
	}
}

static void
test_every_inner_table_is_scoped(void **state)
{
	static const struct {
		const char *cond;
		const char *scopes[4];
	} cases[] = {
		{ "name = x", { NULL } },
		{ "owner = 3 and followers contains 3", { NULL } },
		{ "owner.login = x", { " AND (j1.\"user\")" } },
		{ "parent.owner.login = x", { " AND (j1.\"party\")", " AND (j2.\"user\")" } },
		{ "any(orders where product.name = x)",
		  { " AND (j1.\"order\")", " AND (j2.\"product\")" } },
		{ "count(followers) > 1", { " AND (j1.\"user\")" } },
		{ "none(befriended)", { " AND (j1.\"party\")" } },
		{ "avg(orders.quantity) > 1", { " AND (j1.\"order\")" } },
		{ "n_orders > 1 or mean > 1", { " AND (j1.\"order\")", " AND (j2.\"order\")" } },
		{ "sum(children.n_orders) > 1", { " AND (j1.\"party\")", " AND (j2.\"order\")" } },
		{ "max(orders.placed_on) in (today, this year)", { " AND (j2.\"order\")" } },
	};
	static const struct cond_scope scope = { note_scope, sees_all, note_behind };
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct sqltext sql = sqltext_new(f->cx->mem);
		struct str rest;
		size_t at, n = 0;

		cond_sql(parse(f, cases[i].cond), &f->when, "t", &scope, &sql);
		rest = buf_done(&sql.text);
		for (; cases[i].scopes[n]; n++)
			if (!str_find(rest, str_of(cases[i].scopes[n]), &at))
				fail_msg("%s: %.*s lacks %s", cases[i].cond, STR_FMT(rest),
					 cases[i].scopes[n]);
		/* Nor is there another: one for every table that leaves out the trash. */
		for (; str_find(rest, S("IS NULL AND (j"), &at); n--)
			rest = str_from(rest, at + 1);
		assert_int_equal(n, 0);
		assert_false(str_find(buf_done(&sql.text), S("IS NULL AND j"), &at));
	}
}

static void
test_too_much_is_told_and_cut(void **state)
{
	struct fixture *f = *state;
	int64_t *teams = new_array(f->cx->mem, SQL_BINDS_MAX + 1, int64_t);
	struct cond_when when = { .teams = teams, .n_teams = SQL_BINDS_MAX };
	struct sqltext sql = sqltext_new(f->cx->mem);

	cond_sql(parse(f, "team = my team"), &when, "t", NULL, &sql);
	assert_false(sql.full);
	when.n_teams++;
	sql = sqltext_new(f->cx->mem);
	cond_sql(parse(f, "team = my team"), &when, "t", NULL, &sql);
	assert_true(sql.full);
	assert_int_equal(sql.n, SQL_BINDS_MAX);
}

static void
test_a_rollup_is_a_scalar(void **state)
{
	static const struct {
		const char *field, *sql;
	} cases[] = {
		{ "n_orders", "(SELECT count(*) " ORDERS ")" },
		{ "n_done", "(SELECT count(*) " ORDERS " AND j1.\"state\" = ?1)" },
		{ "turnover", "(SELECT " SUM("j1.\"total\"") " " ORDERS ")" },
		{ "last_on", "(SELECT max(j1.\"placed_on\") " ORDERS ")" },
		{ "first_at", "(SELECT min(j1.\"taken_at\") " ORDERS ")" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < countof(cases); i++) {
		struct sqltext sql = sqltext_new(f->cx->mem);

		rollup_sql(field_find(f->party, str_of(cases[i].field)), &f->when, "t", NULL, &sql);
		assert_str(buf_done(&sql.text), cases[i].sql);
	}
}

static void
test_names_are_quoted_and_values_bound(void **state)
{
	struct fixture *f = *state;
	struct sqltext sql = sqltext_new(f->cx->mem);

	sql_raw(&sql, "SELECT ");
	sql_name(&sql, S("a\"b"));
	sql_raw(&sql, ", ");
	sql_column(&sql, sql_alias(&sql), S("c"));
	sql_raw(&sql, ", ");
	sql_int(&sql, INT64_MIN);
	sql_str(&sql, (struct str){ 0 });
	sql_real(&sql, 0.5);
	sql_value(&sql, &(struct value){ 0 });
	assert_str(buf_done(&sql.text), "SELECT \"a\"\"b\", j1.\"c\", ?1?2?3?4");
	assert_int_equal(sql.n, 4);
	assert_int_equal(sql.binds[0].i, INT64_MIN);
	assert_int_equal(sql.binds[1].kind, V_TEXT);
	assert_int_equal(sql.binds[2].kind, V_REAL);
	assert_int_equal(sql.binds[3].kind, V_NONE);
	assert_string_equal(sql_alias(&sql), "j2");
	assert_false(sql.full);
	for (int i = 0; i < 3; i++)
		sql_raw(&sql, str_z(f->cx->mem,
				    (struct str){ memset(arena_alloc(f->cx->mem, SQL_TEXT_MAX), 'x',
							 SQL_TEXT_MAX / 2),
						  SQL_TEXT_MAX / 2 }));
	assert_true(sql.full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_text_and_values_of_conditions),
		cmocka_unit_test(test_what_is_behind_links_is_found_first),
		cmocka_unit_test(test_every_inner_table_is_scoped),
		cmocka_unit_test(test_links_to_what_is_not_seen_are_empty),
		cmocka_unit_test(test_links_cost_nothing_where_all_is_seen),
		cmocka_unit_test(test_too_much_is_told_and_cut),
		cmocka_unit_test(test_a_rollup_is_a_scalar),
		cmocka_unit_test(test_names_are_quoted_and_values_bound),
	};

	return cmocka_run_group_tests_name("model/cond_sql", tests, setup, teardown);
}
