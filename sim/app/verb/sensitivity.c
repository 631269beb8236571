/* SPDX-License-Identifier: MIT */
/*
 * ringsim sensitivity: what hangs on each guess.
 *
 * A guess that no figure depends on may stay one; a guess that decides whether
 * a documented figure is met is a finding about that figure. So each is halved
 * and doubled, one at a time, and the scenario is judged anew.
 */
#include "sim/app/verb/sensitivity.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/verb/options.h"
#include "sim/app/verb/report.h"

enum { OPT_JOBS, OPT_SEEDS, OPT_JSON, OPT_MARKDOWN };

static const struct option_row rows[] = {
	[OPT_JOBS] = {"jobs", 'j', "N",
		      "Worker processes; one per CPU if not given."},
	[OPT_SEEDS] = {"seeds", 0, "N",
		       "Runs per point; as the scenario has it if not given."},
	[OPT_JSON] = {"json", 0, NULL,
		      "Print an array with an object per scenario."},
	[OPT_MARKDOWN] = {"markdown", 0, NULL,
			  "Print a page: a table per regime, a row per guess."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"sensitivity", "ID|SCENARIO... [options]",
	"Runs scenarios with each parameter that is a guess halved and "
	"doubled, one at a\ntime, and prints the expectations whose verdict "
	"that changes. A parameter that has\none value on several stages of "
	"one type is moved on all of them, equal jitter on\nall costs. An ID "
	"stands for itself and all below it, as with replay. No database\nis "
	"read or written.",
	rows};

struct choices {
	struct attempts attempts;
	long seeds;
	bool json, markdown;
};

/* --- running ------------------------------------------------------------ */

/* SQL of a scenario runs on a connection of its own, so that the database has
 * to be a file. */
static char *make_place(void)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = mem_format("%s/ringsim-XXXXXX", tmp ? tmp : "/tmp");

	if (mkdtemp(folder))
		return folder;
	perror("ringsim: no folder for passing results");
	free(folder);
	return NULL;
}

static int try_all(struct sensitivity *all, unsigned n, struct attempts *a)
{
	char *folder = make_place();
	unsigned runs = 0;
	int code = folder ? EXIT_DONE : EXIT_MACHINE;

	for (unsigned i = 0; i < n; i++)
		runs += sensitivity_runs(&all[i], a);
	a->folder = folder;
	progress_start(&a->progress, runs);
	for (unsigned i = 0; code == EXIT_DONE && i < n; i++)
		code = sensitivity_try(&all[i], a);
	progress_end(&a->progress);
	if (code == EXIT_INTERRUPTED)
		fputs("ringsim: stopped; nothing of this is kept\n", stderr);
	if (folder)
		rmdir(folder);
	free(folder);
	return code;
}

/* --- telling ------------------------------------------------------------ */

static void tell_json(const struct sensitivity *all, unsigned n)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(array, sensitivity_json(&all[i]));
	json_print(array);
}

static void tell(const struct sensitivity *all, unsigned n, struct choices *c)
{
	if (c->json) {
		tell_json(all, n);
		return;
	}
	if (c->markdown) {
		sensitivity_markdown(all, n, &c->attempts.asked);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			putchar('\n');
		sensitivity_print(&all[i]);
	}
}

static void find(struct sensitivity *s, const struct scenario *sc, long seeds)
{
	const struct run_params *params = sc->stages[0].params;

	s->sc = sc;
	s->own_seeds = (long)params->seeds;
	s->seeds = seeds ? seeds : s->own_seeds;
	guesses_find(s);
}

static int sensitivity(struct session *s, struct choices *c)
{
	struct sensitivity *all = mem_new(s->n, sizeof *all);
	int code;

	for (unsigned i = 0; i < s->n; i++)
		find(&all[i], s->scenarios[i], c->seeds);
	code = try_all(all, s->n, &c->attempts);
	if (code == EXIT_DONE)
		tell(all, s->n, c);
	for (unsigned i = 0; i < s->n; i++) {
		guesses_free(&all[i]);
		verdicts_free(all[i].as_is, all[i].sc->n_expects);
	}
	free(all);
	return code;
}

/* --- what is asked for -------------------------------------------------- */

static bool read_number(const char *name, long most, long *out, int *code)
{
	if (option_number(optarg, 1, most, out))
		return true;
	*code = verb_misused(&verb, "--%s %s: it wants a number from 1 to %ld",
			     name, optarg, most);
	return false;
}

static int read_options(int argc, char **argv, struct choices *c, int *code)
{
	int which;

	while ((which = option_next(&verb, argc, argv, code)) >= 0) {
		c->json |= which == OPT_JSON;
		c->markdown |= which == OPT_MARKDOWN;
		if (which == OPT_JOBS &&
		    !read_number("jobs", 1024, &c->attempts.jobs, code))
			return OPTION_EXIT;
		if (which == OPT_SEEDS &&
		    !read_number("seeds", 1000, &c->seeds, code))
			return OPTION_EXIT;
	}
	return which;
}

int cmd_sensitivity(int argc, char **argv)
{
	struct choices c = {.attempts.jobs = cpus_online()};
	struct asked *asked = &c.attempts.asked;
	struct session s = {0};
	int code = EXIT_DONE;

	if (read_options(argc, argv, &c, &code) != OPTION_END)
		return code;
	if (c.json && c.markdown)
		return verb_misused(&verb, "--json or --markdown?");
	if (optind == argc)
		return verb_misused(&verb, "which scenario?");
	asked->names = argv + optind;
	asked->n = (unsigned)(argc - optind);
	code = asked_load(&s, asked, "sensitivity");
	if (code == EXIT_DONE && s.n == 0)
		code = verb_misused(&verb, "%s expects nothing", argv[optind]);
	else if (code == EXIT_DONE)
		code = sensitivity(&s, &c);
	session_free(&s);
	return code;
}
