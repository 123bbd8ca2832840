/* IP addresses and networks.  Pure functions. */
#ifndef KONTOR_HTTP_NET_H
#define KONTOR_HTTP_NET_H

#include "http/http.h"

struct sockaddr;

enum { NETWORKS_MAX = 64, ADDRESS_BYTES = 16 };

struct address {
	unsigned char bytes[ADDRESS_BYTES]; /* IPv4 as ::ffff:a.b.c.d */
	bool is_local;                      /* a socket in the file system */
};

struct networks {
	struct {
		struct address address;
		int bits; /* of 128 */
	} v[NETWORKS_MAX];
	size_t n;
	bool has_local; /* the word "unix" stands in the list */
};

/* "192.0.2.1", "2001:db8::1", "[::1]", "unix"; a port behind it ("192.0.2.1:4711") is passed over.
 */
bool address_parse(struct str text, struct address *out) CHECKED;
void address_of(const struct sockaddr *socket_address, struct address *out);
struct str address_text(struct arena *mem, const struct address *address);
/* What one caller is counted by: the address, of IPv6 the first 64 bits. */
struct str address_key(const struct address *address);

/* "10.0.0.0/8 ::1 unix": words between blanks or commas. */
bool networks_parse(struct str text, struct networks *out) CHECKED;
bool networks_have(const struct networks *networks, const struct address *address);

/* Who really calls: behind believed proxies the last entry of X-Forwarded-For that is none of
 * them, else the peer itself. */
struct address client_address(const struct address *peer, struct str forwarded_for,
			      const struct networks *proxies);

#endif
