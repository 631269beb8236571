/* SPDX-License-Identifier: MIT */
#include "sim/packet.h"

#include "sim/poison.h"

#define BATCH 64 /* packets taken from the arena at a time */

const char *drop_reason_name(enum drop_reason why)
{
	switch (why) {
	case DROP_NO_ROOM:
		return "no_room";
	case NUM_DROP_REASONS:
		break;
	}
	return "?";
}

static void packet_put_back(struct packet *p)
{
	p->next = p->pool->idle;
	p->pool->idle = p;
	memory_poison(p, sizeof *p);
}

static void refill(struct packet_pool *pool)
{
	struct packet *batch = sim_alloc(pool->sim, BATCH * sizeof *batch);

	for (int i = 0; i < BATCH; i++) {
		batch[i].pool = pool;
		packet_put_back(&batch[i]);
	}
}

struct packet *packet_new(struct packet_pool *pool, uint32_t size)
{
	struct packet *p;

	if (unlikely(!pool->idle))
		refill(pool);
	p = pool->idle;
	memory_unpoison(p, sizeof *p);
	pool->idle = p->next;
	p->next = NULL;
	p->born = pool->sim->now;
	p->number = pool->made++;
	p->size = size;
	return p;
}

void packet_delivered(struct packet *p, uint16_t owner)
{
	p->pool->delivered++;
	note(p->pool->sim, owner, NOTE_DELIVER, p->number);
	packet_put_back(p);
}

void packet_dropped(struct packet *p, uint16_t owner, enum drop_reason why)
{
	p->pool->dropped[why]++;
	note(p->pool->sim, owner, NOTE_DROP, why);
	packet_put_back(p);
}

uint64_t packet_pool_inside(const struct packet_pool *pool)
{
	uint64_t ended = pool->delivered;

	for (int why = 0; why < NUM_DROP_REASONS; why++)
		ended += pool->dropped[why];
	return pool->made - ended;
}
