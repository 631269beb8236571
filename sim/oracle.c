/* SPDX-License-Identifier: MIT */
#include "sim/oracle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY 0xffff

const char *cause_name(enum cause cause)
{
	static const char *const names[NUM_CAUSES] = {
		"none",
		"never sent",
		"suppressed by a stale threshold",
		"coalesced into a pending one",
		"consumed by another",
		"masked",
		"delivered to nobody",
		"woken too early",
		"no re-check"};

	return cause < NUM_CAUSES ? names[cause] : "?";
}

/* Made with the first waiter. */
static struct oracle *oracle_of(struct sim *sim)
{
	if (!sim->oracle)
		sim->oracle = sim_alloc(sim, sizeof *sim->oracle);
	return sim->oracle;
}

void waiter_init(struct waiter *w, struct sim *sim, uint16_t id,
		 const char *name, const char *awaited)
{
	struct oracle *o = oracle_of(sim);

	*w = (struct waiter){
		.sim = sim, .id = id, .name = name, .awaited = awaited};
	memset(w->about, 0xff, sizeof w->about);
	waiter_about(w, id);
	w->open = sim_alloc(sim, sizeof *w->open);
	w->next = o->waiters;
	o->waiters = w;
}

void waiter_about(struct waiter *w, uint16_t owner)
{
	for (unsigned i = 0; i < WAITER_ABOUT; i++) {
		if (w->about[i] == owner)
			return;
		if (w->about[i] == NOBODY) {
			w->about[i] = owner;
			return;
		}
	}
}

/* Who has its CPU is told only while somebody traces, and is no part of it. */
static bool is_about(const struct waiter *w, const struct record *r)
{
	if (r->what == NOTE_RUN || r->what == NOTE_PAUSE)
		return false;
	for (unsigned i = 0; i < WAITER_ABOUT && w->about[i] != NOBODY; i++)
		if (w->about[i] == r->owner)
			return true;
	return false;
}

/* The newest `most` notes of its story, oldest first. Returns how many. */
static unsigned look_back(const struct waiter *w, struct record *to,
			  unsigned most)
{
	const struct sim *sim = w->sim;
	uint64_t oldest = sim->noted > sim->record_mask
				  ? sim->noted - sim->record_mask
				  : 0;
	unsigned n = 0;

	for (uint64_t i = sim->noted; i > oldest && n < most; i--) {
		const struct record *r =
			&sim->records[(i - 1) & sim->record_mask];

		if (is_about(w, r))
			to[most - ++n] = *r;
	}
	memmove(to, to + most - n, n * sizeof *to);
	return n;
}

/* How likely it is that this woke it: that it woke is no news, a notification
 * is, and else it was the last thing that happened. */
static int leads_out(const struct record *r)
{
	switch ((enum note)r->what) {
	case NOTE_SLEEP:
	case NOTE_WAKE:
		return 0;
	case NOTE_KICK:
	case NOTE_CALL:
	case NOTE_TIMER:
	case NOTE_PENDING:
		return 2;
	default:
		return 1;
	}
}

/* The newest such note of its story since it was lost. */
static void look_for_way_out(const struct waiter *w, struct stall *s)
{
	struct record late[STALL_EVENTS];
	unsigned n = look_back(w, late, STALL_EVENTS);
	int best = 0;

	while (n > 0 && best < 2) {
		const struct record *r = &late[--n];

		if (r->at < s->start || r->what == NOTE_LOST)
			break;
		if (leads_out(r) > best) {
			best = leads_out(r);
			s->out = *r;
		}
	}
	s->has_out = best > 0;
}

static void open_stall(struct waiter *w, enum cause cause)
{
	struct stall *s = w->open;

	w->lost = true;
	*s = (struct stall){.start = w->sim->now,
			    .end = SIM_NEVER,
			    .waiter = w->name,
			    .awaited = w->awaited,
			    .rescuer = "",
			    .cause = (uint8_t)cause};
	s->n_events = (uint16_t)look_back(w, s->events, STALL_EVENTS);
	record(w->sim, w->id, NOTE_LOST, cause);
}

static sim_time length(const struct stall *s)
{
	return s->end - s->start;
}

static void find_shortest(struct oracle *o)
{
	o->shortest = 0;
	for (unsigned i = 1; i < ORACLE_STALLS; i++)
		if (length(&o->stalls[i]) < length(&o->stalls[o->shortest]))
			o->shortest = i;
}

/* Room is made with the first: most runs have none. */
static void keep(struct sim *sim, const struct stall *s)
{
	struct oracle *o = sim->oracle;

	if (!o->stalls)
		o->stalls = sim_alloc(sim, ORACLE_STALLS * sizeof *o->stalls);
	if (o->n_stalls < ORACLE_STALLS)
		o->stalls[o->n_stalls++] = *s;
	else if (length(s) > length(&o->stalls[o->shortest]))
		o->stalls[o->shortest] = *s;
	else
		return;
	if (o->n_stalls == ORACLE_STALLS)
		find_shortest(o);
}

static void close_stall(struct waiter *w, const char *by)
{
	struct oracle *o = w->sim->oracle;
	struct stall *s = w->open;

	w->lost = false;
	s->end = w->sim->now;
	s->rescuer = by;
	look_for_way_out(w, s);
	o->n++;
	o->lost += s->end - (s->start > o->since ? s->start : o->since);
	keep(w->sim, s);
}

void waiter_ask(struct waiter *w, enum cause cause)
{
	if (w->lost || w->deciding || !w->asleep || !w->due(w->arg) ||
	    (w->coming && w->coming(w->arg)))
		return;
	/* What used up a notification is closer to the fault than who did not
	 * send one more; and who went to sleep in front of what he waits for
	 * cannot blame anyone. */
	if (w->suspect)
		cause = (enum cause)w->suspect;
	else if (w->blind)
		cause = CAUSE_NO_RECHECK;
	open_stall(w, cause);
}

void waiter_sleeps(struct waiter *w)
{
	w->asleep = true;
	w->blind = w->due(w->arg);
	if (w->blind)
		waiter_ask(w, CAUSE_NO_RECHECK);
}

void waiter_wakes_slow(struct waiter *w, const char *by)
{
	close_stall(w, by);
	record(w->sim, w->id, NOTE_RESCUED, 0);
}

void oracle_reset(struct sim *sim)
{
	struct oracle *o = sim->oracle;

	if (!o)
		return;
	o->n = 0;
	o->lost = 0;
	o->n_stalls = 0;
	o->since = sim->now;
}

static int by_start(const void *a, const void *b)
{
	const struct stall *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (strcmp(x->waiter, y->waiter) != 0)
		return strcmp(x->waiter, y->waiter);
	if (strcmp(x->awaited, y->awaited) != 0)
		return strcmp(x->awaited, y->awaited);
	return x->cause - y->cause;
}

void oracle_finish(struct sim *sim)
{
	struct oracle *o = sim->oracle;

	if (!o)
		return;
	for (struct waiter *w = o->waiters; w; w = w->next)
		if (w->lost)
			close_stall(w, "");
	if (o->stalls)
		qsort(o->stalls, o->n_stalls, sizeof *o->stalls, by_start);
}
