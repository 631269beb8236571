/* SPDX-License-Identifier: MIT */
/* What the program's exit code says. */
#ifndef APP_EXIT_H
#define APP_EXIT_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_MACHINE = 1, /* disk, memory, a database in the way */
	EXIT_USER = 2,	  /* what the user wrote is wrong */
	EXIT_VERDICT = 3, /* a verdict is not the one that was recorded */
	EXIT_INTERRUPTED = 130
};

#endif
