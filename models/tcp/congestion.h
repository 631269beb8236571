/* SPDX-License-Identifier: MIT */
/*
 * Congestion control: how much may be on its way. A type answers three
 * questions: what an acknowledgement adds to the window, what a loss leaves of
 * it, and what fast recovery does meanwhile.
 *
 * Windows are whole bytes. How many segments have left the path is told by
 * duplicate acknowledgements alone where there is no SACK; the window is then
 * inflated by what has left (RFC 5681). With SACK the sender knows, and the
 * window stays what it is (RFC 6675).
 */
#ifndef TCP_CONGESTION_H
#define TCP_CONGESTION_H

#include "sim/sim.h"

struct cubic {
	bool growing;	  /* an epoch of growth has begun */
	sim_time began;	  /* when it did */
	sim_time origin;  /* from then to the plateau: K */
	double most;	  /* W_max, in segments: the plateau */
	double prior;	  /* window at the last loss, in segments */
	double friendly;  /* W_est, in segments: what Reno would have */
	double remainder; /* of the growth, in bytes, less than one */
};

struct congestion {
	const struct cc_type *type;
	uint32_t mss;
	bool counts_bytes; /* growth by bytes acknowledged: RFC 3465 */
	uint64_t cwnd, ssthresh;
	uint64_t counted; /* bytes towards the next growth */
	struct cubic cubic;
};

struct cc_type {
	const char *name;
	/* `bytes` were acknowledged, outside fast recovery. */
	void (*acked)(struct congestion *c, sim_time now, uint64_t bytes,
		      sim_time rtt);
	/* The threshold after a loss; `flight` bytes were on their way. */
	uint64_t (*lost)(struct congestion *c, sim_time now, uint64_t flight);
	/* Fast recovery ends with the first new acknowledgement. */
	bool ends_early;
	/* Without SACK: segments the window is inflated by as it begins, and
	 * whether a partial acknowledgement takes back what it covers. */
	unsigned inflation;
	bool deflates;
	/* The window grows with every acknowledgement, even if it says nothing
	 * new or the window was not used. */
	bool grows_always;
	/* A timeout resends the oldest segment and leaves the window alone;
	 * otherwise everything outstanding is lost. */
	bool resends_one;
};

extern const struct cc_type cc_mirage, cc_reno, cc_newreno, cc_cubic;

/* In the order of the row's choices; ends with NULL. */
extern const struct cc_type *const cc_types[];

void congestion_init(struct congestion *c, const struct cc_type *type,
		     uint32_t mss, unsigned segments, uint64_t ssthresh);

static inline void congestion_acked(struct congestion *c, sim_time now,
				    uint64_t bytes, sim_time rtt)
{
	c->type->acked(c, now, bytes, rtt);
}

/* Fast recovery: it begins; one more segment has left; a part of what was
 * outstanding has arrived; all of it. */
void congestion_recover(struct congestion *c, sim_time now, uint64_t flight,
			bool sack);
void congestion_left(struct congestion *c);
void congestion_partial(struct congestion *c, uint64_t bytes);
void congestion_recovered(struct congestion *c);

void congestion_timeout(struct congestion *c, sim_time now, uint64_t flight);

/* For types: as Reno grows, and what Reno keeps. */
void reno_acked(struct congestion *c, sim_time now, uint64_t bytes,
		sim_time rtt);
void reno_slow_start(struct congestion *c, uint64_t bytes);
uint64_t reno_lost(struct congestion *c, sim_time now, uint64_t flight);

#endif
