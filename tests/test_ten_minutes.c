/* SPDX-License-Identifier: MIT */
/*
 * Correct drivers lose nothing: every path on every flavour, ten simulated
 * minutes in all for each path, with random costs and steps, and sleeps without
 * number. See racy_world.h for why these minutes are worth as much as days.
 */
#define _GNU_SOURCE /* strsep() */
#include "tests/racy_world.h"

#include "sim/oracle.h"

#define RUNS 12 /* of each path, 50 s each */

/* From much shorter than a packet's work to longer. */
static const char *const steps[] = {"20us", "3us", "150us"};

static unsigned flavours_of(const struct racy_path *path)
{
	unsigned n = 0;

	while (racy_flavour(path, n))
		n++;
	return n;
}

static double sleeps(const struct small_world *w, const struct racy_path *path,
		     unsigned end)
{
	return small_world_number(w, path->sleeps[end]);
}

static void no_stall(void **state)
{
	const struct racy_path *path = *state;
	unsigned n = flavours_of(path);
	struct small_world w = {0};
	double slept[2] = {0};
	char more[128];

	for (unsigned i = 0; i < RUNS; i++) {
		snprintf(more, sizeof more,
			 "run.warmup=0ns run.measure=50s run.step=%s",
			 steps[i / n % 3]);
		racy_run(&w, path, racy_flavour(path, i % n), more, i + 1);
		assert_int_equal(w.block->oracle->n, 0);
		slept[0] += sleeps(&w, path, 0);
		slept[1] += sleeps(&w, path, 1);
	}
	print_message("          %.0f and %.0f sleeps\n", slept[0], slept[1]);
	assert_true(slept[0] > 1e5 && slept[1] > 1e5);
	small_world_free(&w);
}

#define PATH(name, i)                                                          \
	{                                                                      \
		name, no_stall, NULL, NULL, (void *)(uintptr_t)&racy_paths[i]  \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PATH("QEMU's bottom half", 0),
		PATH("the same with ioeventfd", 1),
		PATH("QEMU's timer", 2),
		PATH("the same with ioeventfd", 3),
		PATH("a paravirtual e1000", 4),
		PATH("vhost", 5),
		PATH("the theory", 6),
		PATH("the theory with thresholds", 7),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
