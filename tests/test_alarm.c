/* SPDX-License-Identifier: MIT */
/*
 * QEMU's alarm: one for all timers, never re-armed for less than the clamp, and
 * left running by whoever cancels the timer it was set for. qemu_tx's timer
 * mode does that once a cycle: a kick arms, the next cancels, a third arms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "models/hypervisor/qemu.h"
#include "sim/app/world/measure.h"

struct clock {
	struct sim *sim;
	struct timer_source *source;
	struct cpu cpu;
	struct timer timer;
	struct work work;
	sim_time fired;
};

static TASK(fire)
{
	struct clock *c = owner;

	(void)depth;
	c->fired = me->sim->now;
	return DONE;
}

static struct clock *clock_new(sim_time latency)
{
	struct sim *sim = sim_new(4 << 20, 1);
	struct clock *c = sim_alloc(sim, sizeof *c);
	struct stage *s = sim_alloc(sim, qemu_type.size);
	char *params = (char *)s + qemu_type.params_at;

	c->sim = sim;
	cpu_init(&c->cpu, sim, NULL);
	*s = (struct stage){.type = &qemu_type, .name = "qemu", .sim = sim};
	s->cpu = &c->cpu;
	params_default(qemu_type.params, qemu_type.n_params, params);
	for (unsigned i = 0; i < qemu_type.n_params; i++)
		if (!strcmp(qemu_type.params[i].name, "timer_latency"))
			param_set_number(&qemu_type.params[i],
					 (double)latency / SIM_NS,
					 params + qemu_type.params[i].offset);
	measure_init(s);
	qemu_type.build(s);
	qemu_type.start(s);
	c->source = qemu_timers(s);
	c->work = (struct work){.run = fire, .owner = c};
	c->timer.work = &c->work;
	return c;
}

/* Armed at 0, cancelled and armed again at 10 us; when does it fire? */
static sim_time fired_at(sim_time delay, sim_time latency)
{
	struct clock *c = clock_new(latency);
	sim_time fired;

	sim_run(c->sim, SIM_PS);
	c->source->arm(c->source, &c->timer, delay);
	sim_run(c->sim, 10 * SIM_US + SIM_PS);
	c->source->cancel(c->source, &c->timer);
	c->source->arm(c->source, &c->timer, delay);
	sim_run(c->sim, SIM_SEC);
	fired = c->fired;
	sim_free(c->sim);
	return fired - SIM_PS;
}

/* Due at 160 us; the alarm of 250 us runs. */
static void the_old_alarm_serves_the_new_timer(void **state)
{
	(void)state;
	assert_int_equal(fired_at(150 * SIM_US, 0), 250 * SIM_US);
}

/* Due at 1010 us; the alarm of 1000 us comes too early, and the next is no
 * sooner than the clamp has it. */
static void the_old_alarm_comes_too_early(void **state)
{
	(void)state;
	assert_int_equal(fired_at(SIM_MS, 0), 1250 * SIM_US);
}

/* Its signal takes 20 us: by then the timer is due. */
static void a_late_signal_finds_it_due(void **state)
{
	(void)state;
	assert_int_equal(fired_at(SIM_MS, 20 * SIM_US), 1020 * SIM_US);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_alarm_serves_the_new_timer),
		cmocka_unit_test(the_old_alarm_comes_too_early),
		cmocka_unit_test(a_late_signal_finds_it_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
