/* SPDX-License-Identifier: MIT */
/*
 * Linux's Xen netback of 3.12 (commit b3f980bd, "xen-netback: switch to NAPI +
 * kthread 1:1 model", August 2013): what a guest sends is polled in a softirq
 * of domain 0, what it receives is copied by a thread, one for each vif.
 *
 *	guest's requests	A kick schedules the poll, if requests are there
 *				and it is not scheduled already. The poll takes
 *				what the ring holds, as far as the pool of 256
 *				slots goes, gets all the pages with one
 *				hypercall (pages.h), and hands the packets to
 *				the stack in its own context. When it has done
 *				less than its weight it looks at the ring once
 *				more, with interrupts off, and is done if there
 *				is nothing.
 *	packets for the guest	The vif's device (vif.h) reserves buffers and
 *				hands them to the thread, which copies all that
 *				wait with one hypercall and calls the guest
 *				once. It runs when the softirq is over.
 *
 * The guest is asked to kick whenever the ring is found empty: as the worker of
 * netback.c did, before the copy. ("don't prematurely request a tx event", of
 * December 2013, ended that: rearm: late.) A packet that comes during the copy
 * costs an interrupt, which finds the poll scheduled; the difference between
 * tx_count and nr_napi_schedule.
 *
 * In this first version the weight limits nothing: a batch ends with the ring
 * or the pool, and then counts as the weight, however much it was ("fix abusing
 * budget", of the same December: limit: budget).
 *
 * Kicks for requests and for buffers come by one event channel, or by two if
 * the guest asks for it (netfront.split_channels).
 *
 * Slots of a packet are at most those that the backend's skb has fragments for;
 * one that has more is answered with an error and dropped. (More than 20 and
 * Linux shuts the vif; left out.) Left out as well: the credit limiter, hash
 * and checksum offload.
 */
#include "models/ring/netback_napi.h"

#include "models/ring/types.h"

const struct choice netback_napi_rearms[] = {
	[NAPI_REARM_EARLY] = {"early", PARAM_NONE, NULL, NULL,
			      "Whenever the ring is found empty."},
	[NAPI_REARM_LATE] = {"late", PARAM_NONE, NULL, NULL,
			     "When the poll is to end (3.13)."},
	{0}};

const struct choice netback_napi_limits[] = {
	[LIMIT_POOL] = {"pool", PARAM_NONE, NULL, NULL,
			"The pool of slots is used up (3.12)."},
	[LIMIT_BUDGET] = {"budget", PARAM_NONE, NULL, NULL,
			  "So is the poll's budget of packets (3.13)."},
	{0}};

TASK(netback_napi_call)
{
	struct netback_napi *v = owner;
	struct doorbell *call = &v->back.call;

	TASK_BEGIN;
	counter_add(&v->m.calls, 1);
	CALL(call->ring, call);
	TASK_END;
}

TASK(netback_napi_call_receive)
{
	struct netback_napi *v = owner;
	struct doorbell *call = back_call(&v->back, v->back.receive);

	TASK_BEGIN;
	counter_add(&v->m.calls, 1);
	CALL(call->ring, call);
	TASK_END;
}

/* xenvif_interrupt(); with split channels xenvif_tx_interrupt() */
static TASK(on_kick)
{
	struct netback_napi *v = owner;
	struct softirq *q = v->stage.softirq;

	TASK_BEGIN;
	counter_add(&v->m.tx_count, 1);
	SPEND(cost_draw(sim_, &v->irq_cost));
	STEP();
	if (ring_look_avail(v->back.ring) && q->schedule(q, &v->napi)) {
		counter_add(&v->m.nr_napi_schedule, 1);
		waiter_wakes(&v->vif.wants_requests, "a kick");
	}
	if (!v->back.call_receive.ring)
		CALL(vif_kicked, &v->vif);
	TASK_END;
}

/* xenvif_rx_interrupt() */
static TASK(on_kick_receive)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	counter_add(&v->m.rx_interrupts, 1);
	SPEND(cost_draw(sim_, &v->irq_cost));
	CALL(vif_kicked, &v->vif);
	TASK_END;
}

static void build_costs(struct netback_napi *v)
{
	struct stage *s = &v->stage;

	stage_cost(s, &v->irq_cost, &v->p.irq_cost, "irq_cost");
	stage_cost(s, &v->poll_cost, &v->p.poll_cost, "poll_cost");
	stage_cost(s, &v->deliver_cost, &v->p.deliver_cost, "deliver_cost");
	stage_cost(s, &v->rx_start, &v->p.rx_start, "rx_start");
	stage_cost(s, &v->rx_cost, &v->p.rx_cost, "rx_cost");
	stage_cost(s, &v->rx_slot, &v->p.rx_slot, "rx_slot");
	pages_build(&v->pages, s, &v->p.pages, &v->m.mapped, &v->m.flushes);
}

static void netback_napi_build(struct stage *s)
{
	struct netback_napi *v = (struct netback_napi *)s;

	build_costs(v);
	v->back.on_kick = (struct work){.run = on_kick, .owner = v};
	v->back.on_kick_receive =
		(struct work){.run = on_kick_receive, .owner = v};
	v->back.max_slots = (unsigned)v->p.max_slots;
	s->back = &v->back;
	netback_napi_build_rx(v);
	netback_napi_build_tx(v);
}

static void netback_napi_start(struct stage *s)
{
	struct netback_napi *v = (struct netback_napi *)s;

	task_start(&v->thread);
	vif_start(&v->vif);
}

static void netback_napi_finish(struct stage *s)
{
	struct netback_napi *v = (struct netback_napi *)s;
	double packets = (double)v->m.total_packets.n;
	double slots = (double)v->m.total_reqs.n;
	double interrupts = (double)v->m.tx_count.n;
	double schedules = (double)v->m.nr_napi_schedule.n;

	v->m.ppi = packets / interrupts;
	v->m.spi = slots / interrupts;
	v->m.ppn = packets / schedules;
	v->m.spn = slots / schedules;
	v->m.busy = (double)cpu_busy(s->cpu) / (double)s->measure;
}

/* What it has offered to its peer is its own until the peer takes it. */
static uint64_t netback_napi_inside(const struct stage *s)
{
	const struct netback_napi *v = (const struct netback_napi *)s;

	return vif_inside(&v->vif) + (s->peer && s->peer->offered) +
	       netback_napi_tx_inside(v) + netback_napi_rx_inside(v);
}

static const struct param netback_napi_params[] = {
#define SELF struct pages_params
	PAGES_PARAMS(PARAM_ROW)
#undef SELF
#define SELF struct netback_napi_params
		NETBACK_NAPI_PARAMS(PARAM_ROW)
#undef SELF
};
#define SELF struct netback_napi_metrics
static const struct metric netback_napi_metrics[] = {
	NETBACK_NAPI_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type netback_napi_type = {
	.name = "netback_napi",
	.doc = "Linux's Xen netback of 3.12: a vif polled under NAPI.",
	.size = sizeof(struct netback_napi),
	STAGE_ROWS(netback_napi),
	.in = PLUG_VIF,
	.out = PLUG_LINK,
	.duplex = true,
	.home = HOME_DOM0,
	.build = netback_napi_build,
	.start = netback_napi_start,
	.finish = netback_napi_finish,
	.inside = netback_napi_inside,
};
