/* SPDX-License-Identifier: MIT */
/*
 * What packets look like on a wire: their headers as bytes, for those who
 * record packets. Who makes packets knows; a model that passes them on does not
 * look. Nobody simulates payload: it is not there, and counts as zeros.
 *
 * The two ends of a path are hosts on one Ethernet: 10.0.0.1 is where the path
 * begins, 10.0.0.2 where it ends.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include "sim/packet.h"

#ifdef __cplusplus
extern "C" {
#endif

#define IMAGE_MOST     160 /* bytes; Ethernet, IP and TCP with options: 134 */
#define IMAGE_ETHERNET 14
#define IMAGE_IPV4     20
#define IMAGE_STEPS    192 /* of openings at the most: 3 of each connection */

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_LOCAL = 0x88b5 };

struct image {
	/* Writes the headers of p, from Ethernet's on; returns how many bytes.
	 */
	unsigned (*headers)(const struct packet *p, unsigned char *to);
	/* A connection that exists from the start has had a beginning that
	 * nobody simulates, and that tells a reader what he cannot guess. The
	 * packet that this side sent as the `step`th of all, from 0; returns 0:
	 * none. May be NULL. */
	unsigned (*opening)(const struct packet_pool *pool, unsigned step,
			    unsigned char *to);
};

/* Who sends to whom: the last byte of the address, 1 or 2. */
struct image_way {
	uint8_t from, to;
};

struct image_ip {
	struct image_way way;
	uint8_t protocol;
	uint16_t id;
	uint32_t length; /* of all, with this header */
};

/* Each writes its header to `to`. */
void image_ethernet(unsigned char *to, struct image_way way, uint16_t type);
void image_ipv4(unsigned char *to, const struct image_ip *ip);
/* The checksum of TCP or UDP over n bytes of header and a payload of zeros,
 * below this IP header. */
uint16_t image_checksum(const struct image_ip *ip, const unsigned char *bytes,
			unsigned n);

/* A packet as its pool has it, or a bare frame of no protocol. */
unsigned image_of(const struct packet *p, unsigned char *to);

static inline unsigned char *image_put16(unsigned char *to, uint32_t value)
{
	to[0] = (unsigned char)(value >> 8);
	to[1] = (unsigned char)value;
	return to + 2;
}

static inline unsigned char *image_put32(unsigned char *to, uint32_t value)
{
	return image_put16(image_put16(to, value >> 16), value);
}

#ifdef __cplusplus
}
#endif

#endif
