/* SPDX-License-Identifier: MIT */
/* ringsim trace: a stretch of a run as a timeline. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/verb/found.h"
#include "sim/app/verb/output.h"
#include "sim/app/verb/show.h"
#include "sim/app/verb/timeline.h"
#include "sim/units.h"

enum { OPT_OUTPUT, OPT_FROM, OPT_TO, OPT_SET, OPT_SEED, OPT_DB };

static const struct option_row rows[] = {
	[OPT_OUTPUT] = {"output", 'o', "FILE.json", "Where to write it."},
	[OPT_FROM] = {"from", 0, "TIME", "Where it begins: 1.25s, 300us."},
	[OPT_TO] = {"to", 0, "TIME", "Where it ends."},
	[OPT_SET] = {"set", 's', "KEY=VALUE",
		     "A parameter, instead of what the file says."},
	[OPT_SEED] = {"seed", 0, "N", "The seed, of a scenario."},
	[OPT_DB] = {"db", 'd', "FILE",
		    "The database; " DEFAULT_DB " if not given."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"trace", "RUN|SCENARIO -o FILE.json [options]",
	"Writes a timeline for https://ui.perfetto.dev and chrome://tracing: "
	"when tasks\nran, what they told, arrows from kicks and calls to whom "
	"they woke, lost wakeups.\nRUN is a number of v_run; it is run again, "
	"which gives the same. Of a SCENARIO it\ntakes the first point. "
	"Without --from and --to it is the time around the longest\nstall, or "
	"the first 50 ms after the warm-up if no wakeup was lost.",
	rows};

#define STRETCH (50 * SIM_MS)
/* Around a stall: a tenth of it. A long one would be led in by so much traffic
 * that the file is full before it begins. */
#define LEAST_MARGIN SIM_MS
#define MOST_MARGIN  (5 * SIM_MS)
#define NOT_GIVEN    (-1)

struct choices {
	const char *output, *db;
	char **sets;
	unsigned n_sets;
	sim_time from, to; /* or NOT_GIVEN */
	long seed;	   /* or NOT_GIVEN */
};

/* What is traced. */
struct subject {
	struct scenario *sc;
	unsigned point;
	uint64_t seed;
	struct run_params run;
	int64_t number; /* of the run; NOT_GIVEN: of a scenario */
};

/* --- options ------------------------------------------------------------ */

static int read_time(const char *option, sim_time *out)
{
	if (quantity_int(optarg, time_units, true, out) == QUANTITY_OK &&
	    *out >= 0)
		return EXIT_DONE;
	return verb_misused(&verb,
			    "--%s %s: it wants a time since the run's "
			    "beginning, like 1.25s or 300us",
			    option, optarg);
}

static int read_option(int which, struct choices *c)
{
	switch (which) {
	case OPT_OUTPUT:
		c->output = optarg;
		return EXIT_DONE;
	case OPT_FROM:
		return read_time("from", &c->from);
	case OPT_TO:
		return read_time("to", &c->to);
	case OPT_SET:
		*mem_push(c->sets, c->n_sets) = mem_text(optarg);
		return EXIT_DONE;
	case OPT_SEED:
		if (option_number(optarg, 0, 1000000000, &c->seed))
			return EXIT_DONE;
		return verb_misused(
			&verb,
			"--seed %s: it wants a number from 0 to 1000000000",
			optarg);
	case OPT_DB:
		c->db = optarg;
		return EXIT_DONE;
	}
	return EXIT_USER;
}

/* --- which run ---------------------------------------------------------- */

static int load(const char *path, const struct choices *c, struct subject *s)
{
	struct complaints complaints = {0};

	s->sc = scenario_load(path, c->sets, c->n_sets, &complaints);
	complaints_print(&complaints, stderr);
	complaints_free(&complaints);
	return s->sc ? EXIT_DONE : EXIT_USER;
}

/* The point that gave this run. */
static bool find_point(struct subject *s, const struct found_run *r)
{
	struct experiment *exp = experiment_plan(s->sc);
	bool found = false;

	for (unsigned i = 0; i < s->sc->n_points && !found; i++) {
		struct identity id = identity_of_run(exp->points[i].identity,
						     r->seed, r->engine);

		found = identity_equal(id, r->identity);
		if (found)
			s->point = i;
	}
	experiment_free(exp);
	return found;
}

static int load_run(const struct found_run *r, const struct choices *c,
		    struct subject *s)
{
	int code = load(r->path, c, s);

	if (code != EXIT_DONE)
		return code;
	s->seed = r->seed;
	s->number = r->run;
	if (find_point(s, r))
		return EXIT_DONE;
	return verb_misused(&verb,
			    "run %lld is not one that %s gives now: the file, "
			    "or ringsim, has changed since, or it was run with "
			    "other --set",
			    (long long)r->run, r->path);
}

static int take_run(int64_t number, const struct choices *c, struct subject *s)
{
	struct found_run r = {0};
	int code = EXIT_DONE;
	struct store *st;

	if (c->seed != NOT_GIVEN)
		return verb_misused(&verb, "a run has its seed; --seed is for "
					   "scenarios");
	st = found_store(&verb, c->db, &code);
	if (!st)
		return code;
	code = found_run(&verb, st, number, &r);
	if (code == EXIT_DONE && r.status && strcmp(r.status, "crashed") == 0)
		code = verb_misused(&verb,
				    "run %lld crashed, and would crash again",
				    (long long)number);
	if (code == EXIT_DONE)
		code = load_run(&r, c, s);
	found_run_free(&r);
	store_close(st);
	return code;
}

/* The file of a scenario that the database knows by name; NULL: it does not. */
static char *known_path(const char *name, const char *db)
{
	char why[512], *path = NULL;
	struct store *st =
		access(db, F_OK) ? NULL
				 : store_open(db, STORE_READ, why, sizeof why);
	sqlite3_stmt *stmt;

	if (!st)
		return NULL;
	stmt = found_ask(st, sqlite3_mprintf("SELECT path FROM t_experiment"
					     " WHERE scenario = %Q",
					     name));
	if (stmt && sqlite3_step(stmt) == SQLITE_ROW)
		path = mem_text(found_text(stmt, 0));
	found_end(st, stmt);
	store_close(st);
	return path;
}

static void tell_point(const struct subject *s)
{
	char name[256];

	fprintf(stderr, "ringsim trace: the first of %u points,",
		s->sc->n_points);
	for (unsigned i = 0; i < s->sc->n_swept; i++)
		fprintf(stderr, " %s=%s",
			setting_name(s->sc, s->sc->swept[i], name, sizeof name),
			s->sc->points[0].values[i]);
	fputs("; --set chooses another\n", stderr);
}

static int take_scenario(const char *typed, const struct choices *c,
			 struct subject *s)
{
	char *known = access(typed, F_OK) ? known_path(typed, c->db) : NULL;
	int code = load(known ? known : typed, c, s);

	free(known);
	if (code != EXIT_DONE)
		return code;
	if (s->sc->n_points > 1)
		tell_point(s);
	scenario_params(s->sc, &s->sc->points[0], 0, &s->run);
	s->seed = c->seed == NOT_GIVEN ? (uint64_t)s->run.seed
				       : (uint64_t)c->seed;
	return EXIT_DONE;
}

/* --- which stretch ------------------------------------------------------ */

static sim_time end_of(const struct subject *s)
{
	return time_add(s->run.warmup, s->run.measure);
}

/* The stalls of the whole run. NULL: the machine has no memory. */
static struct stalls *run_once(struct sim **block, const struct subject *s)
{
	struct outcome out = {.stalls = mem_new(1, sizeof *out.stalls)};
	struct column *columns;
	unsigned n;
	bool ok;

	columns = columns_of(s->sc, &n);
	out.values = mem_new(n, sizeof *out.values);
	out.samples = mem_new(s->sc->n_samples, sizeof *out.samples);
	ok = world_run(block, s->sc, &s->sc->points[s->point], s->seed, &out);
	columns_free(columns, n);
	free(out.values);
	free(out.samples);
	if (!ok)
		free(out.stalls);
	return ok ? out.stalls : NULL;
}

static const struct told_stall *longest(const struct stalls *all)
{
	const struct told_stall *best = NULL;

	for (unsigned i = 0; i < all->n; i++) {
		const struct told_stall *s = &all->all[i];

		if (!best || s->end - s->start > best->end - best->start)
			best = s;
	}
	return best;
}

static void stretch_around(const struct told_stall *s, struct watch *w)
{
	sim_time margin = (s->end - s->start) / 10;

	margin = margin > LEAST_MARGIN ? margin : LEAST_MARGIN;
	margin = margin < MOST_MARGIN ? margin : MOST_MARGIN;
	w->from = s->start > margin ? s->start - margin : 0;
	w->to = time_add(s->end, margin);
}

static void choose_stretch(const struct subject *s, const struct choices *c,
			   const struct stalls *stalls, struct watch *w)
{
	const struct told_stall *stall = longest(stalls);

	if (c->from != NOT_GIVEN) {
		w->from = c->from;
		w->to = time_add(c->from, STRETCH);
	} else if (c->to != NOT_GIVEN) {
		w->from = c->to > STRETCH ? c->to - STRETCH : 0;
	} else if (stall) {
		stretch_around(stall, w);
	} else {
		w->from = s->run.warmup;
		w->to = time_add(w->from, STRETCH);
	}
	if (c->to != NOT_GIVEN)
		w->to = c->to;
	if (w->to > end_of(s))
		w->to = end_of(s);
}

static int check_stretch(const struct subject *s, const struct choices *c)
{
	char end[64];

	if (c->from != NOT_GIVEN && c->from >= end_of(s))
		return verb_misused(&verb, "the run ends at %s, before --from",
				    quantity_format_int(end_of(s), time_units,
							end, sizeof end));
	if (c->from != NOT_GIVEN && c->to != NOT_GIVEN && c->to <= c->from)
		return verb_misused(&verb, "--to has to come after --from");
	if (c->to == 0)
		return verb_misused(&verb, "--to 0 leaves nothing to be seen");
	return EXIT_DONE;
}

/* --- writing ------------------------------------------------------------ */

static const char *show_time(sim_time t, char *out)
{
	struct estimate e = {(double)t / (double)SIM_NS, NAN, NAN, 1};

	return show_value(&e, "ns", out);
}

/* The file is full: what of the stall that it is about is not in it? */
static void tell_cut(const struct watch *w, const struct told_stall *stall)
{
	const char *missing = "";

	if (stall && stall->start >= w->until && stall->start < w->to)
		missing = "the longest stall is not in it: it begins at ";
	else if (stall && stall->end > w->until && stall->start < w->until)
		missing = "the end of the longest stall is not in it: it began "
			  "at ";
	fprintf(stderr,
		"ringsim trace: it ends at %.6f s instead of %.6f s, because "
		"no more than %u events fit into a file; ",
		time_sec(w->until), time_sec(w->to), TIMELINE_NOTES);
	if (*missing)
		fprintf(stderr, "%s%.6f s and lasts until %.6f s; ", missing,
			time_sec(stall->start), time_sec(stall->end));
	fputs("--from and --to choose another stretch\n", stderr);
}

static void tell(const struct subject *s, const struct choices *c,
		 const struct watch *w, const struct stalls *stalls)
{
	char length[SHOWN];

	printf("%s: %s of %s", c->output, show_time(w->until - w->from, length),
	       s->sc->name);
	if (s->number != NOT_GIVEN)
		printf(", run %lld", (long long)s->number);
	printf(", seed %llu, from %.6f s; open it with https://ui.perfetto.dev "
	       "or chrome://tracing\n",
	       (unsigned long long)s->seed, time_sec(w->from));
	if (w->until < w->to)
		tell_cut(w, longest(stalls));
}

static int write_timeline(const struct subject *s, const struct choices *c,
			  const struct watch *w, const struct stalls *stalls)
{
	struct output out;

	if (!output_open(&out, c->output))
		return EXIT_MACHINE;
	timeline_write(out.file, s->sc, w, stalls);
	if (!output_close(&out))
		return EXIT_MACHINE;
	tell(s, c, w, stalls);
	return EXIT_DONE;
}

static int no_memory(void)
{
	fputs("ringsim: the machine has no memory for a run\n", stderr);
	return EXIT_MACHINE;
}

static int trace(struct subject *s, const struct choices *c)
{
	struct watch w = {.most = TIMELINE_NOTES};
	struct sim *block = NULL;
	struct stalls *stalls;
	int code;

	scenario_params(s->sc, &s->sc->points[s->point], 0, &s->run);
	code = check_stretch(s, c);
	if (code != EXIT_DONE)
		return code;
	stalls = run_once(&block, s);
	if (!stalls)
		return no_memory();
	choose_stretch(s, c, stalls, &w);
	if (world_watch(&block, s->sc, &s->sc->points[s->point], s->seed, &w))
		code = write_timeline(s, c, &w, stalls);
	else
		code = no_memory();
	sim_free(block);
	free(stalls);
	return code;
}

static int trace_this(const char *what, const struct choices *c)
{
	struct subject s = {.number = NOT_GIVEN};
	int64_t number;
	int code = found_is_run(what, &number) ? take_run(number, c, &s)
					       : take_scenario(what, c, &s);

	if (code == EXIT_DONE)
		code = trace(&s, c);
	if (s.sc)
		scenario_free(s.sc);
	return code;
}

static int begin(int argc, char **argv, const struct choices *c)
{
	if (optind == argc)
		return verb_misused(&verb, "which run, or which scenario?");
	if (optind + 1 < argc)
		return verb_misused(&verb, "%s is too much: it takes one run",
				    argv[optind + 1]);
	if (!c->output)
		return verb_misused(&verb, "where to? -o FILE.json");
	return trace_this(argv[optind], c);
}

int cmd_trace(int argc, char **argv)
{
	struct choices c = {.db = DEFAULT_DB,
			    .from = NOT_GIVEN,
			    .to = NOT_GIVEN,
			    .seed = NOT_GIVEN};
	int code = EXIT_DONE, which;

	while ((which = option_next(&verb, argc, argv, &code)) >= 0) {
		code = read_option(which, &c);
		if (code != EXIT_DONE)
			break;
	}
	if (which == OPTION_END)
		code = begin(argc, argv, &c);
	for (unsigned i = 0; i < c.n_sets; i++)
		free(c.sets[i]);
	free(c.sets);
	return code;
}
