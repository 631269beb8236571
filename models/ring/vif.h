/* SPDX-License-Identifier: MIT */
/*
 * A vif as domain 0 sees it: the network device that the bridge, or dom0's own
 * stack, hands packets for the guest to. It is the same in all of Linux's
 * netbacks of the time; they differ in who copies the packets (`give`).
 *
 * A packet passes straight through as long as the guest has posted enough
 * buffers, which are reserved for it. Else the queue in front stops until the
 * guest kicks.
 *
 * And what all of them do with the rings that the guest shares: the final check
 * of the transmit ring, the push into the receive ring.
 */
#ifndef RING_VIF_H
#define RING_VIF_H

#include "models/ring/flavours.h"
#include "models/ring/vif_queue.h"
#include "sim/stage.h"

#define GUEST_PAGE 4096 /* what a receive buffer holds */

struct vif {
	/* Given by the driver, before vif_build(). */
	struct stage *stage;
	struct back *back;
	uint16_t needed; /* it stops with fewer buffers than this */
	bool notify;	 /* the guest kicks when it has posted buffers */
	bool recheck;	 /* it looks again after asking for a kick */
	struct counter *queue_drops, *buffer_drops, *stops;
	struct level *queued;
	/* A packet for which buffers have been reserved: copy it. */
	void (*give)(struct vif *v, struct packet *p);
	/* The guest must be called for what was pushed; once all is. */
	void (*notify_later)(struct vif *v);

	/* The transmit ring. */
	uint16_t visible; /* slots, at the last look */
	struct waiter wants_requests;

	/* The receive ring. */
	struct port link; /* dev_queue_xmit() */
	struct vif_queue queue;
	struct packet *sending; /* on its way through start_xmit */
	uint16_t reserved;	/* buffers promised to packets */
	bool full;		/* too few buffers, at the last look */
	bool served;		/* there have been buffers for a packet */
	unsigned given;		/* packets that are not copied yet */
	struct waiter wants_room;
};

/* `limit`: txqueuelen. Fills in the stage's link. */
void vif_build(struct vif *v, unsigned limit);
/* All are connected: the guest's notes belong to the story of both waiters. The
 * events of fresh rings ask for the first kick (xenvif_up()). */
void vif_start(struct vif *v);

/* RING_HAS_UNCONSUMED_REQUESTS: sees `visible` slots, never more than there
 * are, whatever a guest that overran its ring may have published. */
void vif_look(struct vif *v);
/* RING_FINAL_CHECK_FOR_REQUESTS: asks for a kick if it sees nothing, and looks
 * again. Owner: the vif. */
TASK(vif_final_check);
/* How many of the slots at hand are the packet's. A guest that overran its ring
 * leaves broken ones, of which a slot at a time is answered. */
uint16_t vif_slots(const struct vif *v, const struct packet *p);

/* Into the buffers that were reserved for it; vif_push makes them visible. */
void vif_return_packet(struct vif *v, struct packet *p);
/* Owner: the vif. */
TASK(vif_push);
/* A packet has been given to the guest: is there room again? Owner: the vif. */
TASK(vif_completed);
/* The guest has kicked: has it posted buffers? Owner: the vif. */
TASK(vif_kicked);

/* Buffers that a packet takes. */
static inline uint16_t vif_buffers(const struct packet *p)
{
	return p->size > GUEST_PAGE
		       ? (uint16_t)((p->size + GUEST_PAGE - 1) / GUEST_PAGE)
		       : 1;
}

/* For the oracle: is the guest between the kick's sending and our handler? */
static inline bool vif_kick_coming(const struct vif *v, const struct ring *r)
{
	return v->back->peer && doorbell_coming(front_kick(v->back->peer, r));
}

/* The guest's sleeper who needs calls for this ring; NULL: it has none. */
static inline struct waiter *vif_guest(const struct vif *v,
				       const struct ring *r)
{
	const struct front *peer = v->back->peer;

	if (!peer)
		return NULL;
	return r == v->back->receive && peer->wants_packets
		       ? peer->wants_packets
		       : peer->wants_call;
}

/* About to push a response: the guest may have to be called for it. */
static inline void vif_publishing(const struct vif *v, const struct ring *r)
{
	if (vif_guest(v, r))
		waiter_publishing(vif_guest(v, r));
}

/* It has not asked to be. */
static inline void vif_silent(const struct vif *v, const struct ring *r)
{
	if (vif_guest(v, r))
		waiter_decided(vif_guest(v, r), CAUSE_SUPPRESSED);
}

/* It has been. If that came to nought and nobody says why, somebody on the way
 * has taken the call. */
static inline void vif_called(const struct vif *v, const struct ring *r)
{
	unsigned char spent = back_call(v->back, r)->spent;

	if (vif_guest(v, r))
		waiter_decided(vif_guest(v, r),
			       spent ? (enum cause)spent : CAUSE_CONSUMED);
}

/* Packets that wait here. */
static inline uint64_t vif_inside(const struct vif *v)
{
	return vif_queue_inside(&v->queue) + (v->sending != NULL);
}

#endif
