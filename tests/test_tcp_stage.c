/* SPDX-License-Identifier: MIT */
/*
 * The stages tcp and tcp_sink over an ideal wire: threads, timers and packets
 * around the connections that test_tcp.c has looked at.
 */
#include "tests/tcp_wire.h"

#include <math.h>

#define WAY (100 * SIM_US) /* one way */

static double number(const struct stage *s, const char *name)
{
	return *(double *)stage_metric(s, name);
}

static double mean_rate(const struct guest *g, sim_time time)
{
	struct windowed *w = stage_metric(g->stage, "goodput");

	windowed_close(w, time);
	return (double)w->total / time_sec(time);
}

/* A window per round trip; the wire is 100 us long each way and packets take
 * it 1 us. 64 kB / 201 us. */
static void window_limited(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "window=58400B send_buffer=100000B",
		.b_sets = "window=58400B delayed_ack=off",
		.delay = WAY,
		.packet_time = SIM_US,
		.time = SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_float_equal(mean_rate(&w->b, SIM_SEC), 58400 * 8 / 201e-6,
			   0.01 * 58400 * 8 / 201e-6);
	assert_int_equal(stage_count(w->a.stage, "resends"), 0);
	assert_int_equal(stage_count(w->a.stage, "timeouts"), 0);
	assert_true(w->a.sent == stage_count(w->a.stage, "segments"));
	assert_true(w->b.sent == stage_count(w->b.stage, "acks"));
	wire_close(w);
	free(w);
}

/* The device takes 5 us for each segment, and nothing else does: it is never
 * idle. Every second segment is acknowledged. */
static void device_limited(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "",
		.b_sets = "",
		.delay = WAY,
		.send_cost = {.mean = 5 * SIM_US},
		.time = SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);
	double segments;

	(void)state;
	wire_run(w, &sets);
	segments = (double)stage_count(w->a.stage, "segments");
	assert_float_equal(segments, 200000, 2000);
	assert_float_equal((double)stage_count(w->b.stage, "acks"),
			   segments / 2, 200);
	wire_close(w);
	free(w);
}

/* Linux: a write of 10000 B fills two segments of four MSS and a smaller one,
 * 10 us each and 5 us before; each leaves when it is full. */
static void a_write_fills_segments(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "mss=1000B gso=4000B write_size=10000B "
			  "send_buffer=200000B keeps_sent=on softirq=on "
			  "piecewise=on fill_cost=10us write_cost=5us "
			  "cwnd_init=100",
		.b_sets = "mss=1000B softirq=on delayed_ack=adaptive",
		.delay = 10 * SIM_US,
		.time = SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_float_equal(mean_rate(&w->b, SIM_SEC), 80000 / 35e-6,
			   0.01 * 80000 / 35e-6);
	assert_float_equal((double)stage_count(w->a.stage, "segments"),
			   3 / 35e-6, 0.01 * 3 / 35e-6);
	assert_int_equal(stage_count(w->a.stage, "resends"), 0);
	wire_close(w);
	free(w);
}

/* A window of eight segments, a round trip of 200 us: nothing waits for a
 * thread. With 50 us for each window there are 250. */
static void windows_cost(void **state)
{
	static const char *const costs[] = {"0ns", "50us"};
	static const double rounds[] = {200e-6, 250e-6};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct wire_sets sets = {
			.a = &tcp_type,
			.b = &tcp_sink_type,
			.a_sets = text,
			.b_sets = "mss=1000B window=8000B softirq=on "
				  "delayed_ack=off",
			.delay = WAY,
			.time = SIM_SEC,
		};
		struct wire *w = calloc(1, sizeof *w);

		snprintf(text, sizeof text,
			 "mss=1000B window=8000B send_buffer=16000B "
			 "write_size=8000B softirq=on piecewise=on "
			 "cwnd_init=100 window_cost=%s",
			 costs[i]);
		wire_run(w, &sets);
		assert_float_equal(mean_rate(&w->b, SIM_SEC), 64000 / rounds[i],
				   0.01 * 64000 / rounds[i]);
		wire_close(w);
		free(w);
	}
}

/* 100 segments; the last of them is lost. Mirage's sleeper started at the first
 * write and saw another head every second since. */
static void tail_loss(void **state)
{
	static const unsigned loses[] = {100, 0};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "bytes=146000B",
		.b_sets = "",
		.delay = WAY,
		.packet_time = SIM_US,
		.loses = loses,
		.time = 10 * SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_int_equal(w->a.lost, 1);
	assert_int_equal(stage_count(w->a.stage, "resends"), 1);
	assert_int_equal(stage_count(w->a.stage, "timeouts"), 1);
	/* 3 s: seen. 4 s: resent. The sink delays its acknowledgement. */
	assert_float_equal(number(w->a.stage, "completion"), 4.1, 0.01);
	wire_close(w);
	free(w);
}

/* The same with RFC 6298's timer and a sink that does not wait: the first
 * timeout after the last acknowledgement. */
static void tail_loss_restart(void **state)
{
	static const unsigned loses[] = {100, 0};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "bytes=146000B rto_timer=restart rto_min=200ms "
			  "rtt_samples=every congestion=newreno",
		.b_sets = "delayed_ack=off",
		.delay = WAY,
		.packet_time = SIM_US,
		.loses = loses,
		.time = 10 * SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_int_equal(stage_count(w->a.stage, "timeouts"), 1);
	assert_float_equal(number(w->a.stage, "completion"), 0.2, 0.005);
	wire_close(w);
	free(w);
}

/* Losses in mid-stream are repaired without a timeout, with and without
 * SACK. */
static void repairs(void **state)
{
	static const unsigned loses[] = {500,  502,  504,  505, 506,
					 2000, 2001, 9000, 0};
	static const char *const ways[] = {
		"congestion=newreno", "congestion=mirage",
		"congestion=newreno sack=on", "congestion=cubic sack=on"};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.delay = WAY,
		.packet_time = SIM_US,
		.loses = loses,
		.time = SIM_SEC,
	};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct wire *w = calloc(1, sizeof *w);

		sets.a_sets = ways[i];
		sets.b_sets = i < 2 ? "" : "sack=on";
		wire_run(w, &sets);
		assert_int_equal(w->a.lost, 8);
		assert_int_equal(stage_count(w->a.stage, "resends"), 8);
		assert_int_equal(stage_count(w->a.stage, "timeouts"), 0);
		assert_int_equal(stage_count(w->a.stage, "fast_resends"), 3);
		wire_close(w);
		free(w);
	}
}

/* netperf's TCP_RR: nothing but two ways and what the guests take. */
static void requests(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "app=rr request=100B answer=3000B write_size=64KiB "
			  "write_cost=1us",
		.b_sets = "write_size=64KiB read_cost=2us",
		.delay = WAY,
		.time = SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);
	struct span *latency;

	(void)state;
	wire_run(w, &sets);
	latency = stage_metric(w->a.stage, "latency");
	/* A write, the way, a read, the way back of three segments. */
	assert_float_equal(latency->sum / (double)latency->n, 203e6, 1e5);
	assert_float_equal((double)latency->n, 1e6 / 203, 2);
	wire_close(w);
	free(w);
}

/* A request of three segments, 10 us each on the wire, is answered when all of
 * it is there. */
static void long_requests(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "app=rr request=4380B answer=100B cwnd_init=10",
		.b_sets = "",
		.delay = WAY,
		.packet_time = 10 * SIM_US,
		.time = SIM_SEC / 10,
	};
	struct wire *w = calloc(1, sizeof *w);
	struct span *latency;

	(void)state;
	wire_run(w, &sets);
	latency = stage_metric(w->a.stage, "latency");
	assert_float_equal(latency->sum / (double)latency->n, 230e6, 1e6);
	wire_close(w);
	free(w);
}

/* A reader that takes 50 us for a segment: the window shuts, nothing is lost,
 * and it sets the pace. */
static void slow_reader(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "rto_timer=restart",
		.b_sets = "read_cost=50us",
		.delay = WAY,
		.packet_time = SIM_US,
		.time = 2 * SIM_SEC,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_int_equal(stage_count(w->a.stage, "resends"), 0);
	assert_float_equal(mean_rate(&w->b, 2 * SIM_SEC), 1460 * 8 / 50e-6,
			   0.01 * 1460 * 8 / 50e-6);
	wire_close(w);
	free(w);
}

/* 8 kbit every 10 us; each tenth is lost, and the wire is 100 us long. */
static void datagrams(void **state)
{
	static const unsigned loses[] = {10, 20, 30, 0};
	struct wire_sets sets = {
		.a = &udp_type,
		.b = &udp_sink_type,
		.a_sets = "size=1000B offered=800Mbps write_cost=1us",
		.b_sets = "",
		.delay = WAY,
		.send_cost = {.mean = 2 * SIM_US},
		.loses = loses,
		.time = SIM_SEC / 10,
	};
	struct wire *w = calloc(1, sizeof *w);
	struct span *latency, *lateness;

	(void)state;
	wire_run(w, &sets);
	assert_in_range(w->a.sent, 9999, 10000);
	assert_int_equal(stage_count(w->b.stage, "missing"), 3);
	latency = stage_metric(w->b.stage, "latency");
	assert_float_equal(latency->sum / (double)latency->n, 102e6, 1);
	lateness = stage_metric(w->a.stage, "lateness");
	assert_float_equal(lateness->sum / (double)lateness->n, 1e6, 1);
	assert_int_equal(lateness->max, 1000000);
	wire_close(w);
	free(w);
}

/* 3 us each, and it has to wait for nothing else. */
static void datagrams_at_full_speed(void **state)
{
	struct wire_sets sets = {
		.a = &udp_type,
		.b = &udp_sink_type,
		.a_sets = "load=saturate write_cost=1us",
		.b_sets = "read_cost=1us",
		.delay = WAY,
		.send_cost = {.mean = 2 * SIM_US},
		.time = SIM_SEC / 10,
	};
	struct wire *w = calloc(1, sizeof *w);

	(void)state;
	wire_run(w, &sets);
	assert_in_range(w->a.sent, 33333, 33334);
	assert_int_equal(stage_count(w->b.stage, "missing"), 0);
	wire_close(w);
	free(w);
}

/* What arrives interrupts threads that were about to send: what they meant to
 * send may be gone. One in 40 is lost. */
static void interrupted(void **state)
{
	static const char *const ways[] = {"congestion=newreno",
					   "congestion=mirage",
					   "congestion=cubic sack=on"};
	unsigned loses[250];
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.delay = WAY,
		.packet_time = SIM_US,
		.send_cost = {.mean = SIM_US},
		.loses = loses,
		.interrupts = true,
		.time = 100 * SIM_SEC,
	};

	(void)state;
	for (unsigned i = 0; i < 249; i++)
		loses[i] = 40 * i + 40 + i % 3;
	loses[249] = 0;
	for (unsigned i = 0; i < 3; i++) {
		struct wire *w = calloc(1, sizeof *w);
		char text[256];

		snprintf(text, sizeof text,
			 "bytes=16MiB rto_timer=restart rto_init=10ms "
			 "rto_min=1ms rto_retries=30 log_cost=%uus %s",
			 9 + i, ways[i]);
		sets.a_sets = text;
		sets.b_sets = "sack=on log_cost=7us delayed_ack=off";
		wire_run(w, &sets);
		assert_false(isnan(number(w->a.stage, "completion")));
		assert_int_equal(w->a.lost, 249);
		assert_true(stage_count(w->a.stage, "fast_resends") > 200);
		assert_int_equal(stage_count(w->a.stage, "timeouts"), 0);
		wire_close(w);
		free(w);
	}
}

static void same_again(void **state)
{
	static const unsigned loses[] = {500, 502, 9000, 0};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "write_cost=1us write_cost.jitter=gamma(20%)",
		.b_sets = "log_cost=300ns",
		.delay = WAY,
		.send_cost = {.mean = SIM_US,
			      .jitter = {JITTER_EXPONENTIAL, 0, 500 * SIM_NS}},
		.loses = loses,
		.time = SIM_SEC / 10,
	};
	uint64_t hash[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct wire *w = calloc(1, sizeof *w);

		wire_run(w, &sets);
		hash[i] = w->sim->hash;
		wire_close(w);
		free(w);
	}
	assert_true(hash[0] == hash[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_limited),
		cmocka_unit_test(device_limited),
		cmocka_unit_test(a_write_fills_segments),
		cmocka_unit_test(windows_cost),
		cmocka_unit_test(tail_loss),
		cmocka_unit_test(tail_loss_restart),
		cmocka_unit_test(repairs),
		cmocka_unit_test(requests),
		cmocka_unit_test(long_requests),
		cmocka_unit_test(slow_reader),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(datagrams_at_full_speed),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(same_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
