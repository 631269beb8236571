/* SPDX-License-Identifier: MIT */
/*
 * A link of ns-3's between two places, from C: two nodes, each with a device of
 * a rate, in front of it a queue disc or nothing, between them a delay, and a
 * model of losses where packets arrive.
 *
 * What travels is somebody else's: here it is a pointer and so many bytes. Each
 * ends once, and is told so, by calls that come out of ns3_link_send() or of
 * events of ns-3's. They may plan events, and may not call anything here.
 */
#ifndef SIM_NS3_LINK_H
#define SIM_NS3_LINK_H

#include "sim/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ns3_link;

enum ns3_disc {
	NS3_DISC_NONE, /* the device's own queue */
	NS3_DISC_PFIFO,
	NS3_DISC_RED,
	NS3_DISC_CODEL,
	NS3_DISC_FQ_CODEL
};

/* A model of losses with two states (Gilbert): in the bad one all is lost. A
 * share of all packets is lost, `burst` of them in a row on average; without
 * memory that is 1 / (1 - share). */
struct ns3_losses {
	double share; /* 0: nothing is lost; less than 1 */
	double burst; /* 0: without memory */
};

struct ns3_link_conf {
	uint64_t rate; /* bit/s */
	sim_time delay;
	enum ns3_disc disc;
	uint32_t limit;		   /* packets that wait */
	sim_time target, interval; /* of CoDel */
	uint32_t least, most;	   /* of RED: packets */
	uint32_t quantum;	   /* of FqCoDel: bytes */
	struct ns3_losses losses[2];
	uint64_t stream; /* the first of its random numbers' streams */
};

enum ns3_fate {
	NS3_ARRIVED,
	NS3_REFUSED, /* there was no room, or the queue disc decided so */
	NS3_LOST
};

struct ns3_link_calls {
	void *owner;
	/* The one that was sent is on the wire, and has left it. */
	void (*begun)(void *owner, unsigned end);
	void (*sent)(void *owner, unsigned end);
	/* Of what was sent from this end. */
	void (*ended)(void *owner, unsigned end, void *what,
		      enum ns3_fate fate);
};

/* Ends 0 and 1. Lives as long as the run. */
struct ns3_link *ns3_link_new(struct sim *sim, const struct ns3_link_conf *conf,
			      const struct ns3_link_calls *calls);
/* Packets of one flow have the same number. */
void ns3_link_send(struct ns3_link *l, unsigned end, void *what, uint32_t bytes,
		   uint32_t flow);

/* What ns-3's device takes of its link beside a packet: PPP. */
#define NS3_LINK_FRAMING 2

#ifdef __cplusplus
}
#endif

#endif
