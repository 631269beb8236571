/* SPDX-License-Identifier: MIT */
/*
 * Inside: a socket of ns-3's. See tcp.h.
 */
#ifndef SIM_NS3_SOCKET_H
#define SIM_NS3_SOCKET_H

#include <ns3/tcp-socket-base.h>

#include <deque>

#include "sim/ns3/tcp.h"

namespace ringsim
{

class Host;
class RingSocket;

/* A segment between TCP and whoever carries it on. */
struct Departure {
	uint64_t number;
	ns3::Ptr<ns3::Packet> packet;
	RingSocket *socket;
	struct ns3_segment seg;
	enum ns3_kind kind;
};

/* TCP as it is in ns-3, which tells what it does. */
class RingSocket : public ns3::TcpSocketBase
{
      public:
	static ns3::TypeId GetTypeId();
	ns3::TypeId GetInstanceTypeId() const override;

	void Begin(Host *host, const struct ns3_socket_conf &conf,
		   struct ns3_view *view);
	void End();
	void Write(uint64_t n);
	void Read(uint64_t n);
	void Acknowledge();
	void Ready(Departure &&d);
	void Dropped();
	Departure Take(enum ns3_kind kind);
	uint32_t Next(enum ns3_kind kind) const;
	void Refresh();

	Host *m_host = nullptr;
	void (*m_changed)(void *owner) = nullptr;
	void *m_owner = nullptr;

      private:
	Departure TakeFirst(enum ns3_kind kind);
	void Configure(const struct ns3_socket_conf &conf);
	void Establish(const struct ns3_socket_conf &conf);
	void Sent(ns3::Ptr<const ns3::Packet> p, const ns3::TcpHeader &h,
		  ns3::Ptr<const ns3::TcpSocketBase> socket);
	void Arrived(ns3::Ptr<ns3::Socket> socket);
	uint32_t SendDataPacket(ns3::SequenceNumber32 seq, uint32_t maxSize,
				bool withAck) override;
	bool IsDuplicate(ns3::Ptr<const ns3::Packet> p,
			 const ns3::TcpHeader &h);
	uint32_t AvailableWindow() const override;
	void ReceivedAck(ns3::Ptr<ns3::Packet> p,
			 const ns3::TcpHeader &h) override;
	void ReTxTimeout() override;
	void DelAckTimeout() override;
	void PersistTimeout() override;

	struct ns3_view *m_view = nullptr;
	std::deque<Departure> m_ready[NS3_KINDS];
	uint64_t m_acked = 0;	/* by the last one taken */
	uint16_t m_offered = 0; /* the peer's window, as it says it */
	bool m_keeps = false;
	bool m_probing = false;
};

} // namespace ringsim

#endif
