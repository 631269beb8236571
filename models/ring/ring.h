/* SPDX-License-Identifier: MIT */
/*
 * A ring: slots and two free-running indices in memory that guest and host
 * share, and a flavour that says who notifies whom, and when.
 *
 *	          reaped        returned          taken          published
 *	            |  waiting for   |    in work     |    waiting    |
 *	            |    the guest   |   at the host  |  for the host |
 *	 guest ---> +----------------+----------------+---------------+ --> time
 *
 * The guest publishes entries (avail), the host takes them and returns them
 * (used), the guest reaps what was returned; only then is a slot free again.
 * Entries return in order. Who owns a packet: the ring from ring_add() to
 * ring_pop(), then the host's driver.
 *
 * A flavour is a pure state machine: it knows no time, no cost and no chance.
 * What differs between flavours is only how a side asks to be notified:
 *
 *   split_event	virtio with VIRTIO_RING_F_EVENT_IDX: "when you pass X"
 *   split_flags	virtio without: a flag that says "not now"
 *   none		an ideal: notified exactly when asleep, at no cost
 *   xen		Xen's rings: thresholds, moved only before sleeping
 *
 * A side that wants to sleep must: find nothing, ask, fence, look again. A side
 * that publishes must: publish, fence, read what was asked for, notify or not.
 * Each function here makes at most one access to shared memory, so that two
 * sides can be interleaved between any two of them; the drivers put the steps
 * into order. Indices are 16 bits and wrap, as virtio's do.
 *
 * Guest to host is always a kick, host to guest always a call.
 */
#ifndef RING_RING_H
#define RING_RING_H

#include <assert.h>

#include "sim/packet.h"
#include "sim/shm.h"

struct ring;

struct ring_type {
	const char *name; /* its sentence is in ring_choices */
	/* The guest's side: is a kick due for what was published since it last
	 * asked here? */
	bool (*kick_due)(struct ring *r);
	/* Call me when entry `at` is returned / do not. */
	void (*call_on)(struct ring *r, uint16_t at);
	void (*call_off)(struct ring *r);
	/* One returned entry was reaped: move the question on, where the
	 * flavour does so. NULL: it does not. */
	void (*reaped)(struct ring *r);
	/* The host's side: the mirror of all that. */
	bool (*call_due)(struct ring *r);
	void (*kick_on)(struct ring *r, uint16_t at);
	void (*kick_off)(struct ring *r);
	void (*popped)(struct ring *r);
	/* For the oracle, who only looks: given what the sleeper asked for and
	 * what is published, should the host, or the guest, be awake? */
	bool (*kick_owed)(const struct ring *r);
	bool (*call_owed)(const struct ring *r);
};

/* Ends with NULL. */
extern const struct ring_type *const ring_types[];

struct ring {
	const struct ring_type *type;
	struct packet **slots; /* in the arena */
	uint16_t size;	       /* slots; a power of two up to 32768 */
	uint16_t kick_after; /* how many new entries make a kick worth while */
	uint16_t call_after; /* how many returned ones a call; both 1 or more */

	/* Shared: only through shm_load and shm_store. */
	struct {
		uint16_t avail; /* written by the guest: published so far */
		uint16_t used;	/* written by the host: returned so far */
		uint16_t avail_event; /* host: kick me when you pass this */
		uint16_t used_event;  /* guest: call me when you pass this */
		bool no_kick;	      /* host: do not kick me */
		bool no_call;	      /* guest: do not call me */
	} shared;

	struct {
		uint16_t added;	 /* entries written, published or not */
		uint16_t reaped; /* returned entries taken back */
		uint16_t seen;	 /* shared.used when it last looked */
		uint16_t asked;	 /* `added` when it last asked kick_due */
		uint16_t wants;	 /* the entry it last asked to be called at */
		bool call_on;	 /* wants calls */
	} guest;

	struct {
		uint16_t taken;	   /* entries popped */
		uint16_t returned; /* entries given back, published or not */
		uint16_t seen;	   /* shared.avail when it last looked */
		uint16_t asked;	   /* `returned` when it last asked call_due */
		bool kick_on;	   /* wants kicks */
	} host;
};

/* In the state of a fresh device: nothing published, both sides wanting to be
 * notified of the first entry. */
void ring_init(struct ring *r, struct sim *sim, const struct ring_type *type,
	       uint16_t size);

/* What virtio's flavours owe. A host waits for as many entries as make a kick
 * worth while, wherever it put its event: if it leaves entries in the ring and
 * sleeps, it is for them that it should be awake. A guest waits for the entry
 * it named; for any, if it has named none. */
bool ring_kick_owed(const struct ring *r);
bool ring_call_owed(const struct ring *r);

/* Does going from old to now pass the event? (virtio 1.1, 2.6.7.2) */
static inline bool ring_passed(uint16_t event, uint16_t now, uint16_t old)
{
	return (uint16_t)(now - event - 1) < (uint16_t)(now - old);
}

/* The guest's side. */

static inline uint16_t ring_in_use(const struct ring *r)
{
	return (uint16_t)(r->guest.added - r->guest.reaped);
}

static inline uint16_t ring_free(const struct ring *r)
{
	return (uint16_t)(r->size - ring_in_use(r));
}

/* Takes the packet; there must be a free slot. Not visible yet. */
static inline void ring_add(struct ring *r, struct packet *p)
{
	assert(ring_free(r) > 0);
	shm_store(r->slots[r->guest.added++ & (r->size - 1)], p);
}

static inline void ring_publish(struct ring *r)
{
	shm_store(r->shared.avail, r->guest.added);
}

/* Looks at the index; how many entries can be reaped. */
static inline uint16_t ring_look_used(struct ring *r)
{
	r->guest.seen = shm_load(r->shared.used);
	return (uint16_t)(r->guest.seen - r->guest.reaped);
}

/* Takes back one of those. */
static inline void ring_reap(struct ring *r)
{
	r->guest.reaped++;
	if (r->type->reaped)
		r->type->reaped(r);
}

/* The host's side. */

/* Looks at the index; how many entries can be popped. */
static inline uint16_t ring_look_avail(struct ring *r)
{
	r->host.seen = shm_load(r->shared.avail);
	return (uint16_t)(r->host.seen - r->host.taken);
}

/* One of those. The packet is the caller's. Then tell the flavour. It is gone
 * from its slot, which a guest that overran its ring may show once more. */
static inline struct packet *ring_pop(struct ring *r)
{
	struct packet **slot = &r->slots[r->host.taken++ & (r->size - 1)];
	struct packet *p = shm_load(*slot);

	*slot = NULL;
	return p;
}

static inline void ring_popped(struct ring *r)
{
	if (r->type->popped)
		r->type->popped(r);
}

/* Gives the oldest popped entry back. Not visible yet. */
static inline void ring_return(struct ring *r)
{
	r->host.returned++;
}

static inline void ring_publish_used(struct ring *r)
{
	shm_store(r->shared.used, r->host.returned);
}

/*
 * A ring that carries packets to the guest: the guest adds empty buffers
 * (NULL), the host pops them and returns each with a packet in it, or empty;
 * the guest reaps the packet.
 */

static inline void ring_return_packet(struct ring *r, struct packet *p)
{
	shm_store(r->slots[r->host.returned++ & (r->size - 1)], p);
}

/* One of those that ring_look_used() found. The packet is the caller's; NULL:
 * there was none. */
static inline struct packet *ring_reap_packet(struct ring *r)
{
	struct packet *p = shm_load(r->slots[r->guest.reaped & (r->size - 1)]);

	ring_reap(r);
	return p;
}

/* Packets that nobody has popped, of a ring whose packets take a slot each. */
static inline uint64_t ring_inside(const struct ring *r)
{
	return (uint16_t)(r->guest.added - r->host.taken);
}

/* The same, where some slots are empty: further slots of a packet, buffers. */
uint64_t ring_packets_to_host(const struct ring *r);
uint64_t ring_packets_to_guest(const struct ring *r);

#endif
