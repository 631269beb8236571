/* SPDX-License-Identifier: MIT */
/*
 * The plugs by which models touch. Rings, hypervisors and networks are
 * strangers to each other; each knows only these.
 *
 * A port passes packets on. A nic is a network device as the stack above it
 * sees it. A doorbell carries a notification across the boundary between guest
 * and host and charges whoever rings it; an event line is its far end where
 * threads wait for notifications instead of being interrupted. An executor is
 * a place where deferred work runs: QEMU's main loop, a vhost worker.
 */
#ifndef SIM_PLUG_H
#define SIM_PLUG_H

#include "sim/packet.h"
#include "sim/task.h"

/* What becomes of a packet that cannot go at once through a nic's port. */
enum patience {
	PATIENT,   /* send() sleeps until it can */
	IMPATIENT, /* it is left offered; `room` is not raised */
	IN_LINE /* its thread has stood in line since it came: it waits for its
		      turn, and does not look before */
};

/*
 * Where packets go. send() is a sub-task of the sender, so what it costs is
 * the sender's time. It reads port->offered; it either takes the packet
 * (offered becomes NULL) or refuses it, and then raises `room` when another
 * attempt is worth while.
 */
struct port {
	task_fn *send; /* its owner argument is the port */
	void *owner;
	struct packet *offered;
	struct signal room;
	enum patience patience; /* of a nic's port; set by who sends */
	/* Packets taken whose memory the sender may use anew; counted by who
	 * says so, who then raises `room`. */
	uint64_t done;
	void *tap; /* of who looks on what passes; NULL: nobody does */
};

/*
 * A network device, from above. Each thread that sends opens a port of its own,
 * at set-up, because its send() may sleep half-way, for a lock or for room.
 * Such a port always takes the packet in the end, unless it is told to be
 * impatient; `room` is not used.
 */
struct nic {
	struct port *(*open)(struct nic *nic);
	void *tap; /* as a port's, for all that it will open */
};

struct waiter;

/* Something to be done elsewhere: a sub-task and whom it is for. */
struct work {
	task_fn *run;
	void *owner;
	struct work *next;
	bool queued;
};

/* Runs queued work, one after the other, on a task of its own. */
struct executor {
	/* Queues w unless it is queued already. Costs the caller nothing. */
	void (*queue)(struct executor *ex, struct work *w);
};

/* A first-in first-out list of work, for those who implement an executor. */
struct work_queue {
	struct work *head, *tail;
};

/* False: it is in the queue already. */
static inline bool work_queue_push(struct work_queue *q, struct work *w)
{
	if (w->queued)
		return false;
	w->queued = true;
	w->next = NULL;
	if (q->head)
		q->tail->next = w;
	else
		q->head = w;
	q->tail = w;
	return true;
}

/* NULL: empty. */
static inline struct work *work_queue_pop(struct work_queue *q)
{
	struct work *w = q->head;

	if (w) {
		q->head = w->next;
		w->queued = false;
	}
	return w;
}

/*
 * A notification line. ring() is a sub-task of whoever notifies; its owner
 * argument is the doorbell. In the end `handler` runs: in the ringer's own
 * context, or elsewhere, as the doorbell's maker has it.
 */
struct doorbell {
	task_fn *ring;
	void *owner;
	struct work *handler; /* NULL where the far end is an event line */
	/* Notifications between the decision to send and their handler's end.
	 * Kept by the ring() of each maker; for the oracle. */
	unsigned under_way;
	/* Has one arrived and will still be seen? NULL: no more than under_way
	 * tells. Set by the maker, for the oracle. */
	bool (*coming)(const struct doorbell *bell);
	/* enum cause: how the last ring() came to nought (it merged into a
	 * pending one, the port is masked); 0: it did not. */
	unsigned char spent;
};

/* How a guest rings: what the access makes of the exit. */
enum kick_way { KICK_PIO, KICK_MMIO, KICK_HYPERCALL };

/* For the oracle: will its handler yet run, or its waiters yet be woken? */
static inline bool doorbell_coming(const struct doorbell *bell)
{
	return bell->under_way || (bell->coming && bell->coming(bell));
}

/* The simplest ring(): the handler runs at once in the ringer's context. */
TASK(doorbell_direct);

/*
 * The far end of a doorbell where a guest's threads wait for events, one by one
 * or several: Mirage's Activations. wait() is a sub-task; its owner argument is
 * the waiting thread's own struct line_wait. It returns after an event, or at
 * once, as the line's maker has it.
 */
struct line_wait {
	struct event_line *line;
	struct signal woken;
	struct waiter *waiter; /* told of sleep and waking; NULL: none */
	struct line_wait *next;
	uint64_t seen; /* events it has seen, where they are counted */
	uint64_t pass; /* for the line's maker */
	bool waiting;
};

struct event_line {
	task_fn *wait;
	/* For the oracle. Will this thread, which waits, be woken by an event
	 * that is pending already, or by the dispatching under way? */
	bool (*coming)(const struct line_wait *wait);
	/* What made the guest run last: a line's name, a timer's. */
	const char *(*woken_by)(const struct event_line *line);
	/* Of the thread that must not miss an event; told when one comes to
	 * nought. NULL: none. */
	struct waiter *waiter;
	uint16_t id;	     /* whose notes tell of this line's events, */
	uint16_t pending_id; /* and of their being pending */
	void *owner;
};

/*
 * NAPI: a driver's receive work, polled in a softirq instead of being
 * interrupted for each packet. poll() is a sub-task; it handles up to `budget`
 * packets and says in `done` how many. With fewer than its budget it asks for
 * the next notification, looks again, and completes itself (softirq->complete)
 * if there is nothing; who stays scheduled is polled again.
 */
struct napi {
	task_fn *poll; /* its owner argument is the napi */
	void *owner;
	unsigned budget, done; /* of the poll under way */
	unsigned weight;
	bool scheduled;
	bool missed; /* scheduled while it was, where that is remembered */
	struct napi *next;
};

/* Who polls: a CPU's net_rx_action. */
struct softirq {
	/* False: it is scheduled already. Costs the caller nothing. */
	bool (*schedule)(struct softirq *q, struct napi *n);
	/* False: it missed something, and is scheduled again at once. */
	bool (*complete)(struct softirq *q, struct napi *n);
};

/* A timer of somebody's clock, which may be coarse: it may come late. */
struct timer {
	struct timer *next; /* armed ones, for the clock's owner */
	sim_time due;
	bool armed;
	struct work *work; /* queued with the clock's executor when it fires */
	const char *name;  /* what it is for: `sender.rto`; may be NULL */
};

struct timer_source {
	/* Plans t for `delay` from now; it must not be armed. */
	void (*arm)(struct timer_source *ts, struct timer *t, sim_time delay);
	void (*cancel)(struct timer_source *ts, struct timer *t);
	/* A guest that sleeps wakes for these alone: a unikernel. In others a
	 * thread may wait for a time by itself, and is woken more exactly. */
	bool sole;
};

#endif
