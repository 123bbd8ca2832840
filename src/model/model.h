/* The model: everything a user sees is a record of an object that the model describes.
 *
 * A snapshot is immutable and lives in an arena of its own; running units of work keep the one they
 * began with.  All strings inside are NUL-terminated behind their end. */
#ifndef KONTOR_MODEL_MODEL_H
#define KONTOR_MODEL_MODEL_H

#include "base/cx.h"
#include "model/value.h"

struct cond;
struct formula;
struct object;
struct type_row;

enum { OBJECTS_MAX = 256, ROLES_MAX = 64 };

enum field_type {
	FT_TEXT,
	FT_LONGTEXT,
	FT_RICHTEXT,
	FT_INT,
	FT_DECIMAL,
	FT_MONEY,
	FT_PERCENT,
	FT_BOOL,
	FT_DATE,
	FT_DATETIME,
	FT_DURATION,
	FT_ENUM,
	FT_TAGS,
	FT_EMAIL,
	FT_PHONE,
	FT_URL,
	FT_FILE,
	FT_SEQUENCE,
	FT_FORMULA,
	FT_ROLLUP,
	FT_ONE,  /* link to one record of one object */
	FT_MANY, /* link to many records of one object: a table of its own */
	FT_ANY,  /* reference to one record of any object */
	FT_ID,   /* the record's own id */
	FT__MAX
};

/* Fields that every object has, at these indexes. */
enum system_field {
	SF_ID,
	SF_VERSION,
	SF_CREATED_AT,
	SF_CHANGED_AT,
	SF_CREATED_BY,
	SF_DELETED_AT,
	SF__MAX
};

enum special {
	SPECIAL_NONE,
	SPECIAL_HEALTH,
	SPECIAL_FINANCE,
	SPECIAL_BELIEF,
	SPECIAL_LEGAL,
	SPECIAL_EDUCATION,
	SPECIAL_PRIVATE,
	SPECIAL__MAX
};
extern const char *const SPECIAL_NAMES[SPECIAL__MAX];

enum column_class { COLUMN_INT, COLUMN_REAL, COLUMN_TEXT, COLUMN_BLOB };

/* Where a field is kept.  A second column is the currency of money ("…_currency"), the object of
 * FT_ANY ("…_object"; its id is "…_id"), or the folded key of text ("…_key"). */
struct column {
	struct str name;
	enum column_class class;
};

struct option {
	struct str key, label, tone;  /* tone: "", info, success, warning, danger, muted */
	struct str labels[LANG__MAX]; /* the label in each language */
	bool final;                   /* an end state */
};

struct field {
	struct str name, label, help;
	enum field_type type;
	const struct type_row *row; /* of the result's type for formulas and rollups */
	unsigned index;             /* in object->fields, and in struct row */
	struct object *object;      /* whose field this is */
	struct column columns[2];
	unsigned n_columns; /* 0: rollups and links to many */

	bool required, readonly, unique, personal, badge, hidden, builtin, has_key, indexed, custom;
	bool summed; /* follows from the parts of the record, by a rule */
	bool has_min, has_max;
	int64_t min, max;        /* length of text, or value in units */
	int scale;               /* places of decimal and percent; money: of its default currency */
	struct str currency;     /* default currency of money */
	struct str prefix;       /* of a printed sequence number */
	struct value initial;    /* default= */
	struct str initial_text; /* "now", "today", "me": resolved when the record is made */
	enum special special;    /* then the column is a sealed blob without a key */
	struct str purpose, retain;
	struct option *options;
	unsigned n_options;
	void *option_names;         /* private: keys → options */
	const struct cond *visible; /* visible=, or NULL */

	/* links */
	struct object *target; /* FT_ONE, FT_MANY */
	struct str reverse;    /* name of the set on the target ("orders"), or empty */
	struct str link_table; /* FT_MANY: table with the columns "from_id" and "to_id" */
	bool cascade; /* deleting the target deletes this record too (else the link is emptied) */

	/* computed: formulas when the record is saved (stored), rollups when it is read */
	struct formula *formula;
	enum field_type result;     /* the type of the result; else = type */
	struct str rollup_function; /* count, sum, min, max, avg */
	const struct reverse *rollup_over;
	const struct field *rollup_field;
	const struct cond *rollup_when;
};

/* A set of records that point here: party.orders is { "orders", order, order.party }. */
struct reverse {
	struct str name;
	struct object *object;
	struct field *field;
};

enum operation { OP_READ, OP_CREATE, OP_EDIT, OP_DELETE, OP_EXPORT, OP__MAX };
enum scope { SCOPE_NONE, SCOPE_OWN, SCOPE_TEAM, SCOPE_UNIT, SCOPE_ALL };

/* What one role may do with one object.  Several grants of an actor add up. */
struct grant {
	unsigned role; /* index in snapshot->roles */
	enum scope may[OP__MAX];
	struct fieldset hidden, readonly; /* hide=, readonly= */
	unsigned special;                 /* bit set of enum special that may be read and written */
	const struct cond *when;          /* only such records, or NULL */
};

struct role {
	struct str name, label;
	bool is_admin; /* everything, custom objects included */
};

/* Parts of the menu, in their order. */
enum menu {
	MENU_NONE,
	MENU_CONTACTS,
	MENU_SALES,
	MENU_SERVICE,
	MENU_MARKETING,
	MENU_WORK,
	MENU_MASTER,
	MENU__MAX
};
extern const char *const MENUS[MENU__MAX]; /* "contacts" */

struct face {
	struct str name, label, label_many;
	struct str icon; /* in the sprite of web/; empty: the object's */
	const struct cond *when;
	struct field *field; /* "when kind = person": what a new record gets, or NULL */
	struct value value;
};

struct view {
	struct str kind; /* list, filter, board, … */
	struct str name, label;
	struct field **fields;
	unsigned n_fields;
	const struct cond *when; /* of a filter */
};

struct sort_key {
	const struct field *field;
	bool descending;
};

enum feature_flag {
	FEATURE_TIMELINE = 1,
	FEATURE_FOLLOW = 2,
	FEATURE_NOTIFY = 4,
	FEATURE_BOARD = 8,
	FEATURE_PORTAL = 16,
	FEATURE_CALENDAR = 32,
	FEATURE_SYSTEM = 64,  /* stands under administration in the menu */
	FEATURE_DETAIL = 128, /* not in the menu: shown with its parent */
};

struct object {
	struct str name, label, label_many, help;
	struct str table;  /* = name; always quoted in SQL */
	unsigned index;    /* in snapshot->objects */
	int64_t number;    /* stable in one database, 1…1023; given by record/ when it migrates */
	struct str insert; /* the statement that stores a new record; given by record/ */
	bool custom;       /* added by an administrator */
	struct field **fields; /* the system fields first */
	unsigned n_fields;
	struct reverse *reverses;
	unsigned n_reverses;
	struct field *title;
	struct sort_key *sort; /* default order; the id is always the last key */
	unsigned n_sort;
	struct field **search;
	unsigned n_search;
	unsigned features;
	enum menu menu;        /* the part of the menu in which it stands */
	struct str icon;       /* in the sprite of web/; may be empty */
	bool is_subject;       /* "subject self": its records are themselves data subjects */
	struct field *subject; /* link to the party whose personal data a record is, or NULL */
	/* Categories of its fields, where all but the link to its parent are special: it is there
	 * for those alone who may see one of them. */
	unsigned sealed;
	/* Rights follow that record: seen by its readers, changed by its editors. */
	struct field *parent;
	/* Links to user, team, unit that scopes look at, or NULL. */
	struct field *owner, *team, *unit;
	struct face *faces;
	unsigned n_faces;
	struct view *views;
	unsigned n_views;
	struct grant *grants;
	unsigned n_grants;
	void *names; /* private: names → fields */
};

struct snapshot {
	struct arena *mem;
	uint64_t number;         /* differs between any two snapshots of one process */
	struct object **objects; /* in the order of the text; names are unique, faces included */
	unsigned n_objects;
	struct role *roles;
	unsigned n_roles;
	void *index; /* private: names → objects and faces */
};

/* One text of the model: its name for messages ("ticket.model"), its bytes, whether an
 * administrator wrote it (then every new name begins with x_). */
struct model_text {
	struct str name, text;
	bool custom;
};

/* Parse and check all texts together.  On failure every mistake of all texts is listed, one line
 * each, "ticket.model:13: unknown attribute: readonyl", in cx->err.why (E_INPUT).
 * Freed by snapshot_free. */
bool model_load(struct cx *cx, const struct model_text *texts, size_t n, struct snapshot **out)
	CHECKED;
void snapshot_free(struct snapshot **snapshot);

/* Look-ups by name; NULL when there is none.  object_find also finds faces unless face is NULL;
 * *face is then the face or NULL. */
const struct object *object_find(const struct snapshot *model, struct str name,
				 const struct face **face);
const struct field *field_find(const struct object *object, struct str name);
const struct reverse *reverse_find(const struct object *object, struct str name);
const struct option *option_find(const struct field *field, struct str key);
/* A word of the condition language, which no field or option may be called. */
bool name_is_reserved(struct str name);
const struct role *role_find(const struct snapshot *model, struct str name);
const struct view *view_find(const struct object *object, struct str kind, struct str name);

const char *operation_name(enum operation operation); /* "read" */
const char *scope_name(enum scope scope);             /* "team" */

/* The model as text again (`kontor model`); it loads to the same. */
void model_print(const struct snapshot *model, struct buf *out);
void model_print_object(const struct snapshot *model, const struct object *object, struct buf *out);

#endif
