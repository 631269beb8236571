/* SPDX-License-Identifier: MIT */
/*
 * host_stack: domain 0's own stack, at an end of a path. The backend hands it
 * packets in its own context, on its own vCPU; the program above, and TCP's
 * threads, run on another vCPU of domain 0 as long as there is one.
 */
#include "models/hypervisor/linux_inside.h"

#define HOST_STACK_PARAMS(P)                                                   \
	STACK_PARAMS(P)                                                        \
	CLOCK_PARAMS(P)

struct host_stack_params {
	HOST_STACK_PARAMS(PARAM_FIELD)
};

#define HOST_STACK_METRICS(M)                                                  \
	STACK_METRICS(M)                                                       \
	M(NUMBER, busy, "1", "Share of the time its program's vCPU was in use.")

struct host_stack_metrics {
	HOST_STACK_METRICS(METRIC_FIELD)
};

struct host_stack {
	struct linux_system system; /* comes first */
	struct host_stack_params p;
	struct host_stack_metrics m;
};

static void host_stack_build(struct stage *s)
{
	struct host_stack *h = (struct host_stack *)s;
	struct stack_conf stack = STACK_CONF(&h->p, &h->m);

	jiffies_init(&h->system.jiffies, s->cpu, h->p.jiffy,
		     stage_part(s, "timers"));
	s->cpu->slice = h->p.slice;
	linux_stack_build(&h->system.stack, s, &stack);
	s->link = s->rx;
}

static void host_stack_start(struct stage *s)
{
	struct host_stack *h = (struct host_stack *)s;

	jiffies_start(&h->system.jiffies);
	linux_stack_start(&h->system.stack);
}

static void host_stack_finish(struct stage *s)
{
	((struct host_stack *)s)->m.busy =
		(double)cpu_busy(s->cpu) / (double)s->measure;
}

static uint64_t host_stack_inside(const struct stage *s)
{
	return linux_stack_inside(&((const struct linux_system *)s)->stack);
}

#define SELF struct host_stack_params
static const struct param host_stack_params[] = {HOST_STACK_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct host_stack_metrics
static const struct metric host_stack_metrics[] = {
	HOST_STACK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type host_stack_type = {
	.name = "host_stack",
	.doc = "Domain 0's own network stack, for programs that run there.",
	.size = sizeof(struct host_stack),
	STAGE_ROWS(host_stack),
	.in = PLUG_NET,
	.out = PLUG_LINK,
	.duplex = true,
	.system = true,
	.home = HOME_DOM0,
	.threaded = true,
	.build = host_stack_build,
	.start = host_stack_start,
	.finish = host_stack_finish,
	.inside = host_stack_inside,
};
