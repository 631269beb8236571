/* SPDX-License-Identifier: MIT */
#include "sim/app/run/runner.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sim/app/memory.h"
#include "sim/app/run/worker.h"

#define TICK_MS 100

struct crew {
	const struct runner *r;
	struct worker *workers;
	struct pollfd *polled; /* one per worker, and the signals */
	unsigned n;
	unsigned next;	 /* the next job that nobody was given */
	unsigned *again; /* jobs whose worker died before it began them */
	unsigned n_again;
	struct outcome out; /* of any job */
	const char *failed; /* what the machine does not give */
};

static bool more_jobs(const struct crew *c)
{
	return c->n_again > 0 || c->next < c->r->n_jobs;
}

static unsigned take_job(struct crew *c)
{
	return c->n_again > 0 ? c->again[--c->n_again] : c->next++;
}

/* Writing to a worker that has just died is not noticed here but when its
 * answer is read. */
static void feed(struct crew *c, struct worker *w)
{
	while (w->n_given < JOBS_AHEAD && more_jobs(c))
		worker_give(c->r, w, take_job(c));
}

static bool start(struct crew *c, struct worker *w)
{
	if (worker_start(c->r, c->workers, c->n, w))
		return true;
	c->failed = "the machine gives no further process";
	return false;
}

static bool hire(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (!start(c, &c->workers[i]))
			return false;
		feed(c, &c->workers[i]);
	}
	return true;
}

static void dismiss(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->workers[i].pid > 0)
			worker_end(&c->workers[i]);
}

/* The worker's first job is over, the clock of the second begins. */
static void shift(struct crew *c, struct worker *w)
{
	w->n_given--;
	memmove(w->given, w->given + 1, w->n_given * sizeof *w->given);
	if (w->n_given > 0)
		w->deadline =
			monotonic_ns() + c->r->jobs[w->given[0]].timeout_ns;
}

static bool report_lost(struct crew *c, unsigned job, enum run_status status)
{
	struct outcome *out = &c->out;

	out->status = status;
	out->events = out->trace_hash = 0;
	out->sim_ns = 0;
	out->wall_ns = status == RUN_TIMEOUT ? c->r->jobs[job].timeout_ns : 0;
	out->n_samples = 0;
	out->pcap_errno = 0;
	out->remark[0] = '\0';
	stalls_none(out->stalls);
	for (unsigned i = 0; i < c->r->jobs[job].n_values; i++)
		out->values[i] = NAN;
	return c->r->finished(c->r->arg, job, out);
}

/* Its first job is lost, the others are for somebody else. */
static bool replace(struct crew *c, struct worker *w, enum run_status status)
{
	unsigned n = w->n_given, lost = w->given[0];

	worker_end(w);
	for (unsigned i = n; i > 1; i--)
		*mem_push(c->again, c->n_again) = w->given[i - 1];
	if (n > 0 && !report_lost(c, lost, status))
		return false;
	if (!start(c, w))
		return false;
	feed(c, w);
	return true;
}

static bool hear(struct crew *c, struct worker *w)
{
	struct answer a;

	if (!worker_answer(c->r, w, &a, &c->out))
		return replace(c, w, RUN_CRASHED);
	if (a.no_memory) {
		c->failed = "the machine has no memory for a run";
		return false;
	}
	shift(c, w);
	feed(c, w);
	return c->r->finished(c->r->arg, a.job, &c->out);
}

static bool end_late_ones(struct crew *c)
{
	int64_t now = monotonic_ns();

	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->workers[i];

		if (w->n_given > 0 && now >= w->deadline &&
		    !(c->polled[i].revents) && !replace(c, w, RUN_TIMEOUT))
			return false;
	}
	return true;
}

static bool busy(const struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->workers[i].n_given > 0)
			return true;
	return false;
}

static int wait_ms(const struct crew *c)
{
	int64_t now = monotonic_ns(), wait = TICK_MS * 1000000LL;

	for (unsigned i = 0; i < c->n; i++)
		if (c->workers[i].n_given > 0 &&
		    c->workers[i].deadline - now < wait)
			wait = c->workers[i].deadline - now;
	return wait < 0 ? 0 : (int)(wait / 1000000 + 1);
}

static void wait_for_news(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		c->polled[i].fd = c->workers[i].answers;
		c->polled[i].events = POLLIN;
		c->polled[i].revents = 0;
	}
	c->polled[c->n].revents = 0;
	if (poll(c->polled, c->n + 1, wait_ms(c)) < 0)
		for (unsigned i = 0; i <= c->n; i++)
			c->polled[i].revents = 0;
}

static bool hear_all(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->polled[i].revents && !hear(c, &c->workers[i]))
			return false;
	return end_late_ones(c) && c->r->tick(c->r->arg);
}

static enum runner_end work(struct crew *c)
{
	bool going = hire(c);

	while (going && busy(c)) {
		wait_for_news(c);
		if (c->polled[c->n].revents)
			return RUNNER_INTERRUPTED;
		going = hear_all(c);
	}
	if (c->failed)
		return RUNNER_FAILED;
	return going ? RUNNER_DONE : RUNNER_STOPPED;
}

static void crew_init(struct crew *c, const struct runner *r)
{
	c->r = r;
	c->n = r->n_workers < r->n_jobs ? r->n_workers : r->n_jobs;
	c->workers = mem_new(c->n, sizeof *c->workers);
	c->polled = mem_new(c->n + 1, sizeof *c->polled);
	c->out = outcome_for_any(r);
}

static void crew_free(struct crew *c)
{
	free(c->workers);
	free(c->polled);
	free(c->again);
	outcome_free(&c->out);
}

/* While there are workers, SIGINT and SIGTERM arrive as something to read, so
 * that they never interrupt a transaction; a dead worker's pipe is no reason
 * to die. */
struct signals {
	sigset_t before;
	void (*pipe_before)(int);
	int fd;
};

static void signals_take(struct signals *s)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, &s->before);
	s->pipe_before = signal(SIGPIPE, SIG_IGN);
	s->fd = signalfd(-1, &ours, SFD_CLOEXEC);
}

/* The signal that ended the work is taken out before the old ways return. */
static void signals_give_back(struct signals *s, bool one_is_pending)
{
	struct signalfd_siginfo info;

	if (one_is_pending && read(s->fd, &info, sizeof info) < 0)
		perror("ringsim: signalfd");
	close(s->fd);
	signal(SIGPIPE, s->pipe_before);
	sigprocmask(SIG_SETMASK, &s->before, NULL);
}

enum runner_end runner_run(const struct runner *r, char *why, size_t why_size)
{
	struct crew c = {0};
	struct signals signals;
	enum runner_end end;

	if (r->n_jobs == 0)
		return RUNNER_DONE;
	crew_init(&c, r);
	signals_take(&signals);
	c.polled[c.n] = (struct pollfd){signals.fd, POLLIN, 0};
	end = work(&c);
	dismiss(&c);
	signals_give_back(&signals, end == RUNNER_INTERRUPTED);
	if (end == RUNNER_FAILED)
		snprintf(why, why_size, "%s", c.failed);
	crew_free(&c);
	return end;
}
