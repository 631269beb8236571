/* SPDX-License-Identifier: MIT */
/*
 * A TCP segment, as it lies in a packet's header.
 *
 * Positions in the stream are 64-bit counts of bytes from 0, so nothing wraps
 * and nothing is scaled. Connections begin established: there is no SYN, and no
 * FIN. Every segment acknowledges, as in a real connection.
 *
 * A packet's size is the payload and 54 bytes of headers: Ethernet 14, IP 20,
 * TCP 20; and TCP's options where there are any.
 */
#ifndef TCP_SEGMENT_H
#define TCP_SEGMENT_H

#include "sim/packet.h"

#define SEGMENT_HEADERS	   54
#define SEGMENT_TIMESTAMPS 12 /* RFC 7323, with two bytes of padding */
#define SEGMENT_SACKS	   3  /* what fits beside timestamps: RFC 2018 */

struct range {
	uint64_t begin, end;
};

enum segment_flag {
	SEGMENT_AGAIN = 1, /* sent again */
	SEGMENT_PROBE = 2  /* asks for the peer's window; empty */
};

struct segment {
	uint64_t seq; /* position of its first byte */
	uint64_t ack; /* all before this has arrived */
	uint32_t len;
	uint32_t window; /* from ack on */
	uint8_t flags;	 /* enum segment_flag */
	uint8_t n_sack;
	uint16_t flow; /* which connection of its two stages: the port number */
	uint32_t echo; /* the peer's clock, where there are timestamps; nobody
			  reads it but who records packets */
	/* The application's word: from the peer's answers it wants `asks` bytes
	 * in all as soon as `asks_at` has arrived. A real request says so in
	 * its data, which nobody simulates. */
	uint64_t asks_at, asks;
	struct range sack[SEGMENT_SACKS]; /* newest first */
	uint32_t slot; /* of ns-3's: its place among ns-3's packets */
};

_Static_assert(sizeof(struct segment) <= PACKET_HEADER, "header too small");

static inline struct segment *segment_of(struct packet *p)
{
	return (struct segment *)(void *)p->header;
}

static inline uint32_t segment_size(const struct segment *s, bool timestamps)
{
	uint32_t size = s->len + SEGMENT_HEADERS;

	if (timestamps)
		size += SEGMENT_TIMESTAMPS;
	if (s->n_sack)
		size += 4 + 8 * s->n_sack;
	return size;
}

#endif
