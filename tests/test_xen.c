/* SPDX-License-Identifier: MIT */
/*
 * Domains on Xen: ways to sleep, events between domains, upcalls, timers, and
 * what a vCPU that loses its pCPU does to those who run on it.
 */
#include <errno.h>

#include "xen_machine.h"

#define AT(us) ((sim_time)((us)*SIM_US))

/* A unikernel whose main loop only sleeps, as it is told, and scans. */
struct sleeper {
	struct machine *m;
	struct domain *d;
	struct task task;
	struct xen_poll poll;
	uint16_t ports[200], found[8];
	unsigned n_found, n, sleeps;
	bool polls;
	sim_time looks; /* from the last look to going to sleep */
};

static void scan(struct sleeper *s)
{
	char text[32];

	s->n_found = evtchn_scan(&s->d->events, 0, s->found, 8);
	for (unsigned i = 0; i < s->n_found; i++) {
		snprintf(text, sizeof text, "%u", s->found[i]);
		write_down(s->m, "port", text);
	}
}

static TASK(sleep_and_scan)
{
	struct sleeper *s = owner;
	struct vcpu *v = &s->d->vcpus[0];

	TASK_BEGIN;
	for (s->n = 0; s->n < s->sleeps; s->n++) {
		SPEND(s->looks);
		write_down(s->m, "sleep", "");
		if (s->polls)
			CALL(xen_poll, &s->poll);
		else
			CALL(xen_block, v);
		write_down(s->m, v->slept ? "wake" : "return", "");
		assert_true(s->polls || s->d->events.vcpus[0].upcall_mask);
		scan(s);
	}
	TASK_END;
}

static void sleeper_begin(struct machine *m, struct sleeper *s)
{
	s->m = m;
	s->d = xen_domain(m->stage, "uni", 1, false);
	for (unsigned i = 0; i < 9; i++)
		xen_port(s->d, 0, NULL);
	s->poll.vcpu = &s->d->vcpus[0];
	s->poll.ports = s->ports;
	if (!s->poll.timeout)
		s->poll.timeout = SIM_NEVER;
	task_init(&s->task, &s->d->vcpus[0].cpu, LEVEL_THREAD, sleep_and_scan,
		  s, s->d->id);
	task_start(&s->task);
}

/* Somebody outside who sends at a time. */
struct sending {
	struct event event;
	struct domain *to;
	unsigned port;
};

static void sends(struct sim *sim, struct event *ev)
{
	struct sending *s = (struct sending *)ev;

	(void)sim;
	xen_send(s->to, s->port);
}

static void send_at(struct machine *m, struct domain *to, unsigned port,
		    sim_time at)
{
	struct sending *s = sim_alloc(m->sim, sizeof *s);

	event_init(m->sim, &s->event, sends);
	s->to = to;
	s->port = port;
	event_at(m->sim, &s->event, at);
}

/* 0.3 of hypercall, sleep; the event of 10 finds an idle pCPU: 5; the upcall:
 * 0.7. The events at 20 and 21 come while it works: the block returns. */
static void a_block_sleeps_until_an_event(void **state)
{
	struct machine *m =
		machine_new("wake=5us upcall=0.7us hypercall=0.3us", 1);
	struct sleeper s = {.sleeps = 2, .looks = AT(20)};

	(void)state;
	sleeper_begin(m, &s);
	send_at(m, s.d, 3, AT(100));
	send_at(m, s.d, 4, AT(110));
	send_at(m, s.d, 4, AT(111));
	machine_must_read(m, SIM_SEC,
			  "sleep@25 wake@105.700 port3@105.700 "
			  "sleep@125.700 return@126.700 port4@126.700 ");
	assert_int_equal(m->xen->m.events.n, 3);
	assert_int_equal(m->xen->m.merged.n, 1);
	assert_int_equal(m->xen->m.blocks.n, 2);
	assert_int_equal(m->xen->m.returns.n, 1);
	assert_int_equal(m->xen->m.upcalls.n, 2);
	assert_int_equal(m->xen->m.woken.n, 2);
	machine_free(m);
}

/* --- polling ------------------------------------------------------------ */

static struct machine *poll_machine(struct sleeper *s, const char *sets)
{
	struct machine *m = machine_new(sets, 1);

	s->polls = true;
	s->looks = AT(10);
	sleeper_begin(m, s);
	for (unsigned i = 0; i < s->poll.n_ports; i++)
		s->ports[i] = (uint16_t)(i + 1);
	return m;
}

/* Ports 1 and 2 are listed; 5 ends the sleep, too, and is seen. What comes to 2
 * during the look at 130 makes the next poll return. */
static void a_poll_sleeps_until_any_event(void **state)
{
	struct sleeper s = {.sleeps = 3, .poll = {.n_ports = 2}};
	struct machine *m =
		poll_machine(&s, "wake=5us hypercall=0.3us upcall=0.7us");

	(void)state;
	send_at(m, s.d, 5, AT(100));
	send_at(m, s.d, 2, AT(115) + 100 * SIM_NS);
	send_at(m, s.d, 1, AT(200));
	machine_must_read(m, SIM_SEC,
			  "sleep@15 wake@105 port5@105 "
			  "sleep@115 return@115.300 port2@115.300 "
			  "sleep@125.300 wake@205 port1@205 ");
	assert_int_equal(m->xen->m.polls.n, 3);
	assert_int_equal(m->xen->m.returns.n, 1);
	assert_int_equal(m->xen->m.upcalls.n, 0);
	machine_free(m);
}

/* The time is absolute: the second poll's is past, and it ends at once. */
static void a_poll_ends_at_its_time(void **state)
{
	struct sleeper s = {.sleeps = 2,
			    .poll = {.n_ports = 2, .timeout = AT(50)}};
	struct machine *m = poll_machine(&s, "wake=0ns");

	(void)state;
	machine_must_read(m, SIM_SEC, "sleep@10 wake@50 sleep@60 wake@60 ");
	machine_free(m);
}

/* A timeout does not outlive its poll: it would end the second at 50. */
static void an_ended_poll_has_no_timer(void **state)
{
	struct sleeper s = {.sleeps = 2,
			    .poll = {.n_ports = 2, .timeout = AT(50)}};
	struct machine *m = poll_machine(&s, "wake=0ns");

	(void)state;
	send_at(m, s.d, 1, AT(20));
	machine_must_read(m, AT(25), "sleep@10 wake@20 port1@20 ");
	s.poll.timeout = SIM_NEVER;
	machine_must_read(m, SIM_SEC, "sleep@10 wake@20 port1@20 sleep@30 ");
	machine_free(m);
}

static void a_poll_of_129_ports_is_refused(void **state)
{
	struct sleeper s = {.sleeps = 2, .poll = {.n_ports = 129}};
	struct machine *m = poll_machine(&s, "hypercall=1us");

	(void)state;
	machine_must_read(m, SIM_SEC, "sleep@10 return@11 sleep@21 return@22 ");
	assert_int_equal(s.poll.result, -EINVAL);
	assert_int_equal(m->xen->m.einvals.n, 2);
	machine_free(m);
}

/* An event of 100 finds a pCPU in deep sleep, unless its vCPU polls. */
static void who_polls_keeps_the_pcpu_awake(void **state)
{
	static const char *const sets = "wake=5us cstate_exit=50us";
	struct sleeper b = {.sleeps = 1},
		       p = {.sleeps = 2, .poll = {.n_ports = 2}};
	struct machine *m = machine_new(sets, 1);

	(void)state;
	sleeper_begin(m, &b);
	send_at(m, b.d, 1, AT(100));
	machine_must_read(m, SIM_SEC, "sleep@55 wake@155 port1@155 ");
	machine_free(m);
	m = poll_machine(&p, sets);
	send_at(m, p.d, 1, AT(100));
	machine_must_read(m, AT(110), "sleep@65 wake@105 port1@105 ");
	p.polls = false;
	send_at(m, p.d, 1, AT(200));
	machine_must_read(m, SIM_SEC,
			  "sleep@65 wake@105 port1@105 "
			  "sleep@115 wake@255 port1@255 ");
	machine_free(m);
}

/* --- timers ------------------------------------------------------------- */

/* Seven blocks, each ended by the timer; `at` is when it was set for. */
static void timer_must_fire(sim_time at, const char *diary)
{
	struct sleeper s = {.sleeps = 1};
	struct machine *m = machine_new("wake=0ns", 1);

	sleeper_begin(m, &s);
	sim_run(m->sim, AT(10));
	xen_set_timer(&s.d->vcpus[0], AT(50), 3);
	xen_set_timer(&s.d->vcpus[0], at, 4);
	machine_must_read(m, 90 * 24 * 3600 * SIM_SEC, diary);
	machine_free(m);
}

static void a_timer_fires_once_when_it_was_set_for(void **state)
{
	sim_time far = AT(10) + ((sim_time)1 << 50) * SIM_NS;

	(void)state;
	timer_must_fire(AT(30), "sleep@0 wake@30 port4@30 ");
	timer_must_fire(AT(5), "sleep@0 wake@10 port4@10 ");
	timer_must_fire(SIM_NEVER, "sleep@0 ");
	timer_must_fire(far + 1, "sleep@0 wake@100010 port4@100010 ");
	timer_must_fire(SIM_NEVER - 1, "sleep@0 wake@100010 port4@100010 ");
}

/* 2^50 ns are 13 days, 45 minutes … The diary's microseconds are an int's. */
static void thirteen_days_are_not_too_far(void **state)
{
	sim_time far = AT(10) + ((sim_time)1 << 50) * SIM_NS;
	struct sleeper s = {.sleeps = 1};
	struct machine *m = machine_new("wake=0ns", 1);

	(void)state;
	sleeper_begin(m, &s);
	sim_run(m->sim, AT(10));
	xen_set_timer(&s.d->vcpus[0], far, 4);
	machine_must_read(m, far, "sleep@0 ");
	sim_run(m->sim, far + SIM_SEC);
	assert_int_equal(s.n, 1);
	machine_free(m);
}

/* --- an interrupted domain ---------------------------------------------- */

struct linux_guest {
	struct machine *m;
	struct domain *d;
	struct work handler;
	sim_time cost;
	struct doorbell bell;
	unsigned port, runs;
	char trail[256]; /* is something coming? asked on the way */
};

static void ask(struct linux_guest *g, const char *where)
{
	size_t n = strlen(g->trail);

	snprintf(g->trail + n, sizeof g->trail - n, "%s%c ", where,
		 doorbell_coming(&g->bell) ? '+' : '-');
}

static TASK(handle)
{
	struct linux_guest *g = owner;

	TASK_BEGIN;
	write_down(g->m, "irq", "+");
	ask(g, "handler");
	assert_true(g->d->events.vcpus[0].upcall_mask);
	SPEND(g->cost);
	write_down(g->m, "irq", "-");
	g->runs++;
	TASK_END;
}

static void linux_begin(struct machine *m, struct linux_guest *g)
{
	g->m = m;
	g->d = xen_domain(m->stage, "linux", 1, true);
	g->handler = (struct work){.run = handle, .owner = g};
	xen_port(g->d, 0, NULL);
	g->port = xen_port(g->d, 0, &g->handler);
	xen_bind(&g->bell, g->d, g->port);
}

struct ringer {
	struct task task;
	struct signal never;
	struct linux_guest *to;
	sim_time at[4];
	unsigned n, i;
	char spent[16];
};

static TASK(ring_at_times)
{
	struct ringer *r = owner;

	TASK_BEGIN;
	for (r->i = 0; r->i < r->n; r->i++) {
		AWAIT_UNTIL(&r->never, r->at[r->i]);
		ask(r->to, "before");
		CALL(r->to->bell.ring, &r->to->bell);
		r->spent[r->i] = (char)('0' + r->to->bell.spent);
		write_down(r->to->m, "rang", "");
		ask(r->to, "behind");
	}
	TASK_END;
}

static void ringer_begin(struct machine *m, struct ringer *r,
			 struct linux_guest *to)
{
	struct domain *d = xen_domain(m->stage, "ringer", 1, true);

	r->to = to;
	task_init(&r->task, &d->vcpus[0].cpu, LEVEL_THREAD, ring_at_times, r,
		  d->id);
	task_start(&r->task);
}

/* The ringer wakes at 15, and has sent at 16; there it wakes an idle pCPU, 5,
 * and an upcall, 0.7; the handler takes 2. */
static void a_doorbell_interrupts_linux(void **state)
{
	struct machine *m =
		machine_new("wake=5us evtchn_send=1us upcall=0.7us", 1);
	struct linux_guest g = {.cost = AT(2)};
	struct ringer r = {.n = 1, .at = {AT(10)}};

	(void)state;
	linux_begin(m, &g);
	ringer_begin(m, &r, &g);
	machine_must_read(m, SIM_SEC, "rang@16 irq+@21.700 irq-@23.700 ");
	assert_string_equal(g.trail, "before- behind+ handler+ ");
	assert_false(doorbell_coming(&g.bell));
	assert_int_equal(m->xen->m.upcalls.n, 1);
	assert_int_equal(m->xen->m.events.n, 1);
	machine_free(m);
}

/* The second merges into the first, which has not been cleared; the third comes
 * while the handler runs, which runs once more: another upcall. */
static void what_comes_during_the_handler_runs_it_again(void **state)
{
	struct machine *m = machine_new("wake=0ns upcall=1us", 1);
	struct linux_guest g = {.cost = AT(10)};
	struct ringer r = {.n = 3, .at = {AT(10), AT(10) + SIM_NS, AT(15)}};

	(void)state;
	linux_begin(m, &g);
	ringer_begin(m, &r, &g);
	machine_must_read(m, SIM_SEC,
			  "rang@10 rang@10.001 irq+@11 rang@15 irq-@21 "
			  "irq+@22 irq-@32 ");
	assert_int_equal(m->xen->m.merged.n, 1);
	assert_int_equal(m->xen->m.upcalls.n, 2);
	assert_int_equal(r.spent[0] - '0', CAUSE_NONE);
	assert_int_equal(r.spent[1] - '0', CAUSE_COALESCED);
	assert_int_equal(r.spent[2] - '0', CAUSE_NONE);
	assert_false(doorbell_coming(&g.bell));
	machine_free(m);
}

/* Nobody looks at a masked port; EVTCHNOP_unmask makes up for it, clearing the
 * bit does not. */
static void an_event_on_a_masked_port_is_not_coming(void **state)
{
	struct machine *m = machine_new("wake=0ns", 1);
	struct linux_guest g = {.cost = AT(1)};

	(void)state;
	linux_begin(m, &g);
	evtchn_mask(&g.d->events, g.port);
	send_at(m, g.d, g.port, AT(10));
	machine_must_read(m, AT(20), "");
	assert_false(xen_port_coming(g.d, g.port));
	evtchn_mask_clear(&g.d->events, g.port);
	assert_false(xen_port_coming(g.d, g.port));
	machine_must_read(m, AT(30), "");
	evtchn_mask(&g.d->events, g.port);
	xen_unmask(g.d, g.port);
	assert_true(xen_port_coming(g.d, g.port));
	machine_must_read(m, AT(40), "irq+@30 irq-@31 ");
	machine_free(m);
}

/* The thread of 20 is interrupted at 15: upcall, handler, then what is left. */
static void an_upcall_interrupts_a_thread(void **state)
{
	struct machine *m = machine_new("wake=0ns upcall=1us", 1);
	struct linux_guest g = {.cost = AT(4)};
	struct worker w = {.name = "w", .at = AT(10), .cost = AT(20)};

	(void)state;
	linux_begin(m, &g);
	worker_begin(m, &w, &g.d->vcpus[0]);
	send_at(m, g.d, g.port, AT(15));
	machine_must_read(m, SIM_SEC, "w+@10 irq+@16 irq-@20 w-@35 ");
	machine_free(m);
}

/* Both ports are pending when the vCPU gets its pCPU: one upcall, in the order
 * of ports; a thread that was made ready meanwhile runs behind. */
static void an_upcall_waits_for_the_pcpu(void **state)
{
	struct machine *m = machine_new("pcpus=1 upcall=1us", 1);
	struct linux_guest g = {.cost = AT(4)};
	struct worker h = {.name = "h", .at = AT(10), .cost = AT(100)};
	struct worker w = {.name = "w", .at = AT(20), .cost = AT(5)};
	struct domain *hog = xen_domain(m->stage, "hog", 1, true);

	(void)state;
	worker_begin(m, &h, &hog->vcpus[0]);
	linux_begin(m, &g);
	worker_begin(m, &w, &g.d->vcpus[0]);
	send_at(m, g.d, g.port, AT(30));
	machine_must_read(m, AT(100), "h+@10 ");
	assert_true(xen_port_coming(g.d, g.port));
	machine_must_read(m, SIM_SEC,
			  "h+@10 h-@110 irq+@111 irq-@115 w+@115 w-@120 ");
	assert_int_equal(m->xen->m.woken.max, AT(90));
	machine_free(m);
}

/* Of two ports that are pending, the second is coming while the first one's
 * handler runs: its word is not over. One behind, of a third, is announced. */
static void the_rest_of_a_word_is_coming(void **state)
{
	struct machine *m = machine_new("wake=0ns", 1);
	struct linux_guest g = {.cost = AT(10)};
	unsigned second, third;

	(void)state;
	linux_begin(m, &g);
	second = xen_port(g.d, 0, NULL);
	third = xen_port(g.d, 0, NULL);
	send_at(m, g.d, g.port, AT(10));
	send_at(m, g.d, second, AT(10));
	machine_must_read(m, AT(15), "irq+@10 ");
	assert_true(xen_port_coming(g.d, g.port));
	assert_true(xen_port_coming(g.d, second));
	assert_false(xen_port_coming(g.d, third));
	machine_must_read(m, AT(30), "irq+@10 irq-@20 ");
	assert_false(xen_port_coming(g.d, g.port));
	assert_false(xen_port_coming(g.d, second));
	machine_free(m);
}

/* The thread of 5 ends at 15, just when an event comes: the idle loop does not
 * block, so nobody has to wake the vCPU. */
static void an_idle_loop_looks_before_it_blocks(void **state)
{
	struct machine *m = machine_new("wake=3us upcall=1us", 1);
	struct linux_guest g = {.cost = AT(4)};
	struct worker w = {.name = "w", .at = AT(7), .cost = AT(5)};

	(void)state;
	linux_begin(m, &g);
	worker_begin(m, &w, &g.d->vcpus[0]);
	send_at(m, g.d, g.port, AT(15));
	machine_must_read(m, SIM_SEC, "w+@10 w-@15 irq+@16 irq-@20 ");
	machine_free(m);
}

/* Who rings is in Xen from 10 to 14: its own upcall, of 12, waits for that. */
static void who_rings_is_not_interrupted(void **state)
{
	struct machine *m = machine_new("wake=0ns evtchn_send=4us", 1);
	struct linux_guest g = {.cost = AT(1)}, other = {0};
	struct ringer r = {.n = 1, .at = {AT(10)}};

	(void)state;
	linux_begin(m, &g);
	linux_begin(m, &other);
	r.to = &other;
	task_init(&r.task, &g.d->vcpus[0].cpu, LEVEL_THREAD, ring_at_times, &r,
		  g.d->id);
	task_start(&r.task);
	send_at(m, g.d, g.port, AT(12));
	machine_must_read(m, SIM_SEC,
			  "irq+@14 irq+@14 irq-@14 irq-@15 rang@15 ");
	machine_free(m);
}

/* --- a vCPU without a pCPU ---------------------------------------------- */

/* v runs first of a, for 10; the slice of 20 ends at 20 for x of another domain
 * that takes it for 20 (and its slice ends with it). What is left of b waits
 * for that, and who waited for b waits on. */
static void what_is_left_waits_for_the_pcpu(void **state)
{
	struct machine *m =
		machine_new("pcpus=1 timeslice=20us context_switch=2us", 1);
	struct domain *d = xen_domain(m->stage, "d", 1, true);
	struct domain *other = xen_domain(m->stage, "other", 1, true);
	struct worker a = {.name = "a", .at = AT(100), .cost = AT(10)};
	struct worker b = {.name = "b", .at = AT(100), .cost = AT(30)};
	struct worker c = {.name = "c", .at = AT(105), .cost = AT(5)};
	struct worker x = {.name = "x", .at = AT(110), .cost = AT(12)};

	(void)state;
	worker_begin(m, &a, &d->vcpus[0]);
	worker_begin(m, &b, &d->vcpus[0]);
	worker_begin(m, &c, &d->vcpus[0]);
	worker_begin(m, &x, &other->vcpus[0]);
	machine_must_read(m, SIM_SEC,
			  "a+@100 a-@110 b+@110 x+@122 x-@134 b-@156 "
			  "c+@156 c-@161 ");
	assert_int_equal(cpu_busy(&d->vcpus[0].cpu), AT(45));
	assert_int_equal(m->xen->m.preempted.n, 1);
	assert_int_equal(m->xen->m.preempted.max, AT(16));
	machine_free(m);
}

static TASK(yield_twice)
{
	struct sleeper *s = owner;

	TASK_BEGIN;
	SPEND(AT(10));
	write_down(s->m, "yield", "");
	CALL(xen_yield, &s->d->vcpus[0]);
	write_down(s->m, "back", "");
	SPEND(AT(10));
	CALL(xen_yield, &s->d->vcpus[0]);
	write_down(s->m, "end", "");
	TASK_END;
}

/* At 10 nobody waits; at 20 w has been waiting since 15. */
static void a_yield_lets_one_go_first(const char *sets)
{
	struct machine *m = machine_new(sets, 1);
	struct sleeper s = {.m = m};
	struct worker w = {.name = "w", .at = AT(15), .cost = AT(5)};
	struct domain *other;

	s.d = xen_domain(m->stage, "uni", 1, false);
	other = xen_domain(m->stage, "other", 1, true);
	task_init(&s.task, &s.d->vcpus[0].cpu, LEVEL_THREAD, yield_twice, &s,
		  s.d->id);
	task_start(&s.task);
	worker_begin(m, &w, &other->vcpus[0]);
	machine_must_read(m, SIM_SEC, "yield@10 back@10 w+@20 w-@25 end@25 ");
	assert_int_equal(m->xen->m.yields.n, 2);
	machine_free(m);
}

static void yields(void **state)
{
	(void)state;
	a_yield_lets_one_go_first("pcpus=1");
	a_yield_lets_one_go_first("pcpus=1 scheduler=credit ratelimit=0ns");
}

/* --- upcalls of a unikernel --------------------------------------------- */

/* A callback that takes the event away, and a main loop that polls. */
static void take(struct vcpu *v)
{
	struct sleeper *s = v->domain->guest;
	uint16_t ports[8];

	assert_false(v->domain->events.vcpus[0].upcall_pending);
	assert_true(v->domain->events.vcpus[0].upcall_mask);
	if (evtchn_scan(&v->domain->events, 0, ports, 8))
		write_down(s->m, "taken", "");
}

static struct machine *taking_machine(struct sleeper *s, const char *sets)
{
	struct machine *m = poll_machine(s, sets);

	s->d->upcall = take;
	s->d->guest = s;
	xen_let_upcalls_in(&s->d->vcpus[0]);
	return m;
}

/* The event of 5 comes between look and poll: the upcall has it, the poll
 * sleeps on it. That of 100 ends the poll; the upcall comes first. */
static void an_upcall_may_take_what_a_poll_would_see(void **state)
{
	struct sleeper s = {.sleeps = 2, .poll = {.n_ports = 3}};
	struct machine *m = taking_machine(&s, "wake=0ns upcall=1us");

	(void)state;
	send_at(m, s.d, 3, AT(5));
	machine_must_read(m, AT(50), "taken@6 sleep@11 ");
	assert_false(xen_port_coming(s.d, 3));
	send_at(m, s.d, 3, AT(100));
	machine_must_read(m, SIM_SEC,
			  "taken@6 sleep@11 taken@101 wake@101 sleep@111 ");
	machine_free(m);
}

/* What comes in the hypercall itself, 10 to 14, is seen by Xen's check. */
static void nothing_is_taken_within_a_hypercall(void **state)
{
	struct sleeper s = {.sleeps = 1, .poll = {.n_ports = 3}};
	struct machine *m =
		taking_machine(&s, "wake=0ns upcall=1us hypercall=4us");

	(void)state;
	send_at(m, s.d, 3, AT(12));
	machine_must_read(m, SIM_SEC, "sleep@10 taken@15 return@15 ");
	machine_free(m);
}

/* --- many, and late ----------------------------------------------------- */

static void three_hundred_domains_block(void **state)
{
	struct machine *m = machine_new("wake=5us", 1);
	struct sleeper *s = sim_alloc(m->sim, 300 * sizeof *s);

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		s[i].sleeps = 2;
		sleeper_begin(m, &s[i]);
		s[i].d->events.vcpus[0].upcall_mask = true;
	}
	m->mute = true;
	for (unsigned i = 0; i < 300; i++)
		send_at(m, s[i].d, 1 + i % 9, SIM_MS + AT(100 * i));
	machine_must_read(m, SIM_SEC, NULL);
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(s[i].n, 1);
	assert_int_equal(m->xen->m.woken.max, AT(5));
	machine_free(m);
}

static void a_domain_has_4095_ports(void **state)
{
	struct machine *m = machine_new("wake=0ns", 1);
	struct domain *d = xen_domain(m->stage, "d", 1, true);

	(void)state;
	for (unsigned port = 1; port < EVTCHN_PORTS; port++)
		assert_int_equal(xen_port(d, 0, NULL), port);
	assert_int_equal(xen_port(d, 0, NULL), 0);
	machine_free(m);
}

/* A domain that works for 50 us every 500 on a machine where others compute. */
static double late(const char *sets, uint64_t seed)
{
	struct machine *m = machine_new(sets, seed);
	struct worker w = {.at = SIM_MS, .cost = AT(50), .every = AT(500)};
	struct domain *d = xen_domain(m->stage, "d", 1, true);
	double q;

	worker_begin(m, &w, &d->vcpus[0]);
	xen_type.start(m->stage);
	machine_must_read(m, 20 * SIM_SEC, NULL);
	assert_true(w.done > 5000);
	q = span_quantile(&m->xen->m.woken, 0.99);
	machine_free(m);
	return q;
}

static void competing_domains_make_wakeups_late(void **state)
{
	static const char *const credit =
		"pcpus=4 scheduler=credit wake=5us load_vcpus=";
	char sets[128];
	double none, some, many;

	(void)state;
	snprintf(sets, sizeof sets, "%s0", credit);
	none = late(sets, 1);
	snprintf(sets, sizeof sets, "%s10", credit);
	some = late(sets, 1);
	snprintf(sets, sizeof sets, "%s20", credit);
	many = late(sets, 1);
	assert_true(none < (double)AT(5.1));
	assert_true(some > (double)AT(50));
	assert_true(many > some);
	/* Pinned to a pCPU that nobody else has it is never late. */
	assert_true(late("pcpus=4 wake=5us load_vcpus=3", 1) < (double)AT(5.1));
}

/* The same seed, the same run; another seed, another. */
static void loads_are_repeatable(void **state)
{
	static const char *const sets = "pcpus=2 scheduler=credit load_vcpus=5";

	(void)state;
	assert_true(late(sets, 7) == late(sets, 7));
	assert_true(late(sets, 7) != late(sets, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_sleeps_until_an_event),
		cmocka_unit_test(a_poll_sleeps_until_any_event),
		cmocka_unit_test(a_poll_ends_at_its_time),
		cmocka_unit_test(an_ended_poll_has_no_timer),
		cmocka_unit_test(a_poll_of_129_ports_is_refused),
		cmocka_unit_test(who_polls_keeps_the_pcpu_awake),
		cmocka_unit_test(a_timer_fires_once_when_it_was_set_for),
		cmocka_unit_test(thirteen_days_are_not_too_far),
		cmocka_unit_test(a_doorbell_interrupts_linux),
		cmocka_unit_test(what_comes_during_the_handler_runs_it_again),
		cmocka_unit_test(an_event_on_a_masked_port_is_not_coming),
		cmocka_unit_test(an_upcall_interrupts_a_thread),
		cmocka_unit_test(an_upcall_waits_for_the_pcpu),
		cmocka_unit_test(the_rest_of_a_word_is_coming),
		cmocka_unit_test(an_idle_loop_looks_before_it_blocks),
		cmocka_unit_test(who_rings_is_not_interrupted),
		cmocka_unit_test(what_is_left_waits_for_the_pcpu),
		cmocka_unit_test(yields),
		cmocka_unit_test(an_upcall_may_take_what_a_poll_would_see),
		cmocka_unit_test(nothing_is_taken_within_a_hypercall),
		cmocka_unit_test(three_hundred_domains_block),
		cmocka_unit_test(a_domain_has_4095_ports),
		cmocka_unit_test(competing_domains_make_wakeups_late),
		cmocka_unit_test(loads_are_repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
