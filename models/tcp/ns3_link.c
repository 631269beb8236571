/* SPDX-License-Identifier: MIT */
/*
 * ns3_link: a network between two places, of ns-3's parts: what is behind a
 * host's card. Two routers, one at either end, each with a queue in front of
 * the wire; a rate, a delay, losses.
 *
 * The queue:
 *
 *	none		what the device itself holds, first in first out
 *	pfifo		the same as a queue disc
 *	red		Random Early Detection (Floyd and Jacobson, 1993)
 *	codel		RFC 8289: drops when packets have waited longer than
 *			`target` for all of an `interval`
 *	fq_codel	RFC 8290: a queue with CoDel for each flow, in turn
 *
 * A packet takes the wire for as long as its bytes and those of its frames'
 * framing take. It is queued, dropped and lost as a whole: whoever wants 64 KiB
 * not to be one packet on the wire sends segments of one MSS.
 *
 * The network never says stop: what it takes from a host is gone, and what has
 * no room is lost. At the far end a CPU of its own hands on what arrives, at a
 * cost for each; whoever is there may let it wait.
 */
#include "sim/ns3/link.h"

#include "models/tcp/types.h"
#include "sim/image.h"

/* In the order of enum ns3_disc. */
static const struct choice queues[] = {
	{"none", PARAM_NONE, NULL, NULL,
	 "The device's own, first in first out."},
	{"pfifo", PARAM_NONE, NULL, NULL, "First in first out."},
	{"red", PARAM_NONE, NULL, NULL, "Random Early Detection."},
	{"codel", PARAM_NONE, NULL, NULL, "RFC 8289."},
	{"fq_codel", PARAM_NONE, NULL, NULL, "RFC 8290."},
	{0}};

#define NS3_LINK_PARAMS(P)                                                     \
	P(BITRATE, rate, "1Gbps", "1kbps", "1000Gbps", "choice",               \
	  "Rate of the wire, each way.")                                       \
	P(TIME, delay, "100us", "0ns", "10s", "choice",                        \
	  "How long a bit is on the way.")                                     \
	P(CHOICE, queue, "pfifo", queues, 0, "choice",                         \
	  "What waits for the wire, and what is dropped.")                     \
	P(COUNT, limit, "1000", "1", "1000000", "Linux: txqueuelen",           \
	  "Packets that wait at the most; but for queue: none one more in "    \
	  "the device.")                                                       \
	P(TIME, target, "5ms", "2us", "10s", "RFC 8289, 4.2",                  \
	  "How long packets may wait with queue: codel, fq_codel.")            \
	P(TIME, interval, "100ms", "2us", "100s", "RFC 8289, 4.2",             \
	  "For how long they may wait longer.")                                \
	P(COUNT, red_most, "15", "3", "1000000",                               \
	  "Floyd, \"RED: Discussions of Setting Parameters\", 1997: 15 and 5", \
	  "Mean length from which queue: red drops all; from a third of it "   \
	  "on it drops some.")                                                 \
	P(RATIO, loss, "0", "0", "50%", "choice",                              \
	  "Share of packets that the wire loses of what goes there, as the "   \
	  "path leads.")                                                       \
	P(RATIO, loss_back, "0", "0", "50%", "choice",                         \
	  "Share that it loses of what comes back.")                           \
	P(COUNT, burst, "0", "0", "10000", "choice",                           \
	  "Packets in a row that are lost, on average (Gilbert 1960); 0: "     \
	  "each is lost, or not, by itself.")                                  \
	P(SIZE, framing, "24B", "2B", "1KiB",                                  \
	  "IEEE 802.3: preamble, FCS, gap",                                    \
	  "What each frame takes of the wire besides its size.")               \
	P(COST, frame_cost, "0ns", "0ns", "1ms", "choice",                     \
	  "What a packet that arrives takes of the CPU that hands it on.")

struct ns3_stage_params {
	NS3_LINK_PARAMS(PARAM_FIELD)
};

#define NS3_LINK_METRICS(M)                                                    \
	M(WINDOWED, there, "bps", "Bytes that arrived behind it.")             \
	M(WINDOWED, back, "bps", "Bytes that came back through it.")           \
	M(SPAN, there_delay, "ns", "From one end to the other.")               \
	M(SPAN, back_delay, "ns", "The same on the way back.")                 \
	M(LEVEL, there_queue, "1", "Packets that wait for the wire.")          \
	M(LEVEL, back_queue, "1", "The same on the way back.")                 \
	M(COUNTER, there_drops, "1", "Packets that the queue dropped.")        \
	M(COUNTER, back_drops, "1", "The same on the way back.")               \
	M(COUNTER, there_losses, "1", "Packets that the wire lost.")           \
	M(COUNTER, back_losses, "1", "The same on the way back.")

struct ns3_stage_metrics {
	NS3_LINK_METRICS(METRIC_FIELD)
};

#define MTU_FRAME 1514
#define STREAMS	  4 /* of random numbers, at the most */

/* A packet under way. */
struct ride {
	struct packet *packet;
	sim_time since;
	struct ride *next;
};

/* From one end to the other. */
struct way {
	struct ns3_stage *l;
	unsigned from;
	struct port port; /* of the end where it begins */
	struct task task; /* at the other, which hands on */
	struct cpu cpu;
	struct signal arrived;
	struct packet *head, *tail; /* arrived, and not handed on */
	uint64_t riding, waiting;
	struct windowed *rate;
	struct span *delay;
	struct level *queue;
	struct counter *drops, *losses;
};

struct ns3_stage {
	struct stage stage;
	struct ns3_stage_params p;
	struct ns3_stage_metrics m;
	struct ns3_link *link;
	struct way ways[2]; /* there and back */
	struct ride *idle;
	struct cost frame_cost;
};

/* --- in ----------------------------------------------------------------- */

static uint32_t bytes_on_wire(const struct ns3_stage *l, const struct packet *p)
{
	uint32_t frames = (p->size + MTU_FRAME - 1) / MTU_FRAME;

	return p->size + frames * (uint32_t)l->p.framing - NS3_LINK_FRAMING;
}

/* Addresses, protocol and ports, mixed (FNV-1a). What has none is of one
 * flow. */
static uint32_t flow_of(const struct packet *p)
{
	unsigned char bytes[IMAGE_MOST];
	unsigned ip = IMAGE_ETHERNET, ports = ip + IMAGE_IPV4;
	uint32_t h = 2166136261u;

	if (image_of(p, bytes) < ports + 4)
		return 0;
	h = (h ^ bytes[ip + 9]) * 16777619u;
	for (unsigned i = ip + 12; i < ports + 4; i++)
		h = (h ^ bytes[i]) * 16777619u;
	return h ^ h >> 16;
}

static struct ride *ride_new(struct ns3_stage *l, struct packet *p)
{
	struct ride *r = l->idle;

	if (r)
		l->idle = r->next;
	else
		r = sim_alloc(l->stage.sim, sizeof *r);
	*r = (struct ride){.packet = p, .since = l->stage.sim->now};
	return r;
}

static void tell_waiting(struct way *w)
{
	level_set(w->queue, w->l->stage.sim, (double)w->waiting);
}

/* Whoever sent it may use its memory anew. */
static void tell_sender(struct way *w)
{
	w->port.done++;
	signal_raise(&w->port.room);
}

static TASK(take)
{
	struct port *port = owner;
	struct way *w = port->owner;
	struct packet *p = port->offered;
	bool flows = w->l->p.queue.which == NS3_DISC_FQ_CODEL;

	(void)me;
	(void)depth;
	port->offered = NULL;
	w->riding++;
	w->waiting++;
	ns3_link_send(w->l->link, w->from, ride_new(w->l, p),
		      bytes_on_wire(w->l, p), flows ? flow_of(p) : 0);
	tell_waiting(w);
	return DONE;
}

/* --- what ns-3 tells ---------------------------------------------------- */

static void begun(void *owner, unsigned from)
{
	struct way *w = &((struct ns3_stage *)owner)->ways[from];

	w->waiting--;
	tell_waiting(w);
}

static void sent(void *owner, unsigned from)
{
	tell_sender(&((struct ns3_stage *)owner)->ways[from]);
}

static void arrive(struct way *w, const struct ride *r)
{
	struct sim *sim = w->l->stage.sim;
	struct packet *p = r->packet;

	windowed_add_n(w->rate, sim, 8 * (uint64_t)p->size);
	span_add(w->delay, sim->now - r->since);
	p->next = NULL;
	if (w->head)
		w->tail->next = p;
	else
		w->head = p;
	w->tail = p;
	signal_raise(&w->arrived);
}

static void refuse(struct way *w, const struct ride *r)
{
	counter_add(w->drops, 1);
	w->waiting--;
	tell_waiting(w);
	packet_dropped(r->packet, w->l->stage.id, DROP_NO_ROOM);
	tell_sender(w);
}

static void lose(struct way *w, const struct ride *r)
{
	counter_add(w->losses, 1);
	packet_dropped(r->packet, w->l->stage.id, DROP_LINK);
}

static void ended(void *owner, unsigned from, void *what, enum ns3_fate fate)
{
	struct ns3_stage *l = owner;
	struct way *w = &l->ways[from];
	struct ride *r = what;

	w->riding--;
	if (fate == NS3_ARRIVED)
		arrive(w, r);
	else if (fate == NS3_REFUSED)
		refuse(w, r);
	else
		lose(w, r);
	r->next = l->idle;
	l->idle = r;
}

/* --- out ---------------------------------------------------------------- */

static struct port *end_of(const struct way *w)
{
	const struct stage *s = &w->l->stage;

	return w->from == 0 ? s->peer_behind : s->peer;
}

static void offer_first(struct way *w)
{
	struct packet *p = w->head;

	w->head = p->next;
	p->next = NULL;
	end_of(w)->offered = p;
}

static TASK(hand_on)
{
	struct way *w = owner;
	struct port *to = end_of(w);

	TASK_BEGIN;
	if (w->l->frame_cost.mean > 0)
		SPEND(cost_draw(sim_, &w->l->frame_cost));
	offer_first(w);
	for (;;) {
		to->room.raised = false;
		CALL(to->send, to);
		if (!to->offered)
			TASK_RETURN;
		AWAIT(&to->room);
	}
	TASK_END;
}

static TASK(receive)
{
	struct way *w = owner;

	TASK_BEGIN;
	for (;;) {
		AWAIT(&w->arrived);
		w->arrived.raised = false;
		while (w->head)
			CALL(hand_on, w);
	}
	TASK_END;
}

/* --- building ----------------------------------------------------------- */

/* Of its own, whatever else there is: from its name (FNV-1a). */
static uint64_t stream_of(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return (h >> 2) / STREAMS * STREAMS;
}

static struct ns3_link_conf conf_of(const struct ns3_stage *l)
{
	const struct ns3_stage_params *p = &l->p;

	return (struct ns3_link_conf){
		.rate = (uint64_t)(p->rate + 0.5),
		.delay = p->delay,
		.disc = (enum ns3_disc)p->queue.which,
		.limit = (uint32_t)p->limit,
		.target = p->target,
		.interval = p->interval,
		.least = (uint32_t)p->red_most / 3,
		.most = (uint32_t)p->red_most,
		.quantum = MTU_FRAME,
		.losses = {{p->loss, (double)p->burst},
			   {p->loss_back, (double)p->burst}},
		.stream = stream_of(l->stage.name)};
}

static void build_way(struct ns3_stage *l, unsigned from, const char *name)
{
	struct way *w = &l->ways[from];
	struct ns3_stage_metrics *m = &l->m;
	struct stage *s = &l->stage;

	w->l = l;
	w->from = from;
	w->port = (struct port){.send = take, .owner = w};
	w->rate = from ? &m->back : &m->there;
	w->delay = from ? &m->back_delay : &m->there_delay;
	w->queue = from ? &m->back_queue : &m->there_queue;
	w->drops = from ? &m->back_drops : &m->there_drops;
	w->losses = from ? &m->back_losses : &m->there_losses;
	cpu_init(&w->cpu, s->sim, NULL);
	task_init(&w->task, &w->cpu, LEVEL_THREAD, receive, w,
		  stage_owner(s, name));
}

static void ns3_link_build(struct stage *s)
{
	struct ns3_stage *l = (struct ns3_stage *)s;
	const struct ns3_link_calls calls = {
		.owner = l, .begun = begun, .sent = sent, .ended = ended};
	struct ns3_link_conf conf = conf_of(l);

	stage_cost(s, &l->frame_cost, &l->p.frame_cost, "frame_cost");
	build_way(l, 0, "there");
	build_way(l, 1, "back");
	s->link = &l->ways[0].port;
	s->link_behind = &l->ways[1].port;
	l->link = ns3_link_new(s->sim, &conf, &calls);
}

static void ns3_link_start(struct stage *s)
{
	struct ns3_stage *l = (struct ns3_stage *)s;

	task_start(&l->ways[0].task);
	task_start(&l->ways[1].task);
}

static uint64_t way_inside(const struct way *w)
{
	uint64_t n = w->riding + (end_of(w)->offered != NULL);

	for (const struct packet *p = w->head; p; p = p->next)
		n++;
	return n;
}

static uint64_t ns3_link_inside(const struct stage *s)
{
	const struct ns3_stage *l = (const struct ns3_stage *)s;

	return way_inside(&l->ways[0]) + way_inside(&l->ways[1]);
}

#define SELF struct ns3_stage_params
static const struct param ns3_stage_params[] = {NS3_LINK_PARAMS(PARAM_ROW)};
#undef SELF
#define SELF struct ns3_stage_metrics
static const struct metric ns3_stage_metrics[] = {NS3_LINK_METRICS(METRIC_ROW)};
#undef SELF

const struct stage_type ns3_link_type = {
	.name = "ns3_link",
	.doc = "A network behind a host, made of ns-3's parts: rate, delay, "
	       "queue, losses.",
	.size = sizeof(struct ns3_stage),
	STAGE_ROWS(ns3_stage),
	.in = PLUG_LINK,
	.out = PLUG_LINK,
	.duplex = true,
	.ns3 = true,
	.home = HOME_NONE,
	.build = ns3_link_build,
	.start = ns3_link_start,
	.inside = ns3_link_inside,
};
