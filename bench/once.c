/* SPDX-License-Identifier: MIT */
/*
 * One run, for those who look at it from outside (bench/instructions):
 * bench_once SCENARIO COLUMN [KEY=VALUE]... prints the engine's events and the
 * rate COLUMN times the measured seconds.
 */
#include "bench/subject.h"

int main(int argc, char **argv)
{
	struct subject s;

	if (argc < 3)
		return 2;
	subject_load(&s, argv[1], argv + 3, (unsigned)argc - 3);
	subject_run(&s, 1);
	printf("%lu %.0f\n", (unsigned long)s.out.events,
	       subject_value(&s, argv[2]) * time_sec(subject_measure(&s)));
	subject_free(&s);
	return 0;
}
