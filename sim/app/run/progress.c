/* SPDX-License-Identifier: MIT */
#include "sim/app/run/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "sim/app/run/worker.h"

#define BAR	       30
#define SECOND	       1000000000LL
#define TERMINAL_EVERY (SECOND / 10)
#define LINE_EVERY     (10 * SECOND)

void progress_start(struct progress *p, unsigned total)
{
	*p = (struct progress){.total = total,
			       .began = monotonic_ns(),
			       .terminal = isatty(STDERR_FILENO)};
	p->told = p->began;
}

static void print_left(double seconds)
{
	if (seconds < 100)
		fprintf(stderr, ", %.0f s left", seconds);
	else if (seconds < 6000)
		fprintf(stderr, ", %.0f min left", seconds / 60);
	else
		fprintf(stderr, ", %.1f h left", seconds / 3600);
}

static void print_numbers(const struct progress *p)
{
	double seconds = (double)(p->told - p->began) / SECOND;
	double rate = seconds > 0 ? p->done / seconds : 0;

	fprintf(stderr, "%u of %u runs", p->done, p->total);
	if (rate <= 0)
		return;
	fprintf(stderr, rate < 10 ? ", %.1f/s" : ", %.0f/s", rate);
	print_left((p->total - p->done) / rate);
}

static void print_bar(const struct progress *p)
{
	int full = p->total ? (int)((uint64_t)BAR * p->done / p->total) : BAR;

	fputs("\r[", stderr);
	for (int i = 0; i < BAR; i++)
		fputc(i < full ? '=' : i == full ? '>' : ' ', stderr);
	fputs("] ", stderr);
	print_numbers(p);
	fputs("\033[K", stderr); /* the rest of an earlier, longer line */
}

void progress_tell(struct progress *p, unsigned done)
{
	int64_t now = monotonic_ns();

	p->done = done;
	if (now - p->told < (p->terminal ? TERMINAL_EVERY : LINE_EVERY))
		return;
	p->told = now;
	p->shown = true;
	if (p->terminal) {
		print_bar(p);
		return;
	}
	print_numbers(p);
	fputc('\n', stderr);
}

void progress_end(struct progress *p)
{
	if (p->terminal && p->shown)
		fputs("\r\033[K", stderr);
}
