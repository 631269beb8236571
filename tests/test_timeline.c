/* SPDX-License-Identifier: MIT */
/*
 * Timelines, read back: they are JSON; spans of a track lie behind each other
 * and add up to what the CPU was busy; every arrow has two ends, at marks that
 * are there; what is drawn is the same run.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/small_world.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "sim/app/verb/timeline.h"

#define MS SIM_MS

struct drawn {
	struct small_world w;
	struct watch watch;
	struct sim *block;
	json_t *root, *events;
};

static void draw(struct drawn *d, const char *scenario, const char *sets,
		 sim_time from, sim_time to, uint64_t most)
{
	json_error_t error;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	*d = (struct drawn){.watch = {from, to, most, NULL, 0, 0, 0, 0}};
	small_world_run(&d->w, scenario, sets, 1);
	assert_true(world_watch(&d->block, d->w.sc, &d->w.sc->points[0], 1,
				&d->watch));
	assert_non_null(f);
	timeline_write(f, d->w.sc, &d->watch, NULL);
	assert_int_equal(fclose(f), 0);
	d->root = json_loadb(text, size, 0, &error);
	if (!d->root)
		fail_msg("line %d: %s", error.line, error.text);
	d->events = json_object_get(d->root, "traceEvents");
	assert_true(json_is_array(d->events));
	free(text);
}

static void erase(struct drawn *d)
{
	json_decref(d->root);
	sim_free(d->block);
	small_world_free(&d->w);
}

/* --- reading events ----------------------------------------------------- */

static const char *text_of(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text ? text : "";
}

static bool is(const json_t *event, const char *key, const char *text)
{
	return strcmp(text_of(event, key), text) == 0;
}

static long long number(const json_t *event, const char *key)
{
	assert_true(json_is_integer(json_object_get(event, key)));
	return json_integer_value(json_object_get(event, key));
}

/* In ns; what is written are us. */
static long long ns(const json_t *event, const char *key)
{
	assert_true(json_is_number(json_object_get(event, key)));
	return llround(1000 * json_number_value(json_object_get(event, key)));
}

/* The name of a track, NULL if nobody has named it. */
static const char *track_name(const struct drawn *d, long long tid)
{
	size_t i;
	json_t *event;

	json_array_foreach(
		d->events, i,
		event) if (is(event, "name", "thread_name") &&
			   number(event, "tid") ==
				   tid) return text_of(json_object_get(event,
								       "args"),
						       "name");
	return NULL;
}

/* --- spans -------------------------------------------------------------- */

#define TRACKS 64

/* Those of a track are written in the order of time. */
static void spans_do_not_overlap(const struct drawn *d, const char *category)
{
	long long end[TRACKS] = {0};
	size_t i;
	json_t *event;

	json_array_foreach(d->events, i, event)
	{
		long long tid, ts;

		if (!is(event, "ph", "X") || !is(event, "cat", category))
			continue;
		tid = number(event, "tid");
		ts = ns(event, "ts");
		assert_true(tid > 0 && tid < TRACKS);
		assert_true(ns(event, "dur") >= 0);
		assert_true(ts >= end[tid]);
		end[tid] = ts + ns(event, "dur");
	}
}

static void everything_lies_in_the_stretch(const struct drawn *d)
{
	size_t i;
	json_t *event;

	json_array_foreach(d->events, i, event)
	{
		if (is(event, "ph", "M"))
			continue;
		assert_true(ns(event, "ts") >= d->watch.from / SIM_NS);
		assert_true(ns(event, "ts") <= d->watch.until / SIM_NS);
		assert_non_null(track_name(d, number(event, "tid")));
	}
}

static long long run_ns(const struct drawn *d, const char *name)
{
	long long sum = 0;
	size_t i;
	json_t *event;

	json_array_foreach(d->events, i, event) if (is(event, "cat", "run") &&
						    is(event, "name", name))
		sum += ns(event, "dur");
	return sum;
}

static void must_be(double x, double y, double within)
{
	if (!(fabs(x - y) <= within))
		fail_msg("%.12g is not %.12g", x, y);
}

static void spans_add_up(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "vhost", "run.measure=20ms", 0, 20 * MS, 100000);
	assert_true(d.watch.until == 20 * MS);
	spans_do_not_overlap(&d, "run");
	everything_lies_in_the_stretch(&d);
	assert_true(run_ns(&d, "host") > 30000);
	must_be((double)run_ns(&d, "host") / 20e6,
		small_world_number(&d.w, "host.busy"), 1e-4);
	erase(&d);
}

/* A stretch in the middle of a long span begins and ends inside it. */
static void a_stretch_inside_a_span(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "vhost",
	     "run.measure=20ms host.packet_cost=900us run.timeout=60s",
	     5500 * SIM_US, 5600 * SIM_US, 100000);
	must_be((double)run_ns(&d, "host"), 100000, 0);
	erase(&d);
}

static void it_is_the_same_run(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "vhost", "run.measure=20ms", 0, 20 * MS, 100000);
	assert_true(d.watch.sim->hash == d.w.out.trace_hash);
	erase(&d);
}

/* --- arrows ------------------------------------------------------------- */

static bool has_mark(const struct drawn *d, const json_t *end)
{
	size_t i;
	json_t *event;

	json_array_foreach(
		d->events, i,
		event) if (is(event, "cat", "mark") &&
			   number(event, "tid") == number(end, "tid") &&
			   ns(event, "ts") == ns(end, "ts")) return true;
	return false;
}

static unsigned arrows(const struct drawn *d, const char *what)
{
	const json_t *start = NULL;
	unsigned n = 0;
	size_t i;
	json_t *event;

	json_array_foreach(d->events, i, event)
	{
		if (is(event, "ph", "s")) {
			assert_null(start);
			start = event;
		} else if (is(event, "ph", "f")) {
			assert_non_null(start);
			assert_int_equal(number(start, "id"),
					 number(event, "id"));
			assert_string_equal(text_of(event, "bp"), "e");
			assert_true(ns(start, "ts") <= ns(event, "ts"));
			assert_true(has_mark(d, start) && has_mark(d, event));
			n += is(event, "name", what);
			start = NULL;
		}
	}
	assert_null(start);
	return n;
}

/* A packet each ms, and each finds the worker asleep: 19 kicks, 19 arrows, as
 * the first comes after one ms. */
static void each_kick_has_its_arrow(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "vhost", "run.measure=20ms", 0, 20 * MS, 100000);
	assert_true(small_world_number(&d.w, "host.kicks") > 10);
	assert_int_equal(arrows(&d, "kick"),
			 small_world_number(&d.w, "host.kicks"));
	erase(&d);
}

/* Kicks start a timer here, and wake nobody; the main loop wakes for it. */
static void a_timer_is_no_notification(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "qemu", "run.measure=20ms host.mode=timer host.timer=300us", 0,
	     20 * MS, 100000);
	assert_true(small_world_number(&d.w, "host.kicks") > 10);
	assert_int_equal(arrows(&d, "kick"), 0);
	erase(&d);
}

/* --- stalls ------------------------------------------------------------- */

#define LOSSY                                                                  \
	"run.measure=200ms run.step=20us app.load=poisson app.offered=6kpps "  \
	"guest.packet_cost=100us host.packet_cost=100us host.recheck=off"

static void a_lost_wakeup_is_a_span(void **state)
{
	unsigned n = 0;
	struct drawn d;
	size_t i;
	json_t *event;

	(void)state;
	draw(&d, "vhost", LOSSY, 0, 200 * MS, 100000);
	assert_true(small_world_number(&d.w, "run.stalls") == 1);
	json_array_foreach(d.events, i, event)
	{
		const json_t *args = json_object_get(event, "args");

		if (!is(event, "cat", "stall"))
			continue;
		n++;
		assert_string_equal(text_of(event, "name"),
				    "LOST: no re-check");
		assert_string_equal(text_of(args, "waiter"), "host.worker");
		must_be((double)ns(event, "dur"),
			small_world_number(&d.w, "run.longest_stall"), 2);
	}
	assert_int_equal(n, 1);
	erase(&d);
}

/* --- limits ------------------------------------------------------------- */

static void too_many_events_are_cut(void **state)
{
	struct drawn d;

	(void)state;
	draw(&d, "vhost", "run.measure=50ms", 10 * MS, 50 * MS, 100);
	assert_true(d.watch.until > 10 * MS && d.watch.until < 50 * MS);
	assert_int_equal(d.watch.end - d.watch.first, 100);
	everything_lies_in_the_stretch(&d);
	erase(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_add_up),
		cmocka_unit_test(a_stretch_inside_a_span),
		cmocka_unit_test(it_is_the_same_run),
		cmocka_unit_test(each_kick_has_its_arrow),
		cmocka_unit_test(a_timer_is_no_notification),
		cmocka_unit_test(a_lost_wakeup_is_a_span),
		cmocka_unit_test(too_many_events_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
