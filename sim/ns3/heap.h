/* SPDX-License-Identifier: MIT */
/*
 * ns-3's pending events of a run: a heap of four, in which every event knows
 * its place, so that any of them can be taken out. Slots say who is where and
 * are reused.
 */
#ifndef SIM_NS3_HEAP_H
#define SIM_NS3_HEAP_H

#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace ns3
{
class EventImpl;
}

class Heap
{
      public:
	struct entry {
		sim_time at;
		uint64_t sequence;
		uint32_t slot;
	};

	struct slot {
		ns3::EventImpl *event; /* nullptr: free */
		uint32_t context;
		uint32_t place; /* in the heap; of a free one: the next free */
	};

	bool IsEmpty() const
	{
		return m_entries.empty();
	}

	const entry &First() const
	{
		return m_entries[0];
	}

	const slot &At(uint32_t number) const
	{
		return m_slots[number];
	}

	bool Holds(uint32_t number, const ns3::EventImpl *event) const
	{
		return number < m_slots.size() &&
		       m_slots[number].event == event;
	}

	/* Returns the slot; entry's own, and the place, are filled in. */
	uint32_t Insert(entry e, slot s);
	void Remove(uint32_t number);

      private:
	uint32_t FreeSlot();
	void Put(uint32_t place, const entry &e);
	void Up(uint32_t place, const entry &e);
	void Down(uint32_t place, const entry &e);

	std::vector<entry> m_entries;
	std::vector<slot> m_slots;
	uint32_t m_free = NONE;

	static constexpr uint32_t NONE = UINT32_MAX;
};

#endif
