/* SPDX-License-Identifier: MIT */
/*
 * A guest's transmit driver over a ring: what virtio_net and the paravirtual
 * e1000 have in common. They differ in their rows; see virtio_net.c.
 */
#ifndef RING_NETDEV_H
#define RING_NETDEV_H

#include "models/ring/flavours.h"
#include "models/ring/sleeper.h"

/* The rows every transmit driver has; packet_cost is the driver's own. */
#define NETDEV_RECHECK(P)                                                      \
	P(SWITCH, recheck, "on", 0, 0,                                         \
	  "Linux 3.6 drivers/net/virtio_net.c, start_xmit",                    \
	  "Look again after asking for a call; off is a bug to study.")
#define NETDEV_PARAMS(P)                                                       \
	P(POWER, slots, "256", "32", "32768", "QEMU hw/virtio-net.c, 2013",    \
	  "Slots of the transmit ring.")                                       \
	P(COUNT, stop_reserve, "19", "1", "32767",                             \
	  "Linux 3.6 drivers/net/virtio_net.c, 2 + MAX_SKB_FRAGS",             \
	  "The queue stops when fewer slots than this are free.")              \
	NETDEV_RECHECK(P)

#define NETDEV_METRICS(M)                                                      \
	M(COUNTER, stops, "1",                                                 \
	  "Times the queue was stopped for lack of room.")                     \
	M(COUNTER, interrupts, "1", "Transmit interrupts taken.")              \
	M(LEVEL, in_use, "1", "Slots in use: added, and not yet reaped.")

struct netdev_metrics {
	NETDEV_METRICS(METRIC_FIELD)
};

struct netdev {
	struct stage *stage;
	struct netdev_metrics *m;
	struct ring ring;
	struct front front;
	struct port port;
	struct cost packet_cost;
	uint16_t reserve;
	bool recheck;
	bool stopped;
	struct sleeper sleeper; /* the stopped queue */
};

/* Fills in the stage's plugs. The cost is made by the caller. */
void netdev_build(struct netdev *n, struct stage *s, struct netdev_metrics *m,
		  const struct ring_type *flavour, int64_t slots,
		  int64_t reserve, bool recheck);
void netdev_start(struct netdev *n);

#endif
