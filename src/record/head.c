#include "record/internal.h"

enum { NUMBERS = SEARCH_OBJECT_MAX + 1 };

struct head {
	pthread_mutex_t lock;             /* for writing */
	int64_t known;                    /* changed[] is complete up to this changeset */
	_Atomic int64_t changed[NUMBERS]; /* by object->number */
};

struct head *
head_new(void)
{
	struct head *head = heap_new(sizeof *head);

	pthread_mutex_init(&head->lock, NULL);
	return head;
}

void
head_free(struct head **head)
{
	if (!*head)
		return;
	pthread_mutex_destroy(&(*head)->lock);
	heap_free(*head);
	*head = NULL;
}

bool
head_newest(struct cx *cx, int64_t *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT id FROM sys_changeset ORDER BY id DESC LIMIT 1");
	bool row;

	if (!stmt || !db_step(cx, stmt, &row))
		return false;
	*out = row ? db_col_int(stmt, 0) : 0;
	db_done(stmt);
	return true;
}

bool
head_start(struct cx *cx, struct head *head)
{
	int64_t id;

	if (!head_newest(cx, &id))
		return false;
	head->known = id;
	for (int i = 0; i < NUMBERS; i++)
		atomic_store(&head->changed[i], id);
	return true;
}

/* Under the lock. */
static void
mark(struct head *head, const struct object *object, int64_t changeset)
{
	_Atomic int64_t *changed = &head->changed[object->number];

	if (atomic_load(changed) < changeset)
		atomic_store(changed, changeset);
}

/* The names in the log behind a changeset. */
static bool
objects_since(struct cx *cx, int64_t since, struct strs *out)
{
	/* The concatenation keeps the planner from reading the whole index of objects for DISTINCT.
	 */
	struct stmt *stmt =
		db_sql(cx, "SELECT DISTINCT object || '' FROM sys_change WHERE changeset_id > ?1");
	bool row;

	if (stmt)
		db_bind_int(stmt, 1, since);
	while (stmt && db_step(cx, stmt, &row)) {
		if (!row)
			return true;
		list_add(cx->mem, out, str_dup(cx->mem, db_col_str(stmt, 0)));
	}
	return false;
}

static bool
catch_up(struct cx *cx, struct head *head, int64_t since, int64_t id)
{
	struct strs names = { 0 };
	bool settings = false;

	if (!objects_since(cx, since, &names))
		return false;
	for (size_t i = 0; i < names.n; i++)
		settings |= str_eq(names.v[i], S("sys_setting"));
	if (settings && !settings_refresh(cx))
		return false;
	pthread_mutex_lock(&head->lock);
	for (size_t i = 0; i < names.n; i++) {
		const struct object *object = object_find(cx->model, names.v[i], NULL);

		if (object)
			mark(head, object, id);
	}
	if (head->known < id)
		head->known = id;
	pthread_mutex_unlock(&head->lock);
	return true;
}

int64_t
head_known(struct head *head)
{
	int64_t known;

	pthread_mutex_lock(&head->lock);
	known = head->known;
	pthread_mutex_unlock(&head->lock);
	return known;
}

bool
head_read(struct cx *cx, int64_t *out)
{
	struct head *head = cx->store->head;
	int64_t id, known;

	if (!head_newest(cx, &id))
		return false;
	known = head_known(head);
	if (id > known && !catch_up(cx, head, known, id))
		return false;
	*out = id;
	return true;
}

int64_t
head_changed(const struct cx *cx, const struct object *object)
{
	return atomic_load(&cx->store->head->changed[object->number]);
}

void
head_committed(struct cx *cx, int64_t changeset, const struct fieldset *objects)
{
	struct head *head = cx->store->head;

	pthread_mutex_lock(&head->lock);
	for (unsigned i = 0; objects && i < cx->model->n_objects; i++)
		if (fieldset_has(objects, i))
			mark(head, cx->model->objects[i], changeset);
	if (objects && head->known == changeset - 1)
		head->known = changeset;
	pthread_mutex_unlock(&head->lock);
}
