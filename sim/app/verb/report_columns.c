/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/report_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/app/memory.h"
#include "sim/app/verb/table.h"

/* --- which settings ------------------------------------------------------ */

/* The same parameter of two stages, with the same value at each point. */
static bool are_alike(const struct scenario *sc, unsigned a, unsigned b)
{
	if (strcmp(setting_row(sc, sc->swept[a])->name,
		   setting_row(sc, sc->swept[b])->name))
		return false;
	for (unsigned i = 0; i < sc->n_points; i++)
		if (strcmp(sc->points[i].values[a], sc->points[i].values[b]))
			return false;
	return true;
}

/* The first of the swept settings that always have the value of the i-th. */
static unsigned first_alike(const struct scenario *sc, unsigned i)
{
	unsigned first = 0;

	while (!are_alike(sc, first, i))
		first++;
	return first;
}

static void choose_swept(const struct scenario *sc, struct report_columns *c)
{
	c->swept = mem_new(sc->n_swept, sizeof *c->swept);
	for (unsigned i = 0; i < sc->n_swept; i++)
		if (first_alike(sc, i) == i)
			c->swept[c->n_swept++] = i;
}

static void alike_to(const struct scenario *sc, unsigned first)
{
	char name[256];
	unsigned n = 0;

	for (unsigned i = first + 1; i < sc->n_swept; i++)
		if (first_alike(sc, i) == first)
			printf("%s%s", n++ ? ", " : "",
			       setting_name(sc, sc->swept[i], name,
					    sizeof name));
	if (n > 0)
		printf(": as %s\n",
		       setting_name(sc, sc->swept[first], name, sizeof name));
}

void report_alike(const struct scenario *sc)
{
	for (unsigned i = 0; i < sc->n_swept; i++)
		alike_to(sc, i);
}

/* --- which metrics ------------------------------------------------------ */

static bool figures_name(const struct scenario *sc, const char *metric)
{
	char *quoted = mem_format("\"%s\"", metric);
	bool named = false;

	for (unsigned i = 0; i < sc->n_figures && !named; i++)
		named = strstr(sc->figures[i].json, quoted);
	free(quoted);
	return named;
}

static bool expects_name(const struct scenario *sc, const char *metric)
{
	for (unsigned i = 0; i < sc->n_expects; i++)
		if (sc->expects[i].metric &&
		    strcmp(sc->expects[i].metric, metric) == 0)
			return true;
	return false;
}

/* Throughput as a whole, not how it spreads. */
static bool is_a_rate(const struct column *c)
{
	return strcmp(c->unit, "pps") == 0 || strcmp(c->unit, "bps") == 0;
}

/* What went wrong, as all stages call it. */
static bool is_a_loss(const struct column *c)
{
	static const char *const ends[] = {"drops", "losses", "lost",
					   "timeouts", "stalls"};
	size_t n = strlen(c->name);

	for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n > strlen(ends[i]) &&
		    strcmp(c->name + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

/* What notifications and CPUs had to do with it. */
static bool is_a_cause(const struct column *c)
{
	const char *part = strchr(c->name, '.') + 1;

	return strcmp(part, "kicks_per_packet") == 0 ||
	       strcmp(part, "busy") == 0;
}

/* First what the scenario itself speaks of. */
enum interest { EXPECTED, DRAWN, RATE, LOSS, CAUSE, NOT_SHOWN };

static enum interest interest_in(const struct scenario *sc,
				 const struct column *c)
{
	if (expects_name(sc, c->name))
		return EXPECTED;
	if (figures_name(sc, c->name))
		return DRAWN;
	if (c->statistic != 0)
		return NOT_SHOWN;
	return is_a_rate(c)    ? RATE
	       : is_a_loss(c)  ? LOSS
	       : is_a_cause(c) ? CAUSE
			       : NOT_SHOWN;
}

/* Nothing but zeros, or values that do not exist, tell nothing. */
static bool says_something(const struct point_report *reports, unsigned n,
			   unsigned column)
{
	for (unsigned i = 0; i < n; i++) {
		double x = reports[i].estimates[column].value;

		if (x < 0 || x > 0)
			return true;
	}
	return false;
}

/* About as wide as the column will be: its name, a unit, a gap. */
static int column_room(const char *name)
{
	int n = (int)strlen(name) + 7;

	return n > 15 ? n : 15;
}

/* What a terminal has left beside the swept settings and the runs. */
static int room_for_metrics(const struct scenario *sc,
			    const struct report_columns *c)
{
	int room = (int)terminal_width() - 6;
	char name[256];

	for (unsigned i = 0; i < c->n_swept; i++)
		room -= (int)strlen(setting_name(sc, sc->swept[c->swept[i]],
						 name, sizeof name)) +
			2;
	return room;
}

/* As many as fit, but one at least. */
static void choose_metrics(const struct experiment *exp,
			   const struct point_report *reports, unsigned n,
			   struct report_columns *c)
{
	int room = room_for_metrics(exp->scenario, c);

	for (int round = EXPECTED; round < NOT_SHOWN; round++)
		for (unsigned i = 0; i < exp->n_columns; i++) {
			const struct column *col = &exp->columns[i];

			if ((int)interest_in(exp->scenario, col) != round ||
			    (round >= RATE && !says_something(reports, n, i)))
				continue;
			room -= column_room(col->name);
			if (c->n_metrics == MAX_METRICS ||
			    (c->n_metrics > 0 && room < 0))
				return;
			c->metrics[c->n_metrics++] = i;
		}
}

struct report_columns report_columns_choose(const struct experiment *exp,
					    const struct point_report *reports,
					    unsigned n)
{
	struct report_columns c = {0};

	choose_swept(exp->scenario, &c);
	choose_metrics(exp, reports, n, &c);
	return c;
}

void report_columns_free(struct report_columns *c)
{
	free(c->swept);
}
