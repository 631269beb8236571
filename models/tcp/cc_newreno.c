/* SPDX-License-Identifier: MIT */
/*
 * NewReno (RFC 6582): Reno, but fast recovery goes on until everything that was
 * outstanding when it began has arrived. An acknowledgement of a part of it
 * says that the next segment is lost too: that one is resent, one per round
 * trip, and the window is deflated by what was acknowledged.
 */
#include "models/tcp/congestion.h"

const struct cc_type cc_newreno = {
	.name = "newreno",
	.acked = reno_acked,
	.lost = reno_lost,
	.inflation = 3,
	.deflates = true,
};
