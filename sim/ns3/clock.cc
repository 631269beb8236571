/* SPDX-License-Identifier: MIT */
/*
 * ns3::SimulatorImpl on our event queue.
 *
 * An EventId carries the event's slot and a counted pointer to the event. The
 * slot is reused, the address is not as long as somebody holds the id: so a
 * slot that holds the id's event is pending, and an id whose event is not in
 * its slot has expired. What is cancelled is gone at once; ns-3's own simulator
 * keeps it until it is due.
 *
 * An event belongs to its slot (one reference) from being planned until it has
 * run or was cancelled.
 */
#include "sim/ns3/clock.h"

#include <ns3/config.h>
#include <ns3/event-id.h>
#include <ns3/event-impl.h>
#include <ns3/nstime.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/scheduler.h>
#include <ns3/simulator-impl.h>
#include <ns3/simulator.h>

#include <cstdlib>
#include <list>

#include "sim/ns3/heap.h"
#include "sim/ns3/inside.h"

using namespace ns3;

namespace
{

class Clock : public SimulatorImpl
{
      public:
	static TypeId GetTypeId();

	void Join(struct sim *sim);
	enum sim_status RunUntil(sim_time until);

	void Destroy() override;
	bool IsFinished() const override;
	void Stop() override;
	void Stop(const Time &delay) override;
	EventId Schedule(const Time &delay, EventImpl *event) override;
	void ScheduleWithContext(uint32_t context, const Time &delay,
				 EventImpl *event) override;
	EventId ScheduleNow(EventImpl *event) override;
	EventId ScheduleDestroy(EventImpl *event) override;
	void Remove(const EventId &id) override;
	void Cancel(const EventId &id) override;
	bool IsExpired(const EventId &id) const override;
	void Run() override;
	Time Now() const override;
	Time GetDelayLeft(const EventId &id) const override;
	Time GetMaximumSimulationTime() const override;
	void SetScheduler(ObjectFactory factory) override;
	uint32_t GetSystemId() const override;
	uint32_t GetContext() const override;
	uint64_t GetEventCount() const override;

      private:
	/* The first member: what the tournament hands back is the clock. */
	struct leaf {
		struct event event;
		Clock *clock;
	};

	static void Fire(struct sim *sim, struct event *ev);
	void FireFirst();
	void Tell();
	uint32_t Insert(uint32_t context, sim_time at, EventImpl *event);
	void Take(uint32_t slot);
	void DoDispose() override;

	struct leaf m_leaf;
	struct sim *m_sim = nullptr;
	Heap m_heap;
	std::list<EventId> m_atDestroy;
	sim_time m_until = 0;
	enum sim_status m_status = SIM_OK;
	uint32_t m_context = Simulator::NO_CONTEXT;
	uint64_t m_fired = 0;
};

NS_OBJECT_ENSURE_REGISTERED(Clock);

TypeId Clock::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::Clock")
				    .SetParent<SimulatorImpl>()
				    .SetGroupName("Core")
				    .AddConstructor<Clock>();

	return tid;
}

void Clock::Join(struct sim *sim)
{
	m_sim = sim;
	m_leaf.clock = this;
	event_init(sim, &m_leaf.event, Fire);
}

/* The leaf stands for the first of the heap. */
void Clock::Tell()
{
	struct tournament *t = &m_sim->pending;

	if (m_heap.IsEmpty())
		tournament_cancel(t, m_leaf.event.leaf);
	else
		tournament_set(t, m_leaf.event.leaf, m_heap.First().at,
			       m_heap.First().sequence);
	m_sim->next = tournament_next(t);
}

void Clock::Fire(struct sim *, struct event *ev)
{
	reinterpret_cast<struct leaf *>(ev)->clock->FireFirst();
}

/* The next one is told before: what runs now may ask when it is due. */
void Clock::FireFirst()
{
	uint32_t slot = m_heap.First().slot;
	EventImpl *event = m_heap.At(slot).event;

	m_context = m_heap.At(slot).context;
	m_heap.Remove(slot);
	Tell();
	m_fired++;
	event->Invoke();
	event->Unref();
	m_context = Simulator::NO_CONTEXT;
}

uint32_t Clock::Insert(uint32_t context, sim_time at, EventImpl *event)
{
	uint32_t slot =
		m_heap.Insert({at, ++m_sim->sequence, 0}, {event, context, 0});

	if (m_heap.First().slot == slot)
		Tell();
	return slot;
}

void Clock::Take(uint32_t slot)
{
	bool first = m_heap.First().slot == slot;

	m_heap.Remove(slot);
	if (first)
		Tell();
}

/* The past is not planned. */
sim_time DueIn(const struct sim *sim, const Time &delay)
{
	if (delay.IsStrictlyNegative())
		abort();
	return time_add(sim->now, delay.GetTimeStep());
}

EventId Clock::Schedule(const Time &delay, EventImpl *event)
{
	sim_time at = DueIn(m_sim, delay);
	uint32_t slot = Insert(m_context, at, event);

	return EventId(event, at, m_context, EventId::VALID + slot);
}

void Clock::ScheduleWithContext(uint32_t context, const Time &delay,
				EventImpl *event)
{
	Insert(context, DueIn(m_sim, delay), event);
}

EventId Clock::ScheduleNow(EventImpl *event)
{
	return Schedule(Time(0), event);
}

EventId Clock::ScheduleDestroy(EventImpl *event)
{
	EventId id(Ptr<EventImpl>(event, false), m_sim->now,
		   Simulator::NO_CONTEXT, EventId::DESTROY);

	m_atDestroy.push_back(id);
	return id;
}

bool Clock::IsExpired(const EventId &id) const
{
	const EventImpl *event = id.PeekEventImpl();

	if (!event)
		return true;
	if (id.GetUid() == EventId::DESTROY) {
		for (const EventId &other : m_atDestroy)
			if (other == id)
				return id.PeekEventImpl()->IsCancelled();
		return true;
	}
	return !m_heap.Holds(id.GetUid() - EventId::VALID, event);
}

void Clock::Remove(const EventId &id)
{
	if (id.GetUid() == EventId::DESTROY) {
		m_atDestroy.remove(id);
		return;
	}
	if (IsExpired(id))
		return;
	Take(id.GetUid() - EventId::VALID);
	id.PeekEventImpl()->Cancel();
	id.PeekEventImpl()->Unref();
}

void Clock::Cancel(const EventId &id)
{
	Remove(id);
}

void Clock::Run()
{
	m_status = sim_loop(m_sim, m_until);
}

/* By way of ns-3, which then stops to keep account of every Time there is. */
enum sim_status Clock::RunUntil(sim_time until)
{
	m_until = until;
	Simulator::Run();
	return m_status;
}

void Clock::Stop()
{
	m_sim->stopped = true;
}

void Clock::Stop(const Time &delay)
{
	Simulator::Schedule(delay, &Simulator::Stop);
}

bool Clock::IsFinished() const
{
	return m_heap.IsEmpty() || m_sim->stopped;
}

Time Clock::Now() const
{
	return TimeStep(m_sim->now);
}

Time Clock::GetDelayLeft(const EventId &id) const
{
	return IsExpired(id) ? TimeStep(0) : TimeStep(id.GetTs() - m_sim->now);
}

Time Clock::GetMaximumSimulationTime() const
{
	return TimeStep(SIM_NEVER);
}

/* It has its own. */
void Clock::SetScheduler(ObjectFactory)
{
}

uint32_t Clock::GetSystemId() const
{
	return 0;
}

uint32_t Clock::GetContext() const
{
	return m_context;
}

uint64_t Clock::GetEventCount() const
{
	return m_fired;
}

void Clock::Destroy()
{
	while (!m_atDestroy.empty()) {
		EventId id = m_atDestroy.front();

		m_atDestroy.pop_front();
		id.PeekEventImpl()->Invoke();
	}
}

void Clock::DoDispose()
{
	while (!m_heap.IsEmpty()) {
		EventImpl *event = m_heap.At(m_heap.First().slot).event;

		m_heap.Remove(m_heap.First().slot);
		event->Unref();
	}
	SimulatorImpl::DoDispose();
}

Clock *ClockOf(struct sim *sim)
{
	return static_cast<Clock *>(sim->engine_own);
}

enum sim_status clock_run(struct sim *sim, sim_time until)
{
	return ClockOf(sim)->RunUntil(until);
}

const struct engine clock_engine = {
	"native", clock_run, nullptr, nullptr, ns3_leave,
};

} // namespace

void ns3_prepare(struct sim *sim)
{
	static bool prepared = false;

	if (!prepared)
		Time::SetResolution(Time::PS);
	prepared = true;
	RngSeedManager::SetSeed(1);
	RngSeedManager::SetRun(sim->seed);
}

void ns3_leave(struct sim *sim)
{
	Simulator::Destroy();
	Config::Reset();
	sim->engine_own = nullptr;
}

bool ns3_built(void)
{
	return true;
}

void ns3_join(struct sim *sim)
{
	Ptr<Clock> clock;

	if (sim->engine)
		return;
	ns3_prepare(sim);
	clock = CreateObject<Clock>();
	clock->Join(sim);
	Simulator::SetImplementation(clock);
	sim->engine_own = PeekPointer(clock);
	sim->engine = &clock_engine;
}
