/* SPDX-License-Identifier: MIT */
/*
 * What is known of each outstanding segment (RFC 6675, kept simple). A segment
 * counts as lost when more than two MSS behind it have arrived (with SACK), or
 * when everything does (after a timeout).
 *
 * Segments lie in a ring, by position. Two marks only move forward: up to
 * `marked` losses have been found, up to `resent` they have been resent; so all
 * the looking costs a few steps a segment, however long the ring. A segment
 * that is lost a second time waits for the timer.
 */
#include "models/tcp/tcp_inside.h"

/* The first outstanding segment that begins at or behind `seq`. */
static uint64_t find(const struct tcp_conn *c, uint64_t seq)
{
	uint64_t low = c->head, n = c->tail - c->head;

	while (n > 0) {
		uint64_t half = n / 2;

		if (sent_at(c, low + half)->begin < seq) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static void unlose(struct tcp_conn *c, struct sent *e, uint32_t len)
{
	if (e->flags & SENT_LOST)
		c->lost -= len;
	if (e->flags & SENT_ONWAY)
		c->onway -= len;
}

static void arrived(struct tcp_conn *c, uint64_t i, struct sent *e)
{
	if (e->flags & SENT_SACKED)
		return;
	unlose(c, e, e->len);
	e->flags = (e->flags & SENT_AGAIN) | SENT_SACKED;
	c->sacked += e->len;
	if (i < c->marked)
		c->sacked_below += e->len;
}

/* The first block mostly is the last one, grown at its end. */
static uint64_t news_of(const struct tcp_conn *c, const struct range *r)
{
	if (r->begin >= c->last_sack.begin && r->begin <= c->last_sack.end &&
	    r->end >= c->last_sack.end)
		return c->last_sack.end;
	return r->begin;
}

static void sack_block(struct tcp_conn *c, const struct range *r, uint64_t from)
{
	for (uint64_t i = find(c, from); i != c->tail; i++) {
		struct sent *e = sent_at(c, i);

		if (e->begin + e->len > r->end)
			break;
		arrived(c, i, e);
	}
}

void scoreboard_sack(struct tcp_conn *c, const struct segment *s)
{
	for (unsigned i = s->n_sack; i-- > 0;) {
		const struct range *r = &s->sack[i];

		if (r->end <= c->una || r->end > c->nxt)
			continue;
		sack_block(c, r, i == 0 ? news_of(c, r) : r->begin);
		if (i == 0)
			c->last_sack = *r;
	}
}

static void lose(struct tcp_conn *c, struct sent *e)
{
	if (e->flags & (SENT_SACKED | SENT_LOST))
		return;
	e->flags |= SENT_LOST;
	c->lost += e->len;
}

void scoreboard_find_lost(struct tcp_conn *c)
{
	if (c->marked < c->head)
		c->marked = c->head;
	for (; c->marked != c->tail; c->marked++) {
		struct sent *e = sent_at(c, c->marked);

		if (e->flags & SENT_SACKED)
			c->sacked_below += e->len;
		else if (c->sacked - c->sacked_below > 2 * c->conf.mss)
			lose(c, e);
		else
			break;
	}
}

void scoreboard_lose_head(struct tcp_conn *c)
{
	if (c->marked < c->head + 1)
		c->marked = c->head + 1;
	lose(c, sent_at(c, c->head));
}

void scoreboard_lose_all(struct tcp_conn *c)
{
	for (uint64_t i = c->head; i != c->tail; i++) {
		struct sent *e = sent_at(c, i);

		if (e->flags & SENT_ONWAY)
			c->onway -= e->len;
		e->flags &= (uint8_t)~SENT_ONWAY;
		lose(c, e);
	}
	c->marked = c->tail;
	c->sacked_below = c->sacked;
	c->resent = c->head;
}

void scoreboard_forget(struct tcp_conn *c, uint64_t i, const struct sent *e,
		       uint32_t len)
{
	struct sent gone = *e;

	unlose(c, &gone, len);
	if (!(e->flags & SENT_SACKED))
		return;
	c->sacked -= len;
	if (i < c->marked)
		c->sacked_below -= len;
}

uint64_t scoreboard_next(struct tcp_conn *c)
{
	if (c->resent < c->head)
		c->resent = c->head;
	for (; c->resent < c->marked; c->resent++) {
		uint8_t flags = sent_at(c, c->resent)->flags;

		if ((flags & SENT_LOST) && !(flags & SENT_ONWAY))
			return c->resent;
	}
	return c->tail;
}
