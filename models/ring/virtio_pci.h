/* SPDX-License-Identifier: MIT */
/*
 * The host's ends of virtio-net devices of 2009: what vhost_net.c, in the
 * kernel, and qemu_net.c, in user space, have in common. Both run queued work,
 * one after the other: a kick's, to take what the guest sends, and the link's,
 * to give it what has arrived.
 *
 * For each packet the guest is called unless its flag says not to. When the
 * transmit ring has become empty it is called even so, so that it may free what
 * it has sent (VIRTIO_F_NOTIFY_ON_EMPTY): with a host that is faster than its
 * guest that is after each packet, as Linux found (commit b0c39dbdc204,
 * "virtio_net: don't free buffers in xmit ring", 2009).
 */
#ifndef RING_VIRTIO_PCI_H
#define RING_VIRTIO_PCI_H

#include "models/ring/pv_host.h"
#include "models/ring/ring.h"

#define VIRTIO_DEVICES PV_DEVICES

struct virtio_host;

/* A queue whose guest may want to be called. */
struct virtio_call {
	struct virtio_host *h;
	struct back *back;
	bool on_empty;
};

struct virtio_half {
	struct virtio_host *h;
	struct back *tx, *rx;
	struct virtio_call sent, given;
	struct work give; /* what has arrived, to the guest */
	struct packet *head, *tail;
	int64_t queued;
	struct packet *packet;
	bool taking;
	struct waiter waiter;	  /* who takes from the guest */
	struct waiter *for_given; /* who polls, in the guest */
};

struct virtio_host {
	struct stage *stage;
	struct pv_host *host;
	struct pv_host_metrics *m;
	struct executor *executor;
	struct virtio_half halves[VIRTIO_DEVICES];
	unsigned n;
	uint64_t given;	   /* to the card, which says how many it has sent */
	struct cost *more; /* for each packet; NULL: nothing */
	/* For the oracle: will it take without a kick? NULL: no. */
	bool (*will_take)(const struct virtio_half *d);
};

/* on_kick is what a kick of the transmit ring does; its owner is the half. */
void virtio_host_build(struct virtio_host *h, struct pv_host *host,
		       task_fn *on_kick);
void virtio_host_start(struct virtio_host *h);
uint64_t virtio_host_inside(const struct virtio_host *h);

/* Until the transmit ring is empty, and stays so after asking. A sub-task;
 * its owner is the half. */
TASK(virtio_host_take);

#endif
