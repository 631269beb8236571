/* SPDX-License-Identifier: MIT */
/* Which parameters are guesses. */
#ifndef APP_GUESS_H
#define APP_GUESS_H

#include <stdbool.h>

#include "sim/stage.h"

/* Does the parameter count at all? A cost's jitter and noise do where they are
 * switched on. */
bool param_counts(const struct stage_type *type, unsigned row,
		  const void *params);
/* `source` is what a file says, NULL for the row's own. */
bool param_is_guess(const struct stage_type *type, unsigned row,
		    const void *params, const char *source);

#endif
