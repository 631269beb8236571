/* SPDX-License-Identifier: MIT */
/*
 * The thread of a vif, vifX.Y-guest-rx (xenvif_kthread, xenvif_rx_action): from
 * the vif's device into the guest's buffers.
 */
#include "models/ring/netback_napi.h"

static void give(struct vif *vif, struct packet *p)
{
	struct netback_napi *v = (struct netback_napi *)vif->stage;

	p->next = NULL;
	*v->rx_end = p;
	v->rx_end = &p->next;
	signal_raise(&v->wake);
}

static struct packet *take(struct netback_napi *v)
{
	struct packet *p = v->rx;

	v->rx = p->next;
	if (!v->rx)
		v->rx_end = &v->rx;
	return p;
}

static void take_buffers(struct netback_napi *v, const struct packet *p)
{
	struct ring *r = v->back.receive;
	uint16_t buffers = vif_buffers(p);
	struct sim *sim = v->stage.sim;

	for (unsigned i = 0; i < buffers; i++)
		ring_pop(r);
	ring_popped(r);
	v->rx_buffers += buffers;
	v->copy += cost_draw(sim, &v->rx_cost) +
		   cost_draw(sim, &v->rx_slot) * buffers;
	counter_add(&v->m.rx_packets, 1);
	note(sim, v->stage.id, NOTE_TAKE, r->host.taken);
}

/* Those to be copied with one hypercall. */
static TASK(gather)
{
	struct netback_napi *v = owner;
	struct packet **end = &v->copied;
	struct packet *p;

	TASK_BEGIN;
	v->rx_buffers = 0;
	v->copy = cost_draw(sim_, &v->rx_start);
	counter_add(&v->m.rx_batches, 1);
	while (v->rx && v->rx_buffers + v->p.max_slots <=
				(unsigned)v->back.receive->size) {
		STEP();
		p = take(v);
		take_buffers(v, p);
		while (*end)
			end = &(*end)->next;
		p->next = NULL;
		*end = p;
	}
	TASK_END;
}

/* The guest is called once, when all are done. Until then it has somebody who
 * has not decided yet. */
static void notify_later(struct vif *vif)
{
	struct netback_napi *v = (struct netback_napi *)vif->stage;

	if (v->to_notify)
		vif_silent(vif, v->back.receive);
	v->to_notify = true;
}

static TASK(respond)
{
	struct netback_napi *v = owner;
	struct packet *p = v->copied;

	TASK_BEGIN;
	STEP();
	v->copied = p->next;
	p->next = NULL;
	vif_return_packet(&v->vif, p);
	CALL(vif_push, &v->vif);
	TASK_END;
}

static TASK(notify)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	v->to_notify = false;
	note(sim_, v->stage.id, NOTE_CALL, v->back.receive->host.returned);
	CALL(netback_napi_call_receive, v);
	vif_called(&v->vif, v->back.receive);
	TASK_END;
}

static TASK(rx_action)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	CALL(gather, v);
	SPEND(v->copy);
	while (v->copied)
		CALL(respond, v);
	if (v->to_notify)
		CALL(notify, v);
	TASK_END;
}

static TASK(thread)
{
	struct netback_napi *v = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&v->wake);
		v->wake.raised = false;
		while (v->rx)
			CALL(rx_action, v);
	}
	TASK_END;
}

void netback_napi_build_rx(struct netback_napi *v)
{
	struct stage *s = &v->stage;

	v->vif = (struct vif){.stage = s,
			      .back = &v->back,
			      .needed = (uint16_t)v->p.rx_needed,
			      .notify = v->p.rx_notify,
			      .recheck = v->p.recheck,
			      .queue_drops = &v->m.queue_drops,
			      .buffer_drops = &v->m.buffer_drops,
			      .stops = &v->m.stops,
			      .queued = &v->m.queue,
			      .give = give,
			      .notify_later = notify_later};
	vif_build(&v->vif, (unsigned)v->p.txqueuelen);
	v->rx_end = &v->rx;
	task_init(&v->thread, s->cpu, LEVEL_THREAD, thread, v,
		  stage_owner(s, "thread"));
	waiter_about(&v->vif.wants_room, v->thread.id);
}

uint64_t netback_napi_rx_inside(const struct netback_napi *v)
{
	uint64_t n = 0;

	for (const struct packet *p = v->rx; p; p = p->next)
		n++;
	for (const struct packet *p = v->copied; p; p = p->next)
		n++;
	return n;
}
