/* SPDX-License-Identifier: MIT */
/*
 * The oracle: it sees a wakeup being lost, and by which step.
 *
 * At every moment at which a waiter is asleep although its condition holds, and
 * no notification to it is pending or under way, a wakeup has been lost. A gap
 * in the traffic proves nothing; these three facts do, and a simulator knows
 * all three. A model declares a waiter for whoever goes to sleep and relies on
 * being woken, and says
 *
 *	due	does the condition hold, as it was armed or asked for?
 *	coming	is a notification pending or under way, or will the waiter look
 *		by itself (its own policy timer)?
 *
 * Both only look, and change nothing. They are asked where one of the facts may
 * have changed: when the waiter goes to sleep, when a producer has decided
 * whether to notify, when a notification has been used up. A producer between
 * publishing and deciding counts as under way. What is asked, and how often,
 * leaves the run and its trace hash as they are.
 *
 * A loss lasts until the waiter wakes, by whatever: that is its rescuer. It is
 * then a stall: one row of v_stall.
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include "sim/sim.h"

/* The step that lost it. */
enum cause {
	CAUSE_NONE,
	CAUSE_NEVER_SENT, /* the condition came true and nobody was to notify */
	CAUSE_SUPPRESSED, /* not sent: the threshold was stale */
	CAUSE_COALESCED,  /* merged into a pending one that came to nought */
	CAUSE_CONSUMED,	  /* another took it */
	CAUSE_MASKED,	  /* pending on a masked or unselected port */
	CAUSE_NOBODY,	  /* delivered when nobody was registered */
	CAUSE_EARLY,	  /* woken before its condition held; waits again */
	CAUSE_NO_RECHECK, /* asked, did not look again, slept */
	NUM_CAUSES
};

/* "never sent", "suppressed by a stale threshold", … as v_stall has them. */
const char *cause_name(enum cause cause);

#define STALL_EVENTS 24 /* notes kept of what led into a stall */

/* One lost wakeup. */
struct stall {
	sim_time start, end;
	const char *waiter, *awaited;
	const char *rescuer; /* "": it lasted to the end of the run */
	uint8_t cause;	     /* enum cause */
	uint16_t n_events;
	bool has_out;
	/* The notes of those it is about before the loss, oldest first, and the
	 * last one after it that can have woken it. */
	struct record events[STALL_EVENTS];
	struct record out;
};

#define WAITER_ABOUT 6

struct waiter {
	bool asleep;
	bool lost;
	bool blind;	 /* its condition held when it went to sleep */
	uint8_t suspect; /* enum cause: a step since it last looked */
	unsigned deciding;
	bool (*due)(void *arg);
	bool (*coming)(void *arg); /* NULL: never */
	void *arg;
	struct sim *sim;
	const char *name;    /* who waits: `sender.writer` */
	const char *awaited; /* for what: `free slots` */
	struct stall *open;  /* while lost */
	struct waiter *next;
	uint16_t id; /* speaks in the recorder */
	/* Whose notes tell its story; 0xffff ends the list. */
	uint16_t about[WAITER_ABOUT];
};

/* At most so many stalls are kept, the longest; all are counted. */
#define ORACLE_STALLS 2000

struct oracle {
	uint64_t n;    /* stalls that lasted into the time after the warm-up */
	sim_time lost; /* the time they took of it, added up over waiters */
	sim_time since;
	struct stall *stalls; /* ORACLE_STALLS; by start, once finished */
	unsigned n_stalls;
	unsigned shortest; /* of them, when there is no more room */
	struct waiter *waiters;
};

/* name and awaited are borrowed; they live as long as the run. */
void waiter_init(struct waiter *w, struct sim *sim, uint16_t id,
		 const char *name, const char *awaited);
/* The notes of this owner belong to its story. */
void waiter_about(struct waiter *w, uint16_t owner);

/* It is about to look at its condition: what happened before is history. */
static inline void waiter_looks(struct waiter *w)
{
	w->suspect = CAUSE_NONE;
}
/* It goes to sleep. */
void waiter_sleeps(struct waiter *w);
/* It was woken; `by` says what by and lives as long as the run. */
void waiter_wakes_slow(struct waiter *w, const char *by);
static inline void waiter_wakes(struct waiter *w, const char *by)
{
	w->asleep = false;
	if (unlikely(w->lost))
		waiter_wakes_slow(w, by);
}

/* Somebody is about to make its condition true, and will decide whether to
 * notify. */
static inline void waiter_publishing(struct waiter *w)
{
	w->deciding++;
}
void waiter_ask(struct waiter *w, enum cause cause);
/* He has decided, and sent what he decided to send. If the waiter should have
 * been woken and was not, `cause` is why, unless waiter_spent() has told. */
static inline void waiter_decided(struct waiter *w, enum cause cause)
{
	w->deciding--;
	if (unlikely(w->asleep))
		waiter_ask(w, cause);
}
/* A notification to it was used up in this way. */
static inline void waiter_spent(struct waiter *w, enum cause cause)
{
	w->suspect = (uint8_t)cause;
	if (unlikely(w->asleep))
		waiter_ask(w, cause);
}

/* The warm-up is over. */
void oracle_reset(struct sim *sim);
/* The run is over: ends what is open and sorts. */
void oracle_finish(struct sim *sim);

#endif
