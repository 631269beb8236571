/* SPDX-License-Identifier: MIT */
/*
 * Linux virtio_net, transmit, as of 3.6 (drivers/net/virtio_net.c).
 *
 * Per packet: take back everything the host has returned, add, kick if the host
 * asked for it. When fewer than 2 + MAX_SKB_FRAGS = 19 descriptors are free the
 * queue stops and asks for an interrupt when 3/4 of what is outstanding has
 * returned. In steady state there are no transmit interrupts. A packet takes
 * one slot (indirect descriptors), so 238 of 256 fit.
 *
 * Left out: receive; packets without indirect descriptors.
 */
#include "models/ring/netdev.h"
#include "models/ring/types.h"

#define VIRTIO_NET_PARAMS(P)                                                   \
	NETDEV_PARAMS(P)                                                       \
	P(CHOICE, ring, "split_event", ring_choices, 0,                        \
	  "Linux 3.6 virtio_net: offers VIRTIO_RING_F_EVENT_IDX",              \
	  "Flavour of the ring.")                                              \
	P(COST, packet_cost, "1.28us", "0ns", "1ms", "guess",                  \
	  "What a packet takes of the guest, application and driver, "         \
	  "without the kick.")

struct virtio_net_params {
	VIRTIO_NET_PARAMS(PARAM_FIELD)
};

struct virtio_net {
	struct stage stage;
	struct virtio_net_params p;
	struct netdev_metrics m;
	struct netdev netdev;
};

static void virtio_net_build(struct stage *s)
{
	struct virtio_net *v = (struct virtio_net *)s;

	stage_cost(s, &v->netdev.packet_cost, &v->p.packet_cost, "packet_cost");
	netdev_build(&v->netdev, s, &v->m, ring_types[v->p.ring.which],
		     v->p.slots, v->p.stop_reserve, v->p.recheck);
}

static void virtio_net_start(struct stage *s)
{
	netdev_start(&((struct virtio_net *)s)->netdev);
}

static uint64_t virtio_net_inside(const struct stage *s)
{
	return ring_inside(&((const struct virtio_net *)s)->netdev.ring);
}

#define SELF struct virtio_net_params
static const struct param virtio_net_params[] = {VIRTIO_NET_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct netdev_metrics
static const struct metric virtio_net_metrics[] = {NETDEV_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type virtio_net_type = {
	.name = "virtio_net",
	.doc = "Linux virtio_net of 3.6: a guest's transmit driver.",
	.size = sizeof(struct virtio_net),
	STAGE_ROWS(virtio_net),
	.in = PLUG_PORT,
	.out = PLUG_RING,
	.home = HOME_GUEST,
	.build = virtio_net_build,
	.start = virtio_net_start,
	.inside = virtio_net_inside,
};
