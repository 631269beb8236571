/* SPDX-License-Identifier: MIT */
/*
 * The simulated time per message against the closed forms of Lettieri, Maffione
 * and Rizzo, "A Study of I/O Performance of Virtual Machines" (The Computer
 * Journal 61(6), 2018): a producer and a consumer that notify each other, with
 * constant costs.
 *
 *	W  work per message	N  notification		S  start-up
 *	K  messages (slots) that wake the sleeper	L  slots of the ring
 *
 * each with p for the producer and c for the consumer. Where a floor's argument
 * is whole, two events are due at the same time and the theory does not say
 * which comes first: such points are left out.
 *
 * And the mean time in a queue with one server, with the guest's CPU as server.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "sim/cost.h"

#define TOLERANCE 0.001

/* One side; times in ns. */
struct side {
	long w, n, s, k;
};

struct model {
	struct side p, c;
	long l;
};

enum regime { G1, G2, SC, SP, SS, TIE };

static struct model mirror(const struct model *m)
{
	return (struct model){.p = m->c, .c = m->p, .l = m->l};
}

/* floor(a / b) of a, b > 0; *tie: it is whole. */
static long floor_of(long a, long b, bool *tie)
{
	*tie = *tie || a % b == 0;
	return a / b;
}

/* The ring fills up while the consumer starts. */
static bool slow_consumer(const struct model *m)
{
	return m->c.s + m->c.w > (m->l - m->p.k) * m->p.w;
}

/* The consumer sleeps in between, the producer never. */
static double time_g1(const struct model *m, bool *tie)
{
	long batch =
		floor_of(m->c.s + (m->p.k - 1) * m->c.w, m->p.w - m->c.w, tie) +
		m->p.k;

	return (double)m->p.w + (double)m->p.n / (double)batch;
}

/* Once a cycle the ring is full and the producer sleeps, and once it is empty
 * and the consumer does. */
static double time_sc(const struct model *m, bool *tie)
{
	long more = floor_of((m->l - m->c.k) * m->c.w - (m->p.s + m->p.w),
			     m->p.w - m->c.w, tie) +
		    1;
	long cycle = m->c.s + m->c.k * m->c.w + m->c.n + m->p.s +
		     (more + m->p.k) * m->p.w + m->p.n;

	return (double)cycle / (double)(m->l + more);
}

static double time_ss(const struct model *m)
{
	return (double)(m->p.k * m->p.w + m->c.k * m->c.w + m->p.n + m->c.n +
			m->p.s + m->c.s) /
	       (double)m->l;
}

/* The side with more work per message decides what the other's slow start-up
 * can do: whoever never sleeps never starts. */
static enum regime regime_of(const struct model *m)
{
	struct model mirrored = mirror(m);
	bool slow_c = slow_consumer(m), slow_p = slow_consumer(&mirrored);

	if (m->p.w == m->c.w)
		return TIE;
	if (m->p.w > m->c.w)
		return !slow_c ? G1 : slow_p ? SS : SC;
	return !slow_p ? G2 : slow_c ? SS : SP;
}

/* In ns. TIE in *regime: the theory does not say. */
static double theory(const struct model *m, enum regime *regime)
{
	struct model mirrored = mirror(m);
	bool tie = false;
	double t = 0;

	*regime = regime_of(m);
	switch (*regime) {
	case G1:
		t = time_g1(m, &tie);
		break;
	case G2:
		t = time_g1(&mirrored, &tie);
		break;
	case SC:
		t = time_sc(m, &tie);
		break;
	case SP:
		t = time_sc(&mirrored, &tie);
		break;
	case SS:
		t = time_ss(m);
		break;
	case TIE:
		break;
	}
	if (tie)
		*regime = TIE;
	return t;
}

static double simulated(struct small_world *w, const struct model *m,
			const char *ring)
{
	char sets[512];

	snprintf(sets, sizeof sets,
		 "p.ring=%s p.slots=%ld p.work=%ldns p.notify=%ldns "
		 "p.startup=%ldns p.threshold=%ld c.work=%ldns c.notify=%ldns "
		 "c.startup=%ldns c.threshold=%ld",
		 ring, m->l, m->p.w, m->p.n, m->p.s, m->p.k, m->c.w, m->c.n,
		 m->c.s, m->c.k);
	small_world_run(w, "theory", sets, 1);
	return small_world_number(w, "c.period");
}

static void must_agree(struct small_world *w, const struct model *m,
		       enum regime expected, double t)
{
	double s = simulated(w, m, "split_event");
	enum regime regime;
	double closed = theory(m, &regime);

	assert_int_equal(regime, expected);
	if (!(fabs(closed - t) < 1e-3 * t) || !(fabs(s / t - 1) < TOLERANCE))
		fail_msg("%g ns by hand, %g in closed form, %g simulated", t,
			 closed, s);
}

/* Worked out with a pencil. */
static void examples(void **state)
{
	static const struct side p = {100, 1200, 510, 1};
	static const struct side c = {200, 1500, 710, 1};
	struct model m = {p, c, 128};
	struct small_world w = {0};

	(void)state;
	must_agree(&w, &m, G2, 450);
	m.p.w = 20; /* a faster producer is slower */
	must_agree(&w, &m, G2, 700);
	m.p.w = 300;
	must_agree(&w, &m, G1, 450);
	m.p.k = 8; /* m = 21 + 8 */
	must_agree(&w, &m, G1, 300 + 1200 / 29.0);
	m = (struct model){{300, 1200, 510, 1}, {200, 1500, 5000, 1}, 8};
	must_agree(&w, &m, SC, 10510 / 14.0); /* m = 6 */
	m = mirror(&m);
	must_agree(&w, &m, SP, 10510 / 14.0);
	m.c.s = 5000;
	must_agree(&w, &m, SS, 13200 / 8.0);
	small_world_free(&w);
}

static long between(gsl_rng *rng, long low, long high)
{
	return low +
	       (long)gsl_rng_uniform_int(rng, (unsigned long)(high - low + 1));
}

static struct side some_side(gsl_rng *rng, long most_k)
{
	return (struct side){.w = between(rng, 20, 1000),
			     .n = between(rng, 0, 3000),
			     .s = between(rng, 0, 1) ? between(rng, 0, 1000)
						     : between(rng, 0, 9000),
			     .k = between(rng, 1, most_k)};
}

/* Rings are small, so that each regime shows often and a hundred ms hold more
 * than a thousand of its cycles. */
static struct model some_model(gsl_rng *rng)
{
	long l = 1L << between(rng, 2, 6);

	return (struct model){some_side(rng, l / 4), some_side(rng, l / 4), l};
}

#define EACH 30

static void any_point_of_any_regime(void **state)
{
	struct sim *sim = sim_new(1 << 20, 1);
	gsl_rng *rng = rng_stream(sim, "points");
	unsigned tried[TIE + 1] = {0}, todo = 5 * EACH;
	struct small_world w = {0};

	(void)state;
	while (todo > 0) {
		struct model m = some_model(rng);
		enum regime regime;
		double t = theory(&m, &regime);
		double s;

		if (regime == TIE || tried[regime] == EACH)
			continue;
		tried[regime]++;
		todo--;
		s = simulated(&w, &m, "split_event");
		if (!(fabs(s / t - 1) < TOLERANCE))
			fail_msg("regime %d, L=%ld p: W=%ld N=%ld S=%ld K=%ld, "
				 "c: W=%ld N=%ld S=%ld K=%ld: %g ns by theory, "
				 "%g simulated",
				 regime, m.l, m.p.w, m.p.n, m.p.s, m.p.k, m.c.w,
				 m.c.n, m.c.s, m.c.k, t, s);
	}
	small_world_free(&w);
	sim_free(sim);
}

/* Where suppression waits until the consumer has started, a producer whose
 * notification takes long notifies for each message. */
static void suppression_at_the_kick_or_at_the_start(void **state)
{
	struct model m = {{100, 2000, 200, 1}, {500, 200, 200, 1}, 256};
	struct small_world w = {0};
	double at_start;

	(void)state;
	must_agree(&w, &m, G2, 700);
	at_start = simulated(&w, &m, "split_flags");
	if (!(fabs(at_start / 2100 - 1) < TOLERANCE))
		fail_msg("%g ns simulated, 2100 by theory", at_start);
	small_world_free(&w);
}

#define SEEDS 20

/* Mean time in the system, over seeds, within 4 standard errors. */
static void must_queue(const char *sets, double expected)
{
	struct small_world w = {0};
	double latency[SEEDS], mean, error;

	for (unsigned i = 0; i < SEEDS; i++) {
		small_world_run(&w, "one_server", sets, i);
		latency[i] = small_world_number(&w, "sink.latency.mean");
	}
	small_world_free(&w);
	mean = gsl_stats_mean(latency, 1, SEEDS);
	error = gsl_stats_sd(latency, 1, SEEDS) / sqrt(SEEDS);
	if (!(fabs(mean - expected) < 4 * error) || !(error < 0.02 * expected))
		fail_msg("%s: %g ns, not %g within 4 times %g", sets, mean,
			 expected, error);
}

/* Packets are born when they are due and wait for the one before them: M/D/1
 * with constant costs, D + D rho / 2(1 - rho), by Pollaczek and Khinchine;
 * M/M/1 with exponential ones, D / (1 - rho). Here D is 10 us. */
static void queue_of_a_single_server(void **state)
{
	(void)state;
	must_queue("app.load=poisson app.offered=30kpps",
		   10000 + 10000 * 0.3 / 1.4);
	must_queue("app.load=poisson app.offered=80kpps",
		   10000 + 10000 * 0.8 / 0.4);
	must_queue("app.load=poisson app.offered=50kpps "
		   "guest.packet_cost.jitter=exponential(10us)",
		   20000);
	must_queue("app.load=poisson app.offered=80kpps "
		   "guest.packet_cost.jitter=exponential(10us)",
		   50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),
		cmocka_unit_test(any_point_of_any_regime),
		cmocka_unit_test(suppression_at_the_kick_or_at_the_start),
		cmocka_unit_test(queue_of_a_single_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
