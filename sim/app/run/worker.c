/* SPDX-License-Identifier: MIT */
#include "sim/app/run/worker.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/app/memory.h"

int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool read_all(int fd, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		ssize_t got = read(fd, p, n);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
	return true;
}

static bool write_all(int fd, const void *from, size_t n)
{
	const char *p = from;

	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return true;
}

/* --- the child ---------------------------------------------------------- */

static size_t sample_numbers(const struct job *job, unsigned windows)
{
	return (size_t)job->scenario->n_samples * windows;
}

struct outcome outcome_for_any(const struct runner *r)
{
	struct outcome out = {0};
	size_t values = 0, samples = 0;

	for (unsigned i = 0; i < r->n_jobs; i++) {
		const struct job *job = &r->jobs[i];
		size_t n = sample_numbers(job, job->sample_room);

		values = job->n_values > values ? job->n_values : values;
		samples = n > samples ? n : samples;
	}
	out.values = mem_new(values, sizeof *out.values);
	out.samples = mem_new(samples, sizeof *out.samples);
	out.stalls = mem_new(1, sizeof *out.stalls);
	return out;
}

void outcome_free(struct outcome *out)
{
	free(out->values);
	free(out->samples);
	free(out->stalls);
}

/* Samples leave without the room that was not used. */
static bool write_samples(int fd, const struct job *job,
			  const struct outcome *out)
{
	for (unsigned i = 0; i < job->scenario->n_samples; i++)
		if (!write_all(fd, out->samples + (size_t)i * out->sample_room,
			       out->n_samples * sizeof *out->samples))
			return false;
	return true;
}

static bool write_stalls(int fd, const struct stalls *s)
{
	return write_all(fd, s->all, s->n * sizeof *s->all) &&
	       write_all(fd, s->notes, s->n_notes * sizeof *s->notes) &&
	       write_all(fd, s->names, s->n_names * sizeof *s->names);
}

static void fill_answer(struct answer *a, const struct job *job,
			const struct outcome *out)
{
	a->status = out->status;
	a->pcap_errno = out->pcap_errno;
	a->n_values = job->n_values;
	a->n_samples = out->n_samples;
	a->n_stalls = out->stalls->n;
	a->n_notes = out->stalls->n_notes;
	a->n_names = out->stalls->n_names;
	a->events = out->events;
	a->trace_hash = out->trace_hash;
	a->sim_ns = out->sim_ns;
	a->wall_ns = out->wall_ns;
	memcpy(a->remark, out->remark, sizeof a->remark);
}

static bool serve(const struct runner *r, unsigned number, struct sim **block,
		  struct outcome *out, int answers)
{
	const struct job *job = &r->jobs[number];
	struct answer a;

	memset(&a, 0, sizeof a);
	a.job = number;
	out->sample_room = job->sample_room;
	out->pcap = job->pcap;
	out->n_samples = 0;
	out->remark[0] = '\0';
	stalls_none(out->stalls);
	a.no_memory = !r->run(block, job->scenario, job->point, job->seed, out);
	if (a.no_memory)
		return write_all(answers, &a, sizeof a);
	fill_answer(&a, job, out);
	return write_all(answers, &a, sizeof a) &&
	       write_all(answers, out->values,
			 a.n_values * sizeof *out->values) &&
	       write_samples(answers, job, out) &&
	       write_stalls(answers, out->stalls);
}

/* Ctrl-C reaches every process of the terminal; the parent decides. A worker
 * ends with its parent, however that ends, and leaves no core behind. */
static void be_a_worker(pid_t parent)
{
	struct rlimit no_core = {0, 0};
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void work(const struct runner *r, int jobs, int answers)
{
	struct outcome out = outcome_for_any(r);
	struct sim *block = NULL;
	unsigned job;

	while (read_all(jobs, &job, sizeof job))
		if (!serve(r, job, &block, &out, answers))
			break;
	_exit(0);
}

/* --- the parent --------------------------------------------------------- */

static void close_pair(int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static bool make_pipes(int jobs[2], int answers[2])
{
	if (pipe(jobs) != 0)
		return false;
	if (pipe(answers) == 0)
		return true;
	close_pair(jobs);
	return false;
}

bool worker_start(const struct runner *r, struct worker *all, unsigned n,
		  struct worker *w)
{
	int jobs[2], answers[2];
	pid_t parent = getpid();

	if (!make_pipes(jobs, answers))
		return false;
	w->pid = fork();
	if (w->pid == 0) {
		be_a_worker(parent);
		for (unsigned i = 0; i < n; i++) {
			if (all[i].pid <= 0 || &all[i] == w)
				continue;
			close(all[i].jobs);
			close(all[i].answers);
		}
		close(jobs[1]);
		close(answers[0]);
		work(r, jobs[0], answers[1]);
	}
	close(jobs[0]);
	close(answers[1]);
	w->jobs = jobs[1];
	w->answers = answers[0];
	w->n_given = 0;
	if (w->pid < 0) {
		close(w->jobs);
		close(w->answers);
	}
	return w->pid > 0;
}

int worker_end(struct worker *w)
{
	int status = 0;

	kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(w->jobs);
	close(w->answers);
	w->pid = 0;
	return status;
}

bool worker_give(const struct runner *r, struct worker *w, unsigned job)
{
	assert(w->n_given < JOBS_AHEAD);
	if (w->n_given == 0)
		w->deadline = monotonic_ns() + r->jobs[job].timeout_ns;
	w->given[w->n_given++] = job;
	return write_all(w->jobs, &job, sizeof job);
}

/* A crash may come after a wild write, so nothing that was read is believed
 * before it is seen to fit. */
static bool fits(const struct runner *r, const struct worker *w,
		 const struct answer *a)
{
	const struct job *job = &r->jobs[w->given[0]];

	return w->n_given > 0 && a->job == w->given[0] &&
	       (a->no_memory || ((unsigned)a->status < NUM_RUN_STATUSES &&
				 a->n_values == job->n_values &&
				 a->n_samples <= job->sample_room &&
				 memchr(a->remark, '\0', sizeof a->remark)));
}

static bool read_stalls(const struct worker *w, const struct answer *a,
			struct stalls *s)
{
	s->n = a->n_stalls;
	s->n_notes = a->n_notes;
	s->n_names = a->n_names;
	return stalls_have_room(s) &&
	       read_all(w->answers, s->all, s->n * sizeof *s->all) &&
	       read_all(w->answers, s->notes, s->n_notes * sizeof *s->notes) &&
	       read_all(w->answers, s->names, s->n_names * sizeof *s->names) &&
	       stalls_fit(s);
}

bool worker_answer(const struct runner *r, struct worker *w, struct answer *a,
		   struct outcome *out)
{
	const struct job *job;
	size_t samples;

	if (!read_all(w->answers, a, sizeof *a) || !fits(r, w, a))
		return false;
	if (a->no_memory)
		return true;
	job = &r->jobs[a->job];
	samples = sample_numbers(job, a->n_samples);
	out->status = a->status;
	out->pcap_errno = a->pcap_errno;
	out->events = a->events;
	out->trace_hash = a->trace_hash;
	out->sim_ns = a->sim_ns;
	out->wall_ns = a->wall_ns;
	out->n_samples = out->sample_room = a->n_samples;
	memcpy(out->remark, a->remark, sizeof out->remark);
	return read_all(w->answers, out->values,
			a->n_values * sizeof *out->values) &&
	       read_all(w->answers, out->samples,
			samples * sizeof *out->samples) &&
	       read_stalls(w, a, out->stalls);
}
