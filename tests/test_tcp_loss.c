/* SPDX-License-Identifier: MIT */
/*
 * What is lost, and how one end of a TCP connection finds out and mends it:
 * duplicate acknowledgements, SACK, the retransmission timer. Plays, as in
 * test_tcp.c.
 */
#include "tests/tcp_play.h"

/* Eight segments in flight, the third is lost, and the fifth too. */
#define EIGHT "0    write 20000\n" EIGHT_LEAVE

#define EIGHT_LEAVE                                                            \
	"-    > 0:1000\n"                                                      \
	"-    > 1000:2000\n"                                                   \
	"-    > 2000:3000\n"                                                   \
	"-    > 3000:4000\n"                                                   \
	"-    > 4000:5000\n"                                                   \
	"-    > 5000:6000\n"                                                   \
	"-    > 6000:7000\n"                                                   \
	"-    > 7000:8000\n"

/* RFC 6582: half and three segments, inflated by duplicates, deflated by a
 * partial acknowledgement, which resends the next. */
static void newreno(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 8;
	play(&conf,
	     EIGHT "100  < ack 2000\n" /* the window grows to 9 */
		   "-    > 8000:9000\n"
		   "-    > 9000:10000\n"
		   "-    > 10000:11000\n"
		   "101  < ack 2000\n" /* for 3000:4000 */
		   "102  < ack 2000\n" /* for 5000:6000 */
		   "-    = state open cwnd 9000\n"
		   "103  < ack 2000\n" /* the third: 9 in flight */
		   "-    > 2000:3000 again\n"
		   "-    = state recovery ssthresh 4500 cwnd 7500\n"
		   "104  < ack 2000\n"
		   "105  < ack 2000\n" /* 9.5 now: half a segment is not sent */
		   "106  < ack 2000\n"
		   "-    > 11000:12000\n"
		   "-    = cwnd 10500\n"
		   "200  < ack 4000\n" /* partial: less 2, plus 1 */
		   "-    > 4000:5000 again\n"
		   "-    > 12000:13000\n" /* 8 were in flight */
		   "-    = cwnd 9500 state recovery\n"
		   "300  < ack 11000\n"
		   "-    = cwnd 4500 state open\n"
		   "-    > 13000:14000\n"
		   "-    > 14000:15000\n");
}

/* Reno (RFC 5681) takes the partial one for the end. */
static void reno(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 8;
	conf.cc = &cc_reno;
	play(&conf, EIGHT "100  < ack 2000\n"
			  "-    > 8000:9000\n"
			  "-    > 9000:10000\n"
			  "-    > 10000:11000\n"
			  "101  < ack 2000\n"
			  "102  < ack 2000\n"
			  "103  < ack 2000\n"
			  "-    > 2000:3000 again\n"
			  "200  < ack 4000\n"
			  "-    = cwnd 4500 state open\n");
}

/* Mirage: half and two segments; every acknowledgement adds one, and a partial
 * one resends the next. */
static void fast_mirage(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	conf.cwnd_init = 8;
	play(&conf, EIGHT
	     "100  < ack 2000\n"
	     "-    > 8000:9000\n"
	     "-    > 9000:10000\n"
	     "-    > 10000:11000\n"
	     "101  < ack 2000\n" /* these make it grow: slow start */
	     "-    > 11000:12000\n"
	     "102  < ack 2000\n"
	     "-    > 12000:13000\n"
	     "103  < ack 2000\n" /* grows to 12, then 11 in flight are lost */
	     "-    > 2000:3000 again\n"
	     "-    = state recovery ssthresh 5500 cwnd 7500\n"
	     "104  < ack 2000\n"
	     "-    = cwnd 8500\n"
	     "200  < ack 4000\n"
	     "-    > 4000:5000 again\n"
	     "-    = cwnd 9500 state recovery\n"
	     "300  < ack 13000\n"
	     "-    = cwnd 5500 state open\n"
	     "-    > 13000:14000\n"
	     "-    > 14000:15000\n"
	     "-    > 15000:16000\n"
	     "-    > 16000:17000\n"
	     "-    > 17000:18000\n");
}

/* RFC 5681, 2: a duplicate does not change the window. Some do not mind. */
static void duplicate_window(void **state)
{
	struct tcp_conf conf = mirage_conf();
	const char *text = EIGHT "100  < ack 2000 win 6000\n"
				 "101  < ack 2000 win 5900\n"
				 "102  < ack 2000 win 5800\n"
				 "103  < ack 2000 win 5700\n"
				 "-    = state open\n"
				 "110  < ack 2000 win 5700\n"
				 "111  < ack 2000 win 5700\n"
				 "112  < ack 2000 win 5700\n"
				 "-    > 2000:3000 again\n";

	(void)state;
	conf.cwnd_init = 8;
	play(&conf, text);
	conf.dupack_any_window = true;
	play(&conf, EIGHT "100  < ack 2000 win 6000\n"
			  "101  < ack 2000 win 5900\n"
			  "102  < ack 2000 win 5800\n"
			  "103  < ack 2000 win 5700\n"
			  "-    > 2000:3000 again\n");
}

/* Data that comes the other way repeats the number and says nothing by it. */
static void data_is_no_duplicate(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	play(&conf, "0    write 1000\n"
		    "-    > 0:1000\n"
		    "1    < 0:500 ack 0\n"
		    "-    > ack 500\n"
		    "2    < 500:1000 ack 0\n"
		    "-    > ack 1000\n"
		    "3    < 1000:1500 ack 0\n"
		    "-    > ack 1500\n"
		    "4    < 1500:2000 ack 0\n"
		    "-    > ack 2000\n"
		    "-    = state open\n");
}

/* The timer begins anew when the oldest is resent, and so does the next
 * timeout; the timed segment was sent twice and is no sample. */
static void timer_of_resent(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 4;
	conf.rtt_samples = RTT_TIMED;
	play(&conf, "0     write 4000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "500   < ack 0\n"
		    "501   < ack 0\n"
		    "502   < ack 0\n"
		    "-     > 0:1000 again\n"
		    "1502  > 0:1000 again\n"
		    "1600  < ack 4000\n"
		    "-     = srtt 0\n");
	play(&conf, "0     write 4000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "500   < ack 0\n"
		    "501   < ack 0\n"
		    "502   < ack 0\n"
		    "-     > 0:1000 again\n"
		    "600   < ack 4000\n"
		    "-     = srtt 0 state open\n");
}

/* RFC 6675: 2000:3000 and 4000:5000 are lost. */
static void sack_sender(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 8;
	conf.sack = true;
	play(&conf, EIGHT
	     "100  < ack 2000\n"
	     "-    > 8000:9000\n"
	     "-    > 9000:10000\n"
	     "-    > 10000:11000\n"
	     "101  < ack 2000 sack 3000:4000\n"
	     "-    > 11000:12000\n" /* one has left: one more (RFC 3042) */
	     "102  < ack 2000 sack 5000:6000 3000:4000\n"
	     "-    > 12000:13000\n"
	     /* Three have arrived behind 2000: it is lost. Behind 4000 two. */
	     "103  < ack 2000 sack 5000:7000 3000:4000\n"
	     "-    = state recovery ssthresh 4500 cwnd 4500\n"
	     "-    > 2000:3000 again\n"
	     /* 4000 too; of 11, four arrived, one is lost: 6 on their way. */
	     "-    = lost 1000 sacked 3000\n"
	     "104  < ack 2000 sack 5000:8000 3000:4000\n"
	     "-    = lost 2000 sacked 4000\n"
	     "105  < ack 2000 sack 5000:9000 3000:4000\n"
	     "106  < ack 2000 sack 5000:10000 3000:4000\n"
	     "107  < ack 2000 sack 5000:11000 3000:4000\n" /* 3 */
	     "-    > 4000:5000 again\n"
	     "108  < ack 2000 sack 5000:12000 3000:4000\n"
	     "-    > 13000:14000\n"
	     "109  < ack 2000 sack 5000:13000 3000:4000\n"
	     "-    > 14000:15000\n"
	     "200  < ack 4000 sack 5000:13000\n"
	     "-    > 15000:16000\n"
	     "201  < ack 13000\n"
	     "-    = state open cwnd 4500\n"
	     "-    > 16000:17000\n");
}

/* Near the end of what is outstanding too little arrives behind a loss to find
 * it; the acknowledgement of what was before it tells. */
static void sack_at_the_end(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 8;
	conf.sack = true;
	play(&conf, "0    write 8000\n" EIGHT_LEAVE "100  < ack 2000\n"
		    "101  < ack 2000 sack 3000:4000\n"
		    "102  < ack 2000 sack 3000:5000\n"
		    "103  < ack 2000 sack 3000:6000\n"
		    "-    > 2000:3000 again\n"
		    "104  < ack 2000 sack 7000:8000 3000:6000\n"
		    "-    = lost 1000\n"
		    "200  < ack 6000 sack 7000:8000\n"
		    "-    > 6000:7000 again\n"
		    "300  < ack 8000\n"
		    "-    = state open lost 0 sacked 0\n");
}

/* After a timeout the window grows by what is new, not by what was known. */
static void sack_and_timeout(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.sack = true;
	conf.counts_bytes = true;
	conf.cwnd_init = 8;
	play(&conf,
	     "0    write 8000\n" EIGHT_LEAVE "100   < ack 0 sack 1000:3000\n"
	     "-     = sacked 2000 lost 0\n"
	     "1000  > 0:1000 again\n"
	     "-     = state loss cwnd 1000 ssthresh 3000\n"
	     "1100  < ack 3000\n"
	     "-     = state loss cwnd 2000\n"
	     "-     > 3000:4000 again\n"
	     "-     > 4000:5000 again\n");
}

/* RFC 2018: the block of the segment that arrived comes first. */
static void sack_receiver(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.sack = true;
	play(&conf, "0    < 0:1000\n"
		    "-    > ack 1000 sack\n"
		    "-    < 2000:3000\n"
		    "-    > ack 1000 sack 2000:3000\n"
		    "-    < 6000:7000\n"
		    "-    > ack 1000 sack 6000:7000 2000:3000\n"
		    "-    < 4000:5000\n"
		    "-    > ack 1000 sack 4000:5000 6000:7000 2000:3000\n"
		    "-    < 3000:4000\n" /* joins two */
		    "-    > ack 1000 sack 2000:5000 6000:7000\n"
		    "-    < 8000:9000\n"
		    "-    > ack 1000 sack 8000:9000 2000:5000 6000:7000\n"
		    "-    < 10000:11000\n" /* room for three */
		    "-    > ack 1000 sack 10000:11000 8000:9000 2000:5000\n"
		    "-    < 1000:2000\n"
		    "-    > ack 5000 sack 10000:11000 8000:9000 6000:7000\n"
		    "-    < 1000:2000\n" /* once more */
		    "-    > ack 5000\n"
		    "-    < 5000:12000\n"
		    "-    > ack 12000 sack\n");
}

/* RFC 6298: 1 s at first, doubled by each timeout; the sample of what was sent
 * twice is worth nothing (Karn), and anything new ends the doubling. */
static void timeout(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	play(&conf, "0     write 3000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "1000  > 0:1000 again\n"
		    "-     = cwnd 1000 ssthresh 2000 rto 2000 state loss\n"
		    "3000  > 0:1000 again\n"
		    "7000  > 0:1000 again\n"
		    "7500  < ack 1000\n"
		    "-     > 1000:2000 again\n"
		    "-     = rto 1000 srtt 0 cwnd 2000 state loss\n"
		    "-     > 2000:3000\n"
		    "7600  < ack 2000\n"
		    "-     = srtt 0 state open\n"
		    "7800  < ack 3000\n" /* 300 ms: R + 4 * R / 2 */
		    "-     = srtt 300 rto 900\n"
		    "9000  write 1000\n"
		    "-     > 3000:4000\n"
		    "9900  > 3000:4000 again\n");
}

/* Each acknowledgement of something new begins the time anew. */
static void timer_restarts(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 4;
	play(&conf, "0     write 3000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "100   < ack 1000\n" /* 100 + 4 * 50 = 300 */
		    "350   < ack 2000\n" /* 250 after the last; RTO anew */
		    "-     = srtt 131 rto 531\n"
		    "881.25 > 2000:3000 again\n");
}

/* After a timeout everything is resent, in slow start; what arrives twice
 * draws duplicates that mean nothing. */
static void go_back(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.cwnd_init = 4;
	play(&conf, "0     write 8000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "1000  > 0:1000 again\n"
		    "1100  < ack 1000\n"
		    "-     > 1000:2000 again\n"
		    "-     > 2000:3000 again\n"
		    "1200  < ack 2000\n"
		    "-     = cwnd 2500\n" /* ssthresh was 2000 */
		    "-     > 3000:4000 again\n"
		    "1201  < ack 2000\n"
		    "1202  < ack 2000\n"
		    "1203  < ack 2000\n"
		    "-     = state loss\n"
		    "1300  < ack 4000\n"
		    "-     = state open cwnd 2900\n"
		    "-     > 4000:5000\n"
		    "-     > 5000:6000\n"
		    "1301  < ack 4000\n" /* of what was resent in vain */
		    "1302  < ack 4000\n"
		    "1303  < ack 4000\n"
		    "-     = state open\n"
		    "1400  < ack 5000\n"
		    "-     > 6000:7000\n"
		    "-     > 7000:8000\n"
		    "1401  < ack 5000\n"
		    "1402  < ack 5000\n"
		    "1403  < ack 5000\n"
		    "-     > 5000:6000 again\n"
		    "-     = state recovery\n");
	/* Two duplicates before a timeout do not count after it. */
	play(&conf, "0     write 4000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "-     > 2000:3000\n"
		    "-     > 3000:4000\n"
		    "10    < ack 0\n"
		    "11    < ack 0\n"
		    "1000  > 0:1000 again\n"
		    "1100  < ack 4000\n"
		    "-     = state open\n"
		    "1200  write 2000\n"
		    "-     > 4000:5000\n"
		    "-     > 5000:6000\n"
		    "1300  < ack 5000\n"
		    "1301  < ack 5000\n"
		    "-     = state open\n");
}

/* Mirage: a sleeper looks every RTO. A tail lost after it has looked is found
 * at the second look: between one and two timeouts later. */
static void timer_check(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0     write 1000\n"
		    "-     > 0:1000\n" /* the sleeper starts: 3 s */
		    "20    < ack 1000\n"
		    "-     = srtt 20 rto 1000\n"
		    "2900  write 1000\n"
		    "-     > 1000:2000\n"	/* lost */
		    "4000  > 1000:2000 again\n" /* 3000: seen. 1 s later: */
		    "-     = rto 2000 cwnd 3000\n"
		    "6000  > 1000:2000 again\n"
		    "10000 > 1000:2000 again\n"
		    "10500 < ack 2000\n"
		    "-     = rto 1000\n"
		    "10600 write 1000\n"
		    "-     > 2000:3000\n"
		    "18000 = rto 1000\n" /* it had 8 s to sleep; now it sees */
		    "19000 > 2000:3000 again\n");
}

/* Lost right after the sleeper started: one timeout, no more. */
static void timer_check_soonest(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0     write 2000\n"
		    "-     > 0:1000\n"
		    "-     > 1000:2000\n"
		    "3000  > 0:1000 again\n"
		    "-     = rto 6000 cwnd 2000\n"
		    "3100  < ack 2000\n"
		    "9000  write 1000\n" /* nothing left at 9000: it stopped */
		    "-     > 2000:3000\n"
		    "12000 > 2000:3000 again\n");
}

/* Mirage gives up when a seventh would be due. */
static void gives_up(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	play(&conf, "0       write 1000\n"
		    "-       > 0:1000\n"
		    "3000    > 0:1000 again\n"
		    "9000    > 0:1000 again\n"
		    "21000   > 0:1000 again\n"
		    "45000   > 0:1000 again\n"
		    "93000   > 0:1000 again\n"
		    "189000  > 0:1000 again\n"
		    "380999  = state open\n"
		    "381000  = state aborted\n"
		    "381000  write 1000\n"
		    "999000  = state aborted\n");
}

/* Mirage times one segment at a time; after a timeout it begins anew. */
static void timed_samples(void **state)
{
	struct tcp_conf conf = mirage_conf();

	(void)state;
	conf.rtt.min = 0;
	play(&conf,
	     "0     write 4000\n"
	     "-     > 0:1000\n" /* timed */
	     "-     > 1000:2000\n"
	     "100   < ack 1000\n"
	     "-     = srtt 100 rto 300\n"
	     "-     > 2000:3000\n" /* timed */
	     "-     > 3000:4000\n"
	     "150   < ack 2000\n" /* no sample */
	     "-     = srtt 100\n"
	     "300   < ack 4000\n" /* 200 */
	     "-     = srtt 112 rto 362\n"
	     "2000  write 1000\n" /* the sleeper came at 3000: 362 more */
	     "-     > 4000:5000\n"
	     "3362.5  > 4000:5000 again\n"
	     "3400  < ack 5000\n" /* sent twice */
	     "-     = srtt 112\n"
	     "3500  write 1000\n"
	     "-     > 5000:6000\n"
	     "3540  < ack 6000\n"
	     "-     = srtt 40 rto 120\n");
}

/* Linux: never less than a round trip and 200 ms. */
static void minimum_of_variation(void **state)
{
	struct tcp_conf conf = plain_conf();

	(void)state;
	conf.rtt.min_of_variation = true;
	play(&conf, "0     write 1000\n"
		    "-     > 0:1000\n"
		    "50    < ack 1000\n"
		    "-     = srtt 50 rto 250\n"
		    "60    write 1000\n"
		    "-     > 1000:2000\n"
		    "310   > 1000:2000 again\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newreno),
		cmocka_unit_test(reno),
		cmocka_unit_test(fast_mirage),
		cmocka_unit_test(duplicate_window),
		cmocka_unit_test(sack_sender),
		cmocka_unit_test(sack_and_timeout),
		cmocka_unit_test(sack_receiver),
		cmocka_unit_test(timeout),
		cmocka_unit_test(timer_restarts),
		cmocka_unit_test(go_back),
		cmocka_unit_test(timer_check),
		cmocka_unit_test(timer_check_soonest),
		cmocka_unit_test(gives_up),
		cmocka_unit_test(timed_samples),
		cmocka_unit_test(minimum_of_variation),
		cmocka_unit_test(sack_at_the_end),
		cmocka_unit_test(data_is_no_duplicate),
		cmocka_unit_test(timer_of_resent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
