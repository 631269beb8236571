/* SPDX-License-Identifier: MIT */
/*
 * Linux's Xen netback up to 3.11 (after Linux 3.6 drivers/net/xen-netback):
 * one kernel thread per dom0 CPU, which moves packets of all vifs of that CPU,
 * both ways, in batches.
 *
 *	guest's requests	A kick puts the vif on the thread's list. The
 *				thread takes packets one a vif in turn, copies
 *				them with one hypercall, responds to each slot,
 *				and hands the packet to the bridge. It asks for
 *				the next kick as soon as a ring looks empty,
 *				before it copies.
 *	packets for guests	The bridge hands them to the vif's queue. As
 *				long as the guest has posted enough buffers they
 *				pass straight to the thread, which copies them
 *				with one hypercall and calls each guest once.
 *				Else the queue stops until the guest kicks,
 *				holds txqueuelen packets and drops the others.
 *
 * An event that has been passed is left behind (xen.c); so while the thread
 * works on a batch that emptied the ring, the guest's next packet kicks, and no
 * further one does.
 *
 * Left out: mapping and flipping of pages, the credit limiter (unlimited by
 * default), errors. Requests that dom0's own stack would take are not modelled.
 */
#include "models/ring/netback.h"

#include "models/ring/types.h"

const struct choice netback_rearms[] = {
	[REARM_BEFORE_COPY] = {"before_copy", PARAM_NONE, NULL, NULL,
			       "As soon as the ring looks empty."},
	[REARM_AFTER_DELIVERY] = {"after_delivery", PARAM_NONE, NULL, NULL,
				  "When the batch has been delivered."},
	{0}};

static void build_vif(struct netback *v)
{
	v->vif = (struct vif){.stage = &v->stage,
			      .back = &v->back,
			      .needed = (uint16_t)v->p.rx_needed,
			      .notify = v->p.rx_notify,
			      .recheck = v->p.recheck,
			      .queue_drops = &v->m.queue_drops,
			      .buffer_drops = &v->m.buffer_drops,
			      .stops = &v->m.stops,
			      .queued = &v->m.queue,
			      .give = netback_give,
			      .notify_later = netback_notify_later};
	vif_build(&v->vif, (unsigned)v->p.txqueuelen);
}

static void netback_build(struct stage *s)
{
	struct netback *v = (struct netback *)s;

	stage_cost(s, &v->copy_start, &v->p.copy_start, "copy_start");
	stage_cost(s, &v->copy_slot, &v->p.copy_slot, "copy_slot");
	stage_cost(s, &v->deliver_cost, &v->p.deliver_cost, "deliver_cost");
	stage_cost(s, &v->rx_cost, &v->p.rx_cost, "rx_cost");
	v->back.on_kick = (struct work){.run = netback_on_kick, .owner = v};
	s->back = &v->back;
	build_vif(v);
	netback_join(v);
	waiter_about(&v->vif.wants_requests, v->group->task.id);
	waiter_about(&v->vif.wants_room, v->group->task.id);
}

static void netback_start(struct stage *s)
{
	struct netback *v = (struct netback *)s;

	netback_group_start(v->group);
	vif_start(&v->vif);
}

static void netback_finish(struct stage *s)
{
	struct netback *v = (struct netback *)s;
	double packets = (double)v->m.tx_packets.n;
	double kicks = (double)v->m.kicks.n;

	v->m.packets_per_kick = packets / kicks;
	v->m.slots_per_kick = (double)v->m.tx_slots.n / kicks;
	v->m.packets_per_batch = packets / (double)v->m.tx_batches.n;
	v->m.busy = (double)cpu_busy(s->cpu) / (double)s->measure;
}

/* What it has offered to its peer is its own until the peer takes it. */
static uint64_t netback_inside(const struct stage *s)
{
	const struct netback *v = (const struct netback *)s;

	return vif_inside(&v->vif) + (s->peer && s->peer->offered) +
	       netback_group_inside(v);
}

#define SELF struct netback_params
static const struct param netback_params[] = {NETBACK_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct netback_metrics
static const struct metric netback_metrics[] = {NETBACK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type netback_type = {
	.name = "netback",
	.doc = "Linux's Xen netback up to 3.11: a vif served by a thread of "
	       "its "
	       "dom0 CPU.",
	.size = sizeof(struct netback),
	STAGE_ROWS(netback),
	.in = PLUG_VIF,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_DOM0,
	.threaded = true,
	.build = netback_build,
	.start = netback_start,
	.finish = netback_finish,
	.inside = netback_inside,
};
