/* SPDX-License-Identifier: MIT */
/*
 * ringsim fit SCENARIO: the costs that may be fitted, fitted.
 *
 * Free are the parameters whose source says fitted(ID) where ID is the id of an
 * expectation of kind `fitted` in this scenario. Targets are those
 * expectations: the middle of each band. The objective, the sum of the squared
 * logarithms of simulated over target, is minimised over the logarithms of the
 * parameters by Nelder and Mead's simplex (GSL's nmsimplex2). The same seeds
 * are used at each step, so the objective is a function, if a rough one.
 *
 * It prints what it found and changes nothing: the machine file is yours.
 */
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/verb/options.h"
#include "sim/app/world/world.h"

#define FIRST_STEP 0.15 /* of a logarithm: 15 % up and down */
#define PATIENCE   0.01 /* simplex size at which it stops */
#define FAR_OFF	   1e6	/* outside a range, or of a run without a result */

struct fit {
	struct scenario *sc;
	struct setting *frees;
	unsigned n_frees;
	const struct expect **targets;
	unsigned *columns; /* of each target's metric */
	double *simulated; /* mean over seeds, at the last evaluation */
	unsigned n_targets;
	struct sim *block;
	struct outcome out;
	int64_t seed, seeds;
};

enum { OPT_STEPS, OPT_SET };

static const struct option_row options[] = {
	{"steps", 'n', "N",
	 "At most so many steps of the simplex (default 150)."},
	{"set", 's', "KEY=VALUE", "Change a setting before fitting."},
	{0}};

static const struct verb verb = {"fit",
				 "SCENARIO [--set KEY=VALUE]... [--steps N]",
				 "Fits the parameters whose source is "
				 "fitted(ID) to the expectations of\n"
				 "kind fitted that bear these ids: to the "
				 "middle of their bands. Prints\n"
				 "the values found; no file is changed.",
				 options};

static bool is_target(const struct expect *e)
{
	return e->kind == EXPECT_FITTED && e->metric && !e->left_out &&
	       e->low > 0 && isfinite(e->high);
}

/* fitted(ID) of a target's id. */
static bool may_be_fitted(const struct scenario *sc, const char *source)
{
	char wanted[256];

	for (unsigned i = 0; source && i < sc->n_expects; i++) {
		snprintf(wanted, sizeof wanted, "fitted(%s)",
			 sc->expects[i].id);
		if (is_target(&sc->expects[i]) && !strcmp(source, wanted))
			return true;
	}
	return false;
}

static void find_frees(struct fit *f)
{
	double number;

	for (unsigned i = 0; i < f->sc->n_stages; i++) {
		const struct stage_conf *conf = &f->sc->stages[i];

		for (unsigned r = 0; r < conf->type->n_params; r++) {
			struct setting s = {i, r};

			if (may_be_fitted(f->sc, conf->sources[r]) &&
			    param_number(setting_row(f->sc, s),
					 setting_field(f->sc, s), &number) &&
			    number > 0)
				*mem_push(f->frees, f->n_frees) = s;
		}
	}
}

static unsigned column_named(const struct column *columns, unsigned n,
			     const char *name)
{
	unsigned i = 0;

	while (i < n && strcmp(columns[i].name, name))
		i++;
	return i;
}

static void find_targets(struct fit *f)
{
	unsigned n, n_columns = 0;
	struct column *columns = columns_of(f->sc, &n);

	for (unsigned i = 0; i < f->sc->n_expects; i++) {
		const struct expect *e = &f->sc->expects[i];

		if (!is_target(e))
			continue;
		*mem_push(f->targets, f->n_targets) = e;
		*mem_push(f->columns, n_columns) =
			column_named(columns, n, e->metric);
	}
	f->simulated = mem_new(f->n_targets + 1, sizeof *f->simulated);
	f->out.values = mem_new(n, sizeof *f->out.values);
	f->out.samples = mem_new(f->sc->n_samples + 1, sizeof(double));
	columns_free(columns, n);
}

static double target_of(const struct expect *e)
{
	return (e->low + e->high) / 2;
}

static bool is_wanted(const struct fit *f, unsigned point)
{
	for (unsigned t = 0; t < f->n_targets; t++)
		if (f->targets[t]->point == point)
			return true;
	return false;
}

/* Adds one seed's share to the means of the point's targets. */
static void simulate(struct fit *f, unsigned point, int64_t seed)
{
	if (!world_run(&f->block, f->sc, &f->sc->points[point], (uint64_t)seed,
		       &f->out))
		exit(EXIT_MACHINE);
	for (unsigned t = 0; t < f->n_targets; t++)
		if (f->targets[t]->point == point)
			f->simulated[t] +=
				f->out.values[f->columns[t]] / (double)f->seeds;
}

/* Runs the targets' points, each once with each seed. */
static double objective_now(struct fit *f)
{
	double sum = 0;

	memset(f->simulated, 0, f->n_targets * sizeof *f->simulated);
	for (unsigned p = 0; p < f->sc->n_points; p++)
		for (int64_t s = 0; is_wanted(f, p) && s < f->seeds; s++)
			simulate(f, p, f->seed + s);
	for (unsigned t = 0; t < f->n_targets; t++) {
		double miss = log(f->simulated[t] / target_of(f->targets[t]));

		sum += miss * miss;
	}
	return sum;
}

/* False: a value is outside its row's range. */
static bool set_frees(struct fit *f, const gsl_vector *logs)
{
	for (unsigned i = 0; i < f->n_frees; i++)
		if (!param_set_number(setting_row(f->sc, f->frees[i]),
				      exp(gsl_vector_get(logs, i)),
				      setting_field(f->sc, f->frees[i])))
			return false;
	return true;
}

static double objective(const gsl_vector *logs, void *fit)
{
	struct fit *f = fit;

	double value = set_frees(f, logs) ? objective_now(f) : NAN;

	return isfinite(value) ? value : FAR_OFF;
}

static void minimise(struct fit *f, gsl_vector *logs, long steps)
{
	gsl_multimin_function goal = {objective, f->n_frees, f};
	gsl_vector *step = gsl_vector_alloc(f->n_frees);
	gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(
		gsl_multimin_fminimizer_nmsimplex2, f->n_frees);
	int done = GSL_CONTINUE;

	gsl_vector_set_all(step, FIRST_STEP);
	gsl_multimin_fminimizer_set(m, &goal, logs, step);
	for (long i = 0; i < steps && done == GSL_CONTINUE; i++) {
		if (gsl_multimin_fminimizer_iterate(m))
			break;
		done = gsl_multimin_test_size(gsl_multimin_fminimizer_size(m),
					      PATIENCE);
		fprintf(stderr, "step %ld: %.5f\n", i + 1, m->fval);
	}
	gsl_vector_memcpy(logs, m->x);
	gsl_multimin_fminimizer_free(m);
	gsl_vector_free(step);
}

static void print_found(struct fit *f)
{
	char text[64];

	for (unsigned i = 0; i < f->n_frees; i++) {
		struct setting s = f->frees[i];
		const struct stage_conf *conf = &f->sc->stages[s.stage];

		printf("%-12s %-20s %s\n", conf->type->name,
		       setting_row(f->sc, s)->name,
		       param_format(setting_row(f->sc, s),
				    setting_field(f->sc, s), text,
				    sizeof text));
	}
	for (unsigned t = 0; t < f->n_targets; t++)
		printf("%-16s %-14s wanted %.6g, simulated %.6g %s\n",
		       f->targets[t]->id, f->targets[t]->metric,
		       target_of(f->targets[t]), f->simulated[t],
		       f->targets[t]->unit);
}

static void fit_all(struct fit *f, long steps)
{
	gsl_vector *logs = gsl_vector_alloc(f->n_frees);
	double number;

	for (unsigned i = 0; i < f->n_frees; i++) {
		param_number(setting_row(f->sc, f->frees[i]),
			     setting_field(f->sc, f->frees[i]), &number);
		gsl_vector_set(logs, i, log(number));
	}
	minimise(f, logs, steps);
	objective(logs, f);
	print_found(f);
	gsl_vector_free(logs);
}

static void fit_free(struct fit *f)
{
	free(f->frees);
	free(f->targets);
	free(f->columns);
	free(f->simulated);
	free(f->out.values);
	free(f->out.samples);
	if (f->block)
		sim_free(f->block);
	scenario_free(f->sc);
}

static int fit_scenario(const char *path, char *const *sets, unsigned n_sets,
			long steps)
{
	struct complaints c = {0};
	struct fit f = {.sc = scenario_load(path, sets, n_sets, &c)};
	const struct run_params *run;

	complaints_print(&c, stderr);
	complaints_free(&c);
	if (!f.sc)
		return EXIT_USER;
	run = f.sc->stages[0].params;
	f.seed = run->seed;
	f.seeds = run->seeds;
	find_frees(&f);
	find_targets(&f);
	if (f.n_frees == 0)
		fprintf(stderr,
			"ringsim: %s: nothing to fit: no parameter's source is "
			"fitted(ID) with the id of an expectation here%s\n",
			path, f.sc->held ? " that --set leaves" : "");
	else
		fit_all(&f, steps);
	fit_free(&f);
	return f.n_frees ? EXIT_DONE : EXIT_USER;
}

int cmd_fit(int argc, char **argv)
{
	char **sets = NULL;
	unsigned n_sets = 0;
	long steps = 150;
	int option, code = EXIT_DONE;

	while ((option = option_next(&verb, argc, argv, &code)) >= 0) {
		if (option == OPT_SET)
			*mem_push(sets, n_sets) = optarg;
		else if (!option_number(optarg, 1, 100000, &steps))
			return verb_misused(&verb,
					    "--steps %s: it wants a number "
					    "from 1 to 100000",
					    optarg);
	}
	if (option == OPTION_EXIT)
		return code;
	if (argc - optind != 1)
		return verb_misused(&verb, "one scenario is fitted at a time");
	code = fit_scenario(argv[optind], sets, n_sets, steps);
	free(sets);
	return code;
}
