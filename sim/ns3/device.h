/* SPDX-License-Identifier: MIT */
/*
 * Inside: the device of a host of ns-3's that leads into our world. See tcp.h.
 */
#ifndef SIM_NS3_DEVICE_H
#define SIM_NS3_DEVICE_H

#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/tag.h>

namespace ringsim
{

class Host;

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

} // namespace ringsim

#endif
