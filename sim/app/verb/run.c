/* SPDX-License-Identifier: MIT */
/* ringsim run: simulate scenarios, keep the results, print the means. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/memory.h"
#include "sim/app/verb/options.h"
#include "sim/app/verb/report.h"
#include "sim/app/run/session.h"
#include "sim/ns3/clock.h"
#include "sim/ns3/stock.h"

enum {
	OPT_SET,
	OPT_DB,
	OPT_JOBS,
	OPT_DRY_RUN,
	OPT_SEED,
	OPT_ENGINE,
	OPT_JSON,
	OPT_SHARD,
	OPT_PCAP
};

#define DEFAULT_PCAP "pcap"

static const struct option_row rows[] = {
	[OPT_SET] = {"set", 's', "KEY=VALUE",
		     "A parameter, instead of what the file says."},
	[OPT_DB] = {"db", 'd', "FILE",
		    "The database; " DEFAULT_DB " if not given."},
	[OPT_JOBS] = {"jobs", 'j', "N",
		      "Worker processes; one per CPU if not given."},
	[OPT_DRY_RUN] = {"dry-run", 'n', NULL,
			 "Say what would be run, and do nothing."},
	[OPT_SEED] = {"seed", 0, "N", "The first seed; sets run.seed."},
	[OPT_ENGINE] = {"engine", 0, "NAME",
			"The clock: native, or ns3[:SCHEDULER]."},
	[OPT_JSON] = {"json", 0, NULL,
		      "Print an array with an object per point."},
	[OPT_SHARD] = {"shard", 0, "I/N",
		       "Run only the I-th of N parts; no verdicts."},
	[OPT_PCAP] = {"pcap", 0, "DIR",
		      "Where recorded packets go; " DEFAULT_PCAP
		      " if not given."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"run", "SCENARIO... [options]",
	"Simulates every point of the scenarios with every seed, as far as the "
	"database\ndoes not have it yet; a sweep that was stopped is resumed "
	"by the same command.\nPrints means over seeds with 95 % confidence, "
	"and the verdict on what is expected.",
	rows};

struct choices {
	char **sets;
	unsigned n_sets;
	const char *db, *pcap;
	long jobs;
	bool dry_run, json;
	const struct engine *engine;
	struct shard shard;
};

static int read_shard(const char *text, struct shard *shard)
{
	unsigned number, of;
	char rest;

	if (sscanf(text, "%u/%u%c", &number, &of, &rest) != 2 || number < 1 ||
	    number > of)
		return verb_misused(&verb,
				    "--shard %s: it wants two numbers, I/N "
				    "with 1 <= I <= N",
				    text);
	*shard = (struct shard){number, of};
	return EXIT_DONE;
}

static int read_engine(const char *name, const struct engine **out)
{
	*out = ns3_stock_engine(name);
	if (*out || strcmp(name, "native") == 0)
		return EXIT_DONE;
	if (ns3_built() && strncmp(name, "ns3:", 4) == 0)
		return verb_misused(&verb,
				    "--engine %s: ns-3 has no such scheduler; "
				    "there are map, heap, list, calendar and "
				    "priority",
				    name);
	if (!ns3_built() && strncmp(name, "ns3", 3) == 0)
		return verb_misused(&verb,
				    "this ringsim was built without ns-3; its "
				    "engine is native; ./setup builds one "
				    "with ns-3");
	return verb_misused(&verb,
			    "--engine %s: there is no such engine; there is "
			    "native%s",
			    name, ns3_built() ? ", and there is ns3" : "");
}

static int read_number(const char *option, const char *text, long least,
		       long most, long *out)
{
	if (option_number(text, least, most, out))
		return EXIT_DONE;
	return verb_misused(&verb, "--%s %s: it wants a number from %ld to %ld",
			    option, text, least, most);
}

static int read_option(int which, struct choices *c)
{
	long seed;
	int code;

	switch (which) {
	case OPT_SET:
		*mem_push(c->sets, c->n_sets) = mem_text(optarg);
		return EXIT_DONE;
	case OPT_DB:
		c->db = optarg;
		return EXIT_DONE;
	case OPT_JOBS:
		return read_number("jobs", optarg, 1, 1024, &c->jobs);
	case OPT_DRY_RUN:
		c->dry_run = true;
		return EXIT_DONE;
	case OPT_SEED:
		code = read_number("seed", optarg, 0, 1000000000, &seed);
		if (code == EXIT_DONE)
			*mem_push(c->sets, c->n_sets) =
				mem_format("run.seed=%ld", seed);
		return code;
	case OPT_ENGINE:
		return read_engine(optarg, &c->engine);
	case OPT_JSON:
		c->json = true;
		return EXIT_DONE;
	case OPT_SHARD:
		return read_shard(optarg, &c->shard);
	case OPT_PCAP:
		c->pcap = optarg;
		return EXIT_DONE;
	}
	return EXIT_USER;
}

static int load(struct session *s, const struct choices *c, int n, char **paths)
{
	struct complaints complaints = {0};
	int code = EXIT_DONE;

	for (int i = 0; i < n; i++)
		session_load(s, paths[i], c->sets, c->n_sets, &complaints);
	for (unsigned i = 0; i < s->n; i++)
		s->scenarios[i]->engine = c->engine;
	if (complaints.n == 0 && !session_check(s, &complaints))
		code = EXIT_MACHINE;
	if (complaints.n > 0)
		code = EXIT_USER;
	complaints_print(&complaints, stderr);
	complaints_free(&complaints);
	return code;
}

/* What would be run, point by point. */
static int dry_run(const struct session *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		const struct scenario *sc = s->scenarios[i];
		struct experiment *exp = experiment_plan(sc);
		char name[256];

		printf("%s: %u points, %u runs, %u metrics each\n", sc->name,
		       sc->n_points, exp->n_runs, exp->n_columns);
		for (unsigned p = 0; p < sc->n_points; p++) {
			printf("  %u seeds from %llu", exp->points[p].n_seeds,
			       (unsigned long long)exp->points[p].seed);
			for (unsigned k = 0; k < sc->n_swept; k++)
				printf("  %s=%s",
				       setting_name(sc, sc->swept[k], name,
						    sizeof name),
				       sc->points[p].values[k]);
			putchar('\n');
		}
		experiment_free(exp);
	}
	return EXIT_DONE;
}

static bool print_json(struct session *s)
{
	json_t *all = json_array();
	bool ok = true;

	for (unsigned i = 0; ok && i < s->n; i++)
		ok = report_points_json(s, i, all);
	json_print(all);
	return ok;
}

static bool print_tables(struct session *s)
{
	bool ok = true;

	for (unsigned i = 0; ok && i < s->n; i++) {
		if (i > 0)
			putchar('\n');
		ok = report_points(s, i);
	}
	return ok;
}

/* --- recorded packets --------------------------------------------------- */

static bool records(const struct session *s)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->scenarios[i]->n_pcap)
			return true;
	return false;
}

/* Made, if it is not there; files can be made in it. */
static bool is_folder(const char *name)
{
	char *inside = mem_format("%s/", name);
	bool ok = mkdir(name, 0777) == 0 ||
		  (errno == EEXIST && access(inside, W_OK | X_OK) == 0);

	free(inside);
	return ok;
}

/* Where packets go, if any scenario wants them recorded. */
static int open_pcap(struct session *s, const struct choices *c)
{
	if (!records(s)) {
		if (!c->pcap)
			return EXIT_DONE;
		return verb_misused(&verb,
				    "--pcap %s: no scenario has a key pcap, "
				    "which names the interfaces",
				    c->pcap);
	}
	s->pcap = c->pcap ? c->pcap : DEFAULT_PCAP;
	if (is_folder(s->pcap))
		return EXIT_DONE;
	fprintf(stderr, "ringsim run: %s: %s\n", s->pcap, strerror(errno));
	return EXIT_MACHINE;
}

static void tell_pcap(const struct session *s)
{
	for (unsigned i = 0; s->pcap && i < s->n; i++) {
		const struct scenario *sc = s->scenarios[i];

		if (sc->n_pcap)
			printf("\nThe packets of each point's first seed are "
			       "in "
			       "%s/%s-POINT-SEED-STAGE.pcap.\n",
			       s->pcap, sc->name);
	}
}

static int run(struct session *s, const struct choices *c)
{
	unsigned jobs = c->jobs ? (unsigned)c->jobs : cpus_online();
	int code = open_pcap(s, c);

	if (code == EXIT_DONE)
		code = session_run(s, c->db, jobs, c->shard);
	if (code != EXIT_DONE)
		return code;
	if (!(c->json ? print_json(s) : print_tables(s))) {
		fprintf(stderr, "ringsim: %s\n", store_trouble(s->store));
		return EXIT_MACHINE;
	}
	if (!c->json)
		tell_pcap(s);
	return session_differs(s) ? EXIT_VERDICT : EXIT_DONE;
}

static int read_options(int argc, char **argv, struct choices *c, int *code)
{
	int which;

	while ((which = option_next(&verb, argc, argv, code)) >= 0) {
		*code = read_option(which, c);
		if (*code != EXIT_DONE)
			return OPTION_EXIT;
	}
	return which;
}

int cmd_run(int argc, char **argv)
{
	struct choices c = {.db = DEFAULT_DB, .shard = {1, 1}};
	struct session s = {0};
	int code = EXIT_DONE;

	if (read_options(argc, argv, &c, &code) == OPTION_END) {
		if (optind == argc)
			code = verb_misused(&verb, "which scenario?");
		else
			code = load(&s, &c, argc - optind, argv + optind);
		if (code == EXIT_DONE)
			code = c.dry_run ? dry_run(&s) : run(&s, &c);
		session_free(&s);
	}
	for (unsigned i = 0; i < c.n_sets; i++)
		free(c.sets[i]);
	free(c.sets);
	return code;
}
