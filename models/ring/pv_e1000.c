/* SPDX-License-Identifier: MIT */
/*
 * The paravirtualised e1000 of Rizzo, Lettieri, Maffione ("Speeding up packet
 * I/O in virtual machines", ANCS 2013).
 *
 * An e1000 whose ring indices and a "need kick" flag lie in a page shared with
 * the host, so that the register write that would exit is made only when asked
 * for: in our terms a ring with suppression flags. Of the mail's faster profile
 * nothing is known but its rate and that its backend spins in a similar way; so
 * it is a driver like virtio_net, with a packet cost of its own. The legacy
 * driver stops at 2 free descriptors and a packet of 60 bytes takes one.
 */
#include "models/ring/netdev.h"
#include "models/ring/types.h"

#define PV_E1000_PARAMS(P)                                                     \
	P(POWER, slots, "256", "32", "32768", "Linux drivers/net/e1000",       \
	  "Descriptors of the transmit ring.")                                 \
	P(COUNT, stop_reserve, "2", "1", "32767", "guess",                     \
	  "The queue stops when fewer descriptors than this are free.")        \
	NETDEV_RECHECK(P)                                                      \
	P(COST, packet_cost, "1us", "0ns", "1ms", "guess",                     \
	  "What a packet takes of the guest, application and driver, "         \
	  "without the kick.")

struct pv_e1000_params {
	PV_E1000_PARAMS(PARAM_FIELD)
};

struct pv_e1000 {
	struct stage stage;
	struct pv_e1000_params p;
	struct netdev_metrics m;
	struct netdev netdev;
};

static void pv_e1000_build(struct stage *s)
{
	struct pv_e1000 *v = (struct pv_e1000 *)s;

	stage_cost(s, &v->netdev.packet_cost, &v->p.packet_cost, "packet_cost");
	netdev_build(&v->netdev, s, &v->m, &ring_split_flags, v->p.slots,
		     v->p.stop_reserve, v->p.recheck);
}

static void pv_e1000_start(struct stage *s)
{
	netdev_start(&((struct pv_e1000 *)s)->netdev);
}

static uint64_t pv_e1000_inside(const struct stage *s)
{
	return ring_inside(&((const struct pv_e1000 *)s)->netdev.ring);
}

#define SELF struct pv_e1000_params
static const struct param pv_e1000_params[] = {PV_E1000_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct netdev_metrics
static const struct metric pv_e1000_metrics[] = {NETDEV_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type pv_e1000_type = {
	.name = "pv_e1000",
	.doc = "A paravirtualised e1000: registers in shared memory.",
	.size = sizeof(struct pv_e1000),
	STAGE_ROWS(pv_e1000),
	.in = PLUG_PORT,
	.out = PLUG_RING,
	.home = HOME_GUEST,
	.build = pv_e1000_build,
	.start = pv_e1000_start,
	.inside = pv_e1000_inside,
};
