/* SPDX-License-Identifier: MIT */
/*
 * TCP and UDP headers as bytes.
 *
 * Our streams begin at position 0, a real one with a SYN, which takes a number:
 * both ends begin with number 0, so that position p is sequence number p + 1,
 * modulo 2^32. Windows are scaled as Linux would (RFC 7323: by as little as
 * makes the whole of it fit), which rounds them down; how much a reader learns
 * from the SYNs of the opening. They name the MSS, SACK and timestamps too.
 */
#include "models/tcp/image.h"

#include <string.h>

#include "models/tcp/datagram.h"
#include "models/tcp/endpoint.h"

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define CLIENT_PORT  49152
#define SERVER_PORT  5001 /* iperf's */
#define TCP_HEADER   20
#define UDP_HEADER   8

enum { FLAG_SYN = 2, FLAG_ACK = 16 };
enum { OPTION_NOP = 1, OPTION_MSS, OPTION_SCALE, OPTION_SACK_OK, OPTION_SACK };
#define OPTION_TIMESTAMPS 8

struct tcp_header {
	uint32_t seq, ack;
	uint16_t flags;
	uint32_t window; /* as it is written */
};

static const struct endpoints *endpoints_of(const struct packet_pool *pool)
{
	return (const struct endpoints *)((const char *)pool -
					  offsetof(struct endpoints, pool));
}

/* Of the client's end. */
static unsigned port_of(const struct endpoint *e)
{
	return CLIENT_PORT + e->number;
}

static unsigned scale_of(const struct endpoint *e)
{
	unsigned scale = 0;

	while (e->conn.conf.window >> scale > 65535)
		scale++;
	return scale;
}

/* --- options ------------------------------------------------------------ */

static unsigned char *put_timestamps(unsigned char *at, uint32_t now,
				     uint32_t echo)
{
	*at++ = OPTION_NOP;
	*at++ = OPTION_NOP;
	*at++ = OPTION_TIMESTAMPS;
	*at++ = 10;
	return image_put32(image_put32(at, now), echo);
}

static unsigned char *put_sack(unsigned char *at, const struct segment *s)
{
	*at++ = OPTION_NOP;
	*at++ = OPTION_NOP;
	*at++ = OPTION_SACK;
	*at++ = (unsigned char)(2 + 8 * s->n_sack);
	for (unsigned i = 0; i < s->n_sack; i++) {
		at = image_put32(at, (uint32_t)(s->sack[i].begin + 1));
		at = image_put32(at, (uint32_t)(s->sack[i].end + 1));
	}
	return at;
}

static unsigned char *put_syn_options(unsigned char *at,
				      const struct endpoint *e, uint32_t echo)
{
	*at++ = OPTION_MSS;
	*at++ = 4;
	at = image_put16(at, e->conn.conf.mss);
	*at++ = OPTION_SACK_OK;
	*at++ = 2;
	*at++ = OPTION_NOP;
	*at++ = OPTION_NOP;
	if (!e->conn.conf.sack)
		memset(at - 4, OPTION_NOP, 2);
	if (e->of->timestamps)
		at = put_timestamps(at, image_clock(0), echo);
	*at++ = OPTION_NOP;
	*at++ = OPTION_SCALE;
	*at++ = 3;
	*at++ = (unsigned char)scale_of(e);
	return at;
}

/* --- TCP ---------------------------------------------------------------- */

/* Before its options, which are there already and end at `end`. */
static unsigned finish_tcp(const struct endpoint *e, unsigned char *to,
			   unsigned char *end, const struct tcp_header *h,
			   struct image_ip *ip)
{
	unsigned char *tcp = to + IMAGE_ETHERNET + IMAGE_IPV4, *at = tcp;
	unsigned n = (unsigned)(end - tcp);
	bool opens = e->of->opens;

	ip->way = image_way_of(e->stage);
	ip->protocol = PROTOCOL_TCP;
	at = image_put16(at, opens ? port_of(e) : SERVER_PORT);
	at = image_put16(at, opens ? SERVER_PORT : port_of(e));
	at = image_put32(at, h->seq);
	at = image_put32(at, h->ack);
	at = image_put16(at, n / 4 << 12 | h->flags);
	at = image_put16(at, h->window);
	image_put32(at, 0);
	image_put16(at, image_checksum(ip, tcp, n));
	image_ipv4(to + IMAGE_ETHERNET, ip);
	image_ethernet(to, ip->way, ETHERTYPE_IPV4);
	return IMAGE_ETHERNET + IMAGE_IPV4 + n;
}

static unsigned tcp_headers(const struct packet *p, unsigned char *to)
{
	const struct segment *s = (const void *)p->header;
	const struct endpoint *e = &endpoints_of(p->pool)->all[s->flow];
	unsigned char *at = to + SEGMENT_HEADERS;
	struct tcp_header h = {.seq = (uint32_t)(s->seq + 1),
			       .ack = (uint32_t)(s->ack + 1),
			       .flags = FLAG_ACK,
			       .window = s->window >> scale_of(e)};
	struct image_ip ip = {.id = (uint16_t)p->number,
			      .length = p->size - IMAGE_ETHERNET};

	if (e->of->timestamps)
		at = put_timestamps(at, image_clock(p->born), s->echo);
	if (s->n_sack)
		at = put_sack(at, s);
	return finish_tcp(e, to, at, &h, &ip);
}

/* SYN, SYN and ACK, ACK; only the last one's window is scaled. */
static unsigned open_one(const struct endpoint *e, unsigned step,
			 unsigned char *to)
{
	uint32_t window = e->conn.conf.window;
	unsigned char *at = to + SEGMENT_HEADERS;
	struct tcp_header h = {.seq = step == 2,
			       .ack = step > 0,
			       .flags = step == 0   ? FLAG_SYN
					: step == 1 ? FLAG_SYN | FLAG_ACK
						    : FLAG_ACK};
	struct image_ip ip = {0};

	if (e->of->opens == (step == 1))
		return 0;
	if (step < 2)
		at = put_syn_options(at, e, step ? image_clock(0) : 0);
	else if (e->of->timestamps)
		at = put_timestamps(at, image_clock(0), image_clock(0));
	h.window = step == 2	    ? window >> scale_of(e)
		   : window > 65535 ? 65535
				    : window;
	ip.length = (uint32_t)(at - to) - IMAGE_ETHERNET;
	return finish_tcp(e, to, at, &h, &ip);
}

/* One connection after the other. */
static unsigned tcp_opening(const struct packet_pool *pool, unsigned step,
			    unsigned char *to)
{
	const struct endpoints *es = endpoints_of(pool);

	return step / 3 < es->n ? open_one(&es->all[step / 3], step % 3, to)
				: 0;
}

const struct image segment_image = {.headers = tcp_headers,
				    .opening = tcp_opening};

/* --- UDP ---------------------------------------------------------------- */

unsigned datagram_headers(const struct packet *p, struct image_way way,
			  unsigned char *to)
{
	unsigned char *udp = to + IMAGE_ETHERNET + IMAGE_IPV4, *at = udp;
	struct image_ip ip = {.way = way,
			      .protocol = PROTOCOL_UDP,
			      .id = (uint16_t)p->number,
			      .length = p->size - IMAGE_ETHERNET};
	uint16_t sum;

	at = image_put16(at, CLIENT_PORT);
	at = image_put16(at, SERVER_PORT);
	at = image_put16(at, ip.length - IMAGE_IPV4);
	image_put16(at, 0);
	sum = image_checksum(&ip, udp, UDP_HEADER);
	image_put16(at, sum ? sum : 0xffff); /* 0: it has none */
	image_ipv4(to + IMAGE_ETHERNET, &ip);
	image_ethernet(to, way, ETHERTYPE_IPV4);
	return DATAGRAM_HEADERS;
}
