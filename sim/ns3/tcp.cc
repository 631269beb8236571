/* SPDX-License-Identifier: MIT */
#include "sim/ns3/tcp.h"

#include "sim/ns3/host.h"

using ringsim::Departure;
using ringsim::Host;
using ringsim::RingSocket;

struct ns3_socket *ns3_socket(struct ns3_host *h,
			      const struct ns3_socket_conf *conf,
			      struct ns3_view *view,
			      void (*changed)(void *owner), void *owner)
{
	return reinterpret_cast<struct ns3_socket *>(
		Host::Of(h)->Open(*conf, view, changed, owner));
}

static RingSocket *Of(struct ns3_socket *s)
{
	return reinterpret_cast<RingSocket *>(s);
}

void ns3_socket_look(struct ns3_socket *s)
{
	Of(s)->Refresh();
}

void ns3_socket_write(struct ns3_socket *s, uint64_t n)
{
	Host::Work work(Of(s)->m_host);

	Of(s)->Write(n);
}

void ns3_socket_read(struct ns3_socket *s, uint64_t n)
{
	Of(s)->Read(n);
}

void ns3_socket_acknowledge(struct ns3_socket *s)
{
	Host::Work work(Of(s)->m_host);

	Of(s)->Acknowledge();
}

void ns3_socket_take(struct ns3_socket *s, enum ns3_kind kind,
		     struct ns3_segment *seg, uint32_t *slot)
{
	Host *host = Of(s)->m_host;
	Departure d = Of(s)->Take(kind);

	*seg = d.seg;
	*slot = host->Keep(*slot, std::move(d.packet));
}

uint32_t ns3_socket_next(const struct ns3_socket *s, enum ns3_kind kind)
{
	return reinterpret_cast<const RingSocket *>(s)->Next(kind);
}

void ns3_socket_receive(struct ns3_socket *s, uint32_t slot)
{
	Host *host = Of(s)->m_host;
	Host::Work work(host);

	host->Receive(slot);
	Of(s)->Refresh();
}
