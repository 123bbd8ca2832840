#include "base/mustache.h"

#include <dirent.h>
#include <jansson.h>

#include "base/test.h"

enum { OUT_MAX = 1 << 20 };

static int
setup(void **state)
{
	*state = cx_new(&env_real, CX_MEM_DEFAULT);
	return 0;
}

static int
teardown(void **state)
{
	struct cx *cx = *state;

	cx_free(&cx);
	return 0;
}

/* --- The specification's own cases --- */

static struct mv value_of(struct arena *mem, const json_t *json);

static struct mv
map_of(struct arena *mem, const json_t *json)
{
	struct mv map = mv_map(mem);
	const char *name;
	const json_t *value;

	for (void *at = json_object_iter((json_t *)(uintptr_t)json); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)json, at)) {
		name = json_object_iter_key(at);
		value = json_object_iter_value(at);
		mv_set(map, str_of(name), value_of(mem, value));
	}
	return map;
}

static struct mv
value_of(struct arena *mem, const json_t *json)
{
	struct mv list;

	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return map_of(mem, json);
	case JSON_ARRAY:
		list = mv_list(mem);
		for (size_t i = 0; i < json_array_size(json); i++)
			mv_add(list, value_of(mem, json_array_get(json, i)));
		return list;
	case JSON_STRING:
		return mv_z(json_string_value(json));
	case JSON_INTEGER:
		return mv_int(json_integer_value(json));
	case JSON_REAL:
		return mv_text(str_printf(mem, "%.15g", json_real_value(json)));
	case JSON_TRUE:
	case JSON_FALSE:
		return mv_bool(json_is_true(json));
	default:
		return mv_none();
	}
}

struct spec_partials {
	struct cx *cx;
	const json_t *texts;
};

static const struct mustache *
spec_partial(void *state, struct str name)
{
	struct spec_partials *partials = state;
	const json_t *text = json_object_get(partials->texts, str_z(partials->cx->mem, name));
	const struct mustache *out;

	if (!text)
		return NULL;
	if (!mustache_compile(partials->cx, partials->cx->mem, name,
			      str_of(json_string_value(text)), NULL, &out))
		fail_msg("%.*s", STR_FMT(partials->cx->err.why));
	return out;
}

static bool
spec_case(struct cx *cx, const json_t *row, const char *file)
{
	struct spec_partials texts = { cx, json_object_get(row, "partials") };
	struct mustache_partials partials = { spec_partial, &texts };
	struct str text = str_of(json_string_value(json_object_get(row, "template")));
	struct str want = str_of(json_string_value(json_object_get(row, "expected")));
	struct mv data = value_of(cx->mem, json_object_get(row, "data"));
	const char *name = json_string_value(json_object_get(row, "name"));
	struct buf out = buf_in(cx->mem, OUT_MAX);
	const struct mustache *mustache;

	if (!mustache_compile(cx, cx->mem, S("template"), text, NULL, &mustache) ||
	    !mustache_render(cx, mustache, &data, &partials, &out)) {
		print_error("%s: %s: %.*s\n", file, name, STR_FMT(cx->err.why));
		return false;
	}
	if (str_eq(buf_done(&out), want))
		return true;
	print_error("%s: %s\n got \"%.*s\"\nwant \"%.*s\"\n", file, name, STR_FMT(buf_done(&out)),
		    STR_FMT(want));
	return false;
}

static size_t
spec_file(struct cx *cx, const char *folder, const char *file, size_t *failed)
{
	struct str path = str_printf(cx->mem, "%s/%s", folder, file);
	json_error_t error;
	json_t *all = json_load_file(path.p, 0, &error);
	const json_t *rows = json_object_get(all, "tests");
	size_t n = json_array_size(rows);

	assert_non_null(all);
	for (size_t i = 0; i < n; i++)
		*failed += !spec_case(cx, json_array_get(rows, i), file);
	json_decref(all);
	return n;
}

static void
test_specification(void **state)
{
	static const struct {
		const char *file;
		size_t n;
	} files[] = {
		{ "comments.json", 12 },
		{ "delimiters.json", 14 },
		{ "interpolation.json", 42 },
		{ "inverted.json", 22 },
		{ "partials.json", 12 },
		{ "sections.json", 34 },
		{ "optional-dynamic-names.json", 21 },
		{ "optional-inheritance.json", 27 },
	};
	const char *data = getenv("KONTOR_SHARED_DATA");
	struct cx *cx = *state;
	struct str folder = str_printf(cx->mem, "%s/mustache-spec", data ? data : "../shared/data");
	DIR *there = opendir(folder.p);
	size_t failed = 0;

	if (!there) {
		print_message("skipped: no specification in %s; set KONTOR_SHARED_DATA\n",
			      folder.p);
		skip();
		return;
	}
	closedir(there);
	for (size_t i = 0; i < countof(files); i++)
		assert_int_equal(spec_file(cx, folder.p, files[i].file, &failed), files[i].n);
	assert_int_equal(failed, 0);
}

/* --- Cases of our own --- */

static struct mv
example(struct arena *mem)
{
	struct mv data = mv_map(mem), inner = mv_map(mem), list = mv_list(mem), row = mv_map(mem),
		  one = mv_list(mem);

	mv_set(data, S("name"), mv_z("A&B <\"'>"));
	mv_set(data, S("empty"), mv_z(""));
	mv_set(data, S("none"), mv_z(NULL));
	mv_set(data, S("yes"), mv_bool(true));
	mv_set(data, S("no"), mv_bool(false));
	mv_set(data, S("zero"), mv_int(0));
	mv_set(data, S("many"), mv_int(-42));
	mv_set(data, S("inner"), inner);
	mv_set(inner, S("name"), mv_z("inside"));
	mv_set(inner, S("deep"), inner);
	mv_set(data, S("list"), list);
	mv_add(list, row);
	mv_set(row, S("name"), mv_z("one"));
	mv_add(list, mv_map(mem));
	mv_set(data, S("one"), one);
	mv_add(one, mv_z("x"));
	mv_set(data, S("nothing"), mv_list(mem));
	mv_set(data, S("twice"), mv_z("first"));
	mv_set(data, S("twice"), mv_z("second"));
	mv_set(data, S("which"), mv_z("footer"));
	return data;
}

static const struct {
	const char *name, *text;
} files[] = {
	{ "footer", "-- {{name}}\n" },
	{ "layout",
	  "<h1>{{$title}}No title{{/title}}</h1>\n<main>\n  {{$body}}\n  {{/body}}\n</main>\n" },
	{ "row", "<li>\n  {{name}}\n</li>\n" },
	{ "self", "x{{>self}}" },
	{ "empty", "" },
	{ "fan1",
	  "{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}{{>fan2}}" },
	{ "fan2",
	  "{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}{{>fan3}}" },
	{ "fan3",
	  "{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}{{>fan4}}" },
	{ "fan4",
	  "{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}{{>fan5}}" },
	{ "fan5",
	  "{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}{{>fan6}}" },
	{ "fan6",
	  "{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}{{>fan7}}" },
	{ "fan7",
	  "{{>empty}}{{>empty}}{{>empty}}{{>empty}}{{>empty}}{{>empty}}{{>empty}}{{>empty}}" },
};

struct library {
	const struct mustache *v[countof(files)];
};

static const struct mustache *
library_find(void *state, struct str name)
{
	struct library *library = state;

	for (size_t i = 0; i < countof(files); i++)
		if (str_eq_z(name, files[i].name))
			return library->v[i];
	return NULL;
}

static void
library_fill(struct cx *cx, struct library *library)
{
	for (size_t i = 0; i < countof(files); i++)
		if (!mustache_compile(cx, cx->mem, str_of(files[i].name), str_of(files[i].text),
				      NULL, &library->v[i]))
			fail_msg("%.*s", STR_FMT(cx->err.why));
}

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "{{name}} {{{name}}} {{&name}}", "A&amp;B &lt;&quot;&#39;&gt; A&B <\"'> A&B <\"'>" },
	{ "{{many}} {{zero}} {{yes}} {{no}} {{none}} {{list}} {{inner}}", "-42 0 true false   " },
	{ "{{twice}}", "second" },
	{ "{{#yes}}1{{/yes}}{{#no}}2{{/no}}{{#zero}}3{{/zero}}{{#empty}}4{{/empty}}{{#none}}5{{/none}}"
	  "{{#nothing}}6{{/nothing}}{{#missing}}7{{/missing}}{{#many}}8{{/many}}",
	  "18" },
	{ "{{^yes}}1{{/yes}}{{^no}}2{{/no}}{{^zero}}3{{/zero}}{{^empty}}4{{/empty}}{{^none}}5{{/none}}"
	  "{{^nothing}}6{{/nothing}}{{^missing}}7{{/missing}}{{^many}}8{{/many}}",
	  "234567" },
	{ "{{#list}}[{{name}}]{{/list}}", "[one][A&amp;B &lt;&quot;&#39;&gt;]" },
	{ "{{#one}}{{.}}{{/one}}", "x" },
	{ "{{inner.deep.deep.name}} {{inner.missing.name}}", "inside " },
	{ "<ul>\n  {{#list}}\n  {{>row}}\n  {{/list}}\n</ul>\n",
	  "<ul>\n  <li>\n    one\n  </li>\n  <li>\n    A&amp;B &lt;&quot;&#39;&gt;\n  </li>\n</ul>\n" },
	{ "{{#inner}}{{>*which}}{{/inner}}", "-- inside\n" },
	{ "{{<layout}}{{$title}}T{{/title}}\n{{$body}}\n<p>\n  {{name}}\n</p>\n{{/body}}{{/layout}}\n",
	  "<h1>T</h1>\n<main>\n  <p>\n    A&amp;B &lt;&quot;&#39;&gt;\n  </p>\n</main>\n" },
	{ "{{<layout}}\n  {{$body}}\n    <b>\n\n    </b>\n  {{/body}}\n{{/layout}}\n",
	  "<h1>No title</h1>\n<main>\n  <b>\n\n  </b>\n</main>\n" },
	{ "{{<layout}}{{$body}}short{{/body}}{{/layout}}",
	  "<h1>No title</h1>\n<main>\n  short\n</main>\n" },
	{ "{{<*which}}{{/*which}}", "-- A&amp;B &lt;&quot;&#39;&gt;\n" },
	{ "{{=<% %>=}}<%name%>{{name}}<%={{ }}=%>{{zero}}",
	  "A&amp;B &lt;&quot;&#39;&gt;{{name}}0" },
	{ "a{{! a\ncomment }}b\n{{! alone }}\nc", "ab\nc" },
	{ "{{>missing}}{{<missing}}{{/missing}}.", "." },
};

static void
test_our_cases(void **state)
{
	struct cx *cx = *state;
	struct library library;
	struct mustache_partials partials = { library_find, &library };
	struct mv data = example(cx->mem);

	library_fill(cx, &library);
	for (size_t i = 0; i < countof(cases); i++) {
		struct buf out = buf_in(cx->mem, OUT_MAX);
		const struct mustache *mustache;

		if (!mustache_compile(cx, cx->mem, S("t"), str_of(cases[i].text), NULL,
				      &mustache) ||
		    !mustache_render(cx, mustache, &data, &partials, &out))
			fail_msg("%s: %.*s", cases[i].text, STR_FMT(cx->err.why));
		if (!str_eq_z(buf_done(&out), cases[i].want))
			fail_msg("%s\n got \"%.*s\"\nwant \"%s\"", cases[i].text,
				 STR_FMT(buf_done(&out)), cases[i].want);
	}
}

static const struct {
	const char *text, *want;
} mistakes[] = {
	{ "a\nb {{name", "page:2: a tag is not closed with }}" },
	{ "{{{name}}", "page:1: a tag is not closed with }}}" },
	{ "\n\n{{#a}}x", "page:3: \"a\" is never closed" },
	{ "{{#a}}\n{{/b}}", "page:2: {{/b}} closes \"a\" of line 1" },
	{ "x{{/b}}", "page:1: {{/b}} closes nothing" },
	{ "{{}}", "page:1: a tag has no name" },
	{ "{{#}}{{/}}", "page:1: a tag has no name" },
	{ "{{>*}}", "page:1: a tag has no name" },
	{ "{{a b}}", "page:1: the name \"a b\" has a blank in it" },
	{ "{{=<%=}}",
	  "page:1: new delimiters must be two signs, as in {{=<< >>=}}, without an equals sign" },
	{ "{{=a b c=}}",
	  "page:1: new delimiters must be two signs, as in {{=<< >>=}}, without an equals sign" },
	{ "{{!\n\n}}\n{{", "page:4: a tag is not closed with }}" },
};

static void
test_mistakes_are_named_with_their_line(void **state)
{
	struct cx *cx = *state;
	const struct mustache *mustache = NULL;

	for (size_t i = 0; i < countof(mistakes); i++) {
		fail_clear(cx);
		assert_false(mustache_compile(cx, cx->mem, S("page"), str_of(mistakes[i].text),
					      NULL, &mustache));
		assert_int_equal(cx->err.code, E_INPUT);
		assert_str(cx->err.why, mistakes[i].want);
		assert_null(mustache);
	}
}

static void
test_nesting_is_bounded(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_in(cx->mem, OUT_MAX);
	const struct mustache *mustache;

	for (int i = 0; i < MUSTACHE_NESTING_MAX; i++)
		BUF_LIT(&b, "{{#a}}");
	for (int i = 0; i < MUSTACHE_NESTING_MAX; i++)
		BUF_LIT(&b, "{{/a}}");
	assert_true(mustache_compile(cx, cx->mem, S("deep"), buf_done(&b), NULL, &mustache));
	buf_clear(&b);
	for (int i = 0; i <= MUSTACHE_NESTING_MAX; i++)
		BUF_LIT(&b, "{{#a}}");
	assert_false(mustache_compile(cx, cx->mem, S("deep"), buf_done(&b), NULL, &mustache));
	assert_str(cx->err.why, "deep:1: more than 64 sections stand within each other");
}

static void
test_work_is_bounded(void **state)
{
	static const struct {
		const char *text, *why;
		size_t max;
	} rows[] = {
		{ "{{>self}}",
		  "self:1: templates call each other more than 256 deep; is one calling itself?",
		  OUT_MAX },
		{ "{{>fan1}}", "fan6:1: the templates repeat too much", OUT_MAX },
		{ "\n{{#list}}0123456789{{/list}}", "t:2: the result is larger than 15 bytes", 15 },
	};
	struct cx *cx = *state;
	struct library library;
	struct mustache_partials partials = { library_find, &library };
	struct mv data = example(cx->mem);

	library_fill(cx, &library);
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = buf_in(cx->mem, rows[i].max);
		const struct mustache *mustache;

		fail_clear(cx);
		assert_true(mustache_compile(cx, cx->mem, S("t"), str_of(rows[i].text), NULL,
					     &mustache));
		assert_false(mustache_render(cx, mustache, &data, &partials, &out));
		assert_int_equal(cx->err.code, E_TOO_BIG);
		if (i != 1)
			assert_str(cx->err.why, rows[i].why);
		else
			assert_true(str_ends(cx->err.why, S("the templates repeat too much")));
	}
}

static struct str
shout(void *state, struct str text)
{
	struct cx *cx = state;

	if (str_eq_z(text, "Delete {{name}}?"))
		return S("{{name}} löschen?");
	return str_printf(cx->mem, "<%.*s>", STR_FMT(text));
}

static void
test_text_is_translated_when_compiled(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "{{#t}}Save{{/t}}", "<Save>" },
		{ "a {{# t }}  Save\n\t all\n{{/ t }} b", "a <Save all> b" },
		{ "{{#t}}Delete {{name}}?{{/t}}", "A&B <\"'> löschen?" },
		{ "{{#yes}}{{#t}}x{{/t}}{{/yes}}{{#t}}{{/t}}", "<x><>" },
		{ "{{=<% %>=}}<%#t%>{{x}}<%/t%>", "<{{x}}>" },
	};
	struct cx *cx = *state;
	struct mustache_options options = { .plain = true, .translate = shout, .state = cx };
	struct mv data = example(cx->mem);
	const struct mustache *mustache;

	for (size_t i = 0; i < countof(rows); i++) {
		struct buf out = buf_in(cx->mem, OUT_MAX);

		assert_true(mustache_compile(cx, cx->mem, S("t"), str_of(rows[i].text), &options,
					     &mustache));
		assert_true(mustache_render(cx, mustache, &data, NULL, &out));
		assert_str(buf_done(&out), rows[i].want);
	}
	assert_false(mustache_compile(cx, cx->mem, S("t"), S("\n{{#t}}Save{{#x}}{{/x}}"), &options,
				      &mustache));
	assert_str(cx->err.why, "t:2: {{#t}} is never closed");
	fail_clear(cx);
	assert_false(mustache_compile(cx, cx->mem, S("t"), S("{{#t}}a\n\nb{{/t}}\n{{/x}}"),
				      &options, &mustache));
	assert_str(cx->err.why, "t:4: {{/x}} closes nothing");
}

static bool
squares_item(void *state, size_t i, struct mv *out)
{
	const size_t *n = state;

	if (i >= *n)
		return false;
	*out = mv_int((int64_t)(i * i));
	return true;
}

static bool
person_get(void *state, struct str name, struct mv *out)
{
	if (!str_eq_z(name, "first"))
		return false;
	*out = mv_z(state);
	return true;
}

static void
test_values_that_are_asked(void **state)
{
	static const struct mv_source squares = { .item = squares_item },
				      person = { .get = person_get };
	struct cx *cx = *state;
	struct mv data = mv_map(cx->mem);
	struct buf out = buf_in(cx->mem, OUT_MAX);
	const struct mustache *mustache;
	size_t three = 3, no = 0;
	char name[] = "Anna";

	mv_set(data, S("squares"), mv_items(&squares, &three));
	mv_set(data, S("no_squares"), mv_items(&squares, &no));
	mv_set(data, S("person"), mv_object(&person, name));
	mv_set(data, S("last"), mv_z("May"));
	assert_true(mustache_compile(
		cx, cx->mem, S("t"),
		S("{{#squares}}{{.}},{{/squares}}{{^no_squares}}none{{/no_squares}} "
		  "{{#person}}{{first}} {{last}}{{/person}} {{person.first}}{{person.last}}"),
		NULL, &mustache));
	assert_true(mustache_render(cx, mustache, &data, NULL, &out));
	assert_str(buf_done(&out), "0,1,4,none Anna May Anna");
}

/* --- Records show what maps of the same values show --- */

enum { R_LABEL, R_TEXT, R_URL, R_FLAG, R__MAX, N_VALUES = 6 };

static const struct mv_name record_names[] = {
	[R_LABEL] = MV_NAME("label"),
	[R_TEXT] = MV_NAME("a_long_name_of_a_text"),
	[R_URL] = MV_NAME("a_long_name_of_a_url"),
	[R_FLAG] = MV_NAME("flag"),
};
static const struct mv_shape RECORD = { record_names, R__MAX };

static struct mv
nth_value(struct arena *mem, size_t n)
{
	const struct mv values[N_VALUES] = { mv_none(), mv_z(""),   mv_z("a<b"),
					     mv_int(0), mv_int(12), mv_bool(true) };

	return n < N_VALUES ? values[n] : mv_list(mem);
}

/* Every combination of values, as records and as maps. */
static void
combine(struct arena *mem, struct mv *out_records, struct mv *out_maps)
{
	size_t n = N_VALUES * N_VALUES * N_VALUES * (N_VALUES + 1);
	struct mv *values = new_array(mem, n * R__MAX, struct mv);

	*out_maps = mv_list(mem);
	for (size_t i = 0; i < n; i++) {
		struct mv map = mv_map(mem), *record = values + i * R__MAX;
		size_t rest = i;

		for (size_t k = 0; k < R__MAX; k++) {
			record[k] =
				nth_value(mem, rest % (k + 1 < R__MAX ? N_VALUES : N_VALUES + 1));
			rest /= N_VALUES;
			mv_set(map, record_names[k].text, record[k]);
		}
		mv_add(*out_maps, map);
	}
	*out_records = mv_records(mem, &RECORD, values, n);
}

static const char *const record_bodies[] = {
	"<{{label}}>",
	("{{#a_long_name_of_a_text}}<a href=\"{{a_long_name_of_a_url}}\">{{{a_long_name_of_a_text}}}</a>{{/a_long_name_of_a_text}}"
	 "{{^a_long_name_of_a_text}}-{{outside}}{{/a_long_name_of_a_text}}"),
	"{{#flag}}{{#label}}{{label}}{{^a_long_name_of_a_url}}no{{/a_long_name_of_a_url}}{{/label}}{{/flag}}.",
	"{{#label}}[{{.}}]{{/label}}",
	"{{#flag}}{{outside}}{{/flag}}{{#outside}}{{label}}{{/outside}}",
	"  \n  {{>row}}\n{{>name}}{{a_long_name_of_a_url}}\n",
	"{{missing}}{{#missing}}x{{/missing}}{{^missing}}y{{/missing}}{{label.x}}",
	"",
};

static const struct mustache *
linked(struct cx *cx, const char *name, struct str text, struct mustache_partials *partials)
{
	const struct mustache *out;

	if (!mustache_compile(cx, cx->mem, str_of(name), text, NULL, &out))
		fail_msg("%.*s", STR_FMT(cx->err.why));
	mustache_link(out, partials);
	return out;
}

struct two {
	const struct mustache *row, *name;
};

static const struct mustache *
two_find(void *state, struct str name)
{
	const struct two *two = state;

	return str_eq_z(name, "row") ? two->row : str_eq_z(name, "name") ? two->name : NULL;
}

static void
test_records_show_what_maps_show(void **state)
{
	struct cx *cx = *state;
	struct two two = { 0 };
	struct mustache_partials partials = { two_find, &two };
	struct mv data[2] = { mv_map(cx->mem), mv_map(cx->mem) }, rows[2];

	two.name = linked(cx, "name", S("{{#flag}}({{label}}){{/flag}}"), &partials);
	two.row = linked(cx, "row", S("<li>\n  {{>name}}\n</li>\n"), &partials);
	combine(cx->mem, &rows[0], &rows[1]);
	for (size_t i = 0; i < 2; i++) {
		mv_set(data[i], S("rows"), rows[i]);
		mv_set(data[i], S("outside"), mv_z("out&side"));
	}
	for (size_t i = 0; i < countof(record_bodies); i++) {
		struct str text = str_printf(cx->mem, "{{#rows}}%s{{/rows}}", record_bodies[i]);
		const struct mustache *mustache = linked(cx, "t", text, &partials);
		struct buf out[2] = { buf_in(cx->mem, OUT_MAX), buf_in(cx->mem, OUT_MAX) };

		for (size_t k = 0; k < 2; k++)
			assert_true(mustache_render(cx, mustache, &data[k], &partials, &out[k]));
		if (!str_eq(buf_done(&out[0]), buf_done(&out[1])))
			fail_msg("%s", record_bodies[i]);
	}
}

/* Names with the same beginning, the same length, or the same number. */
static void
test_names_are_told_apart(void **state)
{
	static const char *const names[] = {
		"a",          "b",          "ab",       "abcdefgh",  "abcdefgi", "abcdefghi",
		"abcdefghij", "abcdefghik", "abcdefgd", "abcdefgex", ""
	};
	struct cx *cx = *state;
	struct mv map = mv_map(cx->mem), found;

	for (size_t i = 0; i < countof(names); i++)
		assert_false(mv_get(&map, str_of(names[i]), &found));
	for (size_t i = 0; i < countof(names); i++)
		mv_set(map, str_of(names[i]), mv_int((int64_t)i));
	for (size_t i = 0; i < countof(names); i++) {
		assert_true(mv_get(&map, str_of(names[i]), &found));
		assert_int_equal(found.number, i);
	}
	assert_false(mv_get(&map, S("abcdefgk"), &found));
	assert_false(mv_get(&map, S("abcdefghi_"), &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_records_show_what_maps_show, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_are_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_specification, setup, teardown),
		cmocka_unit_test_setup_teardown(test_our_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mistakes_are_named_with_their_line, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_nesting_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_work_is_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text_is_translated_when_compiled, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_values_that_are_asked, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
