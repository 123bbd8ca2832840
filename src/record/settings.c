#include "record/people.h"

enum { NAME_BYTES_MAX = 200, VALUE_BYTES_MAX = 64 << 10 };

bool
setting_get(struct cx *cx, struct str name, struct str *out)
{
	struct stmt *stmt = db_sql(cx, "SELECT value FROM sys_setting WHERE name = ?1");
	bool row;

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, name);
	if (!db_step(cx, stmt, &row))
		return false;
	*out = row ? str_dup(cx->mem, db_col_str(stmt, 0)) : S("");
	db_done(stmt);
	return true;
}

bool
setting_kept(struct cx *cx, struct str name, struct str *out)
{
	int64_t at = atomic_load(&cx->store->settings_at);
	struct str key = str_printf(cx->mem, "setting %lld %.*s", (long long)at, STR_FMT(name));

	if (kept_get(cx, key, out))
		return true;
	if (!setting_get(cx, name, out))
		return false;
	kept_put(cx, key, *out);
	return true;
}

bool
setting_write(struct cx *cx, struct str name, struct str value)
{
	struct stmt *stmt =
		db_sql(cx, "INSERT INTO sys_setting (name, value, changed_at) VALUES (?1, ?2, ?3)"
			   " ON CONFLICT (name) DO UPDATE SET value = excluded.value,"
			   " changed_at = excluded.changed_at");

	if (!stmt)
		return false;
	db_bind_str(stmt, 1, name);
	db_bind_str(stmt, 2, value);
	db_bind_int(stmt, 3, cx->now);
	return db_run(cx, stmt);
}

static struct str
assignment(struct cx *cx, struct str name, struct str value)
{
	return str_printf(cx->mem, "%.*s=%.*s", STR_FMT(name), STR_FMT(value));
}

bool
setting_set(struct cx *cx, struct str name, struct str value)
{
	struct str old;

	if (!name.n || name.n > NAME_BYTES_MAX || value.n > VALUE_BYTES_MAX)
		return fail(cx, E_TOO_BIG,
			    "A setting has a name of at most %d and a value of at most %d bytes",
			    NAME_BYTES_MAX, VALUE_BYTES_MAX);
	if (!setting_get(cx, name, &old))
		return false;
	if (str_eq(old, value))
		return true;
	store_settings_changed(cx); /* here at once, elsewhere as the log is read */
	return setting_write(cx, name, value) &&
	       work_log_system(cx, S("sys_setting"), assignment(cx, name, old),
			       assignment(cx, name, value));
}

static bool
people_refresh(struct cx *cx)
{
	struct str text;
	int64_t least;

	if (!setting_get(cx, S(PEOPLE_SETTING), &text))
		return false;
	if (!str_int(text, COUNCIL_PEOPLE_MIN, COUNCIL_PEOPLE_MAX, &least))
		least = 0;
	store_people_set(cx, least);
	return true;
}

bool
settings_refresh(struct cx *cx)
{
	struct stmt *stmt =
		db_sql(cx, "SELECT name FROM sys_setting"
			   " WHERE name >= 'special.' AND name < 'special/' AND value <> ''");
	unsigned on = 0;
	bool row;

	while (stmt && db_step(cx, stmt, &row)) {
		if (!row) {
			store_settings_changed(cx);
			store_special_set(cx, on);
			return people_refresh(cx);
		}
		for (unsigned i = SPECIAL_NONE + 1; i < SPECIAL__MAX; i++)
			if (str_eq_z(str_from(db_col_str(stmt, 0), S("special.").n),
				     SPECIAL_NAMES[i]))
				on |= 1u << i;
	}
	return false;
}
