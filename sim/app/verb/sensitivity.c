/* SPDX-License-Identifier: MIT */
/*
 * ringsim sensitivity: what hangs on each guess.
 *
 * A guess that no figure depends on may stay one; a guess that decides whether
 * a documented figure is met is a finding about that figure. So each is halved
 * and doubled, one at a time, and the scenario is judged anew: loaded with a
 * --set, so that a sweep's `default` follows, and run into a database of its
 * own that is gone afterwards. Nothing else changes, seeds included.
 */
#include "sim/app/verb/sensitivity.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/catalog.h"
#include "sim/app/memory.h"
#include "sim/app/verb/asked.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/verb/options.h"
#include "sim/app/verb/report.h"

#define FEW_SEEDS 2

enum { OPT_JOBS, OPT_SEEDS, OPT_JSON };

static const struct option_row rows[] = {
	[OPT_JOBS] = {"jobs", 'j', "N",
		      "Worker processes; one per CPU if not given."},
	[OPT_SEEDS] = {"seeds", 0, "N",
		       "Runs per point; 2 if not given, or the scenario's if "
		       "that is less."},
	[OPT_JSON] = {"json", 0, NULL,
		      "Print an array with an object per scenario."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"sensitivity", "ID|SCENARIO... [options]",
	"Runs scenarios with each parameter that is a guess halved and "
	"doubled, one at a\ntime, and prints the expectations whose verdict "
	"that changes. A parameter that has\none value on several stages of "
	"one type is moved on all of them. An ID stands for\nitself and all "
	"below it, as with replay. No database is read or written.",
	rows};

struct choices {
	long jobs, seeds;
	bool json;
	struct asked asked;
	char *folder; /* of the passing databases */
};

/* One passing session. *refused: the scenario cannot be with these. */
static int run(struct session *s, const char *name, const char *path,
	       char *const *sets, unsigned n_sets, const struct choices *c,
	       char **refused)
{
	struct complaints complaints = {0};
	char *db = mem_format("%s/%s.db", c->folder, name);
	int code = EXIT_DONE;

	s->passing = true;
	session_load(s, path, sets, n_sets, &complaints);
	if (complaints.n > 0)
		*refused = mem_text(complaints.all[0].text);
	else
		code = session_run(s, db, (unsigned)c->jobs,
				   (struct shard){1, 1});
	complaints_free(&complaints);
	free(db);
	return code;
}

/* Its database goes with it. */
static void end(struct session *s)
{
	char *db = s->store ? mem_text(store_path(s->store)) : NULL;

	session_free(s);
	if (db)
		unlink(db);
	free(db);
}

static void compare(const struct sensitivity *s, const struct session *moved,
		    const struct choices *c, struct trial *t)
{
	struct asked asked = c->asked;
	struct asked_filter filter = {&asked, s->sc};

	for (unsigned i = 0; i < s->sc->n_expects; i++) {
		const struct verdict *v = &moved->verdicts[0][i];

		if (v->kind != s->as_is[i].kind &&
		    is_asked_for(&s->sc->expects[i], &filter))
			*mem_push(t->changes, t->n) = (struct change){
				i, v->kind, v->estimate, mem_text(v->note)};
	}
}

static char **sets_of(const struct sensitivity *s, const struct guess *g,
		      const char *value)
{
	char **sets = mem_new(g->n + 1, sizeof *sets), name[256];

	sets[0] = mem_format("run.seeds=%ld", s->seeds);
	for (unsigned i = 0; i < g->n; i++)
		sets[i + 1] = mem_format(
			"%s=%s",
			setting_name(s->sc, g->at[i], name, sizeof name),
			value);
	return sets;
}

static int try(const struct sensitivity *s, const struct guess *g,
	       const struct choices *c, struct trial *t)
{
	char **sets = sets_of(s, g, t->value);
	struct session moved = {0};
	int code = run(&moved, "moved", s->sc->path, sets, g->n + 1, c,
		       &t->refused);

	if (code == EXIT_DONE && !t->refused)
		compare(s, &moved, c, t);
	end(&moved);
	for (unsigned i = 0; i <= g->n; i++)
		free(sets[i]);
	free(sets);
	return code;
}

/* It takes a while, so it tells where it is. */
static void tell(const struct sensitivity *s, unsigned at)
{
	char *name = guess_name(s, &s->guesses[at]);

	fprintf(stderr, "%s: guess %u of %u, %s\n", s->sc->name, at + 1, s->n,
		name);
	free(name);
}

static int try_all(struct sensitivity *s, const struct choices *c)
{
	int code = EXIT_DONE;

	for (unsigned i = 0; code == EXIT_DONE && i < s->n; i++) {
		struct guess *g = &s->guesses[i];

		if (g->skipped)
			continue;
		tell(s, i);
		for (int k = 0; code == EXIT_DONE && k < NUM_TRIALS; k++) {
			trial_find(s, g, k);
			if (g->trials[k].value)
				code = try(s, g, c, &g->trials[k]);
		}
	}
	return code;
}

static long seeds_of(const struct scenario *sc, const struct choices *c)
{
	const struct run_params *params = sc->stages[0].params;

	if (c->seeds)
		return c->seeds;
	return params->seeds < FEW_SEEDS ? (long)params->seeds : FEW_SEEDS;
}

static int scenario(const struct scenario *sc, const struct choices *c,
		    json_t *all)
{
	struct sensitivity s = {.sc = sc, .seeds = seeds_of(sc, c)};
	char *seeds = mem_format("run.seeds=%ld", s.seeds), *refused = NULL;
	struct session as_is = {0};
	int code = run(&as_is, "as-is", sc->path, &seeds, 1, c, &refused);

	if (code == EXIT_DONE && refused) {
		fprintf(stderr, "ringsim: %s: %s\n", sc->path, refused);
		code = EXIT_USER;
	}
	if (code == EXIT_DONE) {
		s.as_is = as_is.verdicts[0];
		guesses_find(&s);
		code = try_all(&s, c);
	}
	if (code == EXIT_DONE && c->json)
		json_array_append_new(all, sensitivity_json(&s));
	else if (code == EXIT_DONE)
		sensitivity_print(&s);
	guesses_free(&s);
	end(&as_is);
	free(seeds);
	free(refused);
	return code;
}

/* SQL of a scenario runs on a connection of its own, so that the database has
 * to be a file. */
static bool make_place(struct choices *c)
{
	const char *tmp = getenv("TMPDIR");

	c->folder = mem_format("%s/ringsim-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(c->folder)) {
		perror("ringsim: no folder for passing results");
		free(c->folder);
		return false;
	}
	return true;
}

static void leave_place(struct choices *c)
{
	rmdir(c->folder);
	free(c->folder);
}

static int sensitivity(struct session *s, struct choices *c)
{
	json_t *all = json_array();
	int code = EXIT_DONE;

	if (!make_place(c))
		return EXIT_MACHINE;
	c->jobs = c->jobs ? c->jobs : cpus_online();
	for (unsigned i = 0; code == EXIT_DONE && i < s->n; i++) {
		if (i > 0 && !c->json)
			putchar('\n');
		code = scenario(s->scenarios[i], c, all);
	}
	leave_place(c);
	if (code == EXIT_DONE && c->json)
		json_print(all);
	else
		json_decref(all);
	return code;
}

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
		if (which == OPT_JSON)
			c->json = true;
		if (which == OPT_JOBS &&
		    !read_number("jobs", 1024, &c->jobs, code))
			return OPTION_EXIT;
		if (which == OPT_SEEDS &&
		    !read_number("seeds", 1000, &c->seeds, code))
			return OPTION_EXIT;
	}
	return which;
}

int cmd_sensitivity(int argc, char **argv)
{
	struct choices c = {0};
	struct session s = {0};
	int code = EXIT_DONE;

	if (read_options(argc, argv, &c, &code) != OPTION_END)
		return code;
	if (optind == argc)
		return verb_misused(&verb, "which scenario?");
	c.asked.names = argv + optind;
	c.asked.n = (unsigned)(argc - optind);
	code = asked_load(&s, &c.asked, "sensitivity");
	if (code == EXIT_DONE && s.n == 0)
		code = verb_misused(&verb, "%s expects nothing", argv[optind]);
	else if (code == EXIT_DONE)
		code = sensitivity(&s, &c);
	session_free(&s);
	return code;
}
