#include "base/test.h"
#include "http/net.h"

static void
test_addresses_read_and_printed(void **state)
{
	static const struct {
		const char *in, *want; /* NULL: none */
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1:4711", "192.0.2.1" },
		{ "::1", "::1" },
		{ "[::1]", "::1" },
		{ "[2001:db8::1]:443", "2001:db8::1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "unix", "unix" },
		{ "", NULL },
		{ "localhost", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2", NULL },
		{ "[::1", "::1" },
		{ "1:2", NULL },
		{ "::255.255.0.1", "::255.255.0.1" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct address address;

		if (address_parse(str_of(cases[i].in), &address) != (cases[i].want != NULL))
			fail_msg("%s", cases[i].in);
		if (cases[i].want)
			assert_str(address_text(cx->mem, &address), cases[i].want);
	}
	cx_free(&cx);
}

static void
test_networks_have_their_addresses(void **state)
{
	static const struct {
		const char *networks, *address;
		bool want;
	} cases[] = {
		{ "127.0.0.0/8 ::1", "127.3.4.5", true },
		{ "127.0.0.0/8 ::1", "::1", true },
		{ "127.0.0.0/8 ::1", "128.0.0.1", false },
		{ "127.0.0.0/8 ::1", "unix", false },
		{ "unix", "unix", true },
		{ "10.1.2.0/23", "10.1.3.255", true },
		{ "10.1.2.0/23", "10.1.4.0", false },
		{ "0.0.0.0/0", "8.8.8.8", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "10.0.0.1,10.0.0.2", "10.0.0.2", true },
		{ "", "10.0.0.2", false },
	};
	static const char *const wrong[] = { "10.0.0.0/33", "10.0.0.0/", "x", "::1/129",
					     "1.2.3.4/-1" };

	(void)state;
	for (size_t i = 0; i < countof(cases); i++) {
		struct networks networks;
		struct address address;

		assert_true(networks_parse(str_of(cases[i].networks), &networks));
		assert_true(address_parse(str_of(cases[i].address), &address));
		if (networks_have(&networks, &address) != cases[i].want)
			fail_msg("%s in %s", cases[i].address, cases[i].networks);
	}
	for (size_t i = 0; i < countof(wrong); i++) {
		struct networks networks;

		if (networks_parse(str_of(wrong[i]), &networks))
			fail_msg("%s is taken", wrong[i]);
	}
}

static void
test_forwarded_addresses_are_believed_of_proxies_alone(void **state)
{
	static const struct {
		const char *peer, *forwarded, *want;
	} cases[] = {
		{ "10.0.0.1", "", "10.0.0.1" },
		{ "10.0.0.1", "192.0.2.7", "192.0.2.7" },
		{ "10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7" },
		{ "10.0.0.1", "192.0.2.7, 10.0.0.2", "192.0.2.7" },
		{ "10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1" },
		{ "10.0.0.1", "unix", "10.0.0.1" },
		{ "192.0.2.9", "1.1.1.1", "192.0.2.9" },
		{ "10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3" },
	};
	struct cx *cx = cx_new(&env_real, CX_MEM_DEFAULT);
	struct networks proxies;

	(void)state;
	assert_true(networks_parse(S("10.0.0.0/8"), &proxies));
	for (size_t i = 0; i < countof(cases); i++) {
		struct address peer, client;

		assert_true(address_parse(str_of(cases[i].peer), &peer));
		client = client_address(&peer, str_of(cases[i].forwarded), &proxies);
		assert_str(address_text(cx->mem, &client), cases[i].want);
	}
	cx_free(&cx);
}

static void
test_a_caller_is_counted_by_half_of_an_ipv6_address(void **state)
{
	struct address a, b, c, d;

	(void)state;
	assert_true(address_parse(S("2001:db8:0:1::1"), &a));
	assert_true(address_parse(S("2001:db8:0:1:ffff::2"), &b));
	assert_true(address_parse(S("192.0.2.1"), &c));
	assert_true(address_parse(S("192.0.2.2"), &d));
	assert_true(str_eq(address_key(&a), address_key(&b)));
	assert_false(str_eq(address_key(&c), address_key(&d)));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_read_and_printed),
		cmocka_unit_test(test_networks_have_their_addresses),
		cmocka_unit_test(test_forwarded_addresses_are_believed_of_proxies_alone),
		cmocka_unit_test(test_a_caller_is_counted_by_half_of_an_ipv6_address),
	};

	return cmocka_run_group_tests_name("http/net", tests, NULL, NULL);
}
