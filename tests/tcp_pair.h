/* SPDX-License-Identifier: MIT */
/*
 * Two ends of a connection and an ideal line between them: whatever is sent
 * arrives after a fixed time, in order, unless it is lost. Nobody spends time
 * on anything. A sends, B receives and reads at once.
 */
#ifndef TESTS_TCP_PAIR_H
#define TESTS_TCP_PAIR_H

#include "tests/tcp_play.h"

#define LINE_ROOM 65536

struct line {
	struct left queue[LINE_ROOM]; /* at: when it arrives */
	unsigned head, tail;
	/* Is this one lost? */
	bool (*loses)(void *arg, const struct segment *s);
	void *arg;
	uint64_t sent, lost;
};

struct pair_end {
	struct tcp_conn conn;
	struct line out;
	struct counter fast, timeouts, dupacks;
	uint64_t resends;
};

struct pair {
	struct sim *sim;
	struct pair_end a, b;
	sim_time now, way;
};

static inline struct pair *pair_open(const struct tcp_conf *a,
				     const struct tcp_conf *b, sim_time way)
{
	struct pair *p = calloc(1, sizeof *p);

	assert_non_null(p);
	p->sim = sim_new(1 << 24, 1);
	p->way = way;
	conn_init(&p->a.conn, p->sim, a,
		  (struct tcp_counts){&p->a.fast, &p->a.timeouts, &p->a.dupacks,
				      NULL});
	conn_init(&p->b.conn, p->sim, b,
		  (struct tcp_counts){&p->b.fast, &p->b.timeouts, &p->b.dupacks,
				      NULL});
	return p;
}

static inline void pair_close(struct pair *p)
{
	sim_free(p->sim);
	free(p);
}

static inline void line_put(struct pair *p, struct line *l,
			    const struct segment *s)
{
	l->sent++;
	if (l->loses && l->loses(l->arg, s)) {
		l->lost++;
		return;
	}
	assert_true(l->tail - l->head < LINE_ROOM);
	l->queue[l->tail++ % LINE_ROOM] = (struct left){p->now + p->way, *s};
}

static inline void pair_check(const struct tcp_conn *c)
{
	uint64_t all = c->nxt - c->una;

	assert_true(c->una <= c->nxt && c->nxt <= c->written);
	assert_true(c->sacked + c->lost <= all && c->onway <= c->lost);
	assert_true(c->sacked_below <= c->sacked);
	assert_true(c->cc.cwnd >= c->conf.mss);
	if (c->una == c->nxt)
		assert_true(c->head == c->tail);
}

static inline void pair_pump(struct pair *p, struct pair_end *e)
{
	struct tcp_conn *c = &e->conn;
	struct segment s;

	for (;;) {
		if (conn_resendable(c)) {
			conn_resend(c, p->now, &s);
			e->resends++;
		} else if (conn_sendable(c)) {
			conn_send(c, p->now, &s);
		} else if (conn_ack_due(c)) {
			conn_ack(c, p->now, &s);
		} else {
			break;
		}
		line_put(p, &e->out, &s);
	}
	pair_check(c);
}

static inline sim_time line_due(const struct line *l)
{
	return l->head == l->tail ? SIM_NEVER
				  : l->queue[l->head % LINE_ROOM].at;
}

static inline void pair_end_acts(struct pair *p, struct pair_end *e,
				 struct line *in)
{
	struct tcp_conn *c = &e->conn;

	if (c->rto_at <= p->now || c->ack_at <= p->now)
		conn_timer(c, p->now);
	while (line_due(in) <= p->now) {
		conn_input(c, p->now,
			   &in->queue[in->head++ % LINE_ROOM].segment);
		conn_read(c, conn_readable(c));
		pair_pump(p, e);
	}
	pair_pump(p, e);
}

static inline sim_time sooner(sim_time a, sim_time b)
{
	return a < b ? a : b;
}

static inline sim_time pair_next(const struct pair *p)
{
	sim_time t = sooner(line_due(&p->a.out), line_due(&p->b.out));

	t = sooner(t, sooner(p->a.conn.rto_at, p->a.conn.ack_at));
	return sooner(t, sooner(p->b.conn.rto_at, p->b.conn.ack_at));
}

/* Until `end`, or until nothing is left to happen. */
static inline void pair_run(struct pair *p, sim_time end)
{
	pair_pump(p, &p->a);
	while (pair_next(p) <= end) {
		p->now = pair_next(p);
		if (p->now == SIM_NEVER)
			return;
		pair_end_acts(p, &p->a, &p->b.out);
		pair_end_acts(p, &p->b, &p->a.out);
	}
	p->now = end;
}

#endif
