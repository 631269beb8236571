/* SPDX-License-Identifier: MIT */
#include "models/tcp/ns3_end.h"

#include "models/tcp/endpoint.h"
#include "models/tcp/types.h"
#include "sim/ns3/clock.h"

/* What fits into an IP packet besides its headers. */
#define IP_MOST (65535 - 40 - SEGMENT_TIMESTAMPS)

/* --- the ledger --------------------------------------------------------- */

static void count(struct counter *c, uint64_t now, uint64_t *told)
{
	counter_add(c, now - *told);
	*told = now;
}

/* The guest's clock has noticed that ns-3's has come. */
static sim_time behind(sim_time at)
{
	return time_add(at, 1);
}

static void keep_books(struct ns3_end *x)
{
	struct tcp_conn *c = x->conn;
	const struct ns3_view *v = &x->view;

	c->una = v->acked;
	c->rcv_nxt = v->received;
	c->rcv_edge = v->edge;
	c->cc.cwnd = v->cwnd;
	c->cc.ssthresh = v->ssthresh;
	c->rtt.smoothed = v->rtt;
	c->rtt.base = v->rto;
	c->rto_at = behind(v->resend_at);
	c->ack_at = behind(v->ack_at);
	c->aborted = v->aborted;
	c->resend_head = v->ready[NS3_AGAIN] > 0;
	c->ack_now = v->ready[NS3_ACK] > 0;
	count(c->counts.fast_resends, v->fast_resends, &x->told.fast_resends);
	count(c->counts.timeouts, v->timeouts, &x->told.timeouts);
	count(c->counts.dupacks, v->dupacks, &x->told.dupacks);
	count(c->counts.queue_drops, v->drops, &x->told.drops);
}

static void changed(void *owner)
{
	struct ns3_end *x = owner;

	keep_books(x);
	x->changed(x->owner);
}

void ns3_end_timer(struct tcp_conn *c)
{
	ns3_socket_look(c->ns3->socket);
	keep_books(c->ns3);
}

/* --- sending ------------------------------------------------------------ */

/* With small queues ns-3 gets no more than what may lie between it and the
 * device, but at least a segment. */
static uint64_t feedable(const struct ns3_end *x)
{
	const struct tcp_conn *c = x->conn;
	uint64_t left = c->written - x->fed, queued = x->fed - c->nxt;

	if (c->conf.tsq == 0)
		return left;
	if (left > x->segment)
		left = x->segment;
	return queued == 0 || queued + left <= c->conf.tsq ? left : 0;
}

void ns3_end_feed(struct tcp_conn *c)
{
	struct ns3_end *x = c->ns3;
	uint64_t n;

	while ((n = feedable(x)) > 0) {
		ns3_socket_write(x->socket, n);
		x->fed += n;
	}
	keep_books(x);
}

uint32_t ns3_end_sendable(const struct tcp_conn *c)
{
	const struct ns3_end *x = c->ns3;

	return x->view.ready[NS3_DATA] ? ns3_socket_next(x->socket, NS3_DATA)
				       : 0;
}

static void name_sacks(const struct ns3_segment *seg, struct segment *s)
{
	_Static_assert(NS3_SACKS == SEGMENT_SACKS, "as many as fit");

	s->n_sack = (uint8_t)seg->n_sack;
	for (unsigned i = 0; i < seg->n_sack; i++)
		s->sack[i] =
			(struct range){seg->sack[i].begin, seg->sack[i].end};
}

void ns3_end_send(struct tcp_conn *c, enum ns3_kind kind, struct segment *s)
{
	struct ns3_end *x = c->ns3;
	struct ns3_segment seg;

	ns3_socket_take(x->socket, kind, &seg, &s->slot);
	s->seq = seg.seq;
	s->ack = seg.ack;
	s->len = seg.len;
	s->window = seg.window;
	s->flags = kind == NS3_AGAIN ? SEGMENT_AGAIN : 0;
	s->asks_at = c->asks_at;
	s->asks = c->asks;
	name_sacks(&seg, s);
	if (kind == NS3_DATA && s->seq + s->len > c->nxt)
		c->nxt = s->seq + s->len;
	ns3_end_feed(c);
}

/* --- receiving ---------------------------------------------------------- */

void ns3_end_input(struct tcp_conn *c, const struct segment *s)
{
	ns3_socket_receive(c->ns3->socket, s->slot);
	keep_books(c->ns3);
}

void ns3_end_read(struct tcp_conn *c, uint64_t n, bool tell)
{
	if (!c->conf.keeps_arrived)
		return;
	ns3_socket_read(c->ns3->socket, n);
	if (tell)
		ns3_socket_acknowledge(c->ns3->socket);
	keep_books(c->ns3);
}

/* --- what goes together --------------------------------------------------- */

static const struct tcp_params *params_of(const struct stage *s)
{
	return (const void *)((const char *)s + s->type->params_at);
}

/* RFC 7323: a window is 16 bits, shifted by 14 at most. */
#define MOST_WINDOW (65535 << 14)

/* Whose TCP it is is the client's row; once is enough. */
static const char *ns3_refuses(const struct stage *s)
{
	const struct tcp_params *p = params_of(s);

	if (!ns3_built())
		return s->type == &tcp_type ? stage_needs_ns3 : NULL;
	if (p->idle_restart)
		return "idle_restart is not to be had with stack: ns3, whose "
		       "window stays what it was";
	if (p->window > MOST_WINDOW)
		return "stack: ns3 says windows as TCP does, in 16 bits and a "
		       "shift: 1073725440B is the most";
	return NULL;
}

const char *tcp_refuses(const struct stage *s)
{
	const struct tcp_params *p = params_of(s);

	if (tcp_is_ns3s(s))
		return ns3_refuses(s);
	if (p->congestion.which == CONGESTION_BBR)
		return "congestion: bbr is ns-3's alone, so it takes stack: "
		       "ns3";
	if (p->congestion.which == CONGESTION_LINUXRENO)
		return "congestion: linuxreno is ns-3's alone, so it takes "
		       "stack: ns3";
	return NULL;
}

/* --- life --------------------------------------------------------------- */

/* In the order of the row's choices; the first two have nothing nearer. */
static const enum ns3_congestion congestions[] = {NS3_NEWRENO,	 NS3_NEWRENO,
						  NS3_NEWRENO,	 NS3_CUBIC,
						  NS3_LINUXRENO, NS3_BBR};

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* A segment of ns-3's is a whole one of GSO. Linux, too, takes no larger ones
 * than half of the peer's window, so that there are two
 * (tcp_bound_to_half_wnd). One that the window has no room for would never be
 * sent. */
static uint32_t largest_segment(const struct tcp_conf *conf,
				const struct tcp_conf *peer)
{
	uint32_t most = lesser(peer->window / 2, IP_MOST);

	if (conf->gso <= most)
		return conf->gso;
	if (most >= conf->mss)
		return most - most % conf->mss;
	return lesser(lesser(conf->gso, conf->mss), peer->window);
}

/* Such a segment of the peer's counts as one. */
static unsigned ack_every(const struct tcp_conf *conf,
			  const struct tcp_conf *peer)
{
	unsigned pieces = largest_segment(peer, conf) / conf->mss;

	if (pieces == 0)
		pieces = 1;

	if (conf->delayed_ack == DELACK_OFF)
		return 1;
	return (conf->ack_every + pieces - 1) / pieces;
}

static struct ns3_socket_conf socket_conf_of(const struct tcp_conf *conf,
					     const struct tcp_conf *peer)
{
	uint32_t segment = largest_segment(conf, peer);
	uint32_t cwnd = conf->cwnd_init * conf->mss;

	return (struct ns3_socket_conf){
		.congestion = congestions[conf->congestion],
		.segment = segment,
		.window = conf->window,
		.peer_window = peer->window,
		.cwnd = cwnd > segment ? cwnd : segment,
		.ssthresh = conf->window,
		.sack = conf->sack,
		.keeps = conf->keeps_arrived,
		.dupacks = conf->dupacks,
		.retries = conf->retries,
		.ack_every = ack_every(conf, peer),
		.delack = conf->delayed_ack == DELACK_CHECK ? conf->delack
							    : conf->ato_min,
		.rto_init = conf->rtt.init,
		.rto_min = conf->rtt.min_of_variation ? 0 : conf->rtt.min,
		.rto_spread = conf->rtt.min_of_variation ? conf->rtt.min : 0};
}

struct ns3_host *ns3_end_host(struct stage *s, unsigned txqueuelen)
{
	return ns3_host(s->sim, stage_is_first(s) ? 1 : 2, txqueuelen);
}

void ns3_end_build(struct tcp_conn *c, struct stage *s, struct ns3_host *host,
		   unsigned flow, void (*moved)(void *owner), void *owner)
{
	struct ns3_end *x = sim_alloc(s->sim, sizeof *x);
	struct tcp_conf peer = tcp_conf_of(params_of(s->far));
	struct ns3_socket_conf conf = socket_conf_of(&c->conf, &peer);

	conf.flow = (uint16_t)flow;
	x->conn = c;
	x->segment = conf.segment;
	x->changed = moved;
	x->owner = owner;
	x->socket = ns3_socket(host, &conf, &x->view, changed, x);
	c->ns3 = x;
	keep_books(x);
}
