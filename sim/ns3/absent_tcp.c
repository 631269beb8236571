/* SPDX-License-Identifier: MIT */
/* Who asks for ns-3's TCP is told by the roof that it is not built. */
#include <stdlib.h>

#include "sim/ns3/tcp.h"

struct ns3_host *ns3_host(struct sim *sim, unsigned end, unsigned txqueuelen)
{
	(void)sim;
	(void)end;
	(void)txqueuelen;
	abort();
}

struct ns3_socket *ns3_socket(struct ns3_host *h,
			      const struct ns3_socket_conf *conf,
			      struct ns3_view *view,
			      void (*changed)(void *owner), void *owner)
{
	(void)h;
	(void)conf;
	(void)view;
	(void)changed;
	(void)owner;
	abort();
}

void ns3_socket_look(struct ns3_socket *s)
{
	(void)s;
	abort();
}

void ns3_socket_write(struct ns3_socket *s, uint64_t n)
{
	(void)s;
	(void)n;
	abort();
}

void ns3_socket_read(struct ns3_socket *s, uint64_t n)
{
	(void)s;
	(void)n;
	abort();
}

void ns3_socket_acknowledge(struct ns3_socket *s)
{
	(void)s;
	abort();
}

void ns3_socket_take(struct ns3_socket *s, enum ns3_kind kind,
		     struct ns3_segment *seg, uint32_t *slot)
{
	(void)s;
	(void)kind;
	(void)seg;
	(void)slot;
	abort();
}

uint32_t ns3_socket_next(const struct ns3_socket *s, enum ns3_kind kind)
{
	(void)s;
	(void)kind;
	abort();
}

void ns3_socket_receive(struct ns3_socket *s, uint32_t slot)
{
	(void)s;
	(void)slot;
	abort();
}
