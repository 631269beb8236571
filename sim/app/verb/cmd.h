/* SPDX-License-Identifier: MIT */
/*
 * The verbs of the command line. argv[0] is the verb itself. Each reads its
 * own options (options.h), answers --help, and returns the exit code.
 */
#ifndef APP_CMD_H
#define APP_CMD_H

#include "sim/app/exit.h"

#define DEFAULT_DB "ringsim.db"

int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_stalls(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_fit(int argc, char **argv);
int cmd_sensitivity(int argc, char **argv);
int cmd_plot(int argc, char **argv);

#endif
