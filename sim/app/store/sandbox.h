/* SPDX-License-Identifier: MIT */
/*
 * SQL out of a scenario. A scenario from a stranger is data: its SQL may look
 * at the results of its own experiment, and at nothing else.
 *
 * It sees v_run, v_setting, v_result, v_sample, v_stall and the wide table
 * (under its name and as `this`), all of them cut down to the one experiment.
 * It is tried first on a database in memory that has nothing but empty views
 * of these names: what can be prepared there names nothing else. Then it runs
 * on a connection that cannot write, for some seconds and in some memory. On
 * both an authorizer admits SELECT alone, and a list of functions.
 */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "sim/app/store/estimate.h"
#include "sim/app/store/store.h"

struct sandbox;

/*
 * For an experiment that the store holds, committed. Without a store SQL can
 * be checked and not run. NULL: the machine is in the way, `why` says how.
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
