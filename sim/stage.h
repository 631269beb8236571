/* SPDX-License-Identifier: MIT */
/*
 * A stage: one element of a scenario's path, made from a type.
 *
 * A type is a name, a sentence, its rows and a few functions, filled in at the
 * end of the one file that is the model. Types stand in an explicit list (in
 * the roof). Parts of the machine that no packet passes, such as kvm or QEMU's
 * main loop, are stages outside the path.
 *
 * Life of a stage: the roof allocates `size` zeroed bytes, fills in struct
 * stage and the parameters, calls build(); when all are built it connects
 * plugs; then start(). Metrics are reset at the end of the warm-up and read at
 * the end of the run by the roof, from the rows.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include "sim/oracle.h"
#include "sim/plug.h"
#include "sim/rows.h"

struct domain;
struct ring;

/* What a stage ends in, on either side. */
enum plug {
	PLUG_NONE,
	PLUG_PORT, /* packets, one way */
	PLUG_RING, /* a transmit ring: the guest's front, the host's back */
	/* The rest go both ways; see stage_type.duplex. */
	PLUG_NET,  /* a network stack stands on a device */
	PLUG_VIF,  /* two rings and an event channel: front and back */
	PLUG_LINK, /* two peers, each with a port: a bridge, a wire */
	PLUG_PCI   /* devices of two queues each, front and back */
};

/* Whose CPU a stage's code runs on. */
enum home {
	HOME_NONE,    /* it has no task */
	HOME_GUEST,   /* the guest's vCPU */
	HOME_QEMU,    /* QEMU's main loop thread */
	HOME_KTHREAD, /* a kernel thread of the host with a CPU to itself */
	HOME_DOM0,    /* a vCPU of Xen's domain 0 */
	HOME_OWN,     /* an ideal CPU to itself, which wakes in no time */
	HOME_MACHINE  /* it is a part of the machine */
};

/* The guest's end of a ring. The stage fills in ring and on_call; the roof
 * fills in kick. */
struct front {
	uint16_t id; /* whose notes tell of its entries and kicks */
	struct ring *ring;
	struct ring *receive; /* of a PLUG_VIF: buffers out, packets in */
	uint16_t receive_id;  /* of a PLUG_VIF: whose notes tell of these */
	struct work on_call;  /* what to do when the host calls */
	struct doorbell kick; /* guest to host */
	/* Of a PLUG_VIF whose guest asks for an event channel for each ring
	 * (Xen's feature-split-event-channels) and whose host has two: the
	 * receive ring's; set by the roof. Else its ring() is NULL. */
	bool split;
	struct work on_call_receive;
	struct doorbell kick_receive;
	/* Of a PLUG_VIF whose guest's threads wait for calls: set by the roof
	 * before start(); else NULL, and on_call is run. */
	struct event_line *line;
	/* For the oracle: its sleeper who needs calls, NULL: none. The host,
	 * who calls, finds it through back.peer. */
	struct waiter *wants_call;
	/* Where each ring of a PLUG_VIF has a sleeper of its own: the receive
	 * ring's; else NULL. */
	struct waiter *wants_packets;
	/* Of a PLUG_PCI: how it kicks, and whether it is called by a level that
	 * its device's queues share; and the rest of the memory they share. */
	enum kick_way way;
	bool level;
	void *shared;
	struct back *peer; /* set by the roof */
};

/* The host's end. The stage fills in on_kick; the roof the rest. */
struct back {
	struct ring *ring;
	struct ring *receive;
	struct work on_kick;  /* what to do when the guest kicks */
	struct doorbell call; /* host to guest */
	/* The other ends of front.kick_receive and on_call_receive. The work's
	 * run() is NULL if the host has one channel. */
	struct work on_kick_receive;
	struct doorbell call_receive;
	bool ioeventfd; /* kicks are light exits; set by the stage */
	/* Of a PLUG_VIF: how many slots a packet from the guest may take, for
	 * a guest that asks; 0: it does not say. Set by the stage. */
	unsigned max_slots;
	/* Of a PLUG_PCI, set by the stage: a process of the host handles kicks,
	 * under this lock; NULL: its kernel does. */
	struct lock *user;
	/* For the oracle: its sleepers who need kicks, of the transmit ring and
	 * of the receive ring; NULL: none. The guest finds them through
	 * front.peer. */
	struct waiter *wants_kick[2];
	struct front *peer; /* set by the roof */
};

/* Who is rung for what happened in that ring. */
static inline struct doorbell *front_kick(struct front *f, const struct ring *r)
{
	return r == f->receive && f->kick_receive.ring ? &f->kick_receive
						       : &f->kick;
}

static inline struct doorbell *back_call(struct back *b, const struct ring *r)
{
	return r == b->receive && b->call_receive.ring ? &b->call_receive
						       : &b->call;
}

struct stage {
	const struct stage_type *type;
	const char *name;
	struct sim *sim;
	uint16_t id; /* as in note() */

	/* Given by the roof before build(). */
	struct cpu *cpu;
	struct domain *domain; /* HOME_GUEST on Xen; the hypervisor's to know */
	/* HOME_QEMU: the main loop and its clock. HOME_GUEST on a unikernel:
	 * its own. */
	struct executor *executor;
	struct timer_source *timers;
	/* HOME_GUEST on Linux, and HOME_DOM0 unless its type is threaded: the
	 * softirq of its CPU. */
	struct softirq *softirq;
	/* HOME_DOM0: a pointer that all stages of one type on this CPU share;
	 * it begins as NULL. */
	void **commons;
	sim_time window, measure; /* of the run */
	bool reversed;		  /* a duplex stage that stands turned round */
	/* Of an end of the path: the other end, whose rows are known before
	 * either is built. Else NULL. */
	struct stage *far;

	/* Plugs, according to type->in and type->out; set by build(). */
	struct port *in;
	struct front *front;
	struct back *back;
	/* The next stage's port; set by the roof after build(). */
	struct port *out;
	/* PLUG_PCI: two of each device, its transmit queue's and its receive
	 * queue's; n_queues of them with whom the guest is, as many or more
	 * with the host. */
	struct front *fronts;
	struct back *backs;
	unsigned n_queues;
	/* PLUG_NET: what it offers to the stack above it and to the device
	 * below; set by build(). The neighbours' are set by the roof. */
	struct nic *nic;
	struct port *rx;
	struct nic *below;
	struct port *above;
	/* Of a stage that stands on two devices, as a switch does: what it
	 * offers to the device behind it in the path, and that device. */
	struct port *rx_behind;
	struct nic *below_behind;
	/* PLUG_LINK: its own, and its peer's. */
	struct port *link;
	struct port *peer;
	/* Of a stage that has one on either side: those of the stage behind it
	 * in the path. */
	struct port *link_behind;
	struct port *peer_behind;
	/* Of who makes packets: their pools, if they have an image; set by
	 * build(). */
	struct packet_pool *pools;
	/* What the user should know about this run; a sentence that lasts, set
	 * at any time, NULL: nothing. */
	const char *remark;
	/* The same of how it is set up; told if no stage has a remark. */
	const char *advice;
};

struct stage_type {
	const char *name;
	const char *doc; /* one sentence, with a full stop */
	size_t size;	 /* of the struct that begins with struct stage */
	const struct param *params;
	unsigned n_params;
	size_t params_at, params_size; /* in that struct */
	const struct metric *metrics;
	unsigned n_metrics;
	size_t metrics_at;
	enum plug in, out;
	/* It passes packets both ways and fits into a path either way round:
	 * from `in` to `out`, or turned. */
	bool duplex;
	/* PLUG_NET on both sides, and a device at each: the one before it in
	 * the path stands turned round, the one behind it does not. */
	bool on_two;
	/* It is a guest's system, or brings along what it needs of one: a guest
	 * has one such stage. */
	bool system;
	/* Of an end of a path: the protocol whose headers it writes or reads.
	 * NULL: it leaves them alone. */
	const char *speaks;
	/* Optional. Its rows, or those of the other end of its path, do not go
	 * together: a clause that says why; NULL: they do. Asked before a run
	 * begins: there is no sim yet, only type, params and far. Where that is
	 * no mistake of the scenario's but of the build's, stage_needs_ns3. */
	const char *(*refuses)(const struct stage *s);
	enum home home;
	bool ns3;      /* a part of it is ns-3's: not there without */
	bool threaded; /* HOME_DOM0: it does nothing in a softirq */
	void (*build)(struct stage *s);	 /* required */
	void (*start)(struct stage *s);	 /* optional: start your tasks */
	void (*finish)(struct stage *s); /* optional: fill in METRIC_NUMBERs */
	/* How many packets it holds, counted where they lie. Required of
	 * whoever can hold any. */
	uint64_t (*inside)(const struct stage *s);
	/* Of the packets it made, how many have not ended. Required of whoever
	 * makes any. Both sums over the path are equal at any time. */
	uint64_t (*made_inside)(const struct stage *s);
};

/* Of an end of a path: is it the one that the path begins with? */
static inline bool stage_is_first(const struct stage *s)
{
	return (s->reversed ? s->type->out : s->type->in) == PLUG_NONE;
}

/* The rows of a struct NAME with members p and m and row tables NAME_params
 * and NAME_metrics. */
#define STAGE_ROWS(name_)                                                      \
	.params = name_##_params,                                              \
	.n_params = sizeof name_##_params / sizeof *name_##_params,            \
	.params_at = offsetof(struct name_, p),                                \
	.params_size = sizeof(struct name_##_params),                          \
	.metrics = name_##_metrics,                                            \
	.n_metrics = sizeof name_##_metrics / sizeof *name_##_metrics,         \
	.metrics_at = offsetof(struct name_, m)

extern const char stage_needs_ns3[];

/* `<stage>.<part>`: what a part of it is called, wherever that is told. Lasts
 * as long as the run. */
const char *stage_part(const struct stage *s, const char *part);
/* A part that speaks in notes; a part's random stream. Once for each. */
uint16_t stage_owner(const struct stage *s, const char *part);
gsl_rng *stage_rng(const struct stage *s, const char *part);
/* Makes c ready; its random stream is that of the part `row`. */
void stage_cost(struct stage *s, struct cost *c, const struct cost_spec *spec,
		const char *row);

#endif
