/* SPDX-License-Identifier: MIT */
#include "models/tcp/ns3_end.h"
#include "models/tcp/tcp_inside.h"

/* Outstanding segments can be smaller than the MSS, where the application
 * writes little at a time; there is room for twice as many as of full ones. */
#define RING_LEAST 64
#define EARLY_MOST 512 /* ranges that arrived out of order */

static uint32_t ring_size(const struct tcp_conf *conf)
{
	uint32_t want = 2 * (conf->window / conf->mss), n = RING_LEAST;

	while (n < want)
		n *= 2;
	return n;
}

static void init_sender(struct tcp_conn *c, struct sim *sim)
{
	uint32_t n = ring_size(&c->conf);

	c->ring = sim_alloc(sim, n * sizeof *c->ring);
	c->mask = n - 1;
	c->edge = c->peer_window = c->most_window = c->conf.window;
	c->rto_at = SIM_NEVER;
	rtt_init(&c->rtt, &c->conf.rtt);
	congestion_init(&c->cc, c->conf.cc, c->conf.mss, c->conf.cwnd_init,
			c->conf.window);
	c->cc.counts_bytes = c->conf.counts_bytes;
}

static void init_receiver(struct tcp_conn *c, struct sim *sim)
{
	c->rcv_edge = c->conf.window;
	c->ack_at = SIM_NEVER;
	c->ato = c->conf.ato_min;
	c->quick = c->conf.quick_acks;
	reassembly_init(&c->early, sim, EARLY_MOST);
}

void conn_init(struct tcp_conn *c, struct sim *sim, const struct tcp_conf *conf,
	       struct tcp_counts counts)
{
	*c = (struct tcp_conn){.conf = *conf, .counts = counts};
	init_sender(c, sim);
	init_receiver(c, sim);
}

void conn_input(struct tcp_conn *c, sim_time now, const struct segment *s)
{
	if (unlikely(c->aborted))
		return;
	if (s->asks > c->asked) {
		c->asked = s->asks;
		c->asked_at = s->asks_at;
	}
	if (unlikely(c->ns3)) {
		ns3_end_input(c, s);
		return;
	}
	sender_input(c, now, s);
	receiver_input(c, now, s);
}

void conn_timer(struct tcp_conn *c, sim_time now)
{
	if (unlikely(c->ns3)) {
		ns3_end_timer(c);
		return;
	}
	if (c->rto_at <= now)
		rto_timer(c, now);
	if (c->ack_at <= now)
		ack_timer(c, now);
}

uint64_t conn_room(const struct tcp_conn *c)
{
	uint64_t from = c->conf.keeps_sent ? c->una : c->nxt;
	uint64_t used = c->written - from, room;

	if (used >= c->conf.send_buffer)
		return 0;
	room = c->conf.send_buffer - used;
	return c->conf.overfills && room < c->conf.gso ? c->conf.gso : room;
}

void conn_write(struct tcp_conn *c, sim_time now, uint64_t n)
{
	assert(n <= conn_room(c));
	c->written += n;
	if (unlikely(c->ns3))
		ns3_end_feed(c);
	else
		rto_written(c, now);
}

void conn_ack(struct tcp_conn *c, sim_time now, struct segment *s)
{
	(void)now;
	if (unlikely(c->ns3)) {
		ns3_end_send(c, NS3_ACK, s);
		return;
	}
	s->seq = c->nxt;
	s->len = 0;
	s->flags = 0;
	s->asks_at = c->asks_at;
	s->asks = c->asks;
	if (c->owed)
		receiver_repeat(c, s);
	else
		receiver_stamp(c, s);
}

uint64_t conn_in_flight(const struct tcp_conn *c)
{
	return unlikely(c->ns3) ? c->ns3->view.in_flight : conn_flight(c);
}

unsigned conn_state(const struct tcp_conn *c)
{
	static const unsigned states[] = {[TCP_OPEN] = NS3_OPEN,
					  [TCP_RECOVERY] = NS3_RECOVERY,
					  [TCP_LOSS] = NS3_LOSS};

	return unlikely(c->ns3) ? c->ns3->view.state : states[c->state];
}
