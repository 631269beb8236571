/* SPDX-License-Identifier: MIT */
/* A UDP datagram, as it lies in a packet's header: Ethernet, IP and UDP take 42
 * bytes, and datagrams are numbered by who sends them, as iperf's are. */
#ifndef TCP_DATAGRAM_H
#define TCP_DATAGRAM_H

#include "sim/packet.h"

#define DATAGRAM_HEADERS 42

struct datagram {
	uint64_t number; /* from 0 */
};

_Static_assert(sizeof(struct datagram) <= PACKET_HEADER, "header too small");

static inline struct datagram *datagram_of(struct packet *p)
{
	return (struct datagram *)(void *)p->header;
}

#endif
