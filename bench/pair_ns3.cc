/* SPDX-License-Identifier: MIT */
/*
 * The pair of pair.yaml on ns-3's stock engine, with the scheduler that is its
 * fastest here and as few events as possible: one for each message published
 * and one for each message consumed. The same draws as in pair.c.
 */
#include "bench/pair.h"

#include <gsl/gsl_randist.h>
#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <cstdlib>

using namespace ns3;

namespace
{

class Pair
{
      public:
	explicit Pair(gsl_rng *r) : m_rng(r)
	{
	}

	void Start()
	{
		Simulator::Schedule(PicoSeconds(Work()), &Pair::Publish, this);
	}

	tally m_tally = {0, 0};

      private:
	int64_t Work()
	{
		return static_cast<int64_t>(
			PAIR_BASE + gsl_ran_exponential(m_rng, PAIR_SPREAD) +
			0.5);
	}

	void Publish()
	{
		int64_t kick = 0;

		m_tally.items++;
		if (m_avail++ == m_event && m_asleep) {
			m_tally.kicks++;
			m_asleep = false;
			kick = PAIR_KICK;
			Simulator::Schedule(
				PicoSeconds(kick + PAIR_STARTUP + PAIR_CONSUME),
				&Pair::Consume, this);
		}
		if (static_cast<uint16_t>(m_avail - m_used) == PAIR_SLOTS)
			std::abort();
		Simulator::Schedule(PicoSeconds(kick + Work()), &Pair::Publish,
				    this);
	}

	void Consume()
	{
		if (++m_used == m_avail) {
			m_event = m_used;
			m_asleep = true;
			return;
		}
		Simulator::Schedule(PicoSeconds(PAIR_CONSUME), &Pair::Consume,
				    this);
	}

	gsl_rng *m_rng;
	uint16_t m_avail = 0, m_used = 0, m_event = 0;
	bool m_asleep = true;
};

} // namespace

struct tally pair_on_ns3(gsl_rng *rng)
{
	ObjectFactory scheduler("ns3::PriorityQueueScheduler");
	Pair pair(rng);

	Time::SetResolution(Time::PS);
	Simulator::SetScheduler(scheduler);
	pair.Start();
	Simulator::Stop(PicoSeconds(PAIR_END));
	Simulator::Run();
	Simulator::Destroy();
	return pair.m_tally;
}
