/* SPDX-License-Identifier: MIT */
/* What xen.c, domain.c, xen_sleep.c and sched*.c share; nobody else's
 * business. */
#ifndef HYPERVISOR_XEN_INSIDE_H
#define HYPERVISOR_XEN_INSIDE_H

#include "models/hypervisor/napi.h"
#include "models/hypervisor/sched.h"

#define WEIGHT_DEFAULT 256 /* CSCHED_DEFAULT_WEIGHT */

#define XEN_PARAMS(P)                                                          \
	P(COUNT, pcpus, "8", "1", "64", "choice", "Physical CPUs.")            \
	P(CHOICE, scheduler, "pinned", sched_choices, 0, "choice",             \
	  "Which vCPU has which physical CPU.")                                \
	P(TIME, timeslice, "30ms", "1us", "1s",                                \
	  "Xen 4.3.0 common/sched_credit.c, CSCHED_DEFAULT_TSLICE_MS",         \
	  "How long a vCPU keeps its pCPU while its equals wait.")             \
	P(TIME, tick, "10ms", "1us", "1s",                                     \
	  "Xen 4.3.0 common/sched_credit.c, CSCHED_TICKS_PER_TSLICE",          \
	  "With credit: how often a vCPU that runs is looked at: it loses "    \
	  "its boost.")                                                        \
	P(TIME, ratelimit, "1ms", "0ns", "1s",                                 \
	  "Xen 4.3.0 include/xen/sched.h, SCHED_DEFAULT_RATELIMIT_US",         \
	  "With credit: a vCPU that has run for less is not preempted.")       \
	P(SWITCH, ratelimit_anew, "on", 0, 0,                                  \
	  "Xen 4.3.0 common/sched_credit.c, csched_schedule()",                \
	  "With credit: who comes too early for the rate limit waits for "     \
	  "all of it from then on; off, as in later versions: for the rest.")  \
	P(COST, evtchn_send, "1us", "0ns", "1ms", "guess",                     \
	  "To notify another domain; 0.3 to 3 us.")                            \
	P(COST, upcall, "0.7us", "0ns", "1ms", "guess",                        \
	  "To enter the guest's callback and to leave it; 0.5 to 1 us.")       \
	P(COST, hypercall, "0.3us", "0ns", "1ms", "guess",                     \
	  "Any other hypercall; 0.2 to 0.5 us.")                               \
	P(COST, wake, "5us", "0ns", "10ms", "guess",                           \
	  "From waking a vCPU to its running on a pCPU that idles: the "       \
	  "interrupt, the scheduler, the way out of a light sleep; 2 to 10 "   \
	  "us.")                                                               \
	P(COST, cstate_exit, "0ns", "0ns", "10ms", "guess",                    \
	  "More for a pCPU that sleeps deeply, as it does unless the vCPU "    \
	  "that left it polls; 30 to 150 us where deep sleep is on.")          \
	P(COST, context_switch, "1us", "0ns", "1ms", "guess",                  \
	  "From one vCPU to the next on a pCPU.")                              \
	P(SWITCH, unmasked_wakes_poller, "on", 0, 0,                           \
	  "Xen 4.3.0 common/event_channel.c, evtchn_set_pending(); the same "  \
	  "in 4.1 and 4.2",                                                    \
	  "Does an event on a port that is not masked end a SCHEDOP_poll? "    \
	  "Pediaditakis (mirageos-devel, Sep 2013) took it that it does not.") \
	P(TIME, timer_clamp, "100ms", "0ns", "1000s",                          \
	  "Xen 4.3.0 common/schedule.c, do_set_timer_op()",                    \
	  "When a timer fires that was set more than 2^50 ns ahead.")          \
	P(COUNT, dom0_vcpus, "4", "1", "16", "choice",                         \
	  "Virtual CPUs of domain 0.")                                         \
	P(COUNT, dom0_weight, "256", "1", "65535",                             \
	  "Xen 4.3.0 common/sched_credit.c, CSCHED_DEFAULT_WEIGHT",            \
	  "With credit: domain 0's share, where every other domain has 256.")  \
	P(COUNT, load_vcpus, "0", "0", "256", "choice",                        \
	  "Domains of one vCPU that do nothing but compute and sleep.")        \
	P(TIME, load_run, "2ms", "1us", "100s", "choice",                      \
	  "How long each computes, on average; exponential.")                  \
	P(TIME, load_sleep, "8ms", "1us", "100s", "choice",                    \
	  "How long each sleeps, on average; exponential.")                    \
	SOFTIRQ_PARAMS(P)

struct xen_params {
	XEN_PARAMS(PARAM_FIELD)
};

/* The load's vCPUs are in none of them. */
#define XEN_METRICS(M)                                                         \
	M(COUNTER, events, "1", "Events sent.")                                \
	M(COUNTER, merged, "1",                                                \
	  "Of these, those that found their port pending: nothing happens.")   \
	M(COUNTER, upcalls, "1", "Upcalls delivered.")                         \
	M(COUNTER, blocks, "1",                                                \
	  "SCHEDOP_block, and vCPUs of Linux that idle.")                      \
	M(COUNTER, polls, "1", "SCHEDOP_poll.")                                \
	M(COUNTER, returns, "1",                                               \
	  "Blocks and polls that did not sleep: something was pending.")       \
	M(COUNTER, einvals, "1", "Polls with too many ports: -EINVAL.")        \
	M(COUNTER, yields, "1", "SCHEDOP_yield.")                              \
	M(SPAN, woken, "ns", "From a vCPU's waking to its running.")           \
	M(SPAN, preempted, "ns",                                               \
	  "From a vCPU's losing its pCPU to its running again.")               \
	M(NUMBER, steal, "1",                                                  \
	  "How many vCPUs wanted a pCPU and had none, on average.")            \
	SOFTIRQ_METRICS(M)

struct xen_metrics {
	XEN_METRICS(METRIC_FIELD)
};

struct xen {
	struct stage stage;
	struct xen_params p;
	struct xen_metrics m;
	struct sched sched;
	struct domain *dom0;
	struct cost evtchn_send, upcall, hypercall, wake, cstate_exit;
	struct cost context_switch;
	struct net_rx *softirqs; /* domain 0's, one a vCPU */
	struct cost softirq;
};

extern const struct cpu_host xen_host;

static inline struct xen *xen_of(const struct domain *d)
{
	return (struct xen *)d->xen;
}

static inline struct evtchn_vcpu *events_of(const struct vcpu *v)
{
	return &v->domain->events.vcpus[v->number];
}

/* NULL: it is no vCPU of Xen's. */
static inline struct vcpu *vcpu_of(struct cpu *cpu)
{
	return cpu->host == &xen_host ? (struct vcpu *)cpu : NULL;
}

void xen_init_timers(struct vcpu *v);
/* Does what a send left to do. */
void xen_act_on(struct domain *d, unsigned vcpu, struct evtchn_sent sent);
/* On the way from Xen to a unikernel's guest code. Owner: the struct vcpu. */
TASK(xen_return_to_guest);

#endif
