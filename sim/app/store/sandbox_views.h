/* SPDX-License-Identifier: MIT */
/* The views that SQL out of a scenario sees. */
#ifndef APP_SANDBOX_VIEWS_H
#define APP_SANDBOX_VIEWS_H

#include "sim/app/store/store.h"

/* A table of one row: the seed whose runs the views leave out, or null. No
 * scenario can be named t_something. */
#define SANDBOX_LEFT_OUT "t_left_out"

/* Makes them as temporary views: empty ones, on a database without tables. */
bool sandbox_model(sqlite3 *db, const struct experiment *exp);
/* On the experiment's own database: its runs alone. */
bool sandbox_views(sqlite3 *db, const struct experiment *exp);

/* Runs SQL made with sqlite3_mprintf(), which is freed. */
bool sandbox_exec(sqlite3 *db, char *sql);

#endif
