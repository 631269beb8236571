/* SPDX-License-Identifier: MIT */
#include "sim/app/verb/timeline_inside.h"

#include <stdlib.h>

#include "sim/app/memory.h"

void timeline_event(struct timeline *tl, json_t *event)
{
	fputs(tl->comma ? ",\n" : "\n", tl->to);
	tl->comma = true;
	json_dumpf(event, tl->to, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(event);
}

void timeline_write(FILE *to, const struct scenario *sc, const struct watch *w,
		    const struct stalls *whole)
{
	struct timeline tl = {.to = to, .sc = sc, .w = w, .whole = whole};

	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", to);
	tellers_find(&tl);
	tl.sent = mem_new(tl.n_sides, sizeof *tl.sent);
	spans_write(&tl);
	marks_write(&tl);
	stalls_write(&tl);
	tracks_write(&tl);
	fputs("\n]}\n", to);
	free(tl.sent);
	free(tl.tellers);
}
