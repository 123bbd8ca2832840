#include "http/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { V4_BITS = 32, V6_BITS = 128, V4_AT = 12, TEXT_MAX = 64, HOPS_MAX = 32 };

static const unsigned char V4_MAPPED[V4_AT] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static void
set_v4(struct address *out, const void *bytes)
{
	*out = (struct address){ 0 };
	memcpy(out->bytes, V4_MAPPED, V4_AT);
	memcpy(out->bytes + V4_AT, bytes, ADDRESS_BYTES - V4_AT);
}

static bool
is_v4(const struct address *address)
{
	return !memcmp(address->bytes, V4_MAPPED, V4_AT);
}

/* Without brackets and port.  A single colon cannot stand in an IPv6 address. */
static struct str
bare_host(struct str text)
{
	struct str rest = text, head;
	size_t close;

	if (str_starts(text, S("["))) {
		text = str_from(text, 1);
		return str_find(text, S("]"), &close) ? str_first(text, close) : text;
	}
	head = str_cut(&rest, ':');
	return str_find(rest, S(":"), &close) ? text : head;
}

bool
address_parse(struct str text, struct address *out)
{
	unsigned char bytes[ADDRESS_BYTES];
	char z[TEXT_MAX];

	if (str_eq_z(text, "unix")) {
		*out = (struct address){ .is_local = true };
		return true;
	}
	text = bare_host(text);
	if (!text.n || text.n >= sizeof z || memchr(text.p, '\0', text.n))
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET, z, bytes) == 1) {
		set_v4(out, bytes);
		return true;
	}
	if (inet_pton(AF_INET6, z, bytes) != 1)
		return false;
	*out = (struct address){ 0 };
	memcpy(out->bytes, bytes, sizeof bytes);
	return true;
}

void
address_of(const struct sockaddr *socket_address, struct address *out)
{
	*out = (struct address){ .is_local = true };
	if (!socket_address)
		return;
	if (socket_address->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, socket_address, sizeof v4);
		set_v4(out, &v4.sin_addr);
	} else if (socket_address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, socket_address, sizeof v6);
		*out = (struct address){ 0 };
		memcpy(out->bytes, &v6.sin6_addr, ADDRESS_BYTES);
	}
}

struct str
address_text(struct arena *mem, const struct address *address)
{
	struct buf text = buf_in(mem, TEXT_MAX);
	char z[INET6_ADDRSTRLEN];

	if (address->is_local)
		return S("unix");
	if (is_v4(address)) {
		for (int i = V4_AT; i < ADDRESS_BYTES; i++) {
			if (i > V4_AT)
				buf_char(&text, '.');
			buf_int(&text, address->bytes[i]);
		}
		return buf_done(&text);
	}
	return str_dup(mem, str_of(inet_ntop(AF_INET6, address->bytes, z, sizeof z)));
}

struct str
address_key(const struct address *address)
{
	size_t n = is_v4(address) ? ADDRESS_BYTES : ADDRESS_BYTES / 2;

	return (struct str){ (const char *)address->bytes, n };
}

/* The next word between blanks or commas. */
static struct str
next_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == ','))
		*rest = str_from(*rest, 1);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != ',')
		n++;
	word = str_first(*rest, n);
	*rest = str_from(*rest, n);
	return word;
}

static bool
network_add(struct networks *out, struct str word)
{
	struct str bits = word;
	struct str text = str_cut(&bits, '/');
	bool has_bits = text.n < word.n;
	struct address address;
	int64_t n = 0, of;

	if (out->n == NETWORKS_MAX || !address_parse(text, &address))
		return false;
	of = is_v4(&address) ? V4_BITS : V6_BITS;
	if (has_bits && !str_int(bits, 0, of, &n))
		return false;
	if (address.is_local)
		out->has_local = true;
	out->v[out->n].address = address;
	out->v[out->n++].bits = (int)(has_bits ? n + V6_BITS - of : V6_BITS);
	return true;
}

bool
networks_parse(struct str text, struct networks *out)
{
	struct networks list = { 0 };
	struct str word;

	while ((word = next_word(&text)).n)
		if (!network_add(&list, word))
			return false;
	*out = list;
	return true;
}

static bool
same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	return !memcmp(a, b, (size_t)whole) && (!rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool
networks_have(const struct networks *networks, const struct address *address)
{
	if (address->is_local)
		return networks->has_local;
	for (size_t i = 0; i < networks->n; i++)
		if (!networks->v[i].address.is_local &&
		    same_bits(networks->v[i].address.bytes, address->bytes, networks->v[i].bits))
			return true;
	return false;
}

/* The last entry of a comma list; *list keeps what stands before it. */
static struct str
last_entry(struct str *list)
{
	size_t n = list->n;
	struct str entry;

	while (n && list->p[n - 1] != ',')
		n--;
	entry = str_from(*list, n);
	*list = str_first(*list, n ? n - 1 : 0);
	return str_trim(entry);
}

struct address
client_address(const struct address *peer, struct str forwarded_for, const struct networks *proxies)
{
	struct address client = *peer, hop;

	for (int i = 0; i < HOPS_MAX && forwarded_for.n; i++) {
		if (!networks_have(proxies, &client) ||
		    !address_parse(last_entry(&forwarded_for), &hop) || hop.is_local)
			break;
		client = hop;
	}
	return client;
}
