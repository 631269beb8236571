/* SPDX-License-Identifier: MIT */
#ifndef TCP_IMAGE_H
#define TCP_IMAGE_H

#include "sim/image.h"
#include "sim/stage.h"

/* A connection's clock, in units of about a millisecond (RFC 7323: from 1 ms to
 * 1 s). 0 is no time. */
static inline uint32_t image_clock(sim_time t)
{
	return (uint32_t)(t >> 30) + 1;
}

/* Of what this end of the path sends. */
static inline struct image_way image_way_of(const struct stage *s)
{
	return stage_is_first(s) ? (struct image_way){1, 2}
				 : (struct image_way){2, 1};
}

/* Of the pools of a struct endpoint. */
extern const struct image segment_image;
/* A datagram's headers; struct image has the rest of the words. */
unsigned datagram_headers(const struct packet *p, struct image_way way,
			  unsigned char *to);

#endif
