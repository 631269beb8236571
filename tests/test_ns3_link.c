/* SPDX-License-Identifier: MIT */
/*
 * A link of ns-3's: times and rates that can be computed by hand, losses that
 * are counted, packets that are somewhere; and what its queues know of flows.
 * That no packet is lost track of, every run of a world sees for itself.
 */
#include "tests/small_world.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/world/tap.h"
#include "sim/ns3/clock.h"
#include "sim/ns3/link.h"

#define WHOLE	 (1472 + 42) /* of a datagram in link_udp.yaml */
#define FRAME_NS 123040	     /* with 24 bytes of framing at 100 Mb/s */

static double number(const struct small_world *w, const char *name)
{
	return small_world_number(w, name);
}

/* --- by hand ------------------------------------------------------------ */

/* (1514 + 24) * 8 bit at 100 Mb/s are 123.04 us. Two frames take framing
 * twice. */
static void how_long_it_takes(void **state)
{
	static const struct {
		const char *sets;
		double ns;
	} cases[] = {
		{"", 3e6 + 123040},
		{"link.queue=none", 3e6 + 123040},
		{"link.queue=fq_codel", 3e6 + 123040},
		{"link.queue=red", 3e6 + 123040},
		{"link.delay=0ns", 123040},
		{"link.delay=12345678ps", 12345.678 + 123040},
		{"link.rate=1Gbps link.framing=2B", 3e6 + 12128},
		{"client.size=2958B", 3e6 + 8 * (3000 + 48) * 10},
		{"link.frame_cost=7us", 3e6 + 123040},
	};
	struct small_world w = {0};

	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		small_world_run(&w, "link_udp", cases[i].sets, 1);
		assert_float_equal(number(&w, "link.there_delay.mean"),
				   cases[i].ns, 1e-3);
		assert_float_equal(number(&w, "link.there_delay.max"),
				   cases[i].ns, 1e-3);
	}
	assert_float_equal(number(&w, "server.latency.mean"),
			   3e6 + 123040 + 7000, 1e-3);
	small_world_free(&w);
}

/* Twice what it carries: the wire is never idle, the queue is full, and the
 * rest is dropped. The first datagram is due after 58.88 us. */
static void what_it_carries(void **state)
{
	static const char *const sets[] = {
		"client.offered=200Mbps link.limit=50 link.queue=none",
		"client.offered=200Mbps link.limit=50"};
	struct small_world w = {0};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		double arrived, wait = 50 + i;

		small_world_run(&w, "link_udp", sets[i], 1);
		arrived = number(&w, "link.there") / 8 / WHOLE;
		assert_float_equal(arrived,
				   floor((1e9 - 3e6 - 58880) / FRAME_NS), 0);
		assert_float_equal(number(&w, "link.there_queue.max"), wait, 0);
		assert_float_equal(number(&w, "link.there_delay.max"),
				   3e6 + (wait + 1) * FRAME_NS, FRAME_NS);
		assert_in_range(number(&w, "client.rate") - arrived -
					number(&w, "link.there_drops"),
				wait, wait + 3e6 / FRAME_NS + 2);
		assert_true(number(&w, "server.missing") <=
			    number(&w, "link.there_drops"));
	}
	small_world_free(&w);
}

/* --- queues ------------------------------------------------------------- */

/* Against datagrams that heed nothing CoDel and RED can do little, but less
 * waits than the limit lets. */
static void queues_that_drop_early(void **state)
{
	static const char *const sets[] = {
		"link.queue=red client.offered=110Mbps",
		"link.queue=codel client.offered=110Mbps",
		"link.queue=fq_codel client.offered=110Mbps"};
	struct small_world w = {0};
	double full;

	(void)state;
	small_world_run(&w, "link_udp", "client.offered=110Mbps", 1);
	full = number(&w, "link.there_queue.mean");
	assert_true(full > 400);
	for (unsigned i = 0; i < 3; i++) {
		small_world_run(&w, "link_udp", sets[i], 1);
		assert_true(number(&w, "link.there_drops") > 0);
		assert_true(number(&w, "link.there_queue.mean") < full);
	}
	small_world_free(&w);
}

/* Of flow 1 twenty, then one of flow 2, at the same time. */
struct order {
	unsigned n, second; /* arrived; the place of flow 2's */
	char flow_2;
};

static void nothing(void *owner, unsigned end)
{
	(void)owner;
	(void)end;
}

static void arrives(void *owner, unsigned end, void *what, enum ns3_fate fate)
{
	struct order *o = owner;

	assert_int_equal(end, 1);
	assert_int_equal(fate, NS3_ARRIVED);
	o->n++;
	if (what == &o->flow_2)
		o->second = o->n;
}

static unsigned place_of_second(enum ns3_disc disc)
{
	struct sim *sim = sim_new((size_t)1 << 26, 1);
	struct order o = {0};
	struct ns3_link_conf conf = {.rate = 100000000,
				     .delay = SIM_MS,
				     .disc = disc,
				     .limit = 100,
				     .target = 5 * SIM_MS,
				     .interval = 100 * SIM_MS,
				     .least = 30,
				     .most = 90,
				     .quantum = 1514};
	struct ns3_link_calls calls = {&o, nothing, nothing, arrives};
	struct ns3_link *l = ns3_link_new(sim, &conf, &calls);

	for (unsigned i = 0; i < 20; i++)
		ns3_link_send(l, 1, &o, 1500, 1);
	ns3_link_send(l, 1, &o.flow_2, 1500, 2);
	assert_int_equal(sim_run(sim, SIM_SEC), SIM_OK);
	assert_int_equal(o.n, 21);
	sim_free(sim);
	return o.second;
}

static void flows_take_turns(void **state)
{
	(void)state;
	assert_int_equal(place_of_second(NS3_DISC_NONE), 21);
	assert_int_equal(place_of_second(NS3_DISC_PFIFO), 21);
	assert_int_equal(place_of_second(NS3_DISC_CODEL), 21);
	assert_in_range(place_of_second(NS3_DISC_FQ_CODEL), 2, 5);
}

/* --- losses ------------------------------------------------------------- */

static double lost_of(struct small_world *w, const char *sets, uint64_t seed)
{
	small_world_run(w, "link_udp", sets, seed);
	assert_float_equal(number(w, "server.missing"),
			   number(w, "link.there_losses"), 20);
	assert_true(number(w, "link.there_drops") == 0);
	assert_true(number(w, "link.back_losses") == 0);
	return number(w, "link.there_losses");
}

/* 8491 datagrams; five standard deviations, which a burst makes wider. */
static void a_share_is_lost(void **state)
{
	struct small_world w = {0};
	double n = 0.02 * 8491, five = 5 * sqrt(n), lost;

	(void)state;
	lost = lost_of(&w,
		       "client.offered=100Mbps link.rate=1Gbps "
		       "link.loss=2%",
		       1);
	assert_float_equal(lost, n, five);
	lost = lost_of(&w,
		       "client.offered=100Mbps link.rate=1Gbps "
		       "link.loss=2% link.burst=4",
		       1);
	assert_float_equal(lost, n, five * sqrt(2 * 4 - 1));
	small_world_free(&w);
}

/* Which are lost is the link's own chance and the seed's, and nobody else's:
 * the same of the same packets, whatever else is set. */
static void chance_is_its_own(void **state)
{
	struct small_world w = {0};
	double lost = lost_of(&w, "link.loss=2%", 1);

	(void)state;
	assert_true(lost == lost_of(&w,
				    "link.loss=2% link.queue=none "
				    "link.loss_back=50%",
				    1));
	assert_true(lost == lost_of(&w,
				    "link.loss=2% link.queue=red "
				    "client.load=even link.frame_cost=1us",
				    1));
	assert_true(lost != lost_of(&w, "link.loss=2%", 2) ||
		    lost != lost_of(&w, "link.loss=2%", 3));
	small_world_free(&w);
}

/* --- TCP ---------------------------------------------------------------- */

static off_t size_of(const char *folder, const struct scenario *sc, int stage)
{
	char *path = tap_path(folder, sc, 0, 1, (unsigned)stage);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	unlink(path);
	free(path);
	return st.st_size;
}

/* What comes back is lost too; nobody knows of the recording, which sees before
 * the link what it does not see behind. */
static void tcp_crosses_it(void **state)
{
	char folder[] = "/tmp/ringsim-link-XXXXXX";
	struct small_world w = {0};
	uint64_t hash;
	int vif, receiver;

	(void)state;
	small_world_run(&w, "link_tcp", "link.loss=0.5% link.loss_back=0.5%",
			1);
	hash = w.out.trace_hash;
	assert_true(number(&w, "link.there_losses") > 5);
	assert_true(number(&w, "link.back_losses") > 5);
	assert_true(number(&w, "client.resends") >=
		    number(&w, "link.there_losses") - 5);
	assert_true(number(&w, "server.goodput") > 1e6);
	vif = scenario_stage(w.sc, "vif");
	receiver = scenario_stage(w.sc, "receiver");
	w.sc->pcap = calloc(2, sizeof *w.sc->pcap);
	w.sc->pcap[w.sc->n_pcap++] = (unsigned)vif;
	w.sc->pcap[w.sc->n_pcap++] = (unsigned)receiver;
	assert_non_null(mkdtemp(folder));
	w.out.pcap = folder;
	assert_true(world_run(&w.block, w.sc, &w.sc->points[0], 1, &w.out));
	assert_true(w.out.trace_hash == hash);
	assert_true(size_of(folder, w.sc, vif) > 70000);
	assert_true(size_of(folder, w.sc, receiver) > 70000);
	rmdir(folder);
	small_world_free(&w);
}

/* The guest is not slowed down: what it sends is gone. */
static void nobody_is_told_to_stop(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "link_udp",
			"client.load=saturate client.write_cost=5us "
			"link.rate=10Mbps run.measure=100ms",
			1);
	assert_float_equal(number(&w, "client.rate"), 200000, 2000);
	small_world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_long_it_takes),
		cmocka_unit_test(what_it_carries),
		cmocka_unit_test(queues_that_drop_early),
		cmocka_unit_test(flows_take_turns),
		cmocka_unit_test(a_share_is_lost),
		cmocka_unit_test(chance_is_its_own),
		cmocka_unit_test(tcp_crosses_it),
		cmocka_unit_test(nobody_is_told_to_stop),
	};

	if (!ns3_built()) {
		print_message("built without ns-3: nothing to be tried\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
