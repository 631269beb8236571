/* SPDX-License-Identifier: MIT */
/* What netif*.c share: the Mirage network frontend. See netif.c. */
#ifndef RING_NETIF_H
#define RING_NETIF_H

#include "models/ring/flavours.h"
#include "sim/stage.h"

/* How its transmit path developed. */
enum era { ERA_A, ERA_B, ERA_C, ERA_D };

#define NETIF_PARAMS(P)                                                        \
	P(CHOICE, era, "d", netif_eras, 0,                                     \
	  "mirage-platform, xen/lib/netif.ml, June 2012 to 2014",              \
	  "How a sender waits for room and for the backend's answer.")         \
	P(CHOICE, free_slot_signal, "port_event", netif_signals, 0,            \
	  "mirage-platform v0.9.6, netif.ml, writev",                          \
	  "With era d: what a sender waits for when the ring is full.")        \
	P(POWER, slots, "256", "32", "32768",                                  \
	  "Xen 4.3 public/io/netif.h: one page of requests",                   \
	  "Slots of each of its two rings.")                                   \
	P(COUNT, views, "1", "0", "16",                                        \
	  "mirage-net 2013: one slot per buffer of a segment",                 \
	  "Slots that a packet over 128 B takes behind that of its header; "   \
	  "0: "                                                                \
	  "it is one page, as a bridged frame is.")                            \
	P(CHOICE, refill, "first", netif_refills, 0,                           \
	  "mirage-platform v0.9.6, netif.ml, listen",                          \
	  "When the listener posts new receive buffers.")                      \
	P(RATIO, refill_blocks, "0", "0", "1", "choice",                       \
	  "Share of refills that find no grant free and wait for one.")        \
	P(COST, refill_wait, "50us", "1ns", "10s", "guess",                    \
	  "How long such a wait lasts: until another device gives grants "     \
	  "back.")                                                             \
	P(SWITCH, recheck, "on", 0, 0, "a bug to study when off",              \
	  "Look again after asking for an event.")

struct netif_params {
	NETIF_PARAMS(PARAM_FIELD)
};

#define NETIF_METRICS(M)                                                       \
	M(COUNTER, packets, "1", "Packets put into the transmit ring.")        \
	M(COUNTER, received, "1", "Packets taken out of the receive ring.")    \
	M(COUNTER, kicks, "1", "Kicks sent.")                                  \
	M(COUNTER, passes, "1", "Turns of the listener.")                      \
	M(COUNTER, full, "1", "Times a sender found too little room.")         \
	M(COUNTER, refill_waits, "1", "Refills that waited for a grant.")      \
	M(COUNTER, overwritten, "1", "Live slots written over (era a).")       \
	M(COUNTER, lost, "1", "Packets lost by that.")                         \
	M(LEVEL, in_use, "1",                                                  \
	  "Slots of the transmit ring in use: added, and not yet reaped.")     \
	M(LEVEL, posted, "1", "Receive buffers with the host.")

struct netif_metrics {
	NETIF_METRICS(METRIC_FIELD)
};

struct netif;

/* One thread's way into the device. */
struct netif_port {
	struct port port;
	struct netif *n;
	struct line_wait wait; /* for an event of the port */
	struct signal woken;   /* a slot is free, or the answer is there */
	struct waiter waits;   /* for free slots, either way */
	struct netif_port *next;
	uint16_t slots; /* that its packet takes */
	bool answered;
};

/* One of its rings, as netif_push() has it. */
struct netif_side {
	struct netif *n;
	struct ring *ring;
	unsigned which; /* in back.wants_kick: 0 transmit, 1 receive */
	uint16_t id;	/* tells of its entries: the stage's, or `stage.rx` */
};

struct netif {
	struct stage stage;
	struct netif_params p;
	struct netif_metrics m;
	struct ring tx, rx;
	struct netif_side tx_side, rx_side;
	struct front front;
	struct nic nic;
	struct lock mutex;	   /* over the transmit path; not in era a */
	struct netif_port **asked; /* per slot: who waits for its answer */
	/* Who waits for room: in the ring's library, in a line; for an event,
	 * one at most. */
	struct netif_port *first, *last, *writer;
	const char *writer_name; /* of whoever sends, to the oracle */
	uint16_t writer_id;
	bool reaping; /* the listener frees slots and has not told yet */
	/* the listener */
	struct task listener;
	struct line_wait wait;
	struct waiter listener_waits;
	/* the wait for a grant */
	struct timer grant_timer;
	struct work grant_work;
	struct signal granted;
	struct cost refill_wait;
	gsl_rng *rng;
};

void netif_build_send(struct netif *n);
/* Free slots of the transmit ring. In era a more may be in use than there are:
 * then it is 0. */
unsigned netif_room(const struct netif *n);
/* A sender that does not wait is refused where he would have to. Only era a
 * lets him in at all: the others have a mutex, for which he may have to wait.
 */
bool netif_refuses(struct netif_port *sp);
/* Waits for room for its packet, as the era has it. Owner: the struct
 * netif_port. */
TASK(netif_get_room);
void netif_build_waiter(struct netif_port *sp);
/* The listener has reaped: wakes who waits for room, as the era has it. */
void netif_freed(struct netif *n);
/* The answer to the request in that slot has come. */
void netif_answered(struct netif *n, uint16_t index);

/* Publishes what was added to a ring, kicks if the host asked for it. Owner:
 * the struct netif_side. */
TASK(netif_push);

extern const struct choice netif_eras[], netif_signals[], netif_refills[];

#endif
