/* The functions behind the rows of TYPES.  Private to model/. */
#ifndef KONTOR_MODEL_TYPES_H
#define KONTOR_MODEL_TYPES_H

#include "model/type.h"

enum {
	TEXT_LENGTH_MAX = 200, /* code points, where the field names no max */
	LONGTEXT_LENGTH_MAX = 100000,
	EMAIL_LENGTH_MAX = 254,
	PHONE_LENGTH_MAX = 50,
	URL_LENGTH_MAX = 2000,
	TAG_LENGTH_MAX = 50,
	TAGS_COUNT_MAX = 100,
	LINKS_COUNT_MAX = 10000
};

#define TYPE_PARSE(name)                                                 \
	bool name(struct cx *cx, const struct field *f, struct str text, \
		  const struct reading *how, struct value *out)
#define TYPE_PRINT(name)                                                             \
	void name(const struct cx *cx, const struct field *f, const struct value *v, \
		  struct buf *out)
#define TYPE_TEXT(name) void name(const struct field *f, const struct value *v, struct buf *out)
#define TYPE_FROM_JSON(name) \
	bool name(struct cx *cx, const struct field *f, const json_t *json, struct value *out)
#define TYPE_COMPARE(name) int name(const struct value *a, const struct value *b)
#define TYPE_SCHEMA(name) void name(const struct field *f, struct buf *out)

/* types_text.c */
TYPE_PARSE(text_parse);
TYPE_PRINT(text_print);
TYPE_TEXT(text_text);
TYPE_TEXT(text_to_json);
TYPE_FROM_JSON(text_from_json);
TYPE_COMPARE(text_compare);  /* folded */
TYPE_COMPARE(bytes_compare); /* enum, date, tags … */
TYPE_SCHEMA(text_schema);
TYPE_PARSE(enum_parse);
TYPE_PRINT(enum_print);
TYPE_FROM_JSON(enum_from_json);
TYPE_SCHEMA(enum_schema);
TYPE_PARSE(tags_parse);
TYPE_PRINT(tags_print);
TYPE_TEXT(tags_text);
TYPE_TEXT(tags_to_json);
TYPE_FROM_JSON(tags_from_json);
TYPE_SCHEMA(tags_schema);

/* types_number.c */
TYPE_PARSE(int_parse);
TYPE_PRINT(int_print);
TYPE_TEXT(int_text);
TYPE_FROM_JSON(int_from_json);
TYPE_TEXT(int_to_json);
TYPE_COMPARE(int_compare);
TYPE_SCHEMA(int_schema);
TYPE_PARSE(sequence_parse);
TYPE_PRINT(sequence_print);
TYPE_PARSE(decimal_type_parse);
TYPE_PRINT(decimal_type_print);
TYPE_TEXT(decimal_text);
TYPE_TEXT(decimal_to_json);
TYPE_FROM_JSON(decimal_from_json);
TYPE_SCHEMA(decimal_schema);
TYPE_PARSE(percent_parse);
TYPE_PRINT(percent_print);
TYPE_PARSE(money_type_parse);
TYPE_PRINT(money_type_print);
TYPE_TEXT(money_text);
TYPE_TEXT(money_to_json);
TYPE_FROM_JSON(money_from_json);
TYPE_SCHEMA(money_schema);
TYPE_PARSE(bool_parse);
TYPE_PRINT(bool_print);
TYPE_TEXT(bool_text);
TYPE_TEXT(bool_to_json);
TYPE_FROM_JSON(bool_from_json);
TYPE_SCHEMA(bool_schema);

/* types_time.c */
TYPE_PARSE(date_type_parse);
TYPE_PRINT(date_type_print);
TYPE_FROM_JSON(date_from_json);
TYPE_SCHEMA(date_schema);
TYPE_PARSE(datetime_parse);
TYPE_PRINT(datetime_print);
TYPE_TEXT(datetime_text);
TYPE_TEXT(datetime_to_json);
TYPE_FROM_JSON(datetime_from_json);
TYPE_SCHEMA(datetime_schema);
TYPE_PARSE(duration_type_parse);
TYPE_PRINT(duration_type_print);
TYPE_TEXT(duration_text);
TYPE_FROM_JSON(duration_from_json);
TYPE_SCHEMA(duration_schema);

/* types_link.c */
TYPE_PARSE(one_parse);
TYPE_PRINT(one_print);
TYPE_TEXT(one_to_json);
TYPE_FROM_JSON(one_from_json);
TYPE_SCHEMA(one_schema);
TYPE_PARSE(many_parse);
TYPE_PRINT(many_print);
TYPE_TEXT(many_text);
TYPE_TEXT(many_to_json);
TYPE_FROM_JSON(many_from_json);
TYPE_SCHEMA(many_schema);
TYPE_COMPARE(many_compare);
TYPE_PARSE(any_parse);
TYPE_PRINT(any_print);
TYPE_TEXT(any_text);
TYPE_TEXT(any_to_json);
TYPE_FROM_JSON(any_from_json);
TYPE_SCHEMA(any_schema);
TYPE_COMPARE(any_compare);

/* types.c: computed fields, by their result */
TYPE_PARSE(result_parse);
TYPE_PRINT(result_print);
TYPE_TEXT(result_text);
TYPE_TEXT(result_to_json);
TYPE_FROM_JSON(result_from_json);
TYPE_SCHEMA(result_schema);

/* A field at fault, in the words that all types share. */
bool type_refuse_json(struct cx *cx, const struct field *f, const char *expected);

/* {"type":["string","null"],"title":…,"description":…,"readOnly":true  — without the last brace. */
void schema_begin(const struct field *f, const char *type, const char *format, struct buf *out);

/* The option of the field by its key or, whatever its case, its label in any language. */
const struct option *option_match(struct cx *cx, const struct field *f, struct str text);
/* Tags as "|a|B|", in the order of their folded keys; of those that fold alike the first spelling,
 * those whose key is empty not at all. */
struct value tags_join(struct arena *mem, const struct str *texts, size_t n);
/* The same with each folded: "|a|b|". */
struct str tags_key(struct arena *mem, struct str tags);
/* The next tag of "|a|b|"; false behind the last. */
bool tags_next(struct str *rest, struct str *out);

/* How many code points a value of this field may have. */
int64_t text_length_max(const struct field *f);

#endif
