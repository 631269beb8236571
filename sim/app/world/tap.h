/* SPDX-License-Identifier: MIT */
/*
 * Taps: what passes an interface, recorded into a file. A tap stands in for the
 * send() of each port there, looks on and lets the real one do its work, in the
 * same frame and in no time: a run goes as it would without.
 *
 * A packet is recorded when it is taken, as of when it was offered; what a
 * device refuses has not passed.
 */
#ifndef APP_TAP_H
#define APP_TAP_H

#include "sim/app/world/world_inside.h"

/* Opens the files of the scenario's `pcap` in w->pcap, and looks on. When plugs
 * are connected, before anything starts. */
void taps_begin(struct world *w, const struct point *pt);
/* The run is over: closes the files. 0, or the first file's errno that could
 * not be written. */
int taps_end(struct world *w);

/* The file's name, malloc'ed. */
char *tap_path(const char *folder, const struct scenario *sc, unsigned point,
	       uint64_t seed, unsigned stage);

#endif
