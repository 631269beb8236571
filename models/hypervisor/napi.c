/* SPDX-License-Identifier: MIT */
#include "models/hypervisor/napi.h"

/* --- the list ----------------------------------------------------------- */

static void push(struct net_rx *q, struct napi *n)
{
	n->next = NULL;
	if (q->head)
		q->tail->next = n;
	else
		q->head = n;
	q->tail = n;
}

static void unlink_napi(struct net_rx *q, struct napi *n)
{
	struct napi *before = NULL, *at = q->head;

	for (; at != n; at = at->next)
		before = at;
	if (before)
		before->next = n->next;
	else
		q->head = n->next;
	if (q->tail == n)
		q->tail = before;
}

/* ____napi_schedule() */
static bool schedule(struct softirq *softirq, struct napi *n)
{
	struct net_rx *q = (struct net_rx *)softirq;

	if (n->scheduled) {
		n->missed = q->conf.missed;
		return false;
	}
	n->scheduled = true;
	push(q, n);
	signal_raise(&q->raised);
	return true;
}

/* __napi_complete(); with the bit, napi_complete_done(). */
static bool complete(struct softirq *softirq, struct napi *n)
{
	struct net_rx *q = (struct net_rx *)softirq;

	unlink_napi(q, n);
	n->scheduled = false;
	if (!n->missed)
		return true;
	n->missed = false;
	schedule(softirq, n);
	return false;
}

/* --- the softirq -------------------------------------------------------- */

static TASK(poll_first)
{
	struct net_rx *q = owner;

	TASK_BEGIN;
	q->polled = q->head;
	q->polled->budget = q->polled->weight;
	q->polled->done = 0;
	counter_add(q->conf.polls, 1);
	CALL(q->polled->poll, q->polled);
	q->left -= q->polled->done;
	if (q->polled->scheduled && q->polled->done >= q->polled->budget) {
		unlink_napi(q, q->polled);
		push(q, q->polled);
	}
	TASK_END;
}

/* net_rx_action() */
static TASK(do_round)
{
	struct net_rx *q = owner;

	TASK_BEGIN;
	counter_add(q->conf.rounds, 1);
	q->left = q->conf.budget;
	q->end = time_add(sim_->now, q->conf.time);
	if (q->conf.cost->mean > 0)
		SPEND(cost_draw(sim_, q->conf.cost));
	while (q->head) {
		if (q->left <= 0 || sim_->now >= q->end) {
			counter_add(q->conf.squeezes, 1);
			TASK_RETURN;
		}
		CALL(poll_first, q);
	}
	TASK_END;
}

/* The rest is done by a thread, which waits for its turn. */
static TASK(become_thread)
{
	struct net_rx *q = owner;

	TASK_BEGIN;
	q->as_thread = true;
	counter_add(q->conf.deferred, 1);
	LEVEL(LEVEL_THREAD);
	if (q->conf.delay > 0)
		AWAIT_UNTIL(&q->never, time_add(sim_->now, q->conf.delay));
	TASK_END;
}

/* __do_softirq(), and run_ksoftirqd(). */
static TASK(serve)
{
	struct net_rx *q = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&q->raised);
		q->raised.raised = false;
		for (q->rounds = 1; q->head; q->rounds++) {
			CALL(do_round, q);
			if (!q->head || !q->conf.ksoftirqd)
				continue;
			if (!q->as_thread && q->rounds >= q->conf.restarts)
				CALL(become_thread, q);
			if (q->as_thread)
				YIELD();
		}
		q->as_thread = false;
		LEVEL(LEVEL_SOFTIRQ);
	}
	TASK_END;
}

void net_rx_init(struct net_rx *q, struct cpu *cpu,
		 const struct softirq_conf *conf, const char *name)
{
	q->softirq =
		(struct softirq){.schedule = schedule, .complete = complete};
	q->conf = *conf;
	task_init(&q->task, cpu, LEVEL_SOFTIRQ, serve, q,
		  sim_owner(cpu->sim, name));
}

void net_rx_start(struct net_rx *q)
{
	task_start(&q->task);
}
