/* SPDX-License-Identifier: MIT */
#include "tests/ns3_crash.h"

#include <ns3/config.h>
#include <ns3/simulator.h>
#include <ns3/string.h>

#include <cstdio>

#include "sim/ns3/clock.h"

using namespace ns3;

static void misconfigure()
{
	Config::SetDefaultFailSafe("ns3::TcpSocketBase::MinRto",
				   StringValue("soon"));
}

/* What ns-3 says about it is not for who reads the test's output. */
void ns3_crash()
{
	struct sim *sim = sim_new(16 << 20, 1);

	if (!std::freopen("/dev/null", "w", stderr))
		std::perror("ns3_crash");
	ns3_join(sim);
	Simulator::Schedule(NanoSeconds(1), misconfigure);
	sim_run(sim, SIM_US);
}
