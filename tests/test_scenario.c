/* SPDX-License-Identifier: MIT */
/* What a scenario that is right turns into. */
#include "tests/fake_catalog.inc"

#define PATH                                                                   \
	"path:\n"                                                              \
	"  - gen: {name: app}\n"                                               \
	"  - net: {name: guest, slots: 128}\n"                                 \
	"  - tx: {name: host}\n"                                               \
	"  - sink\n"

/* Loads a text and up to two --set; fails if there is a complaint. */
static struct scenario *load(const char *text, char *set1, char *set2)
{
	char *const sets[] = {set1, set2};
	struct scenario *sc;
	char *told;

	write_file("s.yaml", text);
	told = load_file("s.yaml", sets, (set1 != NULL) + (set2 != NULL), &sc);
	if (!sc)
		fail_msg("%s", told);
	free(told);
	return sc;
}

static const struct param *row_of(const struct scenario *sc, const char *stage,
				  const char *name, unsigned *s)
{
	int at = scenario_stage(sc, stage);

	assert_true(at >= 0);
	*s = (unsigned)at;
	for (unsigned i = 0; i < sc->stages[*s].type->n_params; i++)
		if (strcmp(sc->stages[*s].type->params[i].name, name) == 0)
			return &sc->stages[*s].type->params[i];
	fail();
	return NULL;
}

/* The value of a parameter, at a point (NULL: without the sweep). */
static void assert_value(const struct scenario *sc, const struct point *pt,
			 const char *stage, const char *name, const char *value)
{
	unsigned s;
	const struct param *row = row_of(sc, stage, name, &s);
	void *params = mem_new(1, sc->stages[s].type->params_size);
	char text[512];

	if (pt)
		scenario_params(sc, pt, s, params);
	else
		memcpy(params, sc->stages[s].params,
		       sc->stages[s].type->params_size);
	param_format(row, param_field(row, params), text, sizeof text);
	assert_string_equal(text, value);
	free(params);
}

static void assert_source(const struct scenario *sc, const char *stage,
			  const char *name, const char *source)
{
	unsigned s;
	const struct param *row = row_of(sc, stage, name, &s);
	const char *is =
		sc->stages[s].sources[row - sc->stages[s].type->params];

	if (source)
		assert_string_equal(is, source);
	else
		assert_null(is);
}

/* The points as "a b, c d". */
static void assert_points(const struct scenario *sc, const char *expected)
{
	char all[2000] = "";
	size_t n = 0;

	for (unsigned i = 0; i < sc->n_points; i++)
		for (unsigned j = 0; j < sc->n_swept; j++)
			n += (size_t)snprintf(all + n, sizeof all - n, "%s%s",
					      j	  ? " "
					      : i ? ", "
						  : "",
					      sc->points[i].values[j]);
	assert_string_equal(all, expected);
}

static void test_page_of_a_lab_book(void **state)
{
	struct scenario *sc = load(
		"question: How much?\n"
		"source: a mail\n" PATH "run: {warmup: 1ms, seeds: 3}\n"
		"sweep:\n"
		"  host.rest: [sleep, retries(20)]\n"
		"  host.cost: {from: 0.2us, to: 2us, points: 4}\n"
		"expect:\n"
		"  - {id: S1.bh, metric: app.rate, between: [250kpps, ~],\n"
		"     at: {host.rest: sleep, host.cost: default}, "
		"kind: fitted,\n"
		"     documented: fast}\n"
		"  - id: S1.toofast\n"
		"    value: SELECT 1\n"
		"    unit: ratio\n"
		"    between: [~, 1.8]\n"
		"    known_miss: it is so\n",
		NULL, NULL);

	(void)state;
	assert_string_equal(sc->name, "s");
	assert_string_equal(sc->path, "s.yaml");
	assert_string_equal(sc->question, "How much?");
	assert_string_equal(sc->source, "a mail");
	assert_int_equal(sc->n_path, 4);
	assert_int_equal(sc->n_stages, 7);
	assert_string_equal(sc->stages[0].name, "run");
	assert_string_equal(sc->stages[4].name, "sink");
	assert_string_equal(sc->stages[5].name, "kvm");
	assert_string_equal(sc->stages[6].name, "qemu");
	assert_value(sc, NULL, "run", "warmup", "1ms");
	assert_value(sc, NULL, "run", "measure", "2s");
	assert_int_equal(sc->n_points, 9);
	assert_value(sc, &sc->points[5], "host", "rest", "retries(20)");
	assert_value(sc, &sc->points[5], "host", "cost", "800ns");
	assert_value(sc, &sc->points[5], "guest", "slots", "128");
	assert_int_equal(sc->n_expects, 2);
	assert_string_equal(sc->expects[0].unit, "pps");
	assert_true(sc->expects[0].low == 250000);
	assert_true(isinf(sc->expects[0].high));
	assert_true(sc->expects[0].banded);
	assert_int_equal(sc->expects[0].kind, EXPECT_FITTED);
	assert_int_equal(sc->expects[0].point, 8);
	assert_value(sc, &sc->points[8], "host", "cost", "700ns");
	assert_string_equal(sc->expects[0].documented, "fast");
	assert_null(sc->expects[0].known_miss);
	assert_string_equal(sc->expects[1].sql, "SELECT 1");
	assert_null(sc->expects[1].metric);
	assert_int_equal(sc->expects[1].kind, EXPECT_OBSERVED);
	assert_string_equal(sc->expects[1].known_miss, "it is so");
	scenario_free(sc);
}

static void test_who_overrides_whom(void **state)
{
	static const char *const all[] = {"gen", "kvm", "sink"};
	struct scenario *sc;

	(void)state;
	mkdir("m", 0777);
	write_file("m/base.yaml",
		   "defaults:\n"
		   "  tx: {slots: 2, cost: 1us, rest: spin(1us)}\n"
		   "  kvm: {slots: 8}\n"
		   "  net: {slots: {value: 8, source: spec}}\n"
		   "run: {seeds: 7, seed: 7}\n");
	write_file("m/top.yaml", "include: base.yaml\n"
				 "source: of the machine\n"
				 "defaults:\n"
				 "  tx: {slots: 4, cost: 2us}\n");
	sc = load("include: [m/top.yaml]\n"
		  "defaults: {tx: {slots: 16}, net: {cost: 5us}}\n"
		  "run: {seed: 9}\n"
		  "path: [gen, {net: {cost: 6us, slots: 9}}, {tx: {name: "
		  "host}}, sink]\n",
		  "host.cost.jitter=gamma(5%)", "net.cost=7us");
	assert_value(sc, NULL, "host", "slots", "16");
	assert_value(sc, NULL, "host", "cost", "2us");
	assert_value(sc, NULL, "host", "rest", "spin(1us)");
	assert_value(sc, NULL, "host", "cost.jitter", "gamma(5%)");
	assert_value(sc, NULL, "net", "cost", "7us");
	assert_value(sc, NULL, "kvm", "slots", "8");
	assert_value(sc, NULL, "qemu", "slots", "256");
	assert_value(sc, NULL, "run", "seeds", "7");
	assert_value(sc, NULL, "run", "seed", "9");
	assert_source(sc, "net", "cost", "set");
	assert_source(sc, "host", "slots", NULL);
	assert_source(sc, "net", "slots", NULL);
	assert_string_equal(sc->source, "of the machine");
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		assert_true(scenario_stage(sc, all[i]) > 0);
	assert_int_equal(scenario_stage(sc, "tx"), -1);
	scenario_free(sc);
}

static void test_costs_and_their_sources(void **state)
{
	struct scenario *sc = load(
		"defaults:\n"
		"  net: {cost: &c {mean: {value: 3us, source: paper},\n"
		"        jitter: gamma(10%), noise: 20%, source: fitted(S1)}}\n"
		"  tx: {cost: {value: 4us, source: mail}}\n"
		"  vhost: {cost: *c}\n"
		"  kvm: {slots: {value: 4, source: code}, cost: 9us}\n"
		"path: [gen, net, {tx: {cost.noise_time: 3ms}}, sink]\n",
		NULL, NULL);

	(void)state;
	assert_value(sc, NULL, "net", "cost", "3us");
	assert_value(sc, NULL, "net", "cost.jitter", "gamma(10%)");
	assert_value(sc, NULL, "net", "cost.noise", "0.2");
	assert_value(sc, NULL, "net", "cost.noise_time", "100ms");
	assert_source(sc, "net", "cost", "paper");
	assert_source(sc, "net", "cost.jitter", "fitted(S1)");
	assert_source(sc, "net", "cost.noise_time", NULL);
	assert_value(sc, NULL, "tx", "cost", "4us");
	assert_source(sc, "tx", "cost", "mail");
	assert_value(sc, NULL, "tx", "cost.noise_time", "3ms");
	assert_source(sc, "kvm", "slots", "code");
	scenario_free(sc);
	sc = load("defaults: {net: {cost: &c {mean: 3us}}, vhost: {cost: *c}}\n"
		  "path: [gen, net, vhost, sink]",
		  NULL, NULL);
	assert_value(sc, NULL, "vhost", "cost", "3us");
	scenario_free(sc);
}

static void test_names_and_machine(void **state)
{
	struct scenario *sc =
		load("path: [wire, relay, relay: {name: r}, relay, sink: ]",
		     NULL, NULL);

	(void)state;
	assert_int_equal(sc->n_stages, 6);
	assert_string_equal(sc->stages[2].name, "relay");
	assert_string_equal(sc->stages[3].name, "r");
	assert_string_equal(sc->stages[4].name, "relay2");
	assert_int_equal(sc->n_points, 1);
	assert_int_equal(sc->n_swept, 0);
	scenario_free(sc);
	sc = load("path: [maker, tx, sink]", NULL, NULL);
	assert_int_equal(sc->n_stages, 6);
	assert_string_equal(sc->stages[4].name, "kvm");
	assert_string_equal(sc->stages[5].name, "qemu");
	scenario_free(sc);
	sc = load("path: [gen, net, vhost, sink]", NULL, NULL);
	assert_int_equal(sc->n_stages, 6);
	assert_string_equal(sc->stages[5].name, "kvm");
	scenario_free(sc);
}

static void test_sweeps(void **state)
{
	static const struct {
		const char *sweep, *points;
	} all[] = {
		{"{host.slots: [2, 4], guest.slots: [8, 16]}",
		 "2 8, 2 16, 4 8, 4 16"},
		{"{guest.slots: [8, 16], host.slots: [2, 4]}",
		 "8 2, 8 4, 16 2, 16 4"},
		{"{app.eager: [on, off]}", "on, off"},
		{"{host.slots: [default, 4]}", "256, 4"},
		{"{host.cost: {from: 1us, to: 2us, points: 3}}",
		 "1us, 1.5us, 2us"},
		{"{host.cost: {from: 2us, to: 1us, points: 3}}",
		 "2us, 1.5us, 1us"},
		{"{host.cost: {from: 1us, to: 100us, points: 3, scale: log}}",
		 "1us, 10us, 100us"},
		{"{host.cost: {from: 1us, to: 2.000001us, points: 3}}",
		 "1us, 1.5us, 2.000001us"},
		{"{app.pace: {from: 1kpps, to: 4kpps, points: 4}}",
		 "1kpps, 2kpps, 3kpps, 4kpps"},
		{"{app.size: {from: 1KiB, to: 4KiB, points: 4}}",
		 "1KiB, 2KiB, 3KiB, 4KiB"},
		{"{host.slots: {from: 2, to: 4, points: 9}}", "2, 3, 4"},
		{"{host.slots: {from: 2, to: 2, points: 1}}", "2"},
		{"{host.cost.noise: {from: 0, to: 1, points: 4}}",
		 "0, 0.33333, 0.66667, 1"},
		{"{zip: [{host.slots: [2, 4, 4], guest.slots: [8, 8, 16]}]}",
		 "2 8, 4 8, 4 16"},
		{"{zip: {host.slots: [2, 4], guest.slots: [8, 16]}, "
		 "app.size: [1B, 2B]}",
		 "2 8 1B, 2 8 2B, 4 16 1B, 4 16 2B"},
		{"{app.size: [1B, 2B], zip: [{host.slots: [2, 4], "
		 "guest.cost: {from: 1us, to: 2us, points: 2}}]}",
		 "1B 2 1us, 1B 4 2us, 2B 2 1us, 2B 4 2us"},
		{"{host.slots: [2, 4, 8], app.size: [1B, 2B], where: "
		 "[{host.slots: [2, 8], app.size: 1B}, {host.slots: 4}]}",
		 "2 1B, 4 1B, 4 2B, 8 1B"},
		{"{host.cost: [1us, 2us, 3us, 4us], where: "
		 "{host.cost: {from: 2us, to: 3us}}}",
		 "2us, 3us"},
		{"{host.cost: [1us, 2us, 3us], where: "
		 "[{host.cost: {from: 2us}}]}",
		 "2us, 3us"},
		{"{kvm.cost: [1us], run.measure: [1s, 2s]}", "1us 1s, 1us 2s"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		char *text = mem_format(PATH "sweep: %s\n", all[i].sweep);
		struct scenario *sc = load(text, NULL, NULL);

		assert_points(sc, all[i].points);
		scenario_free(sc);
		free(text);
	}
}

static void test_set_holds_a_swept_setting(void **state)
{
	struct scenario *sc =
		load(PATH "sweep: {host.slots: [2, 4], guest.slots: [8, 16]}",
		     "host.slots=32", NULL);

	(void)state;
	assert_points(sc, "32 8, 32 16");
	scenario_free(sc);
	sc = load(PATH "sweep: {zip: [{host.slots: [2, 4, 4], guest.slots: "
		       "[8, 8, 16]}]}",
		  "host.slots=32", NULL);
	assert_points(sc, "32 8, 32 16");
	scenario_free(sc);
}

static void test_points_of_expectations(void **state)
{
	static const struct {
		const char *sweep, *at, *points;
		unsigned point;
	} all[] = {
		{"{host.slots: [2, 4]}", "{host.slots: 4}", "2, 4", 1},
		/* The one without a sweep is added. */
		{"{host.slots: [2, 4]}", "{host.slots: default}", "2, 4, 256",
		 2},
		{"{host.slots: [2, 4]}", NULL, "2, 4, 256", 2},
		{"{host.slots: [2, 256]}", NULL, "2, 256", 1},
		{"{host.slots: [2]}", NULL, "2", 0},
		{"{}", NULL, "", 0},
		{"{}", "{host.slots: 4}", "256, 4", 1},
		{"{}", "{host.slots: 256}", "256", 0},
		/* What is zipped needs not be said twice. */
		{"{zip: {host.slots: [2, 4], guest.slots: [8, 16]}}",
		 "{host.slots: 4}", "2 8, 4 16", 1},
		{"{zip: {host.slots: [2, 4], guest.slots: [8, 16]}}",
		 "{host.slots: 4, guest.slots: 8}", "2 8, 4 16, 4 8", 2},
		/* A setting of one value needs not be said at all. */
		{"{host.slots: [2, 4], guest.slots: [8]}", "{host.slots: 4}",
		 "2 8, 4 8", 1},
		{"{host.slots: [2, 4], guest.slots: [8]}", "{host.slots: 16}",
		 "2 8, 4 8, 16 8", 2},
		/* One that is not swept joins, and stands still elsewhere. */
		{"{host.slots: [2, 4]}", "{host.slots: 4, guest.slots: 64}",
		 "2 128, 4 128, 4 64", 2},
		{"{host.slots: [2, 4]}", "{host.slots: 4, guest.slots: 128}",
		 "2 128, 4 128", 1},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		char *text = mem_format(
			PATH "sweep: %s\n"
			     "expect: [{id: a, metric: app.rate%s%s}]\n",
			all[i].sweep, all[i].at ? ", at: " : "",
			all[i].at ? all[i].at : "");
		struct scenario *sc = load(text, NULL, NULL);

		assert_points(sc, all[i].points);
		assert_int_equal(sc->expects[0].point, all[i].point);
		assert_false(sc->expects[0].banded);
		scenario_free(sc);
		free(text);
	}
}

static void test_bands(void **state)
{
	static const struct {
		const char *what, *between;
		double low, high;
	} all[] = {
		{"metric: app.rate", "[250kpps, 0.3Mpps]", 250e3, 300e3},
		{"metric: app.rate.cv", "[3%, 0.5]", 0.03, 0.5},
		{"metric: app.latency.p99", "[500ps, 1.5us]", 0.5, 1500},
		{"metric: app.kicks.rate", "[2500, 3k/s]", 2500, 3000},
		{"metric: app.kicks", "[0, 7]", 0, 7},
		{"value: SELECT 1", "[-1.5, 2]", -1.5, 2},
		{"value: SELECT 1, unit: percent", "[3%, 5]", 3, 5},
		{"value: SELECT 1, unit: ns", "[3ns, 5us]", 3, 5000},
		{"value: SELECT 1, unit: B", "[3B, 5B]", 3, 5},
		{"value: SELECT 1, unit: bps", "[3Mbps, 5Gbps]", 3e6, 5e9},
		{"value: SELECT 1, unit: packets", "[3, 5packets]", 3, 5},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		char *text = mem_format(PATH "expect: [{id: a, %s, "
					     "between: %s}]\n",
					all[i].what, all[i].between);
		struct scenario *sc = load(text, NULL, NULL);

		assert_true(sc->expects[0].low == all[i].low);
		assert_true(sc->expects[0].high == all[i].high);
		scenario_free(sc);
		free(text);
	}
}

static void test_figures(void **state)
{
	struct scenario *sc = load(
		PATH
		"sweep: {host.slots: [2, 4], host.rest: [sleep]}\n"
		"samples: [app.rate]\n"
		"expect: [{id: a, metric: app.rate, between: [1pps, ~]}]\n"
		"figures:\n"
		"  - {name: a-1, x: host.slots, y: app.rate, scale_x: log,\n"
		"     series: host.rest, band: [a], title: \"T \\\"t\\\"\",\n"
		"     ideal: {label: l, sql: 1/2}, at: {host.rest: sleep}}\n"
		"  - {name: b, kind: time, y: app.rate}\n"
		"  - {name: c, kind: percentiles, y: [sink.latency]}\n",
		NULL, NULL);

	(void)state;
	assert_int_equal(sc->n_samples, 1);
	assert_string_equal(sc->samples[0], "app.rate");
	assert_int_equal(sc->n_figures, 3);
	assert_string_equal(sc->figures[0].name, "a-1");
	assert_string_equal(
		sc->figures[0].json,
		"{\"name\":\"a-1\",\"title\":\"T \\\"t\\\"\","
		"\"x\":\"host.slots\",\"y\":[\"app.rate\"],"
		"\"series\":[\"host.rest\"],\"scale_x\":\"log\","
		"\"ideal\":[{\"sql\":\"1/2\",\"label\":\"l\"}],"
		"\"band\":[\"a\"],\"at\":{\"host.rest\":\"sleep\"}}");
	assert_string_equal(sc->figures[1].json,
			    "{\"name\":\"b\",\"kind\":\"time\","
			    "\"y\":[\"app.rate\"]}");
	scenario_free(sc);
}

/* Times are handed on in ns, bounds in the unit of results, values of x as they
 * are stored. */
static void test_kinds_of_figures(void **state)
{
	struct scenario *sc = load(
		PATH
		"sweep: {host.slots: [2, 4], host.rest: [sleep, spin(3us)]}\n"
		"samples: [app.rate]\n"
		"expect: [{id: a, metric: app.rate, between: [1pps, ~]}]\n"
		"figures:\n"
		"  - {name: a, kind: stalls, series: [waiter, host.slots],\n"
		"     marks: {RTO: 1s, other: host.cost}, from: 50ms}\n"
		"  - {name: b, kind: panels, around: longest_stall,\n"
		"     margin: 200ms, panels: [{y: app.rate, title: t,\n"
		"     kind: steps, scale_y: log}]}\n"
		"  - {name: c, kind: bars, x: host.rest, y: app.rate,\n"
		"     ranges: {sleep: a, spin(3000ns): [1kpps, ~]}}\n"
		"  - {name: d, kind: expected, band: a}\n",
		NULL, NULL);

	(void)state;
	assert_int_equal(sc->n_figures, 4);
	assert_string_equal(
		sc->figures[0].json,
		"{\"name\":\"a\",\"kind\":\"stalls\",\"series\":[\"waiter\","
		"\"host.slots\"],\"marks\":{\"RTO\":1000000000.0,"
		"\"other\":700.0},\"from\":50000000.0}");
	assert_string_equal(
		sc->figures[1].json,
		"{\"name\":\"b\",\"kind\":\"panels\",\"panels\":[{\"title\":"
		"\"t\",\"kind\":\"steps\",\"y\":[\"app.rate\"],\"scale_y\":"
		"\"log\"}],\"around\":\"longest_stall\","
		"\"margin\":200000000.0}");
	assert_string_equal(
		sc->figures[2].json,
		"{\"name\":\"c\",\"kind\":\"bars\",\"x\":\"host.rest\","
		"\"y\":[\"app.rate\"],\"ranges\":{\"sleep\":\"a\","
		"\"spin(3us)\":[1000.0,null]}}");
	assert_string_equal(sc->figures[3].json,
			    "{\"name\":\"d\",\"kind\":\"expected\","
			    "\"band\":[\"a\"]}");
	scenario_free(sc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_of_a_lab_book),
		cmocka_unit_test(test_who_overrides_whom),
		cmocka_unit_test(test_costs_and_their_sources),
		cmocka_unit_test(test_names_and_machine),
		cmocka_unit_test(test_sweeps),
		cmocka_unit_test(test_set_holds_a_swept_setting),
		cmocka_unit_test(test_points_of_expectations),
		cmocka_unit_test(test_bands),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_kinds_of_figures),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
