/* SPDX-License-Identifier: MIT */
/*
 * The host's ends of virtio-net devices of 2009: what vhost_net.c, in the
 * kernel, and qemu_net.c, in user space, have in common. Both run queued work,
 * one after the other: a kick's, to take what the guest sends, and the link's,
 * to give it what has arrived.
 *
 * For each packet the guest is called unless its flag says not to.
 */
#ifndef RING_VIRTIO_PCI_H
#define RING_VIRTIO_PCI_H

#include "models/ring/ring.h"
#include "sim/stage.h"

#define VIRTIO_DEVICES 4

#define VIRTIO_HOST_PARAMS(P, packet, copy)                                    \
	P(COUNT, queue, "1000", "1", "1000000",                                \
	  "Linux drivers/net/tun.c, TUN_READQ_SIZE and txqueuelen",            \
	  "Packets that may wait for the guest's buffers.")                    \
	P(COST, packet_cost, packet, "0ns", "1ms", "guess",                    \
	  "What a packet takes of the host, without the copy.")                \
	P(COST, copy_cost, copy, "0ns", "1ms", "guess",                        \
	  "To copy 1 KiB between guest and host.")

#define VIRTIO_HOST_METRICS(M)                                                 \
	M(COUNTER, kicks, "1", "Kicks that arrived.")                          \
	M(COUNTER, wasted_kicks, "1", "Those whose work was queued already.")  \
	M(COUNTER, calls, "1", "Interrupts raised.")                           \
	M(COUNTER, from_guest, "1", "Packets taken from the guest.")           \
	M(COUNTER, to_guest, "1", "Packets given to the guest.")               \
	M(COUNTER, drops, "1",                                                 \
	  "Packets for the guest dropped because the queue was full.")

struct virtio_host_metrics {
	VIRTIO_HOST_METRICS(METRIC_FIELD)
};

struct virtio_host;

struct virtio_half {
	struct virtio_host *h;
	struct back *tx, *rx;
	struct work take, give; /* from the guest, to it */
	struct packet *head, *tail;
	int64_t queued;
	struct packet *packet;
	bool starved; /* waits for buffers */
};

struct virtio_host {
	struct stage *stage;
	struct virtio_host_metrics *m;
	struct executor *executor;
	int64_t most_queued;
	struct back backs[2 * VIRTIO_DEVICES];
	struct virtio_half halves[VIRTIO_DEVICES];
	struct port link;
	unsigned n;
	struct cost packet_cost, copy_cost;
};

/* on_kick is what a kick of the transmit ring does; its owner is the half. */
void virtio_host_build(struct virtio_host *h, struct stage *s,
		       task_fn *on_kick);
void virtio_host_start(struct virtio_host *h);
uint64_t virtio_host_inside(const struct virtio_host *h);

/* Until the transmit ring is empty, and stays so after asking. A sub-task;
 * its owner is the half. */
TASK(virtio_host_take);

#endif
