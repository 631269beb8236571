/* SPDX-License-Identifier: MIT */
/* What venet.c, the guest's driver, and venet_host.c have in common: the memory
 * of up to VENET_DEVICES devices on one bus. */
#ifndef RING_VENET_H
#define RING_VENET_H

#include "models/ring/vbus.h"
#include "sim/stage.h"

#define VENET_DEVICES 4

/* The queues of a device, and who wakes in the guest. Transmitted packets are
 * completed by an event each, which carries the packet's cookie
 * (VENET_EVENT_TXC). */
struct venet_queues {
	struct ioq tx, rx, done;
	struct shm_receiver on_rx, on_done;
};

struct venet_shared {
	struct vbus bus;
	unsigned n;
	bool always; /* signal every time; see venet.signal */
	struct venet_queues queues[VENET_DEVICES];
};

#endif
