/* SPDX-License-Identifier: MIT */
/*
 * The virtio split ring without event indices.
 *
 * Each side has one advisory flag: "do not notify me". The other reads it after
 * each publication. A side that was notified but has not come round to raising
 * its flag is notified again for every further entry: suppression takes effect
 * when the consumer has started, not when it was kicked. An index to be woken
 * at cannot be expressed; `at` is ignored.
 *
 * After virtio 1.1, section 2.6.7 and 2.6.8; Linux 3.6
 * drivers/virtio/virtio_ring.c.
 */
#include "models/ring/flavours.h"

static bool kick_due(struct ring *r)
{
	bool fresh = r->guest.asked != r->guest.added;

	r->guest.asked = r->guest.added;
	return fresh && !shm_load(r->shared.no_kick);
}

static void call_on(struct ring *r, uint16_t at)
{
	r->guest.call_on = true;
	r->guest.wants = at;
	shm_store(r->shared.no_call, false);
}

static void call_off(struct ring *r)
{
	r->guest.call_on = false;
	shm_store(r->shared.no_call, true);
}

static bool call_due(struct ring *r)
{
	bool fresh = r->host.asked != r->host.returned;

	r->host.asked = r->host.returned;
	return fresh && !shm_load(r->shared.no_call);
}

static void kick_on(struct ring *r, uint16_t at)
{
	(void)at;
	r->host.kick_on = true;
	shm_store(r->shared.no_kick, false);
}

static void kick_off(struct ring *r)
{
	r->host.kick_on = false;
	shm_store(r->shared.no_kick, true);
}

const struct ring_type ring_split_flags = {
	.name = "split_flags",
	.kick_due = kick_due,
	.call_on = call_on,
	.call_off = call_off,
	.call_due = call_due,
	.kick_on = kick_on,
	.kick_off = kick_off,
	.kick_owed = ring_kick_owed,
	.call_owed = ring_call_owed,
};
