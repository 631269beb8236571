/* SPDX-License-Identifier: MIT */
/* A file that is there whole or not at all: it is written beside its place and
 * takes it at the end. What is no regular file (a pipe, /dev/null) is written
 * as it is. */
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	FILE *file;
	const char *path;
	char *beside; /* NULL: written in its place */
};

/* False: told. */
bool output_open(struct output *out, const char *path);
/* False: told, and what was there before is there still. */
bool output_close(struct output *out);

#endif
