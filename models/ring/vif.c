/* SPDX-License-Identifier: MIT */
#include "models/ring/vif.h"

/* --- the transmit ring --------------------------------------------------- */

static bool requests_due(void *arg)
{
	const struct ring *r = ((struct vif *)arg)->back->ring;

	return r->type->kick_owed(r);
}

static bool requests_coming(void *arg)
{
	const struct vif *v = arg;

	return vif_kick_coming(v, v->back->ring);
}

void vif_look(struct vif *v)
{
	struct ring *r = v->back->ring;
	uint16_t in_work = (uint16_t)(r->host.taken - r->host.returned);
	uint16_t most = (uint16_t)(r->size - in_work);
	uint16_t n = ring_look_avail(r);

	v->visible = n < most ? n : most;
}

TASK(vif_final_check)
{
	struct vif *v = owner;
	struct ring *r = v->back->ring;

	TASK_BEGIN;
	STEP();
	waiter_looks(&v->wants_requests);
	vif_look(v);
	if (v->visible)
		TASK_RETURN;
	STEP();
	r->type->kick_on(r, r->host.taken);
	note(sim_, v->stage->id, NOTE_ARM, r->host.taken);
	shm_fence();
	if (!v->recheck)
		TASK_RETURN;
	STEP();
	waiter_looks(&v->wants_requests);
	vif_look(v);
	TASK_END;
}

uint16_t vif_slots(const struct vif *v, const struct packet *p)
{
	uint16_t slots = p && p->slots > 1 ? p->slots : 1;

	return slots < v->visible ? slots : v->visible;
}

/* --- the device ---------------------------------------------------------- */

/* What it waits for when it has stopped its queue. */
static bool room_due(void *arg)
{
	const struct vif *v = arg;
	const struct ring *r = v->back->receive;

	return (int16_t)(r->shared.avail - v->reserved) >= v->needed;
}

/* Somebody looks after each packet that the guest is given. */
static bool room_coming(void *arg)
{
	const struct vif *v = arg;

	return v->given || v->sending || vif_kick_coming(v, v->back->receive);
}

/* Buffers that are posted and promised to no packet. */
static int room(const struct vif *v)
{
	uint16_t posted = shm_load(v->back->receive->shared.avail);

	return (int16_t)(posted - v->reserved);
}

/* xen_netbk_rx_ring_full(), the other way round. */
static bool has_room(const struct vif *v)
{
	return room(v) >= v->needed;
}

/* xen_netbk_must_stop_queue(): too few buffers? Ask for a kick when there are
 * enough, look again. */
static TASK(must_stop)
{
	struct vif *v = owner;
	struct ring *r = v->back->receive;
	uint16_t at = (uint16_t)(v->reserved + v->needed - 1);

	TASK_BEGIN;
	STEP();
	waiter_looks(&v->wants_room);
	v->full = !has_room(v);
	if (!v->full)
		TASK_RETURN;
	STEP();
	r->type->kick_on(r, at);
	note(sim_, v->stage->id, NOTE_ARM, at);
	shm_fence();
	if (!v->recheck)
		TASK_RETURN;
	STEP();
	waiter_looks(&v->wants_room);
	v->full = !has_room(v);
	TASK_END;
}

/* Nothing has ever been posted. A real guest posts before its vif is up, and
 * nobody sends to it before that. */
static bool is_too_early(const struct vif *v)
{
	return !v->served && !v->back->receive->shared.avail;
}

static void drop(struct vif *v, struct packet *p, enum drop_reason why)
{
	if (why == DROP_NO_BUFFER && is_too_early(v) && !v->stage->remark)
		v->stage->remark =
			"the first packets came before the guest had posted a "
			"buffer, and were dropped: a TCP that sent them waits "
			"for a timeout";
	counter_add(why == DROP_VIF_QUEUE ? v->queue_drops : v->buffer_drops,
		    1);
	packet_dropped(p, v->stage->id, why);
}

/* xenvif_start_xmit(): reserves buffers and leaves the copying to a thread.
 * The queue is stopped for the next packet, not for this one. */
static TASK(start_xmit)
{
	struct vif *v = owner;
	struct packet *p = v->sending;

	TASK_BEGIN;
	STEP();
	if (!has_room(v) || room(v) < vif_buffers(p)) {
		v->sending = NULL;
		drop(v, p, DROP_NO_BUFFER);
		TASK_RETURN;
	}
	v->reserved = (uint16_t)(v->reserved + vif_buffers(p));
	v->served = true;
	v->full = false;
	if (v->notify)
		CALL(must_stop, v);
	if (v->full) {
		v->queue.stopped = true;
		counter_add(v->stops, 1);
		waiter_sleeps(&v->wants_room);
	}
	STEP();
	v->sending = NULL;
	v->given++;
	v->give(v, p);
	TASK_END;
}

/* __qdisc_run() */
static TASK(run_queue)
{
	struct vif *v = owner;
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
	if (v->queued->now != q->length)
		level_set(v->queued, sim_, q->length);
	TASK_END;
}

/* dev_queue_xmit(), in the context of whoever delivers. */
static TASK(link_send)
{
	struct port *port = owner;
	struct vif *v = port->owner;

	TASK_BEGIN;
	if (!vif_queue_put(&v->queue, port->offered))
		drop(v, port->offered, DROP_VIF_QUEUE);
	port->offered = NULL;
	CALL(run_queue, v);
	TASK_END;
}

/* netif_wake_queue(), if there is room. */
static void start_queue(struct vif *v, const char *by)
{
	if (!v->queue.stopped || !has_room(v))
		return;
	v->queue.stopped = false;
	waiter_wakes(&v->wants_room, by);
}

/* xenvif_notify_tx_completion() */
TASK(vif_completed)
{
	struct vif *v = owner;

	TASK_BEGIN;
	STEP();
	start_queue(v, "a packet given to the guest");
	CALL(run_queue, v);
	waiter_ask(&v->wants_room, CAUSE_NEVER_SENT);
	TASK_END;
}

/* --- the receive ring ---------------------------------------------------- */

void vif_return_packet(struct vif *v, struct packet *p)
{
	struct ring *r = v->back->receive;
	uint16_t buffers = vif_buffers(p);

	ring_return_packet(r, p);
	for (unsigned i = 1; i < buffers; i++)
		ring_return_packet(r, NULL);
}

TASK(vif_push)
{
	struct vif *v = owner;
	struct ring *r = v->back->receive;

	TASK_BEGIN;
	vif_publishing(v, r);
	STEP();
	ring_publish_used(r);
	note(sim_, v->stage->id, NOTE_PUT, r->host.returned);
	shm_fence();
	STEP();
	if (r->type->call_due(r))
		v->notify_later(v);
	else
		vif_silent(v, r);
	v->given--;
	if (v->queue.stopped)
		CALL(vif_completed, v);
	TASK_END;
}

TASK(vif_kicked)
{
	struct vif *v = owner;

	TASK_BEGIN;
	STEP();
	start_queue(v, "a kick");
	CALL(run_queue, v);
	TASK_END;
}

/* --- life --------------------------------------------------------------- */

static void declare_waiter(struct vif *v, struct waiter *w, const char *name,
			   const char *awaited)
{
	struct stage *s = v->stage;

	waiter_init(w, s->sim, s->id, stage_part(s, name), awaited);
	w->arg = v;
}

void vif_build(struct vif *v, unsigned limit)
{
	v->link = (struct port){.send = link_send, .owner = v};
	v->queue.limit = limit;
	v->stage->link = &v->link;
	declare_waiter(v, &v->wants_room, "queue", "receive buffers");
	v->wants_room.due = room_due;
	v->wants_room.coming = room_coming;
	v->back->wants_kick[1] = &v->wants_room;
	declare_waiter(v, &v->wants_requests, "tx", "requests");
	v->wants_requests.due = requests_due;
	v->wants_requests.coming = requests_coming;
	v->back->wants_kick[0] = &v->wants_requests;
}

/* A guest cannot post more buffers than its ring has slots. */
static void check_room(struct vif *v)
{
	struct stage *s = v->stage;

	if (v->needed <= v->back->receive->size)
		return;
	s->remark = sim_format(s->sim,
			       "rx_needed is %u, but its guest has only %u "
			       "receive buffers: no packet ever reaches the "
			       "guest",
			       v->needed, v->back->receive->size);
}

static void meet_guest(struct vif *v)
{
	const struct waiter *sends = vif_guest(v, v->back->ring);
	const struct waiter *receives = vif_guest(v, v->back->receive);

	if (sends) {
		waiter_about(&v->wants_requests, sends->id);
		waiter_about(&v->wants_requests, v->back->peer->id);
	}
	if (receives) {
		waiter_about(&v->wants_room, receives->id);
		waiter_about(&v->wants_room, v->back->peer->receive_id);
	}
}

void vif_start(struct vif *v)
{
	check_room(v);
	meet_guest(v);
	waiter_sleeps(&v->wants_requests);
}
