/* SPDX-License-Identifier: MIT */
/* What mirage*.c share; nobody else's business. */
#ifndef HYPERVISOR_MIRAGE_INSIDE_H
#define HYPERVISOR_MIRAGE_INSIDE_H

#include "models/hypervisor/activations.h"
#include "models/hypervisor/mirage.h"

enum { LOOP_POLL, LOOP_BLOCK };
enum { UPCALLS_MASKED, UPCALLS_TAKEN };

#define MIRAGE_PARAMS(P)                                                       \
	P(CHOICE, loop, "block", loops, 0,                                     \
	  "mirage-platform v0.9.6 and v0.9.7, xen/lib/main.ml",                \
	  "How the main loop goes to sleep.")                                  \
	P(CHOICE, waiters, "counter", wait_orders, 0,                          \
	  "mirage-platform, xen/lib/activations.ml",                           \
	  "In what order an event wakes those who wait for it.")               \
	P(SWITCH, wake_all, "on", 0, 0,                                        \
	  "mirage-platform v0.9.6, activations.ml: the test is disabled",      \
	  "Any event wakes every waiter of every port; not with counter.")     \
	P(SWITCH, recheck, "on", 0, 0, "mirage-platform v0.9.7, main.ml",      \
	  "With block: look for events again after a pass, before sleeping.")  \
	P(SWITCH, poll_recheck, "off", 0, 0,                                   \
	  "mirage-platform v0.9.6, main.ml",                                   \
	  "With poll: look for events again after a pass, before sleeping.")   \
	P(COUNT, poll_ports, "10", "0", "4095",                                \
	  "mirage-platform v0.9.6, runtime/kernel/main.c",                     \
	  "With poll: ports 1 to this are polled.")                            \
	P(COUNT, port_table, "8", "1", "4096",                                 \
	  "mirage-platform to v1.1, NR_EVENTS",                                \
	  "Ports from this number on wake nobody.")                            \
	P(SWITCH, mask, "off", 0, 0,                                           \
	  "Pediaditakis, \"Improving the network-stack performance over "      \
	  "Xen\", mirageos-devel, 13 Sep 2013",                                \
	  "Mask the device's port.")                                           \
	P(CHOICE, upcalls, "masked", upcall_kinds, 0,                          \
	  "Pediaditakis, the same mail: what it takes to be the cause",        \
	  "Whether an upcall takes events while the guest runs.")              \
	P(COST, turn_cost, "0.5us", "1ns", "1ms", "guess",                     \
	  "One turn of the main loop, without what it wakes.")                 \
	P(COST, dispatch_cost, "0.1us", "1ns", "1ms", "guess",                 \
	  "To wake one thread.")                                               \
	P(COST, send_cost, "4us", "0ns", "1ms", "guess",                       \
	  "What a data packet takes of the stack on its way out.")             \
	P(COST, receive_cost, "3us", "0ns", "1ms", "guess",                    \
	  "What a data packet takes of the stack on its way in.")              \
	P(COST, small_send_cost, "1us", "0ns", "1ms", "guess",                 \
	  "The same on the way out for a packet up to 128 B.")                 \
	P(COST, small_receive_cost, "0.5us", "0ns", "1ms", "guess",            \
	  "The same on the way in for a packet up to 128 B.")                  \
	P(TIME, console_keys, "0ns", "0ns", "1000s", "choice",                 \
	  "Mean time between two keys on the console; 0: none.")

struct mirage_params {
	MIRAGE_PARAMS(PARAM_FIELD)
};

#define MIRAGE_METRICS(M)                                                      \
	M(COUNTER, sleeps, "1", "Times it asked Xen to sleep.")                \
	M(COUNTER, empty_sleeps, "1", "Of these, times it returned at once.")  \
	M(COUNTER, einvals, "1", "Polls that Xen refused.")                    \
	M(COUNTER, unheard, "1", "Events that found nobody waiting.")          \
	M(COUNTER, keys, "1", "Keys on the console.")                          \
	M(LEVEL, running, "1", "1 while it does not sleep.")                   \
	M(NUMBER, busy, "1", "Share of the time its vCPU was in use.")

struct mirage_metrics {
	MIRAGE_METRICS(METRIC_FIELD)
};

struct stack_port;

struct mirage {
	struct stage stage;
	struct mirage_params p;
	struct mirage_metrics m;
	struct vcpu *vcpu;
	struct activations activations;
	struct task task; /* the main loop */
	struct cost turn, dispatch;
	struct xen_poll poll;
	unsigned timer_port, console_port;
	bool asleep; /* in the hypercall, or on its way there and back */
	struct event key;
	gsl_rng *keys;
	/* mirage_timers.c */
	struct executor executor;
	struct timer_source timers;
	struct work_queue queue;
	struct timer *armed;
	struct work *work; /* running */
	/* mirage_stack.c */
	struct nic nic;
	struct port rx;
	struct stack_port *ports;
	struct cost send, receive, small_send, small_receive;
};

/* mirage_loop.c: the oracle's questions, the upcall, the main loop. */
void mirage_build_loop(struct mirage *m);

/* mirage_timers.c */
void mirage_build_timers(struct mirage *m);
/* When there is something to do: what is queued, the first timer. SIM_NEVER:
 * nothing is planned. */
sim_time mirage_next_due(const struct mirage *m);
/* What was queued first, or the work of a timer that is due; NULL: nothing. */
struct work *mirage_next_work(struct mirage *m);
/* Whatever else is pending by now, it was the first timer that woke it. */
void mirage_timer_woke(struct mirage *m);

/* mirage_stack.c */
void mirage_build_stack(struct mirage *m);
uint64_t mirage_inside(const struct stage *s);

#endif
