/* SPDX-License-Identifier: MIT */
/* ringsim check: reads scenarios, tells every mistake, simulates nothing. */
#include <stdio.h>
#include <unistd.h>

#include "sim/app/catalog.h"
#include "sim/app/verb/cmd.h"
#include "sim/app/verb/options.h"
#include "sim/app/load/scenario.h"
#include "sim/app/run/verdict.h"

static const struct option_row options[] = {{NULL, 0, NULL, NULL}};

static const struct verb verb = {
	.name = "check",
	.usage = "SCENARIO...",
	.doc = "Reads scenarios and tells every mistake with its place. "
	       "Simulates nothing.",
	.options = options,
};

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void print_ok(const struct scenario *sc)
{
	const struct run_params *run = sc->stages[0].params;

	printf("%s: ok, %u point%s x %lld seed%s, %u expectation%s\n", sc->path,
	       sc->n_points, plural(sc->n_points), (long long)run->seeds,
	       run->seeds == 1 ? "" : "s", sc->n_expects,
	       plural(sc->n_expects));
}

static int check(const char *path)
{
	struct complaints c = {0};
	struct scenario *sc = scenario_load(path, NULL, 0, &c);
	int code = EXIT_DONE;

	/* Whether SQL may be run is known once it is clear about what. */
	if (sc && !verdicts_check(sc, &c))
		code = EXIT_MACHINE;
	else if (c.n)
		code = EXIT_USER;
	else
		print_ok(sc);
	complaints_print(&c, stderr);
	complaints_free(&c);
	scenario_free(sc);
	return code;
}

int cmd_check(int argc, char **argv)
{
	int code = EXIT_DONE;

	if (option_next(&verb, argc, argv, &code) != OPTION_END)
		return code;
	if (optind == argc)
		return verb_misused(&verb, "which scenario?");
	for (int i = optind; i < argc && code != EXIT_MACHINE; i++) {
		int one = check(argv[i]);

		if (one != EXIT_DONE)
			code = one;
	}
	return code;
}
