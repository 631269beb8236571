/* SPDX-License-Identifier: MIT */
#ifndef TESTS_NS3_CRASH_H
#define TESTS_NS3_CRASH_H

#ifdef __cplusplus
extern "C"
#endif
	/* Gives ns-3 a text that it cannot read, in the middle of a run: ns-3
	 * ends the process. */
	void
	ns3_crash(void);

#endif
