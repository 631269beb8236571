/* SPDX-License-Identifier: MIT */
/*
 * xen_netbk_rx_action(): from the thread's queue into the guests' buffers.
 *
 * One hypercall copies a batch; then each packet's responses are pushed. A
 * guest that asked for a call gets one, when all is pushed.
 */
#include "models/ring/netback.h"

static void take_buffers(struct netback_group *g, const struct rx_entry *e)
{
	struct netback *v = e->vif;
	struct ring *r = v->back.receive;
	uint16_t buffers = vif_buffers(e->packet);

	for (unsigned i = 0; i < buffers; i++)
		ring_pop(r);
	ring_popped(r);
	g->rx_slots += buffers;
	g->copy += cost_draw(v->stage.sim, &v->copy_slot) * buffers +
		   cost_draw(v->stage.sim, &v->rx_cost);
	counter_add(&v->m.rx_packets, 1);
	counter_add(&v->m.rx_slots, buffers);
	if (v->rx_batch != g->rx_batch)
		counter_add(&v->m.rx_batches, 1);
	v->rx_batch = g->rx_batch;
	note(v->stage.sim, v->stage.id, NOTE_TAKE, r->host.taken);
}

static bool is_full(const struct netback_group *g, const struct netback *v)
{
	return g->rx_slots + MAX_SKB_FRAGS >= v->back.receive->size;
}

static TASK(gather)
{
	struct netback_group *g = owner;
	struct rx_entry *e;

	TASK_BEGIN;
	g->rx_slots = 0;
	g->rx_batch++;
	e = netback_rx(g, g->rx_taken);
	g->copy = cost_draw(sim_, &e->vif->copy_start);
	while (netback_rx_work(g)) {
		STEP();
		e = netback_rx(g, g->rx_taken);
		take_buffers(g, e);
		g->rx_taken++;
		if (is_full(g, e->vif))
			break;
	}
	TASK_END;
}

/* Its call is due: once, when all are done. Until then its guest has somebody
 * who has not decided yet. */
void netback_notify_later(struct vif *vif)
{
	struct netback *v = (struct netback *)vif->stage;
	struct netback_group *g = v->group;

	if (v->to_notify) {
		/* the other push will call */
		vif_silent(vif, v->back.receive);
		return;
	}
	v->to_notify = true;
	v->next_notify = NULL;
	*g->notify_end = v;
	g->notify_end = &v->next_notify;
}

static TASK(respond)
{
	struct netback_group *g = owner;
	struct rx_entry *e = netback_rx(g, g->rx_done);

	TASK_BEGIN;
	STEP();
	vif_return_packet(&e->vif->vif, e->packet);
	e->packet = NULL;
	CALL(vif_push, &e->vif->vif);
	TASK_END;
}

static TASK(notify)
{
	struct netback_group *g = owner;
	struct netback *v = g->notify;

	TASK_BEGIN;
	for (; g->notify; g->notify = v->next_notify) {
		v = g->notify;
		v->to_notify = false;
		note(sim_, v->stage.id, NOTE_CALL,
		     v->back.receive->host.returned);
		CALL(netback_call, v);
		vif_called(&v->vif, v->back.receive);
	}
	TASK_END;
}

TASK(netback_rx_action)
{
	struct netback_group *g = owner;

	TASK_BEGIN;
	g->notify_end = &g->notify;
	CALL(gather, g);
	SPEND(g->copy);
	while (g->rx_done != g->rx_taken) {
		CALL(respond, g);
		g->rx_done++;
	}
	CALL(notify, g);
	TASK_END;
}
