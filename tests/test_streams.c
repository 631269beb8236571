/* SPDX-License-Identifier: MIT */
/*
 * Several connections between two stages, over an ideal wire: each gets its own
 * data, they share what there is, and what is measured is of all together.
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

static double level_now(const struct stage *s, const char *name)
{
	return ((struct level *)stage_metric(s, name))->now;
}

static struct wire *run(const struct wire_sets *sets)
{
	struct wire *w = calloc(1, sizeof *w);

	assert_non_null(w);
	wire_run(w, sets);
	return w;
}

static void end(struct wire *w)
{
	wire_close(w);
	free(w);
}

/* A window per round trip each, of 200 us and what the wire takes. */
static void windows_add_up(void **state)
{
	static const char *const streams[] = {"1", "2", "5"};
	static const unsigned n[] = {1, 2, 5};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct wire_sets sets = {
			.a = &tcp_type,
			.b = &tcp_sink_type,
			.a_sets = text,
			.b_sets = "window=14600B delayed_ack=off",
			.delay = WAY,
			.time = SIM_SEC / 10,
		};
		struct wire *w;
		double rate = n[i] * 14600 * 8 / 200e-6;

		snprintf(text, sizeof text,
			 "window=14600B send_buffer=100000B streams=%s",
			 streams[i]);
		w = run(&sets);
		assert_float_equal(mean_rate(&w->b, sets.time), rate,
				   0.02 * rate);
		assert_float_equal(level_now(w->a.stage, "sent_to"),
				   level_now(w->b.stage, "received_to"),
				   n[i] * 14600);
		assert_true(w->a.sent == stage_count(w->a.stage, "segments"));
		assert_true(w->b.sent == stage_count(w->b.stage, "acks"));
		end(w);
	}
}

/* Each sends 1 MB, and some of it is lost: all of it arrives where it belongs,
 * in order. */
static void each_gets_its_own(void **state)
{
	static const unsigned loses[] = {100, 105, 106, 777, 2000, 2001, 0};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=7 bytes=1000000B congestion=cubic sack=on "
			  "rto_timer=restart",
		.b_sets = "sack=on log_cost=200ns",
		.delay = WAY,
		.packet_time = SIM_US,
		.loses = loses,
		.time = 10 * SIM_SEC,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_int_equal(w->a.lost, 6);
	assert_int_equal(stage_count(w->a.stage, "resends"), 6);
	assert_float_equal(level_now(w->a.stage, "sent_to"), 7e6, 0);
	assert_float_equal(level_now(w->a.stage, "acked_to"), 7e6, 0);
	assert_float_equal(level_now(w->b.stage, "received_to"), 7e6, 0);
	assert_float_equal(number(w->b.stage, "fairness"), 1, 0);
	assert_float_equal(number(w->a.stage, "speed"),
			   8 * 7e6 / number(w->a.stage, "completion"), 1);
	assert_float_equal(number(w->a.stage, "aborted"), 0, 0);
	end(w);
}

/* The last segment of one is lost: the others were done long before it. */
static void completion_is_the_last_one(void **state)
{
	static const unsigned loses[] = {30, 0};
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=3 bytes=14600B cwnd_init=10 rto_init=700ms "
			  "rto_timer=restart rto_min=600ms",
		.b_sets = "delayed_ack=off",
		.delay = WAY,
		.loses = loses,
		.time = 2 * SIM_SEC,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_int_equal(w->a.lost, 1);
	assert_in_range(number(w->a.stage, "completion") * 1e3, 600, 701);
	end(w);
}

/* The device takes 5 us for each segment: the streams share it evenly. */
static void a_full_device_is_shared(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=8",
		.b_sets = "",
		.delay = WAY,
		.send_cost = {.mean = 5 * SIM_US},
		.time = SIM_SEC,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_float_equal((double)stage_count(w->a.stage, "segments"), 200000,
			   2000);
	assert_true(number(w->b.stage, "fairness") > 0.99);
	end(w);
}

/* netperf's TCP_RR on each: two ways, and what it takes the other end to read
 * the requests. They arrive together, and are answered when all are read: first
 * come, first served. */
static void each_asks_by_itself(void **state)
{
	static const char *const streams[] = {"1", "4"};
	static const double takes[] = {202, 208};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct wire_sets sets = {
			.a = &tcp_type,
			.b = &tcp_sink_type,
			.a_sets = text,
			.b_sets = "write_size=64KiB read_cost=2us",
			.delay = WAY,
			.time = SIM_SEC,
		};
		struct wire *w;
		struct span *latency;

		snprintf(text, sizeof text,
			 "app=rr request=100B answer=3000B write_size=64KiB "
			 "streams=%s",
			 streams[i]);
		w = run(&sets);
		latency = stage_metric(w->a.stage, "latency");
		assert_float_equal(latency->sum / (double)latency->n / 1e6,
				   takes[i], 0.1);
		assert_float_equal((double)latency->n,
				   atoi(streams[i]) * 1e6 / takes[i], 10);
		end(w);
	}
}

/* As nobody spends time on anything, nobody waits for anybody. */
static void answers_are_for_who_asked(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=4 app=rr request=100B answer=700B "
			  "write_size=64KiB",
		.b_sets = "write_size=64KiB",
		.delay = WAY,
		.time = SIM_SEC / 100,
	};
	struct wire *w;
	struct span *latency;

	(void)state;
	w = run(&sets);
	latency = stage_metric(w->a.stage, "latency");
	assert_int_equal(latency->n, 4 * 49);
	assert_int_equal(latency->max, 2 * WAY);
	assert_float_equal(level_now(w->a.stage, "received_to"), 4 * 49 * 700,
			   0);
	end(w);
}

/* The run ends while a segment is being logged: it is counted, as
 * wire_conserves() will tell. */
static void what_is_in_hand_counts(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=2",
		.b_sets = "log_cost=10ms",
		.delay = WAY,
		.time = SIM_SEC / 200,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_int_equal(w->b.sent, 0);
	assert_true(w->a.sent > 0);
	end(w);
}

/* Readers take 50 us for a segment on one CPU, and each shuts its own window:
 * nothing is lost. */
static void slow_readers(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=3 rto_timer=restart",
		.b_sets = "read_cost=50us",
		.delay = WAY,
		.packet_time = SIM_US,
		.time = 2 * SIM_SEC,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_int_equal(stage_count(w->a.stage, "resends"), 0);
	assert_float_equal(mean_rate(&w->b, sets.time), 1460 * 8 / 50e-6,
			   0.02 * 1460 * 8 / 50e-6);
	end(w);
}

/* Writers who never find anything full, and what arrives is dealt with in an
 * interrupt: the first would keep the CPU for good. */
static void writers_share_the_cpu(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "streams=4 write_cost=20us softirq=on piecewise=on "
			  "keeps_sent=on send_buffer=1MiB cwnd_init=1000",
		.b_sets = "delayed_ack=off softirq=on",
		.delay = WAY,
		.interrupts = true,
		.time = SIM_SEC,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_true(number(w->b.stage, "fairness") < 0.26);
	end(w);
	sets.slice = 4 * SIM_MS;
	w = run(&sets);
	assert_true(number(w->b.stage, "fairness") > 0.99);
	assert_float_equal(mean_rate(&w->b, sets.time), 1460 * 8 / 20e-6,
			   0.02 * 1460 * 8 / 20e-6);
	end(w);
}

static bool has_owner(const struct sim *sim, const char *name)
{
	for (unsigned i = 0; i < sim->owners; i++)
		if (strcmp(sim->owner_names[i], name) == 0)
			return true;
	return false;
}

static void threads_have_names(void **state)
{
	struct wire_sets sets = {
		.a = &tcp_type,
		.b = &tcp_sink_type,
		.a_sets = "",
		.b_sets = "",
		.delay = WAY,
		.time = SIM_MS,
	};
	struct wire *w;

	(void)state;
	w = run(&sets);
	assert_true(has_owner(w->sim, "a.writer"));
	assert_true(has_owner(w->sim, "b.reader"));
	assert_false(has_owner(w->sim, "a.writer[1]"));
	end(w);
	sets.a_sets = "streams=3";
	w = run(&sets);
	assert_true(has_owner(w->sim, "a.writer[1]"));
	assert_true(has_owner(w->sim, "b.reader[3]"));
	assert_false(has_owner(w->sim, "a.writer"));
	assert_false(has_owner(w->sim, "a.writer[4]"));
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_add_up),
		cmocka_unit_test(each_gets_its_own),
		cmocka_unit_test(completion_is_the_last_one),
		cmocka_unit_test(a_full_device_is_shared),
		cmocka_unit_test(each_asks_by_itself),
		cmocka_unit_test(answers_are_for_who_asked),
		cmocka_unit_test(what_is_in_hand_counts),
		cmocka_unit_test(slow_readers),
		cmocka_unit_test(writers_share_the_cpu),
		cmocka_unit_test(threads_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
