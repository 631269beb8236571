/* SPDX-License-Identifier: MIT */
/*
 * A host: a node with IPv4, whose one device leads into our world.
 *
 * TCP's packets are known before they reach the device: what TCP says of each
 * when it sends it waits in a list until the packet itself has come through IP
 * and the queue disc. Both are first in, first out; those in front of one that
 * comes have been dropped by the queue disc.
 */
#include "sim/ns3/host.h"

#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/net-device-queue-interface.h>
#include <ns3/pfifo-fast-queue-disc.h>
#include <ns3/simulator.h>
#include <ns3/traffic-control-layer.h>

#include "sim/ns3/clock.h"

using namespace ns3;

namespace ringsim
{

Ipv4Address Host::Address(unsigned end)
{
	return Ipv4Address((10u << 24) + end);
}

Host::Host(struct sim *sim, unsigned number, unsigned end, unsigned txqueuelen,
	   Places *places)
    : m_sim(sim), m_number(number), m_end(end), m_places(places)
{
	InternetStackHelper internet;

	m_look = static_cast<struct look *>(sim_alloc(sim, sizeof *m_look));
	m_look->host = this;
	event_init(sim, &m_look->event, Look);
	m_node = CreateObject<Node>();
	m_device = CreateObject<RingDevice>();
	m_device->SetHost(this);
	m_device->AggregateObject(CreateObject<NetDeviceQueueInterface>());
	internet.SetIpv6StackInstall(false);
	internet.SetRoutingHelper(Ipv4StaticRoutingHelper());
	internet.Install(m_node);
	m_node->AddDevice(m_device);
	InstallQueue(txqueuelen);
	InstallAddress();
	m_node->Initialize();
}

/* One that is woken sends all it has, as far as the device takes it. */
void Host::InstallQueue(unsigned txqueuelen)
{
	m_queue = CreateObject<PfifoFastQueueDisc>();
	m_queue->SetMaxSize(QueueSize(QueueSizeUnit::PACKETS, txqueuelen));
	m_queue->SetQuota(UINT32_MAX);
	m_node->GetObject<TrafficControlLayer>()->SetRootQueueDiscOnDevice(
		m_device, m_queue);
}

void Host::InstallAddress()
{
	Ptr<Ipv4> ip = m_node->GetObject<Ipv4>();
	uint32_t i = ip->AddInterface(m_device);

	ip->AddAddress(i,
		       Ipv4InterfaceAddress(Address(m_end), Ipv4Mask("/24")));
	ip->SetMetric(i, 1);
	ip->SetUp(i);
}

/* Their memory goes with ns-3's, when nodes and what hangs on them go. */
Host::~Host()
{
	m_device->SetHost(nullptr);
	for (auto &socket : m_sockets)
		socket->End();
}

unsigned Host::End() const
{
	return m_end;
}

/* Each of several paths has hosts 1 and 2: their ends alone would not do. */
int64_t Host::Stream(unsigned flow) const
{
	return m_number * 100 + flow;
}

Ptr<Node> Host::GetNode() const
{
	return m_node;
}

RingSocket *Host::Open(const struct ns3_socket_conf &conf,
		       struct ns3_view *view, void (*changed)(void *owner),
		       void *owner)
{
	Ptr<RingSocket> socket = CreateObject<RingSocket>();

	socket->m_changed = changed;
	socket->m_owner = owner;
	m_sockets.push_back(socket);
	socket->Begin(this, conf, view);
	return PeekPointer(socket);
}

void Host::Expect(Ptr<const Packet> p, Departure &&d)
{
	NumberTag tag;

	tag.m_number = d.number = m_numbers++;
	p->AddPacketTag(tag);
	m_expected.push_back(std::move(d));
}

/* False: it is nobody's. */
bool Host::Departs(Ptr<Packet> p)
{
	NumberTag tag;
	RingSocket *socket;

	if (!p->RemovePacketTag(tag))
		return false;
	while (m_expected.front().number != tag.m_number) {
		m_expected.front().socket->Dropped();
		m_expected.pop_front();
	}
	socket = m_expected.front().socket;
	m_expected.front().packet = p;
	socket->Ready(std::move(m_expected.front()));
	m_expected.pop_front();
	Changed();
	return true;
}

void Host::Taken()
{
	m_device->Taken();
}

uint32_t Host::Keep(uint32_t slot, Ptr<Packet> p)
{
	auto &places = m_places->places;

	if (slot == 0) {
		slot = (uint32_t)places.size();
		places.push_back(nullptr);
	}
	places[slot] = p;
	return slot;
}

void Host::Receive(uint32_t slot)
{
	Ptr<Packet> p = m_places->places[slot];

	m_places->places[slot] = nullptr;
	m_device->Receive(p);
}

/* Told later, lest C begins to work in the midst of ns-3's. */
void Host::Changed()
{
	if (m_working == 0 && !event_pending(m_sim, &m_look->event))
		event_at(m_sim, &m_look->event, m_sim->now);
}

void Host::Look(struct sim *, struct event *ev)
{
	Host *host = reinterpret_cast<struct look *>(ev)->host;

	for (auto &socket : host->m_sockets)
		socket->m_changed(socket->m_owner);
}

/* --- a run's ------------------------------------------------------------ */

struct World {
	Places places;
	std::vector<Host *> hosts;
};

/* ns-3 is one a process, and so is this. */
static World *world;

static void EndWorld()
{
	for (Host *host : world->hosts)
		delete host;
	delete world;
	world = nullptr;
}

static World *WorldOf(struct sim *sim)
{
	ns3_join(sim);
	if (!world) {
		world = new World();
		world->places.places.push_back(nullptr);
		Simulator::ScheduleDestroy(&EndWorld);
	}
	return world;
}

} // namespace ringsim

using ringsim::Host;

struct ns3_host *ns3_host(struct sim *sim, unsigned end, unsigned txqueuelen)
{
	ringsim::World *w = ringsim::WorldOf(sim);
	unsigned number = (unsigned)w->hosts.size() + 1;

	w->hosts.push_back(new Host(sim, number, end, txqueuelen, &w->places));
	return reinterpret_cast<struct ns3_host *>(w->hosts.back());
}
