/* SPDX-License-Identifier: MIT */
#include "sim/app/world/tap.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/app/memory.h"
#include "sim/app/world/pcap.h"
#include "sim/image.h"

/* A port that is looked at, and the packet on offer there. */
struct hook {
	struct port *port;
	task_fn *send;
	struct tap *tap;
	struct hook *next;	     /* of the tap's */
	bool always;		     /* it takes whatever is offered */
	const struct packet *packet; /* NULL: none that is open */
	uint64_t number;	     /* the packet's */
	sim_time at;
	uint32_t n, whole;
	unsigned char bytes[IMAGE_MOST];
};

struct tap {
	struct world *w;
	FILE *file;
	struct hook *hooks;
	struct port *(*open)(struct nic *nic); /* the nic's own */
	sim_time last;			       /* recorded */
	struct tap *next;
};

/* --- looking on --------------------------------------------------------- */

/* Of what was on offer for long others may have been recorded since. */
static void commit(struct hook *h)
{
	struct tap *t = h->tap;

	if (h->at > t->last)
		t->last = h->at;
	pcap_packet(t->file, t->last, h->bytes, h->n, h->whole);
	h->packet = NULL;
}

/* What has been taken meanwhile comes before what is offered now. */
static void commit_taken(struct tap *t)
{
	for (struct hook *h = t->hooks; h; h = h->next)
		if (h->packet && h->port->offered != h->packet)
			commit(h);
}

static void offered(struct hook *h, sim_time now)
{
	const struct packet *p = h->port->offered;

	commit_taken(h->tap);
	if (!p || (h->packet == p && h->number == p->number))
		return;
	if (h->packet)
		commit(h);
	h->packet = p;
	h->number = p->number;
	h->at = now;
	h->n = image_of(p, h->bytes);
	h->whole = p->size > h->n ? p->size : h->n;
	if (h->always)
		commit(h);
}

/* A frame that has no line yet is entered for the first time. */
static TASK(look_on)
{
	struct port *port = owner;
	struct hook *h = port->tap;
	enum pause how;

	if (me->line[depth] == 0)
		offered(h, me->sim->now);
	how = h->send(me, depth, owner);
	if (how == DONE && h->packet && port->offered != h->packet)
		commit(h);
	else if (how == DONE)
		h->packet = NULL;
	return how;
}

static void hook(struct tap *t, struct port *port, bool always)
{
	struct hook *h;

	if (port->tap)
		return;
	h = sim_alloc(t->w->sim, sizeof *h);
	*h = (struct hook){.port = port,
			   .send = port->send,
			   .tap = t,
			   .next = t->hooks,
			   .always = always};
	t->hooks = h;
	port->send = look_on;
	port->tap = h;
}

/* --- where -------------------------------------------------------------- */

static struct port *open_tapped(struct nic *nic)
{
	struct tap *t = nic->tap;
	struct port *port = t->open(nic);

	hook(t, port, false);
	return port;
}

static void tap_device(struct tap *t, struct stage *device)
{
	t->open = device->nic->open;
	device->nic->open = open_tapped;
	device->nic->tap = t;
	hook(t, device->above, true);
}

static void tap_joint(struct tap *t, unsigned joint)
{
	const struct scenario *sc = t->w->sc;
	struct stage *a = t->w->stages[joint], *b = t->w->stages[joint + 1];

	if (stage_ends(&sc->stages[joint]) == PLUG_NET) {
		tap_device(t, b->reversed ? a : b);
		return;
	}
	hook(t, a->link_behind ? a->peer_behind : a->peer, false);
	hook(t, b->peer, false);
}

/* --- files -------------------------------------------------------------- */

char *tap_path(const char *folder, const struct scenario *sc, unsigned point,
	       uint64_t seed, unsigned stage)
{
	return mem_format("%s/%s-%u-%llu-%s.pcap", folder, sc->name, point + 1,
			  (unsigned long long)seed, sc->stages[stage].name);
}

/* True: the stage's part in this step was written. */
static bool open_from(struct tap *t, const struct stage *s, unsigned step)
{
	unsigned char bytes[IMAGE_MOST];
	bool any = false;

	for (const struct packet_pool *p = s->pools; p; p = p->next) {
		uint32_t n = p->image->opening
				     ? p->image->opening(p, step, bytes)
				     : 0;

		if (n)
			pcap_packet(t->file, t->last + SIM_NS, bytes, n, n);
		any |= n > 0;
	}
	return any;
}

static unsigned first_of_path(const struct scenario *sc, unsigned i)
{
	while (i > 1 && !stage_is_last(&sc->stages[i - 1]))
		i--;
	return i;
}

/*
 * What connections began with, before the run: a nanosecond for each step. A
 * reader (Wireshark's) takes from them how long a round trip is, unless one is
 * at time 0, and what comes again sooner for late rather than sent again.
 */
static void write_openings(struct tap *t, unsigned stage)
{
	const struct world *w = t->w;
	unsigned from = first_of_path(w->sc, stage);

	for (unsigned step = 0; step < IMAGE_STEPS; step++) {
		bool any = open_from(t, w->stages[from], step);

		for (unsigned i = from; !stage_is_last(&w->sc->stages[i]); i++)
			any |= open_from(t, w->stages[i + 1], step);
		if (any)
			t->last += SIM_NS;
	}
}

/* A file that cannot be opened is the run's trouble, which is told in the
 * end. */
static void begin(struct world *w, const char *path, unsigned stage)
{
	FILE *file = fopen(path, "wb");
	struct tap *t;

	if (!file) {
		w->tap_errno = errno;
		return;
	}
	t = sim_alloc(w->sim, sizeof *t);
	*t = (struct tap){.w = w, .file = file, .next = w->taps};
	w->taps = t;
	pcap_begin(file);
	write_openings(t, stage);
	tap_joint(t, scenario_interface(w->sc, stage));
}

void taps_begin(struct world *w, const struct point *pt)
{
	const struct scenario *sc = w->sc;
	unsigned point = (unsigned)(pt - sc->points);

	for (unsigned i = 0; i < sc->n_pcap; i++) {
		char *path =
			tap_path(w->pcap, sc, point, w->sim->seed, sc->pcap[i]);

		begin(w, path, sc->pcap[i]);
		free(path);
	}
}

static int end(struct tap *t)
{
	int trouble;

	commit_taken(t);
	errno = 0;
	trouble = ferror(t->file);
	if (fclose(t->file) == 0 && !trouble)
		return 0;
	return errno ? errno : EIO;
}

int taps_end(struct world *w)
{
	for (struct tap *t = w->taps; t; t = t->next) {
		int trouble = end(t);

		w->tap_errno = w->tap_errno ? w->tap_errno : trouble;
	}
	return w->tap_errno;
}
