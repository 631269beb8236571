/* SPDX-License-Identifier: MIT */
/*
 * Inside: a host of ns-3's and its sockets. See tcp.h.
 */
#ifndef SIM_NS3_HOST_H
#define SIM_NS3_HOST_H

#include <ns3/ipv4-address.h>
#include <ns3/net-device-queue-interface.h>
#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/queue-disc.h>
#include <ns3/tag.h>
#include <ns3/tcp-socket-base.h>

#include <deque>
#include <vector>

#include "sim/ns3/tcp.h"

namespace ringsim
{

class Host;
class RingSocket;

/* Goes with a packet through IP, which copies it, and the queue disc. */
class NumberTag : public ns3::Tag
{
      public:
	static ns3::TypeId GetTypeId();
	ns3::TypeId GetInstanceTypeId() const override;
	uint32_t GetSerializedSize() const override;
	void Serialize(ns3::TagBuffer i) const override;
	void Deserialize(ns3::TagBuffer i) override;
	void Print(std::ostream &os) const override;

	uint64_t m_number = 0;
};

/* A segment between TCP and whoever carries it on. */
struct Departure {
	uint64_t number;
	ns3::Ptr<ns3::Packet> packet;
	RingSocket *socket;
	struct ns3_segment seg;
	enum ns3_kind kind;
};

/* Packets that are somewhere in the world outside, each in a place of its own.
 * One for a run. */
struct Places {
	std::vector<ns3::Ptr<ns3::Packet>> places;
};

/* A few packets wait here for whoever carries them on. */
class RingDevice : public ns3::NetDevice
{
      public:
	static ns3::TypeId GetTypeId();

	void SetHost(Host *host);
	void Taken();
	void Receive(ns3::Ptr<ns3::Packet> p);

	void SetIfIndex(const uint32_t index) override;
	uint32_t GetIfIndex() const override;
	ns3::Ptr<ns3::Channel> GetChannel() const override;
	void SetAddress(ns3::Address address) override;
	ns3::Address GetAddress() const override;
	bool SetMtu(const uint16_t mtu) override;
	uint16_t GetMtu() const override;
	bool IsLinkUp() const override;
	void AddLinkChangeCallback(ns3::Callback<void> callback) override;
	bool IsBroadcast() const override;
	ns3::Address GetBroadcast() const override;
	bool IsMulticast() const override;
	ns3::Address GetMulticast(ns3::Ipv4Address group) const override;
	ns3::Address GetMulticast(ns3::Ipv6Address addr) const override;
	bool IsBridge() const override;
	bool IsPointToPoint() const override;
	bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &dest,
		  uint16_t protocol) override;
	bool SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address &source,
		      const ns3::Address &dest, uint16_t protocol) override;
	ns3::Ptr<ns3::Node> GetNode() const override;
	void SetNode(ns3::Ptr<ns3::Node> node) override;
	bool NeedsArp() const override;
	void SetReceiveCallback(ReceiveCallback cb) override;
	void SetPromiscReceiveCallback(PromiscReceiveCallback cb) override;
	bool SupportsSendFrom() const override;

      private:
	void DoDispose() override;

	Host *m_host = nullptr;
	ns3::Ptr<ns3::Node> m_node;
	ReceiveCallback m_up;
	uint32_t m_index = 0;
	unsigned m_waiting = 0;
	bool m_stopped = false;
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
	void ReceivedAck(ns3::Ptr<ns3::Packet> p,
			 const ns3::TcpHeader &h) override;
	void ReTxTimeout() override;
	void DelAckTimeout() override;
	void PersistTimeout() override;

	struct ns3_view *m_view = nullptr;
	std::deque<Departure> m_ready[NS3_KINDS];
	uint64_t m_acked = 0; /* by the last one taken */
	bool m_keeps = false;
	bool m_probing = false;
};

class Host
{
      public:
	/* C is inside ns-3 and will see for itself what has changed. */
	class Work
	{
	      public:
		explicit Work(Host *host) : m_host(host)
		{
			m_host->m_working++;
		}
		~Work()
		{
			m_host->m_working--;
		}
		Work(const Work &) = delete;
		Work &operator=(const Work &) = delete;

	      private:
		Host *m_host;
	};

	Host(struct sim *sim, unsigned end, unsigned txqueuelen,
	     Places *places);
	~Host();
	Host(const Host &) = delete;
	Host &operator=(const Host &) = delete;

	static Host *Of(struct ns3_host *h)
	{
		return reinterpret_cast<Host *>(h);
	}
	static ns3::Ipv4Address Address(unsigned end);

	unsigned End() const;
	ns3::Ptr<ns3::Node> GetNode() const;
	uint64_t Drops() const;
	RingSocket *Open(const struct ns3_socket_conf &conf,
			 struct ns3_view *view, void (*changed)(void *owner),
			 void *owner);
	void Expect(ns3::Ptr<const ns3::Packet> p, Departure &&d);
	bool Departs(ns3::Ptr<ns3::Packet> p);
	void Taken();
	uint32_t Keep(uint32_t slot, ns3::Ptr<ns3::Packet> p);
	void Receive(uint32_t slot);
	void Changed(RingSocket *socket);

	unsigned m_working = 0;

      private:
	/* The first member: what the tournament hands back is the look. */
	struct look {
		struct event event;
		Host *host;
	};

	static void Look(struct sim *sim, struct event *ev);
	void InstallQueue(unsigned txqueuelen);
	void InstallAddress();

	struct sim *m_sim;
	unsigned m_end;
	Places *m_places;
	struct look *m_look; /* in the run's memory */
	ns3::Ptr<ns3::Node> m_node;
	ns3::Ptr<RingDevice> m_device;
	ns3::Ptr<ns3::QueueDisc> m_queue;
	std::vector<ns3::Ptr<RingSocket>> m_sockets;
	std::deque<Departure> m_expected;
	uint64_t m_numbers = 0;
};

} // namespace ringsim

#endif
