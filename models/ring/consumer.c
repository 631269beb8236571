/* SPDX-License-Identifier: MIT */
/*
 * The consumer of the notification theory, beside its producer in producer.c.
 *
 * It spends `work` (Wc) on each message and frees its slot; when that is asked
 * for it spends `notify` (Nc) and notifies. On an empty ring it asks to be
 * woken when producer.threshold (Kp) messages wait, looks again, sleeps, and
 * runs `startup` (Sc) after the notification.
 */
#include "models/ring/ring.h"
#include "models/ring/sleeper.h"
#include "models/ring/types.h"

#define CONSUMER_PARAMS(P)                                                     \
	P(COST, work, "1us", "0ns", "1s", "choice",                            \
	  "Time to consume one message (Wc).")                                 \
	P(COST, notify, "1us", "0ns", "1s", "choice",                          \
	  "Time a notification takes of the consumer (Nc).")                   \
	P(COST, startup, "1us", "0ns", "1s", "choice",                         \
	  "From being notified to running again (Sc).")                        \
	P(COUNT, threshold, "1", "1", "32768", "choice",                       \
	  "Slots freed before a sleeping producer is notified (Kc); "          \
	  "split_flags cannot express more than 1.")                           \
	P(SWITCH, recheck, "on", 0, 0, "virtio 1.1, section 2.6.7",            \
	  "Look again after asking for a notification; off is a bug to "       \
	  "study.")

struct consumer_params {
	CONSUMER_PARAMS(PARAM_FIELD)
};

#define CONSUMER_METRICS(M)                                                    \
	M(WINDOWED, rate, "pps", "Messages consumed.")                         \
	M(SPAN, latency, "ns", "From a message's making to its consumption.")  \
	M(COUNTER, calls, "1", "Notifications to the producer.")               \
	M(COUNTER, sleeps, "1", "Times it slept on an empty ring.")            \
	M(NUMBER, period, "ns", "Mean time per message.")                      \
	M(NUMBER, busy, "1", "Share of the time its CPU was in use.")

struct consumer_metrics {
	CONSUMER_METRICS(METRIC_FIELD)
};

struct consumer {
	struct stage stage;
	struct consumer_params p;
	struct consumer_metrics m;
	struct back back;
	struct sleeper sleeper;
	struct task task;
	struct signal kicked;
	struct packet *packet; /* the one it works on */
	struct cost work, notify, startup;
};

/* Ask, fence, look again, sleep. */
static TASK(wait_for_work)
{
	struct consumer *c = owner;
	struct ring *r = c->back.ring;
	uint16_t at = (uint16_t)(r->host.taken + r->kick_after - 1);

	TASK_BEGIN;
	c->kicked.raised = false;
	STEP();
	r->type->kick_on(r, at);
	note(sim_, c->stage.id, NOTE_ARM, at);
	shm_fence();
	STEP();
	waiter_looks(&c->sleeper.waiter);
	if (!c->p.recheck || ring_look_avail(r) == 0) {
		counter_add(&c->m.sleeps, 1);
		waiter_sleeps(&c->sleeper.waiter);
		AWAIT(&c->kicked);
		waiter_wakes(&c->sleeper.waiter, c->sleeper.notified);
	}
	STEP();
	r->type->kick_off(r);
	STEP();
	TASK_END;
}

static void end_of_packet(struct consumer *c)
{
	struct sim *sim = c->stage.sim;

	span_add(&c->m.latency, sim->now - c->packet->born);
	windowed_add(&c->m.rate, sim);
	packet_delivered(c->packet, c->stage.id);
	c->packet = NULL;
}

static TASK(give_back)
{
	struct consumer *c = owner;
	struct ring *r = c->back.ring;

	TASK_BEGIN;
	ring_return(r);
	sleeper_publishing(&c->sleeper);
	ring_publish_used(r);
	shm_fence();
	STEP();
	if (r->type->call_due(r)) {
		SPEND(cost_draw(sim_, &c->notify));
		counter_add(&c->m.calls, 1);
		note(sim_, c->stage.id, NOTE_CALL, r->host.returned);
		CALL(c->back.call.ring, &c->back.call);
		sleeper_rung(&c->sleeper);
	} else {
		sleeper_silent(&c->sleeper);
	}
	STEP();
	TASK_END;
}

static TASK(consume)
{
	struct consumer *c = owner;
	struct ring *r = c->back.ring;

	TASK_BEGIN;
	for (;;) {
		while (ring_look_avail(r) == 0)
			CALL(wait_for_work, c);
		STEP();
		c->packet = ring_pop(r);
		STEP();
		ring_popped(r);
		note(sim_, c->stage.id, NOTE_TAKE, r->host.taken);
		SPEND(cost_draw(sim_, &c->work));
		end_of_packet(c);
		CALL(give_back, c);
	}
	TASK_END;
}

static TASK(on_kick)
{
	struct consumer *c = owner;

	(void)me;
	(void)depth;
	waiter_wakes(&c->sleeper.waiter, c->sleeper.notified);
	signal_raise(&c->kicked);
	return DONE;
}

/* The oracle's questions. */

static bool kick_owed(void *arg)
{
	const struct ring *r = ((struct consumer *)arg)->back.ring;

	return r->type->kick_owed(r);
}

static bool kick_coming(void *arg)
{
	const struct consumer *c = arg;

	return c->kicked.raised ||
	       (c->back.peer && doorbell_coming(&c->back.peer->kick));
}

static const struct sleeper_asks asks = {"thread", "messages", kick_owed,
					 kick_coming};

static void consumer_build(struct stage *s)
{
	struct consumer *c = (struct consumer *)s;

	c->back.on_kick = (struct work){.run = on_kick, .owner = c};
	s->back = &c->back;
	sleeper_init_host(&c->sleeper, s, &c->back, &asks);
	stage_cost(s, &c->work, &c->p.work, "work");
	stage_cost(s, &c->notify, &c->p.notify, "notify");
	stage_cost(s, &c->startup, &c->p.startup, "startup");
	s->cpu->wake = &c->startup;
	task_init(&c->task, s->cpu, LEVEL_THREAD, consume, c, s->id);
}

static void consumer_start(struct stage *s)
{
	struct consumer *c = (struct consumer *)s;

	c->back.ring->call_after = (uint16_t)c->p.threshold;
	sleeper_start_host(&c->sleeper, &c->back);
	task_start(&c->task);
}

static void consumer_finish(struct stage *s)
{
	struct consumer *c = (struct consumer *)s;

	c->m.period =
		(double)s->measure / (double)SIM_NS / (double)c->m.latency.n;
	c->m.busy = (double)cpu_busy(s->cpu) / (double)s->measure;
}

static uint64_t consumer_inside(const struct stage *s)
{
	return ((const struct consumer *)s)->packet != NULL;
}

#define SELF struct consumer_params
static const struct param consumer_params[] = {CONSUMER_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct consumer_metrics
static const struct metric consumer_metrics[] = {CONSUMER_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type consumer_type = {
	.name = "consumer",
	.doc = "The consumer of the notification theory, on a CPU of its own.",
	.size = sizeof(struct consumer),
	STAGE_ROWS(consumer),
	.in = PLUG_RING,
	.out = PLUG_NONE,
	.home = HOME_OWN,
	.build = consumer_build,
	.start = consumer_start,
	.finish = consumer_finish,
	.inside = consumer_inside,
};
