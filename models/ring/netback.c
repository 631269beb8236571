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

#include <stdio.h>

#include "models/ring/types.h"

const struct choice netback_rearms[] = {
	[REARM_BEFORE_COPY] = {"before_copy", PARAM_NONE, NULL, NULL,
			       "As soon as the ring looks empty."},
	[REARM_AFTER_DELIVERY] = {"after_delivery", PARAM_NONE, NULL, NULL,
				  "When the batch has been delivered."},
	{0}};

static bool requests_due(void *arg)
{
	const struct ring *r = ((struct netback *)arg)->back.ring;

	return r->type->kick_owed(r);
}

static bool requests_coming(void *arg)
{
	return netback_kick_coming(arg);
}

/* What it waits for when it has stopped its queue. */
static bool room_due(void *arg)
{
	const struct netback *v = arg;
	const struct ring *r = v->back.receive;

	return (int16_t)(r->shared.avail - v->reserved) >= v->p.rx_needed;
}

/* The thread looks after each packet that it gives to the guest. */
static bool room_coming(void *arg)
{
	const struct netback *v = arg;

	return v->with_group || v->sending || netback_kick_coming(v);
}

static void declare_waiter(struct netback *v, struct waiter *w,
			   const char *suffix, const char *awaited)
{
	char name[128];

	snprintf(name, sizeof name, "%s.%s", v->stage.name, suffix);
	waiter_init(w, v->stage.sim, v->stage.id,
		    sim_strdup(v->stage.sim, name), awaited);
	waiter_about(w, v->group->task.id);
	w->arg = v;
}

static void declare_waiters(struct netback *v)
{
	declare_waiter(v, &v->wants_requests, "tx", "requests");
	v->wants_requests.due = requests_due;
	v->wants_requests.coming = requests_coming;
	v->back.wants_kick[0] = &v->wants_requests;
	declare_waiter(v, &v->wants_room, "queue", "receive buffers");
	v->wants_room.due = room_due;
	v->wants_room.coming = room_coming;
	v->back.wants_kick[1] = &v->wants_room;
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
	netback_link(v);
	netback_join(v);
	declare_waiters(v);
}

/* xenvif_up(): the events of fresh rings ask for the first kick. */
static void netback_start(struct stage *s)
{
	struct netback *v = (struct netback *)s;

	if (netback_guest(v)) {
		waiter_about(&v->wants_requests, v->back.peer->id);
		waiter_about(&v->wants_room, v->back.peer->receive_id);
	}
	netback_group_start(v->group);
	waiter_sleeps(&v->wants_requests);
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

	return vif_queue_inside(&v->queue) + (v->sending != NULL) +
	       (s->peer && s->peer->offered) + netback_group_inside(v);
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
	.build = netback_build,
	.start = netback_start,
	.finish = netback_finish,
	.inside = netback_inside,
};
