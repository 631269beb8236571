/* SPDX-License-Identifier: MIT */
#include "sim/ns3/heap.h"

namespace
{

constexpr uint32_t CHILDREN = 4;

bool Before(const Heap::entry &a, const Heap::entry &b)
{
	return a.at < b.at || (a.at == b.at && a.sequence < b.sequence);
}

} // namespace

uint32_t Heap::FreeSlot()
{
	uint32_t number = m_free;

	if (number == NONE) {
		m_slots.push_back({nullptr, 0, 0});
		return static_cast<uint32_t>(m_slots.size() - 1);
	}
	m_free = m_slots[number].place;
	return number;
}

void Heap::Put(uint32_t place, const entry &e)
{
	m_entries[place] = e;
	m_slots[e.slot].place = place;
}

void Heap::Up(uint32_t place, const entry &e)
{
	while (place > 0) {
		uint32_t above = (place - 1) / CHILDREN;

		if (!Before(e, m_entries[above]))
			break;
		Put(place, m_entries[above]);
		place = above;
	}
	Put(place, e);
}

void Heap::Down(uint32_t place, const entry &e)
{
	uint32_t n = static_cast<uint32_t>(m_entries.size());

	for (;;) {
		uint32_t first = place * CHILDREN + 1, least = first;

		if (first >= n)
			break;
		for (uint32_t i = first + 1; i < first + CHILDREN && i < n; i++)
			if (Before(m_entries[i], m_entries[least]))
				least = i;
		if (!Before(m_entries[least], e))
			break;
		Put(place, m_entries[least]);
		place = least;
	}
	Put(place, e);
}

uint32_t Heap::Insert(entry e, slot s)
{
	e.slot = FreeSlot();
	m_slots[e.slot] = s;
	m_entries.push_back(e);
	Up(static_cast<uint32_t>(m_entries.size() - 1), e);
	return e.slot;
}

/* The last one takes the place that is free now. */
void Heap::Remove(uint32_t number)
{
	uint32_t place = m_slots[number].place;
	entry last = m_entries.back();

	m_entries.pop_back();
	m_slots[number] = {nullptr, 0, m_free};
	m_free = number;
	if (last.slot == number)
		return;
	if (place > 0 && Before(last, m_entries[(place - 1) / CHILDREN]))
		Up(place, last);
	else
		Down(place, last);
}
