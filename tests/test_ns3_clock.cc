/* SPDX-License-Identifier: MIT */
/*
 * Events in C and events of ns-3 side by side, on our clock and on ns-3's own,
 * against a list that is searched from one end to the other. Both kinds are
 * planned, moved and cancelled at random, at times so few that most are ties.
 */
#include <ns3/node-list.h>
#include <ns3/node.h>
#include <ns3/random-variable-stream.h>
#include <ns3/simulator.h>

#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
extern "C" {
#include <cmocka.h> /* after all of C++: it makes a macro of fail */
}

#include "sim/ns3/clock.h"
#include "sim/ns3/stock.h"

using namespace ns3;

#define SPAN   50 /* planned so many ps ahead at the most: ties */
#define OWNERS 40

namespace
{

struct party;

struct owner {
	struct event event;
	struct party *party;
	bool in_c;
	EventId id; /* of the others */
	uint32_t context;
	sim_time at;	/* SIM_NEVER: not planned */
	uint64_t order; /* of planning */
};

struct party {
	struct sim *sim;
	owner owners[OWNERS];
	gsl_rng *rng;
	uint64_t order, hash;
	unsigned left; /* events until the end */
	bool removes;
	unsigned c_fired, ns3_fired;
};

/* On our clock, or on ns-3's with one of its schedulers. */
struct sim *begin(const char *engine, uint64_t seed)
{
	struct sim *sim = sim_new(16 << 20, seed);

	assert_non_null(sim);
	if (engine)
		ns3_stock(sim, ns3_stock_engine(engine));
	ns3_join(sim);
	return sim;
}

unsigned pick(struct party *p, unsigned n)
{
	return static_cast<unsigned>(gsl_rng_uniform_int(p->rng, n));
}

bool owner_before(const owner *a, const owner *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

owner *list_first(struct party *p)
{
	owner *first = &p->owners[0];

	for (owner &o : p->owners)
		if (owner_before(&o, first))
			first = &o;
	return first;
}

void is_known(struct party *p, const owner *o)
{
	if (o->in_c) {
		assert_int_equal(event_due(p->sim, &o->event), o->at);
		return;
	}
	assert_int_equal(o->id.IsExpired(), o->at == SIM_NEVER);
	assert_int_equal(Simulator::GetDelayLeft(o->id).GetTimeStep(),
			 o->at == SIM_NEVER ? 0 : o->at - p->sim->now);
}

void cancel(struct party *p, owner *o)
{
	o->at = SIM_NEVER;
	if (o->in_c)
		event_cancel(p->sim, &o->event);
	else if (p->removes && pick(p, 2))
		Simulator::Remove(o->id);
	else
		Simulator::Cancel(o->id);
	is_known(p, o);
}

void must_be_first(owner *o);

void plan_ns3(struct party *p, owner *o, sim_time wait)
{
	o->context = Simulator::GetContext();
	switch (pick(p, 3)) {
	case 0:
		o->at = p->sim->now;
		o->id = Simulator::ScheduleNow(must_be_first, o);
		break;
	default:
		o->id = Simulator::Schedule(PicoSeconds(wait), must_be_first,
					    o);
		break;
	}
}

void plan(struct party *p, owner *o, sim_time wait)
{
	if (!o->in_c)
		cancel(p, o);
	o->order = ++p->order;
	o->at = p->sim->now + wait;
	if (o->in_c)
		event_at(p->sim, &o->event, o->at);
	else
		plan_ns3(p, o, wait);
	is_known(p, o);
}

/* What has happened is asked before and after. */
void must_be_first(owner *o)
{
	struct party *p = o->party;

	assert_ptr_equal(o, list_first(p));
	assert_int_equal(p->sim->now, o->at);
	assert_int_equal(Simulator::Now().GetTimeStep(), o->at);
	if (!o->in_c)
		assert_int_equal(Simulator::GetContext(), o->context);
	o->at = SIM_NEVER;
	is_known(p, o);
	(o->in_c ? p->c_fired : p->ns3_fired)++;
	p->hash = p->hash * 31 + static_cast<uint64_t>(o - p->owners);
	for (unsigned n = pick(p, 5); n > 0; n--) {
		owner *other = &p->owners[pick(p, OWNERS)];

		if (pick(p, 4) == 0)
			cancel(p, other);
		else
			plan(p, other, pick(p, SPAN));
	}
	if (list_first(p)->at == SIM_NEVER)
		plan(p, &p->owners[pick(p, OWNERS)], 1);
	if (!p->sim->elsewhere)
		assert_int_equal(p->sim->next, list_first(p)->at);
	if (--p->left == 0)
		p->sim->stopped = true;
}

void fire(struct sim *, struct event *ev)
{
	must_be_first(reinterpret_cast<owner *>(ev));
}

/* Returns what identifies the order. */
uint64_t try_party(const char *engine, uint64_t seed, bool removes)
{
	party p = {};

	p.removes = removes;
	p.sim = begin(engine, seed);
	p.left = 30000;
	p.rng = gsl_rng_alloc(gsl_rng_taus2);
	gsl_rng_set(p.rng, seed);
	for (unsigned i = 0; i < OWNERS; i++) {
		p.owners[i].party = &p;
		p.owners[i].in_c = i % 2;
		p.owners[i].at = SIM_NEVER;
		if (i % 2)
			event_init(p.sim, &p.owners[i].event, fire);
	}
	plan(&p, &p.owners[0], 3);
	assert_int_equal(sim_run(p.sim, SIM_SEC), SIM_OK);
	assert_int_equal(p.left, 0);
	assert_true(p.c_fired > 10000 && p.ns3_fired > 10000);
	sim_free(p.sim);
	gsl_rng_free(p.rng);
	return p.hash;
}

const char *const engines[] = {nullptr,	   "ns3",	   "ns3:heap",
			       "ns3:list", "ns3:calendar", "ns3:priority"};

/* Who looks into ns-3's heap finds that it is one no more once something was
 * removed from its middle; so all of its schedulers are only told to cancel. */
void test_who_is_next(void **)
{
	for (const char *engine : engines)
		assert_true(try_party(engine, 1, false) ==
			    try_party(nullptr, 1, false));
	for (uint64_t seed = 2; seed < 6; seed++)
		assert_true(try_party("ns3", seed, true) ==
			    try_party(nullptr, seed, true));
	assert_true(try_party(nullptr, 1, true) != try_party(nullptr, 2, true));
}

/* --- the rest of an implementation --- */

int alive;

class Counted : public EventImpl
{
      public:
	explicit Counted(int *times) : m_times(times)
	{
		alive++;
	}

	~Counted() override
	{
		alive--;
	}

      private:
	void Notify() override
	{
		++*m_times;
	}

	int *m_times;
};

Ptr<EventImpl> counted(int *times)
{
	return Ptr<EventImpl>(new Counted(times), false);
}

/* Nothing is left behind, whether it has happened, was cancelled or waits. */
void test_events_go_with_the_run(void **)
{
	for (const char *engine : engines) {
		struct sim *sim = begin(engine, 1);
		int times = 0, ends = 0;
		EventId gone;

		Simulator::Schedule(NanoSeconds(1), counted(&times));
		Simulator::Schedule(Seconds(2), counted(&times));
		gone = Simulator::Schedule(NanoSeconds(1), counted(&times));
		Simulator::Cancel(gone);
		Simulator::ScheduleDestroy(counted(&ends));
		gone = Simulator::ScheduleDestroy(counted(&ends));
		assert_false(gone.IsExpired());
		Simulator::Cancel(gone);
		assert_true(gone.IsExpired());
		gone = Simulator::ScheduleDestroy(counted(&ends));
		Simulator::Remove(gone);
		assert_int_equal(sim_run(sim, SIM_SEC), SIM_OK);
		assert_int_equal(times, 1);
		assert_int_equal(ends, 0);
		sim_end(sim);
		assert_int_equal(times, 1);
		assert_int_equal(ends, 1);
		gone = EventId();
		assert_int_equal(alive, 0);
		sim_free(sim);
	}
}

void tell_context(uint32_t *out)
{
	*out = Simulator::GetContext();
}

void test_contexts(void **)
{
	struct sim *sim = begin(nullptr, 1);
	uint32_t told = 0;

	Simulator::ScheduleWithContext(7, NanoSeconds(1), tell_context, &told);
	sim_run(sim, SIM_US);
	assert_int_equal(told, 7);
	assert_int_equal(Simulator::GetContext(), Simulator::NO_CONTEXT);
	assert_int_equal(Simulator::GetEventCount(), 1);
	sim_free(sim);
}

void stop(struct sim *sim)
{
	sim->stopped = true;
}

/* An event of ns-3 may end a run, and the run may go on. */
void test_a_run_is_stopped_and_goes_on(void **)
{
	struct sim *sim = begin(nullptr, 1);
	int times = 0;

	Simulator::Schedule(NanoSeconds(1), stop, sim);
	Simulator::Schedule(NanoSeconds(1), counted(&times));
	Simulator::Stop(NanoSeconds(2));
	assert_int_equal(sim_run(sim, SIM_US), SIM_OK);
	assert_int_equal(sim->now, SIM_NS);
	assert_int_equal(times, 0);
	assert_int_equal(sim_run(sim, SIM_US), SIM_OK);
	assert_int_equal(sim->now, 2 * SIM_NS);
	assert_int_equal(times, 1);
	assert_int_equal(sim_run(sim, SIM_US), SIM_OK);
	assert_int_equal(sim->now, SIM_US);
	sim_free(sim);
}

/* On its own engine what follows is not played any more. */
void test_the_dead_do_not_play(void **)
{
	struct sim *sim = begin("ns3", 1);
	int times = 0;

	Simulator::Schedule(NanoSeconds(1), sim_out_of_memory, sim);
	Simulator::Schedule(NanoSeconds(2), counted(&times));
	assert_int_equal(sim_run(sim, SIM_US), SIM_OUT_OF_MEMORY);
	assert_int_equal(sim->now, SIM_NS);
	assert_int_equal(times, 0);
	sim_free(sim);
}

/* The same process, one run after the other. */
void test_every_run_is_the_first(void **)
{
	double first[3];

	for (int run = 0; run < 9; run++) {
		struct sim *sim = begin(run % 2 ? "ns3" : nullptr, run / 3);
		Ptr<UniformRandomVariable> u =
			CreateObject<UniformRandomVariable>();
		double draw;

		assert_int_equal(NodeList::GetNNodes(), 0);
		CreateObject<Node>();
		assert_int_equal(NodeList::GetNNodes(), 1);
		u->SetStream(4);
		draw = u->GetValue();
		if (run % 3 == 0)
			first[run / 3] = draw;
		assert_true(draw == first[run / 3]);
		sim_run(sim, SIM_US);
		sim_free(sim);
	}
	assert_true(first[0] != first[1] && first[1] != first[2]);
}

/* Nothing is lost of what lies between two ticks of a coarser clock. */
void test_a_picosecond_is_a_step(void **)
{
	struct sim *sim = begin(nullptr, 1);

	assert_int_equal(NanoSeconds(1).GetTimeStep(), 1000);
	Simulator::Schedule(PicoSeconds(1), stop, sim);
	sim_run(sim, SIM_US);
	assert_int_equal(sim->now, 1);
	sim_free(sim);
}

} // namespace

int main()
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_next),
		cmocka_unit_test(test_events_go_with_the_run),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_a_run_is_stopped_and_goes_on),
		cmocka_unit_test(test_the_dead_do_not_play),
		cmocka_unit_test(test_every_run_is_the_first),
		cmocka_unit_test(test_a_picosecond_is_a_step),
	};

	return cmocka_run_group_tests(tests, nullptr, nullptr);
}
