/* SPDX-License-Identifier: MIT */
#include "models/ring/backend.h"

/* Returns the slot and calls the guest if that is due. */
static TASK(give_back)
{
	struct backend *b = owner;
	struct ring *r = b->back.ring;

	TASK_BEGIN;
	ring_return(r);
	sleeper_publishing(&b->sleeper);
	ring_publish_used(r);
	shm_fence();
	STEP();
	if (r->type->call_due(r)) {
		note(sim_, b->stage->id, NOTE_CALL, r->host.returned);
		CALL(b->back.call.ring, &b->back.call);
		sleeper_rung(&b->sleeper);
	} else {
		sleeper_silent(&b->sleeper);
	}
	STEP();
	TASK_END;
}

TASK(backend_move_one)
{
	struct backend *b = owner;
	struct ring *r = b->back.ring;
	struct port *out = b->stage->out;

	TASK_BEGIN;
	STEP();
	b->packet = ring_pop(r);
	STEP();
	ring_popped(r);
	b->packets++;
	b->bytes += b->packet->size;
	note(sim_, b->stage->id, NOTE_TAKE, r->host.taken);
	counter_add(&b->m->packets, 1);
	SPEND(cost_draw(sim_, &b->packet_cost));
	out->offered = b->packet;
	CALL(out->send, out);
	assert(!out->offered);
	b->packet = NULL;
	CALL(give_back, b);
	TASK_END;
}

void backend_kick_on(struct backend *b)
{
	struct ring *r = b->back.ring;

	r->type->kick_on(r, r->host.seen);
	note(b->stage->sim, b->stage->id, NOTE_ARM, r->host.seen);
}

void backend_kick_off(struct backend *b)
{
	b->back.ring->type->kick_off(b->back.ring);
	note(b->stage->sim, b->stage->id, NOTE_DISARM, 0);
}

static bool kick_owed(void *arg)
{
	const struct ring *r = ((struct stage *)arg)->back->ring;

	return r->type->kick_owed(r);
}

bool backend_kick_coming(const struct backend *b)
{
	return b->back.peer && doorbell_coming(&b->back.peer->kick);
}

void backend_sleeper(struct backend *b, const char *who,
		     bool (*coming)(void *stage))
{
	const struct sleeper_asks asks = {who, "entries", kick_owed, coming};

	sleeper_init_host(&b->sleeper, b->stage, &b->back, &asks);
}

void backend_start(struct backend *b)
{
	sleeper_start_host(&b->sleeper, &b->back);
	waiter_sleeps(&b->sleeper.waiter);
}

void backend_build(struct backend *b, struct stage *s,
		   struct backend_metrics *m,
		   const struct cost_spec *packet_cost,
		   const struct choice_value *rest, unsigned burst)
{
	b->stage = s;
	b->m = m;
	rest_init(&b->rest, rest, burst);
	stage_cost(s, &b->packet_cost, packet_cost, "packet_cost");
	s->back = &b->back;
}

void backend_finish(struct backend *b)
{
	double packets = (double)b->m->packets.n;
	double kicks = (double)b->m->kicks.n;

	b->m->kicks_per_packet = kicks / packets;
	b->m->packets_per_kick = packets / kicks;
	b->m->busy =
		(double)cpu_busy(b->stage->cpu) / (double)b->stage->measure;
}

uint64_t backend_inside(const struct backend *b)
{
	return b->packet != NULL;
}
