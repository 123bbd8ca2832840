/* How a page is found.  Where few rows match, the engine fetches them by an index of the condition
 * and sorts them; where many do, it walks the order and leaves out what does not match until the
 * page is full.  Which is cheaper follows from how many match. */
#include "record/query.h"

enum {
	FEW = 500,         /* fetched and sorted at once, whatever there is */
	DRIVER_POINTS = 4, /* values whose orders are merged */
	/* What it costs, in tenths of a microsecond on one machine; what counts is the relation. */
	COST_FETCH = 16, /* a row that is found by an index, read and sorted */
	COST_WALK = 14,  /* a row that is met in the order, read and left out */
	COST_PASS = 2    /* the same, when the index says that it is left out */
};

static size_t
clauses_of(struct cx *cx, const struct query *query, const struct cond *const **out)
{
	const struct cond *when = query->face ? query->face->when : NULL;

	return cond_clauses(cx->mem, cond_and(cx->mem, when, query->where), out);
}

/* The better the fewer rows it leaves: a record, an option, nothing. */
static int
driver_rank(const struct cond *clause)
{
	const struct field *f;

	if (cond_shape(clause, &f) != SHAPE_POINTS || !index_continues(f->object, f))
		return 0;
	return f->type == FT_ONE ? 2 : 1;
}

/* The face's own clause, where the order goes by an index that begins with it. */
static void
find_face(struct cx *cx, const struct query *query, const struct order *order, struct plan *plan)
{
	const struct field *face = face_field(cx->mem, query->object), *f;

	if (plan->driver || !face || !query->face || !order->is_indexed)
		return;
	for (size_t i = 0; i < plan->n_clauses; i++)
		if (cond_shape(plan->clauses[i], &f) == SHAPE_POINTS && f == face) {
			plan->driver = plan->clauses[i];
			return;
		}
}

static void
find_driver(struct cx *cx, const struct order *order, struct plan *plan)
{
	struct cond_when when = cond_when_of(cx);
	int best = 0;

	for (size_t i = 0; i < plan->n_clauses && order->is_own; i++) {
		int rank = driver_rank(plan->clauses[i]);
		const struct cond *const *points;
		size_t n;

		if (rank <= best)
			continue;
		n = cond_points(cx->mem, plan->clauses[i], &when, &points);
		if (!n || n > DRIVER_POINTS)
			continue;
		best = rank;
		plan->driver = plan->clauses[i];
		plan->points = points;
		plan->n_points = n;
	}
}

/* Does the index of the order say which rows are left out? */
static bool
is_carried(struct cx *cx, const struct query *query, const struct order *order)
{
	struct fieldset carried = index_carries(cx->mem, query->object, NULL);
	const struct cond *const *clauses;
	size_t n = cond_clauses(cx->mem, query->where, &clauses);
	const struct field *f;

	for (size_t i = 0; i < n; i++)
		if (cond_shape(clauses[i], &f) == SHAPE_OTHER || !fieldset_has(&carried, f->index))
			return false;
	return n && order->is_own;
}

/* Walking meets a row that matches every `all / total` rows and wants a page of them; fetching
 * reads all that match. */
static bool
walking_is_cheaper(struct cx *cx, const struct query *query, const struct order *order,
		   int64_t total, int64_t all)
{
	int64_t limit = query->limit ? query->limit : LIMIT_DEFAULT;
	int cost = is_carried(cx, query, order) ? COST_PASS : COST_WALK;

	return (double)total * (double)total * COST_FETCH > (double)all * (double)limit * cost;
}

static bool
walks(struct cx *cx, const struct query *query, const struct order *order, int64_t total, bool *out)
{
	int64_t all, linked = 0;

	*out = false;
	if (query->trash || total < FEW)
		return true;
	if (!record_about(cx, query->object, &all) ||
	    (order->link && !record_about(cx, order->link->target, &linked)))
		return false;
	*out = walking_is_cheaper(cx, query, order, total, all > linked ? all : linked);
	return true;
}

bool
plan_of(struct cx *cx, const struct query *query, const struct order *order, int64_t total,
	struct plan *out)
{
	struct plan plan = { 0 };

	plan.n_clauses = clauses_of(cx, query, &plan.clauses);
	if (plan.n_clauses && !walks(cx, query, order, total, &plan.walks))
		return false;
	plan.fetches = !plan.walks && total >= 0 && plan.n_clauses > 0;
	if (!plan.n_clauses)
		plan.walks = total >= FEW; /* everything: only the title's side matters */
	if (plan.walks) {
		find_driver(cx, order, &plan);
		find_face(cx, query, order, &plan);
	}
	*out = plan;
	return true;
}

/* How few rows an index leaves by this clause, as far as can be told: what one record links to; a
 * stretch, a tag; an option, or all on one side of a value. */
static int
fetch_rank(const struct cond *clause)
{
	const struct field *f;
	enum cond_shape shape = cond_shape(clause, &f);

	if (shape == SHAPE_OTHER || (shape <= SHAPE_HALF && !field_is_indexed(f)))
		return 0;
	if (shape == SHAPE_POINTS)
		return f->type == FT_ONE || f->type == FT_ID ? 3 : 1;
	return shape == SHAPE_HALF ? 1 : 2;
}

static int
best_rank(const struct plan *plan)
{
	int best = 0;

	for (size_t i = 0; i < plan->n_clauses; i++)
		if (fetch_rank(plan->clauses[i]) > best)
			best = fetch_rank(plan->clauses[i]);
	return best;
}

/* Walking, only what bounds the walk.  Fetching, what leaves the fewest rows.  Else everything. */
bool
plan_uses(const struct plan *plan, const struct order *order, const struct cond *clause)
{
	const struct field *f;
	enum cond_shape shape = cond_shape(clause, &f);

	if (plan->walks)
		return clause == plan->driver ||
		       (shape != SHAPE_OTHER && order->key[0].place == KEY_ROW &&
			order->key[0].field == f);
	return !plan->fetches || fetch_rank(clause) == best_rank(plan);
}
