/* SPDX-License-Identifier: MIT */
#include "models/ring/sleeper.h"

static void init(struct sleeper *z, struct stage *s,
		 const struct sleeper_asks *asks)
{
	waiter_init(&z->waiter, s->sim, s->id, stage_part(s, asks->who),
		    asks->awaited);
	z->waiter.due = asks->due;
	z->waiter.coming = asks->coming;
	z->waiter.arg = s;
	z->other = &z->nobody;
	z->notified = "";
}

void sleeper_init_guest(struct sleeper *z, struct stage *s, struct front *front,
			const struct sleeper_asks *asks)
{
	init(z, s, asks);
	z->bell = &front->kick;
	front->wants_call = &z->waiter;
}

void sleeper_init_host(struct sleeper *z, struct stage *s, struct back *back,
		       const struct sleeper_asks *asks)
{
	init(z, s, asks);
	z->bell = &back->call;
	back->wants_kick[0] = &z->waiter;
}

/* A notification is named after the stage that gives it. */
static void meet(struct sleeper *z, struct waiter *other, const char *what)
{
	struct sim *sim = z->waiter.sim;

	if (!other)
		return;
	z->other = other;
	waiter_about(&z->waiter, other->id);
	z->notified =
		sim_format(sim, "%s.%s", sim->owner_names[other->id], what);
}

void sleeper_start_guest(struct sleeper *z, const struct front *front)
{
	if (front->peer)
		meet(z, front->peer->wants_kick[0], "call");
}

void sleeper_start_host(struct sleeper *z, const struct back *back)
{
	if (back->peer)
		meet(z, back->peer->wants_call, "kick");
}
