/* SPDX-License-Identifier: MIT */
/*
 * Recorded packets: what is in the files, byte by byte; that nothing is there
 * twice or missing; and that a run does not know that somebody looks on.
 * tests/pcap_tshark has tshark read such files.
 */
#include "tests/small_world.h"

#include <stdlib.h>
#include <unistd.h>

#include "sim/app/world/pcap.h"
#include "sim/app/world/tap.h"
#include "sim/image.h"

#define ROOM ((size_t)64 << 20)

/* --- reading ------------------------------------------------------------ */

struct frame {
	sim_time at;
	uint32_t n, whole;
	const unsigned char *bytes;
};

struct file {
	unsigned char *all;
	size_t size, next;
};

static uint32_t little(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static uint32_t big16(const unsigned char *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t big32(const unsigned char *p)
{
	return big16(p) << 16 | big16(p + 2);
}

static void file_open(struct file *f, const char *path)
{
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	f->all = malloc(ROOM);
	f->size = fread(f->all, 1, ROOM, file);
	f->next = 24;
	fclose(file);
	assert_true(f->size >= 24 && f->size < ROOM);
	assert_int_equal(little(f->all), 0xa1b23c4d);
	assert_int_equal(little(f->all + 20), 1);
}

static bool file_next(struct file *f, struct frame *out)
{
	const unsigned char *p = f->all + f->next;

	if (f->next == f->size)
		return false;
	out->at = (sim_time)little(p) * SIM_SEC + little(p + 4) * SIM_NS;
	out->n = little(p + 8);
	out->whole = little(p + 12);
	out->bytes = p + 16;
	f->next += 16 + out->n;
	assert_true(f->next <= f->size);
	return true;
}

/* --- a world whose packets are recorded --------------------------------- */

struct recorded {
	struct small_world world;
	char folder[32];
	uint64_t hash;
};

static void wants(struct scenario *sc, const char *stage)
{
	sc->pcap = realloc(sc->pcap, (sc->n_pcap + 1) * sizeof *sc->pcap);
	sc->pcap[sc->n_pcap++] = (unsigned)scenario_stage(sc, stage);
}

/* Runs it twice; nobody looks on the first time. `stages` with spaces. */
static void record_run(struct recorded *r, const char *name, const char *sets,
		       const char *stages)
{
	struct small_world *w = &r->world;
	char text[256], *rest = text, *stage;
	uint64_t hash;

	strcpy(r->folder, "/tmp/ringsim-pcap-XXXXXX");
	assert_non_null(mkdtemp(r->folder));
	small_world_run(w, name, sets, 1);
	hash = w->out.trace_hash;
	strcpy(text, stages);
	while ((stage = strsep(&rest, " ")))
		wants(w->sc, stage);
	w->out.pcap = r->folder;
	assert_true(world_run(&w->block, w->sc, &w->sc->points[0], 1, &w->out));
	assert_int_equal(w->out.status, RUN_OK);
	assert_int_equal(w->out.pcap_errno, 0);
	assert_true(w->out.trace_hash == hash);
}

static char *path_of(const struct recorded *r, const char *stage)
{
	const struct scenario *sc = r->world.sc;

	return tap_path(r->folder, sc, 0, 1,
			(unsigned)scenario_stage(sc, stage));
}

static void recorded_open(const struct recorded *r, const char *stage,
			  struct file *f)
{
	char *path = path_of(r, stage);

	file_open(f, path);
	free(path);
}

static void recorded_free(struct recorded *r)
{
	const struct scenario *sc = r->world.sc;

	for (unsigned i = 0; i < sc->n_pcap; i++) {
		char *path = tap_path(r->folder, sc, 0, 1, sc->pcap[i]);

		unlink(path);
		free(path);
	}
	rmdir(r->folder);
	small_world_free(&r->world);
}

/* --- what every frame must be ------------------------------------------- */

static uint32_t words(const unsigned char *p, unsigned n)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (uint32_t)p[i] << (i % 2 ? 0 : 8);
	return sum;
}

static void sums_up(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	assert_int_equal(sum, 0xffff);
}

/* Payload is zeros, which add nothing. */
static void is_ipv4(const struct frame *f, unsigned protocol, unsigned headers)
{
	const unsigned char *ip = f->bytes + 14, *above = ip + 20;
	uint32_t length = f->whole - 34;

	assert_int_equal(f->n, 34 + headers);
	assert_int_equal(big16(f->bytes + 12), 0x0800);
	assert_int_equal(ip[0], 0x45);
	assert_int_equal(big16(ip + 2), f->whole - 14);
	assert_int_equal(ip[9], protocol);
	sums_up(words(ip, 20));
	sums_up(words(ip + 12, 8) + protocol + length + words(above, headers));
}

struct seen {
	unsigned frames, syns, data, pure_acks, again, sacks;
	uint32_t next; /* sequence number */
	uint32_t highest;
	uint32_t acked;
	bool clocked; /* timestamps in all */
};

static void look_at_options(const struct frame *f, struct seen *s)
{
	const unsigned char *tcp = f->bytes + 34, *o = tcp + 20;
	const unsigned char *end = tcp + (tcp[12] >> 4) * 4;
	bool clocked = false;

	while (o < end) {
		if (*o == 8) {
			assert_int_equal(o[1], 10);
			assert_true(big32(o + 2) <= f->at / SIM_MS + 1);
			clocked = true;
		}
		s->sacks += *o == 5;
		o += *o == 1 ? 1 : o[1];
	}
	assert_true(o == end);
	s->clocked &= clocked;
}

static void look_at(const struct frame *f, struct seen *ways)
{
	const unsigned char *tcp = f->bytes + 34;
	unsigned headers = (tcp[12] >> 4) * 4u;
	uint32_t payload = f->whole - 34 - headers, seq = big32(tcp + 4);
	struct seen *s = &ways[f->bytes[29] - 1];

	is_ipv4(f, 6, headers);
	assert_true(f->bytes[29] == 1 || f->bytes[29] == 2);
	assert_int_equal(f->bytes[29] + f->bytes[33], 3);
	look_at_options(f, s);
	s->frames++;
	s->syns += (tcp[13] & 2) != 0;
	if (tcp[13] & 2)
		payload = 1;
	else if (payload)
		s->data++;
	else
		s->pure_acks++;
	if (payload && (int32_t)(seq - s->next) < 0)
		s->again++;
	if (payload && seq == s->next)
		s->next += payload;
	if ((int32_t)(seq + payload - s->highest) > 0)
		s->highest = seq + payload;
	s->acked = big32(tcp + 8);
	assert_true((int32_t)(s->acked - ways[s == ways].highest) <= 0);
}

static void look_at_all(const struct recorded *r, const char *stage,
			struct seen ways[2])
{
	struct file file;
	struct frame f;
	sim_time last = 0;

	ways[0] = ways[1] = (struct seen){.clocked = true};
	recorded_open(r, stage, &file);
	while (file_next(&file, &f)) {
		assert_true(f.at >= last);
		last = f.at;
		look_at(&f, ways);
	}
	free(file.all);
}

static unsigned count(const struct recorded *r, const char *name)
{
	struct scenario *sc = r->world.sc;
	struct column *columns;
	unsigned n, i = 0;
	double value;

	columns = columns_of(sc, &n);
	while (i < n && strcmp(columns[i].name, name) != 0)
		i++;
	assert_true(i < n);
	value = r->world.values[i];
	columns_free(columns, n);
	return (unsigned)value;
}

/* --- tests -------------------------------------------------------------- */

/* pcap-savefile(5), by hand. */
static void a_file_is_a_header_and_records(void **state)
{
	static const unsigned char expected[] = {
		0x4d, 0x3c, 0xb2, 0xa1, 2,    0,   4,	 0,    0,    0,	   0,
		0,    0,    0,	  0,	0,    160, 0,	 0,    0,    1,	   0,
		0,    0,    3,	  0,	0,    0,   0xff, 0xc9, 0x9a, 0x3b, 2,
		0,    0,    0,	  0xea, 0x05, 0,   0,	 0xaa, 0xbb};
	static const unsigned char bytes[] = {0xaa, 0xbb};
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	pcap_begin(file);
	pcap_packet(file, 3 * SIM_SEC + 999999999 * SIM_NS + 999, bytes, 2,
		    1514);
	fclose(file);
	assert_int_equal(size, sizeof expected);
	assert_memory_equal(text, expected, size);
	free(text);
}

/* RFC 1071's arithmetic on a header from real life would be somebody else's
 * bytes: this one is checked by its own rule. */
static void a_header_longer_than_it_can_say(void **state)
{
	struct image_ip ip = {.way = {1, 2}, .protocol = 6, .length = 65535};
	unsigned char bytes[IMAGE_IPV4];

	(void)state;
	image_ipv4(bytes, &ip);
	assert_int_equal(big16(bytes + 2), 65535);
	sums_up(words(bytes, sizeof bytes));
	ip.length = 65536;
	image_ipv4(bytes, &ip);
	assert_int_equal(big16(bytes + 2), 0);
	sums_up(words(bytes, sizeof bytes));
}

/* Linux, segments of up to 64 KiB: at both ends and between them each packet
 * is seen once, in its order. */
static void each_once_at_each_interface(void **state)
{
	static const char *const stages[] = {"client", "tx", "vif", "server"};
	struct recorded r = {0};
	struct seen ways[2];

	(void)state;
	record_run(&r, "linux_dom0",
		   "client.timestamps=on server.timestamps=on client.sack=on "
		   "server.sack=on client.softirq=on server.softirq=on "
		   "run.measure=20ms",
		   "client tx vif server");
	for (unsigned i = 0; i < 4; i++) {
		look_at_all(&r, stages[i], ways);
		assert_int_equal(ways[0].syns, 1);
		assert_int_equal(ways[1].syns, 1);
		assert_true(ways[0].clocked && ways[1].clocked);
		assert_int_equal(ways[0].again + ways[1].again, 0);
		assert_true(ways[0].data > 100);
		assert_true(ways[1].acked <= ways[0].next);
	}
	look_at_all(&r, "client", ways);
	assert_int_equal(ways[0].data, count(&r, "client.segments"));
	assert_int_equal(ways[0].pure_acks - 1, count(&r, "client.acks"));
	look_at_all(&r, "server", ways);
	assert_int_equal(ways[1].pure_acks, count(&r, "server.acks"));
	assert_int_equal(ways[1].data, 0);
	recorded_free(&r);
}

#define WAITING 2 /* the writer's packet and the resender's, at the end */

/* Mirage, whose threads sleep in the device and whose vif loses packets: what
 * was sent again is there again, where it was lost and where it was not. */
static void losses_are_seen(void **state)
{
	struct recorded r = {0};
	unsigned sent;
	struct seen ways[2];

	(void)state;
	record_run(&r, "losses", "client.sack=on server.sack=on",
		   "client vif1 rx");
	assert_true(count(&r, "vif2.queue_drops") > 0);
	look_at_all(&r, "client", ways);
	sent = count(&r, "client.segments") + count(&r, "client.resends");
	assert_in_range(ways[0].data, sent - WAITING, sent);
	assert_in_range(ways[0].again, count(&r, "client.resends") - 1,
			count(&r, "client.resends"));
	assert_true(ways[1].sacks > 0 && !ways[1].clocked);
	look_at_all(&r, "rx", ways);
	assert_true(ways[0].data <= sent - count(&r, "vif2.queue_drops"));
	recorded_free(&r);
}

/* Datagrams, and a path that leads the other way round. */
static void datagrams(void **state)
{
	struct recorded r = {0};
	struct file file;
	struct frame f;
	unsigned n = 0;

	(void)state;
	record_run(&r, "linux_udp", "run.measure=5ms", "tx");
	recorded_open(&r, "tx", &file);
	while (file_next(&file, &f)) {
		is_ipv4(&f, 17, 8);
		assert_int_equal(big16(f.bytes + 38), f.whole - 34);
		assert_int_equal(big16(f.bytes + 18), n++ & 0xffff);
	}
	assert_true(n > 10);
	free(file.all);
	recorded_free(&r);
}

/* A switch tries its second device first, and waits in line when it is refused:
 * what passes is there once, when it passes. */
static void refused_and_offered_again(void **state)
{
	struct recorded r = {0};
	struct file file;
	struct frame f;
	unsigned n = 0, last = 0;

	(void)state;
	record_run(&r, "switch",
		   "client.load=saturate bridge.queue=unbounded "
		   "vif3.deliver_cost=30us run.measure=20ms",
		   "in out");
	recorded_open(&r, "out", &file);
	while (file_next(&file, &f)) {
		assert_true(big16(f.bytes + 18) > last || n == 0);
		last = big16(f.bytes + 18);
		n++;
	}
	assert_true(n > 100 && n + 10 < count(&r, "bridge.received"));
	free(file.all);
	recorded_free(&r);
}

static void a_folder_that_is_not_there(void **state)
{
	struct small_world w = {0};

	(void)state;
	small_world_run(&w, "linux_udp", "run.measure=1ms", 1);
	wants(w.sc, "tx");
	w.out.pcap = "/nowhere";
	assert_true(world_run(&w.block, w.sc, &w.sc->points[0], 1, &w.out));
	assert_int_equal(w.out.status, RUN_OK);
	assert_true(w.out.pcap_errno != 0);
	small_world_free(&w);
}

/* Between which stages the interface of each is; 0: it has none. */
static void interfaces(const char *name, const unsigned *joints)
{
	struct scenario *sc = small_scenario(name, "");

	for (unsigned i = 1; i <= sc->n_path; i++)
		assert_int_equal(scenario_interface(sc, i), joints[i - 1]);
	assert_int_equal(scenario_interface(sc, 0), 0);
	scenario_free(sc);
}

static void which_interface(void **state)
{
	(void)state;
	interfaces("linux_dom0", (unsigned[]){1, 0, 2, 4, 4, 5});
	interfaces("mirage", (unsigned[]){1, 0, 2, 4, 4, 6, 0, 7});
	interfaces("qemu", (unsigned[]){0, 0, 0, 0});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_a_header_and_records),
		cmocka_unit_test(a_header_longer_than_it_can_say),
		cmocka_unit_test(each_once_at_each_interface),
		cmocka_unit_test(losses_are_seen),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(refused_and_offered_again),
		cmocka_unit_test(a_folder_that_is_not_there),
		cmocka_unit_test(which_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
