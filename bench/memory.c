/* SPDX-License-Identifier: MIT */
/*
 * The arena of a run, and that no memory is asked for once it is set up: a run
 * a hundred times as long takes the same arena and the same number of mallocs.
 * Windows are as many in both, as the store for them is part of the set-up.
 */
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/subject.h"
#include "sim/app/catalog.h"

/* glibc's own; the names without underscores are replaced below. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

/* Counted for the whole process, libraries included. */
static unsigned long mallocs;

void *malloc(size_t size)
{
	mallocs++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	mallocs++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	mallocs++;
	return __libc_realloc(p, size);
}

struct taken {
	size_t arena;
	unsigned long mallocs;
};

static struct taken run(struct subject *s, sim_time measure)
{
	struct run_params *params = s->sc->stages[0].params;
	unsigned long before;

	params->measure = measure;
	params->window = measure / 10;
	before = mallocs;
	subject_run(s, 1);
	return (struct taken){s->block->used, mallocs - before};
}

int main(int argc, char **argv)
{
	struct taken brief, lengthy;
	struct subject s;

	if (argc != 2)
		return 2;
	subject_load(&s, argv[1], NULL, 0);
	brief = run(&s, 10 * SIM_MS);
	lengthy = run(&s, 1000 * SIM_MS);
	must_agree("bytes of the arena", (double)brief.arena,
		   (double)lengthy.arena, 0);
	must_agree("calls of malloc", (double)brief.mallocs,
		   (double)lengthy.mallocs, 0);
	printf("run.%s arena-KiB %zu\n", s.sc->name, lengthy.arena / 1024);
	subject_free(&s);
	return 0;
}
