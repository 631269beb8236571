/* SPDX-License-Identifier: MIT */
#include "sim/ns3/device.h"

#include <ns3/channel.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/mac48-address.h>
#include <ns3/net-device-queue-interface.h>

#include "sim/ns3/host.h"

using namespace ns3;

namespace ringsim
{

/* --- numbers ------------------------------------------------------------ */

NS_OBJECT_ENSURE_REGISTERED(NumberTag);

TypeId NumberTag::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::NumberTag")
				    .SetParent<Tag>()
				    .SetGroupName("Network")
				    .AddConstructor<NumberTag>();

	return tid;
}

TypeId NumberTag::GetInstanceTypeId() const
{
	return GetTypeId();
}

uint32_t NumberTag::GetSerializedSize() const
{
	return sizeof m_number;
}

void NumberTag::Serialize(TagBuffer i) const
{
	i.WriteU64(m_number);
}

void NumberTag::Deserialize(TagBuffer i)
{
	m_number = i.ReadU64();
}

void NumberTag::Print(std::ostream &os) const
{
	os << m_number;
}

/* --- the device --------------------------------------------------------- */

const unsigned ROOM = 16;   /* packets; then the queue disc waits */
const unsigned ENOUGH = 8;  /* so few, and it goes on */
const uint16_t MTU = 65535; /* segments may be those of GSO */

NS_OBJECT_ENSURE_REGISTERED(RingDevice);

TypeId RingDevice::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::RingDevice")
				    .SetParent<NetDevice>()
				    .SetGroupName("Network")
				    .AddConstructor<RingDevice>();

	return tid;
}

static Ptr<NetDeviceQueue> QueueOf(const RingDevice *device)
{
	return device->GetObject<NetDeviceQueueInterface>()->GetTxQueue(0);
}

bool RingDevice::Send(Ptr<Packet> packet, const ns3::Address &, uint16_t)
{
	if (!m_host || !m_host->Departs(packet))
		return true;
	if (++m_waiting >= ROOM && !m_stopped) {
		m_stopped = true;
		QueueOf(this)->Stop();
	}
	return true;
}

bool RingDevice::SendFrom(Ptr<Packet> packet, const ns3::Address &,
			  const ns3::Address &dest, uint16_t protocol)
{
	return Send(packet, dest, protocol);
}

void RingDevice::Taken()
{
	if (--m_waiting > ENOUGH || !m_stopped)
		return;
	m_stopped = false;
	QueueOf(this)->Wake();
}

void RingDevice::Receive(Ptr<Packet> p)
{
	m_up(this, p, Ipv4L3Protocol::PROT_NUMBER, GetBroadcast());
}

void RingDevice::SetHost(Host *host)
{
	m_host = host;
}

void RingDevice::SetIfIndex(const uint32_t index)
{
	m_index = index;
}

uint32_t RingDevice::GetIfIndex() const
{
	return m_index;
}

Ptr<Channel> RingDevice::GetChannel() const
{
	return nullptr;
}

void RingDevice::SetAddress(ns3::Address)
{
}

ns3::Address RingDevice::GetAddress() const
{
	return GetBroadcast();
}

bool RingDevice::SetMtu(const uint16_t)
{
	return false;
}

uint16_t RingDevice::GetMtu() const
{
	return MTU;
}

bool RingDevice::IsLinkUp() const
{
	return true;
}

void RingDevice::AddLinkChangeCallback(Callback<void>)
{
}

bool RingDevice::IsBroadcast() const
{
	return true;
}

ns3::Address RingDevice::GetBroadcast() const
{
	return Mac48Address::GetBroadcast();
}

bool RingDevice::IsMulticast() const
{
	return false;
}

ns3::Address RingDevice::GetMulticast(Ipv4Address) const
{
	return GetBroadcast();
}

ns3::Address RingDevice::GetMulticast(Ipv6Address) const
{
	return GetBroadcast();
}

bool RingDevice::IsBridge() const
{
	return false;
}

bool RingDevice::IsPointToPoint() const
{
	return true;
}

Ptr<Node> RingDevice::GetNode() const
{
	return m_node;
}

void RingDevice::SetNode(Ptr<Node> node)
{
	m_node = node;
}

bool RingDevice::NeedsArp() const
{
	return false;
}

void RingDevice::SetReceiveCallback(ReceiveCallback cb)
{
	m_up = cb;
}

void RingDevice::SetPromiscReceiveCallback(PromiscReceiveCallback)
{
}

bool RingDevice::SupportsSendFrom() const
{
	return false;
}

void RingDevice::DoDispose()
{
	m_node = nullptr;
	m_up = ReceiveCallback();
	NetDevice::DoDispose();
}

} // namespace ringsim
