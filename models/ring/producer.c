/* SPDX-License-Identifier: MIT */
/*
 * The producer of the notification theory (Rizzo, Lettieri, Maffione, 2016 to
 * 2018), beside its consumer in consumer.c.
 *
 * It spends `work` (Wp) on a message, publishes it, and when that is asked for
 * spends `notify` (Np) and notifies. On a full ring it asks to be woken when
 * the consumer has freed consumer.threshold (Kc) slots, looks again, sleeps,
 * and runs `startup` (Sp) after the notification. Both ends have an ideal CPU
 * of their own. With constant costs the time per message has closed forms, see
 * scenarios/theory.yaml.
 *
 * Whether suppression takes effect at the kick or only when the consumer has
 * started is the flavour's doing: split_event is passed once, split_flags is
 * kicked for every message until the consumer has raised its flag.
 */
#include "models/ring/flavours.h"
#include "models/ring/sleeper.h"
#include "models/ring/types.h"

#define PRODUCER_PARAMS(P)                                                     \
	P(POWER, slots, "256", "1", "32768", "choice",                         \
	  "Slots of the ring (L of the theory).")                              \
	P(CHOICE, ring, "split_event", ring_choices, 0,                        \
	  "virtio 1.1, section 2.6.7", "Flavour of the ring.")                 \
	P(COST, work, "1us", "0ns", "1s", "choice",                            \
	  "Time to make one message (Wp).")                                    \
	P(COST, notify, "1us", "0ns", "1s", "choice",                          \
	  "Time a notification takes of the producer (Np).")                   \
	P(COST, startup, "1us", "0ns", "1s", "choice",                         \
	  "From being notified to running again (Sp).")                        \
	P(COUNT, threshold, "1", "1", "32768", "choice",                       \
	  "Messages waiting before a sleeping consumer is notified (Kp); "     \
	  "split_flags cannot express more than 1.")                           \
	P(SWITCH, recheck, "on", 0, 0, "virtio 1.1, section 2.6.7",            \
	  "Look again after asking for a notification; off is a bug to "       \
	  "study.")                                                            \
	P(SIZE, size, "60B", "1B", "64KiB", "choice", "Size of a message.")

struct producer_params {
	PRODUCER_PARAMS(PARAM_FIELD)
};

#define PRODUCER_METRICS(M)                                                    \
	M(WINDOWED, rate, "pps", "Messages published.")                        \
	M(COUNTER, kicks, "1", "Notifications to the consumer.")               \
	M(COUNTER, sleeps, "1", "Times it slept on a full ring.")              \
	M(NUMBER, busy, "1", "Share of the time its CPU was in use.")

struct producer_metrics {
	PRODUCER_METRICS(METRIC_FIELD)
};

struct producer {
	struct stage stage;
	struct producer_params p;
	struct producer_metrics m;
	struct front front;
	struct sleeper sleeper;
	struct ring ring;
	struct task task;
	struct packet_pool pool;
	struct signal called;
	struct cost work, notify, startup;
};

static TASK(reap)
{
	struct producer *pr = owner;

	TASK_BEGIN;
	STEP();
	while (ring_look_used(&pr->ring) > 0) {
		STEP();
		ring_reap(&pr->ring);
		STEP();
	}
	STEP();
	TASK_END;
}

/* Ask, fence, look again, sleep. */
static TASK(wait_for_room)
{
	struct producer *pr = owner;
	struct ring *r = &pr->ring;
	uint16_t at = (uint16_t)(r->guest.reaped + r->call_after - 1);

	TASK_BEGIN;
	pr->called.raised = false;
	r->type->call_on(r, at);
	note(sim_, pr->stage.id, NOTE_ARM, at);
	shm_fence();
	STEP();
	waiter_looks(&pr->sleeper.waiter);
	if (!pr->p.recheck || ring_look_used(r) == 0) {
		counter_add(&pr->m.sleeps, 1);
		waiter_sleeps(&pr->sleeper.waiter);
		AWAIT(&pr->called);
		waiter_wakes(&pr->sleeper.waiter, pr->sleeper.notified);
	}
	STEP();
	r->type->call_off(r);
	CALL(reap, pr);
	TASK_END;
}

static TASK(publish)
{
	struct producer *pr = owner;
	struct ring *r = &pr->ring;

	TASK_BEGIN;
	STEP();
	sleeper_publishing(&pr->sleeper);
	ring_publish(r);
	note(sim_, pr->stage.id, NOTE_PUT, r->guest.added);
	windowed_add(&pr->m.rate, sim_);
	shm_fence();
	STEP();
	if (!r->type->kick_due(r)) {
		sleeper_silent(&pr->sleeper);
		TASK_RETURN;
	}
	SPEND(cost_draw(sim_, &pr->notify));
	counter_add(&pr->m.kicks, 1);
	note(sim_, pr->stage.id, NOTE_KICK, r->guest.added);
	CALL(pr->front.kick.ring, &pr->front.kick);
	sleeper_rung(&pr->sleeper);
	TASK_END;
}

static TASK(produce)
{
	struct producer *pr = owner;

	TASK_BEGIN;
	for (;;) {
		CALL(reap, pr);
		while (ring_free(&pr->ring) == 0)
			CALL(wait_for_room, pr);
		SPEND(cost_draw(sim_, &pr->work));
		ring_add(&pr->ring,
			 packet_new(&pr->pool, (uint32_t)pr->p.size));
		CALL(publish, pr);
	}
	TASK_END;
}

static TASK(on_call)
{
	struct producer *pr = owner;

	(void)me;
	(void)depth;
	waiter_wakes(&pr->sleeper.waiter, pr->sleeper.notified);
	signal_raise(&pr->called);
	return DONE;
}

/* The oracle's questions. */

static bool call_owed(void *arg)
{
	const struct ring *r = &((struct producer *)arg)->ring;

	return r->type->call_owed(r);
}

static bool call_coming(void *arg)
{
	const struct producer *pr = arg;

	return pr->called.raised ||
	       (pr->front.peer && doorbell_coming(&pr->front.peer->call));
}

static const struct sleeper_asks asks = {"thread", "free slots", call_owed,
					 call_coming};

static void producer_build(struct stage *s)
{
	struct producer *pr = (struct producer *)s;

	pr->pool.sim = s->sim;
	ring_init(&pr->ring, s->sim, ring_types[pr->p.ring.which],
		  (uint16_t)pr->p.slots);
	pr->ring.kick_after = (uint16_t)pr->p.threshold;
	pr->front.ring = &pr->ring;
	pr->front.on_call = (struct work){.run = on_call, .owner = pr};
	s->front = &pr->front;
	sleeper_init_guest(&pr->sleeper, s, &pr->front, &asks);
	stage_cost(s, &pr->work, &pr->p.work, "work");
	stage_cost(s, &pr->notify, &pr->p.notify, "notify");
	stage_cost(s, &pr->startup, &pr->p.startup, "startup");
	s->cpu->wake = &pr->startup;
	task_init(&pr->task, s->cpu, LEVEL_THREAD, produce, pr, s->id);
}

/* It has not asked for anything: the index is put where it is met last. With
 * that of a fresh device the first message would be notified, and a call that
 * comes too early can hold both sides in a cycle of early calls for good. */
static void producer_start(struct stage *s)
{
	struct producer *pr = (struct producer *)s;
	struct ring *r = &pr->ring;

	r->type->call_on(r, UINT16_MAX);
	r->type->call_off(r);
	sleeper_start_guest(&pr->sleeper, &pr->front);
	task_start(&pr->task);
}

static void producer_finish(struct stage *s)
{
	struct producer *pr = (struct producer *)s;

	pr->m.busy = (double)cpu_busy(s->cpu) / (double)s->measure;
}

static uint64_t producer_inside(const struct stage *s)
{
	return ring_inside(&((const struct producer *)s)->ring);
}

static uint64_t producer_made_inside(const struct stage *s)
{
	return packet_pool_inside(&((const struct producer *)s)->pool);
}

#define SELF struct producer_params
static const struct param producer_params[] = {PRODUCER_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct producer_metrics
static const struct metric producer_metrics[] = {PRODUCER_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type producer_type = {
	.name = "producer",
	.doc = "The producer of the notification theory, on a CPU of its own.",
	.size = sizeof(struct producer),
	STAGE_ROWS(producer),
	.in = PLUG_NONE,
	.out = PLUG_RING,
	.home = HOME_OWN,
	.build = producer_build,
	.start = producer_start,
	.finish = producer_finish,
	.inside = producer_inside,
	.made_inside = producer_made_inside,
};
