/* SPDX-License-Identifier: MIT */
#include "sim/image.h"

#include <string.h>

#define IPV4_MOST 65535

/* Locally administered: 02:00:0a:00:00:01 is 10.0.0.1's. */
static unsigned char *put_mac(unsigned char *to, uint8_t host)
{
	const unsigned char mac[] = {2, 0, 10, 0, 0, host};

	return (unsigned char *)memcpy(to, mac, sizeof mac) + sizeof mac;
}

void image_ethernet(unsigned char *to, struct image_way way, uint16_t type)
{
	image_put16(put_mac(put_mac(to, way.to), way.from), type);
}

static uint32_t address(uint8_t host)
{
	return 10u << 24 | host;
}

static uint32_t sum_of(const unsigned char *bytes, unsigned n)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return sum;
}

/* RFC 1071 */
static uint16_t folded(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* A packet that segments are still to be cut from may be longer than its header
 * can say: Linux then writes 0. */
void image_ipv4(unsigned char *to, const struct image_ip *ip)
{
	unsigned char *at = to;

	at = image_put16(at, 0x4500);
	at = image_put16(at, ip->length > IPV4_MOST ? 0 : ip->length);
	at = image_put16(at, ip->id);
	at = image_put16(at, 0x4000); /* do not fragment */
	*at++ = 64;
	*at++ = ip->protocol;
	at = image_put16(at, 0);
	at = image_put32(at, address(ip->way.from));
	image_put32(at, address(ip->way.to));
	image_put16(to + 10, folded(sum_of(to, IMAGE_IPV4)));
}

uint16_t image_checksum(const struct image_ip *ip, const unsigned char *bytes,
			unsigned n)
{
	uint32_t length = ip->length - IMAGE_IPV4;
	unsigned char pseudo[12], *at = pseudo;

	at = image_put32(at, address(ip->way.from));
	at = image_put32(at, address(ip->way.to));
	at = image_put16(at, ip->protocol);
	image_put16(at, length);
	return folded(sum_of(pseudo, sizeof pseudo) + (length >> 16) +
		      sum_of(bytes, n));
}

/* IEEE 802, local experimental EtherType 1. Whose it is nobody knows. */
unsigned image_of(const struct packet *p, unsigned char *to)
{
	if (p->pool->image)
		return p->pool->image->headers(p, to);
	image_ethernet(to, (struct image_way){0, 0}, ETHERTYPE_LOCAL);
	return IMAGE_ETHERNET;
}
