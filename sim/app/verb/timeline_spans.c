/* SPDX-License-Identifier: MIT */
/* Spans: when tasks ran, when virtual CPUs had a processor, who was stalled. */
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/timeline_inside.h"

static void write_span(struct timeline *tl, unsigned pid, unsigned tid,
		       const char *name, sim_time from, sim_time to)
{
	sim_time start = from > tl->w->from ? from : tl->w->from;
	sim_time end = to < tl->w->until ? to : tl->w->until;

	timeline_event(tl, json_pack("{ss ss ss sf sf si si}", "ph", "X",
				     "name", name, "cat", "run", "ts",
				     timeline_us(start), "dur",
				     timeline_us(end - end % SIM_NS -
						 (start - start % SIM_NS)),
				     "pid", (int)pid, "tid", (int)tid));
}

/* --- tasks and CPUs ----------------------------------------------------- */

/* Nobody says who ran before the recorder's oldest note. */
enum known { UNKNOWN, OFF, ON };

struct lane {
	enum known state;
	sim_time since;
	unsigned tid;
	unsigned owner;
	uint64_t value; /* which physical CPU */
};

/* Tasks by their leaf, virtual CPUs by their owner. */
struct lanes {
	struct lane *tasks, *cpus;
	unsigned n_tasks, n_cpus;
	unsigned *tasks_of; /* owner -> how many have a track */
};

static char *task_name(const struct timeline *tl, struct lanes *l,
		       unsigned owner)
{
	unsigned number = ++l->tasks_of[owner];
	const char *name = tl->w->sim->owner_names[owner];

	return number == 1 ? mem_text(name)
			   : mem_format("%s (task %u)", name, number);
}

static void end_task(struct timeline *tl, struct lanes *l, struct lane *lane,
		     sim_time at)
{
	const char *name = tl->w->sim->owner_names[lane->owner];

	if (!lane->tid)
		lane->tid =
			track_add(tl, teller_pid(tl, lane->owner), SHELF_TASK,
				  task_name(tl, l, lane->owner));
	write_span(tl, teller_pid(tl, lane->owner), lane->tid, name,
		   lane->since, at);
}

static void end_cpu(struct timeline *tl, struct lane *lane, sim_time at)
{
	char *name = lane->state == ON
			     ? mem_format("CPU %llu",
					  (unsigned long long)lane->value)
			     : mem_text("on a CPU");

	lane->tid = teller_cpu(tl, lane->owner);
	write_span(tl, teller_pid(tl, lane->owner), lane->tid, name,
		   lane->since, at);
	free(name);
}

static struct lane *lane_of(const struct lanes *l, const struct record *r)
{
	struct lane *lane;

	if (r->what == NOTE_RUN || r->what == NOTE_PAUSE)
		lane = r->value < l->n_tasks ? &l->tasks[r->value] : NULL;
	else if (r->what == NOTE_ON || r->what == NOTE_OFF)
		lane = r->owner < l->n_cpus ? &l->cpus[r->owner] : NULL;
	else
		return NULL;
	if (lane)
		lane->owner = r->owner;
	return lane;
}

/* `seen`: it lies in the stretch that is drawn. */
static void step(struct timeline *tl, struct lanes *l, const struct record *r,
		 bool seen)
{
	struct lane *lane = lane_of(l, r);

	if (!lane)
		return;
	if (r->what == NOTE_RUN || r->what == NOTE_ON) {
		lane->state = ON;
		lane->since = r->at;
		lane->value = r->value;
		return;
	}
	if (seen && lane->state != OFF && r->what == NOTE_PAUSE)
		end_task(tl, l, lane, r->at);
	if (seen && lane->state != OFF && r->what == NOTE_OFF)
		end_cpu(tl, lane, r->at);
	lane->state = OFF;
}

/* Who still runs where the stretch ends. */
static void end_all(struct timeline *tl, struct lanes *l)
{
	for (unsigned i = 0; i < l->n_tasks; i++)
		if (l->tasks[i].state == ON)
			end_task(tl, l, &l->tasks[i], tl->w->until);
	for (unsigned i = 0; i < l->n_cpus; i++)
		if (l->cpus[i].state == ON)
			end_cpu(tl, &l->cpus[i], tl->w->until);
}

void spans_write(struct timeline *tl)
{
	const struct sim *sim = tl->w->sim;
	struct lanes l = {.n_tasks = sim->pending.leaves,
			  .n_cpus = sim->owners};

	l.tasks = mem_new(l.n_tasks, sizeof *l.tasks);
	l.cpus = mem_new(l.n_cpus, sizeof *l.cpus);
	l.tasks_of = mem_new(sim->owners, sizeof *l.tasks_of);
	for (uint64_t i = tl->w->oldest; i < tl->w->end; i++)
		step(tl, &l, watch_note(tl->w, i), i >= tl->w->first);
	end_all(tl, &l);
	free(l.tasks);
	free(l.cpus);
	free(l.tasks_of);
}

/* --- stalls ------------------------------------------------------------- */

static const struct waiter *waiter_of(const struct timeline *tl,
				      const struct stall *s)
{
	const struct waiter *w = tl->w->sim->oracle->waiters;

	while (w && w->name != s->waiter)
		w = w->next;
	return w;
}

/* What the whole run says of one that had not ended. */
static const struct told_stall *told_of(const struct stalls *whole,
					const struct stall *s)
{
	for (unsigned i = 0; whole && i < whole->n; i++)
		if (whole->all[i].start == s->start &&
		    strncmp(whole->names[whole->all[i].waiter], s->waiter,
			    STALL_NAME - 1) == 0)
			return &whole->all[i];
	return NULL;
}

static json_t *stall_args(const struct timeline *tl, const struct stall *s)
{
	const struct told_stall *told = told_of(tl->whole, s);
	sim_time end = told ? told->end : s->end;
	const char *by = told ? tl->whole->names[told->rescuer] : s->rescuer;

	return json_pack("{ss ss ss sf sf ss}", "waiter", s->waiter, "awaited",
			 s->awaited, "cause", cause_name(s->cause), "start_us",
			 timeline_us(s->start), "end_us", timeline_us(end),
			 "rescued_by", by);
}

static void write_stall(struct timeline *tl, const struct stall *s,
			unsigned pid, unsigned tid)
{
	sim_time start = s->start > tl->w->from ? s->start : tl->w->from;
	sim_time end = s->end < tl->w->until ? s->end : tl->w->until;
	char *name = mem_format("LOST: %s", cause_name(s->cause));

	if (start <= end)
		timeline_event(tl,
			       json_pack("{ss ss ss ss sf sf si si so}", "ph",
					 "X", "name", name, "cat", "stall",
					 "cname", "terrible", "ts",
					 timeline_us(start), "dur",
					 timeline_us(end - end % SIM_NS -
						     (start - start % SIM_NS)),
					 "pid", (int)pid, "tid", (int)tid,
					 "args", stall_args(tl, s)));
	free(name);
}

/* A sleeper's track, made with its first stall. */
struct stalled {
	const struct waiter *waiter;
	unsigned tid;
};

static unsigned stalled_tid(struct timeline *tl, struct stalled **all,
			    unsigned *n, const struct waiter *w)
{
	for (unsigned i = 0; i < *n; i++)
		if ((*all)[i].waiter == w)
			return (*all)[i].tid;
	*mem_push(*all, *n) = (struct stalled){
		w,
		track_add(tl, teller_pid(tl, w->id), SHELF_STALL,
			  mem_format("%s waits for %s", w->name, w->awaited))};
	return (*all)[*n - 1].tid;
}

void stalls_write(struct timeline *tl)
{
	const struct oracle *o = tl->w->sim->oracle;
	struct stalled *all = NULL;
	unsigned n = 0;

	for (unsigned i = 0; o && i < o->n_stalls; i++) {
		const struct waiter *w = waiter_of(tl, &o->stalls[i]);

		if (w)
			write_stall(tl, &o->stalls[i], teller_pid(tl, w->id),
				    stalled_tid(tl, &all, &n, w));
	}
	free(all);
}
