/* SPDX-License-Identifier: MIT */
/*
 * Memory of the arena that nobody owns: the gap behind each piece, a packet
 * that has ended. The sanitizer cannot know that by itself, as to it the arena
 * is one piece. Where it watches (preset asan), a touch of poisoned memory ends
 * the program with a report; elsewhere this is nothing.
 */
#ifndef SIM_POISON_H
#define SIM_POISON_H

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON_GAP	      16
#define memory_poison(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define memory_unpoison(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON_GAP	      0
#define memory_poison(p, n)   ((void)(p), (void)(n))
#define memory_unpoison(p, n) ((void)(p), (void)(n))
#endif

#endif
