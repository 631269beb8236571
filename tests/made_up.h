/* SPDX-License-Identifier: MIT */
/* A folder, a scenario, and results that nobody simulated: what tests of the
 * database begin with. */
#ifndef TESTS_MADE_UP_H
#define TESTS_MADE_UP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/app/store/store.h"
#include "sim/app/run/verdict.h"

/* A folder of its own for every test. */
struct place {
	char folder[64];
	char db[96];
};

static inline int make_place(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	strcpy(p->folder, "/tmp/ringsim-test-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->db, sizeof p->db, "%s/results.db", p->folder);
	*state = p;
	return 0;
}

static inline int remove_place(void **state)
{
	struct place *p = *state;
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", p->folder);
	assert_int_equal(system(command), 0);
	free(p);
	return 0;
}

/* --- scenarios ---------------------------------------------------------- */

#define PATH                                                                   \
	"path:\n"                                                              \
	"  - pktgen: {name: app}\n"                                            \
	"  - virtio_net: {name: guest}\n"                                      \
	"  - qemu_tx: {name: host, mode: bh}\n"                                \
	"  - sink: {name: end}\n"                                              \
	"run: {warmup: 1ms, measure: 40ms, seeds: 3}\n"                        \
	"samples: [app.rate]\n"

#define SWEEP                                                                  \
	"sweep:\n"                                                             \
	"  host.packet_cost: [1us, 2us]\n"                                     \
	"  host.rest: [sleep, retries(3)]\n"

#define EXPECT                                                                 \
	"expect:\n"                                                            \
	"  - {id: X.one, metric: app.rate, at: {host.packet_cost: 2us, "       \
	"host.rest: sleep}, between: [3kpps, 4kpps], kind: fitted}\n"          \
	"  - {id: X.two, value: SELECT max(value) FROM v_result WHERE "        \
	"metric = 'app.rate', unit: pps, kind: observed}\n"

static inline struct scenario *load(const struct place *p, const char *name,
				    const char *text)
{
	char path[128];
	struct complaints c = {0};
	struct scenario *sc;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.yaml", p->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	sc = scenario_load(path, NULL, 0, &c);
	complaints_print(&c, stderr);
	assert_non_null(sc);
	complaints_free(&c);
	return sc;
}

/* --- results that nobody simulated -------------------------------------- */

#define RUN_COLUMNS 4 /* of the run itself, before app.rate */

/* Column i after app.rate is 1000 * point + 10 * seed + i; the last is
 * undefined. */
static inline void make_up(const struct experiment *exp,
			   const struct wanted_run *run, struct outcome *out)
{
	out->status = RUN_OK;
	out->events = 7;
	out->trace_hash = 0xfedcba9876543210;
	out->sim_ns = 41000000;
	out->wall_ns = 5;
	for (unsigned i = 0; i < exp->n_columns; i++)
		out->values[i] = 1000. * run->point + 10. * (double)run->seed +
				 i - RUN_COLUMNS;
	out->values[exp->n_columns - 1] = NAN;
	out->n_samples = out->sample_room = 4;
	for (unsigned i = 0; i < 4; i++)
		out->samples[i] = (double)run->seed + i;
}

/* Seed 2 stalls twice; one of the two has its chain. */
static inline void make_up_stalls(struct stalls *s)
{
	static const char *const names[] = {"writer", "slots", "a timer", "",
					    "peer"};

	for (unsigned i = 0; i < 5; i++)
		strcpy(s->names[i], names[i]);
	s->n_names = 5;
	s->all[0] = (struct told_stall){.start = 2000999,
					.end = 5001000,
					.n_notes = 3,
					.has_out = 1,
					.waiter = 0,
					.awaited = 1,
					.rescuer = 2,
					.cause = CAUSE_COALESCED};
	s->all[1] = s->all[0];
	s->all[1].start = 7000000;
	s->all[1].end = 41000000000;
	s->all[1].n_notes = s->all[1].has_out = 0;
	s->all[1].rescuer = 3;
	s->n = 2;
	s->notes[0] = (struct told_note){1000000, 5, 0, NOTE_ARM};
	s->notes[1] = (struct told_note){2000000, 6, 4, NOTE_PUT};
	s->notes[2] = (struct told_note){5000000, 0, 4, NOTE_TIMER};
	s->n_notes = 3;
}

struct made_up {
	struct outcome out;
	double values[500], samples[8];
};

static inline bool add_result(struct store *st, struct experiment *exp,
			      const struct wanted_run *run,
			      enum run_status status)
{
	static struct stalls stalls;
	struct made_up m = {0};

	assert_true(exp->n_columns <= 500);
	m.out.values = m.values;
	m.out.samples = m.samples;
	make_up(exp, run, &m.out);
	m.out.status = status;
	m.out.stalls = &stalls;
	stalls_none(&stalls);
	if (run->seed == 2) {
		make_up_stalls(&stalls);
		snprintf(m.out.remark, sizeof m.out.remark,
			 "host: it is point %u", run->point / 2);
	}
	return store_outcome(st, exp, run, &m.out);
}

static inline struct store *open_db(const struct place *p)
{
	char why[512] = "";
	struct store *st = store_open(p->db, STORE_WRITE, why, sizeof why);

	if (!st)
		print_error("%s\n", why);
	assert_non_null(st);
	return st;
}

static inline struct experiment *plan(struct store *st,
				      const struct scenario *sc)
{
	struct experiment *exp = experiment_plan(sc);

	assert_true(store_experiment(st, exp));
	assert_true(store_commit(st));
	return exp;
}

static inline void unplan(struct experiment *exp)
{
	store_experiment_close(exp);
	experiment_free(exp);
}

static inline unsigned wanted(struct store *st, const struct experiment *exp,
			      struct wanted_run **all)
{
	unsigned n;

	assert_true(store_wanted(st, exp, all, &n));
	return n;
}

static inline void run_all(struct store *st, struct experiment *exp,
			   bool backwards)
{
	struct wanted_run *all;
	unsigned n = wanted(st, exp, &all);

	for (unsigned i = 0; i < n; i++)
		assert_true(add_result(st, exp, &all[backwards ? n - 1 - i : i],
				       RUN_OK));
	assert_true(store_commit(st));
	free(all);
}

#endif
