/* SPDX-License-Identifier: MIT */
#include "models/ring/ring.h"

#include "models/ring/flavours.h"

const struct ring_type *const ring_types[] = {
	&ring_split_event, &ring_split_flags, &ring_none, &ring_xen, NULL};

const struct choice ring_choices[] = {
	[RING_SPLIT_EVENT] = {"split_event", PARAM_NONE, NULL, NULL,
			      "virtio split ring with event indices."},
	[RING_SPLIT_FLAGS] = {"split_flags", PARAM_NONE, NULL, NULL,
			      "virtio split ring with suppression flags."},
	[RING_NONE] = {"none", PARAM_NONE, NULL, NULL,
		       "An ideal ring that knows who sleeps."},
	[RING_XEN] = {"xen", PARAM_NONE, NULL, NULL,
		      "Xen's ring: events set only by who is about to sleep."},
	{0}};

void ring_init(struct ring *r, struct sim *sim, const struct ring_type *type,
	       uint16_t size)
{
	assert(size > 0 && (size & (size - 1)) == 0);
	*r = (struct ring){
		.type = type, .size = size, .kick_after = 1, .call_after = 1};
	r->slots = sim_alloc(sim, size * sizeof(struct packet *));
	r->guest.call_on = true;
	r->host.kick_on = true;
}

bool ring_kick_owed(const struct ring *r)
{
	return (uint16_t)(r->shared.avail - r->host.taken) >= r->kick_after;
}

bool ring_call_owed(const struct ring *r)
{
	int16_t ahead = (int16_t)(r->guest.wants - r->guest.reaped);
	uint16_t returned = (uint16_t)(r->shared.used - r->guest.reaped);

	return returned > (r->guest.call_on && ahead > 0 ? ahead : 0);
}

/* A guest may have overrun the ring: then each slot counts once. */
static uint64_t packets_in(const struct ring *r, uint16_t from, uint16_t to)
{
	uint64_t n = 0;

	/* Where the ring was overrun a slot would be counted twice. */
	if ((uint16_t)(to - from) > r->size)
		from = (uint16_t)(to - r->size);
	for (uint16_t i = from; i != to; i++)
		n += r->slots[i & (r->size - 1)] != NULL;
	return n;
}

uint64_t ring_packets_to_host(const struct ring *r)
{
	return packets_in(r, r->host.taken, r->guest.added);
}

uint64_t ring_packets_to_guest(const struct ring *r)
{
	return packets_in(r, r->guest.reaped, r->host.returned);
}
