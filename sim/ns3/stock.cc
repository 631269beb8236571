/* SPDX-License-Identifier: MIT */
/*
 * Every plan in C is one event of ns-3, made and thrown away as ns-3 does with
 * its own. To move or to cancel an event is to cancel that plan, which ns-3
 * keeps until it would have been due.
 *
 * All that is added to DefaultSimulatorImpl is its hook before an event: C sees
 * its clock move, and a run that stands still ends.
 */
#include "sim/ns3/stock.h"

#include <ns3/default-simulator-impl.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <cstring>
#include <vector>

#include "sim/ns3/inside.h"

using namespace ns3;

namespace
{

class Stock : public DefaultSimulatorImpl
{
      public:
	explicit Stock(struct sim *sim) : m_sim(sim)
	{
	}

	enum sim_status RunUntil(sim_time until);
	void Plan(struct event *ev, sim_time at);
	void Unplan(const struct event *ev);
	void Happen(struct event *ev);

      private:
	void PreEventHook(const EventId &id) override;
	void Remember(const struct event *ev, sim_time at);

	struct sim *m_sim;
	std::vector<EventId> m_plans; /* by leaf */
	uint64_t m_still = 0;
};

class Planned : public EventImpl
{
      public:
	Planned(Stock *stock, struct event *ev) : m_stock(stock), m_event(ev)
	{
	}

      private:
	void Notify() override
	{
		m_stock->Happen(m_event);
	}

	Stock *m_stock;
	struct event *m_event;
};

/* For event_pending() and event_due(); nobody asks who is first. */
void Stock::Remember(const struct event *ev, sim_time at)
{
	struct tournament *t = &m_sim->pending;

	t->nodes[t->first_leaf + ev->leaf].at = at;
}

void Stock::Unplan(const struct event *ev)
{
	if (ev->leaf < m_plans.size())
		Cancel(m_plans[ev->leaf]);
	Remember(ev, SIM_NEVER);
}

void Stock::Plan(struct event *ev, sim_time at)
{
	if (ev->leaf >= m_plans.size())
		m_plans.resize(m_sim->pending.room);
	Unplan(ev);
	if (at == SIM_NEVER)
		return;
	Remember(ev, at);
	m_plans[ev->leaf] =
		Schedule(TimeStep(at - m_sim->now), new Planned(this, ev));
}

void Stock::Happen(struct event *ev)
{
	m_plans[ev->leaf] = EventId();
	Remember(ev, SIM_NEVER);
	ev->fire(m_sim, ev);
	if (m_sim->stopped)
		Stop();
}

/* What was cancelled is nothing that happens. */
void Stock::PreEventHook(const EventId &id)
{
	sim_time at = static_cast<sim_time>(id.GetTs());

	if (id.PeekEventImpl()->IsCancelled())
		return;
	m_still = at > m_sim->now ? 0 : m_still + 1;
	/* By an event of ns-3's, or too many: this one is too late. */
	if (m_sim->stopped || m_still > SIM_LIVELOCK_EVENTS) {
		id.PeekEventImpl()->Cancel();
		Stop();
		return;
	}
	m_sim->now = at;
	m_sim->fired++;
}

enum sim_status Stock::RunUntil(sim_time until)
{
	m_still = 0;
	m_sim->stopped = false;
	m_sim->next = 0;
	Plan(&m_sim->end, until);
	Simulator::Run();
	if (m_still > SIM_LIVELOCK_EVENTS)
		return SIM_LIVELOCK;
	return m_sim->out_of_memory ? SIM_OUT_OF_MEMORY : SIM_OK;
}

Stock *StockOf(struct sim *sim)
{
	return static_cast<Stock *>(sim->engine_own);
}

enum sim_status stock_run(struct sim *sim, sim_time until)
{
	return StockOf(sim)->RunUntil(until);
}

void stock_at(struct sim *sim, struct event *ev, sim_time at)
{
	StockOf(sim)->Plan(ev, at);
}

void stock_cancel(struct sim *sim, struct event *ev)
{
	StockOf(sim)->Unplan(ev);
}

constexpr struct engine stock_with(const char *name)
{
	return {name, stock_run, stock_at, stock_cancel, ns3_leave};
}

const struct scheduler {
	struct engine engine;
	const char *type;
} schedulers[] = {
	{stock_with("ns3:map"), "ns3::MapScheduler"},
	{stock_with("ns3:heap"), "ns3::HeapScheduler"},
	{stock_with("ns3:list"), "ns3::ListScheduler"},
	{stock_with("ns3:calendar"), "ns3::CalendarScheduler"},
	{stock_with("ns3:priority"), "ns3::PriorityQueueScheduler"},
};

} // namespace

const struct engine *ns3_stock_engine(const char *name)
{
	if (std::strcmp(name, "ns3") == 0)
		return &schedulers[0].engine;
	for (const struct scheduler &s : schedulers)
		if (std::strcmp(name, s.engine.name) == 0)
			return &s.engine;
	return nullptr;
}

void ns3_stock(struct sim *sim, const struct engine *engine)
{
	const struct scheduler *s =
		reinterpret_cast<const struct scheduler *>(engine);
	Ptr<Stock> stock;

	ns3_prepare(sim);
	stock = CreateObject<Stock>(sim);
	Simulator::SetImplementation(stock);
	Simulator::SetScheduler(ObjectFactory(s->type));
	sim->next = 0;
	sim->engine_own = PeekPointer(stock);
	sim->engine = sim->elsewhere = engine;
}
