/* SPDX-License-Identifier: MIT */
#include "models/tcp/endpoint.h"

#include "models/tcp/image.h"
#include "models/tcp/ns3_end.h"

/* --- telling ------------------------------------------------------------ */

/* Levels are sums over the stage's connections, of whole bytes: exact. */
static void level_tell(struct level *l, const struct sim *sim, double *told,
		       double value)
{
	level_set(l, sim, l->now + (value - *told));
	*told = value;
}

/* What seldom changes. */
static inline void tell_change(struct endpoint *e, struct level *l,
			       double *told, double value)
{
	if (value != *told)
		level_tell(l, e->stage->sim, told, value);
}

static void tell_in_flight(struct endpoint *e)
{
	level_tell(&e->m->in_flight, e->stage->sim, &e->told.in_flight,
		   (double)conn_in_flight(&e->conn));
}

static void tell_timeout(struct endpoint *e)
{
	const struct tcp_conn *c = &e->conn;
	double share = 1.0 / (double)SIM_NS / e->of->n;

	tell_change(e, &e->m->rtt, &e->told.rtt,
		    (double)c->rtt.smoothed * share);
	tell_change(e, &e->m->rto, &e->told.rto,
		    (double)rtt_timeout(&c->rtt, &c->conf.rtt) * share);
	tell_change(e, &e->m->state, &e->told.state,
		    (double)conn_state(c) / e->of->n);
}

static void tell_windows(struct endpoint *e)
{
	const struct congestion *cc = &e->conn.cc;

	tell_change(e, &e->m->cwnd, &e->told.cwnd, (double)cc->cwnd);
	tell_change(e, &e->m->ssthresh, &e->told.ssthresh,
		    (double)cc->ssthresh);
}

/* --- timers ------------------------------------------------------------- */

static void timer_move(struct endpoint *e, struct tcp_timer *t, sim_time at)
{
	struct timer_source *clock = e->stage->timers;
	sim_time now = e->stage->sim->now;

	if (t->work.queued)
		return;
	if (t->timer.armed)
		clock->cancel(clock, &t->timer);
	t->at = at;
	if (at != SIM_NEVER)
		clock->arm(clock, &t->timer, at > now ? at - now : 0);
}

static inline void timer_set(struct endpoint *e, struct tcp_timer *t,
			     sim_time at)
{
	if ((t->timer.armed ? t->at : SIM_NEVER) != at)
		timer_move(e, t, at);
}

static TASK(timer_came)
{
	struct endpoint *e = owner;

	(void)depth;
	conn_timer(&e->conn, me->sim->now);
	tell_windows(e);
	tell_timeout(e);
	endpoint_look(e);
	return DONE;
}

static void timer_build(struct endpoint *e, struct tcp_timer *t,
			const char *what)
{
	t->work = (struct work){.run = timer_came, .owner = e};
	t->timer.work = &t->work;
	t->timer.name = endpoint_name(e, what);
}

/* --- who has to do what ------------------------------------------------- */

/* The write under way, or the next one. */
static uint64_t whole_write(const struct endpoint *e)
{
	uint64_t n = e->to_write;

	if (e->unwritten)
		return e->unwritten;
	return n < e->write_size ? n : e->write_size;
}

/* sk_stream_write_space(): who has found the buffer full is woken when a third
 * of it is free. */
static bool still_full(const struct endpoint *e)
{
	const struct tcp_conn *c = &e->conn;

	return e->full &&
	       3 * (c->written - c->una) > 2 * (uint64_t)c->conf.send_buffer;
}

/* What the application would write now; 0: it must wait for room, or has
 * nothing to say. */
static uint64_t next_write(const struct endpoint *e)
{
	uint64_t n = whole_write(e), buffer = e->conn.conf.send_buffer;

	if (e->piecewise && n > e->conn.conf.gso)
		n = e->conn.conf.gso;
	if (n > buffer)
		n = buffer;
	return n <= conn_room(&e->conn) && !still_full(e) ? n : 0;
}

/* Who is awake looks for himself before he sleeps. */
static bool sleeps(const struct tcp_thread *t)
{
	return t->go.waiter;
}

void endpoint_look(struct endpoint *e)
{
	struct tcp_conn *c = &e->conn;

	if (conn_ack_due(c) && sleeps(&e->acker))
		signal_raise(&e->acker.go);
	if (unlikely(conn_resendable(c)) && sleeps(&e->resender))
		signal_raise(&e->resender.go);
	if (sleeps(&e->writer) && (conn_sendable(c) || next_write(e)))
		signal_raise(&e->writer.go);
	timer_set(e, &e->rto, c->rto_at);
	timer_set(e, &e->delack, c->ack_at);
}

/* --- sending ------------------------------------------------------------ */

/* The next segment, in a packet of its own, is on offer at the thread's
 * port. */
static void fill_packet(struct tcp_thread *t)
{
	struct endpoint *e = t->e;
	struct sim *sim = e->stage->sim;
	struct packet *p = packet_new(&e->of->pool, 0);
	struct segment *s = segment_of(p);

	t->fill(&e->conn, sim->now, s);
	if (s->len > 0)
		tell_in_flight(e);
	s->echo = e->recent;
	s->flow = (uint16_t)e->number;
	p->size = segment_size(s, e->of->timestamps);
	t->port->offered = p;
	counter_add(t->counts, 1);
	note(sim, e->stage->id, t->note, t->note == NOTE_ACK ? s->ack : s->seq);
}

static TASK(send_one)
{
	struct tcp_thread *t = owner;
	struct endpoint *e = t->e;

	TASK_BEGIN;
	if (e->logs) {
		SPEND(cost_draw(sim_, &e->of->log_cost));
		if (!t->due(&e->conn))
			TASK_RETURN;
	}
	fill_packet(t);
	endpoint_look(e);
	CALL(t->port->send, t->port);
	TASK_END;
}

/* The acker and the resender. */
static TASK(send_what_is_due)
{
	struct tcp_thread *t = owner;

	TASK_BEGIN;
	for (;;) {
		while (t->due(&t->e->conn))
			CALL(send_one, t);
		t->go.raised = false;
		AWAIT(&t->go);
	}
	TASK_END;
}

static sim_time writing(struct endpoint *e)
{
	struct sim *sim = e->stage->sim;
	sim_time cost = cost_draw(sim, &e->of->fill_cost);

	if (!e->unwritten)
		cost += cost_draw(sim, &e->of->write_cost);
	if (e->of->copy_cost.mean > 0)
		cost += (sim_time)((double)cost_draw(sim, &e->of->copy_cost) *
				   (double)e->filling / 1024);
	return cost;
}

/* All of a write, or the next piece of it. */
static TASK(write_one)
{
	struct endpoint *e = owner;
	uint64_t n;

	TASK_BEGIN;
	e->full = false;
	e->filling = next_write(e);
	if (e->of->writes)
		SPEND(writing(e));
	n = e->filling;
	e->unwritten = e->piecewise ? whole_write(e) - n : 0;
	conn_write(&e->conn, sim_->now, n);
	if (e->to_write != UINT64_MAX)
		e->to_write -= n;
	timer_set(e, &e->rto, e->conn.rto_at);
	TASK_END;
}

/* A window is so many whole segments. */
static sim_time next_window(struct endpoint *e)
{
	const struct tcp_conf *conf = &e->conn.conf;

	e->turn = e->conn.una + conf->window - conf->window % conf->mss;
	return cost_draw(e->stage->sim, &e->of->window_cost);
}

static bool window_acked(const struct endpoint *e)
{
	return e->turns && e->conn.una >= e->turn;
}

/* Between two writes. */
static bool slice_over(const struct endpoint *e)
{
	sim_time slice = e->stage->cpu->slice;

	return slice && !e->unwritten && e->stage->sim->now - e->since >= slice;
}

static void has_the_cpu(struct endpoint *e)
{
	e->writing = true;
	e->since = e->stage->sim->now;
}

/* Meanwhile what arrives is answered where it arrives. */
static TASK(let_others_run)
{
	struct endpoint *e = owner;

	TASK_BEGIN;
	e->writing = false;
	YIELD();
	has_the_cpu(e);
	TASK_END;
}

static void is_about_to_sleep(struct endpoint *e)
{
	e->writer.go.raised = false;
	e->writing = false;
	e->full = e->piecewise;
}

static TASK(write_and_send)
{
	struct tcp_thread *t = owner;
	struct endpoint *e = t->e;

	TASK_BEGIN;
	for (;;) {
		if (unlikely(window_acked(e)))
			SPEND(next_window(e));
		if (conn_sendable(&e->conn)) {
			CALL(send_one, t);
			level_tell(&e->m->sent_to, sim_, &e->told.sent_to,
				   (double)e->conn.nxt);
		} else if (unlikely(slice_over(e))) {
			CALL(let_others_run, e);
		} else if (next_write(e)) {
			CALL(write_one, e);
		} else {
			is_about_to_sleep(e);
			AWAIT(&t->go);
			has_the_cpu(e);
		}
	}
	TASK_END;
}

/* --- receiving ---------------------------------------------------------- */

static void count_arrival(struct endpoint *e, uint64_t bytes)
{
	struct sim *sim = e->stage->sim;

	windowed_add_n(&e->m->goodput, sim, 8 * bytes);
	if (e->conn.rcv_nxt > bytes)
		span_add(&e->m->gap, sim->now - e->last_arrival);
	e->last_arrival = sim->now;
	level_tell(&e->m->received_to, sim, &e->told.received_to,
		   (double)e->conn.rcv_nxt);
	e->of->arrived(e);
}

/* True: something arrived in order. */
static bool take_in(struct endpoint *e, const struct segment *s)
{
	struct tcp_conn *c = &e->conn;
	struct sim *sim = e->stage->sim;
	uint64_t arrived = c->rcv_nxt, acked = c->una;

	conn_input(c, sim->now, s);
	if (c->rcv_nxt != arrived)
		count_arrival(e, c->rcv_nxt - arrived);
	if (c->una != acked) {
		windowed_add_n(&e->m->throughput, sim, 8 * (c->una - acked));
		level_tell(&e->m->acked_to, sim, &e->told.acked_to,
			   (double)c->una);
		tell_in_flight(e);
		tell_timeout(e);
		e->of->acked(e);
	} else if (unlikely(c->dups || c->ns3)) {
		tell_timeout(e);
	}
	tell_windows(e);
	return c->rcv_nxt != arrived;
}

/* tcp_data_snd_check() and tcp_ack_snd_check(). A device that does not take a
 * packet at once, though nobody can wait, has lost it. */
static TASK(send_at_once)
{
	struct tcp_thread *t = owner;
	struct packet *left;

	TASK_BEGIN;
	while (t->due(&t->e->conn)) {
		CALL(send_one, t);
		left = t->port->offered;
		t->port->offered = NULL;
		if (left)
			packet_dropped(left, t->e->stage->id, DROP_NO_ROOM);
	}
	TASK_END;
}

static TASK(answer_at_once)
{
	struct endpoint *e = owner;

	TASK_BEGIN;
	e->writing = true;
	if (!e->turns)
		CALL(send_at_once, &e->sends);
	CALL(send_at_once, &e->acks);
	e->writing = false;
	TASK_END;
}

static TASK(receive)
{
	struct port *port = owner;
	struct endpoint *e = port->owner;
	struct packet *p;

	TASK_BEGIN;
	if (e->logs)
		SPEND(cost_draw(sim_, &e->of->log_cost));
	p = port->offered;
	port->offered = NULL;
	if (take_in(e, segment_of(p)))
		e->recent = image_clock(p->born);
	if (!e->softirq)
		endpoint_look(e);
	packet_delivered(p, e->stage->id);
	if (e->softirq) {
		if (!e->writing)
			CALL(answer_at_once, e);
		endpoint_look(e);
	}
	TASK_END;
}

/* ns-3 has done something by itself. A guest that sleeps is not woken by that:
 * its timers follow ns-3's. One that has other ways than its main loop's timers
 * is: what paces has timers of its own. */
static void conn_changed(void *owner)
{
	struct endpoint *e = owner;

	if (!e->stage->timers->sole || e->stage->cpu->running)
		endpoint_look(e);
}

/* --- life --------------------------------------------------------------- */

static void thread_build(struct endpoint *e, struct tcp_thread *t, task_fn *run,
			 const char *what)
{
	t->e = e;
	task_init(&t->task, e->stage->cpu, LEVEL_THREAD, run, t,
		  endpoint_owner(e, what));
}

static bool data_due(const struct tcp_conn *c)
{
	return conn_sendable(c) > 0;
}

static void threads_build(struct endpoint *e)
{
	e->writer = e->sends = (struct tcp_thread){.e = e,
						   .due = data_due,
						   .fill = conn_send,
						   .counts = &e->m->segments,
						   .note = NOTE_SEND};
	e->acker = e->acks = (struct tcp_thread){.e = e,
						 .due = conn_ack_due,
						 .fill = conn_ack,
						 .counts = &e->m->acks,
						 .note = NOTE_ACK};
	e->resender.due = conn_resendable;
	e->resender.fill = conn_resend;
	e->resender.counts = &e->m->resends;
	e->resender.note = NOTE_RESEND;
	thread_build(e, &e->writer, write_and_send, "writer");
	thread_build(e, &e->acker, send_what_is_due, "acker");
	thread_build(e, &e->resender, send_what_is_due, "resender");
}

void endpoint_build(struct endpoint *e, const struct tcp_conf *conf)
{
	struct endpoint_metrics *m = e->m;
	struct tcp_counts counts = {&m->fast_resends, &m->timeouts,
				    &m->duplicate_acks, &m->queue_drops};

	conn_init(&e->conn, e->stage->sim, conf, counts);
	if (e->of->ns3)
		ns3_end_build(&e->conn, e->stage, e->of->ns3, e->number,
			      conn_changed, e);
	e->writing = true;
	e->recent = image_clock(0);
	threads_build(e);
	timer_build(e, &e->rto, "rto");
	timer_build(e, &e->delack, "delack");
	e->rx = (struct port){.send = receive, .owner = e};
}

static void port_open(struct tcp_thread *t)
{
	struct nic *nic = t->e->stage->below;

	t->port = nic->open(nic);
	t->port->patience = IMPATIENT;
}

static void thread_start(struct tcp_thread *t)
{
	struct nic *nic = t->e->stage->below;

	t->port = nic->open(nic);
	task_start(&t->task);
}

void endpoint_start(struct endpoint *e)
{
	tell_windows(e);
	tell_timeout(e);
	if (e->softirq) {
		port_open(&e->sends);
		port_open(&e->acks);
	}
	thread_start(&e->acker);
	thread_start(&e->resender);
	thread_start(&e->writer);
}

/* A packet that is on offer is the thread's still. */
uint64_t endpoint_inside(const struct endpoint *e)
{
	uint64_t n = (e->writer.port->offered != NULL) +
		     (e->acker.port->offered != NULL) +
		     (e->resender.port->offered != NULL);

	if (e->softirq)
		n += (e->sends.port->offered != NULL) +
		     (e->acks.port->offered != NULL);
	return n;
}
