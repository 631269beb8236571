/* SPDX-License-Identifier: MIT */
/*
 * Schedulers: which vCPU has which physical CPU.
 *
 * Here is what all of them share: a vCPU that is runnable waits, is on its way
 * to a pCPU (the interrupt, leaving the idle state, the switch), runs. A
 * scheduler is a type that says where a woken one goes, who comes after one
 * that left, and whom a pCPU prefers when it looks again. It acts only by
 * sched_take(), sched_leave() and sched_look().
 *
 * Everything on an idle machine stands still: no ticks, no slices are planned.
 */
#ifndef HYPERVISOR_SCHED_H
#define HYPERVISOR_SCHED_H

#include "models/hypervisor/xen.h"

enum { PRI_BOOST, PRI_UNDER, PRI_OVER, NUM_PRIS };

struct xen_vcpu {
	struct vcpu *vcpu;
	struct pcpu *home; /* where it ran last, runs, or waits */
	enum {
		VCPU_ASLEEP,
		VCPU_WAITING, /* for a pCPU */
		VCPU_COMING,
		VCPU_RUNNING
	} state;
	bool woken;   /* it waits since it woke; else since it was preempted */
	bool urgent;  /* it sleeps in a poll */
	bool yielded; /* it lets one go first */
	sim_time since;			/* runnable; or running */
	struct xen_vcpu *next, *before; /* in a queue of its home */
	uint8_t queued;			/* in which: enum PRI_ */
	/* credit: */
	uint8_t pri;
	bool earns;
	int64_t credit;
	sim_time burnt; /* up to when its running has been charged */
	struct xen_vcpu *next_earner, *earner_before;
};

struct vcpu_queue {
	struct xen_vcpu *head, *tail;
};

struct pcpu {
	struct sched *sched;
	unsigned number;
	struct xen_vcpu *current;	   /* runs or is coming; NULL: nobody */
	struct vcpu_queue queue[NUM_PRIS]; /* pinned uses the first alone */
	unsigned n_queued;
	unsigned n_urgent;    /* who sleep here */
	struct event arrival; /* of current */
	struct event look;    /* sched_look() */
	sim_time until;	      /* the slice's end */
	bool asked;	      /* to look, before the slice ends */
	/* credit: */
	struct event tick;
};

struct sched {
	const struct sched_type *type;
	struct xen *xen;
	struct sim *sim;
	struct pcpu *pcpus;
	unsigned n_pcpus;
	uint64_t idle;	 /* one bit per pCPU */
	unsigned placed; /* vCPUs so far */
	unsigned n_queued;
	/* credit: */
	unsigned tickled; /* the idle one that was woken last */
	struct xen_vcpu *earners;
	uint64_t weights; /* of the earners */
	sim_time balance; /* their credit after the last account */
	struct event account;
};

#define SCHED_PCPUS 64 /* bits of sched.idle */

struct sched_type {
	void (*start)(struct sched *s); /* optional: at set-up */
	/* v became runnable. */
	void (*wake)(struct sched *s, struct xen_vcpu *v);
	/* p has nobody: who is next? */
	void (*next)(struct pcpu *p);
	/* current begins to run; is about to sleep. Optional. */
	void (*arrived)(struct pcpu *p);
	void (*leaves)(struct pcpu *p);
	/* A look that was planned, or is as good as any: does current, who
	 * runs, go on? */
	void (*look)(struct pcpu *p);
};

extern const struct sched_type sched_pinned, sched_credit;
/* For a row of kind CHOICE. */
extern const struct choice sched_choices[];

void sched_init(struct sched *s, struct xen *xen);
/* A new vCPU, asleep. */
struct xen_vcpu *sched_add(struct sched *s, struct vcpu *v);

/* By the host of the vCPUs. */
void sched_wake(struct xen_vcpu *v);
void sched_sleep(struct xen_vcpu *v);
/* v, who runs, lets one go first. By a task of its own, which then pauses. */
void sched_give_way(struct xen_vcpu *v);

/* --- for schedulers ----------------------------------------------------- */

/* v, who is in no queue, gets the pCPU, which has nobody. */
void sched_take(struct pcpu *p, struct xen_vcpu *v);
/* current, who runs, loses it: nobody has it, v waits in no queue. Only from an
 * event. */
struct xen_vcpu *sched_leave(struct pcpu *p);

/* Plans a look at p for that time at the latest. */
static inline void sched_look(struct pcpu *p, sim_time at)
{
	struct sim *sim = p->sched->sim;

	if (event_due(sim, &p->look) > at)
		event_at(sim, &p->look, at);
}

void vcpu_queue_push(struct pcpu *p, struct xen_vcpu *v, unsigned queue);
/* Behind the first one, or first if there is none. */
void vcpu_queue_push_second(struct pcpu *p, struct xen_vcpu *v, unsigned queue);
void vcpu_queue_remove(struct xen_vcpu *v);
/* NULL: that queue is empty. */
struct xen_vcpu *vcpu_queue_pop(struct pcpu *p, unsigned queue);

#endif
