/* SPDX-License-Identifier: MIT */
/*
 * ioq: AlacrityVM's ring (lib/ioq.c of alacrityvm-linux, Haskins, 2009).
 *
 * No indices are shared; each descriptor says whose it is. The guest ("north")
 * makes descriptors and gives them to the host ("south"); the host takes them
 * in order and gives them back. A descriptor that came back may still be in
 * use: the guest ends its life when it reaps it. There are no thresholds; who
 * is to be told, and when, is shm_signal's matter, one for each side.
 *
 * A packet in a slot is the ring's; who takes it leaves NULL.
 */
#ifndef RING_IOQ_H
#define RING_IOQ_H

#include <assert.h>

#include "models/ring/shm_signal.h"
#include "sim/packet.h"

struct ioq_slot {
	struct packet *packet;
	void *cookie; /* the guest's; it means nothing to the host */
	bool south;   /* shared: it is the host's */
};

struct ioq {
	struct ioq_slot *slots; /* in the arena */
	uint16_t size;		/* a power of two */
	/* Free-running. */
	uint16_t made, reaped;		/* by the guest */
	uint16_t taken;			/* by the host: given back so far */
	struct shm_signal north, south; /* notifies the guest; the host */
};

static inline void ioq_init(struct ioq *q, struct sim *sim, uint16_t size)
{
	assert(size > 0 && (size & (size - 1)) == 0);
	*q = (struct ioq){.size = size};
	q->slots = sim_alloc(sim, size * sizeof *q->slots);
}

static inline struct ioq_slot *ioq_at(const struct ioq *q, uint16_t index)
{
	return &q->slots[index & (q->size - 1)];
}

/* The guest's side. */

static inline uint16_t ioq_room(const struct ioq *q)
{
	return (uint16_t)(q->size - (uint16_t)(q->made - q->reaped));
}

/* There must be room. */
static inline void ioq_push(struct ioq *q, struct packet *p, void *cookie)
{
	struct ioq_slot *slot = ioq_at(q, q->made);

	assert(ioq_room(q) > 0);
	q->made++;
	slot->packet = p;
	slot->cookie = cookie;
	shm_fence();
	shm_store(slot->south, true);
}

/* Has the oldest one come back? */
static inline bool ioq_is_back(const struct ioq *q)
{
	return q->reaped != q->made && !shm_load(ioq_at(q, q->reaped)->south);
}

/* It has. */
static inline struct ioq_slot *ioq_reap(struct ioq *q)
{
	return ioq_at(q, q->reaped++);
}

/* The host's side. */

static inline bool ioq_is_waiting(const struct ioq *q)
{
	return shm_load(ioq_at(q, q->taken)->south);
}

/* The one that is waiting; still the host's. */
static inline struct ioq_slot *ioq_head(const struct ioq *q)
{
	return ioq_at(q, q->taken);
}

static inline void ioq_give_back(struct ioq *q)
{
	shm_fence();
	shm_store(ioq_at(q, q->taken++)->south, false);
}

static inline uint64_t ioq_packets(const struct ioq *q)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < q->size; i++)
		n += q->slots[i].packet != NULL;
	return n;
}

#endif
