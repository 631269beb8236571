/* SPDX-License-Identifier: MIT */
/*
 * Xen's credit scheduler (common/sched_credit.c of 4.3.0).
 *
 * A vCPU that runs burns credit; every slice all that were found running earn
 * some, by weight. With credit left it is UNDER, in debt it is OVER. A pCPU
 * runs the first of its queue, which is sorted by these, equals in the order
 * in which they came; when that is nobody, or one in debt, it steals better
 * from its neighbours.
 *
 *	wake	one that is UNDER gets a BOOST, before everybody else. Its pCPU
 *		idles: it runs there; another one idles: that one takes it;
 *		else it preempts who is worse than it on its own pCPU
 *	tick	(10 ms) who is found running loses its boost, and begins to earn
 *	slice	(30 ms) who runs goes behind its equals
 *
 * So one that mostly sleeps is served at once, but for the rate limit of early
 * 2012: who has run for less than 1 ms goes on. That is the late wakeup of a
 * network domain with busy neighbours: 1 ms or nothing; and one in debt
 * gets no boost, it waits for slices of 30 ms.
 *
 * Credit is kept as the time it buys: 300 credits are a slice. Left out: caps,
 * cores that share something (a running vCPU is not moved to a better pCPU).
 * Queues are sorted when priorities change, not at the next tick.
 */
#include "models/hypervisor/xen_inside.h"

static sim_time slice(const struct sched *s)
{
	return s->xen->p.timeslice;
}

/* --- credit ------------------------------------------------------------- */

static void burn(struct sched *s, struct xen_vcpu *v)
{
	v->credit -= s->sim->now - v->burnt;
	v->burnt = s->sim->now;
}

static void start_earning(struct sched *s, struct xen_vcpu *v)
{
	v->earns = true;
	v->earner_before = NULL;
	v->next_earner = s->earners;
	if (s->earners)
		s->earners->earner_before = v;
	s->earners = v;
	s->weights += v->vcpu->domain->weight;
	if (!event_pending(s->sim, &s->account))
		event_at(s->sim, &s->account, time_add(s->sim->now, slice(s)));
}

/* It has more than it can spend: it starts a little ahead next time. */
static void stop_earning(struct sched *s, struct xen_vcpu *v)
{
	v->earns = false;
	v->credit /= 2;
	if (v->earner_before)
		v->earner_before->next_earner = v->next_earner;
	else
		s->earners = v->next_earner;
	if (v->next_earner)
		v->next_earner->earner_before = v->earner_before;
	s->weights -= v->vcpu->domain->weight;
}

static void set_priority(struct xen_vcpu *v, unsigned pri)
{
	struct pcpu *p = v->home;

	v->pri = (uint8_t)pri;
	if (v->state != VCPU_WAITING || v->queued == pri)
		return;
	vcpu_queue_remove(v);
	vcpu_queue_push(p, v, pri);
}

static void earn(struct sched *s, struct xen_vcpu *v, sim_time share)
{
	v->credit += share;
	if (v->credit < 0) {
		set_priority(v, PRI_OVER);
		if (v->credit < -slice(s))
			v->credit = -slice(s);
		return;
	}
	set_priority(v, PRI_UNDER);
	if (v->credit > slice(s))
		stop_earning(s, v);
}

/* csched_acct(): what all pCPUs can do in a slice is shared out by weight. Who
 * cannot use its share, a whole pCPU, leaves the rest to those behind it; debts
 * of all together are forgiven. */
static void account(struct sim *sim, struct event *ev)
{
	struct sched *s =
		(struct sched *)((char *)ev - offsetof(struct sched, account));
	double all = (double)slice(s) * s->n_pcpus,
	       weights = (double)s->weights;
	double left = weights, debt = s->balance < 0 ? -(double)s->balance : 0;
	struct xen_vcpu *v = s->earners, *next;

	all += debt;
	s->balance = 0;
	for (; v; v = next) {
		double weight = v->vcpu->domain->weight;
		double share = all * weight / weights;
		double most = (double)slice(s) + debt * weight / weights;

		next = v->next_earner;
		left -= weight;
		if (share > most && left > 0)
			all += (share - most) * weights / left;
		earn(s, v, (sim_time)(share < most ? share : most));
		s->balance += v->credit;
	}
	if (s->earners)
		event_at(sim, ev, time_add(sim->now, slice(s)));
}

static void ticks(struct sim *sim, struct event *ev)
{
	struct pcpu *p =
		(struct pcpu *)((char *)ev - offsetof(struct pcpu, tick));
	struct xen_vcpu *v = p->current;
	sim_time tick = p->sched->xen->p.tick;

	if (!v || v->state != VCPU_RUNNING)
		return; /* the next to arrive starts it again */
	if (v->pri == PRI_BOOST)
		v->pri = PRI_UNDER;
	burn(p->sched, v);
	if (!v->earns)
		start_earning(p->sched, v);
	event_at(sim, ev, time_add(sim->now, tick));
}

/* --- who runs ----------------------------------------------------------- */

/* The best of p's queue, if it is better than `than`. */
static struct xen_vcpu *first_better(const struct pcpu *p, unsigned than)
{
	for (unsigned pri = 0; p->n_queued && pri < than; pri++)
		if (p->queue[pri].head)
			return p->queue[pri].head;
	return NULL;
}

/* Of the first neighbour that has any. */
static struct xen_vcpu *find_work(const struct pcpu *p, unsigned than)
{
	const struct sched *s = p->sched;
	struct xen_vcpu *v = NULL;

	if (s->n_queued == p->n_queued)
		return NULL;
	for (unsigned i = 0; !v && i < s->n_pcpus; i++)
		if (i != p->number)
			v = first_better(&s->pcpus[i], than);
	return v;
}

static void run(struct pcpu *p, struct xen_vcpu *v)
{
	vcpu_queue_remove(v);
	sched_take(p, v);
}

/* p's own first, unless that is in debt and a neighbour has better. */
static void credit_next(struct pcpu *p)
{
	struct xen_vcpu *own = first_better(p, NUM_PRIS);
	struct xen_vcpu *v = own;

	if (!own || own->pri >= PRI_OVER)
		v = find_work(p, own ? PRI_OVER : NUM_PRIS);
	if (!v)
		v = own;
	if (v)
		run(p, v);
}

static void look_soon(struct pcpu *p)
{
	p->asked = true;
	if (p->current->state == VCPU_RUNNING)
		sched_look(p, p->sched->sim->now);
}

/* In turn, from the one that was woken last. */
static struct pcpu *next_idle(struct sched *s)
{
	uint64_t behind =
		s->tickled < 63 ? s->idle & ~(uint64_t)1 << s->tickled : 0;

	s->tickled = (unsigned)__builtin_ctzll(behind ? behind : s->idle);
	return &s->pcpus[s->tickled];
}

static void credit_wake(struct sched *s, struct xen_vcpu *v)
{
	struct pcpu *p = v->home;

	if (v->pri == PRI_UNDER)
		v->pri = PRI_BOOST;
	if (!p->current) {
		sched_take(p, v);
	} else if (s->idle) {
		sched_take(next_idle(s), v);
	} else {
		vcpu_queue_push(p, v, v->pri);
		if (v->pri < p->current->pri)
			look_soon(p);
	}
}

static void credit_arrived(struct pcpu *p)
{
	struct sched *s = p->sched;
	sim_time now = s->sim->now, tick = s->xen->p.tick;

	p->current->burnt = now;
	p->until = time_add(now, slice(s));
	sched_look(p, p->asked ? now : p->until);
	if (!event_pending(s->sim, &p->tick))
		event_at(s->sim, &p->tick, time_add(now, tick - now % tick));
}

static void credit_leaves(struct pcpu *p)
{
	burn(p->sched, p->current);
}

/* Behind its equals, of which it was the first; one that yields goes behind one
 * that is worse, too. */
static void requeue(struct pcpu *p, struct xen_vcpu *v)
{
	for (unsigned pri = v->pri + 1u; v->yielded && pri < NUM_PRIS; pri++)
		if (p->queue[pri].head) {
			vcpu_queue_push_second(p, v, pri);
			return;
		}
	vcpu_queue_push(p, v, v->pri);
}

/* Who should run instead of current; NULL: nobody. */
static struct xen_vcpu *rival(const struct pcpu *p)
{
	const struct xen_vcpu *cur = p->current;
	struct xen_vcpu *v =
		first_better(p, cur->yielded ? NUM_PRIS : cur->pri + 1u);
	unsigned pri = v ? v->pri : cur->pri;

	if (pri >= PRI_OVER) {
		struct xen_vcpu *better = find_work(p, PRI_OVER);

		v = better ? better : v;
	}
	return v;
}

static void choose(struct pcpu *p)
{
	struct xen_vcpu *v = rival(p), *cur = p->current;

	if (v)
		requeue(p, sched_leave(p));
	cur->yielded = false;
	p->asked = false;
	if (v) {
		run(p, v);
		return;
	}
	p->until = time_add(p->sched->sim->now, slice(p->sched));
	sched_look(p, p->until);
}

/* Who has not run for long is not preempted: it goes on, for a slice that is as
 * long as the limit, or (later versions) until it has run for that. */
static void go_on(struct pcpu *p)
{
	const struct xen_params *x = &p->sched->xen->p;
	sim_time from =
		x->ratelimit_anew ? p->sched->sim->now : p->current->since;

	p->asked = false;
	p->until = time_add(from, x->ratelimit);
	sched_look(p, p->until);
}

/* csched_schedule() while current could go on. */
static void credit_look(struct pcpu *p)
{
	struct sched *s = p->sched;
	sim_time now = s->sim->now;

	if (!p->asked && now < p->until) {
		sched_look(p, p->until);
		return;
	}
	burn(s, p->current);
	if (now - p->current->since < s->xen->p.ratelimit)
		go_on(p);
	else
		choose(p);
}

static void credit_start(struct sched *s)
{
	event_init(s->sim, &s->account, account);
	for (unsigned i = 0; i < s->n_pcpus; i++)
		event_init(s->sim, &s->pcpus[i].tick, ticks);
}

const struct sched_type sched_credit = {
	.start = credit_start,
	.wake = credit_wake,
	.next = credit_next,
	.arrived = credit_arrived,
	.leaves = credit_leaves,
	.look = credit_look,
};
