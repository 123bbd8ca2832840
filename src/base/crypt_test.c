#include "base/crypt.h"

#include "base/test.h"

struct world {
	struct env_fake fake;
	struct cx *cx;
};

static int
setup(void **state)
{
	struct world *world = test_calloc(1, sizeof *world);

	env_fake_init(&world->fake, 0, 1);
	world->cx = cx_new(&world->fake.env, CX_MEM_DEFAULT);
	*state = world;
	return 0;
}

static int
teardown(void **state)
{
	struct world *world = *state;

	cx_free(&world->cx);
	test_free(world);
	return 0;
}

static struct str
bytes(struct cx *cx, const char *text)
{
	struct str out = { 0 };

	if (!crypt_hex_parse(cx->mem, str_of(text), &out))
		fail_msg("\"%s\" in the test is no hex", text);
	return out;
}

static struct secret
key_of(struct cx *cx, const char *text)
{
	struct secret key;

	memcpy(key.bytes, bytes(cx, text).p, sizeof key.bytes);
	return key;
}

static void
test_hash_is_blake2b(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
		{ "abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
	};
	struct world *world = *state;

	for (size_t i = 0; i < countof(rows); i++) {
		struct hash hash = crypt_hash(str_of(rows[i].in));

		assert_str(crypt_hex(world->cx->mem, hash_str(&hash)), rows[i].want);
	}
}

static void
test_hash_in_pieces_is_the_same(void **state)
{
	struct world *world = *state;
	struct secret key;
	struct hasher hasher;
	struct hash whole, pieces, plain;

	secret_new(world->cx->env, &key);
	hasher_begin(&hasher, NULL);
	hasher_add(&hasher, S("ab"));
	hasher_add(&hasher, S(""));
	hasher_add(&hasher, S("c"));
	pieces = hasher_end(&hasher);
	plain = crypt_hash(S("abc"));
	assert_memory_equal(&pieces, &plain, sizeof plain);
	hasher_begin(&hasher, &key);
	hasher_add(&hasher, S("ab"));
	hasher_add(&hasher, S("c"));
	pieces = hasher_end(&hasher);
	whole = crypt_hash_keyed(&key, S("abc"));
	assert_memory_equal(&pieces, &whole, sizeof whole);
	assert_memory_not_equal(&plain, &whole, sizeof whole);
}

/* The first vector of the reference implementation: key 00 01 … 0f, nothing hashed. */
static void
test_tag_is_siphash(void **state)
{
	static const unsigned char want[] = { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
					      0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93 };
	struct secret key;
	struct tag tag;

	(void)state;
	for (size_t i = 0; i < sizeof key.bytes; i++)
		key.bytes[i] = (unsigned char)i;
	tag = crypt_tag(&key, S(""));
	assert_memory_equal(&tag, want, sizeof want);
}

static struct hash
parts(const char *a, const char *b)
{
	struct hasher hasher;

	hasher_begin(&hasher, NULL);
	hasher_add_part(&hasher, str_of(a));
	hasher_add_part(&hasher, str_of(b));
	return hasher_end(&hasher);
}

static void
test_parts_cannot_be_shifted(void **state)
{
	struct hash one = parts("ab", "c"), two = parts("a", "bc"), again = parts("ab", "c");

	(void)state;
	assert_memory_not_equal(&one, &two, sizeof one);
	assert_memory_equal(&one, &again, sizeof one);
}

/* draft-irtf-cfrg-xchacha, A.3.1 */
static const char KEY[] = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
static const char BOUND[] = "50515253c0c1c2c3c4c5c6c7";
static const char SEALED[] = "404142434445464748494a4b4c4d4e4f5051525354555657"
			     "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
			     "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
			     "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
			     "21f9664c97637da9768812f615c68b13b52e"
			     "c0875924c1c7987947deafd8780acf49";
static const char CLEAR[] =
	"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
	"the future, sunscreen would be it.";

static void
test_unseal_known_answer(void **state)
{
	struct world *world = *state;
	struct secret key = key_of(world->cx, KEY);
	struct str clear;

	assert_true(crypt_unseal(world->cx->mem, &key, bytes(world->cx, BOUND),
				 bytes(world->cx, SEALED), &clear));
	assert_str(clear, CLEAR);
}

static void
test_seal_and_unseal(void **state)
{
	static const char *texts[] = { "", "x", "a text of some length with ä" };
	struct world *world = *state;
	struct arena *mem = world->cx->mem;
	struct secret key, other;

	secret_new(world->cx->env, &key);
	secret_new(world->cx->env, &other);
	assert_false(secret_eq(&key, &other));
	for (size_t i = 0; i < countof(texts); i++) {
		struct str bound = S("party.12.name"), clear = str_of(texts[i]),
			   out = S("untouched");
		struct str sealed = crypt_seal(mem, world->cx->env, &key, bound, clear);
		struct str again = crypt_seal(mem, world->cx->env, &key, bound, clear);

		assert_int_equal(sealed.n, clear.n + SEAL_EXTRA_BYTES);
		assert_false(str_eq(sealed, again));
		assert_false(crypt_unseal(mem, &other, bound, sealed, &out));
		assert_false(crypt_unseal(mem, &key, S("party.13.name"), sealed, &out));
		assert_false(crypt_unseal(mem, &key, bound, str_first(sealed, sealed.n - 1), &out));
		assert_false(crypt_unseal(mem, &key, bound, S(""), &out));
		for (size_t at = 0; at < sealed.n; at++) {
			char *changed = arena_alloc(mem, sealed.n);

			memcpy(changed, sealed.p, sealed.n);
			changed[at] ^= 1;
			assert_false(crypt_unseal(mem, &key, bound,
						  (struct str){ changed, sealed.n }, &out));
		}
		assert_str(out, "untouched");
		assert_true(crypt_unseal(mem, &key, bound, sealed, &out));
		assert_str(out, texts[i]);
	}
}

static void
test_derived_keys_differ(void **state)
{
	struct world *world = *state;
	struct secret parent, a, b, again, none = { 0 };
	struct hash plain;

	secret_new(world->cx->env, &parent);
	secret_derive(&parent, S("search"), &a);
	secret_derive(&parent, S("seal"), &b);
	secret_derive(&parent, S("search"), &again);
	assert_true(secret_eq(&a, &again));
	assert_false(secret_eq(&a, &b));
	assert_false(secret_eq(&a, &parent));
	plain = crypt_hash_keyed(&parent, S("search"));
	assert_memory_not_equal(plain.bytes, a.bytes, sizeof a.bytes);
	secret_wipe(&a);
	assert_true(secret_eq(&a, &none));
}

static void
test_passwords(void **state)
{
	struct world *world = *state;
	struct password_cost dearer = PASSWORD_COST_TEST;
	struct str hash = { 0 }, again = { 0 }, empty = { 0 };

	dearer.passes++;
	assert_true(password_hash(world->cx, S("geheim"), PASSWORD_COST_TEST, &hash));
	assert_true(password_hash(world->cx, S("geheim"), PASSWORD_COST_TEST, &again));
	assert_true(password_hash(world->cx, S(""), PASSWORD_COST_TEST, &empty));
	assert_false(str_eq(hash, again));
	assert_true(str_starts(hash, S("$argon2id$v=19$m=8,t=1,p=1$")));
	assert_true(password_is(S("geheim"), hash));
	assert_true(password_is(S("geheim"), again));
	assert_true(password_is(S(""), empty));
	assert_false(password_is(S("Geheim"), hash));
	assert_false(password_is(S(""), hash));
	assert_false(password_is(S("geheim"), S("")));
	assert_false(password_is(S("geheim"), S("$argon2id$v=19$m=8,t=1,p=1$")));
	assert_false(password_is(S("geheim"), str_first(hash, hash.n - 1)));
	assert_false(password_is_stale(hash, PASSWORD_COST_TEST));
	assert_true(password_is_stale(hash, dearer));
	assert_true(password_is_stale(S(""), dearer));
	assert_true(password_is_stale(S("plain"), dearer));
}

static void
test_too_long_password_is_refused(void **state)
{
	struct world *world = *state;
	char text[PASSWORD_MAX_BYTES + 1];
	struct str long_one = { text, sizeof text }, out = S("untouched");

	memset(text, 'x', sizeof text);
	assert_false(password_hash(world->cx, long_one, PASSWORD_COST_TEST, &out));
	assert_int_equal(world->cx->err.code, E_TOO_BIG);
	assert_str(out, "untouched");
	assert_false(password_is(long_one, S("x")));
}

static void
test_base64url_and_hex(void **state)
{
	static const struct {
		const char *bytes, *base64url;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg" },
		{ "fo", "Zm8" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg" },
		{ "\xfb\xff\xfe", "-__-" },
		{ "foobar", "Zm9vYmFy" },
	};
	static const char *bad[] = { "Z", "Zg==", "Zg+/", "Zm9v ", "Zh", "\xff" };
	static const char *bad_hex[] = { "0", "0g", "00 ", "0x00" };
	struct world *world = *state;
	struct arena *mem = world->cx->mem;
	struct str out = S("untouched");

	for (size_t i = 0; i < countof(bad); i++)
		if (crypt_base64url_parse(mem, str_of(bad[i]), &out))
			fail_msg("base64url \"%s\"", bad[i]);
	for (size_t i = 0; i < countof(bad_hex); i++)
		if (crypt_hex_parse(mem, str_of(bad_hex[i]), &out))
			fail_msg("hex \"%s\"", bad_hex[i]);
	assert_str(out, "untouched");
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf b = buf_in(mem, 100);

		assert_str(crypt_base64url(mem, str_of(rows[i].bytes)), rows[i].base64url);
		buf_base64url(&b, str_of(rows[i].bytes));
		assert_str(buf_done(&b), rows[i].base64url);
		assert_true(crypt_base64url_parse(mem, str_of(rows[i].base64url), &out));
		assert_str(out, rows[i].bytes);
		assert_true(crypt_hex_parse(mem, crypt_hex(mem, str_of(rows[i].bytes)), &out));
		assert_str(out, rows[i].bytes);
	}
	assert_true(crypt_hex_parse(mem, S("aAbB"), &out));
	assert_str(out, "\xaa\xbb");
}

/* FIPS 180-4's example, and RFC 4231, test case 2. */
static void
test_sha256_known_answers(void **state)
{
	struct world *world = *state;
	struct hash plain = crypt_sha256(S("abc")),
		    keyed = crypt_hmac_sha256(S("Jefe"), S("what do ya want for nothing?"));

	assert_str(crypt_hex(world->cx->mem, hash_str(&plain)),
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_str(crypt_hex(world->cx->mem, hash_str(&keyed)),
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void
test_tokens_differ(void **state)
{
	struct world *world = *state;
	struct str a = crypt_token(world->cx->mem, world->cx->env),
		   b = crypt_token(world->cx->mem, world->cx->env);

	assert_int_equal(a.n, TOKEN_TEXT_LENGTH);
	assert_false(str_eq(a, b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hash_is_blake2b, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hash_in_pieces_is_the_same, setup, teardown),
		cmocka_unit_test(test_tag_is_siphash),
		cmocka_unit_test_setup_teardown(test_parts_cannot_be_shifted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unseal_known_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_seal_and_unseal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_derived_keys_differ, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passwords, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_long_password_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_base64url_and_hex, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sha256_known_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tokens_differ, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
