/* SPDX-License-Identifier: MIT */
/*
 * What an engine costs: the same scenario in our own loop and as events of
 * ns-3's simulator, with each of its schedulers, told per message and per
 * segment. Nothing but the queue of events differs, and SPEND's short cut,
 * which needs to know when the next one is due.
 */
#include <string.h>

#include "bench/clock.h"
#include "bench/subject.h"
#include "sim/ns3/stock.h"

static const char *const engines[] = {"native",	      "ns3:map",
				      "ns3:heap",     "ns3:list",
				      "ns3:calendar", "ns3:priority"};

static char *const sets[] = {"run.measure=300ms"};

/* Of the scenario, what is counted, and how many are one. */
static void measure(const char *path, const char *table, const char *column,
		    double unit)
{
	uint64_t hash = 0;
	struct subject s;

	subject_load(&s, path, sets, 1);
	subject_run(&s, 1); /* the memory is there now */
	for (unsigned i = 0; i < sizeof engines / sizeof *engines; i++) {
		double begin, n;

		s.sc->engine = ns3_stock_engine(engines[i]);
		begin = cpu_ns();
		subject_run(&s, 1);
		n = subject_value(&s, column) * time_sec(subject_measure(&s));
		sample(table, engines[i], begin, (uint64_t)(n / unit));
		must_agree("trace", (double)s.out.trace_hash,
			   (double)(i ? hash : s.out.trace_hash), 0);
		hash = s.out.trace_hash;
	}
	subject_free(&s);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	measure(argv[1], "engine.pair", "producer.rate", 1);
	measure(argv[2], "engine.segment", "server.goodput", 8 * 1460);
	return 0;
}
