/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* versionsort */
/* ringsim replay: the documented regimes, documented beside simulated. */
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/app/verb/cmd.h"
#include "sim/app/memory.h"
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
	char **names; /* ids, scenarios' names and files */
	unsigned n_names;
	bool *used;
};

/* --- where the scenarios are -------------------------------------------- */

static bool is_folder(const char *path)
{
	DIR *dir = opendir(path);

	if (dir)
		closedir(dir);
	return dir;
}

/* The folder beside the one the program lies in. */
static char *folder_beside(void)
{
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	char *slash;

	if (n < 0)
		return NULL;
	program[n] = '\0';
	slash = strrchr(program, '/');
	*slash = '\0';
	return mem_format("%s/../scenarios", program);
}

static char *find_folder(void)
{
	const char *asked = getenv("RINGSIM_SCENARIOS");
	char *beside;

	if (asked)
		return mem_text(asked);
	if (is_folder(RINGSIM_SCENARIOS))
		return mem_text(RINGSIM_SCENARIOS);
	beside = folder_beside();
	return beside ? beside : mem_text("scenarios");
}

static int is_yaml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + n - 5, ".yaml") == 0;
}

/* What needs something that this ringsim was built without is left out. */
static void load_shipped(struct session *s, const char *path,
			 struct complaints *c)
{
	struct complaints own = {0};

	session_load(s, path, NULL, 0, &own);
	if (!complaints_only_absent(&own)) {
		complaints_take(c, &own);
		return;
	}
	fprintf(stderr, "ringsim replay: left out: ");
	complaints_print(&own, stderr);
	complaints_free(&own);
}

static void load_folder(struct session *s, const char *folder,
			struct complaints *c)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_yaml, versionsort);

	if (n < 0) {
		complain(c, folder, 0, 0,
			 "the folder of the documented regimes cannot be "
			 "read; RINGSIM_SCENARIOS may say where it is");
		return;
	}
	for (int i = 0; i < n; i++) {
		char *path = mem_format("%s/%s", folder, entries[i]->d_name);

		load_shipped(s, path, c);
		free(path);
		free(entries[i]);
	}
	free(entries);
}

/* --- what is asked for -------------------------------------------------- */

static bool is_file(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') ||
	       (n > 5 && strcmp(name + n - 5, ".yaml") == 0);
}

/* Is `id` the asked one or below it? */
static bool id_matches(const char *id, const char *asked)
{
	size_t n = strlen(asked);

	return strncmp(id, asked, n) == 0 && (id[n] == '\0' || id[n] == '.');
}

struct filter {
	struct choices *choices;
	const struct scenario *scenario;
};

static bool is_asked_for(const struct expect *e, void *arg)
{
	const struct filter *f = arg;
	struct choices *c = f->choices;
	bool yes = c->n_names == 0;

	for (unsigned i = 0; i < c->n_names; i++) {
		const char *name = c->names[i];

		if (strcmp(name, f->scenario->path) != 0 &&
		    strcmp(name, f->scenario->name) != 0 &&
		    !id_matches(e->id, name))
			continue;
		c->used[i] = true;
		yes = true;
	}
	return yes;
}

static bool has_asked_for(const struct scenario *sc, struct choices *c)
{
	struct filter filter = {c, sc};
	bool yes = c->n_names == 0;

	for (unsigned i = 0; i < sc->n_expects; i++)
		yes |= is_asked_for(&sc->expects[i], &filter);
	return yes;
}

/* Keeps the scenarios that somebody asked for. */
static void choose(struct session *s, struct choices *c)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n; i++)
		if (has_asked_for(s->scenarios[i], c))
			s->scenarios[kept++] = s->scenarios[i];
		else
			scenario_free(s->scenarios[i]);
	s->n = kept;
}

static const char *nearest_name(const struct session *s, const char *typed)
{
	const char **all = NULL, *meant;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++) {
		*mem_push(all, n) = s->scenarios[i]->name;
		for (unsigned k = 0; k < s->scenarios[i]->n_expects; k++)
			*mem_push(all, n) = s->scenarios[i]->expects[k].id;
	}
	meant = did_you_mean(typed, all, n);
	free(all);
	return meant;
}

static void complain_of_unknown(const struct session *s, struct choices *c,
				struct complaints *complaints)
{
	for (unsigned i = 0; i < s->n; i++)
		has_asked_for(s->scenarios[i], c);
	for (unsigned i = 0; i < c->n_names; i++) {
		const char *meant;

		if (c->used[i] || is_file(c->names[i]))
			continue;
		meant = nearest_name(s, c->names[i]);
		complain(complaints, NULL, 0, 0,
			 "ringsim replay: nothing documented is named %s%s%s%s",
			 c->names[i], meant ? "; did you mean " : "",
			 meant ? meant : "", meant ? "?" : "");
	}
}

/* The shipped ones, unless only files were asked for. */
static void load(struct session *s, struct choices *c,
		 struct complaints *complaints)
{
	bool shipped = c->n_names == 0;
	char *folder;

	for (unsigned i = 0; i < c->n_names; i++)
		if (is_file(c->names[i]))
			session_load(s, c->names[i], NULL, 0, complaints);
		else
			shipped = true;
	if (!shipped)
		return;
	folder = find_folder();
	load_folder(s, folder, complaints);
	free(folder);
}

static int prepare(struct session *s, struct choices *c)
{
	struct complaints complaints = {0};
	int code = EXIT_DONE;

	load(s, c, &complaints);
	if (complaints.n == 0)
		complain_of_unknown(s, c, &complaints);
	choose(s, c);
	if (complaints.n == 0 && !session_check(s, &complaints))
		code = EXIT_MACHINE;
	if (complaints.n > 0)
		code = EXIT_USER;
	complaints_print(&complaints, stderr);
	complaints_free(&complaints);
	return code;
}

/* --- what came out ------------------------------------------------------ */

struct counts {
	unsigned by_kind[VERDICT_REPORTED + 1], known_misses, different;
};

static struct counts count(const struct session *s, struct choices *c)
{
	struct counts n = {0};

	for (unsigned i = 0; i < s->n; i++) {
		struct filter filter = {c, s->scenarios[i]};

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
		struct filter filter = {c, s->scenarios[i]};
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
		struct filter filter = {c, s->scenarios[i]};

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
	c.names = argv + optind;
	c.n_names = (unsigned)(argc - optind);
	c.used = mem_new(c.n_names, sizeof *c.used);
	code = prepare(&s, &c);
	if (code == EXIT_DONE)
		code = replay(&s, &c);
	session_free(&s);
	free(c.used);
	return code;
}
