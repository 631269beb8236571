/* SPDX-License-Identifier: MIT */
/*
 * A witness for the oracle: it looks at all sleepers whenever something has
 * happened in a world. Lost are those that are asleep although their condition
 * holds, with nobody about to decide and nothing on its way, from that moment
 * on and no others.
 *
 * To get at a world before and while it runs, sim_run() is wrapped (by the
 * linker, see CMakeLists.txt).
 */
#ifndef TESTS_WITNESS_H
#define TESTS_WITNESS_H

#include "sim/oracle.h"

static struct {
	/* What is to be done to a world before it runs. NULL: nothing. */
	void (*begins)(struct sim *sim);
	bool begun; /* to be lowered before each run */
	bool blind; /* it does not look */
} witness;

enum sim_status __real_sim_run(struct sim *sim, sim_time until);
enum sim_status __wrap_sim_run(struct sim *sim, sim_time until);

static inline void witness_looks(const struct sim *sim)
{
	for (struct waiter *w = sim->oracle->waiters; w; w = w->next) {
		bool lost = w->asleep && !w->deciding && w->due(w->arg) &&
			    !w->coming(w->arg);

		if (lost && !w->lost)
			fail_msg("%s was lost and nobody saw it", w->name);
		if (w->lost && !w->asleep)
			fail_msg("%s is lost and awake", w->name);
		/* Or somebody else is about to decide by now. */
		if (w->lost && !lost && !w->deciding &&
		    w->open->start == sim->now)
			fail_msg("%s is not lost", w->name);
	}
}

/* From one moment at which something happens to the next. */
enum sim_status __wrap_sim_run(struct sim *sim, sim_time until)
{
	if (!witness.begun && witness.begins)
		witness.begins(sim);
	witness.begun = true;
	while (!witness.blind && sim->next < until) {
		sim_time at = sim->next;

		__real_sim_run(sim, at + 1);
		sim->now = at;
		witness_looks(sim);
	}
	return __real_sim_run(sim, until);
}

#endif
