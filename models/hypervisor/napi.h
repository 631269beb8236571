/* SPDX-License-Identifier: MIT */
/*
 * Linux's receive softirq, net_rx_action() (Linux 3.6 net/core/dev.c and
 * kernel/softirq.c): who polls what drivers have scheduled.
 *
 * Each CPU has a list of scheduled NAPIs. A round polls the first one with its
 * weight. Who has used up all of it goes to the end of the list; who has not
 * stays in front, unless he has completed himself. A round ends when the list
 * is empty, or when it has handled `softirq_budget` packets or lasted
 * `softirq_time`, whichever comes first: that is a time squeeze, and another
 * round follows. After `softirq_restarts` rounds in a row the rest is left to
 * ksoftirqd, a thread like any other, so that programs run as well.
 *
 * To schedule who is scheduled already does nothing. Linux 4.11 and later
 * remember it (NAPIF_STATE_MISSED), and who completes is scheduled once more.
 */
#ifndef HYPERVISOR_NAPI_H
#define HYPERVISOR_NAPI_H

#include "sim/plug.h"
#include "sim/rows.h"

/* Rows of whoever has a CPU on which Linux runs. */
#define SOFTIRQ_PARAMS(P)                                                      \
	P(COUNT, softirq_budget, "300", "1", "1000000",                        \
	  "Linux net/core/dev.c, netdev_budget",                               \
	  "Packets that a round of the receive softirq handles, of all "       \
	  "devices of a CPU.")                                                 \
	P(TIME, softirq_time, "8ms", "1us", "10s",                             \
	  "Linux net/core/dev.c: 2 jiffies; of 4 ms where HZ is 250",          \
	  "How long a round of the receive softirq lasts at most.")            \
	P(COUNT, softirq_restarts, "10", "1", "1000000",                       \
	  "Linux 3.6 kernel/softirq.c, MAX_SOFTIRQ_RESTART",                   \
	  "Rounds in a row after which ksoftirqd goes on.")                    \
	P(SWITCH, ksoftirqd, "on", 0, 0, "Linux kernel/softirq.c",             \
	  "A thread does what is left after so many rounds; off: the softirq " \
	  "goes on until it is done.")                                         \
	P(TIME, ksoftirqd_delay, "0ns", "0ns", "10s", "guess",                 \
	  "How long that thread waits for the CPU.")                           \
	P(SWITCH, missed_bit, "off", 0, 0,                                     \
	  "Linux 4.11 net/core/dev.c, NAPIF_STATE_MISSED; none before",        \
	  "A notification that comes while a device is scheduled has it "      \
	  "polled once more.")                                                 \
	P(COST, softirq_cost, "0.3us", "0ns", "1ms", "guess",                  \
	  "What a round of the receive softirq takes beside its polls.")

#define SOFTIRQ_METRICS(M)                                                     \
	M(COUNTER, softirqs, "1", "Rounds of the receive softirq.")            \
	M(COUNTER, napi_polls, "1", "Polls of a device in them.")              \
	M(COUNTER, time_squeezes, "1",                                         \
	  "Rounds that ended with devices left to poll.")                      \
	M(COUNTER, ksoftirqds, "1", "Times ksoftirqd was left the rest.")

struct softirq_conf {
	int64_t budget, restarts;
	sim_time time, delay;
	bool ksoftirqd, missed;
	struct cost *cost; /* borrowed */
	struct counter *rounds, *polls, *squeezes, *deferred;
};

/* From rows and metrics that have these among them. */
#define SOFTIRQ_CONF(p, m, cost_)                                              \
	((struct softirq_conf){.budget = (p)->softirq_budget,                  \
			       .restarts = (p)->softirq_restarts,              \
			       .time = (p)->softirq_time,                      \
			       .delay = (p)->ksoftirqd_delay,                  \
			       .ksoftirqd = (p)->ksoftirqd,                    \
			       .missed = (p)->missed_bit,                      \
			       .cost = (cost_),                                \
			       .rounds = &(m)->softirqs,                       \
			       .polls = &(m)->napi_polls,                      \
			       .squeezes = &(m)->time_squeezes,                \
			       .deferred = &(m)->ksoftirqds})

/* The softirq of one CPU. */
struct net_rx {
	struct softirq softirq; /* comes first */
	struct softirq_conf conf;
	struct task task;
	struct signal raised;
	struct signal never; /* nobody raises it: sleep until a deadline */
	struct napi *head, *tail;
	struct napi *polled;
	/* of the round under way */
	int64_t left;
	sim_time end;
	int64_t rounds; /* in a row */
	bool as_thread; /* ksoftirqd has it */
};

/* `name` speaks in notes. At set-up. */
void net_rx_init(struct net_rx *q, struct cpu *cpu,
		 const struct softirq_conf *conf, const char *name);
void net_rx_start(struct net_rx *q);

#endif
