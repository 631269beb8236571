/* SPDX-License-Identifier: MIT */
/* What is said of a scenario that is wrong: every mistake, once, with its
 * place. */
#include "tests/fake_catalog.inc"

#define PATH   "path: [gen, net, {tx: {name: host}}, sink]\n"
#define SWEEP  PATH "sweep: "
#define EXPECT PATH "expect:\n"
#define FIGURE PATH "sweep: {host.slots: [2]}\nfigures:\n"

static void assert_told(const char *text, const char *expected)
{
	struct scenario *sc;
	char *told;

	write_file("s", text);
	told = load_file("s", NULL, 0, &sc);
	if (strcmp(told, expected) != 0)
		fail_msg("of\n%s\nis told\n%sand not\n%s", text, told,
			 expected);
	scenario_free(sc);
	free(told);
}

struct mistake {
	const char *text, *told;
};

static void try_all(const struct mistake *all, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert_told(all[i].text, all[i].told);
}

#define TRY(all) try_all(all, sizeof(all) / sizeof *(all))

static void test_files(void **state)
{
	static const struct mistake all[] = {
		{"", "s: it is empty.\n"},
		{"# nothing\n", "s: it says nothing: there are only "
				"comments.\n"},
		{"just a word", "s:1:1: a scenario is a map of keys, but here "
				"is a text.\n"},
		{"- a\n- b\n", "s:1:1: a scenario is a map of keys, but here "
			       "is a list.\n"},
		{"\x7f",
		 "s:1:1: here is a byte that is no text; a scenario is a text "
		 "in UTF-8.\n"},
		{"a: b\nc: \xff\n",
		 "s:2:4: here is a byte that is no text; a scenario is a text "
		 "in UTF-8.\n"},
		{"a: \xc0\xaf\n",
		 "s:1:4: here is a byte that is no text; a scenario is a text "
		 "in UTF-8.\n"},
		{"a: \xe0\x82\xa9\n",
		 "s:1:4: here is a byte that is no text; a scenario is a text "
		 "in UTF-8.\n"},
		{"a: \xed\xa0\x80\n",
		 "s:1:4: here is a byte that is no text; a scenario is a text "
		 "in UTF-8.\n"},
		{"a: [1, 2\n", "s:2:1: this is not YAML: flow sequence without "
			       "a closing bracket.\n"},
		{"%YAML 1.2\n---\na: 1\n",
		 "s:1:1: this line is a YAML directive, of which a scenario "
		 "needs none.\n"},
		{"a: b: c\n", "s:1:5: this is not YAML: invalid nested block "
			      "mapping on the same line.\n"},
		{"a: 1\n---\nb: 2\n", "s:2:1: a second document begins here; a "
				      "scenario is one.\n"},
		{"? [a]\n: b\n", "s:1:3: a key is a word, not a list or a "
				 "map.\n"},
		{"a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		 "s:1:27: this is nested more than 24 deep.\n"},
		{"a: &x [*x]\n", "s:1:8: there is no anchor &x before this "
				 "alias.\n"},
		{PATH "question: \"a\\0b\"\n",
		 "s:2:12: there is a control character in this text.\n"},
		{PATH "question: a\nquestion: b\n",
		 "s:3:1: \"question\" stands here twice; first in line 2.\n"},
		{PATH "qestion: a\n", "s:2:1: a scenario has no key "
				      "\"qestion\"; did you mean question?\n"},
		{PATH "question: [a]\nsource:\n",
		 "s:2:11: question is a text, but here is a list.\n"
		 "s:3:1: source is a text, but here is nothing.\n"},
		{"question: a\n",
		 "s:1:1: the scenario has no path: it says what a packet goes "
		 "through.\n"},
	};

	(void)state;
	TRY(all);
}

static void test_includes(void **state)
{
	static const struct mistake all[] = {
		{PATH "include: [nowhere.yaml]\n",
		 "s:2:11: nowhere.yaml cannot be included: it cannot be read: "
		 "No such file or directory.\n"},
		{PATH "include: d\n",
		 "s:2:10: d cannot be included: it is a directory; a scenario "
		 "is a file.\n"},
		{PATH "include: [[a], {b: c}]\n",
		 "s:2:11: an include is a text, but here is a list.\n"
		 "s:2:16: an include is a text, but here is a map.\n"},
		{PATH "include: [s]\n", "s:2:11: s includes itself.\n"},
		{PATH "include: [d/one]\n",
		 "d/two:1:10: d/../s includes itself.\n"},
		/* What is wrong in a file that is included twice is told
		 * once. */
		{PATH "include: [bad, bad]\nquestion: {}\n",
		 "bad:1:1: an included file has no key \"path\".\n"
		 "s:3:11: question is a text, but here is a map.\n"},
	};

	(void)state;
	mkdir("d", 0777);
	write_file("d/one", "include: two\n");
	write_file("d/two", "include: ../s\n");
	write_file("bad", "path: []\n");
	TRY(all);
}

static void test_sizes(void **state)
{
	struct scenario *sc;
	char *told;

	(void)state;
	write_file("big", "a");
	assert_int_equal(truncate("big", 100 << 20), 0);
	told = load_file("big", NULL, 0, &sc);
	assert_string_equal(told, "big: it is 100.0 MiB; a scenario is a text "
				  "of at most 1 MiB.\n");
	free(told);
	mkdir("folder", 0777);
	told = load_file("folder", NULL, 0, &sc);
	assert_string_equal(told, "folder: it is a directory; a scenario is a "
				  "file.\n");
	free(told);
	assert_int_equal(mkfifo("pipe", 0666), 0);
	told = load_file("pipe", NULL, 0, &sc);
	assert_string_equal(told, "pipe: it is not a regular file.\n");
	free(told);
	write_file("v_run.yaml", PATH);
	told = load_file("v_run.yaml", NULL, 0, &sc);
	assert_string_equal(told,
			    "v_run.yaml: \"v_run\" names its results, but "
			    "is a name of the database's own.\n");
	free(told);
}

/* A few lines must not become many things. */
static void test_bombs(void **state)
{
	char text[4000] = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
	size_t n = strlen(text);

	(void)state;
	for (int i = 1; i < 9; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, "
				      "*a%d, *a%d, *a%d, *a%d, *a%d]\n",
				      i, i, i - 1, i - 1, i - 1, i - 1, i - 1,
				      i - 1, i - 1, i - 1, i - 1);
	assert_told(text, "s:5:10: with *a3 the aliases stand for more than "
			  "10000 values, or more than 24 deep.\n");
	strcpy(text, "a0: &a0 [x]\n");
	n = strlen(text);
	for (int i = 1; i < 40; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
				      "a%d: &a%d [*a%d]\n", i, i, i - 1);
	assert_told(text, "s:23:12: with *a21 the aliases stand for more than "
			  "10000 values, or more than 24 deep.\n");
}

/* libfyaml 0.7.12 frees memory twice over this. What is said of it depends on
 * what that leads to; but something is said, and we live. */
static void test_the_reader_goes_mad(void **state)
{
	struct scenario *sc;
	char *told;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* it would report the library's mistake */
#endif
	write_file("s", "? :&a :\t:\t:\t:\t:\t:\t:\t:\t");
	told = load_file("s", NULL, 0, &sc);
	assert_null(sc);
	assert_memory_equal(told, "s:", 2);
	free(told);
	write_file("s", PATH);
	told = load_file("s", NULL, 0, &sc);
	assert_string_equal(told, "");
	free(told);
	scenario_free(sc);
}

static void test_paths(void **state)
{
	static const struct mistake all[] = {
		{"path: gen\n",
		 "s:1:7: path is a list of stages, but here is a text.\n"},
		{"path: []\n", "s:1:7: path is a list of stages, but here is "
			       "an empty one.\n"},
		{"path: [gen, net, snk]\n",
		 "s:1:18: there is no stage type \"snk\"; did you mean "
		 "sink?\n"},
		/* Nobody knows what its settings would have been. */
		{"path: [gen, net, snk]\nsweep: {snk.slots: [2]}\nexpect: "
		 "[{id: a, metric: snk.rate}]\n",
		 "s:1:18: there is no stage type \"snk\"; did you mean "
		 "sink?\n"},
		{"path: [gen, net, sink]\n",
		 "s:1:18: sink takes packets from a port, but net ends in a "
		 "ring: put tx or vhost between them.\n"},
		{"path: [gen, vhost, sink]\n",
		 "s:1:13: vhost serves a ring, but gen sends packets to a "
		 "port: put net between them.\n"},
		{"path: [sink, gen]\n",
		 "s:1:8: the path begins with sink, which takes packets from a "
		 "port: put gen or wire before it.\n"
		 "s:1:14: gen begins a path, but sink ends one: if there are "
		 "to be several, each is a list of its own.\n"
		 "s:1:14: the path ends with gen, which sends packets to a "
		 "port: put sink behind it.\n"},
		/* Several paths: each by itself. */
		{"path: [[gen, net, tx], [sink, gen], []]\n",
		 "s:1:19: the path ends with tx, which sends packets to a "
		 "port: put sink behind it.\n"
		 "s:1:25: the path begins with sink, which takes packets from "
		 "a port: put gen or wire before it.\n"
		 "s:1:31: gen begins a path, but sink ends one: if there are "
		 "to be several, each is a list of its own.\n"
		 "s:1:31: the path ends with gen, which sends packets to a "
		 "port: put sink behind it.\n"
		 "s:1:37: path is a list of stages, but here is an empty "
		 "one.\n"},
		{"path: [[gen, sink], sink]\n",
		 "s:1:21: path is a list of stages, but here is a text.\n"},
		{"path: [[gen: {name: a}, sink], [gen: {name: a}, sink]]\n",
		 "s:1:7: several paths need a machine with xen: on another "
		 "there is one guest.\n"
		 "s:1:45: the name \"a\" is taken already.\n"},
		{"path: [gen, net, tx]\n",
		 "s:1:18: the path ends with tx, which sends packets to a "
		 "port: put sink behind it.\n"},
		{"path: [gen, kvm, sink]\n",
		 "s:1:13: kvm is a part of the machine and there when it is "
		 "needed; set its parameters under defaults.\n"},
		{"path: [gen: {name: a}, sink: {name: A}]\n",
		 "s:1:37: the name \"A\" is taken already.\n"},
		{"path: [gen: {name: qemu}, sink: {name: a b}, 3, [4]]\n",
		 "s:1:20: the name \"qemu\" is taken already.\n"
		 "s:1:40: \"a b\" is no name: write at most 64 letters, "
		 "digits, _ and -, beginning with a letter or a digit.\n"
		 "s:1:46: there is no stage type \"3\".\n"
		 "s:1:49: a stage is written as type: {name: \xe2\x80\xa6, "
		 "parameters}, but here is a list.\n"},
		{"path: [gen: {sise: 3B, size: 3, pace: fast, eager: yes}, "
		 "sink: 7]\n",
		 "s:1:14: gen has no parameter \"sise\"; did you mean size?\n"
		 "s:1:30: size: 3 needs a unit: write 3B or 3KiB (B, KiB, MiB "
		 "or GiB).\n"
		 "s:1:39: pace: \"fast\" is not a rate of packets: write one "
		 "like 250kpps.\n"
		 "s:1:52: eager: \"yes\" is neither on nor off.\n"
		 "s:1:64: sink is a map of parameters, but here is a text.\n"},
	};

	(void)state;
	TRY(all);
}

static void test_values(void **state)
{
	static const struct mistake all[] = {
		{PATH "defaults: {nett: {slots: 3}, kvm: 3}\n",
		 "s:2:12: there is no stage type \"nett\"; did you mean net?\n"
		 "s:2:35: kvm is a map of parameters, but here is a text.\n"},
		{PATH "defaults: {net: {slots: 1, slots: 70000}}\n",
		 "s:2:25: slots: 1 is out of range: it lies in 2 to 32768.\n"
		 "s:2:28: \"slots\" stands here twice; first in line 2.\n"},
		{PATH "defaults: {net: {slots: [3], rest: {valu: sleep}}}\n",
		 "s:2:25: slots is a text, but here is a list.\n"
		 "s:2:36: rest has no value here.\n"
		 "s:2:37: a value has no key \"valu\"; did you mean value?\n"},
		{PATH "defaults: {net: {cost: {mean: 20, jitter: gama(1%), "
		      "nose: 3}}}\n",
		 "s:2:31: cost: 20 needs a unit: write 20us or 20ns (ps, ns, "
		 "us, ms or s).\n"
		 "s:2:43: cost.jitter: \"gama(1%)\" is not a jitter: write "
		 "none, or normal, lognormal, gamma, uniform or exponential "
		 "with a standard deviation, like gamma(15%).\n"
		 "s:2:53: a cost has no key \"nose\"; did you mean noise?\n"},
		{PATH "defaults: {net: {cost: {source: a}}}\n",
		 "s:2:24: cost says nothing: give it a mean.\n"},
		{PATH "defaults: {net: {cost: {mean: 1us, value: 2us}}}\n",
		 "s:2:24: value and mean of a cost are the same; leave one "
		 "out.\n"},
		{PATH "run: {warmup: -1ms, measure: 0s, seeds: 1.5, sed: 1}\n",
		 "s:2:15: warmup: -1ms is out of range: it lies in 0ns to "
		 "1000s.\n"
		 "s:2:30: measure: 0s is out of range: it lies in 1us to "
		 "100000s.\n"
		 "s:2:41: seeds: 1.5 is not a whole number.\n"
		 "s:2:46: run has no parameter \"sed\"; did you mean seed?\n"},
	};

	(void)state;
	TRY(all);
}

static void test_sweeps(void **state)
{
	static const struct mistake all[] = {
		{SWEEP "[a]\n",
		 "s:2:8: sweep is a map of settings, but here is a list.\n"},
		{SWEEP "{hots.slots: [2], slots: [2], net.slots: 2}\n",
		 "s:2:9: there is no setting \"hots.slots\"; did you mean "
		 "host.slots?\n"
		 "s:2:26: there is no setting \"slots\"; did you mean "
		 "net.slots or host.slots?\n"
		 "s:2:49: net.slots is swept over a list [a, b] or a range "
		 "{from: a, to: b, points: n}, but here is a text.\n"},
		{SWEEP "{run.seeds: [1, 2]}\n",
		 "s:2:9: run.seeds is the same for all points; set it under "
		 "run.\n"},
		{SWEEP "{net.slots: [2, 1, 3us, 2, []]}\n",
		 "s:2:24: net.slots: 1 is out of range: it lies in 2 to "
		 "32768.\n"
		 "s:2:27: net.slots: \"us\" has no place in \"3us\": a count "
		 "has no unit.\n"
		 "s:2:35: a value is a text, but here is a list.\n"},
		{SWEEP "{net.slots: [2, 4, 2], host.slots: []}\n",
		 "s:2:27: value 3 of net.slots is the same as value 1.\n"
		 "s:2:43: host.slots is given an empty list of values.\n"},
		{SWEEP "{net.slots: {from: 2, to: 4, points: 1, scle: log}}\n",
		 "s:2:20: a range of net.slots needs two or more points.\n"
		 "s:2:48: a range has no key \"scle\"; did you mean scale?\n"},
		{SWEEP "{net.slots: {from: 2, to: 2, points: 2}}\n",
		 "s:2:20: net.slots goes from a value to the same one.\n"},
		{SWEEP "{net.slots: {from: 2, points: nine, scale: sobol}}\n",
		 "s:2:20: a range has from, to and points; to is missing.\n"
		 "s:2:38: \"nine\" is not a number of points: it lies in 1 to "
		 "1000000.\n"
		 "s:2:51: \"sobol\" is not a scale: write linear or log.\n"},
		{SWEEP "{net.cost: {from: 0us, to: 2us, points: 2, scale: "
		       "log}}\n",
		 "s:2:19: on a log scale net.cost must be above 0.\n"},
		{SWEEP "{net.rest: {from: 1, to: 2, points: 2}}\n",
		 "s:2:19: net.rest is not a number; give it a list of "
		 "values.\n"},
		{SWEEP "{zip: [{net.slots: [2]}, {net.slots: [2, 3], "
		       "host.slots: [2]}]}\n",
		 "s:2:15: zip is a list of maps of two or more settings, but "
		 "here is a map of fewer.\n"
		 "s:2:53: host.slots has 1 value, but net.slots, zipped with "
		 "it, has 2.\n"},
		{SWEEP "{net.slots: [2], zip: {net.slots: [2], host.slots: "
		       "[3]}}\n",
		 "s:2:31: net.slots is swept twice.\n"},
		{SWEEP "{net.slots: [2, 4], where: {net.slots: 8}}\n",
		 "s:2:35: where leaves no point of the sweep.\n"},
		{SWEEP "{net.slots: [2], where: [{host.slots: 2}, "
		       "{net.cost.nois: 2, net.slots: {form: 2}}]}\n",
		 "s:2:34: host.slots is not swept.\n"
		 "s:2:51: there is no setting \"net.cost.nois\"; did you mean "
		 "net.cost.noise?\n"
		 "s:2:81: a condition has no key \"form\"; did you mean "
		 "from?\n"},
		{SWEEP "{net.cost: {from: 1us, to: 1ms, points: 2000}, "
		       "host.cost: {from: 1us, to: 1ms, points: 501}}\n",
		 "s:2:8: this sweep has more than 1000000 points.\n"},
	};

	(void)state;
	TRY(all);
}

static void test_expectations(void **state)
{
	static const struct mistake all[] = {
		{EXPECT " - {}\n - 3\n",
		 "s:3:4: an expectation has an id; here is none.\n"
		 "s:3:4: an expectation is about a metric or a value; here is "
		 "neither.\n"
		 "s:4:4: an expectation is a map, but here is a text.\n"},
		{EXPECT " - {id: a b, metric: gen.rat, kind: fited, betwen: "
			"[1, 2]}\n",
		 "s:3:9: \"a b\" is no id: write at most 64 letters, digits, "
		 "., _ and -.\n"
		 "s:3:22: there is no result \"gen.rat\"; did you mean "
		 "gen.rate?\n"
		 "s:3:37: \"fited\" is not a kind: write fitted, predicted or "
		 "observed.\n"
		 "s:3:44: an expectation has no key \"betwen\"; did you mean "
		 "between?\n"},
		{EXPECT " - {id: a, metric: gen.rate, value: SELECT 1}\n",
		 "s:3:4: an expectation has a metric or a value, not both.\n"},
		{EXPECT " - {id: a, metric: gen.rate, unit: pps, between: "
			"[250, 3us]}\n",
		 "s:3:36: a metric has a unit of its own; unit goes with "
		 "value.\n"
		 "s:3:51: 250 needs a unit: write it like 250kpps.\n"},
		{EXPECT " - {id: a, metric: gen.rate, between: [~, 3us]}\n",
		 "s:3:43: \"3us\" cannot be compared with a value in pps: "
		 "write it like 250kpps, or ~ for an open end.\n"},
		{EXPECT " - {id: a, metric: gen.rate.cv, between: [2, 1]}\n"
			" - {id: b, metric: gen.rate.cv, between: [~, ~]}\n"
			" - {id: c, metric: gen.rate.cv, between: [1]}\n",
		 "s:3:42: between is [low, high]; here low is above high.\n"
		 "s:4:42: a band that is open on both ends holds everything; "
		 "leave between out.\n"
		 "s:5:42: between is [low, high], with ~ for an open end.\n"},
		{EXPECT " - {id: a, metric: gen.rate}\n"
			" - {id: a, metric: gen.rate.p1}\n"
			" - {id: a, metric: gen.rate, at: {host.slots: 2}}\n",
		 "s:5:4: line 3 has this metric under the id a already; ids "
		 "tell them apart.\n"},
		{EXPECT " - {id: a, metric: gen.rate, at: {host.slos: 3, "
			"host.slots: 3us}}\n"
			" - {id: b, metric: gen.rate, at: [host.slots]}\n"
			" - {id: c, value: SELECT 1, at: {host.slots: 2}}\n",
		 "s:3:35: there is no setting \"host.slos\"; did you mean "
		 "host.slots?\n"
		 "s:3:61: host.slots: \"us\" has no place in \"3us\": a count "
		 "has no unit.\n"
		 "s:4:34: at is a map of settings, but here is a list.\n"
		 "s:5:33: at goes with metric; a value says it in its SQL.\n"},
		{SWEEP "{net.slots: [2, 4], host.slots: [8, 16]}\nexpect:\n"
		       " - {id: a, metric: gen.rate, at: {net.slots: 4}}\n",
		 "s:4:34: 2 points match; say in at which one is meant: add "
		 "host.slots.\n"},
	};

	(void)state;
	TRY(all);
}

static void test_figures(void **state)
{
	static const struct mistake all[] = {
		{PATH "samples: [gen.rate, gen.rate, gen.latency, 3]\n",
		 "s:2:21: gen.rate is sampled already.\n"
		 "s:2:31: there is no windowed metric, level or "
		 "counter \"gen.latency\".\n"
		 "s:2:44: there is no windowed metric, level or "
		 "counter \"3\".\n"},
		{FIGURE " - {}\n - 3\n",
		 "s:4:4: a figure has a name; here is none.\n"
		 "s:4:4: a figure of lines has an x: a swept setting.\n"
		 "s:4:4: a figure has a y: a result, or a list of them.\n"
		 "s:5:4: a figure is a map, but here is a text.\n"},
		{FIGURE " - {name: A/b, x: net.slots, y: gen.rat, kind: lnes, "
			"scale_x: lin, tilte: a}\n",
		 "s:4:11: \"A/b\" is no name of a figure: write at most 64 of "
		 "a-z, 0-9, - and _.\n"
		 "s:4:19: net.slots is not swept, so nothing can be drawn over "
		 "it.\n"
		 "s:4:33: there is no result \"gen.rat\"; did you mean "
		 "gen.rate?\n"
		 "s:4:48: \"lnes\" is no kind of a figure; did you mean "
		 "lines?\n"
		 "s:4:63: \"lin\" is no scale_x of a figure: write linear "
		 "or log.\n"
		 "s:4:68: a figure has no key \"tilte\"; did you mean "
		 "title?\n"},
		{FIGURE " - {name: a, kind: time, x: host.slots, y: gen.rate}\n"
			" - {name: a, kind: percentiles, y: gen.rate}\n",
		 "s:4:29: x of a figure of kind time is time.\n"
		 "s:4:44: gen.rate can be drawn over time only if samples "
		 "lists it.\n"
		 "s:5:11: there is a figure a already.\n"
		 "s:5:36: there is no span \"gen.rate\".\n"},
		{FIGURE " - {name: a, x: host.slots, y: gen.rate, band: [b], "
			"ideal: 3, at: {host.slots: 1}}\n",
		 "s:4:49: there is no expectation \"b\".\n"
		 "s:4:60: an ideal is {label: \xe2\x80\xa6, sql: an "
		 "expression}, but here is none.\n"
		 "s:4:80: host.slots: 1 is out of range: it lies in 2 to "
		 "32768.\n"},
	};

	(void)state;
	TRY(all);
}

#define STALLS PATH "sweep: {host.slots: [2]}\nfigures:\n - {name: a, kind: "

static void test_kinds_of_figures(void **state)
{
	static const struct mistake all[] = {
		{STALLS "stalls, series: [cuase, net.slots], y: gen.rate}\n",
		 "s:4:37: stalls are told apart by settings that are swept, or "
		 "by a part of them, not by \"cuase\"; did you mean cause?\n"
		 "s:4:44: net.slots is not swept, so nothing can be drawn over "
		 "it.\n"
		 "s:4:56: y means nothing in a figure of kind stalls.\n"},
		{STALLS "stalls, marks: {a: 1, b: gen.pace, c: host.slots}, "
			"from: 3s,\n  to: 1s, series: [cause, waiter]}\n",
		 "s:4:39: 1 needs a unit: write 1us or 1ns (ps, ns, us, ms or "
		 "s).\n"
		 "s:4:45: gen.pace is no time.\n"
		 "s:4:58: host.slots is no time.\n"
		 "s:5:7: it ends before it begins.\n"
		 "s:5:27: one of cause, waiter, awaited and rescued_by tells "
		 "stalls apart, not two.\n"},
		{STALLS "stalls, marks: [1s]}\n",
		 "s:4:35: marks are a map of names and times, but here is a "
		 "list.\n"},
		{STALLS "panels}\n", "s:4:4: a figure of kind panels has a "
				     "list of panels.\n"},
		{STALLS "panels, margin: 1s, panels: [3, {}, {y: gen.rate, "
			"kind: state,\n  tilte: a}]}\n",
		 "s:4:36: a margin is for what it is around.\n"
		 "s:4:49: a panel is a map, but here is a text.\n"
		 "s:4:52: a panel has a y: what is sampled, or a list of it.\n"
		 "s:4:60: gen.rate can be drawn over time only if samples "
		 "lists it.\n"
		 "s:4:76: \"state\" is no kind of a panel; did you mean "
		 "states?\n"
		 "s:5:3: a panel has no key \"tilte\"; did you mean title?\n"},
		{PATH "samples: [gen.rate, gen.kicks]\nfigures:\n"
		      " - {name: a, kind: panels, around: longest, from: 1s, "
		      "panels: [{y: [gen.rate, gen.kicks]}]}\n",
		 "s:4:36: \"longest\" is no around of a figure: write "
		 "longest_stall or first_stall.\n"
		 "s:4:36: around says from where to where; leave out from and "
		 "to.\n"
		 "s:4:68: gen.rate is in pps and gen.kicks in 1: they need a "
		 "panel each.\n"},
		{STALLS "panels, panels: []}\n",
		 "s:4:36: panels is a list of panels, but here is an empty "
		 "one.\n"},
		{STALLS "stalls, at: {host.slots: 3, net.slots: 3}}\n",
		 "s:4:45: there is no point where host.slots is 3.\n"
		 "s:4:59: there is no point where net.slots is 3.\n"},
		{STALLS "expected, x: host.slots}\n",
		 "s:4:4: a figure of kind expected has a band: a list of "
		 "expectations.\n"
		 "s:4:30: x means nothing in a figure of kind expected.\n"},
		{STALLS "bars, x: host.slots, y: gen.rate, ranges: {2: E, x: "
			"[1pps, 2pps],\n  4: [2pps, 1pps], 8: [1, ~], 16: "
			"{}}}\n",
		 "s:4:66: there is no expectation \"E\".\n"
		 "s:4:69: host.slots: \"x\" is not a count: write one like "
		 "20.\n"
		 "s:5:6: the range is empty: its low end is above its high "
		 "end.\n"
		 "s:5:24: 1 needs a unit: write it like 250kpps.\n"
		 "s:5:35: a range is [low, high], or an expectation that has "
		 "one, but here is a map.\n"},
		{STALLS "bars, y: gen.rate, ranges: {2: [1pps, ~]}}\n",
		 "s:4:47: ranges stand at values of x, and here is no x.\n"},
		{STALLS "lines, x: host.slots, y: gen.rate, ranges: {}}\n",
		 "s:4:55: ranges means nothing in a figure of kind lines.\n"},
		{STALLS "lines, x: host.slots, y: gen.rate, stacked: yes}\n",
		 "s:4:55: stacked means nothing in a figure of kind lines.\n"},
		{STALLS "bars, x: host.slots, y: gen.rate, stacked: yes, "
			"scale_y: log}\n",
		 "s:4:63: bars are stacked on a linear scale_y, not on a "
		 "logarithmic one.\n"},
		{STALLS "bars, x: host.slots, y: gen.rate, stacked: yse}\n",
		 "s:4:63: \"yse\" is no stacked of a figure; did you mean "
		 "yes?\n"},
	};

	(void)state;
	TRY(all);
}

static void test_sets(void **state)
{
	static const struct {
		char *set;
		const char *told;
	} all[] = {
		{"slots", "--set slots: write it as stage.parameter=value.\n"},
		{"=3", "--set =3: write it as stage.parameter=value.\n"},
		{"host.slts=3", "there is no setting \"host.slts\"; did you "
				"mean host.slots?\n"},
		{"host.slots=", "--set host.slots: \"\" is not a count: write "
				"one like 20.\n"},
		{"host.cost=3", "--set host.cost: 3 needs a unit: write 3us or "
				"3ns (ps, ns, us, ms or s).\n"},
		{"host.rest=\x1b[2J", "--set host.rest: \"?[2J\" is not a "
				      "choice here: write sleep, retries("
				      "\xe2\x80\xa6) or spin(\xe2\x80\xa6).\n"},
	};
	struct scenario *sc;

	(void)state;
	write_file("s", PATH);
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		char *told = load_file("s", &all[i].set, 1, &sc);

		assert_string_equal(told, all[i].told);
		free(told);
	}
}

/* Every window of a run has its place in memory. */
static void test_windows(void **state)
{
	static const struct mistake all[] = {
		{PATH "run: {measure: 1s, window: 100ns}\n", ""},
		{PATH "run: {measure: 1000100ns, window: 100ns}\n", ""},
		{PATH "run: {measure: 11s, window: 1us}\n",
		 "s:2:29: run.measure has 11000000 times run.window in it; it "
		 "may have 10000000 windows.\n"},
		{PATH "run: {measure: 100001s}\n",
		 "s:2:16: measure: 100001s is out of range: it lies in 1us to "
		 "100000s.\n"},
		{PATH "run: {measure: 100000s, window: 1ms}\n",
		 "s:2:33: run.measure has 100000000 times run.window in it; "
		 "it may have 10000000 windows.\n"},
		{PATH "run: {measure: 10s}\nsweep: {run.window: [1us, "
		      "500ns]}\n",
		 "s:3:8: run.measure has 20000000 times run.window in it; it "
		 "may have 10000000 windows.\n"},
	};
	char *set = (char *)"run.window=100ns", *told;
	struct scenario *sc;

	(void)state;
	TRY(all);
	write_file("s", PATH "run: {measure: 2s}\n");
	told = load_file("s", &set, 1, &sc);
	assert_null(sc);
	assert_string_equal(told, "run.measure has 20000000 times run.window "
				  "in it; it may have 10000000 windows.\n");
	free(told);
}

static void test_did_you_mean(void **state)
{
	static const char *const known[] = {"burst", "rest", "packet_cost",
					    "timer", "slots"};
	static const struct {
		const char *typed, *meant;
	} all[] = {
		{"burts", "burst"},
		{"Burst", "burst"},
		{"packetcost", "packet_cost"},
		{"pakcet_cost", "packet_cost"},
		{"time", "timer"},
		{"est", "rest"},
		{"slot", "slots"},
		{"nothing", NULL},
		{"", NULL},
		{"x", NULL},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		const char *meant = did_you_mean(all[i].typed, known, 5);

		if (all[i].meant)
			assert_string_equal(meant, all[i].meant);
		else
			assert_null(meant);
	}
}

/* Nobody mends more than a thousand in one go. */
static void test_many_mistakes(void **state)
{
	struct complaints c = {0};
	char *told = NULL;
	size_t size;
	FILE *f = open_memstream(&told, &size);
	unsigned lines = 0;

	(void)state;
	for (int i = 0; i < 5000; i++)
		complain(&c, i % 2 ? "a" : "b", 5000 - i, 1, "wrong %d", i);
	complaints_print(&c, f);
	fclose(f);
	for (const char *p = told; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 1001);
	assert_memory_equal(told, "b:4000:1: there are more mistakes", 33);
	complaints_free(&c);
	assert_int_equal(c.n, 0);
	free(told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_the_reader_goes_mad),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_sweeps),
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_kinds_of_figures),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_did_you_mean),
		cmocka_unit_test(test_many_mistakes),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
