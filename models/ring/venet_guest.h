/* SPDX-License-Identifier: MIT */
/* What venet.c (the driver), venet_rx.c and venet_tx.c share. */
#ifndef RING_VENET_GUEST_H
#define RING_VENET_GUEST_H

#include "models/ring/pv_net.h"
#include "models/ring/venet.h"

struct venet;

struct venet_dev {
	struct venet *v;
	struct venet_queues *q;
	struct shm_sender tell_tx, tell_rx; /* to the host */
	struct front *tx_front, *rx_front;
	struct napi poll, freeing, again;
	struct signal room;
	struct ioq_slot *slot;
	struct waiter waiter;	 /* the receive ring */
	struct waiter *for_sent; /* who takes, in the host */
};

/* A sender's. */
struct venet_port {
	struct port port;
	struct venet *v;
	struct venet_dev *dev;
};

struct venet {
	struct stage *stage;
	const struct pv_net_params *p;
	struct pv_net_metrics *m;
	struct nic nic;
	struct front fronts[2 * VENET_DEVICES];
	struct venet_shared shared;
	struct venet_dev devs[VENET_DEVICES];
	struct cost done_cost, event_cost;
	struct pv_net *net;
};

static inline void venet_schedule(struct venet *v, struct napi *n)
{
	v->stage->softirq->schedule(v->stage->softirq, n);
}

/* Callbacks of signals and polls, of a struct venet_dev. */
TASK(venet_rx_isr);
TASK(venet_poll);
TASK(venet_done_isr);
TASK(venet_free_sent);

struct port *venet_open(struct nic *nic);

#endif
