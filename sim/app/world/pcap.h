/* SPDX-License-Identifier: MIT */
/*
 * A file of packets that tcpdump, tshark and Wireshark read: libpcap's format
 * with nanoseconds (pcap-savefile(5)), little-endian on every machine. Times
 * count from the beginning of the run.
 */
#ifndef APP_PCAP_H
#define APP_PCAP_H

#include <stdint.h>
#include <stdio.h>

#include "sim/time.h"

/* Errors are the file's: see ferror(). */
void pcap_begin(FILE *file);
/* The first n bytes of a packet that is `whole` bytes long. */
void pcap_packet(FILE *file, sim_time at, const unsigned char *bytes,
		 uint32_t n, uint32_t whole);

#endif
