/* SPDX-License-Identifier: MIT */
/*
 * The flavour that does nothing: an ideal ring.
 *
 * A side that asks is notified once, by the first publication that reaches the
 * index it asked for, and until it asks again there is nothing to suppress.
 * No real memory protocol can do this (the question and the answer are one
 * step here), so what remains when the ring is free is the cost of everything
 * else. For the same reason nothing here is marked as an access to shared
 * memory: there is no moment between question and answer. It is also the
 * smallest file to copy for a flavour of your own.
 */
#include "models/ring/flavours.h"

static bool reached(uint16_t at, uint16_t now)
{
	return (int16_t)(now - at) > 0;
}

static bool kick_due(struct ring *r)
{
	bool due = r->host.kick_on &&
		   reached(r->shared.avail_event, r->guest.added);

	if (due)
		r->host.kick_on = false;
	return due;
}

static void call_on(struct ring *r, uint16_t at)
{
	r->guest.call_on = true;
	r->guest.wants = at;
	r->shared.used_event = at;
}

static void call_off(struct ring *r)
{
	r->guest.call_on = false;
}

static bool call_due(struct ring *r)
{
	bool due = r->guest.call_on &&
		   reached(r->shared.used_event, r->host.returned);

	if (due)
		r->guest.call_on = false;
	return due;
}

static void kick_on(struct ring *r, uint16_t at)
{
	r->host.kick_on = true;
	r->shared.avail_event = at;
}

static void kick_off(struct ring *r)
{
	r->host.kick_on = false;
}

const struct ring_type ring_none = {
	.name = "none",
	.kick_due = kick_due,
	.call_on = call_on,
	.call_off = call_off,
	.call_due = call_due,
	.kick_on = kick_on,
	.kick_off = kick_off,
	.kick_owed = ring_kick_owed,
	.call_owed = ring_call_owed,
};
