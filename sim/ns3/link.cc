/* SPDX-License-Identifier: MIT */
/*
 * A packet of ours travels as one of ns-3's, of the same size and with nothing
 * in it but a tag: its place in a table of those under way.
 *
 * Where there is a queue disc the device holds one packet, so that all others
 * wait where the disc sees them. Attributes are set as values of their type:
 * of strings ns-3 would make nothing but the end of the process.
 */
#include "sim/ns3/link.h"

#include <ns3/codel-queue-disc.h>
#include <ns3/data-rate.h>
#include <ns3/double.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/error-model.h>
#include <ns3/fifo-queue-disc.h>
#include <ns3/fq-codel-queue-disc.h>
#include <ns3/net-device-queue-interface.h>
#include <ns3/node.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/random-variable-stream.h>
#include <ns3/red-queue-disc.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/tag.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/uinteger.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "sim/ns3/clock.h"

using namespace ns3;

namespace
{

constexpr uint16_t ANY_PROTOCOL = 0x0800; /* one that PPP has a number for */

/* --- what travels ------------------------------------------------------- */

class PlaceTag : public Tag
{
      public:
	static TypeId GetTypeId();
	TypeId GetInstanceTypeId() const override;
	uint32_t GetSerializedSize() const override;
	void Serialize(TagBuffer i) const override;
	void Deserialize(TagBuffer i) override;
	void Print(std::ostream &os) const override;

	uint32_t m_place = 0;
};

NS_OBJECT_ENSURE_REGISTERED(PlaceTag);

TypeId PlaceTag::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::PlaceTag")
				    .SetParent<Tag>()
				    .SetGroupName("Network")
				    .AddConstructor<PlaceTag>();

	return tid;
}

TypeId PlaceTag::GetInstanceTypeId() const
{
	return GetTypeId();
}

uint32_t PlaceTag::GetSerializedSize() const
{
	return sizeof m_place;
}

void PlaceTag::Serialize(TagBuffer i) const
{
	i.WriteU32(m_place);
}

void PlaceTag::Deserialize(TagBuffer i)
{
	m_place = i.ReadU32();
}

void PlaceTag::Print(std::ostream &os) const
{
	os << m_place;
}

/* What a queue disc sees: a packet and which flow it is of. */
class Item : public QueueDiscItem
{
      public:
	Item(Ptr<Packet> p, uint32_t flow)
	    : QueueDiscItem(p, Address(), ANY_PROTOCOL), m_flow(flow)
	{
	}

	void AddHeader() override
	{
	}

	bool Mark() override
	{
		return false;
	}

	uint32_t Hash(uint32_t perturbation) const override
	{
		return m_flow ^ perturbation;
	}

      private:
	uint32_t m_flow;
};

/* --- losses ------------------------------------------------------------- */

class Losses : public ErrorModel
{
      public:
	static TypeId GetTypeId();
	void Begin(const struct ns3_losses &losses, int64_t stream);

      private:
	bool DoCorrupt(Ptr<Packet> p) override;
	void DoReset() override;

	double m_begins = 0, m_goes_on = 0;
	bool m_bad = false;
	Ptr<UniformRandomVariable> m_random;
};

NS_OBJECT_ENSURE_REGISTERED(Losses);

TypeId Losses::GetTypeId()
{
	static TypeId tid = TypeId("ringsim::Losses")
				    .SetParent<ErrorModel>()
				    .SetGroupName("Network")
				    .AddConstructor<Losses>();

	return tid;
}

void Losses::Begin(const struct ns3_losses &losses, int64_t stream)
{
	double ends = losses.burst > 0 ? 1 / losses.burst : 1 - losses.share;

	m_begins = losses.share * ends / (1 - losses.share);
	m_goes_on = 1 - ends;
	m_random = CreateObject<UniformRandomVariable>();
	m_random->SetStream(stream);
}

bool Losses::DoCorrupt(Ptr<Packet>)
{
	m_bad = m_random->GetValue() < (m_bad ? m_goes_on : m_begins);
	return m_bad;
}

void Losses::DoReset()
{
	m_bad = false;
}

/* --- a link ------------------------------------------------------------- */

class Link
{
      public:
	Link(struct sim *sim, const struct ns3_link_conf &conf,
	     const struct ns3_link_calls &calls);
	void Send(unsigned end, void *what, uint32_t bytes, uint32_t flow);

      private:
	struct End {
		Ptr<Node> node;
		Ptr<PointToPointNetDevice> device;
		Ptr<TrafficControlLayer> control; /* null: no queue disc */
	};

	void MakeEnd(unsigned end, Ptr<PointToPointChannel> channel);
	void MakeQueue(End &e);
	void MakeLosses(unsigned end);
	void Watch(unsigned end);
	Ptr<QueueDisc> MakeDisc(unsigned end) const;
	uint32_t Keep(void *what);
	void *Release(Ptr<const Packet> p);
	void Ended(unsigned end, Ptr<const Packet> p, enum ns3_fate fate);

	void Refused(unsigned end, Ptr<const QueueDiscItem> item);
	void Overflowed(unsigned end, Ptr<const Packet> p);
	void Begun(unsigned end, Ptr<const Packet> p);
	void Sent(unsigned end, Ptr<const Packet> p);
	void Lost(unsigned end, Ptr<const Packet> p);
	bool Arrived(unsigned end, Ptr<NetDevice> device, Ptr<const Packet> p,
		     uint16_t protocol, const Address &from);

	struct ns3_link_conf m_conf;
	struct ns3_link_calls m_calls;
	End m_ends[2];
	std::vector<void *> m_places;
	std::vector<uint32_t> m_free;
};

/* --- making ------------------------------------------------------------- */

Ptr<QueueDisc> MakeCodel(const struct ns3_link_conf &c)
{
	Ptr<CoDelQueueDisc> disc = CreateObject<CoDelQueueDisc>();

	disc->SetAttribute("Target", TimeValue(TimeStep(c.target)));
	disc->SetAttribute("Interval", TimeValue(TimeStep(c.interval)));
	return disc;
}

/* It takes times as strings. */
std::string Written(sim_time t)
{
	return std::to_string(t / SIM_NS) + "ns";
}

Ptr<QueueDisc> MakeFqCodel(const struct ns3_link_conf &c)
{
	Ptr<FqCoDelQueueDisc> disc = CreateObject<FqCoDelQueueDisc>();

	disc->SetAttribute("Target", StringValue(Written(c.target)));
	disc->SetAttribute("Interval", StringValue(Written(c.interval)));
	disc->SetQuantum(c.quantum);
	return disc;
}

Ptr<QueueDisc> MakeRed(const struct ns3_link_conf &c, unsigned end)
{
	Ptr<RedQueueDisc> disc = CreateObject<RedQueueDisc>();

	disc->SetAttribute("MinTh", DoubleValue(c.least));
	disc->SetAttribute("MaxTh", DoubleValue(c.most));
	disc->SetAttribute("LinkBandwidth", DataRateValue(DataRate(c.rate)));
	disc->SetAttribute("LinkDelay", TimeValue(TimeStep(c.delay)));
	disc->SetAttribute("MeanPktSize", UintegerValue(c.quantum));
	disc->AssignStreams(static_cast<int64_t>(c.stream + 2 + end));
	return disc;
}

Ptr<QueueDisc> Link::MakeDisc(unsigned end) const
{
	Ptr<QueueDisc> disc;

	if (m_conf.disc == NS3_DISC_CODEL)
		disc = MakeCodel(m_conf);
	else if (m_conf.disc == NS3_DISC_FQ_CODEL)
		disc = MakeFqCodel(m_conf);
	else if (m_conf.disc == NS3_DISC_RED)
		disc = MakeRed(m_conf, end);
	else
		disc = CreateObject<FifoQueueDisc>();
	disc->SetMaxSize(QueueSize(QueueSizeUnit::PACKETS, m_conf.limit));
	return disc;
}

void Link::MakeQueue(End &e)
{
	bool disc = m_conf.disc != NS3_DISC_NONE;
	Ptr<DropTailQueue<Packet>> queue =
		CreateObject<DropTailQueue<Packet>>();
	Ptr<NetDeviceQueueInterface> face;

	queue->SetMaxSize(
		QueueSize(QueueSizeUnit::PACKETS, disc ? 1 : m_conf.limit));
	e.device->SetQueue(queue);
	if (!disc)
		return;
	face = CreateObject<NetDeviceQueueInterface>();
	face->GetTxQueue(0)->ConnectQueueTraces(queue);
	e.device->AggregateObject(face);
	e.control = CreateObject<TrafficControlLayer>();
	e.node->AggregateObject(e.control);
}

void Link::MakeLosses(unsigned end)
{
	Ptr<Losses> losses;

	if (m_conf.losses[1 - end].share <= 0)
		return;
	losses = CreateObject<Losses>();
	losses->Begin(m_conf.losses[1 - end],
		      static_cast<int64_t>(m_conf.stream + end));
	m_ends[end].device->SetReceiveErrorModel(losses);
}

void Link::Watch(unsigned end)
{
	Ptr<PointToPointNetDevice> d = m_ends[end].device;

	d->TraceConnectWithoutContext(
		"MacTxDrop", MakeCallback(&Link::Overflowed, this).Bind(end));
	d->TraceConnectWithoutContext(
		"PhyTxBegin", MakeCallback(&Link::Begun, this).Bind(end));
	d->TraceConnectWithoutContext(
		"PhyTxEnd", MakeCallback(&Link::Sent, this).Bind(end));
	d->TraceConnectWithoutContext(
		"PhyRxDrop", MakeCallback(&Link::Lost, this).Bind(end));
	d->SetReceiveCallback(MakeCallback(&Link::Arrived, this).Bind(end));
}

void Link::MakeEnd(unsigned end, Ptr<PointToPointChannel> channel)
{
	End &e = m_ends[end];

	e.node = CreateObject<Node>();
	e.device = CreateObject<PointToPointNetDevice>();
	e.device->SetDataRate(DataRate(m_conf.rate));
	MakeQueue(e);
	e.node->AddDevice(e.device);
	e.device->Attach(channel);
	if (e.control) {
		Ptr<QueueDisc> disc = MakeDisc(end);

		disc->TraceConnectWithoutContext(
			"Drop", MakeCallback(&Link::Refused, this).Bind(end));
		e.control->SetRootQueueDiscOnDevice(e.device, disc);
	}
	MakeLosses(end);
	Watch(end);
}

Link::Link(struct sim *sim, const struct ns3_link_conf &conf,
	   const struct ns3_link_calls &calls)
    : m_conf(conf), m_calls(calls)
{
	Ptr<PointToPointChannel> channel;

	ns3_join(sim);
	channel = CreateObject<PointToPointChannel>();
	channel->SetAttribute("Delay", TimeValue(TimeStep(conf.delay)));
	MakeEnd(0, channel);
	MakeEnd(1, channel);
	m_ends[0].node->Initialize();
	m_ends[1].node->Initialize();
}

/* --- travelling --------------------------------------------------------- */

uint32_t Link::Keep(void *what)
{
	uint32_t place;

	if (m_free.empty()) {
		m_places.push_back(what);
		return static_cast<uint32_t>(m_places.size() - 1);
	}
	place = m_free.back();
	m_free.pop_back();
	m_places[place] = what;
	return place;
}

void *Link::Release(Ptr<const Packet> p)
{
	PlaceTag tag;

	if (!p->PeekPacketTag(tag))
		abort();
	m_free.push_back(tag.m_place);
	return m_places[tag.m_place];
}

void Link::Send(unsigned end, void *what, uint32_t bytes, uint32_t flow)
{
	const End &e = m_ends[end];
	Ptr<Packet> p = Create<Packet>(bytes);
	PlaceTag tag;

	tag.m_place = Keep(what);
	p->AddPacketTag(tag);
	if (e.control)
		e.control->Send(e.device, Create<Item>(p, flow));
	else
		e.device->Send(p, e.device->GetBroadcast(), ANY_PROTOCOL);
}

void Link::Ended(unsigned end, Ptr<const Packet> p, enum ns3_fate fate)
{
	m_calls.ended(m_calls.owner, end, Release(p), fate);
}

void Link::Refused(unsigned end, Ptr<const QueueDiscItem> item)
{
	Ended(end, item->GetPacket(), NS3_REFUSED);
}

void Link::Overflowed(unsigned end, Ptr<const Packet> p)
{
	Ended(end, p, NS3_REFUSED);
}

void Link::Begun(unsigned end, Ptr<const Packet>)
{
	m_calls.begun(m_calls.owner, end);
}

void Link::Sent(unsigned end, Ptr<const Packet>)
{
	m_calls.sent(m_calls.owner, end);
}

void Link::Lost(unsigned end, Ptr<const Packet> p)
{
	Ended(1 - end, p, NS3_LOST);
}

bool Link::Arrived(unsigned end, Ptr<NetDevice>, Ptr<const Packet> p, uint16_t,
		   const Address &)
{
	Ended(1 - end, p, NS3_ARRIVED);
	return true;
}

void Delete(Link *link)
{
	delete link;
}

} // namespace

/* It goes when its nodes have gone. */
struct ns3_link *ns3_link_new(struct sim *sim, const struct ns3_link_conf *conf,
			      const struct ns3_link_calls *calls)
{
	Link *link = new Link(sim, *conf, *calls);

	Simulator::ScheduleDestroy(Delete, link);
	return reinterpret_cast<struct ns3_link *>(link);
}

void ns3_link_send(struct ns3_link *l, unsigned end, void *what, uint32_t bytes,
		   uint32_t flow)
{
	reinterpret_cast<Link *>(l)->Send(end, what, bytes, flow);
}
