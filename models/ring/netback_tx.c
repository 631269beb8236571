/* SPDX-License-Identifier: MIT */
/*
 * xen_netbk_tx_action(): from the guest's transmit ring to the bridge.
 *
 * Packets are taken one a vif, round and round, until the list is empty or the
 * batch full; one hypercall copies them all. A vif whose ring looks empty
 * leaves the list, and it is asked to kick at that moment, before the copy: the
 * guest's next packet costs a kick although the thread has a batch to work on.
 * (rearm: after_delivery asks when that is done instead.)
 */
#include "models/ring/netback.h"

/* After vif_final_check(): goes on the list, or sleeps until a kick. */
static void stay_or_leave(struct netback *v)
{
	if (v->vif.visible)
		netback_schedule(v, "a look at the ring");
	else if (!v->listed)
		waiter_sleeps(&v->vif.wants_requests);
}

static void dry_push(struct netback *v)
{
	if (v->dry)
		return;
	v->dry = true;
	v->next_dry = v->group->dry;
	v->group->dry = v;
}

/* Looks, and asks to be kicked if there is nothing and now is the time. */
static TASK(look)
{
	struct netback *v = owner;

	TASK_BEGIN;
	if (v->p.rearm.which == REARM_BEFORE_COPY) {
		CALL(vif_final_check, &v->vif);
		TASK_RETURN;
	}
	STEP();
	vif_look(&v->vif);
	if (!v->vif.visible)
		dry_push(v);
	TASK_END;
}

/* Into the batch: the first slot holds the packet. What is visible is there as
 * a whole, so this is one access. A guest that overran its ring makes us read a
 * slot twice: the packet is taken out of it the first time. */
static void take_packet(struct netback *v)
{
	struct netback_group *g = v->group;
	struct tx_entry *e = &g->batch[g->n++];
	struct ring *r = v->back.ring;

	e->vif = v;
	e->packet = ring_pop(r);
	r->slots[(r->host.taken - 1) & (r->size - 1)] = NULL;
	e->slots = vif_slots(&v->vif, e->packet);
	for (unsigned i = 1; i < e->slots; i++)
		ring_pop(r);
	ring_popped(r);
	g->pending += e->slots;
	g->ops += e->slots;
}

static void count_packet(struct netback *v)
{
	struct netback_group *g = v->group;
	const struct tx_entry *e = &g->batch[g->n - 1];
	uint16_t slots = e->slots;
	struct sim *sim = v->stage.sim;

	if (g->n == 1)
		g->copy = cost_draw(sim, &v->copy_start);
	g->copy += cost_draw(sim, &v->copy_slot) * slots;
	counter_add(&v->m.tx_packets, e->packet != NULL);
	counter_add(&v->m.tx_slots, slots);
	if (v->tx_batch != g->tx_batch)
		counter_add(&v->m.tx_batches, 1);
	v->tx_batch = g->tx_batch;
	note(sim, v->stage.id, NOTE_TAKE, v->back.ring->host.taken);
}

static TASK(visit)
{
	struct netback *v = owner;

	TASK_BEGIN;
	CALL(look, v);
	if (v->vif.visible) {
		STEP();
		take_packet(v);
		count_packet(v);
		CALL(look, v);
	}
	if (v->vif.visible || v->p.rearm.which == REARM_BEFORE_COPY)
		stay_or_leave(v);
	TASK_END;
}

/* xen_netbk_tx_build_gops() */
static TASK(gather)
{
	struct netback_group *g = owner;

	TASK_BEGIN;
	g->n = g->ops = 0;
	g->tx_batch++;
	while (netback_tx_work(g) && g->ops < g->copy_ops) {
		g->visiting = g->list;
		g->list = g->visiting->next_listed;
		g->visiting->listed = false;
		CALL(visit, g->visiting);
	}
	TASK_END;
}

/* make_tx_response(): one push a slot, and a call if one is due. */
static TASK(respond)
{
	struct netback_group *g = owner;
	struct tx_entry *e = &g->batch[g->at];
	struct netback *v = e->vif;
	struct ring *r = v->back.ring;

	TASK_BEGIN;
	for (; e->slots; e->slots--) {
		vif_publishing(&v->vif, r);
		STEP();
		ring_return(r);
		ring_publish_used(r);
		shm_fence();
		g->pending--;
		STEP();
		if (r->type->call_due(r)) {
			note(sim_, v->stage.id, NOTE_CALL, r->host.returned);
			CALL(netback_call, v);
			vif_called(&v->vif, r);
		} else {
			vif_silent(&v->vif, r);
		}
	}
	TASK_END;
}

/* netif_rx_ni(): the bridge and the peer's start_xmit run here, in a softirq
 * that is served at once, so no backlog builds up. */
static TASK(deliver)
{
	struct netback_group *g = owner;
	struct tx_entry *e = &g->batch[g->at];
	struct port *peer = e->vif->stage.peer;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &e->vif->deliver_cost));
	peer->offered = e->packet;
	e->packet = NULL;
	CALL(peer->send, peer);
	assert(!peer->offered);
	TASK_END;
}

/* Now the guests may be asked to kick again. */
static TASK(rearm)
{
	struct netback_group *g = owner;

	TASK_BEGIN;
	while (g->dry) {
		g->visiting = g->dry;
		g->dry = g->visiting->next_dry;
		g->visiting->dry = false;
		if (g->visiting->listed)
			continue;
		CALL(vif_final_check, &g->visiting->vif);
		stay_or_leave(g->visiting);
	}
	TASK_END;
}

TASK(netback_tx_action)
{
	struct netback_group *g = owner;

	TASK_BEGIN;
	CALL(gather, g);
	if (g->n)
		SPEND(g->copy);
	for (g->at = 0; g->at < g->n; g->at++) {
		CALL(respond, g);
		if (g->batch[g->at].packet)
			CALL(deliver, g);
	}
	CALL(rearm, g);
	TASK_END;
}
