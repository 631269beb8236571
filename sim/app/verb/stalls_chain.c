/* SPDX-License-Identifier: MIT */
/* The chain of events around a stall, for an engineer to read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/exit.h"
#include "sim/app/memory.h"
#include "sim/app/verb/stalls.h"
#include "sim/app/verb/table.h"
#include "sim/packet.h"

/* '#' stands for the value, '$' for the reason that it is. */
static const char *const words[NUM_NOTES] = {
	[NOTE_PUT] = "puts entries, up to #",
	[NOTE_TAKE] = "takes entries, up to #",
	[NOTE_ARM] = "asks to be woken at #",
	[NOTE_DISARM] = "asks not to be woken",
	[NOTE_KICK] = "kicks the host, entries up to #",
	[NOTE_CALL] = "calls the guest, entries up to #",
	[NOTE_SLEEP] = "sleeps",
	[NOTE_WAKE] = "is woken",
	[NOTE_TIMER] = "a timer fires",
	[NOTE_DROP] = "drops a packet: $",
	[NOTE_DELIVER] = "delivers packet #",
	[NOTE_PENDING] = "port # becomes pending",
	[NOTE_MERGED] = "port # was pending already: nothing happens",
	[NOTE_CLEAR] = "clears the pending bit of port #",
	[NOTE_WAIT] = "waits for an event of port #",
	[NOTE_NOBODY] = "the event of port # finds nobody waiting",
	[NOTE_ON] = "gets physical CPU #",
	[NOTE_OFF] = "is without a physical CPU",
	[NOTE_SEND] = "sends the segment at #",
	[NOTE_RESEND] = "sends the segment at # once more",
	[NOTE_ACK] = "acknowledges up to #",
	[NOTE_LOST] = "a wakeup is lost",
	[NOTE_RESCUED] = "wakes after all",
	[NOTE_RUN] = "runs",
	[NOTE_PAUSE] = "pauses",
};

char *event_words(const char *event, int64_t value, char *out, size_t size)
{
	enum note what = 0;
	const char *text;
	int before;

	while (what < NUM_NOTES && strcmp(note_name(what), event) != 0)
		what++;
	text = what < NUM_NOTES ? words[what] : event;
	before = (int)strcspn(text, "#$");
	if (text[before] == '$')
		snprintf(out, size, "%.*s%s", before, text,
			 drop_reason_name((enum drop_reason)value));
	else if (text[before])
		snprintf(out, size, "%.*s%lld%s", before, text,
			 (long long)value, text + before + 1);
	else
		snprintf(out, size, "%s", text);
	return out;
}

static void add(struct table *t, int64_t ns, const char *who, const char *what)
{
	char *time = ns ? mem_format("%+.3f us", (double)ns / 1000)
			: mem_text("0 us");

	table_add(t, time);
	table_add(t, who);
	table_add(t, what);
	free(time);
}

struct head {
	int64_t start, duration;
	char *waiter, *awaited, *cause, *rescued_by;
};

static int read_head(struct store *st, int64_t run, int64_t stall,
		     struct head *h)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT start_ns, duration_ns, waiter,"
				    " awaited, cause, rescued_by FROM t_stall"
				    " WHERE run = %lld AND stall = %lld",
				    (long long)run, (long long)stall));

	*h = (struct head){0};
	if (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		h->start = sqlite3_column_int64(stmt, 0);
		h->duration = sqlite3_column_int64(stmt, 1);
		h->waiter = mem_text(found_text(stmt, 2));
		h->awaited = mem_text(found_text(stmt, 3));
		h->cause = mem_text(found_text(stmt, 4));
		h->rescued_by = mem_text(found_text(stmt, 5));
	}
	return found_end(st, stmt);
}

static void head_free(struct head *h)
{
	free(h->waiter);
	free(h->awaited);
	free(h->cause);
	free(h->rescued_by);
}

static void add_loss(struct table *t, const struct head *h)
{
	char *what = mem_format("LOST: %s", h->cause);

	add(t, 0, h->waiter, what);
	free(what);
}

static void add_rescue(struct table *t, const struct head *h)
{
	char *what = *h->rescued_by
			     ? mem_format("wakes: %s", h->rescued_by)
			     : mem_text("still asleep when the run ends");

	add(t, h->duration, h->waiter, what);
	free(what);
}

static int add_events(struct table *t, struct store *st, int64_t run,
		      int64_t stall, const struct head *h)
{
	sqlite3_stmt *stmt = found_ask(
		st, sqlite3_mprintf("SELECT position, t_ns, owner, event, value"
				    " FROM t_stall_event WHERE run = %lld AND"
				    " stall = %lld ORDER BY position",
				    (long long)run, (long long)stall));
	bool lost = false;

	while (stmt && sqlite3_step(stmt) == SQLITE_ROW) {
		char what[160];

		if (!lost && sqlite3_column_int(stmt, 0) > 0) {
			add_loss(t, h);
			lost = true;
		}
		add(t, sqlite3_column_int64(stmt, 1) - h->start,
		    found_text(stmt, 2),
		    event_words(found_text(stmt, 3),
				sqlite3_column_int64(stmt, 4), what,
				sizeof what));
	}
	if (!lost)
		add_loss(t, h);
	add_rescue(t, h);
	return found_end(st, stmt);
}

int stalls_chain(struct store *st, int64_t run, int64_t stall)
{
	static const char *const heads[] = {">time", "who", "what"};
	struct table *t = table_new(heads, 3, 2);
	struct head h;
	int code = read_head(st, run, stall, &h);

	if (code == EXIT_DONE)
		code = add_events(t, st, run, stall, &h);
	if (code == EXIT_DONE) {
		printf("\n%lld: %s waits for %s\n", (long long)stall, h.waiter,
		       h.awaited);
		table_print(t, terminal_width(), stdout);
	}
	table_free(t);
	head_free(&h);
	return code;
}
