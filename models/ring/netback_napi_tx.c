/* SPDX-License-Identifier: MIT */
/*
 * xenvif_poll(): from the guest's transmit ring to the stack.
 */
#include "models/ring/netback_napi.h"

/* Looks for another packet, and asks to be kicked if there is none. */
static TASK(look)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	if (v->p.rearm.which == NAPI_REARM_EARLY) {
		CALL(vif_final_check, &v->vif);
		TASK_RETURN;
	}
	STEP();
	vif_look(&v->vif);
	TASK_END;
}

/* xenvif_count_requests(): more slots than an skb here has fragments for. */
static void refuse(struct netback_napi *v, struct napi_entry *e)
{
	counter_add(&v->m.refused, 1);
	packet_dropped(e->packet, v->stage.id, DROP_TOO_MANY_SLOTS);
	e->packet = NULL;
}

/* Into the batch: the first slot holds the packet. What is visible is there as
 * a whole, so this is one access. */
static void take_packet(struct netback_napi *v)
{
	struct napi_entry *e = &v->batch[v->n++];
	struct ring *r = v->back.ring;

	e->packet = ring_pop(r);
	e->slots = vif_slots(&v->vif, e->packet);
	for (unsigned i = 1; i < e->slots; i++)
		ring_pop(r);
	ring_popped(r);
	note(v->stage.sim, v->stage.id, NOTE_TAKE, r->host.taken);
	counter_add(&v->m.total_packets, 1);
	counter_add(&v->m.total_reqs, e->slots);
	if (e->packet && e->slots > v->p.max_slots)
		refuse(v, e);
	else
		v->slots += e->slots;
}

static bool is_full(const struct netback_napi *v)
{
	const struct ring *r = v->back.ring;
	uint16_t pending = (uint16_t)(r->host.taken - r->host.returned);

	return pending + v->p.max_slots >= v->p.pool ||
	       (v->p.limit.which == LIMIT_BUDGET && v->n >= v->napi.budget);
}

/* xenvif_tx_build_gops() */
static TASK(gather)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	v->n = v->slots = 0;
	while (!is_full(v)) {
		CALL(look, v);
		if (!v->vif.visible)
			break;
		STEP();
		take_packet(v);
	}
	TASK_END;
}

/* make_tx_response(): one push a slot, and a call if one is due. */
static TASK(respond)
{
	struct netback_napi *v = owner;
	struct napi_entry *e = &v->batch[v->at];
	struct ring *r = v->back.ring;

	TASK_BEGIN;
	for (; e->slots; e->slots--) {
		vif_publishing(&v->vif, r);
		STEP();
		ring_return(r);
		ring_publish_used(r);
		shm_fence();
		STEP();
		if (r->type->call_due(r)) {
			note(sim_, v->stage.id, NOTE_CALL, r->host.returned);
			CALL(netback_napi_call, v);
			vif_called(&v->vif, r);
		} else {
			vif_silent(&v->vif, r);
		}
	}
	TASK_END;
}

/* netif_receive_skb(): the stack runs here. */
static TASK(deliver)
{
	struct netback_napi *v = owner;
	struct napi_entry *e = &v->batch[v->at];
	struct port *peer = v->stage.peer;

	TASK_BEGIN;
	SPEND(cost_draw(sim_, &v->deliver_cost));
	peer->offered = e->packet;
	e->packet = NULL;
	CALL(peer->send, peer);
	assert(!peer->offered);
	TASK_END;
}

/* xenvif_tx_submit(). What was refused is answered first, as it is found. */
static TASK(submit)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	for (v->at = 0; v->at < v->n; v->at++) {
		if (!v->pages.type->lent || !v->batch[v->at].packet)
			CALL(respond, v);
		if (v->batch[v->at].packet)
			CALL(deliver, v);
	}
	TASK_END;
}

static TASK(give_back)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	SPEND(pages_release(&v->pages, v->slots));
	for (v->at = 0; v->at < v->n; v->at++)
		CALL(respond, v);
	TASK_END;
}

/* xenvif_tx_action() */
static TASK(tx_action)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	CALL(gather, v);
	if (!v->n)
		TASK_RETURN;
	counter_add(&v->m.batches, 1);
	SPEND(pages_take(&v->pages, v->slots));
	CALL(submit, v);
	CALL(give_back, v);
	TASK_END;
}

static TASK(poll)
{
	struct napi *napi = owner;
	struct netback_napi *v = napi->owner;
	struct softirq *q = v->stage.softirq;

	TASK_BEGIN;
	counter_add(&v->m.polls, 1);
	SPEND(cost_draw(sim_, &v->poll_cost));
	v->n = 0;
	STEP();
	vif_look(&v->vif);
	if (v->vif.visible)
		CALL(tx_action, v);
	napi->done = v->n < napi->budget ? v->n : napi->budget;
	if (napi->done == napi->budget)
		TASK_RETURN;
	CALL(vif_final_check, &v->vif);
	if (!v->vif.visible && q->complete(q, napi))
		waiter_sleeps(&v->vif.wants_requests);
	TASK_END;
}

void netback_napi_build_tx(struct netback_napi *v)
{
	v->batch =
		sim_alloc(v->stage.sim, (size_t)v->p.pool * sizeof *v->batch);
	v->napi = (struct napi){
		.poll = poll, .owner = v, .weight = (unsigned)v->p.weight};
}

uint64_t netback_napi_tx_inside(const struct netback_napi *v)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < v->n; i++)
		n += v->batch[i].packet != NULL;
	return n;
}
