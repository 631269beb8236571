/* SPDX-License-Identifier: MIT */
/*
 * SQL out of a scenario. A scenario from a stranger is data: its SQL may look
 * at the results of its own experiment, and at nothing else.
 *
 * It sees v_run, v_setting, v_result, v_sample, v_stall and the wide table
 * (under its name and as `this`), all of them cut down to the one experiment.
 * It runs on a connection that cannot write, with an authorizer that admits
 * SELECT, a list of functions, and these views; it has some seconds of time
 * and some memory.
 */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "sim/app/estimate.h"
#include "sim/app/store.h"

struct sandbox;

/*
 * For an experiment that the store holds, committed; the store itself may not
 * be used while a sandbox is open on ":memory:". NULL: the machine is in the
 * way, `why` says how.
 */
struct sandbox *sandbox_open(struct store *st, const struct experiment *exp,
			     double seconds, char *why, size_t why_size);
void sandbox_close(struct sandbox *box);

/* Is it SQL that may be run, and gives one column? If not, `why` has a clause
 * for the user. */
bool sandbox_check(struct sandbox *box, const char *sql, char *why,
		   size_t why_size);
/*
 * Its number with all seeds, and an interval from leaving out one seed after
 * the other. `why` has a clause when there is no number, or no interval though
 * there are several seeds; it is "" otherwise. False: no number.
 */
bool sandbox_estimate(struct sandbox *box, const char *sql,
		      struct estimate *out, char *why, size_t why_size);

#endif
