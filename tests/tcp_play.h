/* SPDX-License-Identifier: MIT */
/*
 * One end of a connection on a stage, in a small notation of time, segment,
 * reaction. A play is a text; a line is a time, then one of
 *
 *	write N		the application writes N bytes
 *	read N		it reads them
 *	< WHAT		a segment arrives
 *	> WHAT		a segment leaves: the very next one, at that very time
 *	= NAME VALUE…	something about its inside: cwnd, ssthresh, rto, srtt,
 *			state (open, recovery, loss), room, lost, sacked
 *
 * and WHAT is `begin:end`, the payload's place in the stream, or nothing for
 * none, and any of `ack N`, `win N`, `sack a:b c:d`, `again`, `probe`. What a
 * line with > does not mention is not looked at. Times are in ms, with
 * decimals; a dash repeats the last one. # begins a comment.
 *
 * Between two lines the connection's own timers fire when they are due, and
 * what it has to send leaves at once. Each segment that leaves must be told
 * of.
 */
#ifndef TESTS_TCP_PLAY_H
#define TESTS_TCP_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/tcp/tcp_conn.h"

#define PLAY_LOG 256

struct left {
	sim_time at;
	struct segment segment;
};

struct play {
	struct sim *sim;
	struct tcp_conn conn;
	struct counter fast, timeouts, dupacks;
	sim_time now;
	struct left log[PLAY_LOG]; /* left, and not told of yet */
	unsigned told, logged;
	unsigned line;
	const char *text;
};

/* A receiver that acknowledges at once, a sender with RFC timers. */
static inline struct tcp_conf plain_conf(void)
{
	return (struct tcp_conf){.mss = 1000,
				 .gso = 1000,
				 .window = 64000,
				 .send_buffer = 1000000,
				 .cc = &cc_newreno,
				 .cwnd_init = 2,
				 .dupacks = 3,
				 .rtt = {.init = SIM_SEC,
					 .min = 200 * SIM_MS,
					 .max = 120 * SIM_SEC},
				 .rto_timer = RTO_RESTART,
				 .rtt_samples = RTT_EVERY,
				 .retries = 15,
				 .delayed_ack = DELACK_OFF,
				 .ack_every = 2};
}

static inline struct tcp_conf mirage_conf(void)
{
	struct tcp_conf conf = plain_conf();

	conf.send_buffer = 1000000;
	conf.cc = &cc_mirage;
	conf.rtt = (struct rtt_conf){.init = 3 * SIM_SEC,
				     .min = SIM_SEC,
				     .max = 1000 * SIM_SEC,
				     .forgets = true};
	conf.rto_timer = RTO_CHECK;
	conf.rtt_samples = RTT_TIMED;
	conf.retries = 6;
	conf.delayed_ack = DELACK_CHECK;
	conf.delack = 100 * SIM_MS;
	return conf;
}

static inline void play_fail(const struct play *p, const char *what)
{
	fail_msg("line %u: %s\n\t%.60s", p->line, what, p->text);
}

/* --- what leaves -------------------------------------------------------- */

static inline struct segment *play_new(struct play *p)
{
	struct left *l = &p->log[p->logged++ % PLAY_LOG];

	if (p->logged - p->told > PLAY_LOG)
		play_fail(p, "it sends without end");
	l->at = p->now;
	l->segment = (struct segment){0};
	return &l->segment;
}

static inline void play_pump(struct play *p)
{
	struct tcp_conn *c = &p->conn;

	for (;;) {
		if (conn_resendable(c))
			conn_resend(c, p->now, play_new(p));
		else if (conn_sendable(c))
			conn_send(c, p->now, play_new(p));
		else if (conn_ack_due(c))
			conn_ack(c, p->now, play_new(p));
		else
			return;
	}
}

static inline void play_until(struct play *p, sim_time at)
{
	struct tcp_conn *c = &p->conn;

	for (;;) {
		sim_time next = c->rto_at < c->ack_at ? c->rto_at : c->ack_at;

		if (next > at)
			break;
		p->now = next;
		conn_timer(c, next);
		play_pump(p);
	}
	p->now = at;
}

/* --- reading ------------------------------------------------------------ */

static inline bool play_word(const char **s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*s, word, n) != 0 || ((*s)[n] != ' ' && (*s)[n] != 0))
		return false;
	*s += n;
	*s += strspn(*s, " ");
	return true;
}

static inline bool play_number(const char **s, uint64_t *out)
{
	char *end;

	*out = strtoull(*s, &end, 10);
	if (end == *s)
		return false;
	*s = end + strspn(end, " ");
	return true;
}

static inline bool play_range(const char **s, struct range *out)
{
	const char *p = *s;

	if (!play_number(&p, &out->begin) || *p++ != ':' ||
	    !play_number(&p, &out->end))
		return false;
	*s = p;
	return true;
}

struct told {
	struct segment segment;
	bool ack, window, sack;
};

static inline void play_part(struct play *p, const char **s, struct told *t)
{
	struct segment *g = &t->segment;
	uint64_t n = 0;

	if (play_word(s, "again")) {
		g->flags |= SEGMENT_AGAIN;
	} else if (play_word(s, "probe")) {
		g->flags |= SEGMENT_PROBE;
	} else if (play_word(s, "ack")) {
		t->ack = play_number(s, &g->ack);
	} else if (play_word(s, "win")) {
		t->window = play_number(s, &n);
		g->window = (uint32_t)n;
	} else if (play_word(s, "sack")) {
		t->sack = true;
		while (g->n_sack < SEGMENT_SACKS &&
		       play_range(s, &g->sack[g->n_sack]))
			g->n_sack++;
	} else {
		play_fail(p, "what is that?");
	}
}

static inline struct told play_segment(struct play *p, const char *s)
{
	struct told t = {0};
	struct range r;

	if (play_range(&s, &r)) {
		t.segment.seq = r.begin;
		t.segment.len = (uint32_t)(r.end - r.begin);
	} else {
		t.segment.seq = p->conn.rcv_nxt;
	}
	while (*s)
		play_part(p, &s, &t);
	return t;
}

/* --- acting ------------------------------------------------------------- */

static inline void play_arrives(struct play *p, const char *s)
{
	struct told t = play_segment(p, s);

	if (!t.ack)
		t.segment.ack = p->conn.una;
	if (!t.window)
		t.segment.window = p->conn.peer_window;
	conn_input(&p->conn, p->now, &t.segment);
}

static inline bool play_same(const struct told *t, const struct segment *g)
{
	const struct segment *want = &t->segment;

	return want->len == g->len && (!want->len || want->seq == g->seq) &&
	       want->flags == g->flags && (!t->ack || want->ack == g->ack) &&
	       (!t->window || want->window == g->window) &&
	       (!t->sack || (want->n_sack == g->n_sack &&
			     memcmp(want->sack, g->sack,
				    g->n_sack * sizeof *g->sack) == 0));
}

static inline void play_told(const struct left *l, char *out, size_t size)
{
	const struct segment *g = &l->segment;
	int n = snprintf(out, size, "it was: %.3f > %llu:%llu ack %llu win %u",
			 (double)l->at / SIM_MS, (unsigned long long)g->seq,
			 (unsigned long long)(g->seq + g->len),
			 (unsigned long long)g->ack, g->window);

	for (unsigned i = 0; i < g->n_sack; i++)
		n += snprintf(out + n, size - (size_t)n, " sack %llu:%llu",
			      (unsigned long long)g->sack[i].begin,
			      (unsigned long long)g->sack[i].end);
	snprintf(out + n, size - (size_t)n, "%s",
		 g->flags & SEGMENT_AGAIN ? " again" : "");
}

static inline void play_leaves(struct play *p, const char *s)
{
	struct told t = play_segment(p, s);
	const struct left *l = &p->log[p->told % PLAY_LOG];
	char why[256];

	if (p->told == p->logged)
		play_fail(p, "nothing has left");
	p->told++;
	play_told(l, why, sizeof why);
	if (l->at != p->now || !play_same(&t, &l->segment))
		play_fail(p, why);
}

static inline const char *play_state(const struct play *p)
{
	static const char *const names[] = {"open", "recovery", "loss"};

	return p->conn.aborted ? "aborted" : names[p->conn.state];
}

static inline uint64_t play_value(struct play *p, const char **s)
{
	const struct tcp_conn *c = &p->conn;

	if (play_word(s, "cwnd"))
		return c->cc.cwnd;
	if (play_word(s, "ssthresh"))
		return c->cc.ssthresh;
	if (play_word(s, "rto"))
		return (uint64_t)(rtt_timeout(&c->rtt, &c->conf.rtt) / SIM_MS);
	if (play_word(s, "srtt"))
		return (uint64_t)(c->rtt.smoothed / SIM_MS);
	if (play_word(s, "lost"))
		return c->lost;
	if (play_word(s, "sacked"))
		return c->sacked;
	if (play_word(s, "room"))
		return conn_room(c);
	play_fail(p, "no such thing");
	return 0;
}

static inline void play_looks(struct play *p, const char *s)
{
	char why[128];

	while (*s) {
		uint64_t got, want = 0;

		if (play_word(&s, "state")) {
			if (!play_word(&s, play_state(p)))
				play_fail(p, play_state(p));
			continue;
		}
		got = play_value(p, &s);
		play_number(&s, &want);
		snprintf(why, sizeof why, "it is %llu",
			 (unsigned long long)got);
		if (got != want)
			play_fail(p, why);
	}
}

static inline void play_acts(struct play *p, const char *s)
{
	uint64_t n = 0;

	if (play_word(&s, ">")) {
		play_leaves(p, s);
		return;
	}
	if (play_word(&s, "=")) {
		play_looks(p, s);
		return;
	}
	if (p->told != p->logged) {
		char why[256];

		play_told(&p->log[p->told % PLAY_LOG], why, sizeof why);
		play_fail(p, why);
	}
	if (play_word(&s, "write") && play_number(&s, &n))
		conn_write(&p->conn, p->now, n);
	else if (play_word(&s, "read") && play_number(&s, &n))
		conn_read(&p->conn, n);
	else if (play_word(&s, "<"))
		play_arrives(p, s);
	else if (*s)
		play_fail(p, "what is that?");
	play_pump(p);
}

/* One line without its comment and the spaces at its end. */
static inline void play_line(struct play *p, char *s)
{
	char *end = s + strcspn(s, "#");
	sim_time at = p->now;

	while (end > s && end[-1] == ' ')
		end--;
	*end = 0;
	s += strspn(s, " ");
	if (!*s)
		return;
	p->text = s;
	if (*s == '-')
		s++;
	else
		at = (sim_time)(strtod(s, &s) * 1e6 + 0.5) * SIM_NS;
	if (at < p->now)
		play_fail(p, "time runs backwards");
	play_until(p, at);
	play_acts(p, s + strspn(s, " "));
}

static inline void play(const struct tcp_conf *conf, const char *text)
{
	struct play p = {.sim = sim_new(1 << 20, 1)};
	char copy[8192], *rest = copy, *line;

	assert_non_null(p.sim);
	assert_true(strlen(text) < sizeof copy);
	strcpy(copy, text);
	conn_init(&p.conn, p.sim, conf,
		  (struct tcp_counts){&p.fast, &p.timeouts, &p.dupacks, NULL});
	while ((line = strsep(&rest, "\n"))) {
		p.line++;
		play_line(&p, line);
	}
	assert_int_equal(p.told, p.logged);
	sim_free(p.sim);
}

#endif
