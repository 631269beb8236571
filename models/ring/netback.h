/* SPDX-License-Identifier: MIT */
/*
 * Linux's Xen netback up to 3.11, inside: a vif, and the group of vifs that a
 * kernel thread on a dom0 CPU serves. netback.c has the theory and the stage,
 * netback_vif.c what happens in the contexts of others, netback_group.c the
 * thread, netback_tx.c and netback_rx.c its two halves.
 *
 * "Transmit" and "receive" are the guest's, as the rings are called.
 */
#ifndef RING_NETBACK_H
#define RING_NETBACK_H

#include "models/ring/vif.h"

#define MAX_SKB_FRAGS 17 /* Linux 3.6, pages of 4 KiB: 64 KiB and one more */

extern const struct choice netback_rearms[];
enum { REARM_BEFORE_COPY, REARM_AFTER_DELIVERY };

#define NETBACK_PARAMS(P)                                                      \
	P(COST, copy_start, "8us", "0ns", "1ms", "guess",                      \
	  "What a batch takes beside its slots: the grant-copy hypercall.")    \
	P(COST, copy_slot, "1us", "0ns", "1ms", "guess",                       \
	  "What it takes to copy one slot.")                                   \
	P(COST, deliver_cost, "0.5us", "0ns", "1ms", "guess",                  \
	  "What a packet from the guest takes after its copy: stack, bridge, " \
	  "the next vif's queue.")                                             \
	P(COST, rx_cost, "0.5us", "0ns", "1ms", "guess",                       \
	  "What a packet to the guest takes beside its copy.")                 \
	P(CHOICE, rearm, "before_copy", netback_rearms, 0,                     \
	  "Linux 3.6 drivers/net/xen-netback/netback.c, xen_netbk_tx_action",  \
	  "When the guest is asked to kick again.")                            \
	P(SWITCH, recheck, "on", 0, 0, "a bug to study when off",              \
	  "It looks again after asking for a kick.")                           \
	P(COUNT, pool, "256", "32", "4096",                                    \
	  "Linux 3.6 drivers/net/xen-netback/netback.c, MAX_PENDING_REQS",     \
	  "Slots in work at a time, of all vifs on the CPU; its first vif's "  \
	  "setting counts.")                                                   \
	P(COUNT, copy_ops, "256", "1", "4096",                                 \
	  "Linux 3.6 drivers/net/xen-netback/netback.c, tx_copy_ops",          \
	  "Slots after which a batch is full; the CPU's first vif's setting "  \
	  "counts.")                                                           \
	P(COUNT, txqueuelen, "32", "1", "1000000",                             \
	  "Linux 3.6 drivers/net/xen-netback/interface.c, "                    \
	  "XENVIF_QUEUE_LENGTH",                                               \
	  "Packets that the vif's queue holds while it is stopped.")           \
	P(COUNT, rx_needed, "19", "1", "64",                                   \
	  "Linux 3.6 drivers/net/xen-netback/netback.c, "                      \
	  "max_required_rx_slots",                                             \
	  "The vif's queue stops when the guest has fewer buffers than this; " \
	  "1 for a guest without scatter-gather.")                             \
	P(SWITCH, rx_notify, "on", 0, 0,                                       \
	  "Xen 4.3 public/io/netif.h, feature-rx-notify",                      \
	  "The guest kicks when it has posted buffers; off: the queue never "  \
	  "stops and packets without buffer are dropped.")

#define NETBACK_METRICS(M)                                                     \
	M(COUNTER, kicks, "1", "Kicks that arrived.")                          \
	M(COUNTER, wasted_kicks, "1",                                          \
	  "Kicks that arrived when the vif was on the thread's list "          \
	  "already.")                                                          \
	M(COUNTER, calls, "1", "Calls made to the guest.")                     \
	M(COUNTER, tx_packets, "1", "Packets taken from the guest.")           \
	M(COUNTER, tx_slots, "1", "Slots of theirs.")                          \
	M(COUNTER, tx_batches, "1", "Grant copies with packets of the guest.") \
	M(COUNTER, rx_packets, "1", "Packets given to the guest.")             \
	M(COUNTER, rx_slots, "1", "Buffers of theirs.")                        \
	M(COUNTER, rx_batches, "1", "Grant copies with packets to the guest.") \
	M(COUNTER, queue_drops, "1",                                           \
	  "Packets that found the vif's queue full.")                          \
	M(COUNTER, buffer_drops, "1",                                          \
	  "Packets that found too few buffers, and the queue not stopped.")    \
	M(COUNTER, stops, "1", "Times the vif's queue was stopped.")           \
	M(LEVEL, queue, "1", "Packets in the vif's queue.")                    \
	M(NUMBER, packets_per_kick, "1", "Packets taken per kick.")            \
	M(NUMBER, slots_per_kick, "1", "Slots taken per kick.")                \
	M(NUMBER, packets_per_batch, "1", "Packets taken per grant copy.")     \
	M(NUMBER, busy, "1", "Share of the time its dom0 CPU was in use.")

struct netback_params {
	NETBACK_PARAMS(PARAM_FIELD)
};

struct netback_metrics {
	NETBACK_METRICS(METRIC_FIELD)
};

struct netback {
	struct stage stage;
	struct netback_params p;
	struct netback_metrics m;
	struct back back;
	struct netback_group *group;
	struct netback *next_vif; /* of the group */
	struct cost copy_start, copy_slot, deliver_cost, rx_cost;

	/* Transmit: is it on the list of those to look at? */
	bool listed;
	struct netback *next_listed;
	bool dry; /* ran empty in this batch, and is not asked to kick yet */
	struct netback *next_dry;
	uint64_t tx_batch; /* the last one it had packets in */

	/* Receive. */
	struct vif vif;
	uint64_t rx_batch;
	bool to_notify;
	struct netback *next_notify;
};

/* A packet in the thread's hands. */
struct tx_entry {
	struct netback *vif;
	struct packet *packet; /* NULL: delivered */
	uint16_t slots;	       /* to respond to */
};

struct rx_entry {
	struct netback *vif;
	struct packet *packet; /* NULL: given to the guest */
};

/* The thread netback/N of a dom0 CPU, and what its vifs share. */
struct netback_group {
	struct task task;
	struct signal wake;
	struct netback *vifs;
	sim_time copy; /* what the batch being put together will cost */
	bool started;

	/* Transmit: the list goes round, one packet a turn. */
	struct netback *list, *list_end;
	struct netback *dry;
	struct netback *visiting;
	unsigned pool, copy_ops;
	unsigned pending; /* slots in work */
	unsigned ops;	  /* of the batch */
	struct tx_entry *batch;
	unsigned n, at; /* entries, and the one in work */
	uint64_t tx_batch;

	/* Receive: a queue of all vifs; done <= taken <= put. */
	struct rx_entry *rx;
	unsigned rx_mask, rx_put, rx_taken, rx_done;
	unsigned rx_slots; /* of the batch */
	uint64_t rx_batch;
	struct netback *notify, **notify_end;
};

/* netback_vif.c */

/* The handler of a kick, in dom0's interrupt. Owner: the struct netback. */
TASK(netback_on_kick);
/* The guest is called. Owner: the vif. */
TASK(netback_call);

/* netback_group.c */

/* Makes the vif a member of its CPU's group. */
void netback_join(struct netback *v);
/* All are connected: the thread begins. Once a group. */
void netback_group_start(struct netback_group *g);
/* Its requests are to be looked at; `by` says what made it. */
void netback_schedule(struct netback *v, const char *by);
/* A packet to the guest, for whom buffers have been reserved. */
void netback_give(struct vif *vif, struct packet *p);
/* Its guest is called when all packets of the batch are pushed. */
void netback_notify_later(struct vif *vif);
/* How many packets of v the thread holds. */
uint64_t netback_group_inside(const struct netback *v);

static inline struct rx_entry *netback_rx(struct netback_group *g, unsigned i)
{
	return &g->rx[i & g->rx_mask];
}

/* netback_tx.c, netback_rx.c; owner: the struct netback_group. */
TASK(netback_tx_action);
TASK(netback_rx_action);
/* Is there something to do for it? */
static inline bool netback_tx_work(const struct netback_group *g)
{
	return g->list && g->pending + MAX_SKB_FRAGS < g->pool;
}

static inline bool netback_rx_work(const struct netback_group *g)
{
	return g->rx_taken != g->rx_put;
}

#endif
