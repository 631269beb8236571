/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity */
#include "sim/app/run/session.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/app/exit.h"
#include "sim/app/memory.h"
#include "sim/app/run/runner.h"
#include "sim/app/run/worker.h"

/* A transaction ends after so many runs, or so much time. */
#define BATCH_RUNS 1000
#define BATCH_NS   500000000LL

/* --- loading ------------------------------------------------------------ */

void session_take(struct session *s, struct scenario *sc)
{
	*mem_push(s->scenarios, s->n) = sc;
}

void session_load(struct session *s, const char *path, char *const *sets,
		  unsigned n_sets, struct complaints *c)
{
	struct scenario *sc = scenario_load(path, sets, n_sets, c);

	if (sc)
		session_take(s, sc);
}

static void check_name(const struct session *s, unsigned i,
		       struct complaints *c)
{
	const struct scenario *sc = s->scenarios[i];

	for (unsigned k = 0; k < i; k++)
		if (strcasecmp(s->scenarios[k]->name, sc->name) == 0)
			complain(c, sc->path, 0, 0,
				 "%s is named %s as well, and one would "
				 "replace the other's results",
				 s->scenarios[k]->path, sc->name);
}

bool session_check(struct session *s, struct complaints *c)
{
	for (unsigned i = 0; i < s->n; i++) {
		check_name(s, i, c);
		if (!verdicts_check(s->scenarios[i], c))
			return false;
	}
	return true;
}

void session_free(struct session *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->verdicts)
			verdicts_free(s->verdicts[i],
				      s->scenarios[i]->n_expects);
		if (s->experiments && s->experiments[i]) {
			store_experiment_close(s->experiments[i]);
			experiment_free(s->experiments[i]);
		}
		scenario_free(s->scenarios[i]);
	}
	if (s->store)
		store_close(s->store);
	free(s->verdicts);
	free(s->experiments);
	free(s->scenarios);
}

bool session_differs(const struct session *s)
{
	for (unsigned i = 0; i < s->n; i++)
		for (unsigned k = 0; k < s->scenarios[i]->n_expects; k++)
			if (s->verdicts && s->verdicts[i] &&
			    verdict_differs(&s->verdicts[i][k]))
				return true;
	return false;
}

unsigned cpus_online(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	return CPU_COUNT(&set) > 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* --- running ------------------------------------------------------------ */

/* What the runner does not need to know about a job. */
struct errand {
	struct experiment *experiment;
	struct wanted_run run;
	bool records; /* what passes the interfaces of its scenario's `pcap` */
	bool again;   /* for that alone: the database has its results */
};

struct sweep {
	struct session *session;
	struct errand *errands;
	struct job *jobs;
	unsigned n, done, bad[NUM_RUN_STATUSES];
	unsigned in_batch;
	int64_t batch_began;
	struct progress own, *progress;
	unsigned before; /* what of the progress others have done */
	int pcap_errno;	 /* the first */
};

static int machine_failed(const char *why)
{
	fprintf(stderr, "ringsim: %s\n", why);
	return EXIT_MACHINE;
}

static bool store_all(struct session *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!store_experiment(s->store, s->experiments[i]))
			return false;
	return store_commit(s->store);
}

/* Whose turn a run is does not depend on what is done already. */
static bool is_mine(const struct experiment *exp, const struct wanted_run *run,
		    struct shard shard)
{
	struct identity id = identity_of_run(exp->points[run->point].identity,
					     run->seed, experiment_engine(exp));

	return id.low % shard.of == shard.number - 1;
}

static bool collect(struct sweep *w, struct experiment *exp, struct shard shard)
{
	struct wanted_run *all;
	unsigned n;

	if (!store_wanted(w->session->store, exp, &all, &n))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (is_mine(exp, &all[i], shard))
			*mem_push(w->errands, w->n) = (struct errand){
				.experiment = exp, .run = all[i]};
	free(all);
	return true;
}

static int by_run(const void *a, const void *b)
{
	const struct errand *const *s = a, *const *t = b;

	if ((*s)->run.run != (*t)->run.run)
		return (*s)->run.run < (*t)->run.run ? -1 : 1;
	return *s < *t ? -1 : 1;
}

/* A run that two experiments want is run for the first of them. */
static void drop_doubles(struct sweep *w)
{
	struct errand **sorted = mem_new(w->n, sizeof *sorted);
	unsigned kept = 0;

	for (unsigned i = 0; i < w->n; i++)
		sorted[i] = &w->errands[i];
	qsort(sorted, w->n, sizeof *sorted, by_run);
	for (unsigned i = w->n; i > 1; i--)
		if (sorted[i - 1]->run.run == sorted[i - 2]->run.run)
			sorted[i - 1]->experiment = NULL;
	for (unsigned i = 0; i < w->n; i++)
		if (w->errands[i].experiment)
			w->errands[kept++] = w->errands[i];
	w->n = kept;
	free(sorted);
}

/* Of each point, the run with its first seed is recorded. */
static struct errand *errand_for(struct sweep *w, struct experiment *exp,
				 const struct wanted_run *run)
{
	struct errand *e;

	for (unsigned i = 0; i < w->n; i++) {
		e = &w->errands[i];
		if (e->experiment == exp && e->run.point == run->point &&
		    e->run.seed == run->seed)
			return e;
	}
	e = mem_push(w->errands, w->n);
	*e = (struct errand){.experiment = exp, .run = *run, .again = true};
	return e;
}

static void record_points(struct sweep *w, struct experiment *exp,
			  struct shard shard)
{
	for (unsigned i = 0; i < exp->scenario->n_points; i++) {
		struct wanted_run run = {.point = i,
					 .seed = exp->points[i].seed};

		if (exp->scenario->n_pcap && is_mine(exp, &run, shard))
			errand_for(w, exp, &run)->records = true;
	}
}

static void make_jobs(struct sweep *w)
{
	w->jobs = mem_new(w->n, sizeof *w->jobs);
	for (unsigned i = 0; i < w->n; i++) {
		const struct experiment *exp = w->errands[i].experiment;
		const struct wanted_run *run = &w->errands[i].run;
		const struct planned_point *pt = &exp->points[run->point];

		w->jobs[i] = (struct job){
			.scenario = exp->scenario,
			.point = &exp->scenario->points[run->point],
			.seed = run->seed,
			.timeout_ns = pt->timeout_ns,
			.n_values = exp->n_columns,
			.sample_room = pt->sample_room,
			.pcap = w->errands[i].records ? w->session->pcap
						      : NULL};
	}
}

static bool finished(void *arg, unsigned job, const struct outcome *out)
{
	struct sweep *w = arg;
	struct errand *errand = &w->errands[job];

	w->done++;
	w->bad[out->status]++;
	if (w->pcap_errno == 0)
		w->pcap_errno = out->pcap_errno;
	if (errand->again)
		return true;
	if (w->in_batch++ == 0)
		w->batch_began = monotonic_ns();
	return store_outcome(w->session->store, errand->experiment,
			     &errand->run, out);
}

static bool tick(void *arg)
{
	struct sweep *w = arg;

	progress_tell(w->progress, w->before + w->done);
	if (w->in_batch < BATCH_RUNS &&
	    (w->in_batch == 0 || monotonic_ns() - w->batch_began < BATCH_NS))
		return true;
	w->in_batch = 0;
	return store_commit(w->session->store);
}

static void tell_bad_runs(const struct sweep *w)
{
	const char *between = "";

	if (w->done == w->bad[RUN_OK] || w->session->passing)
		return;
	fprintf(stderr, "ringsim: of %u runs ", w->done);
	for (int i = RUN_OK + 1; i < NUM_RUN_STATUSES; i++) {
		if (w->bad[i] == 0)
			continue;
		fprintf(stderr, "%s%u ended as %s", between, w->bad[i],
			run_status_name((enum run_status)i));
		between = ", ";
	}
	fprintf(stderr, "; v_run in %s says which\n",
		store_path(w->session->store));
}

static void begin_telling(struct sweep *w)
{
	w->progress = w->session->passing;
	if (w->progress) {
		w->before = w->progress->done;
		return;
	}
	w->progress = &w->own;
	progress_start(w->progress, w->n);
}

static int run_jobs(struct sweep *w, unsigned n_workers)
{
	struct runner runner = {.jobs = w->jobs,
				.n_jobs = w->n,
				.n_workers = n_workers,
				.run = world_run,
				.finished = finished,
				.tick = tick,
				.arg = w};
	struct store *st = w->session->store;
	enum runner_end end;
	char why[200];

	begin_telling(w);
	end = runner_run(&runner, why, sizeof why);
	if (!w->session->passing)
		progress_end(w->progress);
	if (end == RUNNER_STOPPED || !store_commit(st))
		return machine_failed(store_trouble(st));
	tell_bad_runs(w);
	if (end == RUNNER_FAILED)
		return machine_failed(why);
	if (end != RUNNER_INTERRUPTED)
		return EXIT_DONE;
	if (w->session->passing)
		return EXIT_INTERRUPTED;
	fprintf(stderr,
		"ringsim: stopped; %u of %u runs are kept in %s, and the same "
		"command goes on from there\n",
		w->done, w->n, store_path(st));
	return EXIT_INTERRUPTED;
}

static int recording_failed(const struct session *s, int trouble)
{
	fprintf(stderr, "ringsim: packets could not be recorded in %s: %s\n",
		s->pcap, strerror(trouble));
	return EXIT_MACHINE;
}

static bool complete(struct session *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!store_fill(s->store, s->experiments[i]))
			return false;
	return store_commit(s->store);
}

static int run_missing(struct session *s, unsigned n_workers,
		       struct shard shard)
{
	struct sweep w = {.session = s};
	bool ok = true;
	int code;

	for (unsigned i = 0; ok && i < s->n; i++)
		ok = collect(&w, s->experiments[i], shard);
	drop_doubles(&w);
	for (unsigned i = 0; ok && s->pcap && i < s->n; i++)
		record_points(&w, s->experiments[i], shard);
	make_jobs(&w);
	code = ok ? run_jobs(&w, n_workers)
		  : machine_failed(store_trouble(s->store));
	free(w.errands);
	free(w.jobs);
	if (code == EXIT_DONE && !complete(s))
		code = machine_failed(store_trouble(s->store));
	if (code == EXIT_DONE && w.pcap_errno)
		code = recording_failed(s, w.pcap_errno);
	return code;
}

static void tell_remark(void *scenario, const char *remark)
{
	fprintf(stderr, "%s: %s\n", (const char *)scenario, remark);
}

/* What a model wants the user to know, also of runs that were there already. */
static int tell_remarks(struct session *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!store_remarks(s->store, s->experiments[i], tell_remark,
				   s->scenarios[i]->name))
			return machine_failed(store_trouble(s->store));
	return EXIT_DONE;
}

/* An experiment is judged when all of its runs are there. */
static int judge(struct session *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct experiment *exp = s->experiments[i];
		struct point_runs runs;

		if (!store_count(s->store, exp, &runs))
			return machine_failed(store_trouble(s->store));
		if (runs.n < exp->n_runs)
			continue;
		s->verdicts[i] = verdicts_judge(s->store, exp);
		if (!s->verdicts[i])
			return machine_failed(store_trouble(s->store));
	}
	return EXIT_DONE;
}

int session_run(struct session *s, const char *db, unsigned jobs,
		struct shard shard)
{
	char why[512];
	int code;

	s->store = store_open(db, STORE_WRITE, why, sizeof why);
	if (!s->store)
		return machine_failed(why);
	s->experiments = mem_new(s->n, sizeof(struct experiment *));
	s->verdicts = mem_new(s->n, sizeof(struct verdict *));
	for (unsigned i = 0; i < s->n; i++)
		s->experiments[i] = experiment_plan(s->scenarios[i]);
	if (!store_all(s))
		return machine_failed(store_trouble(s->store));
	code = run_missing(s, jobs, shard);
	if (code == EXIT_DONE && !s->passing)
		code = tell_remarks(s);
	return code == EXIT_DONE ? judge(s) : code;
}
