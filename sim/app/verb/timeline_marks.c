/* SPDX-License-Identifier: MIT */
/*
 * Marks: what the recorder tells, and arrows from a notification to whom it
 * woke. Who that is nobody writes down; it is the first on the other side of
 * the ring that wakes, or whose interrupt begins, before the next notification
 * and before a timer of that side fires. A notification to one who is awake
 * has no arrow.
 */
#include "sim/app/verb/stalls.h"
#include "sim/app/verb/timeline_inside.h"

/* An older one has come to nought. */
#define STALE (100 * SIM_MS)

/* Arrows begin and end at spans, so these marks have a length. */
#define MARK_US 0.001

static void write_instant(struct timeline *tl, const struct record *r)
{
	char words[160];

	event_words(note_name((enum note)r->what), (int64_t)r->value, words,
		    sizeof words);
	timeline_event(tl,
		       json_pack("{ss ss ss sf si si s{sI ss}}", "ph", "i", "s",
				 "t", "name", note_name((enum note)r->what),
				 "ts", timeline_us(r->at), "pid",
				 (int)teller_pid(tl, r->owner), "tid",
				 (int)teller_tells(tl, r->owner), "args",
				 "value", (json_int_t)r->value, "what", words));
}

static void write_mark(struct timeline *tl, const struct record *r)
{
	timeline_event(tl,
		       json_pack("{ss ss ss sf sf si si s{sI}}", "ph", "X",
				 "name", note_name((enum note)r->what), "cat",
				 "mark", "ts", timeline_us(r->at), "dur",
				 MARK_US, "pid", (int)teller_pid(tl, r->owner),
				 "tid", (int)teller_tells(tl, r->owner), "args",
				 "value", (json_int_t)r->value));
}

static void write_end(struct timeline *tl, const char *ph, const char *what,
		      sim_time at, unsigned pid, unsigned tid)
{
	json_t *event =
		json_pack("{ss ss ss si sf si si}", "ph", ph, "name", what,
			  "cat", "notification", "id", (int)tl->n_arrows, "ts",
			  timeline_us(at), "pid", (int)pid, "tid", (int)tid);

	if (*ph == 'f')
		json_object_set_new(event, "bp", json_string("e"));
	timeline_event(tl, event);
}

static void send(struct timeline *tl, const struct record *r)
{
	unsigned peer = tl->tellers[r->owner].peer;

	if (peer < tl->n_sides)
		tl->sent[peer] =
			(struct sent){true, r->at, teller_pid(tl, r->owner),
				      teller_tells(tl, r->owner),
				      note_name((enum note)r->what)};
}

/* Does this note mean that its owner has been woken? */
static void arrive(struct timeline *tl, const struct record *r)
{
	unsigned side = tl->tellers[r->owner].side;
	struct sent *s = side < tl->n_sides ? &tl->sent[side] : NULL;

	if (!s || !s->there)
		return;
	s->there = false;
	if (r->at - s->at > STALE)
		return;
	tl->n_arrows++;
	write_end(tl, "s", s->what, s->at, s->pid, s->tid);
	write_end(tl, "f", s->what, r->at, teller_pid(tl, r->owner),
		  teller_tells(tl, r->owner));
}

static void forget(struct timeline *tl, unsigned side)
{
	if (side < tl->n_sides)
		tl->sent[side].there = false;
}

static void tell(struct timeline *tl, const struct record *r)
{
	switch ((enum note)r->what) {
	case NOTE_RUN:
		if (tl->tellers[r->owner].interrupt) {
			write_mark(tl, r);
			arrive(tl, r);
		}
		return;
	case NOTE_PAUSE:
	case NOTE_ON:
	case NOTE_OFF:
	case NOTE_LOST:
	case NOTE_RESCUED:
		return;
	case NOTE_KICK:
	case NOTE_CALL:
		write_mark(tl, r);
		send(tl, r);
		return;
	case NOTE_WAKE:
		write_mark(tl, r);
		if (tl->tellers[r->owner].hears)
			arrive(tl, r);
		return;
	case NOTE_TIMER:
		forget(tl, tl->tellers[r->owner].side);
		break;
	default:
		break;
	}
	write_instant(tl, r);
}

void marks_write(struct timeline *tl)
{
	for (uint64_t i = tl->w->first; i < tl->w->end; i++)
		tell(tl, watch_note(tl->w, i));
}
