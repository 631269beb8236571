/* SPDX-License-Identifier: MIT */
/*
 * Who has a physical CPU, worked out by hand. Costs are zero but where a test
 * says otherwise; times are microseconds.
 */
#include <stdlib.h>

#include "xen_machine.h"

#define AT(us) ((sim_time)(us)*SIM_US)

/* A domain of one vCPU with one worker on it. */
static struct vcpu *domain_for(struct machine *m, struct worker *w)
{
	struct domain *d =
		xen_domain(m->stage, w->name ? w->name : "d", 1, true);

	worker_begin(m, w, &d->vcpus[0]);
	return &d->vcpus[0];
}

static sim_time busy(const struct vcpu *v)
{
	return cpu_busy(&v->cpu);
}

static void nobody_on_an_idle_machine_plans_anything(void **state)
{
	static const char *const both[] = {"pcpus=2",
					   "pcpus=2 scheduler=credit"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct machine *m = machine_new(both[i], 1);
		struct worker w = {
			.name = "w", .at = 5 * SIM_US, .cost = SIM_US};

		domain_for(m, &w);
		machine_must_read(m, SIM_SEC, "w+@5 w-@6 ");
		assert_int_equal(m->sim->next, SIM_NEVER);
		machine_free(m);
	}
}

static void the_way_to_an_idle_pcpu_takes_its_time(void **state)
{
	static const char *const both[] = {"pcpus=2 wake=5us",
					   "pcpus=2 wake=5us scheduler=credit"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct machine *m = machine_new(both[i], 1);
		struct worker w = {
			.name = "w", .at = 50 * SIM_US, .cost = SIM_US};

		domain_for(m, &w);
		machine_must_read(m, SIM_SEC, "w+@55 w-@56 ");
		assert_int_equal(m->xen->m.woken.n, 2);
		assert_int_equal(m->xen->m.woken.max, 5 * SIM_US);
		machine_free(m);
	}
}

/* Three vCPUs on two pCPUs: a and c share. c comes at 12, a's slice of 10 ends
 * at 20; from one to the other it is 1. What is left of a waits. */
static void pinned_ones_take_turns(void **state)
{
	struct machine *m =
		machine_new("pcpus=2 timeslice=10us context_switch=1us", 1);
	struct worker a = {.name = "a", .at = AT(10), .cost = AT(15)};
	struct worker b = {.name = "b", .at = AT(10), .cost = AT(15)};
	struct worker c = {.name = "c", .at = AT(12), .cost = AT(5)};

	(void)state;
	domain_for(m, &a);
	domain_for(m, &b);
	domain_for(m, &c);
	machine_must_read(m, SIM_SEC, "a+@10 b+@10 c+@21 b-@25 c-@26 a-@32 ");
	assert_int_equal(m->xen->m.preempted.n, 1);
	assert_int_equal(m->xen->m.preempted.max, AT(7));
	machine_free(m);
}

/* Slices follow each other from when a began: c, who comes at 34, waits for the
 * end of the third. */
static void slices_go_on_while_nobody_waits(void **state)
{
	struct machine *m = machine_new("pcpus=1 timeslice=10us", 1);
	struct worker a = {.name = "a", .at = AT(10), .cost = AT(50)};
	struct worker c = {.name = "c", .at = AT(34), .cost = AT(5)};

	(void)state;
	domain_for(m, &a);
	domain_for(m, &c);
	machine_must_read(m, SIM_SEC, "a+@10 c+@40 c-@45 a-@65 ");
	machine_free(m);
}

/* Both woke with a boost, which the first has until the tick at 10000: nobody
 * is better than the other. Nor does the tick let anybody in. */
static void a_boosted_one_is_not_preempted(void **state)
{
	struct machine *m = machine_new("pcpus=1 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(50000)};
	struct worker w = {.name = "w", .at = AT(9000), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC, "h+@1000 w+@31000 w-@31100 h-@51100 ");
	machine_free(m);
}

static void a_boost_preempts_who_lost_his(void **state)
{
	struct machine *m = machine_new("pcpus=1 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(50000)};
	struct worker w = {.name = "w", .at = AT(10001), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC, "h+@1000 w+@10001 w-@10101 h-@51100 ");
	assert_int_equal(m->xen->m.woken.max, 0);
	machine_free(m);
}

/* Ticks are at multiples of 10000, wherever h began: its boost is gone. */
static void ticks_are_where_they_are(void **state)
{
	struct machine *m = machine_new("pcpus=1 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(12000), .cost = AT(20000)};
	struct worker w = {.name = "w", .at = AT(20001), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC, "h+@12000 w+@20001 w-@20101 h-@32100 ");
	machine_free(m);
}

/* x interrupts h at 12000, so h runs anew from 12100 when w comes at 12500. */
static void limited(const char *sets, const char *diary)
{
	struct machine *m = machine_new(sets, 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(20000)};
	struct worker x = {.name = "x", .at = AT(12000), .cost = AT(100)};
	struct worker w = {.name = "w", .at = AT(12500), .cost = AT(100)};

	domain_for(m, &h);
	domain_for(m, &x);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC, diary);
	machine_free(m);
}

static void who_has_run_for_less_than_the_limit_goes_on(void **state)
{
	(void)state;
	limited("pcpus=1 scheduler=credit",
		"h+@1000 x+@12000 x-@12100 w+@13500 w-@13600 h-@21200 ");
	limited("pcpus=1 scheduler=credit ratelimit_anew=off",
		"h+@1000 x+@12000 x-@12100 w+@13100 w-@13200 h-@21200 ");
	limited("pcpus=1 scheduler=credit ratelimit=0ns",
		"h+@1000 x+@12000 x-@12100 w+@12500 w-@12600 h-@21200 ");
}

/* One in debt waits for all that have credit, its slice or not. */
static void debtors_get_no_boost(void **state)
{
	struct machine *m = machine_new("pcpus=1 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(50000)};
	struct worker w = {.name = "w", .at = AT(16000), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &w)->sched->pri = PRI_OVER;
	machine_must_read(m, SIM_SEC, "h+@1000 h-@51000 w+@51000 w-@51100 ");
	machine_free(m);
}

/* w works nine tenths of the time and is found by the tick of 10000. At the
 * account of 40000 no more than a slice is left of ten seconds of debt; and it
 * does not hoard what it cannot spend. */
static void neither_debt_nor_credit_is_hoarded(void **state)
{
	struct machine *m = machine_new("pcpus=4 scheduler=credit", 1);
	struct worker w = {.at = AT(700), .cost = AT(900), .every = AT(100)};
	struct xen_vcpu *v = domain_for(m, &w)->sched;

	(void)state;
	v->credit = -10 * SIM_SEC;
	machine_must_read(m, AT(39000), NULL);
	assert_true(v->credit < -9 * SIM_SEC);
	machine_must_read(m, AT(41000), NULL);
	assert_true(v->credit >= -AT(32000));
	machine_must_read(m, 10 * SIM_SEC, NULL);
	assert_true(v->credit > -AT(30000) && v->credit <= AT(60000));
	machine_free(m);
}

/* h and w are at home on the first, i on the second. */
static void an_idle_pcpu_takes_who_wakes(void **state)
{
	struct machine *m = machine_new("pcpus=2 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(5000)};
	struct worker i = {.name = "i", .at = AT(7000), .cost = AT(100)};
	struct worker w = {.name = "w", .at = AT(2000), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &i);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC,
			  "h+@1000 w+@2000 w-@2100 h-@6000 i+@7000 i-@7100 ");
	machine_free(m);
}

/* Both are busy with boosted ones when w comes; the second is free first. */
static void a_free_pcpu_steals(void **state)
{
	struct machine *m = machine_new("pcpus=2 scheduler=credit", 1);
	struct worker h = {.name = "h", .at = AT(1000), .cost = AT(5000)};
	struct worker i = {.name = "i", .at = AT(1000), .cost = AT(2000)};
	struct worker w = {.name = "w", .at = AT(2000), .cost = AT(100)};

	(void)state;
	domain_for(m, &h);
	domain_for(m, &i);
	domain_for(m, &w);
	machine_must_read(m, SIM_SEC,
			  "h+@1000 i+@1000 i-@3000 w+@3000 w-@3100 h-@6000 ");
	machine_free(m);
}

/* Two that never sleep: 30 ms each in turn, from 1 ms on. */
static void equals_have_slices_of_30_ms(void **state)
{
	struct machine *m = machine_new("pcpus=1 scheduler=credit", 1);
	struct worker a = {.at = AT(1000), .cost = 100 * SIM_SEC};
	struct worker b = {.at = AT(2000), .cost = 100 * SIM_SEC};
	const struct vcpu *va = domain_for(m, &a), *vb = domain_for(m, &b);

	(void)state;
	machine_must_read(m, AT(31000), NULL);
	assert_int_equal(busy(va), AT(30000));
	machine_must_read(m, AT(61000), NULL);
	assert_int_equal(busy(vb), AT(30000));
	machine_must_read(m, 10 * SIM_SEC, NULL);
	assert_true(llabs(busy(va) - busy(vb)) <= AT(60000));
	assert_int_equal(busy(va) + busy(vb), 10 * SIM_SEC - AT(1000));
	machine_free(m);
}

/* Five that never sleep on two pCPUs; the first has twice the weight of the
 * others, so it gets two parts of six. */
static void pcpus_are_shared_by_weight(void **state)
{
	struct machine *m = machine_new("pcpus=2 scheduler=credit", 1);
	struct worker w[5];
	const struct vcpu *v[5];

	(void)state;
	for (int i = 0; i < 5; i++) {
		w[i] = (struct worker){.at = AT(1000 + i),
				       .cost = 1000 * SIM_SEC};
		v[i] = domain_for(m, &w[i]);
		v[i]->domain->weight = i ? 256 : 512;
	}
	machine_must_read(m, 100 * SIM_SEC, NULL);
	for (int i = 0; i < 5; i++) {
		double part = time_sec(busy(v[i])) * 6 / 200;

		assert_true(part > (i ? 0.99 : 1.98));
		assert_true(part < (i ? 1.01 : 2.02));
	}
	machine_free(m);
}

/* One that wants less than its share gets all of it, and soon. */
static void who_sleeps_enough_is_served_at_once(void **state)
{
	struct machine *m =
		machine_new("pcpus=1 scheduler=credit ratelimit=0ns", 1);
	struct worker w[3] = {
		{.at = AT(1000), .cost = 1000 * SIM_SEC},
		{.at = AT(1000), .cost = 1000 * SIM_SEC},
		{.at = AT(1000), .cost = AT(150), .every = AT(1000)}};
	const struct vcpu *v[3];
	double q;

	(void)state;
	for (int i = 0; i < 3; i++)
		v[i] = domain_for(m, &w[i]);
	machine_must_read(m, 30 * SIM_SEC, NULL);
	q = span_quantile(&m->xen->m.woken, 0.9);
	assert_true(q < (double)AT(1));
	assert_true(w[2].done > 20000);
	assert_true(busy(v[2]) > 3 * SIM_SEC);
	machine_free(m);
}

static void many_wait_in_the_order_of_their_waking(void **state)
{
	struct machine *m = machine_new("pcpus=1", 1);
	struct worker *w = sim_alloc(m->sim, 300 * sizeof *w);
	sim_time end;

	(void)state;
	for (int i = 0; i < 300; i++) {
		w[i] = (struct worker){.at = AT(1000 - i), .cost = AT(1000)};
		domain_for(m, &w[i]);
	}
	end = w[299].at + AT(1000);
	for (int i = 299; i >= 0; i--, end += AT(1000)) {
		machine_must_read(m, end + 1, NULL);
		assert_int_equal(w[i].done, 1);
		if (i)
			assert_int_equal(w[i - 1].done, 0);
	}
	machine_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_on_an_idle_machine_plans_anything),
		cmocka_unit_test(the_way_to_an_idle_pcpu_takes_its_time),
		cmocka_unit_test(pinned_ones_take_turns),
		cmocka_unit_test(slices_go_on_while_nobody_waits),
		cmocka_unit_test(a_boosted_one_is_not_preempted),
		cmocka_unit_test(a_boost_preempts_who_lost_his),
		cmocka_unit_test(who_has_run_for_less_than_the_limit_goes_on),
		cmocka_unit_test(debtors_get_no_boost),
		cmocka_unit_test(ticks_are_where_they_are),
		cmocka_unit_test(neither_debt_nor_credit_is_hoarded),
		cmocka_unit_test(an_idle_pcpu_takes_who_wakes),
		cmocka_unit_test(a_free_pcpu_steals),
		cmocka_unit_test(equals_have_slices_of_30_ms),
		cmocka_unit_test(pcpus_are_shared_by_weight),
		cmocka_unit_test(who_sleeps_enough_is_served_at_once),
		cmocka_unit_test(many_wait_in_the_order_of_their_waking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
