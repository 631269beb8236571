/* SPDX-License-Identifier: MIT */
/*
 * One end of a TCP connection against sequences worked out by hand. The MSS is
 * 1000 bytes, so that positions can be read; the notation is explained in
 * tcp_play.h. What is lost is in test_tcp_loss.c.
 */
#include "tests/tcp_play.h"

/* RFC 5681, 3.1: the window grows by one segment per acknowledgement. */
static void slow_start(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	play(&conf, "0    write 100000\n"
		    "-    > 0:1000 ack 0 win 64000\n"
		    "-    > 1000:2000\n"
		    "100  < ack 1000\n"
		    "-    = cwnd 3000 srtt 100\n"
		    "-    > 2000:3000\n"
		    "-    > 3000:4000\n"
		    "100  < ack 2000\n"
		    "-    > 4000:5000\n"
		    "-    > 5000:6000\n"
		    "-    = cwnd 4000 state open\n"
		    /* One for two: one segment more, three to send. */
		    "200  < ack 4000\n"
		    "-    = cwnd 5000\n"
		    "-    > 6000:7000\n"
		    "-    > 7000:8000\n"
		    "-    > 8000:9000\n");
	conf.counts_bytes = true;
	play(&conf, "0    write 100000\n"
		    "-    > 0:1000\n"
		    "-    > 1000:2000\n"
		    "100  < ack 2000\n" /* RFC 3465: two */
		    "-    = cwnd 4000\n"
		    "-    > 2000:3000\n"
		    "-    > 3000:4000\n"
		    "-    > 4000:5000\n"
		    "-    > 5000:6000\n");
}

/* RFC 5681, 3.1: beyond ssthresh, MSS * MSS / cwnd per acknowledgement. */
static void congestion_avoidance(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.window = 4000; /* ssthresh */
	conf.cwnd_init = 4;
	play(&conf, "0    write 5000\n"
		    "-    > 0:1000\n"
		    "-    > 1000:2000\n"
		    "-    > 2000:3000\n"
		    "-    > 3000:4000\n"
		    "10   < ack 1000\n"
		    "-    > 4000:5000\n"
		    "-    = cwnd 4250\n"
		    "11   < ack 2000\n"
		    "-    = cwnd 4485\n"
		    "12   < ack 3000\n" /* half used: it does not grow */
		    "-    = cwnd 4485\n");
}

/* Mirage, ack.ml: every second one at once; the timer is never stopped. */
static void delayed_ack_check(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0    < 0:1000\n" /* odd; the timer starts */
		    "10   < 1000:2000\n"
		    "-    > ack 2000\n"
		    "30   < 2000:3000\n" /* odd again; the timer runs on */
		    "100  = cwnd 2000\n" /* it comes, and waits for another */
		    "200  > ack 3000\n"	 /* that one: 170 ms late */
		    "200  < 3000:4000\n"
		    "300  > ack 4000\n"
		    "400  < 4000:5000\n"
		    "410  write 10\n" /* data takes the acknowledgement along */
		    "-    > 0:10 ack 5000\n"
		    "600  < 5000:6000 ack 10\n"
		    "700  > ack 6000\n");
}

/* Mirage: what comes out of order is acknowledged at once, what fills the hole
 * waits like everything in order. */
static void delayed_ack_check_hole(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0    < 0:1000\n"
		    "10   < 1000:2000\n"
		    "-    > ack 2000\n"
		    "20   < 3000:4000\n"
		    "-    > ack 2000\n"
		    "21   < 4000:5000\n"
		    "-    > ack 2000\n"
		    "150  < 2000:3000\n"
		    "250  > ack 5000\n");
}

/* Linux: the first are not delayed; then two full segments, or the pace. */
static void delayed_ack_adaptive(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.delayed_ack = DELACK_ADAPTIVE;
	conf.ato_min = 40 * SIM_MS;
	conf.ato_max = 200 * SIM_MS;
	conf.quick_acks = 2;
	play(&conf, "0    < 0:1000\n"
		    "-    > ack 1000\n"
		    "1    < 1000:2000\n"
		    "-    > ack 2000\n"
		    "2    < 2000:3000\n"
		    "3    < 3000:4000\n"
		    "-    > ack 4000\n"
		    "4    < 4000:5000\n"
		    "44   > ack 5000\n"	 /* 40 ms; the next wait is longer */
		    "104  < 5000:6000\n" /* 100 apart: no pace below 80 */
		    "184  > ack 6000\n"	 /* 80 ms; the next wait 160 */
		    "185  < 6000:7000\n" /* 81 apart: 160 / 2 + 81 */
		    "186  < 8000:9000\n" /* a hole: at once */
		    "-    > ack 7000\n"
		    "187  < 7000:8000\n" /* filled: at once */
		    "-    > ack 9000\n");
}

/* A segment of several MSS is as many segments. */
static void delayed_ack_gso(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0    < 0:1001\n"
		    "-    > ack 1001\n"
		    "1    < 1001:2001\n"
		    "101  > ack 2001\n");
}

/* A window that shuts, probes that ask for it, and its opening. */
static void shut_window(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 4;
	play(&conf, "0     write 5000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "100   < ack 4000 win 0\n"
		    "400   > probe\n" /* RTO is 300 */
		    "410   < ack 4000 win 0\n"
		    "1010  > probe\n"
		    "1020  < ack 4000 win 0\n"
		    "1100  < ack 4000 win 8000\n"
		    "-     > 4000:5000\n"
		    "1400  > 4000:5000 again\n");
	/* It is shut already when there is something to say. */
	play(&conf, "0     write 1000\n"
		    "-     > 0:1000\n"
		    "100   < ack 1000 win 0\n"
		    "500   write 1000\n"
		    "800   > probe\n");
	/* The window is small change: wait for a segment's worth. */
	play(&conf, "0     write 5000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "100   < ack 4000 win 999\n"
		    "101   < ack 4000 win 1000\n"
		    "-     > 4000:5000\n");
}

/* A window that never was as large as a segment. */
static void narrow_window(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.window = 800;
	play(&conf, "0     write 2000\n"
		    "-     > 0:800\n"
		    "10    < ack 800 win 300\n" /* less than half */
		    "20    < ack 800 win 400\n"
		    "-     > 800:1200\n");
}

/* What arrives beyond the promised window is not kept. */
static void beyond_the_window(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.window = 4000;
	play(&conf, "0     < 4000:5000\n"
		    "-     > ack 0\n"
		    "1     < 1000:4000\n"
		    "-     > ack 0\n"
		    "2     < 0:1000\n"
		    "-     > ack 4000 win 0\n");
}

/* The receiver's side: it promises what the application has read, and speaks
 * up when that is twice what was known. */
static void slow_reader(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.window = 4000;
	play(&conf, "0     < 0:1000\n"
		    "-     > ack 1000 win 3000\n"
		    "-     < 1000:4000\n"
		    "-     > ack 4000 win 0\n"
		    "10    < probe\n"
		    "-     > ack 4000 win 0\n"
		    "11    < 4000:5000\n" /* beyond the window: not taken */
		    "-     > ack 4000 win 0\n"
		    "20    read 500\n" /* too little to tell */
		    "21    < probe\n"
		    "-     > ack 4000 win 0\n"
		    "30    read 500\n"
		    "-     > ack 4000 win 1000\n"
		    "40    read 500\n"
		    "50    read 500\n"
		    "-     > ack 4000 win 2000\n"
		    "60    read 2000\n"
		    "-     > ack 4000 win 4000\n"
		    "70    < 4000:5000\n"
		    "-     > ack 5000 win 3000\n");
}

/* A request, its answer, and the acknowledgement that travels with it. */
static void request_response(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0    write 100\n"
		    "-    > 0:100 ack 0\n"
		    "1    < 0:2000 ack 100\n"
		    "-    > ack 2000\n"
		    "-    write 100\n"
		    "-    > 100:200 ack 2000\n"
		    "2    < 2000:3000 ack 200\n" /* odd: waits for company */
		    "3    write 100\n"
		    "-    > 200:300 ack 3000\n");
}

/* Up to 4 MSS a segment, and whole ones unless it is the end. */
static void gso(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.gso = 4000;
	conf.cwnd_init = 10;
	conf.counts_bytes = true;
	play(&conf, "0    write 25500\n"
		    "-    > 0:4000\n"
		    "-    > 4000:8000\n"
		    "-    > 8000:10000\n"
		    "100  < ack 4000\n"
		    "-    = cwnd 14000\n"
		    "-    > 10000:14000\n"
		    "-    > 14000:18000\n"
		    "101  < ack 10000\n"
		    "-    = cwnd 20000\n"
		    "-    > 18000:22000\n"
		    "-    > 22000:25500\n");
	conf.window = 9500;
	play(&conf, "0    write 25500\n"
		    "-    > 0:4000\n"
		    "-    > 4000:8000\n"
		    "-    > 8000:9000\n");
}

/* What the application may write ahead: what is not sent yet (Mirage), or what
 * is not acknowledged yet (Linux). */
static void send_buffer(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.send_buffer = 3000;
	play(&conf, "0    write 3000\n"
		    "-    > 0:1000\n"
		    "-    > 1000:2000\n"
		    "-    = room 2000\n");
	conf.keeps_sent = true;
	play(&conf, "0    write 3000\n"
		    "-    > 0:1000\n"
		    "-    > 1000:2000\n"
		    "-    = room 0\n"
		    "10   < ack 1000\n"
		    "-    > 2000:3000\n"
		    "-    = room 1000\n");
}

/* Linux: a segment that could grow waits for a third of the window to be free,
 * unless a full one fits, or what there is to send is one MSS. */
static void deferred(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.gso = 8000;
	conf.cwnd_init = 9;
	conf.counts_bytes = true;
	conf.defer_divisor = 3;
	play(&conf, "0    write 40000\n"
		    "-    > 0:8000\n" /* of the window one is left: it waits */
		    "1    < ack 1000\n"
		    "-    = cwnd 10000\n"
		    "2    < ack 2000\n" /* 11 - 6: more than a third */
		    "-    > 8000:13000\n"
		    "3    < ack 13000\n" /* all of it: a full one, and more */
		    "-    > 13000:21000\n"
		    "-    > 21000:29000\n");
	conf.cwnd_init = 32; /* the fourth has less than a third, but is full */
	play(&conf, "0    write 40000\n"
		    "-    > 0:8000\n"
		    "-    > 8000:16000\n"
		    "-    > 16000:24000\n"
		    "-    > 24000:32000\n");
	conf.cwnd_init = 9;
	conf.defer_divisor = 0;
	play(&conf, "0    write 40000\n"
		    "-    > 0:8000\n"
		    "-    > 8000:9000\n");
}

/* Linux: a small segment is the end of a write. It is acknowledged when the
 * application has read everything, a full one waits. */
static void end_of_a_write(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.delayed_ack = DELACK_ADAPTIVE;
	conf.ato_min = 40 * SIM_MS;
	conf.ato_max = 200 * SIM_MS;
	play(&conf, "0    < 0:700\n"
		    "1    read 600\n"
		    "2    read 100\n"
		    "-    > ack 700\n"
		    "3    < 700:1700\n"
		    "4    read 1000\n"
		    "43   > ack 1700\n");
}

/* Linux: as long as there is room in the send buffer a segment is filled. */
static void overfilled_buffer(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.gso = 3000;
	conf.cwnd_init = 3;
	conf.send_buffer = 4000;
	conf.keeps_sent = true;
	conf.overfills = true;
	play(&conf, "0    = room 4000\n"
		    "-    write 3000\n"
		    "-    > 0:3000\n"
		    "-    = room 3000\n"
		    "-    write 3000\n"
		    "-    = room 0\n"
		    "1    < ack 3000\n"
		    "-    > 3000:6000\n"
		    "-    = room 3000\n");
}

/* RFC 5681, 4.1. */
static void idle_restart(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.idle_restart = true;
	play(&conf, "0    write 4000\n"
		    "-    > 0:1000\n"
		    "-    > 1000:2000\n"
		    "100  < ack 2000\n"
		    "-    > 2000:3000\n"
		    "-    > 3000:4000\n"
		    "-    = cwnd 3000\n"
		    "200  < ack 4000\n"
		    "-    = cwnd 4000\n"
		    "300  write 1000\n"
		    "-    > 4000:5000\n"
		    "-    = cwnd 4000\n"
		    "400  < ack 5000\n"
		    "9000 write 3000\n"
		    "-    > 5000:6000\n"
		    "-    > 6000:7000\n"
		    "-    = cwnd 2000\n");
}

/* --- what a play cannot say --------------------------------------------- */

static void open_conn(struct play *p, const struct tcp_conf *conf)
{
	*p = (struct play){.sim = sim_new(1 << 20, 1)};
	assert_non_null(p->sim);
	conn_init(
		&p->conn, p->sim, conf,
		(struct tcp_counts){&p->fast, &p->timeouts, &p->dupacks, NULL});
}

/* There is a bound to what can be outstanding; nothing is lost by it. */
static void many_small_ones(void **state)
{
	struct tcp_conf conf = plain_conf();
	struct segment s, ack = {.window = 64000};
	struct play p;
	uint64_t sent = 0;

	(void)state;
	open_conn(&p, &conf);
	for (unsigned i = 0; i < 500; i++) {
		conn_write(&p.conn, 0, 1);
		if (conn_sendable(&p.conn))
			conn_send(&p.conn, 0, &s);
	}
	assert_int_equal(p.conn.tail - p.conn.head, p.conn.mask + 1);
	sent = p.conn.nxt;
	ack.ack = 100;
	conn_input(&p.conn, SIM_MS, &ack);
	assert_int_equal(conn_sendable(&p.conn), 500 - sent);
	sim_free(p.sim);
}

/* A thread that is late: what it was to resend has arrived meanwhile. While
 * there is something to resend nothing new is sent. */
static void late_resender(void **state)
{
	struct tcp_conf conf = mirage_conf();
	struct segment s, ack = {.window = 64000, .ack = 2000};
	struct play p;

	(void)state;
	open_conn(&p, &conf);
	conn_write(&p.conn, 0, 2500);
	conn_send(&p.conn, 0, &s);
	conn_send(&p.conn, 0, &s);
	conn_timer(&p.conn, 3 * SIM_SEC);
	assert_true(conn_resendable(&p.conn));
	conn_input(&p.conn, 3 * SIM_SEC, &ack);
	assert_false(conn_resendable(&p.conn));
	assert_int_equal(conn_sendable(&p.conn), 500);
	sim_free(p.sim);

	conf = plain_conf();
	open_conn(&p, &conf);
	conn_write(&p.conn, 0, 2500);
	conn_send(&p.conn, 0, &s);
	conn_send(&p.conn, 0, &s);
	conn_timer(&p.conn, SIM_SEC);
	assert_int_equal(conn_sendable(&p.conn), 0);
	conn_resend(&p.conn, SIM_SEC, &s);
	assert_int_equal(s.seq, 0);
	assert_int_equal(conn_sendable(&p.conn), 0);
	sim_free(p.sim);
}

/* A thread that cannot send as fast as duplicates become due still sends each;
 * what becomes due behind them waits its turn. */
static void owed_duplicates(void **state)
{
	struct tcp_conf conf = plain_conf();
	struct segment s, data = {.window = 64000, .len = 1000};
	struct play p;

	(void)state;
	open_conn(&p, &conf);
	for (unsigned i = 1; i <= 3; i++) {
		data.seq = 1000 * i;
		conn_input(&p.conn, 0, &data);
	}
	data.seq = 0;
	conn_input(&p.conn, 0, &data);
	for (unsigned i = 0; i < 4; i++) {
		assert_true(conn_ack_due(&p.conn));
		s = (struct segment){0};
		conn_ack(&p.conn, 0, &s);
		assert_int_equal(s.ack, i < 3 ? 0 : 4000);
		assert_int_equal(s.window, i < 3 ? 64000 : 60000);
	}
	assert_false(conn_ack_due(&p.conn));
	sim_free(p.sim);
}

static void sizes(void **state)
{
	struct segment s = {.len = 1460};

	(void)state;
	assert_int_equal(segment_size(&s, false), 1514); /* full, on Ethernet */
	assert_int_equal(segment_size(&s, true), 1526);
	s = (struct segment){.n_sack = 2};
	assert_int_equal(segment_size(&s, false), 54 + 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_start),
		cmocka_unit_test(congestion_avoidance),
		cmocka_unit_test(delayed_ack_check),
		cmocka_unit_test(delayed_ack_check_hole),
		cmocka_unit_test(delayed_ack_adaptive),
		cmocka_unit_test(delayed_ack_gso),
		cmocka_unit_test(shut_window),
		cmocka_unit_test(slow_reader),
		cmocka_unit_test(request_response),
		cmocka_unit_test(gso),
		cmocka_unit_test(send_buffer),
		cmocka_unit_test(deferred),
		cmocka_unit_test(end_of_a_write),
		cmocka_unit_test(overfilled_buffer),
		cmocka_unit_test(idle_restart),
		cmocka_unit_test(narrow_window),
		cmocka_unit_test(beyond_the_window),
		cmocka_unit_test(many_small_ones),
		cmocka_unit_test(late_resender),
		cmocka_unit_test(owed_duplicates),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
