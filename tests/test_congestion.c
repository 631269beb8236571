/* SPDX-License-Identifier: MIT */
/*
 * Congestion control against its formulas, and whole connections over an ideal
 * line: the law of Mathis, Semke, Mahdavi and Ott ("The Macroscopic Behavior of
 * the TCP Congestion Avoidance Algorithm", CCR 27(3), 1997) for periodic loss,
 * and transfers that must come to their end whatever is lost.
 */
#include "tests/tcp_pair.h"

#include <math.h>

#include "models/tcp/tcp_params.h"

#define MSS 1000

/* --- formulas ----------------------------------------------------------- */

/* A window of acknowledgements, spread over a round trip. */
static void round_trip(struct congestion *c, sim_time *now, sim_time rtt)
{
	uint64_t n = c->cwnd / MSS;
	sim_time step = rtt / (sim_time)n;

	for (uint64_t i = 0; i < n; i++) {
		*now += step;
		congestion_acked(c, *now, MSS, rtt);
	}
}

static void reno_grows(void **state)
{
	struct congestion c;
	sim_time now = 0;

	(void)state;
	congestion_init(&c, &cc_newreno, MSS, 10, 40000);
	round_trip(&c, &now, SIM_MS);
	assert_int_equal(c.cwnd, 20000); /* slow start: twice */
	round_trip(&c, &now, SIM_MS);
	assert_int_equal(c.cwnd, 40000);
	/* Then one a round trip; a little less, as the window of the later
	 * acknowledgements is larger. */
	for (unsigned i = 0; i < 10; i++)
		round_trip(&c, &now, SIM_MS);
	assert_in_range(c.cwnd, 49000, 50000);
	congestion_recover(&c, now, 50000, true);
	assert_int_equal(c.cwnd, 25000);
	congestion_timeout(&c, now, 25000);
	assert_int_equal(c.cwnd, 1000);
	assert_int_equal(c.ssthresh, 12500);
	congestion_timeout(&c, now, 1000);
	assert_int_equal(c.ssthresh, 2000); /* not less */
}

/* A loss at 100 segments. */
static void lose_at_100(struct congestion *c)
{
	congestion_init(c, &cc_cubic, MSS, 100, 1000);
	congestion_recover(c, 0, 100 * MSS, true);
	assert_int_equal(c->cwnd, 70 * MSS);
}

/* For so long it must go by the cubic from `most` and K back. */
static void must_follow(struct congestion *c, sim_time *now, double most,
			sim_time length)
{
	double k = cbrt(0.3 * most / 0.4), start = time_sec(*now);
	sim_time end = *now + length;

	congestion_acked(c, *now, 1, SIM_SEC / 5); /* its time begins */
	while (*now < end) {
		double t;

		round_trip(c, now, SIM_SEC / 5);
		t = time_sec(*now) - start - k;
		assert_float_equal((double)c->cwnd / MSS,
				   most + 0.4 * t * t * t, 0.5);
	}
}

/* RFC 9438, 4.2, where Reno is far behind: a round trip R of 0.2 s. (The window
 * heads for where the cubic will be after a round trip, and so deviates by
 * R^2 / 2 times its bend: by 0.2 at most.) */
static void cubic_follows(void **state)
{
	struct congestion c;
	sim_time now = 0;

	(void)state;
	lose_at_100(&c);
	must_follow(&c, &now, 100, 8 * SIM_SEC);
	assert_true(c.cwnd > 120 * MSS);
	/* A loss at 130, and all over again. */
	c.cwnd = 130 * MSS;
	congestion_recover(&c, now, 130 * MSS, true);
	must_follow(&c, &now, 130, 6 * SIM_SEC);
}

/* RFC 9438, 4.2: never more than half as much again in a round trip, however
 * long nothing was acknowledged. */
static void cubic_is_patient(void **state)
{
	struct congestion c;
	sim_time now = 0;
	uint64_t was;

	(void)state;
	lose_at_100(&c);
	congestion_acked(&c, now, 1, SIM_MS);
	now = 100 * SIM_SEC;
	was = c.cwnd;
	congestion_acked(&c, now, was, SIM_MS);
	assert_float_equal((double)c.cwnd, 1.5 * (double)was, 1);
}

/* RFC 9438, 4.3: with a round trip of 10 ms Reno would have more; 0.529
 * segments a round trip up to the window of the loss, then one. */
static void cubic_is_friendly(void **state)
{
	double alpha = 3 * 0.3 / 1.7;
	struct congestion c;
	sim_time now = 0;

	(void)state;
	lose_at_100(&c);
	for (unsigned i = 1; i <= 50; i++) {
		round_trip(&c, &now, 10 * SIM_MS);
		assert_float_equal((double)c.cwnd / MSS, 70 + alpha * i, 0.5);
	}
	while (c.cwnd < 100 * MSS)
		round_trip(&c, &now, 10 * SIM_MS);
	for (unsigned i = 1; i <= 10; i++)
		round_trip(&c, &now, 10 * SIM_MS);
	assert_float_equal((double)c.cwnd / MSS, 110, 1);
}

/* RFC 9438, 4.7: who loses before its last W_max makes room. */
static void cubic_makes_room(void **state)
{
	struct congestion c;

	(void)state;
	lose_at_100(&c);
	c.cwnd = 80 * MSS;
	congestion_recover(&c, SIM_SEC, 80 * MSS, true);
	assert_float_equal(c.cubic.most, 80 * 0.85, 1e-9);
	assert_int_equal(c.cwnd, 56 * MSS);
}

/* The row's choices stand in the order of the types. */
static void choices(void **state)
{
	unsigned i = 0;

	(void)state;
	for (; cc_types[i]; i++)
		assert_string_equal(tcp_congestions[i].name, cc_types[i]->name);
	/* Behind them, what ns-3 has and we have not. */
	assert_int_equal(i, CONGESTION_LINUXRENO);
	assert_string_equal(tcp_congestions[CONGESTION_BBR].name, "bbr");
	assert_null(tcp_congestions[CONGESTION_BBR + 1].name);
}

/* --- the law of Mathis -------------------------------------------------- */

/* Each n-th segment of new data is lost; what is resent is not. */
struct periodic {
	uint64_t n, count;
};

static bool each_nth(void *arg, const struct segment *s)
{
	struct periodic *p = arg;

	if (s->len == 0 || s->flags & SEGMENT_AGAIN)
		return false;
	return ++p->count % p->n == 0;
}

/* Throughput by MSS / (RTT sqrt(p)). */
static double constant_of(const struct cc_type *cc, bool delayed, uint64_t n)
{
	struct tcp_conf conf = plain_conf();
	struct periodic loss = {.n = n};
	struct pair *p;
	double rate;

	conf.cc = cc;
	conf.sack = true;
	conf.window = 100000000;
	conf.send_buffer = 4000000000;
	conf.rtt.min = SIM_SEC;
	if (delayed) {
		conf.delayed_ack = DELACK_ADAPTIVE;
		conf.ato_min = 40 * SIM_MS;
		conf.ato_max = 200 * SIM_MS;
	}
	p = pair_open(&conf, &conf, 50 * SIM_MS);
	p->a.conn.cc.ssthresh = 20 * MSS;
	p->a.out.loses = each_nth;
	p->a.out.arg = &loss;
	conn_write(&p->a.conn, 0, conf.send_buffer);
	pair_run(p, 2000 * SIM_SEC);
	assert_int_equal(p->a.timeouts.n, 0);
	rate = (double)p->a.conn.una / time_sec(p->now);
	pair_close(p);
	return rate * 0.1 / MSS / sqrt((double)n);
}

static void mathis(void **state)
{
	static const uint64_t periods[] = {500, 2000, 8000};

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_float_equal(constant_of(&cc_newreno, false, periods[i]),
				   sqrt(3. / 2), 0.1 * sqrt(3. / 2));
		assert_float_equal(constant_of(&cc_newreno, true, periods[i]),
				   sqrt(3. / 4), 0.1 * sqrt(3. / 4));
	}
}

/* --- everything arrives ------------------------------------------------- */

struct chance {
	uint32_t x;
	uint32_t of_1000; /* are lost */
};

static bool by_chance(void *arg, const struct segment *s)
{
	struct chance *c = arg;

	(void)s;
	c->x = c->x * 1664525 + 1013904223;
	return (c->x >> 16) % 1000 < c->of_1000;
}

static void transfer(const struct tcp_conf *conf, uint32_t seed,
		     uint32_t of_1000)
{
	struct pair *p = pair_open(conf, conf, 5 * SIM_MS);
	struct chance there = {seed, of_1000}, back = {~seed, of_1000};

	p->a.out.loses = p->b.out.loses = by_chance;
	p->a.out.arg = &there;
	p->b.out.arg = &back;
	conn_write(&p->a.conn, 0, 700001);
	pair_run(p, 5000 * SIM_SEC);
	if (p->b.conn.read != 700001 || p->a.conn.una != 700001)
		fail_msg("%s, sack %d, seed %u: %llu arrived", conf->cc->name,
			 conf->sack, seed, (unsigned long long)p->b.conn.read);
	assert_int_equal(p->a.conn.onway | p->a.conn.lost | p->a.conn.sacked,
			 0);
	pair_close(p);
}

static void everything_arrives(void **state)
{
	(void)state;
	for (unsigned i = 0; cc_types[i]; i++)
		for (uint32_t k = 0; k < 32; k++) {
			struct tcp_conf conf =
				k & 1 ? mirage_conf() : plain_conf();

			conf.cc = cc_types[i];
			conf.rtt.max = 10 * SIM_SEC;
			conf.sack = k & 2;
			conf.gso = k & 4 ? 8000 : 1000;
			conf.counts_bytes = k & 8;
			conf.dupack_any_window = k & 16;
			conf.retries = 100;
			transfer(&conf, k, 10);
			transfer(&conf, k, 100);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reno_grows),
		cmocka_unit_test(cubic_follows),
		cmocka_unit_test(cubic_is_patient),
		cmocka_unit_test(cubic_is_friendly),
		cmocka_unit_test(cubic_makes_room),
		cmocka_unit_test(choices),
		cmocka_unit_test(mathis),
		cmocka_unit_test(everything_arrives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
