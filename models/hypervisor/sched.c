/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/sched.h"

#include <assert.h>

#include "models/hypervisor/xen_inside.h"

const struct choice sched_choices[] = {
	{"pinned", PARAM_NONE, NULL, NULL,
	 "Each vCPU has a pCPU of its own, in turn; where there are too few, "
	 "those of one pCPU take turns."},
	{"credit", PARAM_NONE, NULL, NULL,
	 "Xen's credit scheduler: weights, boost, slices."},
	{0}};

static const struct sched_type *const types[] = {&sched_pinned, &sched_credit};

/* --- queues ------------------------------------------------------------- */

/* Behind `before`; NULL: in front. */
static void queue_insert(struct pcpu *p, struct xen_vcpu *v, unsigned queue,
			 struct xen_vcpu *before)
{
	struct vcpu_queue *q = &p->queue[queue];

	v->home = p;
	v->queued = (uint8_t)queue;
	v->before = before;
	v->next = before ? before->next : q->head;
	*(v->before ? &v->before->next : &q->head) = v;
	*(v->next ? &v->next->before : &q->tail) = v;
	p->n_queued++;
	p->sched->n_queued++;
}

void vcpu_queue_push(struct pcpu *p, struct xen_vcpu *v, unsigned queue)
{
	queue_insert(p, v, queue, p->queue[queue].tail);
}

void vcpu_queue_push_second(struct pcpu *p, struct xen_vcpu *v, unsigned queue)
{
	queue_insert(p, v, queue, p->queue[queue].head);
}

void vcpu_queue_remove(struct xen_vcpu *v)
{
	struct vcpu_queue *q = &v->home->queue[v->queued];

	*(v->before ? &v->before->next : &q->head) = v->next;
	*(v->next ? &v->next->before : &q->tail) = v->before;
	v->home->n_queued--;
	v->home->sched->n_queued--;
}

struct xen_vcpu *vcpu_queue_pop(struct pcpu *p, unsigned queue)
{
	struct xen_vcpu *v = p->queue[queue].head;

	if (v)
		vcpu_queue_remove(v);
	return v;
}

/* --- a vCPU's way ------------------------------------------------------- */

static uint64_t bit_of(const struct pcpu *p)
{
	return (uint64_t)1 << p->number;
}

/* From taking the pCPU to running on it. Who polls keeps the pCPU he left out
 * of deep sleep ("urgent" in Xen's cpuidle). */
static sim_time way(const struct pcpu *p)
{
	struct xen *x = p->sched->xen;
	struct sim *sim = p->sched->sim;
	sim_time d;

	if (!(p->sched->idle & bit_of(p)))
		return cost_draw(sim, &x->context_switch);
	d = cost_draw(sim, &x->wake);
	if (p->n_urgent == 0)
		d = time_add(d, cost_draw(sim, &x->cstate_exit));
	return d;
}

void sched_take(struct pcpu *p, struct xen_vcpu *v)
{
	struct sched *s = p->sched;

	assert(!p->current && v->state == VCPU_WAITING);
	event_at(s->sim, &p->arrival, time_add(s->sim->now, way(p)));
	s->idle &= ~bit_of(p);
	p->current = v;
	v->home = p;
	v->state = VCPU_COMING;
}

static void measure_wait(struct xen *x, const struct xen_vcpu *v)
{
	if (!v->vcpu->domain->load)
		span_add(v->woken ? &x->m.woken : &x->m.preempted,
			 x->stage.sim->now - v->since);
}

static void arrives(struct sim *sim, struct event *ev)
{
	struct pcpu *p =
		(struct pcpu *)((char *)ev - offsetof(struct pcpu, arrival));
	struct xen_vcpu *v = p->current;

	measure_wait(p->sched->xen, v);
	v->state = VCPU_RUNNING;
	v->since = sim->now;
	note(sim, v->vcpu->id, NOTE_ON, p->number);
	if (p->sched->type->arrived)
		p->sched->type->arrived(p);
	cpu_on(&v->vcpu->cpu);
}

static struct xen_vcpu *lose_pcpu(struct pcpu *p)
{
	struct xen_vcpu *v = p->current;

	assert(v->state == VCPU_RUNNING);
	note(p->sched->sim, v->vcpu->id, NOTE_OFF, p->number);
	cpu_off(&v->vcpu->cpu);
	p->current = NULL;
	return v;
}

struct xen_vcpu *sched_leave(struct pcpu *p)
{
	struct xen_vcpu *v = lose_pcpu(p);

	v->state = VCPU_WAITING;
	v->woken = false;
	v->since = p->sched->sim->now;
	return v;
}

void sched_wake(struct xen_vcpu *v)
{
	struct pcpu *slept_on = v->home;

	if (v->state != VCPU_ASLEEP)
		return;
	v->state = VCPU_WAITING;
	v->woken = true;
	v->since = slept_on->sched->sim->now;
	slept_on->sched->type->wake(slept_on->sched, v);
	slept_on->n_urgent -= v->urgent;
	v->urgent = false;
}

void sched_sleep(struct xen_vcpu *v)
{
	struct pcpu *p = v->home;
	struct sched *s = p->sched;

	if (s->type->leaves)
		s->type->leaves(p);
	lose_pcpu(p);
	v->state = VCPU_ASLEEP;
	p->n_urgent += v->urgent;
	s->type->next(p);
	if (!p->current)
		s->idle |= bit_of(p);
}

void sched_give_way(struct xen_vcpu *v)
{
	v->yielded = true;
	v->home->asked = true;
	sched_look(v->home, v->home->sched->sim->now);
}

static void looks(struct sim *sim, struct event *ev)
{
	struct pcpu *p =
		(struct pcpu *)((char *)ev - offsetof(struct pcpu, look));

	(void)sim;
	if (p->current && p->current->state == VCPU_RUNNING)
		p->sched->type->look(p);
}

/* --- at set-up ---------------------------------------------------------- */

void sched_init(struct sched *s, struct xen *xen)
{
	s->type = types[xen->p.scheduler.which];
	s->xen = xen;
	s->sim = xen->stage.sim;
	s->n_pcpus = (unsigned)xen->p.pcpus;
	s->pcpus = sim_alloc(s->sim, s->n_pcpus * sizeof *s->pcpus);
	for (unsigned i = 0; i < s->n_pcpus; i++) {
		struct pcpu *p = &s->pcpus[i];

		p->sched = s;
		p->number = i;
		s->idle |= bit_of(p);
		event_init(s->sim, &p->arrival, arrives);
		event_init(s->sim, &p->look, looks);
	}
	if (s->type->start)
		s->type->start(s);
}

struct xen_vcpu *sched_add(struct sched *s, struct vcpu *vcpu)
{
	struct xen_vcpu *v = sim_alloc(s->sim, sizeof *v);

	v->vcpu = vcpu;
	v->home = &s->pcpus[s->placed++ % s->n_pcpus];
	v->pri = PRI_UNDER;
	return v;
}
