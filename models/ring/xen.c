/* SPDX-License-Identifier: MIT */
/*
 * Xen's shared rings (Xen 4.3.0, xen/include/public/io/ring.h).
 *
 *	req_prod	avail		rsp_prod	used
 *	req_event	avail_event	rsp_event	used_event
 *
 * A push notifies if the event lies in (old, new]: if it is passed, as virtio
 * would say of an event one lower. So an event is kept here as the index it
 * follows, req_event - 1 and rsp_event - 1. The events of a fresh ring are 1:
 * the first push notifies.
 *
 * The difference to virtio is who moves an event, and when. An event that has
 * been passed is simply left behind, no entry that is taken moves it along, and
 * nobody says that he wants no notifications. Only a consumer who found the
 * ring empty sets it anew: to the entry after the last one he took
 * (RING_FINAL_CHECK_FOR_REQUESTS), or to a later one if fewer would not help
 * him. Then he must look again.
 *
 * Real indices have 32 bits; a stale event is met again after 65536 entries
 * here, as in virtio, for one superfluous notification.
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
	shm_store(r->shared.used_event, at);
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
	shm_store(r->shared.avail_event, at);
}

static void off(struct ring *r)
{
	(void)r;
}

/* Entries are waiting, and the newest lies beyond the event. */
static bool kick_owed(const struct ring *r)
{
	return r->shared.avail != r->host.taken &&
	       (int16_t)(r->shared.avail - r->shared.avail_event) > 0;
}

static bool call_owed(const struct ring *r)
{
	return r->shared.used != r->guest.reaped &&
	       (int16_t)(r->shared.used - r->shared.used_event) > 0;
}

const struct ring_type ring_xen = {
	.name = "xen",
	.kick_due = kick_due,
	.call_on = call_on,
	.call_off = off,
	.call_due = call_due,
	.kick_on = kick_on,
	.kick_off = off,
	.kick_owed = kick_owed,
	.call_owed = call_owed,
};
