/* SPDX-License-Identifier: MIT */
/*
 * What the host's ends of a transmit ring have in common: take a packet, hand
 * it to what comes next, return the slot, call the guest if it asked.
 *
 * The composites here are sub-tasks: between any two of their accesses to the
 * ring the guest may act.
 */
#ifndef RING_BACKEND_H
#define RING_BACKEND_H

#include "models/ring/rest.h"
#include "models/ring/ring.h"
#include "models/ring/sleeper.h"

#define BACKEND_PARAMS(P)                                                      \
	P(COST, packet_cost, "0.7us", "0ns", "1ms", "guess",                   \
	  "What a packet takes of the host: out of the ring and into what "    \
	  "comes next.")                                                       \
	P(CHOICE, rest, "sleep", rest_choices, 0,                              \
	  "QEMU hw/virtio-net.c and Linux drivers/vhost, 2013",                \
	  "What to do when the ring is found empty.")                          \
	P(SWITCH, recheck, "on", 0, 0,                                         \
	  "QEMU hw/virtio-net.c and Linux drivers/vhost, 2013",                \
	  "Look again after asking for a kick; off is a bug to study.")

#define BACKEND_METRICS(M)                                                     \
	M(COUNTER, packets, "1", "Packets taken out of the ring.")             \
	M(COUNTER, kicks, "1", "Kicks that arrived.")                          \
	M(COUNTER, wasted_kicks, "1",                                          \
	  "Kicks that arrived when the work was scheduled already.")           \
	M(COUNTER, sleeps, "1", "Times it asked for a kick and slept.")        \
	M(COUNTER, looks, "1", "Looks at the ring, or flushes, begun.")        \
	M(COUNTER, empty_looks, "1", "Looks that found nothing.")              \
	M(COUNTER, short_looks, "1",                                           \
	  "Flushes that found less than a burst; vhost has none.")             \
	M(NUMBER, kicks_per_packet, "1", "Kicks per packet.")                  \
	M(NUMBER, packets_per_kick, "1", "Packets per kick.")                  \
	M(NUMBER, busy, "1", "Share of the time its thread's CPU was in use.")

struct backend_metrics {
	BACKEND_METRICS(METRIC_FIELD)
};

struct backend {
	struct stage *stage;
	struct backend_metrics *m;
	struct back back;
	struct rest rest;
	struct cost packet_cost;
	struct packet *packet;	 /* in hand */
	uint64_t packets, bytes; /* moved so far */
	struct sleeper sleeper;
};

void backend_build(struct backend *b, struct stage *s,
		   struct backend_metrics *m,
		   const struct cost_spec *packet_cost,
		   const struct choice_value *rest, unsigned burst);
/* It sleeps until the first kick. */
void backend_start(struct backend *b);
/* For the oracle: its stage's waiter is `who`; `coming` is the driver's own
 * answer, beside a kick under way. */
void backend_sleeper(struct backend *b, const char *who,
		     bool (*coming)(void *stage));
bool backend_kick_coming(const struct backend *b);
/* Fills in the ratios. */
void backend_finish(struct backend *b);
uint64_t backend_inside(const struct backend *b);

/* Sub-tasks; their owner is the struct backend. */

/* Moves the packet at the ring's head on, which has been looked at, and returns
 * its slot; calls the guest if that is due. What comes next takes everything:
 * a backend that would block is not modelled. */
TASK(backend_move_one);

/* Ask for a kick of the next entry after those seen now. */
void backend_kick_on(struct backend *b);
void backend_kick_off(struct backend *b);

#endif
