/* SPDX-License-Identifier: MIT */
#include "sim/packet.h"

#define BATCH 64 /* packets taken from the arena at a time */

const char *drop_reason_name(enum drop_reason why)
{
	switch (why) {
	case DROP_NO_ROOM:
		return "no_room";
	case DROP_VIF_QUEUE:
		return "vif_queue";
	case DROP_NO_BUFFER:
		return "no_buffer";
	case DROP_OVERWRITTEN:
		return "overwritten";
	case DROP_LINK:
		return "link";
	case DROP_TOO_MANY_SLOTS:
		return "too_many_slots";
	case NUM_DROP_REASONS:
		break;
	}
	return "?";
}

void packet_pool_refill(struct packet_pool *pool)
{
	struct packet *batch = sim_alloc(pool->sim, BATCH * sizeof *batch);

	for (int i = 0; i < BATCH; i++) {
		batch[i].pool = pool;
		packet_put_back(&batch[i]);
	}
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
