/* SPDX-License-Identifier: MIT */
/*
 * A vif as others see it: the interrupt handler of the guest's kicks, and the
 * network device that the bridge hands packets for the guest to.
 *
 * One event channel serves both rings: a kick may mean requests, or buffers.
 */
#include "models/ring/netback.h"

bool netback_kick_coming(const struct netback *v)
{
	return v->back.peer && doorbell_coming(&v->back.peer->kick);
}

TASK(netback_call)
{
	struct netback *v = owner;
	struct doorbell *call = &v->back.call;

	TASK_BEGIN;
	counter_add(&v->m.calls, 1);
	CALL(call->ring, call);
	TASK_END;
}

/* Buffers that are posted and promised to no packet. */
static int room(const struct netback *v)
{
	uint16_t posted = shm_load(v->back.receive->shared.avail);

	return (int16_t)(posted - v->reserved);
}

/* xen_netbk_rx_ring_full(), the other way round. */
static bool has_room(const struct netback *v)
{
	return room(v) >= v->p.rx_needed;
}

/* xen_netbk_must_stop_queue(): too few buffers? Ask for a kick when there are
 * enough, look again. */
static TASK(must_stop)
{
	struct netback *v = owner;
	struct ring *r = v->back.receive;
	uint16_t at = (uint16_t)(v->reserved + v->p.rx_needed - 1);

	TASK_BEGIN;
	STEP();
	waiter_looks(&v->wants_room);
	v->full = !has_room(v);
	if (!v->full)
		TASK_RETURN;
	STEP();
	r->type->kick_on(r, at);
	note(sim_, v->stage.id, NOTE_ARM, at);
	shm_fence();
	if (!v->p.recheck)
		TASK_RETURN;
	STEP();
	waiter_looks(&v->wants_room);
	v->full = !has_room(v);
	TASK_END;
}

static void drop(struct netback *v, struct packet *p, enum drop_reason why)
{
	counter_add(why == DROP_VIF_QUEUE ? &v->m.queue_drops
					  : &v->m.buffer_drops,
		    1);
	packet_dropped(p, v->stage.id, why);
}

/* xenvif_start_xmit(): reserves buffers and leaves the copying to the thread.
 * The queue is stopped for the next packet, not for this one. */
static TASK(start_xmit)
{
	struct netback *v = owner;
	struct packet *p = v->sending;

	TASK_BEGIN;
	STEP();
	if (!has_room(v) || room(v) < netback_buffers(p)) {
		v->sending = NULL;
		drop(v, p, DROP_NO_BUFFER);
		TASK_RETURN;
	}
	v->reserved = (uint16_t)(v->reserved + netback_buffers(p));
	v->full = false;
	if (v->p.rx_notify)
		CALL(must_stop, v);
	if (v->full) {
		v->queue.stopped = true;
		counter_add(&v->m.stops, 1);
		waiter_sleeps(&v->wants_room);
	}
	STEP();
	v->sending = NULL;
	netback_give(v, p);
	TASK_END;
}

/* __qdisc_run() */
static TASK(run_queue)
{
	struct netback *v = owner;
	struct vif_queue *q = &v->queue;

	TASK_BEGIN;
	if (q->running)
		TASK_RETURN;
	q->running = true;
	while (q->head && !q->stopped) {
		v->sending = vif_queue_take(q);
		CALL(start_xmit, v);
	}
	q->running = false;
	if (v->m.queue.now != q->length)
		level_set(&v->m.queue, sim_, q->length);
	TASK_END;
}

/* dev_queue_xmit(), in the context of whoever delivers. */
static TASK(link_send)
{
	struct port *port = owner;
	struct netback *v = port->owner;

	TASK_BEGIN;
	if (!vif_queue_put(&v->queue, port->offered))
		drop(v, port->offered, DROP_VIF_QUEUE);
	port->offered = NULL;
	CALL(run_queue, v);
	TASK_END;
}

/* netif_wake_queue(), if there is room. */
static void start_queue(struct netback *v, const char *by)
{
	if (!v->queue.stopped || !has_room(v))
		return;
	v->queue.stopped = false;
	waiter_wakes(&v->wants_room, by);
}

/* xenvif_notify_tx_completion() */
TASK(netback_completed)
{
	struct netback *v = owner;

	TASK_BEGIN;
	STEP();
	start_queue(v, "a packet given to the guest");
	CALL(run_queue, v);
	waiter_ask(&v->wants_room, CAUSE_NEVER_SENT);
	TASK_END;
}

/* xenvif_interrupt() */
TASK(netback_on_kick)
{
	struct netback *v = owner;

	TASK_BEGIN;
	counter_add(&v->m.kicks, 1);
	counter_add(&v->m.wasted_kicks, v->listed);
	netback_schedule(v, "a kick");
	STEP();
	start_queue(v, "a kick");
	CALL(run_queue, v);
	TASK_END;
}

void netback_link(struct netback *v)
{
	v->link = (struct port){.send = link_send, .owner = v};
	v->queue.limit = (unsigned)v->p.txqueuelen;
	v->stage.link = &v->link;
}
