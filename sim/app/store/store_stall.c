/* SPDX-License-Identifier: MIT */
/* Stalls of a run, and what led into them and out. */
#include "sim/app/store/store_inside.h"

static int64_t ns(sim_time t)
{
	return t / SIM_NS;
}

static bool store_note(struct store *st, int64_t run, unsigned stall,
		       int position, const struct stalls *in,
		       const struct told_note *n)
{
	sqlite3_stmt *stmt = store_statement(st, ST_STALL_EVENT);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, run);
	sqlite3_bind_int64(stmt, 2, stall);
	sqlite3_bind_int(stmt, 3, position);
	sqlite3_bind_int64(stmt, 4, ns(n->at));
	store_bind_text(stmt, 5, in->names[n->owner]);
	store_bind_text(stmt, 6, note_name((enum note)n->what));
	sqlite3_bind_int64(stmt, 7, (sqlite3_int64)n->value);
	return store_step(st, stmt);
}

static bool store_chain(struct store *st, int64_t run, unsigned stall,
			const struct stalls *in, const struct told_stall *s)
{
	const struct told_note *notes = in->notes + s->first;
	int n = s->n_notes - s->has_out;

	for (int i = 0; i < n; i++)
		if (!store_note(st, run, stall, i - n, in, &notes[i]))
			return false;
	return !s->has_out || store_note(st, run, stall, 1, in, &notes[n]);
}

static bool store_stall(struct store *st, int64_t run, unsigned stall,
			const struct stalls *in, const struct told_stall *s)
{
	sqlite3_stmt *stmt = store_statement(st, ST_STALL);

	if (!stmt)
		return false;
	sqlite3_bind_int64(stmt, 1, run);
	sqlite3_bind_int64(stmt, 2, stall);
	sqlite3_bind_int64(stmt, 3, ns(s->start));
	sqlite3_bind_int64(stmt, 4, ns(s->end) - ns(s->start));
	store_bind_text(stmt, 5, in->names[s->waiter]);
	store_bind_text(stmt, 6, in->names[s->awaited]);
	store_bind_text(stmt, 7, cause_name((enum cause)s->cause));
	store_bind_text(stmt, 8, in->names[s->rescuer]);
	return store_step(st, stmt) && store_chain(st, run, stall, in, s);
}

bool store_stalls(struct store *st, int64_t run, const struct stalls *s)
{
	for (unsigned i = 0; s && i < s->n; i++)
		if (!store_stall(st, run, i + 1, s, &s->all[i]))
			return false;
	return true;
}
