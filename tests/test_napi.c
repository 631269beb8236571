/* SPDX-License-Identifier: MIT */
/*
 * The receive softirq against hand-worked tables: weight, budget, time, the
 * missed bit, ksoftirqd. A diary says who took how many packets when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "models/hypervisor/napi.h"

struct device {
	struct napi napi;
	struct stand *st;
	char name;
	unsigned packets; /* to be taken */
	sim_time each;
	unsigned lazy;	/* polls that do not complete although they could */
	unsigned again; /* times it is scheduled while it polls */
};

struct counts {
	struct counter softirqs, napi_polls, time_squeezes, ksoftirqds;
};

struct rows {
	SOFTIRQ_PARAMS(PARAM_FIELD)
};

struct stand {
	struct sim *sim;
	struct cpu cpu;
	struct net_rx q;
	struct cost cost;
	struct counts m;
	struct device devices[4];
	struct task thread;
	unsigned turns; /* of the thread */
	char diary[4096];
	size_t written;
};

__attribute__((format(printf, 2, 3))) static void
write_down(struct stand *st, const char *format, ...)
{
	size_t left = sizeof st->diary - st->written;
	va_list args;

	va_start(args, format);
	st->written +=
		(size_t)vsnprintf(st->diary + st->written, left, format, args);
	va_end(args);
	assert_true(st->written < sizeof st->diary);
}

static TASK(poll)
{
	struct napi *n = owner;
	struct device *d = n->owner;
	struct softirq *softirq = &d->st->q.softirq;

	TASK_BEGIN;
	n->done = d->packets < n->budget ? d->packets : n->budget;
	d->packets -= n->done;
	write_down(d->st, "%g %c %u\n", (double)sim_->now / SIM_US, d->name,
		   n->done);
	SPEND(d->each * n->done);
	if (d->again) {
		d->again--;
		assert_false(softirq->schedule(softirq, n));
	}
	if (n->done == n->budget)
		TASK_RETURN;
	if (d->lazy)
		d->lazy--;
	else if (!softirq->complete(softirq, n))
		write_down(d->st, "%c missed\n", d->name);
	TASK_END;
}

static TASK(compute)
{
	struct stand *st = owner;

	TASK_BEGIN;
	for (; st->turns > 0; st->turns--) {
		write_down(st, "%g thread\n", (double)sim_->now / SIM_US);
		SPEND(5 * SIM_US);
		YIELD();
	}
	TASK_END;
}

static const struct param params[] = {
#define SELF struct rows
	SOFTIRQ_PARAMS(PARAM_ROW)
#undef SELF
};

/* `sets`: NULL, or row and value, alternating. */
static struct stand *stand_new(const char *const *sets)
{
	struct sim *sim = sim_new(16 << 20, 1);
	struct stand *st = sim_alloc(sim, sizeof *st);
	struct rows *p = sim_alloc(sim, sizeof *p);
	struct softirq_conf conf;
	char why[128];

	params_default(params, sizeof params / sizeof *params, p);
	p->softirq_cost.mean = 0;
	for (; sets && *sets; sets += 2)
		for (unsigned i = 0; i < sizeof params / sizeof *params; i++)
			if (strcmp(params[i].name, *sets) == 0)
				assert_true(
					param_parse(&params[i], sets[1],
						    param_field(&params[i], p),
						    why, sizeof why));
	st->sim = sim;
	cpu_init(&st->cpu, sim, NULL);
	cost_init(&st->cost, sim, &p->softirq_cost, "cost");
	conf = SOFTIRQ_CONF(p, &st->m, &st->cost);
	net_rx_init(&st->q, &st->cpu, &conf, "softirq");
	task_init(&st->thread, &st->cpu, LEVEL_THREAD, compute, st, 0);
	net_rx_start(&st->q);
	return st;
}

static struct device *device_new(struct stand *st, unsigned i, unsigned weight,
				 unsigned packets, sim_time each)
{
	struct device *d = &st->devices[i];

	d->napi = (struct napi){.poll = poll, .owner = d, .weight = weight};
	d->st = st;
	d->name = (char)('a' + i);
	d->packets = packets;
	d->each = each;
	assert_true(st->q.softirq.schedule(&st->q.softirq, &d->napi));
	return d;
}

static void must_write(struct stand *st, const char *diary)
{
	assert_int_equal(sim_run(st->sim, st->sim->now + SIM_SEC), SIM_OK);
	assert_string_equal(st->diary, diary);
}

static void must_count(const struct stand *st, unsigned rounds, unsigned polls,
		       unsigned squeezes)
{
	assert_int_equal(st->m.softirqs.n, rounds);
	assert_int_equal(st->m.napi_polls.n, polls);
	assert_int_equal(st->m.time_squeezes.n, squeezes);
}

/* A poll takes its weight; who has used it up goes behind the others. */
static void weight(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 100, 0);
	device_new(st, 1, 16, 40, 0);
	must_write(st, "0 a 64\n0 b 16\n0 a 36\n0 b 16\n0 b 8\n");
	must_count(st, 1, 5, 0);
	sim_free(st->sim);
}

/* Exactly its weight: it is polled once more, and finds nothing. */
static void exactly_the_weight(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 64, 0);
	must_write(st, "0 a 64\n0 a 0\n");
	sim_free(st->sim);
}

/* Who has not used it up and stays scheduled stays in front. */
static void stays_in_front(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 3, 0)->lazy = 1;
	device_new(st, 1, 64, 2, 0);
	must_write(st, "0 a 3\n0 a 0\n0 b 2\n");
	sim_free(st->sim);
}

/* 300 a round: after 5 polls of 64 it is overdrawn. */
static void budget(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 1000, 0);
	sim_run(st->sim, SIM_SEC);
	must_count(st, 4, 16, 3);
	sim_free(st->sim);
}

/* Exactly used up: the round ends. */
static void budget_to_the_last(void **state)
{
	static const char *const sets[] = {"softirq_budget", "128", NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	device_new(st, 0, 64, 130, 0);
	must_write(st, "0 a 64\n0 a 64\n0 a 2\n");
	must_count(st, 2, 3, 1);
	sim_free(st->sim);
}

static void budget_of_all_devices(void **state)
{
	static const char *const sets[] = {"softirq_budget", "100", NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	device_new(st, 0, 64, 64, 0);
	device_new(st, 1, 36, 36, 0);
	device_new(st, 2, 64, 1, 0);
	must_write(st, "0 a 64\n0 b 36\n0 c 1\n0 a 0\n0 b 0\n");
	must_count(st, 2, 5, 1);
	sim_free(st->sim);
}

/* 100 us a round: the poll that begins at 64 us is the last one. */
static void time_limit(void **state)
{
	static const char *const sets[] = {"softirq_time", "100us", NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	device_new(st, 0, 64, 500, SIM_US);
	must_write(st, "0 a 64\n64 a 64\n128 a 64\n192 a 64\n"
		       "256 a 64\n320 a 64\n384 a 64\n448 a 52\n");
	must_count(st, 4, 8, 3);
	sim_free(st->sim);
}

/* To be scheduled while it is does nothing … */
static void scheduled_twice(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 5, 0)->again = 1;
	must_write(st, "0 a 5\n");
	sim_free(st->sim);
}

/* … but with the missed bit, once more. */
static void missed_bit(void **state)
{
	static const char *const sets[] = {"missed_bit", "on", NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	device_new(st, 0, 64, 5, 0)->again = 1;
	must_write(st, "0 a 5\na missed\n0 a 0\n");
	sim_free(st->sim);
}

static void can_be_scheduled_anew(void **state)
{
	struct stand *st = stand_new(NULL);

	(void)state;
	device_new(st, 0, 64, 5, 0);
	sim_run(st->sim, SIM_US);
	device_new(st, 0, 64, 6, 0);
	must_write(st, "0 a 5\n1 a 6\n");
	sim_free(st->sim);
}

/* A softirq is in front of threads; after two rounds it is one of them. */
static void ksoftirqd(void **state)
{
	static const char *const sets[] = {"softirq_budget", "1",
					   "softirq_restarts", "2", NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	st->turns = 3;
	task_start(&st->thread);
	device_new(st, 0, 10, 35, SIM_US);
	must_write(st, "0 a 10\n10 a 10\n20 thread\n25 a 10\n35 thread\n"
		       "40 a 5\n45 thread\n");
	assert_int_equal(st->m.ksoftirqds.n, 1);
	sim_free(st->sim);
}

static void without_ksoftirqd(void **state)
{
	static const char *const sets[] = {"softirq_budget",
					   "1",
					   "softirq_restarts",
					   "2",
					   "ksoftirqd",
					   "off",
					   NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	st->turns = 1;
	task_start(&st->thread);
	device_new(st, 0, 10, 35, SIM_US);
	must_write(st, "0 a 10\n10 a 10\n20 a 10\n30 a 5\n35 thread\n");
	sim_free(st->sim);
}

static void ksoftirqd_is_late(void **state)
{
	static const char *const sets[] = {"softirq_budget",
					   "1",
					   "softirq_restarts",
					   "2",
					   "ksoftirqd_delay",
					   "100us",
					   NULL};
	struct stand *st = stand_new(sets);

	(void)state;
	device_new(st, 0, 10, 35, SIM_US);
	must_write(st, "0 a 10\n10 a 10\n120 a 10\n130 a 5\n");
	sim_free(st->sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weight),
		cmocka_unit_test(exactly_the_weight),
		cmocka_unit_test(stays_in_front),
		cmocka_unit_test(budget),
		cmocka_unit_test(budget_to_the_last),
		cmocka_unit_test(budget_of_all_devices),
		cmocka_unit_test(time_limit),
		cmocka_unit_test(scheduled_twice),
		cmocka_unit_test(missed_bit),
		cmocka_unit_test(can_be_scheduled_anew),
		cmocka_unit_test(ksoftirqd),
		cmocka_unit_test(without_ksoftirqd),
		cmocka_unit_test(ksoftirqd_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
