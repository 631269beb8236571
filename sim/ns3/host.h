/* SPDX-License-Identifier: MIT */
/*
 * Inside: a host of ns-3's. See tcp.h.
 */
#ifndef SIM_NS3_HOST_H
#define SIM_NS3_HOST_H

#include <ns3/ipv4-address.h>
#include <ns3/queue-disc.h>

#include <vector>

#include "sim/ns3/device.h"
#include "sim/ns3/socket.h"

namespace ringsim
{

/* Packets that are somewhere in the world outside, each in a place of its own.
 * One for a run. */
struct Places {
	std::vector<ns3::Ptr<ns3::Packet>> places;
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

	Host(struct sim *sim, unsigned number, unsigned end,
	     unsigned txqueuelen, Places *places);
	~Host();
	Host(const Host &) = delete;
	Host &operator=(const Host &) = delete;

	static Host *Of(struct ns3_host *h)
	{
		return reinterpret_cast<Host *>(h);
	}
	static ns3::Ipv4Address Address(unsigned end);

	unsigned End() const;
	/* Of random numbers, one for each of its connections. */
	int64_t Stream(unsigned flow) const;
	ns3::Ptr<ns3::Node> GetNode() const;
	RingSocket *Open(const struct ns3_socket_conf &conf,
			 struct ns3_view *view, void (*changed)(void *owner),
			 void *owner);
	void Expect(ns3::Ptr<const ns3::Packet> p, Departure &&d);
	bool Departs(ns3::Ptr<ns3::Packet> p);
	void Taken();
	uint32_t Keep(uint32_t slot, ns3::Ptr<ns3::Packet> p);
	void Receive(uint32_t slot);
	void Changed();

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
	unsigned m_number; /* of the run's, from 1 */
	unsigned m_end;
	Places *m_places;
	unsigned m_working = 0; /* how deep */
	struct look *m_look;	/* in the run's memory */
	ns3::Ptr<ns3::Node> m_node;
	ns3::Ptr<RingDevice> m_device;
	ns3::Ptr<ns3::QueueDisc> m_queue;
	std::vector<ns3::Ptr<RingSocket>> m_sockets;
	std::deque<Departure> m_expected;
	uint64_t m_numbers = 0;
};

} // namespace ringsim

#endif
