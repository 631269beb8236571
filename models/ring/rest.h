/* SPDX-License-Identifier: MIT */
/*
 * Rest policies: what a consumer does when it finds nothing.
 *
 * Each time it has looked, and before it asks to be notified, the consumer
 * reports how many entries it found, and is told whether to look again without
 * asking. A policy knows time but spends none: what a look costs is the
 * driver's affair (a pass of QEMU's main loop, a turn of vhost's busy loop).
 */
#ifndef RING_REST_H
#define RING_REST_H

#include "sim/rows.h"

struct rest;

struct rest_type {
	/* Look again? `found` entries were found at `now`. Required. */
	bool (*again)(struct rest *r, sim_time now, unsigned found);
	/* It asked for a notification, found nothing and sleeps. Optional. */
	void (*slept)(struct rest *r);
};

struct rest {
	const struct rest_type *type;
	struct choice_value limit; /* the policy's argument */
	unsigned burst;		   /* a look finds so many at the most */
	int64_t tries;		   /* counted towards the limit */
	sim_time last;		   /* when something was found last */
	/* adaptive: */
	sim_time gap; /* from one find to the next, awake, when it is short */
	sim_time slept_gap; /* the same with a sleep in it */
	sim_time price;	    /* by how much that is longer */
	sim_time account;   /* time that may be lost now */
	sim_time counted;   /* when it was last brought up to date */
	bool slept;	    /* since `last` */
};

/* For a row of kind CHOICE: the policies' names, arguments and sentences. */
extern const struct choice rest_choices[];

void rest_init(struct rest *r, const struct choice_value *policy,
	       unsigned burst);

static inline bool rest_again(struct rest *r, sim_time now, unsigned found)
{
	return r->type->again(r, now, found);
}

static inline void rest_slept(struct rest *r)
{
	if (r->type->slept)
		r->type->slept(r);
}

#endif
