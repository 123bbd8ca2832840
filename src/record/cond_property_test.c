#include "record/cond_tables.h"

#include "model/cond_node.h"
#include "record/cond_random.h"

/* memory = SQLite = PostgreSQL: the same records match a condition, whoever computes it.
 * The same conditions each time; KONTOR_COND_CASES: how many; KONTOR_COND_SEED: begin with another
 * world. */
enum {
	CASES = 100000,
	PER_WORLD = 1000,
	POSTGRES_EVERY = 5,
	TEXT_BYTES_MAX = 256 << 10,
	SHRINKS_MAX = 2000
};

struct property {
	struct world world;
	struct world_scope scope;
	struct world_source source;
	struct cx *engines[TEST_ENGINE__MAX];
	struct test_db places[TEST_ENGINE__MAX];
	uint64_t world_seed;
	size_t n, n_refused, n_pairs, n_true, n_too_big, n_engine[TEST_ENGINE__MAX];
};

struct answer {
	bool matches[WORLD_ROWS_MAX];
	bool failed;
	struct str why;
};

static uint64_t
number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	int64_t n;

	if (!text)
		return otherwise;
	if (!str_int(str_of(text), 1, INT64_MAX, &n))
		fail_msg("%s is not a number: %s", name, text);
	return (uint64_t)n;
}

/* ---- who answers ---- */

static struct answer
ask_memory(struct property *p, const struct cond *cond, const struct object *object)
{
	const struct world_table *t = &p->world.tables[object->index];
	struct answer answer = { 0 };

	for (size_t i = 0; i < t->n; i++)
		answer.matches[i] = cond_test(cond, &p->world.when, &p->source.source, t->rows[i]);
	return answer;
}

static void
read_ids(struct cx *cx, struct stmt *stmt, struct answer *answer)
{
	bool row;

	for (;;) {
		if (!db_step(cx, stmt, &row)) {
			answer->failed = true;
			answer->why = cx->err.why;
			return;
		}
		if (!row)
			return;
		answer->matches[db_col_int(stmt, 0) - 1] = true;
	}
}

static struct answer
ask_engine(struct property *p, enum test_engine engine, const struct cond *cond,
	   const struct object *object)
{
	struct cx *cx = p->engines[engine];
	struct sqltext sql = sqltext_new(p->source.source.mem);
	struct answer answer = { 0 };
	struct stmt *stmt;

	sql.per_row = p->n % 2;
	sql_raw(&sql, "SELECT t.\"id\" FROM ");
	sql_name(&sql, object->table);
	sql_raw(&sql, " t WHERE ");
	cond_sql(cond, &p->world.when, "t", &p->scope.scope, &sql);
	if (sql.full)
		fail_msg("too big: %.*s", STR_FMT(buf_done(&sql.text)));
	stmt = db_prepare(cx, buf_done(&sql.text));
	if (!stmt)
		return (struct answer){ .failed = true, .why = cx->err.why };
	for (size_t i = 0; i < sql.n; i++) {
		if (sql.binds[i].kind == V_INT)
			db_bind_int(stmt, (int)i + 1, sql.binds[i].i);
		else
			db_bind_str(stmt, (int)i + 1, sql.binds[i].s);
	}
	read_ids(cx, stmt, &answer);
	return answer;
}

/* The first record about which they differ; -1: none. */
static int64_t
difference(const struct answer *a, const struct answer *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a->matches[i] != b->matches[i])
			return (int64_t)i + 1;
	return -1;
}

/* What is wrong with an engine's answer: a failure, or a record; empty: nothing. */
static struct str
fault_of(struct property *p, enum test_engine engine, const struct cond *cond,
	 const struct object *object)
{
	struct arena *mem = p->source.source.mem;
	size_t n = p->world.tables[object->index].n;
	struct answer memory = ask_memory(p, cond, object);
	struct answer answer = ask_engine(p, engine, cond, object);
	int64_t at = difference(&memory, &answer, n);

	if (answer.failed) {
		fail_clear(p->engines[engine]);
		db_rollback(p->engines[engine]);
		if (!db_begin_read(p->engines[engine]))
			fail_msg("%.*s", STR_FMT(p->engines[engine]->err.why));
		return str_printf(mem, "failed: %.*s", STR_FMT(answer.why));
	}
	if (at < 0)
		return (struct str){ 0 };
	return str_printf(mem, "record %lld: memory says %s", (long long)at,
			  memory.matches[at - 1] ? "yes" : "no");
}

/* ---- the smallest condition that still fails ---- */

struct shrink {
	struct property *p;
	enum test_engine engine;
	const struct object *object;
	struct arena *mem;
	size_t tries;
};

static bool
still_fails(struct shrink *s, const struct cond *cond)
{
	return ++s->tries < SHRINKS_MAX && fault_of(s->p, s->engine, cond, s->object).n;
}

/* Candidates in place of a condition: its parts; itself with a part less; with less in its set;
 * with fewer values. `nth` counts through them; NULL behind the last. */
static const struct cond *smaller(struct arena *mem, const struct cond *cond, size_t nth);

static size_t
smaller_count(struct arena *mem, const struct cond *cond)
{
	size_t n = 0;

	while (smaller(mem, cond, n))
		n++;
	return n;
}

static const struct cond *
smaller_part(struct arena *mem, const struct cond *cond, size_t nth)
{
	for (size_t i = 0; i < cond->n_parts; i++) {
		size_t n = smaller_count(mem, cond->parts[i]);
		const struct cond **parts;

		if (nth >= n) {
			nth -= n;
			continue;
		}
		parts = new_array(mem, cond->n_parts, const struct cond *);
		memcpy(parts, cond->parts, cond->n_parts * sizeof *parts);
		parts[i] = smaller(mem, cond->parts[i], nth);
		if (cond->kind == COND_NOT)
			return cond_not(mem, parts[0]);
		return cond_join(mem, cond->kind, parts, cond->n_parts);
	}
	return NULL;
}

static const struct cond *
smaller_test(struct arena *mem, const struct cond *cond, size_t nth)
{
	struct cond *copy = new(mem, struct cond);
	size_t n;

	*copy = *cond;
	if (cond->set.where) {
		n = smaller_count(mem, cond->set.where);
		copy->set.where = nth < n ? smaller(mem, cond->set.where, nth) : NULL;
		if (nth <= n)
			return copy;
		nth -= n + 1;
		copy->set.where = cond->set.where;
	}
	if (cond->relation == REL_IN && cond->n_operands > 1 && nth < cond->n_operands) {
		copy->operands = &cond->operands[nth];
		copy->n_operands = 1;
		return copy;
	}
	return NULL;
}

static const struct cond *
smaller(struct arena *mem, const struct cond *cond, size_t nth)
{
	const struct cond **parts;

	if (cond->kind == COND_TEST)
		return smaller_test(mem, cond, nth);
	if (nth < cond->n_parts)
		return cond->parts[nth];
	nth -= cond->n_parts;
	if (cond->n_parts > 2) {
		if (nth < cond->n_parts) {
			parts = new_array(mem, cond->n_parts, const struct cond *);
			memcpy(parts, cond->parts, cond->n_parts * sizeof *parts);
			memmove(parts + nth, parts + nth + 1,
				(cond->n_parts - nth - 1) * sizeof *parts);
			return cond_join(mem, cond->kind, parts, cond->n_parts - 1);
		}
		nth -= cond->n_parts;
	}
	return smaller_part(mem, cond, nth);
}

static const struct cond *
shrink(struct shrink *s, const struct cond *cond)
{
	for (size_t nth = 0;; nth++) {
		const struct cond *candidate = smaller(s->mem, cond, nth);

		if (!candidate)
			return cond;
		if (still_fails(s, candidate)) {
			cond = candidate;
			nth = (size_t)-1;
		}
	}
}

static void
report(struct property *p, enum test_engine engine, const struct cond *cond,
       const struct object *object)
{
	struct shrink s = { p, engine, object, p->source.source.mem, 0 };
	const struct cond *small = shrink(&s, cond);
	struct buf text = buf_in(s.mem, TEXT_BYTES_MAX), whole = buf_in(s.mem, TEXT_BYTES_MAX);
	struct sqltext sql = sqltext_new(s.mem);

	cond_print(small, &text);
	cond_print(cond, &whole);
	sql.per_row = p->n % 2;
	cond_sql(small, &p->world.when, "t", &p->scope.scope, &sql);
	print_error(
		"%s and memory differ (KONTOR_COND_SEED=%llu)\n  %s of %.*s\n  shrunk from %s\n  %.*s\n",
		test_engine_name(engine), (unsigned long long)p->world_seed,
		str_z(s.mem, buf_done(&text)), STR_FMT(object->name),
		str_z(s.mem, buf_done(&whole)), STR_FMT(buf_done(&sql.text)));
	for (size_t i = 0; i < sql.n; i++)
		print_error("  ?%zu = %lld \"%.*s\"\n", i + 1, (long long)sql.binds[i].i,
			    STR_FMT(sql.binds[i].s));
	print_error("  now %lld in %.*s, me %lld\n", (long long)p->world.when.now,
		    STR_FMT(p->world.when.zone), (long long)p->world.when.me);
	fail_msg("%.*s", STR_FMT(fault_of(p, engine, small, object)));
}

/* ---- one case ---- */

static const struct object *
base_object(struct property *p)
{
	static const char *const BASES[] = { "party", "party", "party", "party", "order", "user" };
	const char *name = BASES[pick(&p->world.seed, countof(BASES))];

	return object_find(p->world.model, str_of(name), NULL);
}

static const struct cond *
random_parsed(struct property *p, const struct object *object, struct str *text)
{
	struct cx *cx = p->world.cx;
	struct buf out = buf_in(p->source.source.mem, TEXT_BYTES_MAX);
	struct random_text r = { &p->world, &out, 0 };
	const struct cond *cond = NULL;

	random_cond(&r, object);
	*text = buf_done(&out);
	fail_clear(cx);
	if (!cond_parse(cx, p->source.source.mem, p->world.model, object, *text, NULL, &cond)) {
		/* Of the random values only a text without a key is none, and long ones are too
		 * long. */
		if (strcmp(cx->err.fields->code, "format") &&
		    strcmp(cx->err.fields->code, "length"))
			fail_msg("%s: %.*s", str_z(p->source.source.mem, *text),
				 STR_FMT(cx->err.fields->why));
		p->n_refused++;
		return NULL;
	}
	return cond;
}

/* The canonical text is read as the same condition. */
static void
check_text(struct property *p, const struct cond *cond, const struct object *object,
	   struct str text)
{
	struct arena *mem = p->source.source.mem;
	struct buf once = buf_in(mem, TEXT_BYTES_MAX), twice = buf_in(mem, TEXT_BYTES_MAX);
	const struct cond *again = NULL;

	cond_print(cond, &once);
	if (once.n > COND_TEXT_MAX)
		return;
	if (!cond_parse(p->world.cx, mem, p->world.model, object, buf_done(&once), NULL, &again))
		fail_msg("%s is printed as %s: %.*s", str_z(mem, text), str_z(mem, buf_done(&once)),
			 STR_FMT(p->world.cx->err.fields->why));
	cond_print(again, &twice);
	if (!str_eq(buf_done(&once), buf_done(&twice)))
		fail_msg("%s is printed as %s, that as %s", str_z(mem, text),
			 str_z(mem, buf_done(&once)), str_z(mem, buf_done(&twice)));
}

static void
one_case(struct property *p)
{
	const struct object *object = base_object(p);
	struct str text;
	const struct cond *cond = random_parsed(p, object, &text);
	struct answer memory;

	if (!cond)
		return;
	check_text(p, cond, object, text);
	memory = ask_memory(p, cond, object);
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++) {
		struct answer answer;

		if (!p->engines[e] || (e == TEST_POSTGRES && p->n % POSTGRES_EVERY))
			continue;
		answer = ask_engine(p, e, cond, object);
		if (answer.failed ||
		    difference(&memory, &answer, p->world.tables[object->index].n) >= 0)
			report(p, e, cond, object);
		p->n_engine[e]++;
	}
	for (size_t i = 0; i < p->world.tables[object->index].n; i++)
		p->n_true += memory.matches[i];
	p->n_pairs += p->world.tables[object->index].n;
	p->n++;
}

static void
one_world(struct property *p, size_t cases)
{
	size_t until = p->n + cases;

	p->world.seed = p->world_seed;
	world_make(&p->world);
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		if (p->engines[e])
			world_store(&p->world, p->engines[e]);
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		if (p->engines[e] && !db_begin_read(p->engines[e]))
			fail_msg("%.*s", STR_FMT(p->engines[e]->err.why));
	while (p->n < until) {
		one_case(p);
		arena_reset(p->source.source.mem);
	}
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		if (p->engines[e]) {
			db_rollback(p->engines[e]);
			cx_reset(p->engines[e]);
		}
	cx_reset(p->world.cx);
}

/* ---- the run ---- */

static struct property *
property_new(void)
{
	struct property *p = test_calloc(1, sizeof *p);
	struct model_text text = { S_INIT("sample.model"), str_of(COND_SAMPLE), false };

	p->world.mem = arena_new(WORLD_BYTES_MAX);
	p->world.cx = cx_new(&env_real, WORLD_BYTES_MAX);
	p->scope = world_scope_of(&p->world);
	p->source = (struct world_source){
		{ world_one, world_many, arena_new(WORLD_BYTES_MAX), world_sees }, &p->world
	};
	if (!model_load(p->world.cx, &text, 1, &p->world.model))
		fail_msg("%.*s", STR_FMT(p->world.cx->err.why));
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		p->engines[e] = world_open(&p->places[e], e, p->world.model);
	return p;
}

static void
property_free(struct property *p)
{
	for (enum test_engine e = 0; e < TEST_ENGINE__MAX; e++)
		world_close(&p->places[e], &p->engines[e]);
	snapshot_free(&p->world.model);
	arena_free(&p->source.source.mem);
	arena_free(&p->world.mem);
	cx_free(&p->world.cx);
	test_free(p);
}

static void
test_memory_and_both_engines_agree(void **state)
{
	size_t cases = number_from("KONTOR_COND_CASES", CASES);
	struct property *p = property_new();

	(void)state;
	p->world_seed = number_from("KONTOR_COND_SEED", 1);
	print_message("seed %llu\n", (unsigned long long)p->world_seed);
	for (; p->n < cases; p->world_seed++)
		one_world(p, PER_WORLD);
	print_message(
		"%zu conditions (%zu on SQLite, %zu on PostgreSQL), %zu pairs, %zu%% true, %zu "
		"refused\n",
		p->n, p->n_engine[TEST_SQLITE], p->n_engine[TEST_POSTGRES], p->n_pairs,
		p->n_true * 100 / p->n_pairs, p->n_refused);
	property_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_and_both_engines_agree),
	};

	return cmocka_run_group_tests_name("record/cond_property", tests, NULL, NULL);
}
