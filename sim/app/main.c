/* SPDX-License-Identifier: MIT */
/* ringsim VERB ...: finds the verb. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/app/complaints.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/world/world.h"
#include "sim/ns3/clock.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *doc;
} verbs[] = {
	{"run", cmd_run, "simulate scenarios and keep the results"},
	{"replay", cmd_replay, "the documented regimes beside the simulated"},
	{"check", cmd_check, "read scenarios and tell every mistake"},
	{"explain", cmd_explain, "what a parameter or a metric is"},
	{"list", cmd_list, "what a database holds"},
	{"stalls", cmd_stalls, "the lost wakeups of a run, and by which step"},
	{"trace", cmd_trace, "a stretch of a run as a timeline for Perfetto"},
	{"plot", cmd_plot, "draw the figures of what was run"},
	{"fit", cmd_fit, "fit the costs that may be fitted"},
	{"sensitivity", cmd_sensitivity, "what hangs on each guess"},
};

#define N_VERBS (sizeof verbs / sizeof *verbs)

static int print_help(void)
{
	puts("usage: ringsim VERB ...\n\n"
	     "Simulates a producer and a consumer that share a ring and wake "
	     "each other by\nnotifications.\n");
	for (unsigned i = 0; i < N_VERBS; i++)
		printf("  %-11s  %s\n", verbs[i].name, verbs[i].doc);
	puts("\nMore: ringsim help VERB, or ringsim VERB --help.");
	return EXIT_DONE;
}

static int unknown_verb(const char *typed)
{
	const char *names[N_VERBS], *meant;

	for (unsigned i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	meant = did_you_mean(typed, names, N_VERBS);
	if (meant)
		fprintf(stderr, "ringsim: unknown verb %s; did you mean %s?\n",
			typed, meant);
	else
		fprintf(stderr,
			"ringsim: unknown verb %s; see ringsim --help\n",
			typed);
	return EXIT_USER;
}

static int run_verb(int argc, char **argv)
{
	for (unsigned i = 0; i < N_VERBS; i++)
		if (strcmp(argv[0], verbs[i].name) == 0)
			return verbs[i].run(argc, argv);
	return unknown_verb(argv[0]);
}

static int help(int argc, char **argv)
{
	char *asked[] = {argc > 1 ? argv[1] : NULL, "--help", NULL};

	return argc > 1 ? run_verb(2, asked) : print_help();
}

int main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	int code;

	/* A file that may not grow is told like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	if (strcmp(first, "--version") == 0) {
		printf("ringsim %s, models %d, %s ns-3\n", RINGSIM_VERSION,
		       MODEL_VERSION, ns3_built() ? "with" : "without");
		code = EXIT_DONE;
	} else if (strcmp(first, "--help") == 0 || strcmp(first, "help") == 0) {
		code = help(argc - 1, argv + 1);
	} else if (argc > 1) {
		code = run_verb(argc - 1, argv + 1);
	} else {
		fputs("ringsim: which verb? see ringsim --help\n", stderr);
		code = EXIT_USER;
	}
	/* A full disk shows when what was printed is written out. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("ringsim: the output could not be written");
		return EXIT_MACHINE;
	}
	return code;
}
