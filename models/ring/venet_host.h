/* SPDX-License-Identifier: MIT */
/* What venet_host.c (the device), venet_from_guest.c and venet_to_guest.c have
 * in common. */
#ifndef RING_VENET_HOST_H
#define RING_VENET_HOST_H

#include "models/ring/pv_host.h"
#include "models/ring/venet.h"

struct venet_host;

struct host_dev {
	struct venet_host *h;
	struct venet_queues *q;
	struct vbus_line rx_line, done_line;
	struct shm_sender tell_rx, tell_done;
	struct shm_receiver on_tx, on_room;
	struct cpu cpus[2];
	struct task from_guest, to_guest, tasklet;
	struct signal tx_due, rx_due, card_room, again;
	struct packet *head, *tail; /* for the guest */
	int64_t queued;
	bool congested; /* waits for buffers */
	bool dirty;
	unsigned taken; /* in this drain */
	struct packet *packet;
	void *cookie;
	bool uncopied;
	unsigned outstanding, completed; /* of the uncopied */
	struct waiter waiter;		 /* who takes from the guest */
	struct waiter *for_given;	 /* who polls, in the guest */
};

/* Given to the card, in order. */
struct given {
	struct host_dev *dev;
	void *cookie;
	bool uncopied;
};

struct venet_host {
	struct stage *stage;
	struct pv_host *host;
	const struct pv_host_params *p;
	struct pv_host_metrics *m;
	struct host_dev devs[VENET_DEVICES];
	unsigned n;
	struct cost map_cost;
	struct cpu card_cpu;
	struct task card;	  /* the card's transmit interrupt */
	struct given *given;	  /* p->queue of them */
	uint64_t n_given, n_sent; /* to the card; by it, as it told */
};

static inline sim_time venet_copy_time(struct venet_host *h,
				       const struct packet *p)
{
	return cost_draw(h->stage->sim, &h->host->copy_cost) * p->size / 1024;
}

/* From the guest; the argument is the struct host_dev: the signal's callback,
 * in the guest's exit; the thread. And the card, of the struct venet_host. */
TASK(venet_host_tx_isr);
TASK(venet_host_from_guest);
TASK(venet_host_card);

/* To the guest: the signal's callback, the thread, and the link's port. */
TASK(venet_host_room_isr);
TASK(venet_host_to_guest);
TASK(venet_host_from_link);

#endif
