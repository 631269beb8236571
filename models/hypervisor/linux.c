/* SPDX-License-Identifier: MIT */
/*
 * linux: a guest with Linux, one vCPU. Its programs and TCP's threads are tasks
 * of one level; softirqs preempt them, interrupts both (napi.h, jiffies.h).
 *
 * TCP's threads are programs here. That fits Linux of the time for the data
 * (tcp_sendmsg) and for a program that waits in recv(), in whose context
 * arriving segments were handled and acknowledged (tcp_prequeue(), to 4.13);
 * what TCP sends in the softirq instead is a setting of tcp's.
 */
#include "models/hypervisor/linux_inside.h"

#define LINUX_PARAMS(P)                                                        \
	STACK_PARAMS(P)                                                        \
	SOFTIRQ_PARAMS(P)                                                      \
	CLOCK_PARAMS(P)

struct linux_guest_params {
	LINUX_PARAMS(PARAM_FIELD)
};

#define LINUX_METRICS(M)                                                       \
	STACK_METRICS(M)                                                       \
	SOFTIRQ_METRICS(M)                                                     \
	M(NUMBER, busy, "1", "Share of the time its vCPU was in use.")

struct linux_guest_metrics {
	LINUX_METRICS(METRIC_FIELD)
};

struct linux_guest {
	struct linux_system system; /* comes first */
	struct linux_guest_params p;
	struct linux_guest_metrics m;
	struct net_rx net_rx;
	struct cost softirq;
};

struct executor *linux_executor(struct stage *s)
{
	return &((struct linux_system *)s)->jiffies.executor;
}

struct timer_source *linux_timers(struct stage *s)
{
	return &((struct linux_system *)s)->jiffies.timers;
}

struct softirq *linux_softirq(struct stage *s)
{
	struct net_rx *q = ((struct linux_system *)s)->net_rx;

	return q ? &q->softirq : NULL;
}

static void linux_build(struct stage *s)
{
	struct linux_guest *g = (struct linux_guest *)s;
	struct softirq_conf softirq;
	struct stack_conf stack;

	stage_cost(s, &g->softirq, &g->p.softirq_cost, "softirq_cost");
	softirq = SOFTIRQ_CONF(&g->p, &g->m, &g->softirq);
	net_rx_init(&g->net_rx, s->cpu, &softirq, stage_part(s, "softirq"));
	g->system.net_rx = &g->net_rx;
	s->softirq = &g->net_rx.softirq;
	jiffies_init(&g->system.jiffies, s->cpu, g->p.jiffy,
		     stage_part(s, "timers"));
	s->cpu->slice = g->p.slice;
	stack = STACK_CONF(&g->p, &g->m);
	linux_stack_build(&g->system.stack, s, &stack);
}

static void linux_start(struct stage *s)
{
	struct linux_guest *g = (struct linux_guest *)s;

	net_rx_start(&g->net_rx);
	jiffies_start(&g->system.jiffies);
	linux_stack_start(&g->system.stack);
}

static void linux_finish(struct stage *s)
{
	((struct linux_guest *)s)->m.busy =
		(double)cpu_busy(s->cpu) / (double)s->measure;
}

static uint64_t linux_inside(const struct stage *s)
{
	return linux_stack_inside(&((const struct linux_system *)s)->stack);
}

#define SELF struct linux_guest_params
static const struct param linux_guest_params[] = {LINUX_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct linux_guest_metrics
static const struct metric linux_guest_metrics[] = {LINUX_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type linux_type = {
	.name = "linux",
	.doc = "A guest with Linux: network stack, softirq, timers.",
	.size = sizeof(struct linux_guest),
	STAGE_ROWS(linux_guest),
	.in = PLUG_NET,
	.out = PLUG_NET,
	.duplex = true,
	.system = true,
	.home = HOME_GUEST,
	.build = linux_build,
	.start = linux_start,
	.finish = linux_finish,
	.inside = linux_inside,
};
