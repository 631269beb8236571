/* SPDX-License-Identifier: MIT */
/*
 * A Mirage guest for a test, on a machine with Xen: threads of the test's that
 * wait for events, which come when a script says so, and a diary of who ran at
 * which microsecond. The way to the pCPU takes 5 us, a hypercall 2, a turn of
 * the main loop 10, to wake a thread 1.
 */
#ifndef TESTS_MIRAGE_GUEST_H
#define TESTS_MIRAGE_GUEST_H

#include "models/hypervisor/mirage_inside.h"
#include "tests/xen_machine.h"

struct mirage_guest;

/* A thread that waits for events of a port of its own, port 3 and so on. */
struct mirage_thread {
	struct mirage_guest *g;
	char name[2];
	unsigned port;
	sim_time work; /* when it was woken */
	void (*does)(struct mirage_thread *t);
	unsigned visits;
	bool wants; /* something has come since it was woken */
	struct task task;
	struct doorbell bell;
	struct line_wait wait;
	struct waiter waits;
};

/* At `us` something comes for the thread, and an event; or without one, if the
 * name is in capitals; or a key is pressed. */
struct send {
	double us;
	char to; /* a thread's name, 'k'; 0 ends the script */
};

struct mirage_guest {
	struct machine *machine;
	struct mirage *m;
	struct domain *domain;
	struct mirage_thread threads[2];
	unsigned n;
	const struct send *script;
	struct event next_send;
};

static inline TASK(mirage_thread)
{
	struct mirage_thread *t = owner;

	TASK_BEGIN;
	for (;;) {
		CALL(t->wait.line->wait, &t->wait);
		waiter_looks(&t->waits);
		t->wants = false;
		t->visits++;
		write_down(t->g->machine, t->name, "");
		if (t->does)
			t->does(t);
		if (t->work)
			SPEND(t->work);
	}
	TASK_END;
}

static inline bool thread_wants(void *arg)
{
	return ((struct mirage_thread *)arg)->wants;
}

static inline bool thread_is_called(void *arg)
{
	struct mirage_thread *t = arg;

	return t->wait.line->coming(&t->wait);
}

static inline struct mirage_thread *add_thread(struct mirage_guest *g,
					       char name)
{
	struct mirage_thread *t = &g->threads[g->n++];

	t->g = g;
	t->name[0] = name;
	t->wait.line = mirage_line(&g->m->stage, &t->bell, t->name);
	t->port = ((struct waited_port *)t->wait.line)->port;
	waiter_init(&t->waits, g->machine->sim, 0, t->name, "events");
	t->waits.due = thread_wants;
	t->waits.coming = thread_is_called;
	t->waits.arg = t;
	t->wait.waiter = t->wait.line->waiter = &t->waits;
	task_init(&t->task, g->m->stage.cpu, LEVEL_THREAD, mirage_thread, t, 0);
	task_start(&t->task);
	return t;
}

static inline void send_to(struct mirage_thread *t, bool tells)
{
	waiter_publishing(&t->waits);
	t->wants = true;
	if (tells)
		xen_send(t->g->domain, t->port);
	waiter_decided(&t->waits, CAUSE_NEVER_SENT);
}

static inline void plan_send(struct mirage_guest *g)
{
	if (g->script->to)
		event_at(g->machine->sim, &g->next_send,
			 (sim_time)(g->script->us * SIM_US));
}

static inline void send_fires(struct sim *sim, struct event *ev)
{
	struct mirage_guest *g =
		(struct mirage_guest *)((char *)ev -
					offsetof(struct mirage_guest,
						 next_send));

	char to = g->script->to;

	(void)sim;
	if (to == 'k')
		xen_send(g->domain, g->m->console_port);
	for (unsigned i = 0; i < g->n; i++)
		if (g->threads[i].name[0] == (to | ' '))
			send_to(&g->threads[i], to >= 'a');
	g->script++;
	plan_send(g);
}

/* With a thread `a`. */
static inline struct mirage_guest *guest_new(const char *sets,
					     const struct send *script)
{
	struct machine *machine = machine_new("wake=5us hypercall=2us", 1);
	struct mirage_guest *g = sim_alloc(machine->sim, sizeof *g);
	struct stage *s = sim_alloc(machine->sim, mirage_type.size);

	*s = (struct stage){
		.type = &mirage_type, .name = "m", .sim = machine->sim};
	s->measure = SIM_SEC;
	s->domain = xen_domain(machine->stage, "m", 1, false);
	s->cpu = &s->domain->vcpus[0].cpu;
	params_default(mirage_type.params, mirage_type.n_params,
		       (char *)s + mirage_type.params_at);
	machine_set(s, "turn_cost=10us dispatch_cost=1us");
	machine_set(s, sets);
	g->machine = machine;
	g->m = (struct mirage *)s;
	g->domain = s->domain;
	g->script = script;
	mirage_type.build(s);
	mirage_type.start(s);
	add_thread(g, 'a');
	event_init(machine->sim, &g->next_send, send_fires);
	plan_send(g);
	return g;
}

/* Runs so far and compares; a NULL diary is not compared. */
static inline void guest_must_read(struct mirage_guest *g, unsigned us,
				   const char *diary)
{
	machine_must_read(g->machine, us * SIM_US, diary);
}

static inline void guest_free(struct mirage_guest *g)
{
	machine_free(g->machine);
}

static inline const struct oracle *guest_oracle(struct mirage_guest *g)
{
	oracle_finish(g->machine->sim);
	return g->machine->sim->oracle;
}

#endif
