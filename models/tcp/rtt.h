/* SPDX-License-Identifier: MIT */
/*
 * The retransmission timeout (RFC 6298).
 *
 * The smoothed round trip S and its variation V follow the samples R,
 *
 *	V = 3/4 V + 1/4 |S - R|,  S = 7/8 S + 1/8 R
 *
 * (the first sample sets S = R, V = R/2), and the timeout is S + 4 V, not less
 * than a minimum. Linux puts the minimum under 4 V instead, so that its timeout
 * is never less than S + 200 ms. Each timeout doubles it, until something new
 * is acknowledged.
 */
#ifndef TCP_RTT_H
#define TCP_RTT_H

#include "sim/sim.h"

struct rtt_conf {
	sim_time init, min, max; /* of the timeout */
	bool min_of_variation;	 /* the minimum is one of 4 V */
	bool forgets; /* after a timeout the next sample is a first */
};

struct rtt {
	sim_time smoothed, variation;
	sim_time base; /* the timeout, not backed off */
	bool measured;
	unsigned backoff; /* doublings */
};

void rtt_init(struct rtt *r, const struct rtt_conf *conf);
void rtt_sample(struct rtt *r, const struct rtt_conf *conf, sim_time sample);
void rtt_back_off(struct rtt *r, const struct rtt_conf *conf);
sim_time rtt_timeout(const struct rtt *r, const struct rtt_conf *conf);

#endif
