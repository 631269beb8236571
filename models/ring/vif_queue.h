/* SPDX-License-Identifier: MIT */
/*
 * The queue in front of a vif's network device, a pfifo_fast of txqueuelen
 * packets: who finds it full loses his packet. The device stops it while the
 * guest has posted too few buffers.
 *
 * Whoever puts a packet in, or starts a stopped queue, also runs it: hands
 * packets to the device until there is none left or the device stops it. Only
 * one runs it at a time; another leaves it to him (__QDISC_STATE_RUNNING).
 */
#ifndef RING_VIF_QUEUE_H
#define RING_VIF_QUEUE_H

#include "sim/packet.h"

struct vif_queue {
	struct packet *head, *tail;
	unsigned length, limit;
	bool stopped, running;
};

/* False: it is full, and the packet still the caller's. */
bool vif_queue_put(struct vif_queue *q, struct packet *p);
struct packet *vif_queue_take(struct vif_queue *q); /* NULL: empty */
/* How many lie in it, counted there. */
uint64_t vif_queue_inside(const struct vif_queue *q);

#endif
