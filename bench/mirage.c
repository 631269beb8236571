/* SPDX-License-Identifier: MIT */
/*
 * Mirage on Xen: what a TCP segment costs on its way through both guests and
 * domain 0, with its share of the acknowledgements' way back; and whether an
 * event costs more where 300 domains ask a unikernel than where two do.
 *
 * Told is what a long run takes more than a short one, so that building domains
 * does not count.
 */
#include "bench/clock.h"
#include "bench/subject.h"
#include "sim/app/catalog.h"
#include "sim/ns3/clock.h"

#define MSS 1460

struct taken {
	double ns, n;
};

/* A run of so long, and how often COLUMN counted in it; NULL: its events. */
static struct taken run(struct subject *s, sim_time measure, const char *column)
{
	struct run_params *params = s->sc->stages[0].params;
	double begin = cpu_ns();
	struct taken t;

	params->measure = measure;
	subject_run(s, 1);
	t.ns = cpu_ns() - begin;
	t.n = column ? subject_value(s, column) * time_sec(measure)
		     : (double)s->out.events;
	return t;
}

/* A tenth of the scenario's time against all of it. Returns the nanoseconds of
 * one count. */
static double price(const char *path, char *const *sets, unsigned n,
		    const char *column)
{
	struct subject s;
	struct taken brief, lengthy;
	sim_time measure;

	subject_load(&s, path, sets, n);
	measure = subject_measure(&s);
	brief = run(&s, measure / 10, column);
	lengthy = run(&s, measure, column);
	printf("# %s: trace %016lx\n", s.sc->name,
	       (unsigned long)s.out.trace_hash);
	subject_free(&s);
	return (lengthy.ns - brief.ns) / (lengthy.n - brief.n);
}

static void measure_segment(const char *path)
{
	static char *const poll[] = {
		"sender.loop=poll", "sender.waiters=newest_first",
		"receiver.loop=poll", "receiver.waiters=newest_first"};
	static char *const ns3[] = {"client.stack=ns3"};

	printf("segment block %.3f\n",
	       8 * MSS * price(path, NULL, 0, "server.goodput"));
	if (ns3_built())
		printf("segment ns-3 %.3f\n",
		       8 * MSS * price(path, ns3, 1, "server.goodput"));
	printf("segment poll %.3f\n",
	       8 * MSS * price(path, poll, 4, "server.goodput"));
}

/* The same load, by few and by many. */
static void measure_clients(const char *path)
{
	static char *const few[] = {"vms.count=2", "vms.think=66us"};
	static char *const many[] = {"vms.count=300"};

	printf("clients 2 %.3f\n", price(path, few, 2, NULL));
	printf("clients 300 %.3f\n", price(path, many, 1, NULL));
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	measure_segment(argv[1]);
	measure_clients(argv[2]);
	return 0;
}
