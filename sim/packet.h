/* SPDX-License-Identifier: MIT */
/*
 * Packets. A packet has exactly one owner at any time: who made it, the ring
 * or queue it lies in, the driver that took it out. It ends once, delivered or
 * dropped, and is counted either way; made = delivered + dropped + inside.
 */
#ifndef SIM_PACKET_H
#define SIM_PACKET_H

#include "sim/poison.h"
#include "sim/sim.h"

enum drop_reason {
	DROP_NO_ROOM,	  /* a queue or ring was full */
	DROP_VIF_QUEUE,	  /* the vif's queue had txqueuelen packets already */
	DROP_NO_BUFFER,	  /* the guest had posted too few receive buffers */
	DROP_OVERWRITTEN, /* a driver wrote over a live slot */
	DROP_LINK,	  /* the link lost it */
	DROP_TOO_MANY_SLOTS, /* it took more slots than a driver allows */
	NUM_DROP_REASONS
};

const char *drop_reason_name(enum drop_reason why);

#define PACKET_HEADER 104 /* bytes for the protocol whose packet it is */

struct packet {
	struct packet *next; /* for its owner's use */
	struct packet_pool *pool;
	sim_time born;	 /* when the application had it ready */
	uint64_t number; /* from 0, in the order of making */
	uint32_t size;	 /* bytes on the wire, without the link's framing */
	uint16_t slots;	 /* of a ring that it takes; 0: not asked yet */
	uint16_t device; /* which one it takes, where there are several */
	_Alignas(8) unsigned char header[PACKET_HEADER]; /* not cleared */
};

/* Who makes packets owns a pool; there is one end to each packet's life. */
struct packet_pool {
	struct sim *sim;
	struct packet *idle;
	uint64_t made, delivered;
	uint64_t dropped[NUM_DROP_REASONS];
	/* How its packets look to who records them: see sim/image.h. NULL: they
	 * have no headers. */
	const struct image *image;
	struct packet_pool *next; /* of the same stage's */
};

/* For the inline functions: more idle packets, from the arena. */
void packet_pool_refill(struct packet_pool *pool);

/* A packet born now. It is the caller's. Never NULL. */
static inline struct packet *packet_new(struct packet_pool *pool, uint32_t size)
{
	struct packet *p;

	if (unlikely(!pool->idle))
		packet_pool_refill(pool);
	p = pool->idle;
	memory_unpoison(p, sizeof *p);
	pool->idle = p->next;
	p->next = NULL;
	p->born = pool->sim->now;
	p->number = pool->made++;
	p->size = size;
	p->slots = 0;
	p->device = 0;
	return p;
}

static inline void packet_put_back(struct packet *p)
{
	p->next = p->pool->idle;
	p->pool->idle = p;
	memory_poison(p, sizeof *p);
}

/* Both take the packet. `owner` speaks in the trace. */
static inline void packet_delivered(struct packet *p, uint16_t owner)
{
	p->pool->delivered++;
	note(p->pool->sim, owner, NOTE_DELIVER, p->number);
	packet_put_back(p);
}
void packet_dropped(struct packet *p, uint16_t owner, enum drop_reason why);

/* How many packets of the pool are neither delivered nor dropped. */
uint64_t packet_pool_inside(const struct packet_pool *pool);

#endif
