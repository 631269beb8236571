/* SPDX-License-Identifier: MIT */
#include "sim/app/world/pcap.h"

#include "sim/image.h"

#define MAGIC_NANOSECONDS 0xa1b23c4d
#define VERSION		  (2 | 4 << 16) /* 2.4, as two halves */
#define LINKTYPE_ETHERNET 1

static void put(FILE *file, const uint32_t *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const unsigned char bytes[] = {(unsigned char)words[i],
					       (unsigned char)(words[i] >> 8),
					       (unsigned char)(words[i] >> 16),
					       (unsigned char)(words[i] >> 24)};

		fwrite(bytes, sizeof bytes, 1, file);
	}
}

void pcap_begin(FILE *file)
{
	const uint32_t words[] = {MAGIC_NANOSECONDS, VERSION,	       0, 0,
				  IMAGE_MOST,	     LINKTYPE_ETHERNET};

	put(file, words, 6);
}

void pcap_packet(FILE *file, sim_time at, const unsigned char *bytes,
		 uint32_t n, uint32_t whole)
{
	const uint32_t words[] = {(uint32_t)(at / SIM_SEC),
				  (uint32_t)(at % SIM_SEC / SIM_NS), n, whole};

	put(file, words, 4);
	fwrite(bytes, 1, n, file);
}
