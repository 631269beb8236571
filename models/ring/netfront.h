/* SPDX-License-Identifier: MIT */
/* What netfront*.c share: Linux's Xen network frontend. See netfront.c. */
#ifndef RING_NETFRONT_H
#define RING_NETFRONT_H

#include "models/ring/flavours.h"
#include "models/ring/vif_queue.h"
#include "sim/stage.h"

enum { CALL_AT_HALF, CALL_AT_NEXT, CALL_AT_N };
enum { TOO_MANY_DROP, TOO_MANY_LINEARIZE };
extern const struct choice netfront_calls[], netfront_too_many[];

#define NETFRONT_PARAMS(P)                                                     \
	P(POWER, slots, "256", "32", "32768",                                  \
	  "Xen 4.3 public/io/netif.h: one page of requests",                   \
	  "Slots of each of its two rings.")                                   \
	P(COUNT, stop_reserve, "19", "1", "32767",                             \
	  "Linux 3.6 drivers/net/xen-netfront.c, MAX_SKB_FRAGS + 2",           \
	  "The queue stops when no more than this many slots are free.")       \
	P(COUNT, max_frags, "17", "1", "64",                                   \
	  "Linux 3.6 include/linux/skbuff.h, MAX_SKB_FRAGS",                   \
	  "A packet that needs more than one slot above this has too many, "   \
	  "without counting the one that tells of GSO.")                       \
	P(SWITCH, negotiate, "off", 0, 0,                                      \
	  "Xen 4.3 public/io/netif.h, XEN_NETIF_NR_SLOTS_MIN: would be "       \
	  "better, "                                                           \
	  "but nobody did it",                                                 \
	  "It has learnt how many slots the host takes for a packet, where "   \
	  "the host says so; more are too many.")                              \
	P(CHOICE, too_many, "drop", netfront_too_many, 0,                      \
	  "Linux 3.6 drivers/net/xen-netfront.c, xennet_start_xmit",           \
	  "What becomes of a packet that needs too many slots.")               \
	P(SWITCH, split_channels, "off", 0, 0,                                 \
	  "Xen 4.3 public/io/netif.h, feature-split-event-channels",           \
	  "It asks for an event channel for each ring, where the host has "    \
	  "them.")                                                             \
	P(SIZE, linear, "2KiB", "1B", "4KiB",                                  \
	  "Linux 3.6 net/ipv4/tcp.c, select_size()",                           \
	  "A packet up to this size lies in one piece; of a larger one the "   \
	  "headers do, and its data in pages.")                                \
	P(SIZE, headers, "128B", "1B", "4KiB", "guess",                        \
	  "What lies in front of the pages of a larger one.")                  \
	P(SIZE, offset, "0B", "0B", "4095B", "guess",                          \
	  "Where in its page the one piece begins.")                           \
	P(SIZE, gso_above, "1514B", "1B", "64KiB",                             \
	  "Ethernet's 1500 bytes and its header",                              \
	  "A packet larger than this takes one more slot: it tells of GSO.")   \
	P(CHOICE, call_at, "half", netfront_calls, 0,                          \
	  "Linux 3.6 drivers/net/xen-netfront.c, xennet_tx_buf_gc",            \
	  "Which response it asks to be called for, whenever it has looked.")  \
	P(COUNT, txqueuelen, "1000", "1", "1000000",                           \
	  "Linux net/ethernet/eth.c, ether_setup",                             \
	  "Packets from softirqs that its queue holds while it is stopped.")   \
	P(COUNT, weight, "64", "1", "1000000",                                 \
	  "Linux 3.6 drivers/net/xen-netfront.c, netif_napi_add",              \
	  "Packets that one poll takes at most.")                              \
	P(COUNT, rx_min_target, "64", "8", "32768",                            \
	  "Linux 3.6 drivers/net/xen-netfront.c, RX_DFL_MIN_TARGET",           \
	  "Receive buffers it wants to have posted, at first and at least.")   \
	P(COUNT, rx_max_target, "256", "8", "32768",                           \
	  "Linux 3.6 drivers/net/xen-netfront.c, RX_MAX_TARGET",               \
	  "The same, at most.")                                                \
	P(SWITCH, recheck, "on", 0, 0, "a bug to study when off",              \
	  "Look again after asking for a call.")                               \
	P(SWITCH, irqs_off, "on", 0, 0,                                        \
	  "Linux 3.6 drivers/net/xen-netfront.c, xennet_poll",                 \
	  "The last look of a poll and its completion let no interrupt come "  \
	  "between; off: a bug to study.")                                     \
	P(COST, packet_cost, "0.5us", "0ns", "1ms", "guess",                   \
	  "What a packet takes to transmit, beside its slots.")                \
	P(COST, slot_cost, "0.2us", "0ns", "1ms", "guess",                     \
	  "What each slot takes: a grant, a request.")                         \
	P(COST, linearize_cost, "0.2us", "0ns", "1ms", "guess",                \
	  "With too_many: linearize, what each KiB takes to copy.")            \
	P(COST, reap_cost, "0.1us", "0ns", "1ms", "guess",                     \
	  "What each response takes: the grant is given back.")                \
	P(COST, interrupt_cost, "0.5us", "0ns", "1ms", "guess",                \
	  "What a call takes of its handler, beside responses.")               \
	P(COST, receive_cost, "0.5us", "0ns", "1ms", "guess",                  \
	  "What it takes to take a packet out of the receive ring.")           \
	P(COST, refill_cost, "0.2us", "0ns", "1ms", "guess",                   \
	  "What it takes to allocate and post a receive buffer.")

struct netfront_params {
	NETFRONT_PARAMS(PARAM_FIELD)
};

#define NETFRONT_METRICS(M)                                                    \
	M(COUNTER, packets, "1", "Packets put into the transmit ring.")        \
	M(COUNTER, tx_slots, "1", "Slots of theirs.")                          \
	M(COUNTER, received, "1", "Packets taken out of the receive ring.")    \
	M(COUNTER, kicks, "1", "Kicks sent.")                                  \
	M(COUNTER, interrupts, "1", "Calls that arrived.")                     \
	M(COUNTER, idle_interrupts, "1",                                       \
	  "Of these, those with packets that found NAPI scheduled already.")   \
	M(COUNTER, schedules, "1", "Times NAPI was scheduled.")                \
	M(COUNTER, polls, "1", "Polls of the receive ring.")                   \
	M(COUNTER, refills, "1", "Times receive buffers were posted.")         \
	M(COUNTER, stops, "1", "Times the transmit queue was stopped.")        \
	M(COUNTER, queue_drops, "1", "Packets that found the queue full.")     \
	M(COUNTER, slot_drops, "1",                                            \
	  "Packets dropped because they need too many slots.")                 \
	M(COUNTER, linearized, "1",                                            \
	  "Packets copied into one piece because they needed too many.")       \
	M(LEVEL, in_use, "1",                                                  \
	  "Slots of the transmit ring in use: added, and not yet reaped.")     \
	M(LEVEL, posted, "1", "Receive buffers with the host.")                \
	M(LEVEL, target, "1", "Receive buffers it wants to have posted.")      \
	M(NUMBER, packets_per_poll, "1", "Packets received per poll.")

struct netfront_metrics {
	NETFRONT_METRICS(METRIC_FIELD)
};

struct netfront;

/* One thread's way into the device. */
struct netfront_port {
	struct port port;
	struct netfront *n;
	struct signal woken; /* the queue has been started */
	struct netfront_port *next;
	bool waits;
};

struct netfront {
	struct stage stage;
	struct netfront_params p;
	struct netfront_metrics m;
	struct ring tx, rx;
	struct front front;
	struct nic nic;
	struct cost packet_cost, slot_cost, reap_cost, interrupt_cost;
	struct cost linearize_cost;
	struct cost receive_cost, refill_cost;

	/* Transmit. */
	struct vif_queue queue;	     /* the qdisc */
	struct packet *sending;	     /* on its way through start_xmit */
	bool too_many;		     /* slots, that is */
	uint8_t tx_level;	     /* of whoever sends */
	uint16_t reaped;	     /* by the look under way */
	struct netfront_port *ports; /* all */
	struct task tx_softirq;	     /* runs the queue that was started */
	struct signal run_queue;
	struct waiter wants_room;

	/* Receive. */
	struct napi napi;
	uint8_t rx_level;
	uint16_t rx_prod;	     /* responses, at the poll's look */
	struct packet *first, *last; /* taken, to be handed up */
	int64_t rx_target, buffers;  /* allocated, not posted yet */
	struct waiter wants_packets;
};

/* Publishes what was added to a ring, kicks if the host asked for it. Owner:
 * the struct netfront. */
TASK(netfront_push_tx);
TASK(netfront_push_rx);

/* netfront_tx.c */
void netfront_build_tx(struct netfront *n);
/* xennet_tx_buf_gc(): reaps what was answered, asks for the next call, starts
 * the queue. Interrupts are off. Owner: the struct netfront. */
TASK(netfront_gc);
uint16_t netfront_slots(const struct netfront *n, const struct packet *p,
			bool *too_many);

/* netfront_rx.c */
void netfront_build_rx(struct netfront *n);
/* xennet_open(), long before the run begins: the first buffers are posted. */
void netfront_open(struct netfront *n);
/* xennet_alloc_rx_buffers(). Owner: the struct netfront. */
TASK(netfront_refill);
/* An interrupt: is there anything to poll for? */
void netfront_schedule(struct netfront *n);

#endif
