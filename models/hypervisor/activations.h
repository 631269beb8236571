/* SPDX-License-Identifier: MIT */
/*
 * Mirage's Activations: which threads wait for an event of which port, and in
 * what order an event wakes them. It is here that wakeups were lost: a thread
 * that waits for the consequence of an event, and is woken before the thread
 * that brings the consequence about, waits again, for an event that will not
 * come.
 *
 *	oldest_first	to 17 July 2013: waiters join at the right end, and one
 *			that waits again is visited again in the same pass. With
 *			two waiters on a port the pass goes on until one has
 *			what it wants: the vCPU is busy, nothing is lost.
 *	newest_first	18 July to 5 October 2013: they join at the left end;
 *			each is visited once, the newest first.
 *	counter		from 0.9.7 (`after`): a counter per port; who has not
 *			seen its newest event does not wait at all. The list is
 *			taken as a whole, oldest first.
 *
 * After mirage-platform, xen/lib/activations.ml, tags v0.9.6 and v0.9.7.
 *
 * In the first two a pass wakes every waiter of every port, whatever the event
 * was (a test for the port was disabled); so a key on the console can end a
 * stall. A port beyond the table (8 entries) wakes nobody.
 */
#ifndef HYPERVISOR_ACTIVATIONS_H
#define HYPERVISOR_ACTIVATIONS_H

#include "models/hypervisor/evtchn.h"
#include "sim/oracle.h"
#include "sim/plug.h"
#include "sim/rows.h"

enum wait_order { WAIT_OLDEST_FIRST, WAIT_NEWEST_FIRST, WAIT_COUNTER };
extern const struct choice wait_orders[];

/* A port as its waiters see it. */
struct waited_port {
	struct event_line line;
	struct activations *of;
	const char *name; /* of its events: `vif1.call` */
	unsigned port;
	uint64_t counter;   /* events so far */
	uint64_t called_in; /* the pass that sees to its last event */
	uint64_t walked_in; /* the pass that came to its waiters last */
	bool latched;	    /* an event came that no pass has seen to */
	struct line_wait *head, *tail;
	/* In the list of all, of those latched, of those called by a pass. */
	struct waited_port *next, *next_latched, *next_called;
};

/* For the oracle: a pass is bound to come in this turn of the main loop; it is
 * under way; it is over, or there may be none. */
enum turn { TURN_BEFORE_PASS, TURN_IN_PASS, TURN_AFTER_PASS };

struct activations {
	struct sim *sim;
	enum wait_order order;
	unsigned table; /* ports beyond are lost */
	bool wake_all;	/* each pass wakes every waiter of every port */
	enum turn turn;
	uint64_t pass; /* number of the pass */
	struct waited_port *ports, *last;
	struct waited_port *latched, *last_latched;
	struct waited_port **by_port; /* EVTCHN_PORTS */
	const char *because;	 /* what woke the guest last; NULL: unknown */
	struct counter *unheard; /* events that found nobody */
	struct cost *dispatch;	 /* to wake one thread */
	uint16_t id;		 /* as in note() */
	uint16_t domain_id;	 /* the same, of the domain */
	/* For the oracle; set by the main loop's owner. Is an event pending on
	 * this port that a look will find before the guest sleeps, or because
	 * of which it does not? Is another pass bound to come after the one
	 * that is under way or over? */
	bool (*will_see)(void *owner, unsigned port);
	bool (*will_turn)(void *owner);
	void *owner;
	/* Of a pass under way: the ports with events, and the place it has
	 * come to. */
	struct waited_port *called, *at;
	struct line_wait *wait, *next_wait;
};

/* The event line of a port; `name` is borrowed. At set-up. */
struct event_line *activations_line(struct activations *a, unsigned port,
				    const char *name);

/* The main loop found the port pending and cleared it. */
void activations_latch(struct activations *a, unsigned port);
/* For the oracle: in this way the port's pending event came to nought, unless a
 * pass yet sees to what was latched. */
void activations_spent(struct activations *a, unsigned port, enum cause cause);
/* What woke the guest is an event of this port, if nothing was known before. */
void activations_blame(struct activations *a, unsigned port);
bool activations_any(const struct activations *a);

/* A pass: wakes threads, and lets each run until it waits again before it wakes
 * the next. Owner: the struct activations. */
TASK(activations_run);

/* Lets every other thread of this vCPU run until it waits. */
TASK(activations_let_run);

#endif
