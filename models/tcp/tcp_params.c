/* SPDX-License-Identifier: MIT */
#include "models/tcp/tcp_params.h"

/* In the order of cc_types. */
const struct choice tcp_congestions[] = {
	{"mirage", PARAM_NONE, NULL, NULL,
	 "Mirage's of 2013: NewReno-like; a timeout resends one segment and "
	 "leaves the window alone."},
	{"reno", PARAM_NONE, NULL, NULL,
	 "RFC 5681; anything new ends fast recovery."},
	{"newreno", PARAM_NONE, NULL, NULL,
	 "RFC 6582; a partial acknowledgement resends the next segment."},
	{"cubic", PARAM_NONE, NULL, NULL,
	 "RFC 9438, with its TCP-friendly region."},
	{"linuxreno", PARAM_NONE, NULL, NULL,
	 "ns-3's alone: NewReno that grows as Linux's does."},
	{"bbr", PARAM_NONE, NULL, NULL,
	 "ns-3's alone: BBR, version 1, which paces."},
	{0}};

const struct choice tcp_rto_timers[] = {
	{"check", PARAM_NONE, NULL, NULL,
	 "Mirage: runs undisturbed, and looks each time whether the oldest "
	 "segment is still the same."},
	{"restart", PARAM_NONE, NULL, NULL,
	 "RFC 6298: begins anew with each acknowledgement; probes a shut "
	 "window."},
	{0}};

const struct choice tcp_rtt_samples[] = {
	{"timed", PARAM_NONE, NULL, NULL, "One segment at a time."},
	{"every", PARAM_NONE, NULL, NULL,
	 "Every acknowledgement of segments sent once."},
	{0}};

const struct choice tcp_delayed_acks[] = {
	{"check", PARAM_NONE, NULL, NULL,
	 "Mirage: one timer, which is never stopped."},
	{"adaptive", PARAM_NONE, NULL, NULL,
	 "Linux: follows the pace of the segments; the first are not "
	 "delayed."},
	{"off", PARAM_NONE, NULL, NULL, "Not at all."},
	{0}};

static struct rtt_conf rtt_conf_of(const struct tcp_params *p)
{
	return (struct rtt_conf){.init = p->rto_init,
				 .min = p->rto_min,
				 .max = p->rto_max,
				 .min_of_variation = p->rto_min_of_variation,
				 .forgets = p->rto_timer.which == RTO_CHECK};
}

static uint32_t gso_of(const struct tcp_params *p)
{
	int64_t pieces = p->gso / p->mss;

	return (uint32_t)(p->mss * (pieces > 1 ? pieces : 1));
}

/* Linux: as many as fill half of the window (tcp_incr_quickack). */
static unsigned quick_acks_of(const struct tcp_params *p)
{
	int64_t half = p->window / (2 * p->mss);

	return (unsigned)(half < p->quick_acks ? half : p->quick_acks);
}

static void fill_in_acks(struct tcp_conf *c, const struct tcp_params *p)
{
	c->delayed_ack = (enum delayed_ack)p->delayed_ack.which;
	c->delack = p->delack;
	c->ato_min = p->delack_min;
	c->ato_max = p->delack_max;
	c->ack_every = (unsigned)p->ack_every;
	c->quick_acks = quick_acks_of(p);
}

static bool is_ns3s_alone(const struct tcp_params *p)
{
	return p->congestion.which >= CONGESTION_LINUXRENO;
}

static void fill_in_recovery(struct tcp_conf *c, const struct tcp_params *p)
{
	c->congestion = (unsigned)p->congestion.which;
	c->cc = is_ns3s_alone(p) ? &cc_newreno : cc_types[c->congestion];
	c->cwnd_init = (unsigned)p->cwnd_init;
	c->counts_bytes = p->byte_counting;
	c->sack = p->sack;
	c->idle_restart = p->idle_restart;
	c->dupacks = (unsigned)p->dupacks;
	c->dupack_any_window = p->dupack_any_window;
	c->rtt = rtt_conf_of(p);
	c->rto_timer = (enum rto_timer)p->rto_timer.which;
	c->rtt_samples = (enum rtt_samples)p->rtt_samples.which;
	c->retries = (unsigned)p->rto_retries;
}

struct tcp_conf tcp_conf_of(const struct tcp_params *p)
{
	struct tcp_conf c = {.mss = (uint32_t)p->mss,
			     .gso = gso_of(p),
			     .defer_divisor = (unsigned)p->defer_divisor,
			     .window = (uint32_t)p->window,
			     .send_buffer = (uint32_t)p->send_buffer,
			     .keeps_sent = p->keeps_sent,
			     .tsq = (uint64_t)p->tsq};

	fill_in_recovery(&c, p);
	fill_in_acks(&c, p);
	return c;
}
