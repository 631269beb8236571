/* SPDX-License-Identifier: MIT */
/*
 * vbus: AlacrityVM's bus, which gives all devices one interrupt (drivers/vbus/
 * pci-bridge.c and kernel/vbus/connectors/kvm.c of alacrityvm-linux, 2009).
 *
 * A device that signals writes its handle into the bus's event queue, a ring of
 * 1024, and tells that queue's own shm_signal; only this one raises the real
 * interrupt. The guest's handler drains the queue and wakes each device named.
 * Whatever comes while it drains, from whichever device, costs no interrupt.
 */
#ifndef RING_VBUS_H
#define RING_VBUS_H

#include "models/ring/ioq.h"
#include "sim/metric.h"

#define VBUS_EVENTS 1024 /* QLEN of pci-bridge.c */

struct vbus {
	struct ioq events; /* cookies are struct shm_receiver of the guest's */
	struct shm_sender vector;   /* the host's way to the guest */
	struct shm_receiver isr;    /* the guest's */
	struct shm_receiver *woken; /* by the event in hand */
	struct cost *event_cost;    /* the guest's, for each event */
	struct counter *n_events;
	struct doorbell *interrupt; /* set by the host */
	unsigned signalling;	    /* devices between pending and interrupt */
};

void vbus_init(struct vbus *b, struct sim *sim, struct cost *event_cost);

/* One device's line over the bus, for the host: the transport of a shm_sender;
 * the argument is a struct vbus_line. */
struct vbus_line {
	struct vbus *bus;
	struct shm_receiver *to;
	void *owner; /* the device it belongs to */
};
TASK(vbus_signal);

/* The guest's interrupt handler; its argument is the struct vbus. */
TASK(vbus_interrupt);

#endif
