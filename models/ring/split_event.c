/* SPDX-License-Identifier: MIT */
/*
 * The virtio split ring with VIRTIO_RING_F_EVENT_IDX.
 *
 * Each side publishes the index at which it wants to be notified. The other
 * notifies when a publication passes that index: once, because the next one
 * starts behind it. To suppress is to do nothing: the index is left where it
 * is, stale, and is passed again only 65536 entries later, when it costs one
 * superfluous notification.
 *
 * A side that wants notifications moves its index along with each entry it
 * takes: the guest to the entry it expects next, QEMU's host to the newest one
 * it has seen.
 *
 * After virtio 1.1, section 2.6.7 and 2.6.8; Linux 3.6
 * drivers/virtio/virtio_ring.c; QEMU hw/virtio.c of early 2013.
 */
#include "models/ring/flavours.h"

static bool kick_due(struct ring *r)
{
	uint16_t old = r->guest.asked;

	r->guest.asked = r->guest.added;
	return ring_passed(shm_load(r->shared.avail_event), r->guest.added,
			   old);
}

static void call_on(struct ring *r, uint16_t at)
{
	r->guest.call_on = true;
	r->guest.wants = at;
	shm_store(r->shared.used_event, at);
}

static void call_off(struct ring *r)
{
	r->guest.call_on = false;
}

static void reaped(struct ring *r)
{
	if (r->guest.call_on)
		shm_store(r->shared.used_event, r->guest.reaped);
}

static bool call_due(struct ring *r)
{
	uint16_t old = r->host.asked;

	r->host.asked = r->host.returned;
	return ring_passed(shm_load(r->shared.used_event), r->host.returned,
			   old);
}

static void kick_on(struct ring *r, uint16_t at)
{
	r->host.kick_on = true;
	shm_store(r->shared.avail_event, at);
}

static void kick_off(struct ring *r)
{
	r->host.kick_on = false;
}

static void popped(struct ring *r)
{
	if (r->host.kick_on)
		shm_store(r->shared.avail_event, r->host.seen);
}

const struct ring_type ring_split_event = {
	.name = "split_event",
	.kick_due = kick_due,
	.call_on = call_on,
	.call_off = call_off,
	.reaped = reaped,
	.call_due = call_due,
	.kick_on = kick_on,
	.kick_off = kick_off,
	.popped = popped,
	.kick_owed = ring_kick_owed,
	.call_owed = ring_call_owed,
};
