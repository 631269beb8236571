/* SPDX-License-Identifier: MIT */
/*
 * What a driver tells the oracle (sim/oracle.h): of itself, where it sleeps and
 * relies on a notification, and of the driver at the ring's other end, whom it
 * has to wake.
 */
#ifndef RING_SLEEPER_H
#define RING_SLEEPER_H

#include "sim/stage.h"

/* The oracle's questions; their argument is the stage. */
struct sleeper_asks {
	const char *who,
		*awaited; /* as in struct waiter: `worker`, `entries` */
	bool (*due)(void *stage);
	bool (*coming)(void *stage);
};

struct sleeper {
	struct waiter *other;  /* at the other end */
	struct doorbell *bell; /* that this driver rings */
	const char *notified;  /* what wakes this driver: `guest.kick` */
	struct waiter waiter;  /* this driver */
	struct waiter nobody;  /* stands at the other end where no one does */
};

/* When the stage is built: a guest's, a host's. */
void sleeper_init_guest(struct sleeper *z, struct stage *s, struct front *front,
			const struct sleeper_asks *asks);
void sleeper_init_host(struct sleeper *z, struct stage *s, struct back *back,
		       const struct sleeper_asks *asks);
/* When it is started. */
void sleeper_start_guest(struct sleeper *z, const struct front *front);
void sleeper_start_host(struct sleeper *z, const struct back *back);

/* This driver is about to publish. */
static inline void sleeper_publishing(struct sleeper *z)
{
	waiter_publishing(z->other);
}

/* It has decided that no notification was asked for. */
static inline void sleeper_silent(struct sleeper *z)
{
	waiter_decided(z->other, CAUSE_SUPPRESSED);
}

/* It has rung. If that came to nought and nobody says how, somebody on the way
 * has taken the notification. */
static inline void sleeper_rung(struct sleeper *z)
{
	unsigned char spent = z->bell->spent;

	waiter_decided(z->other, spent ? (enum cause)spent : CAUSE_CONSUMED);
}

#endif
