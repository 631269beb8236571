/* SPDX-License-Identifier: MIT */
/* ringsim replay: the documented regimes, documented beside simulated. */
#include <getopt.h>
#include <stdio.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/verb/asked.h"
#include "sim/app/verb/options.h"
#include "sim/app/verb/report.h"
#include "sim/app/run/session.h"
#include "sim/app/verb/table.h"

enum { OPT_DB, OPT_JOBS, OPT_JSON };

static const struct option_row rows[] = {
	[OPT_DB] = {"db", 'd', "FILE",
		    "The database; " DEFAULT_DB " if not given."},
	[OPT_JOBS] = {"jobs", 'j', "N",
		      "Worker processes; one per CPU if not given."},
	[OPT_JSON] = {"json", 0, NULL,
		      "Print an array with an object per expectation."},
	{NULL, 0, NULL, NULL},
};

static const struct verb verb = {
	"replay", "[ID|SCENARIO...] [options]",
	"Simulates what others have documented and prints both side by side: "
	"what was\nmeasured, the band that counts as met, what ringsim gives "
	"with its 95 % confidence,\nand whether the figure was used to fit a "
	"parameter, is predicted, or is an observed\ndirection. An ID stands "
	"for itself and all below it: S1 takes S1.bh, S1.bh takes\n"
	"S1.bh.swing. Without a name, everything is replayed.",
	rows};

struct choices {
	const char *db;
	long jobs;
	bool json;
	struct asked asked;
};

/* --- what came out ------------------------------------------------------ */

struct counts {
	unsigned by_kind[VERDICT_REPORTED + 1], known_misses, different;
};

static struct counts count(const struct session *s, struct choices *c)
{
	struct counts n = {0};

	for (unsigned i = 0; i < s->n; i++) {
		struct asked_filter filter = {&c->asked, s->scenarios[i]};

		for (unsigned k = 0; k < s->scenarios[i]->n_expects; k++) {
			const struct verdict *v = &s->verdicts[i][k];

			if (!is_asked_for(v->expect, &filter))
				continue;
			n.by_kind[v->kind]++;
			n.different += verdict_differs(v);
			n.known_misses += v->kind == VERDICT_MISSED &&
					  v->expect->known_miss;
		}
	}
	return n;
}

static void print_table(const struct session *s, struct choices *c)
{
	struct table *t = report_expects_new();

	for (unsigned i = 0; i < s->n; i++) {
		struct asked_filter filter = {&c->asked, s->scenarios[i]};
		const struct scenario *sc = s->scenarios[i];

		table_title(t, sc->question ? sc->question : sc->name);
		report_expects(s, i, is_asked_for, &filter, t);
	}
	table_print(t, terminal_width(), stdout);
	table_free(t);
}

static void print_end(const struct session *s, const struct counts *n)
{
	printf("\n%u met, %u missed", n->by_kind[VERDICT_MET],
	       n->by_kind[VERDICT_MISSED]);
	if (n->known_misses)
		printf(" (%u of them known)", n->known_misses);
	printf(", %u reported", n->by_kind[VERDICT_REPORTED]);
	if (n->different)
		printf("; %u not as the scenarios record", n->different);
	printf(".\nThe results are in %s. Plots of them: ringsim plot --db %s "
	       "-o plots/\n",
	       store_path(s->store), store_path(s->store));
}

static void print_json(const struct session *s, struct choices *c)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < s->n; i++) {
		struct asked_filter filter = {&c->asked, s->scenarios[i]};

		report_expects_json(s, i, is_asked_for, &filter, all);
	}
	json_print(all);
}

static int replay(struct session *s, struct choices *c)
{
	unsigned jobs = c->jobs ? (unsigned)c->jobs : cpus_online();
	int code = session_run(s, c->db, jobs, (struct shard){1, 1});
	struct counts n;

	if (code != EXIT_DONE)
		return code;
	n = count(s, c);
	if (c->json) {
		print_json(s, c);
	} else {
		print_table(s, c);
		print_end(s, &n);
	}
	return n.different ? EXIT_VERDICT : EXIT_DONE;
}

static int read_options(int argc, char **argv, struct choices *c, int *code)
{
	int which;

	while ((which = option_next(&verb, argc, argv, code)) >= 0) {
		if (which == OPT_DB)
			c->db = optarg;
		if (which == OPT_JSON)
			c->json = true;
		if (which != OPT_JOBS ||
		    option_number(optarg, 1, 1024, &c->jobs))
			continue;
		*code = verb_misused(&verb,
				     "--jobs %s: it wants a number from 1 to "
				     "1024",
				     optarg);
		return OPTION_EXIT;
	}
	return which;
}

int cmd_replay(int argc, char **argv)
{
	struct choices c = {.db = DEFAULT_DB};
	struct session s = {0};
	int code = EXIT_DONE;

	if (read_options(argc, argv, &c, &code) != OPTION_END)
		return code;
	c.asked.names = argv + optind;
	c.asked.n = (unsigned)(argc - optind);
	code = asked_load(&s, &c.asked, "replay");
	if (code == EXIT_DONE)
		code = replay(&s, &c);
	session_free(&s);
	return code;
}
