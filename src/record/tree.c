#include "record/tree.h"

#include <stdlib.h>

#include "record/internal.h"

static void
level_sql(struct cx *cx, const struct field *link, const struct cond *where, struct sqltext *sql)
{
	struct rights_scope scope = rights_scope_of(cx);
	struct cond_when when = cond_when_of(cx);

	sql_raw(sql, " AND t.\"deleted_at\" IS NULL");
	rights_sql(cx, link->object, OP_READ, "t", sql);
	if (!where)
		return;
	sql_raw(sql, " AND ");
	sql_raw(sql, db_dialect(cx->db)->no_index);
	cond_sql(where, &when, "t", &scope.scope, sql);
}

static void
from_sql(const struct field *link, const char *depth, struct sqltext *sql)
{
	sql_raw(sql, "SELECT t.\"id\", ");
	sql_column(sql, "t", link->columns[0].name);
	sql_raw(sql, depth);
	sql_name(sql, link->object->table);
	sql_raw(sql, " t");
}

static void
tree_sql(struct cx *cx, const struct field *link, const struct cond *where, int64_t root,
	 struct sqltext *sql)
{
	sql_raw(sql, "WITH RECURSIVE r(id, parent, depth) AS (");
	from_sql(link, ", 1 FROM ", sql);
	sql_raw(sql, " WHERE ");
	sql_column(sql, "t", link->columns[0].name);
	sql_raw(sql, " = ");
	sql_int(sql, root);
	level_sql(cx, link, where, sql);
	sql_raw(sql, " UNION ALL ");
	from_sql(link, ", r.depth + 1 FROM r CROSS JOIN ", sql);
	sql_raw(sql, " WHERE ");
	sql_column(sql, "t", link->columns[0].name);
	sql_raw(sql, " = r.id AND r.depth < ");
	buf_int(&sql->text, TREE_DEPTH_MAX);
	level_sql(cx, link, where, sql);
	sql_raw(sql, ") SELECT id, parent, depth FROM r LIMIT ");
	buf_int(&sql->text, TREE_NODES_MAX + 1);
}

/* Behind its parent, and behind what hangs on those before it. */
static void
place(const struct tree *found, int64_t parent, struct tree *out)
{
	for (size_t i = 0; i < found->n && out->n < TREE_NODES_MAX; i++) {
		const struct tree_node *node = &found->v[i];

		if (node->parent != parent || node->depth > TREE_DEPTH_MAX)
			continue;
		out->v[out->n++] = *node;
		if (node->depth < TREE_DEPTH_MAX)
			place(found, node->id, out); // NOLINT(misc-no-recursion): TREE_DEPTH_MAX
	}
}

static int
by_id(const void *a, const void *b)
{
	const struct tree_node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

bool
record_tree(struct cx *cx, const struct field *link, const struct cond *where, int64_t root,
	    struct tree *out)
{
	struct sqltext sql = sqltext_new(cx->mem);
	struct tree found = { .v = new_array(cx->mem, TREE_NODES_MAX + 1, struct tree_node) };
	struct tree tree = { .v = new_array(cx->mem, TREE_NODES_MAX + 1, struct tree_node) };
	struct stmt *stmt;
	bool more;

	tree_sql(cx, link, where, root, &sql);
	stmt = sql_prepare(cx, &sql);
	while (stmt && db_step(cx, stmt, &more)) {
		if (!more || found.n > TREE_NODES_MAX) {
			tree.has_more = found.n > TREE_NODES_MAX;
			qsort(found.v, found.n, sizeof *found.v, by_id);
			place(&found, root, &tree);
			*out = tree;
			return true;
		}
		found.v[found.n++] = (struct tree_node){ .id = db_col_int(stmt, 0),
							 .parent = db_col_int(stmt, 1),
							 .depth = (int)db_col_int(stmt, 2) };
	}
	return false;
}
