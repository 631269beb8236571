/* SPDX-License-Identifier: MIT */
/*
 * What Mirage's TCP did in 2013 (mirage-tcpip, lib/tcp: window.ml and
 * segment.ml). NewReno-like, with differences that show when segments are lost:
 *
 *   - fast recovery begins with half of the flight and two segments, and adds
 *     a segment for each acknowledgement, duplicate or partial; nothing is
 *     taken back until it ends
 *   - a timeout resends the oldest segment, and that is all: the window and the
 *     threshold stay, and what else was lost waits for duplicate
 *     acknowledgements or for its own timeout, twice as long
 *   - the window grows with every acknowledgement outside fast recovery, also
 *     with one that repeats the last or when the window is not used.
 */
#include "models/tcp/congestion.h"

static void mirage_acked(struct congestion *c, sim_time now, uint64_t bytes,
			 sim_time rtt)
{
	(void)bytes;
	reno_acked(c, now, c->mss, rtt);
}

const struct cc_type cc_mirage = {
	.name = "mirage",
	.acked = mirage_acked,
	.lost = reno_lost,
	.inflation = 2,
	.grows_always = true,
	.resends_one = true,
};
