/* SPDX-License-Identifier: MIT */
/* A YAML tree in the making; nobody but yaml_read.c and yaml_build.c includes
 * this. */
#ifndef APP_YAML_BUILD_H
#define APP_YAML_BUILD_H

#include "sim/app/load/yaml.h"
#include "sim/app/load/yaml_event.h"

/* What `&name` stands for, once it is complete. */
struct anchor {
	char *name;
	const struct yaml *node;
};

/* A reading in progress. */
struct reader {
	const char *file;
	struct complaints *c;
	struct yaml *root;
	struct yaml *open[YAML_DEPTH]; /* the containers around here */
	char *open_names[YAML_DEPTH];  /* their anchors, or NULL */
	unsigned depth;
	bool wants_value; /* the innermost map has a key without value */
	struct anchor *anchors;
	unsigned n_anchors, n_copied;
	bool stopped, ended;
};

/* Takes the next event into the tree, with its text and its anchor's name,
 * which it may not keep. */
void yaml_build(struct reader *r, const struct yaml_event *e, const char *text,
		const char *anchor);
/* When there are no more: frees what only building needed. */
void yaml_built(struct reader *r);
/* Complains, and nothing more is read. `at` may be NULL. */
__attribute__((format(printf, 3, 4))) void
yaml_stop(struct reader *r, const struct yaml_event *at, const char *format,
	  ...);

#endif
