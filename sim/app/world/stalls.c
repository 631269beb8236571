/* SPDX-License-Identifier: MIT */
#include "sim/app/world/stalls.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stalls_none(struct stalls *to)
{
	to->n = to->n_notes = to->n_names = 0;
}

/* Names of a run do not move, so two with one address are one. */
struct teller {
	struct stalls *to;
	const char *from[STALL_NAMES];
};

static uint16_t name_of(struct teller *t, const char *name)
{
	struct stalls *to = t->to;
	unsigned i = 0;

	while (i < to->n_names && t->from[i] != name)
		i++;
	if (i == STALL_NAMES)
		return STALL_NAMES - 1;
	if (i == to->n_names) {
		t->from[to->n_names++] = name;
		snprintf(to->names[i], STALL_NAME, "%s", name);
	}
	return (uint16_t)i;
}

/* --- which chains are kept ---------------------------------------------- */

static int longest_first(const void *a, const void *b)
{
	const struct stall *const *x = a, *const *y = b;
	sim_time p = (*x)->end - (*x)->start, q = (*y)->end - (*y)->start;

	if (p != q)
		return p > q ? -1 : 1;
	return *x < *y ? -1 : 1;
}

static bool same_kind(const struct stall *a, const struct stall *b)
{
	return a->cause == b->cause && !strcmp(a->waiter, b->waiter) &&
	       !strcmp(a->awaited, b->awaited) &&
	       !strcmp(a->rescuer, b->rescuer);
}

static bool is_known(const struct stall *const *kept, unsigned n,
		     const struct stall *s)
{
	for (unsigned i = 0; i < n; i++)
		if (same_kind(kept[i], s))
			return true;
	return false;
}

/* Returns how many stand in kept[]. */
static unsigned choose(const struct oracle *o,
		       const struct stall *kept[STALL_CHAINS])
{
	static_assert(STALL_LONGEST <= STALL_CHAINS, "they are among them");
	const struct stall *sorted[ORACLE_STALLS];
	unsigned n = 0;

	for (unsigned i = 0; i < o->n_stalls; i++)
		sorted[i] = &o->stalls[i];
	qsort(sorted, o->n_stalls, sizeof *sorted, longest_first);
	for (unsigned i = 0; i < o->n_stalls && n < STALL_CHAINS; i++)
		if (i < STALL_LONGEST || !is_known(kept, n, sorted[i]))
			kept[n++] = sorted[i];
	return n;
}

static bool is_kept(const struct stall *const *kept, unsigned n,
		    const struct stall *s)
{
	for (unsigned i = 0; i < n; i++)
		if (kept[i] == s)
			return true;
	return false;
}

/* --- telling ------------------------------------------------------------ */

static void tell_note(struct teller *t, const struct sim *sim,
		      const struct record *r)
{
	t->to->notes[t->to->n_notes++] = (struct told_note){
		r->at, r->value, name_of(t, sim->owner_names[r->owner]),
		r->what};
}

static void tell_chain(struct teller *t, const struct sim *sim,
		       const struct stall *s, struct told_stall *told)
{
	told->first = t->to->n_notes;
	for (unsigned i = 0; i < s->n_events; i++)
		tell_note(t, sim, &s->events[i]);
	if (s->has_out)
		tell_note(t, sim, &s->out);
	told->has_out = s->has_out;
	told->n_notes = (uint16_t)(t->to->n_notes - told->first);
}

static void tell_stall(struct teller *t, const struct stall *s)
{
	t->to->all[t->to->n++] =
		(struct told_stall){.start = s->start,
				    .end = s->end,
				    .waiter = name_of(t, s->waiter),
				    .awaited = name_of(t, s->awaited),
				    .rescuer = name_of(t, s->rescuer),
				    .cause = s->cause};
}

void stalls_read(const struct sim *sim, struct stalls *to)
{
	const struct oracle *o = sim->oracle;
	const struct stall *kept[STALL_CHAINS];
	struct teller t = {.to = to};
	unsigned n_kept;

	stalls_none(to);
	if (!o)
		return;
	n_kept = choose(o, kept);
	for (unsigned i = 0; i < o->n_stalls; i++) {
		const struct stall *s = &o->stalls[i];

		tell_stall(&t, s);
		if (is_kept(kept, n_kept, s))
			tell_chain(&t, sim, s, &to->all[i]);
	}
}

/* --- believing ---------------------------------------------------------- */

static bool stall_fits(const struct stalls *in, const struct told_stall *s)
{
	return s->start >= 0 && s->end >= s->start && s->cause < NUM_CAUSES &&
	       s->waiter < in->n_names && s->awaited < in->n_names &&
	       s->rescuer < in->n_names && s->has_out <= s->n_notes &&
	       s->first <= in->n_notes && s->n_notes <= in->n_notes - s->first;
}

static bool note_fits(const struct stalls *in, const struct told_note *n)
{
	return n->owner < in->n_names && n->what < NUM_NOTES;
}

bool stalls_have_room(const struct stalls *s)
{
	return s->n <= ORACLE_STALLS &&
	       s->n_notes <= STALL_CHAINS * STALL_CHAIN_MOST &&
	       s->n_names <= STALL_NAMES;
}

bool stalls_fit(const struct stalls *s)
{
	if (!stalls_have_room(s))
		return false;
	for (unsigned i = 0; i < s->n; i++)
		if (!stall_fits(s, &s->all[i]))
			return false;
	for (unsigned i = 0; i < s->n_notes; i++)
		if (!note_fits(s, &s->notes[i]))
			return false;
	for (unsigned i = 0; i < s->n_names; i++)
		if (!memchr(s->names[i], '\0', STALL_NAME))
			return false;
	return true;
}
