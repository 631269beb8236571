/* SPDX-License-Identifier: MIT */
/*
 * Linux's Xen netback of 3.12, inside. netback_napi.c has the theory and the
 * stage, netback_napi_tx.c the poll, netback_napi_rx.c the thread that copies
 * packets to the guest, pages*.c how a guest's pages get to domain 0, vif.c the
 * network device.
 *
 * "Transmit" and "receive" are the guest's, as the rings are called.
 */
#ifndef RING_NETBACK_NAPI_H
#define RING_NETBACK_NAPI_H

#include "models/ring/pages.h"
#include "models/ring/vif.h"

extern const struct choice netback_napi_rearms[], netback_napi_limits[];
enum { NAPI_REARM_EARLY, NAPI_REARM_LATE };
enum { LIMIT_POOL, LIMIT_BUDGET };

#define NETBACK_NAPI_PARAMS(P)                                                 \
	P(COST, irq_cost, "0.5us", "0ns", "1ms", "guess",                      \
	  "The interrupt handler of a kick.")                                  \
	P(COST, poll_cost, "0.5us", "0ns", "1ms", "guess",                     \
	  "A poll, beside what is done for packets.")                          \
	P(COST, deliver_cost, "1us", "0ns", "1ms", "guess",                    \
	  "What a packet from the guest takes of netback, beside its pages: "  \
	  "requests, skb, responses.")                                         \
	P(COST, rx_start, "2us", "0ns", "1ms", "guess",                        \
	  "What a batch of packets to the guest takes beside them: the "       \
	  "thread, the hypercall.")                                            \
	P(COST, rx_cost, "0.5us", "0ns", "1ms", "guess",                       \
	  "What a packet to the guest takes, beside its copy.")                \
	P(COST, rx_slot, "0.5us", "0ns", "1ms", "guess",                       \
	  "To copy one buffer's worth to the guest.")                          \
	P(COUNT, weight, "64", "1", "1024",                                    \
	  "Linux 3.12 drivers/net/xen-netback/common.h, XENVIF_NAPI_WEIGHT",   \
	  "Packets after which a poll lets others go first.")                  \
	P(CHOICE, limit, "pool", netback_napi_limits, 0,                       \
	  "Linux 3.12 drivers/net/xen-netback/netback.c, "                     \
	  "xenvif_tx_build_gops",                                              \
	  "What ends a batch before the ring is empty.")                       \
	P(CHOICE, rearm, "early", netback_napi_rearms, 0,                      \
	  "Linux 3.12 drivers/net/xen-netback/netback.c, "                     \
	  "xenvif_tx_build_gops",                                              \
	  "When the guest is asked to kick again.")                            \
	P(SWITCH, recheck, "on", 0, 0, "a bug to study when off",              \
	  "It looks again after asking for a kick.")                           \
	P(COUNT, pool, "256", "32", "4096",                                    \
	  "Linux 3.12 drivers/net/xen-netback/common.h, MAX_PENDING_REQS",     \
	  "Slots in work at a time.")                                          \
	P(COUNT, max_slots, "19", "2", "256",                                  \
	  "Linux 3.12 drivers/net/xen-netback/common.h, "                      \
	  "XEN_NETBK_LEGACY_SLOTS_MAX: 18, and one for GSO",                   \
	  "A packet that takes more is refused.")                              \
	P(COUNT, txqueuelen, "32", "1", "1000000",                             \
	  "Linux 3.12 drivers/net/xen-netback/interface.c, "                   \
	  "XENVIF_QUEUE_LENGTH",                                               \
	  "Packets that the vif's queue holds while it is stopped.")           \
	P(COUNT, rx_needed, "19", "1", "64",                                   \
	  "Linux 3.12 drivers/net/xen-netback/netback.c, "                     \
	  "max_required_rx_slots",                                             \
	  "The vif's queue stops when the guest has fewer buffers than this; " \
	  "1 for a guest without scatter-gather.")                             \
	P(SWITCH, rx_notify, "on", 0, 0,                                       \
	  "Xen 4.3 public/io/netif.h, feature-rx-notify",                      \
	  "The guest kicks when it has posted buffers; off: the queue never "  \
	  "stops and packets without buffer are dropped.")

#define NETBACK_NAPI_METRICS(M)                                                \
	M(COUNTER, tx_count, "1", "Kicks that arrived: interrupts taken.")     \
	M(COUNTER, nr_napi_schedule, "1",                                      \
	  "Of these, those that scheduled the poll; the others found it "      \
	  "scheduled.")                                                        \
	M(COUNTER, total_packets, "1", "Packets taken from the guest.")        \
	M(COUNTER, total_reqs, "1", "Slots of theirs.")                        \
	M(NUMBER, ppi, "1", "Packets per interrupt.")                          \
	M(NUMBER, spi, "1", "Slots per interrupt.")                            \
	M(NUMBER, ppn, "1", "Packets per scheduling of the poll.")             \
	M(NUMBER, spn, "1", "Slots per scheduling of the poll.")               \
	M(COUNTER, polls, "1", "Polls.")                                       \
	M(COUNTER, batches, "1", "Polls that found packets.")                  \
	M(COUNTER, refused, "1",                                               \
	  "Packets refused because they take more slots than max_slots.")      \
	M(COUNTER, mapped, "1", "Pages mapped.")                               \
	M(COUNTER, flushes, "1", "Times the TLBs were flushed.")               \
	M(COUNTER, rx_interrupts, "1",                                         \
	  "Kicks for receive buffers, by an event channel of their own.")      \
	M(COUNTER, calls, "1", "Calls made to the guest.")                     \
	M(COUNTER, rx_packets, "1", "Packets given to the guest.")             \
	M(COUNTER, rx_batches, "1", "Grant copies with packets to the guest.") \
	M(COUNTER, queue_drops, "1",                                           \
	  "Packets that found the vif's queue full.")                          \
	M(COUNTER, buffer_drops, "1",                                          \
	  "Packets that found too few buffers, and the queue not stopped.")    \
	M(COUNTER, stops, "1", "Times the vif's queue was stopped.")           \
	M(LEVEL, queue, "1", "Packets in the vif's queue.")                    \
	M(NUMBER, busy, "1", "Share of the time its dom0 CPU was in use.")

struct netback_napi_params {
	struct pages_params pages; /* comes first: its rows count from here */
	NETBACK_NAPI_PARAMS(PARAM_FIELD)
};

struct netback_napi_metrics {
	NETBACK_NAPI_METRICS(METRIC_FIELD)
};

/* A packet between the guest's ring and the stack. */
struct napi_entry {
	struct packet *packet; /* NULL: delivered */
	uint16_t slots;	       /* to respond to */
};

struct netback_napi {
	struct stage stage;
	struct netback_napi_params p;
	struct netback_napi_metrics m;
	struct back back;
	struct vif vif;
	struct cost irq_cost, poll_cost, deliver_cost;
	struct cost rx_start, rx_cost, rx_slot;

	/* Transmit: the poll. */
	struct napi napi;
	struct pages pages;
	struct napi_entry *batch;
	unsigned n, at; /* entries, and the one in work */
	unsigned slots; /* of the batch */

	/* Receive: the thread. */
	struct task thread;
	struct signal wake;
	struct packet *rx, **rx_end; /* to be copied */
	struct packet *copied;	     /* not in the ring yet */
	unsigned rx_buffers;	     /* of the batch */
	sim_time copy;		     /* what it takes */
	bool to_notify;
};

/* The guest is called, for the transmit ring and for the receive ring. Owner:
 * the struct netback_napi. */
TASK(netback_napi_call);
TASK(netback_napi_call_receive);

/* netback_napi_tx.c */
void netback_napi_build_tx(struct netback_napi *v);

/* netback_napi_rx.c */
void netback_napi_build_rx(struct netback_napi *v);

/* How many packets each half holds. */
uint64_t netback_napi_tx_inside(const struct netback_napi *v);
uint64_t netback_napi_rx_inside(const struct netback_napi *v);

#endif
